"""Python's gql: aiohttp for queries and mutations, websockets for subscriptions."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from gql import Client, GraphQLRequest
from gql.client import AsyncClientSession, ReconnectingAsyncClientSession
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.exceptions import (
    TransportClosed,
    TransportConnectionFailed,
    TransportQueryError,
    TransportServerError,
)
from gql.transport.websockets import WebsocketsTransport
from tenacity import retry, wait_fixed

from tests.clients.conversing import Answer, Watch
from tests.clients.documents import DOCUMENTS

PAUSE = 0.02  # seconds until a lost connection is tried again


class GqlClient:
    """gql, answering as the scripts of the other clients do."""

    def __init__(self, http: AsyncClientSession, sockets: Client) -> None:
        self._http = http
        self._sockets = sockets
        self._socket: ReconnectingAsyncClientSession | None = None  # connected once it is needed
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
        if self._socket is None:
            forever = retry(wait=wait_fixed(PAUSE))
            self._socket = await self._sockets.connect_async(reconnecting=True, retry_connect=forever)
        told: asyncio.Queue[Answer] = asyncio.Queue()
        task = asyncio.create_task(self._follow(self._socket, DOCUMENTS[name], variables, told))
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
        if self._socket is not None:
            await self._sockets.close_async()
        assert [each for each in ended if isinstance(each, Exception)] == []  # cancelled ones are none

    async def _follow(
        self, socket: ReconnectingAsyncClientSession, query: str, variables: dict[str, Any], told: asyncio.Queue[Answer]
    ) -> None:
        while True:
            try:
                async for data in socket.subscribe(GraphQLRequest(query, variable_values=variables)):
                    (event,) = data.values()
                    variables = {**variables, "after": event["revision"]}
                    told.put_nowait({"data": data})
                return told.put_nowait({"completed": True})
            except TransportQueryError as error:
                return told.put_nowait({"errors": error.errors})
            except (TransportConnectionFailed, TransportClosed):
                await asyncio.sleep(PAUSE)


@asynccontextmanager
async def gql_client(url: str, socket_url: str, token: str) -> AsyncIterator[GqlClient]:
    """gql, connected until the block ends."""
    headers = {"Authorization": f"Bearer {token}"}
    sockets = Client(transport=WebsocketsTransport(url=socket_url, init_payload=headers))
    async with Client(transport=AIOHTTPTransport(url=url, headers=headers)) as http:
        client = GqlClient(http, sockets)
        try:
            yield client
        finally:
            await client.close()
