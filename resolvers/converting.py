"""Carrying a plan out: one transaction in which leads become deals, in a constant number of statements."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.expressions import F

from models import changes
from models.base import now
from models.changes import ChangeKind, Ledger, Subject
from models.conversions import Conversion, WaitingConversion
from models.deals import VALUE, Deal, DealStatus, has_lines
from models.labels import DealLabel
from models.leads import Lead
from models.participants import Participant
from resolvers import carrying, labels, participants
from resolvers.access import Viewer
from resolvers.carrying import Children
from resolvers.conversion_reports import ConversionOutcome
from resolvers.conversion_requests import Order
from resolvers.planning import Plan, deal_columns

Moved = dict[str, list[str]]


class _Work:
    """What a conversion writes, gathered lead by lead and written at the end, kind by kind."""

    def __init__(self, viewer: Viewer, order: Order, at: datetime) -> None:
        self.viewer = viewer
        self.order = order
        self.at = at
        self.label_ids: dict[UUID, list[UUID]] = {}
        self.deal_label_ids: dict[UUID, list[UUID]] = {}
        self.made: list[Deal] = []
        self.changed: dict[UUID, Deal] = {}
        self.labels: list[DealLabel] = []
        self.conversions: list[Conversion] = []
        self.taking_part: dict[UUID, set[UUID]] = {}
        self.participants: list[Participant] = []


async def carry_out(viewer: Viewer, order: Order, plans: Sequence[Plan], ledger: Ledger) -> int:
    """Convert the leads whose plans say so, and put those in line that are to wait; one change for each.

    The leads and deals of the plans must be locked, and the places taken. Returns how many
    changes were recorded.
    """
    going = [plan for plan in plans if plan.outcome is ConversionOutcome.CONVERTED]
    waiting = [plan for plan in plans if plan.outcome is ConversionOutcome.WAITLISTED]
    if going:
        await _convert(viewer, order, going, ledger)
    if waiting:
        await _put_in_line(viewer, order, waiting, ledger)
    return len(going) + len(waiting)


async def _convert(viewer: Viewer, order: Order, plans: Sequence[Plan], ledger: Ledger) -> None:
    lead_ids = [plan.lead_id for plan in plans]
    work = _Work(viewer, order, now())
    await _claim(lead_ids, work.at)
    children = await carrying.children_of("lead_id", lead_ids)
    work.label_ids = await labels.labels_of("lead", lead_ids)
    former = [plan.former.id for plan in plans if plan.former is not None]
    targets = [plan.target.id for plan in plans if plan.target is not None]
    if former or targets:
        work.deal_label_ids = await labels.labels_of("deal", [*former, *targets])
    if targets:
        work.taking_part = await participants.those_of(targets)
    if former:
        await DealLabel.filter(deal_id__in=former).delete()
    for plan in plans:
        if plan.lead is not None:
            ledger.record(ChangeKind.LEAD_CONVERTED, *_convert_one(work, plan, plan.lead, children[plan.lead_id]))
    await _write(work, lead_ids)


async def _claim(lead_ids: Sequence[UUID], at: datetime) -> None:
    """Take the leads out of the inbox; nobody else can have done so, as their rows are locked."""
    rows = Lead.filter(id__in=list(lead_ids), removed_at__isnull=True)
    gone: dict[str, Any] = {"removed_at": at, "next_activity_id": None, "next_activity_at": None}
    claimed = await rows.update(**gone, version=F("version") + 1, updated_at=at)
    if claimed != len(lead_ids):
        raise RuntimeError(f"claimed {claimed} of {len(lead_ids)} locked leads")


def _convert_one(work: _Work, plan: Plan, lead: Lead, children: Children) -> list[Subject]:
    joining: list[Participant] = []
    if plan.target is not None:
        deal, deal_subject, given = _fill(work, plan, plan.target, children)
        joining = _take_part(work, plan, plan.target)
        given["participants"] = [str(each.id) for each in joining]
    else:
        deal, deal_subject = _become(work, plan, lead, children)
        given = {"people": [], "organizations": []}
    conversion = Conversion(
        account_id=lead.account_id,
        lead_id=lead.id,
        deal_id=deal.id,
        by_id=work.viewer.user_id,
        at=work.at,
        into_existing=plan.target is not None,
        deal_version=deal.version,
        moved={**children.ids, **given},
    )
    work.conversions.append(conversion)
    plan.deal_id = deal.id
    return [
        _leave(lead, work),
        deal_subject,
        *children.subjects({"lead_id": lead.id, "deal_id": None}, {"lead_id": None, "deal_id": deal.id}),
        *participants.joining(joining),
        changes.added("conversion", changes.snapshot(conversion)),
    ]


def _leave(lead: Lead, work: _Work) -> Subject:
    before = changes.snapshot(lead, label_ids=work.label_ids[lead.id])
    lead.removed_at, lead.updated_at, lead.version = work.at, work.at, lead.version + 1
    lead.next_activity_id = lead.next_activity_at = None
    return changes.altered("lead", before, changes.snapshot(lead, label_ids=work.label_ids[lead.id]))


def _become(work: _Work, plan: Plan, lead: Lead, children: Children) -> tuple[Deal, Subject]:
    """The deal that a lead becomes: a new one, or the one it was before its conversion was undone."""
    columns = deal_columns(work.order, plan, lead) | carrying.activity_columns(plan.former, children)
    columns |= {"source_lead_id": lead.id, "stage_entered_at": work.at}
    label_ids = work.label_ids[lead.id]
    if plan.former is None:
        deal = Deal(**columns, created_at=work.at, updated_at=work.at)
        work.made.append(deal)
        subject = changes.added("deal", changes.snapshot(deal, label_ids=label_ids))
    else:
        deal = plan.former
        if has_lines(deal):  # kept while it was removed, and so is what they come to
            columns = {name: value for name, value in columns.items() if name not in VALUE}
        before = changes.snapshot(deal, label_ids=work.deal_label_ids[deal.id])
        _revive(deal, columns, work.at)
        work.changed[deal.id] = deal
        subject = changes.altered("deal", before, changes.snapshot(deal, label_ids=label_ids))
    work.labels += [DealLabel(account_id=lead.account_id, deal_id=deal.id, label_id=label) for label in label_ids]
    return deal, subject


def _revive(deal: Deal, columns: dict[str, Any], at: datetime) -> None:
    opened = {"status": DealStatus.OPEN, "closed_at": None, "lost_reason": None, "removed_at": None}
    deal.update_from_dict({**columns, **opened, "version": deal.version + 1, "updated_at": at})


def _fill(work: _Work, plan: Plan, deal: Deal, children: Children) -> tuple[Deal, Subject, Moved]:
    """A deal that a lead joins: it gets the contacts it lacks and the earlier next activity, no value."""
    label_ids = work.deal_label_ids[deal.id]
    before = changes.snapshot(deal, label_ids=label_ids)
    contacts = {"person_id": plan.person_id, "organization_id": plan.organization_id}
    filling = {name: key for name, key in contacts.items() if key is not None and getattr(deal, name) is None}
    if filling:
        deal.update_from_dict({**filling, "version": deal.version + 1, "updated_at": work.at})
    deal.update_from_dict(carrying.activity_columns(deal, children))
    work.changed[deal.id] = deal
    given = {
        "people": [str(filling["person_id"])] if "person_id" in filling else [],
        "organizations": [str(filling["organization_id"])] if "organization_id" in filling else [],
    }
    return deal, changes.altered("deal", before, changes.snapshot(deal, label_ids=label_ids)), given


def _take_part(work: _Work, plan: Plan, deal: Deal) -> list[Participant]:
    """The person of a lead that joins a deal takes part in it, where the deal has another of its own."""
    person_id, there = plan.person_id, work.taking_part[deal.id]
    if person_id is None or person_id == deal.person_id or person_id in there:
        return []
    there.add(person_id)
    joining = [Participant(account_id=deal.account_id, deal_id=deal.id, person_id=person_id, added_at=work.at)]
    work.participants += joining
    return joining


async def _write(work: _Work, lead_ids: Sequence[UUID]) -> None:
    await Deal.bulk_create(work.made)
    await carrying.rewrite(work.changed.values())
    await DealLabel.bulk_create(work.labels)
    await Participant.bulk_create(work.participants)
    await Conversion.bulk_create(work.conversions)
    await carrying.hand_to_deals(lead_ids)
    await WaitingConversion.filter(lead_id__in=list(lead_ids)).delete()


async def _put_in_line(viewer: Viewer, order: Order, plans: Sequence[Plan], ledger: Ledger) -> None:
    """Keep what was decided for each lead; one that is in line already keeps its turn."""
    lead_ids = [plan.lead_id for plan in plans]
    in_line = {entry.lead_id: entry for entry in await WaitingConversion.filter(lead_id__in=lead_ids)}
    new: list[WaitingConversion] = []
    for plan in plans:
        if plan.lead is None:
            continue
        entry = in_line.get(plan.lead_id)
        if entry is None:
            entry = WaitingConversion(account_id=viewer.account_id, lead_id=plan.lead_id)
            new.append(entry)
        entry.requested_by_id, entry.request = viewer.user_id, _frozen(order, plan, plan.lead)
        same = changes.snapshot(plan.lead)
        ledger.record(ChangeKind.LEAD_WAITLISTED, changes.altered("lead", same, same))
    await WaitingConversion.bulk_create(new)
    await carrying.rewrite(in_line.values())


def _frozen(order: Order, plan: Plan, lead: Lead) -> dict[str, Any]:
    """What was decided for a lead, for the day when there is a place."""
    contacts = {lead.person_id: plan.person_id, lead.organization_id: plan.organization_id}
    return {
        "stage_id": str(order.stage.id),
        "owner_id": None if order.owner_id is None else str(order.owner_id),
        "contacts": {str(contact): str(used) for contact, used in contacts.items() if contact is not None},
        "unarchive": order.unarchive,
        "client_mutation_id": order.client_mutation_id,
    }
