"""What Apollo Client's cache makes of our answers."""

from tests.clients.conftest import Connect, Lejek


async def test_a_move_by_a_colleague_reaches_the_cache(connect: Connect, lejek: Lejek) -> None:
    deal = await lejek.add_deal()
    async with connect("apollo") as client:
        board = await client.watch("BoardChangesSubscription", id=lejek.board)
        assert (await board.event())["__typename"] == "CaughtUp"
        read = await client.execute("BoardDealQuery", id=deal)
        assert read["data"]["deal"]["stage"]["name"] == "Qualified"
        await lejek.move(deal, to=2)
        assert (await board.event())["__typename"] == "DealMoved"
        cached = (await client.execute("BoardDealQuery", id=deal, cached=True))["data"]["deal"]
        assert (cached["stage"]["name"], cached["version"]) == ("Negotiation", 2)
