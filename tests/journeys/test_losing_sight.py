"""Who may no longer see a deal is told that it is gone, and never another byte of it."""

from tests import given
from tests.journeys.boards import BOARD_CHANGES, read_board
from tests.journeys.client import Client, Watch, caused_by, is_a
from tests.journeys.conftest import World, global_id

UPDATE = "mutation ($input: UpdateDealInput!) { updateDeal(input: $input) { deal { id } errors { code message } } }"
ADD_NOTE = "mutation ($input: AddNoteInput!) { addNote(input: $input) { note { id } errors { code } } }"
SET_ACCESS = "mutation ($input: SetAccessInput!) { setAccess(input: $input) { user { id } errors { code message } } }"
LOOK = """query ($id: ID!, $search: String) {
  node(id: $id) { id }
  deal(id: $id) { id }
  deals(filter: { search: $search }) { totalCount nodes { id } }
}"""
SECRET = "Merger of the century"


async def work_on(admin: Client, deal: str, open_deal: str, mark: str) -> None:
    """The admin goes on with the deal that is out of sight, and then with one that all see."""
    await admin.do(UPDATE, id=deal, title=f"{SECRET}, closing soon", value={"amount": "5.00", "currency": "PLN"})
    await admin.do(ADD_NOTE, dealId=deal, body=SECRET)
    await admin.do(UPDATE, id=open_deal, title=f"All see this: {mark}", clientMutationId=mark)


async def assert_unseen(client: Client, deal: str) -> None:
    """No question finds the deal."""
    answer = await client.ask(LOOK, id=deal, search="merger")
    assert answer == {"node": None, "deal": None, "deals": {"totalCount": 0, "nodes": []}}


async def test_a_deal_made_private_leaves_the_board(world: World) -> None:
    acme = world.acme
    admin, bartek, board_id = await world.client(acme.admin), await world.client(acme.bartek), global_id(acme.pipeline)
    deal = global_id(await given.deal(acme.anna, acme.stages[0], SECRET))
    open_deal = global_id(await given.deal(acme.anna, acme.stages[0], "Small fish"))
    board = await read_board(bartek, board_id)
    assert deal in board.cards
    async with bartek.watch(BOARD_CHANGES, id=board_id, after=str(board.revision)) as watch:
        await admin.do(UPDATE, id=deal, visibility="OWNER", clientMutationId="hide")
        (*before, removed) = await watch.until(is_a("DealRemoved"))
        assert (removed["dealId"], removed["reason"]) == (deal, "NO_LONGER_VISIBLE")
        assert all(is_a("CaughtUp")(event) for event in before)
        board.apply_all([*before, removed])

        came = len(watch.raw)
        await work_on(admin, deal, open_deal, "seen")
        board.apply_all(await watch.until(caused_by("seen")))
        assert_nothing_of([deal], watch, came)
    assert board == await read_board(bartek, board_id)
    await assert_unseen(bartek, deal)


async def test_a_user_moved_to_another_team_loses_its_deals_and_is_shown_the_other_ones(world: World) -> None:
    acme = world.acme
    admin, bartek, board_id = await world.client(acme.admin), await world.client(acme.bartek), global_id(acme.pipeline)
    deals = [global_id(await given.deal(acme.anna, acme.stages[0], SECRET, visibility="TEAM")) for _ in range(2)]
    other = global_id(await given.deal(acme.celina, acme.stages[1], "Help desk", visibility="TEAM"))
    shy = await given.person(acme.anna, "Shy Person", visibility="TEAM")
    open_deal = global_id(await given.deal(acme.anna, acme.stages[0], "Small fish", person_id=shy.id))
    board = await read_board(bartek, board_id)
    assert {*deals, open_deal} == set(board.cards) and board.cards[open_deal]["person"] == {"name": "Shy Person"}
    async with bartek.watch(BOARD_CHANGES, id=board_id, after=str(board.revision)) as watch:
        assert is_a("CaughtUp")(await watch.event())
        moved = {"userId": global_id(acme.bartek), "teamIds": [global_id(acme.support)], "clientMutationId": "move"}
        await admin.do(SET_ACCESS, **moved)
        events = await watch.events(4)
        assert [event["__typename"] for event in events] == ["DealRemoved", "DealRemoved", "DealAdded", "DealUpdated"]
        assert {(event["dealId"], event["reason"]) for event in events[:2]} == {
            (deal, "NO_LONGER_VISIBLE") for deal in deals
        }
        assert [int(event["revision"]) - board.revision for event in events] == [0, 0, 0, 1]
        assert all(event["clientMutationId"] == "move" for event in events)
        board.apply_all(events)
        assert board == await read_board(bartek, board_id) and set(board.cards) == {other, open_deal}

        came = len(watch.raw)
        for number, deal in enumerate(deals):
            await work_on(admin, deal, open_deal, f"seen {number}")
            board.apply_all(await watch.until(caused_by(f"seen {number}")))
        assert_nothing_of(deals, watch, came)
    assert board == await read_board(bartek, board_id)
    for deal in deals:
        await assert_unseen(bartek, deal)

    # Who lost the connection amid those events resumes across the change, and is told to read again.
    async with bartek.watch(BOARD_CHANGES, id=board_id, after=events[0]["revision"]) as resumed:
        assert is_a("Resync")(await resumed.event())
        await admin.do(UPDATE, id=open_deal, title="Still seen", clientMutationId="live")
        assert len(await resumed.until(caused_by("live"))) == 1
        assert_nothing_of(deals, resumed, 0)


def assert_nothing_of(deals: list[str], watch: Watch, since: int) -> None:
    """No frame since then has a byte of the deals."""
    later = "".join(watch.raw[since:])
    assert later and not any(secret in later for secret in [*deals, SECRET, "5.00"])
