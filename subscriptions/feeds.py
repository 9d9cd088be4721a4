"""Feeds: who follows what. Finds the tailer and the group for each member, and ends them with the last."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Hashable
from contextvars import Context
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID

from models.base import now
from subscriptions.answers import RecentAnswers
from subscriptions.groups import Group, RightsChanged, group_key
from subscriptions.members import BROKEN, FORBIDDEN, Member
from subscriptions.operation import Listener, Operation, Resync
from subscriptions.signal.contract import Signal
from subscriptions.tailer import POLL_SECONDS, Gap, Tailer

logger = logging.getLogger(__name__)

ANSWERS_BYTES = 4 * 1024 * 1024


class Feeds:
    """All live subscriptions of a process, whatever transport they came by."""

    def __init__(
        self, signal: Signal, *, poll_seconds: float = POLL_SECONDS, answers_bytes: int = ANSWERS_BYTES
    ) -> None:
        self._signal = signal
        self._poll_seconds = poll_seconds
        self._answers = RecentAnswers(answers_bytes)
        self._clock = count(1).__next__
        self._members: dict[UUID, set[Member]] = {}
        self._tailers: dict[UUID, tuple[Tailer, asyncio.Task[None]]] = {}
        self._groups: dict[Hashable, tuple[Group, asyncio.Task[None]]] = {}
        self._places: dict[Member, Group] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def sizes(self) -> tuple[int, int]:
        """How many subscriptions there are, and how many groups they share."""
        return sum(map(len, self._members.values())), len(self._groups)

    def mark(self) -> int:
        """The present instant, to be taken before a viewer's rights are read and given to `subscribe`."""
        return self._clock()

    def subscribe(self, operation: Operation, listener: Listener, mark: int = 0) -> Member:
        """Tell the listener what the operation asks for, until its member is cancelled or fails.

        Rights that may have changed since `mark` are read again first; without one, always.
        """
        member = Member(operation, listener, self._leave)
        self._members.setdefault(operation.account_id, set()).add(member)
        member.task = self._start(self._bring(member, partial(self._join, member, mark)))
        return member

    async def close(self) -> None:
        """End every member, group and tailer, and wait for their tasks."""
        for member in [member for members in self._members.values() for member in members]:
            member.cancel()
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _bring(self, member: Member, join: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """The task of a member that is not live yet: a new one, or one that goes to another group."""
        try:
            await join()
        except Exception:
            logger.exception("a member could not join its group: it is ended")
            member.fail(BROKEN)

    async def _join(self, member: Member, mark: int) -> None:
        tailer = self._tailer(member.operation.account_id)
        await tailer.fresh()
        present, after = tailer.revision, member.operation.after
        if tailer.rights_changed > mark and not await self._refresh(member):
            return
        member.cursor = present if after is None else after
        await self._follow(member, start_over=after is not None and not await tailer.keeps(after))

    async def _follow(self, member: Member, *, start_over: bool, greeted: bool = False) -> None:
        """Bring a member to where its group is, however often it has to start over."""
        while True:
            if start_over and not await self._start_over(member):
                return
            try:
                return await self._place(member).admit(member, greeted=greeted or start_over)
            except (Gap, RightsChanged):
                start_over = True

    async def _start_over(self, member: Member) -> bool:
        """Tell a member to read again, and set it to the present under its present rights, if it has any."""
        tailer = self._tailer(member.operation.account_id)
        await tailer.fresh()
        member.cursor = tailer.revision  # taken before the rights are, so that a later change of them is met
        if not await self._refresh(member):
            return False
        await self._place(member).greet(member, Resync(member.cursor, now().replace(microsecond=0)))
        return True

    def _rejoin(self, member: Member, start_over: bool) -> None:
        """Take a live member out of its group and to where it belongs, in a task of its own."""
        if not member.ended:
            self._vacate(member)
            follow = partial(self._follow, member, start_over=start_over, greeted=True)
            member.task = self._start(self._bring(member, follow))

    async def _refresh(self, member: Member) -> bool:
        operation = await member.operation.refreshed()
        if operation is None:
            member.fail(FORBIDDEN)
            return False
        member.operation = operation
        return True

    def _place(self, member: Member) -> Group:
        """The group where a member belongs, with the member in it."""
        key = group_key(member.operation)
        if (place := self._places.get(member)) is not None:
            if place.key == key:
                return place
            self._vacate(member)
        if key not in self._groups:
            group = Group(key, self._tailer(member.operation.account_id), self._answers, self._rejoin)
            self._groups[key] = (group, self._start(group.run()))
        self._places[member] = self._groups[key][0]
        self._places[member].members.add(member)
        return self._places[member]

    def _vacate(self, member: Member) -> None:
        group = self._places.pop(member, None)
        if group is not None:
            group.leave(member)
            if not group.members:
                self._groups.pop(group.key)[1].cancel()

    def _leave(self, member: Member) -> None:
        self._vacate(member)
        account_id = member.operation.account_id
        members = self._members[account_id]
        members.discard(member)
        if not members:
            del self._members[account_id]
            if account_id in self._tailers:
                self._tailers.pop(account_id)[1].cancel()

    def _tailer(self, account_id: UUID) -> Tailer:
        if account_id not in self._tailers:
            tailer = Tailer(account_id, self._signal, self._clock, poll_seconds=self._poll_seconds)
            self._tailers[account_id] = (tailer, self._start(self._tail(tailer)))
        return self._tailers[account_id][0]

    async def _tail(self, tailer: Tailer) -> None:
        try:
            await tailer.run()
        finally:
            if self._tailers.get(tailer.account_id, (None,))[0] is tailer:  # not stopped by us: nobody may go stale
                del self._tailers[tailer.account_id]
                for member in list(self._members.get(tailer.account_id, ())):
                    member.fail(BROKEN)

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """A task that inherits nothing: not a transaction, should its starter be in one."""
        task = asyncio.create_task(work, context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
