"""The feeds beside boards and the inbox, over a real socket: live, resumed, and read again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from models.accounts import Account
from models.base import Visibility
from models.leads import Lead
from resolvers import deals, rights
from resolvers.access import Viewer
from resolvers.conversion_requests import OnLimit
from resolvers.conversions import convert_leads
from resolvers.leads import delete_leads
from resolvers.tokens import make_token
from resolvers.waitlist import leave_waitlist
from tests import given
from tests.app.conftest import Server
from tests.app.test_asgi import Socket, server, socket
from tests.refusals import global_id

__all__ = ["server"]

DEAL = """subscription ($id: ID!, $after: Revision) { dealChanged(dealId: $id, after: $after) {
  __typename revision clientMutationId
  ... on DealUpdated { deal { title } fields } ... on DealRemoved { dealId reason stages { name } }
} }"""
DEALS = """subscription ($filter: DealFilter, $after: Revision) { dealsChanged(filter: $filter, after: $after) {
  __typename revision
  ... on DealAdded { deal { title status } } ... on DealClosed { deal { title } } ... on DealRemoved { dealId reason }
} }"""
VIEWERS = "subscription ($id: ID!) { boardViewers(pipelineId: $id) { users { name } } }"
LINE = """subscription ($after: Revision) { planUsageChanged(after: $after) {
  __typename revision ... on PlanUsageChanged { openDealCount waitlistCount waitlist { position lead { title } } }
} }"""
PLAN = """subscription ($after: Revision) { planUsageChanged(after: $after) {
  __typename revision ... on PlanUsageChanged { openDealCount openDealLimit notice }
} }"""


@asynccontextmanager
async def asking(server: Server, query: str, **variables: Any) -> AsyncIterator["Watched"]:
    """A socket of Anna's that has asked for one feed."""
    async with socket(server, {"token": server.token}) as opened:
        await opened.hear()
        await opened.say(id="1", type="subscribe", payload={"query": query, "variables": variables})
        yield Watched(opened)


@dataclass(frozen=True)
class Watched:
    """A feed, event by event."""

    socket: Socket

    async def told(self) -> Any:
        """What the next event says, without the fields that are null."""
        message = await self.socket.hear()
        assert message["type"] == "next", message
        (event,) = message["payload"]["data"].values()
        return {name: value for name, value in event.items() if value is not None}

    async def marked(self, name: str, revision: int) -> None:
        """The next event says how the feed stands."""
        assert await self.told() == {"__typename": name, "revision": str(revision)}


async def test_a_deal_is_watched_until_it_is_gone_and_a_resumed_watch_is_told_so(server: Server) -> None:
    admin = await given.viewer(server.company.admin)
    key = global_id(await given.deal(server.company.anna, server.company.stages[0]))
    stages = [{"name": "Qualified"}]
    gone = {"__typename": "DealRemoved", "revision": "2", "dealId": key, "reason": "DELETED", "stages": stages}
    async with asking(server, DEAL, id=key) as watched:
        await watched.marked("CaughtUp", 0)
        await deals.update_deal(admin, {"id": key, "title": "Roof", "client_mutation_id": "mine"})
        renamed = {"__typename": "DealUpdated", "revision": "1", "deal": {"title": "Roof"}, "fields": ["title"]}
        assert await watched.told() == renamed | {"clientMutationId": "mine"}
        await deals.delete_deals(admin, {"ids": [key]})
        assert await watched.told() == gone
    async with asking(server, DEAL, id=key, after="1") as resumed:
        assert await resumed.told() == gone
        await resumed.marked("CaughtUp", 2)
    async with asking(server, DEAL, id=key) as late:
        answer = await late.socket.hear()
        assert (answer["type"], answer["payload"][0]["extensions"]["code"]) == ("error", "NOT_FOUND")


async def test_a_filtered_list_is_told_who_enters_and_who_leaves(server: Server) -> None:
    admin = await given.viewer(server.company.admin)
    key = global_id(await given.deal(server.company.anna, server.company.stages[0], "Roof", [server.company.label]))
    chosen = {"status": ["OPEN"], "labelIds": [global_id(server.company.label)]}
    async with asking(server, DEALS, filter=chosen) as watched:
        await watched.marked("CaughtUp", 0)
        await deals.win_deal(admin, {"id": key})
        left = {"__typename": "DealRemoved", "revision": "1", "dealId": key, "reason": "NO_LONGER_MATCHES"}
        assert await watched.told() == left
        await deals.reopen_deal(admin, {"id": key})
        entered = {"__typename": "DealAdded", "revision": "2", "deal": {"title": "Roof", "status": "OPEN"}}
        assert await watched.told() == entered
    async with asking(server, DEALS, filter=chosen, after="1") as resumed:
        assert await resumed.told() == entered
        await resumed.marked("CaughtUp", 2)
    async with asking(server, DEALS, filter={"labelIds": [key]}) as wrong:
        answer = await wrong.socket.hear()
        assert (answer["type"], answer["payload"][0]["extensions"]["code"]) == ("error", "INVALID")


async def test_the_plan_is_told_to_those_who_watch_it(server: Server) -> None:
    small = await given.limited_account(2)
    await Account.filter(id=server.company.id).update(plan_name=small.plan_name)
    admin = await given.viewer(server.company.admin)
    draft: Any = {"title": "Roof", "stage_id": global_id(server.company.stages[0])}
    async with asking(server, PLAN) as watched:
        await watched.marked("CaughtUp", 0)
        for revision, notice in ((1, {}), (2, {"notice": "FULL"})):
            await deals.create_deal(admin, draft)
            told = {"revision": str(revision), "openDealCount": revision, "openDealLimit": 2, **notice}
            assert await watched.told() == {"__typename": "PlanUsageChanged", **told}
    async with asking(server, PLAN, after="1") as resumed:
        assert (await resumed.told())["notice"] == "FULL"
        await resumed.marked("CaughtUp", 2)


async def test_the_line_for_a_place_is_told_as_it_changes(server: Server) -> None:
    company = server.company
    await Account.filter(id=company.id).update(plan_name=(await given.limited_account(0)).plan_name)
    people = [await given.person(company.anna, name) for name in ("Jan Nowak", "Ewa Lis", "Olga Mak")]
    leads = [await given.lead(company.anna, title, person_id=people.pop().id) for title in ("First", "Second")]
    hidden = await given.lead(company.celina, "Hidden", visibility="OWNER", person_id=people.pop().id)
    anna, celina = await given.viewer(company.anna), await given.viewer(company.celina)

    async def wait(viewer: Viewer, lead: Lead) -> None:
        draft: Any = {"lead_ids": [global_id(lead)], "stage_id": global_id(company.stages[0])}
        await convert_leads(viewer, {**draft, "on_limit": OnLimit.WAITLIST})

    def positions(event: Any) -> tuple[int, list[tuple[int, str]]]:
        assert event["openDealCount"] == 0
        return event["waitlistCount"], [(each["position"], each["lead"]["title"]) for each in event["waitlist"]]

    async with asking(server, LINE) as watched:
        await watched.marked("CaughtUp", 0)
        await wait(celina, hidden)
        assert positions(await watched.told()) == (1, [])
        await wait(anna, leads[0])
        assert positions(await watched.told()) == (2, [(2, "First")])
        await wait(anna, leads[1])
        assert positions(await watched.told()) == (3, [(2, "First"), (3, "Second")])
        await leave_waitlist(celina, {"ids": [global_id(hidden)]})
        assert positions(await watched.told()) == (2, [(1, "First"), (2, "Second")])
        await delete_leads(anna, {"ids": [global_id(leads[0])]})
        assert positions(await watched.told()) == (1, [(1, "Second")])


@pytest.mark.parametrize("query", [DEAL, DEALS, PLAN])
async def test_a_revision_of_the_future_is_told_to_read_again(server: Server, query: str) -> None:
    variables = {"id": global_id(await given.deal(server.company.anna, server.company.stages[0]))}
    async with asking(server, query, after="999", **(variables if query is DEAL else {})) as watched:
        await watched.marked("Resync", 0)


async def test_who_loses_sight_with_a_team_is_told_so_and_nothing_more(server: Server) -> None:
    admin, anna = await given.viewer(server.company.admin), server.company.anna
    deal = await given.deal(server.company.bartek, server.company.stages[0], visibility=Visibility.TEAM)
    async with asking(server, DEAL, id=global_id(deal)) as watched:
        await watched.marked("CaughtUp", 0)
        await rights.set_access(admin, {"user_id": global_id(anna), "team_ids": []})
        lost = {"dealId": global_id(deal), "reason": "NO_LONGER_VISIBLE", "stages": [{"name": "Qualified"}]}
        assert await watched.told() == {"__typename": "DealRemoved", "revision": "1", **lost}
        await deals.update_deal(admin, {"id": global_id(deal), "title": "Secret"})
        await deals.update_deal(admin, {"id": global_id(deal), "visibility": Visibility.EVERYONE})
        assert await watched.told() == {"__typename": "DealAdded", "revision": "3"}


async def test_a_board_tells_who_looks_at_it_by_socket_and_by_stream(server: Server) -> None:
    company = server.company
    board = {"id": global_id(company.pipeline)}
    colleague = await make_token(company.id, company.bartek.id, "tests")
    async with asking(server, VIEWERS, **board) as watched:
        assert await watched.told() == {"users": [{"name": "Anna"}]}
        headers = {"authorization": f"Bearer {colleague}", "accept": "text/event-stream"}
        body = {"query": VIEWERS, "variables": board}
        async with server.http.stream("POST", "/graphql/stream", json=body, headers=headers) as response:
            assert await watched.told() == {"users": [{"name": "Anna"}, {"name": "Bartek"}]}
            told = await anext(line async for line in response.aiter_lines() if line.startswith("data: "))
            assert "Anna" in told and "Bartek" in told
        assert await watched.told() == {"users": [{"name": "Anna"}]}
    async with asking(server, VIEWERS, id="pipeline_" + "0" * 32) as wrong:
        answer = await wrong.socket.hear()
        assert (answer["type"], answer["payload"][0]["extensions"]["code"]) == ("error", "NOT_FOUND")


async def test_a_deal_tells_who_looks_at_it_until_it_is_out_of_sight(server: Server) -> None:
    company, admin = server.company, await given.viewer(server.company.admin)
    deal = {"id": global_id(await given.deal(company.bartek, company.stages[0], visibility=Visibility.TEAM))}
    query, anna = VIEWERS.replace("boardViewers(pipelineId:", "dealViewers(dealId:"), {"users": [{"name": "Anna"}]}
    async with asking(server, query, **deal) as watched:
        assert await watched.told() == anna
        await rights.set_access(admin, {"user_id": global_id(company.anna), "team_ids": []})
        colleague = replace(server, token=await make_token(company.id, company.bartek.id, "tests"))
        async with asking(colleague, query, **deal):
            ended = await watched.socket.hear()
            assert (ended["type"], ended["payload"][0]["extensions"]["code"]) == ("error", "FORBIDDEN")
    async with asking(server, query, **deal) as late:
        answer = await late.socket.hear()
        assert (answer["type"], answer["payload"][0]["extensions"]["code"]) == ("error", "NOT_FOUND")


async def test_a_conversion_in_the_background_tells_how_it_gets_on_until_it_ends(server: Server) -> None:
    lead = await given.lead(server.company.anna, person_id=(await given.person(server.company.anna)).id)
    chosen = {"leadIds": [global_id(lead)], "onError": "SKIP", "onDuplicateContacts": "KEEP", "background": True}
    convert = "mutation ($input: ConvertLeadsInput!) { convertLeads(input: $input) { run { id } errors { message } } }"
    answer = (await server.ask(convert, variables={"input": chosen})).json()["data"]["convertLeads"]
    assert answer["errors"] == []
    progress = "subscription ($id: ID!) { conversionProgress(runId: $id) { run { status leadsTotal leadsDone } } }"
    async with asking(server, progress, **answer["run"]) as watched:
        told = [await watched.told()]
        while told[-1]["run"]["status"] == "RUNNING":
            told.append(await watched.told())
        assert told[-1] == {"run": {"status": "COMPLETED", "leadsTotal": 1, "leadsDone": 1}}
    results = "query ($id: ID!) { conversionResults(id: $id) { leadId outcome deal { title } errors { message } } }"
    (result,) = (await server.ask(results, variables=answer["run"])).json()["data"]["conversionResults"]
    assert (result["leadId"], result["outcome"], result["deal"]) == (
        global_id(lead),
        "CONVERTED",
        {"title": lead.title},
    )
    colleague = replace(server, token=await make_token(server.company.id, server.company.bartek.id, "tests"))
    async with asking(colleague, progress, **answer["run"]) as other:
        refused = await other.socket.hear()
        assert (refused["type"], refused["payload"][0]["extensions"]["code"]) == ("error", "NOT_FOUND")
