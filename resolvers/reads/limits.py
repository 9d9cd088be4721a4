"""How large a document may be, measured before it is validated or run.

One pass over each definition, then one pass over the fragments in the order of what they spread:
each is measured once, however often it is spread, so fragments that double cost nothing to refuse.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import GraphQLError
from graphql.language import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

TOO_LARGE = "DOCUMENT_TOO_LARGE"


@dataclass(frozen=True)
class Limits:
    """What a document may have at most. Aliases and selections count as often as they are spread."""

    tokens: int = 10_000
    depth: int = 20
    aliases: int = 200
    selections: int = 5_000


@dataclass(frozen=True)
class Size:
    """What a definition comes to with everything it spreads."""

    depth: int = 0
    aliases: int = 0
    selections: int = 0


@dataclass(frozen=True)
class Outline:
    """What a definition has itself, and which fragments it spreads below how many fields."""

    own: Size
    spreads: list[tuple[str, int]]


def check_size(document: DocumentNode, limits: Limits) -> None:
    """Raise a GraphQLError where a document is larger than the limits, or spreads in a circle."""
    fragments = {
        definition.name.value: outline(definition.selection_set)
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    sizes = measure(fragments)
    operations = [
        total(outline(definition.selection_set), sizes)
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode)
    ]
    # Fragments that no operation spreads are refused later, but only after the work of validating them.
    for size in [*operations, *sizes.values()]:
        _refuse_beyond(limits.depth, size.depth, "nests fields deeper than")
        _refuse_beyond(limits.aliases, size.aliases, "has more aliases, fragments spread out, than")
    _refuse_beyond(limits.selections, sum(each.selections for each in operations), "selects more, spread out, than")
    _refuse_beyond(limits.selections, max((each.selections for each in sizes.values()), default=0), "selects more than")


def _refuse_beyond(limit: int, actual: int, what: str) -> None:
    if actual > limit:
        raise GraphQLError(
            f"This document {what} the {limit} allowed: ask for less, or in several requests.",
            extensions={"code": TOO_LARGE},
        )


def outline(selection_set: SelectionSetNode) -> Outline:
    """What a definition has itself, fragments left aside."""
    depth = aliases = selections = 0
    spreads: list[tuple[str, int]] = []
    waiting = [(selection_set, 0)]
    while waiting:
        current, above = waiting.pop()
        selections += len(current.selections)
        for selection in current.selections:
            if isinstance(selection, FragmentSpreadNode):
                spreads.append((selection.name.value, above))
                continue
            level = above
            if isinstance(selection, FieldNode):
                level += 1
                aliases += selection.alias is not None
            depth = max(depth, level)
            below: SelectionSetNode | None = selection.selection_set  # type: ignore[attr-defined]
            if below:
                waiting.append((below, level))
    return Outline(Size(depth, aliases, selections), spreads)


def total(outlined: Outline, sizes: Mapping[str, Size]) -> Size:
    """What a definition comes to, given the sizes of the fragments; unknown ones count nothing."""
    depth, aliases, selections = outlined.own.depth, outlined.own.aliases, outlined.own.selections
    for name, above in outlined.spreads:
        fragment = sizes.get(name, Size())
        depth = max(depth, above + fragment.depth)
        aliases += fragment.aliases
        selections += fragment.selections
    return Size(depth, aliases, selections)


def measure(fragments: Mapping[str, Outline]) -> dict[str, Size]:
    """The size of each fragment, measured once; a GraphQLError where one spreads itself."""
    sizes: dict[str, Size] = {}
    for root in fragments:
        _measure_below(root, fragments, sizes)
    return sizes


def _measure_below(root: str, fragments: Mapping[str, Outline], sizes: dict[str, Size]) -> None:
    # An explicit stack: a chain of a thousand fragments is no reason to run out of Python's.
    path: dict[str, Iterator[tuple[str, int]]] = {} if root in sizes else {root: iter(fragments[root].spreads)}
    while path:
        name, spreads = next(reversed(path.items()))
        below = next((each for each, _ in spreads if each in fragments and each not in sizes), None)
        if below is None:
            sizes[name] = total(fragments[name], sizes)
            del path[name]
        elif below in path:
            raise GraphQLError(
                f"Cannot spread fragment '{below}' within itself.", extensions={"code": "GRAPHQL_VALIDATION_FAILED"}
            )
        else:
            path[below] = iter(fragments[below].spreads)
