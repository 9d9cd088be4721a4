"""Every code that a command can be refused with, provoked over the schema: nothing changes when it is answered."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLEnumType, build_schema
from tortoise.models import Model

from models.accounts import Account, Plan
from models.base import new_id, now
from models.deals import Deal, DealStatus
from models.pipelines import Stage
from resolvers import ids
from resolvers.access import Viewer
from resolvers.errors import ErrorCode
from schema.build import graphql_schema
from tests import given
from tests.commanding import do, faults
from tests.refusals import global_id
from tests.replaying import unchanged

CONTRACT = Path(__file__).parents[2] / "schema/contract.graphql"
KEEP = {"onDuplicateContacts": "KEEP"}


class Scene:
    """An account, Anna who works in it, and a short way to say what she sends."""

    def __init__(self, acme: given.Company, anna: Viewer) -> None:
        self.acme = acme
        self.anna = anna
        self.stage = acme.stages[0]

    async def lead(self, **columns: Any) -> Model:
        """A lead of Anna's."""
        return await given.lead(self.acme.anna, **columns)

    async def deal(self, **columns: Any) -> Model:
        """A deal of Anna's."""
        return await given.deal(self.acme.anna, self.stage, **columns)

    async def contact(self) -> str:
        """The id of a person."""
        return global_id(await given.person(self.acme.anna))

    async def converted(self) -> tuple[str, str]:
        """The ids of a lead that was converted and of its deal."""
        lead = global_id(await self.lead())
        payload = await do(self.anna, "convertLeads", leadIds=[lead])
        return lead, payload["results"][0]["deal"]["id"]

    async def invoice(self, deal: str) -> None:
        """An invoice of a deal."""
        amount = {"amount": "10.00", "currency": "PLN"}
        assert not faults(await do(self.anna, "recordInvoice", dealId=deal, number=f"FV {deal}", amount=amount))

    async def fill(self) -> None:
        """Let the plan have no place left."""
        plan = await Plan.create(name="Full", open_deal_limit=await Deal.filter(status=DealStatus.OPEN).count())
        await Account.filter(id=self.acme.id).update(plan_name=plan.name)

    async def require(self, field: str) -> str:
        """The id of a stage that requires a field."""
        await Stage.filter(id=self.acme.stages[1].id).update(required_fields=[field])
        return global_id(self.acme.stages[1])


Command = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Case:
    """What is given, the command that is then refused, and how."""

    prepare: Callable[[Scene], Awaitable[Command]]
    code: ErrorCode
    path: list[str]

    @property
    def name(self) -> str:
        """Its name among the tests."""
        return self.prepare.__name__


CASES: list[Case] = []


def refused(code: ErrorCode, *path: str) -> Callable[[Callable[[Scene], Awaitable[Command]]], None]:
    """The command that a function prepares is refused with this code, about this place in its input."""
    return lambda prepare: CASES.append(Case(prepare, code, list(path)))


@refused(ErrorCode.NOT_FOUND, "id")
async def an_unknown_lead(at: Scene) -> Command:
    return "updateLead", {"id": ids.encode("Lead", new_id()), "title": "New"}


@refused(ErrorCode.NOT_FOUND, "leadIds", "1")
async def an_unknown_lead_among_others(at: Scene) -> Command:
    lead = global_id(await at.lead())
    return "convertLeads", {"leadIds": [lead, ids.encode("Lead", new_id())]}


@refused(ErrorCode.INVALID, "title")
async def a_blank_title(at: Scene) -> Command:
    return "createLead", {"title": " ", "personId": await at.contact()}


@refused(ErrorCode.INVALID, "probability")
async def a_negative_probability(at: Scene) -> Command:
    return "createDeal", {"title": "A", "stageId": global_id(at.stage), "probability": -1}


@refused(ErrorCode.FORBIDDEN, "ids", "0")
async def deleting_another_ones_lead(at: Scene) -> Command:
    return "deleteLeads", {"ids": [global_id(await given.lead(at.acme.bartek))]}


@refused(ErrorCode.FORBIDDEN)
async def making_a_pipeline_without_being_admin(at: Scene) -> Command:
    return "createPipeline", {"name": "Mine", "stages": [{"name": "One"}]}


@refused(ErrorCode.VERSION_CONFLICT, "expectedVersion")
async def an_old_version_of_a_deal(at: Scene) -> Command:
    return "updateDeal", {"id": global_id(await at.deal(version=3)), "expectedVersion": 2, "title": "New"}


@refused(ErrorCode.VERSION_CONFLICT, "expectedVersions", "0", "version")
async def an_old_version_of_a_lead_to_convert(at: Scene) -> Command:
    lead = global_id(await at.lead(version=3))
    return "convertLeads", {"leadIds": [lead], "expectedVersions": [{"leadId": lead, "version": 2}]}


@refused(ErrorCode.IDEMPOTENCY_MISMATCH, "idempotencyKey")
async def a_key_with_other_input(at: Scene) -> Command:
    draft = {"title": "First", "personId": await at.contact(), "idempotencyKey": "key"}
    assert not faults(await do(at.anna, "createLead", **draft))
    return "createLead", draft | {"title": "Second"}


@refused(ErrorCode.IDEMPOTENCY_MISMATCH, "idempotencyKey")
async def a_key_of_another_conversion(at: Scene) -> Command:
    one, other = global_id(await at.lead()), global_id(await at.lead())
    assert not faults(await do(at.anna, "convertLeads", leadIds=[one], idempotencyKey="key", **KEEP))
    return "convertLeads", {"leadIds": [other], "idempotencyKey": "key", **KEEP}


@refused(ErrorCode.CAPABILITY_MISSING, "id")
async def moving_a_lead(at: Scene) -> Command:
    return "moveDeal", {"id": global_id(await at.lead()), "stageId": global_id(at.stage)}


@refused(ErrorCode.CAPABILITY_MISSING, "ids", "0")
async def archiving_a_deal(at: Scene) -> Command:
    return "archiveLeads", {"ids": [global_id(await at.deal())]}


@refused(ErrorCode.CAPABILITY_MISSING, "source")
async def a_deal_from_a_chatbot(at: Scene) -> Command:
    return "createDeal", {"title": "A", "stageId": global_id(at.stage), "source": "CHATBOT"}


@refused(ErrorCode.LEAD_NEEDS_CONTACT, "personId")
async def a_lead_without_contact(at: Scene) -> Command:
    return "createLead", {"title": "Nobody's"}


@refused(ErrorCode.LEAD_NEEDS_CONTACT, "id")
async def a_deal_without_contact_into_a_lead(at: Scene) -> Command:
    return "convertDealToLead", {"id": global_id(await at.deal())}


@refused(ErrorCode.LEAD_ARCHIVED, "id")
async def updating_an_archived_lead(at: Scene) -> Command:
    return "updateLead", {"id": global_id(await at.lead(archived_at=now())), "title": "New"}


@refused(ErrorCode.LEAD_ARCHIVED, "leadIds", "0")
async def converting_an_archived_lead(at: Scene) -> Command:
    return "convertLeads", {"leadIds": [global_id(await at.lead(archived_at=now()))]}


@refused(ErrorCode.OPEN_DEAL_LIMIT)
async def a_deal_without_a_place(at: Scene) -> Command:
    await at.fill()
    return "createDeal", {"title": "A", "stageId": global_id(at.stage)}


@refused(ErrorCode.OPEN_DEAL_LIMIT)
async def reopening_without_a_place(at: Scene) -> Command:
    deal = global_id(await at.deal(status=DealStatus.LOST, closed_at=now()))
    await at.fill()
    return "reopenDeal", {"id": deal}


@refused(ErrorCode.OPEN_DEAL_LIMIT, "leadIds", "0")
async def converting_without_a_place(at: Scene) -> Command:
    await at.fill()
    return "convertLeads", {"leadIds": [global_id(await at.lead())], "onError": "SKIP"}


@refused(ErrorCode.DUPLICATE_CONTACTS, "leadIds", "0")
async def a_contact_to_review(at: Scene) -> Command:
    await given.person(at.acme.bartek, "Jan Nowak", emails=["jan@zubr.pl"])
    new = await given.person(at.acme.anna, "J. Nowak", emails=["jan@zubr.pl"])
    return "convertLeads", {"leadIds": [global_id(await at.lead(person_id=new.id))]}


@refused(ErrorCode.REQUIRED_FIELD_MISSING, "stageId")
async def a_deal_without_what_its_stage_requires(at: Scene) -> Command:
    return "moveDeal", {"id": global_id(await at.deal()), "stageId": await at.require("VALUE")}


@refused(ErrorCode.REQUIRED_FIELD_MISSING, "leadIds", "0")
async def a_lead_without_what_the_stage_requires(at: Scene) -> Command:
    stage = await at.require("EXPECTED_CLOSE_DATE")
    return "convertLeads", {"leadIds": [global_id(await at.lead())], "stageId": stage}


@refused(ErrorCode.DEAL_CHANGED, "leadId")
async def undoing_after_an_edit(at: Scene) -> Command:
    lead, deal = await at.converted()
    assert not faults(await do(at.anna, "updateDeal", id=deal, title="Edited since"))
    return "undoConversion", {"leadId": lead}


@refused(ErrorCode.DEAL_WON, "leadId")
async def undoing_a_won_deal(at: Scene) -> Command:
    lead, deal = await at.converted()
    assert not faults(await do(at.anna, "winDeal", id=deal))
    return "undoConversion", {"leadId": lead, "force": True}


@refused(ErrorCode.DEAL_WON, "intoDeals", "0", "dealId")
async def joining_a_won_deal(at: Scene) -> Command:
    lead, deal = global_id(await at.lead()), global_id(await at.deal(status=DealStatus.WON, closed_at=now()))
    return "convertLeads", {"leadIds": [lead], "intoDeals": [{"leadId": lead, "dealId": deal}]}


@refused(ErrorCode.CONTACT_MERGED_SINCE, "leadId")
async def undoing_after_its_contact_was_merged(at: Scene) -> Command:
    merged, survivor = await at.contact(), await at.contact()
    lead = global_id(await at.lead(person_id=ids.expect("Person", merged)))
    assert not faults(await do(at.anna, "convertLeads", leadIds=[lead], **KEEP))
    assert not faults(await do(at.anna, "mergeContacts", survivorId=survivor, mergedId=merged))
    return "undoConversion", {"leadId": lead, "force": True}


@refused(ErrorCode.HAS_INVOICE, "leadId")
async def undoing_an_invoiced_deal(at: Scene) -> Command:
    lead, deal = await at.converted()
    await at.invoice(deal)
    return "undoConversion", {"leadId": lead, "force": True}


@refused(ErrorCode.HAS_INVOICE, "ids", "0")
async def deleting_an_invoiced_deal(at: Scene) -> Command:
    deal = global_id(await at.deal())
    await at.invoice(deal)
    return "deleteDeals", {"ids": [deal]}


@refused(ErrorCode.VALUE_IS_COMPUTED, "value")
async def editing_the_value_of_a_deal_with_products(at: Scene) -> Command:
    deal = await at.deal(value_minor=100, currency="PLN", mrr_minor=0, arr_minor=0, acv_minor=100)
    return "updateDeal", {"id": global_id(deal), "value": {"amount": "2", "currency": "PLN"}}


@refused(ErrorCode.TOO_MANY, "leadIds")
async def too_many_leads(at: Scene) -> Command:
    return "convertLeads", {"leadIds": [ids.encode("Lead", new_id()) for _ in range(1001)]}


@refused(ErrorCode.TOO_MANY, "emails")
async def too_many_addresses(at: Scene) -> Command:
    return "createPerson", {"name": "Jan", "emails": [f"jan{number}@zubr.pl" for number in range(51)]}


@refused(ErrorCode.EMPTY, "ids")
async def no_leads(at: Scene) -> Command:
    return "archiveLeads", {"ids": []}


@refused(ErrorCode.EMPTY, "leadIds")
async def nothing_to_convert(at: Scene) -> Command:
    return "convertLeads", {"leadIds": []}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}: {case.name}")
async def test_a_command_is_refused_and_changes_nothing(acme: given.Company, case: Case) -> None:
    at = Scene(acme, await given.viewer(acme.anna))
    mutation, draft = await case.prepare(at)
    async with unchanged(acme.id):
        payload = await do(at.anna, mutation, **draft)
    assert faults(payload) == [(case.code, case.path)]
    made = [value for name, value in payload.items() if name not in ("errors", "results")]
    assert all(value in (None, []) for value in made)


def test_every_code_is_provoked() -> None:
    provoked = {str(case.code) for case in CASES}
    ours, settled = graphql_schema.type_map["ErrorCode"], build_schema(CONTRACT.read_text()).type_map["ErrorCode"]
    assert isinstance(ours, GraphQLEnumType) and isinstance(settled, GraphQLEnumType)
    assert provoked == set(ours.values) >= set(settled.values)
