"""The pages that visitors see, alone and in frames of other sites: forms and chats."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Page, expect
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from tests.web.axe import find_barriers
from tests.web.server import Server
from tests.web.windows import Windows

CREATE_FORM = """mutation ($input: CreateWebFormInput!) { createWebForm(input: $input) { webForm { path } errors { message } } }"""
CREATE_CHAT = (
    """mutation ($input: CreateChatInput!) { createChat(input: $input) { chat { path } errors { message } } }"""
)
CREATE_FIELD = """mutation ($input: CreateCustomFieldInput!) {
  createCustomField(input: $input) { customField { id } errors { message } }
}"""
LOOKS: list[dict[str, Any]] = [
    {"color_scheme": "light", "viewport": {"width": 1200, "height": 800}},
    {"color_scheme": "dark", "viewport": {"width": 360, "height": 740}},
]
SETTLED = "performance.now() > 2500"  # who is faster than people are is asked again


@pytest_asyncio.fixture(scope="session")
async def form(server: Server) -> dict[str, str]:
    """The paths of a form with every kind of question, by its language."""
    fields = []
    for kind in ("OPTION", "MULTI_OPTION"):
        made = await server.ask(CREATE_FIELD, input={"name": f"Doors {kind}", "type": kind, "options": ["One", "Two"]})
        fields.append(made["createCustomField"]["customField"]["id"])
    questions = [
        {"label": "Name", "meaning": "PERSON_NAME"},
        {"label": "E-mail", "meaning": "EMAIL", "isRequired": True},
        {"label": "Value", "meaning": "VALUE"},
        {"label": "Message", "meaning": "MESSAGE"},
        *({"label": f"Choice {each}", "meaning": "CUSTOM_FIELD", "customFieldId": each} for each in fields),
    ]
    paths = {}
    for language in ("EN", "PL"):
        made = await server.ask(
            CREATE_FORM,
            input={
                **{"name": f"Contact {language}", "language": language, "fields": questions},
                **{"intro": "Write to us.", "consentText": "I agree."},
            },
        )
        paths[language] = made["createWebForm"]["webForm"]["path"]
    return paths


@pytest_asyncio.fixture(scope="session")
async def chat(server: Server) -> dict[str, str]:
    """The paths of a chat with a chatbot, by its language."""
    steps = [
        {
            "key": "what",
            "says": "A quote?",
            "choices": [{"label": "Yes", "next": "mail"}, {"label": "No", "next": "no"}],
        },
        {"key": "mail", "says": "Where may we write to?", "asks": "EMAIL", "next": "bye"},
        {"key": "bye", "says": "Thank you, we will.", "qualifies": True},
        {"key": "no", "says": "Have a nice day."},
    ]
    paths = {}
    for language in ("EN", "PL"):
        made = await server.ask(CREATE_CHAT, input={"name": f"Ask us {language}", "language": language, "steps": steps})
        paths[language] = made["createChat"]["chat"]["path"]
    return paths


@pytest_asyncio.fixture
async def elsewhere(server: Server) -> AsyncIterator[Callable[[str], Awaitable[str]]]:
    """Serves a page of another origin, with this in its body, and answers its address."""
    body = ""

    async def page(_: object) -> HTMLResponse:
        return HTMLResponse(
            '<!doctype html><html lang="en"><title>A shop</title><link rel="icon" href="data:,">'
            f"<main><h1>A shop</h1>{body}</main></html>"
        )

    shop = uvicorn.Server(uvicorn.Config(Starlette(routes=[Route("/", page)]), port=0, log_level="error"))
    serving = asyncio.create_task(shop.serve())

    async def serve(given: str) -> str:
        nonlocal body
        body = given
        while not shop.started:
            await asyncio.sleep(0.01)
        return f"http://127.0.0.1:{shop.servers[0].sockets[0].getsockname()[1]}/"

    yield serve
    shop.should_exit = True
    await serving


async def assert_clean(page: Page) -> None:
    """No barrier, and no scrolling sideways."""
    assert await find_barriers(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("look", LOOKS, ids=["light", "dark"])
@pytest.mark.parametrize("language", ["EN", "PL"])
async def test_a_forms_pages_have_no_barrier_and_no_fault(
    language: str, look: dict[str, Any], form: dict[str, str], windows: Windows
) -> None:
    page = await windows.open(form[language], user=None, **look)
    await expect(page.get_by_role("heading", name=f"Contact {language}")).to_be_visible()
    assert await page.locator("html").get_attribute("lang") == language.lower()
    await assert_clean(page)
    await page.locator("form").evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
    await expect(page.get_by_role("alert")).to_be_visible()
    await assert_clean(page)
    windows.forgive("status of 422")  # this answer, which a browser calls a failure
    await page.goto(f"{form[language]}/thanks")
    await assert_clean(page)


async def test_a_form_is_sent_by_the_keyboard_alone(form: dict[str, str], server: Server, windows: Windows) -> None:
    word = uuid4().hex[:8]
    page = await windows.open(form["EN"], user=None, bypass_csp=True)  # the test asks the clock of the page
    keys = page.keyboard
    for text in (f"Ewa {word}", f"ewa@{word}.example", "1200", "Hello"):
        await keys.press("Tab")
        await keys.type(text)
    await keys.press("Tab")
    await keys.press("ArrowDown")  # the first choice
    await keys.press("Tab")
    await keys.press("Space")  # the first box
    for key in ("Tab", "Tab", "Space", "Tab"):
        await keys.press(key)
    await expect(page.get_by_role("button")).to_be_focused()
    await page.wait_for_function(SETTLED)
    await keys.press("Enter")
    await expect(page).to_have_url(f"http://127.0.0.1:{server.port}{form['EN']}/thanks")
    assert await sources(server, word) == ["WEB_FORM"]
    windows.forgive("/favicon.ico")  # asked for only where the page's policy is bypassed


@pytest.mark.parametrize("look", LOOKS, ids=["light", "dark"])
@pytest.mark.parametrize("language", ["EN", "PL"])
async def test_a_chats_page_has_no_barrier_and_no_fault(
    language: str, look: dict[str, Any], chat: dict[str, str], windows: Windows
) -> None:
    page = await windows.open(chat[language], user=None, **look)
    await expect(page.get_by_role("heading", name=f"Ask us {language}")).to_be_visible()
    assert await page.locator("html").get_attribute("lang") == language.lower()
    await assert_clean(page)
    await page.locator(".begin").click()
    await expect(page.get_by_text("A quote?")).to_be_visible()
    await assert_clean(page)
    await page.get_by_role("button", name="No").click()
    await expect(page.get_by_text("Have a nice day.")).to_be_visible()
    await assert_clean(page)


async def test_a_chat_goes_on_by_the_keyboard_alone(chat: dict[str, str], server: Server, windows: Windows) -> None:
    word = uuid4().hex[:8]
    page = await windows.open(chat["EN"], user=None)
    keys = page.keyboard
    await keys.press("Tab")
    await keys.press("Enter")
    await expect(page.get_by_label("Your message")).to_be_focused()
    await expect(page.get_by_text("A quote?")).to_be_visible()
    await keys.press("Shift+Tab")
    await keys.press("Shift+Tab")
    await expect(page.get_by_role("button", name="Yes")).to_be_focused()
    await keys.press("Enter")
    await expect(page.get_by_text("Where may we write to?")).to_be_visible()
    await expect(page.get_by_label("Your message")).to_be_focused()
    await keys.type(f"ewa@{word}.example")
    await keys.press("Enter")
    await expect(page.get_by_text("Thank you, we will.")).to_be_visible()
    assert await sources(server, word) == ["CHATBOT"]


async def test_a_form_in_a_frame_of_another_site_makes_a_lead(
    form: dict[str, str], elsewhere: Callable[[str], Awaitable[str]], server: Server, windows: Windows
) -> None:
    word = uuid4().hex[:8]
    script = f'<script src="http://127.0.0.1:{server.port}/forms/embed.js" data-form="{form["PL"]}"></script>'
    page = await windows.open(await elsewhere(script), user=None, bypass_csp=True)
    frame = page.frame_locator("iframe")
    await expect(frame.get_by_role("heading", name="Contact PL")).to_be_visible()
    await page.wait_for_function("document.querySelector('iframe').style.height !== '40rem'")  # as tall as the form
    await assert_clean(page)
    await frame.get_by_label("Name").fill(f"Ewa {word}")
    await frame.get_by_label("E-mail").fill(f"ewa@{word}.example")
    await frame.get_by_label("I agree.").check()
    inside = next(each for each in page.frames if "/forms/" in each.url)
    await inside.wait_for_function(SETTLED)
    await frame.get_by_role("button").click()
    await expect(frame.get_by_text("Dziękujemy")).to_be_visible()
    assert await sources(server, word) == ["WEB_FORM"]
    windows.forgive("/favicon.ico")


@pytest.mark.parametrize("keeps", [True, False], ids=["with storage", "without"])
async def test_a_chat_in_a_frame_of_another_site_makes_a_lead(
    keeps: bool, chat: dict[str, str], elsewhere: Callable[[str], Awaitable[str]], server: Server, windows: Windows
) -> None:
    """A browser that blocks what frames of other sites would keep is none the worse."""
    word = uuid4().hex[:8]
    script = f'<script src="http://127.0.0.1:{server.port}/chats/embed.js" data-chat="{chat["EN"]}" data-title="Ask"></script>'
    address = await elsewhere(script)
    page = await windows.open("about:blank", user=None)
    if not keeps:
        await page.context.add_init_script(
            "Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('no', 'SecurityError') } })"
        )
    await page.goto(address)
    await page.keyboard.press("Tab")
    opener = page.get_by_role("button", name="Ask")
    await expect(opener).to_be_focused()
    await page.keyboard.press("Enter")
    assert await opener.get_attribute("aria-expanded") == "true"
    frame = page.frame_locator("iframe")
    await frame.get_by_role("button", name="Start a conversation").click()
    await frame.get_by_role("button", name="Yes").click()
    await expect(frame.get_by_text("Where may we write to?")).to_be_visible()
    await assert_clean(page)
    await frame.get_by_label("Your message").fill(f"ewa@{word}.example")
    await frame.get_by_role("button", name="Send").click()
    await expect(frame.get_by_text("Thank you, we will.")).to_be_visible()
    assert await sources(server, word) == ["CHATBOT"]


async def sources(server: Server, word: str) -> list[str]:
    """Where the leads came from that have this word in them."""
    leads = (await server.ask("{ leads(first: 250) { nodes { source person { emails } } } }"))["leads"]
    return [each["source"] for each in leads["nodes"] if each["person"] and word in str(each["person"])]
