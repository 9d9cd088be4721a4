"""Projects: made for deals, worked on in phases and tasks."""

from collections.abc import Mapping
from datetime import date
from typing import TypedDict
from uuid import UUID

from models import changes
from models.base import Visibility, now
from models.changes import ChangeKind
from models.deals import Deal
from models.projects import Project, ProjectPhase, ProjectStatus
from resolvers import access, commands, idempotency, ids, opportunities, project_links, text
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults
from resolvers.opportunities import FOLDED_LENGTH, Columns, Read
from resolvers.project_phases import phase_names, phase_of


class ProjectDraft(TypedDict, total=False):
    """A project as a client gives it; a name and at least one deal are needed."""

    name: str
    deal_ids: list[str]
    description: str | None
    starts_on: date | None
    due_on: date | None
    phases: list[str] | None
    owner_id: str | None
    visibility: Visibility | None
    idempotency_key: str | None
    client_mutation_id: str | None


class ProjectPatch(TypedDict, total=False):
    """What a client changes of a project: the fields given, and no others."""

    id: str
    expected_version: int | None
    name: str | None
    description: str | None
    status: ProjectStatus | None
    starts_on: date | None
    due_on: date | None
    owner_id: str | None
    visibility: Visibility | None
    client_mutation_id: str | None


async def _name(viewer: Viewer, given: str | None) -> Columns:
    name = text.line(given, "name")
    return {"name": name, "folded_name": text.fold(name)[:FOLDED_LENGTH]}


async def _description(viewer: Viewer, given: str | None) -> Columns:
    return {"description": None if given is None or not given.strip() else text.text(given, "description")}


async def _status(viewer: Viewer, given: ProjectStatus | None) -> Columns:
    if given is None:
        raise refuse(ErrorCode.INVALID, "A project is OPEN, COMPLETED or CANCELED.", "status")
    return {"status": given}


async def _starts_on(viewer: Viewer, given: date | None) -> Columns:
    return {"starts_on": given}


async def _due_on(viewer: Viewer, given: date | None) -> Columns:
    return {"due_on": given}


_CREATED: Mapping[str, Read] = {
    "name": _name,
    "description": _description,
    "starts_on": _starts_on,
    "due_on": _due_on,
    "owner_id": opportunities.FIELDS["owner_id"],
    "visibility": opportunities.FIELDS["visibility"],
}
_UPDATED: Mapping[str, Read] = {**_CREATED, "status": _status}


async def create_project(viewer: Viewer, draft: ProjectDraft) -> UUID:
    """Make a project for one to MOST_DEALS deals the viewer sees, with its phases in order."""

    async def act() -> idempotency.Answer:
        return await _create(viewer, draft)

    answer = await idempotency.once(viewer, "create_project", draft.get("idempotency_key"), draft, act)
    return UUID(answer["id"])


async def _create(viewer: Viewer, draft: ProjectDraft) -> idempotency.Answer:
    faults = Faults()
    with faults.noted():
        given = {name: value for name, value in draft.items() if value is not None}
        found = await opportunities.columns(viewer, {"name": None, **given}, _CREATED)
        _require_order(found)
    with faults.noted():
        keys = commands.keys_of("Deal", draft.get("deal_ids", []), "dealIds")
        project_links.require_room(len(keys))
    with faults.noted():
        names = phase_names(draft.get("phases") or ())
    faults.raise_any()
    async with commands.begin(viewer, draft) as ledger:
        await commands.lock_all(viewer, Deal, keys, "dealIds")
        project = await Project.create(account_id=viewer.account_id, **{"owner_id": viewer.user_id, **found})
        phases = [phase_of(project, name, position) for position, name in enumerate(names)]
        await ProjectPhase.bulk_create(phases)
        made = [("project", project), *(("project_phase", phase) for phase in phases)]
        added = [changes.added(noun, changes.snapshot(row)) for noun, row in made]
        for link in await project_links.link(project, keys):
            ledger.record(ChangeKind.PROJECT_ADDED, *added, link)
        answer = {"id": str(project.id)}
        await idempotency.remember(viewer, "create_project", draft.get("idempotency_key"), draft, answer)
    return answer


def _require_order(found: Columns, project: Project | None = None) -> None:
    starts, due = (found.get(name, getattr(project, name, None)) for name in ("starts_on", "due_on"))
    if starts is not None and due is not None and due < starts:
        raise refuse(ErrorCode.INVALID, "A project cannot be due before it starts.", "dueOn")


async def update_project(viewer: Viewer, patch: ProjectPatch) -> UUID:
    """Change the fields given. What changes nothing leaves no change behind."""
    key = ids.expect("Project", patch["id"], "id")
    async with commands.begin(viewer, patch) as ledger:
        project = await access.find_one(viewer, Project, key, "id", lock=True)
        commands.check_version(project, patch)
        found = await opportunities.columns(viewer, patch, _UPDATED)
        opportunities.require_rights(viewer, project, found)
        _require_order(found, project)
        if found.get("status", project.status) is not project.status:
            found["closed_at"] = None if found["status"] is ProjectStatus.OPEN else now()
        revised = await commands.revise("project", project, found)
        if revised is not None:
            await project_links.tell(ledger, project.id, revised)
    return key
