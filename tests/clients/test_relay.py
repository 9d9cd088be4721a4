"""What Relay's compiler and store make of our schema: fragments, a refetchable connection, a record that goes."""

from pathlib import Path
from typing import Any

from tests.clients.conftest import Connect, Lejek


def titles(answer: dict[str, Any]) -> list[str]:
    return [edge["node"]["title"] for edge in answer["data"]["leads"]["edges"]]


def test_the_compiler_makes_the_queries_of_what_is_refetchable(compiled: Path) -> None:
    page, lead = ((compiled / f"{name}.graphql.js").read_text() for name in ("InboxPaginationQuery", "InboxLeadQuery"))
    assert "leads(first: $count, after: $cursor, orderBy: {field: TITLE, direction: ASC})" in page
    assert "node(id: $id)" in lead and "...Inbox_opportunity" in lead


async def test_the_inbox_is_paged_and_a_converted_lead_leaves_it(connect: Connect, lejek: Lejek) -> None:
    leads = [await lejek.add_lead(title) for title in ("Attic", "Barn", "Cellar")]
    async with connect("relay") as client:
        first = await client.execute("InboxQuery")
        assert titles(first) == ["Attic", "Barn"]
        page = first["data"]["leads"]["pageInfo"]
        assert page["hasNextPage"]
        await client.execute("InboxPaginationQuery", cursor=page["endCursor"])
        whole = await client.execute("InboxQuery", cached=True)
        assert titles(whole) == ["Attic", "Barn", "Cellar"] and not whole["data"]["leads"]["pageInfo"]["hasNextPage"]

        inbox = await client.watch("InboxChangesSubscription")
        assert (await inbox.event())["__typename"] == "CaughtUp"
        await lejek.rename(leads[0], "Attic and roof")
        assert (await inbox.event())["lead"]["title"] == "Attic and roof"
        await lejek.convert(leads[1])
        assert (await inbox.event())["reason"] == "CONVERTED"
        live = [edge["node"] for edge in (await client.execute("InboxQuery", cached=True))["data"]["leads"]["edges"]]
        assert [node and node["title"] for node in live] == ["Attic and roof", None, "Cellar"]


async def test_one_lead_is_fetched_again_by_its_id(connect: Connect, lejek: Lejek) -> None:
    lead = await lejek.add_lead("Attic")
    async with connect("relay") as client:
        await client.execute("InboxQuery")
        await lejek.rename(lead, "Attic and roof")
        again = (await client.execute("InboxLeadQuery", id=lead))["data"]["node"]
        assert again == {
            "id": lead,
            "isSeen": False,
            "title": "Attic and roof",
            "owner": {"name": "Anna"},
        }
        assert titles(await client.execute("InboxQuery", cached=True)) == ["Attic and roof"]
