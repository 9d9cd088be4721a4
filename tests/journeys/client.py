"""A small client of Lejek, as a front end would have it: it asks over HTTP and watches over WebSockets."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson
from websockets.asyncio.client import ClientConnection, connect

PATIENCE = 30  # seconds, after which what a journey waits for will never come
SUBPROTOCOLS: Any = ["graphql-transport-ws"]
Event = dict[str, Any]


class Client:
    """A user at work: everything they do goes over the wire, with their token."""

    def __init__(self, http: httpx.AsyncClient, token: str) -> None:
        self.token = token
        self._http = http
        self._headers = {"authorization": f"Bearer {token}"}

    async def send(self, document: str, **variables: Any) -> Any:
        """The whole answer to one operation: data, and errors where there are any."""
        body = {"query": document, "variables": variables}
        return (await self._http.post("/graphql", json=body, headers=self._headers)).json()

    async def ask(self, document: str, **variables: Any) -> Any:
        """The data of one operation, which must go without errors."""
        answer = await self.send(document, **variables)
        assert "errors" not in answer, answer
        return answer["data"]

    async def do(self, document: str, **given: Any) -> Any:
        """The payload of one mutation with one `input`, which must not be refused."""
        (payload,) = (await self.ask(document, input=given)).values()
        assert payload["errors"] == [], payload
        return payload

    async def upload(self, name: str, content: bytes) -> str:
        """Send a file; the id of the import that it waits in."""
        answer = await self._http.post("/uploads", params={"fileName": name}, content=content, headers=self._headers)
        assert answer.status_code == 201, answer.text
        upload_id: str = answer.json()["uploadId"]
        return upload_id

    @asynccontextmanager
    async def watch(self, document: str, **variables: Any) -> "AsyncIterator[Watch]":
        """A subscription on a socket of its own, until the block ends."""
        url = str(self._http.base_url.join("/graphql")).replace("http", "ws", 1)
        async with connect(url, subprotocols=SUBPROTOCOLS, compression=None, proxy=None, max_size=None) as socket:
            watch = Watch(socket)
            await watch.begin(self.token, document, variables)
            yield watch


class Refused(Exception):
    """The server has ended a subscription, or never began it; `codes` say why."""

    def __init__(self, errors: list[Any]) -> None:
        super().__init__(errors)
        self.codes = [error["extensions"]["code"] for error in errors]


class Watch:
    """One subscription: what it was told, as events and as the raw text that came over the wire."""

    def __init__(self, socket: ClientConnection) -> None:
        self.raw: list[str] = []
        self._socket = socket

    async def begin(self, token: str, document: str, variables: dict[str, Any]) -> None:
        """Introduce oneself, and subscribe."""
        await self._say(type="connection_init", payload={"token": token})
        assert await self._hear() == {"type": "connection_ack"}
        await self._say(type="subscribe", id="1", payload={"query": document, "variables": variables})

    async def event(self) -> Event:
        """The next event; raises Refused where the server has ended the subscription."""
        message = await self._hear()
        if message["type"] == "error":
            raise Refused(message["payload"])
        assert message["type"] == "next" and "errors" not in message["payload"], message
        (event,) = message["payload"]["data"].values()
        return dict(event)

    async def until(self, is_last: Callable[[Event], bool]) -> list[Event]:
        """The next events, up to and with the first one that is the last."""
        events = [await self.event()]
        while not is_last(events[-1]):
            events.append(await self.event())
        return events

    async def events(self, count: int) -> list[Event]:
        """So many of the next events."""
        return [await self.event() for _ in range(count)]

    async def close(self) -> None:
        """Say goodbye."""
        await self._socket.close()

    def cut(self) -> None:
        """Lose the connection, at once and without a goodbye, as in a tunnel."""
        self._socket.transport.abort()

    async def _say(self, **message: Any) -> None:
        await self._socket.send(orjson.dumps(message).decode())

    async def _hear(self) -> Any:
        async with asyncio.timeout(PATIENCE):
            text = await self._socket.recv()
        assert isinstance(text, str), "graphql-transport-ws speaks in text frames"
        self.raw.append(text)
        return orjson.loads(text)


def is_a(*type_names: str) -> Callable[[Event], bool]:
    """Whether an event is one of these types."""
    return lambda event: event["__typename"] in type_names


def caused_by(client_mutation_id: str) -> Callable[[Event], bool]:
    """Whether an event tells what the mutation with this clientMutationId did."""
    return lambda event: event["clientMutationId"] == client_mutation_id
