"""Random questions to random accounts: whatever is asked, nothing comes back that the asker may not see."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from hypothesis import Phase, settings
from hypothesis import given as over
from hypothesis import strategies as st

from app.graphql import Engine
from models.database import Database
from resolvers.reads.documents import BadDocument
from schema.build import graphql_schema
from schema.context import Context
from tests import given
from tests.resolvers.reads.operations import Pool, nodes, operations
from tests.resolvers.reads.test_differential import cursors, ids_in, some, told
from tests.resolvers.reads.test_visibility import MARK, Account, Plot, Seen, assert_within, make, plots
from tests.resolvers.reads.worlds import make_world

QUESTIONS = 10  # about each pair of accounts


@pytest.fixture
async def found(database: Database) -> AsyncIterator[Counter[str]]:
    """How many answers said something of a record, and how many plans gave. There must be many of both."""
    counts: Counter[str] = Counter()
    yield counts
    assert counts["telling"] > counts["asked"] / 4, counts
    assert counts["planned"] > counts["asked"] / 4, counts


def ids_of(*accounts: Account) -> dict[str, list[str]]:
    """The ids of every record there is, seen or not, by its type."""
    ids: dict[str, list[str]] = {}
    for account in accounts:
        for mark, key in account.ids.items():
            ids.setdefault(mark.split("-")[0].capitalize(), []).append(key)
    return ids


def without_origins(shown: Any, account: Account) -> Any:
    """An answer without the ids of leads that became deals: a deal in sight tells where it came from."""
    text = json.dumps(shown)
    for mark, draft in account.drafts("lead"):
        if account.is_converted(draft):
            text = text.replace(account.ids[mark], "")
    return json.loads(text)


@settings(some(15), phases=[Phase.generate])  # a failing one is not made small: that takes minutes
@over(plots(), plots(), st.data())
async def test_no_field_of_any_question_sees_past_the_oracle(
    database: Database, found: Counter[str], plot: Plot, other: Plot, data: st.DataObject
) -> None:
    acme, rival = await make(plot, "acme"), await make(other, "rival")
    engine = Engine(graphql_schema, Context)
    viewers = [await given.viewer(user) for user in acme.users]
    pool = Pool(ids_of(acme, rival), [*await cursors(engine, viewers[0]), "AAAA"])
    for _ in range(QUESTIONS):
        asked = data.draw(nodes(graphql_schema, pool) | operations(graphql_schema, pool))
        number = data.draw(st.integers(0, len(viewers) - 1))
        try:
            operation = engine.choose(asked.text)
        except BadDocument:
            continue
        for variables in asked.variables:
            answer = await told(engine.run(operation, variables, viewers[number]))
            shown = orjson.loads(answer)
            seen = without_origins(shown.get("data") if isinstance(shown, dict) else None, acme)
            assert_within(Seen(acme, number), seen, acme, rival)
            found["asked"] += 1
            text = json.dumps(seen)
            found["telling"] += bool(MARK.search(text)) or any(key in text for key in acme.ids.values())
    found["planned"] += engine.answered["plan"]


@settings(some(8), phases=[Phase.generate])
@over(st.integers(0, 10**6), st.data())
async def test_no_field_of_any_type_tells_of_a_row_that_the_asker_may_not_see(
    database: Database, found: Counter[str], seed: int, data: st.DataObject
) -> None:
    world, engine = await make_world(seed), Engine(graphql_schema, Context)
    pool = Pool(world.ids, [*await cursors(engine, world.viewers[0]), "AAAA"])
    for _ in range(QUESTIONS):
        asked = data.draw(nodes(graphql_schema, pool) | operations(graphql_schema, pool))
        viewer = data.draw(st.sampled_from(world.viewers))
        try:
            operation = engine.choose(asked.text)
        except BadDocument:
            continue
        for variables in asked.variables:
            told_of = ids_in(await told(engine.run(operation, variables, viewer)))
            assert [each for each in told_of if not world.knows(viewer, each)] == []
            found["asked"] += 1
            found["telling"] += bool(told_of)
    found["planned"] += engine.answered["plan"]
