"""A register's file becomes leads in the settings: counted first, made once, undone."""

from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from tests.web.axe import find_barriers
from tests.web.server import Server
from tests.web.windows import Windows

LEADS = "query ($search: String) { leads(filter: {search: $search}) { nodes { title source organization { name } } } }"
# One company is wanted, one comes twice, one is of another industry, one has no name.
REGISTER = """Nazwa;KRS;Strona www;Miasto;Branża;Zatrudnienie
Tartak {word} Łoś;{word}1;{word}.example;Łódź;Meble;40
Tartak {word} Łoś sp. z o.o.;{word}2;{word}.example;Łódź;Meble;4
Browar {word};{word}3;;Białystok;Browar;900
;{word}4;;Łódź;Meble;12
"""


def register_of(word: str, text: str = REGISTER) -> Any:
    """A file of that register, as a browser is given it."""
    return {"name": "rejestr.csv", "mimeType": "text/csv", "buffer": text.format(word=word).encode()}


async def found(server: Server, word: str) -> list[str]:
    """The titles of the leads of the register that were made."""
    leads = (await server.ask(LEADS, search=word))["leads"]["nodes"]
    assert all(lead["source"] == "PROSPECTOR" for lead in leads)
    return [lead["title"] for lead in leads]


async def counts(page: Page, *expected: str) -> None:
    """What is said of the rows of the file."""
    for each in expected:
        await expect(page.get_by_role("status").get_by_text(each, exact=True)).to_be_visible()


async def test_companies_that_nobody_knows_are_counted_made_leads_and_taken_back(
    server: Server, windows: Windows
) -> None:
    word = f"q{uuid4().hex[:8]}"
    page = await windows.open("/settings/register")
    await page.get_by_label("Choose a file").set_input_files(register_of(word))
    await page.get_by_label("Words of the industry").fill("tartak, MEBLE")
    assert await find_barriers(page) == []
    await page.get_by_role("button", name="Count without making leads").click()
    said = ("4 rows read", "1 new", "1 row known already", "1 row left out")
    await counts(page, *said)
    await expect(page.get_by_text("This is what importing would do:")).to_be_visible()
    assert await found(server, word) == []
    await page.get_by_role("button", name="Make leads").click()
    await expect(page.get_by_role("link", name="Go to the inbox")).to_be_visible()
    await counts(page, *said)
    assert await find_barriers(page) == []
    assert await found(server, word) == [f"Tartak {word} Łoś lead"]
    await page.get_by_role("button", name="Undo the import").click()
    await expect(page.get_by_text("Undone: what it made is gone.")).to_be_visible()
    assert await found(server, word) == []


async def test_a_register_is_gone_through_in_polish_on_a_dark_phone_with_the_keyboard(
    server: Server, windows: Windows
) -> None:
    word = f"q{uuid4().hex[:8]}"
    page = await windows.open(
        "/settings/register", locale="pl-PL", color_scheme="dark", viewport={"width": 360, "height": 740}
    )
    await page.get_by_label("Wybierz plik").set_input_files(register_of(word))
    await page.get_by_label("Słowa z branży, po przecinku").focus()
    for typed in ("", "bialystok", "10", "5"):
        await page.keyboard.type(typed)
        await page.keyboard.press("Tab")
    for _ in range(3):
        await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Utwórz leady")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert").locator(".refusal")).to_be_visible()
    assert await find_barriers(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    await page.get_by_label("Zatrudnienie do").fill("")
    await page.get_by_role("button", name="Utwórz leady").press("Enter")
    await counts(page, "Nowe: 1", "Pominięto 1 wiersz")
    assert await found(server, word) == [f"Browar {word} lead"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Miasto;Branża\nŁódź;{word}\n", "No column names the companies"),
        ("Nazwa;Miasto\n;{word}\n", "1 row left out"),
    ],
)
async def test_what_is_wrong_with_a_file_is_said(text: str, told: str, windows: Windows) -> None:
    page = await windows.open("/settings/register")
    await page.get_by_label("Choose a file").set_input_files(register_of("Meble", text))
    await page.get_by_role("button", name="Make leads").click()
    await expect(page.get_by_text(told).first).to_be_visible()
    assert await find_barriers(page) == []
