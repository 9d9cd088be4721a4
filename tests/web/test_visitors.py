"""The chat of a site as its visitor has it: told what is said by a stream, or by asking where none is to be had."""

from uuid import uuid4

import pytest
from playwright.async_api import Page, Request, expect

from tests.web.server import Server
from tests.web.windows import Windows

DEFINE = "mutation ($input: CreateChatInput!) { createChat(input: $input) { chat { path } errors { message } } }"
TALKS = "{ conversations(first: 1) { nodes { id messages { body } } } }"
REPLY = """mutation ($input: ReplyToConversationInput!) {
  replyToConversation(input: $input) { conversation { id } errors { message } }
}"""
CLOSE = """mutation ($input: CloseConversationInput!) {
  closeConversation(input: $input) { conversation { id } errors { message } }
}"""


async def open_chat(server: Server, windows: Windows) -> Page:
    """The window of a visitor, before they begin."""
    drawn = {"name": f"Site {uuid4().hex[:8]}", "language": "EN", "greeting": "Hello!"}
    made = await server.ask(DEFINE, input=drawn)
    return await windows.open(made["createChat"]["chat"]["path"], user=None)


async def talk(server: Server, page: Page) -> str:
    """Begin, say something, and be answered as text; the conversation's id."""
    await page.get_by_role("button", name="Start a conversation").click()
    log = page.get_by_role("log")
    await expect(log.get_by_text("Hello!")).to_be_visible()
    await page.get_by_label("Your message").fill("Is anybody there?")
    await page.get_by_role("button", name="Send").click()
    await expect(log.get_by_text("Is anybody there?")).to_be_visible()
    conversation = (await server.ask(TALKS))["conversations"]["nodes"][0]
    assert conversation["messages"][-1]["body"] == "Is anybody there?"
    await server.ask(REPLY, input={"id": conversation["id"], "body": "<b>I am</b>"})
    await expect(log.get_by_text("<b>I am</b>")).to_be_visible()
    await expect(log.get_by_role("listitem")).to_have_count(3)
    return str(conversation["id"])


async def test_a_visitor_is_told_by_a_stream_and_asks_nothing(server: Server, windows: Windows) -> None:
    page, polls = await open_chat(server, windows), list[str]()

    def note(request: Request) -> None:
        if request.method == "GET" and "/messages" in request.url:
            polls.append(request.url)

    page.on("request", note)
    conversation = await talk(server, page)
    await server.ask(CLOSE, input={"id": conversation})
    await expect(page.get_by_text("This conversation is closed. Thank you.")).to_be_visible()
    await expect(page.get_by_label("Your message")).to_be_hidden()
    assert polls == []


@pytest.mark.parametrize("is_known", [True, False], ids=["a stream that fails", "a browser without streams"])
async def test_without_a_stream_a_visitor_asks(is_known: bool, server: Server, windows: Windows) -> None:
    page = await open_chat(server, windows)
    if is_known:
        await page.route("**/stream?*", lambda route: route.abort())
    else:
        await page.evaluate("delete window.EventSource")
    await talk(server, page)
    windows.forgive("/stream?")
