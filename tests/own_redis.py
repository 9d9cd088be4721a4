"""A redis-server of a test's own, that may be killed, stopped and started again."""

import asyncio
import os
import shutil
import signal
import socket
from typing import NoReturn

import pytest
from redis.asyncio import Redis

# A Redis this suite may talk to; it leaves nothing behind there.
REDIS = os.environ.get("LEJEK_TEST_REDIS", "redis://127.0.0.1:6379")


class OwnRedis:
    """One Redis on a port of its own; it keeps nothing through a restart, as Lejek needs nothing kept."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it, and return when it takes connections."""
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        path = shutil.which("redis-server") or missing("NO redis-server to run: install Redis")
        self._process = await asyncio.create_subprocess_exec(path, *options, stdout=asyncio.subprocess.PIPE)
        assert self._process.stdout is not None
        said = b""
        async with asyncio.timeout(30):
            while b"eady to accept connections" not in said:
                said = await self._process.stdout.readline()
                assert said, f"redis-server did not start on port {self.port}"

    async def kill(self) -> None:
        """End it as a crash would; nothing where it does not run."""
        if self._process is not None:
            self._process.kill()
            await self._process.communicate()
            self._process = None

    def freeze(self) -> None:
        """Let it keep its connections and answer nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


async def require(url: str) -> str:
    """The URL, where a Redis answers there; else a skip, but a failure on CI."""
    async with Redis.from_url(url) as client:
        try:
            await client.ping()
        except Exception as error:
            missing(f"NO REDIS at {url} ({error}): start one, or set LEJEK_TEST_REDIS to where one is")
    return url


def missing(message: str) -> NoReturn:
    """Skip in words; on CI, fail."""
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)
