"""The outbox of a socket: what waits to be sent, bounded in bytes, with one writer."""

import asyncio
import logging
from collections import deque

from subscriptions.closing import CloseCode
from subscriptions.frames import FramePath
from subscriptions.gateway import Send
from subscriptions.operation import Payload
from subscriptions.protocol import Opening

logger = logging.getLogger(__name__)


class Outbox:
    """Frames in order, then the close. What does not fit is not queued: its reader is too slow.

    Where there is a frame path and nothing is queued before it, a payload takes that path.
    """

    def __init__(self, send: Send, bound: int, path: FramePath | None = None) -> None:
        self._send = send
        self._bound = bound
        self._path = path
        self._frames: deque[tuple[str, int]] = deque()
        self._close: tuple[CloseCode, str] | None = None
        self._more = asyncio.Event()
        self._less = asyncio.Event()
        self._queued = 0

    @property
    def size(self) -> int:
        """The bytes that wait to be read."""
        return self._queued + (0 if self._path is None else self._path.waiting)

    def tell(self, opening: Opening, payload: Payload) -> bool:
        """Send a payload between an operation's own braces; false where the bound is passed."""
        path, size = self._path, len(opening.encoded) + payload.size + 1
        if path is None or self._frames or self._close is not None or not path.is_open:
            return self.put(f"{opening.text}{payload.text}}}", size)
        waiting = path.waiting
        if waiting and waiting + size > self._bound:
            return False
        path.write(opening.encoded, payload.encoded)
        return True

    def put(self, text: str, size: int) -> bool:
        """Queue a text of about that many bytes; false where the bound is passed. A single one always fits."""
        if self._close is not None:
            return True
        if self._frames and self.size + size > self._bound:
            return False
        self._frames.append((text, size))
        self._queued += size
        self._more.set()
        return True

    def close(self, code: CloseCode, reason: str) -> None:
        """Close after what is queued; nothing can be queued after it."""
        self._close = self._close or (code, reason)
        self._more.set()

    async def room(self) -> None:
        """Return once it is at most half full."""
        while self._queued > self._bound // 2:
            self._less.clear()
            await self._less.wait()
        if self._path is not None:
            await self._path.room(self._bound // 2)

    async def write(self) -> None:
        """Send what is queued, as fast as the reader reads, until it is closed or the client is gone."""
        try:
            while True:
                while self._frames:
                    text, size = self._frames[0]
                    await self._send({"type": "websocket.send", "text": text})
                    self._frames.popleft()
                    self._queued -= size
                    self._less.set()
                if self._close is not None:
                    code, reason = self._close
                    return await self._send({"type": "websocket.close", "code": int(code), "reason": reason})
                self._more.clear()
                await self._more.wait()
        except (OSError, RuntimeError):  # how servers say that the client is gone; the reader is told too
            logger.debug("a client went away while it was written to")
