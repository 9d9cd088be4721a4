"""The whole application, with Lejek's own schema: addresses, health, origins, sockets."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from graphql import get_introspection_query
from tortoise import connections
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.asgi import create_app, make_engine
from app.identity import Credential
from app.live import Live, Session, Watch
from app.settings import Settings
from models import changes
from models import database as databases
from models.base import new_id, now
from models.users import Token
from resolvers import ids
from resolvers.tokens import hashed, make_token
from subscriptions.messages import SubscribePayload
from tests import given
from tests.app.conftest import Server, serving

SDL = Path(__file__).parents[2] / "schema/schema.graphql"
ADD = """mutation ($title: String!, $stage: ID!, $person: ID!) {
  createDeal(input: {title: $title, stageId: $stage, personId: $person, clientMutationId: "mine"}) {
    deal { id title } errors { code message path }
  }
}"""
WATCH = """subscription Watch($pipeline: ID!, $since: Revision) {
  pipelineChanged(pipelineId: $pipeline, after: $since) {
    __typename revision clientMutationId ... on DealAdded { deal { title } }
  }
}"""


@pytest_asyncio.fixture
async def server(settings: Settings) -> AsyncIterator[Server]:
    settings = settings.model_copy(update={"allowed_origins": ("https://board.example",)})
    await databases.open_database(settings.database_url)
    company = await given.company()
    token = await make_token(company.id, company.anna.id, "tests")
    await databases.close_database()
    async with serving(create_app(settings), settings, headers={"authorization": f"Bearer {token}"}) as http:
        yield Server(http, company, token)


async def add_deal(server: Server, title: str) -> None:
    person = await given.person(server.company.anna)
    variables = {
        "title": title,
        "stage": ids.encode("Stage", server.company.stages[0].id),
        "person": ids.encode("Person", person.id),
    }
    made = (await server.ask(ADD, variables=variables)).json()["data"]["createDeal"]
    assert made["errors"] == [] and made["deal"]["title"] == title


class Socket:
    """A client of graphql-transport-ws that says and hears plain messages."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def say(self, **message: Any) -> None:
        await self.connection.send(json.dumps(message))

    async def hear(self) -> Any:
        return json.loads(await asyncio.wait_for(self.connection.recv(), 20))

    async def watch(self, server: Server, operation_id: str, since: int | None = None) -> None:
        pipeline = ids.encode("Pipeline", server.company.pipeline.id)
        variables = {"pipeline": pipeline, "since": None if since is None else str(since)}
        await self.say(id=operation_id, type="subscribe", payload={"query": WATCH, "variables": variables})


@asynccontextmanager
async def socket(server: Server, payload: dict[str, Any] | None = None, **headers: str) -> AsyncIterator[Socket]:
    url = str(server.http.base_url.join("/graphql").copy_with(scheme="ws"))
    protocols: Any = ["graphql-transport-ws"]
    async with connect(url, subprotocols=protocols, additional_headers=headers, compression=None) as connection:
        await connection.send(json.dumps({"type": "connection_init", "payload": payload}))
        yield Socket(connection)


async def test_the_server_says_how_it_is(server: Server) -> None:
    for path, status in (("/healthz", "ok"), ("/readyz", "ready")):
        response = await server.http.get(path, headers={"authorization": ""})
        assert (response.status_code, response.json()["status"]) == (200, status)


async def test_an_unmigrated_or_closed_database_is_not_ready(server: Server) -> None:
    await connections.get("default").execute_query("DELETE FROM tortoise_migrations")
    response = await server.http.get("/readyz")
    assert response.status_code == 503 and "lejek migrate" in response.json()["reason"]
    await connections.get("default").execute_query("DROP TABLE tortoise_migrations")
    response = await server.http.get("/readyz")
    assert response.status_code == 503 and "OperationalError" in response.json()["reason"]
    assert (await server.http.get("/healthz")).status_code == 200


async def test_lejeks_own_schema_answers(server: Server) -> None:
    response = await server.ask("{ viewer { user { name } account { name } } }")
    assert response.json() == {"data": {"viewer": {"user": {"name": "Anna"}, "account": {"name": "Acme"}}}}
    introspected = (await server.ask(get_introspection_query())).json()
    assert "errors" not in introspected and introspected["data"]["__schema"]["queryType"]["name"] == "Query"


async def test_the_schema_is_a_file_too(server: Server) -> None:
    response = await server.http.get("/schema.graphql")
    assert response.text == SDL.read_text() and "schema.graphql" in response.headers["content-disposition"]


async def test_a_schema_that_may_not_be_asked_for_is_no_file(settings: Settings) -> None:
    settings = settings.model_copy(update={"introspection": False})
    async with serving(create_app(settings), settings) as http:
        assert (await http.get("/schema.graphql")).status_code == 404


async def test_a_bad_id_and_a_bad_cursor_are_the_callers_errors(server: Server) -> None:
    for query in ('{ lead(id: "nonsense") { id } }', '{ leads(after: "nonsense") { totalCount } }'):
        for error in (await server.ask(query)).json().get("errors", []):
            assert error["extensions"]["code"] != "INTERNAL", error


async def test_a_page_of_an_allowed_origin_may_ask(server: Server) -> None:
    asked = {"origin": "https://board.example", "access-control-request-method": "POST"}
    asked["access-control-request-headers"] = "authorization,content-type"
    preflight = await server.http.options("/graphql", headers={**asked, "authorization": ""})
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == "https://board.example"
    answer = await server.http.post(
        "/graphql", json={"query": "{ __typename }"}, headers={"origin": "https://board.example"}
    )
    assert answer.headers["access-control-allow-origin"] == "https://board.example"


async def test_a_page_of_another_origin_may_not(server: Server) -> None:
    asked = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    assert "access-control-allow-origin" not in (await server.http.options("/graphql", headers=asked)).headers
    answer = await server.http.post(
        "/graphql", json={"query": "{ __typename }"}, headers={"origin": "https://evil.example"}
    )
    assert "access-control-allow-origin" not in answer.headers


async def test_a_file_is_taken_and_can_be_asked_for(server: Server) -> None:
    taken = await server.http.post("/uploads?fileName=leads.csv", content=b"Title;Name\nA;Jan\n")
    assert taken.status_code == 201
    query = "query ($id: ID!) { import(id: $id) { id status } }"
    found = (await server.ask(query, variables={"id": taken.json()["uploadId"]})).json()
    assert found == {"data": {"import": {"id": taken.json()["uploadId"], "status": "UPLOADED"}}}


@pytest.mark.parametrize("way", ["authorization", "token", "handshake"])
async def test_a_socket_comes_in_with_a_token(server: Server, way: str) -> None:
    payload = {"authorization": f"Bearer {server.token}"} if way == "authorization" else None
    payload = {"token": server.token} if way == "token" else payload
    headers = {"authorization": f"Bearer {server.token}"} if way == "handshake" else {}
    async with socket(server, payload, **headers) as one:
        assert (await one.hear())["type"] == "connection_ack"
        await one.say(id="1", type="subscribe", payload={"query": "{ viewer { user { name } } }"})
        assert await one.hear() == {
            "id": "1",
            "type": "next",
            "payload": {"data": {"viewer": {"user": {"name": "Anna"}}}},
        }
        assert await one.hear() == {"id": "1", "type": "complete"}


@pytest.mark.parametrize("payload", [None, {}, {"token": "lejek_unknown"}, {"authorization": 7}])
async def test_a_socket_without_a_known_token_is_closed_with_4403(server: Server, payload: Any) -> None:
    async with socket(server, payload) as one:
        with pytest.raises(ConnectionClosed) as closed:
            await one.hear()
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 4403


async def test_a_token_that_is_revoked_here_stops_at_once_and_so_do_its_sockets(server: Server) -> None:
    made = await server.ask('mutation { createToken(input: {name: "CI"}) { secret token { id } } }')
    given = made.json()["data"]["createToken"]
    headers = {"authorization": f"Bearer {given['secret']}"}
    asked = {"query": "{ viewer { user { name } } }"}
    async with socket(server, {"token": given["secret"]}) as one:
        await one.hear()
        assert (await server.http.post("/graphql", json=asked, headers=headers)).status_code == 200
        revoke = "mutation ($id: ID!) { revokeToken(input: {id: $id}) { errors { code } } }"
        await server.ask(revoke, variables={"id": given["token"]["id"]})
        assert (await server.http.post("/graphql", json=asked, headers=headers)).status_code == 401
        with pytest.raises(ConnectionClosed):
            await one.hear()


async def test_a_socket_of_a_revoked_token_may_ask_nothing_more(server: Server) -> None:
    async with socket(server, {"token": server.token}) as one:
        await one.hear()
        await Token.all().update(revoked_at=now())
        await one.say(id="1", type="subscribe", payload={"query": "{ viewer { user { name } } }"})
        answer = await one.hear()
        assert answer["type"] == "error" and answer["payload"][0]["extensions"]["code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    ("request_payload", "code"),
    [
        ({"query": "{ nothing"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": WATCH, "variables": {}}, "BAD_USER_INPUT"),
        ({"query": WATCH, "variables": {"pipeline": "nonsense"}}, "INVALID"),
        ({"query": WATCH, "variables": {"pipeline": "pipeline_" + "0" * 32}}, "NOT_FOUND"),
        ({"query": WATCH, "variables": {"pipeline": "lead_" + "0" * 32}}, "INVALID"),
        ({"query": WATCH, "operationName": "Other"}, "OPERATION_RESOLUTION_FAILURE"),
    ],
)
async def test_what_cannot_be_run_is_an_error_of_its_id_and_the_socket_lives(
    server: Server, request_payload: dict[str, Any], code: str
) -> None:
    async with socket(server, {"token": server.token}) as one:
        await one.hear()
        await one.say(id="bad", type="subscribe", payload=request_payload)
        answer = await one.hear()
        assert (answer["id"], answer["type"]) == ("bad", "error")
        assert answer["payload"][0]["extensions"]["code"] == code
        await one.say(type="ping")
        assert (await one.hear())["type"] == "pong"


async def test_a_change_reaches_a_board_and_one_that_was_away_catches_up(server: Server) -> None:
    async with socket(server, {"token": server.token}) as one:
        await one.hear()
        await one.watch(server, "board")
        caught_up = (await one.hear())["payload"]["data"]["pipelineChanged"]
        assert caught_up["__typename"] == "CaughtUp"
        start = int(caught_up["revision"])
        await add_deal(server, "First")
        told = await one.hear()
        assert told["payload"]["data"]["pipelineChanged"] == {
            "__typename": "DealAdded",
            "revision": str(start + 1),
            "clientMutationId": "mine",
            "deal": {"title": "First"},
        }
    await add_deal(server, "Second")
    async with socket(server, {"token": server.token}) as again:
        await again.hear()
        await again.watch(server, "board", since=start + 1)
        replayed = [(await again.hear())["payload"]["data"]["pipelineChanged"] for _ in range(2)]
        assert [each["__typename"] for each in replayed] == ["DealAdded", "CaughtUp"]
        await add_deal(server, "Third")
        assert (await again.hear())["payload"]["data"]["pipelineChanged"]["deal"] == {"title": "Third"}


async def test_a_revision_of_the_future_is_told_to_read_again(server: Server) -> None:
    async with socket(server, {"token": server.token}) as one:
        await one.hear()
        await one.watch(server, "board", since=999)
        assert (await one.hear())["payload"]["data"]["pipelineChanged"]["__typename"] == "Resync"


def speaking(server: Server, locale: str = "en") -> Session:
    return Session(Credential(hashed(server.token)), locale, new_id())


async def test_boards_that_resume_from_different_places_meet_in_one_group(server: Server) -> None:
    live, session = Live(make_engine(Settings())), speaking(server)
    pipeline = ids.encode("Pipeline", server.company.pipeline.id)

    async def watch(since: str | None, **more: Any) -> Watch:
        payload = SubscribePayload(WATCH, None, {"pipeline": pipeline, "since": since, **more}, {})
        begun = await live.begin(session, payload)
        assert isinstance(begun, Watch)
        return begun

    one, other = await watch("1"), await watch(None)
    assert (one.key, one.after, other.after) == (other.key, 1, None)
    polish = await Live(make_engine(Settings())).begin(
        speaking(server, "pl"),
        SubscribePayload(WATCH, None, {"pipeline": pipeline}, {}),
    )
    assert isinstance(polish, Watch) and polish.key != one.key


async def test_changes_answered_together_answer_as_each_does_alone(server: Server) -> None:
    pipeline = ids.encode("Pipeline", server.company.pipeline.id)
    watch = await Live(make_engine(Settings())).begin(
        speaking(server), SubscribePayload(WATCH, None, {"pipeline": pipeline}, {})
    )
    assert isinstance(watch, Watch)
    for title in ("First", "Second", "Third"):
        await add_deal(server, title)
    told = await changes.read_after(server.company.id, 0)
    alone = [await watch.answer(change) for change in told]
    assert await watch.answer_together(told) == alone and sum(each is not None for each in alone) == 3


async def test_a_subscription_ends_with_its_token(server: Server) -> None:
    pipeline = ids.encode("Pipeline", server.company.pipeline.id)
    payload = SubscribePayload(WATCH, None, {"pipeline": pipeline}, {})
    watch = await Live(make_engine(Settings())).begin(speaking(server), payload)
    assert isinstance(watch, Watch) and await watch.refreshed() is not None
    await Token.all().update(revoked_at=now())
    assert await watch.refreshed() is None


async def test_without_http_the_paths_say_so(server: Server) -> None:
    assert (await server.http.get("/nothing")).status_code == 404
    assert (await server.http.get("/graphql/")).status_code == 404
    response: httpx.Response = await server.http.get("/")
    assert response.status_code == 200 and "default-src 'self'" in response.headers["content-security-policy"]
