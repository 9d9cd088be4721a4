"""What a register of visitors must do, and what a visit must say. Nothing here has a revision."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Hashable, Mapping
from typing import Protocol
from uuid import UUID

LEASE_SECONDS = 30.0  # a visit that is not renewed for so long has ended: its server is gone
RENEWAL_SECONDS = 10.0

Visits = Mapping[UUID, UUID]  # the user of each visit


class Register(Protocol):
    """Who visits which place. The suite in tests/subscriptions/presence holds for every adapter."""

    async def stay(self, place: UUID, visits: Visits) -> frozenset[UUID]:
        """Enter or renew these visits, and answer the users of all that have not ended, everywhere."""
        ...

    async def leave(self, place: UUID, visits: Collection[UUID]) -> None:
        """End these visits; those that are not there have ended already."""
        ...

    async def close(self) -> None:
        """Give back whatever is held."""
        ...


class Visit(ABC):
    """A subscription to who else is there; as long as it lasts, its own user is."""

    @property
    @abstractmethod
    def place(self) -> UUID:
        """What is looked at: the key of a row, which no other row of any kind has."""

    @property
    @abstractmethod
    def user_id(self) -> UUID:
        """Who looks at it."""

    @property
    @abstractmethod
    def key(self) -> Hashable:
        """What must be equal for answers to be."""

    @abstractmethod
    async def answer(self, user_ids: Collection[UUID]) -> bytes | None:
        """The JSON of one ExecutionResult that shows these users; null where the visit is over."""
