"""What lies around the deals of a world: projects, participants, followers, and what happened."""

from datetime import date
from typing import Any

from models.changelog import DealEvent, DealLogEntry
from models.participants import Follower, Participant
from models.projects import DealProject, Project, ProjectPhase, ProjectStatus, ProjectTask
from models.ways import Way
from tests.resolvers.reads.filling import START, Filling


async def make_projects(filling: Filling) -> None:
    """Projects for some deals each, with phases and tasks."""
    projects = await filling.save("Project", [_project(filling, number) for number in range(6)])
    phases = [
        ProjectPhase(**filling.own(), project_id=project.id, name="Phase", position=number)
        for project in projects
        for number in range(2)
    ]
    await filling.save("ProjectPhase", phases)
    await filling.save("ProjectTask", [_task(filling, phase) for phase in phases])
    pairs = {(filling.one("Deal"), project.id) for project in projects for _ in range(3)}
    await filling.keep(
        DealProject(**filling.own(), deal_id=deal, project_id=project) for deal, project in sorted(pairs)
    )


def _project(filling: Filling, number: int) -> Project:
    name, status = f"Rollout {number}", list(ProjectStatus)[number % 3]
    planned = {"description": "Plan", "starts_on": date(2026, 5, 1), "due_on": date(2026, 6, 1)}
    return Project(
        **filling.record(),
        name=name,
        folded_name=name.lower(),
        status=status,
        closed_at=None if status is ProjectStatus.OPEN else START,
        **(planned if number % 2 else {}),
    )


def _task(filling: Filling, phase: ProjectPhase) -> ProjectTask:
    return ProjectTask(
        **filling.own(),
        project_id=phase.project_id,
        phase_id=filling.dice.choice([None, phase.id]),
        title="Task",
        assignee_id=filling.any("User"),
        created_at=filling.instant(),
        **filling.maybe(due_on=date(2026, 6, 1), done_at=START),
    )


async def make_company(filling: Filling) -> None:
    """People and users beside those that deals have anyhow."""
    dice, deals = filling.dice, filling.rows["Deal"]
    taking_part = [(deal, each) for deal in deals for each in dice.sample(filling.rows["Person"], dice.randint(0, 2))]
    following = [(deal, each) for deal in deals for each in dice.sample(filling.rows["User"], dice.randint(0, 2))]
    await filling.keep(
        Participant(**filling.own(), deal_id=deal.id, person_id=person.id) for deal, person in taking_part
    )
    await filling.keep(Follower(**filling.own(), deal_id=deal.id, user_id=user.id) for deal, user in following)


async def make_log(filling: Filling) -> None:
    """What became of deals: plain values, and other rows, some of them out of many a viewer's sight."""
    changed = [*_CHANGES, *_pointing(filling)]
    entries = [
        DealLogEntry(
            **filling.own(),
            deal_id=filling.one("Deal"),
            revision=number,
            at=filling.instant(),
            actor_id=filling.any("User"),
            way=Way.API,
            **{"event": DealEvent.CHANGED, **changed[number % len(changed)]},
        )
        for number in range(3 * len(changed))
    ]
    for each in entries:
        if each.new_value is not None and each.field != "value":
            each.new_value = filling.mark(each.new_value, "ChangelogEntry", each)
    await filling.save("ChangelogEntry", entries)


_CHANGES: list[dict[str, Any]] = [
    {"event": DealEvent.CREATED},
    {"field": "title", "old_value": "A", "new_value": "B"},
    {"field": "value", "old_value": None, "new_value": "1250 PLN"},
]


def _pointing(filling: Filling) -> list[dict[str, Any]]:
    """Changes of what a deal points to."""
    return [
        {"event": DealEvent.CONVERTED, "new_id": filling.one("Lead")},
        {"field": "stage_id", "old_id": filling.one("Stage"), "new_id": filling.one("Stage")},
        {"field": "owner_id", "old_id": filling.one("User"), "new_id": filling.one("User")},
        {"field": "label_ids", "old_id": filling.one("Label")},
        {"field": "products", "old_id": filling.one("Product"), "old_value": "1500 333 PLN +"},
        *({"field": "person_id", "new_id": each.id} for each in filling.rows["Person"]),
        *({"field": "organization_id", "old_id": each.id} for each in filling.rows["Organization"]),
        *({"field": "custom", "custom_field_id": each.id, "new_value": "x"} for each in filling.rows["CustomField"]),
        {"field": "custom", "custom_field_id": filling.one("CustomField"), "new_id": filling.one("CustomFieldOption")},
    ]
