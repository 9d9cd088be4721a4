"""Boards whose viewers' rights change, as random accounts have it, against an oracle in plain Python.

Whatever changes, a board that takes in what it is told shows exactly what its viewer may see, no
event has a byte of anything else, and whoever shares answers may see the same.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings
from hypothesis import given as over
from hypothesis import strategies as st

from app.asgi import make_engine
from app.identity import Credential
from app.live import Live, Session, Watch
from app.settings import Settings
from models import changes
from models.base import Visibility
from models.database import Database
from models.deals import Deal
from models.users import Role, User
from resolvers import deals, rights
from resolvers.tokens import hashed, make_token
from subscriptions.feeds import Feeds
from subscriptions.groups import group_key
from subscriptions.messages import SubscribePayload
from subscriptions.operation import Payload
from subscriptions.signal.memory import MemorySignal
from tests import given
from tests.refusals import global_id

DOCUMENT = """subscription ($id: ID!) { pipelineChanged(pipelineId: $id) {
  __typename revision clientMutationId
  ... on DealAdded { deal { id title person { name } } }
  ... on DealUpdated { deal { id title person { name } } }
  ... on DealRemoved { dealId }
} }"""


@dataclass(frozen=True)
class Someone:
    """A user to be, or their rights to be."""

    is_admin: bool
    teams: frozenset[int]


@dataclass(frozen=True)
class Draft:
    """A deal to be, with a person of its own."""

    owner: int
    visibility: Visibility
    person_owner: int
    person_visibility: Visibility


@dataclass(frozen=True)
class Step:
    """A user is given other rights, or a deal another owner and visibility, or both at once."""

    user: int
    rights: Someone | None
    deal: int
    handed_over: Draft | None


someone = st.builds(Someone, st.integers(0, 3).map(lambda number: number == 0), st.frozensets(st.integers(0, 1)))
number, visibility = st.integers(0, 2), st.sampled_from(Visibility)
draft = st.builds(Draft, number, visibility, number, visibility)
step = st.builds(Step, number, st.none() | someone, number, st.none() | draft)


@dataclass
class Board:
    """What a front end keeps of a board."""

    user: int
    cards: dict[str, Any] = field(default_factory=dict)
    revision: int = 0
    told: list[str] = field(default_factory=list)
    marks: set[str | None] = field(default_factory=set)
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    def next(self, payload: Payload) -> None:
        event = orjson.loads(payload.encoded)["data"]["pipelineChanged"]
        self.told.append(payload.text)
        assert int(event["revision"]) >= self.revision
        self.revision = int(event["revision"])
        if "deal" in event:
            self.cards[event["deal"]["id"]] = event["deal"]
        elif "dealId" in event:
            self.cards.pop(event["dealId"], None)
        if event["__typename"] == "Resync":
            raise AssertionError("so few deals can be told of")
        self.marks.add("begun" if event["__typename"] == "CaughtUp" else event["clientMutationId"])
        self.heard.set()

    def fail(self, errors: bytes) -> None:
        raise AssertionError(errors)

    async def room(self) -> None:
        return

    async def hears(self, mark: str) -> None:
        async with asyncio.timeout(20):
            while mark not in self.marks:
                self.heard.clear()
                await self.heard.wait()


@dataclass
class Office:
    """An account, its boards, and what is known of who may see what."""

    company: given.Company
    users: list[User]
    people: list[Someone]
    deals: list[Deal] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    boards: list[Board] = field(default_factory=list)

    def sees(self, viewer: int, owner: int, visibility: Visibility) -> bool:
        """The rule, in plain words."""
        one, other = self.people[viewer], self.people[owner]
        mine, team = viewer == owner, visibility == "TEAM" and bool(one.teams & other.teams)
        return one.is_admin or visibility == "EVERYONE" or mine or team

    def shown(self, viewer: int, titles: list[str]) -> dict[str, Any]:
        """The cards that a viewer's board has."""
        return {
            global_id(deal): {"id": global_id(deal), "title": title, "person": self.person(viewer, place)}
            for place, (deal, title, each) in enumerate(zip(self.deals, titles, self.drafts, strict=True))
            if self.sees(viewer, each.owner, each.visibility)
        }

    def person(self, viewer: int, place: int) -> Any:
        each = self.drafts[place]
        return {"name": f"person-{place}"} if self.sees(viewer, each.person_owner, each.person_visibility) else None


@pytest_asyncio.fixture
async def feeds(database: Database) -> AsyncIterator[Feeds]:
    signal = MemorySignal()
    stop, made = changes.on_commit(signal.send), Feeds(signal)
    yield made
    stop()
    await made.close()


@pytest.mark.timeout(300)
async def test_boards_show_what_their_viewers_see_whatever_rights_become_of(feeds: Feeds) -> None:
    loop, live = asyncio.get_running_loop(), Live(make_engine(Settings()))

    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
    @over(st.tuples(someone, someone, someone), st.tuples(draft, draft, draft), st.lists(step, min_size=2, max_size=4))
    def run(people: tuple[Someone, ...], drafts: tuple[Draft, ...], steps: list[Step]) -> None:
        asyncio.run_coroutine_threadsafe(try_out(feeds, live, people, drafts, steps), loop).result(60)

    await asyncio.to_thread(run)


async def try_out(
    feeds: Feeds, live: Live, people: tuple[Someone, ...], drafts: tuple[Draft, ...], steps: list[Step]
) -> None:
    office = await open_office(people, drafts)
    members = [await watch(feeds, live, office, board) for board in office.boards]
    admin, mark = (
        await given.viewer(office.company.admin),
        await given.deal(office.company.admin, office.company.stages[0]),
    )
    titles = [deal.title for deal in office.deals]
    for number, each in enumerate(steps):
        for board in office.boards:
            board.told.clear()
        if each.rights is not None:
            office.people[each.user] = each.rights
            await rights.set_access(admin, rights_of(office, each))
        if each.handed_over is not None:
            before, after = office.drafts[each.deal], each.handed_over
            owner = global_id(office.users[after.owner])
            patch: Any = {"id": global_id(office.deals[each.deal]), "owner_id": owner, "visibility": after.visibility}
            await deals.update_deal(admin, patch)
            office.drafts[each.deal] = Draft(
                after.owner, after.visibility, before.person_owner, before.person_visibility
            )
        titles[each.deal] = f"deal-{each.deal} after step {number}"
        await deals.update_deal(admin, {"id": global_id(office.deals[each.deal]), "title": titles[each.deal]})
        await deals.update_deal(
            admin, {"id": global_id(mark), "title": f"Step {number}", "client_mutation_id": f"{number}"}
        )
        for board in office.boards:
            await board.hears(f"{number}")
            board.cards.pop(global_id(mark))
            seen = office.shown(board.user, titles)
            assert board.cards == seen
            told = "".join(board.told)
            assert (global_id(office.deals[each.deal]) in seen) == (titles[each.deal] in told)
            unseen = [title for deal, title in zip(office.deals, titles, strict=True) if global_id(deal) not in seen]
            assert not any(title in told for title in unseen)
        groups = {group_key(member.operation): set[Any]() for member in members}
        for member, board in zip(members, office.boards, strict=True):
            groups[group_key(member.operation)].add(frozenset(office.shown(board.user, titles)))
        assert all(len(sights) == 1 for sights in groups.values())
    for member in members:
        member.cancel()


def rights_of(office: Office, each: Step) -> Any:
    assert each.rights is not None
    teams = [office.company.sales, office.company.support]
    role = Role.ADMIN if each.rights.is_admin else Role.REGULAR
    team_ids = [global_id(teams[place]) for place in sorted(each.rights.teams)]
    return {"user_id": global_id(office.users[each.user]), "role": role, "team_ids": team_ids}


async def open_office(people: tuple[Someone, ...], drafts: tuple[Draft, ...]) -> Office:
    company = await given.company()
    teams, users = [company.sales, company.support], []
    for place, each in enumerate(people):
        role = Role.ADMIN if each.is_admin else Role.REGULAR
        users.append(await given.user(company.account, f"User{place}", role, [teams[n] for n in sorted(each.teams)]))
    office = Office(company, users, list(people), drafts=list(drafts))
    for place, one in enumerate(drafts):
        owner = users[one.person_owner]
        person = await given.person(owner, f"person-{place}", visibility=one.person_visibility)
        more = {"person_id": person.id, "visibility": one.visibility}
        office.deals.append(await given.deal(users[one.owner], company.stages[0], f"deal-{place}", **more))
    office.boards = [Board(place, office.shown(place, [deal.title for deal in office.deals])) for place in range(3)]
    return office


async def watch(feeds: Feeds, live: Live, office: Office, board: Board) -> Any:
    user, mark = office.users[board.user], feeds.mark()
    token = await make_token(user.account_id, user.id, "sight")
    session = Session(Credential(hashed(token)), "en", user.account_id)
    asked = SubscribePayload(DOCUMENT, None, {"id": global_id(office.company.pipeline)}, {})
    operation = await live.begin(session, asked)
    assert isinstance(operation, Watch)
    member = feeds.subscribe(operation, board, mark)
    await board.hears("begun")
    return member
