"""Lists below rows, and at the root: whole lists, connections in pages, totals."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from models.database import Dialect, ReadRow, Snapshot
from resolvers import money
from resolvers.access import Viewer
from resolvers.errors import Refused
from resolvers.reads.compile import CHILDREN, Level, Shape, object_shape, where
from resolvers.reads.cursors import BadCursor, Position, decode, encode
from resolvers.reads.declare import Connection, Many, Order, Totals
from resolvers.reads.select import Chosen, Selection
from resolvers.reads.sql import beyond, order_by

PAGE = 50
LARGEST_PAGE = 250


class ManyRows:
    """A whole list below each of many rows, in one statement."""

    def __init__(self, chosen: Chosen, viewer: Viewer, dialect: Dialect) -> None:
        self._many = cast(Many, chosen.declaration)
        self._level = Level(viewer, dialect, self._many.type_name)
        self._shape = self._level.shape(cast(Selection, chosen.below))
        self._lists: dict[str | None, list[Any]] = defaultdict(list)

    async def fetch(self, snapshot: Snapshot, keys: Sequence[str]) -> None:
        """Read the lists of these parents."""
        level, parent = self._level, self._parent()
        index = level.column(level.sql.key(parent))
        order = order_by(self._many.order, level.alias, descending=False)
        condition = where(f"{parent} {level.sql.among(keys)}", level.scope())
        source = f"{level.table.name} {level.alias} {' '.join(level.joins)}"
        for row in await level.fetch(snapshot, f"SELECT {level.columns} FROM {source} {condition} ORDER BY {order}"):
            self._lists[row[index]].append(self._shape(row))

    async def fetch_all(self, snapshot: Snapshot) -> list[Any]:
        """Read every row in scope; a list at the root."""
        level = self._level
        order = order_by(self._many.order, level.alias, descending=False)
        source = f"{level.table.name} {level.alias} {' '.join(level.joins)}"
        statement = f"SELECT {level.columns} FROM {source} {where(level.scope())} ORDER BY {order}"
        return [self._shape(row) for row in await level.fetch(snapshot, statement)]

    def below(self, key: str | None) -> list[Any]:
        """The list of one parent."""
        return self._lists.get(key, [])

    def _parent(self) -> str:
        """The parent's key in this statement, joining the link table where there is one."""
        level = self._level
        if self._many.through is None:
            return f"{level.alias}.{self._many.column}"
        table, parent, row = self._many.through
        link = level.sql.alias()
        level.joins.append(f"JOIN {table} {link} ON {link}.{row} = {level.alias}.id")
        return f"{link}.{parent}"


class Pages:
    """A page of a connection below each of many rows, or one at the root."""

    def __init__(self, chosen: Chosen, viewer: Viewer, dialect: Dialect) -> None:
        self._connection = connection = cast(Connection, chosen.declaration)
        self._chosen = chosen
        self._below = cast(Selection, chosen.below)
        self._viewer = viewer
        self._dialect = dialect
        self._first = _page_size(chosen)
        self._order_name, self._descending = _order_asked(connection, chosen)
        self._order: Order = connection.orders[self._order_name]
        self._after = self._position()
        self._level = Level(viewer, dialect, connection.type_name)
        self._key = self._level.key()
        self._terms = [self._level.column(term.sql.format(a=self._level.alias)) for term in self._order]
        self._shape = self._page_shape()
        self._rows: dict[str | None, list[ReadRow]] = defaultdict(list)
        self._counts: dict[str | None, int] = {}

    async def fetch(self, snapshot: Snapshot, keys: Sequence[str] | None = None) -> None:
        """Read the pages of these parents (null: the one at the root), and count where asked."""
        if {"nodes", "edges", "pageInfo"} & {each.name for each in self._below.fields}:
            await self._fetch_rows(snapshot, keys)
        if self._below.named("totalCount"):
            await self._fetch_counts(snapshot, keys)

    def below(self, key: str | None) -> Any:
        """The connection of one parent."""
        return self._shape(self._rows.get(key, []), self._counts.get(key, 0))

    async def _fetch_rows(self, snapshot: Snapshot, keys: Sequence[str] | None) -> None:
        level, parent = self._level, self._connection.column
        index = None if parent is None else level.column(level.sql.key(f"{level.alias}.{parent}"))
        page = self._one_page(keys) if keys is None or len(keys) == 1 else self._page_for_each(keys)
        for row in await level.fetch(snapshot, page):
            self._rows[None if index is None else row[index]].append(row)

    def _one_page(self, keys: Sequence[str] | None) -> str:
        level = self._level
        source = f"{level.table.name} {level.alias} {' '.join(level.joins)}"
        order = order_by(self._order, level.alias, self._descending)
        condition = self._condition(level, level.alias, keys, paged=True)
        return f"SELECT {level.columns} FROM {source} {condition} ORDER BY {order} LIMIT {self._first + 1}"

    def _page_for_each(self, keys: Sequence[str]) -> str:
        """Rows are numbered within their parent before anything is joined to them."""
        level, inner, parent = self._level, self._level.sql.alias(), self._connection.column
        window = f"PARTITION BY {inner}.{parent} ORDER BY {order_by(self._order, inner, self._descending)}"
        numbered = (
            f"SELECT {inner}.*, row_number() OVER ({window}) AS page_row FROM {level.table.name} {inner} "
            f"{self._condition(level, inner, keys, paged=True)}"
        )
        return (
            f"SELECT {level.columns} FROM ({numbered}) {level.alias} {' '.join(level.joins)} "
            f"WHERE {level.alias}.page_row <= {self._first + 1} ORDER BY {level.alias}.page_row"
        )

    async def _fetch_counts(self, snapshot: Snapshot, keys: Sequence[str] | None) -> None:
        level = Level(self._viewer, self._dialect, self._connection.type_name)
        parent = self._connection.column
        group = "" if parent is None else f"{level.alias}.{parent}"
        shown = "NULL" if parent is None else level.sql.key(group)
        condition = self._condition(level, level.alias, keys, paged=False)
        statement = f"SELECT {shown}, count(*) FROM {level.table.name} {level.alias} {condition}"
        statement += f" GROUP BY {group}" if group else ""
        for key, count in await snapshot.fetch(statement, level.sql.arguments):
            self._counts[key] = count

    def _condition(self, level: Level, alias: str, keys: Sequence[str] | None, *, paged: bool) -> str:
        parent, arguments = self._connection.column, self._chosen.arguments
        conditions = [level.scope(alias)]
        if parent is not None:
            conditions.append(f"{alias}.{parent} {level.sql.among(keys or ())}")
        for filter_ in self._connection.filters:
            try:
                conditions.append(filter_(alias, arguments, level.sql) or "")
            except Refused as refused:
                raise self._chosen.refuse(str(refused)) from refused
        if paged and self._after is not None:
            conditions.append(beyond(self._order, alias, self._descending, self._after, level.sql))
        return where(*conditions)

    def _position(self) -> Position | None:
        after = self._chosen.arguments.get("after")
        if after is None:
            return None
        try:
            return decode(after, self._cursor_name, self._order, self._dialect)
        except BadCursor as error:
            raise self._chosen.refuse("`after` is not a cursor of this list in this order.") from error

    @property
    def _cursor_name(self) -> str:
        return f"{self._order_name}{'-' if self._descending else '+'}"

    def _cursor(self, row: ReadRow) -> str:
        return encode(self._cursor_name, [row[index] for index in self._terms], row[self._key])

    def _page_shape(self) -> Callable[[list[ReadRow], int], dict[str, Any]]:
        parts = [(chosen.key, self._page_part(chosen)) for chosen in self._below.fields]
        return lambda rows, count: {key: part(rows, count) for key, part in parts}

    def _page_part(self, chosen: Chosen) -> Callable[[list[ReadRow], int], Any]:
        first, type_name = self._first, self._below.type_name
        match chosen.name:
            case "nodes":
                node = self._level.shape(cast(Selection, chosen.below))
                return lambda rows, count: [node(row) for row in rows[:first]]
            case "edges":
                edge = self._edge_shape(cast(Selection, chosen.below))
                return lambda rows, count: [edge(row) for row in rows[:first]]
            case "pageInfo":
                info = object_shape(chosen.below)
                return lambda rows, count: info(self._page_info(rows))
            case "totalCount":
                return lambda rows, count: count
            case _:
                return lambda rows, count: type_name

    def _edge_shape(self, selection: Selection) -> Shape:
        parts: list[tuple[str, Shape]] = []
        for chosen in selection.fields:
            if chosen.name == "node":
                parts.append((chosen.key, self._level.shape(cast(Selection, chosen.below))))
            elif chosen.name == "cursor":
                parts.append((chosen.key, self._cursor))
            else:
                parts.append((chosen.key, lambda row: selection.type_name))
        return lambda row: {key: part(row) for key, part in parts}

    def _page_info(self, rows: list[ReadRow]) -> Mapping[str, Any]:
        page = rows[: self._first]
        return {
            "hasNextPage": len(rows) > self._first,
            "hasPreviousPage": self._after is not None,
            "startCursor": self._cursor(page[0]) if page else None,
            "endCursor": self._cursor(page[-1]) if page else None,
        }


def _page_size(chosen: Chosen) -> int:
    first = chosen.arguments.get("first")
    if first is None:
        return PAGE
    if not 0 <= first <= LARGEST_PAGE:
        raise chosen.refuse(f"`first` must be from 0 to {LARGEST_PAGE}.")
    return int(first)


def _order_asked(connection: Connection, chosen: Chosen) -> tuple[str, bool]:
    asked = chosen.arguments.get("orderBy")
    if asked is None:
        return connection.order, connection.descending
    return str(asked["field"]), str(asked["direction"]) == "DESC"


class Sums:
    """Count and sums of open deals below each of many rows, in one statement."""

    def __init__(self, chosen: Chosen, viewer: Viewer, dialect: Dialect) -> None:
        self._column = cast(Totals, chosen.declaration).column
        self._level = Level(viewer, dialect, "Deal")
        self._shape = object_shape(chosen.below)
        self._sums: dict[str | None, list[ReadRow]] = defaultdict(list)

    async def fetch(self, snapshot: Snapshot, keys: Sequence[str]) -> None:
        """Read the totals of these parents."""
        level = self._level
        deal, stage, sql = level.alias, level.sql.alias(), level.sql
        parent = f"{deal}.{self._column}"
        weighted = f"{deal}.value_minor * COALESCE({deal}.probability, {stage}.probability)"
        condition = where(f"{parent} {sql.among(keys)}", f"{deal}.status = 'OPEN'", level.scope())
        statement = (
            f"SELECT {sql.key(parent)}, {deal}.currency, count(*), sum({deal}.value_minor), sum({weighted}) "
            f"FROM deals {deal} JOIN stages {stage} ON {stage}.id = {deal}.stage_id {condition} "
            f"GROUP BY {parent}, {deal}.currency ORDER BY {deal}.currency"
        )
        for row in await snapshot.fetch(statement, sql.arguments):
            self._sums[row[0]].append(row)

    def below(self, key: str | None) -> Any:
        """The totals of one parent."""
        rows = self._sums.get(key, [])
        sums = [(currency, total, weighted) for _, currency, _, total, weighted in rows if currency is not None]
        return self._shape(
            {
                "count": sum(row[2] for row in rows),
                "value": [{"amount": money.to_text(int(t), c), "currency": c} for c, t, _ in sums],
                "weightedValue": [{"amount": money.weighted_to_text(int(w), c), "currency": c} for c, _, w in sums],
            }
        )


CHILDREN.update({Many: ManyRows, Connection: Pages, Totals: Sums})
