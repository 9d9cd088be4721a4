"""A group: those who ask the same and may see the same share one execution of each change."""

import asyncio
import logging
from collections.abc import Callable, Hashable, Iterator, Sequence

from models.base import now
from models.changes import Change, ChangeKind
from subscriptions.answers import RecentAnswers
from subscriptions.members import BROKEN, Member
from subscriptions.operation import CaughtUp, Moment, Operation, Payload, Resync
from subscriptions.tailer import Gap, Tailer

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 30.0
MOST_TOGETHER = 32


# Takes a member to where it belongs now; true: it must start over there.
Rejoin = Callable[[Member, bool], None]


class RightsChanged(Exception):
    """A replay met a change of rights: what was seen before it cannot be told as changes."""


class Group:
    """Passes an account's changes on to its live members, in order, from `cursor` on.

    The lock is held while a change is answered and told, and while a member steps in: so a
    member steps in between two changes, never amid one. Who belongs elsewhere since a change of
    rights, or must start over (a gap in the log), is handed to `rejoin`.
    """

    def __init__(self, key: Hashable, tailer: Tailer, answers: RecentAnswers, rejoin: Rejoin) -> None:
        self.key = key
        self.cursor = tailer.revision
        self.members: set[Member] = set()  # those who are still joining too
        self._live: dict[Member, None] = {}  # in the order they came
        self._tailer = tailer
        self._answers = answers
        self._rejoin = rejoin
        self._lock = asyncio.Lock()
        self._token = object()  # marks this group's answers; its id could be another's later

    def leave(self, member: Member) -> None:
        """Take a member out, live or joining."""
        self.members.discard(member)
        self._live.pop(member, None)

    async def run(self) -> None:
        """Pass changes on until cancelled. Should it end before its members do, they end and come back."""
        try:
            while True:
                await self._tailer.moved_from(self.cursor)
                await self._go_on()
        except Exception:
            logger.exception("a group failed, and its members are ended so that they resume")
        finally:
            for member in list(self.members):
                member.fail(BROKEN)

    async def greet(self, member: Member, moment: CaughtUp | Resync) -> None:
        """Tell one member how it stands."""
        async with self._lock:
            member.tell(await self._answer(moment, member.operation))

    async def admit(self, member: Member, *, greeted: bool) -> None:
        """Replay what lies between the member and this group, say that it caught up, and let it live.

        Raises Gap and RightsChanged where it must start over.
        """
        while True:
            while member.cursor < self.cursor:
                await self._replay(member)
            async with self._lock:
                if member.cursor >= self.cursor:
                    if not greeted:
                        moment = CaughtUp(member.cursor, now().replace(microsecond=0))
                        member.tell(await self._answer(moment, member.operation))
                    if not member.ended:
                        self._live[member] = None
                    return

    async def _replay(self, member: Member) -> None:
        for change in await self._tailer.after(member.cursor):
            if change.kind is ChangeKind.ACCESS_CHANGED:
                raise RightsChanged(change.revision)
            await member.listener.room()
            async with self._lock:
                payload = await self._answer(change, member.operation)
            member.advance(change.revision, payload)

    async def _go_on(self) -> None:
        try:
            found = await self._tailer.after(self.cursor)
        except Gap:
            async with self._lock:
                self.cursor = self._tailer.revision
                for member in list(self._live):
                    self._rejoin(member, True)
            return
        if any(change.kind is ChangeKind.ACCESS_CHANGED for change in found[1:]):
            async with self._lock:
                await self._refresh(None)
        for together in runs_of(found):
            async with self._lock:
                await self._prepare(together)
            for change in together:
                async with self._lock:
                    await self._pass_on(change)

    async def _prepare(self, changes: Sequence[Change]) -> None:
        """Answer several changes at once, which shares their loads; where that fails, each is answered alone."""
        asked = [change for change in changes if (self._token, change.revision) not in self._answers]
        if len(asked) < 2 or not self._live:
            return
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                answers = await next(iter(self._live)).operation.answer_together(asked)
        except Exception as error:
            logger.info("%d changes could not be answered together: %s", len(asked), error)
            return
        for change, encoded in zip(asked, answers, strict=True):
            self._answers.keep((self._token, change.revision), None if encoded is None else Payload.of(encoded))

    async def _pass_on(self, change: Change) -> None:
        if change.kind is ChangeKind.ACCESS_CHANGED:
            await self._refresh(change)
        if self._live:
            try:
                payload = await self._answer(change, next(iter(self._live)).operation)
            except Exception:
                logger.exception("revision %d could not be answered: its group is ended", change.revision)
                for member in list(self._live):
                    member.fail(BROKEN)
            else:
                for member in list(self._live):
                    member.advance(change.revision, payload)
        self.cursor = change.revision

    async def _refresh(self, change: Change | None) -> None:
        """Bring live members up to their present rights; whom that takes elsewhere is told what it means to them.

        Null stands for a change of rights that is still ahead: then they start over. An event shows
        records as they are now, which under the rights of before could be too much.
        """
        for member in list(self._live):
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    await self._renew(member, change)
            except Exception:
                logger.exception("the rights of a member could not be read: it is ended")
                member.fail(BROKEN)

    async def _renew(self, member: Member, change: Change | None) -> None:
        operation = await member.operation.refreshed()
        if operation is None:
            return self._rejoin(member, True)
        if group_key(operation) == self.key:
            member.operation = operation
            return
        told = None if change is None else await member.operation.crossed(change, operation)
        if change is None or told is None:
            return self._rejoin(member, True)
        member.operation = operation
        payloads: list[Payload | None] = [Payload.of(encoded) for encoded in told] or [None]
        for payload in payloads[:-1]:
            member.tell(payload)
        member.advance(change.revision, payloads[-1])
        self._rejoin(member, False)

    async def _answer(self, moment: Moment, operation: Operation) -> Payload | None:
        """Execute, unless the same was answered a moment ago. The lock must be held."""
        key = (self._token, moment.revision if isinstance(moment, Change) else moment)
        if key in self._answers:
            return self._answers.get(key)
        async with asyncio.timeout(ANSWER_SECONDS):
            encoded = await operation.answer(moment)
        payload = None if encoded is None else Payload.of(encoded)
        self._answers.keep(key, payload)
        return payload


def runs_of(changes: Sequence[Change]) -> Iterator[Sequence[Change]]:
    """Changes in order, as many together as may be answered at once: a change of rights alone."""
    run: list[Change] = []
    for change in changes:
        if run and (ChangeKind.ACCESS_CHANGED in (change.kind, run[-1].kind) or len(run) == MOST_TOGETHER):
            yield run
            run = []
        run.append(change)
    yield run


def group_key(operation: Operation) -> Hashable:
    """What members of one group have in common."""
    return (operation.account_id, operation.key)
