"""A real server, the released clients, and a colleague who works on the same board."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from app.asgi import create_app
from app.settings import Settings
from models.deals import Deal
from models.leads import Lead
from models.pipelines import Stage
from resolvers import ids
from resolvers.tokens import make_token
from tests import given
from tests.app.conftest import serving
from tests.clients.cable import Cable
from tests.clients.conversing import Client, node_client
from tests.clients.documents import BOARD
from tests.clients.gql_client import gql_client

HERE = Path(__file__).parent
SCHEMA = HERE.parents[1] / "schema/schema.graphql"
MODULES = HERE / "node_modules"
OLDEST_NODE = 20

MOVE = """mutation ($input: MoveDealInput!) { moveDeal(input: $input) { errors { code message } } }"""
CONVERT = """mutation ($input: ConvertLeadsInput!) {
  convertLeads(input: $input) { revision results { outcome deal { id } } errors { code message } }
}"""
RENAME = """mutation ($input: UpdateLeadInput!) { updateLead(input: $input) { errors { code message } } }"""
REVISION = "query ($id: ID!) { pipeline(id: $id) { revision } }"


def _missing(what: str) -> None:
    """Say it loudly, and fail where everything has to be there."""
    message = f"THE GRAPHQL CLIENTS FOR NODE ARE NOT TESTED: {what}"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def node() -> Path:
    """Node, with the clients of package-lock.json installed; they stay until the lock changes."""
    found, npm = shutil.which("node"), shutil.which("npm")
    if not found or not npm:
        _missing(f"no Node with npm; install Node {OLDEST_NODE} or newer")
    version = subprocess.run([str(found), "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.removeprefix("v").split(".")[0]) < OLDEST_NODE:
        _missing(f"Node is {version.strip()}, and {OLDEST_NODE} or newer is needed")
    _install(str(npm))
    return Path(str(found))


def _install(npm: str) -> None:
    with (HERE / "package-lock.json").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # where several processes run the tests, one installs
        _install_what(hashlib.sha256(lock.read()).hexdigest(), npm)


def _install_what(wanted: str, npm: str) -> None:
    installed = MODULES / ".installed-from"
    if installed.exists() and installed.read_text() == wanted:
        return
    command = [npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"]
    result = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    if result.returncode:
        _missing(f"npm ci failed in {HERE}: {result.stderr}")
    installed.write_text(wanted)


@pytest.fixture(scope="session")
def compiled(node: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What relay-compiler makes of the printed schema, of the documents and of an application's own."""
    root = tmp_path_factory.mktemp("relay")
    shutil.copytree(HERE / "relay", root, dirs_exist_ok=True)
    shutil.copy(SCHEMA, root)
    (root / "Board.js").write_text(f"graphql`{BOARD.read_text()}`;\n")
    (root / "compiled").mkdir()
    command = [str(node), str(MODULES / "relay-compiler/cli.js"), "relay.config.json"]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return root / "compiled"


@dataclass
class Lejek:
    """The server, the account that is used, and a colleague in it who works by plain HTTP."""

    settings: Settings
    cable: Cable
    company: given.Company = field(init=False)
    token: str = field(init=False)
    _colleague: str = field(init=False)
    _http: httpx.AsyncClient = field(init=False)
    _running: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self) -> None:
        """Serve; behind the cable, too."""
        self._http = await self._running.enter_async_context(serving(create_app(self.settings), self.settings))
        assert self._http.base_url.port is not None
        self.cable.target = self._http.base_url.port

    async def stop(self) -> None:
        """Stop serving."""
        await self._running.aclose()

    async def settle(self) -> None:
        """Make an account with Anna, who uses the client, and the admin, who is the colleague."""
        self.company = await given.company()
        self.token = await make_token(self.company.id, self.company.anna.id, "client")
        self._colleague = await make_token(self.company.id, self.company.admin.id, "colleague")

    @property
    def url(self) -> str:
        """Where to ask by HTTP."""
        return str(self._http.base_url.join("/graphql"))

    @property
    def socket_url(self) -> str:
        """Where to ask by WebSocket: through the cable."""
        return f"ws://127.0.0.1:{self.cable.port}/graphql"

    @property
    def stream_url(self) -> str:
        """Where to ask for event streams: through the cable, too."""
        return f"http://127.0.0.1:{self.cable.port}/graphql/stream"

    @property
    def board(self) -> str:
        """The pipeline's id."""
        return ids.encode("Pipeline", self.company.pipeline.id)

    @property
    def stages(self) -> list[str]:
        """The ids of its stages."""
        return [ids.encode("Stage", stage.id) for stage in self.company.stages]

    async def add_deal(self, title: str = "A deal") -> str:
        """The id of a new deal of Anna's, in the first stage."""
        stage: Stage = self.company.stages[0]
        made: Deal = await given.deal(self.company.anna, stage, title)
        return ids.encode("Deal", made.id)

    async def add_lead(self, title: str = "A lead") -> str:
        """The id of a new lead of Anna's."""
        made: Lead = await given.lead(self.company.anna, title)
        return ids.encode("Lead", made.id)

    async def move(self, deal: str, to: int, client_mutation_id: str | None = None) -> None:
        """The colleague moves a deal to a stage."""
        moved = {"id": deal, "stageId": self.stages[to], "clientMutationId": client_mutation_id}
        assert (await self._ask(MOVE, moved))["moveDeal"]["errors"] == []

    async def convert(self, *leads: str) -> list[str]:
        """The colleague converts leads; the ids of their deals."""
        answer = await self._ask(CONVERT, {"leadIds": leads, "onDuplicateContacts": "KEEP"})
        payload = answer["convertLeads"]
        assert payload["errors"] == [] and {each["outcome"] for each in payload["results"]} == {"CONVERTED"}, payload
        return [each["deal"]["id"] for each in payload["results"]]

    async def rename(self, lead: str, title: str) -> None:
        """The colleague gives a lead another title."""
        assert (await self._ask(RENAME, {"id": lead, "title": title}))["updateLead"]["errors"] == []

    async def revision(self) -> int:
        """The account's present revision."""
        body = {"query": REVISION, "variables": {"id": self.board}}
        return int((await self._post(body))["pipeline"]["revision"])

    async def _ask(self, query: str, given_input: dict[str, Any]) -> Any:
        return await self._post({"query": query, "variables": {"input": given_input}})

    async def _post(self, body: dict[str, Any]) -> Any:
        headers = {"authorization": f"Bearer {self._colleague}"}
        answer = (await self._http.post("/graphql", json=body, headers=headers)).json()
        assert "errors" not in answer, answer
        return answer["data"]


@pytest_asyncio.fixture
async def cable() -> AsyncIterator[Cable]:
    """The way that sockets take to the server."""
    laid = Cable()
    await laid.lay()
    yield laid
    await laid.remove()


@pytest_asyncio.fixture
async def lejek(cable: Cable, sqlite_url: str, tmp_path: Path) -> AsyncIterator[Lejek]:
    """The whole application on a free port, with an account in it."""
    made = Lejek(Settings(port=0, database_url=sqlite_url, data_dir=tmp_path), cable)
    await made.start()
    try:
        await made.settle()
        yield made
    finally:
        await made.stop()


Connect = Callable[..., AbstractAsyncContextManager[Client]]


@pytest.fixture
def connect(request: pytest.FixtureRequest, lejek: Lejek) -> Connect:
    """Start a client, by its name; with Anna's token unless another is given."""

    def start(name: str, token: str | None = None, **environment: str) -> AbstractAsyncContextManager[Client]:
        token = token or lejek.token
        if name == "gql":
            return gql_client(lejek.url, lejek.socket_url, token)
        if name == "relay":
            environment["LEJEK_COMPILED"] = str(request.getfixturevalue("compiled"))
        known = {"LEJEK_URL": lejek.url, "LEJEK_SOCKET_URL": lejek.socket_url, "LEJEK_TOKEN": token}
        known["LEJEK_STREAM_URL"] = lejek.stream_url
        return node_client(request.getfixturevalue("node"), name, {"PATH": os.environ["PATH"], **known, **environment})

    return start


@pytest_asyncio.fixture
async def client(request: pytest.FixtureRequest, connect: Connect) -> AsyncIterator[Client]:
    """The client that a test is parametrised with, connected."""
    async with connect(request.param) as connected:
        yield connected
