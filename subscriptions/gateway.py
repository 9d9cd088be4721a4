"""The port of a socket: who may come in, and what is asked. The app implements it."""

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from subscriptions.messages import SubscribePayload
from subscriptions.operation import Operation
from subscriptions.presence.contract import Visit

Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]

Session = TypeVar("Session")


@dataclass(frozen=True)
class Result:
    """The result of a query or mutation: the JSON of one ExecutionResult. Sent as `next`, then `complete`."""

    payload: bytes


@dataclass(frozen=True)
class Errors:
    """Why nothing was executed: a JSON array of GraphQL errors. Sent as `error`."""

    errors: bytes


class Gateway(Protocol[Session]):
    """What a socket asks of the app."""

    async def authenticate(self, scope: Scope, payload: dict[str, Any]) -> Session | None:
        """The session for an ASGI scope (headers, cookies) and connectionParams; null: 4403, Forbidden."""
        ...

    def seat(self, session: Session, end: Callable[[], None], /) -> Callable[[], None] | None:
        """Take a seat for the session's connection; answers the way to give it back.

        `end` is called where the session ends before its connection does.
        Null where its token or account holds as many connections as it may: 1013, Try again later.
        """
        ...

    async def begin(self, session: Session, payload: SubscribePayload) -> Operation | Visit | Result | Errors:
        """Execute a query or mutation, or prepare a subscription.

        It is cancelled where the client completes the operation or goes away. What it raises is
        logged, and answered with an error that shows nothing of it.
        """
        ...
