"""Asking a server over HTTP again and again, and what that costs it and its database."""

import argparse
import asyncio
import os
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import asyncpg
import orjson

from models.database import dialect_of, postgres_url

CONNECTIONS = 16
TICK = os.sysconf("SC_CLK_TCK")


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

    def waited(self, part: float) -> float:
        """What so large a part of the requests waited at most, in ms."""
        return sorted(self.waits)[int(len(self.waits) * part)] * 1000

    def line(self) -> str:
        """The figures, as the table shows them."""
        server, base = (each * 1000 / self.requests for each in (self.server, self.base))
        waited = f"{self.requests / self.seconds:>9.0f} {self.waited(0.5):>7.1f} {self.waited(0.99):>7.1f}"
        return f"{server:>8.2f} {base:>8.2f} {waited} {self.peak >> 20:>6}"


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bytes:
    """Send a request, and read its answer."""
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0])
    body = await reader.readexactly(length)
    if not head.startswith(b"http/1.1 200") or b'"errors"' in body[:200]:
        raise RuntimeError(f"{head!r} {body[:500]!r}")
    return body


async def hammer(port: int, request: bytes, until: float, rate: float | None = None, after: float = 0) -> list[float]:
    """Ask again and again on one connection, so often a second where a rate is given, the first time after so long.

    How long each answer took, from when it was due.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    waits = []
    due = time.perf_counter() + after
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
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND backend_type = 'client backend'"
    )
    await connection.close()
    return [row[0] for row in rows]


async def measure(
    url: str, server: Any, port: int, request: bytes, given: argparse.Namespace, rate: float | None = None
) -> Measured:
    """Ask for so long, after warming up; of the rounds, the one that cost the median."""
    await asyncio.gather(*[hammer(port, request, time.perf_counter() + given.seconds / 4) for _ in range(CONNECTIONS)])
    pids = await backends(url)
    rounds = [await _round(server, pids, port, request, given, rate) for _ in range(given.rounds)]
    middle = median([each.cost for each in rounds])
    return min(rounds, key=lambda each: abs(each.cost - middle))


async def _round(
    server: Any, pids: list[int], port: int, request: bytes, given: argparse.Namespace, rate: float | None
) -> Measured:
    before, base = cpu(server.pid), sum(map(cpu, pids))
    began = time.perf_counter()
    until = began + given.seconds / given.rounds
    if rate is None:
        asking = [hammer(port, request, until) for _ in range(CONNECTIONS)]
    else:  # one connection after the other, so that the rate is even
        asking = [hammer(port, request, until, rate / CONNECTIONS, turn / rate) for turn in range(CONNECTIONS)]
    waits = await asyncio.gather(*asking)
    took = time.perf_counter() - began
    every = [wait for each in waits for wait in each]
    spent, spent_below = cpu(server.pid) - before, sum(map(cpu, pids)) - base
    return Measured(len(every), took, spent, spent_below, every, peak(server.pid))


async def data_of(port: int, request: bytes) -> Any:
    """What a server answers to one request."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    body = await ask(reader, writer, request)
    writer.close()
    return orjson.loads(body)
