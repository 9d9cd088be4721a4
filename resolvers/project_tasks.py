"""What is to be done in a project."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypedDict
from uuid import UUID

from models import changes
from models.base import now
from models.projects import Project, ProjectPhase, ProjectTask
from resolvers import access, commands, ids, project_links, text, users
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults
from resolvers.opportunities import Columns

MOST_TASKS = 500


class TaskDraft(TypedDict, total=False):
    """A task as a client gives it; only the title is needed."""

    project_id: str
    title: str
    phase_id: str | None
    due_on: date | None
    assignee_id: str | None
    client_mutation_id: str | None


class TaskPatch(TypedDict, total=False):
    """What a client changes of a task: the fields given, and no others."""

    id: str
    title: str | None
    phase_id: str | None
    due_on: date | None
    assignee_id: str | None
    is_done: bool | None
    client_mutation_id: str | None


class TaskRemoval(TypedDict, total=False):
    """A task to remove."""

    id: str
    client_mutation_id: str | None


async def add_task(viewer: Viewer, draft: TaskDraft) -> UUID:
    """Put a task into a project the viewer sees, into one of its phases or into none; returns the project."""
    key = ids.expect("Project", draft["project_id"], "projectId")
    async with commands.begin(viewer, draft) as ledger:
        await access.find_one(viewer, Project, key, "projectId", lock=True)
        found = await _columns(viewer, key, {"title": None, **draft})
        if await ProjectTask.filter(project_id=key).count() >= MOST_TASKS:
            raise refuse(
                ErrorCode.TOO_MANY, f"A project has at most {MOST_TASKS} tasks: remove some first.", "projectId"
            )
        task = await ProjectTask.create(account_id=viewer.account_id, project_id=key, **found)
        await project_links.tell(ledger, key, changes.added("project_task", changes.snapshot(task)))
    return key


async def _columns(viewer: Viewer, project_id: UUID, given: Mapping[str, Any]) -> Columns:
    """The columns for the fields given; refuses with every fault at once."""
    faults = Faults()
    found: Columns = {"due_on": given["due_on"]} if "due_on" in given else {}
    with faults.noted():
        if "title" in given:
            found["title"] = text.line(given["title"], "title")
    with faults.noted():
        if "phase_id" in given:
            found["phase_id"] = await _phase(project_id, given["phase_id"])
    with faults.noted():
        if "assignee_id" in given:
            who = given["assignee_id"]
            found["assignee_id"] = None if who is None else await users.find_user(viewer, who, "assigneeId")
    faults.raise_any()
    return found


async def _phase(project_id: UUID, given: str | None) -> UUID | None:
    if given is None:
        return None
    key = ids.expect("ProjectPhase", given, "phaseId")
    if not await ProjectPhase.filter(id=key, project_id=project_id).exists():
        raise access.not_found("phase of this project", "phaseId")
    return key


async def update_task(viewer: Viewer, patch: TaskPatch) -> UUID:
    """Change the fields given of a task, or mark it done or not done; returns the project."""
    key = ids.expect("ProjectTask", patch["id"], "id")
    async with commands.begin(viewer, patch) as ledger:
        task = await _lock(viewer, key)
        found = await _columns(viewer, task.project_id, patch)
        is_done = patch.get("is_done")
        if is_done is not None and is_done is not (task.done_at is not None):
            found["done_at"] = now() if is_done else None
        if any(getattr(task, name) != value for name, value in found.items()):
            before = changes.snapshot(task)
            task.update_from_dict(found)
            await task.save(update_fields=list(found))
            revised = changes.altered("project_task", before, changes.snapshot(task))
            await project_links.tell(ledger, task.project_id, revised)
    return task.project_id


async def _lock(viewer: Viewer, key: UUID) -> ProjectTask:
    """The task as it is once its project is locked, where the viewer sees that."""
    task = await ProjectTask.get_or_none(id=key, account_id=viewer.account_id)
    if task is None or not await access.find(viewer, Project, [task.project_id], lock=True):
        raise access.not_found("task", "id")
    found = await ProjectTask.get_or_none(id=key)
    if found is None:
        raise access.not_found("task", "id")
    return found


async def remove_task(viewer: Viewer, removal: TaskRemoval) -> UUID:
    """Take a task out of its project; returns the project."""
    key = ids.expect("ProjectTask", removal["id"], "id")
    async with commands.begin(viewer, removal) as ledger:
        task = await _lock(viewer, key)
        await task.delete()
        await project_links.tell(ledger, task.project_id, changes.removed("project_task", changes.snapshot(task)))
    return task.project_id
