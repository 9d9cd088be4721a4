"""What lies around the deals of a world: projects, participants, followers, what happened, and tokens."""

from datetime import date
from random import Random
from typing import Any
from uuid import UUID

from models.base import Visibility, new_id
from models.changelog import DealEvent, DealLogEntry
from models.participants import Follower, Participant
from models.projects import DealProject, Project, ProjectPhase, ProjectTask
from models.users import Token
from models.ways import Way

Rows = dict[str, list[Any]]


async def make_projects(rows: Rows, account_id: UUID, dice: Random, instants: list[Any]) -> Rows:
    """Projects for some deals each, with phases and tasks."""
    at = dice.choice(instants)
    projects = [
        Project(
            id=new_id(),
            account_id=account_id,
            owner_id=dice.choice(rows["User"]).id,
            visibility=dice.choice(list(Visibility)),
            name=f"Rollout {number}",
            folded_name=f"rollout {number}",
            due_on=dice.choice([None, date(2026, 6, 1)]),
            created_at=at,
            updated_at=at,
        )
        for number in range(5)
    ]
    phases = [
        ProjectPhase(id=new_id(), account_id=account_id, project_id=project.id, name="Phase", position=number)
        for project in projects
        for number in range(2)
    ]
    tasks = [
        ProjectTask(
            id=new_id(),
            account_id=account_id,
            project_id=phase.project_id,
            phase_id=dice.choice([None, phase.id]),
            title="Task",
            assignee_id=dice.choice([None, dice.choice(rows["User"]).id]),
            created_at=dice.choice(instants),
        )
        for phase in phases
    ]
    pairs = {(dice.choice(rows["Deal"]).id, project.id) for project in projects for _ in range(3)}
    links = [DealProject(account_id=account_id, deal_id=deal, project_id=project) for deal, project in sorted(pairs)]
    for made in (projects, phases, tasks, links):
        await type(made[0]).bulk_create(made)
    return {"Project": projects, "ProjectPhase": phases, "ProjectTask": tasks}


async def make_company(rows: Rows, account_id: UUID, dice: Random) -> None:
    """People and users beside those that deals have anyhow."""
    for deal in rows["Deal"]:
        people = dice.sample(rows["Person"], dice.randint(0, 2))
        users = dice.sample(rows["User"], dice.randint(0, 2))
        common = {"account_id": account_id, "deal_id": deal.id}
        await Participant.bulk_create([Participant(**common, person_id=each.id) for each in people])
        await Follower.bulk_create([Follower(**common, user_id=each.id) for each in users])


async def make_log(rows: Rows, account_id: UUID, dice: Random, instants: list[Any]) -> Rows:
    """What became of deals: plain values, and other rows, some of them out of many a viewer's sight."""
    changes: list[dict[str, Any]] = [
        {"event": DealEvent.CREATED},
        {"field": "title", "old_value": "A", "new_value": "B"},
        {"field": "value", "old_value": None, "new_value": "1250 PLN"},
        {"field": "stage_id", "old_id": rows["Stage"][0].id, "new_id": rows["Stage"][1].id},
        *[{"field": "person_id", "new_id": each.id} for each in rows["Person"]],
        *[{"field": "organization_id", "old_id": each.id} for each in rows["Organization"]],
    ]
    entries = [
        DealLogEntry(
            id=new_id(),
            account_id=account_id,
            deal_id=dice.choice(rows["Deal"]).id,
            revision=number,
            at=dice.choice(instants),
            actor_id=dice.choice([None, dice.choice(rows["User"]).id]),
            way=Way.API,
            **{"event": DealEvent.CHANGED, **dice.choice(changes)},
        )
        for number in range(30)
    ]
    await DealLogEntry.bulk_create(entries)
    return {"ChangelogEntry": entries}


async def make_tokens(rows: Rows, account_id: UUID) -> Rows:
    """A token for each user."""
    tokens = [
        Token(id=new_id(), account_id=account_id, user_id=user.id, name="CI", hash=f"of {user.id.hex}")
        for user in rows["User"]
    ]
    await Token.bulk_create(tokens)
    return {"Token": tokens}
