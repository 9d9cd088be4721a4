"""The inbox and the pages of leads and deals: converting, archiving, editing, in one window and in two."""

from uuid import uuid4

from playwright.async_api import Page, expect

from tests.web.axe import find_barriers
from tests.web.server import Server
from tests.web.windows import JAN, Windows

CREATE_PERSON = (
    """mutation ($input: CreatePersonInput!) { createPerson(input: $input) { person { id } errors { message } } }"""
)
CREATE_LEAD = """mutation ($input: CreateLeadInput!) { createLead(input: $input) { lead { id } errors { message } } }"""
UPDATE_LEAD = (
    """mutation ($input: UpdateLeadInput!) { updateLead(input: $input) { lead { version } errors { message } } }"""
)
PERSON_OF_DEALS = "query ($search: String) { deals(filter: {search: $search}) { nodes { person { id } } } }"


async def add_person(server: Server, name: str) -> str:
    made = await server.ask(CREATE_PERSON, input={"name": name, "emails": [f"{name.split()[-1].lower()}@same.example"]})
    return str(made["createPerson"]["person"]["id"])


async def add_lead(server: Server, title: str, person: str) -> str:
    made = await server.ask(CREATE_LEAD, input={"title": title, "personId": person})
    return str(made["createLead"]["lead"]["id"])


async def listed(page: Page, title: str) -> None:
    """Wait until the inbox lists a lead and follows what happens."""
    await expect(page.get_by_role("list", name="Leads").get_by_role("link", name=title)).to_be_visible()
    await expect(page.locator(".inbox-head .chip[data-tone=live]")).to_be_visible()


async def test_a_lead_is_converted_with_the_contact_that_was_chosen_and_comes_back(
    server: Server, windows: Windows
) -> None:
    word = uuid4().hex[:8]
    known = await add_person(server, f"Jan Same{word}")
    await add_lead(server, f"Roof {word}", await add_person(server, f"Jan Same{word}"))
    page = await windows.open(f"/leads?search={word}")
    await listed(page, f"Roof {word}")
    await page.get_by_role("checkbox", name=f"Select Roof {word}").check()
    await page.get_by_role("button", name="Convert", exact=True).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("radio", name="Yes, use it").check()
    await expect(dialog.get_by_text("1 lead can be converted.")).to_be_visible()
    assert await find_barriers(page) == []
    await dialog.get_by_role("button", name="Convert", exact=True).click()
    await expect(dialog.get_by_text("1 lead converted")).to_be_visible()
    assert (await server.ask(PERSON_OF_DEALS, search=word))["deals"]["nodes"] == [{"person": {"id": known}}]
    await expect(page.get_by_text("No leads match these filters.")).to_be_visible()
    await dialog.get_by_role("button", name="Undo").click()
    await expect(dialog.get_by_text("1 lead is back in the inbox.")).to_be_visible()
    await dialog.get_by_role("button", name="Close").click()
    await listed(page, f"Roof {word}")


async def test_a_lead_that_one_archives_leaves_the_other_ones_inbox(server: Server, windows: Windows) -> None:
    word = uuid4().hex[:8]
    await add_lead(server, f"Fence {word}", await add_person(server, f"Ewa {word}"))
    olga = await windows.open(f"/leads?search={word}")
    jan = await windows.open(f"/leads?search={word}", user=JAN, locale="pl-PL")
    await listed(olga, f"Fence {word}")
    await expect(jan.get_by_role("link", name=f"Fence {word}")).to_be_visible()
    await expect(jan.get_by_text("Na żywo").first).to_be_visible()
    await olga.get_by_role("checkbox", name=f"Select Fence {word}").check()
    await olga.get_by_role("button", name="Archive", exact=True).click()
    await expect(jan.get_by_text("Żaden lead nie pasuje do filtrów.")).to_be_visible()


async def test_an_edit_that_comes_too_late_is_refused_and_keeps_what_was_typed(
    server: Server, windows: Windows
) -> None:
    word = uuid4().hex[:8]
    lead = await add_lead(server, f"Gate {word}", await add_person(server, f"Ola {word}"))
    page = await windows.open(f"/leads/{lead}")
    await page.get_by_role("button", name="Edit").click()
    await page.get_by_label("Title", exact=True).fill("What I typed")
    await server.ask(UPDATE_LEAD, input={"id": lead, "title": f"Faster {word}"})
    await expect(page.get_by_role("heading", name=f"Faster {word}")).to_be_visible()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Somebody changed this meanwhile")).to_be_visible()
    assert await page.get_by_label("Title", exact=True).input_value() == "What I typed"
    await page.get_by_role("button", name="Take over what is there now").click()
    await page.get_by_label("Title", exact=True).fill("In the end")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", name="In the end")).to_be_visible()


async def test_a_file_is_dropped_on_a_deal_and_opens(server: Server, windows: Windows) -> None:
    board = await server.add_board("New")
    deal = await server.add_deal(board.stages["New"], "With a file")
    page = await windows.open(f"/deals/{deal}")
    choose = page.get_by_label("Add files")
    await choose.set_input_files({"name": "Umowa żółta.txt", "mimeType": "text/plain", "buffer": b"signed"})
    link = page.get_by_role("link", name="Umowa żółta.txt")
    await expect(link).to_be_visible()
    answer = await page.context.request.get(str(await link.get_attribute("href")))
    assert await answer.body() == b"signed"
