"""The page of a deal with everything on it: one question, one plan, as many statements for much as for little."""

from typing import Any

from graphql import GraphQLNamedType, GraphQLObjectType, get_named_type, is_leaf_type

from app.graphql import Engine
from models.participants import Follower, Participant
from models.projects import DealProject, Project
from resolvers import notes
from schema.build import graphql_schema
from schema.context import Context
from tests import given
from tests.asking import statements
from tests.given import Company
from tests.refusals import global_id


def leaves(kind: GraphQLNamedType) -> str:
    """All of a type that needs no selection, or its name alone where it is one of several types."""
    if not isinstance(kind, GraphQLObjectType):
        return "__typename"
    shown = [name for name, field in kind.fields.items() if is_leaf_type(get_named_type(field.type)) and not field.args]
    return " ".join(["__typename", *shown])


def everything() -> str:
    """A question for every field of a deal, and of what hangs on it; it grows with the schema."""
    deal = graphql_schema.type_map["Deal"]
    assert isinstance(deal, GraphQLObjectType)
    parts = []
    for name, field in deal.fields.items():
        kind = get_named_type(field.type)
        if is_leaf_type(kind):
            parts.append(name)
        elif isinstance(kind, GraphQLObjectType) and "nodes" in kind.fields:
            node = get_named_type(kind.fields["nodes"].type)
            parts.append(f"{name} {{ {leaves(kind)} nodes {{ {leaves(node)} }} }}")
        else:
            parts.append(f"{name} {{ {leaves(kind)} }}")
    return f"query ($id: ID!) {{ deal(id: $id) {{ {' '.join(parts)} }} }}"


async def fill(company: Company, deal: Any, times: int) -> None:
    anna, own = await given.viewer(company.anna), {"account_id": company.id, "deal_id": deal.id}
    for number in range(times):
        person = await given.person(company.anna, f"Person {number}")
        await Participant.create(**own, person_id=person.id)
        await notes.add_note(anna, {"deal_id": global_id(deal), "body": f"Note {number}"})
        await given.activity(company.anna, deal, f"Call {number}")
        project = await Project.create(
            account_id=company.id, owner_id=company.anna.id, name=f"Project {number}", folded_name=f"project {number}"
        )
        await DealProject.create(**own, project_id=project.id)
    for user in (company.bartek, company.celina)[:times]:
        await Follower.create(**own, user_id=user.id)


async def test_a_deal_with_everything_on_it_takes_as_many_statements_as_an_empty_one(acme: Company) -> None:
    engine, viewer = Engine(graphql_schema, Context), await given.viewer(acme.anna)
    operation, counts = engine.choose(everything()), []
    for times in (1, 5):
        deal = await given.deal(acme.anna, acme.stages[0], labels=[acme.label])
        await fill(acme, deal, times)
        async with statements() as sent:
            answer = await engine.run(operation, {"id": global_id(deal)}, viewer)
        assert b'"errors"' not in answer
        counts.append(len(sent))
    assert engine.answered == {"plan": 2}
    assert counts[0] == counts[1]
