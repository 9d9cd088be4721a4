"""The work of one import: its file read in batches, each batch committed with how far it has come."""

import asyncio
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from itertools import islice
from math import inf
from pathlib import Path
from typing import Any
from uuid import UUID

from tortoise.exceptions import IntegrityError, OperationalError

from models import changes
from models.accounts import Account
from models.base import now
from models.changes import ChangeKind, Ledger
from models.imports import Import, ImportStatus
from models.ways import Way
from resolvers import ids, import_custom
from resolvers.access import Viewer
from resolvers.background import Superseded
from resolvers.import_cells import BadRow, Layout
from resolvers.import_columns import meaning_of
from resolvers.import_companies import CompanyWriter
from resolvers.import_custom import ImportedField
from resolvers.import_files import open_file
from resolvers.import_kinds import Writer, reader_for, writer_for
from resolvers.import_known import Outcome
from resolvers.register_files import CompanyField, read_company
from resolvers.skip_files import SkipFile, Skipped
from resolvers.spreadsheets import Row, UnreadableFile, open_table
from resolvers.statements import refresh_statistics

# Small enough that boards on the same event loop hardly feel it.
BATCH = 250
TELL_SKIPPED = 20
_TRIES = 3
_GROWING = ("organizations", "people", "contact_keys", "leads", "deals")


@dataclass(frozen=True)
class ImportReport:
    """How far an import has come. Counts are of rows; `made` counts people, organizations and labels too.

    `skipped` has the first rows that were left out, the skip file has all of them; `done` is 0 to 1.
    """

    import_id: UUID
    status: ImportStatus
    is_dry_run: bool
    rows_read: int
    rows_created: int
    rows_updated: int
    rows_unchanged: int
    rows_skipped: int
    made: Mapping[str, int]
    skipped: tuple[Skipped, ...]
    failure: str | None
    done: float


@dataclass(frozen=True)
class Batch:
    """Some rows of a file, those that can be leads and those that cannot."""

    pairs: list[tuple[Row, Any]]
    bad: list[Skipped]
    done: float

    @property
    def rows(self) -> int:
        """How many rows these are."""
        return len(self.pairs) + len(self.bad)


class Work:
    """Works through one import that is RUNNING, from where it stands."""

    def __init__(
        self,
        viewer: Viewer,
        job: Import,
        on_progress: Callable[[ImportReport], None] | None = None,
    ) -> None:
        self._viewer = viewer
        self._job = job
        self._skip_file = SkipFile(job)
        self._on_progress = on_progress
        self._writer: Writer = writer_for(viewer, job) if job.wanted is None else CompanyWriter(viewer, job)
        self._made: Counter[str] = Counter(leads=0, people=0, organizations=0, labels=0)
        self._skipped: list[Skipped] = []
        self._done = 0.0
        self._grown = inf if job.is_dry_run else BATCH

    async def run(self) -> ImportReport:
        """Work to the end; the report says COMPLETED, or FAILED and why. Raises what is a bug."""
        try:
            async with open_file(self._job) as path:
                await self._work_through(path)
            await self._finish({"status": ImportStatus.COMPLETED})
        except Superseded:
            await self._job.refresh_from_db()
        except UnreadableFile as error:
            await self.fail(str(error))
        except FileNotFoundError:
            await self.fail("The file is gone: upload it again.")
        except Exception:
            await self.fail("Something went wrong on our side. What was imported stays; import the file again.")
            raise
        self._tell()
        return self.report()

    async def _work_through(self, path: Path) -> None:
        account = await Account.get(id=self._viewer.account_id)
        batches = self._batches(path, account.currency, await import_custom.fields_of(self._viewer))
        try:
            while (batch := await asyncio.to_thread(next, batches, None)) is not None:
                await self._commit(batch)
                await self._look_at_growth()
                self._tell()
        finally:
            with suppress(ValueError):  # where a cancelled read is still in its thread, which then ends it
                batches.close()

    async def fail(self, reason: str) -> None:
        """End the import as FAILED, with the reason."""
        await self._finish({"status": ImportStatus.FAILED, "failure": reason})

    def report(self) -> ImportReport:
        """How far it has come."""
        job = self._job
        return ImportReport(
            import_id=job.id,
            status=job.status,
            is_dry_run=job.is_dry_run,
            rows_read=job.rows_read,
            rows_created=job.rows_created,
            rows_updated=job.rows_updated,
            rows_unchanged=job.rows_unchanged,
            rows_skipped=job.rows_skipped,
            made=dict(self._made),
            skipped=tuple(self._skipped),
            failure=job.failure,
            done=1.0 if job.status is ImportStatus.COMPLETED else self._done,
        )

    def _tell(self) -> None:
        if self._on_progress:
            self._on_progress(self.report())

    def _batches(self, path: Path, currency: str, fields: Sequence[ImportedField]) -> Generator[Batch]:
        """The rows not yet worked on, read and checked in batches; runs in a thread."""
        with open_table(path) as table:
            self._skip_file.lay_out(table.columns, table.delimiter)
            read = self._reader(table.columns, currency, fields)
            rows = islice(table.rows, self._job.rows_read, None)
            while chunk := list(islice(rows, BATCH)):
                yield _read(chunk, read, table.done())

    def _reader(self, columns: list[str], currency: str, fields: Sequence[ImportedField]) -> Callable[[Row], Any]:
        """What makes of a row what the writer takes; raises BadRow."""
        if self._job.wanted is not None:
            companies = {column: CompanyField(field) for column, field in self._job.mapping.items()}
            return lambda row: read_company(row, columns, companies)
        mapping = {column: meaning_of(kept) for column, kept in self._job.mapping.items()}
        layout = Layout.of(columns, mapping, currency, self._job.kind, fields)
        read_row = reader_for(self._job.kind)
        return lambda row: read_row(row, layout)

    async def _commit(self, batch: Batch) -> None:
        """Write one batch; again where another import has just made one of its leads."""
        for left in reversed(range(_TRIES)):
            try:
                outcome, skipped = await self._write(batch)
                break
            except (IntegrityError, OperationalError):
                if not left:
                    raise
        self._skip_file.keep()
        self._made.update(outcome.made)  # and not +=, which drops zeros
        self._skipped = [*self._skipped, *skipped][:TELL_SKIPPED]
        self._done = batch.done

    async def _look_at_growth(self) -> None:
        """Refresh the statistics each time that what was made has doubled: so every batch is as fast as the first."""
        if self._job.rows_created >= self._grown:
            self._grown = 2 * self._job.rows_created
            await refresh_statistics(_GROWING)

    async def _write(self, batch: Batch) -> tuple[Outcome, list[Skipped]]:
        job = self._job
        mark = ids.encode("Import", job.id)  # what undoing it finds its changes by
        async with changes.write(self._viewer.account_id, self._viewer.user_id, mark, Way.IMPORT) as ledger:
            outcome = await self._writer.write(ledger, batch.pairs)
            skipped = sorted((*batch.bad, *outcome.skipped), key=lambda each: each.number)
            counts = {
                "rows_read": job.rows_read + batch.rows,
                "rows_created": job.rows_created + outcome.created,
                "rows_updated": job.rows_updated + outcome.updated,
                "rows_unchanged": job.rows_unchanged + outcome.unchanged,
                "rows_skipped": job.rows_skipped + len(skipped),
            }
            await self._record(ledger, counts, rows_read=job.rows_read)
            # Before the commit, so that no row is ever counted and not there; the row's lock is held.
            await self._skip_file.add(skipped)
        job.update_from_dict(counts)
        return outcome, skipped

    async def _record(self, ledger: Ledger, columns: dict[str, Any], **expected: int) -> None:
        """Alter the import's row, if it is RUNNING and as expected; raises Superseded if not."""
        if not await Import.filter(id=self._job.id, status=ImportStatus.RUNNING, **expected).update(**columns):
            raise Superseded
        after = copy(self._job)
        after.update_from_dict(columns)
        subject = changes.altered("import", changes.snapshot(self._job), changes.snapshot(after))
        ledger.record(ChangeKind.IMPORT_PROGRESSED, subject)

    async def _finish(self, columns: dict[str, Any]) -> None:
        ended = {**columns, "finished_at": now()}
        with suppress(Superseded):
            async with changes.write(self._viewer.account_id, self._viewer.user_id, way=Way.IMPORT) as ledger:
                await self._record(ledger, ended)
            self._job.update_from_dict(ended)


def _read(rows: Sequence[Row], read: Callable[[Row], Any], done: float) -> Batch:
    pairs: list[tuple[Row, Any]] = []
    bad: list[Skipped] = []
    for row in rows:
        try:
            pairs.append((row, read(row)))
        except BadRow as error:
            bad.append(Skipped(row.number, str(error), row.cells))
    return Batch(pairs, bad, done)
