"""What the lead inbox is told of a change."""

from models.changes import Change, Subject, Values
from resolvers import ids
from resolvers.access import Viewer
from resolvers.events import Event, belongings, event_of, fields_of, look, redefined, removal, seen
from resolvers.reads.run import Reader, Ref
from resolvers.reads.sql import Sql
from resolvers.sight import Crossed, Records, crossed, in_turn


async def tell_inbox(reader: Reader, change: Change) -> Event | None:
    """What the lead inbox is told of a change; null: the change is not of it."""
    if (again := redefined(change)) is not None:
        return again
    for subject in change.find("lead"):
        event = await _tell_lead(reader, change, subject)
        if event is not None:
            return event
    async for owner, shown in belongings(reader, change, "lead_id"):
        if await look(reader, "Lead", owner, _not_archived):
            return event_of("LeadUpdated", change, lead=Ref("Lead", owner), fields=[shown])
    return None


async def _tell_lead(reader: Reader, change: Change, subject: Subject) -> Event | None:
    viewer = reader.viewer
    was, is_ = _in_inbox(viewer, subject.before), _in_inbox(viewer, subject.after)
    if not was and not is_:
        return None
    if not is_ or not await look(reader, "Lead", subject.id, _not_archived):
        return event_of(
            "LeadRemoved",
            change,
            lead_id=ids.encode("Lead", subject.id),
            reason="NO_LONGER_VISIBLE" if is_ else removal(viewer, change, subject.after, "ARCHIVED"),
            deal=next((Ref("Deal", deal.id) for deal in change.find("deal")), None),
        )
    lead = Ref("Lead", subject.id)
    if not was:
        return event_of("LeadAdded", change, lead=lead)
    return event_of("LeadUpdated", change, lead=lead, fields=fields_of(change, subject))


async def cross_inbox(reader: Reader, before: Viewer, change: Change) -> list[Event] | None:
    """What the lead inbox is told of a change of its viewer's own rights; null: to read again."""
    records = Records("Lead", _not_archived, lambda lead_id, values: values["archived_at"] is None)
    found = await crossed(reader, before, records, change)
    return None if found is None else in_turn([_crossing(change, each) for each in found])


def _crossing(change: Change, each: Crossed) -> Event:
    if not each.is_:
        return event_of("LeadRemoved", change, lead_id=ids.encode("Lead", each.id), reason="NO_LONGER_VISIBLE")
    lead = Ref("Lead", each.id)
    if each.was:
        return event_of("LeadUpdated", change, lead=lead, fields=list(each.fields))
    return event_of("LeadAdded", change, lead=lead)


def _in_inbox(viewer: Viewer, values: Values | None) -> bool:
    return values is not None and seen(viewer, values) and values["archived_at"] is None


def _not_archived(alias: str, sql: Sql) -> str:
    return f"{alias}.archived_at IS NULL"
