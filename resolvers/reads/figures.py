"""What the deals below a pipeline or a stage come to, worked out by the database: forecast, funnel, outcomes, ages.

Each is one statement for all rows above, over the deals that the viewer sees and the arguments let
through. The statements are written for each call: what narrows a figure down is deep inside them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any, cast

from models.reading import ReadRow, Steps
from resolvers import ids, money
from resolvers.errors import Refused
from resolvers.reads.compile import For, Level
from resolvers.reads.declare import Arguments, Figures
from resolvers.reads.late import Call
from resolvers.reads.select import Chosen
from resolvers.reads.shape import each_of, object_shape

_WORTH = "count(*), sum({a}.value_minor)"
# The furthest stage of its own pipeline that a deal has been in: where it is, or where it once left.
_FURTHEST = """(SELECT max(s.position) FROM stages s WHERE s.pipeline_id = {a}.pipeline_id AND (s.id = {a}.stage_id
    OR s.id IN (SELECT l.old_id FROM deal_log l WHERE l.deal_id = {a}.id AND l.field = 'stage_id')))"""


class FigureRows:
    """One figure below each of many rows."""

    def __init__(self, chosen: Chosen, kind: For) -> None:
        self._chosen = chosen
        self._kind = kind
        self._worked: tuple[Select, Make] = _FIGURES[cast(Figures, chosen.declaration).name]
        self._shape = each_of(object_shape(chosen.below))

    def bind(self, call: Call) -> None:
        """Write the statement; raises GraphQLError where an argument is bad."""
        deals = Deals(Level(self._kind, "Deal"), self._chosen.arguments(call.variables))
        select, _ = self._worked
        try:
            call.asked[self] = deals.level.sql.statement(select(deals))
        except Refused as refused:
            raise self._chosen.refuse(str(refused)) from refused

    def is_single(self, call: Call) -> bool:
        """It is."""
        return True

    def read(self, call: Call, keys: Sequence[str]) -> Steps[Mapping[str, Any]]:
        """Read the figure of each of these rows."""
        rows: dict[str, list[ReadRow]] = {key: [] for key in keys}
        [found] = yield [call.asked[self].fill(call.viewer, keys)]
        for row in found:
            rows[row[0]].append(row[1:])
        _, make = self._worked
        return {key: self._shape(make(of_key)) for key, of_key in rows.items()}


class Deals:
    """The deals that a figure is about, in the making of its statement."""

    def __init__(self, level: Level, arguments: Arguments) -> None:
        self.level = level
        self.a = level.alias
        self._arguments = arguments

    def key(self, column: str) -> str:
        """A key as text, to tell the rows above apart."""
        return self.level.sql.key(column)

    def below(self, column: str) -> str:
        """The condition that a column holds the key of a row above."""
        return f"{column} {self.level.sql.among_keys(self.level.sql.parents())}"

    def where(self, *conditions: str | None) -> str:
        """The WHERE clause: these conditions, the owners asked for, and what the viewer sees."""
        owners = self._arguments.get("ownerIds")
        mine = None
        if owners is not None:
            keys = [ids.expect("User", each, "ownerIds") for each in owners]
            mine = f"{self.a}.owner_id {self.level.sql.among(keys)}"
        return self.level.where(*conditions, mine)

    def within(self, column: str) -> str | None:
        """The condition that an instant lies in the days asked for, the last one included; days are UTC."""
        first, last = self._arguments.get("from"), self._arguments.get("to")
        found = [] if first is None else [f"{column} >= {self._instant(first)}"]
        found += [] if last is None or last == date.max else [f"{column} < {self._instant(last + timedelta(days=1))}"]
        return " AND ".join(found) or None

    def days(self, since: str) -> str:
        """How many days ago an instant was, as a number with decimals."""
        if self.level.kind.dialect == "postgres":
            return f"CAST(extract(epoch FROM now() - {since}) / 86400 AS double precision)"
        return f"(julianday('now') - julianday({since}))"

    def _instant(self, day: date) -> str:
        instant = datetime.combine(day, time(), UTC)
        is_postgres = self.level.kind.dialect == "postgres"
        return self.level.sql.one(instant if is_postgres else instant.isoformat(sep=" "))


Select = Callable[[Deals], str]
Make = Callable[[Sequence[ReadRow]], Any]


def _forecast(deals: Deals) -> str:
    a, weight = deals.a, f"COALESCE({deals.a}.probability, s.probability)"
    month = f"substr(CAST({a}.expected_close_date AS text), 1, 7)"
    condition = deals.where(deals.below(f"{a}.pipeline_id"), f"{a}.status = 'OPEN'")
    return (
        f"SELECT {deals.key(f'{a}.pipeline_id')}, {month}, {a}.currency, {_WORTH.format(a=a)}, "
        f"sum({a}.value_minor * {weight}) FROM deals {a} JOIN stages s ON s.id = {a}.stage_id {condition} "
        f"GROUP BY {a}.pipeline_id, 2, 3 ORDER BY 2 IS NULL, 2, 3"
    )


def _months(rows: Sequence[ReadRow]) -> list[dict[str, Any]]:
    return [
        {
            "month": month,
            "count": sum(row[2] for row in of_month),
            "value": _amounts((row[1], row[3]) for row in of_month),
            "weightedValue": [
                {"amount": money.weighted_to_text(int(weighted or 0), currency), "currency": currency}
                for _, currency, _, _, weighted in of_month
                if currency is not None
            ],
        }
        for month, of_month in _grouped(rows)
    ]


def _outcomes(deals: Deals) -> str:
    a = deals.a
    condition = deals.where(deals.below(f"{a}.pipeline_id"), f"{a}.status <> 'OPEN'", deals.within(f"{a}.closed_at"))
    return (
        f"SELECT {deals.key(f'{a}.pipeline_id')}, {a}.status, {a}.lost_reason, {a}.currency, {_WORTH.format(a=a)} "
        f"FROM deals {a} {condition} GROUP BY {a}.pipeline_id, 2, 3, 4 ORDER BY 4"
    )


def _won_and_lost(rows: Sequence[ReadRow]) -> dict[str, Any]:
    won, lost = ([row for row in rows if row[0] == status] for status in ("WON", "LOST"))
    reasons = [
        {"reason": reason, **_worth([row[1:] for row in of_reason])}
        for reason, of_reason in _grouped([row[1:] for row in lost], key=lambda row: (row[0] is None, row[0] or ""))
    ]
    return {
        "won": _worth([row[2:] for row in won]),
        "lost": _worth([row[2:] for row in lost]),
        "lostReasons": sorted(reasons, key=lambda each: -each["count"]),
    }


def _funnel(deals: Deals) -> str:
    a = deals.a
    pipelines = f"SELECT p.pipeline_id FROM stages p WHERE {deals.below('p.id')}"
    condition = deals.where(f"{a}.pipeline_id IN ({pipelines})", deals.within(f"{a}.created_at"))
    cohort = f"SELECT {a}.pipeline_id, {a}.status, {_FURTHEST.format(a=a)} AS furthest FROM deals {a} {condition}"
    return (
        f"SELECT {deals.key('g.id')}, count(*), sum(CASE WHEN c.status = 'WON' THEN 1 ELSE 0 END) "
        f"FROM stages g JOIN ({cohort}) c ON c.pipeline_id = g.pipeline_id "
        f"AND (c.status = 'WON' OR c.furthest >= g.position) WHERE {deals.below('g.id')} GROUP BY g.id"
    )


def _reached(rows: Sequence[ReadRow]) -> dict[str, int]:
    reached, won = rows[0] if rows else (0, 0)
    return {"reached": int(reached), "won": int(won)}


def _ages(deals: Deals) -> str:
    a, age = deals.a, deals.days(f"{deals.a}.stage_entered_at")
    worked = f"COALESCE({a}.last_activity_at, {a}.stage_entered_at)"
    latest = f"CASE WHEN {worked} > {a}.stage_entered_at THEN {worked} ELSE {a}.stage_entered_at END"
    condition = deals.where(deals.below(f"{a}.stage_id"), f"{a}.status = 'OPEN'")
    return (
        f"SELECT {deals.key(f'{a}.stage_id')}, count(*), avg({age}), max({age}), "
        f"sum(CASE WHEN {deals.days(latest)} > s.rotten_after_days THEN 1 ELSE 0 END) "
        f"FROM deals {a} JOIN stages s ON s.id = {a}.stage_id {condition} GROUP BY {a}.stage_id"
    )


def _age(rows: Sequence[ReadRow]) -> dict[str, Any]:
    count, average, oldest, rotten = rows[0] if rows else (0, None, None, 0)
    return {"count": int(count), "averageDays": average, "oldestDays": oldest, "rottenCount": int(rotten)}


def _worth(rows: Sequence[ReadRow]) -> dict[str, Any]:
    """The count and the sums of rows of a currency, a count and a sum."""
    return {"count": sum(row[1] for row in rows), "value": _amounts((row[0], row[2]) for row in rows)}


def _amounts(sums: Iterable[tuple[str | None, Any]]) -> list[dict[str, str]]:
    totals: dict[str, int] = {}
    for currency, minor in sums:
        if currency is not None:
            totals[currency] = totals.get(currency, 0) + int(minor or 0)
    return [{"amount": money.to_text(minor, currency), "currency": currency} for currency, minor in totals.items()]


def _grouped(
    rows: Sequence[ReadRow], key: Callable[[ReadRow], Any] = lambda row: (row[0] is None, row[0])
) -> list[tuple[Any, list[ReadRow]]]:
    """The rows by their first column, in its order, null last."""
    return [(each[0][0], each) for each in (list(same) for _, same in groupby(sorted(rows, key=key), key))]


_FIGURES: Mapping[str, tuple[Select, Make]] = {
    "forecast": (_forecast, _months),
    "outcomes": (_outcomes, _won_and_lost),
    "funnel": (_funnel, _reached),
    "ages": (_ages, _age),
}
