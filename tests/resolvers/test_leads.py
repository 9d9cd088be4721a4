"""Leads: made, changed, put aside and brought back, deleted."""

from datetime import date
from decimal import Decimal

import pytest

from models.base import Visibility, new_id
from models.changes import ChangeKind
from models.conversions import WaitingConversion
from models.labels import LeadLabel
from models.leads import Lead
from models.opportunities import OpportunitySource
from resolvers import ids
from resolvers.errors import ErrorCode, Refused
from resolvers.leads import archive_leads, create_lead, delete_leads, unarchive_leads, update_lead
from tests import given
from tests.refusals import global_id, refused
from tests.replaying import told, unchanged


async def test_a_created_lead_has_everything_given(acme: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    jan, zubr = await given.person(acme.anna), await given.organization(acme.bartek)
    async with told(acme.id) as log:
        key = await create_lead(
            anna,
            {
                "title": "  Łódź calls ",
                "person_id": global_id(jan),
                "organization_id": global_id(zubr),
                "owner_id": global_id(acme.bartek),
                "value": {"amount": Decimal("12.50"), "currency": "PLN"},
                "label_ids": [global_id(acme.label), global_id(acme.label)],
                "expected_close_date": date(2030, 2, 28),
                "source": OpportunitySource.CHATBOT,
                "visibility": Visibility.TEAM,
                "client_mutation_id": "m-1",
            },
        )
    lead = await Lead.get(id=key)
    assert (lead.title, lead.folded_title) == ("Łódź calls", "lodz calls")
    assert (lead.person_id, lead.organization_id, lead.owner_id) == (jan.id, zubr.id, acme.bartek.id)
    assert (lead.value_minor, lead.currency, lead.expected_close_date) == (1250, "PLN", date(2030, 2, 28))
    assert (lead.source, lead.visibility) == (OpportunitySource.CHATBOT, Visibility.TEAM)
    assert (lead.version, lead.is_seen, lead.archived_at) == (1, False, None)
    assert [row.label_id for row in await LeadLabel.filter(lead_id=key)] == [acme.label.id]
    assert [(c.kind, c.actor_id, c.client_mutation_id) for c in log] == [(ChangeKind.LEAD_ADDED, acme.anna.id, "m-1")]


async def test_a_lead_is_its_makers_and_everyones_unless_said(acme: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    draft = {"title": "A", "person_id": global_id(await given.person(acme.anna)), "owner_id": None}
    lead = await Lead.get(id=await create_lead(anna, {**draft, "visibility": None, "source": None, "label_ids": None}))
    assert (lead.owner_id, lead.visibility, lead.source) == (acme.anna.id, Visibility.EVERYONE, OpportunitySource.API)
    assert (lead.value_minor, lead.currency) == (None, None)


async def test_a_title_that_grows_when_folded_still_fits(acme: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    key = await create_lead(anna, {"title": "ﷺ" * 255, "person_id": global_id(await given.person(acme.anna))})
    assert len((await Lead.get(id=key)).title) == 255


async def test_a_lead_needs_a_contact(acme: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    async with refused(ErrorCode.LEAD_NEEDS_CONTACT, "personId"):
        await create_lead(anna, {"title": "Nobody"})


async def test_every_fault_of_a_draft_is_told_at_once(acme: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    async with unchanged(acme.id):
        with pytest.raises(Refused) as caught:
            await create_lead(
                anna, {"title": " ", "person_id": "x", "value": {"amount": Decimal(-1), "currency": "EUR"}}
            )
    assert [error.path for error in caught.value.errors] == [["title"], ["value", "amount"], ["personId"]]


async def test_a_hidden_contact_is_no_contact(acme: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    hidden = await given.person(acme.celina, visibility=Visibility.OWNER)
    async with refused(ErrorCode.NOT_FOUND, "personId"):
        await create_lead(anna, {"title": "A", "person_id": global_id(hidden)})


async def test_an_update_changes_what_is_given_and_nothing_else(acme: given.Company) -> None:
    anna, lead = (
        await given.viewer(acme.anna),
        await given.lead(acme.anna, labels=[acme.label], value_minor=5, currency="EUR"),
    )
    zubr = await given.organization(acme.anna)
    async with told(acme.id) as log:
        await update_lead(
            anna, {"id": global_id(lead), "expected_version": 1, "organization_id": global_id(zubr), "value": None}
        )
    after = await Lead.get(id=lead.id)
    assert (after.organization_id, after.value_minor, after.currency) == (zubr.id, None, None)
    assert (after.title, after.person_id, after.version) == (lead.title, lead.person_id, 2)
    assert after.updated_at > lead.updated_at
    (change,) = log
    assert change.kind is ChangeKind.LEAD_UPDATED
    assert change.find("lead")[0].changed == {"organization_id", "value_minor", "currency", "version", "updated_at"}


async def test_labels_are_replaced_by_those_given(acme: given.Company) -> None:
    anna, lead = await given.viewer(acme.anna), await given.lead(acme.anna, labels=[acme.label])
    cold, warm = await given.label(acme.account, "Cold"), await given.label(acme.account, "Warm")
    async with told(acme.id) as log:
        await update_lead(anna, {"id": global_id(lead), "label_ids": [global_id(warm), global_id(cold)]})
        await update_lead(anna, {"id": global_id(lead), "label_ids": [global_id(cold), global_id(warm)]})
        await update_lead(anna, {"id": global_id(lead), "label_ids": None})
    assert [change.find("lead")[0].after["label_ids"] for change in log] == [sorted([str(cold.id), str(warm.id)]), []]
    assert (await Lead.get(id=lead.id)).version == 3


async def test_an_update_to_what_is_there_already_is_no_change(acme: given.Company) -> None:
    anna, lead = await given.viewer(acme.anna), await given.lead(acme.anna, labels=[acme.label])
    async with unchanged(acme.id):
        await update_lead(
            anna,
            {
                "id": global_id(lead),
                "title": lead.title,
                "person_id": ids.encode("Person", lead.person_id),
                "owner_id": global_id(acme.anna),
                "label_ids": [global_id(acme.label)],
                "is_seen": False,
            },
        )


async def test_a_lead_is_marked_seen(acme: given.Company) -> None:
    anna, lead = await given.viewer(acme.anna), await given.lead(acme.anna)
    async with told(acme.id):
        await update_lead(anna, {"id": global_id(lead), "is_seen": True})
    assert (await Lead.get(id=lead.id)).is_seen is True


async def test_an_update_from_an_old_version_is_refused(acme: given.Company) -> None:
    anna, lead = await given.viewer(acme.anna), await given.lead(acme.anna, version=4)
    async with refused(ErrorCode.VERSION_CONFLICT, "expectedVersion") as caught:
        await update_lead(anna, {"id": global_id(lead), "expected_version": 3, "title": "New"})
    assert "version 4" in caught.value.errors[0].message


async def test_a_lead_never_loses_its_last_contact(acme: given.Company) -> None:
    anna, lead = await given.viewer(acme.anna), await given.lead(acme.anna)
    async with refused(ErrorCode.LEAD_NEEDS_CONTACT, "personId"):
        await update_lead(anna, {"id": global_id(lead), "person_id": None})


async def test_a_lead_may_change_its_person_for_an_organization(acme: given.Company) -> None:
    anna, lead, zubr = await given.viewer(acme.anna), await given.lead(acme.anna), await given.organization(acme.anna)
    async with told(acme.id):
        await update_lead(anna, {"id": global_id(lead), "person_id": None, "organization_id": global_id(zubr)})


async def test_an_archived_lead_is_read_only(acme: given.Company) -> None:
    anna, lead = await given.viewer(acme.anna), await given.lead(acme.anna)
    await archive_leads(anna, {"ids": [global_id(lead)]})
    async with refused(ErrorCode.LEAD_ARCHIVED, "id"):
        await update_lead(anna, {"id": global_id(lead), "is_seen": True})


@pytest.mark.parametrize(
    ("field", "path"), [("owner_id", "ownerId"), ("visibility", "visibility")], ids=["owner", "visibility"]
)
async def test_only_the_owner_and_admins_change_owner_and_visibility(
    acme: given.Company, field: str, path: str
) -> None:
    lead = await given.lead(acme.anna)
    patch = {"id": global_id(lead), field: {"owner_id": global_id(acme.celina), "visibility": Visibility.OWNER}[field]}
    async with refused(ErrorCode.FORBIDDEN, path):
        await update_lead(await given.viewer(acme.bartek), patch)
    async with told(acme.id):
        await update_lead(await given.viewer(acme.admin), patch)


@pytest.mark.parametrize("field", ["owner_id", "visibility", "is_seen", "title"])
async def test_what_a_lead_must_have_cannot_be_unset(acme: given.Company, field: str) -> None:
    anna, lead = await given.viewer(acme.anna), await given.lead(acme.anna)
    path = {"owner_id": "ownerId", "is_seen": "isSeen"}.get(field, field)
    async with refused(ErrorCode.INVALID, path):
        await update_lead(anna, {"id": global_id(lead), field: None})


async def test_archived_leads_come_back(acme: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    leads = [await given.lead(acme.bartek, labels=[acme.label]) for _ in range(3)]
    wanted = [global_id(lead) for lead in reversed(leads)]
    async with told(acme.id) as log:
        assert await archive_leads(anna, {"ids": [*wanted, *wanted]}) == [lead.id for lead in reversed(leads)]
        assert await Lead.filter(archived_at__isnull=False, version=2).count() == 3
        await archive_leads(anna, {"ids": wanted})
        await unarchive_leads(anna, {"ids": wanted[:2]})
        await unarchive_leads(anna, {"ids": wanted[:2]})
    assert await Lead.filter(archived_at__isnull=True, version=3).count() == 2
    assert [change.kind for change in log] == [ChangeKind.LEAD_ARCHIVED] * 3 + [ChangeKind.LEAD_UNARCHIVED] * 2


async def test_deleted_leads_are_gone_and_leave_the_waiting_line(acme: given.Company) -> None:
    anna, leads = await given.viewer(acme.anna), [await given.lead(acme.anna) for _ in range(2)]
    await WaitingConversion.create(account_id=acme.id, lead_id=leads[0].id, requested_by_id=acme.anna.id)
    async with told(acme.id) as log:
        assert await delete_leads(anna, {"ids": [global_id(lead) for lead in leads]}) == [lead.id for lead in leads]
    assert [change.kind for change in log] == [ChangeKind.WAITLIST_LEFT] + [ChangeKind.LEAD_DELETED] * 2
    assert await WaitingConversion.all().count() == 0
    async with refused(ErrorCode.NOT_FOUND, "id"):
        await update_lead(anna, {"id": global_id(leads[0]), "title": "Back"})


async def test_only_the_owner_and_admins_delete(acme: given.Company) -> None:
    mine, theirs = await given.lead(acme.bartek), await given.lead(acme.anna)
    wanted = {"ids": [global_id(mine), global_id(theirs)]}
    async with refused(ErrorCode.FORBIDDEN, "ids", 1):
        await delete_leads(await given.viewer(acme.bartek), wanted)
    async with told(acme.id):
        await delete_leads(await given.viewer(acme.admin), wanted)


@pytest.mark.parametrize("verb", [archive_leads, unarchive_leads, delete_leads])
async def test_a_list_of_leads_is_done_wholly_or_not_at_all(acme: given.Company, other: given.Company, verb) -> None:
    anna, mine, foreign = await given.viewer(acme.anna), await given.lead(acme.anna), await given.lead(other.anna)
    hidden = await given.lead(acme.celina, visibility=Visibility.TEAM)
    async with unchanged(acme.id, other.id):
        with pytest.raises(Refused) as caught:
            await verb(
                anna,
                {"ids": [global_id(mine), global_id(foreign), global_id(hidden), ids.encode("Lead", new_id())]},
            )
    assert [(error.code, error.path) for error in caught.value.errors] == [
        (ErrorCode.NOT_FOUND, ["ids", place]) for place in "123"
    ]
    assert len({error.message for error in caught.value.errors}) == 1


@pytest.mark.parametrize("verb", [archive_leads, unarchive_leads, delete_leads])
async def test_a_list_of_leads_is_neither_empty_nor_endless(acme: given.Company, verb) -> None:
    anna = await given.viewer(acme.anna)
    async with refused(ErrorCode.EMPTY, "ids"):
        await verb(anna, {"ids": []})
    async with refused(ErrorCode.TOO_MANY, "ids"):
        await verb(anna, {"ids": [ids.encode("Lead", new_id()) for _ in range(1001)]})


async def test_a_thousand_leads_are_archived_in_as_many_statements_as_two(acme: given.Company, statements) -> None:
    anna, jan = await given.viewer(acme.anna), await given.person(acme.anna)
    columns = {"title": "A", "folded_title": "a", "source": OpportunitySource.API, "person_id": jan.id}
    await Lead.bulk_create([Lead(account_id=acme.id, owner_id=acme.anna.id, **columns) for _ in range(1002)])
    wanted = [global_id(lead) for lead in await Lead.all()]
    with statements() as of_two:
        await archive_leads(anna, {"ids": wanted[:2]})
    with statements() as of_thousand:
        await archive_leads(anna, {"ids": wanted[2:]})
    assert len(of_thousand) == len(of_two)
    assert await Lead.filter(archived_at__isnull=False).count() == 1002
