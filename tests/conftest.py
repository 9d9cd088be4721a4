"""Real databases for tests: each test gets its own, freshly migrated, on SQLite and on PostgreSQL."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio
from hypothesis import settings

from models import database as databases
from models.database import Database
from models.migrating import migrate
from tests import given
from tests.own_redis import OwnRedis

# How long a test takes says more about the machine than about what is tested.
settings.register_profile("untimed", settings.get_profile(settings.get_current_profile_name()), deadline=None)
settings.load_profile("untimed")

# A server this suite may create databases on, as a superuser.
POSTGRES = os.environ.get("LEJEK_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432")
PLANS = ["Essential", "Advanced", "Professional", "Power", "Enterprise"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow files first: in the end no process works through one while the others have nothing left."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest_asyncio.fixture(scope="session")
async def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that tests copy."""
    path = tmp_path_factory.mktemp("template") / "lejek.sqlite"
    await migrate(f"sqlite://{path}")
    return path


@pytest_asyncio.fixture(scope="session")
async def postgres() -> AsyncIterator[asyncpg.Connection]:
    """A connection that creates and drops databases. Without a server: a skip, but a failure on CI."""
    try:
        connection = await asyncpg.connect(f"{POSTGRES}/postgres", timeout=5)
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        message = f"NO POSTGRESQL at {POSTGRES} ({error}): start one, or set LEJEK_TEST_POSTGRES to where one is"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    yield connection
    await connection.close()


@asynccontextmanager
async def _postgres_database(postgres: asyncpg.Connection) -> AsyncIterator[str]:
    name = f"lejek_test_{uuid4().hex}"
    await postgres.execute(f"CREATE DATABASE {name}")
    try:
        yield name
    finally:
        await postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest_asyncio.fixture(scope="session")
async def postgres_shared(postgres: asyncpg.Connection) -> AsyncIterator[tuple[str, asyncpg.Connection]]:
    """A migrated PostgreSQL database that tests use in turn, and a connection that empties it between them.

    Making and dropping one for each test would take a checkpoint, and so up to seconds, each time.
    """
    async with _postgres_database(postgres) as name:
        await migrate(f"{POSTGRES}/{name}")
        connection = await asyncpg.connect(f"{POSTGRES}/{name}")
        yield f"{POSTGRES}/{name}", connection
        await connection.close()


async def _empty(connection: asyncpg.Connection) -> None:
    """Delete every row but the plans that migrations made, and end what a failed test left connected."""
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    names = {row["tablename"] for row in tables} - {"plans", "tortoise_migrations"}
    seeded = ", ".join(f"'{name}'" for name in PLANS)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid();"
        "BEGIN; SET LOCAL session_replication_role = replica;"  # rows go in any order: all of them do
        + "".join(f"DELETE FROM {name};" for name in sorted(names))
        + f"DELETE FROM plans WHERE name NOT IN ({seeded}); COMMIT"
    )


@pytest_asyncio.fixture
async def own_redis() -> AsyncIterator[OwnRedis]:
    """A Redis that the test may kill and start again."""
    redis = OwnRedis()
    await redis.start()
    try:
        yield redis
    finally:
        await redis.kill()


@pytest_asyncio.fixture
async def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a migrated, empty SQLite database of the test's own."""
    return f"sqlite://{shutil.copy(sqlite_template, tmp_path / 'lejek.sqlite')}"


@pytest_asyncio.fixture
async def postgres_url(postgres_shared: tuple[str, asyncpg.Connection]) -> AsyncIterator[str]:
    """The URL of a migrated, empty PostgreSQL database, the test's own until it ends."""
    url, connection = postgres_shared
    try:
        yield url
    finally:
        await _empty(connection)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a migrated, empty database of the test's own; each test runs on both kinds.

    A test that changes tables, not rows, takes `empty_url` and migrates it.
    """
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest_asyncio.fixture
async def empty_sqlite_url(tmp_path: Path) -> str:
    """The URL of a SQLite database that nothing has been migrated into."""
    return f"sqlite://{tmp_path / 'empty.sqlite'}"


@pytest_asyncio.fixture
async def empty_postgres_url(postgres: asyncpg.Connection) -> AsyncIterator[str]:
    """The URL of a PostgreSQL database that nothing has been migrated into."""
    async with _postgres_database(postgres) as name:
        yield f"{POSTGRES}/{name}"


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest) -> str:
    """The URL of a database that nothing has been migrated into; each test runs on both kinds."""
    url: str = request.getfixturevalue(f"empty_{request.param}_url")
    return url


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated, empty database, open as the one the process works on; each test runs on both kinds."""
    try:
        yield await databases.open_database(database_url)
    finally:
        await databases.close_database()


@pytest_asyncio.fixture
async def acme(database: Database) -> given.Company:
    """An account with an admin, two teams, a pipeline and labels, as `given.company` makes it."""
    return await given.company("Acme")


@pytest_asyncio.fixture
async def other(database: Database) -> given.Company:
    """A second account in the same database, of which nobody in `acme` may see anything."""
    return await given.company("Other")
