"""From source text to a document that may be run: parsed, limited, validated, and kept for the next time."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from graphql import (
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    get_argument_values,
    parse,
    specified_rules,
    validate,
)
from graphql.language import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)
from graphql.validation import FieldsOnCorrectTypeRule, NoSchemaIntrospectionCustomRule

from resolvers import ids
from resolvers.errors import ErrorCode
from resolvers.reads.limits import TOO_LARGE, Limits, check_size
from resolvers.reads.select import Question
from resolvers.reads.variables import MAX_ERRORS, Variables

PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
UNKNOWN_OPERATION = "OPERATION_RESOLUTION_FAILURE"
BAD_INPUT = "BAD_USER_INPUT"

Kind = Literal["query", "mutation", "subscription"]


class BadDocument(Exception):
    """Raised for a document, an operation's name or variables that cannot be run."""

    def __init__(self, errors: Sequence[GraphQLError], code: str) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = list(errors)
        for error in self.errors:
            error.extensions = {"code": code, **(error.extensions or {})}


@dataclass(frozen=True)
class Document:
    """A document that is valid for a schema: its text and its tree."""

    schema: GraphQLSchema
    text: str
    tree: DocumentNode
    _operations: dict[str | None, "Operation"] = field(default_factory=dict)

    @cached_property
    def fragments(self) -> dict[str, FragmentDefinitionNode]:
        """Its fragments by name."""
        return {each.name.value: each for each in self.tree.definitions if isinstance(each, FragmentDefinitionNode)}

    def operation(self, name: str | None = None) -> "Operation":
        """The operation of that name, or the only one; raises BadDocument for none or several."""
        if name not in self._operations:
            self._operations[name] = self._find(name)
        return self._operations[name]

    def _find(self, name: str | None) -> "Operation":
        found = [each for each in self.tree.definitions if isinstance(each, OperationDefinitionNode)]
        if name is not None:
            found = [each for each in found if each.name and each.name.value == name]
        if len(found) == 1:
            return Operation(self, name, found[0])
        message = "Must provide operation name if query contains multiple operations."
        if not found:
            message = "Must provide an operation." if name is None else f'Unknown operation named "{name}".'
        raise BadDocument([GraphQLError(message)], UNKNOWN_OPERATION)


@dataclass(frozen=True)
class Operation:
    """One operation of a document. `name` is what the client called it by, null where it did not."""

    document: Document
    name: str | None
    node: OperationDefinitionNode

    @cached_property
    def kind(self) -> Kind:
        """Whether it asks, commands or listens."""
        return self.node.operation.value

    @cached_property
    def _variables(self) -> Variables:
        return Variables(self.document.schema, self.node)

    def question(self, variables: Mapping[str, Any] | None) -> Question:
        """The operation with its variables coerced; raises BadDocument where they do not fit."""
        values = self._variables.coerce(variables or {})
        if isinstance(values, list):
            raise BadDocument(values, BAD_INPUT)
        return Question(self.document.schema, self.node, values, self.document.fragments)


class FieldsOfCapabilities(FieldsOnCorrectTypeRule):
    """That a type has the fields asked of it; of one that only deals or only leads have, what to do instead."""

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """Report a field that its type lacks."""
        schema, kind, name = self.context.schema, self.context.get_parent_type(), node.name.value
        for (lacking, having), instead in ids.INSTEAD.items():
            other = schema.get_type(having)
            if kind is None or kind.name != lacking or not isinstance(other, GraphQLObjectType):
                continue
            if name in other.fields and name not in kind.fields:  # type: ignore[union-attr]
                message = f"Cannot query field '{name}' on type '{lacking}': only a {having.lower()} has it, {instead}."
                code = {"code": ErrorCode.CAPABILITY_MISSING.value}
                self.report_error(GraphQLError(message, node, extensions=code))
                return
        super().enter_field(node, *_)


_RULES = tuple(FieldsOfCapabilities if rule is FieldsOnCorrectTypeRule else rule for rule in specified_rules)


class Documents:
    """The documents of one schema, the latest of them kept within a number and a number of characters."""

    def __init__(
        self,
        schema: GraphQLSchema,
        limits: Limits | None = None,
        *,
        introspection: bool = True,
        entries: int = 1_000,
        characters: int = 4_000_000,
    ) -> None:
        self.schema = schema
        self._limits = limits or Limits()
        self._hide = not introspection
        self._rules = _RULES if introspection else (*_RULES, NoSchemaIntrospectionCustomRule)
        self._entries = entries
        self._characters = characters
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._length = 0

    def read(self, text: str) -> Document:
        """The document of a source text; raises BadDocument where it may not be run."""
        known = self._kept.get(text)
        if known is not None:
            self._kept.move_to_end(text)
            return known
        document = Document(self.schema, text, self._parse(text))
        self._check(document.tree)
        self._keep(document)
        return document

    def _parse(self, text: str) -> DocumentNode:
        most = self._limits.tokens
        try:
            return parse(text, max_tokens=most)
        except GraphQLError as error:
            if "token" in error.message and str(most) in error.message:
                raise BadDocument([error], TOO_LARGE) from error
            raise BadDocument([error], PARSE_FAILED) from error

    def _check(self, tree: DocumentNode) -> None:
        try:
            check_size(tree, self._limits)
        except GraphQLError as error:
            raise BadDocument([error], VALIDATION_FAILED) from error
        errors = validate(self.schema, tree, self._rules, max_errors=MAX_ERRORS, hide_suggestions=self._hide)
        if errors:
            raise BadDocument(errors, VALIDATION_FAILED)

    def _keep(self, document: Document) -> None:
        self._kept[document.text] = document
        self._length += len(document.text)
        while len(self._kept) > self._entries or self._length > self._characters:
            text, _ = self._kept.popitem(last=False)
            self._length -= len(text)

    def __len__(self) -> int:
        return len(self._kept)


def root_field(operation: Operation, variables: Mapping[str, Any] | None = None) -> tuple[str, dict[str, Any]]:
    """The name of a subscription's one root field and its arguments, coerced.

    Raises BadDocument where the variables do not fit.
    """
    field = _first_field(operation)
    root = operation.document.schema.get_root_type(operation.node.operation)
    assert isinstance(root, GraphQLObjectType)  # validation proved it
    values = operation.question(variables).variables
    try:
        return field.name.value, get_argument_values(root.fields[field.name.value], field, values)
    except GraphQLError as error:
        raise BadDocument([error], BAD_INPUT) from error


def variable_of(operation: Operation, argument: str) -> str | None:
    """The name of the variable that an argument of the root field is given by; null where by none."""
    for each in _first_field(operation).arguments or ():
        if each.name.value == argument and isinstance(each.value, VariableNode):
            return each.value.name.value
    return None


def _first_field(operation: Operation) -> FieldNode:
    fragments = operation.document.fragments
    waiting: list[SelectionSetNode] = [operation.node.selection_set]
    while waiting:
        for selection in waiting.pop().selections:
            if isinstance(selection, FieldNode):
                return selection
            spread = isinstance(selection, FragmentSpreadNode)
            waiting.append(fragments[selection.name.value].selection_set if spread else selection.selection_set)  # type: ignore
    raise ValueError("an operation without a field is not valid")
