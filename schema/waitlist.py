"""The line of leads that wait for a place under the plan."""

from typing import Any

import strawberry

from resolvers import waitlist
from resolvers.access import Viewer
from resolvers.reads.declare import Connection, Need, One, Value
from resolvers.reads.run import Ref
from schema.common import PageInfo, User, UserError
from schema.declaring import Answer, command, reads
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
