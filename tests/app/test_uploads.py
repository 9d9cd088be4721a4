"""Uploads of tables: streamed into the storage within a bound, and nothing left behind when refused."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.routing import Route

from app.settings import Settings
from app.uploads import TableDoor
from models.files import Upload
from models.imports import Import, ImportStatus
from tests.app.conftest import Server, serving
from tests.given import Company
from tests.uploading import kept, store_in


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return store_in(tmp_path / "store")


@pytest_asyncio.fixture
async def server(settings: Settings, acme: Company, token: str, store: Path) -> AsyncIterator[Server]:
    app = Starlette(routes=[Route("/uploads", TableDoor(settings))])
    async with serving(app, settings, headers={"authorization": f"Bearer {token}"}) as http:
        yield Server(http, acme, token)


async def nothing_is_left(store: Path) -> bool:
    return kept(store) == [] and not await Upload.exists() and not await Import.exists()


async def test_a_table_is_stored_and_waits_to_be_imported(server: Server, store: Path) -> None:
    body = b"tytu\xb3;firma\n" * 10_000
    response = await server.http.post("/uploads", params={"fileName": "C:\\żółte leady.csv"}, content=body)
    job = await Import.get()
    assert (response.status_code, response.json()) == (201, {"uploadId": f"import_{job.id.hex}"})
    assert (job.user_id, job.file_name) == (server.company.anna.id, "żółte leady.csv")
    assert (job.status, kept(store), await Upload.exists()) == (ImportStatus.UPLOADED, [body], False)


@pytest.mark.parametrize(
    ("query_string", "body", "status", "code"),
    [
        ("", b"x", 400, "BAD_REQUEST"),
        ("?fileName=a.csv&fileName=b.csv", b"x", 400, "BAD_REQUEST"),
        ("?fileName=%FF", b"x", 400, "BAD_REQUEST"),
        ("?fileName=a.csv", b"", 400, "INVALID"),
        ("?fileName=a.csv", b"x" * 200_001, 413, "PAYLOAD_TOO_LARGE"),
        ("?fileName=%20", b"x", 400, "INVALID"),
    ],
)
async def test_a_refused_file_leaves_nothing_behind(
    server: Server, store: Path, query_string: str, body: bytes, status: int, code: str
) -> None:
    response = await server.http.post(f"/uploads{query_string}", content=body)
    assert response.status_code == status
    assert response.json()["errors"][0]["extensions"]["code"] == code
    assert await nothing_is_left(store)


async def test_a_file_without_a_declared_length_is_cut_off_at_the_bound(server: Server, store: Path) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b"x" * 10_000

    response = await server.http.post("/uploads?fileName=a.csv", content=pieces())
    assert response.status_code == 413
    assert await nothing_is_left(store)


async def test_a_file_of_nobody_is_refused(server: Server, store: Path) -> None:
    response = await server.http.post("/uploads?fileName=a.csv", content=b"x", headers={"authorization": "Bearer x"})
    assert response.status_code == 401
    assert (await server.http.get("/uploads")).status_code == 405
    assert await nothing_is_left(store)
