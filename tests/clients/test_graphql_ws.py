"""What only graphql-ws can show, since everything it does goes over one socket."""

from tests.clients.conftest import Connect, Lejek


async def test_an_unknown_token_closes_the_socket_with_4403(connect: Connect, lejek: Lejek) -> None:
    async with connect("graphql_ws", "lejek_unknown", LEJEK_RETRY="never") as client:
        assert await client.execute("BoardQuery", id=lejek.board) == {"thrown": "4403 Forbidden"}


async def test_a_board_outlives_the_server(connect: Connect, lejek: Lejek) -> None:
    deal = await lejek.add_deal()
    async with connect("graphql_ws") as client:
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
