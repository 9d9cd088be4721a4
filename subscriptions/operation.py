"""The ports of this room: what is asked, which the app prepares, and who is told, which a transport is.

An Operation knows GraphQL and rights; this room knows neither. It gives each moment of an
account to the operation and carries the answer to everyone who asked the same.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import orjson

from models.changes import Change


@dataclass(frozen=True)
class CaughtUp:
    """Everything up to this revision has been told; from here on it is live."""

    revision: int
    at: datetime


@dataclass(frozen=True)
class Resync:
    """What came before this revision cannot be told: read it again. Later changes follow."""

    revision: int
    at: datetime


Moment = Change | CaughtUp | Resync


class Operation(Protocol):
    """A subscription that was parsed, validated and given its viewer's rights."""

    @property
    def key(self) -> Hashable:
        """Document, operation name, variables, visibility class and locale: equal keys, equal answers.

        `after` is not part of it, or boards that resume share nothing. Only the visibility
        class may differ between an operation and its `refreshed` self.
        """
        ...

    @property
    def account_id(self) -> UUID:
        """The account whose changes are asked for."""
        ...

    @property
    def after(self) -> int | None:
        """Tell every change after this revision first; null: begin with the present one."""
        ...

    async def answer(self, moment: Moment) -> bytes | None:
        """The JSON of one ExecutionResult for this moment; null where it is no part of this feed.

        A fresh execution each time. It may be called by any member of a group on behalf of all.
        """
        ...

    async def answer_together(self, changes: Sequence[Change]) -> Sequence[bytes | None]:
        """As `answer`, for each of several changes at once, which may share what they read."""
        ...

    async def crossed(self, change: Change, renewed: Any) -> Sequence[bytes] | None:
        """What a change of its viewer's own rights means to who was told everything before it.

        The JSON of one ExecutionResult each, in order, all of it under the rights of `renewed`, which
        `refreshed` has answered.
        All but the last say the revision before this change, so that who loses the connection
        amid them resumes across it. Null where it must be read again.
        """
        ...

    async def refreshed(self) -> "Operation | None":
        """The same under the rights its viewer has now, read from the database in this call.

        Null where the viewer may no longer ask.
        """
        ...


@dataclass(frozen=True, slots=True)
class Payload:
    """An answer, serialised once for everyone: JSON as bytes, and as the text that ASGI wants."""

    encoded: bytes
    text: str

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return len(self.encoded)

    @classmethod
    def of(cls, encoded: bytes) -> "Payload":
        """The payload of JSON bytes."""
        return cls(encoded, encoded.decode())


class Listener(Protocol):
    """Whoever is told. All but `room` return at once; after `fail` it is told nothing more."""

    def next(self, payload: Payload) -> None:
        """Take one answer."""
        ...

    def fail(self, errors: bytes) -> None:
        """Take the end, with its reason as a JSON array of GraphQL errors."""
        ...

    async def room(self) -> None:
        """Return once there is room for more; asked for during a replay, which can wait."""
        ...


def failure(message: str, code: str) -> bytes:
    """One GraphQL error, as the JSON array that ends an operation."""
    return orjson.dumps([{"message": message, "extensions": {"code": code}}])
