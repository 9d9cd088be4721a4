"""A connection in one order: its statements, and what shapes a page of it."""

from collections.abc import Callable
from typing import Any, cast

from resolvers.reads.compile import For, Level
from resolvers.reads.cursors import encode
from resolvers.reads.declare import Connection, Order
from resolvers.reads.late import Statement
from resolvers.reads.select import TYPENAME, Chosen, Selection
from resolvers.reads.shape import dictionary
from resolvers.reads.sql import order_by

PARENT = -1  # where a row has its parent's key


class Ordered:
    """The statements and the shape of a connection in one order.

    `one` reads one page, `many` one page for each parent, whose key each row has at PARENT: the same
    arguments, in the same places.
    What is asked of a page is put into the holes `{filter}` and `{limit}`. In an order that is keyed,
    `shape` is given what it is by, to which its cursors are bound.
    """

    def __init__(self, chosen: Chosen, kind: For, order_name: str, descending: bool) -> None:
        self.connection = connection = cast(Connection, chosen.declaration)
        self.cursor_name = f"{order_name}{'-' if descending else '+'}"
        self.order: Order = connection.orders[order_name]
        self.descending = descending
        self.level = level = Level(kind, connection.type_name, connection.column)
        below = cast(Selection, chosen.below)
        parts = dictionary((each.key, self._part(each, below)) for each in below.fields)
        self.shape: Callable[..., dict[str, Any]] = level.source.function("rows, more, count, after, below, key", parts)
        self.one = self._one_page()
        self.many = None if connection.column is None else self._page_for_each()

    @property
    def _parent(self) -> str:
        return f"{self.level.alias}.{self.connection.column}"

    def _one_page(self) -> Statement:
        level = self.level.fork()
        parent = None if self.connection.column is None else f"{self._parent} = {level.sql.parent()}"
        order = order_by(self.order, level.alias, self.descending)
        return level.sql.statement(
            f"SELECT {level.columns} FROM {level.rows} {level.where(parent)}{{filter}} ORDER BY {order} LIMIT {{limit}}"
        )

    def _page_for_each(self) -> Statement:
        """Each parent's first rows are found by themselves, before anything is joined to them."""
        level = self.level.fork()
        alias, table = level.alias, level.table.name
        order = order_by(self.order, alias, self.descending)
        page = f"{level.where(f'{self._parent} = parents.value')}{{filter}} ORDER BY {order} LIMIT {{limit}}"
        if level.sql.dialect == "postgres":
            each = f"CROSS JOIN LATERAL (SELECT * FROM {table} {alias} {page}) {alias}"
        else:
            own = f"{alias}.{'rowid' if table.isidentifier() else 'id'}"  # a union has rows of no number
            # It may have one message once for each deal: the parent is asked of its rows too, and by no index.
            of_parent = "" if table.isidentifier() else f" AND +{self._parent} = parents.value"
            each = f"CROSS JOIN {table} {alias} ON {own} IN (SELECT {own} FROM {table} {alias} {page}){of_parent}"
        joins = " ".join(level.joins)
        columns = f"{level.columns}, {level.sql.key(self._parent)}"
        return level.sql.statement(f"SELECT {columns} FROM {level.sql.each_parent()} {each} {joins} ORDER BY {order}")

    def _part(self, chosen: Chosen, below: Selection) -> str:
        match chosen.name:
            case "nodes":
                return f"[{self.level.shape(cast(Selection, chosen.below))} for row in rows]"
            case "edges":
                return f"[{self._edge(cast(Selection, chosen.below))} for row in rows]"
            case "pageInfo":
                return self._page_info(cast(Selection, chosen.below))
            case "totalCount":
                return "count"
        return repr(below.type_name)

    def _edge(self, selection: Selection) -> str:
        def part(chosen: Chosen) -> str:
            if chosen.name == "node":
                return self.level.shape(cast(Selection, chosen.below))
            return f"{self._cursor()}(row, key)" if chosen.name == "cursor" else repr(selection.type_name)

        return dictionary((chosen.key, part(chosen)) for chosen in selection.fields)

    def _page_info(self, selection: Selection) -> str:
        cursor = self._cursor()
        parts = {
            "hasNextPage": "more",
            "hasPreviousPage": "after",
            "startCursor": f"({cursor}(rows[0], key) if rows else None)",
            "endCursor": f"({cursor}(rows[-1], key) if rows else None)",
            TYPENAME: repr(selection.type_name),
        }
        return dictionary((chosen.key, parts[chosen.name]) for chosen in selection.fields)

    def _cursor(self) -> str:
        name, level = self.cursor_name, self.level
        own, terms = level.key(), [level.column(term.sql.format(a=level.alias)) for term in self.order]
        return level.source.name(lambda row, key: encode(name + key, [row[index] for index in terms], row[own]))
