"""Two companies use one server: what happens in one is nothing to the other, by any way of asking."""

import pytest

from tests import given
from tests.journeys.boards import BOARD_CHANGES, INBOX_CHANGES, read_board, read_inbox
from tests.journeys.client import Refused, caused_by, is_a
from tests.journeys.conftest import World, global_id

NODES = """query ($id: ID!, $ids: [ID!]!) {
  node(id: $id) { id }
  nodes(ids: $ids) { id }
  people { totalCount nodes { id } }
  organizations { totalCount nodes { id } }
  deals { totalCount nodes { id } }
  labels { id }
  users { id }
  pipelines { id totals { count } }
}"""
CONVERSION = "query ($id: ID!) { conversion(leadId: $id) { leadId deal { id } } }"
CONVERT = """mutation ($input: ConvertLeadsInput!) {
  convertLeads(input: $input) { results { outcome deal { id } errors { code } } errors { code } }
}"""
CREATE_LEAD = "mutation ($input: CreateLeadInput!) { createLead(input: $input) { lead { id } errors { code } } }"
CREATE_DEAL = "mutation ($input: CreateDealInput!) { createDeal(input: $input) { deal { id } errors { code } } }"


async def test_the_other_account_sees_nothing_of_it(world: World) -> None:
    acme, other = world.acme, world.other
    anna, stranger = await world.client(acme.anna), await world.client(other.admin)
    secret = "Secret of Acme"
    person, organization = await given.person(acme.anna, secret), await given.organization(acme.anna, secret)
    lead = global_id(await given.lead(acme.anna, secret, person_id=person.id, organization_id=organization.id))

    # The stranger watches their own board and inbox while Acme works.
    home = global_id(other.pipeline)
    board, (_, inbox) = await read_board(stranger, home), await read_inbox(stranger, home)
    async with stranger.watch(BOARD_CHANGES, id=home) as boards, stranger.watch(INBOX_CHANGES) as mail:
        assert is_a("CaughtUp")(await boards.event()) and is_a("CaughtUp")(await mail.event())
        payload = await anna.do(CONVERT, leadIds=[lead], onDuplicateContacts="KEEP")
        deal = payload["results"][0]["deal"]["id"]

        # Their sockets tell what they do themselves, and have told nothing before it.
        their_person = global_id(await given.person(other.admin, "Their own"))
        await stranger.do(CREATE_LEAD, title="Theirs", personId=their_person, clientMutationId="own")
        stage = global_id(other.stages[0])
        await stranger.do(CREATE_DEAL, title="Theirs", stageId=stage, clientMutationId="own")
        assert len(await boards.until(caused_by("own"))) == len(await mail.until(caused_by("own"))) == 1
        assert secret not in "".join(boards.raw + mail.raw)
    assert board.cards == inbox == {}
    assert len((await read_board(stranger, home)).cards) == len((await read_inbox(stranger, home))[1]) == 1

    # No id of Acme's leads anywhere.
    theirs = [deal, lead, *map(global_id, (acme.pipeline, acme.stages[0], person, organization, acme.label, acme.anna))]
    for each in theirs:
        answer = await stranger.ask(NODES, id=each, ids=theirs)
        assert answer["node"] is None and answer["nodes"] == [None] * len(theirs)
        shown = str({name: value for name, value in answer.items() if name not in ("node", "nodes")})
        assert not any(each in shown for each in theirs)
    assert (await stranger.ask(CONVERSION, id=lead)) == {"conversion": None}

    # Nor may they command, or listen, where they cannot look.
    answer = await stranger.ask(CONVERT, input={"leadIds": [lead]})
    (result,) = answer["convertLeads"]["results"]
    assert (result["outcome"], result["deal"], result["errors"]) == ("FAILED", None, [{"code": "NOT_FOUND"}])
    async with stranger.watch(BOARD_CHANGES, id=global_id(acme.pipeline)) as refused:
        with pytest.raises(Refused) as caught:
            await refused.event()
    assert caught.value.codes == ["NOT_FOUND"]
