"""Activities: what is to be done, or was done."""

from datetime import datetime
from typing import Any

import strawberry

from resolvers import activities
from resolvers.access import Viewer
from resolvers.reads.declare import Connection, One, Term
from resolvers.reads.filters import by_done
from resolvers.reads.run import Ref
from schema.common import Node, PageInfo, User, UserError
from schema.declaring import Answer, command, identifies, reads, shows
from schema.enums import ActivityType

_BY_DUE = {"DUE_AT": (Term("{a}.due_at", "instant", nullable=True), Term("{a}.created_at", "instant"))}
_SHAPE = {"order": "DUE_AT", "descending": False, "orders": _BY_DUE, "filters": (by_done,)}
ACTIVITIES_OF_LEAD = Connection("Activity", column="lead_id", **_SHAPE)  # type: ignore[arg-type]
ACTIVITIES_OF_DEAL = Connection("Activity", column="deal_id", **_SHAPE)  # type: ignore[arg-type]


@strawberry.type(description="Something to do about a lead or a deal; done once doneAt is set.")
class Activity(Node):
    """An activity."""

    id: strawberry.ID = identifies("Activity")
    subject: str = shows("subject")
    type: ActivityType = shows("type")
    due_at: datetime | None = shows("due_at", "instant")
    done_at: datetime | None = shows("done_at", "instant")
    assignee: User = reads(One("User", "assignee_id"))


@strawberry.type(description="One activity in a list.")
class ActivityEdge:
    """An activity and where it lies."""

    cursor: str
    node: Activity


@strawberry.type(description="A page of activities, the next due first.")
class ActivityConnection:
    """A page of activities."""

    edges: list[ActivityEdge]
    nodes: list[Activity]
    page_info: PageInfo
    total_count: int


def activities_paged(
    root: object, first: int | None = 50, after: str | None = None, done: bool | None = strawberry.UNSET
) -> Any:
    """The arguments of a connection of activities."""


@strawberry.input(description="Exactly one of leadId and dealId.")
class AddActivityInput:
    """A new activity."""

    lead_id: strawberry.ID | None = strawberry.UNSET
    deal_id: strawberry.ID | None = strawberry.UNSET
    subject: str
    type: ActivityType = ActivityType.TASK
    due_at: datetime | None = strawberry.UNSET
    assignee_id: strawberry.ID | None = strawberry.UNSET


@strawberry.input(description="An activity that is done.")
class CompleteActivityInput:
    """The activity."""

    id: strawberry.ID


@strawberry.type(description="What became of an activity.")
class ActivityPayload:
    """The activity after the command."""

    activity: Activity | None
    errors: list[UserError]


async def _add_activity(viewer: Viewer, draft: Any) -> Answer:
    return {"activity": Ref("Activity", await activities.add_activity(viewer, draft))}


async def _complete_activity(viewer: Viewer, given: Any) -> Answer:
    return {"activity": Ref("Activity", await activities.complete_activity(viewer, given))}


@strawberry.type
class ActivityCommands:
    """What may be done with activities."""

    add_activity = command(AddActivityInput, ActivityPayload, _add_activity)
    complete_activity = command(CompleteActivityInput, ActivityPayload, _complete_activity)
