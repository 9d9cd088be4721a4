"""What the deals of a pipeline come to: forecast, outcomes, funnel, ages."""

from datetime import date
from typing import Annotated, Any

import strawberry

from resolvers.reads.declare import Figures
from schema.common import Money
from schema.declaring import reads


@strawberry.type(description="How many deals, and one sum per currency.")
class DealSum:
    """Count and sums."""

    count: int
    value: list[Money]


@strawberry.type(description="The open deals that are expected to close in a month.")
class ForecastMonth:
    """A month of the forecast."""

    month: str | None = strawberry.field(description="As in 2026-12; null: no day is expected.")
    count: int
    value: list[Money]
    weighted_value: list[Money] = strawberry.field(description="Each value times its probability.")


@strawberry.type(description="The deals that were lost for one reason; null: none was given.")
class LostReason:
    """A reason, and what it cost."""

    reason: str | None
    count: int
    value: list[Money]


@strawberry.type(description="The deals that were closed.")
class Outcomes:
    """Won and lost."""

    won: DealSum
    lost: DealSum
    lost_reasons: list[LostReason] = strawberry.field(description="The most frequent first.")


@strawberry.type(description="How far deals have come.")
class FunnelStep:
    """A step of the funnel."""

    reached: int = strawberry.field(
        description="How many came as far as this stage: were in it, or in a later one, or were won."
    )
    won: int = strawberry.field(description="How many of them were won.")


@strawberry.type(description="How long the open deals of a stage have been in it.")
class StageAge:
    """Ages, in days."""

    count: int
    average_days: float | None
    oldest_days: float | None
    rotten_count: int = strawberry.field(description="Those without an activity for longer than the stage allows.")


_From = Annotated[date | None, strawberry.argument(name="from", description="The first day, in UTC.")]
_To = Annotated[date | None, strawberry.argument(description="The last day, in UTC.")]


def _by_owner(root: object, owner_ids: list[strawberry.ID] | None = strawberry.UNSET) -> Any:
    """The argument of a figure about what is open now."""


def _in_period(
    root: object,
    from_: _From = strawberry.UNSET,
    to: _To = strawberry.UNSET,
    owner_ids: list[strawberry.ID] | None = strawberry.UNSET,
) -> Any:
    """The arguments of a figure about what happened."""


def forecast() -> Any:
    """The field of a pipeline that sums its open deals by month."""
    return reads(
        Figures("forecast"),
        "The open deals by the month they are expected to close in, those without a day last.",
        arguments=_by_owner,
        answers=list[ForecastMonth],
    )


def outcomes() -> Any:
    """The field of a pipeline that tells what was won and lost."""
    return reads(Figures("outcomes"), "The deals that were closed in a period.", arguments=_in_period, answers=Outcomes)


def funnel() -> Any:
    """The field of a stage that tells how far deals came."""
    return reads(Figures("funnel"), "The deals that were made in a period.", arguments=_in_period, answers=FunnelStep)


def ages() -> Any:
    """The field of a stage that tells how long deals have been in it."""
    return reads(Figures("ages"), arguments=_by_owner, answers=StageAge)
