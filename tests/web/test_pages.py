"""Every page of the application, in every language and look."""

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.web.axe import find_barriers
from tests.web.server import Server
from tests.web.windows import OLGA, Windows

pytestmark = pytest.mark.slow

PAGES = re.findall(r"path: '([^']+)'", (Path(__file__).parents[2] / "web/src/app/pages.ts").read_text())
IDS = "{ pipelines { id } leads(first: 1) { nodes { id } } deals(first: 1) { nodes { id } } }"


async def address_of(path: str, server: Server) -> str:
    """An address that the page's path stands for, with something of the demo in it."""
    data = await server.ask(IDS)
    kept = {
        "pipelines": data["pipelines"][0]["id"],
        "leads": data["leads"]["nodes"][0]["id"],
        "deals": data["deals"]["nodes"][0]["id"],
    }
    noun = path.split("/")[1]
    return re.sub(r":\w+\??", kept.get(noun, ""), path)


@pytest.mark.parametrize("locale", ["en-GB", "pl-PL"])
@pytest.mark.parametrize("path", PAGES)
async def test_a_page_has_no_barrier_and_no_fault(path: str, locale: str, server: Server, windows: Windows) -> None:
    page = await windows.open(await address_of(path, server), locale=locale)
    await expect(page.locator("main h1").first).to_be_visible()
    await page.wait_for_load_state("networkidle")
    assert await find_barriers(page) == []
    await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    await page.set_viewport_size({"width": 390, "height": 844})
    assert await find_barriers(page) == []
    wider = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wider <= 0, "the page scrolls sideways on a phone"


async def test_who_is_not_signed_in_is_asked_in_their_language(windows: Windows) -> None:
    page = await windows.open("/leads", user=None, locale="pl-PL")
    await expect(page.get_by_role("button", name="Olga Admin").first).to_be_visible()
    assert await page.locator("html").get_attribute("lang") == "pl"
    assert await find_barriers(page) == []
    await page.get_by_role("button", name="Olga Admin").first.click()
    await expect(page.get_by_role("navigation").get_by_role("link", name="Tablica")).to_be_visible()


async def test_the_language_can_be_changed_and_stays(windows: Windows) -> None:
    page = await windows.open("/", user=OLGA)
    await page.get_by_role("button", name="You and settings").click()
    await page.get_by_role("menuitemradio", name="Polski").click()
    await page.keyboard.press("Escape")
    await page.reload()
    await expect(page.get_by_role("link", name="Tablica")).to_be_visible()


async def test_a_phones_navigation_shows_where_one_is(windows: Windows) -> None:
    page = await windows.open("/developer", viewport={"width": 390, "height": 844})
    await expect(page.get_by_role("navigation", name="Pages").get_by_role("link", name="Developers")).to_be_in_viewport(
        ratio=1
    )
