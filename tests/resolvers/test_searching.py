"""Leads and deals are found by what is in them and by the contacts on them, as far as the viewer sees those."""

from typing import Any

import pytest

from models import changes
from models.base import Visibility
from models.custom_fields import CustomField
from models.deals import Deal
from models.leads import Lead
from models.participants import Participant
from resolvers import contacts, conversions, custom_fields, deals, ids, leads, notes, participants, reversals
from resolvers.access import Viewer
from resolvers.errors import ErrorCode
from resolvers.feeds import open_feed
from resolvers.text import SOUGHT_LENGTH
from tests import given
from tests.asking import ask, execute
from tests.given import Company
from tests.refusals import global_id, refused
from tests.replaying import told
from tests.resolvers import telling
from tests.resolvers.test_custom_fields import define, options_of

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
        ("@", []),
        ("Z", []),
        ("nobody", []),
        ("  ", ["Lead", "Żak's roof", "Company", "Deal"]),
    ],
)
async def test_a_search_looks_into_titles_names_mail_and_phones(acme: Company, search: str, titles: list[str]) -> None:
    await fill(acme)
    assert await found(await given.viewer(acme.anna), search) == titles


async def describe(acme: Company) -> None:
    """Beside what `fill` made: notes, custom fields of a lead and a deal, and who takes part in another."""
    anna, admin = await given.viewer(acme.anna), await given.viewer(acme.admin)
    lead, deal = await Lead.get(title="Lead"), await Deal.get(title="Deal")
    mention = ids.encode("User", acme.bartek.id)
    await notes.add_note(anna, {"lead_id": global_id(lead), "body": f"Zadzwonić\n  po@[{mention}]urlopie: <b>Łódź</b>"})
    await notes.add_note(anna, {"deal_id": global_id(deal), "body": "Wysłać ofertę, 5% taniej"})
    colour = await define(acme, "Kolor")
    size = await define(acme, "Rozmiar", "MULTI_OPTION", options=["Mały", "Średni", "Duży"])
    chosen = {"custom_field_id": size, "option_ids": list((await options_of(acme, size)).values())[1:]}
    await leads.update_lead(anna, {"id": global_id(lead), "custom_fields": [chosen]})
    grey: Any = {"custom_field_id": colour, "text": "Grafitowy_mat"}
    await deals.update_deal(anna, {"id": global_id(deal), "custom_fields": [grey]})
    ewa = await contacts.create_person(anna, {"name": "Ewa Ćwik", "emails": ["ewa@cwik.example"]})
    company = global_id(await Deal.get(title="Company"))
    await participants.add_participants(admin, {"deal_id": company, "person_ids": [ids.encode("Person", ewa)]})


@pytest.mark.parametrize(
    ("search", "titles"),
    [
        ("zadzwonic PO urlopie", ["Lead"]),
        ("<b>lodz", ["Lead"]),
        ("user_", []),
        ("oferte, 5% T", ["Deal"]),
        ("5_", []),
        ("grafitowy_", ["Deal"]),
        ("grafitowy%", []),
        ("sredni", ["Lead"]),
        ("maly", []),
        ("ćwik", ["Company"]),
        ("ewa@cwik", ["Company"]),
        ("kolor", []),
    ],
)
async def test_a_search_looks_into_notes_custom_fields_and_who_takes_part(
    acme: Company, search: str, titles: list[str]
) -> None:
    await fill(acme)
    await describe(acme)
    assert await found(await given.viewer(acme.anna), search) == titles


async def test_a_single_character_finds_what_is_exactly_it(acme: Company) -> None:
    await fill(acme)
    for title in ("Ź", "%", "Źź"):
        await given.deal(acme.anna, acme.stages[0], title)
    await given.note(acme.anna, await Deal.get(title="Deal"), "z")
    anna = await given.viewer(acme.anna)
    assert await found(anna, " z") == ["Ź", "Deal"]
    assert await found(anna, "%") == ["%"]
    assert await found(anna, "_") == []


async def test_what_is_longer_than_anybody_looks_for_is_refused(acme: Company) -> None:
    anna, longest = await given.viewer(acme.anna), "a" * SOUGHT_LENGTH
    assert await found(anna, longest) == await found(anna, "a\ud800\x00a" * 99) == []
    contains = {"customFieldId": await define(acme, "Kolor"), "contains": f"{longest}a"}
    for given_filter in ({"search": f"{longest}a"}, {"customFields": [contains]}):
        for noun in ("Lead", "Deal"):
            document = f"query ($filter: {noun}Filter) {{ {noun.lower()}s(filter: $filter) {{ totalCount }} }}"
            result = await execute(anna, document, filter=given_filter)
            assert result.errors is not None and "1001 characters long" in result.errors[0].message
            assert (result.errors[0].extensions or {})["code"] == "BAD_USER_INPUT"
    async with refused(ErrorCode.INVALID, "filter", "search"):
        await open_feed(anna, "dealsChanged", {"filter": {"search": f"{longest}a"}})


async def test_what_a_deleted_field_held_finds_nothing_and_an_option_left_out_still_does(acme: Company) -> None:
    await fill(acme)
    await describe(acme)
    admin = await given.viewer(acme.admin)
    colour, size = [ids.encode("CustomField", each.id) for each in await CustomField.all().order_by("position")]
    small = (await options_of(acme, size))["Mały"]
    await custom_fields.update_custom_field(admin, {"id": size, "options": [{"id": small, "name": "Mały"}]})
    await custom_fields.delete_custom_field(admin, {"id": colour})
    assert await found(admin, "grafit") == []
    assert await found(admin, "duzy") == ["Lead"]


async def test_a_contact_out_of_sight_never_makes_a_match(acme: Company, other: Company) -> None:
    hidden: Any = {"visibility": Visibility.OWNER}
    person = await given.person(acme.celina, "Tajny Jan", emails=["tajny@example.com"], **hidden)
    company = await given.organization(acme.celina, "Tajna", **hidden)
    for viewer in (acme.celina, acme.anna):
        await given.lead(viewer, f"Lead of {viewer.name}", person_id=person.id)
    deal = await given.deal(acme.anna, acme.stages[0], "Deal", person_id=person.id, organization_id=company.id)
    beside = await given.deal(acme.anna, acme.stages[0], "Beside")
    for each in (deal, beside):
        await Participant.create(account_id=acme.id, deal_id=each.id, person_id=person.id)
    elsewhere = await given.person(other.anna, "Tajny Jan")
    await given.deal(other.anna, other.stages[0], "Elsewhere", person_id=elsewhere.id)
    seeing = ["Lead of Anna", "Lead of Celina", "Beside", "Deal"]
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


async def test_notes_and_values_are_found_by_those_who_see_what_they_are_on(acme: Company, other: Company) -> None:
    for company in (acme, other):
        hidden: Any = {"visibility": Visibility.OWNER}
        deal = await given.deal(company.celina, company.stages[0], f"Deal of {company.id}", **hidden)
        lead = await given.lead(company.celina, f"Lead of {company.id}", **hidden)
        colour = await define(company, "Kolor")
        for verb, row in ((deals.update_deal, deal), (leads.update_lead, lead)):
            await given.note(company.celina, row, "Tajne")
            value: Any = [{"custom_field_id": colour, "text": "Tajny"}]
            await verb(await given.viewer(company.celina), {"id": global_id(row), "custom_fields": value})
    for search in ("tajne", "tajny"):
        for user in (acme.celina, acme.admin):
            assert await found(await given.viewer(user), search) == [f"Lead of {acme.id}", f"Deal of {acme.id}"]
        assert await found(await given.viewer(acme.anna), search) == []


async def test_who_watches_a_search_reads_again_when_a_note_or_a_participant_makes_a_match(acme: Company) -> None:
    anna = await given.viewer(acme.anna)
    ewa, jan = [await given.person(acme.anna, name) for name in ("Ewa", "Jan")]
    deal = await given.deal(acme.anna, acme.stages[0], "Deal")
    lead = await given.lead(acme.anna)
    hidden = await given.deal(acme.celina, acme.stages[0], visibility=Visibility.OWNER)
    async with told(acme.id):
        for body in ("Umówiony z Jaśkiem", "Zadzwoni Ewa"):
            await notes.add_note(anna, {"deal_id": global_id(deal), "body": body})
        await notes.add_note(anna, {"lead_id": global_id(lead), "body": "Ewa"})
        await notes.add_note(await given.viewer(acme.celina), {"deal_id": global_id(hidden), "body": "Ewa"})
        for person in (jan, ewa):
            both = {"deal_id": global_id(deal), "person_ids": [global_id(person)]}
            await participants.add_participants(anna, both)
            await participants.remove_participants(anna, both)
    events = await telling.told(anna, "dealsChanged", filter={"search": "ewa"})
    assert [(each.type_name, each.revision) for each in events if each.type_name == "Resync"] == [
        ("Resync", 2),
        ("Resync", 7),
        ("Resync", 8),
    ]


async def test_notes_that_come_and_go_with_a_conversion_are_told_to_who_watches_a_search(acme: Company) -> None:
    anna = await given.viewer(acme.anna)
    lead = await given.lead(acme.anna)
    await given.note(acme.anna, lead, "Zadzwoni Ewa")
    watching: Any = {"filter": {"search": "ewa"}}
    async with told(acme.id):
        await conversions.convert_leads(anna, {"lead_ids": [global_id(lead)]})
    assert telling.names(await telling.told(anna, "dealsChanged", **watching)) == ["DealAdded"]
    async with told(acme.id):
        await reversals.undo_conversion(anna, {"lead_id": global_id(lead)})
    assert telling.names(await telling.told(anna, "dealsChanged", 1, **watching)) == ["Resync"]


async def test_a_custom_field_that_comes_to_match_or_no_longer_does_is_told(acme: Company) -> None:
    anna, deal = await given.viewer(acme.anna), await given.deal(acme.anna, acme.stages[0])
    colour, size = await define(acme, "Kolor"), await define(acme, "Rozmiar", "OPTION", options=["Zielony", "Duży"])
    green, large = (await options_of(acme, size)).values()
    values: list[tuple[Any, list[str]]] = [
        ({"custom_field_id": colour, "text": "Zielony"}, ["DealAdded"]),
        ({"custom_field_id": size, "option_ids": [green]}, ["DealUpdated"]),
        ({"custom_field_id": colour, "text": "Szary"}, ["DealUpdated"]),
        ({"custom_field_id": size, "option_ids": [large]}, ["DealRemoved"]),
        ({"custom_field_id": colour, "text": "Biały"}, []),
    ]
    for value, names in values:
        before = await changes.revision_of(acme.id)
        await deals.update_deal(anna, {"id": global_id(deal), "custom_fields": [value]})
        assert telling.names(await telling.told(anna, "dealsChanged", before, filter={"search": "zielon"})) == names
