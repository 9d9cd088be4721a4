"""What each viewer of a board or the inbox is told of a change, and what they are never told."""

from typing import Any

import pytest

from models.base import Visibility
from resolvers import contacts, conversions, deals, ids, leads, notes, pipelines, reversals
from resolvers.access import Viewer
from resolvers.errors import ErrorCode
from resolvers.events import Event
from resolvers.feeds import open_feed
from tests import given
from tests.given import Company
from tests.refusals import global_id, refused
from tests.resolvers.telling import names, told


async def board(viewer: Viewer, pipeline: Any, after: int) -> list[Event]:
    """What a board is told of everything after a revision."""
    return await told(viewer, "pipelineChanged", after, pipelineId=global_id(pipeline))


async def inbox(viewer: Viewer, after: int) -> list[Event]:
    """What the inbox is told of everything after a revision."""
    return await told(viewer, "leadInboxChanged", after)


async def test_a_deals_life_is_told_to_its_board_step_by_step(acme: Company) -> None:
    viewer = await given.viewer(acme.anna)
    first, second = acme.stages[:2]
    draft = {"title": "A deal", "stage_id": global_id(first), "client_mutation_id": "mine"}
    key = ids.encode("Deal", await deals.create_deal(viewer, draft))  # type: ignore[arg-type]
    await deals.update_deal(viewer, {"id": key, "title": "Another name"})
    await deals.move_deal(viewer, {"id": key, "stage_id": global_id(second)})
    await notes.add_note(viewer, {"deal_id": key, "body": "Called."})
    await deals.win_deal(viewer, {"id": key})
    await deals.reopen_deal(viewer, {"id": key})
    kept = (await given.deal(acme.anna, first)).id
    events = await board(viewer, acme.pipeline, 0)
    assert names(events) == ["DealAdded", "DealUpdated", "DealMoved", "DealUpdated", "DealClosed", "DealReopened"]
    assert [event.revision for event in events] == [1, 2, 3, 4, 5, 6]
    added, renamed, moved, noted, *_ = events
    assert (added.client_mutation_id, added.actor.key if added.actor else None) == ("mine", acme.anna.id)
    assert [stage.key for stage in added.stages] == [str(first.id)]
    assert (renamed.fields, renamed.stages) == (["title"], [])
    assert (moved.from_stage.key, moved.to_stage.key) == (str(first.id), str(second.id))  # type: ignore[union-attr]
    assert [stage.key for stage in moved.stages] == [str(first.id), str(second.id)]
    assert noted.fields == ["notes"]
    assert kept


async def test_a_deal_that_is_gone_since_is_told_as_gone_and_never_shown(acme: Company) -> None:
    viewer = await given.viewer(acme.anna)
    draft = {"title": "A deal", "stage_id": global_id(acme.stages[0])}
    key = ids.encode("Deal", await deals.create_deal(viewer, draft))  # type: ignore[arg-type]
    await deals.update_deal(viewer, {"id": key, "title": "Renamed"})
    await deals.delete_deals(viewer, {"ids": [key]})
    events = await board(viewer, acme.pipeline, 0)
    assert names(events) == ["DealRemoved"] * 3
    assert {(event.deal_id, event.deal) for event in events} == {(key, None)}
    assert events[-1].reason == "DELETED"


async def test_a_conversion_is_one_change_to_both(acme: Company) -> None:
    viewer = await given.viewer(acme.anna)
    lead = await given.lead(acme.anna, person_id=(await given.person(acme.anna)).id)
    await given.note(acme.anna, lead)
    report = await conversions.convert_leads(viewer, {"lead_ids": [global_id(lead)]})
    (added,), (removed,) = await board(viewer, acme.pipeline, 0), await inbox(viewer, 0)
    assert (added.type_name, removed.type_name) == ("DealAdded", "LeadRemoved")
    assert added.revision == removed.revision == report.revision
    assert added.converted_from_lead_id == removed.lead_id == global_id(lead)
    assert removed.reason == "CONVERTED"
    assert removed.deal is not None
    assert removed.deal.key == str(report.results[0].deal_id)
    await reversals.undo_conversion(viewer, {"lead_id": global_id(lead)})
    (gone,), (back,) = await board(viewer, acme.pipeline, 1), await inbox(viewer, 1)
    assert (gone.type_name, gone.reason, back.type_name) == ("DealRemoved", "CONVERTED", "LeadAdded")


async def test_what_leaves_a_viewers_sight_is_removed_and_what_enters_it_is_added(acme: Company) -> None:
    anna, celina = await given.viewer(acme.anna), await given.viewer(acme.celina)
    deal = await given.deal(acme.anna, acme.stages[0], "Secret soon")
    await deals.update_deal(anna, {"id": global_id(deal), "visibility": Visibility.TEAM})
    assert [(event.type_name, event.reason) for event in await board(celina, acme.pipeline, 0)] == [
        ("DealRemoved", "NO_LONGER_VISIBLE")
    ]
    assert names(await board(await given.viewer(acme.bartek), acme.pipeline, 0)) == ["DealUpdated"]
    await deals.update_deal(anna, {"id": global_id(deal), "title": "Secret now"})
    assert await board(celina, acme.pipeline, 1) == []
    await deals.update_deal(anna, {"id": global_id(deal), "visibility": Visibility.EVERYONE})
    assert names(await board(celina, acme.pipeline, 2)) == ["DealAdded"]


async def test_a_deal_that_changes_pipelines_leaves_one_board_and_enters_the_other(acme: Company) -> None:
    admin = await given.viewer(acme.admin)
    draft: Any = {"name": "Second", "stages": [{"name": "Only"}]}
    await pipelines.create_pipeline(admin, draft)
    from models.pipelines import Pipeline, Stage

    second = await Pipeline.get(name="Second", account_id=acme.id)
    stage = await Stage.get(pipeline_id=second.id)
    deal = await given.deal(acme.anna, acme.stages[0])
    await deals.move_deal(admin, {"id": global_id(deal), "stage_id": global_id(stage)})
    (left,), (entered,) = await board(admin, acme.pipeline, 1), await board(admin, second, 1)
    assert (left.type_name, left.reason, entered.type_name) == ("DealRemoved", "OTHER_PIPELINE", "DealAdded")


async def test_an_archived_lead_leaves_the_inbox_and_comes_back(acme: Company) -> None:
    viewer = await given.viewer(acme.anna)
    lead = await given.lead(acme.anna, person_id=(await given.person(acme.anna)).id)
    await leads.update_lead(viewer, {"id": global_id(lead), "is_seen": True})
    await leads.archive_leads(viewer, {"ids": [global_id(lead)]})
    await leads.unarchive_leads(viewer, {"ids": [global_id(lead)]})
    await leads.archive_leads(viewer, {"ids": [global_id(lead)]})
    events = await inbox(viewer, 1)
    assert [(event.type_name, event.reason) for event in events] == [
        ("LeadRemoved", "ARCHIVED"),
        ("LeadRemoved", "NO_LONGER_VISIBLE"),
        ("LeadRemoved", "ARCHIVED"),
    ]
    await leads.unarchive_leads(viewer, {"ids": [global_id(lead)]})
    assert names(await inbox(viewer, 4)) == ["LeadAdded"]


async def test_a_contact_that_is_renamed_is_told_to_all_that_show_it(acme: Company) -> None:
    viewer = await given.viewer(acme.anna)
    person = await given.person(acme.anna)
    lead = await given.lead(acme.anna, person_id=person.id)
    shown = [await given.deal(acme.anna, stage, person_id=person.id) for stage in acme.stages[:2]]
    await contacts.update_person(viewer, {"id": global_id(person), "name": "Jan Nowy"})
    on_board, in_inbox = await board(viewer, acme.pipeline, 0), await inbox(viewer, 0)
    assert [(event.type_name, event.fields) for event in on_board] == [("DealUpdated", ["person"])] * 2
    assert {event.deal.key for event in on_board if event.deal} == {str(deal.id) for deal in shown}
    assert [(event.lead.key, event.fields) for event in in_inbox if event.lead] == [(str(lead.id), ["person"])]


async def test_a_board_of_another_account_cannot_be_watched(acme: Company, other: Company) -> None:
    viewer = await given.viewer(acme.admin)
    async with refused(ErrorCode.NOT_FOUND, "pipelineId"):
        await open_feed(viewer, "pipelineChanged", {"pipelineId": global_id(other.pipeline)})
    async with refused(ErrorCode.INVALID, "pipelineId"):
        await open_feed(viewer, "pipelineChanged", {"pipelineId": global_id(acme.stages[0])})


@pytest.mark.parametrize("mark", ["CaughtUp", "Resync"])
async def test_a_mark_carries_its_revision_alone(acme: Company, mark: Any) -> None:
    feed = await open_feed(await given.viewer(acme.anna), "leadInboxChanged", {})
    event = feed.mark(mark, 7, acme.account.created_at)
    assert event is not None
    assert (event.type_name, event.revision, event.actor, event.stages) == (mark, 7, None, [])
