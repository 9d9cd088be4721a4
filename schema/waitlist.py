"""The line of leads that wait for a place under the plan."""

from typing import Any

import strawberry

from resolvers import waitlist
from resolvers.access import Viewer
from resolvers.plan_places import PlaceReason, find_places
from resolvers.reads.declare import Connection, Need, One, Value
from resolvers.reads.run import Ref
from schema.common import PageInfo, User, UserError
from schema.declaring import Answer, Info, command, reads
from schema.leads import Lead

WAITLIST = Connection("WaitingLead", order="TURN", descending=False, orders={"TURN": ()})
_BEFORE = "(SELECT count(*) FROM waiting_conversions b WHERE b.account_id = {a}.account_id AND b.id <= {a}.id)"


@strawberry.type(description="A lead that waits for a place, to be converted when its turn comes.")
class WaitingLead:
    """A waiting lead."""

    position: int = reads(
        Value((Need(_BEFORE, "int"),)), "In the whole line, from 1; those whose leads the viewer may not see count too."
    )
    lead: Lead | None = reads(One("Lead", "lead_id"))
    requested_by: User = reads(One("User", "requested_by_id"), "For whom it will be converted.")


@strawberry.type(description="One waiting lead in a list.")
class WaitingLeadEdge:
    """A waiting lead and where it lies."""

    cursor: str
    node: WaitingLead


@strawberry.type(description="A page of the line.")
class WaitingLeadConnection:
    """A page of the line."""

    edges: list[WaitingLeadEdge]
    nodes: list[WaitingLead]
    page_info: PageInfo
    total_count: int


strawberry.enum(
    PlaceReason,
    description="Why an open deal may be one to win, lose or delete: the day it was expected to close by has passed, "
    "nothing was done for longer than its stage allows, no activity is planned.",
)


@strawberry.type(
    description="So many open deals, of those the viewer may see, for one reason; a deal may have several."
)
class PlaceCandidates:
    """Deals that could give their places back."""

    reason: PlaceReason
    count: int


@strawberry.type(
    description="How the plan stands. Places are taken by open deals: won, lost and deleted ones take none."
)
class PlanPlaces:
    """The places of the plan."""

    open_deal_limit: int | None = strawberry.field(description="null: unlimited.")
    open_deal_count: int
    places_left: int | None = strawberry.field(description="null: unlimited.")
    waitlist_count: int = strawberry.field(description="How many leads wait for a place.")
    candidates: list[PlaceCandidates] = strawberry.field(description="What would free places, by reason.")


async def find_plan_places(info: Info) -> Any:
    """How the plan stands, and what would free places."""
    return await find_places(info.context.viewer)


@strawberry.input(description="Leads that are to wait no longer; they stay leads.")
class LeaveWaitlistInput:
    """The leads."""

    ids: list[strawberry.ID]
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.type(description="What became of leads that waited.")
class LeaveWaitlistPayload:
    """The leads after the command."""

    leads: list[Lead]
    errors: list[UserError]


async def _leave(viewer: Viewer, given: Any) -> Answer:
    keys = await waitlist.leave_waitlist(viewer, given)
    return {"leads": [Ref("Lead", key) for key in keys]}


@strawberry.type
class WaitlistCommands:
    """What may be done with those who wait."""

    leave_waitlist = command(
        LeaveWaitlistInput, LeaveWaitlistPayload, _leave, "All or none; for the leads' owners and admins."
    )
