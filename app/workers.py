"""Several processes on one port: a supervisor starts them, starts those that died again, and ends them together.

Each worker takes the port for itself, with SO_REUSEPORT, so that the kernel spreads connections
over them evenly. A line between the supervisor and each worker carries one word, that the worker
is ready; then each waits at it for the other's end.
"""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, Process, create_subprocess_exec
from collections.abc import Callable
from contextlib import suppress

import structlog

from app.server import Server, bind, make_server, settle
from app.settings import Settings

STEADY_SECONDS = 30.0
LONGEST_PAUSE = 30.0
_GRACE_SECONDS = 15.0  # beyond the time that responses are given to end
_READY = b"ready\n"
_log = structlog.get_logger("lejek")


class WorkerFailed(Exception):
    """Raised where a worker ended before it was ready; its own log says why."""


class Supervisor:
    """Keeps so many workers running; each finds its settings in its environment."""

    def __init__(self, count: int, settings: Settings) -> None:
        self._count = count
        self._environment = {**os.environ, **_variables(settings)}
        self._grace_seconds = settings.shutdown_seconds + _GRACE_SECONDS
        self._served: set[int] = set()

    async def run(self, ready: Callable[[], None]) -> None:
        """Start the workers, call `ready` once all serve, and keep them until SIGTERM or SIGINT has drained them.

        Raises WorkerFailed, in a group, where one cannot even start.
        """
        async with asyncio.TaskGroup() as group:
            places = [group.create_task(self._keep(place, ready)) for place in range(self._count)]
            for number in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(number, _leave, places)

    async def _keep(self, place: int, ready: Callable[[], None]) -> None:
        """Have a worker in this place, one after another, until cancelled."""
        clock, pause = asyncio.get_running_loop().time, 0.0
        while True:
            began = clock()
            worker = await self._run_one(place, ready)
            if place not in self._served:
                raise WorkerFailed(f"a worker ended with {worker.returncode} before it served")
            pause = 0.0 if clock() - began > STEADY_SECONDS else min(LONGEST_PAUSE, pause * 2 or 0.5)
            _log.error("a worker died, another takes its place", pid=worker.pid, code=worker.returncode, pause=pause)
            await asyncio.sleep(pause)

    async def _run_one(self, place: int, ready: Callable[[], None]) -> Process:
        """Start a worker and wait until it has ended; cancelled, drain it."""
        ours, theirs = socket.socketpair()
        reader, writer = await asyncio.open_unix_connection(sock=ours)
        try:
            with theirs:
                worker = await self._start(theirs.fileno())
            try:
                if await reader.readline() == _READY:
                    _log.info("a worker serves", pid=worker.pid)
                    self._count_in(place, ready)
                await worker.wait()
            finally:
                await self._drain(worker)
        finally:
            writer.close()
        return worker

    async def _start(self, line: int) -> Process:
        return await create_subprocess_exec(
            *(sys.executable, "-m", "lejek", "worker", str(line)),
            env=self._environment,
            stdin=DEVNULL,
            pass_fds=[line],
            start_new_session=True,  # Ctrl-C is told to the supervisor, and it tells the workers
        )

    def _count_in(self, place: int, ready: Callable[[], None]) -> None:
        if place not in self._served:
            self._served.add(place)
            if len(self._served) == self._count:
                ready()

    async def _drain(self, worker: Process) -> None:
        """End a worker that still runs, gently; in the end by force."""
        _tell(worker, signal.SIGTERM)
        try:
            async with asyncio.timeout(self._grace_seconds):
                await worker.wait()
        except TimeoutError:
            _log.error("a worker did not end in time, and is killed", pid=worker.pid)
            _tell(worker, signal.SIGKILL)
            await worker.wait()


def _leave(places: list[asyncio.Task[None]]) -> None:
    for place in places:
        if not place.cancelling():  # it drains already
            place.cancel()


def _variables(settings: Settings) -> dict[str, str]:
    """What the command line may have said, as a worker finds it."""
    given = {name: getattr(settings, name) for name in ("host", "port", "database_url", "redis_url", "demo")}
    return {f"LEJEK_{name.upper()}": str(value) for name, value in given.items() if value is not None}


def _tell(worker: Process, number: signal.Signals) -> None:
    if worker.returncode is None:
        with suppress(ProcessLookupError):
            worker.send_signal(number)


async def work(settings: Settings, line: int) -> None:
    """Be one of the workers, until told to end by SIGTERM, or by the end of the supervisor."""
    from app.asgi import create_app

    reader, writer = await asyncio.open_unix_connection(sock=socket.socket(fileno=line))

    def tell() -> None:
        settle()
        writer.write(_READY)

    with bind(settings, shared=True) as bound:
        server = make_server(create_app(settings), settings, tell)
        watching = asyncio.create_task(_end_with(reader, server))
        await server.serve(sockets=[bound])
    watching.cancel()
    writer.close()


async def _end_with(reader: asyncio.StreamReader, server: Server) -> None:
    await reader.read()
    if not server.should_exit:
        _log.error("the supervisor is gone, so this worker ends")
        server.should_exit = True
