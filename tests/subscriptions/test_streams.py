"""Event streams behind a real uvicorn, from the first byte to nothing left behind."""

import asyncio
import socket as sockets_of_system
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import orjson
import pytest
import pytest_asyncio

from models.changes import ChangeKind
from subscriptions.feeds import Feeds
from subscriptions.gateway import Errors, Receive, Result, Scope, Send
from subscriptions.streams import StreamLimits, Streams
from tests.subscriptions import asking
from tests.subscriptions.asking import App, Server, happen

BOUND = 200_000


@pytest.fixture
def streams(feeds: Feeds) -> Streams:
    return Streams(feeds, StreamLimits(outbox_bytes=BOUND, keep_alive_seconds=0.05, grace_seconds=2))


@pytest_asyncio.fixture
async def server(app: App, streams: Streams) -> AsyncIterator[Server]:
    """Streams of the account in the query, or what else it names."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        asked = {name: each[0] for name, each in parse_qs(scope["query_string"].decode()).items()}
        mark = streams.mark()
        outcome: Any = Result(b'{"data":null}')
        if "account" in asked:
            after = int(asked["after"]) if "after" in asked else None
            outcome = app.ask(UUID(asked["account"]), after, user=asked.get("user", "admin"))
        elif "errors" in asked:
            outcome = Errors(b'[{"message":"Syntax Error"}]')
        await receive()
        await streams.serve(outcome, mark, receive, send)

    async with asking.serving(serve) as running:
        yield running


class Reader:
    """An open connection that has asked by GET, and reads the response block by block."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.head = b""
        self.comments = 0
        self._buffer = b""

    async def block(self) -> bytes | None:
        """The next block that is no comment; null where the response has ended."""
        while True:
            while b"\n\n" in self._buffer:
                block, _, self._buffer = self._buffer.partition(b"\n\n")
                if block != b":":
                    return block
                self.comments += 1
            async with asyncio.timeout(20):
                chunk = await self._chunk()
            if not chunk:
                return None
            self._buffer += chunk

    async def told(self) -> tuple[str, int]:
        """The next answer, as (moment, revision)."""
        block = await self.block()
        assert block is not None and block.startswith(b"id: "), block
        fields = dict(line.split(b": ", 1) for line in block.split(b"\n"))
        data = orjson.loads(fields[b"data"])["data"]
        assert (fields[b"event"], int(fields[b"id"])) == (b"next", data["revision"])
        return data["type"], data["revision"]

    async def _chunk(self) -> bytes:
        """One chunk of the response; empty at its end."""
        length = int(await self.reader.readline(), 16)
        return (await self.reader.readexactly(length + 2))[:length]


@asynccontextmanager
async def asks(server: Server, query: str, **options: Any) -> AsyncIterator[Reader]:
    host, _, port = server.url.removeprefix("ws://").removesuffix("/graphql").partition(":")
    connection = sockets_of_system.socket()
    for name, value in options.items():
        connection.setsockopt(sockets_of_system.SOL_SOCKET, getattr(sockets_of_system, name), value)
    connection.setblocking(False)
    await asyncio.get_running_loop().sock_connect(connection, (host, int(port)))
    reader, writer = await asyncio.open_connection(sock=connection)
    writer.write(f"GET /?{query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    opened = Reader(reader, writer)
    async with asyncio.timeout(20):
        opened.head = await reader.readuntil(b"\r\n\r\n")
    try:
        yield opened
    finally:
        writer.transport.abort()


async def test_changes_are_told_with_their_revisions_and_a_replay_first(server: Server, account_id: UUID) -> None:
    await happen(account_id, 2)
    async with asks(server, f"account={account_id}&after=0") as board:
        assert board.head.startswith(b"HTTP/1.1 200") and b"content-type: text/event-stream" in board.head
        assert [await board.told() for _ in range(3)] == [("Change", 1), ("Change", 2), ("CaughtUp", 2)]
        await happen(account_id)
        assert await board.told() == ("Change", 3)


async def test_streams_that_ask_the_same_share_one_execution(server: Server, app: App, account_id: UUID) -> None:
    async with asks(server, f"account={account_id}") as one, asks(server, f"account={account_id}") as other:
        assert await one.told() == await other.told() == ("CaughtUp", 0)
        await happen(account_id)
        assert await one.told() == await other.told() == ("Change", 1)
    assert app.executions("Change") == [1]


async def test_a_result_and_errors_are_told_and_complete(server: Server) -> None:
    async with asks(server, "") as one:
        assert await one.block() == b'event: next\ndata: {"data":null}'
        assert await one.block() == b"event: complete\ndata:"
        assert await one.block() is None
    async with asks(server, "errors=yes") as other:
        assert await other.block() == b'event: next\ndata: {"errors":[{"message":"Syntax Error"}]}'
        assert await other.block() == b"event: complete\ndata:"


async def test_a_quiet_stream_is_kept_alive_by_comments(server: Server, account_id: UUID) -> None:
    async with asks(server, f"account={account_id}") as board:
        assert await board.told() == ("CaughtUp", 0)
        async with asyncio.timeout(20):
            while board.comments < 3:
                assert await board._chunk() == b":\n\n"
                board.comments += 1


async def test_who_may_ask_no_longer_is_told_so_and_completed(server: Server, app: App, account_id: UUID) -> None:
    async with asks(server, f"account={account_id}&user=anna") as board:
        await board.told()
        app.rights["anna"] = None
        await happen(account_id, kind=ChangeKind.ACCESS_CHANGED)
        block = await board.block()
        assert block is not None and b'"code":"FORBIDDEN"' in block
        assert await board.block() == b"event: complete\ndata:"
        assert await board.block() is None


async def test_a_client_that_goes_away_leaves_nothing_behind(
    server: Server, streams: Streams, feeds: Feeds, account_id: UUID
) -> None:
    async with asks(server, f"account={account_id}") as board:
        await board.told()
        (serving,) = streams._open.values()
    async with asyncio.timeout(20):
        await asyncio.wait([serving])
        while feeds._tasks:
            await asyncio.wait(feeds._tasks)
    assert len(streams) == 0 and not feeds._members and not server.server_state.connections


async def test_a_slow_reader_is_dropped_at_the_bound_and_the_others_go_on(
    server: Server, streams: Streams, app: App, account_id: UUID
) -> None:
    app.filler = 50_000
    async with asks(server, f"account={account_id}") as board:
        await board.told()
        async with asks(server, f"account={account_id}", SO_RCVBUF=4096) as deaf:
            await deaf.told()
            deaf.writer.transport.pause_reading()  # type: ignore[attr-defined]
            async with asyncio.timeout(60):
                while len(streams) == 2:
                    revision = await happen(account_id)
                    assert await board.told() == ("Change", revision)
                    assert all(stream._size <= BOUND for stream in streams._open)
            assert len(server.server_state.connections) == 1  # the transport is gone, not only the task


async def test_a_replay_larger_than_the_bound_reaches_a_reader_who_reads(
    server: Server, app: App, account_id: UUID
) -> None:
    app.filler = 50_000
    await happen(account_id, 60)
    async with asks(server, f"account={account_id}&after=0") as board:
        assert [await board.told() for _ in range(60)] == [("Change", each) for each in range(1, 61)]


async def test_streams_that_end_are_not_completed_so_that_clients_come_back(
    server: Server, streams: Streams, account_id: UUID
) -> None:
    async with asks(server, f"account={account_id}") as board:
        await board.told()
        await streams.drain()
        assert await board.block() is None
        assert len(streams) == 0
