"""Documents asked for by their hash: published or shown once, over HTTP, sockets and event streams."""

import json
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from typer.testing import CliRunner

from app.asgi import create_app
from app.cli import cli
from app.documents import NOT_SUPPORTED, Texts
from app.manifests import Unusable, read_manifest
from app.settings import Settings
from models import database as databases
from models.database import Database
from resolvers import documents
from resolvers.errors import Refused
from resolvers.reads.documents import BadDocument
from resolvers.reads.limits import Limits
from resolvers.tokens import make_token
from schema.build import graphql_schema
from tests import given
from tests.app.conftest import Server, serving
from tests.app.test_asgi import socket

WHO = "{ viewer { user { name } } }"
ANNA = {"data": {"viewer": {"user": {"name": "Anna"}}}}
OTHER = "query Other { viewer { account { name } } }"


def hash_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def by_hash(text: str, **more: Any) -> dict[str, Any]:
    return {**known_as({"version": 1, "sha256Hash": hash_of(text)}), **more}


def known_as(persisted_query: Any) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": persisted_query}}


@pytest.fixture
def published_only() -> bool:
    return False


@pytest_asyncio.fixture
async def server(settings: Settings, published_only: bool) -> AsyncIterator[Server]:
    await databases.open_database(settings.database_url)
    company = await given.company()
    token = await make_token(company.id, company.anna.id, "tests")
    await documents.publish([WHO])
    await databases.close_database()
    settings = settings.model_copy(update={"published_only": published_only})
    async with serving(create_app(settings), settings, headers={"authorization": f"Bearer {token}"}) as http:
        yield Server(http, company, token)


async def post(server: Server, **body: Any) -> Any:
    return (await server.http.post("/graphql", json=body)).json()


def code_of(answer: Any) -> str:
    assert "data" not in answer
    return str(answer["errors"][0]["extensions"]["code"])


async def test_a_published_document_is_asked_for_by_its_hash_everywhere(server: Server) -> None:
    assert await post(server, **by_hash(WHO)) == ANNA
    extensions = json.dumps(by_hash(WHO)["extensions"])
    assert (await server.http.get("/graphql", params={"extensions": extensions})).json() == ANNA
    stream = await server.http.post("/graphql/stream", json=by_hash(WHO), headers={"accept": "text/event-stream"})
    assert json.dumps(ANNA, separators=(",", ":")) in stream.text
    async with socket(server, {"token": server.token}) as one:
        await one.hear()
        await one.say(id="1", type="subscribe", payload=by_hash(WHO))
        assert (await one.hear())["payload"] == ANNA


async def test_a_document_shown_once_with_its_hash_is_known_by_it(server: Server) -> None:
    unknown = await server.http.post("/graphql", json=by_hash(OTHER))
    assert unknown.status_code == 200 and unknown.json()["errors"][0]["message"] == "PersistedQueryNotFound"
    assert code_of(unknown.json()) == "PERSISTED_QUERY_NOT_FOUND"
    async with socket(server, {"token": server.token}) as one:
        await one.hear()
        await one.say(id="1", type="subscribe", payload=by_hash(OTHER))
        assert (await one.hear())["payload"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
        await one.say(id="1", type="subscribe", payload=by_hash(OTHER, query=OTHER))
        assert (await one.hear())["payload"]["data"] is not None
    assert (await post(server, **by_hash(OTHER)))["data"] is not None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (by_hash(WHO, query=OTHER), "PERSISTED_QUERY_MISMATCH"),
        (known_as({"version": 2, "sha256Hash": hash_of(WHO)}), NOT_SUPPORTED),
        (known_as({"version": 1, "sha256Hash": hash_of(WHO).upper()}), NOT_SUPPORTED),
        (known_as({"version": 1, "sha256Hash": ["a"]}), NOT_SUPPORTED),
        (known_as("ś"), NOT_SUPPORTED),
        (known_as(None), "BAD_REQUEST"),
        (by_hash("{ nothing }", query="{ nothing }"), "GRAPHQL_VALIDATION_FAILED"),
    ],
)
async def test_what_is_no_hash_of_a_document_is_refused(server: Server, body: dict[str, Any], code: str) -> None:
    assert code_of(await post(server, **body)) == code


@pytest.mark.parametrize("published_only", [True])
async def test_a_server_may_take_published_documents_only(server: Server) -> None:
    assert await post(server, **by_hash(WHO)) == await post(server, query=WHO) == ANNA
    assert code_of(await post(server, **by_hash(OTHER))) == "PERSISTED_QUERY_NOT_FOUND"
    for body in ({"query": OTHER}, by_hash(OTHER, query=OTHER)):
        assert code_of(await post(server, **body)) == "DOCUMENT_NOT_PUBLISHED"
    async with socket(server, {"token": server.token}) as one:
        await one.hear()
        await one.say(id="1", type="subscribe", payload={"query": OTHER})
        assert (await one.hear())["payload"][0]["extensions"]["code"] == "DOCUMENT_NOT_PUBLISHED"


async def test_texts_are_remembered_within_their_bound(database: Database) -> None:
    texts = Texts(characters=100)
    for number in range(20):
        text = f"{{ a{number:02d}: __typename }}"
        assert await texts.find(text, by_hash(text)["extensions"]) == text
    assert await texts.find(None, by_hash(text)["extensions"]) == text
    with pytest.raises(BadDocument):
        await texts.find(None, by_hash("{ a00: __typename }")["extensions"])


async def test_no_more_is_published_than_there_is_room_for(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MOST", 2)
    assert (await documents.publish([WHO, OTHER]), await documents.publish([OTHER, WHO])) == (2, 0)
    with pytest.raises(Refused, match="2 documents"):
        await documents.publish(["{ __typename }"])
    assert await documents.find_text(hash_of("{ __typename }")) is None


def test_manifests_are_published_from_the_command_line(empty_url: str, tmp_path: Path) -> None:
    operation = {"id": hash_of(WHO), "name": "Who", "type": "query", "body": WHO}
    apollo = {"format": "apollo-persisted-query-manifest", "version": 1, "operations": [operation]}
    for manifest, said in (
        (apollo, "Published 1 documents, 1 of them new."),
        ({hash_of(WHO): WHO, f"sha256:{hash_of(OTHER)}": OTHER}, "Published 2 documents, 1 of them new."),
    ):
        (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        command = ["documents", "publish", str(tmp_path / "manifest.json"), "--database-url", empty_url]
        result = CliRunner().invoke(cli, command)
        assert result.exit_code == 0 and said in result.output
    (tmp_path / "manifest.json").write_text('{"00": "{ __typename }"}', encoding="utf-8")
    result = CliRunner().invoke(cli, command)
    assert result.exit_code == 2 and "nothing was published" in result.output


@pytest.mark.parametrize(
    "manifest", [[], "text", {hash_of(WHO): OTHER}, {hash_of("{ x }"): "{ x }"}, {"a": 1}, {"operations": [{"id": 1}]}]
)
def test_what_is_no_manifest_is_not_published(manifest: Any) -> None:
    with pytest.raises(Unusable):
        read_manifest(manifest, graphql_schema, Limits())
