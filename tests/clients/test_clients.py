"""What every client does with a board, each as released and unpatched."""

from typing import Any

import pytest

from tests import given
from tests.clients.conftest import Connect, Lejek
from tests.clients.conversing import Client

CLIENTS = ["graphql_ws", "graphql_sse", "apollo", "urql", "relay", "gql"]
OF_STREAMS = {"graphql_sse"}  # each subscription has a connection of its own
OF_COMPILED_DOCUMENTS = {"relay"}  # relay-compiler refuses a bad document, so it is never sent

every_client = pytest.mark.parametrize("client", CLIENTS, indirect=True)


def bare(value: Any) -> Any:
    """A value without the type names that some clients ask for by themselves."""
    if isinstance(value, dict):
        return {name: bare(each) for name, each in value.items() if name != "__typename"}
    return [bare(each) for each in value] if isinstance(value, list) else value


def codes(answer: dict[str, Any]) -> list[str]:
    return [error["extensions"]["code"] for error in answer["errors"]]


@every_client
async def test_a_board_is_read_and_a_deal_moved(client: Client, lejek: Lejek) -> None:
    deal = await lejek.add_deal("Żubr's roof")
    read = await client.execute("BoardQuery", id=lejek.board)
    stages = read["data"]["pipeline"]["stages"]
    assert [(each["id"], each["totals"]["count"]) for each in stages] == list(zip(lejek.stages, [1, 0, 0], strict=True))
    assert bare(stages[0]["deals"]["nodes"]) == [{"id": deal, "title": "Żubr's roof", "version": 1}]

    moved = await client.execute("BoardMoveMutation", input={"id": deal, "stageId": lejek.stages[2]})
    assert bare(moved["data"]["moveDeal"]) == {
        "deal": {"id": deal, "version": 2, "stage": {"id": lejek.stages[2], "name": "Negotiation"}},
        "errors": [],
    }
    again = await client.execute("BoardQuery", id=lejek.board)
    assert [each["totals"]["count"] for each in again["data"]["pipeline"]["stages"]] == [0, 0, 1]
    assert int(again["data"]["pipeline"]["revision"]) == int(read["data"]["pipeline"]["revision"]) + 1


@every_client
async def test_a_refused_move_is_data_with_a_code_and_a_path(client: Client, lejek: Lejek) -> None:
    deal = await lejek.add_deal()
    await lejek.move(deal, to=1)
    stale = {"id": deal, "stageId": lejek.stages[2], "expectedVersion": 1}
    refused = (await client.execute("BoardMoveMutation", input=stale))["data"]["moveDeal"]
    assert refused["deal"] is None
    assert [(each["code"], each["path"]) for each in refused["errors"]] == [("VERSION_CONFLICT", ["expectedVersion"])]


@pytest.mark.parametrize("client", [each for each in CLIENTS if each not in OF_COMPILED_DOCUMENTS], indirect=True)
async def test_a_bad_query_is_an_error_and_the_next_one_is_answered(client: Client, lejek: Lejek) -> None:
    invalid = await client.execute("Bad", "query Bad { pipelines { nonsense } }")
    assert codes(invalid) == ["GRAPHQL_VALIDATION_FAILED"] and "nonsense" in invalid["errors"][0]["message"]
    bad_cursor = await client.execute("BoardPageQuery", after="nonsense")
    assert codes(bad_cursor) == ["BAD_USER_INPUT"]
    good = await client.execute("BoardQuery", id=lejek.board)
    assert good["data"]["pipeline"]["id"] == lejek.board


@every_client
async def test_a_subscription_that_is_refused_leaves_the_socket_to_others(client: Client, lejek: Lejek) -> None:
    refused = await client.watch("BoardChangesSubscription", id="pipeline_" + "0" * 32)
    assert codes(await refused.answer()) == ["NOT_FOUND"]
    board = await client.watch("BoardChangesSubscription", id=lejek.board)
    assert (await board.event())["__typename"] == "CaughtUp"


@every_client
async def test_a_board_hears_what_it_missed_and_what_a_colleague_does(client: Client, lejek: Lejek) -> None:
    deal, lead = await lejek.add_deal(), await lejek.add_lead("A roof for Żubr")
    read = await client.execute("BoardQuery", id=lejek.board)
    start = int(read["data"]["pipeline"]["revision"])
    await lejek.move(deal, to=1, client_mutation_id="colleague-1")

    board = await client.watch("BoardChangesSubscription", id=lejek.board, after=str(start))
    inbox = await client.watch("BoardInboxSubscription", after=str(start))
    first, second, third = ({"id": each, "name": name} for each, name in zip(lejek.stages, given.STAGES, strict=True))
    moved = await board.event()
    assert moved["__typename"] == "DealMoved" and bare(moved) == {
        "revision": str(start + 1),
        "clientMutationId": "colleague-1",
        "deal": {"id": deal, "version": 2, "stage": second},
        "fromStage": first,
        "toStage": second,
    }
    for watch in (board, inbox):
        caught_up = await watch.event()
        assert (caught_up["__typename"], caught_up["revision"]) == ("CaughtUp", str(start + 1))

    await lejek.move(deal, to=2)
    moved = await board.event()
    assert (moved["__typename"], moved["revision"], bare(moved["toStage"])) == ("DealMoved", str(start + 2), third)
    (converted,) = await lejek.convert(lead)
    added, removed = await board.event(), await inbox.event()
    assert added["__typename"] == "DealAdded" and bare(added) == {
        "revision": str(start + 3),
        "clientMutationId": None,
        "deal": {"id": converted, "title": "A roof for Żubr"},
        "convertedFromLeadId": lead,
    }
    assert removed["__typename"] == "LeadRemoved" and bare(removed) == {
        "revision": str(start + 3),
        "leadId": lead,
        "reason": "CONVERTED",
        "deal": {"id": converted},
    }
    assert board.told.empty() and inbox.told.empty()


@every_client
async def test_a_board_that_was_cut_off_misses_nothing_and_hears_nothing_twice(client: Client, lejek: Lejek) -> None:
    deal = await lejek.add_deal()
    start = await lejek.revision()
    board = await client.watch("BoardChangesSubscription", id=lejek.board, after=str(start))
    assert (await board.event())["__typename"] == "CaughtUp"
    await lejek.move(deal, to=1)
    assert (await board.event())["revision"] == str(start + 1)
    taken = lejek.cable.taken

    lejek.cable.cut()
    await lejek.move(deal, to=2)
    await lejek.move(deal, to=0)
    lejek.cable.mend()

    told = [await board.event() for _ in range(3)]
    assert [(each["__typename"], int(each["revision"]) - start) for each in told] == [
        ("DealMoved", 2),
        ("DealMoved", 3),
        ("CaughtUp", 3),
    ]
    await lejek.move(deal, to=1)
    live = await board.event()
    assert (live["__typename"], live["revision"]) == ("DealMoved", str(start + 4))
    assert board.told.empty() and lejek.cable.taken == taken + 1


@pytest.mark.parametrize("client", [each for each in CLIENTS if each not in OF_STREAMS], indirect=True)
async def test_completing_one_subscription_leaves_the_other_alone(client: Client, lejek: Lejek) -> None:
    deal, lead = await lejek.add_deal(), await lejek.add_lead()
    board = await client.watch("BoardChangesSubscription", id=lejek.board)
    inbox = await client.watch("BoardInboxSubscription")
    for watch in (board, inbox):
        assert (await watch.event())["__typename"] == "CaughtUp"
    await inbox.end()
    await lejek.convert(lead)
    assert (await board.event())["__typename"] == "DealAdded"
    await lejek.move(deal, to=1)
    assert (await board.event())["__typename"] == "DealMoved"
    later = await client.watch("BoardInboxSubscription")
    assert (await later.event())["__typename"] == "CaughtUp"
    assert inbox.told.empty() or await inbox.answer() == {"completed": True}
    assert lejek.cable.taken == 1


@pytest.mark.parametrize("name", ["apollo", "urql", "gql"])
async def test_an_unknown_token_is_refused_by_http(name: str, connect: Connect, lejek: Lejek) -> None:
    async with connect(name, "lejek_unknown") as client:
        answer = await client.execute("BoardQuery", id=lejek.board)
        assert codes(answer) == ["UNAUTHENTICATED"] and "token" in answer["errors"][0]["message"]
