"""Faults of a call of convertLeads as a whole: told at once, each by its place, and nothing happens."""

from typing import Any

import pytest

from models.base import Visibility, new_id, now
from models.deals import Deal
from resolvers import ids
from resolvers.conversions import convert_leads
from resolvers.errors import ErrorCode
from tests import given
from tests.refusals import global_id
from tests.replaying import unchanged

INVALID, NOT_FOUND = ErrorCode.INVALID, ErrorCode.NOT_FOUND


async def faults_of(company: given.Company, request: dict[str, Any]) -> list[tuple[ErrorCode, list[str]]]:
    """The errors of the call when Anna makes it; it must change nothing and have no results."""
    async with unchanged(company.id):
        report = await convert_leads(await given.viewer(company.anna), request)
        foretold = await convert_leads(await given.viewer(company.anna), {**request, "dry_run": True})
    assert (report.results, report.review, report.revision) == ([], [], None)
    assert foretold == report
    assert all(error.message.endswith(".") for error in report.errors)
    return [(error.code, error.path) for error in report.errors]


async def test_no_leads_are_no_call(acme: given.Company) -> None:
    assert await faults_of(acme, {"lead_ids": []}) == [(ErrorCode.EMPTY, ["leadIds"])]


async def test_at_most_1000_leads_fit(acme: given.Company) -> None:
    lead_ids = [ids.encode("Lead", new_id()) for _ in range(1001)]
    assert await faults_of(acme, {"lead_ids": lead_ids}) == [(ErrorCode.TOO_MANY, ["leadIds"])]
    report = await convert_leads(await given.viewer(acme.anna), {"lead_ids": [*lead_ids[:1000], *lead_ids[:1000]]})
    assert len(report.results) == 1000


async def test_every_bad_id_is_told_by_its_place(acme: given.Company) -> None:
    lead, deal = await given.lead(acme.anna), await given.deal(acme.anna, acme.stages[0])
    lead_ids = [global_id(lead), global_id(deal), "lead_1", "", global_id(acme.anna), "\x00"]
    assert await faults_of(acme, {"lead_ids": lead_ids}) == [
        (ErrorCode.CAPABILITY_MISSING, ["leadIds", "1"]),
        (INVALID, ["leadIds", "2"]),
        (INVALID, ["leadIds", "3"]),
        (INVALID, ["leadIds", "4"]),
        (INVALID, ["leadIds", "5"]),
    ]


async def test_stage_and_owner_are_of_the_account(acme: given.Company, other: given.Company) -> None:
    lead_ids = [global_id(await given.lead(acme.anna))]
    foreign = {"stage_id": global_id(other.stages[0]), "owner_id": global_id(other.anna)}
    unknown = {"stage_id": ids.encode("Stage", new_id()), "owner_id": ids.encode("User", new_id())}
    swapped = {"stage_id": global_id(acme.anna), "owner_id": global_id(acme.stages[0])}
    missing = [(NOT_FOUND, ["stageId"]), (NOT_FOUND, ["ownerId"])]
    assert await faults_of(acme, {"lead_ids": lead_ids, **foreign}) == missing
    assert await faults_of(acme, {"lead_ids": lead_ids, **unknown}) == missing
    assert await faults_of(acme, {"lead_ids": lead_ids, **swapped}) == [(INVALID, ["stageId"]), (INVALID, ["ownerId"])]


async def test_the_deals_that_leads_join_are_there_and_seen(acme: given.Company, other: given.Company) -> None:
    leads = [await given.lead(acme.anna, person_id=(await given.person(acme.anna)).id) for _ in range(4)]
    deals = [
        await given.deal(other.anna, other.stages[0]),
        await given.deal(acme.celina, acme.stages[0], visibility=Visibility.OWNER),
        await given.deal(acme.anna, acme.stages[0]),
    ]
    await Deal.filter(id=deals[2].id).update(removed_at=now())
    deal_ids = [*map(global_id, deals), global_id(leads[0])]
    into = [{"lead_id": global_id(lead), "deal_id": key} for lead, key in zip(leads, deal_ids, strict=True)]
    assert await faults_of(acme, {"lead_ids": [*map(global_id, leads)], "into_deals": into}) == [
        (ErrorCode.CAPABILITY_MISSING, ["intoDeals", "3", "dealId"]),
        (NOT_FOUND, ["intoDeals", "0", "dealId"]),
        (NOT_FOUND, ["intoDeals", "1", "dealId"]),
        (NOT_FOUND, ["intoDeals", "2", "dealId"]),
    ]


async def test_a_lead_joins_one_deal_and_is_one_of_those_asked(acme: given.Company) -> None:
    asked, not_asked = await given.lead(acme.anna), await given.lead(acme.anna)
    one, two = [global_id(await given.deal(acme.anna, acme.stages[0])) for _ in "12"]
    into = [
        {"lead_id": global_id(asked), "deal_id": one},
        {"lead_id": global_id(not_asked), "deal_id": one},
        {"lead_id": global_id(asked), "deal_id": one},
        {"lead_id": global_id(asked), "deal_id": two},
    ]
    assert await faults_of(acme, {"lead_ids": [global_id(asked)], "into_deals": into}) == [
        (INVALID, ["intoDeals", "1", "leadId"]),
        (INVALID, ["intoDeals", "3", "dealId"]),
    ]


async def test_expected_versions_are_of_leads_asked_and_agree(acme: given.Company) -> None:
    asked, not_asked = global_id(await given.lead(acme.anna)), global_id(await given.lead(acme.anna))
    expected = [
        {"lead_id": not_asked, "version": 1},
        {"lead_id": asked, "version": 1},
        {"lead_id": asked, "version": 1},
        {"lead_id": asked, "version": 2},
    ]
    assert await faults_of(acme, {"lead_ids": [asked], "expected_versions": expected}) == [
        (INVALID, ["expectedVersions", "0", "leadId"]),
        (INVALID, ["expectedVersions", "3", "version"]),
    ]


async def test_answers_to_a_review_name_contacts_that_are_seen(acme: given.Company, other: given.Company) -> None:
    jan, zubr = await given.person(acme.anna), await given.organization(acme.anna)
    lead = await given.lead(acme.anna, person_id=jan.id)
    foreign = await given.person(other.anna)
    hidden = await given.person(acme.celina, visibility=Visibility.OWNER)
    choices = [
        {"contact_id": global_id(jan), "use_contact_id": global_id(foreign)},
        {"contact_id": global_id(hidden)},
        {"contact_id": global_id(zubr), "use_contact_id": global_id(jan)},
        {"contact_id": global_id(lead)},
        {"contact_id": global_id(zubr), "use_contact_id": None},
        {"contact_id": global_id(jan), "use_contact_id": None},
    ]
    assert await faults_of(acme, {"lead_ids": [global_id(lead)], "contacts": choices}) == [
        (INVALID, ["contacts", "2", "useContactId"]),
        (INVALID, ["contacts", "3", "contactId"]),
        (INVALID, ["contacts", "5", "contactId"]),
        (NOT_FOUND, ["contacts", "0", "useContactId"]),
        (NOT_FOUND, ["contacts", "1", "contactId"]),
    ]


@pytest.mark.parametrize("name", ["contacts", "into_deals", "expected_versions"])
async def test_lists_beside_the_leads_have_an_end_too(acme: given.Company, name: str) -> None:
    lead_id = global_id(await given.lead(acme.anna))
    each = {"lead_id": lead_id, "contact_id": lead_id, "deal_id": lead_id, "version": 1}
    path = {"contacts": "contacts", "into_deals": "intoDeals", "expected_versions": "expectedVersions"}[name]
    assert await faults_of(acme, {"lead_ids": [lead_id], name: [each] * 2001}) == [(ErrorCode.TOO_MANY, [path])]


async def test_a_mutation_id_is_one_line(acme: given.Company) -> None:
    request = {"lead_ids": [global_id(await given.lead(acme.anna))], "client_mutation_id": "a\x00b"}
    assert await faults_of(acme, request) == [(INVALID, ["clientMutationId"])]


async def test_all_faults_of_a_call_are_told_at_once(acme: given.Company) -> None:
    request = {
        "lead_ids": [global_id(await given.lead(acme.anna))],
        "stage_id": "x",
        "owner_id": "x",
        "contacts": [{"contact_id": "x"}],
        "into_deals": [{"lead_id": "x", "deal_id": "x"}],
        "expected_versions": [{"lead_id": "x", "version": 1}],
    }
    assert await faults_of(acme, request) == [
        (INVALID, ["stageId"]),
        (INVALID, ["ownerId"]),
        (INVALID, ["contacts", "0", "contactId"]),
        (INVALID, ["intoDeals", "0", "leadId"]),
        (INVALID, ["expectedVersions", "0", "leadId"]),
    ]


async def test_an_account_without_a_pipeline_has_no_stage_to_enter(acme: given.Company) -> None:
    await given.pipeline(acme.account, "Spare", is_default=False)
    tenant = await given.account("Bare")
    owner = await given.user(tenant)
    lead = await given.lead(owner)
    async with unchanged(tenant.id):
        report = await convert_leads(await given.viewer(owner), {"lead_ids": [global_id(lead)]})
    assert [(error.code, error.path) for error in report.errors] == [(NOT_FOUND, ["stageId"])]
