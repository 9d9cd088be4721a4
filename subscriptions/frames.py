"""The frame path: whole frames written to uvicorn's transport, past ASGI.

Sending through ASGI costs a task switch, two coroutines and an encoding for each message; the
frame itself is a few bytes before bytes that everybody shares. So where uvicorn's sans-I/O
connection is behind an ASGI `receive`, uncompressed, its transport is written to. Control
frames and closes stay uvicorn's: whole frames may be written between them.
"""

from typing import Any

from websockets.protocol import State

from subscriptions.gateway import Receive

TEXT = 0x81  # a final frame of text
_BRACE = b"}"


class FramePath:
    """The way to one connection's transport."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    @classmethod
    def behind(cls, receive: Receive) -> "FramePath | None":
        """The path behind an ASGI `receive`; null where there is another server, or compression."""
        connection = getattr(receive, "__self__", None)
        has = all(hasattr(connection, name) for name in ("transport", "conn", "writable"))
        return cls(connection) if has and not connection.conn.extensions else None  # type: ignore[union-attr]

    @property
    def is_open(self) -> bool:
        """Whether frames may be written: after the handshake, and before any close."""
        connection = self._connection
        return connection.conn.state is State.OPEN and not connection.transport.is_closing()

    @property
    def waiting(self) -> int:
        """The bytes that the peer has not read yet."""
        size: int = self._connection.transport.get_write_buffer_size()
        return size

    def write(self, opening: bytes, payload: bytes) -> None:
        """Write one text frame: an opening, a payload, a closing brace."""
        length = len(opening) + len(payload) + 1
        self._connection.transport.write(b"".join((header(length), opening, payload, _BRACE)))

    async def room(self, bound: int) -> None:
        """Return once no more than so many bytes wait; transports say so where they ran full."""
        while self.is_open and self.waiting > bound and not self._connection.writable.is_set():
            await self._connection.writable.wait()


def header(length: int) -> bytes:
    """The header of an unmasked text frame (RFC 6455, section 5.2)."""
    if length < 126:
        return bytes((TEXT, length))
    if length < 65_536:
        return bytes((TEXT, 126)) + length.to_bytes(2, "big")
    return bytes((TEXT, 127)) + length.to_bytes(8, "big")
