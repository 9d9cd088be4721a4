"""Answers that are longer than memory should hold: sent piece by piece, as they are read."""

import asyncio
from collections.abc import AsyncIterator, Mapping

from starlette.types import Receive, Send


async def begin(send: Send, status: int, headers: Mapping[str, str]) -> None:
    """Send the head of an answer."""
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})


async def stream(
    receive: Receive, send: Send, status: int, headers: Mapping[str, str], pieces: AsyncIterator[bytes]
) -> None:
    """Send the head and what comes, until the client goes away."""
    piece = await anext(pieces, None)  # before the head: bytes that are not there are an error, and said
    gone = asyncio.ensure_future(_leaving(receive))
    try:
        await begin(send, status, headers)
        while piece is not None and not gone.done():
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            piece = await anext(pieces, None)
        await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()


async def _leaving(receive: Receive) -> None:
    """Return once the client has gone away: sending to one who has is no error, and would read on to the end."""
    while (await receive())["type"] != "http.disconnect":
        pass
