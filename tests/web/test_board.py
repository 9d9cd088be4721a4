"""The board in real windows: dragged, told, cut off, refused, and driven by the keyboard alone."""

from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.clients.cable import Cable
from tests.web.server import Board, Server
from tests.web.windows import JAN, Finger, Windows, drag

LIVE = "[data-live=true]"
STAGE = "query ($id: ID!) { deal(id: $id) { stage { id } } }"
LOSE = "mutation ($input: CloseDealInput!) { loseDeal(input: $input) { errors { message } } }"
SET_ACCESS = "mutation ($input: SetAccessInput!) { setAccess(input: $input) { errors { message } } }"
SCROLLED = """([what, x, y]) => {
  const { scrollLeft, scrollTop } = document.querySelector(what);
  return scrollLeft >= x && scrollTop >= y;
}"""
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True}
TOTALS = "query ($id: ID!) { pipeline(id: $id) { stages { name totals { count } } } }"


@pytest.fixture
async def board(server: Server) -> Board:
    """A pipeline of three stages; a deal needs a value to enter the last one."""
    return await server.add_board("Found", "Offered", "Agreed", requiredFields=["VALUE"])


def card(page: Page, title: str, stage: str | None = None) -> Locator:
    """A card, in a stage where one is given."""
    within = page.get_by_role("region", name=stage, exact=True) if stage else page.locator(".columns")
    return within.locator(".card", has_text=title)


async def open_board(windows: Windows, board: Board, **more: object) -> Page:
    """A window with the board, live."""
    page = await windows.open(board.path, **more)  # type: ignore[arg-type]
    await expect(page.locator(LIVE)).to_be_visible()
    return page


def listen(page: Page) -> list[str]:
    """What the server tells over sockets that are opened from now on."""
    heard: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda told: heard.append(str(told))))
    return heard


def at(board: Board, stage: str) -> str:
    """Where a stage is dropped on."""
    return f'[data-stage="{board.stages[stage]}"]'


def of(deal: str) -> str:
    """A deal's card."""
    return f'[data-deal="{deal}"]'


async def test_a_drag_in_one_window_appears_in_the_other(board: Board, server: Server, windows: Windows) -> None:
    deal = await server.add_deal(board.stages["Found"], "Oak tables", value={"amount": "1200", "currency": "PLN"})
    mine = await open_board(windows, board)
    theirs = await open_board(windows, board, user=JAN, locale="pl-PL")
    await expect(mine.get_by_text("Jan Handlowy").first).to_be_attached()  # who else is looking
    await expect(theirs.get_by_role("button", name="Nowa szansa")).to_be_visible()
    await drag(mine, of(deal), at(board, "Offered"))
    for page in (mine, theirs):
        await expect(card(page, "Oak tables", "Offered")).to_be_visible()
        await expect(card(page, "Oak tables", "Found")).to_have_count(0)
        await expect(page.locator(at(board, "Offered")).locator(".column-count")).to_contain_text("1")


async def test_a_refused_move_rolls_back_and_says_why(board: Board, server: Server, windows: Windows) -> None:
    deal = await server.add_deal(board.stages["Found"], "Without a value")
    page = await open_board(windows, board)
    await drag(page, of(deal), at(board, "Agreed"))
    await expect(page.get_by_role("alert").get_by_text("Without a value went back")).to_be_visible()
    await expect(card(page, "Without a value", "Found")).to_be_visible()


async def test_a_board_cut_off_says_so_and_catches_up(
    board: Board, server: Server, windows: Windows, cable: Cable
) -> None:
    deal = await server.add_deal(board.stages["Found"], "Moved meanwhile")
    page = await open_board(windows, board, port=cable.port)
    cable.cut()
    await expect(page.locator(".offline")).to_be_visible()
    await expect(page.locator(LIVE)).to_have_count(0)
    await drag(page, of(deal), at(board, "Offered"))  # is not sent, and so does not stay
    await expect(card(page, "Moved meanwhile", "Found")).to_be_visible()
    await server.move(deal, board.stages["Offered"])
    await server.add_deal(board.stages["Found"], "Made meanwhile")
    cable.mend()
    await page.evaluate("dispatchEvent(new Event('online'))")
    await expect(card(page, "Moved meanwhile", "Offered")).to_be_visible()
    await expect(card(page, "Made meanwhile", "Found")).to_be_visible()
    await expect(page.locator(LIVE)).to_be_visible()
    windows.forgive("net::ERR_", "WebSocket connection")


async def test_a_board_that_missed_more_than_the_log_keeps_reads_again(
    board: Board, server: Server, windows: Windows, cable: Cable
) -> None:
    moved = await server.add_deal(board.stages["Found"], "Moved long ago")
    lost = await server.add_deal(board.stages["Found"], "Lost long ago")
    page = await open_board(windows, board, port=cable.port)
    heard = listen(page)
    cable.cut()
    await expect(page.locator(LIVE)).to_have_count(0)
    await server.move(moved, board.stages["Offered"])
    await server.ask(LOSE, input={"id": lost})
    await server.forget_changes()
    await server.add_deal(board.stages["Found"], "Made long ago")
    cable.mend()
    await page.evaluate("dispatchEvent(new Event('online'))")
    await expect(card(page, "Moved long ago", "Offered")).to_be_visible()
    await expect(card(page, "Made long ago", "Found")).to_be_visible()
    await expect(card(page, "Lost long ago")).to_have_count(0)
    await expect(page.locator(LIVE)).to_be_visible()
    assert [said for said in heard if '"Resync"' in said]
    await server.add_deal(board.stages["Offered"], "New")  # it is live, and does not only say so
    await expect(card(page, "New", "Offered")).to_be_visible()
    await expect(page.locator(at(board, "Found")).locator(".column-count")).to_contain_text("1")
    windows.forgive("net::ERR_", "WebSocket connection")


async def test_a_board_follows_what_its_viewer_may_see(board: Board, server: Server, windows: Windows) -> None:
    await server.add_deal(board.stages["Found"], "For the owner", visibility="OWNER")
    await server.add_deal(board.stages["Found"], "For everyone")
    users = (await server.ask("{ users { id email } }"))["users"]
    jan = next(user["id"] for user in users if user["email"] == JAN)
    page = await open_board(windows, board, user=JAN)
    await expect(card(page, "For everyone")).to_be_visible()
    try:
        for role, seen in (("ADMIN", 1), ("REGULAR", 0)):
            await expect(card(page, "For the owner")).to_have_count(1 - seen)
            await server.ask(SET_ACCESS, input={"userId": jan, "role": role})
            await expect(card(page, "For the owner")).to_have_count(seen)
            await expect(page.locator(LIVE)).to_be_visible()
            await expect(page.locator(at(board, "Found")).locator(".column-count")).to_contain_text(str(1 + seen))
            await server.add_deal(board.stages["Offered"], f"Jan is {role}")
            await expect(card(page, f"Jan is {role}", "Offered")).to_be_visible()
    finally:
        await server.ask(SET_ACCESS, input={"userId": jan, "role": "REGULAR"})


async def test_a_finger_carries_a_card_to_another_column(board: Board, server: Server, windows: Windows) -> None:
    deal = await server.add_deal(board.stages["Found"], "Carried")
    page = await open_board(windows, board, has_touch=True)
    finger = Finger(page)
    await finger.touch(of(deal))
    await expect(page.locator(".card-flying")).to_be_visible()
    await finger.move_to(at(board, "Offered"))
    await expect(page.locator(f"{at(board, 'Offered')}[data-over]")).to_be_visible()
    await finger.lift()
    await expect(card(page, "Carried", "Offered")).to_be_visible()
    await expect(page.locator(".outcomes")).to_have_count(0)
    await expect(page.locator(".card-flying")).to_have_count(0)
    assert (await server.ask(STAGE, id=deal))["deal"]["stage"]["id"] == board.stages["Offered"]
    assert page.url.endswith(board.path), "letting go is no click"


async def test_a_card_held_at_the_edge_of_a_phone_scrolls_to_the_next_column(
    board: Board, server: Server, windows: Windows
) -> None:
    deal = await server.add_deal(board.stages["Found"], "Carried on")
    page = await open_board(windows, board, **PHONE)
    finger = Finger(page)
    await finger.touch(of(deal))
    await expect(page.locator(".card-flying")).to_be_visible()
    await finger.move(170, 200)
    await expect(page.locator(f"{at(board, 'Offered')}[data-over]")).to_be_visible()
    await finger.lift()
    await expect(card(page, "Carried on", "Offered")).to_be_visible()


async def test_a_finger_that_moves_at_once_scrolls(board: Board, server: Server, windows: Windows) -> None:
    for number in range(12):
        await server.add_deal(board.stages["Found"], f"Deal {number}")
    page = await open_board(windows, board, **PHONE)
    finger = Finger(page)
    await finger.touch(f"{at(board, 'Found')} [data-deal] >> nth=2")
    await finger.move(0, -160)
    await finger.lift()
    await page.wait_for_function(SCROLLED, arg=[f"{at(board, 'Found')} .column-scroll", 0, 50])
    await finger.touch(f"{at(board, 'Found')} [data-deal] >> nth=4")
    await finger.move(-250, 0)
    await finger.lift()
    await page.wait_for_function(SCROLLED, arg=[".columns", 100, 0])
    await expect(page.locator(".card-flying")).to_have_count(0)
    await expect(page.locator(at(board, "Found")).locator(".column-count")).to_contain_text("12")


async def test_the_keyboard_alone_moves_a_card_and_keeps_the_focus(
    board: Board, server: Server, windows: Windows
) -> None:
    for title in ("First", "Second"):
        await server.add_deal(board.stages["Found"], title)
    page = await open_board(windows, board)
    await page.locator(".card-title", has_text="Second").focus()
    await page.keyboard.press("ArrowDown")
    await expect(page.locator(".card-title", has_text="First")).to_be_focused()
    said = page.locator("[data-announcer]")
    await page.keyboard.press("Space")
    await expect(said).to_contain_text("Picked up First")
    await page.keyboard.press("ArrowRight")
    await expect(said).to_have_text("Over Offered.")
    await expect(page.locator(".card-title", has_text="First")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(said).to_have_text("First moved to Offered.")
    await expect(card(page, "First", "Offered").locator(".card-title")).to_be_focused()
    await page.keyboard.press("Space")
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("Escape")
    await expect(card(page, "First", "Offered").locator(".card-title")).to_be_focused()
    data = await server.ask(TOTALS, id=board.id)
    assert [stage["totals"]["count"] for stage in data["pipeline"]["stages"]] == [1, 1, 0]


async def test_a_deal_is_made_lost_and_deleted_on_the_board(board: Board, windows: Windows) -> None:
    page = await open_board(windows, board)
    for title in ("Too dear", "A mistake"):
        await page.get_by_role("button", name="New deal").click()
        await page.get_by_label("Title", exact=True).fill(title)
        await page.get_by_role("button", name="Create deal").click()
        await expect(card(page, title, "Found")).to_be_visible()
    await page.get_by_role("button", name="What to do with Too dear").click()
    await page.get_by_role("menuitem", name="Lost").click()
    await page.get_by_label("Reason").fill("Price")
    await page.get_by_role("dialog").get_by_role("button", name="Lost").click()
    await expect(card(page, "Too dear")).to_have_count(0)
    await page.locator(".card-title", has_text="A mistake").focus()
    for key in ("Space", *["ArrowRight"] * 5, "Enter"):
        await page.keyboard.press(key)
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(card(page, "A mistake")).to_have_count(0)


async def test_a_filter_is_in_the_address_and_holds_for_what_comes(
    board: Board, server: Server, windows: Windows
) -> None:
    await server.add_deal(board.stages["Found"], "Łóżko dębowe")
    await server.add_deal(board.stages["Found"], "Table")
    page = await open_board(windows, board)
    await page.get_by_placeholder("Search titles").fill("lozko")
    await expect(card(page, "Table")).to_have_count(0)
    await expect(page).to_have_url(f"http://127.0.0.1:{server.port}{board.path}?search=lozko")
    await expect(page.locator(LIVE)).to_be_visible()
    await server.add_deal(board.stages["Offered"], "Another table")
    await server.add_deal(board.stages["Offered"], "Another łóżko")
    await expect(card(page, "Another łóżko", "Offered")).to_be_visible()
    await expect(card(page, "Another table")).to_have_count(0)
    await expect(page.locator(at(board, "Offered")).locator(".column-count")).to_contain_text("1 of 2")
    await page.reload()
    await expect(card(page, "Łóżko dębowe", "Found")).to_be_visible()
    await expect(card(page, "Table")).to_have_count(0)
