"""What mostly need not wait is awaited without a task."""

import asyncio
from typing import Any

import pytest

from subscriptions.stepping import step


async def passing(gate: asyncio.Event, told: list[str], words: list[str]) -> None:
    try:
        for word in words:
            await gate.wait()
            told.append(word)
    finally:
        told.append("end")


async def test_what_need_not_wait_is_done_at_once() -> None:
    gate, told = asyncio.Event(), list[str]()
    gate.set()
    assert step(passing(gate, told, ["one", "two"])) is None
    assert told == ["one", "two", "end"]


async def test_what_waits_goes_on_where_its_rest_is_awaited() -> None:
    gate, told = asyncio.Event(), list[str]()
    rest = step(passing(gate, told, ["one", "two"]))
    assert rest is not None and told == []
    task = asyncio.create_task(awaited(rest))
    await asyncio.sleep(0)
    gate.set()
    await task
    assert told == ["one", "two", "end"]


async def test_a_rest_that_is_cancelled_ends_what_it_is_left_of() -> None:
    gate, told = asyncio.Event(), list[str]()
    rest = step(passing(gate, told, ["one"]))
    assert rest is not None
    task = asyncio.create_task(awaited(rest))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert told == ["end"]


async def test_what_is_raised_comes_from_the_step_or_from_the_rest() -> None:
    async def failing(gate: asyncio.Event) -> None:
        await gate.wait()
        raise OSError("gone")

    gate = asyncio.Event()
    rest = step(failing(gate))
    gate.set()
    assert rest is not None
    with pytest.raises(OSError, match="gone"):
        await rest
    with pytest.raises(OSError, match="gone"):
        step(failing(gate))


async def awaited(rest: Any) -> None:
    await rest


def test_a_step_takes_whatever_can_be_awaited() -> None:
    class Ready:
        def __await__(self) -> Any:
            return iter(())

    assert step(Ready()) is None
