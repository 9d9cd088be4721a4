"""Who is told who is there: in one process and in two, while the register answers and while it does not."""

import asyncio
from collections.abc import AsyncIterator, Collection, Hashable
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import orjson
import pytest
import pytest_asyncio

from subscriptions.operation import Payload
from subscriptions.presence.contract import Visit
from subscriptions.presence.memory import MemoryRegister
from subscriptions.presence.rooms import Presence
from subscriptions.signal.memory import MemorySignal

PLACE, ANNA, BARTEK = uuid4(), uuid4(), uuid4()


@dataclass
class Look(Visit):
    user: UUID
    answered: list[int] = field(default_factory=list)

    @property
    def place(self) -> UUID:
        return PLACE

    @property
    def user_id(self) -> UUID:
        return self.user

    @property
    def key(self) -> Hashable:
        return "the same question"

    async def answer(self, user_ids: Collection[UUID]) -> bytes:
        self.answered.append(len(user_ids))
        return orjson.dumps([str(each) for each in user_ids])


@dataclass
class Ear:
    heard: asyncio.Queue[frozenset[UUID]] = field(default_factory=asyncio.Queue)
    failed: bool = False

    def next(self, payload: Payload) -> None:
        self.heard.put_nowait(frozenset(map(UUID, orjson.loads(payload.text))))

    def fail(self, errors: bytes) -> None:
        self.failed = True

    async def room(self) -> None:
        return None

    async def hears(self) -> frozenset[UUID]:
        async with asyncio.timeout(20):
            return await self.heard.get()


class Unwell(MemoryRegister):
    """A register that may be out of order."""

    is_away = False

    async def stay(self, place: UUID, visits: object) -> frozenset[UUID]:
        if self.is_away:
            raise ConnectionError("no Redis")
        return await super().stay(place, visits)  # type: ignore[arg-type]


@pytest.fixture
def register() -> Unwell:
    return Unwell(lease_seconds=0.3)


@pytest_asyncio.fixture
async def servers(register: Unwell) -> AsyncIterator[list[Presence]]:
    """Two processes with one register and one signal."""
    signal = MemorySignal()
    made = [Presence(register, signal, renewal_seconds=0.05) for _ in range(2)]
    yield made
    for each in made:
        await each.close()
    assert not signal._listeners and not register._places


async def test_who_comes_and_goes_is_told_to_those_who_are_there(servers: list[Presence]) -> None:
    here, there = Ear(), Ear()
    servers[0].subscribe(Look(ANNA), here)
    assert await here.hears() == {ANNA}
    guest = servers[1].subscribe(Look(BARTEK), there)
    assert await there.hears() == await here.hears() == {ANNA, BARTEK}
    guest.cancel()
    assert await here.hears() == {ANNA}
    assert there.heard.empty() and here.heard.empty()


async def test_a_second_window_of_the_same_user_is_told_and_changes_nothing(servers: list[Presence]) -> None:
    first, second = Ear(), Ear()
    servers[0].subscribe(Look(ANNA), first)
    assert await first.hears() == {ANNA}
    window = servers[0].subscribe(Look(ANNA), second)
    assert await second.hears() == {ANNA}
    window.cancel()
    other = Ear()
    servers[1].subscribe(Look(BARTEK), other)
    assert await first.hears() == await other.hears() == {ANNA, BARTEK}


async def test_those_who_ask_the_same_share_one_execution(servers: list[Presence]) -> None:
    look, ears = Look(ANNA), [Ear() for _ in range(5)]
    for ear in ears:
        servers[0].subscribe(look, ear)
    assert [await ear.hears() for ear in ears] == [{ANNA}] * 5
    assert look.answered == [1]


async def test_a_server_that_dies_takes_its_visitors_along(servers: list[Presence], register: Unwell) -> None:
    await register.stay(PLACE, {uuid4(): BARTEK})  # by a server that is not heard of again
    ear = Ear()
    servers[0].subscribe(Look(ANNA), ear)
    assert await ear.hears() == {ANNA, BARTEK}
    assert await ear.hears() == {ANNA}


async def test_without_the_register_those_of_the_process_are_told_and_all_when_it_is_back(
    servers: list[Presence], register: Unwell
) -> None:
    here, there = Ear(), Ear()
    register.is_away = True
    servers[0].subscribe(Look(ANNA), here)
    assert await here.hears() == {ANNA}
    servers[1].subscribe(Look(BARTEK), there)
    assert await there.hears() == {BARTEK}
    register.is_away = False
    assert await here.hears() == await there.hears() == {ANNA, BARTEK}
