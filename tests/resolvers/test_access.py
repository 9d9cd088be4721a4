"""Who sees what: three renderings of one rule, each held against an oracle that knows only sentences."""

import sqlite3
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as over
from hypothesis import strategies as st

from models import database as databases
from models.base import Visibility, new_id, now
from models.contacts import Organization, Person
from models.database import Database
from models.leads import Lead
from models.notes import Comment, Note
from models.opportunities import OpportunitySource
from models.users import Role, TeamMember, User
from resolvers import access
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, Refused
from resolvers.reads.sql import Sql
from tests import given
from tests.given import Company

TEAMS = 3
EXAMPLES = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@dataclass(frozen=True)
class Someone:
    """A user to be: whether an admin, and the numbers of their teams."""

    is_admin: bool
    teams: frozenset[int]


@dataclass(frozen=True)
class Something:
    """A record to be: whose, for whom, and whether it was removed."""

    owner: int
    visibility: Visibility
    is_removed: bool


@dataclass(frozen=True)
class World:
    """An account to be."""

    people: tuple[Someone, ...]
    records: tuple[Something, ...]


def sees(world: World, viewer: int, record: Something) -> bool:
    """The oracle. Admins see all; owners their own; a team what its members own for the team; all the rest."""
    someone, owner = world.people[viewer], world.people[record.owner]
    if someone.is_admin or viewer == record.owner or record.visibility == "EVERYONE":
        return True
    return record.visibility == "TEAM" and len(someone.teams & owner.teams) > 0


@st.composite
def worlds(draw: st.DrawFn) -> World:
    someone = st.builds(Someone, st.booleans(), st.frozensets(st.integers(0, TEAMS - 1)))
    people = draw(st.lists(someone, min_size=1, max_size=4))
    owners = st.integers(0, len(people) - 1)
    something = st.builds(Something, owners, st.sampled_from(Visibility), st.booleans())
    return World(tuple(people), tuple(draw(st.lists(something, max_size=6))))


@dataclass
class Made:
    """A world that has become rows: a person, an organization, a lead, a note and a comment for each record."""

    world: World
    viewers: list[Viewer]
    people: list[Person]
    organizations: list[Organization]
    leads: list[Lead]
    notes: list[Note]
    comments: list[Comment]

    def seen(self, rows: Iterable[Person | Organization | Lead | Note | Comment], viewer: int) -> set[UUID]:
        """The keys of these rows, one for each record, that the oracle lets a viewer see."""
        pairs = zip(rows, self.world.records, strict=True)
        return {row.id for row, record in pairs if sees(self.world, viewer, record)}

    def live(self, rows: Iterable[Lead | Note | Comment], viewer: int) -> set[UUID]:
        """As `seen`, of records that were not removed."""
        gone = {row.id for row, record in zip(rows, self.world.records, strict=True) if record.is_removed}
        return self.seen(rows, viewer) - gone


async def make(world: World) -> Made:
    """The rows of a world, in a new account. Sees to it that its order is that of the world."""
    account = await given.account()
    teams = [await given.team(account, str(number)) for number in range(TEAMS)]
    users = [
        User(account_id=account.id, name=str(at), email=str(at), role=Role.ADMIN if each.is_admin else Role.REGULAR)
        for at, each in enumerate(world.people)
    ]
    await User.bulk_create(users)
    members = [(user, teams[number]) for user, each in zip(users, world.people, strict=True) for number in each.teams]
    await TeamMember.bulk_create(
        [TeamMember(account_id=account.id, team_id=team.id, user_id=user.id) for user, team in members]
    )
    viewers = [await given.viewer(user) for user in users]
    made = Made(world, viewers, [], [], [], [], [])
    for record in world.records:
        _add(made, record, account.id, users)
    for rows in (made.organizations, made.people, made.leads, made.notes, made.comments):
        if rows:
            await type(rows[0]).bulk_create(rows)  # type: ignore[attr-defined]
    return made


def _add(made: Made, record: Something, account_id: UUID, users: list[User]) -> None:
    common = {"account_id": account_id, "owner_id": users[record.owner].id, "visibility": record.visibility}
    child = {"account_id": account_id, "author_id": users[0].id, "body": "."}
    person = Person(name="P", folded_name="p", **common)
    lead = Lead(
        title="L",
        folded_title="l",
        person_id=person.id,
        source=OpportunitySource.API,
        removed_at=now() if record.is_removed else None,
        **common,
    )
    note = Note(lead_id=lead.id, **child)
    made.people.append(person)
    made.organizations.append(Organization(name="O", folded_name="o", **common))
    made.leads.append(lead)
    made.notes.append(note)
    made.comments.append(Comment(note_id=note.id, **child))


async def read(viewer: Viewer, table: str, scope: object) -> set[UUID]:
    """The keys that a scope lets through, as SQL in a snapshot of the whole database."""
    async with databases.snapshot() as snapshot:
        sql = Sql(snapshot.dialect)
        condition = scope(viewer, "x", sql)  # type: ignore[operator]
        rows = await snapshot.fetch(f"SELECT x.id FROM {table} x WHERE {condition}", sql.arguments)
    return {UUID(str(row[0])) for row in rows}


@EXAMPLES
@over(worlds())
async def test_each_rendering_of_the_rule_says_what_the_oracle_says(database: Database, world: World) -> None:
    made = await make(world)
    await make(world)  # another account, alike in everything: nothing of it may come back
    for number, viewer in enumerate(made.viewers):
        expected = made.seen(made.people, number)
        assert {each.id for each in made.people if access.sees(viewer, each.owner_id, each.visibility)} == expected
        assert set(await Person.filter(access.visible(viewer)).values_list("id", flat=True)) == expected
        assert await read(viewer, "people", access.record_scope) == expected
        assert await read(viewer, "organizations", access.record_scope) == made.seen(made.organizations, number)


@EXAMPLES
@over(worlds())
async def test_what_hangs_on_a_record_is_seen_where_the_record_is(database: Database, world: World) -> None:
    made = await make(world)
    await make(world)
    for number, viewer in enumerate(made.viewers):
        assert await read(viewer, "leads", access.live_scope) == made.live(made.leads, number)
        assert await read(viewer, "notes", access.child_scope) == made.live(made.notes, number)
        assert await read(viewer, "comments", access.comment_scope) == made.live(made.comments, number)
        found = await access.find(viewer, Lead, [lead.id for lead in made.leads])
        assert found.keys() == made.live(made.leads, number)


@EXAMPLES
@over(worlds())
async def test_viewers_of_one_class_see_exactly_the_same(database: Database, world: World) -> None:
    """A shared answer is keyed by the class: two that see differently must never be of one class."""
    made = await make(world)
    elsewhere = await make(world)
    for number, viewer in enumerate(made.viewers):
        for another, other in enumerate(made.viewers):
            if viewer.visibility_class == other.visibility_class:
                assert made.seen(made.people, number) == made.seen(made.people, another)
        assert viewer.visibility_class not in {each.visibility_class for each in elsewhere.viewers}


async def test_teammates_are_of_the_same_account(acme: Company, other: Company) -> None:
    viewer = await given.viewer(acme.anna)
    assert viewer.teammate_ids == {acme.anna.id, acme.bartek.id}


async def test_a_user_of_another_account_is_no_viewer_here(acme: Company, other: Company) -> None:
    assert await access.load_viewer(acme.id, other.anna.id) is None
    assert await access.load_viewer(acme.id, new_id()) is None


@pytest.fixture
async def leads(acme: Company, other: Company) -> AsyncIterator[dict[str, Lead]]:
    """Leads that Celina, of support, may not see, or that are not there for her."""
    yield {
        "unseen": await given.lead(acme.anna, visibility=Visibility.TEAM),
        "removed": await given.lead(acme.celina, removed_at=now()),
        "another account's": await given.lead(other.anna),
    }


async def test_unknown_unseen_removed_and_foreign_are_refused_alike(acme: Company, leads: dict[str, Lead]) -> None:
    viewer = await given.viewer(acme.celina)
    refusals = []
    for key in [new_id(), *(lead.id for lead in leads.values())]:
        with pytest.raises(Refused) as refused:
            await access.find_one(viewer, Lead, key, "ids", 3)
        refusals.append(refused.value.errors)
    assert all(errors == refusals[0] for errors in refusals)
    assert refusals[0][0].code is ErrorCode.NOT_FOUND
    assert refusals[0][0].path == ["ids", "3"]


async def test_only_its_owner_or_an_admin_may_do_what_needs_ownership(acme: Company) -> None:
    lead = await given.lead(acme.anna)
    access.require_ownership(await given.viewer(acme.anna), lead, "delete a lead")
    access.require_ownership(await given.viewer(acme.admin), lead, "delete a lead")
    with pytest.raises(Refused) as refused:
        access.require_ownership(await given.viewer(acme.bartek), lead, "delete a lead", "ids", 0)
    assert [(error.code, error.path) for error in refused.value.errors] == [(ErrorCode.FORBIDDEN, ["ids", "0"])]


async def test_only_an_admin_may_do_what_needs_one(acme: Company) -> None:
    access.require_admin(await given.viewer(acme.admin), "create labels")
    with pytest.raises(Refused) as refused:
        access.require_admin(await given.viewer(acme.anna), "create labels")
    assert [error.code for error in refused.value.errors] == [ErrorCode.FORBIDDEN]


async def is_locked(url: str, lead: Lead) -> bool:
    """Whether another connection would have to wait to change a lead."""
    if databases.dialect_of(url) == "sqlite":
        rival = sqlite3.connect(databases.sqlite_path(url), timeout=0, isolation_level=None)
        try:
            rival.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        finally:
            rival.close()
        return False
    connection = await asyncpg.connect(url)
    rows = await connection.fetch("SELECT 1 FROM leads WHERE id = $1 FOR NO KEY UPDATE SKIP LOCKED", lead.id)
    await connection.close()
    return rows == []


async def test_rows_found_with_a_lock_are_held_until_the_transaction_ends(database_url: str, acme: Company) -> None:
    lead, free = await given.lead(acme.anna), await given.lead(acme.anna)
    viewer = await given.viewer(acme.anna)
    async with databases.transaction():
        found = await access.find(viewer, Lead, [lead.id, new_id()], lock=True)
        assert found.keys() == {lead.id}
        assert await is_locked(database_url, lead)
        assert await is_locked(database_url, free) is (databases.dialect_of(database_url) == "sqlite")
    assert not await is_locked(database_url, lead)
