"""What holds for every register of visitors. A new adapter is one more line in `ADAPTERS`."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from subscriptions.presence.contract import Register, Visits
from subscriptions.presence.memory import MemoryRegister
from subscriptions.presence.redis import RedisRegister
from tests.own_redis import REDIS, require

LEASE = 0.5


@dataclass
class TwoProcesses:
    """The registers of two processes as one: who enters by the first is left by the second."""

    one: Register
    other: Register

    async def stay(self, place: UUID, visits: Visits) -> frozenset[UUID]:
        await self.one.stay(place, visits)
        return await self.other.stay(place, {})

    async def leave(self, place: UUID, visits: Collection[UUID]) -> None:
        await self.other.leave(place, visits)

    async def close(self) -> None:
        await self.one.close()
        await self.other.close()


ADAPTERS: dict[str, Callable[[str], Register]] = {
    "memory": lambda _: MemoryRegister(LEASE),
    "redis": lambda url: RedisRegister(url, LEASE),
    "redis, two processes": lambda url: TwoProcesses(RedisRegister(url, LEASE), RedisRegister(url, LEASE)),
}


@pytest_asyncio.fixture(params=ADAPTERS)
async def register(request: pytest.FixtureRequest) -> AsyncIterator[Register]:
    name: str = request.param
    adapter = ADAPTERS[name](await require(REDIS) if name.startswith("redis") else "")
    yield adapter
    await adapter.close()


@pytest.fixture
def place() -> UUID:
    return uuid4()


async def test_who_enters_is_there_until_they_leave(register: Register, place: UUID) -> None:
    anna, bartek, one, other = [uuid4() for _ in range(4)]
    assert await register.stay(place, {}) == frozenset()
    assert await register.stay(place, {one: anna}) == {anna}
    assert await register.stay(place, {other: bartek}) == {anna, bartek}
    await register.leave(place, [one])
    assert await register.stay(place, {}) == {bartek}
    await register.leave(place, [one, other])
    assert await register.stay(place, {}) == frozenset()


async def test_a_user_is_there_as_long_as_one_of_their_visits_lasts(register: Register, place: UUID) -> None:
    anna, one, other = [uuid4() for _ in range(3)]
    assert await register.stay(place, {one: anna, other: anna}) == {anna}
    await register.leave(place, [one])
    assert await register.stay(place, {}) == {anna}


async def test_places_have_nothing_to_do_with_each_other(register: Register, place: UUID) -> None:
    anna, visit = uuid4(), uuid4()
    await register.stay(place, {visit: anna})
    assert await register.stay(uuid4(), {}) == frozenset()
    await register.leave(uuid4(), [visit])
    assert await register.stay(place, {}) == {anna}


async def test_a_visit_that_is_not_renewed_ends_and_a_renewed_one_stays(register: Register, place: UUID) -> None:
    anna, bartek, one, other = [uuid4() for _ in range(4)]
    await register.stay(place, {one: anna, other: bartek})
    there = frozenset({anna, bartek})
    async with asyncio.timeout(20):
        while anna in there:
            await asyncio.sleep(0.01)  # there is nothing to wait for but the lease
            there = await register.stay(place, {other: bartek})
    assert there == {bartek}
