"""What subscribers are told: one type for each thing that can happen to a board or the inbox."""

from collections.abc import AsyncGenerator
from datetime import datetime
from enum import StrEnum
from typing import Any, NoReturn

import strawberry

from schema.chats import Conversation
from schema.common import User
from schema.conversions import ConversionRun
from schema.deals import Deal, DealFilter
from schema.imports import Import
from schema.leads import Lead
from schema.pipelines import Pipeline, Stage
from schema.scalars import Revision
from schema.waitlist import WaitingLead


@strawberry.enum(description="Why something is no longer shown. NO_LONGER_MATCHES: the filter of dealsChanged.")
class RemovalReason(StrEnum):
    """Why something is no longer shown."""

    DELETED = "DELETED"
    CONVERTED = "CONVERTED"
    ARCHIVED = "ARCHIVED"
    OTHER_PIPELINE = "OTHER_PIPELINE"
    NO_LONGER_VISIBLE = "NO_LONGER_VISIBLE"
    NO_LONGER_MATCHES = "NO_LONGER_MATCHES"


@strawberry.enum(description="The open deals have reached 80 % of what the plan holds, or all of it.")
class PlanNotice(StrEnum):
    """A threshold of the plan."""

    NEARLY_FULL = "NEARLY_FULL"
    FULL = "FULL"


@strawberry.interface(
    description="clientMutationId: what the one who caused it sent along, "
    "so that an optimistic client knows its own change."
)
class Change:
    """Any change."""

    revision: Revision
    at: datetime
    actor: User | None
    client_mutation_id: str | None


@strawberry.interface(description="stages: those whose totals this change altered.")
class PipelineChange(Change):
    """A change of a board."""

    stages: list[Stage]


@strawberry.interface(description="A change of one deal, or of a list of deals.")
class DealChange(Change):
    """A change of deals that are watched."""


@strawberry.interface(description="A change of how many open deals there are under the plan.")
class PlanUsageChange(Change):
    """A change of the plan's usage."""


@strawberry.interface(description="A change of the conversations with visitors.")
class ConversationChange(Change):
    """A change of conversations."""


@strawberry.interface(description="A change of the lead inbox.")
class LeadInboxChange(Change):
    """A change of the inbox."""


@strawberry.type(description="A deal came onto the board, or into the list that is watched.")
class DealAdded(PipelineChange, DealChange):
    """A deal is there."""

    deal: Deal
    converted_from_lead_id: strawberry.ID | None = strawberry.field(
        description="The lead it came from, where it was converted."
    )


@strawberry.type(description="A deal was changed in place, or something that hangs on it was.")
class DealUpdated(PipelineChange, DealChange):
    """A deal changed."""

    deal: Deal
    fields: list[str]


@strawberry.type(description="A deal went from one stage to another.")
class DealMoved(PipelineChange, DealChange):
    """A deal moved."""

    deal: Deal
    from_stage: Stage
    to_stage: Stage


@strawberry.type(description="A deal was won or lost.")
class DealClosed(PipelineChange, DealChange):
    """A deal closed."""

    deal: Deal


@strawberry.type(description="A won or lost deal is open again.")
class DealReopened(PipelineChange, DealChange):
    """A deal reopened."""

    deal: Deal


@strawberry.type(description="A deal is no longer on the board, in the list that is watched, or in sight.")
class DealRemoved(PipelineChange, DealChange):
    """A deal is gone."""

    deal_id: strawberry.ID
    reason: RemovalReason


@strawberry.type(description="The board's pipeline or its stages were changed.")
class PipelineReshaped(PipelineChange):
    """The pipeline changed."""

    pipeline: Pipeline


@strawberry.type(
    description="The asked-for revision is older than what is kept, or lies in the future (a restored backup): "
    "read the board again, then subscribe from its revision."
)
class Resync(PipelineChange, LeadInboxChange, DealChange, PlanUsageChange, ConversationChange):
    """Read again."""


@strawberry.type(
    description="Everything up to this revision has been told; from here on it is live. "
    "Sent once after the replay, or at once where nothing is replayed."
)
class CaughtUp(PipelineChange, LeadInboxChange, DealChange, PlanUsageChange, ConversationChange):
    """Live from here."""


@strawberry.type(description="A lead came into the inbox.")
class LeadAdded(LeadInboxChange):
    """A lead is there."""

    lead: Lead


@strawberry.type(description="A lead of the inbox was changed.")
class LeadUpdated(LeadInboxChange):
    """A lead changed."""

    lead: Lead
    fields: list[str]


@strawberry.type(description="A lead is no longer in the inbox.")
class LeadRemoved(LeadInboxChange):
    """A lead is gone."""

    lead_id: strawberry.ID
    reason: RemovalReason
    deal: Deal | None = strawberry.field(description="The deal that replaced it.")


@strawberry.type(description="An import read on, or came to its end.")
class ImportProgress(Change):
    """An import moved on."""

    import_: Import = strawberry.field(name="import")


@strawberry.type(description="A conversion in the background did some more leads, or came to its end.")
class ConversionProgress(Change):
    """A conversion moved on."""

    run: ConversionRun


@strawberry.type(description="A deal was opened or closed, or the line of those who wait for a place is another one.")
class PlanUsageChanged(PlanUsageChange):
    """The number of open deals, or the line, is another one."""

    open_deal_count: int = strawberry.field(description="After this change.")
    open_deal_limit: int | None = strawberry.field(description="null: unlimited.")
    notice: PlanNotice | None = strawberry.field(description="Once, with the change that reaches the threshold.")
    waitlist_count: int = strawberry.field(description="How many leads wait for a place now.")
    waitlist: list[WaitingLead] = strawberry.field(
        description="The first 50 of the line as it is now whose leads the viewer may see."
    )


@strawberry.type(description="A conversation began, something was said in it, or it was assigned, qualified or closed.")
class ConversationChanged(ConversationChange):
    """A conversation changed."""

    conversation: Conversation


@strawberry.type(description="Who looks at a board right now, the one who asks among them. It has no revision.")
class BoardViewers:
    """Who looks at a board."""

    users: list[User]


@strawberry.type(description="Who looks at a deal right now, the one who asks among them. It has no revision.")
class DealViewers:
    """Who looks at a deal."""

    users: list[User]


EVENTS = [
    DealAdded,
    DealUpdated,
    DealMoved,
    DealClosed,
    DealReopened,
    DealRemoved,
    PipelineReshaped,
    Resync,
    CaughtUp,
    LeadAdded,
    LeadUpdated,
    LeadRemoved,
    ImportProgress,
    ConversionProgress,
    PlanUsageChanged,
    ConversationChanged,
]


def _told() -> NoReturn:
    """Subscriptions are driven by the change log: each event is a fresh execution with the event as its root."""
    raise NotImplementedError("subscriptions are served by the app's live door")


async def _board(root: Any, pipeline_id: strawberry.ID, after: Revision | None = None) -> AsyncGenerator[Any, None]:
    yield _told()


async def _inbox(root: Any, after: Revision | None = None) -> AsyncGenerator[Any, None]:
    yield _told()


async def _deal(root: Any, deal_id: strawberry.ID, after: Revision | None = None) -> AsyncGenerator[Any, None]:
    yield _told()


async def _deals(
    root: Any, filter: DealFilter | None = strawberry.UNSET, after: Revision | None = None
) -> AsyncGenerator[Any, None]:
    yield _told()


async def _plan(root: Any, after: Revision | None = None) -> AsyncGenerator[Any, None]:
    yield _told()


async def _conversations(root: Any, after: Revision | None = None) -> AsyncGenerator[Any, None]:
    yield _told()


async def _viewers(root: Any, pipeline_id: strawberry.ID) -> AsyncGenerator[Any, None]:
    yield _told()


async def _deal_viewers(root: Any, deal_id: strawberry.ID) -> AsyncGenerator[Any, None]:
    yield _told()


async def _progress(root: Any, import_id: strawberry.ID) -> AsyncGenerator[Any, None]:
    yield _told()


async def _conversion(root: Any, run_id: strawberry.ID) -> AsyncGenerator[Any, None]:
    yield _told()


@strawberry.type
class Subscription:
    """What can be watched."""

    pipeline_changed = strawberry.subscription(
        resolver=_board,
        graphql_type=PipelineChange,
        description="One board. after: every change since that revision first, in order, then live; "
        "omitted: from now on.",
    )
    lead_inbox_changed = strawberry.subscription(resolver=_inbox, graphql_type=LeadInboxChange)
    deal_changed = strawberry.subscription(
        resolver=_deal,
        graphql_type=DealChange,
        description="One deal: its fields, notes, activities and invoices, and whether it is still there.",
    )
    deals_changed = strawberry.subscription(
        resolver=_deals,
        graphql_type=DealChange,
        description="The deals that match a filter, as a live set: DealAdded where one comes to match, DealRemoved "
        "where one no longer does, and what happens to those that do.",
    )
    plan_usage_changed = strawberry.subscription(resolver=_plan, graphql_type=PlanUsageChange)
    conversation_changed = strawberry.subscription(
        resolver=_conversations,
        graphql_type=ConversationChange,
        description="The conversations with visitors, as they go on.",
    )
    board_viewers = strawberry.subscription(
        resolver=_viewers,
        graphql_type=BoardViewers,
        description="Who looks at a board: told at once, and whenever somebody comes or goes. "
        "Who subscribes is there until the subscription ends.",
    )
    deal_viewers = strawberry.subscription(
        resolver=_deal_viewers,
        graphql_type=DealViewers,
        description="Who looks at a deal, as boardViewers; it ends for who loses sight of the deal.",
    )
    import_progress = strawberry.subscription(
        resolver=_progress, graphql_type=ImportProgress, description="How an import gets on, until it ends."
    )
    conversion_progress = strawberry.subscription(
        resolver=_conversion,
        graphql_type=ConversionProgress,
        description="How a conversion in the background gets on, until it ends: how it stands at first, "
        "then after each batch.",
    )
