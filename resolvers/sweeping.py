"""Sweeping: what nobody can ask for any more is deleted, so many at a time."""

from datetime import timedelta

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from models import database, storage
from models.base import now
from models.conversions import ConversionResult, ConversionRun
from models.files import File, Upload, storage_key
from models.imports import Import, ImportStatus
from resolvers import import_files
from resolvers.conversion_runs import RESULTS_KEPT
from resolvers.files import RESTORABLE
from resolvers.import_files import forget_files
from resolvers.uploads import KEPT

MOST_AT_ONCE = 200
_AFTER = timedelta(hours=1)  # so that nothing is swept which was just taken


async def sweep_files() -> int:
    """Delete files that were deleted too long ago to be restored, and uploads that nothing took; returns how many.

    Of imports that are old, the files go too, and their skip files. At most MOST_AT_ONCE of each.
    The bytes go first: what is cut off in between is done again.
    """
    old = Upload.filter(created_at__lt=now() - KEPT - _AFTER)
    gone = File.filter(removed_at__lt=now() - RESTORABLE - _AFTER)
    swept = await _sweep(Upload, await old.limit(MOST_AT_ONCE)) + await _sweep(File, await gone.limit(MOST_AT_ONCE))
    return swept + await forget_files(await _old_imports().limit(MOST_AT_ONCE))


async def sweep_conversion_results() -> int:
    """Delete what became of the leads of runs that ended too long ago, of one run at a time; returns how many."""
    ended = ConversionRun.filter(finished_at__lt=now() - RESULTS_KEPT - _AFTER).values("id")
    found = await ConversionResult.filter(run_id__in=Subquery(ended)).first()
    if found is None:
        return 0
    async with database.transaction():
        return await ConversionResult.filter(run_id=found.run_id).delete()


def _old_imports() -> QuerySet[Import]:
    """Those with a file that nobody has touched for long."""
    bound = now() - import_files.KEPT - _AFTER
    begun = Q(finished_at__isnull=True) | Q(finished_at__lt=bound)
    return Import.filter(begun, created_at__lt=bound).exclude(path="").exclude(status=ImportStatus.RUNNING)


async def _sweep(model: type[Upload] | type[File], rows: list[Upload] | list[File]) -> int:
    await storage.current().remove(storage_key(row) for row in rows)
    async with database.transaction():
        return await model.filter(id__in=[row.id for row in rows]).delete()
