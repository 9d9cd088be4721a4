"""The open database: write transactions through Tortoise, read snapshots beside it.

Writes take one connection and wait for each other where they must. Reads never wait for a
writer: they take read-only connections of their own, and see one point in time.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar, cast
from urllib.parse import quote, urlsplit

import asyncpg
from tortoise import Tortoise
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.transactions import in_transaction

Dialect = Literal["sqlite", "postgres"]
ReadRow = Sequence[Any]
T = TypeVar("T")
# Reading in steps: each is a statement with its arguments, and is sent back the rows.
Steps = Generator[tuple[str, Sequence[Any]], Sequence[ReadRow], T]

MODEL_MODULES = [
    "models.accounts",
    "models.users",
    "models.contacts",
    "models.labels",
    "models.merges",
    "models.pipelines",
    "models.projects",
    "models.web_forms",
    "models.chats",
    "models.custom_fields",
    "models.formulas",
    "models.products",
    "models.invoices",
    "models.deal_documents",
    "models.leads",
    "models.deals",
    "models.notes",
    "models.mail",
    "models.participants",
    "models.activities",
    "models.conversions",
    "models.imports",
    "models.files",
    "models.signing",
    "models.sessions",
    "models.changes",
    "models.changelog",
    "models.documents",
]
BUSY_TIMEOUT_MS = 20_000
READERS = 8


class Snapshot(Protocol):
    """A read-only view of the database at one point in time."""

    dialect: Dialect

    async def fetch(self, sql: str, arguments: Sequence[Any] = ()) -> Sequence[ReadRow]:
        """Run one SELECT. Its n-th argument is written `$n` (PostgreSQL) or `?n` (SQLite)."""
        ...

    async def run(self, steps: Steps[T], *, brief: bool = False) -> T:
        """Go through the steps and answer what they come to. `brief` ones take microseconds."""
        ...


class Readers(Protocol):
    """Read-only connections, lent one snapshot at a time."""

    def snapshot(self, *, single: bool = False) -> AbstractAsyncContextManager[Snapshot]:
        """Borrow a connection for one snapshot. A `single` statement needs no transaction for that."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...


def tortoise_config(url: str) -> dict[str, Any]:
    """The Tortoise configuration for a database URL, `sqlite://PATH` or `postgres://…`.

    Raises ValueError where the URL is of neither kind.
    """
    return {
        "connections": {"default": _connection(url)},
        "apps": {
            "models": {
                "models": MODEL_MODULES,
                "default_connection": "default",
                "migrations": "migrations",
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


def _connection(url: str) -> Any:
    if dialect_of(url) == "sqlite":
        return {
            "engine": "models.sqlite",
            "credentials": {"file_path": sqlite_path(url), "busy_timeout": BUSY_TIMEOUT_MS},
        }
    found: dict[str, Any] = expand_db_url("asyncpg://" + url.split("://", 1)[1])
    # Accounts differ in size, and lists in length: a plan made for any value, which PostgreSQL otherwise
    # takes from a statement's sixth run on, searched a list of 3,000 keys again for each row.
    found["credentials"]["server_settings"] = {"plan_cache_mode": "force_custom_plan", "jit": "off"}
    return found


def postgres_url(url: str) -> str:
    """A PostgreSQL URL as asyncpg wants it, whichever of its schemes it came with."""
    return "postgres://" + url.split("://", 1)[1]


def dialect_of(url: str) -> Dialect:
    """Which database a URL speaks of."""
    scheme = urlsplit(url).scheme
    if scheme == "sqlite":
        return "sqlite"
    if scheme in {"postgres", "postgresql", "asyncpg"}:
        return "postgres"
    raise ValueError(f"database URL must begin with sqlite:// or postgres://, not {scheme!r}")


def sqlite_path(url: str) -> str:
    """The file that a `sqlite://PATH` URL names; an absolute path may be written with one slash too many."""
    path = url.removeprefix("sqlite://")
    return f"/{path.lstrip('/')}" if path.startswith("/") else path


@dataclass
class Database:
    """The database this process has open."""

    dialect: Dialect
    readers: Readers


_open: Database | None = None


def current() -> Database:
    """The open database; RuntimeError where none is."""
    if _open is None:
        raise RuntimeError("no database is open: call models.database.open_database first")
    return _open


async def open_database(url: str) -> Database:
    """Connect to a migrated database and make it the one this process works on."""
    global _open
    EXECUTOR_CACHE.clear()  # keyed by table alone: what it holds may be another dialect's SQL
    if dialect_of(url) == "sqlite":
        Path(sqlite_path(url)).parent.mkdir(parents=True, exist_ok=True)
    await Tortoise.init(config=tortoise_config(url), _enable_global_fallback=True)
    try:
        _open = Database(dialect_of(url), await _open_readers(url))
    except BaseException:
        await Tortoise.close_connections()
        raise
    return _open


async def close_database() -> None:
    """Close what `open_database` opened; nothing where nothing is open."""
    global _open
    if _open is not None:
        await _open.readers.close()
        _open = None
        await Tortoise.close_connections()


def transaction() -> AbstractAsyncContextManager[Any]:
    """One write transaction; everything in it happens or nothing does.

    Start no task inside: it would inherit the transaction and lose its writes with a rollback.
    """
    return in_transaction()


def snapshot(*, single: bool = False) -> AbstractAsyncContextManager[Snapshot]:
    """One read snapshot of the open database; for a `single` statement at less cost."""
    return current().readers.snapshot(single=single)


def one_step(sql: str, arguments: Sequence[Any]) -> Steps[Sequence[ReadRow]]:
    """The steps of a single statement: its rows."""
    return (yield sql, arguments)


async def step_through(snapshot: Snapshot, steps: Steps[T]) -> T:
    """Go through steps statement by statement."""
    try:
        statement = next(steps)
        while True:
            statement = steps.send(await snapshot.fetch(*statement))
    except StopIteration as finished:
        return cast(T, finished.value)


async def _open_readers(url: str) -> Readers:
    if dialect_of(url) == "sqlite":
        return SqliteReaders(sqlite_path(url))
    return await PostgresReaders.open(postgres_url(url))


class PostgresSnapshot:
    """A REPEATABLE READ transaction, or one statement, on a connection that is lent."""

    dialect: Dialect = "postgres"

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def fetch(self, sql: str, arguments: Sequence[Any] = ()) -> Sequence[ReadRow]:
        """Run one SELECT with `$n` arguments."""
        rows: Sequence[ReadRow] = await self._connection.fetch(sql, *arguments)
        return rows

    async def run(self, steps: Steps[T], *, brief: bool = False) -> T:
        """Go through the steps."""
        return await step_through(self, steps)


class PostgresReaders:
    """Snapshots from a few read-only connections.

    asyncpg's pool would take half as long again as the lookup of a row: it guards every use against
    what connections may be left with, and these run nothing that leaves anything.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._idle: list[Any] = []
        self._places = asyncio.Semaphore(READERS)

    @classmethod
    async def open(cls, url: str) -> "PostgresReaders":
        """Readers of a database, once one of them could connect."""
        readers = cls(url)
        readers._idle.append(await readers._connect())
        return readers

    @asynccontextmanager
    async def snapshot(self, *, single: bool = False) -> AsyncIterator[Snapshot]:
        """Borrow a connection for one REPEATABLE READ transaction, or for one statement."""
        async with self._places:
            connection = await self._take()
            try:
                if not single:
                    await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                yield PostgresSnapshot(connection)
                if not single:
                    await connection.execute("COMMIT")
            except BaseException:  # whatever it is in the middle of ends with it
                connection.terminate()
                raise
            self._idle.append(connection)

    async def _take(self) -> Any:
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return await self._connect()

    async def _connect(self) -> Any:
        settings = {"jit": "off", "default_transaction_read_only": "on"}
        return await asyncpg.connect(self._url, server_settings=settings)

    async def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            await self._idle.pop().close()


class SqliteSnapshot:
    """A deferred transaction on a read-only connection, worked by one thread at a time."""

    dialect: Dialect = "sqlite"

    def __init__(self, connection: sqlite3.Connection, threads: ThreadPoolExecutor) -> None:
        self._connection = connection
        self._threads = threads

    async def fetch(self, sql: str, arguments: Sequence[Any] = ()) -> Sequence[ReadRow]:
        """Run one SELECT with `?n` arguments."""
        return await self._apart(self._fetch, sql, arguments)

    async def run(self, steps: Steps[T], *, brief: bool = False) -> T:
        """Go through the steps in one visit to a thread; brief ones cost less than the visit would."""
        return self._step_through(steps) if brief else await self._apart(self._step_through, steps)

    async def _apart(self, work: Callable[..., T], *arguments: Any) -> T:
        running = asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            while not running.done():  # before the connection is lent again; one that has yet to begin hears nothing
                self._connection.interrupt()
                await asyncio.wait([running], timeout=0.01)
            if not running.cancelled():
                running.exception()  # that it was interrupted is no news; asyncio would log it
            raise

    def _step_through(self, steps: Steps[T]) -> T:
        try:
            statement = next(steps)
            while True:
                statement = steps.send(self._fetch(*statement))
        except StopIteration as finished:
            return cast(T, finished.value)

    def _fetch(self, sql: str, arguments: Sequence[Any]) -> Sequence[ReadRow]:
        return self._connection.execute(sql, arguments).fetchall()


class SqliteReaders:
    """Snapshots from a few read-only connections to one WAL file."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._idle: list[sqlite3.Connection] = []
        self._places = asyncio.Semaphore(READERS)
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="sqlite-reader")

    @asynccontextmanager
    async def snapshot(self, *, single: bool = False) -> AsyncIterator[Snapshot]:
        """Borrow a connection for one transaction; its first SELECT fixes the point in time."""
        async with self._places:
            connection = self._idle.pop() if self._idle else self._connect()
            try:
                if not single:
                    connection.execute("BEGIN")
                yield SqliteSnapshot(connection, self._threads)
            finally:
                connection.rollback()
                self._idle.append(connection)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"file:{quote(self._path)}?mode=ro", uri=True, check_same_thread=False, isolation_level=None
        )
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        return connection

    async def close(self) -> None:
        """Close the idle connections and end the threads."""
        self._threads.shutdown(wait=True)
        for connection in self._idle:
            connection.close()
        self._idle.clear()
