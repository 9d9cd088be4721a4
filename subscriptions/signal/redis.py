"""The signal between processes: Redis pub/sub, one channel for each account that is listened to here.

Those who listen in the process that sends are woken by a call, whatever Redis does. One link
carries the rest: it subscribes, publishes and listens, and when Redis goes away it says so once,
and comes back with growing pauses. What was sent meanwhile is published then, and whoever listens
is woken then, for what they may have missed; until then the tailers' poll finds it.
"""

import asyncio
import logging
import random
from collections.abc import Iterable
from contextlib import suppress
from contextvars import Context
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from subscriptions.signal.contract import Stop, Wake
from subscriptions.signal.memory import MemorySignal

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 10.0
ANSWER_SECONDS = 5.0
LISTEN_SECONDS = 1.0
FIRST_PAUSE = 0.1
LONGEST_PAUSE = 5.0
STEADY_SECONDS = 30.0
_PREFIX = b"lejek:"


@dataclass
class _Channel:
    """An account that is listened to here."""

    listeners: int = 0
    is_open: asyncio.Event = field(default_factory=asyncio.Event)  # Redis tells us of whatever is sent from now on
    may_have_missed: bool = False


class RedisSignal:
    """Wakes listeners of this process at once, and those of others through Redis."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._here = MemorySignal()
        self._mark = uuid4().hex.encode()  # on what we send: our own listeners were woken already
        self._own_channel = b"lejek-link:" + self._mark  # once we may use it, the link is up
        self._channels: dict[UUID, _Channel] = {}
        self._unsent: set[UUID] = set()
        self._work = asyncio.Event()
        self._link: asyncio.Task[None] | None = None
        self._is_away = False
        self._is_closed = False
        self._is_answered = False

    def send(self, account_id: UUID) -> None:
        """Wake the account's listeners in every process. What Redis does not take is kept until it does."""
        if not self._is_closed:
            self._here.send(account_id)
            self._unsent.add(account_id)
            self._nudge()

    async def listen(self, account_id: UUID, wake: Wake) -> Stop:
        """Wake with each send for this account, until stopped. Waits for Redis a moment, not for its return."""
        stop_here = await self._here.listen(account_id, wake)
        channel = self._channels.setdefault(account_id, _Channel())
        channel.listeners += 1
        holds = [channel]

        async def stop() -> None:
            await stop_here()
            while holds:
                self._leave(account_id, holds.pop())

        try:
            await self._opened(channel)
        except BaseException:
            await stop()
            raise
        return stop

    async def close(self) -> None:
        """Leave Redis, and forget every listener."""
        self._is_closed = True
        if self._link is not None:
            self._link.cancel()
            with suppress(asyncio.CancelledError):
                await self._link
        self._channels.clear()
        await self._here.close()

    async def _opened(self, channel: _Channel) -> None:
        self._nudge()
        if not self._is_away:
            with suppress(TimeoutError):
                async with asyncio.timeout(LISTEN_SECONDS):
                    await channel.is_open.wait()
        channel.may_have_missed = not channel.is_open.is_set()

    def _leave(self, account_id: UUID, channel: _Channel) -> None:
        channel.listeners -= 1
        if not channel.listeners and self._channels.get(account_id) is channel:
            del self._channels[account_id]
            self._nudge()

    def _nudge(self) -> None:
        """Let the link see to what is new; it inherits nothing, not a transaction of whoever comes first."""
        self._work.set()
        if self._link is None and not self._is_closed:
            self._link = asyncio.create_task(self._hold(), context=Context())

    async def _hold(self) -> None:
        """Keep the link up, until cancelled."""
        clock, pause = asyncio.get_running_loop().time, FIRST_PAUSE
        while True:
            began = clock()
            try:
                await self._connect()
            except Exception as error:
                self._lose(error)
            pause = FIRST_PAUSE if clock() - began > STEADY_SECONDS else min(LONGEST_PAUSE, pause * 2)
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # a hundred servers do not come back as one

    async def _connect(self) -> None:
        """Link up; ends only by an exception."""
        async with connected(self._url) as client, client.pubsub() as pubsub:
            await _publish_to(client, [self._own_channel], self._mark)
            await pubsub.subscribe(self._own_channel)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._hear(pubsub))
                tasks.create_task(self._speak(client, pubsub))
                tasks.create_task(self._watch(pubsub))

    async def _hear(self, pubsub: PubSub) -> None:
        while True:
            match await pubsub.get_message(timeout=None):
                case {"type": "message", "channel": name, "data": mark}:
                    if mark != self._mark:
                        self._here.send(_account_of(name))
                case {"type": "subscribe", "channel": name}:
                    self._open(name)
                case {"type": "pong"}:
                    self._is_answered = True

    async def _speak(self, client: Redis, pubsub: PubSub) -> None:
        asked: dict[UUID, _Channel] = {}
        while True:
            self._work.clear()
            wanted = dict(self._channels)
            if new := [each for each, channel in wanted.items() if asked.get(each) is not channel]:
                await pubsub.subscribe(*map(_name_of, new))
            if old := asked.keys() - wanted.keys():
                await pubsub.unsubscribe(*map(_name_of, old))
            asked = wanted
            await self._publish(client)
            await self._work.wait()

    async def _publish(self, client: Redis) -> None:
        """Publish once for each account, however often it was sent for since the last time."""
        sending, self._unsent = self._unsent, set()
        try:
            await _publish_to(client, map(_name_of, sending), self._mark)
        except BaseException:
            self._unsent |= sending
            raise

    async def _watch(self, pubsub: PubSub) -> None:
        """Notice a Redis that is gone without having said so."""
        while True:
            self._is_answered = False
            await pubsub.ping()
            await asyncio.sleep(HEARTBEAT_SECONDS)
            if not self._is_answered:
                raise ConnectionError(f"no answer to a ping within {HEARTBEAT_SECONDS:g} seconds")

    def _open(self, name: bytes) -> None:
        if name == self._own_channel:
            return self._return()
        account_id = _account_of(name)
        channel = self._channels.get(account_id)
        if channel is not None:
            channel.is_open.set()
            if channel.may_have_missed:
                channel.may_have_missed = False
                self._here.send(account_id)

    def _return(self) -> None:
        if self._is_away:
            self._is_away = False
            logger.warning("Redis at %s is back", place(self._url))

    def _lose(self, error: Exception) -> None:
        for channel in self._channels.values():
            channel.may_have_missed = True
            channel.is_open.set()  # whoever waits for it waits no longer
            channel.is_open.clear()
        if not self._is_away:
            self._is_away = True
            consequence = "meanwhile changes made by other processes wait for the poll"
            logger.warning("Redis at %s is away (%s): %s", place(self._url), reason(error), consequence)


def connected(url: str) -> Redis:
    """A client that fails at once where Redis does: who uses it says when to try again."""
    # RESP2, because every Redis and what speaks like one knows it. No socket_timeout: redis-py keeps it with
    # asyncio.wait_for, which on Python 3.11 may swallow a cancellation. Who asks for an answer bounds the wait.
    never = Retry(NoBackoff(), 0)
    return Redis.from_url(url, protocol=2, retry=never, socket_timeout=None, socket_connect_timeout=ANSWER_SECONDS)


def place(url: str) -> str:
    """Where a URL points, without what is secret in it."""
    parts = urlsplit(url)
    return parts.path if parts.scheme == "unix" else f"{parts.hostname or 'localhost'}:{parts.port or 6379}"


def reason(error: BaseException) -> str:
    """The first cause in a group of errors, in words."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return str(error) or type(error).__name__


async def _publish_to(client: Redis, names: Iterable[bytes], mark: bytes) -> None:
    async with client.pipeline(transaction=False) as pipeline:
        for name in names:
            pipeline.publish(name, mark)
        if len(pipeline):
            async with asyncio.timeout(ANSWER_SECONDS):
                await pipeline.execute()


def _name_of(account_id: UUID) -> bytes:
    return _PREFIX + account_id.hex.encode()


def _account_of(name: bytes) -> UUID:
    return UUID(name.removeprefix(_PREFIX).decode())
