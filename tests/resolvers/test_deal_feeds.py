"""What those who watch one deal, or a filtered list of deals, are told of a change."""

from decimal import Decimal
from typing import Any

import pytest

from models import changes
from models.base import Visibility
from models.changes import Subject
from models.notes import Note
from resolvers import activities, contacts, conversions, deals, invoices, notes, reversals
from resolvers.deal_filters import DealMatch
from resolvers.errors import ErrorCode
from resolvers.events import Event
from resolvers.feeds import open_feed
from tests import given
from tests.given import Company
from tests.refusals import global_id, refused
from tests.resolvers.telling import names, reasons, shown, told


async def test_everything_that_happens_to_a_deal_is_told_and_nothing_of_others(acme: Company) -> None:
    viewer = await given.viewer(acme.anna)
    deal, other = [await given.deal(acme.anna, acme.stages[0]) for _ in range(2)]
    key = global_id(deal)
    await deals.update_deal(viewer, {"id": key, "title": "Renamed"})
    await deals.update_deal(viewer, {"id": global_id(other), "title": "Renamed too"})
    await deals.move_deal(viewer, {"id": key, "stage_id": global_id(acme.stages[1])})
    note = await notes.add_note(viewer, {"deal_id": key, "body": "Called."})
    await notes.add_comment(viewer, {"note_id": global_id(await Note.get(id=note)), "body": "And?"})
    await activities.add_activity(viewer, {"deal_id": key, "subject": "Call again"})
    amount: Any = {"amount": Decimal(1), "currency": "PLN"}
    await invoices.record_invoice(viewer, {"deal_id": key, "number": "1", "amount": amount})
    await deals.win_deal(viewer, {"id": key})
    events = await told(viewer, "dealChanged", dealId=key)
    assert names(events) == ["DealUpdated", "DealMoved", *["DealUpdated"] * 4, "DealClosed"]
    assert [event.revision for event in events] == [1, 3, 4, 5, 6, 7, 8]
    fields = [shown(event)["fields"] for event in events]
    assert [fields[0], *fields[2:4], fields[5]] == [["title"], ["notes"], ["notes"], ["invoices"]]
    assert "activities" in fields[4]
    assert {shown(event)["deal"] for event in events} == {str(deal.id)}


async def test_a_deal_that_is_deleted_or_converted_is_told_as_gone(acme: Company) -> None:
    admin = await given.viewer(acme.admin)
    for verb, reason in (("delete", "DELETED"), ("convert", "CONVERTED")):
        person = await given.person(acme.anna)
        deal = await given.deal(acme.anna, acme.stages[0], person_id=person.id)
        if verb == "delete":
            await deals.delete_deals(admin, {"ids": [global_id(deal)]})
        else:
            await reversals.convert_deal_to_lead(admin, {"id": global_id(deal)})
        (gone,) = await told(admin, "dealChanged", dealId=global_id(deal), after=0)
        assert (gone.type_name, gone.deal_id, gone.reason) == ("DealRemoved", global_id(deal), reason)
        assert [stage.key for stage in gone.stages] == [str(acme.stages[0].id)]


async def test_a_deal_out_of_sight_is_told_as_gone_and_never_shown_again(acme: Company) -> None:
    anna, celina = await given.viewer(acme.anna), await given.viewer(acme.celina)
    deal = await given.deal(acme.anna, acme.stages[0])
    feed = await open_feed(celina, "dealChanged", {"dealId": global_id(deal)})
    assert feed.job is None
    await deals.update_deal(anna, {"id": global_id(deal), "visibility": Visibility.TEAM})
    await deals.update_deal(anna, {"id": global_id(deal), "title": "Secret"})
    await notes.add_note(anna, {"deal_id": global_id(deal), "body": "Secret."})
    seen = await told(celina, "dealChanged", after=0, dealId=global_id(deal))
    assert reasons(seen) == [("DealRemoved", "NO_LONGER_VISIBLE")]
    await deals.update_deal(anna, {"id": global_id(deal), "visibility": Visibility.EVERYONE})
    assert names(await told(celina, "dealChanged", 3, dealId=global_id(deal))) == ["DealAdded"]


async def test_only_a_deal_that_is_seen_can_be_watched_and_any_that_was_can_be_resumed(
    acme: Company, other: Company
) -> None:
    anna, celina = await given.viewer(acme.anna), await given.viewer(acme.celina)
    hidden = await given.deal(acme.anna, acme.stages[0], visibility=Visibility.OWNER)
    foreign = await given.deal(other.anna, other.stages[0])
    for viewer, deal in ((celina, hidden), (anna, foreign)):
        async with refused(ErrorCode.NOT_FOUND, "dealId"):
            await open_feed(viewer, "dealChanged", {"dealId": global_id(deal)})
        await open_feed(viewer, "dealChanged", {"dealId": global_id(deal), "after": 0})
        await open_feed(viewer, "dealChanged", {"dealId": global_id(deal)}, again=True)
    async with refused(ErrorCode.INVALID, "dealId"):
        await open_feed(anna, "dealChanged", {"dealId": global_id(acme.pipeline), "after": 0})


def listed(events: list[Event], deal: Any) -> list[tuple[str, str | None]]:
    """What is told of one deal of a list."""
    here = [event for event in events if str(deal.id) == shown(event)["deal"] or event.deal_id == global_id(deal)]
    return reasons(here)


async def test_a_list_is_entered_and_left_by_each_thing_that_its_filter_looks_at(acme: Company) -> None:
    admin = await given.viewer(acme.admin)
    cold = await given.label(acme.account, "Cold")
    deal = await given.deal(acme.anna, acme.stages[0], "Roof", [acme.label])
    filters: list[dict[str, Any]] = [
        {"status": ["OPEN"]},
        {"stageIds": [global_id(acme.stages[0])]},
        {"ownerIds": [global_id(acme.anna)]},
        {"labelIds": [global_id(acme.label)]},
        {"search": "ROÓF"},
    ]
    key = global_id(deal)
    leave: list[Any] = [
        lambda: deals.win_deal(admin, {"id": key}),
        lambda: deals.move_deal(admin, {"id": key, "stage_id": global_id(acme.stages[1])}),
        lambda: deals.update_deal(admin, {"id": key, "owner_id": global_id(acme.bartek)}),
        lambda: deals.update_deal(admin, {"id": key, "label_ids": [global_id(cold)]}),
        lambda: deals.update_deal(admin, {"id": key, "title": "Bridge"}),
    ]
    enter: list[Any] = [
        lambda: deals.reopen_deal(admin, {"id": key}),
        lambda: deals.move_deal(admin, {"id": key, "stage_id": global_id(acme.stages[0])}),
        lambda: deals.update_deal(admin, {"id": key, "owner_id": global_id(acme.anna)}),
        lambda: deals.update_deal(admin, {"id": key, "label_ids": [global_id(acme.label), global_id(cold)]}),
        lambda: deals.update_deal(admin, {"id": key, "title": "A roof"}),
    ]
    revision = 0
    for number, given_filter in enumerate(filters):
        await leave[number]()
        gone = await told(admin, "dealsChanged", revision, filter=given_filter)
        assert listed(gone, deal) == [("DealRemoved", "NO_LONGER_MATCHES")]
        await deals.update_deal(admin, {"id": key, "probability": number})
        assert await told(admin, "dealsChanged", revision + 1, filter=given_filter) == []
        await enter[number]()
        assert names(await told(admin, "dealsChanged", revision + 2, filter=given_filter)) == ["DealAdded"]
        revision += 3


async def test_what_happens_within_a_list_is_told_in_place(acme: Company) -> None:
    viewer = await given.viewer(acme.anna)
    person = await given.person(acme.anna)
    deal = await given.deal(acme.anna, acme.stages[0], labels=[acme.label], person_id=person.id)
    elsewhere = await given.deal(acme.anna, acme.stages[0], person_id=person.id)
    await deals.move_deal(viewer, {"id": global_id(deal), "stage_id": global_id(acme.stages[1])})
    await deals.win_deal(viewer, {"id": global_id(deal)})
    await deals.reopen_deal(viewer, {"id": global_id(deal)})
    await contacts.update_person(viewer, {"id": global_id(person), "name": "Jan Nowy"})
    for each in (deal, elsewhere):
        await notes.add_note(viewer, {"deal_id": global_id(each), "body": "Called."})
    events = await told(viewer, "dealsChanged", filter={"labelIds": [global_id(acme.label)]})
    assert names(events) == ["DealMoved", "DealClosed", "DealReopened", "DealUpdated", "DealUpdated"]
    assert [shown(event)["fields"] for event in events[-2:]] == [["person"], ["notes"]]
    assert {shown(event)["deal"] for event in events} == {str(deal.id)}


async def test_a_conversion_fills_a_list_and_its_undoing_empties_it(acme: Company) -> None:
    viewer = await given.viewer(acme.anna)
    lead = await given.lead(acme.anna, "Roof", [acme.label])
    given_filter = {"labelIds": [global_id(acme.label)], "status": ["OPEN"]}
    await conversions.convert_leads(viewer, {"lead_ids": [global_id(lead)]})
    (added,) = await told(viewer, "dealsChanged", filter=given_filter)
    assert (added.type_name, added.converted_from_lead_id) == ("DealAdded", global_id(lead))
    await reversals.undo_conversion(viewer, {"lead_id": global_id(lead)})
    assert reasons(await told(viewer, "dealsChanged", 1, filter=given_filter)) == [("DealRemoved", "CONVERTED")]


async def test_a_filter_of_other_things_than_its_ids_is_refused(acme: Company) -> None:
    viewer = await given.viewer(acme.anna)
    for name, wrong in (("pipelineId", "nonsense"), ("stageIds", [global_id(acme.label)]), ("labelIds", ["nonsense"])):
        async with refused(ErrorCode.INVALID, "filter", name):
            await open_feed(viewer, "dealsChanged", {"filter": {name: wrong}})


@pytest.mark.parametrize("given_filter", [{"labelIds": []}, {"status": []}, {"ownerIds": []}])
def test_an_empty_choice_lets_nothing_through(given_filter: dict[str, Any]) -> None:
    values = {"status": "OPEN", "owner_id": "1", "label_ids": ["2"], "folded_title": "roof"}
    assert not DealMatch.of(given_filter).holds(values)
    assert DealMatch.of(dict.fromkeys(given_filter)).holds(values)


async def test_the_log_tells_of_every_altered_deal_what_filters_look_at(acme: Company) -> None:
    admin = await given.viewer(acme.admin)
    person = await given.person(acme.anna)
    deal = await given.deal(acme.anna, acme.stages[0], labels=[acme.label])
    joining, lead = [await given.lead(acme.anna, labels=[acme.label], person_id=person.id) for _ in range(2)]
    into: Any = [{"lead_id": global_id(joining), "deal_id": global_id(deal)}]
    await conversions.convert_leads(admin, {"lead_ids": [global_id(joining)], "into_deals": into})
    await reversals.undo_conversion(admin, {"lead_id": global_id(joining)})
    await conversions.convert_leads(admin, {"lead_ids": [global_id(lead)]})
    await reversals.undo_conversion(admin, {"lead_id": global_id(lead)})
    await conversions.convert_leads(admin, {"lead_ids": [global_id(lead)]})
    await contacts.update_person(admin, {"id": global_id(person), "name": "Jan Nowy"})
    await activities.add_activity(admin, {"deal_id": global_id(deal), "subject": "Call"})
    await deals.delete_deals(admin, {"ids": [global_id(deal)]})
    subjects: list[Subject] = []
    for change in await changes.read_after(acme.id, 0):
        subjects += change.find("deal")
    assert len(subjects) >= 8
    for subject in subjects:
        for side in (subject.before, subject.after):
            assert side is None or {"label_ids", "folded_title"} <= side.keys(), subject
