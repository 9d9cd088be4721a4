"""Event streams: one operation for each response, as graphql-sse's distinct connections mode has it.

https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from subscriptions.gateway import Errors, Receive, Result, Send
from subscriptions.operation import Payload, failure
from subscriptions.sources import Source, Subscriber, Subscription
from subscriptions.transport import aborter

logger = logging.getLogger(__name__)

COMPLETE = b"event: complete\ndata:\n\n"
COMMENT = b":\n\n"
ENVELOPE = 48  # bytes of a frame beside its payload
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-accel-buffering", b"no"),  # nginx would hold events back
]


@dataclass(frozen=True)
class StreamLimits:
    """How much of the server one stream may take, and how often it is heard of."""

    outbox_bytes: int = 1024 * 1024
    keep_alive_seconds: float = 12.0
    grace_seconds: float = 5.0  # from the end of a stream to dropping its connection


SIGNED_OUT = failure("This token was revoked, or this session is over.", "UNAUTHENTICATED")


class Ending:
    """The way to end a stream whose session ends, though it may not have begun yet. `why` is what it is told."""

    def __init__(self, why: bytes = SIGNED_OUT) -> None:
        self._why = why
        self._stream: Stream | None = None
        self._is_over = False

    def __call__(self) -> None:
        """Tell why, and complete."""
        self._is_over = True
        if self._stream is not None:
            self._stream.fail(self._why)

    def of(self, stream: "Stream") -> None:
        """The stream has begun."""
        self._stream = stream
        if self._is_over:
            self()


class Streams:
    """The open event streams of a process."""

    def __init__(self, feeds: Source, limits: StreamLimits | None = None) -> None:
        self._feeds = feeds
        self._limits = limits or StreamLimits()
        self._open: dict[Stream, asyncio.Task[Any]] = {}
        self.is_ending = False

    def __len__(self) -> int:
        """How many streams are open."""
        return len(self._open)

    def mark(self) -> int:
        """The present instant, to be taken before a viewer's rights are read and given to `serve`."""
        return self._feeds.mark()

    async def serve(
        self,
        outcome: Subscription | Result | Errors,
        mark: int,
        receive: Receive,
        send: Send,
        ending: Ending | None = None,
        delivered: Callable[[], int] | None = None,
    ) -> None:
        """Tell a client what its operation answers, until that is all, it is ended, or the client is gone.

        The request's body must have been read. `delivered` is called for each answer that is taken
        to be sent, and names its event; without it, the revision does.
        """
        serving = asyncio.current_task()
        assert serving is not None, "an ASGI application runs in a task"
        stream = Stream(receive, send, self._limits, delivered)
        self._open[stream] = serving
        try:
            match outcome:
                case Result(payload):
                    stream.next(Payload.of(payload))
                    stream.complete()
                case Errors(errors):
                    stream.fail(errors)
                case operation:
                    stream.member = self._feeds.subscribe(operation, stream, mark)
            if ending is not None:
                ending.of(stream)
            if self.is_ending:
                stream.end()
            await stream.run()
        finally:
            del self._open[stream]

    def end(self) -> None:
        """End every stream, without completing it, so that its client comes back: to another server."""
        self.is_ending = True
        for stream in list(self._open):
            stream.end()

    async def drain(self) -> None:
        """End every stream, and return when all are gone."""
        self.end()
        await asyncio.gather(*self._open.values(), return_exceptions=True)


class Stream:
    """One response. It listens if its operation is a subscription; each event's id is the revision, or `delivered`."""

    def __init__(
        self, receive: Receive, send: Send, limits: StreamLimits, delivered: Callable[[], int] | None = None
    ) -> None:
        self.member: Subscriber | None = None
        self._delivered = delivered
        self._receive = receive
        self._send = send
        self._limits = limits
        self._abort: Callable[[], None] = aborter(receive)
        self._frames: deque[tuple[int | None, str, int]] = deque()  # id, JSON, bytes
        self._size = 0
        self._more = asyncio.Event()
        self._less = asyncio.Event()
        self._last_words: bytes | None = None
        self._is_cut = False
        self._writing: asyncio.Task[None] | None = None

    def next(self, payload: Payload) -> None:
        """Queue an answer. A reader that leaves no room for it is dropped; it resumes with Last-Event-ID."""
        self._queue(payload, self._identity)

    def fail(self, errors: bytes) -> None:
        """Tell why it ends, and complete."""
        self._queue(Payload.of(b'{"errors":' + errors + b"}"), lambda: None)
        self.complete()

    def _identity(self) -> int | None:
        if self._delivered is not None:
            return self._delivered()
        return None if self.member is None else self.member.cursor

    def _queue(self, payload: Payload, identity: Callable[[], int | None]) -> None:
        if self._last_words is not None or self._is_cut:
            return
        size = payload.size + ENVELOPE
        if self._frames and self._size + size > self._limits.outbox_bytes:
            logger.info("a slow reader is dropped with %d bytes waiting", self._size)
            return self._cut()
        self._frames.append((identity(), payload.text, size))
        self._size += size
        self._more.set()

    async def room(self) -> None:
        """Return once what waits is at most half of what may."""
        while self._size > self._limits.outbox_bytes // 2:
            self._less.clear()
            await self._less.wait()

    def complete(self) -> None:
        """Say, after what is queued, that this was all."""
        self._finish(COMPLETE)

    def end(self) -> None:
        """End it after what is queued, without saying that this was all."""
        self._finish(b"")

    async def run(self) -> None:
        """Send what is queued until it has ended or the client is gone, and leave nothing behind."""
        writing = self._writing = asyncio.create_task(self._write())
        listening = asyncio.create_task(self._listen())
        try:
            await asyncio.wait((writing, listening), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._is_cut = True
            if self.member is not None:
                self.member.cancel()
            writing.cancel()
            listening.cancel()
            ended = await asyncio.gather(writing, listening, return_exceptions=True)
        for error in ended:
            if isinstance(error, Exception):
                raise error

    def _finish(self, last_words: bytes) -> None:
        if self._last_words is not None:
            return
        self._last_words = last_words
        if self.member is not None:
            self.member.cancel()
        self._more.set()
        asyncio.get_running_loop().call_later(self._limits.grace_seconds, self._cut)  # who reads is gone by then

    def _cut(self) -> None:
        if not self._is_cut:
            self._is_cut = True
            self._abort()
            if self._writing is not None:
                self._writing.cancel()

    async def _listen(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def _write(self) -> None:
        try:
            await self._send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await self._say(COMMENT)  # the client learns that it is connected, and so do proxies
            await self._write_queued()
        except OSError:
            logger.debug("a client went away while it was written to")

    async def _write_queued(self) -> None:
        while True:
            while self._frames:
                number, text, size = self._frames[0]
                await self._say(_frame(number, text))
                self._frames.popleft()
                self._size -= size
                self._less.set()
            if self._last_words is not None:
                return await self._send({"type": "http.response.body", "body": self._last_words})
            await self._wait()

    async def _wait(self) -> None:
        self._more.clear()
        try:
            async with asyncio.timeout(self._limits.keep_alive_seconds):
                await self._more.wait()
        except TimeoutError:
            await self._say(COMMENT)

    async def _say(self, body: bytes) -> None:
        await self._send({"type": "http.response.body", "body": body, "more_body": True})


def _frame(number: int | None, text: str) -> bytes:
    """A `next` event. JSON as it is written here has no line breaks, so it is one line of data."""
    identity = "" if number is None else f"id: {number}\n"
    return f"{identity}event: next\ndata: {text}\n\n".encode()
