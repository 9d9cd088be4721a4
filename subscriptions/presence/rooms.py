"""Rooms: those of this process who look at the same place, told whenever who is there changes.

A room renews its visits on the beat and then reads who is there, so it finds those who ended
without a word, too. Whoever comes or goes wakes the place's rooms in every process by the signal
that wakes tailers: a place's key is no account's.
"""

import asyncio
import logging
from collections.abc import Hashable
from contextlib import suppress
from contextvars import Context
from uuid import UUID, uuid4

from subscriptions.members import BROKEN, FORBIDDEN
from subscriptions.operation import Listener, Payload
from subscriptions.presence.contract import RENEWAL_SECONDS, Register, Visit
from subscriptions.signal.contract import Signal

logger = logging.getLogger(__name__)


class Presence:
    """All visits of a process."""

    def __init__(self, register: Register, signal: Signal, *, renewal_seconds: float = RENEWAL_SECONDS) -> None:
        self._register = register
        self._signal = signal
        self._renewal_seconds = renewal_seconds
        self._rooms: dict[UUID, tuple[Room, asyncio.Task[None]]] = {}

    def subscribe(self, visit: Visit, listener: Listener) -> "Guest":
        """Let the visit begin, and tell its listener who is there, until the guest is cancelled or fails."""
        if visit.place not in self._rooms:
            room = Room(visit.place, self._register, self._signal, self._renewal_seconds)
            # It inherits nothing: not a transaction, should who comes be in one.
            task = asyncio.create_task(self._run(room), context=Context())
            self._rooms[visit.place] = (room, task)
        return self._rooms[visit.place][0].take(visit, listener)

    async def close(self) -> None:
        """End every visit, and leave the register."""
        rooms = list(self._rooms.values())
        for room, _ in rooms:
            room.empty()
        await asyncio.gather(*(task for _, task in rooms), return_exceptions=True)
        await self._register.close()

    async def _run(self, room: "Room") -> None:
        while True:
            await room.run()
            if room.is_empty:  # nobody came while it was being left
                del self._rooms[room.place]
                return


class Guest:
    """One visit of one listener."""

    cursor: int | None = None  # presence has no revision

    def __init__(self, visit: Visit, listener: Listener, room: "Room") -> None:
        self.id = uuid4()
        self.visit = visit
        self.listener = listener
        self.told: frozenset[UUID] | None = None
        self._room = room

    def cancel(self) -> None:
        """End it at once: nothing is told any more, and its user is no longer there by it."""
        self._room.let_go(self)


class Room:
    """The guests of one place; it is run while there are any."""

    def __init__(self, place: UUID, register: Register, signal: Signal, renewal_seconds: float) -> None:
        self.place = place
        self._register = register
        self._signal = signal
        self._renewal_seconds = renewal_seconds
        self._guests: dict[UUID, Guest] = {}
        self._entered: set[UUID] = set()  # those of our visits that the register has
        self._wake = asyncio.Event()
        self._is_cut_off = False

    @property
    def is_empty(self) -> bool:
        """Whether nobody is left, here or in the register by us."""
        return not self._guests and not self._entered

    def take(self, visit: Visit, listener: Listener) -> Guest:
        """A new guest; told who is there soon."""
        guest = Guest(visit, listener, self)
        self._guests[guest.id] = guest
        self._wake.set()
        return guest

    def let_go(self, guest: Guest) -> None:
        """Take a guest out."""
        if self._guests.pop(guest.id, None) is not None:
            self._wake.set()

    def empty(self) -> None:
        """Take every guest out."""
        self._guests.clear()
        self._wake.set()

    async def run(self) -> None:
        """Keep the guests told, until there are none."""
        stop = await self._signal.listen(self.place, self._wake.set)
        try:
            while self._guests:
                self._wake.clear()
                await self._tell(await self._meet())
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._renewal_seconds):
                        await self._wake.wait()
            await self._meet()
        finally:
            await stop()

    async def _meet(self) -> frozenset[UUID]:
        """Bring the register up to date with our guests; who is there. Without it, those who are here."""
        here = {guest.id: guest.visit.user_id for guest in self._guests.values()}
        gone, come = self._entered - here.keys(), here.keys() - self._entered
        users = frozenset(here.values())
        try:
            if gone:
                await self._register.leave(self.place, gone)
            if here:
                users = await self._register.stay(self.place, here)
        except Exception:
            if not self._is_cut_off:
                logger.exception("who is there is not known, but for this process")
            self._is_cut_off = True
        else:
            self._is_cut_off = False
            if gone or come:
                self._signal.send(self.place)
        self._entered = set(here)
        return users

    async def _tell(self, users: frozenset[UUID]) -> None:
        payloads: dict[Hashable, Payload | None] = {}
        for guest in [each for each in self._guests.values() if each.told != users]:
            try:
                if guest.visit.key not in payloads:
                    encoded = await guest.visit.answer(sorted(users))
                    payloads[guest.visit.key] = None if encoded is None else Payload.of(encoded)
                self._tell_one(guest, users, payloads[guest.visit.key])
            except Exception:
                logger.exception("a guest could not be told who is there: it is ended")
                guest.cancel()
                guest.listener.fail(BROKEN)

    def _tell_one(self, guest: Guest, users: frozenset[UUID], payload: Payload | None) -> None:
        guest.told = users
        if guest.id not in self._guests:
            return
        if payload is None:
            guest.cancel()
            guest.listener.fail(FORBIDDEN)
        else:
            guest.listener.next(payload)
