"""The files of imports in the storage: taken in, read as tables, and forgotten when they are old."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from models import changes, database, storage
from models.changes import ChangeKind
from models.files import storage_key
from models.imports import Import
from resolvers import commands, text, uploads
from resolvers.access import Viewer
from resolvers.skip_files import remove_skip_file

KEPT = timedelta(days=30)


async def receive_table(viewer: Viewer, file_name: str, chunks: AsyncIterator[bytes]) -> UUID:
    """Store a file as it comes, as an import that waits for its mapping; nothing of it is read yet."""
    upload = await uploads.expect_upload(viewer, text.line(file_name, "fileName"))
    await uploads.fill_upload(upload, chunks)
    path = storage_key(upload)
    job = Import(account_id=viewer.account_id, user_id=viewer.user_id, file_name=upload.name, path=path)
    async with commands.begin(viewer, {}) as ledger:
        await uploads.take_made(upload)
        await job.save(force_create=True)
        ledger.record(ChangeKind.IMPORT_PROGRESSED, changes.added("import", changes.snapshot(job)))
    return job.id


@asynccontextmanager
async def open_file(job: Import) -> AsyncIterator[Path]:
    """A copy of an import's file on this machine, for as long as it is read; FileNotFoundError where it is gone."""
    if not job.path:
        raise FileNotFoundError(f"the file of import {job.id} was swept")
    async with storage.current().copied_here(job.path) as path:
        yield path


async def forget_files(jobs: Iterable[Import]) -> int:
    """Delete the files and the skip files of imports; what they made, and their rows, stay. Returns how many."""
    forgotten = [job for job in jobs if job.path]
    for job in forgotten:
        await remove_skip_file(job)
        await storage.current().remove([job.path])
    async with database.transaction():
        await Import.filter(id__in=[job.id for job in forgotten]).update(path="")
    return len(forgotten)
