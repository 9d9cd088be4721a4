"""Skip files: the rows an import left out, as they were, each with its number and the reason.

A corrected skip file can be imported as it is. Cells that a spreadsheet would run as formulas
carry an apostrophe, which reading takes off again.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from resolvers.spreadsheets import guarded

NUMBER, REASON = "Row", "Reason"


@dataclass(frozen=True)
class Skipped:
    """One row that was left out."""

    number: int
    reason: str
    cells: list[str]


def skip_file_beside(path: Path) -> Path:
    """Where the skip file of a file lies unless told otherwise: `leads.csv` has `leads.skipped.csv`."""
    return path.with_name(f"{path.stem}.skipped.csv")


class SkipFile:
    """A skip file being written, step by step with an import. It is there once there is a row to write."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._columns: list[str] = []
        self._delimiter = ";"
        self._kept: int | None = None
        self._size = 0

    def lay_out(self, columns: Sequence[str], delimiter: str) -> None:
        """Say what the file's columns are; nothing is written yet."""
        self._columns = list(columns)
        self._delimiter = delimiter

    def add(self, skipped: Iterable[Skipped], kept: int) -> None:
        """Write rows after those that `keep` kept, in place of any other.

        The first time, the first `kept` rows of what an earlier run wrote are kept, and no more.
        """
        if self._kept is None:
            self._begin(kept)
        elif self.path.exists():
            with self.path.open("r+b") as file:
                file.truncate(self._kept)
        self._write([[str(each.number), each.reason, *each.cells] for each in skipped])

    def keep(self) -> None:
        """Keep what was written: its rows are counted now."""
        self._kept = self._size

    def _begin(self, kept: int) -> None:
        rows = _rows_of(self.path, self._delimiter, kept) if kept else []
        self.path.unlink(missing_ok=True)
        self._write(rows)
        self.keep()

    def _write(self, rows: Sequence[Sequence[str]]) -> None:
        self._size = self._kept or 0
        if not rows:
            return
        is_new = not self._size
        with self.path.open("a", encoding="utf-8-sig" if is_new else "utf-8", newline="") as file:
            writer = csv.writer(file, delimiter=self._delimiter)
            if is_new:
                writer.writerow([NUMBER, REASON, *(guarded(name) for name in self._columns)])
            writer.writerows([guarded(cell) for cell in row] for row in rows)
        self._size = self.path.stat().st_size


def _rows_of(path: Path, delimiter: str, count: int) -> list[list[str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        next(reader, None)
        return [row for _, row in zip(range(count), reader, strict=False)]
