"""Notes and activities come in as tables, are updated by their ids, and are taken back as a unit; labels go along."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from models import changes
from models.activities import Activity
from models.base import now
from models.changes import ChangeKind
from models.deals import Deal
from models.import_kinds import ImportKind
from models.labels import Label
from models.leads import Lead
from models.notes import Mention, Note
from resolvers import activities, leads, notes
from tests import given
from tests.given import Company
from tests.refusals import global_id
from tests.replaying import rows_of, told
from tests.resolvers.telling import names
from tests.resolvers.telling import told as feed_told
from tests.tables import export, import_, settled, table, undo

pytestmark = pytest.mark.usefixtures("store")


async def test_notes_are_updated_and_undone_as_a_unit(acme: Company, tmp_path: Path) -> None:
    admin, lead = await given.viewer(acme.admin), await given.lead(acme.anna)
    deal = await given.deal(acme.anna, acme.stages[0])
    head, on = "ID,Lead ID,Deal ID,Note,Author,Created\n", global_id(deal)
    (tmp_path / "first.csv").write_text(
        f"{head}1,{global_id(lead)},,Ask @[Bartek@example.com].,anna@example.com,2020-01-31T12:00:00+01:00\n"
        f'2,,{on},"<b>two</b>\nlines",,\n'
    )
    (tmp_path / "more.csv").write_text(
        f"{head}1,{global_id(lead)},,Ask @[{global_id(acme.anna)}].,,\n2,,{on},,,\n3,,{on},,,\n4,,{on},Hi,x@y.pl,\n"
        f"5,{global_id(lead)},{on},Hi,,\n6,,,Hi,,\n7,,{on},Ask @[user_00].,,\n8,,{on},Hi,,yesterday\n9,,{on},New,,\n"
        f"1,,{on},Elsewhere,,\n"
    )
    async with told(acme.id) as log:
        before = settled(await rows_of(acme.id))
        first = await import_(admin, ImportKind.NOTES, tmp_path / "first.csv")
        asked = await Note.get(lead_id=lead.id)
        assert (first.rows_created, asked.author_id) == (2, acme.anna.id)
        assert (asked.body, asked.created_at) == (
            f"Ask @[{global_id(acme.bartek)}].",
            datetime(2020, 1, 31, 11, tzinfo=UTC),
        )
        assert (await Mention.get(note_id=asked.id)).user_id == acme.bartek.id
        filled = settled(await rows_of(acme.id))
        more = await import_(admin, ImportKind.NOTES, tmp_path / "more.csv")
        assert [each.number for each in more.skipped] == [4, 5, 6, 7, 8, 9, 11], more.skipped
        assert (more.rows_created, more.rows_updated, more.rows_unchanged) == (1, 1, 1)
        assert (await Mention.get(note_id=asked.id)).user_id == acme.anna.id
        await undo(admin, more)
        assert without_mention_ids(settled(await rows_of(acme.id))) == without_mention_ids(filled)
        await undo(admin, first)
        assert settled(await rows_of(acme.id)) == before
    kinds = {change.kind for change in log}
    assert {ChangeKind.NOTE_ADDED, ChangeKind.NOTE_UPDATED, ChangeKind.NOTE_REMOVED} <= kinds


def without_mention_ids(state: object) -> list[str]:
    """What is there; mentions that are given back are new rows."""
    rows = state.items() if isinstance(state, dict) else ()
    bare = [(key, {**row, "mentions": [each["user_id"] for each in row.get("mentions", ())]}) for key, row in rows]
    return sorted(map(repr, bare))


async def test_activities_are_updated_and_undone_with_what_is_next(acme: Company, tmp_path: Path) -> None:
    admin, deal = await given.viewer(acme.admin), await given.deal(acme.anna, acme.stages[0])
    lead, on = await given.lead(acme.anna), global_id(deal)
    head = "ID,Lead ID,Deal ID,Subject,Type,Due,Done,Assignee\n"
    (tmp_path / "first.csv").write_text(
        f"{head}1,,{on},Call,call,2030-01-31T12:00:00Z,,anna@example.com\n2,,{on},Met,MEETING,,2020-01-31T12:00:00Z,\n"
        f"3,{global_id(lead)},,Write,,,,\n"
    )
    (tmp_path / "more.csv").write_text(
        f"{head}1,,{on},,,2031-01-31T12:00:00Z,,\n4,,{on},Sooner,,2030-06-30T12:00:00Z,,\n5,,{on},,,,,\n"
        f"6,,{on},Dance,DANCE,,,\n7,,{on},Day,,2030-01-31,,\n8,,{on},Who,,,,x@y.pl\n2,,{on},,,,,\n"
    )
    async with told(acme.id):
        before = settled(await rows_of(acme.id))
        first = await import_(admin, ImportKind.ACTIVITIES, tmp_path / "first.csv")
        call = await Activity.get(subject="Call")
        assert (first.rows_created, call.assignee_id, call.type) == (3, acme.anna.id, "CALL")
        assert (await Deal.get(id=deal.id)).next_activity_id == call.id
        filled = settled(await rows_of(acme.id))
        more = await import_(admin, ImportKind.ACTIVITIES, tmp_path / "more.csv")
        assert [each.number for each in more.skipped] == [4, 5, 6, 7], more.skipped
        assert (more.rows_created, more.rows_updated, more.rows_unchanged) == (1, 1, 1)
        assert (await Deal.get(id=deal.id)).next_activity_id == (await Activity.get(subject="Sooner")).id
        for report, there in ((more, filled), (first, before)):
            await undo(admin, report)
            assert settled(await rows_of(acme.id)) == there


async def test_what_was_commented_or_done_since_stays_when_an_import_is_undone(acme: Company, tmp_path: Path) -> None:
    admin, deal = await given.viewer(acme.admin), await given.deal(acme.anna, acme.stages[0])
    on = global_id(deal)
    (tmp_path / "notes.csv").write_text(f"Deal ID,Note\n{on},One\n{on},Two\n")
    (tmp_path / "todo.csv").write_text(f"Deal ID,Subject\n{on},Call\n{on},Write\n")
    async with told(acme.id):
        first = await import_(admin, ImportKind.NOTES, tmp_path / "notes.csv")
        more = await import_(admin, ImportKind.ACTIVITIES, tmp_path / "todo.csv")
        await notes.add_comment(admin, {"note_id": global_id(await Note.get(body="One")), "body": "And?"})
        await activities.complete_activity(admin, {"id": global_id(await Activity.get(subject="Call"))})
        await undo(admin, first)
        await undo(admin, more)
    assert [note.body for note in await Note.all()] == ["One"]
    assert [activity.subject for activity in await Activity.all()] == ["Call"]
    assert (await Deal.get(id=deal.id)).next_activity_id is None


async def test_a_regular_user_imports_notes_of_their_own_onto_what_they_see(acme: Company, tmp_path: Path) -> None:
    anna, lead = await given.viewer(acme.anna), await given.lead(acme.celina, archived_at=now())
    hidden = await given.deal(acme.celina, acme.stages[0], visibility="OWNER")
    other = await given.note(acme.bartek, lead, "Mine")
    on = global_id(lead)
    (tmp_path / "notes.csv").write_text(
        f"ID,Lead ID,Deal ID,Note,Author\n1,{on},,Hi,anna@example.com\n2,{on},,Hi,bartek@example.com\n"
        f"3,,{global_id(hidden)},Hi,\n{global_id(other)},{on},,Yours,\n{global_id(other)},{on},,Mine,\n"
    )
    (tmp_path / "again.csv").write_text(f"ID,Lead ID,Note\n1,{on},Changed\n")
    async with told(acme.id):
        report = await import_(anna, ImportKind.NOTES, tmp_path / "notes.csv")
        assert [each.number for each in report.skipped] == [3, 4, 5], report.skipped
        assert (report.rows_created, report.rows_unchanged) == (1, 1)
        (skipped,) = (await import_(anna, ImportKind.NOTES, tmp_path / "again.csv")).skipped
        assert "archived" in skipped.reason
    seen = await table(anna, "notes")
    assert {row[4] async for page in seen.rows() for row in page} == {"Hi", "Mine"}


async def test_a_note_is_given_to_another_author_whatever_it_seems_to_mention(acme: Company, tmp_path: Path) -> None:
    note = await given.note(acme.anna, await given.lead(acme.anna), "A visitor wrote @[user_00].")
    key, on = global_id(note), f"lead_{str(note.lead_id).replace('-', '')}"
    (tmp_path / "notes.csv").write_text(f"ID,Lead ID,Author\n{key},{on},bartek@example.com\n")
    async with told(acme.id):
        report = await import_(await given.viewer(acme.admin), ImportKind.NOTES, tmp_path / "notes.csv")
    assert (report.rows_updated, (await Note.get(id=note.id)).author_id) == (1, acme.bartek.id)


async def test_a_search_that_is_watched_hears_that_a_note_is_another_or_gone(acme: Company, tmp_path: Path) -> None:
    admin, deal = await given.viewer(acme.admin), await given.deal(acme.anna, acme.stages[0], "Roof")
    (tmp_path / "first.csv").write_text(f"ID,Deal ID,Note\n1,{global_id(deal)},Pilne\n")
    (tmp_path / "more.csv").write_text(f"ID,Deal ID,Note\n1,{global_id(deal)},Later\n")

    async def heard() -> list[str]:
        return names(await feed_told(admin, "dealsChanged", revision, filter={"search": "pilne"}))

    first = await import_(admin, ImportKind.NOTES, tmp_path / "first.csv")
    revision = await changes.revision_of(acme.id)
    more = await import_(admin, ImportKind.NOTES, tmp_path / "more.csv")
    assert await heard() == ["Resync"]
    await undo(admin, more)
    revision = await changes.revision_of(acme.id)
    await undo(admin, first)
    assert await heard() == ["Resync"]


async def test_every_note_is_exported_however_many_are_on_one_deal(acme: Company, tmp_path: Path) -> None:
    deal, admin = await given.deal(acme.anna, acme.stages[0]), await given.viewer(acme.admin)
    for number in range(230):
        await given.note(acme.anna, deal, f"Note {number}")
    await export(admin, ImportKind.NOTES, "jsonl", tmp_path)
    assert (tmp_path / "notes.jsonl").read_text().count("\n") == 230


async def test_labels_that_an_import_made_go_with_it_unless_they_are_used(acme: Company, tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text('ID,Person,Labels\n1,Jan,"Warm, Cold, Hot"\n')
    admin, lead = await given.viewer(acme.admin), await given.lead(acme.anna)
    async with told(acme.id) as log:
        report = await import_(admin, ImportKind.LEADS, tmp_path / "leads.csv")
        cold = global_id(await Label.get(name="Cold"))
        await leads.update_lead(admin, {"id": global_id(lead), "label_ids": [cold]})
        await undo(admin, report)
    assert {label.name for label in await Label.filter(account_id=acme.id)} == {"Hot", "Cold"}
    assert await Lead.filter(removed_at=None).count() == 1
    assert ChangeKind.LABEL_REMOVED in {change.kind for change in log}
