"""What is told of deals, wherever they are watched: on a board, in a filtered list, or one alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from models.changes import Change, ChangeKind, Subject, Values
from resolvers import ids
from resolvers.access import Viewer
from resolvers.deal_filters import DealMatch
from resolvers.events import Condition, Event, belongings, event_of, fields_of, look, redefined, removal, seen
from resolvers.reads.run import Reader, Ref
from resolvers.sight import Crossed, Records, crossed, in_turn

_TOTALLED = {"stage_id", "status", "value_minor", "currency", "probability", "removed_at", "owner_id", "visibility"}
Holds = Callable[[str, Values], bool]


def _always(deal_id: str, values: Values) -> bool:
    return True


@dataclass(frozen=True)
class Place:
    """Some of the deals that a viewer sees.

    `holds` says by a deal's id and values, as a change has them, whether it was among them;
    `condition` says the same in SQL of the deal as it is now. `elsewhere` is why one that is still
    seen has left. `counts` says which deals count in the stages that are told of here. `match` has
    what depends on more than the deals themselves.
    """

    holds: Holds
    condition: Condition
    elsewhere: str
    counts: Holds = _always
    match: DealMatch | None = None

    async def had(self, reader: Reader, deal_id: str, values: Values) -> bool:
        """Whether a deal that had these values was among them, what is beside it taken as it is now."""
        if not self.holds(deal_id, values):
            return False
        return self.match is None or await self.match.is_found(reader, deal_id, values)


def board(pipeline_id: UUID) -> Place:
    """The deals of a pipeline."""

    def holds(deal_id: str, values: Values) -> bool:
        return bool(values["pipeline_id"] == str(pipeline_id))

    return Place(holds, lambda alias, sql: f"{alias}.pipeline_id = {sql.one(pipeline_id)}", "OTHER_PIPELINE", holds)


def alone(key: UUID) -> Place:
    """One deal."""
    condition: Condition = lambda alias, sql: f"{alias}.id = {sql.one(key)}"  # noqa: E731
    return Place(lambda deal_id, values: deal_id == str(key), condition, "NO_LONGER_VISIBLE")


def matching(viewer: Viewer, match: DealMatch) -> Place:
    """The deals that a filter lets through."""
    condition: Condition = lambda alias, sql: match.condition(viewer, alias, sql)  # noqa: E731
    return Place(lambda deal_id, values: match.holds(values), condition, "NO_LONGER_MATCHES", match=match)


async def tell_board(reader: Reader, pipeline_id: UUID, change: Change) -> Event | None:
    """What the board of a pipeline is told of a change; null: the change is not of it."""
    for subject in change.find("pipeline"):
        if subject.id == str(pipeline_id):
            return event_of("PipelineReshaped", change, pipeline=Ref("Pipeline", pipeline_id))
    return await tell_deals(reader, board(pipeline_id), change)


async def tell_deals(reader: Reader, place: Place, change: Change) -> Event | None:
    """What those who watch some deals are told of a change; null: the change is not of them."""
    if (again := redefined(change)) is not None:
        return again
    if place.match is not None and await place.match.is_altered(reader, change):
        return Event("Resync", change.revision, change.at)
    for subject in change.find("deal"):
        event = await _tell_deal(reader, place, change, subject)
        if event is not None:
            return event
    async for owner, shown in belongings(reader, change, "deal_id"):
        if await look(reader, "Deal", owner, place.condition):
            return event_of("DealUpdated", change, deal=Ref("Deal", owner), fields=[shown])
    return None


async def _tell_deal(reader: Reader, place: Place, change: Change, subject: Subject) -> Event | None:
    viewer = reader.viewer
    was_seen, is_seen = seen(viewer, subject.before), seen(viewer, subject.after)
    was = was_seen and await place.had(reader, subject.id, subject.before or {})
    is_ = is_seen and await place.had(reader, subject.id, subject.after or {})
    if not was and not is_:
        return None
    stages = _altered_stages(place, subject, was_seen, is_seen)
    now = await look(reader, "Deal", subject.id, place.condition) if is_ else False
    if not now:
        deal_id = ids.encode("Deal", subject.id)
        reason = _removal_now(place, now) if is_ else removal(viewer, change, subject.after, place.elsewhere)
        return event_of("DealRemoved", change, deal_id=deal_id, stages=stages, reason=reason)
    common: Mapping[str, Any] = {"deal": Ref("Deal", subject.id), "stages": stages}
    if not was:
        return event_of("DealAdded", change, converted_from_lead_id=_origin(change), **common)
    return _told_in_place(change, subject, common)


async def cross_deals(reader: Reader, place: Place, before: Viewer, change: Change) -> list[Event] | None:
    """What those who watch some deals are told of a change of their own rights; null: to read again."""
    if place.match is not None and place.match.search is not None:
        return None  # contacts that came into sight or went out of it find other deals
    found = await crossed(reader, before, Records("Deal", place.condition, place.holds), change)
    return None if found is None else in_turn([_crossing(change, each) for each in found])


def _crossing(change: Change, each: Crossed) -> Event:
    stages = [Ref("Stage", each.stage_id)] if each.stage_id else []
    if not each.is_:
        deal_id = ids.encode("Deal", each.id)
        return event_of("DealRemoved", change, deal_id=deal_id, stages=stages, reason="NO_LONGER_VISIBLE")
    deal = Ref("Deal", each.id)
    if each.was:
        return event_of("DealUpdated", change, deal=deal, fields=list(each.fields))
    return event_of("DealAdded", change, deal=deal, stages=stages)


def _removal_now(place: Place, now: bool | None) -> str:
    return "NO_LONGER_VISIBLE" if now is None else place.elsewhere


def _told_in_place(change: Change, subject: Subject, common: Mapping[str, Any]) -> Event:
    before, after = subject.before or {}, subject.after or {}
    if before["status"] != after["status"]:
        return event_of("DealReopened" if after["status"] == "OPEN" else "DealClosed", change, **common)
    if before["stage_id"] != after["stage_id"]:
        steps = {"from_stage": Ref("Stage", before["stage_id"]), "to_stage": Ref("Stage", after["stage_id"])}
        return event_of("DealMoved", change, **steps, **common)
    return event_of("DealUpdated", change, fields=fields_of(change, subject), **common)


def _altered_stages(place: Place, subject: Subject, was_seen: bool, is_seen: bool) -> list[Ref]:
    if was_seen and is_seen and not subject.changed & _TOTALLED:
        return []
    sides = [values for there, values in ((was_seen, subject.before), (is_seen, subject.after)) if there and values]
    counted = [values["stage_id"] for values in sides if place.counts(subject.id, values)]
    return [Ref("Stage", stage) for stage in dict.fromkeys(counted)]


def _origin(change: Change) -> str | None:
    if change.kind != ChangeKind.LEAD_CONVERTED:
        return None
    return next((ids.encode("Lead", lead.id) for lead in change.find("lead")), None)
