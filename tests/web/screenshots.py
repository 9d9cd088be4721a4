"""The pictures of the README, taken from the demo: `./run screenshots`."""

import asyncio
import base64
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Page, async_playwright, expect

from app.pages import BUILT
from tests.web import server as servers
from tests.web.chromium import ARGUMENTS, find_chromium
from tests.web.server import Server
from tests.web.windows import JAN, Windows

FOLDER = Path(__file__).parents[2] / "docs/pictures"
DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 860}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 780}, "device_scale_factor": 2}
QUALITY = 82
SETTLED = "async () => { for (const each of document.getAnimations()) await each.finished.catch(() => {}); }"


async def keep(page: Page, name: str) -> None:
    """Keep what a window shows, as WebP."""
    await page.evaluate(SETTLED)
    devtools = await page.context.new_cdp_session(page)
    taken = await devtools.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    (FOLDER / f"{name}.webp").write_bytes(base64.b64decode(taken["data"]))


async def take(windows: Windows) -> None:
    """Take all of them."""
    await windows.open("/", user=JAN)  # so that somebody else is looking
    board = await windows.open("/", **DESK)
    await expect(board.locator("[data-live=true]")).to_be_visible()
    await expect(board.locator(".board-viewers")).to_be_visible()
    await board.locator(".card-title").nth(1).focus()
    for key in ("Space", "ArrowRight"):
        await board.keyboard.press(key)
    await expect(board.locator(".card-flying")).to_have_count(0)
    await keep(board, "board")
    phone = await windows.open("/", locale="pl-PL", color_scheme="dark", **PHONE)
    await expect(phone.locator("[data-live=true]")).to_be_visible()
    await keep(phone, "phone")
    inbox = await windows.open("/leads", **DESK)
    await inbox.locator(".inbox-link").nth(1).click()
    await expect(inbox.locator(".inbox-pane h2").first).to_be_visible()
    await keep(inbox, "inbox")
    contacts = await windows.open("/settings/contacts", **DESK)
    await contacts.get_by_label("Look at").select_option("organizations")
    await contacts.locator(".duplicate h2").first.wait_for()
    await contacts.get_by_role("button", name="Compare and merge").first.click()
    await expect(contacts.get_by_role("dialog")).to_be_visible()
    await keep(contacts, "contacts")
    fields = await windows.open("/settings", **DESK)
    await fields.get_by_role("button", name="New formula").click()
    await fields.get_by_label("Name", exact=True).fill("Left over")
    await fields.get_by_label("Formula", exact=True).fill("value * probability% - [Seats]")
    await fields.get_by_role("button", name="Save").click()
    await expect(fields.locator(".refusal")).to_be_visible()
    await keep(fields, "formula")


async def main() -> None:
    """Serve the demo, and take the pictures of it."""
    path = find_chromium()
    if path is None or not (BUILT / "index.html").exists():
        sys.exit("screenshots: needs Chromium, and web/ built")
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        process, port = await servers.start(Path(folder))
        try:
            async with async_playwright() as playwright, httpx.AsyncClient() as http:
                browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
                windows = Windows(browser, Server(port, http, Path(folder) / servers.FILE))
                await take(windows)
                await windows.close()
                await browser.close()
        finally:
            process.terminate()
            await process.communicate()


if __name__ == "__main__":
    asyncio.run(main())
