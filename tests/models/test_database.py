"""The open database: whole writes, reads of one point in time, and neither in the other's way."""

import asyncio
import gc
import shutil
import sqlite3
import sys
from pathlib import Path

import asyncpg
import pytest
from tortoise import connections
from tortoise.exceptions import TransactionManagementError

from models import database as databases
from models.accounts import Account
from models.database import Database, sqlite_path
from models.labels import Label
from models.readers import READERS
from models.reading import Snapshot
from tests import given
from tests.given import Company

COUNT = "SELECT count(*) FROM labels"
ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "postgres": "SELECT count(*) FROM generate_series(1, 1000000000000)",
}
COUNTING = """
import asyncio, sys
from uuid import UUID
from models import database
from models.accounts import Account

async def count(url, account, times):
    await database.open_database(url)
    for _ in range(times):
        async with database.transaction():
            row = await Account.select_for_update().get(id=UUID(account))
            row.revision += 1
            await row.save()
    await database.close_database()

asyncio.run(count(sys.argv[1], sys.argv[2], int(sys.argv[3])))
"""


async def count_labels(snapshot: Snapshot) -> int:
    (row,) = await snapshot.fetch(COUNT)
    return int(row[0])


async def test_a_reader_sees_one_point_in_time_while_a_writer_commits(acme: Company) -> None:
    async with databases.snapshot() as snapshot:
        assert await count_labels(snapshot) == 1
        async with databases.transaction():
            await given.label(acme.account, "New")
        assert await count_labels(snapshot) == 1
    async with databases.snapshot() as later:
        assert await count_labels(later) == 2


async def test_a_reader_waits_for_no_writer_and_sees_nothing_uncommitted(acme: Company) -> None:
    async with databases.transaction():
        await given.label(acme.account, "Unfinished")
        async with databases.snapshot() as snapshot:
            assert await count_labels(snapshot) == 1
        assert await Label.all().count() == 2


async def test_readers_cannot_write(acme: Company) -> None:
    for statement in ("DELETE FROM labels", "UPDATE labels SET name = 'x'", "CREATE TABLE x (id INT)"):
        async with databases.snapshot() as snapshot:
            with pytest.raises((sqlite3.OperationalError, asyncpg.ReadOnlySQLTransactionError)):
                await snapshot.fetch(statement)
    assert await Label.all().count() == 1


async def test_a_statement_takes_its_arguments_by_number(database: Database, acme: Company) -> None:
    first, second = ("$1", "$2") if database.dialect == "postgres" else ("?1", "?2")
    statement = f"SELECT id FROM labels WHERE name = {second} AND color = {first} AND {first} <> ''"
    async with databases.snapshot() as snapshot:
        (row,) = await snapshot.fetch(statement, ["red", "Hot"])
    assert str(row[0]) == str(acme.label.id)


async def test_more_readers_than_connections_take_turns(acme: Company) -> None:
    async def read() -> int:
        async with databases.snapshot() as snapshot:
            return await count_labels(snapshot)

    assert await asyncio.gather(*(read() for _ in range(3 * READERS))) == [1] * 3 * READERS


async def test_a_read_that_is_cancelled_stops_and_gives_its_connection_back(
    database: Database, acme: Company, caplog: pytest.LogCaptureFixture
) -> None:
    begun = asyncio.Event()

    async def read() -> None:
        async with databases.snapshot() as snapshot:
            await snapshot.fetch(COUNT)
            begun.set()
            await snapshot.fetch(ENDLESS[database.dialect])

    readers = [asyncio.create_task(read()) for _ in range(READERS)]
    await begun.wait()
    for reader in readers:
        reader.cancel()
    assert all(
        isinstance(end, asyncio.CancelledError) for end in await asyncio.gather(*readers, return_exceptions=True)
    )
    async with databases.snapshot() as snapshot:
        assert await count_labels(snapshot) == 1
    readers.clear()
    gc.collect()  # what asyncio has to say of a forgotten future, it says now
    assert "never retrieved" not in caplog.text


async def test_two_processes_that_read_and_then_write_lose_nothing(database_url: str) -> None:
    await databases.open_database(database_url)
    account = await given.account()
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", COUNTING, database_url, str(account.id), "50", cwd=Path(__file__).parents[2]
        )
        for _ in range(2)
    ]
    assert [await process.wait() for process in processes] == [0, 0]
    assert (await Account.get(id=account.id)).revision == 100
    await databases.close_database()


async def test_many_tasks_that_read_and_then_write_lose_nothing(acme: Company) -> None:
    async def count() -> None:
        async with databases.transaction():
            row = await Account.select_for_update().get(id=acme.id)
            row.revision += 1
            await row.save()

    await asyncio.gather(*(count() for _ in range(40)))
    assert (await Account.get(id=acme.id)).revision == 40


async def test_a_transaction_that_waits_too_long_leaves_the_connection_usable(sqlite_url: str) -> None:
    await databases.open_database(sqlite_url)
    await connections.get("default").execute_query("PRAGMA busy_timeout = 1", [])
    blocker = sqlite3.connect(sqlite_path(sqlite_url), isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with pytest.raises(TransactionManagementError, match="locked"):
        async with databases.transaction():
            pass
    blocker.close()
    assert await given.account()
    async with databases.transaction():
        await given.account("Second")
    assert await Account.all().count() == 2
    await databases.close_database()


async def test_a_transaction_that_is_cancelled_while_it_waits_leaves_the_connection_usable(sqlite_url: str) -> None:
    await databases.open_database(sqlite_url)
    await Account.all().count()  # so that the connection is there, and its lock is what is waited for
    blocker = sqlite3.connect(sqlite_path(sqlite_url), isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")

    async def write() -> None:
        async with databases.transaction():
            await given.account("Never")

    writing = asyncio.create_task(write())
    for _ in range(10):  # turns of the loop: until it holds its connection and waits for the file
        await asyncio.sleep(0)
    assert connections.get("default")._lock.locked()
    writing.cancel()
    blocker.close()
    with pytest.raises(asyncio.CancelledError):
        await writing
    async with databases.transaction():
        await given.account("Next")
    assert [account.name for account in await Account.all()] == ["Next"]
    await databases.close_database()


async def test_one_process_may_work_on_one_kind_of_database_after_the_other(sqlite_url: str, postgres_url: str) -> None:
    for url in (sqlite_url, postgres_url, sqlite_url, postgres_url):
        opened = await databases.open_database(url)
        company = await given.company()
        lead = await given.lead(company.anna, value_minor=1, currency="PLN")
        await lead.refresh_from_db()
        assert databases.current() is opened
        assert lead.owner_id == company.anna.id
        await databases.close_database()


async def test_a_file_may_have_any_name(sqlite_template: Path, tmp_path: Path) -> None:
    folder = tmp_path / "with space, 100% #1 ? & ż"
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "a?b#c.sqlite")
    await databases.open_database(f"sqlite://{folder / 'a?b#c.sqlite'}")
    await given.account()
    async with databases.snapshot() as snapshot:
        assert [row[0] for row in await snapshot.fetch("SELECT count(*) FROM accounts")] == [1]
    await databases.close_database()


async def test_a_database_that_cannot_be_opened_leaves_none_open(sqlite_url: str) -> None:
    with pytest.raises((OSError, asyncpg.PostgresError)):
        await databases.open_database("postgres://postgres@127.0.0.1:1/none")
    with pytest.raises(RuntimeError, match="no database is open"):
        databases.current()
    await databases.open_database(sqlite_url)
    await databases.close_database()


def test_a_url_of_another_kind_is_refused_with_what_to_write() -> None:
    with pytest.raises(ValueError, match=r"must begin with sqlite:// or postgres://, not 'mysql'"):
        databases.dialect_of("mysql://localhost/lejek")


def test_a_files_path_is_absolute_or_not_as_written() -> None:
    urls = ("sqlite:///var/a.db", "sqlite:////var/a.db", "sqlite://data/a.db")
    assert [sqlite_path(url) for url in urls] == ["/var/a.db", "/var/a.db", "data/a.db"]
