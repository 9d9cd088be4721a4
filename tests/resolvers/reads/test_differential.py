"""Plans answer what graphql-core answers: the same bytes to the same request, errors and all."""

import re
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import product
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
from resolvers.reads.plans import PLANS, Plans
from schema.build import graphql_schema
from schema.context import Context
from tests.resolvers.reads.operations import Pool, nodes, operations
from tests.resolvers.reads.worlds import World, make_world

CURSORS = """
{ leads(first: 3) { edges { cursor } } deals(first: 3) { edges { cursor } } people(first: 2) { edges { cursor } }
  byValue: deals(orderBy: {field: VALUE}) { edges { cursor } }
  byTitle: leads(orderBy: {field: TITLE, direction: ASC}) { edges { cursor } }
  pipelines { stages { deals { edges { cursor } } } } }
"""


@dataclass(repr=False)
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
    """What graphql-core answers, over plans that were never used before."""
    context = Context(viewer)
    kept = graphql_schema.extensions.pop(PLANS, None)
    try:
        return await told(engine.run_in(context, operation, variables))
    finally:
        graphql_schema.extensions[PLANS] = kept or Plans()
        await context.close()


def settled(answer: bytes) -> bytes:
    """An answer with its ages to the hundredth of a day: they are counted to now, which goes on meanwhile."""
    return re.sub(rb"\d+\.\d{4,}", lambda age: b"%.2f" % float(age[0]), answer)


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


def ids_in(answer: bytes) -> set[str]:
    """The global ids in an answer, wherever they are, but not those in its errors."""
    data = answer.rpartition(b'"data":')[2]
    return {each.decode() for each in re.findall(rb"\b[a-z]+_[0-9a-f]{32}\b", data)} - {"lead_" + "0" * 32}


def some(number: int) -> settings:
    """So many examples, however long they take."""
    return settings(max_examples=number, deadline=None, suppress_health_check=list(HealthCheck))


async def compare(asking: Asking, data: st.DataObject, tried: Counter[str]) -> None:
    """Ask the same both ways, for two viewers and with two sets of variables: a plan is used again."""
    engine = asking.engine
    asked = data.draw(operations(graphql_schema, asking.pool) | nodes(graphql_schema, asking.pool))
    viewers = data.draw(st.tuples(st.sampled_from(asking.world.viewers), st.sampled_from(asking.world.viewers)))
    try:
        operation = engine.choose(asked.text)
    except BadDocument:
        assume(False)
    for viewer, variables in product(viewers, asked.variables):
        planned = engine.answered["plan"]
        mine = await by_plan(engine, operation, variables, viewer)
        reference = await by_executor(engine, operation, variables, viewer)
        assert settled(mine) == settled(reference)
        assert b"INTERNAL" not in mine
        assert all(asking.world.knows(viewer, each) for each in ids_in(mine))
        tried["cases"] += 1
        tried["planned"] += engine.answered["plan"] - planned
        tried["wrong"] += b'"errors":[{' in mine or mine.startswith(b"[")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@some(600)
@over(st.data())
async def test_plans_answer_what_graphql_core_answers(asking: Asking, tried: Counter[str], data: st.DataObject) -> None:
    await compare(asking, data, tried)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
@some(200)
@over(st.data())
async def test_plans_answer_what_graphql_core_answers_on_postgresql(
    asking: Asking, tried: Counter[str], data: st.DataObject
) -> None:
    await compare(asking, data, tried)


async def test_a_plan_shows_each_viewer_exactly_what_they_may_see(asking: Asking) -> None:
    operation = asking.engine.choose("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }")
    every_id = list(asking.world.rows)
    for viewer in asking.world.viewers:
        answer = orjson.loads(await asking.engine.run(operation, {"ids": every_id}, viewer))
        shown = [None if node is None else node["id"] for node in answer["data"]["nodes"]]
        assert shown == [asking.world.leads_to(viewer, each) for each in every_id]
