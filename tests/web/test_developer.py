"""The page for developers: tokens are made there, for reading alone where that is all they are for."""

from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from tests.web.axe import find_barriers
from tests.web.server import Server
from tests.web.windows import Windows

CHANGE = "mutation { archiveLeads(input: { ids: [] }) { errors { code } } }"  # of nothing, which is refused otherwise
WORDS = [
    ("en-GB", "What is it for?", "What may it do?", "Only read", "Create token"),
    ("pl-PL", "Do czego służy?", "Co mu wolno?", "Tylko odczyt", "Utwórz token"),
]


async def told_to_its_bearer(page: Page, server: Server, document: str) -> str:
    """What a program is told that shows the token which the page shows."""
    secret = await page.locator(".developer-secret code").inner_text()
    headers = {"authorization": f"Bearer {secret}"}
    answer = await server.http.post("/graphql", json={"query": document}, headers=headers)
    return answer.text


@pytest.mark.parametrize(("locale", "name", "scope", "reads", "create"), WORDS)
async def test_a_token_that_only_reads_is_made_with_the_keyboard_and_says_so(
    locale: str, name: str, scope: str, reads: str, create: str, server: Server, windows: Windows
) -> None:
    token = f"Report {uuid4().hex[:8]}"
    page = await windows.open("/developer", locale=locale, viewport={"width": 390, "height": 844})
    await page.get_by_label(name).fill(token)
    await page.keyboard.press("Tab")
    await expect(page.get_by_label(scope)).to_be_focused()
    await page.keyboard.type(reads)
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name=create)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("listitem").filter(has_text=token)).to_contain_text(reads)
    assert await find_barriers(page) == []
    assert '"errors"' not in await told_to_its_bearer(page, server, "{ viewer { user { name } } }")
    assert "FORBIDDEN" in await told_to_its_bearer(page, server, CHANGE)


async def test_a_token_changes_things_unless_something_else_is_chosen(server: Server, windows: Windows) -> None:
    token = f"Sync {uuid4().hex[:8]}"
    page = await windows.open("/developer")
    await page.get_by_label("What is it for?").fill(token)
    await page.get_by_role("button", name="Create token").click()
    await expect(page.get_by_role("listitem").filter(has_text=token)).to_contain_text("Read and change")
    assert "EMPTY" in await told_to_its_bearer(page, server, CHANGE)
