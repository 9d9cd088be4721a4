"""Questions with the statements that are run for them and the answers they get, to be read by people.

Each case is a .graphql file; beside it lie its .sql, for a regular user on both databases, and its
.json. `LEJEK_WRITE_CASES=1` writes them anew: read the difference before you commit it.
"""

import os
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.graphql import Engine
from models.database import Database
from models.participants import Follower, Participant
from models.projects import DealProject, Project, ProjectPhase, ProjectTask
from models.users import User
from resolvers import ids
from schema.build import graphql_schema
from schema.context import Context
from tests import given
from tests.asking import statements
from tests.given import Company

CASES = sorted((Path(__file__).parent / "cases").glob("*.graphql"))
START = datetime(2026, 1, 1, tzinfo=UTC)
_BREAKS = r"[()]| (?:FROM|LEFT JOIN|CROSS JOIN|JOIN|WHERE|GROUP BY|ORDER BY|LIMIT)(?= )"


@pytest.fixture
async def names(acme: Company, other: Company) -> dict[str, str]:
    """Some rows, and the global ids by which cases speak of them."""
    firm = await given.organization(acme.anna, "Żubr")
    jan = await given.person(acme.anna, "Jan Kowalski", emails=["jan@zubr.example"], organization_id=firm.id)
    ewa = await given.person(acme.bartek, "Ewa Kowalska", visibility="TEAM", organization_id=firm.id)
    for number in range(3):
        await _lead(acme, number, ewa.id if number else jan.id)
    deals = [await _deal(acme, number, [jan.id, ewa.id][number % 2], firm.id) for number in range(5)]
    hidden = await given.deal(acme.celina, acme.stages[0], "Hidden", visibility="OWNER", value_minor=1, currency="PLN")
    for number in range(3):
        at = START + timedelta(hours=number)
        note = await given.note(acme.anna, deals[0], f"Note {number}")
        await type(note).filter(id=note.id).update(created_at=at)
        await given.comment(acme.bartek, note)
        activity = await given.activity(acme.bartek, deals[0], f"Call {number}", due_at=at, created_at=at)
        if not number:
            await type(deals[0]).filter(id=deals[0].id).update(next_activity_id=activity.id, next_activity_at=at)
    await _surround(acme, deals[0], ewa.id)
    lead = await _lead(acme, 3, jan.id)
    return {
        "deal": ids.encode("Deal", deals[0].id),
        "hidden": ids.encode("Deal", hidden.id),
        "lead": ids.encode("Lead", lead.id),
        "label": ids.encode("Label", acme.label.id),
        "pipeline": ids.encode("Pipeline", acme.pipeline.id),
    }


async def _surround(acme: Company, deal: Any, person_id: Any) -> None:
    common = {"account_id": acme.id, "deal_id": deal.id}
    await Participant.create(**common, person_id=person_id)
    await Follower.create(**common, user_id=acme.celina.id)
    project = await Project.create(
        account_id=acme.id, owner_id=acme.bartek.id, name="Rollout", folded_name="rollout", created_at=START
    )
    await DealProject.create(**common, project_id=project.id)
    for position in range(2):
        phase = await ProjectPhase.create(
            account_id=acme.id, project_id=project.id, name=f"Phase {position}", position=position
        )
        await ProjectTask.create(account_id=acme.id, project_id=project.id, phase_id=phase.id, title=f"Task {position}")


async def _lead(acme: Company, number: int, person_id: Any) -> Any:
    return await given.lead(
        acme.anna,
        f"Lead {number}",
        labels=[acme.label],
        person_id=person_id,
        value_minor=None if number == 1 else 100 * number,
        currency=None if number == 1 else "PLN",
        created_at=START + timedelta(days=number),
    )


async def _deal(acme: Company, number: int, person_id: Any, organization_id: Any) -> Any:
    return await given.deal(
        acme.anna,
        acme.stages[number % 2],
        f"Deal {number}",
        labels=[acme.label][: number % 2],
        person_id=person_id,
        organization_id=organization_id,
        value_minor=12_345 * number,
        currency=["PLN", "JPY"][number % 2],
        probability=50 if number == 1 else None,
        expected_close_date=date(2026, 3, 1 + number),
        stage_entered_at=START + timedelta(days=number),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
async def test_a_question_is_read_and_answered_as_its_case_says(
    case: Path, database: Database, acme: Company, names: dict[str, str]
) -> None:
    text = _text(case)
    engine = Engine(graphql_schema, Context)
    variables = orjson.loads(_said(text, "variables", names))
    viewer = await given.viewer(await User.get(id=acme.bartek.id))
    async with statements() as noted:
        answer = await engine.run(engine.choose(text), variables, viewer)
    assert engine.answered == {"plan": 1}
    assert len(noted) == int(_said(text, "statements", {})), "\n".join(noted)
    _hold(case.with_suffix(f".{database.dialect}.sql"), "\n\n".join(map(_readable, noted)) + "\n")
    told = orjson.dumps(orjson.loads(_numbered(answer)), option=orjson.OPT_INDENT_2).decode()
    _hold(case.with_suffix(".json"), told + "\n")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _said(text: str, what: str, names: dict[str, str]) -> str:
    found = re.search(rf"^# {what}: (.*)$", text, re.MULTILINE)
    assert found is not None, f"the case says no {what}"
    said = found[1]
    for name, value in names.items():
        said = said.replace(f"{{{name}}}", value)
    return said


def _readable(statement: str) -> str:
    """Each clause on a line of its own, and deeper those in brackets that have clauses."""
    depth = 0

    def broken(found: re.Match[str]) -> str:
        nonlocal depth
        if found[0] in "()":
            depth += 1 if found[0] == "(" else -1
            return found[0]
        is_short = depth > 1 or (depth and "json_each" in statement[found.start() : found.start() + 20])
        return found[0] if is_short else "\n" + "    " * depth + found[0].strip()

    return re.sub(_BREAKS, broken, statement) + ";"


def _numbered(answer: bytes) -> str:
    """The answer with `deal_1` for the first deal's id, and so on."""
    numbers: dict[str, str] = {}
    counts: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        if found[0] not in numbers:
            counts[found[1]] = counts.get(found[1], 0) + 1
            numbers[found[0]] = f"{found[1]}_{counts[found[1]]}"
        return numbers[found[0]]

    return re.sub(r"\b([a-z]+)_[0-9a-f]{32}\b", number, answer.decode())


def _hold(path: Path, actual: str) -> None:
    if os.environ.get("LEJEK_WRITE_CASES"):
        path.write_text(actual, encoding="utf-8")
    assert path.exists(), f"{path.name} is missing: run with LEJEK_WRITE_CASES=1"
    assert actual == path.read_text(encoding="utf-8"), f"{path.name} differs: LEJEK_WRITE_CASES=1 writes it anew"
