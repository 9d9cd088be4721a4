"""What a question costs: `python -m bench.reads [--deals 100000] [--leads 100000] [--seconds 5] [--only sqlite]`.

Three servers, each a process on one core, are asked the same over HTTP by 16 connections from the
other cores, one server at a time: Lejek (token, rights and all), `limit` (a bare Starlette endpoint:
one hand-written statement whose JSON the database makes, no rights), and `stock` (Strawberry,
Tortoise, DataLoaders). That the first two answer the same data is checked. CPU is of the server and
of its database backends, in ms for each request, the median of several rounds; p50 and p99 are of
what a client waits, with all connections busy, or with `--rate` asked so often a second; RSS is the
server's at its most. Needs Linux, and for PostgreSQL a server on this machine on which databases may
be made (LEJEK_BENCH_POSTGRES). How costs grow is told by `bench.growth`.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson

from bench.imports import POSTGRES, drop_postgres, new_postgres
from bench.load import CONNECTIONS, Measured, data_of, measure
from models import database
from models.database import dialect_of
from models.migrating import migrate
from resolvers import ids
from resolvers.tokens import make_token
from tests.many import Many, fill

DEAL = "id title status value { amount currency } stage { name } person { name } organization { name }"
CARD = "id title value { amount currency } expectedCloseDate person { name } organization { name }"
TEXTS = {
    "by id": f"query ($id: ID!) {{ deal(id: $id) {{ {DEAL} }} }}",
    "board": f"""query ($id: ID!) {{ pipeline(id: $id) {{ stages {{ name totals {{ count value {{ amount currency }} }}
        deals(first: FIRST) {{ nodes {{ {CARD} }} }} }} }} }}""",
    "inbox": """{ leads(first: FIRST) { nodes { id title value { amount currency } person { name }
        organization { name } labels { name color } } } }""",
    "detail": """query ($id: ID!) { deal(id: $id) { title notes(first: 20) { nodes { body createdAt author { name } } }
        activities(first: 20) { nodes { subject dueAt assignee { name } } } } }""",
    "count": "{ leads { totalCount } }",
}


@dataclass(frozen=True)
class Question:
    """Something to ask: of so many leads, or of so many deals of each stage."""

    name: str
    first: int = 0

    @property
    def text(self) -> str:
        """Its document."""
        return TEXTS[self.name].replace("FIRST", str(self.first))


@dataclass(frozen=True)
class Filled:
    """A database full of rows, and a token for the admin of what is in it."""

    url: str
    many: Many
    token: str


Results = dict[tuple[Question, str], Measured]
QUESTIONS = [Question("by id"), Question("board", 50), Question("inbox", 100), Question("detail")]


def request_for(kind: str, question: Question, many: Many, token: str) -> bytes:
    """One HTTP request, ready to be sent."""
    text = question.text
    key, type_name = (many.pipeline_id, "Pipeline") if question.name == "board" else (many.deal_id, "Deal")
    variables = {} if "$id" not in text else {"id": str(key) if kind == "stock" else ids.encode(type_name, key)}
    text = text.replace("$id: ID!", "$id: String!") if kind == "stock" else text
    body = orjson.dumps({"query": text, "variables": variables})
    path = f"{question.name.replace(' ', '_')}/{question.first}" if kind == "limit" else "graphql"
    head = (
        f"POST /{path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n"
        f"authorization: Bearer {token}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


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


async def measure_all(
    at: Filled, kinds: Sequence[str], questions: Sequence[Question], given: argparse.Namespace, rate: float | None
) -> Results:
    """Every question to every server. Raises RuntimeError where the first two answer other data."""
    results: Results = {}
    answers: dict[Question, Any] = {}
    for kind in kinds:
        server, port = start(kind, at.url, at.many)
        try:
            for question in questions:
                request = request_for(kind, question, at.many, at.token)
                answer = await data_of(port, request)
                if kind == "lejek" and answers[question] != answer:
                    raise RuntimeError(f"the limit answers other data to {question}")
                answers.setdefault(question, answer)
                results[question, kind] = await measure(at.url, server, port, request, given, rate)
        finally:
            server.terminate()
            server.wait()
    return results


async def compare(at: Filled, given: argparse.Namespace) -> None:
    """The three servers, beside each other."""
    kinds = ["limit", "lejek", *([] if given.no_stock else ["stock"])]
    results = await measure_all(at, kinds, QUESTIONS, given, given.rate)
    for question in QUESTIONS:
        for kind in kinds:
            measured = results[question, kind]
            ratio = f"{measured.cost / results[question, 'limit'].cost:>8.2f}x"
            gain = "" if given.no_stock else f"{results[question, 'stock'].cost / measured.cost:>8.1f}x"
            print(f"{dialect_of(at.url):<9} {question.name:<7} {kind:<6} {measured.line()} {ratio} {gain}")


@asynccontextmanager
async def filled(dialect: str, deals: int, leads: int, in_stage: int = 700) -> AsyncIterator[Filled]:
    """A database of its own, migrated and filled, and dropped afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        name = await new_postgres() if dialect == "postgres" else None
        url = f"sqlite://{folder}/lejek.db" if name is None else f"{POSTGRES}/{name}"
        try:
            await migrate(url)
            many = await fill(url, deals, leads, in_stage)
            yield Filled(url, many, await _token_for(url, many))
        finally:
            if name is not None:
                await drop_postgres(name)


async def _token_for(url: str, many: Many) -> str:
    await database.open_database(url)
    try:
        return await make_token(many.account_id, many.admin_id, "bench")
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
    for dialect in given.only or ("sqlite", "postgres"):
        async with filled(dialect, given.deals, given.leads) as at:
            await compare(at, given)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="What reads cost, beside the limit and the stock way.")
    parser.add_argument("--deals", type=int, default=100_000)
    parser.add_argument("--leads", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3, help="of which the median is told")
    parser.add_argument("--rate", type=float, help="ask so often a second, instead of as often as is answered")
    parser.add_argument("--only", action="append", choices=["sqlite", "postgres"])
    parser.add_argument("--no-stock", action="store_true", help="leave the stock way out")
    parser.add_argument("--serve", nargs=3, metavar=("KIND", "URL", "ACCOUNT"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(*given.serve)
    else:
        asyncio.run(main(given))
