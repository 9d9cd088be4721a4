"""Leads: prospects in the inbox."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import strawberry

from resolvers import leads
from resolvers.access import Viewer
from resolvers.ids import encode
from resolvers.reads.declare import Connection, Many, Term
from resolvers.reads.filters import by_lead_filter, by_lead_search
from resolvers.reads.run import Ref
from schema.activities import ACTIVITIES_OF_LEAD, ActivityConnection, activities_paged
from schema.common import DeletePayload, Label, PageInfo, UserError
from schema.custom_fields import BY_CUSTOM_FIELD, VALUES_OF_LEAD, CustomFieldFilter, CustomFieldValue
from schema.declaring import Answer, command, identifies, paged, reads, shows
from schema.enums import Capability, Direction, OpportunitySource
from schema.mail import DROP_ADDRESS, LEAD_ADDRESS, MAIL, MAIL_OF_LEAD, MailMessageConnection
from schema.notes import NOTES_OF_LEAD, NoteConnection
from schema.opportunities import NewOpportunity, Opportunity, OpportunityPatch, capabilities_of

LEADS = Connection(
    "Lead",
    orders={
        "CREATED_AT": (Term("{a}.created_at", "instant"),),
        "UPDATED_AT": (Term("{a}.updated_at", "instant"),),
        "TITLE": (Term("{a}.folded_title"),),
        "VALUE": (Term("{a}.currency", nullable=True), Term("{a}.value_minor", "int", nullable=True)),
        "NEXT_ACTIVITY": (Term("{a}.next_activity_at", "instant", nullable=True),),
        "CUSTOM_FIELD": (Term(BY_CUSTOM_FIELD.format(owner="lead_id"), nullable=True),),
    },
    keyed={"CUSTOM_FIELD": ("customFieldId", "CustomField")},
    filters=(by_lead_filter,),
    scoped_filters=(by_lead_search,),
)


@strawberry.type(
    description="A prospect in the lead inbox: not yet in any pipeline, and never counted against the plan."
)
class Lead(Opportunity):
    """A lead."""

    id: strawberry.ID = identifies("Lead")
    labels: list[Label] = reads(
        Many("Label", through=("lead_labels", "lead_id", "label_id"), order=(Term("{a}.name"),))
    )
    custom_fields: list[CustomFieldValue] = reads(VALUES_OF_LEAD, "The values of custom fields that it has.")
    capabilities: list[Capability] = capabilities_of("Lead")
    notes = reads(NOTES_OF_LEAD, arguments=paged, answers=NoteConnection)
    mail_messages = reads(MAIL_OF_LEAD, MAIL, arguments=paged, answers=MailMessageConnection)
    drop_address: str | None = reads(LEAD_ADDRESS, DROP_ADDRESS)
    activities = reads(ACTIVITIES_OF_LEAD, arguments=activities_paged, answers=ActivityConnection)
    archived_at: datetime | None = shows("archived_at", "instant", capability=Capability.ARCHIVING)
    is_seen: bool = shows("is_seen", "flag")


@strawberry.type(description="One lead in a list.")
class LeadEdge:
    """A lead and where it lies."""

    cursor: str
    node: Lead


@strawberry.type(description="A page of leads.")
class LeadConnection:
    """A page of leads."""

    edges: list[LeadEdge]
    nodes: list[Lead]
    page_info: PageInfo
    total_count: int


@strawberry.input(description="Which leads.")
class LeadFilter:
    """What leads are narrowed down by; `search` looks into title, contacts, notes and custom fields."""

    archived: bool | None = False
    owner_ids: list[strawberry.ID] | None = strawberry.UNSET
    label_ids: list[strawberry.ID] | None = strawberry.UNSET
    sources: list[OpportunitySource] | None = strawberry.UNSET
    search: str | None = strawberry.UNSET
    custom_fields: list[CustomFieldFilter] | None = strawberry.UNSET


@strawberry.enum(
    description="What leads are ordered by. VALUE groups by currency; CUSTOM_FIELD is the one of customFieldId; "
    "nulls come last."
)
class LeadOrderField(StrEnum):
    """What leads are ordered by."""

    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"
    TITLE = "TITLE"
    VALUE = "VALUE"
    NEXT_ACTIVITY = "NEXT_ACTIVITY"
    CUSTOM_FIELD = "CUSTOM_FIELD"


@strawberry.input(description="How leads are ordered.")
class LeadOrder:
    """A field and a direction."""

    field: LeadOrderField
    direction: Direction = Direction.DESC
    custom_field_id: strawberry.ID | None = strawberry.UNSET


def leads_paged(
    root: object,
    filter: LeadFilter | None = strawberry.UNSET,
    order_by: LeadOrder | None = strawberry.UNSET,
    first: int | None = 50,
    after: str | None = None,
) -> Any:
    """The arguments of the lead inbox."""


@strawberry.input(description="A new lead. It needs a person or an organization.")
class CreateLeadInput(NewOpportunity):
    """A new lead."""


@strawberry.input(description="What to change of a lead; what is left out stays, null unsets.")
class UpdateLeadInput(OpportunityPatch):
    """A change of a lead."""

    is_seen: bool | None = strawberry.UNSET


@strawberry.input(description="Up to 1,000 leads.")
class LeadIdsInput:
    """Leads."""

    ids: list[strawberry.ID]
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.type(description="What became of a lead.")
class LeadPayload:
    """The lead after the command."""

    lead: Lead | None
    stayed_behind: list[Capability] = strawberry.field(
        description="After convertDealToLead: what the deal has and no lead can have, and stayed with it."
    )
    errors: list[UserError]


@strawberry.type(description="What became of several leads.")
class LeadsPayload:
    """The leads after the command."""

    leads: list[Lead]
    errors: list[UserError]


async def _create_lead(viewer: Viewer, draft: Any) -> Answer:
    return {"lead": Ref("Lead", await leads.create_lead(viewer, draft))}


async def _update_lead(viewer: Viewer, patch: Any) -> Answer:
    return {"lead": Ref("Lead", await leads.update_lead(viewer, patch))}


async def _archive_leads(viewer: Viewer, given: Any) -> Answer:
    return {"leads": [Ref("Lead", key) for key in await leads.archive_leads(viewer, given)]}


async def _unarchive_leads(viewer: Viewer, given: Any) -> Answer:
    return {"leads": [Ref("Lead", key) for key in await leads.unarchive_leads(viewer, given)]}


async def _delete_leads(viewer: Viewer, given: Any) -> Answer:
    return {"deleted_ids": [encode("Lead", key) for key in await leads.delete_leads(viewer, given)]}


@strawberry.type
class LeadCommands:
    """What may be done with leads."""

    create_lead = command(CreateLeadInput, LeadPayload, _create_lead)
    update_lead = command(UpdateLeadInput, LeadPayload, _update_lead)
    archive_leads = command(LeadIdsInput, LeadsPayload, _archive_leads)
    unarchive_leads = command(LeadIdsInput, LeadsPayload, _unarchive_leads)
    delete_leads = command(LeadIdsInput, DeletePayload, _delete_leads)
