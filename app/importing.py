"""`lejek import`: a file of leads, or of other records, from the command line."""

from pathlib import Path
from typing import Annotated

import typer

from app.terminal import AccountName, DatabaseUrl, database, fail, find_viewer, migrate, run, settings_with
from models.import_kinds import ImportKind
from resolvers.import_fields import ImportField


def import_leads(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A CSV or XLSX file.")],
    as_email: Annotated[str, typer.Option("--as", metavar="EMAIL", help="Who imports, and owns what names no owner.")],
    account: AccountName = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="COLUMN=FIELD",
            help="What a column means, where its name does not say; "
            f"COLUMN= leaves it out. Fields: {', '.join(ImportField)}, and custom fields by their names.",
        ),
    ] = None,
    kind: Annotated[ImportKind, typer.Option(case_sensitive=False, help="What the rows are.")] = ImportKind.LEADS,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Decide everything alike, and make nothing.")] = False,
    skip_file: Annotated[
        Path | None, typer.Option(help="Where rows that are left out go; else beside the file, as NAME.skipped.csv.")
    ] = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Import leads, or other records, from a file. Importing it again makes no second copy.

    Ends with 0 also where rows were left out, and says so; with 2 where the file cannot be used.
    """
    settings, path = settings_with(database_url=database_url), file.resolve()

    async def work() -> None:
        from app.import_files import Unusable, import_file
        from models import storage
        from models.imports import ImportStatus
        from resolvers.errors import Refused

        await migrate(settings)
        storage.open_storage(storage.storage_at(settings.files_at, settings.files_endpoint))
        async with database(settings):
            viewer = await find_viewer(as_email, account)
            try:
                report = await import_file(viewer, path, columns or (), kind=kind, dry_run=dry_run, skip_file=skip_file)
            except (Unusable, Refused, OSError) as error:
                fail(str(error))
        if report.status is ImportStatus.FAILED:
            fail(report.failure or "The import failed.")

    run(work())
