"""What a change means to one who watches a board or the inbox.

A change is told once to each feed it concerns. Whether a record was there before and is there
after is worked out from the change itself; what is shown of it is read as it is now. So nothing
that went out of sight since is ever shown: a removal is told in its place.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from models import database
from models.base import Visibility
from models.changes import Change, ChangeKind, Subject, Values
from resolvers import ids
from resolvers.access import Viewer, not_found, sees
from resolvers.reads.run import Reader, Ref
from resolvers.reads.sql import Sql
from resolvers.reads.tables import TABLES

_CONVERTED = {ChangeKind.LEAD_CONVERTED, ChangeKind.CONVERSION_UNDONE, ChangeKind.DEAL_CONVERTED}
_TOTALLED = {"stage_id", "status", "value_minor", "currency", "probability", "removed_at", "owner_id", "visibility"}
# Columns by the field of the schema that shows them, where the names differ.
_FIELD_OF = {
    "value_minor": "value",
    "currency": "value",
    "owner_id": "owner",
    "person_id": "person",
    "organization_id": "organization",
    "label_ids": "labels",
    "next_activity_id": "nextActivity",
    "next_activity_at": "nextActivity",
    "last_activity_at": "isRotten",
    "stage_id": "stage",
    "pipeline_id": "pipeline",
    "folded_title": "title",
}
_SILENT = {"version", "updated_at", "import_key", "source_lead_id"}


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
    fields: list[str] = field(default_factory=list)
    reason: str | None = None


Tell = Callable[[Reader, Change], Awaitable[Event | None]]


@dataclass(frozen=True)
class Feed:
    """One thing that can be watched: what it is told of a change, and what when it has caught up."""

    tell: Tell
    subject: Ref | None = None

    def mark(self, type_name: Literal["CaughtUp", "Resync"], revision: int, at: datetime) -> Event | None:
        """What is told where there is no change: that it is live, or must be read again.

        A feed about one import has no such types; it is told how the import stands.
        """
        if self.subject is None:
            return Event(type_name, revision, at)
        return Event("ImportProgress", revision, at, import_=self.subject)


async def open_feed(viewer: Viewer, root_field: str, arguments: Mapping[str, Any]) -> Feed:
    """The feed that a subscription's root field asks for.

    Refuses with NOT_FOUND a pipeline or an import that the viewer does not see, and with INVALID
    what is no id of one.
    """
    match root_field:
        case "pipelineChanged":
            pipeline = await _require(viewer, "Pipeline", arguments["pipelineId"], "pipelineId")
            return Feed(lambda reader, change: tell_board(reader, pipeline, change))
        case "leadInboxChanged":
            return Feed(tell_inbox)
        case "importProgress":
            watched = await _require(viewer, "Import", arguments["importId"], "importId")
            return Feed(lambda reader, change: tell_import(reader, watched, change), Ref("Import", watched))
    raise LookupError(f"{root_field} is no feed")


async def _require(viewer: Viewer, type_name: str, global_id: str, path: str) -> UUID:
    key = ids.expect(type_name, global_id, path)
    async with Reader(viewer) as reader:
        if not await _look(reader, type_name, str(key), "id"):
            raise not_found(type_name, path)
    return key


async def tell_board(reader: Reader, pipeline_id: UUID, change: Change) -> Event | None:
    """What the board of a pipeline is told of a change; null: the change is not of it."""
    for subject in change.find("pipeline"):
        if subject.id == str(pipeline_id):
            return _event("PipelineReshaped", change, pipeline=Ref("Pipeline", pipeline_id))
    for subject in change.find("deal"):
        event = await _tell_deal(reader, str(pipeline_id), change, subject)
        if event is not None:
            return event
    return await _tell_belongings(reader, change, "Deal", pipeline_id)


async def tell_inbox(reader: Reader, change: Change) -> Event | None:
    """What the lead inbox is told of a change; null: the change is not of it."""
    for subject in change.find("lead"):
        event = await _tell_lead(reader, change, subject)
        if event is not None:
            return event
    return await _tell_belongings(reader, change, "Lead", None)


async def tell_import(reader: Reader, import_id: UUID, change: Change) -> Event | None:
    """What those who watch an import are told of a change; null: the change is not of it."""
    if not any(subject.id == str(import_id) for subject in change.find("import")):
        return None
    if not await _look(reader, "Import", str(import_id), "id"):
        return None
    return _event("ImportProgress", change, import_=Ref("Import", import_id))


async def _tell_deal(reader: Reader, pipeline_id: str, change: Change, subject: Subject) -> Event | None:
    viewer = reader.viewer
    was = _on_board(viewer, pipeline_id, subject.before)
    is_ = _on_board(viewer, pipeline_id, subject.after)
    if not was and not is_:
        return None
    stages = _altered_stages(subject, was, is_)
    now = await _board_now(reader, subject.id) if is_ else None
    if now != pipeline_id:
        reason = _removal_now(now) if is_ else _removal(viewer, change, subject.after)
        return _event("DealRemoved", change, deal_id=ids.encode("Deal", subject.id), stages=stages, reason=reason)
    common: Mapping[str, Any] = {"deal": Ref("Deal", subject.id), "stages": stages}
    if not was:
        return _event("DealAdded", change, converted_from_lead_id=_origin(change), **common)
    return _told_in_place(change, subject, common)


def _told_in_place(change: Change, subject: Subject, common: Mapping[str, Any]) -> Event:
    before, after = subject.before or {}, subject.after or {}
    if before["status"] != after["status"]:
        return _event("DealReopened" if after["status"] == "OPEN" else "DealClosed", change, **common)
    if before["stage_id"] != after["stage_id"]:
        steps = {"from_stage": Ref("Stage", before["stage_id"]), "to_stage": Ref("Stage", after["stage_id"])}
        return _event("DealMoved", change, **steps, **common)
    return _event("DealUpdated", change, fields=_fields(change, subject), **common)


async def _tell_lead(reader: Reader, change: Change, subject: Subject) -> Event | None:
    viewer = reader.viewer
    was, is_ = _in_inbox(viewer, subject.before), _in_inbox(viewer, subject.after)
    if not was and not is_:
        return None
    now = is_ and await _inbox_now(reader, subject.id)
    if not now:
        return _event(
            "LeadRemoved",
            change,
            lead_id=ids.encode("Lead", subject.id),
            reason="NO_LONGER_VISIBLE" if is_ else _removal(viewer, change, subject.after),
            deal=next((Ref("Deal", deal.id) for deal in change.find("deal")), None),
        )
    lead = Ref("Lead", subject.id)
    if not was:
        return _event("LeadAdded", change, lead=lead)
    return _event("LeadUpdated", change, lead=lead, fields=_fields(change, subject))


async def _tell_belongings(reader: Reader, change: Change, kind: str, pipeline_id: UUID | None) -> Event | None:
    """A note or an activity that was added: its lead or deal is updated, though its row is not."""
    key = "deal_id" if kind == "Deal" else "lead_id"
    for noun, shown in (("note", "notes"), ("activity", "activities"), ("invoice", "invoices")):
        for subject in change.find(noun):
            owner = (subject.after or {}).get(key)
            if owner is None or not await _shown_now(reader, kind, owner, pipeline_id):
                continue
            if kind == "Deal":
                return _event("DealUpdated", change, deal=Ref("Deal", owner), fields=[shown])
            return _event("LeadUpdated", change, lead=Ref("Lead", owner), fields=[shown])
    return None


def _event(type_name: str, change: Change, **more: Any) -> Event:
    actor = None if change.actor_id is None else Ref("User", change.actor_id)
    return Event(type_name, change.revision, change.at, actor, change.client_mutation_id, **more)


def _on_board(viewer: Viewer, pipeline_id: str, values: Values | None) -> bool:
    return _visible(viewer, values) and values is not None and values["pipeline_id"] == pipeline_id


def _in_inbox(viewer: Viewer, values: Values | None) -> bool:
    return _visible(viewer, values) and values is not None and values["archived_at"] is None


def _visible(viewer: Viewer, values: Values | None) -> bool:
    if values is None or values["removed_at"] is not None:
        return False
    return sees(viewer, UUID(values["owner_id"]), Visibility(values["visibility"]))


def _altered_stages(subject: Subject, was: bool, is_: bool) -> list[Ref]:
    if was and is_ and not subject.changed & _TOTALLED:
        return []
    sides = [values for there, values in ((was, subject.before), (is_, subject.after)) if there and values]
    return [Ref("Stage", stage) for stage in dict.fromkeys(values["stage_id"] for values in sides)]


def _fields(change: Change, subject: Subject) -> list[str]:
    names = {_FIELD_OF.get(name, _camel(name)) for name in subject.changed - _SILENT}
    beside = {"note": "notes", "activity": "activities", "person": "person", "organization": "organization"}
    names |= {shown for noun, shown in beside.items() if change.find(noun)}
    return sorted(names)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def _removal(viewer: Viewer, change: Change, after: Values | None) -> str:
    if after is None or after["removed_at"] is not None:
        return "CONVERTED" if change.kind in _CONVERTED else "DELETED"
    if not _visible(viewer, after):
        return "NO_LONGER_VISIBLE"
    return "ARCHIVED" if after.get("archived_at") is not None else "OTHER_PIPELINE"


def _removal_now(pipeline_now: str | None) -> str:
    return "NO_LONGER_VISIBLE" if pipeline_now is None else "OTHER_PIPELINE"


def _origin(change: Change) -> str | None:
    if change.kind != ChangeKind.LEAD_CONVERTED:
        return None
    return next((ids.encode("Lead", lead.id) for lead in change.find("lead")), None)


async def _board_now(reader: Reader, deal_id: str) -> str | None:
    """The pipeline of a deal as it is now; null where the viewer does not see it now."""
    rows = await _look(reader, "Deal", deal_id, "pipeline_id")
    return rows[0] if rows else None


async def _inbox_now(reader: Reader, lead_id: str) -> bool:
    return bool(await _look(reader, "Lead", lead_id, "id", " AND {a}.archived_at IS NULL"))


async def _shown_now(reader: Reader, kind: str, key: str, pipeline_id: UUID | None) -> bool:
    if kind == "Deal":
        return await _board_now(reader, key) == str(pipeline_id)
    return await _inbox_now(reader, key)


async def _look(reader: Reader, type_name: str, key: str, column: str, more: str = "") -> list[str]:
    sql, table = Sql(database.current().dialect), TABLES[type_name]
    scope = table.scope(reader.viewer, "t", sql)
    statement = f"SELECT {sql.key(f't.{column}')} FROM {table.name} t WHERE t.id = {sql.one(UUID(key))}"
    rows = await reader.fetch(f"{statement} AND {scope}{more.format(a='t')}", sql.arguments)
    return [row[0] for row in rows]
