"""Projects of deals: made, changed, linked; their phases and tasks."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from models.base import Visibility, new_id
from models.changes import ChangeKind
from models.projects import Project, ProjectStatus
from resolvers import ids
from resolvers.errors import ErrorCode
from resolvers.project_links import MOST_DEALS, link_deals, unlink_deals
from resolvers.project_phases import MOST_PHASES, set_phases
from resolvers.project_tasks import add_task, remove_task, update_task
from resolvers.projects import create_project, update_project
from tests import given
from tests.asking import ask
from tests.refusals import global_id, refused
from tests.replaying import told

_PROJECT = """query ($id: ID!) { project(id: $id) {
  name status dueOn closedAt version
  deals { title projects { name } } phases { id name tasks { title } }
  tasks { id title doneAt assignee { name } phase { name } } } }"""


async def _project(acme: given.Company, **more: Any) -> tuple[UUID, list[str]]:
    """A project of Anna's for two deals, and the ids of its phases."""
    anna = await given.viewer(acme.anna)
    if "deal_ids" not in more:
        more["deal_ids"] = [global_id(await given.deal(acme.anna, acme.stages[0])) for _ in range(2)]
    draft: Any = {"name": "Rollout", "phases": ["Plan", "Build"], **more}
    key = await create_project(anna, draft)
    return key, [phase["id"] for phase in (await _read(acme, key))["phases"]]


async def _read(acme: given.Company, key: UUID) -> dict[str, Any]:
    answer = await ask(await given.viewer(acme.anna), _PROJECT, id=ids.encode("Project", key))
    return dict(answer["project"])


async def test_a_project_is_made_for_deals_and_each_shows_it(acme: given.Company) -> None:
    deals = [global_id(await given.deal(acme.anna, acme.stages[0], title=title)) for title in ("One", "Two")]
    async with told(acme.id) as log:
        key, _ = await _project(acme, deal_ids=deals, due_on=date(2030, 1, 31))
    assert [change.kind for change in log] == [ChangeKind.PROJECT_ADDED] * 2  # one for each deal
    shown = await _read(acme, key)
    assert [(deal["title"], deal["projects"]) for deal in shown["deals"]] == [
        ("One", [{"name": "Rollout"}]),
        ("Two", [{"name": "Rollout"}]),
    ]
    assert ([phase["name"] for phase in shown["phases"]], shown["dueOn"]) == (["Plan", "Build"], "2030-01-31")
    page = await ask(await given.viewer(acme.bartek), "{ projects(status: [OPEN]) { totalCount nodes { name } } }")
    assert page["projects"] == {"totalCount": 1, "nodes": [{"name": "Rollout"}]}


async def test_the_same_project_asked_for_twice_is_made_once(acme: given.Company) -> None:
    anna, deal = await given.viewer(acme.anna), await given.deal(acme.anna, acme.stages[0])
    draft = {"name": "Rollout", "deal_ids": [global_id(deal)], "idempotency_key": "1"}
    assert await create_project(anna, draft) == await create_project(anna, draft)
    assert await Project.all().count() == 1


async def test_a_project_is_changed_closed_and_opened_again(acme: given.Company) -> None:
    key, _ = await _project(acme)
    bartek, project = await given.viewer(acme.bartek), {"id": ids.encode("Project", key)}
    async with told(acme.id) as log:
        for status in (ProjectStatus.COMPLETED, ProjectStatus.COMPLETED):
            await update_project(bartek, {**project, "status": status, "name": "Done"})
    assert [change.kind for change in log] == [ChangeKind.PROJECT_UPDATED] * 2  # one for each deal
    shown = await _read(acme, key)
    assert (shown["name"], shown["status"], shown["version"]) == ("Done", "COMPLETED", 2)
    assert shown["closedAt"] is not None
    async with refused(ErrorCode.VERSION_CONFLICT, "expectedVersion"):
        await update_project(bartek, {**project, "expected_version": 1, "name": "Late"})
    async with refused(ErrorCode.FORBIDDEN, "visibility"):
        await update_project(bartek, {**project, "visibility": Visibility.OWNER})
    await update_project(bartek, {**project, "status": ProjectStatus.OPEN, "starts_on": date(2030, 1, 2)})
    assert (await _read(acme, key))["closedAt"] is None
    async with refused(ErrorCode.INVALID, "dueOn"):
        await update_project(bartek, {**project, "due_on": date(2030, 1, 1)})


async def test_deals_are_linked_and_unlinked(acme: given.Company) -> None:
    key, _ = await _project(acme)
    anna, three = await given.viewer(acme.anna), await given.deal(acme.anna, acme.stages[0], title="Three")
    link = {"project_id": ids.encode("Project", key), "deal_ids": [global_id(three)]}
    async with told(acme.id) as log:
        for _ in range(2):
            await link_deals(anna, link)
        assert "Three" in [deal["title"] for deal in (await _read(acme, key))["deals"]]
        for _ in range(2):
            await unlink_deals(anna, link)
    assert [change.kind for change in log] == [ChangeKind.PROJECT_UPDATED] * 2
    many = [await given.deal(acme.anna, acme.stages[0]) for _ in range(MOST_DEALS - 1)]
    async with refused(ErrorCode.TOO_MANY, "dealIds"):
        await link_deals(anna, {**link, "deal_ids": [global_id(deal) for deal in many]})


async def test_phases_are_kept_renamed_ordered_and_left_out(acme: given.Company) -> None:
    key, (plan, build) = await _project(acme)
    anna, project = await given.viewer(acme.anna), {"project_id": ids.encode("Project", key)}
    await add_task(anna, {**project, "title": "Draw", "phase_id": plan})
    async with told(acme.id):
        for _ in range(2):
            await set_phases(anna, {**project, "phases": [{"id": build, "name": "Make"}, {"name": "Hand over"}]})
            build = (await _read(acme, key))["phases"][0]["id"]
            plan = (await _read(acme, key))["phases"][1]["id"]
    shown = await _read(acme, key)
    assert [phase["name"] for phase in shown["phases"]] == ["Make", "Hand over"]
    assert [(task["title"], task["phase"]) for task in shown["tasks"]] == [("Draw", None)]
    foreign = ids.encode("ProjectPhase", new_id())
    for phases, code, path in (
        ([{"id": build, "name": "A"}, {"id": build, "name": "B"}], ErrorCode.INVALID, ("phases", 1, "id")),
        ([{"id": foreign, "name": "A"}], ErrorCode.NOT_FOUND, ("phases", 0, "id")),
        ([{"name": " "}], ErrorCode.INVALID, ("phases", 0)),
        ([{"name": "A"}] * (MOST_PHASES + 1), ErrorCode.TOO_MANY, ("phases",)),
    ):
        async with refused(code, *path):
            await set_phases(anna, {**project, "phases": phases})


async def test_tasks_are_added_changed_done_and_removed(acme: given.Company, other: given.Company) -> None:
    key, (plan, build) = await _project(acme)
    anna, project = await given.viewer(acme.anna), {"project_id": ids.encode("Project", key)}
    async with told(acme.id) as log:
        await add_task(anna, {**project, "title": "Draw", "phase_id": plan, "assignee_id": global_id(acme.bartek)})
        task = {"id": (await _read(acme, key))["tasks"][0]["id"]}
        for _ in range(2):
            await update_task(anna, {**task, "is_done": True, "phase_id": build})
    assert [change.kind for change in log] == [ChangeKind.PROJECT_UPDATED] * 4  # two changes, two deals
    (done,) = (await _read(acme, key))["tasks"]
    assert (done["phase"], done["assignee"]) == ({"name": "Build"}, {"name": "Bartek"})
    assert done["doneAt"] is not None
    await update_task(anna, {**task, "is_done": False, "assignee_id": None})
    assert (await _read(acme, key))["tasks"][0]["doneAt"] is None
    stranger = {"assignee_id": global_id(other.anna)}
    async with refused(ErrorCode.NOT_FOUND, "assigneeId"):
        await update_task(anna, {**task, **stranger})
    async with refused(ErrorCode.NOT_FOUND, "id"):
        await update_task(await given.viewer(other.anna), {**task, "title": "Mine"})
    async with told(acme.id):
        await remove_task(anna, task)
    async with refused(ErrorCode.NOT_FOUND, "id"):
        await remove_task(anna, task)
    assert (await _read(acme, key))["tasks"] == []


async def test_projects_out_of_sight_are_as_unknown(acme: given.Company, other: given.Company) -> None:
    key, _ = await _project(acme, visibility=Visibility.OWNER)
    celina, project = await given.viewer(acme.celina), ids.encode("Project", key)
    deal = await given.deal(acme.celina, acme.stages[0])
    async with refused(ErrorCode.NOT_FOUND, "id"):
        await update_project(celina, {"id": project, "name": "Mine"})
    for verb in (link_deals, unlink_deals):
        async with refused(ErrorCode.NOT_FOUND, "projectId"):
            await verb(celina, {"project_id": project, "deal_ids": [global_id(deal)]})
    assert (await ask(celina, "query ($id: ID!) { project(id: $id) { name tasks { id } } }", id=project)) == {
        "project": None
    }
    hidden = await given.deal(acme.celina, acme.stages[0], visibility=Visibility.OWNER)
    for unseen in (hidden, await given.deal(other.anna, other.stages[0])):
        async with refused(ErrorCode.NOT_FOUND, "dealIds", 0):
            draft = {"name": "Mine", "deal_ids": [global_id(unseen)]}
            await create_project(await given.viewer(acme.anna), draft)


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"deal_ids": []}, ErrorCode.EMPTY, ["dealIds"]),
        ({"name": " "}, ErrorCode.INVALID, ["name"]),
        ({"phases": [""]}, ErrorCode.INVALID, ["phases", 0]),
        ({"starts_on": date(2030, 1, 2), "due_on": date(2030, 1, 1)}, ErrorCode.INVALID, ["dueOn"]),
    ],
)
async def test_a_bad_project_is_refused(acme: given.Company, change: Any, code: ErrorCode, path: list[Any]) -> None:
    deal = await given.deal(acme.anna, acme.stages[0])
    async with refused(code, *path):
        draft = {"name": "Rollout", "deal_ids": [global_id(deal)], **change}
        await create_project(await given.viewer(acme.anna), draft)


async def test_a_lead_has_no_projects(acme: given.Company) -> None:
    lead = await given.lead(acme.anna)
    async with refused(ErrorCode.CAPABILITY_MISSING, "dealIds", 0) as caught:
        await create_project(await given.viewer(acme.anna), {"name": "Rollout", "deal_ids": [global_id(lead)]})
    assert "convert the lead first" in caught.value.errors[0].message
