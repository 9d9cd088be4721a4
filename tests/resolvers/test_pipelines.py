"""Pipelines and stages: made by admins, found by what moves through them."""

import asyncio
from datetime import date

import pytest

from models.base import new_id
from models.changes import ChangeKind
from models.pipelines import DealField, Pipeline, Stage
from resolvers import ids
from resolvers.errors import ErrorCode, Refused
from resolvers.pipelines import create_pipeline, find_requirements, find_stage
from tests import given
from tests.refusals import global_id, refused
from tests.replaying import told, unchanged


async def test_a_pipeline_is_made_with_its_stages_in_order(acme: given.Company) -> None:
    async with told(acme.id) as log:
        key = await create_pipeline(
            await given.viewer(acme.admin),
            {
                "name": " Serwis ",
                "stages": [
                    {"name": "New"},
                    {"name": "Done", "probability": 0, "rotten_after_days": 1, "required_fields": list(DealField)},
                    {"name": "Done", "probability": None, "rotten_after_days": None, "required_fields": None},
                ],
            },
        )
    pipeline = await Pipeline.get(id=key)
    assert (pipeline.name, pipeline.position, pipeline.is_default) == ("Serwis", 1, False)
    stages = await Stage.filter(pipeline_id=key).order_by("position")
    assert [(s.name, s.position, s.probability, s.rotten_after_days, s.required_fields) for s in stages] == [
        ("New", 0, 100, None, []),
        ("Done", 1, 0, 1, ["VALUE", "EXPECTED_CLOSE_DATE", "PERSON", "ORGANIZATION"]),
        ("Done", 2, 100, None, []),
    ]
    (change,) = log
    assert (change.kind, len(change.find("pipeline")), len(change.find("stage"))) == (ChangeKind.PIPELINE_ADDED, 1, 3)


async def test_the_first_pipelines_at_once_have_one_default_and_places_of_their_own(database: object) -> None:
    account = await given.account()
    admin = await given.viewer(await given.admin(account))
    draft = {"name": "A", "stages": [{"name": "New"}]}
    await asyncio.gather(*[create_pipeline(admin, draft) for _ in range(5)])
    pipelines = await Pipeline.all().order_by("position")
    assert [(p.position, p.is_default) for p in pipelines] == [(n, n == 0) for n in range(5)]


async def test_only_admins_make_pipelines(acme: given.Company) -> None:
    async with refused(ErrorCode.FORBIDDEN):
        await create_pipeline(await given.viewer(acme.anna), {"name": "A", "stages": [{"name": "New"}]})


@pytest.mark.parametrize(
    ("draft", "code", "path"),
    [
        ({"name": "", "stages": [{"name": "New"}]}, ErrorCode.INVALID, ["name"]),
        ({"name": "n" * 256, "stages": [{"name": "New"}]}, ErrorCode.INVALID, ["name"]),
        ({"name": "a\x00b", "stages": [{"name": "New"}]}, ErrorCode.INVALID, ["name"]),
        ({"name": "A", "stages": []}, ErrorCode.EMPTY, ["stages"]),
        ({"name": "A", "stages": [{"name": "New"}] * 101}, ErrorCode.TOO_MANY, ["stages"]),
        ({"name": "A", "stages": [{"name": "New"}, {"name": " "}]}, ErrorCode.INVALID, ["stages", "1", "name"]),
        ({"name": "A", "stages": [{"name": "a\x07"}]}, ErrorCode.INVALID, ["stages", "0", "name"]),
        (
            {"name": "A", "stages": [{"name": "N", "probability": -1}]},
            ErrorCode.INVALID,
            ["stages", "0", "probability"],
        ),
        (
            {"name": "A", "stages": [{"name": "N", "probability": 101}]},
            ErrorCode.INVALID,
            ["stages", "0", "probability"],
        ),
        (
            {"name": "A", "stages": [{"name": "N", "rotten_after_days": 0}]},
            ErrorCode.INVALID,
            ["stages", "0", "rottenAfterDays"],
        ),
        (
            {"name": "A", "stages": [{"name": "N", "rotten_after_days": 2**31}]},
            ErrorCode.INVALID,
            ["stages", "0", "rottenAfterDays"],
        ),
    ],
)
async def test_a_pipeline_that_cannot_be_is_refused(
    acme: given.Company, draft: dict[str, object], code: ErrorCode, path: list[str]
) -> None:
    async with refused(code, *path):
        await create_pipeline(await given.viewer(acme.admin), draft)


async def test_every_fault_of_a_pipeline_is_told_at_once(acme: given.Company) -> None:
    async with unchanged(acme.id):
        with pytest.raises(Refused) as caught:
            stages = [{"name": "", "probability": 200}, {"name": "N", "rotten_after_days": -1}]
            await create_pipeline(await given.viewer(acme.admin), {"name": "", "stages": stages})
    assert [".".join(error.path) for error in caught.value.errors] == [
        "name",
        "stages.0.name",
        "stages.0.probability",
        "stages.1.rottenAfterDays",
    ]


async def test_without_a_stage_the_first_of_the_default_pipeline_is_meant(acme: given.Company) -> None:
    await given.pipeline(acme.account, "Other", is_default=False)
    anna = await given.viewer(acme.anna)
    assert (await find_stage(anna, None)).id == acme.stages[0].id
    assert (await find_stage(anna, global_id(acme.stages[2]))).id == acme.stages[2].id


async def test_an_account_without_a_pipeline_has_no_first_stage(acme: given.Company) -> None:
    nobody = await given.viewer(await given.user(await given.account("Empty")))
    async with refused(ErrorCode.NOT_FOUND, "stageId"):
        await find_stage(nobody, None, "stageId")


async def test_another_accounts_stage_is_as_unknown(acme: given.Company, other: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    for unknown in (global_id(other.stages[0]), ids.encode("Stage", new_id())):
        async with refused(ErrorCode.NOT_FOUND, "stageId"):
            await find_stage(anna, unknown, "stageId")
    async with refused(ErrorCode.INVALID, "stageId"):
        await find_stage(anna, global_id(acme.pipeline), "stageId")


async def test_a_stage_names_what_is_missing(acme: given.Company) -> None:
    stage, easy = acme.stages[:2]
    stage.required_fields = [str(field) for field in DealField]
    requirements = await find_requirements(stage)
    assert requirements.missing({}) == ["value", "expectedCloseDate", "personId", "organizationId"]
    assert requirements.missing({"value_minor": 0, "expected_close_date": date(2030, 1, 1)}) == [
        "personId",
        "organizationId",
    ]
    assert (await find_requirements(easy)).missing({}) == []
