"""What urql's fetch exchange sends that others do not."""

from tests.clients.conftest import Connect, Lejek


async def test_event_streams_in_accept_and_queries_by_get_are_answered(connect: Connect, lejek: Lejek) -> None:
    deal = await lejek.add_deal()
    async with connect("urql") as client:
        read = await client.execute("BoardQuery", id=lejek.board)
        assert read["data"]["pipeline"]["id"] == lejek.board
        assert read["sent"]["method"] == "GET" and "text/event-stream" in read["sent"]["accept"]
        moved = await client.execute("BoardMoveMutation", input={"id": deal, "stageId": lejek.stages[1]})
        assert moved["data"]["moveDeal"]["errors"] == []
        assert moved["sent"]["method"] == "POST" and "text/event-stream" in moved["sent"]["accept"]
