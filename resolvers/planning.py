"""What converting would do to each lead, decided before anything is written.

A dry run, a preview and the conversion itself make the same plan; the conversion holds the
rows it was made from.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from models.conversions import Conversion
from models.deals import Deal, DealStatus
from models.leads import Lead
from resolvers import access, carrying, duplicates
from resolvers.access import Viewer
from resolvers.conversion_reports import ConversionOutcome, LeadResult, Review
from resolvers.conversion_requests import OnError, OnLimit, Order
from resolvers.duplicates import Resolution
from resolvers.errors import ErrorCode, UserError
from resolvers.matching import ContactType

HELD_BACK = frozenset({ConversionOutcome.FAILED, ConversionOutcome.NEEDS_REVIEW})


@dataclass
class Scene:
    """The rows that a plan is made from.

    `leads` has converted ones too, as tombstones; `conversions` says where those went, and
    `answered` which of their deals the viewer sees. `targets` are the deals that leads join, by
    their keys, `former` the removed deals that leads once were, by the leads' keys.
    """

    leads: dict[UUID, Lead] = field(default_factory=dict)
    conversions: dict[UUID, Conversion] = field(default_factory=dict)
    answered: set[UUID] = field(default_factory=set)
    targets: dict[UUID, Deal] = field(default_factory=dict)
    former: dict[UUID, Deal] = field(default_factory=dict)


@dataclass
class Plan:
    """What converting does to one lead: its outcome, or, where that is CONVERTED, what it will be.

    `target` is the deal it joins, `former` the removed deal it is once more; with neither a deal
    is made. The contacts are those the deal gets.
    """

    lead_id: UUID
    place: int
    lead: Lead | None = None
    outcome: ConversionOutcome = ConversionOutcome.CONVERTED
    errors: list[UserError] = field(default_factory=list)
    review: list[Review] = field(default_factory=list)
    deal_id: UUID | None = None
    target: Deal | None = None
    former: Deal | None = None
    person_id: UUID | None = None
    organization_id: UUID | None = None

    @property
    def needs_place(self) -> bool:
        """Whether it takes a place under the plan's limit."""
        return self.outcome is ConversionOutcome.CONVERTED and self.target is None

    @property
    def result(self) -> LeadResult:
        """The outcome as it is told."""
        return LeadResult(self.lead_id, self.outcome, self.deal_id, self.errors)

    def fail(self, code: ErrorCode, message: str, *path: str | int) -> None:
        """Hold the lead back with an error."""
        self.outcome, self.deal_id = ConversionOutcome.FAILED, None
        self.errors.append(UserError(code, message, [str(step) for step in path]))


async def survey(viewer: Viewer, order: Order, *, lock: bool) -> Scene:
    """Read what an order is about; `lock` holds it, leads before deals, each in the order of their keys."""
    leads: Any = Lead.filter(access.visible(viewer), id__in=list(order.leads)).order_by("id")
    scene = Scene({lead.id: lead for lead in await (leads.select_for_update() if lock else leads)})
    removed = [lead.id for lead in scene.leads.values() if lead.removed_at is not None]
    if removed:
        earlier = await Conversion.filter(lead_id__in=removed, undone_at__isnull=True)
        scene.conversions = {conversion.lead_id: conversion for conversion in earlier}
        scene.answered = set(await access.find(viewer, Deal, [each.deal_id for each in earlier]))
    live = [lead.id for lead in scene.leads.values() if lead.removed_at is None]
    if live:
        joined = Q(access.visible(viewer), id__in=[key for key, _ in order.into.values()], removed_at__isnull=True)
        deals: Any = Deal.filter(joined | Q(source_lead_id__in=live)).order_by("id")
        for deal in await (deals.select_for_update() if lock else deals):
            _sort_in(scene, deal)
    return scene


def _sort_in(scene: Scene, deal: Deal) -> None:
    if deal.removed_at is None:
        scene.targets[deal.id] = deal
    elif deal.source_lead_id is not None:
        scene.former[deal.source_lead_id] = deal


async def make_plans(viewer: Viewer, order: Order, scene: Scene) -> list[Plan]:
    """The plan for each lead in the order asked, before the limit and before one holds back others."""
    plans = [_begin(order, scene, lead_id, place) for lead_id, place in order.leads.items()]
    resolution = await resolve_contacts(viewer, order, plans)
    for plan in plans:
        if plan.lead is not None:
            plan.person_id = _used(resolution, plan.lead.person_id)
            plan.organization_id = _used(resolution, plan.lead.organization_id)
            _check(viewer, order, plan, plan.lead)
            _review(plan, plan.lead, resolution)
    return plans


def _begin(order: Order, scene: Scene, lead_id: UUID, place: int) -> Plan:
    lead, earlier = scene.leads.get(lead_id), scene.conversions.get(lead_id)
    plan = Plan(lead_id, place)
    if earlier is not None:
        plan.outcome = ConversionOutcome.ALREADY_CONVERTED
        plan.deal_id = earlier.deal_id if earlier.deal_id in scene.answered else None
    elif lead is None or lead.removed_at is not None:
        plan.fail(ErrorCode.NOT_FOUND, "There is no such lead, or you may not see it.", "leadIds", place)
    else:
        plan.lead = lead
        if lead_id in order.into:
            deal_id, at = order.into[lead_id]
            _join(plan, scene.targets.get(deal_id), at)
        else:
            plan.former = scene.former.get(lead_id)
    return plan


def _join(plan: Plan, deal: Deal | None, at: int) -> None:
    path = ("intoDeals", at, "dealId")
    if deal is None:
        plan.fail(ErrorCode.NOT_FOUND, "There is no such deal, or you may not see it.", *path)
    elif deal.status is DealStatus.WON:
        plan.fail(ErrorCode.DEAL_WON, "This deal is won: reopen it before leads join it.", *path)
    elif deal.status is DealStatus.LOST:
        plan.fail(ErrorCode.INVALID, "This deal is lost: reopen it before leads join it.", *path)
    else:
        plan.target, plan.deal_id = deal, deal.id


async def resolve_contacts(viewer: Viewer, order: Order, plans: Sequence[Plan]) -> Resolution:
    """Decide about every contact that a deal would get from a lead."""
    contacts = [contact for plan in plans if plan.lead is not None for contact in _contacts(plan, plan.lead)]
    people = [key for kind, key in contacts if kind == "Person"]
    organizations = [key for kind, key in contacts if kind == "Organization"]
    return await duplicates.resolve(viewer, order.on_duplicates, order.contacts, people, organizations)


def _contacts(plan: Plan, lead: Lead) -> Iterator[tuple[ContactType, UUID]]:
    """The contacts of a lead that its deal gets; a deal that it joins keeps those it has."""
    if lead.person_id is not None and (plan.target is None or plan.target.person_id is None):
        yield "Person", lead.person_id
    if lead.organization_id is not None and (plan.target is None or plan.target.organization_id is None):
        yield "Organization", lead.organization_id


def _used(resolution: Resolution, contact: UUID | None) -> UUID | None:
    return None if contact is None else resolution.used.get(contact, contact)


def _check(viewer: Viewer, order: Order, plan: Plan, lead: Lead) -> None:
    at = ("leadIds", plan.place)
    if lead.archived_at is not None and not order.unarchive:
        plan.fail(ErrorCode.LEAD_ARCHIVED, "This lead is archived: unarchive it, or convert with unarchive.", *at)
    version, place = order.versions.get(lead.id, (lead.version, 0))
    if version != lead.version:
        message = f"This lead is at version {lead.version} now: read it again before you convert it."
        plan.fail(ErrorCode.VERSION_CONFLICT, message, "expectedVersions", place, "version")
    if lead.person_id is None and lead.organization_id is None:
        plan.fail(ErrorCode.LEAD_NEEDS_CONTACT, "This lead has no contact: give it a person or an organization.", *at)
    if plan.target is None and lead.id not in order.into:
        _check_new_deal(viewer, order, plan, lead)


def _check_new_deal(viewer: Viewer, order: Order, plan: Plan, lead: Lead) -> None:
    if order.owner_id not in (None, lead.owner_id) and not viewer.is_admin and lead.owner_id != viewer.user_id:
        message = "Only the lead's owner or an admin may give the deal to another owner: leave ownerId out."
        plan.fail(ErrorCode.FORBIDDEN, message, "ownerId")
    missing = order.requirements.missing(deal_columns(order, plan, lead))
    if missing:
        message = f"A deal in the stage {order.stage.name} must have {', '.join(missing)}: give the lead these first."
        plan.fail(ErrorCode.REQUIRED_FIELD_MISSING, message, "leadIds", plan.place)


def deal_columns(order: Order, plan: Plan, lead: Lead) -> dict[str, Any]:
    """The columns that the lead's deal gets from the lead and from what was asked."""
    return carrying.carried(lead) | {
        "person_id": plan.person_id,
        "organization_id": plan.organization_id,
        "owner_id": order.owner_id or lead.owner_id,
        "pipeline_id": order.stage.pipeline_id,
        "stage_id": order.stage.id,
    }


def _review(plan: Plan, lead: Lead, resolution: Resolution) -> None:
    plan.review = [
        Review(lead.id, kind, contact, resolution.unanswered[contact])
        for kind, contact in _contacts(plan, lead)
        if contact in resolution.unanswered
    ]
    if plan.review and plan.outcome is ConversionOutcome.CONVERTED:
        message = "A contact of this lead looks like others: say in contacts which one to use."
        plan.fail(ErrorCode.DUPLICATE_CONTACTS, message, "leadIds", plan.place)
        plan.outcome = ConversionOutcome.NEEDS_REVIEW


def share_places(plans: Sequence[Plan], places: int | None, on_limit: OnLimit) -> None:
    """Give the places that are there (null: any number) to leads in the order asked; the others wait or fail."""
    needing = [plan for plan in plans if plan.needs_place]
    for plan in [] if places is None else needing[places:]:
        if on_limit is OnLimit.WAITLIST:
            plan.outcome = ConversionOutcome.WAITLISTED
        else:
            message = (
                "The plan has no place for this deal: close or delete an open deal, move to a larger plan, "
                "or convert with onLimit WAITLIST."
            )
            plan.fail(ErrorCode.OPEN_DEAL_LIMIT, message, "leadIds", plan.place)


def hold_back(plans: Sequence[Plan], on_error: OnError) -> bool:
    """Under ABORT, where one lead is held back, skip all others that would change; whether that was so."""
    if on_error is OnError.SKIP or not any(plan.outcome in HELD_BACK for plan in plans):
        return False
    for plan in plans:
        if plan.outcome in {ConversionOutcome.CONVERTED, ConversionOutcome.WAITLISTED}:
            plan.outcome, plan.deal_id = ConversionOutcome.SKIPPED, None
    return True
