"""One server with the demo and one browser for all tests of the pages that a process runs."""

import os
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from app.pages import BUILT
from tests.clients.cable import Cable
from tests.web import server as servers
from tests.web.chromium import ARGUMENTS, find_chromium
from tests.web.server import TOKENS, Server
from tests.web.windows import Windows


def _missing(what: str) -> None:
    """Say it loudly, and fail where everything has to be there."""
    message = f"THE PAGES ARE NOT TESTED: {what}"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A Chromium without a screen. Without one, or without built pages: a skip, but a failure on CI."""
    path = find_chromium()
    if path is None:
        _missing("no Chromium; apt-get install chromium, or set LEJEK_TEST_CHROMIUM to where one is")
    if not (BUILT / "index.html").exists():
        _missing("web/ is not built; ./run test builds it where Node is")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield launched
        await launched.close()


@pytest_asyncio.fixture(scope="session")
async def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """The server that all windows speak to. Tests work on boards, leads and deals of their own in it."""
    folder = tmp_path_factory.mktemp("server")
    process, port = await servers.start(folder)
    headers = {"authorization": f"Bearer {TOKENS.split(',')[0]}"}
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=30) as http:
            yield Server(port, http, folder / servers.FILE)
    finally:
        process.terminate()
        await process.communicate()


@pytest_asyncio.fixture
async def windows(browser: Browser, server: Server) -> AsyncIterator[Windows]:
    """Opens windows. Afterwards no console of theirs may have told an error or a warning."""
    opened = Windows(browser, server)
    try:
        yield opened
    finally:
        await opened.close()
    assert not opened.faults, "\n".join(opened.faults)


@pytest_asyncio.fixture
async def cable(server: Server) -> AsyncIterator[Cable]:
    """A way to the server that the test can cut: open a window with `port=cable.port`."""
    laid = Cable()
    laid.target = server.port
    await laid.lay()
    yield laid
    await laid.remove()
