"""What a question costs: `python -m bench.reads [--deals 100000] [--leads 100000] [--seconds 5] [--only sqlite]`.

Three servers, each a process on one core, are asked the same over HTTP by 16 connections from the
other cores, one server at a time: Lejek (token, rights and all), `limit` (a bare Starlette endpoint:
one hand-written statement whose JSON the database makes, no rights), and `stock` (Strawberry,
Tortoise, DataLoaders). That the first two answer the same data is checked. CPU is of the server and
of its database backends, in ms for each request, the median of several rounds; p50 and p99 are of
what a client waits, with all connections busy, or with `--rate` asked so often a second; RSS is the
server's at its most. `--rows` asks for more and more rows; give `--deals` and `--leads` for larger
tables. Needs Linux, and for PostgreSQL a server on this machine on which databases may be made
(LEJEK_BENCH_POSTGRES).
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
from statistics import median
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
    peak: int  # bytes

    @property
    def cost(self) -> float:
        """CPU ms of server and database for one request."""
        return (self.server + self.base) * 1000 / self.requests

    def line(self) -> str:
        """The figures, as the table shows them."""
        waits = sorted(self.waits)
        p50, p99 = (waits[int(len(waits) * part)] * 1000 for part in (0.5, 0.99))
        server, base = (each * 1000 / self.requests for each in (self.server, self.base))
        waited = f"{self.requests / self.seconds:>9.0f} {p50:>7.1f} {p99:>7.1f}"
        return f"{server:>8.2f} {base:>8.2f} {waited} {self.peak >> 20:>6}"


def request_for(kind: str, question: str, many: Many, token: str) -> bytes:
    """One HTTP request, ready to be sent."""
    text = QUESTIONS.get(question, question)
    key, type_name = (many.pipeline_id, "Pipeline") if "pipeline(" in text else (many.deal_id, "Deal")
    variables = {} if "$id" not in text else {"id": str(key) if kind == "stock" else ids.encode(type_name, key)}
    text = text.replace("$id: ID!", "$id: String!") if kind == "stock" else text
    body = orjson.dumps({"query": text, "variables": variables})
    path = question.replace(" ", "_") if kind == "limit" else "graphql"
    head = (
        f"POST /{path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n"
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


async def hammer(port: int, request: bytes, until: float, rate: float | None = None) -> list[float]:
    """Ask again and again on one connection, so often a second where a rate is given.

    How long each answer took, from when it was due.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    waits = []
    due = time.perf_counter()
    while due < until:
        await asyncio.sleep(due - time.perf_counter())
        await ask(reader, writer, request)
        waits.append(time.perf_counter() - due)
        due = time.perf_counter() if rate is None else due + 1 / rate
    writer.close()
    return waits


def peak(pid: int) -> int:
    """The most memory that a process has had resident, in bytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


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


async def measure(url: str, server: Any, port: int, request: bytes, given: argparse.Namespace) -> Measured:
    """Ask for so long, after warming up; of the rounds, the one that cost the median."""
    await asyncio.gather(*[hammer(port, request, time.perf_counter() + given.seconds / 4) for _ in range(CONNECTIONS)])
    pids = await backends(url)
    rounds = [await _round(server, pids, port, request, given) for _ in range(given.rounds)]
    middle = median([each.cost for each in rounds])
    return min(rounds, key=lambda each: abs(each.cost - middle))


async def _round(server: Any, pids: list[int], port: int, request: bytes, given: argparse.Namespace) -> Measured:
    rate = None if given.rate is None else given.rate / CONNECTIONS
    before, base = cpu(server.pid), sum(map(cpu, pids))
    began = time.perf_counter()
    until = began + given.seconds / given.rounds
    waits = await asyncio.gather(*[hammer(port, request, until, rate) for _ in range(CONNECTIONS)])
    took = time.perf_counter() - began
    every = [wait for each in waits for wait in each]
    spent, spent_below = cpu(server.pid) - before, sum(map(cpu, pids)) - base
    return Measured(len(every), took, spent, spent_below, every, peak(server.pid))


def start(kind: str, url: str, many: Many) -> tuple[Any, int]:
    """A server on a core of its own, and its port."""
    command = [sys.executable, "-m", "bench.reads", "--serve", kind, url, str(many.account_id)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    return server, int(server.stdout.readline())


def serve(kind: str, url: str, account_id: str) -> None:
    """In a process of its own: serve until stopped."""
    from app.asgi import create_app
    from app.server import bind, make_server, settle
    from app.settings import Settings

    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    settings = Settings(database_url=url, port=0, log_level="error")
    if kind == "lejek":
        app: Any = create_app(settings)
    elif kind == "limit":
        from bench.reads_limit import limit_app

        app = limit_app(url, account_id)
    else:
        from bench.reads_stock import stock_app

        app = stock_app(url)
    bound = bind(settings)
    print(bound.getsockname()[1], flush=True)
    make_server(app, settings, settle).run(sockets=[bound])


async def data_of(port: int, request: bytes) -> Any:
    """What a server answers to one request."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    body = await ask(reader, writer, request)
    writer.close()
    return orjson.loads(body)


async def compare(url: str, many: Many, token: str, given: argparse.Namespace) -> None:
    """Every question to every server."""
    results: dict[tuple[str, str], Measured] = {}
    answers: dict[str, Any] = {}
    stock = not given.no_stock
    for kind in ("limit", "lejek", *(["stock"] if stock else [])):
        server, port = start(kind, url, many)
        try:
            for question in QUESTIONS:
                request = request_for(kind, question, many, token)
                answer = await data_of(port, request)
                if kind == "lejek" and answers[question] != answer:
                    raise RuntimeError(f"the limit answers other data to {question}")
                answers.setdefault(question, answer)
                results[question, kind] = await measure(url, server, port, request, given)
        finally:
            server.terminate()
            server.wait()
    for (question, kind), measured in sorted(results.items()):
        limit = results[question, "limit"].cost
        ratio = f"{measured.cost / limit:>8.2f}x"
        gain = f"{results[question, 'stock'].cost / measured.cost:>8.1f}x" if stock else ""
        print(f"{dialect_of(url):<9} {question:<7} {kind:<6} {measured.line()} {ratio} {gain}")


async def grow(url: str, many: Many, token: str, given: argparse.Namespace) -> None:
    """Lejek alone, asked for more and more rows: of one list, and of a board's seven."""
    server, port = start("lejek", url, many)
    try:
        for first, rows in ((10, 10), (100, 100), (143, 1_001)):
            cards = f"deals(first: {first}) {{ nodes {{ {CARD} }} }}"
            board = f"query ($id: ID!) {{ pipeline(id: $id) {{ stages {{ {cards} }} }} }}"
            request = request_for("lejek", board if rows > first else f"{{ {cards} }}", many, token)
            measured = await measure(url, server, port, request, given)
            print(f"{dialect_of(url):<9} {rows:>5,} rows    {measured.line()}")
    finally:
        server.terminate()
        server.wait()


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
        f"{given.deals:,} deals, {given.leads:,} leads, {CONNECTIONS} connections, {given.seconds:g} s each"
        f"{'' if given.rate is None else f', {given.rate:g} a second'}\n"
        f"{'database':<9} {'asked':<7} {'server':<6} {'CPU ms':>8} {'database':>8} {'requests/s':>9} "
        f"{'p50 ms':>7} {'p99 ms':>7} {'RSS MB':>6} {'of limit':>9} {'than stock':>9}"
    )
    with tempfile.TemporaryDirectory() as folder:
        for dialect in given.only or ("sqlite", "postgres"):
            name = await new_postgres() if dialect == "postgres" else None
            url = f"sqlite://{folder}/lejek.db" if name is None else f"{POSTGRES}/{name}"
            try:
                many, token = await prepare(url, given.deals, given.leads)
                await (grow if given.rows else compare)(url, many, token, given)
            finally:
                if name is not None:
                    await drop_postgres(name)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="What reads cost, beside the limit and the stock way.")
    parser.add_argument("--deals", type=int, default=100_000)
    parser.add_argument("--leads", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3, help="of which the median is told")
    parser.add_argument("--rate", type=float, help="ask so often a second, instead of as often as is answered")
    parser.add_argument("--rows", action="store_true", help="ask Lejek for 10, 100 and 1,001 rows")
    parser.add_argument("--only", action="append", choices=["sqlite", "postgres"])
    parser.add_argument("--no-stock", action="store_true", help="leave the stock way out")
    parser.add_argument("--serve", nargs=3, metavar=("KIND", "URL", "ACCOUNT"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(*given.serve)
    else:
        asyncio.run(main(given))
