"""Converting under strain: two at once, a crash, a sending again, a refusing database, very many."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from tortoise import connections
from tortoise.exceptions import IntegrityError

from models import changes
from models.accounts import PlanUsage
from models.activities import Activity, ActivityType
from models.base import now
from models.changes import ChangeKind
from models.contacts import Person
from models.conversions import Conversion, IdempotencyKey, WaitingConversion
from models.database import Database
from models.deals import Deal
from models.labels import LeadLabel
from models.leads import Lead
from models.notes import Note
from models.opportunities import OpportunitySource
from resolvers.conversions import (
    ConversionOutcome,
    ConversionReport,
    DuplicateContactsPolicy,
    OnError,
    OnLimit,
    convert_leads,
)
from resolvers.errors import ErrorCode
from tests import given
from tests.refusals import global_id
from tests.replaying import told, unchanged

CONVERTED, ALREADY_CONVERTED = ConversionOutcome.CONVERTED, ConversionOutcome.ALREADY_CONVERTED
Counting = Callable[[], AbstractContextManager[list[str]]]


async def many_leads(company: given.Company, count: int) -> list[Lead]:
    """Leads, each of a person of its own, with a label, two notes and two activities."""
    own = {"account_id": company.id}
    people = [Person(**own, owner_id=company.anna.id, name=f"P{n}", folded_name=f"p{n}") for n in range(count)]
    shared = {"owner_id": company.anna.id, "source": OpportunitySource.IMPORT, "title": "A", "folded_title": "a"}
    leads = [Lead(**own, **shared, person_id=person.id) for person in people]
    call = {"type": ActivityType.CALL, "subject": "Call", "assignee_id": company.anna.id}
    await Person.bulk_create(people)
    await Lead.bulk_create(leads)
    await LeadLabel.bulk_create([LeadLabel(**own, lead_id=lead.id, label_id=company.label.id) for lead in leads])
    note = {"author_id": company.anna.id, "body": "Hi", "folded_body": "hi"}
    await Note.bulk_create([Note(**own, lead_id=lead.id, **note) for lead in leads for _ in "12"])
    await Activity.bulk_create([Activity(**own, lead_id=lead.id, **call) for lead in leads for _ in "12"])
    return leads


def lead_ids(leads: list[Lead]) -> list[str]:
    return [global_id(lead) for lead in leads]


def outcomes(report: ConversionReport) -> list[ConversionOutcome]:
    return [result.outcome for result in report.results]


def went_to(report: ConversionReport) -> dict[UUID, UUID | None]:
    return {result.lead_id: result.deal_id for result in report.results}


async def test_two_conversions_of_the_same_leads_make_one_deal_of_each(acme: given.Company) -> None:
    asked = lead_ids(await many_leads(acme, 100))
    async with told(acme.id) as log:
        one, two = await asyncio.gather(
            convert_leads(await given.viewer(acme.anna), {"lead_ids": asked}),
            convert_leads(await given.viewer(acme.bartek), {"lead_ids": asked[::-1], "on_error": OnError.SKIP}),
        )
    assert {tuple(set(outcomes(report))) for report in (one, two)} == {(CONVERTED,), (ALREADY_CONVERTED,)}
    assert went_to(one) == went_to(two)
    assert None not in went_to(one).values()
    assert [change.kind for change in log] == [ChangeKind.LEAD_CONVERTED] * 100
    assert await Deal.filter(account_id=acme.id).count() == 100
    assert (await PlanUsage.get(account_id=acme.id)).open_deals == 100


async def test_conversions_of_overlapping_leads_do_not_wait_in_a_circle(acme: given.Company) -> None:
    leads = lead_ids(await many_leads(acme, 30))
    deal = await given.deal(acme.anna, acme.stages[0])
    parts = [leads[:20], leads[10:][::-1], [*leads[25:], *leads[:5]], leads[::3]]
    anna = await given.viewer(acme.anna)
    into = [[{"lead_id": part[0], "deal_id": global_id(deal)}] for part in parts]
    async with told(acme.id):
        reports = await asyncio.gather(
            *(
                convert_leads(anna, {"lead_ids": part, "into_deals": joins, "on_error": OnError.SKIP})
                for part, joins in zip(parts, into, strict=True)
            )
        )
    converted = [result.lead_id for report in reports for result in report.results if result.outcome is CONVERTED]
    assert len(converted) == len(set(converted)) == 30


async def test_leads_in_excess_of_the_limit_do_not_slip_through_together(database: Database) -> None:
    company = await given.company("Small", plan="Essential")
    await PlanUsage.filter(account_id=company.id).update(open_deals=2990)
    leads = lead_ids(await many_leads(company, 40))
    anna = await given.viewer(company.anna)
    reports = await asyncio.gather(
        *(
            convert_leads(anna, {"lead_ids": part, "on_error": OnError.SKIP, "on_limit": on_limit})
            for part, on_limit in ((leads[:20], OnLimit.FAIL), (leads[20:], OnLimit.WAITLIST))
        )
    )
    assert sum(outcomes(report).count(CONVERTED) for report in reports) == 10
    assert (await PlanUsage.get(account_id=company.id)).open_deals == 3000
    waiting = await WaitingConversion.filter(account_id=company.id).count()
    assert waiting == outcomes(reports[1]).count(ConversionOutcome.WAITLISTED)


@pytest.mark.parametrize("failing", ["append", "record"])
async def test_a_crash_in_the_middle_changes_nothing(
    acme: given.Company, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    asked = lead_ids(await many_leads(acme, 10))
    calls = 0

    def crash(*_: Any) -> None:
        nonlocal calls
        calls += 1
        if (calls == 1 and failing == "append") or calls == 5:
            raise RuntimeError("the power is gone")

    monkeypatch.setattr(changes.Ledger, failing, crash)
    async with unchanged(acme.id):
        with pytest.raises(RuntimeError, match="the power is gone"):
            await convert_leads(await given.viewer(acme.anna), {"lead_ids": asked, "idempotency_key": "k"})
    assert await IdempotencyKey.all().count() == 0
    monkeypatch.undo()
    report = await convert_leads(await given.viewer(acme.anna), {"lead_ids": asked, "idempotency_key": "k"})
    assert set(outcomes(report)) == {CONVERTED}


@pytest.mark.parametrize("policy", list(DuplicateContactsPolicy))
async def test_many_leads_take_as_many_statements_as_few(
    acme: given.Company, statements: Counting, policy: DuplicateContactsPolicy
) -> None:
    sent = {}
    anna = await given.viewer(acme.anna)
    for count in (10, 500):
        asked = lead_ids(await many_leads(acme, count))
        with statements() as sent[count]:
            report = await convert_leads(
                anna, {"lead_ids": asked, "on_duplicate_contacts": policy, "idempotency_key": str(count)}
            )
        assert outcomes(report) == [CONVERTED] * count
    assert len(sent[500]) == len(sent[10])


async def test_leads_that_join_wait_or_come_again_take_as_many_statements_too(
    acme: given.Company, statements: Counting
) -> None:
    sent: dict[tuple[int, str], list[str]] = {}
    anna = await given.viewer(acme.anna)
    for count in (10, 300):
        joining, again = await many_leads(acme, count), await many_leads(acme, count)
        # Fewer deals than leads: those that come second to a deal bring it participants.
        deals = [await given.deal(acme.anna, acme.stages[0]) for _ in range(5)]
        into = [
            {"lead_id": global_id(lead), "deal_id": global_id(deals[place % 5])} for place, lead in enumerate(joining)
        ]
        with statements() as sent[count, "join"]:
            await convert_leads(anna, {"lead_ids": lead_ids(joining), "into_deals": into})
        await convert_leads(anna, {"lead_ids": lead_ids(again)})
        with statements() as sent[count, "converted"]:
            await convert_leads(anna, {"lead_ids": lead_ids(again)})
        keys = [lead.id for lead in again]
        await Lead.filter(id__in=keys).update(removed_at=None)
        await Deal.filter(source_lead_id__in=keys).update(removed_at=now())
        await Conversion.filter(lead_id__in=keys).update(undone_at=now())
        with statements() as sent[count, "revive"]:
            report = await convert_leads(anna, {"lead_ids": lead_ids(again)})
        assert set(outcomes(report)) == {CONVERTED}
    for case in ("join", "converted", "revive"):
        assert len(sent[10, case]) == len(sent[300, case]), case


async def test_the_same_key_answers_the_same_and_changes_nothing(acme: given.Company) -> None:
    one, two = await many_leads(acme, 2)
    await Lead.filter(id=two.id).update(archived_at=now())
    anna = await given.viewer(acme.anna)
    request: dict[str, Any] = {
        "lead_ids": lead_ids([one, two]),
        "on_error": OnError.SKIP,
        "idempotency_key": "k",
        "client_mutation_id": "first",
    }
    first = await convert_leads(anna, request)
    assert outcomes(first) == [CONVERTED, ConversionOutcome.FAILED]
    assert first.revision == await changes.revision_of(acme.id)
    await Lead.filter(id=two.id).update(archived_at=None)
    async with unchanged(acme.id):
        assert await convert_leads(anna, {**request, "client_mutation_id": "second"}) == first
        other_input = await convert_leads(anna, {**request, "unarchive": True})
    assert [(error.code, error.path) for error in other_input.errors] == [
        (ErrorCode.IDEMPOTENCY_MISMATCH, ["idempotencyKey"])
    ]


async def test_an_answer_with_a_review_is_remembered_too(acme: given.Company) -> None:
    await given.person(acme.bartek, "Jan Nowak", emails=["jan@zubr.pl"])
    new = await given.person(acme.anna, "Jan Nowak", emails=["jan@zubr.pl"])
    lead = await given.lead(acme.anna, person_id=new.id)
    anna = await given.viewer(acme.anna)
    request: dict[str, Any] = {"lead_ids": [global_id(lead)], "idempotency_key": "k"}
    first = await convert_leads(anna, request)
    assert first.review
    assert await convert_leads(anna, request) == first
    await convert_leads(anna, {"lead_ids": [global_id(lead)], "contacts": [{"contact_id": global_id(new)}]})
    again = await convert_leads(anna, request)
    assert (again.results, again.review) == (first.results, []), "a review names a lead, and this one is gone"


async def test_a_key_belongs_to_one_user(acme: given.Company) -> None:
    asked = lead_ids(await many_leads(acme, 1))
    for who, outcome in ((acme.anna, CONVERTED), (acme.bartek, ALREADY_CONVERTED)):
        report = await convert_leads(await given.viewer(who), {"lead_ids": asked, "idempotency_key": "k"})
        assert outcomes(report) == [outcome]


async def test_a_key_sent_twice_at_once_answers_once(acme: given.Company) -> None:
    asked = lead_ids(await many_leads(acme, 20))
    anna = await given.viewer(acme.anna)
    async with told(acme.id) as log:
        reports = await asyncio.gather(
            *(convert_leads(anna, {"lead_ids": asked, "idempotency_key": "k"}) for _ in range(4))
        )
    assert [outcomes(report) for report in reports] == [[CONVERTED] * 20] * 4
    assert len({report.revision for report in reports}) == 1
    assert len(log) == 20


@asynccontextmanager
async def cursed(database: Database) -> AsyncIterator[None]:
    """The database itself refuses deals of a title."""
    lay = (
        "CREATE TRIGGER no_curse BEFORE INSERT ON deals WHEN NEW.title = 'cursed' "
        "BEGIN SELECT RAISE(ABORT, 'cursed'); END"
    )
    lift = "DROP TRIGGER no_curse"
    if database.dialect == "postgres":
        lay = "ALTER TABLE deals ADD CONSTRAINT no_curse CHECK (title <> 'cursed')"
        lift = "ALTER TABLE deals DROP CONSTRAINT no_curse"
    await connections.get("default").execute_script(lay)
    try:
        yield
    finally:
        await connections.get("default").execute_script(lift)


async def test_a_lead_that_the_database_refuses_fails_alone(acme: given.Company, database: Database) -> None:
    leads = await many_leads(acme, 9)
    await Lead.filter(id=leads[5].id).update(title="cursed")
    anna = await given.viewer(acme.anna)
    request: dict[str, Any] = {"lead_ids": lead_ids(leads), "on_error": OnError.SKIP, "idempotency_key": "k"}
    async with cursed(database), told(acme.id) as log:
        report = await convert_leads(anna, request)
    assert outcomes(report) == [CONVERTED] * 5 + [ConversionOutcome.FAILED] + [CONVERTED] * 3
    assert [(each.code, each.path) for each in report.results[5].errors] == [(ErrorCode.INVALID, ["leadIds", "5"])]
    assert report.revision == log[-1].revision
    assert (await PlanUsage.get(account_id=acme.id)).open_deals == 8
    async with unchanged(acme.id):
        assert await convert_leads(anna, request) == report


async def test_all_or_nothing_is_nothing_where_the_database_refuses(acme: given.Company, database: Database) -> None:
    leads = await many_leads(acme, 3)
    await Lead.filter(id=leads[1].id).update(title="cursed")
    async with cursed(database), unchanged(acme.id):
        with pytest.raises(IntegrityError):
            await convert_leads(await given.viewer(acme.anna), {"lead_ids": lead_ids(leads)})


async def test_postgresql_plans_each_write_for_its_values(database: Database) -> None:
    if database.dialect != "postgres":
        pytest.skip("SQLite plans a statement once, and by its text alone")
    (shown,) = await connections.get("default").execute_query_dict("SHOW plan_cache_mode")
    assert shown["plan_cache_mode"] == "force_custom_plan"
