"""The declarations of a built schema, by type and field."""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema

from resolvers.reads.declare import METADATA, Declaration
from resolvers.reads.tables import TABLES

Bindings = Mapping[str, Mapping[str, Declaration]]
BINDINGS = "lejek-bindings"


def bind(schema: GraphQLSchema) -> Bindings:
    """Collect every declaration, and keep them with the schema.

    Raises TypeError where a field of a type that has a table declares nothing: such a field
    could not be answered.
    """
    found: dict[str, dict[str, Declaration]] = {}
    for graphql_type in schema.type_map.values():
        if isinstance(graphql_type, GraphQLObjectType | GraphQLInterfaceType):
            found[graphql_type.name] = _declared(graphql_type)
    for name in TABLES:
        undeclared = set(schema.type_map[name].fields) - set(found[name]) if name in schema.type_map else set()  # type: ignore[attr-defined]
        if undeclared:
            raise TypeError(f"{name} declares no way to read {', '.join(sorted(undeclared))}")
    schema.extensions[BINDINGS] = found
    return found


def bindings_of(schema: GraphQLSchema) -> Bindings:
    """The declarations that `bind` kept."""
    bindings: Bindings = schema.extensions[BINDINGS]
    return bindings


def _declared(graphql_type: GraphQLObjectType | GraphQLInterfaceType) -> dict[str, Declaration]:
    declared = {}
    for name, field in graphql_type.fields.items():
        definition: Any = field.extensions.get("strawberry-definition")
        declaration = definition.metadata.get(METADATA) if definition is not None else None
        if declaration is not None:
            declared[name] = declaration
    return declared
