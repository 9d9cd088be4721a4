"""SQL text in the making: values taken out of it, aliases given, two dialects in one place."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import orjson

from models.reading import Dialect
from resolvers.reads.cursors import Position
from resolvers.reads.declare import Need, Order


class Sql:
    """The arguments and aliases of one statement. It is the `Binder` that scopes write into.

    `taken` is how many arguments the text that this one is added to has already.
    """

    first_alias = "t1"

    def __init__(self, dialect: Dialect, taken: int = 0) -> None:
        self.dialect = dialect
        self.arguments: list[Any] = []
        self._taken = taken
        self._placeholders: dict[UUID, str] = {}
        self._aliases = 0

    def one(self, value: Any) -> str:
        """A placeholder for one value; the same key is sent once."""
        if not isinstance(value, UUID):
            return self.add(value)
        if value not in self._placeholders:
            self._placeholders[value] = self.add(key_value(self.dialect, value))
        return self._placeholders[value]

    def among(self, values: Iterable[UUID | str]) -> str:
        """A membership test over keys, whose text does not depend on how many there are."""
        return self.among_keys(self.add(keys_value(self.dialect, [str(value) for value in values])))

    def among_keys(self, placeholder: str) -> str:
        """A membership test over keys that are sent as one argument."""
        if self.dialect == "postgres":
            return f"= ANY({placeholder}::uuid[])"
        return f"IN (SELECT value FROM json_each({placeholder}))"

    def among_texts(self, values: Iterable[str]) -> str:
        """A membership test over texts. One alone is compared, for an index is then read in its order."""
        texts = list(values)
        if len(texts) == 1:
            return f"= {self.add(texts[0])}"
        if self.dialect == "postgres":
            return f"= ANY({self.add(texts)}::text[])"
        return f"IN (SELECT value FROM json_each({self.add(orjson.dumps(texts).decode())}))"

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

    def add(self, value: Any) -> str:
        """A placeholder for a value as the driver takes it."""
        self.arguments.append(value)
        number = self._taken + len(self.arguments)
        return f"${number}" if self.dialect == "postgres" else f"?{number}"


def key_value(dialect: Dialect, key: UUID) -> Any:
    """A key as the driver takes it."""
    return key if dialect == "postgres" else str(key)


def keys_value(dialect: Dialect, keys: Sequence[str]) -> Any:
    """Many keys as the driver takes them in one argument."""
    return keys if dialect == "postgres" else orjson.dumps(keys).decode()


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


def where(*conditions: str | None) -> str:
    """A WHERE clause of the conditions that are there."""
    return "WHERE " + " AND ".join(condition for condition in conditions if condition)
