"""`lejek prospect`: leads of the companies in a register's file that the account does not know."""

from pathlib import Path
from typing import Annotated

import typer

from app.terminal import AccountName, DatabaseUrl, database, fail, find_viewer, migrate, run, settings_with

_SHOWN = 10


def prospect_companies(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A CSV, XLSX or JSON lines file.")
    ],
    as_email: Annotated[str, typer.Option("--as", metavar="EMAIL", help="Who prospects, and owns the leads.")],
    account: AccountName = None,
    industry: Annotated[list[str] | None, typer.Option(help="A word of the industry; any of several.")] = None,
    place: Annotated[list[str] | None, typer.Option(help="A word of the place; any of several.")] = None,
    size_from: Annotated[int | None, typer.Option(help="At least so many employees.", min=0)] = None,
    size_to: Annotated[int | None, typer.Option(help="At most so many employees.", min=0)] = None,
    most: Annotated[int, typer.Option(help="No more leads than this.", min=1)] = 1_000,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Find alike, and make nothing.")] = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Make leads of a register's companies. What an organization or an earlier run knows makes none."""
    settings = settings_with(database_url=database_url)

    async def work() -> None:
        from resolvers.prospecting import Wanted, prospect
        from resolvers.register_files import RegisterFile
        from resolvers.spreadsheets import UnreadableFile

        register = RegisterFile(file.resolve())
        wanted = Wanted(industry or (), place or (), size_from, size_to, most)
        await migrate(settings)
        async with database(settings):
            viewer = await find_viewer(as_email, account)
            try:
                found = await prospect(viewer, register, wanted, dry_run=dry_run)
            except (UnreadableFile, OSError) as error:
                fail(str(error))
        would = "would be made" if dry_run else "made"
        for title in found.leads[:_SHOWN]:
            typer.echo(f"  {title}")
        typer.echo(
            f"{found.read} companies read: {found.wanted} wanted, {found.known} known already, "
            f"{len(found.leads)} leads {would}. {register.skipped} rows were no company."
        )

    run(work())
