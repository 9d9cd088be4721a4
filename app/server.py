"""The server process: uvicorn, as the sockets and the shutdown need it."""

import gc
import socket
from collections.abc import Callable
from typing import Any

import uvicorn

from app.settings import Settings

LARGEST_MESSAGE = 1024 * 1024
GARBAGE = 10_000  # objects more than before, until the collector looks for circles among them
ENDING = "ending"  # the key in the lifespan's state of what is called before a shutdown waits for responses


class PortTaken(Exception):
    """Raised where the address cannot be served on; says why and what to do."""


def bind(settings: Settings, *, shared: bool = False) -> socket.socket:
    """Take the address to serve on, alone or with other workers; raises PortTaken where it is not free."""
    taken = _socket(settings.host, settings.port, shared=shared)
    try:
        taken.listen()  # until the server accepts, who comes waits; and no second server gets this far
    except OSError as error:
        taken.close()
        raise _port_taken(settings.host, settings.port, error) from error
    return taken


def reserve(settings: Settings) -> socket.socket:
    """Keep the address for workers, who share it, and for nobody else; raises PortTaken where it is not free.

    Nothing is served here: connections go to those who listen.
    """
    reserved = _socket(settings.host, settings.port, shared=True)
    try:
        bind(settings.model_copy(update={"port": reserved.getsockname()[1]})).close()  # only where nobody listens
    except BaseException:
        reserved.close()
        raise
    return reserved


def _socket(host: str, port: int, *, shared: bool) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # said, or asyncio leaves Nagle on
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        taken.bind((host, port))
    except OSError as error:
        taken.close()
        raise _port_taken(host, port, error) from error
    return taken


def _port_taken(host: str, port: int, error: OSError) -> PortTaken:
    return PortTaken(f"Cannot serve on {host}:{port} ({error.strerror}): choose another with --port.")


def address(bound: socket.socket) -> str:
    """The URL that a bound socket is served at."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Server(uvicorn.Server):
    """uvicorn, which waits for every response before it tells the app to end: endless ones are told first."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin the app and take connections, then say that it is ready."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop taking connections, end event streams, close sockets, wait for responses, end the app."""
        end = self.lifespan.state.get(ENDING)
        if end is not None:
            end()
        await super().shutdown(sockets)


def settle() -> None:
    """Let the collector of garbage pass over what a server holds for as long as it runs, and come less often.

    Nearly all that a request makes goes with its last reference. For a process that only serves.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE)


def make_server(app: Any, settings: Settings, ready: Callable[[], None] = lambda: None) -> Server:
    """A server for the app that calls `ready` once it serves.

    On SIGTERM it closes every socket with 1012 and ends what it has begun.
    """
    return Server(
        uvicorn.Config(
            app,
            ws="websockets-sansio",
            ws_per_message_deflate=False,  # it doubles the cost, and shared frames cannot be deflated
            ws_max_size=LARGEST_MESSAGE,
            lifespan="on",
            log_config=None,
            access_log=False,  # a URL may carry variables
            server_header=False,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=settings.trusted_proxies,
            timeout_graceful_shutdown=settings.shutdown_seconds,
        ),
        ready,
    )
