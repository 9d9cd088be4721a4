"""The variables of an operation: graphql-core's, in fewer steps where each is one value, as ids are."""

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    coerce_input_value,
    get_nullable_type,
    get_variable_values,
    is_leaf_type,
)
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource

MAX_ERRORS = 20


class Variables:
    """What an operation declares, looked up in the schema once."""

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self._schema = schema
        self._definitions = operation.variable_definitions or ()
        signatures = [get_variable_signature(schema, each) for each in self._definitions]
        leaves = [each for each in signatures if _is_leaf(each)]
        self._leaves: Sequence[Any] | None = leaves if len(leaves) == len(signatures) else None

    def coerce(self, given: Mapping[str, Any]) -> VariableValues | list[GraphQLError]:
        """The values that were given, coerced; or what is wrong with them."""
        values = None if self._leaves is None else self._coerce_leaves(self._leaves, given)
        if values is not None:
            return values
        return get_variable_values(self._schema, self._definitions, dict(given), MAX_ERRORS)

    def _coerce_leaves(self, leaves: Sequence[Any], given: Mapping[str, Any]) -> VariableValues | None:
        """Null where one was left out or is bad: graphql-core knows what that means."""
        sources: dict[str, VariableValueSource] = {}
        coerced: dict[str, Any] = {}
        for leaf in leaves:
            value = given.get(leaf.name, Undefined)
            found = Undefined if value is Undefined else coerce_input_value(value, leaf.type)
            if found is Undefined:
                return None
            sources[leaf.name], coerced[leaf.name] = VariableValueSource(leaf, value), found
        return VariableValues(sources, coerced)


def _is_leaf(signature: GraphQLVariableSignature | GraphQLError) -> bool:
    return not isinstance(signature, GraphQLError) and is_leaf_type(get_nullable_type(signature.type))
