"""SQL text in the making: values taken out of it, aliases given, two dialects in one place."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from models.database import Dialect
from resolvers.reads.cursors import Position
from resolvers.reads.declare import Kind, Need, Order


class Sql:
    """The arguments and aliases of one statement. It is the `Binder` that scopes write into."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.arguments: list[Any] = []
        self._placeholders: dict[UUID, str] = {}
        self._aliases = 0

    def one(self, value: Any) -> str:
        """A placeholder for one value; the same key is sent once."""
        if not isinstance(value, UUID):
            return self._add(value)
        if value not in self._placeholders:
            self._placeholders[value] = self._add(value if self.dialect == "postgres" else str(value))
        return self._placeholders[value]

    def among(self, values: Iterable[UUID | str]) -> str:
        """A membership test over keys, whose text does not depend on how many there are."""
        keys = [str(value) for value in values]
        if self.dialect == "postgres":
            return f"= ANY({self._add(keys)}::uuid[])"
        return f"IN (SELECT value FROM json_each({self._add(orjson.dumps(keys).decode())}))"

    def among_texts(self, values: Iterable[str]) -> str:
        """A membership test over texts."""
        texts = list(values)
        if self.dialect == "postgres":
            return f"= ANY({self._add(texts)}::text[])"
        return f"IN (SELECT value FROM json_each({self._add(orjson.dumps(texts).decode())}))"

    def alias(self) -> str:
        """A table alias not used yet."""
        self._aliases += 1
        return f"t{self._aliases}"

    def key(self, expression: str) -> str:
        """A UUID expression as text."""
        return f"CAST({expression} AS text)" if self.dialect == "postgres" else expression

    def need(self, need: Need, alias: str) -> str:
        """The expression of a need, for the row under that alias."""
        expression = need.sql.format(a=alias)
        return self.key(expression) if need.kind == "key" else expression

    def _add(self, value: Any) -> str:
        self.arguments.append(value)
        return f"${len(self.arguments)}" if self.dialect == "postgres" else f":p{len(self.arguments)}"


def order_by(order: Order, alias: str, descending: bool) -> str:
    """The ORDER BY terms for an order, nulls last, ties broken by the key."""
    direction = " DESC" if descending else ""
    terms = []
    for term in order:
        expression = term.sql.format(a=alias)
        terms += [f"{expression} IS NULL"] if term.nullable else []
        terms.append(expression + direction)
    return ", ".join([*terms, f"{alias}.id{direction}"])


def beyond(order: Order, alias: str, descending: bool, position: Position, sql: Sql) -> str:
    """The condition for the rows that come after a position in an order."""
    sign = "<" if descending else ">"
    if len(order) == 1 and not order[0].nullable:
        row = f"({order[0].sql.format(a=alias)}, {alias}.id)"
        return f"{row} {sign} ({sql.one(position.values[0])}, {sql.one(UUID(position.key))})"
    equal: list[str] = []
    later: list[str] = []
    for term, value in zip(order, position.values, strict=True):
        expression = term.sql.format(a=alias)
        if value is None:
            equal.append(f"{expression} IS NULL")
            continue
        placeholder = sql.one(value)
        after = f"{expression} {sign} {placeholder}"
        after = f"({after} OR {expression} IS NULL)" if term.nullable else after
        later.append(" AND ".join([*equal, after]))
        equal.append(f"{expression} = {placeholder}")
    later.append(" AND ".join([*equal, f"{alias}.id {sign} {sql.one(UUID(position.key))}"]))
    return f"({' OR '.join(f'({each})' for each in later)})"


def instant_text(value: datetime) -> str:
    """RFC 3339 in UTC, with a Z."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


Read = Callable[[Any], Any]

# How a value comes out of each driver and what it is read as. Null is never handed to these.
_READERS: Mapping[Dialect, Mapping[Kind, Read]] = {
    "sqlite": {
        "flag": bool,
        "instant": lambda text: instant_text(datetime.fromisoformat(text)),
        "moment": datetime.fromisoformat,
        "json": orjson.loads,
    },
    "postgres": {
        "instant": instant_text,
        "day": lambda day: day.isoformat(),
        "json": orjson.loads,
    },
}


def reader(dialect: Dialect, kind: Kind) -> Read | None:
    """What turns a driver's value into one of the kind; null where it already is one."""
    return _READERS[dialect].get(kind)
