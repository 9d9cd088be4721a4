"""Taking conversions back, and turning deals into leads."""

from datetime import timedelta
from typing import Any, TypedDict
from uuid import UUID

from models import changes
from models.base import now
from models.changes import ChangeKind, Subject
from models.conversions import Conversion
from models.deals import Deal, DealStatus
from models.invoices import Invoice, InvoiceStatus
from models.leads import Lead
from models.opportunities import OpportunitySource
from models.participants import Participant
from resolvers import access, activities, carrying, commands, ids, labels, merges, participants, usage
from resolvers.access import Viewer
from resolvers.carrying import Children
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults

UNDOABLE = timedelta(days=30)


class ConversionUndoing(TypedDict, total=False):
    """A conversion to take back; `force` although the deal was changed since."""

    lead_id: str
    force: bool
    client_mutation_id: str | None


class DealTurning(TypedDict, total=False):
    """A deal to turn into a lead."""

    id: str
    expected_version: int | None
    client_mutation_id: str | None


async def undo_conversion(viewer: Viewer, undoing: ConversionUndoing) -> UUID:
    """Take a conversion back within 30 days; returns the lead, which is the same one as before.

    A deal that the conversion made is removed, with its own data kept, and everything on it goes
    back to the lead; a deal that the lead joined stays, and gives back what it was given.
    """
    key = ids.expect("Lead", undoing["lead_id"], "leadId")
    async with commands.begin(viewer, undoing) as ledger:
        lead, conversion = await _lock_converted(viewer, key)
        deal = await _lock_deal(viewer, conversion)
        if conversion.into_existing:
            await _refuse_merged(lead, conversion, deal)
            children = await _recorded(conversion)
        else:
            await _require_undoable(lead, conversion, deal, force=bool(undoing.get("force")))
            children = await _all_but_joined(conversion)
        was_open = not conversion.into_existing and deal.status is DealStatus.OPEN and deal.removed_at is None
        await carrying.hand_to_lead(children, lead.id)
        subjects = [
            await _bring_back(lead, children),
            await (_give_back(deal, conversion) if conversion.into_existing else _remove(deal)),
            *children.subjects({"lead_id": None, "deal_id": deal.id}, {"lead_id": lead.id, "deal_id": None}),
            *await _take_out(conversion),
            await _mark_undone(conversion),
        ]
        ledger.record(ChangeKind.CONVERSION_UNDONE, *subjects)
        await usage.free_places(viewer.account_id, int(was_open))
    if was_open:
        await usage.admit_waiting(viewer.account_id)
    return lead.id


async def _lock_converted(viewer: Viewer, key: UUID) -> tuple[Lead, Conversion]:
    lead = await Lead.filter(access.visible(viewer), id=key).select_for_update().get_or_none()
    if lead is None:
        raise access.not_found("Lead", "leadId")
    conversion = await Conversion.get_or_none(lead_id=key, undone_at__isnull=True)
    if conversion is None:
        raise refuse(ErrorCode.NOT_FOUND, "This lead has no conversion that could be undone.", "leadId")
    if conversion.at < now() - UNDOABLE:
        message = f"A conversion can be undone for {UNDOABLE.days} days, and this one is older: use convertDealToLead."
        raise refuse(ErrorCode.INVALID, message, "leadId")
    return lead, conversion


async def _lock_deal(viewer: Viewer, conversion: Conversion) -> Deal:
    """The deal of a conversion, locked, be it removed since; not one that has gone out of sight."""
    deal = await Deal.filter(access.visible(viewer), id=conversion.deal_id).select_for_update().get_or_none()
    if deal is None:
        raise access.not_found("Deal", "leadId")
    return deal


async def _require_undoable(lead: Lead, conversion: Conversion, deal: Deal, *, force: bool) -> None:
    faults = Faults()
    with faults.noted():
        _refuse_won(deal, "leadId")
    with faults.noted():
        await _refuse_invoiced(deal, "leadId")
    with faults.noted():
        await _refuse_merged(lead, conversion, deal)
    faults.raise_any()
    if force:
        return
    if deal.removed_at is not None:
        message = "The deal was deleted or turned into another lead since: undo with force to have this lead again."
        raise refuse(ErrorCode.DEAL_CHANGED, message, "leadId")
    if deal.version != conversion.deal_version:
        message = "The deal was changed since, and undoing drops those changes: undo with force if you mean it."
        raise refuse(ErrorCode.DEAL_CHANGED, message, "leadId")
    if await _joined(deal.id):
        message = "Other leads have joined this deal: undo their conversions first, or undo with force."
        raise refuse(ErrorCode.DEAL_CHANGED, message, "leadId")


def _refuse_won(deal: Deal, *path: str) -> None:
    if deal.status is DealStatus.WON and deal.removed_at is None:
        raise refuse(ErrorCode.DEAL_WON, "This deal is won: reopen it first.", *path)


async def _refuse_invoiced(deal: Deal, *path: str) -> None:
    if await Invoice.filter(deal_id=deal.id).exclude(status=InvoiceStatus.VOID).exists():
        raise refuse(ErrorCode.HAS_INVOICE, "This deal has an invoice: void it first.", *path)


async def _refuse_merged(lead: Lead, conversion: Conversion, deal: Deal) -> None:
    contacts = (lead.person_id, lead.organization_id, deal.person_id, deal.organization_id)
    if await merges.merged_since(conversion.at, contacts, (lead.id, deal.id)):
        message = "Its contact was merged into another since the conversion: undo that merge first."
        raise refuse(ErrorCode.CONTACT_MERGED_SINCE, message, "leadId")


async def _joined(deal_id: UUID) -> list[Conversion]:
    return await Conversion.filter(deal_id=deal_id, into_existing=True, undone_at__isnull=True)


async def _recorded(conversion: Conversion) -> Children:
    """Of what the conversion moved to the deal, what is still there."""
    moved = _kept(conversion)
    return _those(await _children(conversion.deal_id), moved, among=True)


async def _all_but_joined(conversion: Conversion) -> Children:
    """Everything on the deal, except what other leads brought along that joined it."""
    others = await _joined(conversion.deal_id)
    theirs = {key for each in others for key in _kept(each)}
    return _those(await _children(conversion.deal_id), theirs, among=False)


def _kept(conversion: Conversion) -> set[str]:
    """The keys of what a conversion moved to its deal. Those before there was mail keep none of it."""
    moved = conversion.moved
    return {*moved["notes"], *moved["activities"], *moved.get("mail", [])}


async def _children(deal_id: UUID) -> Children:
    return (await carrying.children_of("deal_id", [deal_id]))[deal_id]


def _those(children: Children, keys: set[str], *, among: bool) -> Children:
    return Children(
        [key for key in children.notes if (str(key) in keys) is among],
        [each for each in children.activities if (str(each.id) in keys) is among],
        [key for key in children.mail if (str(key) in keys) is among],
    )


async def _bring_back(lead: Lead, children: Children) -> Subject:
    before = await _snapshot("lead", lead)
    columns = carrying.activity_columns(None, children)
    lead.next_activity_id, lead.next_activity_at = columns["next_activity_id"], columns["next_activity_at"]
    lead.removed_at = None
    return await _altered("lead", lead, before)


async def _altered(kind: labels.Kind, row: Lead | Deal, before: dict[str, Any]) -> Subject:
    row.version += 1
    row.updated_at = now()
    await row.save()
    return changes.altered(kind, before, await _snapshot(kind, row))


async def _snapshot(kind: labels.Kind, row: Lead | Deal) -> dict[str, Any]:
    return changes.snapshot(row, label_ids=(await labels.labels_of(kind, [row.id]))[row.id])


async def _remove(deal: Deal) -> Subject:
    before = await _snapshot("deal", deal)
    deal.removed_at = deal.removed_at or now()
    await _keep_next(deal)
    return await _altered("deal", deal, before)


async def _keep_next(deal: Deal) -> None:
    """Work out what is next on a deal from what still hangs on it."""
    left = (await _children(deal.id)).activities
    following = activities.next_activity(left)
    deal.next_activity_id = following.id if following else None
    deal.next_activity_at = following.due_at if following else None
    deal.last_activity_at = activities.last_activity_at(left)


async def _give_back(deal: Deal, conversion: Conversion) -> Subject:
    """Take from a deal the contacts that the lead gave it, unless they were changed since."""
    before = await _snapshot("deal", deal)
    given = {*conversion.moved["people"], *conversion.moved["organizations"]}
    taken = {name: None for name in ("person_id", "organization_id") if str(getattr(deal, name)) in given}
    await _keep_next(deal)
    if not taken:
        await deal.save()
        return changes.altered("deal", before, await _snapshot("deal", deal))
    deal.update_from_dict(taken)
    return await _altered("deal", deal, before)


async def _take_out(conversion: Conversion) -> list[Subject]:
    """Remove from a deal the people who took part since the lead joined it, as far as they still do."""
    rows = await Participant.filter(id__in=conversion.moved.get("participants", [])).order_by("id")
    await Participant.filter(id__in=[row.id for row in rows]).delete()
    return participants.leaving(rows)


async def _mark_undone(conversion: Conversion) -> Subject:
    before = changes.snapshot(conversion)
    conversion.undone_at = now()
    await conversion.save(update_fields=["undone_at"])
    return changes.altered("conversion", before, changes.snapshot(conversion))


async def convert_deal_to_lead(viewer: Viewer, turning: DealTurning) -> UUID:
    """Turn a deal, open or lost, into a new lead, which gets all that hangs on the deal; returns the lead.

    The deal is removed. It needs a contact, as a lead does, and must have no invoice that is not void.
    """
    key = ids.expect("Deal", turning["id"], "id")
    async with commands.begin(viewer, turning) as ledger:
        deal = await access.find_one(viewer, Deal, key, "id", lock=True)
        await _require_turnable(deal, turning)
        was_open = deal.status is DealStatus.OPEN
        children = (await carrying.children_of("deal_id", [deal.id]))[deal.id]
        lead, added = await _add_lead(deal, children)
        await carrying.hand_to_lead(children, lead.id)
        moved = children.subjects({"lead_id": None, "deal_id": deal.id}, {"lead_id": lead.id, "deal_id": None})
        ledger.record(ChangeKind.DEAL_CONVERTED, await _remove(deal), added, *moved)
        await usage.free_places(viewer.account_id, int(was_open))
    if was_open:
        await usage.admit_waiting(viewer.account_id)
    return lead.id


async def _require_turnable(deal: Deal, turning: DealTurning) -> None:
    faults = Faults()
    with faults.noted():
        commands.check_version(deal, turning)
    with faults.noted():
        _refuse_won(deal, "id")
    with faults.noted():
        await _refuse_invoiced(deal, "id")
    with faults.noted():
        if deal.person_id is None and deal.organization_id is None:
            message = "A lead needs a contact: give the deal a person or an organization first."
            raise refuse(ErrorCode.LEAD_NEEDS_CONTACT, message, "id")
    faults.raise_any()


async def _add_lead(deal: Deal, children: Children) -> tuple[Lead, Subject]:
    label_ids = (await labels.labels_of("deal", [deal.id]))[deal.id]
    following = carrying.activity_columns(None, children)
    del following["last_activity_at"]  # a deal's alone
    lead = await Lead.create(**carrying.carried(deal) | following | {"source": OpportunitySource.CONVERSION})
    await labels.put_labels("lead", lead.account_id, lead.id, label_ids)
    return lead, changes.added("lead", changes.snapshot(lead, label_ids=label_ids))
