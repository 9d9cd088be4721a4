"""graphql-transport-ws without a network: messages go in, what is to be done comes out.

    WAITING ──connection_init──▶ AUTHENTICATING ──acknowledge──▶ READY
       └──────────────┴─── anything that breaks the rules ─────────┴──▶ CLOSED

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import orjson

from subscriptions.closing import CloseCode, fit
from subscriptions.messages import (
    Complete,
    ConnectionInit,
    Malformed,
    Message,
    Ping,
    Pong,
    Subscribe,
    SubscribePayload,
    parse,
)
from subscriptions.operation import failure

SUBPROTOCOL = "graphql-transport-ws"


@dataclass(frozen=True)
class Send:
    """Send this text."""

    text: str


@dataclass(frozen=True)
class Close:
    """Close the socket; nothing follows."""

    code: CloseCode
    reason: str


@dataclass(frozen=True)
class Authenticate:
    """Find out who this is, then call `acknowledge` or `refuse`."""

    payload: dict[str, Any]


@dataclass(frozen=True)
class Begin:
    """Begin this operation, and call `finished` where it ends by itself."""

    id: str
    payload: SubscribePayload


@dataclass(frozen=True)
class Cancel:
    """End this operation, and say nothing more about it."""

    id: str


Action = Send | Close | Authenticate | Begin | Cancel


class State(Enum):
    """Where a socket stands."""

    WAITING = auto()
    AUTHENTICATING = auto()
    READY = auto()
    CLOSED = auto()


class Protocol:
    """The server's side of one socket. No input makes it raise."""

    def __init__(self, *, longest_message: int = 1024 * 1024, most_operations: int = 100) -> None:
        self.state = State.WAITING
        self._longest_message = longest_message
        self._most_operations = most_operations
        self._live: set[str] = set()

    def receive(self, text: str | bytes) -> list[Action]:
        """What a frame from the client makes necessary, in order."""
        if self.state is State.CLOSED:
            return []
        # Characters, where the length is far from the bound; bytes take at most four each.
        if len(text) > self._longest_message or (
            isinstance(text, str)
            and len(text) * 4 > self._longest_message
            and len(text.encode(errors="replace")) > self._longest_message
        ):
            return self.close(CloseCode.MESSAGE_TOO_BIG)
        try:
            return self._react(parse(text))
        except Malformed as malformed:
            return self.close(CloseCode.BAD_REQUEST, str(malformed))

    def acknowledge(self) -> list[Action]:
        """The client was let in."""
        if self.state is not State.AUTHENTICATING:
            return []
        self.state = State.READY
        return [Send('{"type":"connection_ack"}')]

    def refuse(self) -> list[Action]:
        """The client was not let in."""
        return self.close(CloseCode.FORBIDDEN)

    def time_out(self) -> list[Action]:
        """The time for connection_init is over; nothing where it came."""
        return self.close(CloseCode.INITIALISATION_TIMEOUT) if self.state is State.WAITING else []

    def finished(self, operation_id: str) -> None:
        """An operation ended by itself; its id may be used again."""
        self._live.discard(operation_id)

    def close(self, code: CloseCode, reason: str = "") -> list[Action]:
        """End the socket, unless it has ended."""
        if self.state is State.CLOSED:
            return []
        self.state = State.CLOSED
        self._live.clear()
        return [Close(code, fit(reason or code.reason))]

    def _react(self, message: Message) -> list[Action]:
        match message:
            case ConnectionInit(payload):
                return self._initialise(payload)
            case Ping(payload):
                return self._pong(payload)
            case Subscribe(operation_id, request):
                return self._subscribe(operation_id, request)
            case Complete(operation_id):
                return self._complete(operation_id)
            case Pong():
                return []

    def _initialise(self, payload: dict[str, Any]) -> list[Action]:
        if self.state is not State.WAITING:
            return self.close(CloseCode.TOO_MANY_INITIALISATIONS)
        self.state = State.AUTHENTICATING
        return [Authenticate(payload)]

    def _pong(self, payload: dict[str, Any] | None) -> list[Action]:
        if payload is None:  # clients refuse a payload that is null
            return [Send('{"type":"pong"}')]
        try:
            return [Send(f'{{"type":"pong","payload":{orjson.dumps(payload).decode()}}}')]
        except orjson.JSONEncodeError:  # it writes less deeply than it reads
            return self.close(CloseCode.BAD_REQUEST, "The payload of a ping is nested too deeply")

    def _subscribe(self, operation_id: str, request: SubscribePayload) -> list[Action]:
        if self.state is not State.READY:
            return self.close(CloseCode.UNAUTHORIZED)
        if operation_id in self._live:
            return self.close(CloseCode.SUBSCRIBER_EXISTS, f"Subscriber for {operation_id} already exists")
        if len(self._live) >= self._most_operations:
            message = f"A socket carries at most {self._most_operations} operations at once: complete some first."
            return [Send(error_text(operation_id, failure(message, "TOO_MANY")))]
        self._live.add(operation_id)
        return [Begin(operation_id, request)]

    def _complete(self, operation_id: str) -> list[Action]:
        if operation_id not in self._live:
            return []
        self._live.discard(operation_id)
        return [Cancel(operation_id)]


@dataclass(frozen=True)
class Opening:
    """What precedes the payload in each `next` of an operation; a closing brace follows it."""

    text: str
    encoded: bytes


def next_opening(operation_id: str) -> Opening:
    """The opening for an operation's id."""
    text = f'{{"id":{_quoted(operation_id)},"type":"next","payload":'
    return Opening(text, text.encode())


def error_text(operation_id: str, errors: bytes) -> str:
    """The `error` that ends an operation, of a JSON array of GraphQL errors."""
    return f'{{"id":{_quoted(operation_id)},"type":"error","payload":{errors.decode()}}}'


def complete_text(operation_id: str) -> str:
    """The `complete` that ends an operation."""
    return f'{{"id":{_quoted(operation_id)},"type":"complete"}}'


def _quoted(text: str) -> str:
    return orjson.dumps(text).decode()
