"""Contacts merged and unmerged: nothing lost, nothing doubled, and everybody told."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as over
from hypothesis import strategies as st

from models.accounts import Account
from models.base import Visibility, now
from models.changes import ChangeKind
from models.contacts import ContactKey, Organization, Person
from models.custom_fields import CustomFieldType, CustomFieldValue
from models.database import Database
from models.deals import Deal
from models.leads import Lead
from models.merges import PersonMerge
from models.participants import Participant
from resolvers import contacts, ids, participants, waitlist
from resolvers.contact_links import KEPT, LINKS
from resolvers.conversions import OnLimit, convert_leads
from resolvers.custom_fields import create_custom_field
from resolvers.deals import update_deal
from resolvers.errors import ErrorCode, Refused
from resolvers.merges import MergedField, merge_contacts, undo_merge
from resolvers.separations import keep_separate
from tests import given
from tests.asking import ask, statements
from tests.given import Company
from tests.migrations.rules import REFERENCES
from tests.refusals import global_id, refused
from tests.replaying import State, rows_of
from tests.replaying import told as logged
from tests.resolvers.telling import shown, told


async def merge(company: Company, survivor: Any, merged: Any, **more: Any) -> None:
    pair: Any = {"survivor_id": global_id(survivor), "merged_id": global_id(merged), **more}
    await merge_contacts(await given.viewer(company.admin), pair)


async def undo(company: Company, merged: Any) -> None:
    await undo_merge(await given.viewer(company.admin), {"merged_id": global_id(merged)})


def test_every_column_that_points_to_contacts_is_handed_on_by_a_merge() -> None:
    """One that is not is forgotten by merges: name it in `resolvers.contact_links`."""
    pointing = {
        (each.table, each.columns.split(", ")[-1], each.target)
        for each in REFERENCES
        if each.target in ("people", "organizations") and each.table not in KEPT
    }
    tables = {"Person": "people", "Organization": "organizations"}
    named = {(*link.foreign_key, tables[kind]) for kind, links in LINKS.items() for link in links}
    assert named == pointing


async def test_the_survivor_keeps_what_it_has_and_gets_what_it_lacks(acme: Company) -> None:
    firm = await given.organization(acme.anna)
    survivor = await given.person(acme.anna, "Jan Kowalski", emails=["jan@zubr.pl"], phones=["+48 600 100 200"])
    merged = await given.person(
        acme.anna,
        "J. Kowalski",
        emails=["JAN@zubr.pl", "j.kowalski@gmail.com"],
        phones=["600100200", "+48 22 1112233"],
        organization_id=firm.id,
    )
    async with logged(acme.id) as log:
        await merge(acme, survivor, merged)
    assert [change.kind for change in log] == [ChangeKind.CONTACTS_MERGED]
    kept = await Person.get(id=survivor.id)
    assert (kept.name, kept.organization_id, kept.version) == ("Jan Kowalski", firm.id, 2)
    assert kept.emails == ["jan@zubr.pl", "j.kowalski@gmail.com"]
    assert kept.phones == ["+48 600 100 200", "+48 22 1112233"]
    assert await ContactKey.filter(person_id=merged.id).count() == 0
    assert await ContactKey.filter(person_id=kept.id, value="j.kowalski@gmail.com").count() == 1


async def test_what_is_taken_wins_over_what_the_survivor_has(acme: Company) -> None:
    survivor = await given.organization(acme.anna, "Zubr", domain="zubr.com", address="Leśna 1")
    merged = await given.organization(acme.anna, "Żubr sp. z o.o.", domain="zubr.pl", address="Polna 2")
    await merge(acme, survivor, merged, take=[MergedField.NAME, MergedField.DOMAIN])
    kept = await Organization.get(id=survivor.id)
    assert (kept.name, kept.domain, kept.address) == ("Żubr sp. z o.o.", "zubr.pl", "Leśna 1")


_SHOWN = """query ($id: ID!, $deal: ID!) {
  person(id: $id) { id name merges { mergedId by { name } undoneAt } }
  node(id: $id) { id } nodes(ids: [$id]) { id }
  people { totalCount nodes { id } }
  deal(id: $deal) { person { id } participants { id } } }"""


async def test_everything_hangs_on_the_survivor_and_the_old_id_leads_to_it(acme: Company) -> None:
    survivor, merged, ewa = [await given.person(acme.anna, name) for name in ("Jan", "Janek", "Ewa")]
    deal = await given.deal(acme.anna, acme.stages[0], person_id=ewa.id)
    for person in (survivor, merged):
        await Participant.create(account_id=acme.id, deal_id=deal.id, person_id=person.id)
    own = await given.deal(acme.anna, acme.stages[0], person_id=merged.id)
    hidden = await given.lead(acme.celina, person_id=merged.id, visibility=Visibility.OWNER)
    gone = await given.deal(acme.anna, acme.stages[0], person_id=merged.id, removed_at=now())
    async with logged(acme.id):
        await merge(acme, survivor, merged)
    for model, key in ((Deal, own.id), (Deal, gone.id), (Lead, hidden.id)):
        assert (await model.get(id=key)).person_id == survivor.id
    anna = await given.viewer(acme.anna)
    async with statements() as sent:
        answer = await ask(anna, _SHOWN, id=global_id(merged), deal=global_id(deal))
    assert len(sent) == 8
    kept = global_id(survivor)
    merges = [{"mergedId": global_id(merged), "by": {"name": "Admin"}, "undoneAt": None}]
    assert answer["person"] == {"id": kept, "name": "Jan", "merges": merges}
    assert (answer["node"], answer["nodes"]) == ({"id": kept}, [{"id": kept}])
    assert answer["people"] == {"totalCount": 2, "nodes": [{"id": global_id(ewa)}, {"id": kept}]}
    assert [each["id"] for each in answer["deal"]["participants"]] == [global_id(ewa), kept]
    await undo(acme, merged)
    answer = await ask(anna, _SHOWN, id=global_id(merged), deal=global_id(own))
    assert answer["person"]["id"] == answer["deal"]["person"]["id"] == global_id(merged)


async def test_boards_are_told_of_each_deal_that_shows_another_contact_or_a_changed_one(acme: Company) -> None:
    survivor = await given.person(acme.anna, "Jan")
    merged = await given.person(acme.anna, "Janek", emails=["jan@zubr.pl"])
    moved = await given.deal(acme.anna, acme.stages[0], person_id=merged.id)
    refreshed = await given.deal(acme.anna, acme.stages[0], person_id=survivor.id)
    joined = await given.deal(acme.anna, acme.stages[0])
    await Participant.create(account_id=acme.id, deal_id=joined.id, person_id=merged.id)
    lead = await given.lead(acme.anna, person_id=merged.id)
    anna, board = await given.viewer(acme.anna), {"pipelineId": global_id(acme.pipeline)}
    for act in (merge(acme, survivor, merged), undo(acme, merged)):
        before = len(await told(anna, "pipelineChanged", **board))
        await act
        events = (await told(anna, "pipelineChanged", **board))[before:]
        fields = {str(deal.id): ["person"] for deal in (moved, refreshed)} | {str(joined.id): ["participants"]}
        assert {shown(event)["deal"]: shown(event)["fields"] for event in events} == fields
        assert {event.type_name for event in events} == {"DealUpdated"}
    inbox = await told(anna, "leadInboxChanged")
    assert [(event.type_name, event.lead and str(event.lead.key)) for event in inbox] == [
        ("LeadUpdated", str(lead.id))
    ] * 2


async def test_values_of_custom_fields_point_to_the_survivor_and_back(acme: Company) -> None:
    anna, admin = await given.viewer(acme.anna), await given.viewer(acme.admin)
    survivor, merged = await given.person(acme.anna, "Jan"), await given.person(acme.anna, "Janek")
    drawn: Any = {"name": "Advisor", "type": CustomFieldType.PERSON}
    field_id = ids.encode("CustomField", await create_custom_field(admin, drawn))
    value: Any = [{"custom_field_id": field_id, "person_id": global_id(merged)}]
    deal = await given.deal(acme.anna, acme.stages[0])
    await update_deal(anna, {"id": global_id(deal), "custom_fields": value})
    async with logged(acme.id):
        for act, shown_now in ((merge(acme, survivor, merged), survivor), (undo(acme, merged), merged)):
            await act
            assert (await CustomFieldValue.get(deal_id=deal.id)).person_id == shown_now.id
            (kept,) = (await Deal.get(id=deal.id)).custom.values()
            assert kept == [{"person_id": str(shown_now.id), "sort_key": str(shown_now.id)}]


async def test_undoing_leaves_what_was_changed_since(acme: Company) -> None:
    viewer = await given.viewer(acme.admin)
    survivor = await given.organization(acme.anna, "Żubr")
    merged = await given.organization(acme.anna, "Zubr", domain="zubr.pl", address="Leśna 1")
    kept, moved = [await given.deal(acme.anna, acme.stages[0], organization_id=merged.id) for _ in range(2)]
    await merge(acme, survivor, merged)
    await contacts.update_organization(viewer, {"id": global_id(survivor), "address": "Polna 2"})
    await Deal.filter(id=kept.id).update(organization_id=None)
    async with logged(acme.id) as log:
        await undo(acme, merged)
    assert log[0].kind is ChangeKind.MERGE_UNDONE
    survivor, merged = await Organization.get(id=survivor.id), await Organization.get(id=merged.id)
    assert (survivor.domain, survivor.address) == (None, "Polna 2")
    assert (merged.domain, merged.address, merged.removed_at) == ("zubr.pl", "Leśna 1", None)
    assert (await Deal.get(id=kept.id)).organization_id is None
    assert (await Deal.get(id=moved.id)).organization_id == merged.id


async def test_who_merges_must_own_what_goes_away(acme: Company, other: Company) -> None:
    anna = await given.viewer(acme.anna)
    survivor, merged = await given.person(acme.anna, "Jan"), await given.person(acme.bartek, "Janek")
    pair: Any = {"survivor_id": global_id(survivor), "merged_id": global_id(merged)}
    async with refused(ErrorCode.FORBIDDEN, "mergedId"):
        await merge_contacts(anna, pair)
    unseen = await given.person(acme.celina, visibility=Visibility.OWNER)
    for hidden in (unseen, await given.person(other.anna)):
        async with refused(ErrorCode.NOT_FOUND, "mergedId"):
            await merge_contacts(anna, {**pair, "merged_id": global_id(hidden)})
        async with refused(ErrorCode.NOT_FOUND, "survivorId"):
            await merge_contacts(anna, {**pair, "survivor_id": global_id(hidden), "merged_id": global_id(survivor)})
    organization = await given.organization(acme.anna)
    for path, wrong in (("mergedId", survivor), ("mergedId", organization), ("survivorId", acme.pipeline)):
        async with refused(ErrorCode.INVALID, path):
            await merge_contacts(
                anna, {**pair, {"mergedId": "merged_id", "survivorId": "survivor_id"}[path]: global_id(wrong)}
            )
    async with refused(ErrorCode.VERSION_CONFLICT, "expectedVersion"):
        await merge_contacts(await given.viewer(acme.bartek), {**pair, "expected_version": 7})
    await merge(acme, survivor, merged)
    async with refused(ErrorCode.FORBIDDEN, "mergedId"):
        await undo_merge(anna, {"merged_id": global_id(merged)})
    async with refused(ErrorCode.NOT_FOUND, "mergedId"):
        await undo_merge(await given.viewer(acme.admin), {"merged_id": global_id(survivor)})


async def test_the_later_of_two_merges_is_undone_first_and_each_for_thirty_days(acme: Company) -> None:
    one, two, three = [await given.person(acme.anna, name) for name in ("Jan", "Janek", "Jaś")]
    await merge(acme, two, one)
    await merge(acme, three, two)
    assert {row.merged_into_id for row in await Person.filter(removed_at__isnull=False)} == {three.id}
    async with refused(ErrorCode.INVALID, "mergedId"):
        await undo(acme, one)
    await undo(acme, two)
    assert (await Person.get(id=one.id)).merged_into_id == two.id
    await PersonMerge.filter(merged_id=one.id).update(at=now() - timedelta(days=31))
    async with refused(ErrorCode.INVALID, "mergedId"):
        await undo(acme, one)


async def test_a_lead_in_line_gets_the_survivor_of_the_contact_chosen_for_it(acme: Company) -> None:
    anna = await given.viewer(acme.anna)
    chosen, survivor = await given.person(acme.anna, "Jan"), await given.person(acme.anna, "Janek")
    lead = await given.lead(acme.anna, person_id=(await given.person(acme.anna, "Ewa")).id)
    plan = (await given.limited_account(0)).plan_name
    await Account.filter(id=acme.id).update(plan_name=plan)
    answer: Any = {"contact_id": ids.encode("Person", str(lead.person_id)), "use_contact_id": global_id(chosen)}
    request: Any = {"lead_ids": [global_id(lead)], "on_limit": OnLimit.WAITLIST, "contacts": [answer]}
    await convert_leads(anna, request)
    await merge(acme, survivor, chosen)
    await Account.filter(id=acme.id).update(plan_name="Enterprise")
    assert await waitlist.admit_waiting(acme.id) == 1
    assert (await Deal.get(source_lead_id=lead.id)).person_id == survivor.id


NAMES = ["Jan", "Janek", "Jaś", "Ewa"]
people = st.integers(0, len(NAMES) - 1)


@dataclass
class World:
    """Some people, and what hangs on them."""

    company: Company
    people: list[Person] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)

    async def fill(self, deals: list[tuple[int, int]]) -> None:
        firm = await given.organization(self.company.anna)
        for place, name in enumerate(NAMES):
            employer = firm.id if place % 2 else None
            emails = [f"{name.lower()}@zubr.pl", "biuro@zubr.pl"][: place % 3]
            self.people.append(await given.person(self.company.anna, name, emails=emails, organization_id=employer))
        for own, other in deals:
            deal = await given.deal(self.company.anna, self.company.stages[0], person_id=self.people[own].id)
            self.deals.append(deal)
            if own != other:
                who: Any = {"deal_id": global_id(deal), "person_ids": [global_id(self.people[other])]}
                await participants.add_participants(await given.viewer(self.company.admin), who)


def without_times(state: State) -> State:
    """Rows without what every write moves on, and without merges, which stay as history."""
    moved = ("version", "updated_at")
    return {
        key: {name: value for name, value in row.items() if name not in moved}
        for key, row in state.items()
        if not key[0].endswith("_merge")
    }


async def keys_kept() -> Counter[tuple[UUID | None, str, str]]:
    return Counter({(key.person_id, key.kind.value, key.value): 1 for key in await ContactKey.all()})


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@over(
    deals=st.lists(st.tuples(people, people), max_size=4),
    apart=st.lists(st.tuples(people, people), max_size=2),
    merges=st.lists(st.tuples(people, people), min_size=1, max_size=4),
)
async def test_any_merges_undone_in_turn_leave_everything_as_it_was(
    database: Database, deals: list[tuple[int, int]], apart: list[tuple[int, int]], merges: list[tuple[int, int]]
) -> None:
    world = World(await given.company())
    company = world.company
    await world.fill(deals)
    for one, other in apart:
        if one != other:
            pair: Any = {"contact_id": global_id(world.people[one]), "other_ids": [global_id(world.people[other])]}
            await keep_separate(await given.viewer(company.admin), pair)
    before, keys = await rows_of(company.id), await keys_kept()
    async with logged(company.id):
        done = []
        for survivor, merged in merges:
            try:
                await merge(company, world.people[survivor], world.people[merged])
                done.append(world.people[merged])
            except Refused:
                continue
        merged_keys = {person.id for person in done}
        left = [row for model in (Deal, Participant) for row in await model.filter(account_id=company.id)]
        assert not {row.person_id for row in left} & merged_keys  # type: ignore[attr-defined]
        for person in reversed(done):
            await undo(company, person)
    assert without_times(await rows_of(company.id)) == without_times(before)
    assert await keys_kept() == keys


@pytest.mark.parametrize("is_admin", [True, False])
async def test_an_old_id_shows_nothing_that_the_viewer_does_not_see(acme: Company, is_admin: bool) -> None:
    survivor = await given.person(acme.anna, "Jan", visibility=Visibility.OWNER)
    merged = await given.person(acme.anna, "Janek")
    await merge(acme, survivor, merged)
    viewer = await given.viewer(acme.admin if is_admin else acme.celina)
    answer = await ask(viewer, "query ($id: ID!) { person(id: $id) { name } }", id=global_id(merged))
    assert answer == {"person": {"name": "Jan"} if is_admin else None}
