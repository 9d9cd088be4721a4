"""What a feed is told of a change: one event, worked out from the change and from how things are now.

Whether a record was there before and is there after is worked out from the change itself; what is
shown of it is read as it is now. So nothing that went out of sight since is ever shown: a removal
is told in its place.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from models import database
from models.base import Visibility
from models.changes import Change, ChangeKind, Subject, Values
from models.reading import one_step
from resolvers import ids
from resolvers.access import Viewer, not_found, sees
from resolvers.reads.run import Reader, Ref
from resolvers.reads.sql import Sql
from resolvers.reads.tables import TABLES

_CONVERTED = {ChangeKind.LEAD_CONVERTED, ChangeKind.CONVERSION_UNDONE, ChangeKind.DEAL_CONVERTED}
# Columns by the field of the schema that shows them, where the names differ.
_FIELD_OF = {
    "value_minor": "value",
    "currency": "value",
    "owner_id": "owner",
    "person_id": "person",
    "organization_id": "organization",
    "label_ids": "labels",
    "custom": "customFields",
    "formulas": "formulaFields",
    "mrr_minor": "mrr",
    "arr_minor": "arr",
    "acv_minor": "acv",
    "next_activity_id": "nextActivity",
    "next_activity_at": "nextActivity",
    "last_activity_at": "isRotten",
    "stage_id": "stage",
    "pipeline_id": "pipeline",
    "folded_title": "title",
}
_SILENT = {"version", "updated_at", "import_key", "source_lead_id"}
# What hangs on a lead or a deal, by the field that shows it.
_BELONGINGS = {
    "note": "notes",
    "comment": "notes",
    "mail_link": "mailMessages",
    "activity": "activities",
    "invoice": "invoices",
    "participant": "participants",
    "follower": "followers",
    "deal_project": "projects",
    "file": "files",
    "deal_product": "products",
    "deal_discount": "discounts",
    "deal_installment": "installments",
    "document": "documents",
}


@dataclass
class Event:
    """What one feed is told of one change; its fields are those of the schema's type of that name."""

    type_name: str
    revision: int
    at: datetime
    actor: Ref | None = None
    client_mutation_id: str | None = None
    stages: list[Ref] = field(default_factory=list)
    deal: Ref | None = None
    deal_id: str | None = None
    converted_from_lead_id: str | None = None
    lead: Ref | None = None
    lead_id: str | None = None
    from_stage: Ref | None = None
    to_stage: Ref | None = None
    pipeline: Ref | None = None
    import_: Ref | None = None
    run: Ref | None = None
    conversation: Ref | None = None
    fields: list[str] = field(default_factory=list)
    reason: str | None = None
    open_deal_count: int | None = None
    open_deal_limit: int | None = None
    notice: str | None = None
    waitlist_count: int | None = None
    waitlist: list[Ref] = field(default_factory=list)


Tell = Callable[[Reader, Change], Awaitable[Event | None]]
Condition = Callable[[str, Sql], str | None]


def event_of(type_name: str, change: Change, **more: Any) -> Event:
    """The event of that type for a change, with what else it says."""
    actor = None if change.actor_id is None else Ref("User", change.actor_id)
    return Event(type_name, change.revision, change.at, actor, change.client_mutation_id, **more)


def redefined(change: Change) -> Event | None:
    """That everything must be read again, where a change is one of custom fields' or formulas' definitions."""
    found = [*change.find("custom_field"), *change.find("custom_field_option"), *_renamed(change)]
    return Event("Resync", change.revision, change.at) if found else None


def _renamed(change: Change) -> list[Subject]:
    """The formulas that are called otherwise now, or gone; what they come to is told of each deal."""
    found = change.find("formula_field")
    return [each for each in found if each.before is not None and (each.after is None or "name" in each.changed)]


def seen(viewer: Viewer, values: Values | None) -> bool:
    """Whether the viewer saw a lead or deal as it was with these values."""
    if values is None or values["removed_at"] is not None:
        return False
    return sees(viewer, UUID(values["owner_id"]), Visibility(values["visibility"]))


def removal(viewer: Viewer, change: Change, after: Values | None, elsewhere: str) -> str:
    """Why a lead or deal is gone after a change; `elsewhere` is the reason where the viewer still sees it."""
    if after is None or after["removed_at"] is not None:
        return "CONVERTED" if change.kind in _CONVERTED else "DELETED"
    return elsewhere if seen(viewer, after) else "NO_LONGER_VISIBLE"


def fields_of(change: Change, subject: Subject) -> list[str]:
    """The fields of a lead or deal that a change has altered, by their names in the schema."""
    names = {field_name(name) for name in subject.changed - _SILENT}
    beside = {**_BELONGINGS, "person": "person", "organization": "organization"}
    names |= {shown for noun, shown in beside.items() if change.find(noun)}
    return sorted(names)


def field_name(column: str) -> str:
    """The field of a lead or deal that shows a column, by its name in the schema."""
    return _FIELD_OF.get(column, _camel(column))


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


async def belongings(reader: Reader, change: Change, column: str) -> AsyncIterator[tuple[str, str]]:
    """What a change did to that which hangs on leads (`lead_id`) or deals (`deal_id`): whose, and the field."""
    for noun, shown in _BELONGINGS.items():
        for subject in change.find(noun):
            values = subject.after or subject.before or {}
            owner = await _owner_of_note(reader, values["note_id"], column) if noun == "comment" else values.get(column)
            if owner is not None:
                yield owner, shown


async def _owner_of_note(reader: Reader, note_id: str, column: str) -> str | None:
    sql = Sql(database.current().dialect)
    statement = f"SELECT {sql.key(f'n.{column}')} FROM notes n WHERE n.id = {sql.one(UUID(note_id))}"
    rows = await reader.fetch(statement, sql.arguments)
    return rows[0][0] if rows else None


async def look(reader: Reader, type_name: str, key: str | UUID, condition: Condition | None = None) -> bool | None:
    """Whether a row meets a condition now (with none: true); null where the viewer does not see it now."""
    rows = await reader.fetch(*_looking(reader.viewer, type_name, key, condition))
    return bool(rows[0][0]) if rows else None


async def is_seen(viewer: Viewer, type_name: str, key: UUID) -> bool:
    """Whether the viewer sees a row now; for who reads nothing else."""
    async with database.snapshot(single=True) as snapshot:
        return bool(await snapshot.run(one_step(*_looking(viewer, type_name, key)), brief=True))


async def require_seen(viewer: Viewer, type_name: str, global_id: str, path: str) -> UUID:
    """The key of a row to be watched; refuses with NOT_FOUND one that is unseen, with INVALID what is no id of one."""
    key = ids.expect(type_name, global_id, path)
    if not await is_seen(viewer, type_name, key):
        raise not_found(type_name, path)
    return key


def _looking(
    viewer: Viewer, type_name: str, key: str | UUID, condition: Condition | None = None
) -> tuple[str, list[Any]]:
    sql, table = Sql(database.current().dialect), TABLES[type_name]
    met = (condition and condition("t", sql)) or "1 = 1"
    statement = f"SELECT CASE WHEN {met} THEN 1 ELSE 0 END FROM {table.name} t"
    scope = f"t.id = {sql.one(UUID(str(key)))} AND {table.scope(viewer, 't', sql)}"
    return f"{statement} WHERE {scope}", sql.arguments
