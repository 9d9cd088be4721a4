"""How a schema field says what it is: a column, a relation, a list, or what a verb answers."""

from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any, cast

import strawberry
from strawberry.schema_directive import Location
from strawberry.types import get_object_definition
from strawberry.types.base import StrawberryList

from resolvers import ids
from resolvers.access import Viewer, require_writing
from resolvers.capabilities import Capability
from resolvers.errors import Refused
from resolvers.reads.declare import METADATA, Declaration, Kind, Need, Value, column
from schema.context import Context

Info = strawberry.Info[Context, None]


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="capability",
    description="Marks a field that exists because its type has this capability, "
    "so that clients can read the matrix from the SDL alone.",
    print_definition=True,
)
class CapabilityMark:
    """`@capability(name: …)` on a field."""

    name: Capability


def reads(
    declaration: Declaration,
    description: str | None = None,
    *,
    capability: Capability | None = None,
    arguments: Callable[..., Any] | None = None,
    answers: Any = None,
    name: str | None = None,
) -> Any:
    """A field that compiled reads answer. `arguments` is a function with its arguments, never called."""
    return strawberry.field(
        resolver=cast(Any, arguments),
        graphql_type=answers,
        name=name,
        description=description,
        metadata={METADATA: declaration},
        directives=[] if capability is None else [CapabilityMark(name=capability)],
    )


def shows(name: str, kind: Kind = "text", description: str | None = None, **more: Any) -> Any:
    """A field that shows a column as it is."""
    return reads(column(name, kind), description, **more)


def identifies(type_name: str) -> Any:
    """The global id of the row."""
    return reads(identified(type_name, "id"))


def identified(type_name: str, name: str) -> Value:
    """The global id of the row of that type which a column points to."""
    return Value((Need(f"{{a}}.{name}", "key"),), ids.encoder(type_name))


def paged(root: object, first: int | None = 50, after: str | None = None) -> Any:
    """The arguments of a plain connection."""


def paged_by_search(
    root: object, search: str | None = strawberry.UNSET, first: int | None = 50, after: str | None = None
) -> Any:
    """The arguments of a connection that can be searched."""


def by_id(root: object, id: strawberry.ID) -> Any:
    """The argument of a field that answers one row."""


def by_ids(root: object, ids: list[strawberry.ID]) -> Any:
    """The argument of a field that answers several rows."""


def given(value: Any) -> Any:
    """An input as plain data: only what the client gave, names as in Python."""
    if isinstance(value, list):
        return [given(item) for item in value]
    definition = get_object_definition(value)
    if definition is None:
        return value
    values = {field.python_name: getattr(value, field.python_name) for field in definition.fields}
    return {name: given(each) for name, each in values.items() if each is not strawberry.UNSET}


Answer = dict[str, Any]
Act = Callable[[Viewer, Any], Awaitable[Answer]]


def command(input_type: type, payload: type, act: Act, description: str | None = None) -> Any:
    """A mutation: one verb, whose refusal becomes the payload's errors.

    `act` is given the viewer and the input as plain data; it answers the payload's fields, with
    references where the payload shows rows. They are read after the verb has committed.
    """

    async def resolve(info: Info, input: Any) -> Any:
        context = info.context
        await context.reader.renew()
        try:
            require_writing(context.viewer)
            fields = await act(context.viewer, given(input))
        except Refused as refused:
            fields = {"errors": refused.errors}
        return SimpleNamespace(**_empty(payload) | fields)

    resolve.__annotations__["input"] = input_type
    return strawberry.mutation(resolver=resolve, graphql_type=payload, description=description)


def _empty(payload: type) -> dict[str, Any]:
    """A payload in which nothing happened: null, and no items."""
    definition = get_object_definition(payload, strict=True)
    return {field.python_name: [] if isinstance(field.type, StrawberryList) else None for field in definition.fields}
