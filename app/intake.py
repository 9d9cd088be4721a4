"""The bytes of a request as they come, within a bound, and without waiting for ever for the next."""

import asyncio
from collections.abc import AsyncIterator, Mapping

from starlette.types import Receive

from app.requests import Refusal, chunks, too_long


async def arriving(receive: Receive, most: int, seconds: float) -> AsyncIterator[bytes]:
    """The pieces of a body; refuses one longer than `most` bytes, and one that pauses for so many seconds."""
    taken, pieces = 0, aiter(chunks(receive))
    while True:
        try:
            async with asyncio.timeout(seconds):
                chunk = await anext(pieces, None)
        except TimeoutError as error:
            message = f"Nothing came for {seconds:g} seconds: send the file again."
            raise Refusal(408, message, "REQUEST_TIMEOUT", connection="close") from error
        if chunk is None:
            return
        taken += len(chunk)
        if taken > most:
            raise too_long(most)
        yield chunk


def check_length(headers: Mapping[str, str], most: int) -> None:
    """Refuse a body that says of itself that it is too long, or that it is compressed."""
    if headers.get("content-encoding", "identity").strip().lower() not in {"identity", ""}:
        raise Refusal(415, "Send the file as it is, without Content-Encoding.", "UNSUPPORTED_MEDIA_TYPE")
    length = headers.get("content-length", "")
    if length.isdecimal() and (len(length) > 15 or int(length) > most):
        raise too_long(most)
