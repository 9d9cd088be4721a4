"""The way from a client to the server, which a test can cut."""

import asyncio
from contextlib import suppress


class Cable:
    """A TCP proxy on a free port. While it is cut, who has a connection loses it and nobody gets one."""

    def __init__(self) -> None:
        self.target = 0  # the server's port
        self.taken = 0  # connections so far
        self._is_cut = False
        self._ends: set[asyncio.StreamWriter] = set()
        self._carrying: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def lay(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0)

    @property
    def port(self) -> int:
        """Where clients connect to."""
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def cut(self) -> None:
        """Drop every connection, without a goodbye to either end."""
        self._is_cut = True
        for end in self._ends:
            end.transport.abort()

    def mend(self) -> None:
        """Let clients through again."""
        self._is_cut = False

    async def remove(self) -> None:
        """Stop listening, and wait until nothing is carried."""
        assert self._server is not None
        self._server.close()
        self.cut()
        await asyncio.gather(*self._carrying)

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._carry(reader, writer))
        self._carrying.add(task)
        task.add_done_callback(self._carrying.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            return writer.transport.abort()
        self._ends.add(writer)
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:  # the server is being started again
            self._ends.discard(writer)
            return writer.transport.abort()
        if self._is_cut:
            far_writer.transport.abort()
        self.taken += 1
        self._ends.add(far_writer)
        await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        self._ends -= {writer, far_writer}


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    with suppress(ConnectionError):
        writer.close()
        await writer.wait_closed()
