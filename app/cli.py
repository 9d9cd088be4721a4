"""The command line: serve, migrate, import, make a token, set a password, print the schema."""

import sys
from typing import Annotated

import typer

from app.importing import import_leads
from app.prospecting import prospect_companies
from app.publishing import documents
from app.serving import serve, worker
from app.terminal import AccountName, DatabaseUrl, database, fail, find_user, run, settings_with
from app.terminal import migrate as migrate_database

cli = typer.Typer(
    help="Lejek: a sales pipeline as a GraphQL API, and boards that update themselves.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they show local variables
)
cli.command()(serve)
cli.command(hidden=True)(worker)


def main() -> None:
    """Run the command line."""
    cli()


@cli.command()
def migrate(database_url: DatabaseUrl = None) -> None:
    """Bring the database up to date."""
    run(migrate_database(settings_with(database_url=database_url), say=True))


@cli.command()
def token(
    email: Annotated[str, typer.Argument(help="Whose token it is to be.")],
    account: AccountName = None,
    name: Annotated[str, typer.Option(help="What the token is for.")] = "command line",
    database_url: DatabaseUrl = None,
) -> None:
    """Make an API token for a user and print it. It is shown only now: a hash of it is kept."""
    settings = settings_with(database_url=database_url)

    async def work() -> None:
        from resolvers.tokens import make_token

        async with database(settings):
            user = await find_user(email, account)
            typer.echo(await make_token(user.account_id, user.id, name))

    run(work())


@cli.command()
def password(
    email: Annotated[str, typer.Argument(help="Whose password it is to be.")],
    account: AccountName = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Set a user's password, asked for here or read from a pipe. It ends their sessions."""
    settings = settings_with(database_url=database_url)
    if sys.stdin.isatty():
        given = typer.prompt("New password", hide_input=True, confirmation_prompt=True)
    else:
        given = sys.stdin.readline().rstrip("\r\n")

    async def work() -> None:
        from resolvers import passwords
        from resolvers.errors import Refused

        async with database(settings):
            try:
                passwords.check(given)
                await passwords.replace_password(await find_user(email, account), given)
            except Refused as refused:
                fail(str(refused))

    run(work())


cli.command("import")(import_leads)
cli.command("prospect")(prospect_companies)
cli.add_typer(documents, name="documents")


@cli.command()
def sdl() -> None:
    """Print the schema."""
    from schema.build import sdl as printed

    sys.stdout.write(printed())
