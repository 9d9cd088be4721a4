"""The phases of a project, in order."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict
from uuid import UUID

from models import changes
from models.changes import Subject
from models.projects import Project, ProjectPhase, ProjectTask
from resolvers import access, commands, ids, project_links, text
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults

MOST_PHASES = 50


class PhaseDraft(TypedDict, total=False):
    """A phase: one that is there, by its id, or a new one."""

    id: str | None
    name: str


class ProjectPhases(TypedDict, total=False):
    """All phases that a project is to have, in order."""

    project_id: str
    phases: list[PhaseDraft]
    client_mutation_id: str | None


# What is wanted of each place: a phase that is there or null for a new one, and its name.
_Wanted = Sequence[tuple[UUID | None, str]]


def phase_names(names: Sequence[str]) -> list[str]:
    """The names of at most MOST_PHASES phases; refuses with every one that is no line of text."""
    if len(names) > MOST_PHASES:
        raise refuse(ErrorCode.TOO_MANY, f"A project has at most {MOST_PHASES} phases.", "phases")
    faults = Faults()
    lines = []
    for place, name in enumerate(names):
        with faults.noted():
            lines.append(text.line(name, "phases", place))
    faults.raise_any()
    return lines


def phase_of(project: Project, name: str, position: int) -> ProjectPhase:
    """A new phase, not yet written."""
    return ProjectPhase(account_id=project.account_id, project_id=project.id, name=name, position=position)


async def set_phases(viewer: Viewer, given: ProjectPhases) -> UUID:
    """Give a project these phases in this order; the tasks of a phase that is left out stay, in none."""
    key, wanted = _expect(given)
    async with commands.begin(viewer, given) as ledger:
        project = await access.find_one(viewer, Project, key, "projectId", lock=True)
        there = {phase.id: phase for phase in await ProjectPhase.filter(project_id=key)}
        _require_phases(wanted, there)
        left = [phase for phase in there.values() if phase.id not in {each for each, _ in wanted}]
        subjects = [*await _place(project, wanted, there), *await _leave(left)]
        if subjects:
            await project_links.tell(ledger, key, *subjects)
    return key


def _expect(given: ProjectPhases) -> tuple[UUID, _Wanted]:
    faults = Faults()
    with faults.noted():
        key = ids.expect("Project", given["project_id"], "projectId")
    with faults.noted():
        names = phase_names([draft["name"] for draft in given["phases"]])
    with faults.noted():
        kept = _kept(given["phases"])
    faults.raise_any()
    return key, list(zip(kept, names, strict=True))


def _kept(drafts: Sequence[PhaseDraft]) -> list[UUID | None]:
    faults = Faults()
    kept: list[UUID | None] = []
    for place, draft in enumerate(drafts):
        with faults.noted():
            given = draft.get("id")
            phase_id = None if given is None else ids.expect("ProjectPhase", given, "phases", place, "id")
            if phase_id is not None and phase_id in kept:
                raise refuse(ErrorCode.INVALID, "This phase stands in the list twice.", "phases", place, "id")
            kept.append(phase_id)
    faults.raise_any()
    return kept


def _require_phases(wanted: _Wanted, there: Mapping[UUID, ProjectPhase]) -> None:
    faults = Faults()
    for place, (phase_id, _) in enumerate(wanted):
        with faults.noted():
            if phase_id is not None and phase_id not in there:
                raise access.not_found("phase of this project", "phases", place, "id")
    faults.raise_any()


async def _place(project: Project, wanted: _Wanted, there: Mapping[UUID, ProjectPhase]) -> list[Subject]:
    """Write phases that are new, renamed or stand elsewhere now."""
    subjects = []
    for position, (phase_id, name) in enumerate(wanted):
        if phase_id is None:
            phase = phase_of(project, name, position)
            await phase.save()
            subjects.append(changes.added("project_phase", changes.snapshot(phase)))
        elif (there[phase_id].name, there[phase_id].position) != (name, position):
            subjects.append(await _change("project_phase", there[phase_id], {"name": name, "position": position}))
    return subjects


async def _leave(phases: Sequence[ProjectPhase]) -> list[Subject]:
    """Take phases out of their project, and their tasks out of them."""
    tasks = await ProjectTask.filter(phase_id__in=[phase.id for phase in phases]).order_by("id")
    subjects = [await _change("project_task", task, {"phase_id": None}) for task in tasks]
    await ProjectPhase.filter(id__in=[phase.id for phase in phases]).delete()
    return [*subjects, *(changes.removed("project_phase", changes.snapshot(phase)) for phase in phases)]


async def _change(noun: str, row: ProjectPhase | ProjectTask, columns: dict[str, Any]) -> Subject:
    before = changes.snapshot(row)
    row.update_from_dict(columns)
    await row.save(update_fields=list(columns))
    return changes.altered(noun, before, changes.snapshot(row))
