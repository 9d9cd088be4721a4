"""What all commands share: their options, the settings, the event loop, the database, and how they end.

A command imports what it needs when it is run: a second that `lejek --help` need not take.
"""

from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from app.settings import Settings
    from models.users import User
    from resolvers.access import Viewer

DatabaseUrl = Annotated[
    str | None, typer.Option("--database-url", help="sqlite://PATH or postgres://…; else LEJEK_DATABASE_URL.")
]
AccountName = Annotated[
    str | None, typer.Option("--account", help="The account's name, where several know the e-mail.")
]


def fail(message: str) -> NoReturn:
    """End with a message for people and exit code 2."""
    typer.echo(f"lejek: {message}", err=True)
    raise typer.Exit(2)


def settings_with(**given: Any) -> "Settings":
    """The settings of the environment, with what was given on the command line before them."""
    from pydantic import ValidationError

    from app.settings import Settings

    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        faults = [f"{'_'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors(include_input=False)]
        fail("the settings are wrong (LEJEK_… in the environment, or an option): " + "; ".join(faults))


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end, on an event loop of its own."""
    import asyncio

    asyncio.run(work)


@asynccontextmanager
async def database(settings: "Settings") -> AsyncIterator[None]:
    """The database of these settings, open until the block ends."""
    from models.database import close_database, open_database

    await open_database(settings.database_url)
    try:
        yield
    finally:
        await close_database()


async def migrate(settings: "Settings", *, say: bool = False) -> None:
    """Bring the database up to date, and tell what was to do; `say` also that there was nothing."""
    from models.migrating import migrate as migrate_database

    applied = await migrate_database(settings.database_url)
    if applied or say:
        typer.echo(f"Migrated: {', '.join(applied)}" if applied else "The database is up to date.", err=True)


async def find_user(email: str, account: str | None) -> "User":
    """The user with an e-mail, in the account of that name; ends the command where it is none or several."""
    from models.accounts import Account
    from models.users import User

    users = await User.filter(email__iexact=email.strip())
    accounts = {each.id: each.name for each in await Account.filter(id__in=[user.account_id for user in users])}
    found = [user for user in users if account is None or accounts[user.account_id] == account]
    if not found:
        fail("there is no user with this e-mail" + (" in this account." if account else "."))
    if len(found) > 1:
        names = ", ".join(sorted(accounts[user.account_id] for user in found))
        fail(f"several accounts know this e-mail; name one with --account: {names}")
    return found[0]


async def find_viewer(email: str, account: str | None) -> "Viewer":
    """What a user may do from the command line: what they may do anywhere."""
    from resolvers.access import load_viewer

    user = await find_user(email, account)
    viewer = await load_viewer(user.account_id, user.id)
    if viewer is None:
        fail("this user has just been removed.")
    return viewer
