"""Python's gql: aiohttp for queries and mutations, websockets for subscriptions."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from gql import Client, GraphQLRequest
from gql.client import AsyncClientSession
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.exceptions import (
    TransportClosed,
    TransportConnectionFailed,
    TransportQueryError,
    TransportServerError,
)
from gql.transport.websockets import WebsocketsTransport

from tests.clients.conversing import Answer, Watch
from tests.clients.documents import DOCUMENTS

PAUSE = 0.02  # seconds until a lost connection is tried again


class GqlClient:
    """gql, answering as the scripts of the other clients do.

    Its own reconnecting session is not used: a subscription that comes back while that session still
    waits for the server's acknowledgement is sent too early (4401), and it never connects again.
    """

    def __init__(self, http: AsyncClientSession, socket_url: str, headers: dict[str, str]) -> None:
        self._http = http
        self._socket_url = socket_url
        self._headers = headers
        self._socket: AsyncClientSession | None = None  # one for all subscriptions, once it is needed
        self._connecting = asyncio.Lock()
        self._following: set[asyncio.Task[None]] = set()

    async def execute(self, name: str, query: str = "", *, cached: bool = False, **variables: Any) -> Answer:
        """Run a query or mutation: one of the documents, or the one given."""
        assert not cached, "gql keeps no cache"
        request = GraphQLRequest(query or DOCUMENTS[name], variable_values=variables)
        try:
            return {"data": await self._http.execute(request)}
        except TransportQueryError as error:
            return {"data": error.data, "errors": error.errors}
        except TransportServerError as error:
            return {"thrown": str(error)}

    async def watch(self, name: str, **variables: Any) -> Watch:
        """Begin one of the subscriptions; it resumes by itself."""
        told: asyncio.Queue[Answer] = asyncio.Queue()
        task = asyncio.create_task(self._follow(DOCUMENTS[name], variables, told))
        self._following.add(task)

        async def end() -> None:
            task.cancel()
            await asyncio.wait([task])

        return Watch(end, told)

    async def close(self) -> None:
        """End every subscription, and the socket."""
        for task in self._following:
            task.cancel()
        ended = await asyncio.gather(*self._following, return_exceptions=True)
        await self._drop(self._socket)
        assert [each for each in ended if isinstance(each, Exception)] == []  # cancelled ones are none

    async def _follow(self, query: str, variables: dict[str, Any], told: asyncio.Queue[Answer]) -> None:
        while True:
            socket = await self._connect()
            try:
                async for data in socket.subscribe(GraphQLRequest(query, variable_values=variables)):
                    (event,) = data.values()
                    variables = {**variables, "after": event["revision"]}
                    told.put_nowait({"data": data})
                return told.put_nowait({"completed": True})
            except TransportQueryError as error:
                return told.put_nowait({"errors": error.errors})
            except (TransportConnectionFailed, TransportClosed):
                await self._drop(socket)

    async def _connect(self) -> AsyncClientSession:
        async with self._connecting:
            while self._socket is None:
                client = Client(transport=WebsocketsTransport(url=self._socket_url, init_payload=self._headers))
                try:
                    self._socket = await client.connect_async()  # type: ignore[no-untyped-call]
                except TransportConnectionFailed:
                    await client.close_async()  # type: ignore[no-untyped-call]
                    await asyncio.sleep(PAUSE)
            return self._socket

    async def _drop(self, socket: AsyncClientSession | None) -> None:
        """Close a socket that was lost, unless another subscription has done so."""
        if socket is not None and socket is self._socket:
            self._socket = None
            await socket.client.close_async()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def gql_client(url: str, socket_url: str, token: str) -> AsyncIterator[GqlClient]:
    """gql, connected until the block ends."""
    headers = {"Authorization": f"Bearer {token}"}
    async with Client(transport=AIOHTTPTransport(url=url, headers=headers)) as http:
        client = GqlClient(http, socket_url, headers)
        try:
            yield client
        finally:
            await client.close()
