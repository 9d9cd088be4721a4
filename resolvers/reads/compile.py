"""A selection becomes statements: one for each list level, with only the columns it selects.

A `Level` is one statement in the making: shaping a selection on it asks for columns and joins,
and leaves children, which are read for all of its rows at once before the rows are shaped. What
is compiled knows neither viewer nor variables, and is used again and again.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol, cast

from models.reading import Dialect, ReadRow, Steps, together
from resolvers.access import Viewer
from resolvers.reads.declare import Connection, Declaration, Figures, Many, Need, One, Totals, Value
from resolvers.reads.late import Call, LateSql, stand_in
from resolvers.reads.select import TYPENAME, Chosen, Selection
from resolvers.reads.shape import Source, dictionary, each_of, object_shape, reader
from resolvers.reads.sql import where
from resolvers.reads.tables import TABLES, Table


@dataclass(frozen=True)
class For:
    """What a plan is compiled for: a database, and a kind of viewer."""

    dialect: Dialect
    is_admin: bool

    @property
    def viewer(self) -> Viewer:
        """The stand-in for viewers of this kind."""
        return stand_in(self.is_admin)


class Child(Protocol):
    """What hangs below a level's rows, read for all their keys at once."""

    def bind(self, call: Call) -> None:
        """Take the arguments it was asked with; raises GraphQLError where they are bad."""
        ...

    def is_single(self, call: Call) -> bool:
        """Whether it is read in one step, as it was asked."""
        ...

    def read(self, call: Call, keys: Sequence[str]) -> Steps[Mapping[str, Any]]:
        """Read what is below each of these parents."""
        ...


# What reads each kind of list; `lists` and `pages`, whose children are levels again, fill it.
CHILDREN: dict[type[Declaration | None], Callable[[Chosen, For], Child]] = {}


# What was read below rows before they were, by the child's place.
Early = Mapping[int, Mapping[str, Any]]
NOTHING: Early = MappingProxyType({})


class Level:
    """One statement in the making over the rows of one table: all that are seen, or those below rows that are.

    `column` is what holds the key of the row above.
    """

    def __init__(self, kind: For, type_name: str, column: str | None = None) -> None:
        self.kind = kind
        self.table: Table = TABLES[type_name]
        self._scope = self.table.scope_below(column)
        self.sql = LateSql(kind.dialect)
        self.alias = self.sql.alias()
        self.joins: list[str] = []
        self.source = Source()
        self.children: list[tuple[int, Child]] = []
        self._columns: dict[str, int] = {}

    @property
    def columns(self) -> str:
        """The SELECT list. SQLite and PostgreSQL differ on an empty one, so it never is."""
        return ", ".join(self._columns) or "1"

    @property
    def rows(self) -> str:
        """The FROM list."""
        return " ".join([self.table.name, self.alias, *self.joins])

    def column(self, expression: str) -> int:
        """Where in a row that expression will be."""
        return self._columns.setdefault(expression, len(self._columns))

    def key(self, alias: str | None = None) -> int:
        """Where in a row the key of the row under an alias will be, as text."""
        return self.column(self.sql.key(f"{alias or self.alias}.id"))

    def where(self, *conditions: str | None) -> str:
        """The WHERE clause: these conditions, and always what the viewer sees."""
        return where(*conditions, self._scope(self.kind.viewer, self.alias, self.sql))

    def fork(self) -> "Level":
        """The same so far, to make another statement of."""
        fork = copy(self)
        fork.sql = self.sql.fork()
        return fork

    def bind(self, call: Call) -> None:
        """Bind everything that hangs below."""
        for _, child in self.children:
            child.bind(call)

    def below(self, call: Call, rows: Sequence[ReadRow], early: Early = NOTHING) -> Steps[list[Mapping[str, Any]]]:
        """Read what hangs below these rows and was not read early, all lists at once."""
        readings: dict[int, Steps[Mapping[str, Any]]] = {}
        for place, (index, child) in enumerate(self.children):
            if place not in early:
                keys = list(dict.fromkeys(row[index] for row in rows if row[index] is not None))
                if keys:
                    readings[place] = child.read(call, keys)
        read = dict(zip(readings, (yield from together([*readings.values()])), strict=True)) if readings else {}
        return [early.get(place) or read.get(place) or {} for place in range(len(self.children))]

    def shape(self, selection: Selection, alias: str | None = None, tag: str | None = None) -> str:
        """Ask for what a selection needs of the row under an alias.

        Answers the expression that shapes it, over `row` and what was read `below` its level.
        `tag` is a key to put its type's name under.
        """
        at, type_name = alias or self.alias, selection.type_name
        tagged = [] if tag is None else [(tag, repr(type_name))]
        return dictionary(tagged + [(chosen.key, self._part(chosen, at, type_name)) for chosen in selection.fields])

    def _part(self, chosen: Chosen, alias: str, type_name: str) -> str:
        match chosen.declaration:
            case Value() as value:
                return self._value(value, chosen, alias)
            case One() as one:
                return self._one(one, cast(Selection, chosen.below), alias)
            case Many() | Connection() | Totals() | Figures() as many:
                index = self.key(alias)
                self.children.append((index, CHILDREN[type(many)](chosen, self.kind)))
                return f"below[{len(self.children) - 1}][row[{index}]]"
            case _ if chosen.name == TYPENAME:
                return repr(type_name)
        raise TypeError(f"{type_name}.{chosen.name} is declared as nothing that a row can answer")

    def _value(self, value: Value, chosen: Chosen, alias: str) -> str:
        needs = [self._need(need, alias) for need in value.needs]
        if value.make is None:
            return needs[0]
        made = f"{self.source.name(value.make)}({', '.join(needs)})"
        if not value.makes_object:
            return made
        shape = object_shape(chosen.below)
        return f"{self.source.name(each_of(shape) if value.makes_list else shape)}({made})"

    def _need(self, need: Need, alias: str) -> str:
        got = f"row[{self.column(self.sql.need(need, alias))}]"
        read = reader(self.kind.dialect, need.kind)
        return got if read is None else f"(None if {got} is None else {self.source.name(read)}({got}))"

    def _one(self, one: One, selection: Selection, alias: str) -> str:
        table, other = TABLES[one.type_name], self.sql.alias()
        scope = table.scope(self.kind.viewer, other, self.sql)
        self.joins.append(f"LEFT JOIN {table.name} {other} ON {other}.id = {alias}.{one.column} AND {scope}")
        shown = f"row[{self._never_null(selection, other)}]"
        return f"(None if {shown} is None else {self.shape(selection, other)})"

    def _never_null(self, selection: Selection, alias: str) -> int:
        """Where a row has what is null only if none was joined: a column that is asked for, or else the key."""
        for chosen in selection.fields:
            shown = chosen.declaration
            if isinstance(shown, Value) and shown.is_column and chosen.is_never_null:
                return self.column(self.sql.need(shown.needs[0], alias))
        return self.key(alias)
