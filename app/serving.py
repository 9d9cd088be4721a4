"""`lejek serve`: one process that serves, or several on one port."""

import socket
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.terminal import DatabaseUrl, database, fail, migrate, run, settings_with

if TYPE_CHECKING:
    from app.settings import Settings


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
    from app.logs import set_up_logs
    from app.server import PortTaken, bind, reserve

    settings = settings_with(port=port, host=host, database_url=database_url, redis_url=redis_url)
    settings = settings.model_copy(update={"demo": demo})
    set_up_logs(settings.logs, settings.log_level)
    try:
        bound = bind(settings) if workers == 1 else reserve(settings)
    except PortTaken as error:
        fail(str(error))
    with bound:
        run(_prepare(settings))
        _run(_serve(settings, bound) if workers == 1 else _supervise(settings, bound, workers))


def worker(line: Annotated[int, typer.Argument(help="The file descriptor of the line to the supervisor.")]) -> None:
    """Be one of several workers; `lejek serve --workers` starts them."""
    from app.logs import set_up_logs
    from app.server import PortTaken
    from app.workers import work

    settings = settings_with()
    set_up_logs(settings.logs, settings.log_level)
    try:
        _run(work(settings, line))
    except PortTaken as error:
        fail(str(error))


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end, on the event loop that uvicorn takes for the fastest."""
    import asyncio

    import uvicorn

    loop_factory = uvicorn.Config("", log_config=None).get_loop_factory()
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(work)


async def _prepare(settings: "Settings") -> None:
    await migrate(settings)
    if settings.demo:
        await _load_demo(settings)


async def _load_demo(settings: "Settings") -> None:
    from secrets import token_urlsafe

    from app.demo import load_demo

    async with database(settings):
        password = token_urlsafe(9)
        for each in await load_demo([token.get_secret_value() for token in settings.demo_tokens], password):
            typer.echo(f"Token    {each.token}  ({each.user}, admin of {each.name})")
        typer.echo(f"Password {password}  (of every user of the demo; the board lets them in without)")


async def _serve(settings: "Settings", bound: socket.socket) -> None:
    from app.asgi import create_app
    from app.server import make_server, settle

    server = make_server(create_app(settings), settings, settle)
    _say_where(bound)
    await server.serve(sockets=[bound])


async def _supervise(settings: "Settings", bound: socket.socket, workers: int) -> None:
    import structlog

    from app.workers import Supervisor, WorkerFailed

    settings = settings.model_copy(update={"port": bound.getsockname()[1]})
    if settings.redis_url is None:
        structlog.get_logger("lejek").warning(
            "no Redis: workers see each other's changes with their next poll, seconds later"
        )
    try:
        await Supervisor(workers, settings).run(lambda: _say_where(bound))
    except* WorkerFailed as failed:
        typer.echo(f"lejek: {failed.exceptions[0]}: its log is above.", err=True)
        raise typer.Exit(1) from None


def _say_where(bound: socket.socket) -> None:
    from app.server import address

    typer.echo(f"API      {address(bound)}/graphql (HTTP and WebSocket)\nGraphiQL {address(bound)}/graphiql")
