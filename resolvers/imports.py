"""Imports of leads: a file is registered, its columns are mapped, and it is worked through in batches.

Each batch is one transaction: its leads, what comes with them, and how far the import has come,
told as IMPORT_PROGRESSED. So an import that is cut off goes on where it stopped, and one that is
begun twice (by two processes) is worked by whoever commits a batch first; the other one stops.

How it is run: the app opens `importing()` around its lifespan. The schema calls
`begin_import`, which checks, marks the import RUNNING and returns at once; the work goes on in a
task of the `Importer`, started after that transaction has ended and outside any. At shutdown the
task is cancelled between or within batches, its import stays RUNNING, and the next start resumes it.
`run_import` does the same and waits for the end; the command line uses it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict
from uuid import UUID

from models import changes
from models.changes import ChangeKind
from models.import_kinds import ImportKind
from models.imports import Import, ImportStatus
from resolvers import access, commands, ids, import_columns, import_custom, register_files
from resolvers.access import Viewer, load_viewer
from resolvers.background import Background
from resolvers.errors import ErrorCode, refuse
from resolvers.import_companies import ProspectingDraft, kept, read_wanted
from resolvers.import_custom import ImportedField
from resolvers.import_fields import ImportField, Meaning
from resolvers.import_files import open_file
from resolvers.import_work import ImportReport, Work
from resolvers.prospecting import Wanted
from resolvers.spreadsheets import UnreadableFile, open_table

SAMPLES = 3
AT_ONCE = 2

Progress = Callable[[ImportReport], None]


class BeginDraft(TypedDict, total=False):
    """What a client gives to begin an import; a missing mapping is guessed."""

    id: str
    mapping: dict[str, str] | None
    dry_run: bool | None
    kind: ImportKind
    client_mutation_id: str | None


@dataclass(frozen=True)
class ImportColumn:
    """A column of a file: its name, its first cells, and what it is guessed to mean: a field, or a custom one by id."""

    name: str
    samples: list[str]
    meaning: Meaning | None

    @property
    def field(self) -> ImportField | None:
        """The field it is guessed to mean, unless that is a custom one."""
        return self.meaning if isinstance(self.meaning, ImportField) else None

    @property
    def custom_field_id(self) -> str | None:
        """The custom field it is guessed to mean."""
        return None if isinstance(self.meaning, ImportField) else self.meaning


async def find_import(viewer: Viewer, key: UUID, *path: str | int) -> Import:
    """An import of the viewer's own, or of the account for admins; refuses any other with NOT_FOUND."""
    job = await Import.get_or_none(id=key, account_id=viewer.account_id)
    if job is None or not (viewer.is_admin or job.user_id == viewer.user_id):
        raise access.not_found("Import", *path)
    return job


async def guess_mapping(viewer: Viewer, import_id: UUID, kind: ImportKind = ImportKind.LEADS) -> list[ImportColumn]:
    """The columns of a file with samples, and what they are guessed to mean, for rows of that kind.

    Refuses with INVALID a file that is no table.
    """
    job = await find_import(viewer, import_id, "id")
    fields = await import_custom.fields_of(viewer)
    return await _describe(job, fields, kind)


async def _describe(job: Import, fields: Sequence[ImportedField], kind: ImportKind) -> list[ImportColumn]:
    try:
        async with open_file(job) as path:
            return await asyncio.to_thread(_columns, path, fields, kind)
    except UnreadableFile as error:
        raise refuse(ErrorCode.INVALID, str(error), "id") from error
    except FileNotFoundError as error:
        raise refuse(ErrorCode.INVALID, "The file is gone: upload it again.", "id") from error


def _columns(path: Path, fields: Sequence[ImportedField], kind: ImportKind) -> list[ImportColumn]:
    with open_table(path) as table:
        rows = [row.cells for row, _ in zip(table.rows, range(SAMPLES), strict=False) if row.problem is None]
        guessed = import_columns.guess(table.columns, fields, kind)
        return [
            ImportColumn(name, [cells[place] for cells in rows], guessed.get(name))
            for place, name in enumerate(table.columns)
        ]


async def begin_import(viewer: Viewer, given: BeginDraft) -> UUID:
    """Mark an import RUNNING and have it worked on; returns at once.

    Refuses a file that is no table, a mapping that does not fit it, and an import that is running.
    """
    key = ids.expect("Import", given["id"], "id")
    job = await find_import(viewer, key, "id")
    mapping, is_dry_run = given.get("mapping"), bool(given.get("dry_run"))
    kind = given.get("kind", ImportKind.LEADS)
    started = await _start(viewer, job, mapping, is_dry_run, given.get("client_mutation_id"), kind=kind)
    current().work_on(viewer, started)
    return key


async def begin_prospecting(viewer: Viewer, given: ProspectingDraft) -> UUID:
    """As `begin_import`, of a register: its companies that are wanted and not known become the viewer's leads."""
    key = ids.expect("Import", given["id"], "id")
    wanted, job = read_wanted(given), await find_import(viewer, key, "id")
    mapping, is_dry_run = given.get("mapping"), bool(given.get("dry_run"))
    started = await _start(
        viewer, job, mapping, is_dry_run, given.get("client_mutation_id"), kind=ImportKind.LEADS, wanted=wanted
    )
    current().work_on(viewer, started)
    return key


async def run_import(
    viewer: Viewer,
    import_id: UUID,
    mapping: Mapping[str, str] | None = None,
    dry_run: bool = False,
    on_progress: Progress | None = None,
    kind: ImportKind = ImportKind.LEADS,
) -> ImportReport:
    """Work a file through and say what became of it; `on_progress` is called after each batch.

    A dry run decides everything alike and makes nothing: only the import's own counts and the
    skip file are written. A file that turns out to be unreadable ends as FAILED, with what was
    made before. Cancelled, it ends as FAILED too, and importing the file again goes on from there.
    """
    job = await _start(viewer, await find_import(viewer, import_id, "id"), mapping, dry_run, kind=kind)
    work = Work(viewer, job, on_progress)
    try:
        return await work.run()
    except asyncio.CancelledError:
        await work.fail("It was stopped before its end: import the file again to go on.")
        raise


async def _start(
    viewer: Viewer,
    job: Import,
    mapping: Mapping[str, str] | None,
    is_dry_run: bool,
    client_mutation_id: str | None = None,
    *,
    kind: ImportKind,
    wanted: Wanted | None = None,
) -> Import:
    if kind is ImportKind.PRODUCTS:
        access.require_admin(viewer, "change the catalogue")
    fields = await import_custom.fields_of(viewer)
    columns = await _describe(job, fields, kind)
    names = [column.name for column in columns]
    chosen: Mapping[str, Any]
    if wanted is not None:
        chosen = register_files.check(names, register_files.guess(names) if mapping is None else mapping)
    elif mapping is None:
        chosen = {column.name: column.meaning for column in columns if column.meaning}
        import_columns.require_columns(chosen, kind)
    else:
        chosen = import_columns.check(names, mapping, kind, fields)
    begun = {
        "status": ImportStatus.RUNNING,
        "is_dry_run": is_dry_run,
        "mapping": {column: str(meaning) for column, meaning in chosen.items()},
        "rows_read": 0,
        "rows_created": 0,
        "rows_updated": 0,
        "kind": kind,
        "wanted": kept(wanted),
        "rows_unchanged": 0,
        "rows_skipped": 0,
        "failure": None,
        "finished_at": None,
    }
    async with commands.begin(viewer, {"client_mutation_id": client_mutation_id}) as ledger:
        if not await Import.filter(id=job.id).exclude(status=ImportStatus.RUNNING).update(**begun):
            raise refuse(ErrorCode.INVALID, "This import is running: wait for its end.", "id")
        before = changes.snapshot(job)
        job.update_from_dict(begun)
        ledger.record(ChangeKind.IMPORT_PROGRESSED, changes.altered("import", before, changes.snapshot(job)))
    return job


class Importer:
    """Works on imports beside the requests, a few at once, until it is closed."""

    def __init__(self) -> None:
        self._background = Background(AT_ONCE)

    def work_on(self, viewer: Viewer, job: Import) -> None:
        """Start working on an import that is RUNNING."""
        self._background.begin(Work(viewer, job).run(), f"import {job.id}")

    async def resume(self) -> int:
        """Go on with the imports that were RUNNING when the last process ended; returns how many."""
        jobs = await Import.filter(status=ImportStatus.RUNNING).order_by("id")
        for job in jobs:
            viewer = await load_viewer(job.account_id, job.user_id)
            if viewer is None:
                continue
            if job.is_dry_run:  # what it would have made was in memory only
                await Work(viewer, job).fail("The server was restarted: begin the dry run again.")
            else:
                self.work_on(viewer, job)
        return len(self._background)

    async def wait(self) -> None:
        """Wait until nothing is being worked on."""
        await self._background.wait()

    async def close(self) -> None:
        """Stop the work; what was not finished stays RUNNING, to be resumed."""
        await self._background.close()


_current: Importer | None = None


def current() -> Importer:
    """The open importer; RuntimeError where none is."""
    if _current is None:
        raise RuntimeError("no importer is open: use resolvers.imports.importing first")
    return _current


@asynccontextmanager
async def importing(*, resume: bool = True) -> AsyncIterator[Importer]:
    """Have an importer, on an open database and storage. `resume` goes on with what was cut off."""
    global _current
    before, _current = _current, Importer()
    try:
        if resume:
            await _current.resume()
        yield _current
    finally:
        await _current.close()
        _current = before
