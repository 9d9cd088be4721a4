"""The open-deal limit at a conversion, and the line of those who wait for a place."""

import asyncio
from datetime import timedelta
from typing import Any

from models.accounts import Account, Plan, PlanUsage
from models.base import now
from models.changes import Change, ChangeKind
from models.conversions import WaitingConversion
from models.deals import Deal
from models.leads import Lead
from models.pipelines import Stage
from models.users import User
from resolvers import deals, leads, waitlist
from resolvers.conversions import (
    ConversionOutcome,
    DuplicateContactsPolicy,
    OnError,
    OnLimit,
    convert_leads,
    preview_conversion,
)
from resolvers.errors import ErrorCode
from tests import given
from tests.asking import ask
from tests.refusals import global_id, refused
from tests.replaying import told, unchanged

CONVERTED, WAITLISTED = ConversionOutcome.CONVERTED, ConversionOutcome.WAITLISTED
WAIT = {"on_limit": OnLimit.WAITLIST}


async def limit(company: given.Company, open_deals: int) -> None:
    """Put an account on a plan with so many places."""
    plan, _ = await Plan.get_or_create(name=f"Only {open_deals}", defaults={"open_deal_limit": open_deals})
    await Account.filter(id=company.id).update(plan_name=plan.name)


async def leads_of(owner: User, count: int) -> list[Lead]:
    names = ["Jan Nowak", "Ewa Lis", "Olga Mak", "Adam Wilk", "Zofia Bąk"][:count]
    return [await given.lead(owner, name, person_id=(await given.person(owner, name)).id) for name in names]


async def convert(company: given.Company, asked: list[Lead], who: User | None = None, **request: Any) -> Any:
    viewer = await given.viewer(who or company.anna)
    return await convert_leads(viewer, {"lead_ids": [global_id(lead) for lead in asked], **request})


def outcomes(report: Any) -> list[ConversionOutcome]:
    return [result.outcome for result in report.results]


async def open_deals(company: given.Company) -> int:
    return (await PlanUsage.get(account_id=company.id)).open_deals


async def in_line(company: given.Company) -> list[Any]:
    waiting = WaitingConversion.filter(account_id=company.id).order_by("id")
    return list(await waiting.values_list("lead_id", flat=True))


async def test_leads_that_no_longer_fit_fail_and_nothing_happens(acme: given.Company) -> None:
    await limit(acme, 2)
    asked = await leads_of(acme.anna, 3)
    async with unchanged(acme.id):
        report = await convert(acme, asked)
    assert outcomes(report) == [ConversionOutcome.SKIPPED, ConversionOutcome.SKIPPED, ConversionOutcome.FAILED]
    (error,) = report.results[2].errors
    assert (error.code, error.path) == (ErrorCode.OPEN_DEAL_LIMIT, ["leadIds", "2"])


async def test_places_go_to_leads_in_the_order_asked(acme: given.Company) -> None:
    await limit(acme, 2)
    one, two, three, four = await leads_of(acme.anna, 4)
    await Lead.filter(id=two.id).update(archived_at=now())
    async with told(acme.id):
        report = await convert(acme, [four, two, one, three], on_error=OnError.SKIP)
    assert outcomes(report) == [CONVERTED, ConversionOutcome.FAILED, CONVERTED, ConversionOutcome.FAILED]
    assert [result.errors[0].code for result in report.results if result.errors] == [
        ErrorCode.LEAD_ARCHIVED, ErrorCode.OPEN_DEAL_LIMIT
    ]  # fmt: skip
    assert await open_deals(acme) == 2


async def test_a_lead_that_joins_a_deal_takes_no_place(acme: given.Company) -> None:
    await limit(acme, 1)
    deal = await given.deal(acme.anna, acme.stages[0])
    (lead,) = await leads_of(acme.anna, 1)
    into = [{"lead_id": global_id(lead), "deal_id": global_id(deal)}]
    assert outcomes(await convert(acme, [lead], into_deals=into)) == [CONVERTED]
    assert await open_deals(acme) == 1


async def test_a_dry_run_and_a_preview_know_the_limit(acme: given.Company) -> None:
    await limit(acme, 1)
    one, two = await leads_of(acme.anna, 2)
    async with unchanged(acme.id):
        report = await convert(acme, [one, two], dry_run=True, on_error=OnError.SKIP)
        waiting = await convert(acme, [one, two], dry_run=True, **WAIT)
        preview = await preview_conversion(await given.viewer(acme.anna), [global_id(one), global_id(two)], None)
    assert outcomes(report) == [CONVERTED, ConversionOutcome.FAILED]
    assert outcomes(waiting) == [CONVERTED, WAITLISTED]
    assert [(error.code, error.path) for error in preview.errors] == [(ErrorCode.OPEN_DEAL_LIMIT, ["leadIds", "1"])]
    assert preview.open_deals_left == 1
    assert await in_line(acme) == []


async def test_leads_without_a_place_wait_and_stay_leads(acme: given.Company) -> None:
    await limit(acme, 1)
    asked = await leads_of(acme.anna, 3)
    async with told(acme.id) as log:
        report = await convert(acme, asked, **WAIT, client_mutation_id="m")
    assert outcomes(report) == [CONVERTED, WAITLISTED, WAITLISTED]
    assert [result.errors for result in report.results] == [[], [], []]
    assert [change.kind for change in log] == [
        ChangeKind.LEAD_CONVERTED, ChangeKind.LEAD_WAITLISTED, ChangeKind.LEAD_WAITLISTED
    ]  # fmt: skip
    assert report.revision == log[-1].revision
    assert await in_line(acme) == [lead.id for lead in asked[1:]]
    assert await Lead.filter(account_id=acme.id, removed_at__isnull=True).count() == 2


async def test_those_who_wait_are_admitted_first_come_first_served(acme: given.Company) -> None:
    await limit(acme, 1)
    asked = await leads_of(acme.anna, 4)
    report = await convert(acme, asked, **WAIT, stage_id=global_id(acme.stages[1]), client_mutation_id="m")
    async with told(acme.id) as log:
        await deals.win_deal(
            await given.viewer(acme.bartek),
            {"id": global_id(await Deal.get(id=report.results[0].deal_id))},
        )
    assert [change.kind for change in log] == [ChangeKind.DEAL_CLOSED, ChangeKind.LEAD_CONVERTED]
    assert (log[1].actor_id, log[1].client_mutation_id) == (acme.anna.id, "m")
    admitted = await Deal.get(source_lead_id=asked[1].id)
    assert admitted.stage_id == acme.stages[1].id
    assert await in_line(acme) == [asked[2].id, asked[3].id]
    await limit(acme, 3)
    assert await waitlist.admit_waiting(acme.id) == 2
    assert await waitlist.admit_waiting(acme.id) == 0
    assert (await in_line(acme), await open_deals(acme)) == ([], 3)
    assert await Change.filter(account_id=acme.id, kind=ChangeKind.LEAD_CONVERTED).count() == 4


async def test_what_was_decided_counts_when_the_place_is_there(acme: given.Company) -> None:
    await limit(acme, 0)
    old = await given.person(acme.anna, "Jan Nowak", emails=["jan@zubr.pl"])
    new = await given.person(acme.anna, "Jan Nowak", emails=["jan@zubr.pl"])
    lead = await given.lead(acme.anna, person_id=new.id, archived_at=now())
    policy = {"on_duplicate_contacts": DuplicateContactsPolicy.USE_EXACT}
    await convert(acme, [lead], **WAIT, **policy, owner_id=global_id(acme.celina), unarchive=True)
    await limit(acme, 1)
    assert await waitlist.admit_waiting(acme.id) == 1
    deal = await Deal.get(source_lead_id=lead.id)
    assert (deal.person_id, deal.owner_id) == (old.id, acme.celina.id)


async def test_who_asks_again_keeps_the_turn(acme: given.Company) -> None:
    await limit(acme, 0)
    one, two = await leads_of(acme.anna, 2)
    await convert(acme, [one, two], **WAIT)
    assert outcomes(await convert(acme, [one], **WAIT, stage_id=global_id(acme.stages[2]))) == [WAITLISTED]
    assert await in_line(acme) == [one.id, two.id]
    await limit(acme, 1)
    await waitlist.admit_waiting(acme.id)
    assert (await Deal.get(source_lead_id=one.id)).stage_id == acme.stages[2].id


async def test_leads_that_can_no_longer_be_converted_leave_the_line(acme: given.Company) -> None:
    await limit(acme, 0)
    archived, deleted, poor, last = asked = await leads_of(acme.anna, 4)
    await convert(acme, asked, **WAIT)
    await Lead.filter(id=archived.id).update(archived_at=now())
    await leads.delete_leads(await given.viewer(acme.anna), {"ids": [global_id(deleted)]})
    await Lead.filter(id=last.id).update(value_minor=1, currency="PLN")
    await Stage.filter(id=acme.stages[0].id).update(required_fields=["VALUE"])
    await limit(acme, 2)
    async with told(acme.id) as log:
        assert await waitlist.admit_waiting(acme.id) == 1
    assert [change.kind for change in log] == [ChangeKind.WAITLIST_LEFT] * 2 + [ChangeKind.LEAD_CONVERTED]
    assert await in_line(acme) == []
    assert (await Lead.get(id=poor.id)).removed_at is None
    assert (await Lead.get(id=last.id)).removed_at is not None


async def test_a_lead_converted_by_hand_is_no_longer_in_line(acme: given.Company) -> None:
    await limit(acme, 0)
    asked = await leads_of(acme.anna, 2)
    await convert(acme, asked, **WAIT)
    await limit(acme, 1)
    assert outcomes(await convert(acme, asked[1:])) == [CONVERTED]
    assert await in_line(acme) == [asked[0].id]


async def test_several_at_once_admit_each_lead_once(acme: given.Company) -> None:
    await limit(acme, 0)
    asked = await leads_of(acme.anna, 5)
    await convert(acme, asked, **WAIT)
    await limit(acme, 3)
    async with told(acme.id) as log:
        admitted = await asyncio.gather(*(waitlist.admit_waiting(acme.id) for _ in range(4)))
    assert sum(admitted) == 3
    assert [change.kind for change in log] == [ChangeKind.LEAD_CONVERTED] * 3
    assert [deal.source_lead_id for deal in await Deal.all().order_by("created_at")] == [each.id for each in asked[:3]]
    assert await in_line(acme) == [each.id for each in asked[3:]]


async def test_each_account_has_a_line_of_its_own(acme: given.Company, other: given.Company) -> None:
    await limit(acme, 0)
    await convert(acme, await leads_of(acme.anna, 1), **WAIT)
    async with unchanged(acme.id, other.id):
        assert await waitlist.admit_waiting(other.id) == 0
        assert await waitlist.admit_waiting(acme.id) == 0


async def test_a_starting_server_admits_in_every_account(acme: given.Company, other: given.Company) -> None:
    for company in (acme, other):
        await limit(company, 0)
        await convert(company, await leads_of(company.anna, 2), **WAIT)
        await limit(company, 1)
    await waitlist.admit_everywhere()
    assert [await open_deals(company) for company in (acme, other)] == [1, 1]
    assert [len(await in_line(company)) for company in (acme, other)] == [1, 1]


LINE = "{ waitlist { totalCount nodes { position lead { title } requestedBy { name } } } }"


async def test_the_line_is_shown_in_order_and_of_it_what_one_may_see(acme: given.Company) -> None:
    await limit(acme, 0)
    one, two = await leads_of(acme.anna, 2)
    hidden = await given.lead(acme.celina, "Secret", visibility="OWNER")
    await convert(acme, [hidden], acme.celina, **WAIT)
    await convert(acme, [two, one], **WAIT)
    waits = [
        {"position": place, "lead": {"title": title}, "requestedBy": {"name": name}}
        for place, title, name in ((1, "Secret", "Celina"), (2, "Ewa Lis", "Anna"), (3, "Jan Nowak", "Anna"))
    ]
    assert await ask(await given.viewer(acme.admin), LINE) == {"waitlist": {"totalCount": 3, "nodes": waits}}
    assert await ask(await given.viewer(acme.bartek), LINE) == {"waitlist": {"totalCount": 2, "nodes": waits[1:]}}


async def test_who_leaves_the_line_stays_a_lead_and_the_next_one_moves_up(acme: given.Company) -> None:
    await limit(acme, 0)
    one, two = await leads_of(acme.anna, 2)
    await convert(acme, [one, two], **WAIT)
    async with refused(ErrorCode.FORBIDDEN, "ids", 0):
        await waitlist.leave_waitlist(await given.viewer(acme.bartek), {"ids": [global_id(one)]})
    async with told(acme.id) as log:
        for _ in range(2):
            await waitlist.leave_waitlist(await given.viewer(acme.anna), {"ids": [global_id(one)]})
    assert [change.kind for change in log] == [ChangeKind.WAITLIST_LEFT]
    assert await in_line(acme) == [two.id]
    await limit(acme, 1)
    assert await waitlist.admit_waiting(acme.id) == 1
    assert (await Lead.get(id=one.id)).removed_at is None


PLACES = """{ planPlaces {
  openDealLimit openDealCount placesLeft waitlistCount candidates { reason count }
} }"""


async def test_what_would_free_places_is_told_of_the_deals_that_one_may_see(acme: given.Company) -> None:
    first, last = acme.stages[0], acme.stages[-1]
    await Stage.filter(id=first.id).update(rotten_after_days=10)
    long_ago = now() - timedelta(days=11)
    overdue = await given.deal(acme.anna, last, expected_close_date=long_ago.date(), stage_entered_at=long_ago)
    await given.deal(acme.celina, first, visibility="OWNER", stage_entered_at=long_ago)
    worked = await given.deal(acme.anna, first, stage_entered_at=long_ago, last_activity_at=now())
    planned = await given.activity(acme.anna, worked)
    await Deal.filter(id=worked.id).update(next_activity_id=planned.id, next_activity_at=now())
    await given.deal(acme.anna, first, status="WON", closed_at=now(), stage_entered_at=long_ago)
    (lead,) = await leads_of(acme.anna, 1)
    for _ in range(2):
        await given.deal(acme.anna, last)
    await limit(acme, 4)
    await convert(acme, [lead], **WAIT)

    async def told_to(user: User) -> tuple[dict[str, Any], list[int]]:
        places = (await ask(await given.viewer(user), PLACES))["planPlaces"]
        candidates = places.pop("candidates")
        assert [each["reason"] for each in candidates] == ["CLOSE_DATE_PASSED", "ROTTEN", "NOTHING_PLANNED"]
        return places, [each["count"] for each in candidates]

    stands = {"openDealLimit": 4, "openDealCount": 5, "placesLeft": 0, "waitlistCount": 1}
    assert await told_to(acme.admin) == (stands, [1, 1, 4])
    assert await told_to(acme.bartek) == (stands, [1, 0, 3])
    await Deal.filter(id=overdue.id).update(removed_at=now())
    assert (await told_to(acme.bartek))[1] == [0, 0, 2]
