"""Plans answer what graphql-core answers: the same bytes to the same request, errors and all."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, assume, settings
from hypothesis import given as over
from hypothesis import strategies as st

from app.graphql import Engine, errors_of
from models.database import Database
from resolvers.access import Viewer
from resolvers.reads.documents import BadDocument, Operation
from schema.build import graphql_schema
from schema.context import Context
from tests.resolvers.reads.operations import Pool, operations
from tests.resolvers.reads.worlds import World, make_world

CURSORS = """
{ leads(first: 3) { edges { cursor } } deals(first: 3) { edges { cursor } } people(first: 2) { edges { cursor } }
  byValue: deals(orderBy: {field: VALUE}) { edges { cursor } }
  byTitle: leads(orderBy: {field: TITLE, direction: ASC}) { edges { cursor } }
  pipelines { stages { deals { edges { cursor } } } } }
"""


@dataclass
class Asking:
    """Two accounts to ask about, the engine that answers, and values that are there."""

    world: World
    engine: Engine
    pool: Pool


@pytest.fixture
async def asking(database: Database) -> Asking:
    """An engine before two accounts."""
    world, engine = await make_world(7), Engine(graphql_schema, Context)
    return Asking(world, engine, Pool(world.ids, await cursors(engine, world.viewers[0])))


async def told(answering: Any) -> bytes:
    """What a client is told."""
    try:
        answer: bytes = await answering
    except BadDocument as bad:
        return orjson.dumps(errors_of(bad))
    return answer


async def by_plan(engine: Engine, operation: Operation, variables: Any, viewer: Viewer) -> bytes:
    """What the engine answers."""
    return await told(engine.run(operation, variables, viewer))


async def by_executor(engine: Engine, operation: Operation, variables: Any, viewer: Viewer) -> bytes:
    """What graphql-core answers."""
    context = Context(viewer)
    try:
        return await told(engine.run_in(context, operation, variables))
    finally:
        await context.close()


async def cursors(engine: Engine, viewer: Viewer) -> list[str]:
    """Cursors of several lists, in several orders."""
    answer = orjson.loads(await engine.run(engine.choose(CURSORS), None, viewer))
    found: list[str] = []

    def look(value: Any) -> None:
        for each in value.values() if isinstance(value, dict) else value:
            if isinstance(each, str):
                found.append(each)
            else:
                look(each)

    look(answer["data"])
    return found


@pytest.fixture
async def tried(database: Database) -> AsyncIterator[Counter[str]]:
    """What became of the cases of a test. Plans must have answered many, and some must have been wrong."""
    counts: Counter[str] = Counter()
    yield counts
    assert counts["planned"] > counts["cases"] / 4, counts
    assert counts["wrong"] > counts["cases"] / 50, counts


def some(number: int) -> settings:
    """So many examples, however long they take."""
    return settings(max_examples=number, deadline=None, suppress_health_check=list(HealthCheck))


async def compare(asking: Asking, data: st.DataObject, tried: Counter[str]) -> None:
    """Ask something both ways."""
    engine = asking.engine
    asked = data.draw(operations(graphql_schema, asking.pool))
    viewer = data.draw(st.sampled_from(asking.world.viewers))
    try:
        operation = engine.choose(asked.text)
    except BadDocument:
        assume(False)
    planned = engine.answered["plan"]
    mine = await by_plan(engine, operation, asked.variables, viewer)
    reference = await by_executor(engine, operation, asked.variables, viewer)
    assert mine == reference
    assert b"INTERNAL" not in mine
    tried["cases"] += 1
    tried["planned"] += engine.answered["plan"] - planned
    tried["wrong"] += b'"errors":[{' in mine or mine.startswith(b"[")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@some(600)
@over(st.data())
async def test_plans_answer_what_graphql_core_answers(asking: Asking, tried: Counter[str], data: st.DataObject) -> None:
    await compare(asking, data, tried)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
@some(150)
@over(st.data())
async def test_plans_answer_what_graphql_core_answers_on_postgresql(
    asking: Asking, tried: Counter[str], data: st.DataObject
) -> None:
    await compare(asking, data, tried)
