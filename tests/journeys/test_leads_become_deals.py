"""The main journey: a file of leads is imported, 200 of them become deals, and every open board follows.

Two boards are open. One loses its connection in the middle and resumes after the last revision it
saw. In the end both have been told the same, and both are what a fresh query answers.
"""

from typing import Any

from tests.data.make_leads import CSV, LEADS
from tests.journeys.boards import BOARD_CHANGES, INBOX_CHANGES, applied, read_board, read_inbox
from tests.journeys.client import Client, Event, caused_by, is_a
from tests.journeys.conftest import World, global_id

PREVIEW = "query ($id: ID!) { importPreview(id: $id) { columns { name field } errors { code } } }"
IMPORT = """mutation ($input: ImportLeadsInput!) {
  importLeads(input: $input) { import { status } errors { code message path } }
}"""
PROGRESS = """subscription ($id: ID!) {
  importProgress(importId: $id) { import { status rowsRead rowsCreated rowsUnchanged rowsSkipped failure } }
}"""
CONVERT = """mutation ($input: ConvertLeadsInput!) {
  convertLeads(input: $input) {
    revision
    results { leadId outcome deal { id stage { id } } errors { code path } }
    review { lead { id } contact { id name } matches { score reasons contact { id name } } }
    errors { code message path }
  }
}"""
MOVE = "mutation ($input: MoveDealInput!) { moveDeal(input: $input) { deal { id } errors { code message path } } }"


async def test_leads_become_deals_and_every_board_sees_it(world: World) -> None:
    anna, board_id = await world.client(world.acme.anna), global_id(world.acme.pipeline)

    # The admin uploads a file, as a Polish spreadsheet saves it, and imports it.
    await import_leads(await world.client(world.acme.admin))

    # Anna reads two boards and the inbox, each with the revision it was read at …
    first, second = await read_board(anna, board_id), await read_board(anna, board_id)
    inbox_revision, inbox = await read_inbox(anna, board_id)
    assert len(inbox) == LEADS and first.cards == {}

    # … and watched from there on.
    async with (
        anna.watch(BOARD_CHANGES, id=board_id, after=str(first.revision)) as one,
        anna.watch(BOARD_CHANGES, id=board_id, after=str(second.revision)) as other,
        anna.watch(INBOX_CHANGES, after=str(inbox_revision)) as mail,
    ):
        for watch in (one, other, mail):
            assert (await watch.event())["__typename"] == "CaughtUp"

        # 200 leads become deals, once the contacts that look like others have been reviewed.
        chosen = list(inbox)[:200]
        converted = await convert_reviewed(anna, chosen, global_id(world.acme.stages[0]))
        deals = [result["deal"]["id"] for result in converted["results"]]

        # The second board is cut off in the middle, and misses the rest, and a move.
        seen_by_second = await other.events(80)
        second.apply_all(seen_by_second)
        other.cut()
        to = global_id(world.acme.stages[2])
        await anna.do(MOVE, id=deals[7], stageId=to, clientMutationId="moved while it was away")

        # It resumes after the last revision it has seen: the missed changes come first, then CaughtUp.
        async with anna.watch(BOARD_CHANGES, id=board_id, after=str(second.revision)) as again:
            missed = await again.until(is_a("CaughtUp"))
            assert len(missed) == 200 - 80 + 1 + 1

            # Caught up means live: what happens from now on comes too, to both.
            await anna.do(MOVE, id=deals[3], stageId=to, clientMutationId="last")
            seen_by_second += missed[:-1] + await again.until(caused_by("last"))
            second.apply_all(seen_by_second[80:])

        seen_by_first = await one.until(caused_by("last"))
        first.apply_all(seen_by_first)
        left = await mail.events(200)

    # Both boards were told the same, and are what a fresh query answers at the same revision.
    assert [told(event) for event in seen_by_first] == [told(event) for event in seen_by_second]
    fresh = await read_board(anna, board_id)
    assert len(fresh.cards) == 200
    assert first == fresh
    assert second == fresh

    # The inbox lost each lead in the very change in which the board got its deal.
    added = {event["convertedFromLeadId"]: (event["revision"], event["deal"]["id"]) for event in seen_by_first[:200]}
    assert added == {event["leadId"]: (event["revision"], event["deal"]["id"]) for event in left}
    assert list(added) == chosen and [deal for _, deal in added.values()] == deals
    assert applied(inbox, left) == (await read_inbox(anna, board_id))[1]
    assert {event["reason"] for event in left} == {"CONVERTED"}


async def import_leads(client: Client) -> None:
    """Upload the file, look at what its columns would mean, import it, and follow that to its end."""
    upload = await client.upload(CSV.name, CSV.read_bytes())
    preview = (await client.ask(PREVIEW, id=upload))["importPreview"]
    assert {"name": "Tytuł", "field": "TITLE"} in preview["columns"]
    async with client.watch(PROGRESS, id=upload) as progress:
        assert (await progress.event())["import"]["status"] == "UPLOADED"
        await client.do(IMPORT, id=upload)
        (*_, last) = await progress.until(lambda event: event["import"]["status"] in ("COMPLETED", "FAILED"))
    assert last["import"] == {
        "status": "COMPLETED",
        "rowsRead": LEADS + 7 + 5,
        "rowsCreated": LEADS,
        "rowsUnchanged": 7,
        "rowsSkipped": 5,
        "failure": None,
    }


async def convert_reviewed(client: Client, leads: list[str], stage: str) -> Any:
    """Convert leads; the first try says which contacts look like others, the second one answers that."""
    payload = await client.do(CONVERT, leadIds=leads, stageId=stage)
    assert {result["outcome"] for result in payload["results"]} == {"NEEDS_REVIEW", "SKIPPED"}
    assert payload["review"] and payload["revision"] is None, "nothing may have happened yet"
    choices = {each["contact"]["id"]: choice(each) for each in payload["review"]}
    contacts = [{"contactId": contact, "useContactId": used} for contact, used in choices.items()]
    payload = await client.do(CONVERT, leadIds=leads, stageId=stage, contacts=contacts)
    assert {result["outcome"] for result in payload["results"]} == {"CONVERTED"}
    assert [result["leadId"] for result in payload["results"]] == leads
    return payload


def choice(review: Any) -> str | None:
    """Anna's answer: who is almost surely the same is used, and everybody else is kept as they are."""
    best = review["matches"][0]
    return best["contact"]["id"] if best["score"] > 0.9 else None


def told(event: Event) -> tuple[str, ...]:
    """What an event is about. A card is shown as it is when the event is told, so later told may be newer."""
    return event["revision"], event["__typename"], event["deal"]["id"]
