"""Importing a file of this machine, and telling on a console how it goes."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from models.import_kinds import ImportKind
from models.imports import Import
from resolvers import imports
from resolvers.access import Viewer
from resolvers.import_columns import REPEATED
from resolvers.import_fields import ImportField
from resolvers.import_files import forget_files, receive_table
from resolvers.import_work import ImportReport
from resolvers.imports import ImportColumn
from resolvers.skip_files import find_parts, read_parts

_LINE_EVERY = 5_000
_PIECE = 256 * 1024


class Unusable(Exception):
    """The file cannot be imported as asked; the message says why."""


async def import_file(
    viewer: Viewer,
    file: Path,
    columns: Sequence[str] = (),
    *,
    kind: ImportKind = ImportKind.LEADS,
    dry_run: bool = False,
    skip_file: Path | None = None,
    console: Console | None = None,
) -> ImportReport:
    """Import the file at an absolute path, on the open database as a viewer, and tell it on the console.

    `columns` are COLUMN=FIELD, and go before what is guessed. Raises Unusable or Refused where
    the file or a column cannot be used.
    """
    console = console or Console(file=sys.stdout, highlight=False, soft_wrap=True)
    key = await receive_table(viewer, file.name, _pieces(file))
    try:
        mapping = mapping_of(await imports.guess_mapping(viewer, key, kind), columns)
        for column, field in mapping.items():
            console.print(
                f"{column} is {field if field in ImportField.__members__ else 'a custom field'}", markup=False
            )
        with _shown(console) as show:
            report = await imports.run_import(viewer, key, mapping, dry_run, show, kind)
        left_out = skip_file or file.with_name(f"{file.stem}.skipped.csv")
        await _write_skip_file(await Import.get(id=key), left_out)
    finally:
        await forget_files(await Import.filter(id=key))  # it lies with its user
    _sum_up(console, report, kind, left_out)
    return report


async def _pieces(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as opened:
        while piece := await asyncio.to_thread(opened.read, _PIECE):
            yield piece


async def _write_skip_file(job: Import, path: Path) -> None:
    """Have the rows that were left out in this file, and no file of an earlier import where none were."""
    parts = await find_parts(job)
    if not parts:
        await asyncio.to_thread(path.unlink, missing_ok=True)
        return
    with path.open("wb") as file:
        async for piece in read_parts(parts):
            await asyncio.to_thread(file.write, piece)


def mapping_of(guessed: Sequence[ImportColumn], given: Sequence[str]) -> dict[str, str]:
    """What the columns mean: as given, else as guessed. A field that is given away is guessed no more."""
    mapping = {column.name: str(column.meaning) for column in guessed if column.meaning}
    for each in given:
        column, equals, field = each.rpartition("=")
        if not equals or not column:
            raise Unusable(f"--map {each!r} is not COLUMN=FIELD, such as --map Nazwa=TITLE.")
        named = field.strip().upper().replace("-", "_")
        taken = named if named in ImportField.__members__ else field.strip()
        mapping = {
            name: value for name, value in mapping.items() if name != column and (value != taken or taken in REPEATED)
        }
        if field.strip():
            mapping[column] = taken
    return mapping


@contextmanager
def _shown(console: Console) -> Iterator[Callable[[ImportReport], None]]:
    """A progress bar on a terminal; elsewhere a line now and then."""
    if not console.is_terminal:
        yield _lines(console)
        return
    parts = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*parts, console=console) as progress:
        task = progress.add_task("Reading", total=1.0)

        def show(report: ImportReport) -> None:
            progress.update(task, completed=report.done, description=f"{report.rows_read:,} rows")

        yield show


def _lines(console: Console) -> Callable[[ImportReport], None]:
    told = 0

    def show(report: ImportReport) -> None:
        nonlocal told
        if report.rows_read - told >= _LINE_EVERY:
            told = report.rows_read
            console.print(f"{report.rows_read} rows, {report.done:.0%}", markup=False)

    return show


def _counted(count: int, nouns: str) -> str:
    """How many there are: `2 rows`, `1 row`."""
    one = "person" if nouns == "people" else nouns.removesuffix("s")
    return f"{count} {one if count == 1 else nouns}"


def _sum_up(console: Console, report: ImportReport, kind: ImportKind, left_out: Path) -> None:
    verb = "would be made" if report.is_dry_run else "made"
    made, updated = report.made, f"{report.rows_updated} updated, " if report.rows_updated else ""
    along = ", ".join(_counted(made.get(noun, 0), noun) for noun in ("people", "organizations", "labels"))
    lines = [
        f"{_counted(report.rows_read, 'rows')} read: {_counted(report.rows_created, kind.lower())} {verb}, {updated}"
        f"{report.rows_unchanged} there already, {report.rows_skipped} left out.",
        f"With them {verb}: {along}.",
        *(f"  row {each.number}: {each.reason}" for each in report.skipped),
    ]
    if report.rows_skipped > len(report.skipped):
        lines.append(f"  and {report.rows_skipped - len(report.skipped)} more")
    if report.rows_skipped:
        lines.append(f"The rows left out are in {left_out}: correct them there and import that file.")
    for line in lines:
        console.print(line, markup=False)
