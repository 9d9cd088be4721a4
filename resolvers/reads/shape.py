"""Rows become answers by functions that are written for one selection: Python source, evaluated once.

The source is made of declarations and of the document's names, which GraphQL keeps to letters,
digits and underscores; they are quoted all the same. No value of a request is ever part of it.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import orjson

from models.reading import Dialect
from resolvers.reads.declare import Kind
from resolvers.reads.select import TYPENAME, Chosen, Selection


class Source:
    """An expression in the making, and what the names in it stand for."""

    def __init__(self) -> None:
        self._names: dict[str, Any] = {}

    def name(self, value: Any) -> str:
        """A name for a function or another value that the expression uses."""
        name = f"f{len(self._names)}"
        self._names[name] = value
        return name

    def function(self, parameters: str, expression: str) -> Callable[..., Any]:
        """The function that answers the expression."""
        made: Callable[..., Any] = eval(f"lambda {parameters}: {expression}", self._names)
        return made


def dictionary(parts: Iterable[tuple[str, str]]) -> str:
    """The expression for a dictionary: keys, and the expressions of their values."""
    return "{" + ", ".join(f"{key!r}: {expression}" for key, expression in parts) + "}"


def object_shape(selection: Selection | None) -> Callable[[Mapping[str, Any] | None], Any]:
    """What shapes an object without a table, given as a mapping from field names to values."""
    if selection is None:
        return lambda value: value
    source, type_name = Source(), selection.type_name

    def part(chosen: Chosen) -> str:
        got = repr(type_name) if chosen.name == TYPENAME else f"value[{chosen.name!r}]"
        return got if chosen.below is None else f"{source.name(each_of(object_shape(chosen.below)))}({got})"

    shaped = dictionary((each.key, part(each)) for each in selection.fields)
    return source.function("value", f"None if value is None else {shaped}")


def each_of(shape: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """What shapes one object shapes each of a list of them."""
    return lambda value: [shape(item) for item in value] if isinstance(value, list) else shape(value)


def _kept_instant(text: str) -> str:
    """RFC 3339 with a Z, of what SQLite keeps; which is always UTC."""
    return text.replace(" ", "T").replace("+00:00", "Z")


Read = Callable[[Any], Any]

# How a value comes out of each driver and what it is read as. Null is never handed to these. Instants
# and days of PostgreSQL stay what the driver makes of them: both ways to JSON write them alike.
_READERS: Mapping[Dialect, Mapping[Kind, Read]] = {
    "sqlite": {
        "flag": bool,
        "instant": _kept_instant,
        "moment": datetime.fromisoformat,
        "json": orjson.loads,
    },
    "postgres": {"json": orjson.loads},
}


def reader(dialect: Dialect, kind: Kind) -> Read | None:
    """What turns a driver's value into one of the kind; null where it already is one."""
    return _READERS[dialect].get(kind)
