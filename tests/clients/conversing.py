"""Speaking with a client: what it is asked to do, and what it answers and is told.

The clients for Node are scripts that do what lines on their stdin say, and write what comes of it
to their stdout.
"""

import asyncio
import json
from asyncio.subprocess import PIPE, Process
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from tests.clients.documents import DOCUMENTS

SCRIPTS = Path(__file__).parent / "node"
PATIENCE = 30  # seconds, after which what a test waits for will never come

Answer = dict[str, Any]  # data, errors, and what the client threw, as far as there is any


@dataclass
class Watch:
    """A subscription of a client."""

    end: Callable[[], Awaitable[None]]
    told: asyncio.Queue[Answer] = field(default_factory=asyncio.Queue)

    async def answer(self) -> Answer:
        """The next thing that the client was told."""
        return await asyncio.wait_for(self.told.get(), PATIENCE)

    async def event(self) -> Any:
        """The next event, which must have come without errors."""
        answer = await self.answer()
        assert answer.keys() == {"data"}, answer
        (event,) = answer["data"].values()
        return event


class Client(Protocol):
    """A GraphQL client that is connected to the server."""

    async def execute(self, name: str, query: str = "", *, cached: bool = False, **variables: Any) -> Answer:
        """Run a query or mutation: one of the documents, or the one given."""
        ...

    async def watch(self, name: str, **variables: Any) -> Watch:
        """Begin one of the subscriptions; it resumes by itself."""
        ...


class NodeClient:
    """A client of which a script is the other half."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._answers: defaultdict[int, asyncio.Queue[Answer]] = defaultdict(asyncio.Queue)
        self._next_id = count(1).__next__
        self._listening = asyncio.create_task(self._listen())

    async def execute(self, name: str, query: str = "", *, cached: bool = False, **variables: Any) -> Answer:
        """Run a query or mutation: one of the documents, or the one given."""
        number = self._say("execute", name=name, query=query or DOCUMENTS.get(name), variables=variables, cached=cached)
        return await asyncio.wait_for(self._answers[number].get(), PATIENCE)

    async def watch(self, name: str, **variables: Any) -> Watch:
        """Begin one of the subscriptions; it resumes by itself."""
        number = self._say("subscribe", name=name, query=DOCUMENTS.get(name), variables=variables)

        async def end() -> None:
            self._say("complete", number)

        return Watch(end, self._answers[number])

    async def close(self) -> None:
        """End the conversation, and with it the script."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        async with asyncio.timeout(PATIENCE):
            await self._process.wait()
            await self._listening

    def _say(self, verb: str, number: int | None = None, **more: Any) -> int:
        assert self._process.stdin is not None and not self._listening.done(), "the script has ended; see its stderr"
        number = number or self._next_id()
        self._process.stdin.write(json.dumps({"id": number, "verb": verb, **more}).encode() + b"\n")
        return number

    async def _listen(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            answer = json.loads(line)
            self._answers[answer.pop("id")].put_nowait(answer)
        for waiting in self._answers.values():
            waiting.put_nowait({"thrown": "the client's script has ended; see its stderr"})


@asynccontextmanager
async def node_client(node: Path, script: str, environment: Mapping[str, str]) -> AsyncIterator[NodeClient]:
    """One of the scripts, running until the block ends."""
    process = await asyncio.create_subprocess_exec(
        node, SCRIPTS / f"{script}.mjs", stdin=PIPE, stdout=PIPE, env=environment, limit=16 * 1024 * 1024
    )
    client = NodeClient(process)
    try:
        yield client
    finally:
        await client.close()
    assert process.returncode == 0, f"{script}.mjs ended with {process.returncode}; see its stderr"
