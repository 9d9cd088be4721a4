"""The changelog of a deal: every field that changed, who did it, from what to what."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from models.base import Visibility
from models.deals import Deal
from models.ways import Way
from resolvers import activities, conversions, deals, ids, invoices, notes, participants, reversals
from tests import given
from tests.asking import ask, execute
from tests.refusals import global_id

_LOG = """query ($id: ID!, $first: Int, $after: String) { deal(id: $id) { changelog(first: $first, after: $after) {
  totalCount pageInfo { endCursor hasNextPage }
  nodes { event field oldValue newValue actor { name } convertedFromLeadId
    oldStage { name } newStage { name } oldOwner { name } newOwner { name }
    oldPerson { name } newPerson { name } oldLabel { name } newLabel { name } } } } }"""


async def _log(viewer: Any, deal: Deal, **page: Any) -> list[dict[str, Any]]:
    """The entries, latest first, without what is null in them."""
    answer = await ask(viewer, _LOG, id=global_id(deal), **page)
    nodes = answer["deal"]["changelog"]["nodes"]
    return [{name: value for name, value in each.items() if value is not None} for each in nodes]


def _changed(field: str, by: str = "Anna", **more: Any) -> dict[str, Any]:
    shown = {name: {"name": value} if name[3:] in _LINKS else value for name, value in more.items()}
    return {"event": "CHANGED", "field": field, "actor": {"name": by}, **shown}


_LINKS = {"Stage", "Owner", "Person", "Label"}


async def test_each_field_that_changed_is_told_with_old_and_new(acme: given.Company) -> None:
    anna, bartek = await given.viewer(acme.anna), await given.viewer(acme.bartek)
    first, second = acme.stages[:2]
    key = await deals.create_deal(anna, {"title": "Old", "stage_id": global_id(first)})
    deal = await Deal.get(id=key)
    value = {"amount": Decimal("99.9"), "currency": "EUR"}
    await deals.update_deal(anna, {"id": global_id(deal), "title": "New", "value": value})
    more = {"amount": Decimal(100), "currency": "EUR"}
    await deals.update_deal(anna, {"id": global_id(deal), "value": more, "label_ids": [global_id(acme.label)]})
    await deals.move_deal(bartek, {"id": global_id(deal), "stage_id": global_id(second)})
    await deals.lose_deal(bartek, {"id": global_id(deal), "lost_reason": "Price"})
    await deals.update_deal(anna, {"id": global_id(deal), "owner_id": global_id(acme.bartek), "label_ids": []})
    assert await _log(anna, deal) == [
        _changed("labels", oldLabel="Hot"),
        _changed("owner", oldOwner="Anna", newOwner="Bartek"),
        _changed("lostReason", "Bartek", newValue="Price"),
        _changed("status", "Bartek", oldValue="OPEN", newValue="LOST"),
        _changed("stage", "Bartek", oldStage=first.name, newStage=second.name),
        _changed("labels", newLabel="Hot"),
        _changed("value", oldValue="99.90 EUR", newValue="100.00 EUR"),
        _changed("value", newValue="99.90 EUR"),
        _changed("title", oldValue="Old", newValue="New"),
        {"event": "CREATED", "actor": {"name": "Anna"}},
    ]


async def test_a_deal_that_was_a_lead_says_so_and_its_end_and_return_are_told(acme: given.Company) -> None:
    anna, lead = await given.viewer(acme.anna), await given.lead(acme.anna)
    it = {"lead_ids": [global_id(lead)]}
    await conversions.convert_leads(anna, it)
    deal = await Deal.get(source_lead_id=lead.id)
    by = {"actor": {"name": "Anna"}}
    assert await _log(anna, deal) == [{"event": "CONVERTED", "convertedFromLeadId": global_id(lead), **by}]
    await reversals.undo_conversion(anna, {"lead_id": global_id(lead)})
    await conversions.convert_leads(anna, it)
    assert [each["event"] for each in await _log(anna, deal)] == ["REVIVED", "REMOVED", "CONVERTED"]


async def test_each_entry_says_which_way_it_came_in(acme: given.Company) -> None:
    anna, deal = await given.viewer(acme.anna), await given.deal(acme.anna, acme.stages[0])
    for title, way in (("By token", Way.API), ("On the board", Way.BOARD)):
        await deals.update_deal(replace(anna, way=way), {"id": global_id(deal), "title": title})
    document = "query ($id: ID!) { deal(id: $id) { changelog { nodes { way newValue } } } }"
    nodes = (await ask(anna, document, id=global_id(deal)))["deal"]["changelog"]["nodes"]
    assert [tuple(each.values()) for each in nodes] == [("BOARD", "On the board"), ("API", "By token")]


async def test_who_took_part_is_told_as_far_as_the_viewer_may_see_them(acme: given.Company) -> None:
    anna, celina = await given.viewer(acme.anna), await given.viewer(acme.celina)
    deal = await given.deal(acme.anna, acme.stages[0])
    secret = await given.person(acme.anna, "Olga Mak", visibility=Visibility.OWNER)
    both = {"deal_id": global_id(deal), "person_ids": [global_id(secret)]}
    await participants.add_participants(anna, both)
    await participants.remove_participants(anna, both)
    assert await _log(anna, deal) == [
        _changed("participants", oldPerson="Olga Mak"),
        _changed("participants", newPerson="Olga Mak"),
    ]
    assert await _log(celina, deal) == [_changed("participants")] * 2


async def test_a_long_changelog_is_read_in_pages(acme: given.Company) -> None:
    anna, deal = await given.viewer(acme.anna), await given.deal(acme.anna, acme.stages[0])
    for number in range(5):
        await deals.update_deal(anna, {"id": global_id(deal), "title": f"Title {number}", "probability": number})
    pages: list[list[str]] = []
    after = None
    while True:
        answer = (await ask(anna, _LOG, id=global_id(deal), first=3, after=after))["deal"]["changelog"]
        assert answer["totalCount"] == 10
        pages.append([each["newValue"] for each in answer["nodes"]])
        after = answer["pageInfo"]["endCursor"]
        if not answer["pageInfo"]["hasNextPage"]:
            break
    assert [len(page) for page in pages] == [3, 3, 3, 1]
    told = sorted(value for page in pages for value in page)
    assert told == [*(str(n) for n in range(5)), *(f"Title {n}" for n in range(5))]


async def test_a_lead_has_no_changelog(acme: given.Company) -> None:
    lead = await given.lead(acme.anna)
    document = "query ($id: ID!) { lead(id: $id) { changelog { totalCount } } }"
    result = await execute(await given.viewer(acme.anna), document, id=global_id(lead))
    assert [error.message for error in result.errors or []] == ["Cannot query field 'changelog' on type 'Lead'."]


_TIMELINE = """query ($id: ID!, $first: Int, $after: String) { deal(id: $id) { timeline(first: $first, after: $after) {
  pageInfo { endCursor hasNextPage }
  nodes { at change { event field newValue } note { body } activity { subject doneAt } invoice { number } } } } }"""


async def test_the_timeline_tells_everything_about_a_deal_in_order(acme: given.Company) -> None:
    anna, other = await given.viewer(acme.anna), await given.deal(acme.anna, acme.stages[0])
    await notes.add_note(anna, {"deal_id": global_id(other), "body": "Elsewhere"})
    deal = await Deal.get(id=await deals.create_deal(anna, {"title": "Old", "stage_id": global_id(acme.stages[0])}))
    on = {"deal_id": global_id(deal)}
    await notes.add_note(anna, {**on, "body": "Hello"})
    call = await activities.add_activity(anna, {**on, "subject": "Call"})
    number = {"number": "FV/1", "amount": {"amount": Decimal(1), "currency": "PLN"}}
    await invoices.record_invoice(anna, {**on, **number})
    await deals.update_deal(anna, {"id": global_id(deal), "title": "New"})
    await activities.complete_activity(anna, {"id": ids.encode("Activity", call)})
    items, after = [], None
    while True:
        page = (await ask(anna, _TIMELINE, id=global_id(deal), first=2, after=after))["deal"]["timeline"]
        items += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    times = [item.pop("at") for item in items]
    assert times == sorted(times, reverse=True)
    told = [{name: value for name, value in item.items() if value is not None} for item in items]
    done = told[0]["activity"].pop("doneAt")
    assert done is not None
    assert told == [
        {"activity": {"subject": "Call"}},
        {"change": {"event": "CHANGED", "field": "title", "newValue": "New"}},
        {"invoice": {"number": "FV/1"}},
        {"note": {"body": "Hello"}},
        {"change": {"event": "CREATED", "field": None, "newValue": None}},
    ]
