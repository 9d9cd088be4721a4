"""The capability table, row by row: who can do it does it, and who cannot is told what to do instead."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from resolvers.capabilities import TABLE, Capability, Row
from tests import given
from tests.journeys.client import Client
from tests.journeys.conftest import World, global_id
from tests.journeys.test_web_forms import ANSWERS, DEFINE, FIELDS, opened_before

LEAD = "convert"  # the way for who has a lead; that for who has a deal:
DEAL = "convertDealToLead"
Journey = Callable[["Stand"], Awaitable[None]]
JOURNEYS: dict[Capability, Journey] = {}
OFFER = {"name": "Offer", "body": "<p>{{ deal.title }}</p>"}


@dataclass(frozen=True)
class Stand:
    """An admin at work, with a lead and a deal of one person."""

    world: World
    admin: Client
    lead: str
    deal: str
    person: str

    async def refused(self, document: str, path: list[str], instead: str, **given: Any) -> None:
        """Do what the kind at hand cannot, which is refused at that path, naming the way."""
        (payload,) = (await self.admin.ask(document, input=given)).values()
        (error,) = payload["errors"]
        assert (error["code"], error["path"]) == ("CAPABILITY_MISSING", path), error
        assert instead in error["message"]

    async def unreadable(self, kind: str, field: str, instead: str) -> None:
        """Ask a kind for a field that only the other has: of its own type, and of the other by its id."""
        other, key = ("deal", self.lead) if kind == "lead" else ("lead", self.deal)
        for name in (kind, other):
            answer = await self.admin.send(f"query ($id: ID!) {{ {name}(id: $id) {{ {field} }} }}", id=key)
            (error,) = answer["errors"]
            assert error["extensions"]["code"] == "CAPABILITY_MISSING", error
            assert instead in error["message"]

    async def shown(self, kind: str, field: str) -> Any:
        """What a field of the deal or of the lead shows."""
        document = f"query ($id: ID!) {{ {kind}(id: $id) {{ shown: {field} }} }}"
        answer = await self.admin.ask(document, id=self.deal if kind == "deal" else self.lead)
        return answer[kind]["shown"]

    async def works(self, document: str, **given: Any) -> str:
        """Do what must go; the id of what was made or changed."""
        payload = await self.admin.do(document, **given)
        return str(next(each["id"] for name, each in payload.items() if name != "errors"))


def journey(capability: Capability) -> Callable[[Journey], Journey]:
    """Have a function walk the row of a capability."""

    def register(walk: Journey) -> Journey:
        JOURNEYS[capability] = walk
        return walk

    return register


def mutation(name: str, answers: str = "") -> str:
    """The document of a mutation by its name, whose input is called after it unless it is given as `name: Input`."""
    name, _, kind = name.partition(": ")
    kind = kind or f"{name[0].upper()}{name[1:]}Input"
    return f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ {answers} errors {{ code path message }} }} }}"


async def uploaded(at: Stand) -> str:
    """The upload of a small file, that waits to be added."""
    started = await at.admin.do(mutation("startUpload", "uploadId url"), fileName="plan.txt", size=5)
    async with httpx.AsyncClient(base_url=at.world.http.base_url) as browser:
        assert (await browser.put(started["url"], content=b"hello")).status_code == 201
    return str(started["uploadId"])


@journey(Capability.PROJECTS)
async def is_linked_to_projects(at: Stand) -> None:
    create = mutation("createProject", "project { id }")
    await at.refused(create, ["dealIds", "0"], LEAD, name="Launch", dealIds=[at.lead])
    project = await at.works(create, name="Launch", dealIds=[at.deal])
    for verb in ("linkProjectDeals", "unlinkProjectDeals"):
        document = mutation(f"{verb}: ProjectDealsInput")
        await at.refused(document, ["dealIds", "0"], LEAD, projectId=project, dealIds=[at.lead])
    assert await at.shown("deal", "projects { id }") == [{"id": project}]
    await at.unreadable("lead", "projects { id }", LEAD)


async def sell(at: Stand) -> None:
    """Have the deal sell something for 100 zlotys and their tax."""
    create, add = mutation("createProduct", "product { id }"), mutation("addDealProducts", "deal { id }")
    product = await at.works(create, name="Desk", taxRate="23", prices=[{"amount": "100", "currency": "PLN"}])
    await at.refused(add, ["dealId"], LEAD, dealId=at.lead, products=[{"productId": product}])
    await at.works(add, dealId=at.deal, products=[{"productId": product}])


@journey(Capability.PRODUCTS)
async def sells_products(at: Stand) -> None:
    await sell(at)
    for verb, each in (("setDealDiscounts", "discounts"), ("setDealInstallments", "installments")):
        await at.refused(mutation(verb), ["dealId"], LEAD, dealId=at.lead, **{each: []})
    assert await at.shown("deal", "products { product { name } }") == [{"product": {"name": "Desk"}}]
    for field in ("products { id }", "discounts { id }", "installments { id }", "mrr { amount }"):
        await at.unreadable("lead", field, LEAD)


@journey(Capability.DOCUMENTS)
async def has_documents_of_templates(at: Stand) -> None:
    template = await at.works(mutation("createDocumentTemplate", "template { id }"), **OFFER)
    create = mutation("createDocument", "document { id }")
    await at.refused(create, ["dealId"], LEAD, dealId=at.lead, templateId=template)
    document = await at.works(create, dealId=at.deal, templateId=template)
    assert await at.shown("deal", "documents { id }") == [{"id": document}]
    await at.unreadable("lead", "documents { id }", LEAD)


@journey(Capability.FILES)
async def has_files(at: Stand) -> None:
    add = mutation("addFile", "file { id }")
    await at.refused(add, ["dealId"], LEAD, dealId=at.lead, file=await uploaded(at))
    file = await at.works(add, dealId=at.deal, file=await uploaded(at))
    assert await at.shown("deal", "files { nodes { id } }") == {"nodes": [{"id": file}]}
    await at.unreadable("lead", "files { totalCount }", LEAD)


@journey(Capability.LEADBOOSTER)
async def comes_of_chats_and_prospecting(at: Stand) -> None:
    stage = global_id(at.world.acme.stages[0])
    for source in ("CHATBOT", "LIVE_CHAT", "PROSPECTOR"):
        said = {"title": source, "source": source, "personId": at.person}
        await at.works(mutation("createLead", "lead { id }"), **said)
        await at.refused(mutation("createDeal"), ["source"], LEAD, stageId=stage, **said)
    # As the table notes: of these tools, web forms make deals too.
    form = await at.admin.do(DEFINE, name="Order", language="EN", fields=FIELDS, target="DEAL", stageId=stage)
    path = form["webForm"]["path"]
    sent = await at.world.http.post(path, data=ANSWERS | {"token": opened_before(path)})
    assert sent.status_code == 303
    deals = await at.admin.ask("{ deals(orderBy: { field: CREATED_AT, direction: DESC }) { nodes { source } } }")
    assert deals["deals"]["nodes"][0] == {"source": "WEB_FORM"}


@journey(Capability.ARCHIVING)
async def leaves_the_inbox_and_comes_back(at: Stand) -> None:
    for verb, is_archived in (("archiveLeads", True), ("unarchiveLeads", False)):
        document = mutation(f"{verb}: LeadIdsInput")
        await at.refused(document, ["ids", "0"], DEAL, ids=[at.deal])
        await at.admin.do(document, ids=[at.lead])
        assert (await at.shown("lead", "archivedAt") is not None) is is_archived
    await at.unreadable("deal", "archivedAt", DEAL)


@journey(Capability.INVOICING)
async def is_invoiced(at: Stand) -> None:
    await sell(at)
    create, record = mutation("createInvoice", "invoice { id }"), mutation("recordInvoice", "invoice { id }")
    outside = {"number": "X/1", "amount": {"amount": "5", "currency": "PLN"}}
    await at.refused(create, ["dealId"], LEAD, dealId=at.lead)
    await at.refused(record, ["dealId"], LEAD, dealId=at.lead, **outside)
    made = [await at.works(create, dealId=at.deal), await at.works(record, dealId=at.deal, **outside)]
    assert await at.shown("deal", "invoices { id }") == [{"id": each} for each in made]
    await at.unreadable("lead", "invoices { id }", LEAD)


@journey(Capability.FORMULA_FIELDS)
async def is_computed_with(at: Stand) -> None:
    formula = await at.works(
        mutation("createFormulaField", "formulaField { id }"), name="Twice", expression="value * 2"
    )
    amount = {"amount": "21", "currency": "PLN"}
    await at.works(mutation("updateDeal", "deal { id }"), id=at.deal, value=amount)
    shown = await at.shown("deal", "formulaFields { money { amount } }")
    assert shown == [{"money": {"amount": "42.00"}}]
    await at.unreadable("lead", "formulaFields { number }", LEAD)
    asked = "query ($filter: LeadFilter) { leads(filter: $filter) { totalCount } }"
    empty = {"formulaFields": [{"formulaFieldId": formula, "isEmpty": True}]}
    assert (await at.admin.send(asked, filter=empty))["errors"]
    assert (await at.admin.ask(asked.replace("Lead", "Deal").replace("leads", "deals"), filter=empty))["deals"]


@journey(Capability.PARTICIPANTS)
async def has_further_people(at: Stand) -> None:
    further = [global_id(await given.person(at.world.acme.anna, "Ewa"))]
    for verb, count in (("addParticipants", 2), ("removeParticipants", 1)):
        document = mutation(f"{verb}: ParticipantsInput")
        await at.refused(document, ["dealId"], LEAD, dealId=at.lead, personIds=further)
        await at.admin.do(document, dealId=at.deal, personIds=further)
        assert len(await at.shown("deal", "participants { id }")) == count
    await at.unreadable("lead", "participants { id }", LEAD)


@journey(Capability.PIPELINE)
async def goes_through_a_pipeline(at: Stand) -> None:
    stage = global_id(at.world.acme.stages[1])
    await at.refused(mutation("moveDeal"), ["id"], LEAD, id=at.lead, stageId=stage)
    await at.works(mutation("moveDeal", "deal { id }"), id=at.deal, stageId=stage)
    assert await at.shown("deal", "stage { id }") == {"id": stage}
    for verb, status in (("winDeal", "WON"), ("reopenDeal", "OPEN"), ("loseDeal", "LOST")):
        document = mutation(f"{verb}: CloseDealInput", "deal { id }")
        await at.refused(document, ["id"], LEAD, id=at.lead)
        await at.works(document, id=at.deal)
        assert await at.shown("deal", "status") == status
    for field in ("stage { id }", "pipeline { id }", "status", "probability", "isRotten", "lostReason"):
        await at.unreadable("lead", field, LEAD)


@journey(Capability.CHANGELOG)
async def says_who_changed_what(at: Stand) -> None:
    await at.works(mutation("updateDeal", "deal { id }"), id=at.deal, title="Renamed")
    entries = await at.shown("deal", "changelog { nodes { field actor { name } } }")
    assert entries["nodes"][0] == {"field": "title", "actor": {"name": "Admin"}}
    await at.unreadable("lead", "changelog { totalCount }", LEAD)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: str(row.capability))
async def test_who_can_does_it_and_who_cannot_is_told_what_to_do_instead(world: World, row: Row) -> None:
    anna = world.acme.anna
    person = await given.person(anna, "Jan")
    lead = await given.lead(anna, person_id=person.id)
    deal = await given.deal(anna, world.acme.stages[0], person_id=person.id)
    admin = await world.client(world.acme.admin)
    at = Stand(world, admin, global_id(lead), global_id(deal), global_id(person))
    await JOURNEYS[row.capability](at)
    for kind, has in (("lead", row.lead), ("deal", row.deal)):
        assert (row.capability in await at.shown(kind, "capabilities")) is has


def test_every_row_of_the_table_has_its_journey() -> None:
    assert set(JOURNEYS) == {row.capability for row in TABLE}
