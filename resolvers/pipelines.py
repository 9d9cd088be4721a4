"""Pipelines and stages: made by admins, found by what moves through them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict
from uuid import UUID

from tortoise.expressions import Q

from models import changes
from models.accounts import Account
from models.changes import ChangeKind
from models.custom_fields import CustomField, StageCustomField
from models.pipelines import DealField, Pipeline, Stage
from resolvers import access, commands, ids, text
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults

MOST_STAGES = 100
MOST_DAYS = 3650

# The column that each field a stage may require is kept in, and its name for people.
COLUMNS = {
    DealField.VALUE: "value_minor",
    DealField.EXPECTED_CLOSE_DATE: "expected_close_date",
    DealField.PERSON: "person_id",
    DealField.ORGANIZATION: "organization_id",
}
_NAMES = {
    DealField.VALUE: "value",
    DealField.EXPECTED_CLOSE_DATE: "expectedCloseDate",
    DealField.PERSON: "personId",
    DealField.ORGANIZATION: "organizationId",
}


class StageDraft(TypedDict, total=False):
    """A stage as a client gives it; only the name is needed."""

    name: str
    probability: int | None
    rotten_after_days: int | None
    required_fields: list[DealField] | None


class PipelineDraft(TypedDict, total=False):
    """A pipeline as a client gives it, with its stages in order."""

    name: str
    stages: list[StageDraft]
    client_mutation_id: str | None


async def create_pipeline(viewer: Viewer, draft: PipelineDraft) -> UUID:
    """Make a pipeline with its stages; only admins may. An account's first one is its default."""
    access.require_admin(viewer, "make pipelines")
    faults = Faults()
    with faults.noted():
        name = text.line(draft.get("name"), "name")
    with faults.noted():
        drafted = _stages(draft.get("stages", []))
    faults.raise_any()
    async with commands.begin(viewer, draft) as ledger:
        # Two pipelines at once must not both be the default, nor stand in the same position.
        await Account.filter(id=viewer.account_id).select_for_update(no_key=True).get()
        position = await Pipeline.filter(account_id=viewer.account_id).count()
        pipeline = await Pipeline.create(
            account_id=viewer.account_id, name=name, position=position, is_default=position == 0
        )
        stages = [
            Stage(account_id=viewer.account_id, pipeline_id=pipeline.id, position=place, **columns)
            for place, columns in enumerate(drafted)
        ]
        await Stage.bulk_create(stages)
        ledger.record(
            ChangeKind.PIPELINE_ADDED,
            changes.added("pipeline", changes.snapshot(pipeline)),
            *(changes.added("stage", changes.snapshot(stage)) for stage in stages),
        )
    return pipeline.id


def _stages(drafts: Sequence[StageDraft]) -> list[dict[str, Any]]:
    if not drafts:
        raise refuse(ErrorCode.EMPTY, "A pipeline needs at least one stage.", "stages")
    if len(drafts) > MOST_STAGES:
        raise refuse(ErrorCode.TOO_MANY, f"A pipeline has at most {MOST_STAGES} stages.", "stages")
    faults = Faults()
    found = []
    for place, draft in enumerate(drafts):
        with faults.noted():
            found.append(_stage(draft, place))
    faults.raise_any()
    return found


def _stage(draft: StageDraft, place: int) -> dict[str, Any]:
    path = ("stages", place)
    probability, days = draft.get("probability"), draft.get("rotten_after_days")
    faults = Faults()
    with faults.noted():
        name = text.line(draft.get("name"), *path, "name")
    with faults.noted():
        if probability is not None and not 0 <= probability <= 100:
            raise refuse(ErrorCode.INVALID, "A probability is a percentage from 0 to 100.", *path, "probability")
    with faults.noted():
        if days is not None and not 1 <= days <= MOST_DAYS:
            message = f"Give from 1 to {MOST_DAYS} days, or null for never."
            raise refuse(ErrorCode.INVALID, message, *path, "rottenAfterDays")
    faults.raise_any()
    return {
        "name": name,
        "probability": 100 if probability is None else probability,
        "rotten_after_days": days,
        "required_fields": [str(field) for field in DealField if field in (draft.get("required_fields") or ())],
    }


async def find_stage(viewer: Viewer, global_id: str | None, *path: str | int) -> Stage:
    """A stage of the viewer's account; null: the first one of its default pipeline."""
    if global_id is None:
        pipeline = await Pipeline.get_or_none(account_id=viewer.account_id, is_default=True)
        of_default = Stage.filter(pipeline_id=pipeline.id) if pipeline else Stage.filter(id__in=[])
        stage = await of_default.order_by("position").first()
    else:
        key = ids.expect("Stage", global_id, *path)
        stage = await Stage.get_or_none(id=key, account_id=viewer.account_id)
    if stage is None:
        raise access.not_found("Stage", *path)
    return stage


@dataclass(frozen=True)
class Requirements:
    """What a deal in a stage must have: columns, and custom fields, by their names for clients."""

    stage: Stage
    columns: Mapping[str, str]
    custom: Mapping[str, str]

    def missing(self, values: Mapping[str, Any]) -> list[str]:
        """The names of what these columns of a deal lack."""
        lacked = [name for column, name in self.columns.items() if values.get(column) is None]
        return lacked + [name for key, name in self.custom.items() if not values.get("custom", {}).get(key)]

    def require(self, values: Mapping[str, Any], *path: str | int) -> None:
        """Refuse with REQUIRED_FIELD_MISSING, naming what these columns of a deal lack."""
        self.refuse_without(self.missing(values), *path)

    def refuse_without(self, missing: Sequence[str], *path: str | int) -> None:
        """Refuse with REQUIRED_FIELD_MISSING where something is missing."""
        if missing:
            message = f"A deal in the stage {self.stage.name} must have {', '.join(missing)}: give them."
            raise refuse(ErrorCode.REQUIRED_FIELD_MISSING, message, *path)


async def find_requirements(stage: Stage) -> Requirements:
    """What a deal in a stage must have: the fields that the stage requires, and those that every deal must have."""
    of_stage = await StageCustomField.filter(stage_id=stage.id).values_list("field_id", flat=True)
    fields = CustomField.filter(Q(is_required=True) | Q(id__in=of_stage), account_id=stage.account_id, removed_at=None)
    required = [DealField(each) for each in stage.required_fields]
    return Requirements(
        stage,
        {COLUMNS[each]: _NAMES[each] for each in required},
        {str(field.id): field.name for field in await fields.order_by("position", "id")},
    )
