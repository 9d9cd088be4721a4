"""Awaiting what mostly need not wait, without a task: one step now, the rest only where there is one.

A server's `send` waits only while its peer does not read. A task switch for each message costs
more than the message, so the first step is taken by whoever has something to send.
"""

from collections.abc import Awaitable, Generator
from types import coroutine
from typing import Any


def step(work: Awaitable[None]) -> Awaitable[None] | None:
    """Go on until it would wait; answers what is left to be awaited, null where it has ended. Raises what it raises."""
    steps = work.__await__()
    try:
        waits_for = next(steps)
    except StopIteration:
        return None
    return _rest(steps, waits_for)


@coroutine
def _rest(steps: Generator[Any, Any, None], waits_for: Any) -> Generator[Any, Any, None]:
    try:
        yield waits_for
    except BaseException:
        steps.close()
        raise
    yield from steps
