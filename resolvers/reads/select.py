"""The part of a document below one field: fragments and directives resolved, fields merged."""

from dataclasses import dataclass
from typing import Any, cast

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    get_named_type,
    is_object_type,
)
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_subfields
from graphql.execution.values import get_argument_values

from resolvers.reads.bind import bindings_of
from resolvers.reads.declare import Arguments, Declaration

TYPENAME = "__typename"


@dataclass(frozen=True)
class Chosen:
    """One field asked for: the key it answers under, what it is, and what is asked of it.

    `declaration` is null for fields of objects without a table (edges, page info, money).
    """

    key: str
    name: str
    declaration: Declaration | None
    arguments: Arguments
    below: "Selection | None"
    node: FieldNode

    def refuse(self, message: str) -> GraphQLError:
        """The caller's error for a bad argument of this field."""
        return GraphQLError(message, nodes=[self.node], extensions={"code": "BAD_USER_INPUT"})


@dataclass(frozen=True)
class Selection:
    """What is asked of one object type, in the order of the answer."""

    type_name: str
    fields: tuple[Chosen, ...]

    def named(self, name: str) -> "list[Chosen]":
        """Every field of that name; there are several where it is aliased."""
        return [chosen for chosen in self.fields if chosen.name == name]


def choose(info: GraphQLResolveInfo[Any]) -> Chosen:
    """The field being resolved, with everything below it.

    Where its type is abstract, what is below is for no type in particular: use `below`.
    """
    details = [FieldDetails(node, None) for node in info.field_nodes]
    field = info.parent_type.fields[info.field_name]
    return _chosen(info, cast(str, info.path.key), info.parent_type, field, details)


def below(info: GraphQLResolveInfo[Any], type_name: str) -> Selection:
    """What is asked of the field being resolved where its value is of one object type."""
    details = [FieldDetails(node, None) for node in info.field_nodes]
    return _below(info, cast(GraphQLObjectType, info.schema.type_map[type_name]), details)


def _chosen(
    info: GraphQLResolveInfo[Any],
    key: str,
    parent: GraphQLObjectType,
    field: GraphQLField,
    details: list[FieldDetails],
) -> Chosen:
    node = details[0].node
    name = node.name.value
    arguments = get_argument_values(field, node, info.variable_values)
    declaration = bindings_of(info.schema)[parent.name].get(name)
    named = get_named_type(field.type)
    selection = _below(info, named, details) if is_object_type(named) else None
    return Chosen(key, name, declaration, _by_graphql_name(field, arguments), selection, node)


def _by_graphql_name(field: GraphQLField, arguments: dict[str, Any]) -> dict[str, Any]:
    names = {(argument.out_name or name): name for name, argument in field.args.items()}
    return {names[name]: value for name, value in arguments.items()}


def _below(info: GraphQLResolveInfo[Any], type_: GraphQLObjectType, details: list[FieldDetails]) -> Selection:
    fragments = {name: FragmentDetails(definition) for name, definition in info.fragments.items()}
    grouped = collect_subfields(
        info.schema, fragments, info.variable_values, info.operation, type_, details
    ).grouped_field_set
    fields = []
    for key, inner in grouped.items():
        name = inner[0].node.name.value
        if name == TYPENAME:
            fields.append(Chosen(key, name, None, {}, None, inner[0].node))
        else:
            fields.append(_chosen(info, key, type_, type_.fields[name], inner))
    return Selection(type_.name, tuple(fields))
