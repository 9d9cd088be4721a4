"""Event streams over a real server: what is told, how it resumes, ends and is cut."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio

from app.asgi import create_app
from app.settings import Settings
from models import database as databases
from resolvers import deals, ids
from resolvers.tokens import make_token
from tests import given
from tests.app.conftest import Server, serving
from tests.app.events import Stream

WATCH = """subscription Watch($pipeline: ID!, $since: Revision) {
  pipelineChanged(pipelineId: $pipeline, after: $since) {
    __typename revision ... on DealMoved { deal { title } toStage { name } }
  }
}"""
STREAM = "/graphql/stream"
ACCEPTED = {"accept": "text/event-stream"}


@pytest_asyncio.fixture
async def server(settings: Settings) -> AsyncIterator[Server]:
    await databases.open_database(settings.database_url)
    company = await given.company()
    token = await make_token(company.id, company.anna.id, "tests")
    await databases.close_database()
    async with serving(create_app(settings), settings, headers={"authorization": f"Bearer {token}"}) as http:
        yield Server(http, company, token)


@asynccontextmanager
async def streaming(
    server: Server, query: str, variables: Any = None, method: str = "POST", **headers: str
) -> AsyncIterator[Stream]:
    """The stream that an operation is answered by."""
    headers = {"accept": "text/event-stream", **headers}
    sent: dict[str, Any] = {"json": {"query": query, "variables": variables}}
    if method == "GET":
        sent = {"params": {"query": query, "variables": json.dumps(variables)}}
    async with server.http.stream(method, STREAM, headers=headers, **sent) as response:
        assert response.status_code == 200, await response.aread()
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        yield Stream(response)


def watched(server: Server, since: int | None = None) -> dict[str, Any]:
    pipeline = ids.encode("Pipeline", server.company.pipeline.id)
    return {"pipeline": pipeline, "since": None if since is None else str(since)}


async def move(server: Server, deal: Any, to: int) -> None:
    viewer = await given.viewer(server.company.anna)
    stage = ids.encode("Stage", server.company.stages[to].id)
    await deals.move_deal(viewer, {"id": ids.encode("Deal", deal.id), "stage_id": stage})


def gone_steps(told: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(each["__typename"], each["revision"]) for each in told]


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_board_is_told_and_each_event_has_its_revision_as_id(server: Server, method: str) -> None:
    deal = await given.deal(server.company.anna, server.company.stages[0], "Dach dla Żubra")
    async with streaming(server, WATCH, watched(server), method) as stream:
        assert gone_steps([await stream.told()]) == [("CaughtUp", "0")]
        assert stream.comments == 1
        await move(server, deal, 1)
        moved = await stream.told()
        assert moved == {
            "__typename": "DealMoved",
            "revision": "1",
            "deal": {"title": "Dach dla Żubra"},
            "toStage": {"name": "Proposal"},
        }


async def test_last_event_id_resumes_and_wins_over_after(server: Server) -> None:
    deal = await given.deal(server.company.anna, server.company.stages[0])
    for to in (1, 2, 0):
        await move(server, deal, to)
    async with streaming(server, WATCH, watched(server, since=0), **{"last-event-id": "2"}) as stream:
        told = [await stream.told() for _ in range(2)]
        assert gone_steps(told) == [("DealMoved", "3"), ("CaughtUp", "3")]
        await move(server, deal, 1)
        assert gone_steps([await stream.told()]) == [("DealMoved", "4")]
    async with streaming(server, WATCH, watched(server, since=3)) as stream:
        assert gone_steps([await stream.told(), await stream.told()]) == [("DealMoved", "4"), ("CaughtUp", "4")]


async def test_a_query_and_a_mutation_are_told_once_and_complete(server: Server) -> None:
    async with streaming(server, "{ viewer { user { name } } }") as stream:
        assert await stream.told() == {"user": {"name": "Anna"}}
        assert await stream.event() == {"event": "complete", "data": ""}
        assert await stream.event() is None
    label = 'mutation { createDeal(input: {title: "", stageId: "none"}) { errors { code } } }'
    async with streaming(server, label) as stream:
        assert [error["code"] for error in (await stream.told())["errors"]] == ["INVALID", "INVALID"]
        assert await stream.event() == {"event": "complete", "data": ""}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ nonsense }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ viewer", "GRAPHQL_PARSE_FAILED"),
        ('subscription { pipelineChanged(pipelineId: "nonsense") { revision } }', "INVALID"),
    ],
)
async def test_what_is_wrong_with_an_operation_is_told_in_the_stream(server: Server, query: str, code: str) -> None:
    async with streaming(server, query) as stream:
        event = await stream.event()
        assert event is not None and event["event"] == "next" and "id" not in event
        (error,) = json.loads(event["data"])["errors"]
        assert error["extensions"]["code"] == code
        assert await stream.event() == {"event": "complete", "data": ""}
        assert await stream.event() is None


@pytest.mark.parametrize(
    ("status", "code", "asked"),
    [
        (401, "UNAUTHENTICATED", {"headers": {"authorization": "Bearer lejek_unknown"}}),
        (406, "NOT_ACCEPTABLE", {"headers": {"accept": "application/json"}}),
        (400, "BAD_REQUEST", {"headers": {"last-event-id": "-1"}}),
        (400, "BAD_REQUEST", {"headers": {"last-event-id": "9" * 30}}),
        (400, "BAD_REQUEST", {"content": b"[", "headers": {"content-type": "application/json"}}),
        (415, "UNSUPPORTED_MEDIA_TYPE", {"content": b"{}", "headers": {"content-type": "text/plain"}}),
        (405, "METHOD_NOT_ALLOWED", {"method": "PUT"}),
        (405, "METHOD_NOT_ALLOWED", {"method": "GET", "params": {"query": "mutation { archiveLeads }"}}),
        (413, "PAYLOAD_TOO_LARGE", {"json": {"query": "x" * 60_000}}),
    ],
)
async def test_a_request_that_is_none_is_an_http_error(server: Server, status: int, code: str, asked: Any) -> None:
    sent = {"method": "POST", "json": {"query": WATCH, "variables": watched(server)}, **asked}
    if sent["method"] == "GET" or "content" in sent:
        del sent["json"]
    if "archiveLeads" in str(sent):
        sent["params"] = {"query": 'mutation { archiveLeads(input: {ids: ["x"]}) { errors { code } } }'}
    sent["headers"] = {"accept": "text/event-stream", **sent.get("headers", {})}
    answer = await server.http.request(url=STREAM, **sent)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (status, code)


async def test_a_token_holds_no_more_streams_than_it_may_and_a_seat_is_given_back(settings: Settings) -> None:
    await databases.open_database(settings.database_url)
    company = await given.company()
    token = await make_token(company.id, company.anna.id, "tests")
    await databases.close_database()
    one = settings.model_copy(update={"token_connections": 1})
    async with serving(create_app(one), one, headers={"authorization": f"Bearer {token}"}) as http:
        server = Server(http, company, token)
        async with streaming(server, WATCH, watched(server)) as stream:
            await stream.told()
            refused = await http.post(STREAM, json={"query": "{ __typename }"}, headers=ACCEPTED)
            assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
            assert refused.json()["errors"][0]["extensions"]["code"] == "TOO_MANY"
        async with asyncio.timeout(20):
            while (await http.post(STREAM, json={"query": "{ __typename }"}, headers=ACCEPTED)).status_code == 429:
                pass  # the server has yet to hear that the stream was left
        async with streaming(server, "{ __typename }") as again:
            assert (await again.event() or {})["event"] == "next"
