"""The change log: gap-free, in the order of commits, and enough to say what changed."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from models import changes
from models import database as databases
from models.base import now
from models.changes import Change, ChangeKind, Subject
from models.conversions import Conversion
from models.database import Database
from models.labels import Label
from tests import given
from tests.given import Company


async def add_label(company: Company, name: str) -> int | None:
    async with changes.write(company.id, company.anna.id, f"client {name}") as ledger:
        row = await Label.create(account_id=company.id, name=name, color="red")
        ledger.record(ChangeKind.LABEL_ADDED, changes.added("label", changes.snapshot(row)))
    return ledger.revision


async def read_counts(company: Company) -> tuple[int, int, int, int]:
    """In one snapshot: the account's revision, its highest and its number of changes, and its labels."""
    account = f"'{company.id}'"
    statement = (
        f"SELECT (SELECT revision FROM accounts WHERE id = {account}), "
        f"(SELECT coalesce(max(revision), 0) FROM changes WHERE account_id = {account}), "
        f"(SELECT count(*) FROM changes WHERE account_id = {account}), "
        f"(SELECT count(*) FROM labels WHERE account_id = {account})"
    )
    async with databases.snapshot() as snapshot:
        (row,) = await snapshot.fetch(statement)
    return row[0], row[1], row[2], row[3]


async def test_thirty_writers_at_once_leave_no_gap(acme: Company) -> None:
    taken = await asyncio.gather(*(add_label(acme, str(number)) for number in range(30)))
    assert sorted(revision or 0 for revision in taken) == list(range(1, 31))
    assert [change.revision for change in await changes.read_after(acme.id, 0)] == list(range(1, 31))
    assert await changes.revision_of(acme.id) == 30


async def test_a_reader_never_sees_a_revision_before_the_ones_below_it(acme: Company) -> None:
    """In every snapshot the log ends exactly at the account's revision, and holds what was written."""
    writers = asyncio.gather(*(add_label(acme, str(number)) for number in range(30)))
    seen = set()
    while not writers.done():
        revision, highest, count, labels = await read_counts(acme)
        assert revision == highest == count == labels - 1  # one was given
        seen.add(revision)
    await writers
    assert (await read_counts(acme))[0] == 30
    assert seen, "no snapshot was taken while there were writers"


async def test_two_accounts_count_for_themselves(acme: Company, other: Company) -> None:
    await asyncio.gather(*(add_label(each, str(number)) for number in range(5) for each in (acme, other)))
    assert await changes.revision_of(acme.id) == await changes.revision_of(other.id) == 5
    assert {change.account_id for change in await changes.read_after(acme.id, 0)} == {acme.id}


async def test_a_write_that_fails_takes_no_revision(acme: Company) -> None:
    await add_label(acme, "kept")
    with pytest.raises(ZeroDivisionError):
        async with changes.write(acme.id, acme.anna.id) as ledger:
            row = await Label.create(account_id=acme.id, name="lost", color="red")
            ledger.record(ChangeKind.LABEL_ADDED, changes.added("label", changes.snapshot(row)))
            raise ZeroDivisionError
    assert await add_label(acme, "kept too") == 2
    assert {label.name for label in await Label.filter(account_id=acme.id)} == {"Hot", "kept", "kept too"}
    assert await read_counts(acme) == (2, 2, 2, 3)


async def test_a_write_that_is_cancelled_takes_no_revision_and_holds_no_lock(acme: Company) -> None:
    inside = asyncio.Event()

    async def hang() -> None:
        async with changes.write(acme.id, acme.anna.id) as ledger:
            row = await Label.create(account_id=acme.id, name="lost", color="red")
            ledger.record(ChangeKind.LABEL_ADDED, changes.added("label", changes.snapshot(row)))
            inside.set()
            await asyncio.Event().wait()

    hanging = asyncio.create_task(hang())
    await inside.wait()
    hanging.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hanging
    assert await add_label(acme, "next") == 1


async def test_a_write_that_records_nothing_is_no_change(acme: Company) -> None:
    heard: list[UUID] = []
    stop = changes.on_commit(heard.append)
    async with changes.write(acme.id, acme.anna.id) as ledger:
        pass
    stop()
    assert ledger.revision is None
    assert await changes.revision_of(acme.id) == 0
    assert heard == []


async def test_several_changes_of_one_write_follow_each_other(acme: Company) -> None:
    async with changes.write(acme.id, acme.anna.id, "mine") as ledger:
        for number in range(3):
            row = await Label.create(account_id=acme.id, name=str(number), color="red")
            ledger.record(ChangeKind.LABEL_ADDED, changes.added("label", changes.snapshot(row)))
    assert ledger.revision == 3
    log = await changes.read_after(acme.id, 0)
    assert [change.revision for change in log] == [1, 2, 3]
    assert [change.find("label")[0].after["name"] for change in log] == ["0", "1", "2"]  # type: ignore[index]
    assert {change.client_mutation_id for change in log} == {"mine"}
    assert {change.actor_id for change in log} == {acme.anna.id}


async def test_a_listener_hears_of_a_commit_after_it_and_of_no_failure(acme: Company) -> None:
    heard: list[UUID] = []
    stop = changes.on_commit(heard.append)
    with pytest.raises(ZeroDivisionError):
        async with changes.write(acme.id, acme.anna.id) as ledger:
            ledger.record(ChangeKind.ACCESS_CHANGED)
            raise ZeroDivisionError
    assert heard == []
    async with changes.write(acme.id, acme.anna.id) as ledger:
        ledger.record(ChangeKind.ACCESS_CHANGED)
        assert heard == []
    assert heard == [acme.id]
    stop()
    await add_label(acme, "unheard")
    assert heard == [acme.id]


async def test_the_log_is_read_in_pages(acme: Company) -> None:
    for number in range(5):
        await add_label(acme, str(number))
    pages, last = [], 0
    while page := [change.revision for change in await changes.read_after(acme.id, last, limit=2)]:
        pages.append(page)
        last = page[-1]
    assert pages == [[1, 2], [3, 4], [5]]


async def test_retention_forgets_the_oldest_first(acme: Company, other: Company) -> None:
    await add_label(acme, "old")
    await add_label(other, "of another account")
    await Change.filter(account_id=acme.id).update(at=now() - timedelta(days=31))
    await add_label(acme, "new")
    assert await changes.oldest_kept(acme.id) == 1
    assert await changes.forget_before(acme.id, now() - timedelta(days=30)) == 1
    assert await changes.oldest_kept(acme.id) == 2
    assert await changes.oldest_kept(other.id) == 1
    assert await changes.revision_of(acme.id) == 2


async def test_a_snapshot_is_what_comes_back_from_the_log(database: Database, acme: Company) -> None:
    """A row's columns survive JSON on both databases, so that a replay can be compared with the rows."""
    deal = await given.deal(acme.anna, acme.stages[0], labels=[acme.label], value_minor=10**12, currency="PLN")
    before = changes.snapshot(deal, label_ids=[acme.label.id])
    async with changes.write(acme.id, None) as ledger:
        ledger.record(ChangeKind.DEAL_ADDED, changes.added("deal", before))
    (change,) = await changes.read_after(acme.id, 0)
    (subject,) = change.find("deal")
    assert subject == Subject("deal", str(deal.id), None, before)
    assert before["created_at"].endswith("+00:00")
    assert before["label_ids"] == [str(acme.label.id)]
    await deal.refresh_from_db()
    assert changes.snapshot(deal, label_ids=[acme.label.id]) == before


def test_an_altered_row_is_told_by_what_changed_and_by_where_it_is() -> None:
    before = {"id": "1", "title": "a", "value_minor": 1, "stage_id": "x", "note": None}
    after = {"id": "1", "title": "b", "value_minor": 1, "stage_id": "x", "note": None}
    subject = changes.altered("deal", before, after)
    assert subject.before == {"title": "a", "stage_id": "x"}
    assert subject.after == {"title": "b", "stage_id": "x"}
    assert subject.changed == {"title"}


def test_a_snapshot_does_not_change_with_its_row() -> None:
    row = Conversion(moved={"notes": ["1"]})
    before = changes.snapshot(row)
    row.moved["notes"].append("2")
    assert before["moved"] == {"notes": ["1"]}
