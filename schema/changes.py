"""What subscribers are told: one type for each thing that can happen to a board or the inbox."""

from collections.abc import AsyncGenerator
from datetime import datetime
from enum import StrEnum
from typing import Any, NoReturn

import strawberry

from schema.common import User
from schema.deals import Deal
from schema.imports import Import
from schema.leads import Lead
from schema.pipelines import Pipeline, Stage
from schema.scalars import Revision


@strawberry.enum(description="Why something is no longer shown.")
class RemovalReason(StrEnum):
    """Why something is no longer shown."""

    DELETED = "DELETED"
    CONVERTED = "CONVERTED"
    ARCHIVED = "ARCHIVED"
    OTHER_PIPELINE = "OTHER_PIPELINE"
    NO_LONGER_VISIBLE = "NO_LONGER_VISIBLE"


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


@strawberry.interface(description="A change of the lead inbox.")
class LeadInboxChange(Change):
    """A change of the inbox."""


@strawberry.type(description="A deal came onto the board.")
class DealAdded(PipelineChange):
    """A deal is there."""

    deal: Deal
    converted_from_lead_id: strawberry.ID | None = strawberry.field(
        description="The lead it came from, where it was converted."
    )


@strawberry.type(description="A deal of the board was changed in place.")
class DealUpdated(PipelineChange):
    """A deal changed."""

    deal: Deal
    fields: list[str]


@strawberry.type(description="A deal went from one stage of the board to another.")
class DealMoved(PipelineChange):
    """A deal moved."""

    deal: Deal
    from_stage: Stage
    to_stage: Stage


@strawberry.type(description="A deal was won or lost.")
class DealClosed(PipelineChange):
    """A deal closed."""

    deal: Deal


@strawberry.type(description="A won or lost deal is open again.")
class DealReopened(PipelineChange):
    """A deal reopened."""

    deal: Deal


@strawberry.type(description="A deal is no longer on the board.")
class DealRemoved(PipelineChange):
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
class Resync(PipelineChange, LeadInboxChange):
    """Read again."""


@strawberry.type(
    description="Everything up to this revision has been told; from here on it is live. "
    "Sent once after the replay, or at once where nothing is replayed."
)
class CaughtUp(PipelineChange, LeadInboxChange):
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
]


def _told() -> NoReturn:
    """Subscriptions are driven by the change log: each event is a fresh execution with the event as its root."""
    raise NotImplementedError("subscriptions are served by the app's live door")


async def _board(root: Any, pipeline_id: strawberry.ID, after: Revision | None = None) -> AsyncGenerator[Any, None]:
    yield _told()


async def _inbox(root: Any, after: Revision | None = None) -> AsyncGenerator[Any, None]:
    yield _told()


async def _progress(root: Any, import_id: strawberry.ID) -> AsyncGenerator[Any, None]:
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
    import_progress = strawberry.subscription(
        resolver=_progress, graphql_type=ImportProgress, description="How an import gets on, until it ends."
    )
