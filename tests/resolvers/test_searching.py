"""Leads and deals are found by their titles and by the contacts on them, as far as the viewer sees those."""

from typing import Any

import pytest

from models.base import Visibility
from resolvers import contacts
from resolvers.access import Viewer
from tests import given
from tests.asking import ask
from tests.given import Company
from tests.refusals import global_id
from tests.replaying import told
from tests.resolvers import telling

LISTS = """query ($search: String) {
  leads(filter: { search: $search }) { totalCount nodes { title } }
  deals(filter: { search: $search }) { totalCount nodes { title } } }"""


async def found(viewer: Viewer, search: str) -> list[str]:
    """The titles of the leads, then of the deals, that a search finds; each count is theirs."""
    answer = await ask(viewer, LISTS, search=search)
    for each in answer.values():
        assert each["totalCount"] == len(each["nodes"])
    return [node["title"] for each in ("leads", "deals") for node in answer[each]["nodes"]]


async def fill(acme: Company) -> None:
    """A lead and a deal of Łucja's, a deal of Żubr's, and one of nobody's."""
    anna = acme.anna
    lucja = await contacts.create_person(
        await given.viewer(anna),
        {"name": "Łucja Żak", "emails": ["Lucja@Zak.example"], "phones": ["600 700 800"]},
    )
    zubr = await given.organization(anna, "Żubr sp. z o.o.")
    await given.lead(anna, "Lead", person_id=lucja)
    await given.deal(anna, acme.stages[0], "Deal", person_id=lucja)
    await given.deal(anna, acme.stages[0], "Company", organization_id=zubr.id)
    await given.deal(anna, acme.stages[0], "Żak's roof")


@pytest.mark.parametrize(
    ("search", "titles"),
    [
        ("LUCJA", ["Lead", "Deal"]),
        ("zak", ["Lead", "Żak's roof", "Deal"]),
        ("Zubr", ["Company"]),
        ("lucja@zak", ["Lead", "Deal"]),
        ("@ZAK.example", ["Lead", "Deal"]),
        ("+48 600-700", ["Lead", "Deal"]),
        ("0 600 700 800", ["Lead", "Deal"]),
        ("700", []),
        ("%", []),
        ("@", ["Lead", "Deal"]),
        ("nobody", []),
        ("  ", ["Lead", "Żak's roof", "Company", "Deal"]),
    ],
)
async def test_a_search_looks_into_titles_names_mail_and_phones(acme: Company, search: str, titles: list[str]) -> None:
    await fill(acme)
    assert await found(await given.viewer(acme.anna), search) == titles


async def test_a_contact_out_of_sight_never_makes_a_match(acme: Company, other: Company) -> None:
    hidden: Any = {"visibility": Visibility.OWNER}
    person = await given.person(acme.celina, "Tajny Jan", emails=["tajny@example.com"], **hidden)
    company = await given.organization(acme.celina, "Tajna", **hidden)
    for viewer in (acme.celina, acme.anna):
        await given.lead(viewer, f"Lead of {viewer.name}", person_id=person.id)
    await given.deal(acme.anna, acme.stages[0], "Deal", person_id=person.id, organization_id=company.id)
    elsewhere = await given.person(other.anna, "Tajny Jan")
    await given.deal(other.anna, other.stages[0], "Elsewhere", person_id=elsewhere.id)
    seeing = ["Lead of Anna", "Lead of Celina", "Deal"]
    for search in ("tajny", "tajny@example.com"):
        assert await found(await given.viewer(acme.celina), search) == seeing
        assert await found(await given.viewer(acme.admin), search) == seeing
        assert await found(await given.viewer(acme.anna), search) == []
    assert await found(await given.viewer(acme.anna), "tajna") == []
    assert await found(await given.viewer(other.anna), "tajny") == ["Elsewhere"]


async def test_who_watches_a_search_reads_again_when_a_contact_comes_to_match_or_no_longer_does(acme: Company) -> None:
    anna = await given.viewer(acme.anna)
    jan = await given.person(acme.anna, "Jan")
    hidden = await given.person(acme.celina, "Ewa", visibility=Visibility.OWNER)
    await given.deal(acme.anna, acme.stages[0], "Deal", person_id=jan.id)
    async with told(acme.id):
        for name in ("Ewa", "Ewa Nowak", "Jan"):
            await contacts.update_person(anna, {"id": global_id(jan), "name": name})
        await contacts.update_person(await given.viewer(acme.celina), {"id": global_id(hidden), "name": "Inna"})
    events = await telling.told(anna, "dealsChanged", filter={"search": "ewa"})
    assert [(each.type_name, each.revision) for each in events] == [("Resync", 1), ("Resync", 5)]
