"""Taking conversions back, converting again, and turning deals into leads."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.accounts import Account, Plan, PlanUsage
from models.activities import Activity
from models.base import Visibility, new_id, now
from models.changes import Change, ChangeKind
from models.conversions import Conversion
from models.deals import Deal, DealStatus
from models.invoices import Invoice, InvoiceStatus
from models.labels import DealLabel, Label, LeadLabel
from models.leads import Lead
from models.notes import Comment, Note
from models.opportunities import OpportunitySource
from resolvers import activities, deals, ids, notes
from resolvers.conversions import ConversionOutcome, OnLimit, convert_leads, find_conversion
from resolvers.errors import ErrorCode, Refused
from resolvers.reversals import convert_deal_to_lead, undo_conversion
from tests import given
from tests.refusals import global_id, refused
from tests.replaying import told

SOON = datetime(2031, 5, 1, 9, tzinfo=UTC)
LATER = datetime(2031, 5, 2, 9, tzinfo=UTC)


async def convert(company: given.Company, *leads: Lead, **request: Any) -> Deal:
    """The deal of the first of these leads."""
    anna = await given.viewer(company.anna)
    report = await convert_leads(anna, {"lead_ids": [global_id(lead) for lead in leads], **request})
    assert {result.outcome for result in report.results} == {ConversionOutcome.CONVERTED}
    return await Deal.get(id=report.results[0].deal_id)


async def undo(company: given.Company, lead: Lead, **more: Any) -> Any:
    return await undo_conversion(await given.viewer(company.anna), {"lead_id": global_id(lead), **more})


async def two_leads(company: given.Company) -> tuple[Lead, Lead]:
    """Leads of people who have nothing in common."""
    ewa = await given.person(company.anna, "Ewa Lis")
    return await given.lead(company.anna), await given.lead(company.anna, person_id=ewa.id)


async def turn(company: given.Company, deal: Deal, **more: Any) -> Lead:
    key = await convert_deal_to_lead(await given.viewer(company.anna), {"id": global_id(deal), **more})
    return await Lead.get(id=key)


async def places(company: given.Company) -> int:
    return (await PlanUsage.get(account_id=company.id)).open_deals


async def invoice(company: given.Company, deal: Deal, **columns: Any) -> Invoice:
    amount = {"amount_minor": 1, "currency": "PLN"}
    return await Invoice.create(account_id=company.id, deal_id=deal.id, number="1", **amount, **columns)


async def columns(lead: Lead) -> dict[str, Any]:
    """What of a lead is the same after its conversion was undone."""
    (row,) = await Lead.filter(id=lead.id).values()
    return {name: value for name, value in row.items() if name not in {"version", "updated_at"}}


async def test_an_undone_conversion_gives_the_same_lead_back(acme: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    lead = await given.lead(acme.anna, "Jan asks", [acme.label], value_minor=100, currency="PLN", archived_at=SOON)
    note = await given.note(acme.anna, lead)
    await given.comment(acme.bartek, note)
    call = await given.activity(acme.anna, lead, due_at=LATER)
    await Lead.filter(id=lead.id).update(next_activity_id=call.id, next_activity_at=LATER)
    before = await columns(lead)
    deal = await convert(acme, lead, unarchive=True)
    async with told(acme.id) as log:
        assert await undo(acme, lead, client_mutation_id="m") == lead.id
    assert await columns(lead) == before
    assert (await Lead.get(id=lead.id)).version == lead.version + 2
    assert await LeadLabel.filter(lead_id=lead.id).values_list("label_id", flat=True) == [acme.label.id]
    assert await Note.all().values_list("lead_id", "deal_id") == [(lead.id, None)]
    assert await Activity.all().values_list("lead_id", "deal_id") == [(lead.id, None)]
    assert await Comment.filter(note_id=note.id).count() == 1
    removed = await Deal.get(id=deal.id)
    assert removed.removed_at is not None
    assert (removed.title, removed.value_minor, removed.next_activity_id) == ("Jan asks", 100, None)
    assert await places(acme) == 0
    assert await find_conversion(anna, global_id(lead)) is None
    (change,) = log
    assert (change.kind, change.actor_id, change.client_mutation_id) == (
        ChangeKind.CONVERSION_UNDONE, acme.anna.id, "m"
    )  # fmt: skip
    assert [subject["type"] for subject in change.subjects] == ["lead", "deal", "note", "activity", "conversion"]


async def test_what_was_added_to_the_deal_goes_to_the_lead(acme: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    lead = await given.lead(acme.anna)
    deal = await convert(acme, lead)
    async with told(acme.id):
        note_id = await notes.add_note(anna, {"deal_id": global_id(deal), "body": "Since"})
        call = await activities.add_activity(anna, {"deal_id": global_id(deal), "subject": "Since", "due_at": SOON})
        await undo(acme, lead)
    assert (await Note.get(id=note_id)).lead_id == lead.id
    assert (await Activity.get(id=call)).lead_id == lead.id
    assert (await Lead.get(id=lead.id)).next_activity_id == call


async def test_a_lead_converted_again_is_the_same_deal_again(acme: given.Company) -> None:
    lead = await given.lead(acme.anna, "Jan asks", [acme.label])
    note = await given.note(acme.anna, lead)
    deal = await convert(acme, lead)
    await undo(acme, lead)
    cold = await Label.create(account_id=acme.id, name="Cold", color="blue")
    await LeadLabel.filter(lead_id=lead.id).update(label_id=cold.id)
    await Lead.filter(id=lead.id).update(title="Jan asks again")
    async with told(acme.id) as log:
        again = await convert(acme, lead, stage_id=global_id(acme.stages[2]))
    assert (again.id, again.title, again.stage_id) == (deal.id, "Jan asks again", acme.stages[2].id)
    assert (again.removed_at, again.status, again.version) == (None, DealStatus.OPEN, deal.version + 2)
    assert await DealLabel.filter(deal_id=deal.id).values_list("label_id", flat=True) == [cold.id]
    assert (await Note.get(id=note.id)).deal_id == deal.id
    assert [change.kind for change in log] == [ChangeKind.LEAD_CONVERTED]
    assert await places(acme) == 1
    async with told(acme.id):
        await undo(acme, lead)
    assert await Conversion.filter(lead_id=lead.id).count() == 2


async def test_a_lost_deal_that_is_undone_and_converted_again_is_open(acme: given.Company) -> None:
    lead = await given.lead(acme.anna)
    deal = await convert(acme, lead)
    await deals.lose_deal(await given.viewer(acme.anna), {"id": global_id(deal), "lost_reason": "Price"})
    await undo(acme, lead, force=True)
    assert await places(acme) == 0
    async with told(acme.id):
        again = await convert(acme, lead)
    assert (again.status, again.closed_at, again.lost_reason) == (DealStatus.OPEN, None, None)
    assert await places(acme) == 1


async def test_a_conversion_into_a_deal_gives_back_what_it_gave(acme: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    deal = await given.deal(acme.anna, acme.stages[0])
    own = await given.note(acme.anna, deal)
    lead = await given.lead(acme.anna)
    note, call = await given.note(acme.anna, lead), await given.activity(acme.anna, lead, due_at=SOON)
    await convert(acme, lead, into_deals=[{"lead_id": global_id(lead), "deal_id": global_id(deal)}])
    since = await notes.add_note(anna, {"deal_id": global_id(deal), "body": "Since"})
    await deals.move_deal(anna, {"id": global_id(deal), "stage_id": global_id(acme.stages[1])})
    async with told(acme.id):
        await undo(acme, lead)
    kept = await Deal.get(id=deal.id)
    assert (kept.removed_at, kept.person_id, kept.next_activity_id) == (None, None, None)
    assert kept.stage_id == acme.stages[1].id
    assert set(await Note.all().values_list("id", "lead_id")) == {(note.id, lead.id), (own.id, None), (since, None)}
    assert (await Activity.get(id=call.id)).lead_id == lead.id
    assert await places(acme) == 1


async def test_a_contact_that_was_changed_since_stays_with_the_deal(acme: given.Company) -> None:
    deal = await given.deal(acme.anna, acme.stages[0])
    lead = await given.lead(acme.anna)
    await convert(acme, lead, into_deals=[{"lead_id": global_id(lead), "deal_id": global_id(deal)}])
    olga = await given.person(acme.anna, "Olga Mak")
    await Deal.filter(id=deal.id).update(person_id=olga.id)
    async with told(acme.id):
        await undo(acme, lead)
    assert (await Deal.get(id=deal.id)).person_id == olga.id


async def test_undoing_frees_a_place_for_those_who_wait(acme: given.Company) -> None:
    await Plan.create(name="One", open_deal_limit=1)
    await Account.filter(id=acme.id).update(plan_name="One")
    one, two = await two_leads(acme)
    both = [global_id(one), global_id(two)]
    await convert_leads(await given.viewer(acme.anna), {"lead_ids": both, "on_limit": OnLimit.WAITLIST})
    async with told(acme.id) as log:
        await undo(acme, one)
    assert [change.kind for change in log] == [ChangeKind.CONVERSION_UNDONE, ChangeKind.LEAD_CONVERTED]
    assert (await Deal.get(source_lead_id=two.id)).removed_at is None


async def test_what_is_no_conversion_cannot_be_undone(acme: given.Company, other: given.Company) -> None:
    live, foreign = await given.lead(acme.anna), await given.lead(other.anna)
    hidden = await given.lead(acme.celina, visibility=Visibility.OWNER)
    deleted = await given.lead(acme.anna, removed_at=now())
    await convert_leads(await given.viewer(acme.celina), {"lead_ids": [global_id(hidden)]})
    await convert_leads(await given.viewer(other.anna), {"lead_ids": [global_id(foreign)]})
    for lead in (live, foreign, hidden, deleted):
        async with refused(ErrorCode.NOT_FOUND, "leadId"):
            await undo(acme, lead)
    anna = await given.viewer(acme.anna)
    deal = await given.deal(acme.anna, acme.stages[0])
    for lead_id, code in (
        (ids.encode("Lead", new_id()), ErrorCode.NOT_FOUND),
        (global_id(deal), ErrorCode.CAPABILITY_MISSING),
        (global_id(acme.anna), ErrorCode.INVALID),
        ("", ErrorCode.INVALID),
    ):
        async with refused(code, "leadId"):
            await undo_conversion(anna, {"lead_id": lead_id})


async def test_a_conversion_whose_deal_is_out_of_sight_is_not_undone(acme: given.Company) -> None:
    lead = await given.lead(acme.anna)
    deal = await convert(acme, lead)
    await Deal.filter(id=deal.id).update(owner_id=acme.celina.id, visibility=Visibility.OWNER)
    async with refused(ErrorCode.NOT_FOUND, "leadId"):
        await undo(acme, lead, force=True)


async def test_a_conversion_is_undone_within_30_days(acme: given.Company) -> None:
    one, two = await two_leads(acme)
    await convert(acme, one)
    await convert(acme, two)
    await Conversion.filter(lead_id=one.id).update(at=now() - timedelta(days=30, minutes=1))
    await Conversion.filter(lead_id=two.id).update(at=now() - timedelta(days=29, hours=23))
    async with refused(ErrorCode.INVALID, "leadId") as caught:
        await undo(acme, one, force=True)
    assert "30 days" in str(caught.value)
    await undo(acme, two)


async def test_a_won_deal_is_not_undone(acme: given.Company) -> None:
    lead = await given.lead(acme.anna)
    deal = await convert(acme, lead)
    await deals.win_deal(await given.viewer(acme.anna), {"id": global_id(deal)})
    for force in (False, True):
        async with refused(ErrorCode.DEAL_WON, "leadId"):
            await undo(acme, lead, force=force)


async def test_a_deal_with_an_invoice_is_not_undone(acme: given.Company) -> None:
    lead = await given.lead(acme.anna)
    issued = await invoice(acme, await convert(acme, lead))
    for force in (False, True):
        async with refused(ErrorCode.HAS_INVOICE, "leadId"):
            await undo(acme, lead, force=force)
    await Invoice.filter(id=issued.id).update(status=InvoiceStatus.VOID)
    await undo(acme, lead)


async def test_a_changed_deal_is_undone_by_force_only(acme: given.Company) -> None:
    lead = await given.lead(acme.anna)
    deal = await convert(acme, lead)
    await deals.move_deal(await given.viewer(acme.anna), {"id": global_id(deal), "stage_id": global_id(acme.stages[1])})
    async with refused(ErrorCode.DEAL_CHANGED, "leadId") as caught:
        await undo(acme, lead)
    assert "force" in str(caught.value)
    async with told(acme.id):
        await undo(acme, lead, force=True)
    assert (await Deal.get(id=deal.id)).stage_id == acme.stages[1].id


async def test_the_lead_of_a_deleted_deal_comes_back_by_force(acme: given.Company) -> None:
    lead = await given.lead(acme.anna)
    note = await given.note(acme.anna, lead)
    deal = await convert(acme, lead)
    await deals.delete_deals(await given.viewer(acme.anna), {"ids": [global_id(deal)]})
    assert await places(acme) == 0
    async with refused(ErrorCode.DEAL_CHANGED, "leadId"):
        await undo(acme, lead)
    async with told(acme.id):
        await undo(acme, lead, force=True)
    assert (await Note.get(id=note.id)).lead_id == lead.id
    assert await places(acme) == 0


async def test_a_deal_that_others_joined_keeps_what_they_brought(acme: given.Company) -> None:
    lead = await given.lead(acme.anna)
    joining = await given.lead(acme.anna, person_id=(await given.person(acme.anna, "Ewa Lis")).id)
    theirs = await given.note(acme.anna, joining)
    call = await given.activity(acme.anna, joining, due_at=SOON)
    deal = await convert(acme, lead)
    await convert(acme, joining, into_deals=[{"lead_id": global_id(joining), "deal_id": global_id(deal)}])
    async with refused(ErrorCode.DEAL_CHANGED, "leadId"):
        await undo(acme, lead)
    async with told(acme.id):
        await undo(acme, lead, force=True)
    assert (await Note.get(id=theirs.id)).deal_id == deal.id
    async with told(acme.id):
        again = await convert(acme, lead)
    assert (again.id, again.next_activity_id) == (deal.id, call.id)
    async with told(acme.id):
        await undo(acme, joining)
    assert (await Note.get(id=theirs.id)).lead_id == joining.id
    assert (await Lead.get(id=joining.id)).next_activity_id == call.id


async def test_of_two_who_undo_at_once_one_does(acme: given.Company) -> None:
    lead = await given.lead(acme.anna)
    await convert(acme, lead)
    async with told(acme.id) as log:
        ends = await asyncio.gather(undo(acme, lead), undo(acme, lead), return_exceptions=True)
    assert sorted(isinstance(end, Refused) for end in ends) == [False, True]
    assert [change.kind for change in log] == [ChangeKind.CONVERSION_UNDONE]
    assert await places(acme) == 0


@pytest.mark.parametrize("status", [DealStatus.OPEN, DealStatus.LOST])
async def test_a_deal_becomes_a_new_lead_with_all_that_hangs_on_it(acme: given.Company, status: DealStatus) -> None:
    person = await given.person(acme.anna)
    deal = await given.deal(
        acme.bartek,
        acme.stages[1],
        "Łódź",
        [acme.label],
        person_id=person.id,
        value_minor=100,
        currency="PLN",
        source=OpportunitySource.WEB_FORM,
        visibility=Visibility.TEAM,
        status=status,
        closed_at=None if status is DealStatus.OPEN else SOON,
    )
    note = await given.note(acme.anna, deal)
    await given.comment(acme.anna, note)
    await given.activity(acme.anna, deal, done_at=SOON)
    call = await given.activity(acme.anna, deal, due_at=LATER)
    async with told(acme.id) as log:
        lead = await turn(acme, deal, expected_version=deal.version, client_mutation_id="m")
    assert (lead.title, lead.folded_title, lead.value_minor, lead.currency) == ("Łódź", "lodz", 100, "PLN")
    assert (lead.person_id, lead.owner_id, lead.visibility) == (person.id, acme.bartek.id, Visibility.TEAM)
    assert (lead.source, lead.version, lead.next_activity_id) == (OpportunitySource.CONVERSION, 1, call.id)
    assert await LeadLabel.filter(lead_id=lead.id).values_list("label_id", flat=True) == [acme.label.id]
    assert await Note.all().values_list("lead_id", "deal_id") == [(lead.id, None)]
    assert set(await Activity.all().values_list("lead_id", "deal_id")) == {(lead.id, None)}
    assert (await Deal.get(id=deal.id)).removed_at is not None
    assert await places(acme) == 0
    (change,) = log
    assert (change.kind, change.client_mutation_id) == (ChangeKind.DEAL_CONVERTED, "m")
    assert [subject["type"] for subject in change.subjects] == ["deal", "lead", "note", "activity", "activity"]


async def test_a_lead_made_of_a_deal_can_become_a_deal(acme: given.Company) -> None:
    first = await given.deal(acme.anna, acme.stages[0], person_id=(await given.person(acme.anna)).id)
    lead = await turn(acme, first)
    async with told(acme.id):
        second = await convert(acme, lead)
    assert second.id != first.id
    assert second.source is OpportunitySource.CONVERSION


async def test_turning_a_deal_into_a_lead_is_refused(acme: given.Company, other: given.Company) -> None:
    person = {"person_id": (await given.person(acme.anna)).id}
    won = await given.deal(acme.anna, acme.stages[0], status=DealStatus.WON, closed_at=SOON, **person)
    bare = await given.deal(acme.anna, acme.stages[0])
    invoiced = await given.deal(acme.anna, acme.stages[0], **person)
    await invoice(acme, invoiced)
    foreign = await given.deal(other.anna, other.stages[0])
    hidden = await given.deal(acme.celina, acme.stages[0], visibility=Visibility.OWNER, **person)
    removed = await given.deal(acme.anna, acme.stages[0], removed_at=now(), **person)
    for deal, code in (
        (won, ErrorCode.DEAL_WON),
        (bare, ErrorCode.LEAD_NEEDS_CONTACT),
        (invoiced, ErrorCode.HAS_INVOICE),
        (foreign, ErrorCode.NOT_FOUND),
        (hidden, ErrorCode.NOT_FOUND),
        (removed, ErrorCode.NOT_FOUND),
    ):
        async with refused(code, "id"):
            await turn(acme, deal)
    fine = await given.deal(acme.anna, acme.stages[0], **person)
    async with refused(ErrorCode.VERSION_CONFLICT, "expectedVersion"):
        await turn(acme, fine, expected_version=7)
    lead = await given.lead(acme.anna)
    for key, code in ((global_id(lead), ErrorCode.CAPABILITY_MISSING), ("x", ErrorCode.INVALID)):
        async with refused(code, "id"):
            await convert_deal_to_lead(await given.viewer(acme.anna), {"id": key})


async def test_turning_a_deal_frees_its_place(acme: given.Company) -> None:
    await Plan.create(name="One", open_deal_limit=1)
    await Account.filter(id=acme.id).update(plan_name="One")
    deal = await given.deal(acme.anna, acme.stages[0], person_id=(await given.person(acme.anna)).id)
    waiting = await given.lead(acme.anna, person_id=(await given.person(acme.anna, "Ewa Lis")).id)
    await convert_leads(await given.viewer(acme.anna), {"lead_ids": [global_id(waiting)], "on_limit": OnLimit.WAITLIST})
    await turn(acme, deal)
    assert [change.kind for change in await Change.filter(account_id=acme.id).order_by("revision")] == [
        ChangeKind.LEAD_WAITLISTED, ChangeKind.DEAL_CONVERTED, ChangeKind.LEAD_CONVERTED
    ]  # fmt: skip
