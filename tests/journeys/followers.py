"""Clients that follow a feed whatever happens to their connections, and keep what they were told."""

from collections.abc import Sequence
from random import Random

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from tests.journeys.client import SUBPROTOCOLS, Event, Watch

Told = tuple[int, str | None]


class Follower:
    """One client: it resumes after the last revision it saw, at whichever server takes it."""

    def __init__(self, servers: Sequence[str], token: str, document: str, variables: dict[str, str], dice: Random):
        self.told: list[Told] = []
        self.losses = 0
        self._servers = servers
        self._token = token
        self._document = document
        self._variables = variables
        self._dice = dice
        self._watch: Watch | None = None

    async def catch_up(self) -> None:
        """Return once it is live."""
        await self._follow("CaughtUp", None)

    async def follow(self, last: str) -> None:
        """Return once it was told of what this mutation did."""
        await self._follow(None, last)

    async def leave(self) -> None:
        """Close the connection."""
        if self._watch is not None:
            await self._watch.close()

    def cut(self) -> None:
        """Lose the connection, if there is one."""
        if self._watch is not None:
            self._watch.cut()

    async def _follow(self, type_name: str | None, last: str | None) -> None:
        while True:
            try:
                if self._watch is None:
                    self._watch = await self._begin()
                event = await self._watch.event()
            except (ConnectionError, WebSocketException):  # no time-out: who waits in vain has lost a change
                self._watch = None
                self.losses += 1
                continue
            self._take(event)
            if event["__typename"] == type_name or (last is not None and event["clientMutationId"] == last):
                return

    async def _begin(self) -> Watch:
        url = self._dice.choice(self._servers).replace("http", "ws", 1)
        watch = Watch(await connect(f"{url}/graphql", subprotocols=SUBPROTOCOLS, compression=None, proxy=None))
        await watch.begin(self._token, self._document, self._variables)
        return watch

    def _take(self, event: Event) -> None:
        assert event["__typename"] != "Resync", "nothing was forgotten"
        self._variables["after"] = event["revision"]
        if event["__typename"] != "CaughtUp":
            self.told.append((int(event["revision"]), event["clientMutationId"]))
