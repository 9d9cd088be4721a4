"""A board that has been away for too long is told so, and not left to believe that it knows everything."""

from datetime import UTC, datetime, timedelta

import pytest

from models import changes
from tests import given
from tests.journeys.boards import BOARD_CHANGES, INBOX_CHANGES, read_board
from tests.journeys.client import Client, caused_by
from tests.journeys.conftest import World, global_id

CREATE = "mutation ($input: CreateDealInput!) { createDeal(input: $input) { deal { id } errors { code } } }"
CREATE_LEAD = "mutation ($input: CreateLeadInput!) { createLead(input: $input) { lead { id } errors { code } } }"


async def settled(world: World) -> tuple[Client, str, str]:
    """Anna, her board and its first stage."""
    return await world.client(world.acme.anna), global_id(world.acme.pipeline), global_id(world.acme.stages[0])


async def create_deals(client: Client, stage: str, count: int) -> None:
    for number in range(count):
        await client.do(CREATE, title=f"Deal {number}", stageId=stage)


async def test_what_is_no_longer_kept_cannot_be_resumed_from(world: World) -> None:
    anna, board_id, stage = await settled(world)
    board = await read_board(anna, board_id)
    await create_deals(anna, stage, 3)
    assert await changes.forget_before(world.acme.id, datetime.now(UTC) + timedelta(seconds=1)) == 3
    await create_deals(anna, stage, 2)
    await resyncs(world, board.revision)


@pytest.mark.parametrize("ahead", [1, 1000])
async def test_a_revision_from_the_future_cannot_be_resumed_from(world: World, ahead: int) -> None:
    """A backup was restored: the board has seen changes that have never happened."""
    anna, board_id, stage = await settled(world)
    await create_deals(anna, stage, 2)
    await resyncs(world, (await read_board(anna, board_id)).revision + ahead)


async def resyncs(world: World, after: int) -> None:
    """The board and the inbox are told to read again, and hear what comes then."""
    anna, board_id, stage = await settled(world)
    buyer = global_id(await given.organization(world.acme.anna))
    async with (
        anna.watch(BOARD_CHANGES, id=board_id, after=str(after)) as watch,
        anna.watch(INBOX_CHANGES, after=str(after)) as mail,
    ):
        resync = await watch.event()
        assert resync["__typename"] == (await mail.event())["__typename"] == "Resync"
        board = await read_board(anna, board_id)
        assert int(resync["revision"]) == board.revision

        # A board that resumes from what has been read is live, as is the one that stayed.
        async with anna.watch(BOARD_CHANGES, id=board_id, after=str(board.revision)) as resumed:
            assert (await resumed.event())["__typename"] == "CaughtUp"
            await anna.do(CREATE, title="After the resync", stageId=stage, clientMutationId="new")
            events = [*await resumed.until(caused_by("new"))]
            assert [event["__typename"] for event in events] == ["DealAdded"]
            assert await watch.until(caused_by("new")) == events
        board.apply_all(events)
        assert board == await read_board(anna, board_id)

        await anna.do(CREATE_LEAD, title="After the resync", organizationId=buyer, clientMutationId="lead")
        assert [event["__typename"] for event in await mail.until(caused_by("lead"))] == ["LeadAdded"]
