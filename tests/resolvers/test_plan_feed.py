"""What is told of the plan: each opened and closed deal, and each threshold once for each crossing."""

from typing import Any

import pytest

from models.accounts import Account, PlanUsage
from models.deals import Deal
from resolvers import conversions, deals, ids, reversals
from resolvers.access import Viewer
from resolvers.events import Event
from resolvers.feeds import open_feed
from resolvers.plan_feed import notice_of
from tests import given
from tests.given import Company
from tests.refusals import global_id
from tests.resolvers.telling import told, told_by


def counts(events: list[Event]) -> list[tuple[int | None, str | None]]:
    return [(event.open_deal_count, event.notice) for event in events]


async def on_a_plan_of(company: Company, places: int) -> None:
    """Move a company onto a plan of so many places."""
    other = await given.limited_account(places)
    await Account.filter(id=company.id).update(plan_name=other.plan_name)


async def open_deals(viewer: Viewer, company: Company, count: int) -> list[str]:
    draft: Any = {"title": "A deal", "stage_id": global_id(company.stages[0])}
    return [ids.encode("Deal", await deals.create_deal(viewer, draft)) for _ in range(count)]


async def test_each_opened_and_closed_deal_is_told_with_the_count_after_it(acme: Company) -> None:
    await on_a_plan_of(acme, 5)
    viewer = await given.viewer(acme.anna)
    first, *_, last = await open_deals(viewer, acme, 5)
    await deals.update_deal(viewer, {"id": first, "title": "Of no account"})
    await deals.win_deal(viewer, {"id": first})
    await deals.lose_deal(viewer, {"id": first})
    await deals.delete_deals(viewer, {"ids": [last]})
    await deals.reopen_deal(viewer, {"id": first})
    events = await told(viewer, "planUsageChanged")
    assert counts(events) == [
        *((1, None), (2, None), (3, None), (4, "NEARLY_FULL"), (5, "FULL")),
        *((4, None), (3, None), (4, "NEARLY_FULL")),
    ]
    assert [event.revision for event in events] == [1, 2, 3, 4, 5, 7, 9, 10]
    assert {event.open_deal_limit for event in events} == {5}
    assert (await PlanUsage.get(account_id=acme.id)).open_deals == 4


async def test_a_replay_tells_the_same_from_wherever_it_begins(acme: Company) -> None:
    await on_a_plan_of(acme, 6)
    viewer = await given.viewer(acme.admin)
    await given.deal(acme.anna, acme.stages[0])  # one that the log does not tell of
    keys = await open_deals(viewer, acme, 3)
    lead = await given.lead(acme.anna)
    await conversions.convert_leads(viewer, {"lead_ids": [global_id(lead)]})
    await reversals.undo_conversion(viewer, {"lead_id": global_id(lead)})
    await reversals.convert_deal_to_lead(viewer, {"id": await with_contact(acme, keys[0])})
    everything = counts(await told(viewer, "planUsageChanged"))
    assert everything == [(2, None), (3, None), (4, None), (5, "NEARLY_FULL"), (4, None), (3, None)]
    for after in range(len(everything)):
        assert counts(await told(viewer, "planUsageChanged", after)) == everything[after:]
    feed = await open_feed(viewer, "planUsageChanged", {})
    assert counts(await told_by(feed, viewer, 4)) == everything[4:]
    assert counts(await told_by(feed, viewer, 0)) == everything  # by one that had gone further already


async def with_contact(company: Company, deal_id: str) -> str:
    """The deal, with a person: without one it could be no lead."""
    person = await given.person(company.anna)
    await Deal.filter(id=ids.expect("Deal", deal_id)).update(person_id=person.id)
    return deal_id


async def test_an_unlimited_plan_gives_no_notice(acme: Company) -> None:
    viewer = await given.viewer(acme.anna)
    await open_deals(viewer, acme, 2)
    events = await told(viewer, "planUsageChanged")
    assert counts(events) == [(1, None), (2, None)]
    assert {event.open_deal_limit for event in events} == {None}


async def test_many_changes_between_are_counted(acme: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resolvers.plan_feed._CHUNK", 2)
    viewer = await given.viewer(acme.anna)
    await open_deals(viewer, acme, 7)
    assert [count for count, _ in counts(await told(viewer, "planUsageChanged"))] == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("before", "after", "limit", "notice"),
    [
        (7, 8, 10, "NEARLY_FULL"),
        (8, 9, 10, None),
        (9, 10, 10, "FULL"),
        (0, 10, 10, "FULL"),
        (10, 9, 10, None),
        (10, 11, 10, None),
        (2, 3, 3, "FULL"),
        (1, 2, 3, None),
        (9, 10, None, None),
        (0, 1, 0, None),
    ],
)
def test_a_threshold_is_told_by_the_change_that_reaches_it(
    before: int, after: int, limit: int | None, notice: str | None
) -> None:
    assert notice_of(before, after, limit) == notice
