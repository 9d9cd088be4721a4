"""Sending mutations by name: the document is made from the schema, and asks for every fault there can be."""

from typing import Any, cast

from graphql import (
    ExecutionResult,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
)

from resolvers.access import Viewer
from resolvers.errors import ErrorCode
from schema.build import graphql_schema
from tests.asking import execute

MUTATIONS: dict[str, GraphQLField] = cast(GraphQLObjectType, graphql_schema.mutation_type).fields
ERRORS = "errors { code message path }"


def input_of(mutation: str) -> GraphQLInputObjectType:
    """The type of a mutation's one argument."""
    (argument,) = MUTATIONS[mutation].args.values()
    return cast(GraphQLInputObjectType, get_named_type(argument.type))


def document_of(mutation: str) -> str:
    """A document that sends the mutation, and asks for its errors and what it made."""
    payload = cast(GraphQLObjectType, get_named_type(MUTATIONS[mutation].type))
    shown = []
    for name, field in payload.fields.items():
        named = get_named_type(field.type)
        if name == "results":
            shown.append(f"results {{ leadId outcome deal {{ id }} {ERRORS} }}")
        elif name not in ("errors", "review") and isinstance(named, GraphQLObjectType | GraphQLInterfaceType):
            shown.append(f"{name} {{ {'id' if 'id' in named.fields else '__typename'} }}")
        elif name not in ("errors", "review"):
            shown.append(name)
    argument = f"{input_of(mutation).name}!"
    return f"mutation ($input: {argument}) {{ {mutation}(input: $input) {{ {' '.join(shown)} {ERRORS} }} }}"


async def send(viewer: Viewer, mutation: str, given: Any) -> ExecutionResult:
    """The result of one mutation."""
    return await execute(viewer, document_of(mutation), input=given)


async def do(viewer: Viewer, mutation: str, **given: Any) -> dict[str, Any]:
    """The payload of one mutation, whether it was refused or not; it must not have failed."""
    result = await send(viewer, mutation, given)
    assert result.errors is None and result.data is not None, result.errors
    payload: dict[str, Any] = result.data[mutation]
    return payload


def faults(payload: dict[str, Any]) -> list[tuple[ErrorCode, list[str]]]:
    """The codes and paths of a payload's errors, and of those of its results."""
    errors = [*payload["errors"], *(error for result in payload.get("results", ()) for error in result["errors"])]
    assert all(error["message"].endswith(".") for error in errors), "a message is a sentence"
    return [(ErrorCode(error["code"]), error["path"]) for error in errors]
