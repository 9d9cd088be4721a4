"""Connections: a page below each of many rows, or one at the root."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from models.reading import Filled, ReadRow, Steps
from resolvers import ids
from resolvers.access import Viewer
from resolvers.errors import Refused
from resolvers.reads.compile import CHILDREN, For, Level
from resolvers.reads.cursors import BadCursor, decode
from resolvers.reads.declare import Arguments, Connection
from resolvers.reads.late import Call, Statement
from resolvers.reads.ordered import PARENT, Ordered
from resolvers.reads.select import Chosen, Selection
from resolvers.reads.sql import Sql, beyond

PAGE = 50
LARGEST_PAGE = 250


@dataclass(frozen=True)
class Holes:
    """What a call puts into a statement: conditions, how many rows at most, the key of a keyed order; arguments."""

    conditions: str
    arguments: list[Any]
    limit: int = 0
    key: str = ""

    def fill(self, statement: Statement, call: Call, keys: Sequence[str] | None) -> tuple[str, list[Any]]:
        """The statement as it is run."""
        text, arguments = statement.fill(call.viewer, keys or ())
        text = text.replace("{limit}", str(self.limit)).replace("{filter}", self.conditions)
        text = text.replace("{key}", self.key) if self.key else text
        return text, arguments + self.arguments


@dataclass(frozen=True)
class Asked:
    """What the arguments of a connection come to; `is_own`: for one viewer and no other."""

    ordered: Ordered
    first: int
    is_later: bool
    page: Holes
    count: Holes | None
    key: str
    is_own: bool


class Pages:
    """A page of a connection below each of many rows, or one at the root."""

    def __init__(self, chosen: Chosen, kind: For) -> None:
        self._connection = cast(Connection, chosen.declaration)
        self._chosen = chosen
        self._kind = kind
        names = {each.name for each in cast(Selection, chosen.below).fields}
        self._has_rows = not names.isdisjoint({"nodes", "edges", "pageInfo"})
        self._count = self._count_statement() if "totalCount" in names else None
        self._ordered: dict[tuple[str, bool], Ordered] = {}
        self._constant: Asked | None = None

    def bind(self, call: Call) -> None:
        """Take the arguments; raises GraphQLError where they are bad."""
        asked = self._constant or self._ask(call.viewer, self._chosen.arguments(call.variables))
        if self._chosen.is_constant and not asked.is_own:
            self._constant = asked
        call.asked[self] = asked
        asked.ordered.level.bind(call)

    def is_single(self, call: Call) -> bool:
        """Whether it is read in one step, as it was asked."""
        asked: Asked = call.asked[self]
        return not asked.ordered.level.children

    def read(self, call: Call, keys: Sequence[str] | None) -> Steps[Mapping[Any, Any]]:
        """Read the pages of these parents (null: the one at the root), and count where asked."""
        asked: Asked = call.asked[self]
        ordered, first = asked.ordered, asked.first
        statements: list[Filled] = []
        if self._has_rows:
            statement = ordered.one if keys is None or len(keys) == 1 else cast(Statement, ordered.many)
            statements.append(asked.page.fill(statement, call, keys))
        if asked.count is not None:
            statements.append(asked.count.fill(cast(Statement, self._count), call, keys))
        found = (yield statements) if statements else []
        counts: dict[Any, int] = dict(cast(Any, found.pop())) if asked.count is not None else {}
        pages = _by_parent(found[0] if found else (), keys)
        below = yield from ordered.level.below(call, [row for page in pages.values() for row in page[:first]])
        shape, is_later, bound = ordered.shape, asked.is_later, asked.key
        return {
            key: shape(page[:first], len(page) > first, counts.get(key, 0), is_later, below, bound)
            for key, page in pages.items()
        }

    def _count_statement(self) -> Statement:
        parent = self._connection.column
        level = Level(self._kind, self._connection.type_name, parent)
        group = "" if parent is None else f"{level.alias}.{parent}"
        shown = "NULL" if parent is None else level.sql.key(group)
        condition = level.where(f"{group} {level.sql.among_keys(level.sql.parents())}" if group else None)
        text = f"SELECT {shown}, count(*) FROM {level.rows} {condition}{{filter}}"
        return level.sql.statement(text + (f" GROUP BY {group}" if group else ""))

    def _ask(self, viewer: Viewer, arguments: Arguments) -> Asked:
        first = self._first(arguments)
        ordered = self._in_order(arguments.get("orderBy"))
        sql = Sql(self._kind.dialect, len(ordered.one.arguments))
        key = self._key(arguments.get("orderBy"))
        bound = "" if key is None else key.hex
        scoped = self._scoped(sql, viewer, arguments)
        conditions = self._filter(sql, arguments) + scoped + self._beyond(sql, ordered, arguments.get("after"), bound)
        page = Holes(conditions, sql.arguments, first + 1, "" if key is None else sql.one(key))
        count = None
        if self._count is not None:
            sql = Sql(self._kind.dialect, len(self._count.arguments))
            conditions = self._filter(sql, arguments) + self._scoped(sql, viewer, arguments)
            count = Holes(conditions, sql.arguments)
        return Asked(ordered, first, arguments.get("after") is not None, page, count, bound, bool(scoped))

    def _filter(self, sql: Sql, arguments: Arguments) -> str:
        return self._joined(each(sql.first_alias, arguments, sql) for each in self._connection.filters)

    def _scoped(self, sql: Sql, viewer: Viewer, arguments: Arguments) -> str:
        scoped = self._connection.scoped_filters
        return self._joined(each(viewer, sql.first_alias, arguments, sql) for each in scoped)

    def _joined(self, conditions: Iterator[str | None]) -> str:
        """Conditions as they are made, each of which may refuse what it was given."""
        try:
            return "".join(f" AND {condition}" for condition in conditions if condition)
        except Refused as refused:
            raise self._chosen.refuse(str(refused)) from refused

    def _beyond(self, sql: Sql, ordered: Ordered, after: str | None, key: str) -> str:
        if after is None:
            return ""
        try:
            position = decode(after, ordered.cursor_name + key, ordered.order, self._kind.dialect)
        except BadCursor as error:
            raise self._chosen.refuse("`after` is not a cursor of this list in this order.") from error
        return " AND " + beyond(ordered.order, sql.first_alias, ordered.descending, position, sql)

    def _key(self, asked: Mapping[str, Any] | None) -> UUID | None:
        """The row that a keyed order is by; null for any other order."""
        keyed = self._connection.keyed.get(str(asked["field"])) if asked else None
        if asked is None or keyed is None:
            return None
        member, type_name = keyed
        if asked.get(member) is None:
            raise self._chosen.refuse(f"`orderBy` by {asked['field']} needs `{member}`.")
        try:
            return ids.expect(type_name, asked[member], "orderBy", member)
        except Refused as refused:
            raise self._chosen.refuse(str(refused)) from refused

    def _first(self, arguments: Arguments) -> int:
        first: int | None = arguments.get("first")
        if first is not None and not 0 <= first <= LARGEST_PAGE:
            raise self._chosen.refuse(f"`first` must be from 0 to {LARGEST_PAGE}.")
        return PAGE if first is None else first

    def _in_order(self, asked: Mapping[str, Any] | None) -> Ordered:
        name, descending = self._connection.order, self._connection.descending
        if asked is not None:
            name, descending = str(asked["field"]), str(asked["direction"]) == "DESC"
        if (name, descending) not in self._ordered:
            self._ordered[name, descending] = Ordered(self._chosen, self._kind, name, descending)
        return self._ordered[name, descending]


def _by_parent(rows: Sequence[ReadRow], keys: Sequence[str] | None) -> Mapping[str | None, Sequence[ReadRow]]:
    """The rows by the parent they are below; of one parent, and at the root, all of them."""
    if keys is None or len(keys) == 1:
        return {keys[0] if keys else None: rows}
    pages: dict[str | None, list[ReadRow]] = {key: [] for key in keys}
    for row in rows:
        pages[row[PARENT]].append(row)
    return pages


CHILDREN[Connection] = Pages
