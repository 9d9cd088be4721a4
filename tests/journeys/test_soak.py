"""Three servers, three hundred clients, and everything that goes wrong with networks and machines.

Clients are cut off at random and resume wherever they are let in; one server is killed; Redis
crashes and returns. In the end every client was told exactly what the log holds for it, once and
in order.
"""

import asyncio
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from models import changes
from models import database as databases
from models.changes import Change
from models.users import Role, User
from resolvers.tokens import make_token
from tests import given
from tests.journeys.client import Client
from tests.journeys.conftest import global_id
from tests.journeys.followers import Follower, Told
from tests.journeys.servers import Server, several_servers
from tests.own_redis import OwnRedis

SERVERS, FOLLOWERS, WRITES, CUTS = 3, 300, 60, 3
BOARD = """
subscription ($id: ID!, $after: Revision) {
  pipelineChanged(pipelineId: $id, after: $after) {
    __typename revision clientMutationId
    stages { id totals { count } }
    ... on DealAdded { deal { id title stage { id } } }
    ... on DealMoved { deal { id title stage { id } } }
  }
}
"""
INBOX = """
subscription ($after: Revision) {
  leadInboxChanged(after: $after) {
    __typename revision clientMutationId
    ... on LeadAdded { lead { id title } }
    ... on LeadRemoved { leadId }
  }
}
"""
CREATE = "mutation ($input: CreateDealInput!) { createDeal(input: $input) { deal { id } errors { code } } }"
MOVE = "mutation ($input: MoveDealInput!) { moveDeal(input: $input) { deal { id } errors { code } } }"
CREATE_LEAD = "mutation ($input: CreateLeadInput!) { createLead(input: $input) { lead { id } errors { code } } }"
CONVERT = """mutation ($input: ConvertLeadsInput!) {
  convertLeads(input: $input) { results { outcome } errors { code } }
}"""


class Writer:
    """A user who creates deals and leads, moves and converts them, at any server that answers."""

    def __init__(self, user: User, token: str, servers: list[Server], company: given.Company, dice: Random) -> None:
        self._user, self._token, self._servers, self._dice = user, token, servers, dice
        self._stages = [global_id(stage) for stage in company.stages]
        self._deals: list[str] = []
        self._count = 0

    async def write(self) -> None:
        """Do one thing, of whose fate nothing is known where the server dies under it."""
        client = Client(self._dice.choice(self._servers).http, self._token)
        self._count += 1
        with suppress(httpx.TransportError):
            await self._do(client, f"{self._user.name} {self._count}")

    async def _do(self, client: Client, mark: str) -> None:
        given_too: dict[str, Any] = {"clientMutationId": mark}
        visibility = self._dice.choice(["EVERYONE", "OWNER"])
        match self._dice.choice(["move", "move", "create", "lead"]):
            case "move" if self._deals:
                to = self._dice.choice(self._stages)
                await client.do(MOVE, id=self._dice.choice(self._deals), stageId=to, **given_too)
            case "lead":
                await self.convert_a_lead(client, mark, visibility)
            case _:
                stage = self._dice.choice(self._stages)
                made = await client.do(CREATE, title=mark, stageId=stage, visibility=visibility, **given_too)
                self._deals.append(made["deal"]["id"])

    async def convert_a_lead(self, client: Client, mark: str, visibility: str = "EVERYONE") -> None:
        """Two changes, of which the second is one for the inbox and the board."""
        buyer = global_id(await given.organization(self._user, f"Buyer of {mark}"))
        made = await client.do(CREATE_LEAD, title=mark, organizationId=buyer, visibility=visibility)
        lead = made["lead"]["id"]
        await client.do(CONVERT, leadIds=[lead], onDuplicateContacts="KEEP", clientMutationId=mark)


def expected(log: list[Change], user: User, noun: str) -> list[Told]:
    """What the log holds for a user: of deals for the board, of leads for the inbox."""
    told, is_admin = [], user.role is Role.ADMIN
    for change in log:
        rows = [subject.after or subject.before or {} for subject in change.find(noun)]
        if any(is_admin or row["visibility"] == "EVERYONE" or row["owner_id"] == str(user.id) for row in rows):
            told.append((change.revision, change.client_mutation_id))
    return told


async def lose_a_server(servers: list[Server], writers: list[Writer]) -> None:
    """Kill one amid its work."""
    writing = [asyncio.create_task(writer.write()) for writer in writers for _ in range(5)]
    await asyncio.wait(writing, return_when=asyncio.FIRST_COMPLETED)
    servers.pop().process.kill()
    await asyncio.gather(*writing)


async def write_while_things_go_wrong(
    servers: list[Server], redis: OwnRedis, writers: list[Writer], followers: list[Follower], dice: Random
) -> None:
    for number in range(WRITES):
        await asyncio.gather(*(writer.write() for writer in writers))
        for follower in dice.sample(followers, CUTS):
            follower.cut()
        if number == WRITES // 5:
            await lose_a_server(servers, writers)
        elif number == 2 * WRITES // 5:
            await redis.kill()
            await asyncio.gather(*(server.says("is away") for server in servers))
        elif number == 3 * WRITES // 5:
            await redis.start()
            await asyncio.gather(*(server.says("is back") for server in servers))


@pytest.mark.slow
async def test_every_client_is_told_exactly_the_log(postgres_url: str, own_redis: OwnRedis, tmp_path: Path) -> None:
    dice = Random(20261123)
    await databases.open_database(postgres_url)
    try:
        acme = await given.company()
        users = [acme.admin, acme.anna, acme.celina]
        tokens = {user.id: await make_token(acme.id, user.id, "soak") for user in users}
        start = await changes.revision_of(acme.id)
        async with several_servers(postgres_url, own_redis, *[tmp_path] * SERVERS) as servers:
            addresses = [server.url for server in servers]

            def follower(user: User, document: str, **variables: str) -> Follower:
                return Follower(addresses, tokens[user.id], document, {"after": str(start), **variables}, dice)

            boards = [follower(user, BOARD, id=global_id(acme.pipeline)) for user in users * (FOLLOWERS // 6)]
            inboxes = [follower(user, INBOX) for user in users * (FOLLOWERS // 6)]
            everyone = boards + inboxes
            await asyncio.gather(*(each.catch_up() for each in everyone))

            async with asyncio.TaskGroup() as following:
                for each in everyone:
                    following.create_task(each.follow("the last"))
                writers = [Writer(user, tokens[user.id], servers, acme, dice) for user in (acme.anna, acme.celina)]
                await write_while_things_go_wrong(servers, own_redis, writers, everyone, dice)
                await writers[0].convert_a_lead(Client(servers[0].http, tokens[acme.anna.id]), "the last")

            log = list(await changes.read_after(acme.id, start, 10_000))
            assert [each.revision for each in log] == list(range(start + 1, start + len(log) + 1))
            for followers, noun in ((boards, "deal"), (inboxes, "lead")):
                wanted = [expected(log, user, noun) for user in users]
                assert len(wanted[0]) > len(wanted[1]) > 1 and wanted[1] != wanted[2]
                assert [each.told for each in followers] == wanted * (FOLLOWERS // 6)
            assert sum(each.losses for each in everyone) > WRITES * CUTS // 2
            await asyncio.gather(*(each.leave() for each in everyone))
    finally:
        await databases.close_database()
