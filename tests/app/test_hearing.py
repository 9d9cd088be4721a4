"""A visitor's stream over a real server: what is told, to whom, how it resumes, and how it ends."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio

from app.asgi import create_app
from app.chats import CONVERSATION_STREAMS
from app.settings import Settings
from models.chats import Chat
from models.web_forms import FormLanguage
from resolvers import ids
from resolvers.answering import close_conversation, reply_to_conversation
from resolvers.chats import create_chat, update_chat
from resolvers.conversations import begin_conversation, conversation_of
from tests import given
from tests.app.conftest import serving
from tests.app.events import Stream


@dataclass(frozen=True)
class Site:
    """A running server, a chat on it that greets, and Anna who answers."""

    http: httpx.AsyncClient
    acme: given.Company
    chat: Chat

    def address(self, what: str = "stream") -> str:
        return f"/chats/{self.chat.key}/{what}"

    @asynccontextmanager
    async def following(self, token: str, **headers: str) -> AsyncIterator[Stream]:
        """The stream of a conversation."""
        async with self.http.stream("GET", self.address(), params={"token": token}, headers=headers) as response:
            assert response.status_code == 200, await response.aread()
            assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
            yield Stream(response)

    async def say(self, token: str, body: str) -> None:
        answer = await self.http.post(self.address("messages"), json={"token": token, "body": body})
        assert answer.status_code == 201, answer.text

    async def reply(self, token: str, body: str) -> None:
        await reply_to_conversation(await given.viewer(self.acme.anna), {"id": self.id_of(token), "body": body})

    def id_of(self, token: str) -> str:
        key = conversation_of(self.chat, token)
        assert key is not None
        return ids.encode("Conversation", key)

    async def refused(self, token: str, method: str = "GET", **headers: str) -> tuple[int, str]:
        """The status of a stream that is not to be had, and the code of its error."""
        answer = await self.http.request(method, self.address(), params={"token": token}, headers=headers)
        return answer.status_code, answer.json()["errors"][0]["extensions"]["code"]


async def open_site(http: httpx.AsyncClient) -> Site:
    acme = await given.company()
    drawn = {"name": "Site", "language": FormLanguage.EN, "greeting": "Hello!"}
    key = await create_chat(await given.viewer(acme.admin), drawn)  # type: ignore[arg-type]
    return Site(http, acme, await Chat.get(id=key))


@pytest_asyncio.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    async with serving(create_app(settings), settings) as http:
        yield await open_site(http)


async def heard(stream: Stream) -> tuple[str | None, list[tuple[str, str]], bool]:
    """The id of the next event, the messages in it, and whether the conversation is closed."""
    event = await stream.event()
    assert event is not None and event["event"] == "next", event
    told: Any = json.loads(event["data"])
    return event.get("id"), [(each["author"], each["body"]) for each in told["messages"]], told["isClosed"]


async def test_a_visitor_hears_their_own_conversation_and_no_other(site: Site) -> None:
    token, other = [await begin_conversation(site.chat) for _ in range(2)]
    async with site.following(token) as stream:
        assert await heard(stream) == ("1", [("BOT", "Hello!")], False)
        await site.say(other, "Not for them")
        await site.reply(other, "Neither")
        await site.say(token, "Is anybody there?")
        assert await heard(stream) == ("2", [("VISITOR", "Is anybody there?")], False)
        await site.reply(token, "<b>I am</b>")
        assert await heard(stream) == ("3", [("AGENT", "<b>I am</b>")], False)
        await close_conversation(await given.viewer(site.acme.anna), {"id": site.id_of(token)})
        assert await heard(stream) == ("3", [], True)


async def test_an_event_is_what_a_poll_answers(site: Site) -> None:
    token = await begin_conversation(site.chat)
    async with site.following(token) as stream:
        event = await stream.event()
    polled = await site.http.get(site.address("messages"), params={"token": token, "after": 0})
    assert event is not None and json.loads(event["data"]) == polled.json()


async def test_last_event_id_resumes_after_a_message_and_wins_over_after(site: Site) -> None:
    token = await begin_conversation(site.chat)
    for body in ("One", "Two"):
        await site.say(token, body)
    async with site.following(token, **{"last-event-id": "2"}) as stream:
        assert await heard(stream) == ("3", [("VISITOR", "Two")], False)
    params = {"token": token, "after": "3"}
    async with site.http.stream("GET", site.address(), params=params) as response:
        stream = Stream(response)
        assert await heard(stream) == ("3", [], False)
        await site.reply(token, "Three")
        assert await heard(stream) == ("4", [("AGENT", "Three")], False)


async def test_who_may_not_ask_may_not_follow(site: Site) -> None:
    token = await begin_conversation(site.chat)
    elsewhere = await open_site(site.http)
    assert await elsewhere.refused(token) == (401, "UNAUTHENTICATED")
    for forged in ("", "x", token[:-1] + "!"):
        assert await site.refused(forged) == (401, "UNAUTHENTICATED")
    for number in ("-1", "9" * 30, "x"):
        assert await site.refused(token, **{"last-event-id": number}) == (400, "BAD_REQUEST")
    assert (await site.http.head(site.address(), params={"token": token})).status_code == 405


async def test_a_chat_that_is_closed_to_visitors_ends_its_streams(site: Site) -> None:
    token = await begin_conversation(site.chat)
    async with site.following(token) as stream:
        await heard(stream)
        closing: Any = {"id": ids.encode("Chat", site.chat.id), "is_active": False}
        await update_chat(await given.viewer(site.acme.admin), closing)
        event = await stream.event()
        assert event is not None and "id" not in event
        assert json.loads(event["data"])["errors"][0]["extensions"]["code"] == "NOT_FOUND"
        assert await stream.event() == {"event": "complete", "data": ""}
        assert await stream.event() is None
    assert await site.refused(token) == (404, "NOT_FOUND")


async def test_a_conversation_holds_no_more_streams_than_it_may_and_a_seat_is_given_back(site: Site) -> None:
    token = await begin_conversation(site.chat)
    async with AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(site.following(token)) for _ in range(CONVERSATION_STREAMS)]
        for stream in streams:
            await heard(stream)
        assert await site.refused(token) == (429, "TOO_MANY")
        async with site.following(await begin_conversation(site.chat)) as another:
            await heard(another)
    async with asyncio.timeout(20):
        while True:  # the server has yet to hear that the streams were left
            async with site.http.stream("GET", site.address(), params={"token": token}) as response:
                if response.status_code == 200:
                    break


@pytest.mark.parametrize("many", [1, 3])
async def test_a_server_that_stops_ends_streams_without_completing_them(settings: Settings, many: int) -> None:
    async with AsyncExitStack() as stack:
        async with serving(create_app(settings), settings) as http:
            site = await open_site(http)
            token = await begin_conversation(site.chat)
            client = httpx.AsyncClient(base_url=http.base_url, timeout=30)
            outliving = Site(await stack.enter_async_context(client), site.acme, site.chat)
            streams = [await stack.enter_async_context(outliving.following(token)) for _ in range(many)]
            for stream in streams:
                await heard(stream)
        assert [await stream.event() for stream in streams] == [None] * many
