"""What only graphql-sse can show, since each of its operations has a connection of its own."""

from tests.clients.conftest import Connect, Lejek


async def test_completing_one_stream_leaves_the_other_alone(connect: Connect, lejek: Lejek) -> None:
    deal = await lejek.add_deal()
    async with connect("graphql_sse") as client:
        board = await client.watch("BoardChangesSubscription", id=lejek.board)
        inbox = await client.watch("BoardInboxSubscription")
        for watch in (board, inbox):
            assert (await watch.event())["__typename"] == "CaughtUp"
        await inbox.end()
        assert await inbox.answer() == {"completed": True}
        await lejek.move(deal, to=1)
        assert (await board.event())["__typename"] == "DealMoved"


async def test_an_unknown_token_is_refused_with_401(connect: Connect, lejek: Lejek) -> None:
    async with connect("graphql_sse", "lejek_unknown", LEJEK_RETRY="never") as client:
        answer = await client.execute("BoardQuery", id=lejek.board)
        assert answer.keys() == {"thrown"} and "401" in answer["thrown"]


async def test_a_board_outlives_the_server(connect: Connect, lejek: Lejek) -> None:
    deal = await lejek.add_deal()
    async with connect("graphql_sse") as client:
        board = await client.watch("BoardChangesSubscription", id=lejek.board)
        start = int((await board.event())["revision"])
        await lejek.move(deal, to=1)
        assert (await board.event())["revision"] == str(start + 1)
        await lejek.stop()
        await lejek.start()
        caught_up = await board.event()
        assert (caught_up["__typename"], caught_up["revision"]) == ("CaughtUp", str(start + 1))
        await lejek.move(deal, to=2)
        moved = await board.event()
        assert (moved["__typename"], moved["revision"]) == ("DealMoved", str(start + 2))
