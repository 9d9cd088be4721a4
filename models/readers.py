"""Read-only connections of their own, which never wait for a writer, and see one point in time."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any, cast
from urllib.parse import quote

import asyncpg

from models.reading import Dialect, ReadRow, Snapshot, Steps, T, step_through

BUSY_TIMEOUT_MS = 20_000
READERS = 8
# Of a SQLite file, read where it lies in memory: a page of a hundred leads takes more than the 2 MB of pages that
# a connection would keep for itself, and so read most of them anew each time, in three times as long.
MAPPED_BYTES = 2**30


class PostgresSnapshot:
    """A REPEATABLE READ transaction, or a `single` step, on a connection that is lent."""

    dialect: Dialect = "postgres"

    def __init__(self, connection: Any, *, single: bool) -> None:
        self._connection = connection
        self._single = single

    async def fetch(self, sql: str, arguments: Sequence[Any] = ()) -> Sequence[ReadRow]:
        """Run one SELECT with `$n` arguments."""
        rows: Sequence[ReadRow] = await self._connection.fetch(sql, *arguments)
        return rows

    async def run(self, steps: Steps[T], *, brief: bool = False) -> T:
        """Go through the steps; what a single one asks is asked as one statement, at one point in time."""
        return await step_through(self, _at_once(steps) if self._single else steps)


def _at_once(steps: Steps[T]) -> Steps[T]:
    """Steps whose statements are put into one: it answers a row with all the rows of each of them."""
    try:
        asked = next(steps)
        while True:
            if len(asked) > 1:
                arguments = [argument for _, those in asked for argument in those]
                [[row]] = yield [(_united(tuple(text for text, _ in asked)), arguments)]
                asked = steps.send([rows or () for rows in row])
            else:
                asked = steps.send((yield asked))
    except StopIteration as finished:
        return cast(T, finished.value)


@lru_cache(1_000)
def _united(texts: tuple[str, ...]) -> str:
    """One statement for several, whose arguments follow one another's."""
    parts, taken = [], 0
    for text in texts:
        parts.append(f"(SELECT array_agg(part) FROM ({_moved(text, taken)}) part)")
        taken += max((int(number) for number in _PLACEHOLDER.findall(text)), default=0)
    return f"SELECT {', '.join(parts)}"


_PLACEHOLDER = re.compile(r"\$(\d+)")


def _moved(text: str, by: int) -> str:
    return _PLACEHOLDER.sub(lambda found: f"${int(found[1]) + by}", text)


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
        """Borrow a connection for one REPEATABLE READ transaction, or for one step."""
        async with self._places:
            connection = await self._take()
            try:
                if not single:
                    await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                yield PostgresSnapshot(connection, single=single)
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
            asked = next(steps)
            while True:
                asked = steps.send([self._fetch(*each) for each in asked])
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
        connection.execute(f"PRAGMA mmap_size={MAPPED_BYTES}")
        return connection

    async def close(self) -> None:
        """Close the idle connections and end the threads."""
        self._threads.shutdown(wait=True)
        for connection in self._idle:
            connection.close()
        self._idle.clear()
