"""The server process: uvicorn, as the sockets and the shutdown need it."""

import socket
from typing import Any

import uvicorn

from app.settings import Settings

LARGEST_MESSAGE = 1024 * 1024
ENDING = "ending"  # the key in the lifespan's state of what is called before a shutdown waits for responses


class PortTaken(Exception):
    """Raised where the address cannot be served on; says why and what to do."""


def bind(settings: Settings) -> socket.socket:
    """Take the address to serve on; raises PortTaken where it is not free."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((settings.host, settings.port))
        taken.listen()  # until the server accepts, who comes waits; and no second server gets this far
    except OSError as error:
        taken.close()
        message = f"Cannot serve on {settings.host}:{settings.port} ({error.strerror}): choose another with --port."
        raise PortTaken(message) from error
    return taken


def address(bound: socket.socket) -> str:
    """The URL that a bound socket is served at."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Server(uvicorn.Server):
    """uvicorn, which waits for every response before it tells the app to end: endless ones are told first."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop taking connections, end event streams, close sockets, wait for responses, end the app."""
        end = self.lifespan.state.get(ENDING)
        if end is not None:
            end()
        await super().shutdown(sockets)


def make_server(app: Any, settings: Settings) -> Server:
    """A server for the app; on SIGTERM it closes every socket with 1012 and ends what it has begun."""
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
            proxy_headers=False,
            timeout_graceful_shutdown=settings.shutdown_seconds,
        )
    )
