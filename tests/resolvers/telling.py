"""What a feed tells of the log, without groups and sockets."""

from collections.abc import Mapping
from typing import Any

from models import changes
from models.changes import Change
from resolvers.access import Viewer
from resolvers.events import Event
from resolvers.feeds import Feed, open_feed
from resolvers.reads.run import Reader


async def told(viewer: Viewer, root_field: str, after: int = 0, **arguments: Any) -> list[Event]:
    """What a subscription that was open is told of everything after a revision."""
    return await told_by(await open_feed(viewer, root_field, arguments, again=True), viewer, after)


async def told_by(feed: Feed, viewer: Viewer, after: int) -> list[Event]:
    """The events of a feed, each read by itself."""
    events = [await tell(feed, viewer, change) for change in await changes.read_after(viewer.account_id, after)]
    return [event for event in events if event is not None]


async def tell(feed: Feed, viewer: Viewer, change: Change) -> Event | None:
    """What a feed tells of one change."""
    async with Reader(viewer) as reader:
        return await feed.tell(reader, change)


def names(events: list[Event]) -> list[str]:
    """The types of events."""
    return [event.type_name for event in events]


def reasons(events: list[Event]) -> list[tuple[str, str | None]]:
    """The types of events, and why something is gone."""
    return [(event.type_name, event.reason) for event in events]


def shown(event: Event) -> Mapping[str, Any]:
    """The key of the deal that an event shows, and the fields that it says have changed."""
    return {"deal": None if event.deal is None else str(event.deal.key), "fields": event.fields}
