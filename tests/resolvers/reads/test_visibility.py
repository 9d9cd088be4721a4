"""No question sees past visibility: random accounts, asked everything, against an oracle in plain Python.

Every text in the data names the record it is on, so that whatever comes back says where it is from:
what a viewer may not see must not be in an answer under any field, and what they may see must be.
"""

import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import given as over
from hypothesis import strategies as st

from models import database as databases
from models.base import now
from models.conversions import Conversion
from models.database import Database
from models.users import Role, User
from resolvers.access import Viewer
from tests import given
from tests.asking import ask
from tests.refusals import global_id

STAGES = {"One": 50, "Two": 100}
LISTS = """
fragment Whole on Opportunity {
  id title value { amount }
  person { id name organization { name } }
  organization { id name people { totalCount nodes { name } } }
  notes { totalCount nodes { id body comments { id body } } }
  activities { totalCount nodes { id subject } }
  nextActivity { subject }
}
query {
  leads(first: 250, filter: { archived: null }) { totalCount edges { node { ...Whole } } }
  inbox: leads { totalCount nodes { id } }
  archived: leads(filter: { archived: true }) { totalCount nodes { id } }
  searchedLeads: leads(filter: { search: "LEAD", archived: null }, orderBy: { field: VALUE }) {
    totalCount
    nodes { id }
  }
  deals(first: 250) { totalCount edges { node { ...Whole } } }
  open: deals(filter: { status: [OPEN] }, orderBy: { field: TITLE }) { totalCount nodes { id } }
  searchedDeals: deals(filter: { search: "dEaL" }) { totalCount nodes { id } }
  people(first: 250) { totalCount nodes { id name emails organization { id name } } }
  searchedPeople: people(search: "person") { totalCount nodes { id } }
  organizations { totalCount nodes { id name people { totalCount nodes { id name } } } }
  searchedOrganizations: organizations(search: "organization") { totalCount nodes { id } }
  pipelines {
    name
    totals { count value { amount } weightedValue { amount } }
    stages {
      name
      totals { count value { amount } weightedValue { amount } }
      deals(status: [OPEN, WON]) { totalCount nodes { ...Whole } }
    }
  }
  labels { name }
  users { name }
}
"""
BY_ID = """
query ($ids: [ID!]!) {
  nodes(ids: $ids) {
    id
    ... on Opportunity { title notes { nodes { body } } person { name } }
    ... on Contact { name }
    ... on Organization { people { nodes { name } } }
    ... on Note { body comments { body } }
    ... on Comment { body }
    ... on Activity { subject }
  }
}
"""
PREVIEW = """
query ($leads: [ID!]!) {
  conversionPreview(leadIds: $leads) {
    review { lead { id title } contact { id name } matches { contact { id name } } }
    errors { code path message }
  }
}
"""
MARK = re.compile(r"(?:person|organization|lead|deal|note|comment|activity)-\d+-of-\w+")


@dataclass(frozen=True)
class Someone:
    """A user to be."""

    is_admin: bool
    teams: frozenset[int]


@dataclass(frozen=True)
class Draft:
    """A record to be. The numbers name others."""

    owner: int
    visibility: str
    removed: bool
    person: int
    organization: int
    stage: int
    state: str  # a lead's: open, archived or converted; a deal's: open or won
    target: int  # the deal that a converted lead went to


@dataclass(frozen=True)
class Plot:
    """An account to be."""

    users: tuple[Someone, ...]
    people: tuple[Draft, ...]
    organizations: tuple[Draft, ...]
    leads: tuple[Draft, ...]
    deals: tuple[Draft, ...]


def plots() -> st.SearchStrategy[Plot]:
    someone = st.builds(Someone, st.booleans(), st.frozensets(st.integers(0, 1)))
    number = st.integers(0, 3)
    states = st.sampled_from(["open", "open", "archived", "converted", "won"])
    visibility = st.sampled_from(["OWNER", "TEAM", "EVERYONE"])
    draft = st.builds(Draft, number, visibility, st.booleans(), number, number, st.integers(0, 1), states, number)
    some = st.lists(draft, min_size=2, max_size=4).map(tuple)
    return st.builds(Plot, st.lists(someone, min_size=2, max_size=3).map(tuple), some, some, some, some)


@dataclass
class Account:
    """A plot that has become rows. Marks are the texts by which its records are known."""

    plot: Plot
    name: str
    users: list[User] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)  # by mark

    # The oracle

    def sees(self, user: int, draft: Draft) -> bool:
        """Admins see all; owners their own; a team what its members own for the team; everybody the rest."""
        someone, at = self.plot.users[user], draft.owner % len(self.plot.users)
        if someone.is_admin or user == at or draft.visibility == "EVERYONE":
            return True
        return draft.visibility == "TEAM" and bool(someone.teams & self.plot.users[at].teams)

    def seen(self, user: int, noun: str) -> set[str]:
        """The marks of the people, organizations, leads or deals that a user sees, none that is gone."""
        return {mark for mark, draft in self.drafts(noun) if self.is_there(noun, draft) and self.sees(user, draft)}

    def is_there(self, noun: str, draft: Draft) -> bool:
        """Contacts always are; deals unless they were removed; leads unless they were, or are converted."""
        gone = draft.removed and noun in ("lead", "deal")
        return not gone and not (noun == "lead" and self.is_converted(draft))

    def is_converted(self, draft: Draft) -> bool:
        """Whether a lead became a deal."""
        return draft.state == "converted" and len(self.plot.deals) > 0

    def target_of(self, draft: Draft) -> str:
        """The mark of the deal that a converted lead went to."""
        return self.drafts("deal")[draft.target % len(self.plot.deals)][0]

    def children(self, marks: Iterable[str]) -> set[str]:
        """The marks of what hangs on these leads and deals."""
        return {f"{kind}-{place}" for mark in marks for kind, place in _hanging(mark)}

    def drafts(self, noun: str) -> list[tuple[str, Draft]]:
        """The records of one kind, with their marks."""
        kind: tuple[Draft, ...] = {
            "person": self.plot.people,
            "organization": self.plot.organizations,
            "lead": self.plot.leads,
            "deal": self.plot.deals,
        }[noun]
        return [(f"{noun}-{number}-of-{self.name}", draft) for number, draft in enumerate(kind)]

    def all_seen(self, user: int) -> set[str]:
        """Every mark that may come back to a user."""
        records = self.seen(user, "lead") | self.seen(user, "deal")
        return records | self.seen(user, "person") | self.seen(user, "organization") | self.children(records)


def _hanging(mark: str) -> list[tuple[str, str]]:
    """A note, a comment and an activity hang on each lead and deal; deals' have numbers from 100 on."""
    noun, number, _, name = mark.split("-")
    place = f"{int(number) + (100 if noun == 'deal' else 0)}-of-{name}"
    return [(kind, place) for kind in ("note", "comment", "activity")]


async def make(plot: Plot, name: str) -> Account:
    """The rows of a plot, in an account of its own."""
    made = Account(plot, name)
    async with databases.transaction():
        tenant = await given.account(name)
        teams = [await given.team(tenant, str(number)) for number in range(2)]
        for number, each in enumerate(plot.users):
            role = Role.ADMIN if each.is_admin else Role.REGULAR
            mine = [teams[team] for team in sorted(each.teams)]
            made.users.append(await given.user(tenant, f"user-{number}", role, mine))
        _, stages = await given.pipeline(tenant, "Sales", STAGES)
        await _fill(made, stages)
    return made


async def _fill(made: Account, stages: list[Any]) -> None:
    rows: dict[str, Any] = {}
    for mark, draft in made.drafts("organization"):
        rows[mark] = await given.organization(_owner(made, draft), mark, visibility=draft.visibility)
    for mark, draft in made.drafts("person"):
        links = {"organization_id": _key(rows, made, "organization", draft.organization)}
        rows[mark] = await given.person(
            _owner(made, draft), mark, visibility=draft.visibility, emails=["same@example.com"], **links
        )
    for mark, draft in made.drafts("deal"):
        status = {"status": "WON", "closed_at": now()} if draft.state == "won" else {}
        rows[mark] = await given.deal(
            _owner(made, draft), stages[draft.stage], mark, **_columns(rows, made, draft), **status
        )
        await _hang(rows, made, mark, 100)
    for mark, draft in made.drafts("lead"):
        rows[mark] = await _lead(rows, made, mark, draft)
        await _hang(rows, made, mark, 0)
    made.ids = {mark: global_id(row) for mark, row in rows.items()}


async def _lead(rows: dict[str, Any], made: Account, mark: str, draft: Draft) -> Any:
    owner, columns = _owner(made, draft), _columns(rows, made, draft)
    if columns["person_id"] is None and columns["organization_id"] is None:
        # The database insists on a contact: one that only admins and its owner see, and no mark names.
        columns["person_id"] = (await given.person(owner, "Nobody", visibility="OWNER")).id
    if draft.state == "archived":
        columns["archived_at"] = now()
    if not made.is_converted(draft):
        return await given.lead(owner, mark, **columns)
    lead = await given.lead(owner, mark, **columns | {"removed_at": now()})
    deal = rows[made.target_of(draft)]
    await Conversion.create(
        account_id=owner.account_id, lead_id=lead.id, deal_id=deal.id, by_id=owner.id, deal_version=1
    )
    return lead


def _owner(made: Account, draft: Draft) -> User:
    return made.users[draft.owner % len(made.users)]


def _columns(rows: dict[str, Any], made: Account, draft: Draft) -> dict[str, Any]:
    return {
        "visibility": draft.visibility,
        "removed_at": now() if draft.removed else None,
        "person_id": _key(rows, made, "person", draft.person),
        "organization_id": _key(rows, made, "organization", draft.organization),
        "value_minor": 10_000,
        "currency": "PLN",
    }


def _key(rows: dict[str, Any], made: Account, noun: str, number: int) -> Any:
    """The key of a contact, all numbers but the last naming one where there is any."""
    there = made.drafts(noun)
    return None if number == 3 or not there else rows[there[number % len(there)][0]].id


async def _hang(rows: dict[str, Any], made: Account, mark: str, base: int) -> None:
    note, comment, activity = [f"{kind}-{place}" for kind, place in _hanging(mark)]
    rows[note] = await given.note(made.users[0], rows[mark], note)
    rows[comment] = await given.comment(made.users[0], rows[note], comment)
    rows[activity] = await given.activity(made.users[0], rows[mark], activity)
    rows[mark].next_activity_id = rows[activity].id
    await rows[mark].save(update_fields=["next_activity_id"])


class Seen:
    """What one user must be shown."""

    def __init__(self, account: Account, user: int) -> None:
        self.account = account
        self.user = user
        self.leads, self.deals = account.seen(user, "lead"), account.seen(user, "deal")
        self.people, self.organizations = account.seen(user, "person"), account.seen(user, "organization")

    def ids(self, marks: Iterable[str]) -> set[str]:
        """The ids of records."""
        return {self.account.ids[mark] for mark in marks}

    def in_state(self, noun: str, *states: str) -> set[str]:
        """The marks of leads or deals seen that are in one of these states."""
        seen = self.leads if noun == "lead" else self.deals
        return {mark for mark, draft in self.account.drafts(noun) if mark in seen and draft.state in states}

    def open_deals(self, stage: int) -> set[str]:
        """The marks of the open deals of a stage."""
        drafts = self.account.drafts("deal")
        return {m for m, draft in drafts if m in self.deals and draft.state != "won" and draft.stage == stage}


NOT_WON = ("open", "archived", "converted")


def assert_lists(seen: Seen, answer: dict[str, Any]) -> None:
    """Lists, connections, their counts, and totals are of what is seen, no more and no less."""
    expected = {
        "leads": seen.leads,
        "inbox": seen.leads - seen.in_state("lead", "archived"),
        "archived": seen.in_state("lead", "archived"),
        "searchedLeads": seen.leads,
        "deals": seen.deals,
        "open": seen.in_state("deal", *NOT_WON),
        "searchedDeals": seen.deals,
        "searchedOrganizations": seen.organizations,
        "searchedPeople": seen.people,
        "organizations": seen.organizations,
    }
    for name, marks in expected.items():
        nodes = answer[name].get("nodes") or [edge["node"] for edge in answer[name].get("edges", [])]
        assert {node["id"] for node in nodes} == seen.ids(marks), name
        assert answer[name]["totalCount"] == len(nodes) == len(marks), name
    named = {person["name"] for person in answer["people"]["nodes"]}
    assert named - {"Nobody"} == seen.people
    assert answer["people"]["totalCount"] == len(answer["people"]["nodes"])
    assert_board(seen, answer["pipelines"])


def assert_board(seen: Seen, pipelines: list[Any]) -> None:
    """The totals of a pipeline and its stages count what is seen."""
    (pipeline,) = pipelines
    of_stages = [seen.open_deals(0), seen.open_deals(1)]
    assert pipeline["totals"] == totals(len(of_stages[0]), len(of_stages[1]))
    for number, stage in enumerate(pipeline["stages"]):
        counts = [len(marks) if number == at else 0 for at, marks in enumerate(of_stages)]
        assert stage["totals"] == totals(*counts)
        won = {m for m, draft in seen.account.drafts("deal") if m in seen.deals and draft.stage == number}
        assert {deal["title"] for deal in stage["deals"]["nodes"]} == won
        assert stage["deals"]["totalCount"] == len(won)


def totals(halves: int, wholes: int) -> dict[str, Any]:
    """Totals of so many deals of 100.00 in each of the two stages."""
    count = halves + wholes
    if not count:
        return {"count": 0, "value": [], "weightedValue": []}
    value, weighted = f"{count * 100}.00", f"{halves * 50 + wholes * 100}.00"
    return {"count": count, "value": [{"amount": value}], "weightedValue": [{"amount": weighted}]}


def assert_within(seen: Seen, answer: Any, *accounts: Account) -> None:
    """No text and no id of anything that is not seen is anywhere in an answer."""
    text = json.dumps(answer)
    allowed = seen.account.all_seen(seen.user)
    assert set(MARK.findall(text)) <= allowed
    for account in accounts:
        hidden = {key for mark, key in account.ids.items() if account is not seen.account or mark not in allowed}
        assert not [key for key in hidden if key in text]


async def assert_by_id(seen: Seen, viewer: Viewer, *accounts: Account) -> None:
    """What is seen is found by its id, and what is not is not there."""
    allowed = seen.account.all_seen(seen.user)
    marks = [(account, mark, key) for account in accounts for mark, key in account.ids.items()]
    answer = await ask(viewer, BY_ID, ids=[key for _, _, key in marks])
    found = [None if node is None else node["id"] for node in answer["nodes"]]
    assert found == [key if account is seen.account and mark in allowed else None for account, mark, key in marks]
    assert_within(seen, answer, *accounts)
    roots = [(account, mark, key) for account, mark, key in marks if mark.split("-")[0] in ROOTS]
    fields = [f'n{n}: node(id: "{key}") {{ id }} r{n}: {mark.split("-")[0]}(id: "{key}") {{ id }}'
              for n, (_, mark, key) in enumerate(roots)]  # fmt: skip
    if fields:
        alone = await ask(viewer, f"{{ {' '.join(fields)} }}")
        for n, (account, mark, key) in enumerate(roots):
            expected = {"id": key} if account is seen.account and mark in allowed else None
            assert alone[f"n{n}"] == alone[f"r{n}"] == expected, mark


ROOTS = ("person", "organization", "lead", "deal")


async def assert_conversions(seen: Seen, viewer: Viewer, *accounts: Account) -> None:
    """Where a lead went is told to those who saw the lead, and the deal to those who see that."""
    for account in accounts:
        for mark, draft in account.drafts("lead"):
            document = "query ($id: ID!) { conversion(leadId: $id) { leadId deal { title } } }"
            answer = (await ask(viewer, document, id=account.ids[mark]))["conversion"]
            if account is not seen.account or not account.is_converted(draft) or not account.sees(seen.user, draft):
                assert answer is None
                continue
            deal = account.target_of(draft)
            expected = {"title": deal} if deal in seen.deals else None
            assert answer == {"leadId": account.ids[mark], "deal": expected}


async def assert_preview(seen: Seen, viewer: Viewer, *accounts: Account) -> None:
    """A preview speaks of leads that are seen, and finds duplicates among contacts that are."""
    marks = [(account, mark) for account in accounts for mark, _ in account.drafts("lead")]
    if not marks:
        return
    asked = [account.ids[mark] for account, mark in marks]
    answer = (await ask(viewer, PREVIEW, leads=asked))["conversionPreview"]
    unseen = {at for at, (account, mark) in enumerate(marks) if not _may_convert(seen, account, mark)}
    missing = {int(error["path"][1]) for error in answer["errors"] if error["code"] == "NOT_FOUND"}
    assert missing == unseen
    for review in answer["review"]:
        matched = {match["contact"]["name"] for match in review["matches"]}
        assert review["lead"]["title"] in seen.leads
        if review["contact"]["name"] in seen.people:
            assert matched >= seen.people - {review["contact"]["name"]}
        assert matched - {"Nobody"} <= seen.people | seen.organizations
    assert_within(seen, [answer["review"], [error["message"] for error in answer["errors"]]], *accounts)


def _may_convert(seen: Seen, account: Account, mark: str) -> bool:
    """A converted lead that was seen answers ALREADY_CONVERTED, and is no error."""
    draft = dict(account.drafts("lead"))[mark]
    return account is seen.account and (
        mark in seen.leads or (account.is_converted(draft) and account.sees(seen.user, draft))
    )


@settings(
    max_examples=20,
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@over(plots(), plots())
async def test_no_question_sees_past_the_oracle(database: Database, plot: Plot, other: Plot) -> None:
    acme, rival = await make(plot, "acme"), await make(other, "rival")
    for number, user in enumerate(acme.users):
        seen, viewer = Seen(acme, number), await given.viewer(user)
        answer = await ask(viewer, LISTS)
        assert_lists(seen, answer)
        assert_within(seen, answer, acme, rival)
        await assert_by_id(seen, viewer, acme, rival)
        await assert_conversions(seen, viewer, acme, rival)
        await assert_preview(seen, viewer, acme, rival)
