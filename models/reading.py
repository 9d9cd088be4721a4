"""Reading in steps, on one point in time: what is asked, and of what.

A reading is a generator. It does not know what carries out its steps, nor wait for them.
"""

from collections.abc import Generator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Literal, Protocol, TypeVar, cast

Dialect = Literal["sqlite", "postgres"]
ReadRow = Sequence[Any]
T = TypeVar("T")
# A SELECT and its arguments: the n-th is written `$n` (PostgreSQL) or `?n` (SQLite).
Filled = tuple[str, Sequence[Any]]
# Reading in steps: each is the statements that can be asked now, and is sent back the rows of each.
Steps = Generator[list[Filled], list[Sequence[ReadRow]], T]


class Snapshot(Protocol):
    """A read-only view of the database at one point in time."""

    dialect: Dialect

    async def fetch(self, sql: str, arguments: Sequence[Any] = ()) -> Sequence[ReadRow]:
        """Run one SELECT."""
        ...

    async def run(self, steps: Steps[T], *, brief: bool = False) -> T:
        """Go through the steps and answer what they come to. `brief` ones take microseconds."""
        ...


class Readers(Protocol):
    """Read-only connections, lent one snapshot at a time."""

    def snapshot(self, *, single: bool = False) -> AbstractAsyncContextManager[Snapshot]:
        """Borrow a connection for one snapshot. A `single` step needs no transaction for that."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...


def one_step(sql: str, arguments: Sequence[Any]) -> Steps[Sequence[ReadRow]]:
    """The steps of a single statement: its rows."""
    [rows] = yield [(sql, arguments)]
    return rows


def together(readings: Sequence[Steps[Any]]) -> Steps[list[Any]]:
    """The steps of several readings at once: what each asks next is asked with what the others do."""
    if len(readings) == 1:
        return [(yield from readings[0])]
    answers: list[Any] = [None] * len(readings)
    waiting = list(enumerate(readings))
    rows: dict[int, list[Sequence[ReadRow]]] = {}
    while waiting:
        asked: list[Filled] = []
        shares: dict[int, slice] = {}
        for place, reading in waiting:
            try:
                asks = reading.send(rows[place]) if place in rows else next(reading)
            except StopIteration as finished:
                answers[place] = finished.value
            else:
                shares[place] = slice(len(asked), len(asked) + len(asks))
                asked += asks
        waiting = [(place, reading) for place, reading in waiting if place in shares]
        if waiting:
            found = yield asked
            rows = {place: found[share] for place, share in shares.items()}
    return answers


async def step_through(snapshot: Snapshot, steps: Steps[T]) -> T:
    """Go through steps statement by statement."""
    try:
        asked = next(steps)
        while True:
            asked = steps.send([await snapshot.fetch(*each) for each in asked])
    except StopIteration as finished:
        return cast(T, finished.value)
