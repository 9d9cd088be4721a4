"""What holds for every signal. A new adapter is one more line in `ADAPTERS`."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from subscriptions.signal.contract import Signal, Stop, Wake
from subscriptions.signal.memory import MemorySignal
from subscriptions.signal.redis import RedisSignal
from tests.own_redis import REDIS, require
from tests.subscriptions.signal.sleeping import Sleeper


@dataclass
class TwoProcesses:
    """The signals of two processes as one: what is sent in the first is listened to in the second."""

    sender: Signal
    listener: Signal

    def send(self, account_id: UUID) -> None:
        self.sender.send(account_id)

    async def listen(self, account_id: UUID, wake: Wake) -> Stop:
        return await self.listener.listen(account_id, wake)

    async def close(self) -> None:
        await self.sender.close()
        await self.listener.close()


ADAPTERS: dict[str, Callable[[str], Signal]] = {
    "memory": lambda _: MemorySignal(),
    "redis, one process": RedisSignal,
    "redis, two processes": lambda url: TwoProcesses(RedisSignal(url), RedisSignal(url)),
}


@pytest_asyncio.fixture(params=ADAPTERS)
async def signal(request: pytest.FixtureRequest) -> AsyncIterator[Signal]:
    name: str = request.param
    adapter = ADAPTERS[name](await require(REDIS) if name.startswith("redis") else "")
    yield adapter
    await adapter.close()


@pytest.fixture
def account() -> UUID:
    return uuid4()


async def test_a_listener_is_woken_by_what_is_sent_after_it_listens(signal: Signal, account: UUID) -> None:
    sleeper = Sleeper()
    await signal.listen(account, sleeper.wake)
    signal.send(account)
    await sleeper.woken()


async def test_every_listener_of_an_account_is_woken(signal: Signal, account: UUID) -> None:
    first, second = Sleeper(), Sleeper()
    await signal.listen(account, first.wake)
    await signal.listen(account, second.wake)
    signal.send(account)
    await first.woken()
    await second.woken()


async def test_another_accounts_listener_sleeps_on(signal: Signal, account: UUID) -> None:
    stranger, sleeper = Sleeper(), Sleeper()
    await signal.listen(uuid4(), stranger.wake)
    await signal.listen(account, sleeper.wake)
    signal.send(account)
    await sleeper.woken()
    assert stranger.times == 0


async def test_who_stopped_sleeps_on_and_the_others_do_not(signal: Signal, account: UUID) -> None:
    stopped, sleeper = Sleeper(), Sleeper()
    stop = await signal.listen(account, stopped.wake)
    await signal.listen(account, sleeper.wake)
    await stop()
    await stop()
    signal.send(account)
    await sleeper.woken()
    assert stopped.times == 0


async def test_one_may_listen_again_after_stopping(signal: Signal, account: UUID) -> None:
    sleeper = Sleeper()
    stop = await signal.listen(account, sleeper.wake)
    await stop()
    await signal.listen(account, sleeper.wake)
    signal.send(account)
    await sleeper.woken()


async def test_the_same_wake_may_listen_twice_and_stop_once(signal: Signal, account: UUID) -> None:
    sleeper = Sleeper()
    stop = await signal.listen(account, sleeper.wake)
    await signal.listen(account, sleeper.wake)
    await stop()
    signal.send(account)
    await sleeper.woken()


async def test_sending_to_nobody_does_nothing(signal: Signal, account: UUID) -> None:
    signal.send(account)
    sleeper = Sleeper()
    await signal.listen(account, sleeper.wake)
    signal.send(account)
    await sleeper.woken()


async def test_a_listener_that_fails_disturbs_neither_sender_nor_others(signal: Signal, account: UUID) -> None:
    def fail() -> None:
        raise RuntimeError("cannot wake")

    sleeper = Sleeper()
    await signal.listen(account, fail)
    await signal.listen(account, sleeper.wake)
    signal.send(account)
    await sleeper.woken()


async def test_each_send_that_follows_a_wake_wakes_again(signal: Signal, account: UUID) -> None:
    sleeper = Sleeper()
    await signal.listen(account, sleeper.wake)
    for _ in range(5):
        sleeper.event.clear()
        signal.send(account)
        await sleeper.woken()


async def test_nobody_is_woken_after_close(signal: Signal, account: UUID) -> None:
    sleeper = Sleeper()
    await signal.listen(account, sleeper.wake)
    await signal.close()
    signal.send(account)
    await asyncio.sleep(0)
    assert sleeper.times == 0
