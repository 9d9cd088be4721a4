"""How fast the board answers in Chromium with 5,000 deals on it, all of them read.

    python -m bench.board [--deals 5000] [--rounds 15]

Prints a table: for each thing that people do, the median, the 95th percentile and the longest time from the key or
the mouse to the next picture, as the browser itself measures it (Event Timing, in steps of 8 ms), as a part of
the goal of 100 ms; then the frames while a column is scrolled, and how soon another window shows a move. The server
runs on SQLite, on the same machine as the browser.
"""

import argparse
import asyncio
import statistics
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter

import httpx
from playwright.async_api import Page, async_playwright, expect

from tests.web import server as servers
from tests.web.chromium import ARGUMENTS, find_chromium
from tests.web.server import TOKENS, Board, Server
from tests.web.windows import Windows, drag

GOAL = 100
STAGES = ["Qualified", "Contact made", "Needs defined", "Demo held", "Proposal sent", "Negotiation", "Contract sent"]
AT_ONCE = 8

LISTEN = """() => {
  window.heard = [];
  new PerformanceObserver(list => {
    for (const each of list.getEntries()) if (each.interactionId || each.name === 'drop') heard.push(each.duration);
  }).observe({ type: 'event', durationThreshold: 16, buffered: false });
}"""
HEARD = """() => new Promise(done => requestAnimationFrame(() => setTimeout(() => done(heard.splice(0)), 50)))"""
READ_ALL = """async () => {
  const columns = [...document.querySelectorAll('.column-scroll')];
  while (document.querySelector('[aria-setsize="-1"]')) {
    for (const column of columns) column.scrollTop = column.scrollHeight;
    await new Promise(requestAnimationFrame);
  }
  for (const column of columns) column.scrollTop = 0;
  await new Promise(requestAnimationFrame);
}"""
SCROLL = """async () => {
  const column = document.querySelector('.column-scroll'), frames = [];
  for (let last = performance.now(), n = 0; n < 120; n++) {
    column.scrollTop += 90;
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - last);
    last = now;
  }
  column.scrollTop = 0;
  return frames.slice(1);
}"""


@asynccontextmanager
async def serving() -> AsyncIterator[Server]:
    """A server of its own, on SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        process, port = await servers.start(Path(folder))
        headers = {"authorization": f"Bearer {TOKENS.split(',')[0]}"}
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60) as http:
                yield Server(port, http)
        finally:
            process.terminate()
            await process.communicate()


async def fill(server: Server, count: int) -> Board:
    """A pipeline with so many deals, evenly in its stages."""
    board = await server.add_board(*STAGES, name="Bench")
    stages = list(board.stages.values())
    turn = asyncio.Semaphore(AT_ONCE)

    async def add(number: int) -> None:
        async with turn:
            value = {"amount": str(1000 + number), "currency": "PLN"}
            await server.add_deal(stages[number % len(stages)], f"Deal number {number}", value=value)

    await asyncio.gather(*(add(number) for number in range(count)))
    return board


async def walk(page: Page, rounds: int) -> list[float]:
    """From card to card with the arrow keys."""
    await page.locator(".card-title").first.focus()
    for _ in range(rounds):
        await page.keyboard.press("ArrowDown")
    return list(await page.evaluate(HEARD))


async def carry(page: Page, rounds: int) -> list[float]:
    """Pick a card up, carry it one stage on, drop it: three keys each."""
    for number in range(rounds):
        await page.locator(".column").nth(number % 6).locator(".card-title").first.focus()
        for key in ("Space", "ArrowRight", "Enter"):
            await page.keyboard.press(key)
    return list(await page.evaluate(HEARD))


async def drag_on(page: Page, rounds: int) -> list[float]:
    """Drag a card into the next stage with the mouse."""
    for number in range(rounds):
        column = f".column:nth-child({number % 6 + 1})"
        await drag(page, f"{column} li:nth-child(2) .card", f".column:nth-child({number % 6 + 2})")
    return list(await page.evaluate(HEARD))


async def choose(page: Page, rounds: int) -> list[float]:
    """Open a card's menu and close it."""
    for number in range(rounds):
        await page.locator(".column").nth(number % 7).locator(".card").first.hover()
        await page.locator(".column").nth(number % 7).locator(".card-menu").first.click()
        await page.keyboard.press("Escape")
    return list(await page.evaluate(HEARD))


async def tell(server: Server, board: Board, mine: Page, rounds: int) -> list[float]:
    """How soon a board shows a deal that somebody else has just made, in ms from the answer to the maker."""
    times = []
    for number in range(rounds):
        await server.add_deal(board.stages[STAGES[0]], f"News {number}")
        begun = perf_counter()
        await mine.locator(".card-title", has_text=f"News {number}").first.wait_for()
        times.append((perf_counter() - begun) * 1000)
    return times


def line(name: str, times: list[float], goal: float | None = GOAL) -> str:
    """A row of the table."""
    times = sorted(times) or [0.0]
    p95 = times[min(len(times) - 1, int(len(times) * 0.95))]
    part = "" if goal is None else f"{p95 / goal:.2f}"
    return f"| {name} | {len(times)} | {statistics.median(times):.0f} | {p95:.0f} | {times[-1]:.0f} | {part} |"


async def measure(server: Server, deals: int, rounds: int) -> None:
    """Fill, open, use, and print."""
    board = await fill(server, deals)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        windows = Windows(browser, server)
        page = await windows.open(board.path, viewport={"width": 1600, "height": 900})
        await expect(page.locator("[data-live=true]")).to_be_visible()
        await page.evaluate(READ_ALL)
        await page.evaluate(LISTEN)
        print("| | events | p50 ms | p95 ms | longest | of the goal |\n|---|---|---|---|---|---|")
        print(line("arrow keys, from card to card", await walk(page, 4 * rounds)))
        print(line("keyboard move: each key", await carry(page, rounds)))
        print(line("drag and drop", await drag_on(page, rounds)))
        print(line("a card's menu", await choose(page, rounds)))
        print(line("a frame while scrolling", await page.evaluate(SCROLL), None))
        print(line("somebody else's deal, until it is seen", await tell(server, board, page, rounds), None))
        await windows.close()
        await browser.close()
        assert not windows.faults, windows.faults


async def main(given: argparse.Namespace) -> None:
    async with serving() as server:
        await measure(server, given.deals, given.rounds)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deals", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=15)
    asyncio.run(main(parser.parse_args()))
