"""Projects: what is delivered for deals."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from resolvers import project_links, project_phases, project_tasks, projects
from resolvers.access import Viewer
from resolvers.reads.declare import Connection, Many, One, Term
from resolvers.reads.filters import by_status
from resolvers.reads.run import Ref
from schema.common import Node, PageInfo, User, UserError
from schema.declaring import Answer, command, identifies, reads, shows
from schema.enums import ProjectStatus, Visibility

if TYPE_CHECKING:
    from schema.deals import Deal

_BY_TIME = {"CREATED_AT": (Term("{a}.created_at", "instant"),)}
_IN_TURN = (Term("{a}.position", "int"),)
PROJECTS = Connection("Project", orders=_BY_TIME, filters=(by_status,))


@strawberry.type(description="Something to do in a project; done once doneAt is set.")
class ProjectTask(Node):
    """A task."""

    id: strawberry.ID = identifies("ProjectTask")
    title: str = shows("title")
    phase: Annotated["ProjectPhase", strawberry.lazy("schema.projects")] | None = reads(One("ProjectPhase", "phase_id"))
    due_on: date | None = shows("due_on", "day")
    assignee: User | None = reads(One("User", "assignee_id"))
    done_at: datetime | None = shows("done_at", "instant")
    created_at: datetime = shows("created_at", "instant")


@strawberry.type(description="A part of a project.")
class ProjectPhase(Node):
    """A phase."""

    id: strawberry.ID = identifies("ProjectPhase")
    name: str = shows("name")
    tasks: list[ProjectTask] = reads(Many("ProjectTask", column="phase_id", order=(Term("{a}.created_at"),)))


@strawberry.type(description="What is delivered for one deal or several, in phases and tasks.")
class Project(Node):
    """A project."""

    id: strawberry.ID = identifies("Project")
    name: str = shows("name")
    description: str | None = shows("description")
    status: ProjectStatus = shows("status")
    starts_on: date | None = shows("starts_on", "day")
    due_on: date | None = shows("due_on", "day")
    closed_at: datetime | None = shows("closed_at", "instant", "When it was completed or canceled.")
    owner: User = reads(One("User", "owner_id"))
    visibility: Visibility = shows("visibility")
    phases: list[ProjectPhase] = reads(Many("ProjectPhase", column="project_id", order=_IN_TURN))
    tasks: list[ProjectTask] = reads(
        Many("ProjectTask", column="project_id", order=(Term("{a}.created_at"),)), "Those of all phases and of none."
    )
    deals: list[Annotated["Deal", strawberry.lazy("schema.deals")]] = reads(
        Many("Deal", through=("deal_projects", "project_id", "deal_id"), order=(Term("{a}.created_at"),)),
        "Those the viewer may see.",
    )
    created_at: datetime = shows("created_at", "instant")
    updated_at: datetime = shows("updated_at", "instant")
    version: int = shows("version", "int")


@strawberry.type(description="One project in a list.")
class ProjectEdge:
    """A project and where it lies."""

    cursor: str
    node: Project


@strawberry.type(description="A page of projects, newest first.")
class ProjectConnection:
    """A page of projects."""

    edges: list[ProjectEdge]
    nodes: list[Project]
    page_info: PageInfo
    total_count: int


def projects_paged(
    root: object,
    status: list[ProjectStatus] | None = strawberry.UNSET,
    first: int | None = 50,
    after: str | None = None,
) -> Any:
    """The arguments of the list of projects."""


@strawberry.input(description="A new project, for one to 100 deals.")
class CreateProjectInput:
    """A new project."""

    name: str
    deal_ids: list[strawberry.ID]
    description: str | None = strawberry.UNSET
    starts_on: date | None = strawberry.UNSET
    due_on: date | None = strawberry.UNSET
    phases: list[str] | None = strawberry.UNSET
    owner_id: strawberry.ID | None = strawberry.UNSET
    visibility: Visibility | None = strawberry.UNSET
    idempotency_key: str | None = strawberry.UNSET
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="What to change of a project; what is left out stays, null unsets.")
class UpdateProjectInput:
    """A change of a project."""

    id: strawberry.ID
    expected_version: int | None = strawberry.UNSET
    name: str | None = strawberry.UNSET
    description: str | None = strawberry.UNSET
    status: ProjectStatus | None = strawberry.UNSET
    starts_on: date | None = strawberry.UNSET
    due_on: date | None = strawberry.UNSET
    owner_id: strawberry.ID | None = strawberry.UNSET
    visibility: Visibility | None = strawberry.UNSET
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="Deals that a project is for, or no longer.")
class ProjectDealsInput:
    """Deals of a project."""

    project_id: strawberry.ID
    deal_ids: list[strawberry.ID]
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="A phase: one that is there, by its id, or a new one.")
class ProjectPhaseInput:
    """A phase."""

    id: strawberry.ID | None = strawberry.UNSET
    name: str


@strawberry.input(description="All phases of a project, in order. The tasks of one left out stay, in no phase.")
class SetProjectPhasesInput:
    """The phases of a project."""

    project_id: strawberry.ID
    phases: list[ProjectPhaseInput]
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="A new task in a project.")
class AddProjectTaskInput:
    """A new task."""

    project_id: strawberry.ID
    title: str
    phase_id: strawberry.ID | None = strawberry.UNSET
    due_on: date | None = strawberry.UNSET
    assignee_id: strawberry.ID | None = strawberry.UNSET
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="What to change of a task; what is left out stays, null unsets.")
class UpdateProjectTaskInput:
    """A change of a task."""

    id: strawberry.ID
    title: str | None = strawberry.UNSET
    phase_id: strawberry.ID | None = strawberry.UNSET
    due_on: date | None = strawberry.UNSET
    assignee_id: strawberry.ID | None = strawberry.UNSET
    is_done: bool | None = strawberry.UNSET
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="A task to take out of its project.")
class RemoveProjectTaskInput:
    """The task."""

    id: strawberry.ID
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.type(description="What became of a project.")
class ProjectPayload:
    """The project after the command."""

    project: Project | None
    errors: list[UserError]


async def _create_project(viewer: Viewer, draft: Any) -> Answer:
    return {"project": Ref("Project", await projects.create_project(viewer, draft))}


async def _update_project(viewer: Viewer, patch: Any) -> Answer:
    return {"project": Ref("Project", await projects.update_project(viewer, patch))}


async def _link_deals(viewer: Viewer, given: Any) -> Answer:
    return {"project": Ref("Project", await project_links.link_deals(viewer, given))}


async def _unlink_deals(viewer: Viewer, given: Any) -> Answer:
    return {"project": Ref("Project", await project_links.unlink_deals(viewer, given))}


async def _set_phases(viewer: Viewer, given: Any) -> Answer:
    return {"project": Ref("Project", await project_phases.set_phases(viewer, given))}


async def _add_task(viewer: Viewer, draft: Any) -> Answer:
    return {"project": Ref("Project", await project_tasks.add_task(viewer, draft))}


async def _update_task(viewer: Viewer, patch: Any) -> Answer:
    return {"project": Ref("Project", await project_tasks.update_task(viewer, patch))}


async def _remove_task(viewer: Viewer, removal: Any) -> Answer:
    return {"project": Ref("Project", await project_tasks.remove_task(viewer, removal))}


@strawberry.type
class ProjectCommands:
    """What may be done with projects."""

    create_project = command(CreateProjectInput, ProjectPayload, _create_project)
    update_project = command(UpdateProjectInput, ProjectPayload, _update_project)
    link_project_deals = command(ProjectDealsInput, ProjectPayload, _link_deals)
    unlink_project_deals = command(ProjectDealsInput, ProjectPayload, _unlink_deals)
    set_project_phases = command(SetProjectPhasesInput, ProjectPayload, _set_phases)
    add_project_task = command(AddProjectTaskInput, ProjectPayload, _add_task)
    update_project_task = command(UpdateProjectTaskInput, ProjectPayload, _update_task)
    remove_project_task = command(RemoveProjectTaskInput, ProjectPayload, _remove_task)
