"""The register of a single process: a dictionary."""

from collections.abc import Callable, Collection
from time import monotonic
from uuid import UUID

from subscriptions.presence.contract import LEASE_SECONDS, Visits


class MemoryRegister:
    """Keeps visits in this process."""

    def __init__(self, lease_seconds: float = LEASE_SECONDS, clock: Callable[[], float] = monotonic) -> None:
        self._lease_seconds = lease_seconds
        self._clock = clock
        self._places: dict[UUID, dict[UUID, tuple[UUID, float]]] = {}  # user and end of each visit

    async def stay(self, place: UUID, visits: Visits) -> frozenset[UUID]:
        """Enter or renew these visits, and answer the users of all that have not ended."""
        now = self._clock()
        until = now + self._lease_seconds
        there = {visit: each for visit, each in self._places.get(place, {}).items() if each[1] > now}
        there |= {visit: (user, until) for visit, user in visits.items()}
        self._keep(place, there)
        return frozenset(user for user, _ in there.values())

    async def leave(self, place: UUID, visits: Collection[UUID]) -> None:
        """End these visits."""
        there = self._places.get(place, {})
        self._keep(place, {visit: each for visit, each in there.items() if visit not in visits})

    async def close(self) -> None:
        """Forget every visit."""
        self._places.clear()

    def _keep(self, place: UUID, there: dict[UUID, tuple[UUID, float]]) -> None:
        self._places[place] = there
        if not there:
            del self._places[place]
