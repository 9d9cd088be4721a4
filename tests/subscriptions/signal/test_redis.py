"""What the Redis signal does when Redis goes away and comes back: latency is lost, and nothing else."""

import asyncio
import logging
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from subscriptions.signal import redis as redis_signal
from subscriptions.signal.redis import RedisSignal
from tests.own_redis import OwnRedis
from tests.subscriptions.signal.sleeping import Sleeper


class Said(logging.Handler):
    """What the signals log, to be read and waited for."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []
        self._more = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())
        self._more.set()

    async def until(self, count: int, words: str) -> None:
        """Return once so many messages hold these words."""
        async with asyncio.timeout(20):
            while sum(words in message for message in self.messages) < count:
                self._more.clear()
                await self._more.wait()


@pytest.fixture
def account() -> UUID:
    return uuid4()


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_signal, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(redis_signal, "LONGEST_PAUSE", 0.05)


@pytest_asyncio.fixture
async def said() -> AsyncIterator[Said]:
    handler = Said()
    redis_signal.logger.addHandler(handler)
    yield handler
    redis_signal.logger.removeHandler(handler)


@pytest_asyncio.fixture
async def here(own_redis: OwnRedis) -> AsyncIterator[RedisSignal]:
    """The signal of one process."""
    signal = RedisSignal(own_redis.url)
    yield signal
    await signal.close()


@pytest_asyncio.fixture
async def there(own_redis: OwnRedis) -> AsyncIterator[RedisSignal]:
    """The signal of another."""
    signal = RedisSignal(own_redis.url)
    yield signal
    await signal.close()


async def test_a_redis_that_returns_carries_on(
    own_redis: OwnRedis, here: RedisSignal, there: RedisSignal, account: UUID, said: Said
) -> None:
    sleeper = Sleeper()
    await there.listen(account, sleeper.wake)
    here.send(account)
    await sleeper.woken()
    await own_redis.kill()
    await said.until(2, "is away")
    await own_redis.start()
    await said.until(2, "is back")
    fresh = Sleeper()
    await there.listen(account, fresh.wake)
    here.send(account)
    await fresh.woken()


async def test_what_was_sent_while_redis_was_away_wakes_others_when_it_is_back(
    own_redis: OwnRedis, here: RedisSignal, there: RedisSignal, account: UUID, said: Said
) -> None:
    sleeper = Sleeper()
    await there.listen(account, sleeper.wake)
    await here.listen(account, Sleeper().wake)
    await own_redis.kill()
    await said.until(2, "is away")
    here.send(account)
    assert sleeper.times == 0
    await own_redis.start()
    await sleeper.woken()


async def test_whoever_listens_is_woken_by_the_return_for_what_they_may_have_missed(
    own_redis: OwnRedis, here: RedisSignal, account: UUID, said: Said
) -> None:
    before, meanwhile = Sleeper(), Sleeper()
    await here.listen(account, before.wake)
    await own_redis.kill()
    await said.until(1, "is away")
    await here.listen(uuid4(), meanwhile.wake)
    assert before.times == meanwhile.times == 0
    await own_redis.start()
    await before.woken()
    await meanwhile.woken()


async def test_listeners_of_the_same_process_do_not_need_redis(
    own_redis: OwnRedis, here: RedisSignal, account: UUID
) -> None:
    await own_redis.kill()
    sleeper = Sleeper()
    await here.listen(account, sleeper.wake)
    here.send(account)
    assert sleeper.times == 1


async def test_an_outage_is_logged_once_and_so_is_its_end(
    own_redis: OwnRedis, here: RedisSignal, account: UUID, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries, tried_often = 0, asyncio.Event()

    def connected(url: str) -> Redis:
        nonlocal tries
        tries += 1
        if tries == 5:
            tried_often.set()
        return original(url)

    original = redis_signal.connected
    monkeypatch.setattr(redis_signal, "connected", connected)
    await here.listen(account, Sleeper().wake)
    await own_redis.kill()
    await asyncio.wait_for(tried_often.wait(), 20)
    await own_redis.start()
    await said.until(1, "is back")
    place = f"Redis at 127.0.0.1:{own_redis.port}"
    assert [message.startswith(f"{place} is away (") for message in said.messages] == [True, False]
    assert said.messages[1] == f"{place} is back"


async def test_a_redis_that_answers_nothing_is_noticed(
    own_redis: OwnRedis, here: RedisSignal, account: UUID, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_signal, "HEARTBEAT_SECONDS", 0.2)
    monkeypatch.setattr(redis_signal, "ANSWER_SECONDS", 0.2)
    sleeper = Sleeper()
    await here.listen(account, sleeper.wake)
    own_redis.freeze()
    await said.until(1, "no answer to a ping")
    own_redis.thaw()
    await said.until(1, "is back")
    await sleeper.woken()


async def test_no_secret_is_logged(own_redis: OwnRedis, account: UUID, said: Said) -> None:
    signal = RedisSignal(f"redis://someone:hunter2@127.0.0.1:{own_redis.port}")
    await signal.listen(account, Sleeper().wake)
    await said.until(1, "is away")
    await signal.close()
    assert "someone" not in said.messages[0] and "hunter2" not in said.messages[0]


async def test_only_what_is_listened_to_has_a_channel(own_redis: OwnRedis, here: RedisSignal, account: UUID) -> None:
    async def listened_to() -> set[bytes]:
        return set(await client.pubsub_channels("lejek:*"))

    async with Redis.from_url(own_redis.url) as client:
        stop = await here.listen(account, Sleeper().wake)
        stop_again = await here.listen(account, Sleeper().wake)
        assert await listened_to() == {b"lejek:" + account.hex.encode()}
        await stop()
        following = uuid4()
        await here.listen(following, Sleeper().wake)  # Redis has then heard what was said before
        assert len(await listened_to()) == 2
        await stop_again()
        await here.listen(uuid4(), Sleeper().wake)
        assert b"lejek:" + account.hex.encode() not in await listened_to()


async def test_many_sends_at_once_are_few_messages(
    own_redis: OwnRedis, here: RedisSignal, there: RedisSignal, account: UUID
) -> None:
    sleeper = Sleeper()
    await there.listen(account, sleeper.wake)
    await here.listen(account, Sleeper().wake)
    for _ in range(1_000):
        here.send(account)
    await sleeper.woken()
    sleeper.event.clear()
    here.send(account)
    await sleeper.woken()
    assert sleeper.times <= 3


async def test_it_may_be_closed_at_any_moment(own_redis: OwnRedis, account: UUID) -> None:
    for moment in range(60):
        signal = RedisSignal(own_redis.url)
        signal.send(account)
        for _ in range(moment):
            await asyncio.sleep(0)
        await asyncio.wait_for(signal.close(), 20)
        signal.send(account)
