"""The tailer: reads one account's change log in order, once for everybody in this process."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from itertools import islice
from typing import TypeVar
from uuid import UUID

from models import changes
from models.changes import Change, ChangeKind
from subscriptions.signal.contract import Signal, Stop

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.5
LONGEST_PAUSE = 15.0
CHUNK = 128
WINDOW = 256

Read = TypeVar("Read")


class Gap(Exception):
    """The changes after a revision cannot all be told: they were forgotten, or history went back."""


class Tailer:
    """Follows one account's log while its task runs, and keeps its latest changes at hand.

    Woken by the signal; a poll heals lost ones. `revision` is the last that was read. A revision
    that is not the next one is a gap: the tailer goes on from the present, and whoever asks for
    what lies before it gets `Gap`. `rights_changed` is when, by `clock`, rights may last have
    changed: what was prepared before it must be refreshed.
    """

    def __init__(
        self, account_id: UUID, signal: Signal, clock: Callable[[], int], *, poll_seconds: float = POLL_SECONDS
    ) -> None:
        self.account_id = account_id
        self.revision = -1  # unknown until the first reading
        self.rights_changed = clock()  # before this instant of the clock, nobody watched
        self._clock = clock
        self._signal = signal
        self._poll_seconds = poll_seconds
        self._window: deque[Change] = deque(maxlen=WINDOW)
        self._wake = asyncio.Event()
        self._begun = 0
        self._finished = 0
        self._cycled = asyncio.Event()
        self._moved = asyncio.Event()
        self._pause = 0.0

    async def run(self) -> None:
        """Read until cancelled. Errors of the database or the signal are logged, and tried again."""
        stop: Stop | None = None
        try:
            while True:
                stop = stop or await self._listen()
                self._wake.clear()
                self._begun += 1
                await self._cycle(self._begun)
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._poll_seconds):
                        await self._wake.wait()
        finally:
            if stop is not None:
                await stop()

    async def fresh(self) -> None:
        """Return once a reading that began after this call has ended: `revision` is then the present one."""
        wanted = self._begun + 1
        self._wake.set()
        while self._finished < wanted:
            await self._cycled.wait()

    async def moved_from(self, revision: int) -> None:
        """Return once `revision` of this tailer is another one."""
        while self.revision == revision:
            await self._moved.wait()

    async def after(self, revision: int) -> Sequence[Change]:
        """The next changes after a revision that is not `revision`, without a hole; raises Gap where there are none."""
        if self._window and self._window[0].revision - 1 <= revision < self.revision:
            return list(islice(self._window, revision + 1 - self._window[0].revision, None))
        found = await self._insist(lambda: changes.read_after(self.account_id, revision, CHUNK))
        known = [change for change in found if change.revision <= self.revision]
        if not known or not _contiguous(revision, known):
            raise Gap(revision)
        return known

    async def keeps(self, revision: int) -> bool:
        """Whether everything after a revision can still be told; not so for one that lies in the future."""
        if revision >= self.revision:
            return revision == self.revision
        if self._window and self._window[0].revision - 1 <= revision:
            return True
        oldest = await self._insist(lambda: changes.oldest_kept(self.account_id))
        return oldest is not None and oldest - 1 <= revision

    async def _listen(self) -> Stop | None:
        try:
            return await self._signal.listen(self.account_id, self._wake.set)
        except Exception:
            logger.exception("account %s: no signal, so changes wait for the poll", self.account_id)
            return None

    async def _cycle(self, number: int) -> None:
        try:
            await self._read_on()
        except Exception:
            self._pause = min(LONGEST_PAUSE, self._pause * 2 or 0.1)
            logger.exception("account %s: the change log could not be read, next try in a while", self.account_id)
            await asyncio.sleep(self._pause)  # whoever wakes us meanwhile must not make us hurry
            self._wake.set()
        else:
            self._pause = 0.0
            self._finished = number
            self._cycled = _renewed(self._cycled)

    async def _read_on(self) -> None:
        present = await changes.revision_of(self.account_id)
        if self.revision < 0:
            self.revision = present
        if present < self.revision:
            self._jump(present)
        while self.revision < present:
            found = await changes.read_after(self.account_id, self.revision, CHUNK)
            if not found or not _contiguous(self.revision, found):
                self._jump(present)
                return
            self._take(found)

    def _take(self, found: Sequence[Change]) -> None:
        if any(change.kind is ChangeKind.ACCESS_CHANGED for change in found):
            self.rights_changed = self._clock()
        self._window.extend(found)
        self._move_to(found[-1].revision)

    def _jump(self, present: int) -> None:
        gap = "account %s: the change log has a gap after revision %d, going on at %d"
        logger.warning(gap, self.account_id, self.revision, present)
        self.rights_changed = self._clock()  # there may be one in the gap
        self._window.clear()
        self._move_to(present)

    def _move_to(self, revision: int) -> None:
        self.revision = revision
        self._moved = _renewed(self._moved)

    async def _insist(self, read: Callable[[], Awaitable[Read]]) -> Read:
        """A reading on behalf of one follower, tried until the database answers."""
        pause = 0.1
        while True:
            try:
                return await read()
            except Exception:
                logger.exception("account %s: the change log could not be read", self.account_id)
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE, pause * 2)


def _contiguous(revision: int, found: Sequence[Change]) -> bool:
    return all(change.revision == revision + number for number, change in enumerate(found, 1))


def _renewed(event: asyncio.Event) -> asyncio.Event:
    """Wake all who wait for an event, and answer the next one to wait for."""
    event.set()
    return asyncio.Event()
