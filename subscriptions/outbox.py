"""The outbox of a socket: what it has to say goes out at once while it reads, else it waits, bounded in bytes."""

import logging
from asyncio import Event as Flag
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from subscriptions.closing import CloseCode
from subscriptions.frames import FramePath
from subscriptions.gateway import Event, Send
from subscriptions.operation import Payload
from subscriptions.protocol import Opening
from subscriptions.stepping import step

logger = logging.getLogger(__name__)

Start = Callable[[Coroutine[Any, Any, None]], object]


class Outbox:
    """Frames in order, then the close. What does not fit is not queued: its reader is too slow.

    Where nothing waits before it, a frame is sent by whoever has it: a payload on the frame path,
    where there is one, and anything else by a step of `send`. Only what `send` would wait for is
    left to a task, which `start` starts, and what comes meanwhile queues behind it.
    """

    def __init__(self, send: Send, bound: int, start: Start, path: FramePath | None = None) -> None:
        self._send = send
        self._bound = bound
        self._start = start
        self._path = path
        self._frames: deque[tuple[Event, int]] = deque()
        self._is_writing = False
        self._is_closed = False
        self._less = Flag()
        self._queued = 0  # bytes, of the frame that is being written too

    @property
    def size(self) -> int:
        """The bytes that wait to be read."""
        return self._queued + (0 if self._path is None else self._path.waiting)

    def tell(self, opening: Opening, payload: Payload) -> bool:
        """Send a payload between an operation's own braces; false where the bound is passed."""
        path, size = self._path, len(opening.encoded) + payload.size + 1
        if path is None or self._is_writing or self._is_closed or not path.is_open:
            return self.put(f"{opening.text}{payload.text}}}", size)
        if not self._has_room(size):
            return False
        path.write(opening.encoded, payload.encoded)
        return True

    def put(self, text: str, size: int) -> bool:
        """Send a text of about that many bytes; false where the bound is passed. A single one always fits."""
        if self._is_closed:
            return True
        if not self._has_room(size):
            return False
        self._say({"type": "websocket.send", "text": text}, size)
        return True

    def close(self, code: CloseCode, reason: str) -> None:
        """Close after what is queued; nothing can be queued after it."""
        if not self._is_closed:
            self._is_closed = True
            self._say({"type": "websocket.close", "code": int(code), "reason": reason}, 0)

    async def room(self) -> None:
        """Return once it is at most half full."""
        while self._queued > self._bound // 2:
            self._less.clear()
            await self._less.wait()
        if self._path is not None:
            await self._path.room(self._bound // 2)

    def _has_room(self, size: int) -> bool:
        waiting = self.size
        return not waiting or waiting + size <= self._bound

    def _say(self, message: Event, size: int) -> None:
        if self._is_writing:
            self._frames.append((message, size))
            self._queued += size
            return
        try:
            rest = step(self._send(message))
        except (OSError, RuntimeError):
            self._go()
        else:
            if rest is not None:
                self._is_writing = True
                self._queued = size
                self._start(self._write(rest, size))

    async def _write(self, rest: Awaitable[None], size: int) -> None:
        """Send what `send` waits for, and then what is queued, as fast as the reader reads."""
        try:
            await rest
            self._sent(size)
            while self._frames:
                message, size = self._frames.popleft()
                await self._send(message)
                self._sent(size)
            self._is_writing = False
        except (OSError, RuntimeError):
            self._go()

    def _sent(self, size: int) -> None:
        self._queued -= size
        self._less.set()

    def _go(self) -> None:
        """The client is gone, as servers say by raising; whoever receives is told too."""
        logger.debug("a client went away while it was written to")
        self._is_closed, self._is_writing = True, False
        self._frames.clear()
        self._queued = 0
        self._less.set()
