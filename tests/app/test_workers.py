"""Several processes on one port: `lejek serve --workers`."""

import asyncio
import json
import os
import re
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.server import PortTaken, bind, reserve
from app.settings import Settings
from app.workers import Supervisor, WorkerFailed
from tests.app.test_cli import lejek, make_user, served

pytestmark = pytest.mark.slow

COUNT = 2


class Log:
    """What a server has said, line by line."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        self.lines: list[str] = []
        self._stream = process.stderr

    async def pids(self, words: str, count: int = 1) -> list[int]:
        """The processes that the next lines with these words tell of."""
        found: list[int] = []
        async with asyncio.timeout(60):
            while len(found) < count:
                line = (await self._stream.readline()).decode()
                assert line, self.lines
                self.lines.append(line)
                if words in line and (pid := re.search(r"pid=(\d+)", line)):
                    found.append(int(pid[1]))
        return found


@asynccontextmanager
async def running(url: str, folder: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, str, Log, list[int]]]:
    """A server of several workers: the supervisor, the address, what it logs, and its workers."""
    options = ["--workers", str(COUNT), "--no-demo", "--database-url", url]
    async with served(*options, LEJEK_DATA_DIR=str(folder)) as (process, address):
        log = Log(process)
        yield process, address, log, await log.pids("a worker serves", COUNT)


@asynccontextmanager
async def sockets(url: str, address: str, count: int) -> AsyncIterator[list[ClientConnection]]:
    """So many open sockets of one user."""
    await make_user(url)
    code, token, errors = await lejek("token", "anna@example.com", "--database-url", url)
    assert code == 0, errors
    opened = []
    protocols: Any = ["graphql-transport-ws"]
    async with AsyncExitStack() as stack:
        for _ in range(count):
            socket = await stack.enter_async_context(
                connect(f"{address.replace('http', 'ws')}/graphql", subprotocols=protocols)
            )
            await socket.send(json.dumps({"type": "connection_init", "payload": {"token": token.strip()}}))
            assert await socket.recv() == '{"type":"connection_ack"}'
            opened.append(socket)
        yield opened


async def closed_with(socket: ClientConnection) -> int | None:
    """The code that a socket is closed with."""
    with pytest.raises(ConnectionClosed) as closed:
        await asyncio.wait_for(socket.recv(), 60)
    return None if closed.value.rcvd is None else closed.value.rcvd.code


async def test_workers_share_a_port_and_are_drained_together(sqlite_url: str, tmp_path: Path) -> None:
    async with running(sqlite_url, tmp_path) as (process, address, log, _):
        async with sockets(sqlite_url, address, 8) as opened:
            process.send_signal(signal.SIGTERM)
            assert {await closed_with(socket) for socket in opened} == {1012}
        assert await asyncio.wait_for(process.wait(), 60) == 0
        assert process.stderr is not None
        said = "".join(log.lines) + (await process.stderr.read()).decode()
        assert "no Redis" in said and "Traceback" not in said and "died" not in said


async def test_a_worker_that_dies_is_replaced_and_the_others_serve_on(sqlite_url: str, tmp_path: Path) -> None:
    async with running(sqlite_url, tmp_path) as (process, address, log, pids):
        os.kill(pids[0], signal.SIGKILL)
        assert await log.pids("a worker died") == [pids[0]]
        async with httpx.AsyncClient(timeout=30) as http:
            assert (await http.get(f"{address}/readyz")).json() == {"status": "ready"}
        [again] = await log.pids("a worker serves")
        os.kill(pids[1], signal.SIGKILL)
        assert await log.pids("a worker died") == [pids[1]]
        async with httpx.AsyncClient(timeout=30) as http:
            assert (await http.get(f"{address}/readyz")).json() == {"status": "ready"}
        assert again not in pids and process.returncode is None


async def test_workers_end_gently_when_their_supervisor_is_killed(sqlite_url: str, tmp_path: Path) -> None:
    async with running(sqlite_url, tmp_path) as (process, address, _, _):
        async with sockets(sqlite_url, address, 8) as opened:
            process.kill()
            assert {await closed_with(socket) for socket in opened} == {1012}
        assert process.stderr is not None
        await asyncio.wait_for(process.stderr.read(), 60)  # ends with the last process that could write to it


async def test_workers_that_cannot_start_are_not_tried_for_ever() -> None:
    with bind(Settings(port=0)) as taken:
        settings = Settings(port=taken.getsockname()[1])
        with pytest.raises(ExceptionGroup) as failed:
            await Supervisor(COUNT, settings).run(lambda: pytest.fail("nothing can serve there"))
    assert failed.value.subgroup(WorkerFailed) is not None


@pytest.mark.parametrize("is_shared", [True, False])
def test_workers_share_with_nobody_else(is_shared: bool) -> None:
    with reserve(Settings(port=0)) as reserved:
        settings = Settings(port=reserved.getsockname()[1])
        with bind(settings, shared=True), pytest.raises(PortTaken, match="--port"):
            reserve(settings) if is_shared else bind(settings)
