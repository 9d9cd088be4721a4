"""A conversion is taken back: the same lead is in the inbox again, with what came to the deal since."""

from tests import given
from tests.journeys.boards import BOARD_CHANGES, INBOX_CHANGES, applied, read_board, read_inbox
from tests.journeys.client import caused_by, is_a
from tests.journeys.conftest import World, global_id

CONVERT = """mutation ($input: ConvertLeadsInput!) {
  convertLeads(input: $input) { results { outcome deal { id notes { nodes { body } } } } errors { code } }
}"""
ADD_NOTE = "mutation ($input: AddNoteInput!) { addNote(input: $input) { note { id } errors { code } } }"
UNDO = """mutation ($input: UndoConversionInput!) {
  undoConversion(input: $input) { lead { id title } errors { code message } }
}"""
TRACES = """query ($lead: ID!, $deal: ID!) {
  lead(id: $lead) { id notes { nodes { body } } activities { nodes { subject } } nextActivity { subject } }
  deal(id: $deal) { id }
  conversion(leadId: $lead) { leadId }
}"""


async def test_a_conversion_is_undone_with_everything_added_since(world: World) -> None:
    anna, board_id = await world.client(world.acme.anna), global_id(world.acme.pipeline)
    row = await given.lead(world.acme.anna, "A roof for a barn")
    await given.note(world.acme.anna, row, "Before")
    lead = global_id(row)
    board, (revision, inbox) = await read_board(anna, board_id), await read_inbox(anna, board_id)

    async with (
        anna.watch(BOARD_CHANGES, id=board_id, after=str(board.revision)) as boards,
        anna.watch(INBOX_CHANGES, after=str(revision)) as mail,
    ):
        # The lead becomes a deal, and somebody writes a note on it.
        payload = await anna.do(CONVERT, leadIds=[lead], clientMutationId="convert")
        deal = payload["results"][0]["deal"]["id"]
        assert payload["results"][0]["deal"]["notes"]["nodes"] == [{"body": "Before"}]
        await anna.do(ADD_NOTE, dealId=deal, body="Since")

        # That was too soon.
        undone = await anna.do(UNDO, leadId=lead, clientMutationId="undo")
        assert undone["lead"] == {"id": lead, "title": "A roof for a barn"}

        told = await boards.until(caused_by("undo"))
        board.apply_all(told)
        heard = await mail.until(caused_by("undo"))

    # The same lead is there, with both notes; of the deal there is no trace.
    traces = await anna.ask(TRACES, lead=lead, deal=deal)
    assert {note["body"] for note in traces["lead"]["notes"]["nodes"]} == {"Before", "Since"}
    assert traces["deal"] is None and traces["conversion"] is None

    # The board lost the deal in the change that brought the lead back. What is told of a card is
    # never older than what is true by then, so a board that listens late is told of a removal at once.
    assert is_a("DealRemoved")(told[-1]) and told[-1]["dealId"] == deal and told[-1]["reason"] == "CONVERTED"
    assert is_a("LeadAdded")(heard[-1]) and heard[-1]["lead"]["id"] == lead
    assert told[-1]["revision"] == heard[-1]["revision"]
    assert board == await read_board(anna, board_id)
    assert board.cards == {}
    assert applied(inbox, heard) == (await read_inbox(anna, board_id))[1]
