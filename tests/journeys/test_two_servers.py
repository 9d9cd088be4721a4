"""Two servers that share a database, a Redis and a bucket: what is begun at one goes on at the other."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from models import database as databases
from models.users import User
from resolvers.tokens import make_token
from tests import given
from tests.journeys.client import Client
from tests.journeys.servers import Server, several_servers
from tests.journeys.test_chats import converse, define_chat
from tests.own_redis import OwnRedis
from tests.uploading import kept

pytestmark = pytest.mark.slow

PREVIEW = "query ($id: ID!) { importPreview(id: $id) { columns { name field } errors { code } } }"
IMPORT = """mutation ($input: ImportRecordsInput!) {
  importRecords(input: $input) { import { id } errors { code message path } }
}"""
PROGRESS = """subscription ($id: ID!) {
  importProgress(importId: $id) { import { status rowsCreated rowsSkipped failure } }
}"""
TABLE = b"Title;Person\nRoof;Jan Nowak\nNobody's;\n"


@dataclass(frozen=True)
class Pair:
    """Two running servers, the folder of what they have on their disks, and a company in their database."""

    one: Server
    two: Server
    folder: Path
    acme: given.Company

    async def client(self, server: Server, user: User) -> Client:
        """A client of a server's for a user, with a token of its own."""
        return Client(server.http, await make_token(user.account_id, user.id, "journey"))


@pytest_asyncio.fixture
async def pair(postgres_url: str, own_redis: OwnRedis, bucket: str, tmp_path: Path) -> AsyncIterator[Pair]:
    """Servers each of which has a disk of its own, and temporary files there too."""
    shared = {"LEJEK_FILES_URL": "s3://files/lejek", "LEJEK_FILES_ENDPOINT": bucket, "TMPDIR": str(tmp_path)}
    await databases.open_database(postgres_url)
    try:
        async with several_servers(postgres_url, own_redis, tmp_path / "one", tmp_path / "two", **shared) as (one, two):
            yield Pair(one, two, tmp_path, await given.company("Acme"))
    finally:
        await databases.close_database()


async def read_bucket(address: str) -> str:
    async with httpx.AsyncClient(base_url=address) as http:
        return (await http.get("/files?list-type=2")).text


async def test_a_table_sent_to_one_server_is_imported_by_another(pair: Pair, bucket: str) -> None:
    here, there = [await pair.client(server, pair.acme.anna) for server in (pair.one, pair.two)]
    upload = await here.upload("leads.csv", TABLE)
    preview = (await there.ask(PREVIEW, id=upload))["importPreview"]
    assert [column["field"] for column in preview["columns"]] == ["TITLE", "PERSON_NAME"]
    async with here.watch(PROGRESS, id=upload) as progress:
        await there.do(IMPORT, id=upload, kind="LEADS")
        (*_, last) = await progress.until(lambda event: event["import"]["status"] in ("COMPLETED", "FAILED"))
    assert last["import"] == {"status": "COMPLETED", "rowsCreated": 1, "rowsSkipped": 1, "failure": None}
    headers = {"authorization": f"Bearer {here.token}"}
    skipped = await pair.one.http.get(f"/imports/{upload}/skipped.csv", headers=headers)
    assert skipped.status_code == 200 and skipped.text.splitlines()[1].startswith("3;A lead needs a person")
    assert (await read_bucket(bucket)).count("<Key>lejek/") == 2, "the table, and what was left out of it"
    assert kept(pair.folder) == []


async def test_a_visitor_at_one_server_and_an_agent_at_another_hear_each_other(pair: Pair) -> None:
    path = await define_chat(await pair.client(pair.one, pair.acme.admin), pair.acme.anna)
    await converse(pair.one.http, path, await pair.client(pair.two, pair.acme.anna))
