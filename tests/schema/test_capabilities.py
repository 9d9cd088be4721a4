"""The capability table against the built schema: what a type lacks is absent from it."""

import pytest
from graphql import GraphQLObjectType, build_schema

from resolvers import capabilities
from resolvers.capabilities import TABLE, Capability
from schema.build import graphql_schema, sdl
from tests import given
from tests.asking import ask, execute
from tests.given import Company

PRINTED = build_schema(sdl())


def marked(type_name: str) -> dict[str, str]:
    """The fields of a type that exist because of a capability, and which, read from the SDL alone."""
    kind = PRINTED.type_map[type_name]
    assert isinstance(kind, GraphQLObjectType)
    found = {}
    for name, field in kind.fields.items():
        for directive in (field.ast_node and field.ast_node.directives) or ():
            if directive.name.value == "capability":
                found[name] = directive.arguments[0].value.value  # type: ignore[attr-defined]
    return found


@pytest.mark.parametrize("kind", ["Lead", "Deal"])
def test_a_field_is_marked_only_with_what_its_type_has(kind: str) -> None:
    has = {str(capability) for capability in capabilities.of(kind)}  # type: ignore[arg-type]
    assert marked(kind), "a type without any marked field would prove nothing"
    assert set(marked(kind).values()) <= has


@pytest.mark.parametrize(("kind", "lacking"), [("Lead", "Deal"), ("Deal", "Lead")])
def test_a_field_of_a_capability_is_absent_from_the_type_that_lacks_it(kind: str, lacking: str) -> None:
    lacks = {str(capability) for capability in Capability} - {str(each) for each in capabilities.of(lacking)}  # type: ignore[arg-type]
    only = {name for name, capability in marked(kind).items() if capability in lacks}
    assert only
    assert only.isdisjoint(graphql_schema.type_map[lacking].fields)  # type: ignore[attr-defined]


def test_every_capability_of_the_schema_has_its_row() -> None:
    assert [row.capability for row in TABLE] == list(Capability)
    assert set(PRINTED.type_map["Capability"].values) == {row.capability.value for row in TABLE}  # type: ignore[attr-defined]


async def test_asking_a_lead_for_what_only_deals_have_is_a_validation_error(acme: Company) -> None:
    result = await execute(await given.viewer(acme.admin), "{ leads { nodes { stage { name } } } }")
    assert result.errors is not None
    assert "Cannot query field 'stage' on type 'Lead'" in result.errors[0].message


async def test_the_table_is_told_in_the_viewers_language(acme: Company) -> None:
    told = {}
    for locale in ("en", "pl"):
        viewer = await given.viewer(acme.admin, locale)
        told[locale] = (await ask(viewer, "{ capabilities { capability lead deal description } }"))["capabilities"]
    assert [(row["capability"], row["lead"], row["deal"]) for row in told["pl"]] == [
        (row.capability.value, row.lead, row.deal) for row in TABLE
    ]
    assert all(en["description"] != pl["description"] for en, pl in zip(told["en"], told["pl"], strict=True))
    assert "szansy" in told["pl"][0]["description"].lower() or "szansę" in told["pl"][0]["description"].lower()


async def test_a_lead_and_a_deal_say_what_they_can_do(acme: Company) -> None:
    await given.lead(acme.anna, person_id=(await given.person(acme.anna)).id)
    await given.deal(acme.anna, acme.stages[0])
    answer = await ask(
        await given.viewer(acme.admin), "{ leads { nodes { capabilities } } deals { nodes { capabilities } } }"
    )
    assert answer["leads"]["nodes"][0]["capabilities"] == [row.capability.value for row in TABLE if row.lead]
    assert answer["deals"]["nodes"][0]["capabilities"] == [row.capability.value for row in TABLE if row.deal]
