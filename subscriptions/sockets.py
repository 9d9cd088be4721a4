"""The WebSocket application: plain ASGI, graphql-transport-ws and nothing else.

Serve it with uvicorn's `ws="websockets-sansio"` and `ws_per_message_deflate=False`: compression
doubles the cost of a frame. uvicorn's own pings find the peers that vanished.
"""

import asyncio
import logging
from typing import Any, Generic

from subscriptions.closing import CloseCode
from subscriptions.connection import Connection, Limits
from subscriptions.gateway import Gateway, Receive, Scope, Send, Session
from subscriptions.protocol import SUBPROTOCOL
from subscriptions.sources import Source

logger = logging.getLogger(__name__)


class Sockets(Generic[Session]):
    """An ASGI application for the scope type `websocket`."""

    def __init__(self, gateway: Gateway[Session], feeds: Source, limits: Limits | None = None) -> None:
        self._gateway = gateway
        self._feeds = feeds
        self._limits = limits or Limits()
        self._open: dict[Connection[Session], asyncio.Task[Any]] = {}
        self._is_draining = False

    def __len__(self) -> int:
        """How many sockets are open."""
        return len(self._open)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket until it is gone."""
        await receive()  # websocket.connect
        if self._is_draining:
            return await send({"type": "websocket.close", "code": int(CloseCode.SERVICE_RESTART)})
        if SUBPROTOCOL not in scope.get("subprotocols", ()):
            return await _turn_away(send)
        try:
            await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
        except OSError:
            return  # gone before it began
        await self._serve(Connection(self._gateway, self._feeds, self._limits, scope, receive, send))

    async def drain(self) -> None:
        """Close every socket with 1012 (clients come back, to another server), and let no more in.

        Returns when all are gone; who does not answer within the grace time is dropped.
        """
        self._is_draining = True
        for connection in list(self._open):
            connection.close(CloseCode.SERVICE_RESTART)
        waiting = list(self._open.values())
        if waiting:
            await asyncio.wait(waiting, timeout=self._limits.grace_seconds)
        for connection in list(self._open):
            connection.cut()
        await asyncio.gather(*waiting, return_exceptions=True)

    async def _serve(self, connection: Connection[Session]) -> None:
        serving = asyncio.current_task()
        assert serving is not None, "an ASGI application runs in a task"
        self._open[connection] = serving
        try:
            await connection.run()
        finally:
            del self._open[connection]


async def _turn_away(send: Send) -> None:
    """Accept, so that the client learns the code, and close."""
    code = CloseCode.SUBPROTOCOL_NOT_ACCEPTABLE
    try:
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": int(code), "reason": code.reason})
    except OSError:
        logger.debug("a client went away before it was turned away")
