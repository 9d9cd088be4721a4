"""Bad values for the fields of leads and deals: each is refused with a typed error, and changes nothing."""

from decimal import Decimal

import pytest

from models.base import new_id
from resolvers import ids
from resolvers.deals import create_deal, lose_deal, move_deal, reopen_deal, update_deal, win_deal
from resolvers.errors import ErrorCode
from resolvers.leads import create_lead, update_lead
from tests import given
from tests.refusals import global_id, refused


def money(amount: str, currency: str = "PLN") -> dict[str, object]:
    return {"amount": Decimal(amount), "currency": currency}


# Field, bad value, code, path.
Case = tuple[str, object, ErrorCode, list[str]]
FIELDS: list[Case] = [
    ("title", "", ErrorCode.INVALID, ["title"]),
    ("title", " \u2003", ErrorCode.INVALID, ["title"]),
    ("title", "t" * 256, ErrorCode.INVALID, ["title"]),
    ("title", "a\x00b", ErrorCode.INVALID, ["title"]),
    ("title", "a\nb", ErrorCode.INVALID, ["title"]),
    ("title", "a\u2028b", ErrorCode.INVALID, ["title"]),
    ("title", "a\ud800b", ErrorCode.INVALID, ["title"]),
    ("value", money("1", "ABC"), ErrorCode.INVALID, ["value", "currency"]),
    ("value", money("1", "pln"), ErrorCode.INVALID, ["value", "currency"]),
    ("value", money("1", ""), ErrorCode.INVALID, ["value", "currency"]),
    ("value", money("1", "P\x00N"), ErrorCode.INVALID, ["value", "currency"]),
    ("value", money("-1"), ErrorCode.INVALID, ["value", "amount"]),
    ("value", money("0.001"), ErrorCode.INVALID, ["value", "amount"]),
    ("value", money("0.1", "JPY"), ErrorCode.INVALID, ["value", "amount"]),
    ("value", money("1E+12"), ErrorCode.INVALID, ["value", "amount"]),
    ("value", money("1E+999999"), ErrorCode.INVALID, ["value", "amount"]),
    ("value", money("1E-999999"), ErrorCode.INVALID, ["value", "amount"]),
    ("value", money("Infinity"), ErrorCode.INVALID, ["value", "amount"]),
    ("value", money("NaN"), ErrorCode.INVALID, ["value", "amount"]),
    ("value", money("sNaN"), ErrorCode.INVALID, ["value", "amount"]),
    ("person_id", "", ErrorCode.INVALID, ["personId"]),
    ("person_id", "1", ErrorCode.INVALID, ["personId"]),
    ("person_id", "person_" + "g" * 32, ErrorCode.INVALID, ["personId"]),
    ("person_id", ids.encode("Organization", new_id()), ErrorCode.INVALID, ["personId"]),
    ("person_id", ids.encode("Person", new_id()), ErrorCode.NOT_FOUND, ["personId"]),
    ("organization_id", ids.encode("Person", new_id()), ErrorCode.INVALID, ["organizationId"]),
    ("organization_id", ids.encode("Organization", new_id()), ErrorCode.NOT_FOUND, ["organizationId"]),
    ("owner_id", ids.encode("Lead", new_id()), ErrorCode.INVALID, ["ownerId"]),
    ("owner_id", ids.encode("User", new_id()), ErrorCode.NOT_FOUND, ["ownerId"]),
    ("label_ids", [ids.encode("Label", new_id())], ErrorCode.NOT_FOUND, ["labelIds", "0"]),
    ("label_ids", ["\x00"], ErrorCode.INVALID, ["labelIds", "0"]),
    ("client_mutation_id", "m" * 256, ErrorCode.INVALID, ["clientMutationId"]),
    ("client_mutation_id", "a\x00", ErrorCode.INVALID, ["clientMutationId"]),
]
DEAL_FIELDS: list[Case] = [
    *FIELDS,
    ("probability", -1, ErrorCode.INVALID, ["probability"]),
    ("probability", 101, ErrorCode.INVALID, ["probability"]),
    ("probability", 2**40, ErrorCode.INVALID, ["probability"]),
]
STAGES = [
    ("", ErrorCode.INVALID),
    ("stage_\x00", ErrorCode.INVALID),
    (ids.encode("Pipeline", new_id()), ErrorCode.INVALID),
    (ids.encode("Stage", new_id()), ErrorCode.NOT_FOUND),
]
UPDATES = {"lead": update_lead, "deal": update_deal, "win": win_deal, "lose": lose_deal, "reopen": reopen_deal}


def by_field(table: list[Case]) -> dict[str, list[Case]]:
    return {case[0]: [each for each in table if each[0] == case[0]] for case in table}


@pytest.mark.parametrize("cases", by_field(FIELDS).values(), ids=by_field(FIELDS))
async def test_a_bad_field_of_a_lead_is_refused(acme: given.Company, cases: list[Case]) -> None:
    anna, jan, lead = await given.viewer(acme.anna), await given.person(acme.anna), await given.lead(acme.anna)
    for field, value, code, path in cases:
        async with refused(code, *path):
            await create_lead(anna, {"title": "A", "organization_id": None, "person_id": global_id(jan), field: value})
        async with refused(code, *path):
            await update_lead(anna, {"id": global_id(lead), "is_seen": True, field: value})


@pytest.mark.parametrize("cases", by_field(DEAL_FIELDS).values(), ids=by_field(DEAL_FIELDS))
async def test_a_bad_field_of_a_deal_is_refused(acme: given.Company, cases: list[Case]) -> None:
    anna, deal = await given.viewer(acme.anna), await given.deal(acme.anna, acme.stages[0])
    for field, value, code, path in cases:
        async with refused(code, *path):
            await create_deal(anna, {"title": "A", "stage_id": global_id(acme.stages[0]), field: value})
        async with refused(code, *path):
            await update_deal(anna, {"id": global_id(deal), "probability": 1, field: value})


async def test_a_bad_stage_is_refused(acme: given.Company) -> None:
    anna, deal = await given.viewer(acme.anna), await given.deal(acme.anna, acme.stages[0])
    for stage_id, code in STAGES:
        async with refused(code, "stageId"):
            await create_deal(anna, {"title": "A", "stage_id": stage_id})
        async with refused(code, "stageId"):
            await move_deal(anna, {"id": global_id(deal), "stage_id": stage_id})


@pytest.mark.parametrize("verb", UPDATES.values(), ids=UPDATES)
async def test_what_is_no_id_is_refused(acme: given.Company, verb) -> None:
    for bad in ("", "lead", "lead_", "lead_" + "0" * 31, "deal_" + "0" * 33, "DEAL_" + "0" * 32):
        async with refused(ErrorCode.INVALID, "id"):
            await verb(await given.viewer(acme.anna), {"id": bad, "expected_version": 1})


@pytest.mark.parametrize(
    ("field", "path"), [("person_id", "personId"), ("organization_id", "organizationId"), ("owner_id", "ownerId")]
)
async def test_another_accounts_rows_are_as_unknown(
    acme: given.Company, other: given.Company, field: str, path: str
) -> None:
    anna, lead, deal = (
        await given.viewer(acme.anna),
        await given.lead(acme.anna),
        await given.deal(acme.anna, acme.stages[0]),
    )
    foreign = {
        "person_id": await given.person(other.anna),
        "organization_id": await given.organization(other.anna),
        "owner_id": other.anna,
    }[field]
    for verb, record in ((update_lead, lead), (update_deal, deal)):
        async with refused(ErrorCode.NOT_FOUND, path):
            await verb(anna, {"id": global_id(record), field: global_id(foreign)})


async def test_a_lead_is_found_by_those_who_may_see_it_only(acme: given.Company, other: given.Company) -> None:
    lead, deal = await given.lead(acme.celina, visibility="TEAM"), await given.deal(acme.anna, acme.stages[0])
    for stranger in (acme.anna, other.admin):
        async with refused(ErrorCode.NOT_FOUND, "id"):
            await update_lead(await given.viewer(stranger), {"id": global_id(lead), "title": "Mine"})
    async with refused(ErrorCode.CAPABILITY_MISSING, "id") as caught:
        await update_lead(await given.viewer(acme.anna), {"id": global_id(deal), "title": "New"})
    assert "convertDealToLead" in caught.value.errors[0].message
