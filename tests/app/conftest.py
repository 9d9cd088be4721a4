"""A real server on a free port of this machine, with a small schema of its own."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from graphql import GraphQLError, GraphQLResolveInfo, build_schema
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp

from app.callers import Callers
from app.graphql import Engine
from app.http import GraphQLDoor
from app.server import address, bind, make_server
from app.settings import Settings
from models import database as databases
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.reads.select import Question
from resolvers.tokens import make_token
from tests import given

SCHEMA = build_schema(
    """
    type Query {
      hello(name: String): String
      locale: String
      me: String
      next: Query
      square(of: Int!): Int
      broken: String
      required: String!
      forbidden: String
      refused: String
      bare: String
      wide: Int
    }
    type Mutation { add(number: Int!): Int }
    type Subscription { ticked(from: Int!, after: String): Query }
    """
)


class SecretLeaked(Exception):
    """What a fault of ours may say, and no client may read."""


@dataclass
class Context:
    viewer: Viewer
    closed: bool = False

    async def read(self, question: Question) -> None:
        return None

    async def close(self) -> None:
        self.closed = True


class Root:
    """The resolvers of the small schema."""

    def hello(self, info: GraphQLResolveInfo[Any], name: str | None = None) -> str:
        return f"Hello, {name or 'you'}"

    def locale(self, info: GraphQLResolveInfo[Any]) -> str:
        return str(info.context.viewer.locale)

    def me(self, info: GraphQLResolveInfo[Any]) -> str:
        return str(info.context.viewer.user_id)

    def next(self, info: GraphQLResolveInfo[Any]) -> "Root":
        return self

    def square(self, info: GraphQLResolveInfo[Any], of: int) -> int:
        return of * of

    def broken(self, info: GraphQLResolveInfo[Any]) -> str:
        raise SecretLeaked("password=hunter2")

    async def required(self, info: GraphQLResolveInfo[Any]) -> None:
        return None

    def forbidden(self, info: GraphQLResolveInfo[Any]) -> str:
        raise GraphQLError("Not for you.", extensions={"code": "FORBIDDEN"})

    def refused(self, info: GraphQLResolveInfo[Any]) -> str:
        raise refuse(ErrorCode.INVALID, "This is no cursor.", "after")

    def bare(self, info: GraphQLResolveInfo[Any]) -> str:
        raise GraphQLError("hunter2")

    def wide(self, info: GraphQLResolveInfo[Any]) -> int:
        return 2**40

    def add(self, info: GraphQLResolveInfo[Any], number: int) -> int:
        return number + 1


def answered_by(verb: Callable[..., Any]) -> Callable[..., Any]:
    return lambda _, info, **arguments: verb(info, **arguments)


for kind in (SCHEMA.query_type, SCHEMA.mutation_type):
    assert kind is not None
    for field_name, graphql_field in kind.fields.items():
        graphql_field.resolve = answered_by(getattr(Root(), field_name))


@asynccontextmanager
async def serving(app: ASGIApp, settings: Settings, **client: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a real server that runs until the block ends."""
    bound = bind(settings)
    server = make_server(app, settings)
    running = asyncio.create_task(server.serve(sockets=[bound]))
    try:
        async with httpx.AsyncClient(base_url=address(bound), timeout=30, **client) as http:
            while not server.started:
                assert not running.done(), "the server did not start"
                await asyncio.sleep(0)
            yield http
    finally:
        server.should_exit = True
        await running


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    return small(sqlite_url, tmp_path)


def small(url: str, folder: Path) -> Settings:
    """Settings with small bounds."""
    return Settings(
        port=0, database_url=url, data_dir=folder, body_bytes=50_000, body_seconds=0.5, upload_bytes=200_000
    )


@dataclass(frozen=True)
class Server:
    """A running server, a client with a token, and whose token it is."""

    http: httpx.AsyncClient
    company: given.Company
    token: str

    async def ask(self, query: str, **more: Any) -> httpx.Response:
        """Send one document by POST."""
        return await self.http.post("/graphql", json={"query": query, **more})


@pytest_asyncio.fixture
async def database(settings: Settings) -> AsyncIterator[databases.Database]:
    """The database of the server that runs; these tests are about the door, so SQLite is enough."""
    try:
        yield await databases.open_database(settings.database_url)
    finally:
        await databases.close_database()


@pytest_asyncio.fixture
async def token(acme: given.Company) -> str:
    """A token of Anna's."""
    return await make_token(acme.id, acme.anna.id, "tests")


@pytest_asyncio.fixture
async def server(settings: Settings, acme: given.Company, token: str) -> AsyncIterator[Server]:
    """The HTTP door over the small schema, and nothing beside it."""
    headers = {"authorization": f"Bearer {token}"}
    async with serving(door(settings), settings, headers=headers) as http:
        yield Server(http, acme, token)


@pytest_asyncio.fixture(scope="module")
async def shared_server(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """As `server`, one for all tests of a module: for those that change nothing."""
    folder = tmp_path_factory.mktemp("shared")
    settings = small(f"sqlite://{shutil.copy(sqlite_template, folder / 'lejek.sqlite')}", folder)
    await databases.open_database(settings.database_url)
    try:
        company = await given.company("Acme")
        token = await make_token(company.id, company.anna.id, "tests")
        async with serving(door(settings), settings, headers={"authorization": f"Bearer {token}"}) as http:
            yield Server(http, company, token)
    finally:
        await databases.close_database()


def door(settings: Settings) -> ASGIApp:
    """The HTTP door over the small schema."""
    return Starlette(routes=[Route("/graphql", GraphQLDoor(Engine(SCHEMA, Context), Callers(seconds=0.1), settings))])
