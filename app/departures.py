"""Who has left: sessions that were signed out, here or at another process, and tokens that were revoked.

Their connections end at once where it happened here, elsewhere with the next look.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog

from app.identity import Credential
from models.base import now
from resolvers import sessions

PAUSE = 2.0
_OVERLAP = timedelta(seconds=60)  # clocks differ, and what is committed late has an earlier instant
_LOOKS_AN_HOUR = int(3_600 / PAUSE)
_log = structlog.get_logger("lejek")


class Departures:
    """The open connections of this process, by what they came in with, and the way to end each."""

    def __init__(self) -> None:
        self._ends: dict[Credential, set[Callable[[], None]]] = {}

    def await_for(self, credential: Credential, end: Callable[[], None]) -> Callable[[], None]:
        """Have `end` called once the credential has left; answers the way to have it no more."""
        self._ends.setdefault(credential, set()).add(end)

        def forget() -> None:
            ends = self._ends.get(credential, set())
            ends.discard(end)
            if not ends:
                self._ends.pop(credential, None)

        return forget

    def end(self, credential: Credential) -> None:
        """End the connections of one who has left."""
        for end in list(self._ends.get(credential, ())):
            end()

    def end_by_hash(self, credential_hash: str) -> None:
        """As `end`, by what is kept of the credential."""
        for is_session in (False, True):
            self.end(Credential(credential_hash, is_session))

    async def watch(self, pause: float = PAUSE) -> None:
        """Look, as long as there are connections, who has left elsewhere; until cancelled.

        A session whose board is open is in use, though it may ask nothing for weeks.
        """
        looks = 0
        while True:
            await asyncio.sleep(pause)
            try:
                if self._ends:
                    await self.look()
                    looks += 1
                if looks >= _LOOKS_AN_HOUR:
                    looks = 0
                    await sessions.still_used([each.hash for each in self._ends if each.is_session])
            except Exception as error:
                _log.error("it could not be read who has left", exc_info=error)

    async def look(self) -> None:
        """End the connections of all who have left lately."""
        departed = await sessions.departed_since(now() - _OVERLAP)
        for credential in [each for each in self._ends if each.hash in departed]:
            self.end(credential)
