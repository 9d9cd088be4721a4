"""Pipelines, their stages and totals."""

from typing import Annotated, Any

import strawberry

from models.deals import DealStatus
from models.pipelines import DealField
from resolvers import pipelines
from resolvers.access import Viewer
from resolvers.reads.declare import Many, Need, One, Term, Value
from resolvers.reads.declare import Totals as TotalsOf
from resolvers.reads.run import Ref
from schema import figures
from schema.common import Money, Node, UserError
from schema.custom_fields import CustomField
from schema.deals import DEALS_OF_STAGE, DealConnection, DealFilter, DealOrder
from schema.declaring import Answer, command, identifies, reads, shows
from schema.scalars import Revision

strawberry.enum(DealField, description="What a stage may require of the deals that enter it.")

_REVISION = Value((Need("(SELECT c.revision FROM accounts c WHERE c.id = {a}.account_id)", "int"),), str)
_BY_POSITION = (Term("{a}.position", "int"),)
PIPELINES = Many("Pipeline", order=_BY_POSITION)


def stage_deals(
    root: object,
    first: int | None = 50,
    after: str | None = None,
    status: list[DealStatus] | None = [DealStatus.OPEN],  # noqa: B006
    order_by: DealOrder | None = strawberry.UNSET,
    filter: DealFilter | None = strawberry.UNSET,
) -> Any:
    """The arguments of a stage's deals."""


@strawberry.type(description="Open deals that the viewer can see.")
class Totals:
    """Count and sums."""

    count: int
    value: list[Money] = strawberry.field(description="One sum per currency.")
    weighted_value: list[Money] = strawberry.field(description="Each value times its probability.")


@strawberry.type(description="A step of a pipeline.")
class Stage(Node):
    """A stage."""

    id: strawberry.ID = identifies("Stage")
    name: str = shows("name")
    position: int = shows("position", "int")
    probability: int = shows("probability", "int")
    rotten_after_days: int | None = shows(
        "rotten_after_days",
        "int",
        "Open deals of this stage go rotten after so many days without an activity; null: never.",
    )
    required_fields: list[DealField] = shows("required_fields", "json", "What a deal must have to enter.")
    required_custom_fields: list[CustomField] = reads(
        Many("CustomField", through=("stage_custom_fields", "stage_id", "field_id"), order=_BY_POSITION),
        "What a deal must have to enter, beside what every deal must have.",
    )
    pipeline: Annotated["Pipeline", strawberry.lazy("schema.pipelines")] = reads(One("Pipeline", "pipeline_id"))
    deals = reads(
        DEALS_OF_STAGE,
        "Open deals only, unless status says otherwise; the latest to enter first.",
        arguments=stage_deals,
        answers=DealConnection,
    )
    totals: Totals = reads(TotalsOf("stage_id"))
    funnel = figures.funnel()
    ages = figures.ages()


@strawberry.type(description="An ordered set of stages, and a board.")
class Pipeline(Node):
    """A pipeline."""

    id: strawberry.ID = identifies("Pipeline")
    name: str = shows("name")
    stages: list[Stage] = reads(Many("Stage", column="pipeline_id", order=_BY_POSITION))
    totals: Totals = reads(TotalsOf("pipeline_id"))
    forecast = figures.forecast()
    outcomes = figures.outcomes()
    revision: Revision = reads(
        _REVISION,
        "The account's revision that this answer was read at: hand it to pipelineChanged(after:) "
        "and nothing is missed or repeated.",
    )


@strawberry.input(description="A step of a new pipeline.")
class StageInput:
    """A new stage."""

    name: str
    probability: int | None = 100
    rotten_after_days: int | None = strawberry.UNSET
    required_fields: list[DealField] | None = strawberry.UNSET


@strawberry.input(description="A new pipeline, its stages in order.")
class CreatePipelineInput:
    """A new pipeline."""

    name: str
    stages: list[StageInput]


@strawberry.type(description="What became of a pipeline.")
class PipelinePayload:
    """The pipeline after the command."""

    pipeline: Pipeline | None
    errors: list[UserError]


async def _create_pipeline(viewer: Viewer, draft: Any) -> Answer:
    return {"pipeline": Ref("Pipeline", await pipelines.create_pipeline(viewer, draft))}


@strawberry.type
class PipelineCommands:
    """What may be done with pipelines."""

    create_pipeline = command(CreatePipelineInput, PipelinePayload, _create_pipeline)
