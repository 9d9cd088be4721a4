"""Windows of a browser, each somebody's, and what went wrong in them."""

from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, BrowserContext, CDPSession, ConsoleMessage, Page, expect

from tests.web.server import Server

OLGA, JAN = "olga@lipa.example", "jan@lipa.example"  # the admin of the demo's first account, and a regular user
PATIENCE = 10_000  # ms until something that should be seen is missed


@dataclass
class Windows:
    """Opens windows, and knows what their consoles said."""

    browser: Browser
    server: Server
    faults: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    async def open(self, path: str = "/", user: str | None = OLGA, port: int | None = None, **options: Any) -> Page:
        """A window of its own, with this user signed in (none: nobody), at this address.

        `port` goes another way to the server; `options` are Playwright's for a context.
        """
        base = f"http://127.0.0.1:{port or self.server.port}"
        context = await self.browser.new_context(base_url=base, **{"locale": "en-GB", **options})
        self._contexts.append(context)
        context.set_default_timeout(PATIENCE)
        if user is not None:
            entered = await context.request.post("/session/demo", data={"email": user})
            assert entered.ok, await entered.text()
        page = await context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        await page.goto(path)
        return page

    async def close(self) -> None:
        """Close all of them."""
        for context in self._contexts:
            await context.close()

    def forgive(self, *parts: str) -> None:
        """Forget faults that a test made on purpose: those that have one of these texts in them."""
        self.faults = [fault for fault in self.faults if not any(part in fault for part in parts)]

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            self.faults.append(f"{said.location.get('url')}: {said.text}")


async def drag(page: Page, what: str, where: str) -> None:
    """Drag an element onto another with the mouse, as a hand does: press, move a little, move there, let go."""
    source, target = await _middle_of(page, what), await _middle_of(page, where)
    await page.mouse.move(*source)
    await page.mouse.down()
    for x, y in ((source[0] + 8, source[1] + 8), target, (target[0] + 2, target[1] + 2)):
        await page.mouse.move(x, y)  # the first begins the drag, the next enters the target
    await page.mouse.up()


class Finger:
    """A finger on a window that has touch (`has_touch=True`)."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._devtools: CDPSession | None = None
        self._at = (0.0, 0.0)

    async def touch(self, what: str) -> None:
        """Come down on the middle of an element."""
        self._devtools = self._devtools or await self._page.context.new_cdp_session(self._page)
        self._at = await _middle_of(self._page, what)
        await self._tell("touchStart", self._at)

    async def move(self, x: float, y: float) -> None:
        """Go by so many pixels, in steps as a hand does."""
        begun, steps = self._at, 8
        for step in range(1, steps + 1):
            self._at = (begun[0] + x * step / steps, begun[1] + y * step / steps)
            await self._tell("touchMove", self._at)

    async def move_to(self, where: str) -> None:
        """Go to the middle of an element."""
        x, y = await _middle_of(self._page, where)
        await self.move(x - self._at[0], y - self._at[1])

    async def lift(self) -> None:
        """Leave the window."""
        await self._tell("touchEnd")

    async def _tell(self, kind: str, *points: tuple[float, float]) -> None:
        assert self._devtools is not None
        told = [{"x": x, "y": y} for x, y in points]
        await self._devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": told})


async def _middle_of(page: Page, selector: str) -> tuple[float, float]:
    await expect(page.locator(selector).first).to_be_visible()
    box = await page.locator(selector).first.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
