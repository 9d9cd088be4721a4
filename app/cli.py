"""The command line: serve, migrate, import, make a token, set a password, print the schema."""

import asyncio
import socket
import sys
from collections.abc import Coroutine
from secrets import token_urlsafe
from typing import Annotated, Any, NoReturn

import structlog
import typer
import uvicorn
from pydantic import ValidationError

from app.importing import import_leads
from app.logs import set_up_logs
from app.prospecting import prospect_companies
from app.publishing import documents
from app.server import PortTaken, address, bind, make_server, reserve, settle
from app.settings import Settings
from app.workers import Supervisor, WorkerFailed, work
from models.accounts import Account
from models.database import close_database, open_database
from models.migrating import migrate as migrate_database
from models.users import User
from resolvers import passwords
from resolvers.errors import Refused
from resolvers.tokens import make_token

cli = typer.Typer(
    help="Lejek: a sales pipeline as a GraphQL API, and boards that update themselves.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they show local variables
)

_log = structlog.get_logger("lejek")

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
    redis_url: Annotated[
        str | None, typer.Option(help="Tells other processes of changes at once; else LEJEK_REDIS_URL.")
    ] = None,
    workers: Annotated[int, typer.Option(help="How many processes serve; they share the port.", min=1)] = 1,
    demo: Annotated[bool, typer.Option("--demo/--no-demo", help="Load the demo's two accounts.")] = True,
) -> None:
    """Migrate the database, load the demo, and serve until stopped."""
    settings = settings_with(port=port, host=host, database_url=database_url, redis_url=redis_url)
    settings = settings.model_copy(update={"demo": demo})
    set_up_logs(settings.logs, settings.log_level)
    try:
        bound = bind(settings) if workers == 1 else reserve(settings)
    except PortTaken as error:
        fail(str(error))
    with bound:
        run(_prepare(settings))
        run(_serve(settings, bound) if workers == 1 else _supervise(settings, bound, workers))


async def _prepare(settings: Settings) -> None:
    await _migrate(settings)
    if settings.demo:
        await _load_demo(settings)


async def _serve(settings: Settings, bound: socket.socket) -> None:
    from app.asgi import create_app

    server = make_server(create_app(settings), settings, settle)
    _say_where(bound)
    await server.serve(sockets=[bound])


async def _supervise(settings: Settings, bound: socket.socket, workers: int) -> None:
    settings = settings.model_copy(update={"port": bound.getsockname()[1]})
    if settings.redis_url is None:
        _log.warning("no Redis: workers see each other's changes with their next poll, seconds later")
    try:
        await Supervisor(workers, settings).run(lambda: _say_where(bound))
    except* WorkerFailed as failed:
        typer.echo(f"lejek: {failed.exceptions[0]}: its log is above.", err=True)
        raise typer.Exit(1) from None


def _say_where(bound: socket.socket) -> None:
    typer.echo(f"API      {address(bound)}/graphql (HTTP and WebSocket)\nGraphiQL {address(bound)}/graphiql")


@cli.command(hidden=True)
def worker(line: Annotated[int, typer.Argument(help="The file descriptor of the line to the supervisor.")]) -> None:
    """Be one of several workers; `lejek serve --workers` starts them."""
    settings = settings_with()
    set_up_logs(settings.logs, settings.log_level)
    try:
        run(work(settings, line))
    except PortTaken as error:
        fail(str(error))


async def _load_demo(settings: Settings) -> None:
    from app.demo import load_demo

    await open_database(settings.database_url)
    try:
        password = token_urlsafe(9)
        for each in await load_demo([token.get_secret_value() for token in settings.demo_tokens], password):
            typer.echo(f"Token    {each.token}  ({each.user}, admin of {each.name})")
        typer.echo(f"Password {password}  (of every user of the demo; the board lets them in without)")
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


@cli.command()
def password(
    email: Annotated[str, typer.Argument(help="Whose password it is to be.")],
    account: Annotated[str | None, typer.Option(help="The account's name, where several know the e-mail.")] = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Set a user's password, asked for here or read from a pipe. It ends their sessions."""
    settings = settings_with(database_url=database_url)
    if sys.stdin.isatty():
        given = typer.prompt("New password", hide_input=True, confirmation_prompt=True)
    else:
        given = sys.stdin.readline().rstrip("\r\n")
    run(_password(settings, email, account, given))


async def _password(settings: Settings, email: str, account: str | None, given: str) -> None:
    await open_database(settings.database_url)
    try:
        passwords.check(given)
        await passwords.replace_password(await find_user(email, account), given)
    except Refused as refused:
        fail(str(refused))
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
cli.command("prospect")(prospect_companies)
cli.add_typer(documents, name="documents")


@cli.command()
def sdl() -> None:
    """Print the schema."""
    from schema.build import sdl as printed

    sys.stdout.write(printed())
