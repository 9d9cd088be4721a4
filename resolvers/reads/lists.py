"""Whole lists and totals below rows, and whole lists at the root."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from models.reading import ReadRow, Steps
from resolvers import money
from resolvers.reads.compile import CHILDREN, For, Level
from resolvers.reads.declare import Many, Totals
from resolvers.reads.late import Call
from resolvers.reads.select import Chosen, Selection
from resolvers.reads.shape import object_shape
from resolvers.reads.sql import order_by


class AllRows:
    """Every row in scope; a list at the root."""

    def __init__(self, chosen: Chosen, kind: For) -> None:
        many = cast(Many, chosen.declaration)
        self._level = level = Level(kind, many.type_name)
        self._shape = level.source.function("row, below", level.shape(cast(Selection, chosen.below)))
        order = order_by(many.order, level.alias, descending=False)
        text = f"SELECT {level.columns} FROM {level.rows} {level.where()} ORDER BY {order}"
        self._statement = level.sql.statement(text)

    def bind(self, call: Call) -> None:
        """Take the arguments of what is below."""
        self._level.bind(call)

    def is_single(self, call: Call) -> bool:
        """Whether it is read in one step."""
        return not self._level.children

    def is_brief(self, call: Call) -> bool:
        """A list is not."""
        return False

    def read(self, call: Call) -> Steps[list[Any]]:
        """Read the list."""
        [rows] = yield [self._statement.fill(call.viewer)]
        below, shape = (yield from self._level.below(call, rows)), self._shape
        return [shape(row, below) for row in rows]


class ManyRows:
    """A whole list below each of many rows, in one statement."""

    def __init__(self, chosen: Chosen, kind: For) -> None:
        self._many = many = cast(Many, chosen.declaration)
        self._level = level = Level(kind, many.type_name, many.column)
        self._shape = level.source.function("row, below", level.shape(cast(Selection, chosen.below)))
        parent = self._parent()
        self._index = level.column(level.sql.key(parent))
        condition = level.where(f"{parent} {level.sql.among_keys(level.sql.parents())}")
        order = order_by(many.order, level.alias, descending=False)
        text = f"SELECT {level.columns} FROM {level.rows} {condition} ORDER BY {order}"
        self._statement = level.sql.statement(text)

    def bind(self, call: Call) -> None:
        """Take the arguments of what is below."""
        self._level.bind(call)

    def is_single(self, call: Call) -> bool:
        """Whether nothing hangs below."""
        return not self._level.children

    def read(self, call: Call, keys: Sequence[str]) -> Steps[Mapping[str, list[Any]]]:
        """Read the lists of these parents."""
        [rows] = yield [self._statement.fill(call.viewer, keys)]
        below = yield from self._level.below(call, rows)
        lists: dict[str, list[Any]] = {key: [] for key in keys}
        index, shape = self._index, self._shape
        for row in rows:
            lists[row[index]].append(shape(row, below))
        return lists

    def _parent(self) -> str:
        """The parent's key in this statement, joining the link table where there is one."""
        level = self._level
        if self._many.through is None:
            return f"{level.alias}.{self._many.column}"
        table, parent, row = self._many.through
        link = level.sql.alias()
        if self._many.own is not None:
            table = self._linked_or_own(table, parent, row, *self._many.own)
        level.joins.append(f"JOIN {table} {link} ON {link}.{row} = {level.alias}.id")
        return f"{link}.{parent}"

    def _linked_or_own(self, table: str, parent: str, row: str, parents: str, column: str) -> str:
        """The links, and the parents' own. SQLite looks for a parent in such a union only where it says so itself."""
        sql = self._level.sql
        test = sql.among_keys(sql.parents())
        linked = f"SELECT {parent}, {row} FROM {table} WHERE {parent} {test}"
        return f"({linked} UNION SELECT id, {column} FROM {parents} WHERE id {test})"


class Sums:
    """Count and sums of open deals below each of many rows, in one statement. Only what is asked for is summed."""

    def __init__(self, chosen: Chosen, kind: For) -> None:
        self._shape = object_shape(chosen.below)
        level, asked = Level(kind, "Deal"), {each.name for each in cast(Selection, chosen.below).fields}
        deal, parent = level.alias, f"{level.alias}.{cast(Totals, chosen.declaration).column}"
        currency = f"{deal}.currency" if asked & {"value", "weightedValue"} else "NULL"
        value = f"sum({deal}.value_minor)" if "value" in asked else "NULL"
        weighted = self._weighted(level) if "weightedValue" in asked else "NULL"
        sums = f"{currency}, count(*), {value}, {weighted} FROM {level.rows}"
        of_each = self._one_by_one if kind.dialect == "postgres" else self._together
        self._statement = level.sql.statement(of_each(level, parent, sums, [] if currency == "NULL" else [currency]))

    def bind(self, call: Call) -> None:
        """Nothing is asked with arguments here."""

    def is_single(self, call: Call) -> bool:
        """It is."""
        return True

    def read(self, call: Call, keys: Sequence[str]) -> Steps[Mapping[str, Any]]:
        """Read the totals of these parents."""
        [rows] = yield [self._statement.fill(call.viewer, keys)]
        sums: dict[str, list[ReadRow]] = {key: [] for key in keys}
        for row in rows:
            sums[row[0]].append(row)
        return {key: self._shape(_totals(found)) for key, found in sums.items()}

    def _one_by_one(self, level: Level, parent: str, sums: str, by: list[str]) -> str:
        """Each parent's deals are read in the order of their index, and so not sorted into groups."""
        condition = level.where(f"{parent} = parents.value", f"{level.alias}.status = 'OPEN'")
        grouped = f" GROUP BY {by[0]}" if by else ""
        each = f"CROSS JOIN LATERAL (SELECT {sums} {condition}{grouped}) sums"
        return f"SELECT {level.sql.key('parents.value')}, sums.* FROM {level.sql.each_parent()} {each} ORDER BY 2"

    def _together(self, level: Level, parent: str, sums: str, by: list[str]) -> str:
        test = f"{parent} {level.sql.among_keys(level.sql.parents())}"
        grouped = ", ".join([parent, *by]) + (f" ORDER BY {by[0]}" if by else "")
        where = level.where(test, f"{level.alias}.status = 'OPEN'")
        return f"SELECT {level.sql.key(parent)}, {sums} {where} GROUP BY {grouped}"

    def _weighted(self, level: Level) -> str:
        """The sum of values times percent, the deal's own or else its stage's."""
        deal, stage = level.alias, level.sql.alias()
        level.joins.append(f"JOIN stages {stage} ON {stage}.id = {deal}.stage_id")
        return f"sum({deal}.value_minor * COALESCE({deal}.probability, {stage}.probability))"


def _totals(rows: Sequence[ReadRow]) -> dict[str, Any]:
    sums = [(currency, total or 0, weighted or 0) for _, currency, _, total, weighted in rows if currency is not None]
    return {
        "count": sum(row[2] for row in rows),
        "value": [{"amount": money.to_text(int(t), c), "currency": c} for c, t, _ in sums],
        "weightedValue": [{"amount": money.weighted_to_text(int(w), c), "currency": c} for c, _, w in sums],
    }


CHILDREN.update({Many: ManyRows, Totals: Sums})
