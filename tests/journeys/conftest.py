"""The server as it is run, with two accounts in it and a client for each user a journey needs."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from tortoise.models import Model

from app.asgi import create_app
from app.settings import Settings
from models.users import User
from resolvers import ids
from resolvers.tokens import make_token
from tests import given
from tests.app.conftest import serving
from tests.journeys.client import Client
from tests.uploading import store_in


@dataclass(frozen=True)
class World:
    """A running server, and Acme and Other in its database."""

    http: httpx.AsyncClient
    acme: given.Company
    other: given.Company

    async def client(self, user: User) -> Client:
        """A client for a user, with a token of their own."""
        return Client(self.http, await make_token(user.account_id, user.id, "journey"))


@pytest_asyncio.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A real server on a free port; each journey is made on SQLite and on PostgreSQL."""
    settings = Settings(port=0, database_url=database_url, data_dir=tmp_path / "data")
    async with serving(create_app(settings), settings) as http:
        yield World(http, await given.company("Acme"), await given.company("Other"))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Where files lie, in a test that has no server."""
    return store_in(tmp_path / "store")


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server that speaks S3, and an empty bucket in it; its address."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "tests")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "tests")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    httpx.post(f"{address}/moto-api/reset").raise_for_status()  # servers of one process share what they hold
    httpx.put(f"{address}/files").raise_for_status()
    try:
        yield address
    finally:
        server.stop()


def global_id(row: Model) -> str:
    """The id of a row as clients know it."""
    return ids.encode(type(row).__name__, row.pk)
