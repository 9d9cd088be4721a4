"""The built schema keeps the settled contract: every name, type, argument, default and directive of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema, find_breaking_changes, print_ast

from schema.build import sdl

ROOM = Path(__file__).parents[2] / "schema"
CONTRACT = build_schema((ROOM / "contract.graphql").read_text())


@pytest.fixture(scope="module")
def built() -> GraphQLSchema:
    return build_schema(sdl())


def test_nothing_of_the_contract_is_removed_or_narrowed(built: GraphQLSchema) -> None:
    assert [change.description for change in find_breaking_changes(CONTRACT, built)] == []


def test_every_default_of_the_contract_is_kept(built: GraphQLSchema) -> None:
    settled = dict(defaults(CONTRACT))
    assert settled["Query.leads(first)"] == "50"
    assert {place: default for place, default in defaults(built) if place in settled} == settled


def test_the_printed_schema_is_fresh() -> None:
    assert (ROOM / "schema.graphql").read_text() == sdl(), "run ./run sdl"


def defaults(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    """The place and printed default of every argument and input field that has one."""
    for kind in schema.type_map.values():
        for name, definition in getattr(kind, "fields", {}).items():
            for argument, taken in {"": definition, **getattr(definition, "args", {})}.items():
                default = getattr(taken.ast_node, "default_value", None)
                if default is not None:
                    yield f"{kind.name}.{name}({argument})", print_ast(default)
