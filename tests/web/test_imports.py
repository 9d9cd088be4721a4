"""The page on which tables are imported: a file is tried, worked through and taken back."""

from uuid import uuid4

from playwright.async_api import expect

from tests.web.axe import find_barriers
from tests.web.server import Server
from tests.web.windows import Windows

LEADS = "query ($search: String) { leads(filter: {search: $search}) { totalCount } }"


async def test_a_table_is_tried_imported_and_taken_back(server: Server, windows: Windows) -> None:
    word = f"q{uuid4().hex[:8]}"
    page = await windows.open("/import")
    table = f"Tytuł;Firma;Uwagi\nDach {word};Stal;pilne\n;;\n".encode()
    await page.get_by_role("button", name="Choose a file").set_input_files(
        {"name": "leady.csv", "mimeType": "text/csv", "buffer": table}
    )
    await expect(page.get_by_role("rowheader", name="Tytuł")).to_be_visible()
    for button, count in (("Try it without importing", 0), ("Import", 1)):
        await page.get_by_role("button", name=button, exact=True).click()
        await expect(page.get_by_role("status").get_by_text("1 new", exact=True)).to_be_visible()
        await expect(page.get_by_role("heading", name="Imported." if count else "would do")).to_be_visible()
        assert await find_barriers(page) == []
        assert (await server.ask(LEADS, search=word))["leads"]["totalCount"] == count
    await page.get_by_role("button", name="Undo the import").click()
    await expect(page.get_by_text("Undone: what it made is gone.")).to_be_visible()
    assert (await server.ask(LEADS, search=word))["leads"]["totalCount"] == 0
