"""How fast and how cheaply open boards are told, beside the limit: a broadcast of ready bytes.

    ./run bench live [--sockets 1000 5000 10000] [--changes 20] [--groups 1] [--slow 0]
    ./run bench live --memory 10000

`--groups N` has the sockets ask in N different ways, so that each change is executed N times;
`--slow P` has P percent of them stop reading, and takes the times of the others. `--memory N`
prints the server's memory over N changes to 100 sockets.

Each row is one run. A server on one core has that many sockets subscribed to one board; a light
client on the other core counts what arrives. After each change of the board, the time from
sending the command to each socket's receipt is taken. `broadcast` is the same with a server that
hands the same bytes to `websockets.broadcast`. CPU is the server process's alone, by the kernel's
account, divided by the messages delivered, by the sockets connected (upgraded, and for Lejek known
by their tokens) and by the boards subscribed to. Everything listens on 127.0.0.1.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.load import cpu

TOKEN = "bench"
AT_ONCE = 200  # sockets that connect or subscribe at a time
GREETING = json.dumps({"type": "connection_init", "payload": {"token": TOKEN}}).encode()
BOARD = """
subscription Board($pipelineId: ID!) {
  %s: pipelineChanged(pipelineId: $pipelineId) {
    __typename revision
    stages { id totals { count value { amount currency } } }
    ... on DealMoved { deal { id title value { amount currency } person { name } } fromStage { id } toStage { id } }
  }
}
"""


@dataclass
class Result:
    """One run: seconds to receipts, server CPU a message, memory a socket, and what the two steps before took."""

    name: str
    sockets: int
    groups: int
    receipts: list[float]
    cpu: float
    kib: float
    connecting: "Step"
    subscribing: "Step | None"

    def row(self, limit: "Result | None") -> str:
        """The run as a line of the table, with its CPU beside the limit's."""
        ordered = sorted(self.receipts)
        at = [1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.99, 1)]
        ratio = f"{self.cpu / limit.cpu:6.2f}" if limit else "     -"
        return (
            f"{self.name:<10}{self.sockets:>8}{self.groups:>7}{at[0]:>9.0f}{at[1]:>9.0f}{at[2]:>9.0f}"
            f"{1e6 * self.cpu:>10.1f}{ratio}{self.kib:>9.1f}{self.connecting}{self.subscribing or ''}"
        )


@dataclass
class Step:
    """What so many sockets took together, in seconds by the clock and of the server's CPU."""

    sockets: int
    seconds: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.sockets / self.seconds:>10.0f}{1e6 * self.cpu / self.sockets:>12.0f}"


HEAD = (
    f"{'':<10}{'sockets':>8}{'groups':>7}{'p50 ms':>9}{'p99 ms':>9}{'max ms':>9}"
    f"{'CPU µs':>10} ratio{'KiB':>9}{'conn/s':>10}{'CPU µs/conn':>12}{'subscr/s':>10}{'CPU µs/sub':>12}"
)


class Counter(asyncio.Protocol):
    """A WebSocket client that reads frame headers only, notes when each message came, and answers pings."""

    def __init__(self, greeting: bytes, on_message: Callable[[float], None]) -> None:
        self._greeting = greeting
        self._on_message = on_message
        self._buffer = bytearray()
        self._handshaken = False

    def connection_made(self, transport: Any) -> None:
        """Ask to be upgraded."""
        self._transport = transport
        transport.write(
            b"GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
        )

    def data_received(self, data: bytes) -> None:
        """Count whole frames of text."""
        buffer = self._buffer
        buffer += data
        if not self._handshaken:
            end = buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            del buffer[: end + 4]
            self._handshaken = True
            if self._greeting:
                self._transport.write(_masked(self._greeting))
        now = time.perf_counter()
        while (frame := _frame(buffer)) is not None:
            start, length = frame
            if buffer[0] & 0x0F == 1:
                self._on_message(now)
            elif buffer[0] & 0x0F == 9:
                self._transport.write(bytes((0x8A, 0x80 | length)) + bytes(4) + buffer[start : start + length])
            del buffer[: start + length]


def _frame(buffer: bytearray) -> tuple[int, int] | None:
    if len(buffer) < 2:
        return None
    start, length = 2, buffer[1] & 0x7F
    if length > 125:
        start = 4 if length == 126 else 10
        if len(buffer) < start:
            return None
        length = int.from_bytes(buffer[2:start], "big")
    return (start, length) if len(buffer) >= start + length else None


def _masked(text: bytes) -> bytes:
    """A text frame with a mask of zeros, which leaves the text as it is."""
    head = bytes([0x81, 0x80 | len(text)]) if len(text) < 126 else b"\x81\xfe" + len(text).to_bytes(2, "big")
    return head + bytes(4) + text


class Crowd:
    """Many counting sockets, and how many messages have come to them all."""

    def __init__(self) -> None:
        self.count = 0
        self.times: list[float] = []
        self._wanted = 0
        self._reached = asyncio.Event()
        self._transports: list[Any] = []

    async def connect(self, port: int, sockets: int, greeting: bytes) -> float:
        """Open sockets, some at a time; answers the seconds until each had the answer to its greeting."""
        loop, begun = asyncio.get_running_loop(), time.perf_counter()
        for first in range(0, sockets, AT_ONCE):
            some = range(first, min(first + AT_ONCE, sockets))
            made = [
                loop.create_connection(partial(Counter, greeting, self._on_message), "127.0.0.1", port) for _ in some
            ]
            self._transports += [transport for transport, _ in await asyncio.gather(*made)]
            await self.reach(some.stop)  # the ack, or the limit's hello
        return time.perf_counter() - begun

    async def say(self, text: Callable[[int], bytes]) -> float:
        """Have each socket n say `text(n)`, some at a time; answers the seconds until each was answered."""
        begun, have = time.perf_counter(), self.count
        for first in range(0, len(self._transports), AT_ONCE):
            for number, transport in enumerate(self._transports[first : first + AT_ONCE], first):
                transport.write(_masked(text(number)))
            await self.reach(have + min(first + AT_ONCE, len(self._transports)))
        return time.perf_counter() - begun

    def _on_message(self, now: float) -> None:
        self.count += 1
        self.times.append(now)
        if self.count >= self._wanted:
            self._reached.set()

    async def reach(self, count: int, seconds: float = 120) -> None:
        """Wait until so many messages have come in all."""
        self._wanted = count
        if self.count < count:
            self._reached.clear()
            async with asyncio.timeout(seconds):
                await self._reached.wait()

    def pause(self, count: int) -> None:
        """Stop reading on so many sockets."""
        for transport in self._transports[:count]:
            transport.pause_reading()

    def close(self) -> None:
        """Drop every socket."""
        for transport in self._transports:
            transport.abort()


def serve_lejek(url: str, ready: Any) -> None:
    """A real server on one core; sends its port and what to subscribe to."""
    os.sched_setaffinity(0, {0})
    os.environ.update(LEJEK_DATABASE_URL=url, LEJEK_LOG_LEVEL="error", LEJEK_PORT="0", LEJEK_TOKEN_CONNECTIONS="20000")
    import uvicorn

    from app.asgi import create_app
    from app.logs import set_up_logs
    from app.server import bind, make_server, settle
    from app.settings import Settings
    from models.migrating import migrate

    async def run() -> None:
        settings = Settings()
        set_up_logs(settings.logs, settings.log_level)
        await migrate(url)
        told = await _fill(url)
        bound = bind(settings)
        ready.send({"port": bound.getsockname()[1], **told})
        await make_server(create_app(settings), settings, settle).serve(sockets=[bound])

    with asyncio.Runner(loop_factory=uvicorn.Config("", log_config=None).get_loop_factory()) as runner:
        runner.run(run())


async def _fill(url: str) -> dict[str, Any]:
    from models import database
    from resolvers.tokens import make_token
    from tests import given

    await database.open_database(url)
    company = await given.company()
    person = await given.person(company.admin)
    deals = [
        await given.deal(
            company.admin, company.stages[0], f"Deal {n}", person_id=person.id, value_minor=100 * n, currency="PLN"
        )
        for n in range(50)
    ]
    await make_token(company.id, company.admin.id, "bench", TOKEN)
    await database.close_database()
    return {
        "pipeline": f"pipeline_{company.pipeline.id.hex}",
        "deal": f"deal_{deals[0].id.hex}",
        "stages": [f"stage_{stage.id.hex}" for stage in company.stages],
    }


def serve_broadcast(size: int, ready: Any) -> None:
    """The limit: a server that hands ready bytes to all its sockets, whenever it is told to."""
    os.sched_setaffinity(0, {0})
    from websockets.asyncio.server import ServerConnection, broadcast, serve

    async def run() -> None:
        connections: set[ServerConnection] = set()

        async def handle(connection: ServerConnection) -> None:
            connections.add(connection)
            await connection.send("hello")
            await connection.wait_closed()
            connections.discard(connection)

        options: Any = {"compression": None, "subprotocols": ["graphql-transport-ws"], "ping_interval": None}
        async with serve(handle, "127.0.0.1", 0, backlog=4096, **options) as server:
            loop = asyncio.get_running_loop()

            def tell() -> None:
                ready.recv()
                broadcast(connections, "x" * size)

            loop.add_reader(ready.fileno(), tell)
            ready.send({"port": next(iter(server.sockets)).getsockname()[1]})
            await server.serve_forever()

    asyncio.run(run())


class Server:
    """A server in a process of its own."""

    def __init__(self, target: Callable[..., None], argument: Any) -> None:
        self.pipe, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("spawn").Process(
            target=target, args=(argument, theirs), daemon=True
        )
        self._process.start()
        self.told = self.pipe.recv()

    @property
    def cpu(self) -> float:
        """Seconds of CPU so far."""
        assert self._process.pid is not None
        return cpu(self._process.pid)

    @property
    def kib(self) -> int:
        """Resident memory."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0])

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()


def move(told: dict[str, Any], number: int) -> None:
    """Move the deal to the next stage."""
    stage = told["stages"][1 + number % 2]
    query = "mutation M($d: ID!, $s: ID!) { moveDeal(input: {id: $d, stageId: $s}) { errors { message } } }"
    body = json.dumps({"query": query, "variables": {"d": told["deal"], "s": stage}}).encode()
    headers = {"content-type": "application/json", "authorization": f"Bearer {TOKEN}"}
    request = urllib.request.Request(f"http://127.0.0.1:{told['port']}/graphql", body, headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert not json.load(answer)["data"]["moveDeal"]["errors"]


def subscribing(told: dict[str, Any], groups: int) -> Callable[[int], bytes]:
    """What socket n says to subscribe to the board in one of so many ways."""

    def text(number: int) -> bytes:
        payload = {"query": BOARD % f"board{number % groups}", "variables": {"pipelineId": told["pipeline"]}}
        return json.dumps({"id": "1", "type": "subscribe", "payload": payload}).encode()

    return text


async def measure(
    name: str,
    server: Server,
    sockets: int,
    groups: int,
    changes: int,
    act: Callable[[int], None],
    greeting: bytes = b"",
    subscribe: Callable[[int], bytes] | None = None,
    slow: int = 0,
) -> Result:
    """Connect a crowd, make changes one after another, and account for both."""
    crowd, loop = Crowd(), asyncio.get_running_loop()
    before, begun = server.kib, server.cpu
    seconds = await crowd.connect(server.told["port"], sockets, greeting)
    connected = Step(sockets, seconds, server.cpu - begun)
    subscribed = None
    if subscribe:
        begun = server.cpu
        seconds = await crowd.say(subscribe)
        subscribed = Step(sockets, seconds, server.cpu - begun)
    kib = (server.kib - before) / sockets
    have = crowd.count
    await loop.run_in_executor(None, act, 0)  # the first one warms up
    await crowd.reach(have + sockets)
    crowd.pause(slow)
    receipts: list[float] = []
    begun_cpu = server.cpu
    for number in range(1, changes + 1):
        have, crowd.times = crowd.count, []
        begun = time.perf_counter()
        await loop.run_in_executor(None, act, number)
        await crowd.reach(have + sockets - slow)
        receipts += [moment - begun for moment in crowd.times]
    cpu = (server.cpu - begun_cpu) / (changes * sockets)
    crowd.close()
    return Result(name, sockets, groups, receipts, cpu, kib, connected, subscribed)


async def run(sockets: int, groups: int, changes: int, slow: int) -> tuple[Result, Result]:
    """The limit and Lejek, one after the other."""
    limit = Server(serve_broadcast, 420)
    ready = await measure("broadcast", limit, sockets, 1, changes, lambda _: limit.pipe.send(None))
    limit.stop()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(serve_lejek, f"sqlite://{folder}/lejek.sqlite")
        told = server.told
        ours = await measure(
            "Lejek", server, sockets, groups, changes, partial(move, told), GREETING, subscribing(told, groups), slow
        )
        server.stop()
    return ready, ours


async def watch_memory(changes: int) -> None:
    """Print the server's memory while so many changes are told to 100 sockets."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(serve_lejek, f"sqlite://{folder}/lejek.sqlite")
        crowd, loop, sockets = Crowd(), asyncio.get_running_loop(), 100
        await crowd.connect(server.told["port"], sockets, GREETING)
        await crowd.say(subscribing(server.told, 1))
        for number in range(changes + 1):
            if number % max(1, changes // 5) == 0:
                print(f"after {number:>6} changes {server.kib / 1024:8.1f} MiB", flush=True)
            have, crowd.times = crowd.count, []
            await loop.run_in_executor(None, move, server.told, number)
            await crowd.reach(have + sockets)
        crowd.close()
        server.stop()


def main() -> None:
    """Run what was asked for, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sockets", type=int, nargs="+", default=[1000, 5000, 10_000])
    parser.add_argument("--groups", type=int, default=1)
    parser.add_argument("--changes", type=int, default=20)
    parser.add_argument("--slow", type=float, default=0, help="percent of the sockets")
    parser.add_argument("--memory", type=int, default=0, help="changes; prints memory only")
    given = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, set(range(1, os.cpu_count() or 1)))
    if given.memory:
        return asyncio.run(watch_memory(given.memory))
    print(HEAD)
    for sockets in given.sockets:
        limit, ours = asyncio.run(run(sockets, given.groups, given.changes, int(sockets * given.slow / 100)))
        print(limit.row(None))
        print(ours.row(limit), flush=True)


if __name__ == "__main__":
    main()
