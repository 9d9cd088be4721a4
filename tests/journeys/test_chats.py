"""A visitor talks to the chatbot and to Anna, and hears them by a stream; her conversations and her inbox follow."""

import json

import httpx

from models.users import User
from tests.app.events import Stream
from tests.journeys.boards import INBOX_CHANGES
from tests.journeys.client import Client, is_a
from tests.journeys.conftest import World, global_id

DEFINE = "mutation ($input: CreateChatInput!) { createChat(input: $input) { chat { path } errors { code path } } }"
REPLY = """mutation ($input: ReplyToConversationInput!) {
  replyToConversation(input: $input) { conversation { id } errors { code } }
}"""
CONVERSATIONS = """subscription { conversationChanged {
  __typename ... on ConversationChanged { conversation { id status lead { id } messages { author body } } }
} }"""
STEPS = [
    {"key": "mail", "says": "Twój e-mail?", "asks": "EMAIL", "next": "bye"},
    {"key": "bye", "says": "Dziękujemy!", "qualifies": True},
]


async def heard(stream: Stream) -> list[tuple[str, str]]:
    """What the next event of a visitor's stream tells."""
    event = await stream.event()
    assert event is not None and event["event"] == "next", event
    return [(each["author"], each["body"]) for each in json.loads(event["data"])["messages"]]


async def define_chat(admin: Client, owner: User) -> str:
    """The path of a chat whose leads are that user's."""
    made = await admin.do(DEFINE, name="Strona", language="PL", steps=STEPS, ownerId=global_id(owner))
    path: str = made["chat"]["path"]
    return path


async def converse(http: httpx.AsyncClient, path: str, anna: Client) -> str:
    """A visitor talks to the chatbot, becomes a lead of Anna's, and is answered by her; returns the visitor's token."""
    async with anna.watch(CONVERSATIONS) as talks, anna.watch(INBOX_CHANGES) as inbox:
        for watch in (talks, inbox):
            assert is_a("CaughtUp")(await watch.event())
        token: str = (await http.post(path, json={})).json()["token"]
        first = (await talks.event())["conversation"]
        assert first["messages"] == [{"author": "BOT", "body": "Twój e-mail?"}]
        async with http.stream("GET", f"{path}/stream", params={"token": token}) as response:
            stream = Stream(response)
            assert await heard(stream) == [("BOT", "Twój e-mail?")]
            said = await http.post(f"{path}/messages", json={"token": token, "body": "lucja@zak.pl"})
            assert said.status_code == 201
            assert await heard(stream) == [("VISITOR", "lucja@zak.pl"), ("BOT", "Dziękujemy!")]
            assert (await inbox.event())["lead"]["title"] == "lucja@zak.pl: Strona"
            assert (await talks.event())["conversation"]["lead"] is not None
            await anna.do(REPLY, id=first["id"], body="<b>Dzień dobry</b>")
            await talks.event()
            assert await heard(stream) == [("AGENT", "<b>Dzień dobry</b>")]
    return token


async def test_a_visitor_is_answered_and_becomes_a_lead(world: World) -> None:
    anna = await world.client(world.acme.anna)
    path = await define_chat(await world.client(world.acme.admin), world.acme.anna)
    page = await world.http.get(path)
    assert page.status_code == 200 and "Rozpocznij rozmowę" in page.text and "set-cookie" not in page.headers
    for name in ("chat.js", "chat.css", "embed.js"):
        assert (await world.http.get(f"/chats/{name}")).status_code == 200

    token = await converse(world.http, path, anna)
    polled = await world.http.get(f"{path}/messages", params={"token": token, "after": 3})
    (answer,) = polled.json()["messages"]
    assert (answer["number"], answer["author"], answer["body"]) == (4, "AGENT", "<b>Dzień dobry</b>")

    for bad in ({"token": token}, {"token": "x", "body": "?"}, {"token": token, "body": "\x00"}, []):
        refused = await world.http.post(f"{path}/messages", json=bad)
        assert refused.status_code in (400, 401, 422) and refused.json()["errors"][0]["message"].endswith(".")
    assert (await world.http.get(f"{path}/messages", params={"token": token, "after": "-1"})).status_code == 400
    assert (await world.http.post("/chats/nowhere", json={})).status_code == 404
    assert {(await world.http.post(path, json={})).status_code for _ in range(25)} == {201, 429}
