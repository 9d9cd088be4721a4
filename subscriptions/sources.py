"""Where a subscription is told from: the change log, or who is there."""

from typing import Any, Protocol

from subscriptions.feeds import Feeds
from subscriptions.operation import Listener, Operation
from subscriptions.presence.contract import Visit
from subscriptions.presence.rooms import Presence

Subscription = Operation | Visit


class Subscriber(Protocol):
    """One subscription that is under way, and the revision it has been told up to, if it has any."""

    @property
    def cursor(self) -> int | None:
        """The revision of what it was told last."""
        ...

    def cancel(self) -> None:
        """End it at once."""
        ...


class Source(Protocol):
    """What transports subscribe to: `Sources`, or `Feeds` where nobody asks for anything else."""

    def mark(self) -> int:
        """The present instant, to be taken before a viewer's rights are read and given to `subscribe`."""
        ...

    def subscribe(self, asked: Any, listener: Listener, mark: int = 0, /) -> Subscriber:
        """Tell the listener what is asked for, a `Subscription`, until the subscriber is cancelled or fails."""
        ...


class Sources:
    """Both, for whatever transport."""

    def __init__(self, feeds: Feeds, presence: Presence) -> None:
        self._feeds = feeds
        self._presence = presence

    def mark(self) -> int:
        """The present instant, to be taken before a viewer's rights are read and given to `subscribe`."""
        return self._feeds.mark()

    def subscribe(self, asked: Subscription, listener: Listener, mark: int = 0) -> Subscriber:
        """Tell the listener what is asked for, until the subscriber is cancelled or fails."""
        if isinstance(asked, Visit):
            return self._presence.subscribe(asked, listener)
        return self._feeds.subscribe(asked, listener, mark)

    @property
    def sizes(self) -> tuple[int, int]:
        """How many subscriptions to changes there are, and how many groups they share."""
        return self._feeds.sizes

    async def close(self) -> None:
        """End everything."""
        await self._presence.close()
        await self._feeds.close()
