"""Who sleeps until a signal wakes them."""

import asyncio


class Sleeper:
    """Counts how often it was woken, and can be waited for."""

    def __init__(self) -> None:
        self.event = asyncio.Event()
        self.times = 0

    def wake(self) -> None:
        self.times += 1
        self.event.set()

    async def woken(self) -> None:
        async with asyncio.timeout(20):
            await self.event.wait()
