"""`lejek prospect`: leads of the companies in a register's file that the account does not know."""

from pathlib import Path
from typing import Annotated

import typer

from app.importing import Unusable, viewer_of
from models.database import close_database, open_database
from models.migrating import migrate
from resolvers.prospecting import Wanted, prospect
from resolvers.register_files import RegisterFile
from resolvers.spreadsheets import UnreadableFile

_SHOWN = 10


def prospect_companies(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A CSV, XLSX or JSON lines file.")
    ],
    as_email: Annotated[str, typer.Option("--as", metavar="EMAIL", help="Who prospects, and owns the leads.")],
    account: Annotated[str | None, typer.Option(help="The account's name, where several know the e-mail.")] = None,
    industry: Annotated[list[str] | None, typer.Option(help="A word of the industry; any of several.")] = None,
    place: Annotated[list[str] | None, typer.Option(help="A word of the place; any of several.")] = None,
    size_from: Annotated[int | None, typer.Option(help="At least so many employees.", min=0)] = None,
    size_to: Annotated[int | None, typer.Option(help="At most so many employees.", min=0)] = None,
    most: Annotated[int, typer.Option(help="No more leads than this.", min=1)] = 1_000,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Find alike, and make nothing.")] = False,
    database_url: Annotated[
        str | None, typer.Option("--database-url", help="sqlite://PATH or postgres://…; else LEJEK_DATABASE_URL.")
    ] = None,
) -> None:
    """Make leads of a register's companies. What an organization or an earlier run knows makes none."""
    from app.cli import fail, find_user, run, settings_with

    settings, register = settings_with(database_url=database_url), RegisterFile(file.resolve())
    wanted = Wanted(industry or (), place or (), size_from, size_to, most)

    async def work() -> None:
        await migrate(settings.database_url)
        await open_database(settings.database_url)
        try:
            viewer = await viewer_of(await find_user(as_email, account))
            found = await prospect(viewer, register, wanted, dry_run=dry_run)
        except (Unusable, UnreadableFile, OSError) as error:
            fail(str(error))
        finally:
            await close_database()
        would = "would be made" if dry_run else "made"
        for title in found.leads[:_SHOWN]:
            typer.echo(f"  {title}")
        typer.echo(
            f"{found.read} companies read: {found.wanted} wanted, {found.known} known already, "
            f"{len(found.leads)} leads {would}. {register.skipped} rows were no company."
        )

    run(work())
