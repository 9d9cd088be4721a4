"""Several `lejek serve` processes on one database, as many machines would run them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx

from tests.app.test_cli import served
from tests.own_redis import OwnRedis


class Server:
    """A `lejek serve` process of its own, with a client for those who ask it."""

    def __init__(self, process: asyncio.subprocess.Process, url: str, http: httpx.AsyncClient) -> None:
        self.process = process
        self.url = url
        self.http = http

    async def says(self, words: str) -> None:
        """Return once it has logged these words."""
        assert self.process.stderr is not None
        async with asyncio.timeout(30):
            while words not in (line := (await self.process.stderr.readline()).decode()):
                assert line, f"the server ended without a word of {words!r}"


@asynccontextmanager
async def several_servers(url: str, redis: OwnRedis, *folders: Path, **environment: str) -> AsyncIterator[list[Server]]:
    """A server for each folder, where it keeps its data; they share a database and a Redis, and nothing else."""
    options = ["--no-demo", "--database-url", url, "--redis-url", redis.url]
    async with AsyncExitStack() as stack:

        async def start(folder: Path) -> Server:
            own = {**environment, "LEJEK_DATA_DIR": str(folder)}
            process, address = await stack.enter_async_context(served(*options, **own))
            http = await stack.enter_async_context(httpx.AsyncClient(base_url=address, timeout=30))
            return Server(process, address, http)

        yield list(await asyncio.gather(*map(start, folders)))
