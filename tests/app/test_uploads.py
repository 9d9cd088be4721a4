"""Uploads: streamed to disk within a bound, and nothing left behind when refused."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.routing import Route

from app.settings import Settings
from app.uploads import UploadDoor
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from tests.app.conftest import Server, serving
from tests.given import Company


class Registered:
    """What was registered, by whom."""

    def __init__(self) -> None:
        self.files: list[tuple[Viewer, str, str]] = []

    async def __call__(self, viewer: Viewer, file_name: str, path: str) -> UUID:
        if file_name.endswith(".exe"):
            raise refuse(ErrorCode.INVALID, "This is no spreadsheet.", "fileName")
        self.files.append((viewer, file_name, path))
        return UUID(int=len(self.files))


@pytest.fixture
def registered() -> Registered:
    return Registered()


@pytest_asyncio.fixture
async def server(settings: Settings, acme: Company, token: str, registered: Registered) -> AsyncIterator[Server]:
    app = Starlette(routes=[Route("/uploads", UploadDoor(settings, registered))])
    async with serving(app, settings, headers={"authorization": f"Bearer {token}"}) as http:
        yield Server(http, acme, token)


def on_disk(settings: Settings) -> list[Path]:
    return [path for path in (settings.data_dir / "uploads").glob("**/*") if path.is_file()]


async def test_a_file_is_stored_and_registered(server: Server, settings: Settings, registered: Registered) -> None:
    body = b"tytu\xb3;firma\n" * 10_000
    response = await server.http.post("/uploads", params={"fileName": "żółte leady.csv"}, content=body)
    assert (response.status_code, response.json()) == (201, {"uploadId": f"import_{1:032x}"})
    [(viewer, name, path)] = registered.files
    assert (viewer.user_id, name) == (server.company.anna.id, "żółte leady.csv")
    assert (settings.data_dir / path).read_bytes() == body


@pytest.mark.parametrize(
    ("query_string", "body", "status", "code"),
    [
        ("", b"x", 400, "BAD_REQUEST"),
        ("?fileName=a.csv&fileName=b.csv", b"x", 400, "BAD_REQUEST"),
        ("?fileName=%FF", b"x", 400, "BAD_REQUEST"),
        ("?fileName=a.csv", b"", 400, "BAD_REQUEST"),
        ("?fileName=a.csv", b"x" * 200_001, 413, "PAYLOAD_TOO_LARGE"),
        ("?fileName=a.exe", b"x", 400, "INVALID"),
    ],
)
async def test_a_refused_file_leaves_nothing_behind(
    server: Server, settings: Settings, query_string: str, body: bytes, status: int, code: str
) -> None:
    response = await server.http.post(f"/uploads{query_string}", content=body)
    assert response.status_code == status
    assert response.json()["errors"][0]["extensions"]["code"] == code
    assert on_disk(settings) == []


async def test_a_file_without_a_declared_length_is_cut_off_at_the_bound(server: Server, settings: Settings) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b"x" * 10_000

    response = await server.http.post("/uploads?fileName=a.csv", content=pieces())
    assert response.status_code == 413
    assert on_disk(settings) == []


async def test_a_file_of_nobody_is_refused(server: Server, settings: Settings) -> None:
    response = await server.http.post("/uploads?fileName=a.csv", content=b"x", headers={"authorization": "Bearer x"})
    assert response.status_code == 401
    assert (await server.http.get("/uploads")).status_code == 405
    assert on_disk(settings) == []
