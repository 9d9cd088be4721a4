"""Skip files: the rows an import left out, as they were, each with its number and the reason.

A corrected skip file can be imported as it is. Cells that a spreadsheet would run as formulas
carry an apostrophe, which reading takes off again.

Objects in the storage cannot grow, so what each batch leaves out is a part of its own, named by how
many rows were read before it. A part is of the file once its batch is committed, which the number
of rows that the import has read tells: what a crash leaves behind is beyond that.
"""

import csv
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from io import StringIO

from models import storage
from models.imports import Import
from resolvers.spreadsheets import guarded

NUMBER, REASON = "Row", "Reason"


@dataclass(frozen=True)
class Skipped:
    """One row that was left out."""

    number: int
    reason: str
    cells: list[str]


class SkipFile:
    """The skip file of an import, being written step by step with it."""

    def __init__(self, job: Import) -> None:
        self._job = job
        self._columns: Sequence[str] = ()
        self._delimiter = ";"
        self._is_kept = False

    def lay_out(self, columns: Sequence[str], delimiter: str) -> None:
        """Say what the file's columns are; nothing is written yet."""
        self._columns = columns
        self._delimiter = delimiter

    async def add(self, skipped: Sequence[Skipped]) -> None:
        """Write what the next batch leaves out, in place of what an attempt before wrote; the import is locked."""
        if not self._is_kept:
            beyond = _part(self._job, self._job.rows_read)
            await storage.current().remove(part for part in await _parts(self._job) if part >= beyond)
        self._is_kept = False
        if skipped:
            await storage.current().write(_part(self._job, self._job.rows_read), self._written(skipped))

    def keep(self) -> None:
        """Keep what was written: its batch is committed."""
        self._is_kept = True

    def _written(self, skipped: Iterable[Skipped]) -> bytes:
        is_first = not self._job.rows_skipped
        text = StringIO(newline="")
        writer = csv.writer(text, delimiter=self._delimiter)
        if is_first:
            writer.writerow([NUMBER, REASON, *(guarded(name) for name in self._columns)])
        for each in skipped:
            writer.writerow([guarded(cell) for cell in (str(each.number), each.reason, *each.cells)])
        return text.getvalue().encode("utf-8-sig" if is_first else "utf-8")


async def find_parts(job: Import) -> list[str]:
    """The parts of an import's skip file that its rows make up; none where it has left out no row."""
    beyond = _part(job, job.rows_read)
    return [part for part in await _parts(job) if part < beyond]


async def read_parts(parts: Iterable[str]) -> AsyncIterator[bytes]:
    """The skip file of these parts, as it comes."""
    for part in parts:
        async for piece in storage.current().read(part):
            yield piece


async def remove_skip_file(job: Import) -> None:
    """Have the skip file of an import no more."""
    await storage.current().remove(await _parts(job))


def _part(job: Import, rows_read: int) -> str:
    return f"{_folder(job)}/{rows_read:010}"


async def _parts(job: Import) -> list[str]:
    return await storage.current().keys_under(_folder(job))


def _folder(job: Import) -> str:
    return f"{job.path}.skipped"
