"""Work that goes on beside the requests: an import, a conversion of many leads.

A piece of work keeps in its row how far it has come, with each batch, in the batch's transaction.
So one that is cut off is gone on with where it stopped, and where two processes work on the same,
whoever commits a batch first has done it; the other is `Superseded`, undoes its own, and stops.
"""

import asyncio
import logging
from collections.abc import Coroutine
from contextvars import Context
from typing import Any

logger = logging.getLogger(__name__)


class Superseded(Exception):
    """Another process works on the same, and has come further."""


class Background:
    """Works in tasks of its own, on a few things at once, until it is closed."""

    def __init__(self, at_once: int) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        """How many things are worked on, or wait to be."""
        return len(self._tasks)

    def begin(self, work: Coroutine[Any, Any, object], name: str) -> None:
        """Have a piece of work done. It shares nothing with the caller, not a transaction either."""
        task = asyncio.create_task(self._work(work, name), name=name, context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: work.close())  # where it was cancelled before it began

    async def _work(self, work: Coroutine[Any, Any, object], name: str) -> None:
        async with self._places:
            try:
                await work
            except Exception:
                logger.exception("%s ended with an error", name)

    async def wait(self) -> None:
        """Wait until nothing is worked on."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def close(self) -> None:
        """Stop the work; what was not finished is to be gone on with."""
        for task in tuple(self._tasks):
            task.cancel()
        await self.wait()
