"""A small app for the tests: its rights are a table, its answers say which moment they answer."""

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
import uvicorn
from websockets.asyncio.client import ClientConnection, connect

from models import changes
from models.accounts import Account, Plan
from models.changes import Change, ChangeKind
from subscriptions.gateway import Errors, Result, Scope
from subscriptions.messages import SubscribePayload
from subscriptions.operation import CaughtUp, Moment, Operation, Payload, Resync
from subscriptions.seats import Seats

SUBPROTOCOLS: Any = ["graphql-transport-ws"]


async def new_account() -> UUID:
    plan, _ = await Plan.get_or_create(name="Enterprise")
    return (await Account.create(name="Acme", plan_name=plan.name, currency="PLN")).id


async def happen(account_id: UUID, count: int = 1, kind: ChangeKind = ChangeKind.DEAL_MOVED) -> int:
    """Let so many changes happen in one transaction, and answer the last one's revision."""
    async with changes.write(account_id, None) as ledger:
        for _ in range(count):
            ledger.record(kind)
    assert ledger.revision is not None
    return ledger.revision


@dataclass
class App:
    """Who may see what, and what was executed."""

    rights: dict[str, str | None] = field(default_factory=lambda: {"admin": "all", "anna": "hers"})
    executed: list[tuple[str, str, int]] = field(default_factory=list)  # (class, moment, revision)
    filler: int = 0  # bytes added to each answer
    broken_at: int | None = None
    refreshed: list[str] = field(default_factory=list)
    together: list[list[int]] = field(default_factory=list)  # revisions that were answered at once
    crossing: list[str] | None = None  # what who crosses to other rights is told; null: to read again
    held: int | None = None  # the change whose answer waits for `release`
    holding: asyncio.Event = field(default_factory=asyncio.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)

    def ask(self, account_id: UUID, after: int | None = None, *, user: str = "admin", feed: str = "board") -> "Asked":
        return Asked(self, account_id, after, user, self.rights[user], feed)

    def executions(self, moment: str) -> list[int]:
        return [revision for _, name, revision in self.executed if name == moment]


@dataclass(frozen=True)
class Asked:
    app: App
    account_id: UUID
    after: int | None
    user: str
    rights: str | None
    feed: str

    @property
    def key(self) -> Hashable:
        return (self.feed, self.rights)

    async def answer(self, moment: Moment) -> bytes | None:
        await asyncio.sleep(0)
        name = {Change: "Change", CaughtUp: "CaughtUp", Resync: "Resync"}[type(moment)]
        self.app.executed.append((str(self.rights), name, moment.revision))
        if isinstance(moment, Change):
            if moment.revision == self.app.broken_at:
                raise RuntimeError("this change cannot be answered")
            if moment.revision == self.app.held:
                self.app.holding.set()
                await self.app.release.wait()
            if self.feed == "leads" and not moment.kind.startswith("LEAD"):
                return None
        answer = {"type": name, "revision": moment.revision, "seen_by": self.rights, "filler": "x" * self.app.filler}
        return orjson.dumps({"data": answer})

    async def answer_together(self, changes: Sequence[Change]) -> list[bytes | None]:
        self.app.together.append([change.revision for change in changes])
        return [await self.answer(change) for change in changes]

    async def crossed(self, change: Change, renewed: Any) -> list[bytes] | None:
        if self.app.crossing is None:
            return None
        last = len(self.app.crossing) - 1
        return [
            orjson.dumps(
                {"data": {"type": each, "revision": change.revision - (place < last), "seen_by": renewed.rights}}
            )
            for place, each in enumerate(self.app.crossing)
        ]

    async def refreshed(self) -> "Asked | None":
        self.app.refreshed.append(self.user)
        rights = self.app.rights[self.user]
        return None if rights is None else Asked(self.app, self.account_id, self.after, self.user, rights, self.feed)


class Ear:
    """A listener that keeps what it is told."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, int]] = []
        self.seen_by: list[str] = []
        self.errors: list[Any] | None = None
        self._told = asyncio.Event()
        self.may_hear = asyncio.Event()
        self.may_hear.set()

    def next(self, payload: Payload) -> None:
        data = orjson.loads(payload.text)["data"]
        self.heard.append((data["type"], data["revision"]))
        self.seen_by.append(data["seen_by"])
        self._told.set()

    def fail(self, errors: bytes) -> None:
        self.errors = orjson.loads(errors)
        self._told.set()

    async def room(self) -> None:
        await self.may_hear.wait()

    def stir(self) -> None:
        """Let `until` look again, for another reason than something told."""
        self._told.set()

    async def until(self, reached: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not reached():
                self._told.clear()
                await self._told.wait()

    async def hears(self, moment: str, revision: int) -> None:
        await self.until(lambda: (moment, revision) in self.heard)

    async def fails(self) -> None:
        await self.until(lambda: self.errors is not None)


@dataclass
class FakeGateway:
    """Tokens are "account user"; documents are words."""

    app: App
    events: list[str] = field(default_factory=list)
    seats: Seats = field(default_factory=Seats)
    connections: int = 1_000  # of each user
    ends: list[Callable[[], None]] = field(default_factory=list)
    happened: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, event: str) -> None:
        self.events.append(event)
        self.happened.set()

    async def wait_for(self, event: str) -> None:
        async with asyncio.timeout(20):
            while event not in self.events:
                self.happened.clear()
                await self.happened.wait()

    async def authenticate(self, scope: Scope, payload: dict[str, Any]) -> tuple[UUID, str] | None:
        match payload:
            case {"token": "crash"}:
                raise RuntimeError("no database")
            case {"token": "slow"}:
                self.note("asked for a slow token")
                await asyncio.Event().wait()
            case {"token": str(token)}:
                account, user = token.split()
                return UUID(account), user
        return None

    def seat(self, session: tuple[UUID, str], end: Callable[[], None]) -> Callable[[], None] | None:
        self.ends.append(end)
        leave = self.seats.take([(session[1], self.connections)])
        if leave is None:
            return None
        return lambda: (leave(), self.note("left"))[0]

    async def deserted(self) -> None:
        """Return once nobody holds a connection."""
        async with asyncio.timeout(20):
            while len(self.seats):
                self.happened.clear()
                await self.happened.wait()

    async def begin(self, session: tuple[UUID, str], payload: SubscribePayload) -> Operation | Result | Errors:
        account_id, user = session
        match payload.query:
            case "subscription":
                return self.app.ask(account_id, payload.variables.get("after"), user=user)
            case "query":
                return Result(orjson.dumps({"data": {"revision": await changes.revision_of(account_id)}}))
            case "mutation":
                return Result(orjson.dumps({"data": {"revision": await happen(account_id)}}))
            case "never":
                return await self._never()
            case "crash":
                raise RuntimeError("a secret of the server")
        return Errors(b'[{"message":"Syntax Error"}]')

    async def _never(self) -> Result:
        self.note("began")
        try:
            await asyncio.Event().wait()
        finally:
            self.note("cancelled")
        raise AssertionError


class Server(uvicorn.Server):
    """uvicorn, saying when it has started."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.servers[0].sockets[0].getsockname()[1]}/graphql"


@asynccontextmanager
async def serving(application: Any) -> AsyncIterator[Server]:
    """The application behind a real uvicorn, in this event loop, on a free port."""
    server = Server(
        uvicorn.Config(
            application,
            host="127.0.0.1",
            port=0,
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
            timeout_graceful_shutdown=5,
        )
    )
    task = asyncio.create_task(server.serve())
    try:
        await server.ready.wait()
        yield server
    finally:
        server.should_exit = True
        await task


class Client:
    """A graphql-transport-ws client that hides nothing."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def say(self, **message: Any) -> None:
        await self.socket.send(orjson.dumps(message).decode())

    async def hear(self) -> Any:
        async with asyncio.timeout(20):
            return orjson.loads(await self.socket.recv())

    async def enter(self, account_id: UUID, user: str = "admin") -> None:
        await self.say(type="connection_init", payload={"token": f"{account_id} {user}"})
        assert await self.hear() == {"type": "connection_ack"}

    async def ask(self, operation_id: str, query: str = "subscription", **variables: Any) -> None:
        await self.say(type="subscribe", id=operation_id, payload={"query": query, "variables": variables})

    async def told(self) -> tuple[str, str, int]:
        """The next answer, as (id, moment, revision)."""
        message = await self.hear()
        assert message["type"] == "next", message
        data = message["payload"]["data"]
        return message["id"], data["type"], data["revision"]

    async def closed(self) -> tuple[int | None, str | None]:
        """The code and reason of the close, once it comes."""
        async with asyncio.timeout(20):
            await self.socket.wait_closed()
        return self.socket.close_code, self.socket.close_reason


@asynccontextmanager
async def client(url: str, **options: Any) -> AsyncIterator[Client]:
    options = {"subprotocols": SUBPROTOCOLS, "compression": None, "proxy": None, "ping_interval": None} | options
    async with connect(url, **options) as socket:
        yield Client(socket)
