"""One socket: drives the protocol, runs its operations, and leaves nothing behind."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any, Generic

from subscriptions.closing import CloseCode
from subscriptions.frames import FramePath
from subscriptions.gateway import Errors, Event, Gateway, Receive, Result, Scope, Send, Session
from subscriptions.messages import SubscribePayload
from subscriptions.operation import Payload, failure
from subscriptions.outbox import Outbox
from subscriptions.protocol import (
    Action,
    Authenticate,
    Begin,
    Cancel,
    Close,
    Opening,
    Protocol,
    complete_text,
    error_text,
    next_opening,
)
from subscriptions.protocol import Send as Say
from subscriptions.seats import Rate
from subscriptions.sources import Source, Subscriber
from subscriptions.transport import aborter

logger = logging.getLogger(__name__)

TOO_FAST = failure("This socket begins operations too fast: wait a second.", "TOO_MANY")
INTERNAL = failure("Internal server error.", "INTERNAL_SERVER_ERROR")


@dataclass(frozen=True)
class Limits:
    """How much of the server one socket may take."""

    outbox_bytes: int = 1024 * 1024
    message_bytes: int = 1024 * 1024
    operations: int = 100
    operations_per_second: float = 50.0
    operations_at_once: int = 200
    init_seconds: float = 10.0
    grace_seconds: float = 5.0  # from a close to dropping the connection
    frame_path: bool = True  # write frames to uvicorn's transport, where that is the server


class Connection(Generic[Session]):
    """One accepted socket, from its first message until it is gone."""

    def __init__(
        self, gateway: Gateway[Session], feeds: Source, limits: Limits, scope: Scope, receive: Receive, send: Send
    ) -> None:
        self.gateway = gateway
        self.feeds = feeds
        self.session: Session | None = None
        self.mark = feeds.mark()  # before the session's rights are read
        self._limits = limits
        self._scope = scope
        self._receive = receive
        self._protocol = Protocol(longest_message=limits.message_bytes, most_operations=limits.operations)
        path = FramePath.behind(receive) if limits.frame_path else None
        self._outbox = Outbox(send, limits.outbox_bytes, self.start, path)
        self._abort = aborter(receive)
        self._leave: Callable[[], None] | None = None
        self._rate = Rate(limits.operations_per_second, limits.operations_at_once)
        self._running: dict[str, Running[Session]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[Any] | None = None
        self._is_cut = False
        self._is_over = False

    async def run(self) -> None:
        """Converse until the client is gone, then end everything that it had."""
        loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        init_timer = loop.call_later(self._limits.init_seconds, lambda: self.perform(self._protocol.time_out()))
        try:
            await self._converse()
        except asyncio.CancelledError:
            if not self._is_cut or self._task is None or self._task.uncancel() > 0:
                raise
        except Exception:
            logger.exception("a socket failed and is dropped")
            self._abort()
        finally:
            self._is_over = True
            if self._leave is not None:
                self._leave()
            init_timer.cancel()
            self._protocol.close(CloseCode.NORMAL)
            loop.call_later(self._limits.grace_seconds, self._abort)  # the server waits for readers, we do not
            await self._end_all()

    def close(self, code: CloseCode) -> None:
        """Close the socket, for a reason of the server's own."""
        self.perform(self._protocol.close(code))

    def perform(self, actions: Iterable[Action]) -> None:
        """Do what the protocol asks for."""
        for action in actions:
            match action:
                case Say(text):
                    self.say(text, len(text.encode()))
                case Close(code, reason):
                    self._close(code, reason)
                case Authenticate(payload):
                    self.start(self._authenticate(payload))
                case Begin(operation_id, request):
                    self._begin(operation_id, request)
                case Cancel(operation_id):
                    self._running.pop(operation_id).cancel()

    def _begin(self, operation_id: str, request: SubscribePayload) -> None:
        if self._rate.allows(asyncio.get_running_loop().time()):
            self._running[operation_id] = Running(self, operation_id, request)
        else:
            self._protocol.finished(operation_id)
            text = error_text(operation_id, TOO_FAST)
            self.say(text, len(text))

    def say(self, text: str, size: int) -> None:
        """Queue a frame. A reader that leaves no room for it is dropped; it resumes with `after`."""
        if not self._outbox.put(text, size):
            self._drop()

    def tell(self, opening: Opening, payload: Payload) -> None:
        """Send a payload to one of its operations, under the same bound."""
        if not self._outbox.tell(opening, payload):
            self._drop()

    def _drop(self) -> None:
        if not self._is_cut:
            logger.info("a slow reader is dropped with %d bytes waiting", self._outbox.size)
            self.cut()

    async def room(self) -> None:
        """Return once frames have room that need not be sent at once."""
        await self._outbox.room()

    def cut(self) -> None:
        """End the socket at once, without a word."""
        self._abort()
        if not self._is_cut and not self._is_over and self._task is not None:
            self._is_cut = True
            self._task.cancel()

    def finished(self, operation_id: str) -> None:
        """An operation has ended by itself."""
        self._running.pop(operation_id, None)
        self._protocol.finished(operation_id)

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """A task that ends with the socket at the latest."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _converse(self) -> None:
        while (event := await self._receive())["type"] != "websocket.disconnect":
            if event["type"] == "websocket.receive":
                self.perform(self._protocol.receive(_content(event)))

    async def _authenticate(self, payload: dict[str, Any]) -> None:
        try:
            self.session = await self.gateway.authenticate(self._scope, payload)
        except Exception:
            logger.exception("a client could not be authenticated")
            return self.close(CloseCode.INTERNAL_ERROR)
        if self.session is None:
            return self.perform(self._protocol.refuse())
        self._leave = self.gateway.seat(self.session, lambda: self.close(CloseCode.FORBIDDEN))
        if self._leave is None:
            return self.perform(self._protocol.close(CloseCode.TRY_AGAIN_LATER, "Too many connections"))
        self.perform(self._protocol.acknowledge())

    def _close(self, code: CloseCode, reason: str) -> None:
        for running in list(self._running.values()):
            running.cancel()
        self._running.clear()
        self._outbox.close(code, reason)
        asyncio.get_running_loop().call_later(self._limits.grace_seconds, self._abort)

    async def _end_all(self) -> None:
        for running in list(self._running.values()):
            running.cancel()
        self._running.clear()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Running(Generic[Session]):
    """An operation of a socket: it is begun in a task, and listens if it is a subscription."""

    def __init__(self, connection: Connection[Session], operation_id: str, request: SubscribePayload) -> None:
        self._connection = connection
        self._id = operation_id
        self._opening = next_opening(operation_id)
        self._member: Subscriber | None = None
        self._task = connection.start(self._begin(request))

    def next(self, payload: Payload) -> None:
        """Send an answer: the shared text between this operation's own braces."""
        self._connection.tell(self._opening, payload)

    def fail(self, errors: bytes) -> None:
        """Send `error`, which ends it; the other operations of the socket go on."""
        self._end(error_text(self._id, errors))

    async def room(self) -> None:
        """Wait for room in the socket's outbox."""
        await self._connection.room()

    def cancel(self) -> None:
        """End it without a word: the client knows, or is gone."""
        self._task.cancel()
        if self._member is not None:
            self._member.cancel()

    async def _begin(self, request: SubscribePayload) -> None:
        connection = self._connection
        try:
            outcome = await connection.gateway.begin(connection.session, request)  # type: ignore[arg-type]
        except Exception:
            logger.exception("an operation could not be begun")
            return self.fail(INTERNAL)
        match outcome:
            case Result(payload):
                self.next(Payload.of(payload))
                self._end(complete_text(self._id))
            case Errors(errors):
                self.fail(errors)
            case operation:
                self._member = connection.feeds.subscribe(operation, self, connection.mark)

    def _end(self, text: str) -> None:
        self._connection.finished(self._id)
        self._connection.say(text, len(text.encode()))


def _content(event: Event) -> str | bytes:
    text: str | None = event.get("text")
    return text if text is not None else event.get("bytes") or b""
