"""A plan is compiled once, and then used for whoever asks, with whatever variables."""

import orjson
import pytest

from app.graphql import Engine
from models.base import now
from resolvers import ids
from resolvers.access import Viewer
from resolvers.events import Event
from resolvers.reads.plans import PLANS, Plans, plans_of
from resolvers.reads.run import Ref
from schema.build import graphql_schema
from schema.context import Context
from tests import given
from tests.given import Company

LEADS = """
query Leads($first: Int, $field: LeadOrderField!, $search: String, $named: Boolean!) {
  leads(first: $first, orderBy: {field: $field}, filter: {search: $search}) {
    nodes { id title @include(if: $named) person { name } labels { name } } } }
"""
TOLD = "subscription ($on: ID!) { pipelineChanged(pipelineId: $on) { ... on DealAdded { deal { title } } } }"
RENAME = "mutation ($id: ID!, $to: String!) { updateDeal(input: {id: $id, title: $to}) { deal { id title } } }"


@pytest.fixture
def plans() -> Plans:
    """The schema's plans, none of them compiled yet."""
    graphql_schema.extensions[PLANS] = Plans()
    return plans_of(graphql_schema)


async def ask(engine: Engine, document: str, viewer: Viewer, **variables: object) -> bytes:
    """One request."""
    return await engine.run(engine.choose(document), variables, viewer)


async def test_a_plan_is_compiled_once_for_all_viewers_of_a_kind_and_all_arguments(acme: Company, plans: Plans) -> None:
    engine = Engine(graphql_schema, Context)
    regular = [await given.viewer(each) for each in (acme.anna, acme.bartek, acme.celina)]
    for viewer in regular:
        await ask(engine, LEADS, viewer, first=3, field="TITLE", named=True)
        await ask(engine, LEADS, viewer, first=20, field="VALUE", search="a", named=True)
    assert plans.compiled == 1
    await ask(engine, LEADS, await given.viewer(acme.admin), field="VALUE", named=True)
    assert plans.compiled == 2
    await ask(engine, LEADS, regular[0], field="VALUE", named=False)
    assert plans.compiled == 3
    assert engine.answered == {"plan": 8}


async def test_a_plan_that_was_used_by_one_viewer_shows_the_next_only_their_own(
    acme: Company, other: Company, plans: Plans
) -> None:
    engine = Engine(graphql_schema, Context)
    ours = await given.deal(acme.anna, acme.stages[0], "Ours", visibility="TEAM")
    theirs = await given.deal(other.anna, other.stages[0], "Theirs")
    document = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Deal { title } } deals { nodes { title } } }"
    asked = [ids.encode("Deal", each.id) for each in (ours, theirs)]
    seen = {}
    for user in (acme.anna, acme.bartek, acme.celina, other.anna, acme.anna):
        seen[user.id] = await ask(engine, document, await given.viewer(user), ids=asked)
    assert plans.compiled == 1
    both = b'{"data":{"nodes":[{"title":"Ours"},null],"deals":{"nodes":[{"title":"Ours"}]}}}'
    assert seen[acme.anna.id] == seen[acme.bartek.id] == both
    assert seen[acme.celina.id] == b'{"data":{"nodes":[null,null],"deals":{"nodes":[]}}}'
    assert b"Theirs" in seen[other.anna.id]
    assert b"Ours" not in seen[other.anna.id]


async def test_the_payload_of_a_mutation_is_compiled_once(acme: Company, plans: Plans) -> None:
    engine = Engine(graphql_schema, Context)
    deal = await given.deal(acme.anna, acme.stages[0])
    viewer = await given.viewer(acme.anna)
    for title in ("First", "Second", "Third"):
        answer = await ask(engine, RENAME, viewer, id=ids.encode("Deal", deal.id), to=title)
        assert title.encode() in answer
    assert plans.compiled == 1
    assert engine.answered == {"executor": 3}


async def test_what_is_told_of_changes_is_compiled_once(acme: Company, plans: Plans) -> None:
    engine = Engine(graphql_schema, Context)
    viewer = await given.viewer(acme.anna)
    operation = engine.choose(TOLD)
    for number in range(3):
        deal = await given.deal(acme.anna, acme.stages[0], f"Deal {number}")
        event = Event("DealAdded", number, now(), deal=Ref("Deal", deal.id))
        context = Context(viewer)
        answer = await engine.run_in(context, operation, {"on": ids.encode("Pipeline", acme.pipeline.id)}, event)
        await context.close()
        assert orjson.loads(answer)["data"] == {"pipelineChanged": {"deal": {"title": f"Deal {number}"}}}
    assert plans.compiled == 1


async def test_plans_are_kept_within_bounds(acme: Company) -> None:
    graphql_schema.extensions[PLANS] = kept = Plans(operations=3, variants=2)
    engine = Engine(graphql_schema, Context)
    viewer = await given.viewer(acme.anna)

    async def switched(number: int, a: bool, b: bool) -> None:
        variables = "$a: Boolean!, $b: Boolean!"
        document = f"query Q{number}({variables}) {{ labels {{ id @skip(if: $a) name @skip(if: $b) }} }}"
        await ask(engine, document, viewer, a=a, b=b)

    for number in range(5):
        for a, b in ((True, True), (True, False), (False, True)):
            await switched(number, a, b)
    assert len(kept) == 3
    assert kept.compiled == 15
    await switched(4, False, True)
    assert kept.compiled == 15
    await switched(4, True, True)
    assert kept.compiled == 16
