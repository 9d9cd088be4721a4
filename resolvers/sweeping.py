"""Sweeping: bytes that nobody can ask for any more are deleted, so many at a time."""

from datetime import timedelta

from models import database, storage
from models.base import now
from models.files import File, Upload, storage_key
from resolvers.files import RESTORABLE
from resolvers.uploads import KEPT

MOST_AT_ONCE = 200
_AFTER = timedelta(hours=1)  # so that nothing is swept which was just taken


async def sweep_files() -> int:
    """Delete files that were deleted too long ago to be restored, and uploads that nothing took; returns how many.

    At most MOST_AT_ONCE of each. The bytes go first: what is cut off in between is done again.
    """
    old = Upload.filter(created_at__lt=now() - KEPT - _AFTER)
    gone = File.filter(removed_at__lt=now() - RESTORABLE - _AFTER)
    return await _sweep(Upload, await old.limit(MOST_AT_ONCE)) + await _sweep(File, await gone.limit(MOST_AT_ONCE))


async def _sweep(model: type[Upload] | type[File], rows: list[Upload] | list[File]) -> int:
    await storage.current().remove(storage_key(row) for row in rows)
    async with database.transaction():
        return await model.filter(id__in=[row.id for row in rows]).delete()
