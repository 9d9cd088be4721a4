"""The part of a document below one field: fragments and directives resolved, fields merged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    ValueNode,
    VariableNode,
    get_named_type,
    is_non_null_type,
    is_object_type,
)
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_fields, collect_subfields
from graphql.execution.values import VariableValues, get_argument_values

from resolvers.reads.bind import bindings_of
from resolvers.reads.declare import Arguments, Declaration

TYPENAME = "__typename"


@dataclass(frozen=True)
class Chosen:
    """One field asked for: the key it answers under, what it is, and what is asked of it.

    `declaration` is null for fields of objects without a table (edges, page info, money). What is
    asked depends on variables, so `arguments` are taken for each request; unless they are constant.
    """

    key: str
    name: str
    declaration: Declaration | None
    field: GraphQLField | None
    below: "Selection | None"
    node: FieldNode
    details: tuple[FieldDetails, ...] = ()

    @cached_property
    def is_constant(self) -> bool:
        """Whether its arguments are the same whatever the variables."""
        return not any(_variables_in(each.value) for each in self.node.arguments or ())

    @property
    def is_never_null(self) -> bool:
        """Whether no row has null for it."""
        return self.field is not None and is_non_null_type(self.field.type)

    @cached_property
    def _names(self) -> Mapping[str, str]:
        arguments = {} if self.field is None else self.field.args
        return {(argument.out_name or name): name for name, argument in arguments.items()}

    def arguments(self, variables: VariableValues) -> Arguments:
        """What it is asked with, by the arguments' names in the schema. Raises GraphQLError."""
        if self.field is None or not self.field.args:
            return {}
        values = get_argument_values(self.field, self.node, variables)
        return {self._names[name]: value for name, value in values.items()}

    def refuse(self, message: str, code: str = "BAD_USER_INPUT") -> GraphQLError:
        """The caller's error for a bad argument of this field."""
        return GraphQLError(message, nodes=[self.node], extensions={"code": str(code)})


@dataclass(frozen=True)
class Selection:
    """What is asked of one object type, in the order of the answer."""

    type_name: str
    fields: tuple[Chosen, ...]

    def named(self, name: str) -> "list[Chosen]":
        """Every field of that name; there are several where it is aliased."""
        return [chosen for chosen in self.fields if chosen.name == name]


@dataclass(frozen=True)
class Question:
    """An operation with its variables coerced, ready to be read part by part."""

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    variables: VariableValues
    definitions: Mapping[str, FragmentDefinitionNode]

    @staticmethod
    def of(info: GraphQLResolveInfo[Any]) -> "Question":
        """The operation that graphql-core is executing."""
        return Question(info.schema, info.operation, info.variable_values, info.fragments)

    @cached_property
    def fragments(self) -> dict[str, FragmentDetails]:
        """The document's fragments by name."""
        return {name: FragmentDetails(definition) for name, definition in self.definitions.items()}


def switches(question: Question) -> tuple[str, ...]:
    """The names of the variables that decide what is selected: those of @skip and @include."""
    found: dict[str, None] = {}
    waiting: list[Any] = [question.operation, *question.definitions.values()]
    while waiting:
        node = waiting.pop()
        for directive in node.directives or ():
            found |= dict.fromkeys(name for each in directive.arguments or () for name in _variables_in(each.value))
        below = getattr(node, "selection_set", None)
        waiting.extend(below.selections if below else ())
    return tuple(found)


def _variables_in(value: ValueNode) -> list[str]:
    match value:
        case VariableNode():
            return [value.name.value]
        case ListValueNode():
            return [name for each in value.values for name in _variables_in(each)]
        case ObjectValueNode():
            return [name for each in value.fields for name in _variables_in(each.value)]
    return []


def choose_roots(question: Question) -> tuple[Chosen, ...]:
    """The root fields of a query, with everything below them."""
    root = cast(GraphQLObjectType, question.schema.query_type)
    grouped = collect_fields(question.schema, question.fragments, question.variables, root, question.operation)
    return _fields(question, root, grouped.grouped_field_set)


def choose(question: Question, info: GraphQLResolveInfo[Any]) -> Chosen:
    """The field being resolved, with everything below it.

    Where its type is abstract, what is below is for no type in particular: use `below`.
    """
    details = [FieldDetails(node, None) for node in info.field_nodes]
    field = info.parent_type.fields[info.field_name]
    return _chosen(question, cast(str, info.path.key), info.parent_type, field, details)


def below(question: Question, chosen: Chosen, type_name: str) -> Selection:
    """What is asked of a field where its value is of one object type."""
    return _below(question, cast(GraphQLObjectType, question.schema.type_map[type_name]), chosen.details)


def _chosen(
    question: Question,
    key: str,
    parent: GraphQLObjectType,
    field: GraphQLField,
    details: list[FieldDetails],
) -> Chosen:
    node = details[0].node
    name = node.name.value
    declaration = bindings_of(question.schema)[parent.name].get(name)
    named = get_named_type(field.type)
    selection = _below(question, named, details) if is_object_type(named) else None
    return Chosen(key, name, declaration, field, selection, node, tuple(details))


def _below(question: Question, type_: GraphQLObjectType, details: Sequence[FieldDetails]) -> Selection:
    grouped = collect_subfields(
        question.schema, question.fragments, question.variables, question.operation, type_, list(details)
    )
    return Selection(type_.name, _fields(question, type_, grouped.grouped_field_set))


def _fields(
    question: Question, type_: GraphQLObjectType, grouped: Mapping[str, list[FieldDetails]]
) -> tuple[Chosen, ...]:
    fields = []
    for key, details in grouped.items():
        name = details[0].node.name.value
        field = type_.fields.get(name)
        if field is None:  # __typename; at the root also __schema and __type
            fields.append(Chosen(key, name, None, None, None, details[0].node))
        else:
            fields.append(_chosen(question, key, type_, field, details))
    return tuple(fields)
