"""What a question costs: `python -m bench.reads [--deals 100000] [--leads 100000] [--seconds 5] [--only sqlite]`.

Three servers, each a process on one core, are asked the same over HTTP by 16 connections from the
other cores, one server at a time: Lejek (token lookup, rights and all), `limit` (a bare endpoint: one
hand-written statement whose JSON the database makes, no rights), and `stock` (Strawberry, Tortoise,
DataLoaders). CPU is of the server and of its database backends, in ms for each request; p50 and p99
are of what a client waits, with all connections busy. Needs Linux, and for PostgreSQL a server on this
machine on which databases may be made (LEJEK_BENCH_POSTGRES).
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import orjson

from bench.imports import POSTGRES, drop_postgres, new_postgres
from models import database
from models.database import dialect_of, postgres_url
from models.migrating import migrate
from resolvers import ids
from resolvers.tokens import make_token
from tests.many import Many, fill

CONNECTIONS = 16
TICK = os.sysconf("SC_CLK_TCK")
DEAL = "id title status value { amount currency } stage { name } person { name } organization { name }"
CARD = "id title value { amount currency } expectedCloseDate person { name } organization { name }"
QUESTIONS = {
    "by id": f"query ($id: ID!) {{ deal(id: $id) {{ {DEAL} }} }}",
    "board": f"""query ($id: ID!) {{ pipeline(id: $id) {{ stages {{ name totals {{ count value {{ amount currency }} }}
        deals(first: 50) {{ nodes {{ {CARD} }} }} }} }} }}""",
    "inbox": """{ leads(first: 100) { nodes { id title value { amount currency } person { name }
        organization { name } labels { name color } } } }""",
    "detail": """query ($id: ID!) { deal(id: $id) { title notes(first: 20) { nodes { body createdAt author { name } } }
        activities(first: 20) { nodes { subject dueAt assignee { name } } } } }""",
}


@dataclass
class Measured:
    """What a question cost one server."""

    requests: int
    seconds: float
    server: float
    base: float
    waits: list[float]

    @property
    def cost(self) -> float:
        """CPU ms of server and database for one request."""
        return (self.server + self.base) * 1000 / self.requests

    def line(self) -> str:
        """The figures, as the table shows them."""
        waits = sorted(self.waits)
        p50, p99 = (waits[int(len(waits) * part)] * 1000 for part in (0.5, 0.99))
        server, base = (each * 1000 / self.requests for each in (self.server, self.base))
        return f"{server:>8.2f} {base:>8.2f} {self.requests / self.seconds:>9.0f} {p50:>7.1f} {p99:>7.1f}"


def request_for(kind: str, question: str, many: Many, token: str) -> bytes:
    """One HTTP request, ready to be sent."""
    key, type_name = (many.pipeline_id, "Pipeline") if question == "board" else (many.deal_id, "Deal")
    if kind == "limit":
        return (
            f"POST /{question.replace(' ', '_')}?{key}&{many.account_id} HTTP/1.1\r\nhost: bench\r\n"
            "content-length: 0\r\n\r\n"
        ).encode()
    shown = ids.encode(type_name, key) if kind == "lejek" else str(key)
    variables = {"id": shown} if "$id" in QUESTIONS[question] else {}
    stock = QUESTIONS[question].replace("$id: ID!", "$id: String!") if kind == "stock" else QUESTIONS[question]
    body = orjson.dumps({"query": stock, "variables": variables})
    head = (
        "POST /graphql HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n"
        f"authorization: Bearer {token}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bytes:
    """Send a request, and read its answer."""
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0])
    body = await reader.readexactly(length)
    if not head.startswith(b"http/1.1 200") or b'"errors"' in body[:200]:
        raise RuntimeError(f"{head!r} {body[:500]!r}")
    return body


async def hammer(port: int, request: bytes, until: float) -> list[float]:
    """Ask again and again on one connection; how long each answer took."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    waits = []
    while (began := time.perf_counter()) < until:
        await ask(reader, writer, request)
        waits.append(time.perf_counter() - began)
    writer.close()
    return waits


def cpu(pid: int) -> float:
    """Seconds of CPU that a process has taken."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICK


async def backends(url: str) -> list[int]:
    """The processes of PostgreSQL that serve a database."""
    if dialect_of(url) == "sqlite":
        return []
    connection = await asyncpg.connect(postgres_url(url))
    rows = await connection.fetch(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await connection.close()
    return [row[0] for row in rows]


async def measure(url: str, server: Any, port: int, request: bytes, seconds: float) -> Measured:
    """Ask for so long, after warming up."""
    await asyncio.gather(*[hammer(port, request, time.perf_counter() + seconds / 4) for _ in range(CONNECTIONS)])
    pids = await backends(url)
    before, base = cpu(server.pid), sum(map(cpu, pids))
    began = time.perf_counter()
    waits = await asyncio.gather(*[hammer(port, request, began + seconds) for _ in range(CONNECTIONS)])
    took = time.perf_counter() - began
    every = [wait for each in waits for wait in each]
    return Measured(len(every), took, cpu(server.pid) - before, sum(map(cpu, pids)) - base, every)


def start(kind: str, url: str) -> tuple[Any, int]:
    """A server on a core of its own, and its port."""
    command = [sys.executable, "-m", "bench.reads", "--serve", kind, url]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    return server, int(server.stdout.readline())


def serve(kind: str, url: str) -> None:
    """In a process of its own: serve until stopped."""
    from app.asgi import create_app
    from app.server import bind, make_server
    from app.settings import Settings

    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    settings = Settings(database_url=url, port=0, log_level="error")
    if kind == "lejek":
        app: Any = create_app(settings)
    elif kind == "limit":
        from bench.reads_limit import Limit

        app = Limit(url)
    else:
        from bench.reads_stock import stock_app

        app = stock_app(url)
    bound = bind(settings)
    print(bound.getsockname()[1], flush=True)
    make_server(app, settings).run(sockets=[bound])


async def compare(url: str, many: Many, token: str, seconds: float, stock: bool) -> None:
    """Every question to every server."""
    results: dict[tuple[str, str], Measured] = {}
    for kind in ("limit", "lejek", *(["stock"] if stock else [])):
        server, port = start(kind, url)
        try:
            for question in QUESTIONS:
                request = request_for(kind, question, many, token)
                results[question, kind] = await measure(url, server, port, request, seconds)
        finally:
            server.terminate()
            server.wait()
    for (question, kind), measured in sorted(results.items()):
        limit = results[question, "limit"].cost
        ratio = f"{measured.cost / limit:>8.2f}x"
        gain = f"{results[question, 'stock'].cost / measured.cost:>8.1f}x" if stock else ""
        print(f"{dialect_of(url):<9} {question:<7} {kind:<6} {measured.line()} {ratio} {gain}")


async def prepare(url: str, deals: int, leads: int) -> tuple[Many, str]:
    """A migrated and filled database, and a token for its admin."""
    await migrate(url)
    many = await fill(url, deals, leads)
    await database.open_database(url)
    try:
        return many, await make_token(many.account_id, many.admin_id, "bench")
    finally:
        await database.close_database()


async def main(given: argparse.Namespace) -> None:
    """Both databases, one after the other."""
    print(
        f"{given.deals:,} deals, {given.leads:,} leads, {CONNECTIONS} connections, {given.seconds:g} s each\n"
        f"{'database':<9} {'asked':<7} {'server':<6} {'CPU ms':>8} {'database':>8} {'requests/s':>9} "
        f"{'p50 ms':>7} {'p99 ms':>7} {'of limit':>9} {'than stock':>9}"
    )
    with tempfile.TemporaryDirectory() as folder:
        for dialect in given.only or ("sqlite", "postgres"):
            name = await new_postgres() if dialect == "postgres" else None
            url = f"sqlite://{folder}/lejek.db" if name is None else f"{POSTGRES}/{name}"
            try:
                many, token = await prepare(url, given.deals, given.leads)
                await compare(url, many, token, given.seconds, not given.no_stock)
            finally:
                if name is not None:
                    await drop_postgres(name)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="What reads cost, beside the limit and the stock way.")
    parser.add_argument("--deals", type=int, default=100_000)
    parser.add_argument("--leads", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--only", action="append", choices=["sqlite", "postgres"])
    parser.add_argument("--no-stock", action="store_true", help="leave the stock way out")
    parser.add_argument("--serve", nargs=2, metavar=("KIND", "URL"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(*given.serve)
    else:
        asyncio.run(main(given))
