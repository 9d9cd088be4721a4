"""An event stream as its client reads it."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx


@dataclass
class Stream:
    """An open response, read event by event."""

    response: httpx.Response
    comments: int = 0
    _lines: AsyncIterator[str] = field(init=False)

    def __post_init__(self) -> None:
        self._lines = self.response.aiter_lines()

    async def event(self) -> dict[str, str] | None:
        """The next event's fields, comments left out; null where the stream has ended."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(20):
            async for line in self._lines:
                name, _, value = line.partition(":")
                if line and not name:
                    self.comments += 1
                elif line:
                    fields[name] = value.removeprefix(" ")
                elif fields:
                    return fields
        return None

    async def told(self) -> dict[str, Any]:
        """What the next event tells."""
        event = await self.event()
        assert event is not None and event["event"] == "next", event
        (value,) = json.loads(event["data"])["data"].values()
        assert "revision" not in value or value["revision"] == event.get("id")
        return dict(value)
