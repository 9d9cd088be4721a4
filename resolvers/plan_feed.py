"""What is told of the plan's places: how many open deals there are, when that nears the limit, and who waits.

The count after a change is worked out from the present one and the log between the two, so a
notice is given by the one change that crosses the threshold, live and in a replay alike. The line is
told as it is now.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson

from models import database
from models.changes import Change, ChangeKind, Subject, Values
from resolvers import access
from resolvers.events import Event, event_of
from resolvers.reads.run import Reader, Ref
from resolvers.reads.sql import Sql

# In percent of the limit, the highest first.
NOTICES = {"FULL": 100, "NEARLY_FULL": 80}
SHOWN_WAITING = 50
_CHUNK = 500
# What may alter the line without opening or closing a deal: a lead may be converted into a deal that is open already.
_OF_THE_LINE = {ChangeKind.LEAD_WAITLISTED, ChangeKind.WAITLIST_LEFT, ChangeKind.LEAD_CONVERTED}


class PlanFeed:
    """Tells of the changes that open or close deals, or alter the line. It keeps the last count it was told of."""

    def __init__(self) -> None:
        self._revision: int | None = None
        self._count = 0

    async def tell(self, reader: Reader, change: Change) -> Event | None:
        """What those who watch the plan are told of a change; null: it is of neither deals nor the line."""
        opened = _opened(change.find("deal"))
        if opened == 0 and change.kind not in _OF_THE_LINE:
            return None
        limit, count = await self._count_at(reader, change.revision)
        waiting, shown = await _line(reader)
        return event_of(
            "PlanUsageChanged",
            change,
            open_deal_count=count,
            open_deal_limit=limit,
            notice=notice_of(count - opened, count, limit),
            waitlist_count=waiting,
            waitlist=shown,
        )

    async def _count_at(self, reader: Reader, revision: int) -> tuple[int | None, int]:
        """The plan's limit now, and the number of open deals after a change."""
        present, count, limit = await _present(reader)
        known = self._revision
        if known is None or known > revision or revision - known > present - revision:
            count -= await _opened_between(reader, revision, present)
        else:
            count = self._count + await _opened_between(reader, known, revision)
        self._revision, self._count = revision, count
        return limit, count


async def _line(reader: Reader) -> tuple[int, list[Ref]]:
    """How long the line is, and the first in it whose leads the viewer sees."""
    sql = Sql(database.current().dialect)
    where = f"w.account_id = {sql.one(reader.viewer.account_id)}"
    ((count,),) = await reader.fetch(f"SELECT count(*) FROM waiting_conversions w WHERE {where}", sql.arguments)
    if not count:
        return 0, []
    sees = access.waiting_scope(reader.viewer, "w", sql)
    query = f"SELECT w.id FROM waiting_conversions w WHERE {where} AND {sees} ORDER BY w.id LIMIT {SHOWN_WAITING}"
    return count, [Ref("WaitingLead", UUID(str(key))) for (key,) in await reader.fetch(query, sql.arguments)]


def notice_of(before: int, after: int, limit: int | None) -> str | None:
    """The highest threshold that a count has reached and was below before; null: none."""
    if not limit:
        return None
    crossed = (name for name, percent in NOTICES.items() if before * 100 < percent * limit <= after * 100)
    return next(crossed, None)


def _opened(deals: Sequence[Subject]) -> int:
    return sum(_is_open(deal.after) - _is_open(deal.before) for deal in deals)


def _is_open(values: Values | None) -> bool:
    return values is not None and values["status"] == "OPEN" and values["removed_at"] is None


async def _present(reader: Reader) -> tuple[int, int, int | None]:
    """The account's revision, its number of open deals and its plan's limit, all of one instant."""
    sql = Sql(database.current().dialect)
    rows = await reader.fetch(
        "SELECT a.revision, COALESCE(u.open_deals, 0), p.open_deal_limit FROM accounts a "
        "JOIN plans p ON p.name = a.plan_name LEFT JOIN plan_usages u ON u.account_id = a.id "
        f"WHERE a.id = {sql.one(reader.viewer.account_id)}",
        sql.arguments,
    )
    revision, count, limit = rows[0]
    return revision, count, limit


async def _opened_between(reader: Reader, after: int, until: int) -> int:
    """How many more deals are open after one revision than after an earlier one."""
    opened = 0
    while after < until:
        rows = await _read_log(reader, after, min(until, after + _CHUNK))
        opened += sum(_opened([Subject(**each) for each in row if each["type"] == "deal"]) for row in rows)
        after += _CHUNK
    return opened


async def _read_log(reader: Reader, after: int, until: int) -> list[list[dict[str, Any]]]:
    sql = Sql(database.current().dialect)
    account, first, last = sql.one(reader.viewer.account_id), sql.one(after), sql.one(until)
    where = f"c.account_id = {account} AND c.revision > {first} AND c.revision <= {last}"
    rows = await reader.fetch(f"SELECT c.subjects FROM changes c WHERE {where}", sql.arguments)
    return [orjson.loads(row[0]) for row in rows]
