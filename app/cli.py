"""The command line: serve, migrate, import, make a token, print the schema."""

import asyncio
import sys
from collections.abc import Coroutine
from typing import Annotated, Any, NoReturn

import typer
import uvicorn
from pydantic import ValidationError

from app.identity import make_token
from app.importing import import_leads
from app.logs import set_up_logs
from app.server import PortTaken, address, bind, make_server
from app.settings import Settings
from models.accounts import Account
from models.database import close_database, open_database
from models.migrating import migrate as migrate_database
from models.users import User

cli = typer.Typer(
    help="Lejek: a sales pipeline as a GraphQL API, and boards that update themselves.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they show local variables
)

DatabaseUrl = Annotated[
    str | None, typer.Option("--database-url", help="sqlite://PATH or postgres://…; else LEJEK_DATABASE_URL.")
]


def main() -> None:
    """Run the command line."""
    cli()


def fail(message: str) -> NoReturn:
    """End with a message for people and exit code 2."""
    typer.echo(f"lejek: {message}", err=True)
    raise typer.Exit(2)


def settings_with(**given: Any) -> Settings:
    """The settings of the environment, with what was given on the command line before them."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        faults = [f"{'_'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors(include_input=False)]
        fail("the settings are wrong (LEJEK_… in the environment, or an option): " + "; ".join(faults))


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end, on the event loop that the server uses."""
    loop_factory = uvicorn.Config("", log_config=None).get_loop_factory()
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(work)


@cli.command()
def serve(
    port: Annotated[int | None, typer.Option(help="Else LEJEK_PORT, else 8000; 0 takes a free one.")] = None,
    host: Annotated[str | None, typer.Option(help="Else LEJEK_HOST, else 127.0.0.1: this machine only.")] = None,
    database_url: DatabaseUrl = None,
    redis_url: Annotated[str | None, typer.Option(help="Not yet: one process needs none.")] = None,
    workers: Annotated[int, typer.Option(help="Not yet more than 1.", min=1)] = 1,
    demo: Annotated[bool, typer.Option("--demo/--no-demo", help="Load the demo's two accounts.")] = True,
) -> None:
    """Migrate the database, load the demo, and serve until stopped."""
    settings = settings_with(port=port, host=host, database_url=database_url, redis_url=redis_url)
    if workers > 1 or settings.redis_url:
        fail("one process without Redis is all there is yet: leave out --workers, --redis-url and LEJEK_REDIS_URL.")
    set_up_logs(settings.logs, settings.log_level)
    try:
        bound = bind(settings)
    except PortTaken as error:
        fail(str(error))
    with bound:
        run(_serve(settings, bound, demo))


async def _serve(settings: Settings, bound: Any, demo: bool) -> None:
    from app.asgi import create_app

    await _migrate(settings)
    if demo:
        await _load_demo(settings)
    server = make_server(create_app(settings), settings)
    typer.echo(f"API      {address(bound)}/graphql (HTTP and WebSocket)\nGraphiQL {address(bound)}/graphiql")
    await server.serve(sockets=[bound])


async def _load_demo(settings: Settings) -> None:
    from app.demo import load_demo

    await open_database(settings.database_url)
    try:
        for each in await load_demo([token.get_secret_value() for token in settings.demo_tokens]):
            typer.echo(f"Token    {each.token}  ({each.user}, admin of {each.name})")
    finally:
        await close_database()


@cli.command()
def migrate(database_url: DatabaseUrl = None) -> None:
    """Bring the database up to date."""
    run(_migrate(settings_with(database_url=database_url), say=True))


async def _migrate(settings: Settings, *, say: bool = False) -> None:
    applied = await migrate_database(settings.database_url)
    if applied or say:
        typer.echo(f"Migrated: {', '.join(applied)}" if applied else "The database is up to date.", err=True)


@cli.command()
def token(
    email: Annotated[str, typer.Argument(help="Whose token it is to be.")],
    account: Annotated[str | None, typer.Option(help="The account's name, where several know the e-mail.")] = None,
    name: Annotated[str, typer.Option(help="What the token is for.")] = "command line",
    database_url: DatabaseUrl = None,
) -> None:
    """Make an API token for a user and print it. It is shown only now: a hash of it is kept."""
    run(_token(settings_with(database_url=database_url), email, account, name))


async def _token(settings: Settings, email: str, account: str | None, name: str) -> None:
    await open_database(settings.database_url)
    try:
        user = await find_user(email, account)
        typer.echo(await make_token(user.account_id, user.id, name))
    finally:
        await close_database()


async def find_user(email: str, account: str | None) -> User:
    """The user with an e-mail, in the account of that name; ends the command where it is none or several."""
    users = await User.filter(email__iexact=email.strip())
    accounts = {each.id: each.name for each in await Account.filter(id__in=[user.account_id for user in users])}
    found = [user for user in users if account is None or accounts[user.account_id] == account]
    if not found:
        fail("there is no user with this e-mail" + (" in this account." if account else "."))
    if len(found) > 1:
        names = ", ".join(sorted(accounts[user.account_id] for user in found))
        fail(f"several accounts know this e-mail; name one with --account: {names}")
    return found[0]


cli.command("import")(import_leads)


@cli.command()
def sdl() -> None:
    """Print the schema."""
    from schema.build import sdl as printed

    sys.stdout.write(printed())
