"""A selection becomes statements: one for each list level, with only the columns it selects.

A `Level` is one statement in the making: shaping a selection on it asks for columns and joins,
and leaves children, which are fetched for all of its rows at once before the rows are shaped.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, cast

from models.database import Dialect, ReadRow, Snapshot
from resolvers.access import Viewer
from resolvers.reads.declare import Connection, Declaration, Many, Need, One, Totals, Value
from resolvers.reads.select import TYPENAME, Chosen, Selection
from resolvers.reads.sql import Sql, reader
from resolvers.reads.tables import TABLES, Table

Shape = Callable[[ReadRow], Any]


class Child(Protocol):
    """What hangs below a level's rows, fetched for all their keys at once."""

    async def fetch(self, snapshot: Snapshot, keys: Sequence[str]) -> None:
        """Read everything below these parents."""
        ...

    def below(self, key: str | None) -> Any:
        """What was read for one parent."""
        ...


# What reads each kind of list; `lists`, whose children are levels again, fills it.
CHILDREN: dict[type[Declaration | None], Callable[[Chosen, Viewer, Dialect], Child]] = {}


class Level:
    """One statement in the making over the rows of one table."""

    def __init__(self, viewer: Viewer, dialect: Dialect, type_name: str) -> None:
        self.viewer = viewer
        self.table: Table = TABLES[type_name]
        self.sql = Sql(dialect)
        self.alias = self.sql.alias()
        self.joins: list[str] = []
        self._columns: dict[str, int] = {}
        self._children: list[tuple[int, Child]] = []

    @property
    def columns(self) -> str:
        """The SELECT list. SQLite and PostgreSQL differ on an empty one, so it never is."""
        return ", ".join(self._columns) or "1"

    def column(self, expression: str) -> int:
        """Where in a row that expression will be."""
        return self._columns.setdefault(expression, len(self._columns))

    def key(self, alias: str | None = None) -> int:
        """Where in a row the key of the row under an alias will be, as text."""
        return self.column(self.sql.key(f"{alias or self.alias}.id"))

    def scope(self, alias: str | None = None) -> str:
        """The condition for what the viewer sees of this table."""
        return self.table.scope(self.viewer, alias or self.alias, self.sql)

    async def fetch(self, snapshot: Snapshot, statement: str) -> Sequence[ReadRow]:
        """Run the finished statement, then everything below its rows."""
        rows = await snapshot.fetch(statement, self.sql.arguments)
        await self.fetch_children(snapshot, rows)
        return rows

    async def fetch_children(self, snapshot: Snapshot, rows: Sequence[ReadRow]) -> None:
        """Fetch everything that hangs below these rows, list by list."""
        for index, child in self._children:
            keys = list(dict.fromkeys(row[index] for row in rows if row[index] is not None))
            if keys:
                await child.fetch(snapshot, keys)

    def shape(self, selection: Selection, alias: str | None = None) -> Shape:
        """Ask for what a selection needs of the row under an alias; answers what shapes a row."""
        at = alias or self.alias
        parts = [(chosen.key, self._part(chosen, at, selection.type_name)) for chosen in selection.fields]
        return lambda row: {key: part(row) for key, part in parts}

    def _part(self, chosen: Chosen, alias: str, type_name: str) -> Shape:
        match chosen.declaration:
            case Value() as value:
                return self._value(value, chosen, alias)
            case One() as one:
                return self._one(one, cast(Selection, chosen.below), alias)
            case Many() | Connection() | Totals():
                return self._child(chosen, alias)
            case _ if chosen.name == TYPENAME:
                return lambda row: type_name
        raise TypeError(f"{type_name}.{chosen.name} is declared as nothing that a row can answer")

    def _value(self, value: Value, chosen: Chosen, alias: str) -> Shape:
        needs = [self._need(need, alias) for need in value.needs]
        if value.make is None:
            return needs[0]
        make, shape_object = value.make, object_shape(chosen.below) if value.makes_object else None
        if shape_object is None:
            return lambda row: make(*[need(row) for need in needs])
        return lambda row: shape_object(make(*[need(row) for need in needs]))

    def _need(self, need: Need, alias: str) -> Shape:
        index = self.column(self.sql.need(need, alias))
        read = reader(self.sql.dialect, need.kind)
        if read is None:
            return lambda row: row[index]
        return lambda row: None if row[index] is None else read(row[index])

    def _one(self, one: One, selection: Selection, alias: str) -> Shape:
        table, other = TABLES[one.type_name], self.sql.alias()
        scope = table.scope(self.viewer, other, self.sql)
        self.joins.append(f"LEFT JOIN {table.name} {other} ON {other}.id = {alias}.{one.column} AND {scope}")
        key, shape = self.key(other), self.shape(selection, other)
        return lambda row: None if row[key] is None else shape(row)

    def _child(self, chosen: Chosen, alias: str) -> Shape:
        make = CHILDREN[type(chosen.declaration)]
        index, child = self.key(alias), make(chosen, self.viewer, self.sql.dialect)
        self._children.append((index, child))
        return lambda row: child.below(row[index])


def object_shape(selection: Selection | None) -> Callable[[Mapping[str, Any] | None], Any]:
    """What shapes an object without a table, given as a mapping from field names to values."""
    if selection is None:
        return lambda value: value
    parts = [(each.key, each.name, object_shape(each.below)) for each in selection.fields]
    type_name = selection.type_name

    def shape(value: Mapping[str, Any] | None) -> dict[str, Any] | None:
        if value is None:
            return None
        return {key: type_name if name == TYPENAME else _each(inner, value[name]) for key, name, inner in parts}

    return shape


def _each(shape: Callable[[Any], Any], value: Any) -> Any:
    return [shape(item) for item in value] if isinstance(value, list) else shape(value)


def where(*conditions: str | None) -> str:
    """A WHERE clause of the conditions that are there."""
    present: Iterable[str] = [condition for condition in conditions if condition]
    return "WHERE " + " AND ".join(present)
