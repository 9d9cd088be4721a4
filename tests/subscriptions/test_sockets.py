"""Real sockets, through uvicorn: what clients see."""

import asyncio
import socket as sockets_of_system
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import orjson
import pytest
import pytest_asyncio
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from models import changes
from subscriptions.connection import Limits
from subscriptions.feeds import Feeds
from subscriptions.sockets import Sockets
from tests.subscriptions.asking import App, Client, FakeGateway, Server, client, happen, serving

Boards = Sockets[tuple[UUID, str]]


@pytest_asyncio.fixture
async def board(server: Server, account_id: UUID) -> AsyncIterator[Client]:
    """A client that was let in."""
    async with client(server.url) as made:
        await made.enter(account_id)
        yield made


async def test_a_board_is_told_what_happens(board: Client, account_id: UUID) -> None:
    await board.ask("1")
    assert await board.told() == ("1", "CaughtUp", 0)
    await happen(account_id)
    assert await board.told() == ("1", "Change", 1)


async def test_a_frame_is_the_shared_payload_between_its_own_braces(board: Client, account_id: UUID) -> None:
    await board.ask('a "quoted" id, ł')
    await board.told()
    await happen(account_id)
    message = await board.hear()
    assert message == {
        "id": 'a "quoted" id, ł',
        "type": "next",
        "payload": {"data": {"type": "Change", "revision": 1, "seen_by": "all", "filler": ""}},
    }


async def test_many_boards_on_many_sockets_cost_one_execution(server: Server, app: App, account_id: UUID) -> None:
    async def follow() -> list[tuple[str, str, int]]:
        async with client(server.url) as each:
            await each.enter(account_id)
            for number in range(3):
                await each.ask(str(number))
            caught_up = [await each.told() for _ in range(3)]
            ready.release()
            return caught_up + [await each.told() for _ in range(6)]

    ready = asyncio.Semaphore(0)
    boards = [asyncio.create_task(follow()) for _ in range(8)]
    for _ in boards:
        await ready.acquire()
    await happen(account_id, 2)
    for heard in await asyncio.gather(*boards):
        for number in "012":
            assert [each[1:] for each in heard if each[0] == number] == [("CaughtUp", 0), ("Change", 1), ("Change", 2)]
    assert app.executions("Change") == [1, 2]


async def test_a_board_that_was_cut_off_resumes_without_gap(server: Server, account_id: UUID) -> None:
    async with client(server.url) as first:
        await first.enter(account_id)
        await first.ask("1")
        await first.told()
        await happen(account_id)
        assert await first.told() == ("1", "Change", 1)
        first.socket.transport.abort()
    await happen(account_id, 3)
    async with client(server.url) as second:
        await second.enter(account_id)
        await second.ask("1", after=1)
        told = [await second.told() for _ in range(4)]
        assert told == [("1", "Change", 2), ("1", "Change", 3), ("1", "Change", 4), ("1", "CaughtUp", 4)]
        await happen(account_id)
        assert await second.told() == ("1", "Change", 5)


async def test_a_query_and_a_mutation_are_answered_and_completed(board: Client, account_id: UUID) -> None:
    await board.ask("q", "query")
    assert await board.hear() == {"id": "q", "type": "next", "payload": {"data": {"revision": 0}}}
    assert await board.hear() == {"id": "q", "type": "complete"}
    await board.ask("q", "mutation")
    assert await board.hear() == {"id": "q", "type": "next", "payload": {"data": {"revision": 1}}}
    assert await board.hear() == {"id": "q", "type": "complete"}
    assert await changes.revision_of(account_id) == 1


async def test_an_error_for_one_id_leaves_the_others_alone(board: Client, account_id: UUID) -> None:
    await board.ask("1")
    await board.told()
    await board.ask("2", "{")
    assert await board.hear() == {"id": "2", "type": "error", "payload": [{"message": "Syntax Error"}]}
    await board.ask("2", "query")
    assert (await board.hear())["type"] == "next"
    assert (await board.hear())["type"] == "complete"
    await happen(account_id)
    assert await board.told() == ("1", "Change", 1)


async def test_an_operation_that_crashes_shows_nothing_of_the_server(board: Client) -> None:
    await board.ask("1", "crash")
    error = await board.hear()
    assert (error["id"], error["type"]) == ("1", "error")
    assert b"secret" not in orjson.dumps(error)
    await board.ask("2", "query")
    assert (await board.hear())["id"] == "2"


async def test_a_change_that_cannot_be_answered_is_an_error_of_that_board(
    board: Client, app: App, account_id: UUID
) -> None:
    app.broken_at = 1
    await board.ask("1")
    await board.told()
    await happen(account_id)
    error = await board.hear()
    assert (error["id"], error["type"]) == ("1", "error")
    app.broken_at = None
    await board.ask("1", after=0)
    assert await board.told() == ("1", "Change", 1)


async def test_complete_cancels_what_runs(board: Client, gateway: FakeGateway) -> None:
    await board.ask("1", "never")
    await gateway.wait_for("began")
    await board.say(type="complete", id="1")
    await gateway.wait_for("cancelled")
    await board.ask("1", "query")
    assert (await board.hear())["type"] == "next"


async def test_complete_ends_a_subscription(board: Client, feeds: Feeds, account_id: UUID) -> None:
    await board.ask("1")
    await board.ask("2")
    assert {await board.told(), await board.told()} == {("1", "CaughtUp", 0), ("2", "CaughtUp", 0)}
    await board.say(type="complete", id="1")
    await board.say(type="ping")
    assert await board.hear() == {"type": "pong"}
    await happen(account_id)
    assert await board.told() == ("2", "Change", 1)
    assert len(feeds._places) == 1


@pytest.mark.parametrize("ending", ["close", "abort"])
async def test_a_socket_that_goes_leaves_nothing_behind(
    server: Server, sockets: Boards, feeds: Feeds, gateway: FakeGateway, account_id: UUID, ending: str
) -> None:
    async with client(server.url) as going:
        await going.enter(account_id)
        await going.ask("1")
        await going.told()
        await going.ask("2", "never")
        await gateway.wait_for("began")
        if ending == "abort":
            going.socket.transport.abort()
    await gateway.wait_for("cancelled")
    async with asyncio.timeout(20):
        await asyncio.gather(*sockets._open.values(), *feeds._tasks, return_exceptions=True)
    assert len(sockets) == 0
    assert not feeds._tasks and not feeds._groups and not feeds._tailers


async def test_ping_is_answered_before_and_while_entering(server: Server, gateway: FakeGateway) -> None:
    async with client(server.url) as entering:
        await entering.say(type="ping", payload={"at": 1})
        assert await entering.hear() == {"type": "pong", "payload": {"at": 1}}
        await entering.say(type="connection_init", payload={"token": "slow"})
        await gateway.wait_for("asked for a slow token")
        await entering.say(type="ping")
        assert await entering.hear() == {"type": "pong"}


INIT: dict[str, Any] = {"type": "connection_init", "payload": {"token": "slow"}}
ASK: dict[str, Any] = {"type": "subscribe", "id": "1", "payload": {"query": "never"}}


@pytest.mark.parametrize(
    ("frames", "code", "reason"),
    [
        (["null"], 4400, "A message must be a JSON object"),
        (["[" * 100_000], 4400, "A message must be valid JSON, and not nested too deeply"),
        ([b"{}"], 4400, "Binary frames are not part of the protocol: send text"),
        ([ASK], 4401, "Unauthorized"),
        ([INIT, ASK], 4401, "Unauthorized"),
        ([{"type": "connection_init"}], 4403, "Forbidden"),
        ([{"type": "connection_init", "payload": None}], 4403, "Forbidden"),
        ([INIT, INIT], 4429, "Too many initialisation requests"),
        ([{"type": "connection_init", "payload": {"token": "crash"}}], 4500, "Internal server error"),
        (["x" * 2_000_000], 1009, "Message too big"),
    ],
)
async def test_what_breaks_the_rules_is_closed_with_its_code(
    server: Server, frames: list[Any], code: int, reason: str
) -> None:
    async with client(server.url) as breaking:
        for frame in frames:
            await breaking.socket.send(orjson.dumps(frame).decode() if isinstance(frame, dict) else frame)
        assert await breaking.closed() == (code, reason)


async def test_a_live_id_again_closes_with_4409(board: Client) -> None:
    await board.ask("1", "never")
    await board.ask("1", "never")
    assert await board.closed() == (4409, "Subscriber for 1 already exists")


async def test_who_does_not_begin_in_time_is_closed_with_4408(gateway: FakeGateway, feeds: Feeds) -> None:
    async with (
        serving(Sockets(gateway, feeds, Limits(init_seconds=0.05))) as server,
        client(server.url) as idle,
    ):
        assert await idle.closed() == (4408, "Connection initialisation timeout")


async def test_who_began_in_time_stays(gateway: FakeGateway, feeds: Feeds, account_id: UUID) -> None:
    async with (
        serving(Sockets(gateway, feeds, Limits(init_seconds=0.3))) as server,
        client(server.url) as quick,
        client(server.url) as idle,
    ):
        await quick.enter(account_id)
        assert (await idle.closed())[0] == 4408
        await quick.say(type="ping")
        assert await quick.hear() == {"type": "pong"}


@pytest.mark.parametrize("offered", [None, ["graphql-ws"], ["graphql-transport-ws2"], ["GRAPHQL-TRANSPORT-WS"]])
async def test_without_the_subprotocol_a_socket_is_closed_with_4406(server: Server, offered: Any) -> None:
    async with client(server.url, subprotocols=offered) as other:
        assert await other.closed() == (4406, "Subprotocol not acceptable")


async def test_the_subprotocol_is_chosen_among_several(server: Server) -> None:
    offered = [Subprotocol("graphql-ws"), Subprotocol("graphql-transport-ws"), Subprotocol("x")]
    async with client(server.url, subprotocols=offered) as one:
        assert one.socket.subprotocol == "graphql-transport-ws"


async def test_draining_closes_every_socket_with_1012_and_lets_nobody_in(
    server: Server, sockets: Boards, account_id: UUID, board: Client
) -> None:
    await board.ask("1")
    await board.told()
    async with client(server.url) as outside:
        await sockets.drain()
        assert await board.closed() == (1012, "Service restart")
        assert (await outside.closed())[0] == 1012
    assert len(sockets) == 0
    with pytest.raises(Exception, match="403"):
        async with connect(server.url, subprotocols=["graphql-transport-ws"], proxy=None):  # type: ignore[list-item]
            pass


class Deaf:
    """A client that asks for a feed and then reads nothing, with a small window."""

    def __init__(self, url: str) -> None:
        self.host, _, port = url.removeprefix("ws://").removesuffix("/graphql").partition(":")
        self.port = int(port)

    async def follow(self, account_id: UUID) -> None:
        self.socket = sockets_of_system.socket()
        self.socket.setsockopt(sockets_of_system.SOL_SOCKET, sockets_of_system.SO_RCVBUF, 4096)
        self.socket.setblocking(False)
        await asyncio.get_running_loop().sock_connect(self.socket, (self.host, self.port))
        self.client_context = connect(
            f"ws://{self.host}:{self.port}/graphql",
            sock=self.socket,
            subprotocols=["graphql-transport-ws"],  # type: ignore[list-item]
            compression=None,
            proxy=None,
            ping_interval=None,
            close_timeout=0.1,
        )
        self.client = Client(await self.client_context.__aenter__())
        await self.client.enter(account_id)
        await self.client.ask("1")
        await self.client.told()
        self.client.socket.transport.pause_reading()

    async def leave(self) -> None:
        self.client.socket.transport.abort()
        await self.client_context.__aexit__(None, None, None)


async def test_a_slow_reader_is_dropped_at_the_bound_and_the_others_go_on(
    server: Server, sockets: Boards, app: App, board: Client, account_id: UUID
) -> None:
    app.filler = 50_000
    await board.ask("1")
    await board.told()
    deaf = Deaf(server.url)
    await deaf.follow(account_id)
    assert len(sockets) == 2
    revision = 0
    async with asyncio.timeout(60):
        while len(sockets) == 2:
            revision = await happen(account_id)
            assert await board.told() == ("1", "Change", revision)
            assert all(connection._outbox.size <= 200_000 for connection in sockets._open)
    assert len(server.server_state.connections) == 1  # the transport is gone, not only the task
    await deaf.leave()
    async with client(server.url) as resumed:
        await resumed.enter(account_id)
        await resumed.ask("1", after=0)
        assert [await resumed.told() for _ in range(revision)] == [
            ("1", "Change", each) for each in range(1, revision + 1)
        ]
        assert await resumed.told() == ("1", "CaughtUp", revision)


async def test_a_replay_larger_than_the_bound_reaches_a_reader_who_reads(
    board: Client, app: App, account_id: UUID
) -> None:
    app.filler = 50_000
    await happen(account_id, 60)
    await board.ask("1", after=0)
    assert [await board.told() for _ in range(60)] == [("1", "Change", each) for each in range(1, 61)]
    assert await board.told() == ("1", "CaughtUp", 60)


async def test_who_reads_nothing_is_gone_after_the_grace_time_of_a_close(
    gateway: FakeGateway, app: App, feeds: Feeds, account_id: UUID
) -> None:
    app.filler = 50_000
    limits = Limits(outbox_bytes=100_000_000, grace_seconds=0.2)
    sockets: Boards = Sockets(gateway, feeds, limits)
    async with serving(sockets) as server:
        deaf = Deaf(server.url)
        await deaf.follow(account_id)
        async with asyncio.timeout(20):
            while not any(connection._outbox.size > 1_000_000 for connection in sockets._open):
                await happen(account_id)
        await sockets.drain()
        assert len(sockets) == 0
        await asyncio.sleep(0)
        assert not server.server_state.connections
        await deaf.leave()


async def test_who_reads_nothing_does_not_hold_up_the_servers_shutdown(
    gateway: FakeGateway, app: App, feeds: Feeds, account_id: UUID
) -> None:
    app.filler = 50_000
    sockets: Boards = Sockets(gateway, feeds, Limits(outbox_bytes=100_000_000, grace_seconds=0.2))
    async with serving(sockets) as server:
        deaf = Deaf(server.url)
        await deaf.follow(account_id)
        async with asyncio.timeout(20):
            while not any(connection._outbox.size > 1_000_000 for connection in sockets._open):
                await happen(account_id)
    assert not server.server_state.connections
    await deaf.leave()


async def test_a_flood_of_pings_without_reading_is_dropped(server: Server, sockets: Boards, account_id: UUID) -> None:
    deaf = Deaf(server.url)
    await deaf.follow(account_id)
    ping = orjson.dumps({"type": "ping", "payload": {"a": "x" * 100_000}}).decode()
    async with asyncio.timeout(60):
        while len(sockets) == 1:
            try:
                await deaf.client.socket.send(ping)
            except Exception:
                break
            await asyncio.sleep(0)
        await asyncio.gather(*sockets._open.values(), return_exceptions=True)
    assert len(sockets) == 0
    await deaf.leave()
