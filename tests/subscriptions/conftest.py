"""What the tests of this room are given: an account, the signal its commits send, and feeds of it."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
import pytest_asyncio

from models import changes
from models.database import Database
from subscriptions.connection import Limits
from subscriptions.feeds import Feeds
from subscriptions.signal.memory import MemorySignal
from subscriptions.sockets import Sockets
from tests.subscriptions import asking
from tests.subscriptions.asking import App, FakeGateway, Server


@pytest.fixture
def app() -> App:
    return App()


@pytest_asyncio.fixture
async def account_id(database: Database) -> UUID:
    return await asking.new_account()


@pytest_asyncio.fixture
async def signal() -> AsyncIterator[MemorySignal]:
    """The in-process signal, sent by each commit."""
    made = MemorySignal()
    stop = changes.on_commit(made.send)
    yield made
    stop()
    await made.close()


@pytest_asyncio.fixture
async def feeds(database: Database, signal: MemorySignal) -> AsyncIterator[Feeds]:
    """Feeds whose poll never comes in time, so that what arrives came by the signal."""
    made = Feeds(signal, poll_seconds=600)
    yield made
    await made.close()
    assert not made._tasks and not made._groups and not made._tailers and not made._members and not made._places


@pytest.fixture
def gateway(app: App) -> FakeGateway:
    return FakeGateway(app)


@pytest.fixture
def sockets(gateway: FakeGateway, feeds: Feeds) -> Sockets[tuple[UUID, str]]:
    return Sockets(gateway, feeds, Limits(outbox_bytes=200_000, grace_seconds=2))


@pytest_asyncio.fixture
async def server(sockets: Sockets[tuple[UUID, str]]) -> AsyncIterator[Server]:
    async with asking.serving(sockets) as running:
        yield running
