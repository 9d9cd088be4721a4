"""What a change of a viewer's own rights takes out of their sight, and what it brings into it.

It is told of how things were at that change: what changed later is read back out of the log, for
the events that follow will tell of it. What is shown is read as it is now, as in every event.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

import orjson

from models import database
from models.changes import Change, Values
from resolvers.access import Viewer, record_scope
from resolvers.events import Condition, Event, look, seen
from resolvers.reads.run import Reader
from resolvers.reads.sql import Sql
from resolvers.reads.tables import TABLES

MOST_EVENTS = 50
MOST_CHANGES = 500
# What a lead or deal shows that has an owner and a visibility of its own, by the field that shows it.
_CONTACTS = {
    "person": ("Person", "r.id = t.person_id"),
    "organization": ("Organization", "r.id = t.organization_id"),
}
_SHOWN = {
    "Lead": _CONTACTS,
    "Deal": {
        **_CONTACTS,
        "participants": ("Person", "r.id IN (SELECT c.person_id FROM deal_participants c WHERE c.deal_id = t.id)"),
        "projects": ("Project", "r.id IN (SELECT c.project_id FROM deal_projects c WHERE c.deal_id = t.id)"),
    },
}

# Events of a change under a reader's rights, for who was told everything before it under those of a viewer; null: too
# many, so that it is better read again.
Cross = Callable[[Reader, Viewer, Change], Awaitable[list[Event] | None]]


@dataclass(frozen=True)
class Records:
    """Records that are watched: `holds` and `condition` say which, of the log's values and in SQL of the present."""

    type_name: str
    condition: Condition
    holds: Callable[[str, Values], bool]


@dataclass(frozen=True)
class Crossed:
    """A record that a viewer saw or sees now; `fields` have changed for them where they do both."""

    id: str
    stage_id: str | None
    was: bool
    is_: bool
    fields: Sequence[str] = ()


async def crossed(reader: Reader, before: Viewer, records: Records, change: Change) -> list[Crossed] | None:
    """What went out of sight, came into it and looks different, in this order; null where that is too much to tell."""
    later = await _changed_later(reader, records, change.revision)
    if later is None:
        return None
    found = [each for each in await _compare(reader, before, records, MOST_EVENTS + len(later)) if each.id not in later]
    for key, values in later.items():
        if values is None or not records.holds(key, values):
            continue
        was, is_ = seen(before, values), seen(reader.viewer, values)
        if was != is_ and (was or await look(reader, records.type_name, key, records.condition)):
            found.append(Crossed(key, values.get("stage_id"), was, is_))
    return sorted(found, key=lambda each: (each.is_, each.was, each.id)) if len(found) <= MOST_EVENTS else None


def in_turn(events: Sequence[Event]) -> list[Event]:
    """Several events of one change: all but the last say the revision before, for it is told with the last only."""
    return [replace(event, revision=event.revision - 1) for event in events[:-1]] + list(events[-1:])


async def _changed_later(reader: Reader, records: Records, revision: int) -> dict[str, Values | None] | None:
    """The records that were changed after a revision, as they were at it; null where there were too many changes.

    One that was not there yet is null.
    """
    sql = Sql(database.current().dialect)
    account = sql.one(reader.viewer.account_id)
    statement = (
        f"SELECT c.subjects FROM changes c WHERE c.account_id = {account} AND c.revision > {sql.one(revision)} "
        f"ORDER BY c.revision LIMIT {MOST_CHANGES + 1}"
    )
    rows = await reader.fetch(statement, sql.arguments)
    if len(rows) > MOST_CHANGES:
        return None
    subjects = [each for row in rows for each in orjson.loads(row[0]) if each["type"] == records.type_name.lower()]
    return {each["id"]: each["before"] for each in reversed(subjects)}


async def _compare(reader: Reader, before: Viewer, records: Records, most: int) -> list[Crossed]:
    """The records as they are now that these viewers see differently: `most` and one more, at most."""
    sql, shown = Sql(database.current().dialect), _SHOWN[records.type_name]
    was, is_ = (record_scope(viewer, "t", sql) for viewer in (before, reader.viewer))
    flags = [_differs(reader.viewer, before, *each, sql) for each in shown.values()]
    stage = sql.key("t.stage_id") if records.type_name == "Deal" else "NULL"
    columns = [sql.key("t.id"), stage, *(_flag(each) for each in (was, is_, *flags))]
    conditions = [f"t.account_id = {sql.one(before.account_id)}", "t.removed_at IS NULL", records.condition("t", sql)]
    differing = " OR ".join([f"({was}) <> ({is_})", *(f"({is_}) AND {each}" for each in flags)])
    where = " AND ".join([*filter(None, conditions), f"({differing})"])
    statement = f"SELECT {', '.join(columns)} FROM {TABLES[records.type_name].name} t WHERE {where} LIMIT {most + 1}"
    return [
        Crossed(key, stage_id, bool(was), bool(is_), [name for name, flag in zip(shown, more, strict=True) if flag])
        for key, stage_id, was, is_, *more in await reader.fetch(statement, sql.arguments)
    ]


def _differs(viewer: Viewer, before: Viewer, type_name: str, link: str, sql: Sql) -> str:
    was, is_ = record_scope(before, "r", sql), record_scope(viewer, "r", sql)
    return f"EXISTS (SELECT 1 FROM {TABLES[type_name].name} r WHERE {link} AND ({was}) <> ({is_}))"


def _flag(condition: str) -> str:
    return f"CASE WHEN {condition} THEN 1 ELSE 0 END"
