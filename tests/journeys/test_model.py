"""Random commands, sent over the wire, against a model in plain Python.

After every step a user is asked what they see; now and then two boards and an inbox, of which one
is cut off and resumes, are brought up to date, and the change log is replayed from zero. All of
them must agree with the model, which knows neither SQL nor sockets.
"""

import asyncio
import os
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from decimal import Decimal
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from models import changes, database
from models.accounts import Account, Plan
from models.contacts import Person as PersonRow
from tests import given
from tests.commanding import do, document_of
from tests.journeys.boards import BOARD_CHANGES, INBOX_CHANGES, applied, read_board, read_inbox
from tests.journeys.client import Client, Watch
from tests.journeys.conftest import World, global_id
from tests.journeys.model import Activity, Deal, Lead, Model, Note, Opportunity, Person, Refuse, Request
from tests.replaying import State, replayed, rows_of

pytestmark = pytest.mark.slow

T = TypeVar("T")
USERS = ("Admin", "Anna", "Celina")
PLACES = 7
EXAMPLES = {"sqlite": 12, "postgres": 2}
LOOK = """
fragment Same on Opportunity {
  id title visibility version
  owner { name }
  value { amount currency }
  person { name }
  labels { name }
  notes { totalCount nodes { body comments { body } } }
  activities { totalCount nodes { subject doneAt } }
  nextActivity { subject }
  customFields { number }
}
query {
  leads(first: 250, filter: { archived: null }) { totalCount nodes { ...Same archivedAt } }
  deals(first: 250) { totalCount nodes { ...Same status probability stage { name } formulaFields { number reason } } }
  pipelines { revision stages { name totals { count value { amount currency } weightedValue { amount currency } } } }
  viewer { account { plan { openDealCount } } }
}
"""
index = st.integers(0, 200)
users = st.sampled_from(USERS)
visibilities = st.sampled_from(["EVERYONE", "TEAM", "OWNER"])
values = st.none() | st.tuples(st.integers(0, 999).map(lambda n: Decimal(n) / 100), st.sampled_from(["PLN", "EUR"]))
stages = st.integers(0, 3)
stale = st.integers(0, 9).map(lambda n: 1 if n == 0 else 0)  # seldom, an old version is expected


class Acme:
    """An account at work on the server, and the model of it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clients: dict[str, Client] = {}
        self.watching: dict[str, Follower] = {}
        self.log: State = {}
        self.replayed_to = 0

    async def open(self) -> None:
        """Make the account, with twins among its contacts, few places, and boards that watch it."""
        self.company = company = await given.company("Acme")
        plan, _ = await Plan.get_or_create(name="Few", defaults={"open_deal_limit": PLACES})
        await Account.filter(id=company.id).update(plan_name=plan.name)
        _, extra = await given.pipeline(company.account, "Other", {"Elsewhere": 100}, is_default=False)
        self.stages = [*company.stages, *extra]
        self.users = {user.name: user for user in (company.admin, company.anna, company.celina)}
        self.model = Model({"Admin": set(), "Anna": {"Sales"}, "Celina": {"Support"}}, PLACES)
        await self._add_people()
        await self._define()
        self.log = await rows_of(company.id)
        for name, user in self.users.items():
            self.clients[name] = await self.world.client(user)
        await self._add_records()
        for name in USERS:
            self.watching[name] = Follower(self.clients[name], global_id(company.pipeline))
            await self.watching[name].begin()

    async def _add_people(self) -> None:
        rows: list[PersonRow] = [
            await given.person(self.company.admin, "Ewa Lis", emails=["lis@zubr.pl"]),
            await given.person(self.company.admin, "Zenon Bączek", emails=["lis@zubr.pl"]),
            await given.person(self.company.admin, "Olga Mak"),
        ]
        people = [Person(global_id(row), row.name) for row in rows]
        people[0].twins, people[1].twins = [people[1]], [people[0]]
        self.model.people = people

    async def _define(self) -> None:
        """A custom field of leads and deals, and a formula of deals that reads it."""
        admin = await given.viewer(self.company.admin)
        self.size = (await do(admin, "createCustomField", name="Size", type="NUMBER"))["customField"]["id"]
        expression = "[Size] * probability / activities"
        assert not (await do(admin, "createFormulaField", name="Score", expression=expression))["errors"]
        self.model.revision = self.replayed_to = await changes.revision_of(self.company.id)

    async def _add_records(self) -> None:
        """A lead and a deal that everybody sees and nobody works with (by them the sockets know where they are),
        and some to begin with."""
        people = self.model.people
        leads = [Lead("", f"Lead {person}", "Anna", person=people[person]) for person in (0, 1, 2, 0)]
        deals = [Deal("", "Deal", "Anna"), Deal("", "Deal of Zenon", "Celina", person=people[1])]
        for each in (Lead("", "Mark", "Admin", person=people[0]), *leads, Deal("", "Mark", "Admin"), *deals):
            draft = {"title": each.title, "personId": each.person and each.person.id}
            if isinstance(each, Lead):
                each.id = (await self.send(each.owner, "createLead", **draft))["lead"]["id"]
            else:
                draft["stageId"] = global_id(self.stages[0])
                each.id = (await self.send(each.owner, "createDeal", **draft))["deal"]["id"]
            self.model.create(each.owner, each)

    async def mark(self) -> tuple[int, int]:
        """Change both marks; the revisions of what every inbox is told last, and then every board."""
        lead, deal, title = self.model.leads[0], self.model.deals[0], f"Mark {self.model.revision}"
        assert (await self.send("Admin", "updateLead", id=lead.id, title=title))["errors"] == []
        assert (await self.send("Admin", "updateDeal", id=deal.id, title=title))["errors"] == []
        self.model.update("Admin", lead, lead.version, title=title)
        self.model.update("Admin", deal, deal.version, title=title)
        return self.model.revision - 1, self.model.revision

    async def send(self, user: str, mutation: str, **given_input: Any) -> dict[str, Any]:
        """The payload of a mutation."""
        answer = await self.clients[user].ask(document_of(mutation), input=given_input)
        payload: dict[str, Any] = answer[mutation]
        return payload

    async def look(self, user: str) -> dict[str, Any]:
        """Every lead, deal and total that a user is shown, in the words of the model."""
        answer = await self.clients[user].ask(LOOK)
        for name in ("leads", "deals"):
            assert answer[name]["totalCount"] == len(answer[name]["nodes"])
        names = [stage.name for stage in self.stages]
        shown = {stage["name"]: stage["totals"] for line in answer["pipelines"] for stage in line["stages"]}
        leads = {each["id"]: plain(each) | {"archived": bool(each["archivedAt"])} for each in answer["leads"]["nodes"]}
        deals = {
            each["id"]: plain(each)
            | {
                "status": each["status"],
                "probability": each["probability"],
                "stage": names.index(each["stage"]["name"]),
                "score": each["formulaFields"][0]["number"] or each["formulaFields"][0]["reason"],
            }
            for each in answer["deals"]["nodes"]
        }
        return {
            "leads": leads,
            "deals": deals,
            "totals": [totals(shown[name]) for name in names],
            "openDeals": answer["viewer"]["account"]["plan"]["openDealCount"],
            "revision": int(answer["pipelines"][0]["revision"]),
        }

    async def replay(self) -> None:
        """The log, replayed from zero, gives the rows there are."""
        told = await changes.read_after(self.company.id, self.replayed_to, limit=100_000)
        assert [change.revision for change in told] == list(range(self.replayed_to + 1, self.model.revision + 1))
        self.log, self.replayed_to = replayed(told, self.log), self.model.revision
        assert self.log == replayed([], await rows_of(self.company.id))

    async def close(self) -> None:
        """Nobody watches any more."""
        for follower in self.watching.values():
            await follower.end()


def plain(each: dict[str, Any]) -> dict[str, Any]:
    """A lead or a deal of an answer, in the words of the model."""
    assert each["notes"]["totalCount"] == len(each["notes"]["nodes"])
    assert each["activities"]["totalCount"] == len(each["activities"]["nodes"])
    return {
        **{name: each[name] for name in ("title", "visibility", "version")},
        "owner": each["owner"]["name"],
        "value": each["value"] and (Decimal(each["value"]["amount"]), each["value"]["currency"]),
        "person": each["person"] and each["person"]["name"],
        "hot": [label["name"] for label in each["labels"]] == ["Hot"],
        "notes": sorted((note["body"], sorted(c["body"] for c in note["comments"])) for note in each["notes"]["nodes"]),
        "activities": sorted((each["subject"], bool(each["doneAt"])) for each in each["activities"]["nodes"]),
        "size": next((int(value["number"]) for value in each["customFields"]), None),
        "next": each["nextActivity"] and each["nextActivity"]["subject"],
    }


def totals(given_totals: dict[str, Any]) -> dict[str, Any]:
    """A stage's totals, in the words of the model."""
    value, weighted = (
        [(Decimal(each["amount"]), each["currency"]) for each in given_totals[name]]
        for name in ("value", "weightedValue")
    )
    return {"count": given_totals["count"], "value": value, "weighted": weighted}


class Follower:
    """One user's board and inbox, kept up to date by what their sockets tell; either may be cut off."""

    def __init__(self, client: Client, board_id: str) -> None:
        self._client = client
        self._board_id = board_id
        self._stack = AsyncExitStack()
        self._sockets: tuple[Watch, Watch] | None = None

    async def begin(self) -> None:
        """Read, and watch from there on."""
        self.board = await read_board(self._client, self._board_id)
        self.inbox_revision, self.inbox = await read_inbox(self._client, self._board_id)
        await self.resume()

    async def resume(self) -> None:
        """Watch from the last revision seen."""
        if self._sockets is None:
            board = self._client.watch(BOARD_CHANGES, id=self._board_id, after=str(self.board.revision))
            inbox = self._client.watch(INBOX_CHANGES, after=str(self.inbox_revision))
            self._sockets = (await self._stack.enter_async_context(board), await self._stack.enter_async_context(inbox))

    async def cut(self) -> None:
        """Lose both connections, without a goodbye."""
        if self._sockets is not None:
            for socket in self._sockets:
                socket.cut()
            self._sockets = None
            await self._stack.aclose()

    async def catch_up(self, inbox_revision: int, board_revision: int) -> None:
        """Take in everything up to changes that the inbox and the board are told."""
        await self.resume()
        assert self._sockets is not None
        boards, inboxes = self._sockets
        while self.board.revision < board_revision:
            event = await boards.event()
            if event["__typename"] == "Resync":
                self.board = await read_board(self._client, self._board_id)
            elif int(event["revision"]) >= self.board.revision:
                self.board.apply(event)
        while self.inbox_revision < inbox_revision:
            event = await inboxes.event()
            if event["__typename"] == "Resync":
                self.inbox_revision, self.inbox = await read_inbox(self._client, self._board_id)
            elif int(event["revision"]) >= self.inbox_revision:
                self.inbox_revision, self.inbox = int(event["revision"]), applied(self.inbox, [event])

    async def end(self) -> None:
        """Watch no more."""
        await self.cut()


def picked(records: list[Any], number: int) -> Any:
    """One of some leads or deals; seldom one that is gone."""
    likely = [each for each in records for _ in range(1 if each.removed else 4)]
    return likely[-1 - number % len(likely)]


def machine_for(world: World, loop: asyncio.AbstractEventLoop) -> type[RuleBasedStateMachine]:
    """The state machine, whose steps run in the server's loop while it waits in a thread of its own."""

    def wait_for(work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, loop).result(60)

    class Work(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.acme = Acme(world)
            wait_for(self.acme.open())
            self.model = self.acme.model
            self.count = self.steps = 0

        def send(self, user: str, mutation: str, expected: set[str], **given_input: Any) -> dict[str, Any]:
            payload = wait_for(self.acme.send(user, mutation, **given_input))
            assert {error["code"] for error in payload["errors"]} == expected, payload["errors"]
            return payload

        def command(self, user: str, mutation: str, effect: Any, **given_input: Any) -> dict[str, Any]:
            """Send a mutation whose effect on the model is known before it is answered."""
            try:
                effect()
            except Refuse as refused:
                return self.send(user, mutation, refused.codes, **given_input)
            return self.send(user, mutation, set(), **given_input)

        def new(self, noun: str) -> str:
            self.count += 1
            return f"{noun} {self.count}"

        @property
        def leads(self) -> list[Lead]:
            return self.model.leads[1:]  # all but the mark

        @property
        def deals(self) -> list[Deal]:
            return self.model.deals[1:]

        def lead(self, number: int) -> Lead:
            return picked(self.leads, number)

        def deal(self, number: int) -> Deal:
            return picked(self.deals, number)

        def either(self, number: int) -> Opportunity:
            return picked(self.deals, number // 2) if number % 2 else picked(self.leads, number // 2)

        # Leads and deals

        @rule(user=users, visibility=visibilities, value=values, person=st.integers(0, 2), hot=st.booleans())
        def create_lead(self, user: str, visibility: str, value: Any, person: int, hot: bool) -> None:
            who = self.model.people[person]
            made = Lead("", self.new("Lead"), user, visibility, value, who, hot)
            payload = self.command(
                user, "createLead", lambda: self.model.create(user, made), personId=who.id, **self.draft(made)
            )
            made.id = payload["lead"]["id"] if payload["lead"] else ""

        @rule(
            user=users, visibility=visibilities, value=values, person=st.none() | st.integers(0, 2),
            stage=stages, probability=st.none() | st.integers(0, 100),
        )  # fmt: skip
        def create_deal(
            self, user: str, visibility: str, value: Any, person: int | None, stage: int, probability: int | None
        ) -> None:
            who = None if person is None else self.model.people[person]
            made = Deal("", self.new("Deal"), user, visibility, value, who, stage=stage, probability=probability)
            draft = self.draft(made) | {"stageId": self.stage(stage), "probability": probability}
            payload = self.command(
                user, "createDeal", lambda: self.model.create(user, made), personId=who and who.id, **draft
            )
            made.id = payload["deal"]["id"] if payload["deal"] else ""

        def draft(self, made: Opportunity) -> dict[str, Any]:
            labels = [global_id(self.acme.company.label)] if made.hot else []
            money = made.value and {"amount": str(made.value[0]), "currency": made.value[1]}
            return {"title": made.title, "visibility": made.visibility, "value": money, "labelIds": labels}

        def stage(self, number: int) -> str:
            return global_id(self.acme.stages[number])

        @rule(user=users, which=index, old=stale, rename=st.booleans(), value=values, hot=st.booleans())
        def update(self, user: str, which: int, old: int, rename: bool, value: Any, hot: bool) -> None:
            record = self.either(which)
            fields = {"value": value, "hot": hot} | ({"title": self.new("Title")} if rename else {})
            money = value and {"amount": str(value[0]), "currency": value[1]}
            labels = [global_id(self.acme.company.label)] if hot else []
            sent = {"value": money, "labelIds": labels} | ({"title": fields["title"]} if rename else {})
            self.update_record(user, record, old, fields, sent)

        def update_record(
            self, user: str, record: Opportunity, old: int, fields: dict[str, Any], sent: dict[str, Any]
        ) -> None:
            version, noun = record.version - old, type(record).__name__
            change = lambda: self.model.update(user, record, version, **fields)  # noqa: E731
            self.command(user, f"update{noun}", change, id=record.id, expectedVersion=version, **sent)

        @rule(user=users, which=index, size=st.none() | st.integers(-3, 3))
        def resize(self, user: str, which: int, size: int | None) -> None:
            value = {"customFieldId": self.acme.size, "number": None if size is None else str(size)}
            self.update_record(user, self.either(which), 0, {"size": size}, {"customFields": [value]})

        @rule(user=users, which=index, visibility=visibilities)
        def change_visibility(self, user: str, which: int, visibility: str) -> None:
            fields = {"visibility": visibility}
            self.update_record(user, self.either(which), 0, fields, fields)

        @rule(user=users, which=index, owner=users)
        def change_owner(self, user: str, which: int, owner: str) -> None:
            sent = {"ownerId": global_id(self.acme.users[owner])}
            self.update_record(user, self.either(which), 0, {"owner": owner}, sent)

        @rule(user=users, which=st.lists(index, min_size=1, max_size=3), archived=st.booleans())
        def archive_leads(self, user: str, which: list[int], archived: bool) -> None:
            leads = list(dict.fromkeys(self.lead(each) for each in which))
            mutation = "archiveLeads" if archived else "unarchiveLeads"
            effect = lambda: self.model.archive(user, leads, archived)  # noqa: E731
            self.command_on_many(user, mutation, effect, leads)

        @rule(user=users, which=index)
        def delete_lead(self, user: str, which: int) -> None:
            leads = [self.lead(which)]
            self.command_on_many(user, "deleteLeads", lambda: self.model.delete(user, leads), leads)

        @rule(user=users, which=st.lists(index, min_size=1, max_size=2))
        def delete_deals(self, user: str, which: list[int]) -> None:
            deals = list(dict.fromkeys(self.deal(each) for each in which))
            self.command_on_many(user, "deleteDeals", lambda: self.model.delete(user, deals), deals)

        def command_on_many(self, user: str, mutation: str, effect: Any, records: list[Any]) -> None:
            self.command(user, mutation, effect, ids=[record.id for record in records])

        @rule(user=users, which=index, stage=stages, old=stale)
        def move_deal(self, user: str, which: int, stage: int, old: int) -> None:
            deal = self.deal(which)
            version = deal.version - old
            effect = lambda: self.model.move(user, deal, stage, version)  # noqa: E731
            sent = {"stageId": self.stage(stage), "expectedVersion": version}
            self.command(user, "moveDeal", effect, id=deal.id, **sent)

        @rule(user=users, which=index, status=st.sampled_from(["WON", "LOST", "OPEN"]), old=stale)
        def close_deal(self, user: str, which: int, status: str, old: int) -> None:
            deal = self.deal(which)
            version = deal.version - old
            effect = lambda: self.model.close(user, deal, status, version)  # noqa: E731
            mutation = {"WON": "winDeal", "LOST": "loseDeal", "OPEN": "reopenDeal"}[status]
            self.command(user, mutation, effect, id=deal.id, expectedVersion=version)

        # What hangs on them, and who is behind them

        @rule(user=users, which=index)
        def add_note(self, user: str, which: int) -> None:
            on, note = self.either(which), Note("", self.new("Note"))
            effect = lambda: self.model.hang(user, on, note)  # noqa: E731
            payload = self.command(user, "addNote", effect, body=note.body, **self.parent(on))
            note.id = payload["note"]["id"] if payload["note"] else ""

        def parent(self, on: Opportunity) -> dict[str, str]:
            return {"leadId" if isinstance(on, Lead) else "dealId": on.id}

        @precondition(lambda self: any(each.notes for each in (*self.leads, *self.deals)))
        @rule(user=users, which=index)
        def add_comment(self, user: str, which: int) -> None:
            noted = [(on, note) for on in (*self.leads, *self.deals) for note in on.notes]
            on, note = noted[which % len(noted)]
            body = self.new("Comment")
            effect = lambda: self.model.say(user, on, note, body)  # noqa: E731
            self.command(user, "addComment", effect, noteId=note.id, body=body)

        @rule(user=users, which=index, due=st.none() | st.integers(1, 28))
        def add_activity(self, user: str, which: int, due: int | None) -> None:
            on, activity = self.either(which), Activity("", self.new("Activity"), due)
            at = None if due is None else f"2031-01-{due:02}T12:00:00Z"
            # An activity's id breaks ties, so it is known before the model is asked what is next.
            effect = lambda: self.model.hang(user, on, activity)  # noqa: E731
            sent = {"subject": activity.subject, "dueAt": at}
            payload = self.command(user, "addActivity", effect, **sent, **self.parent(on))
            activity.id = payload["activity"]["id"] if payload["activity"] else ""

        @precondition(lambda self: any(each.activities for each in (*self.leads, *self.deals)))
        @rule(user=users, which=index)
        def complete_activity(self, user: str, which: int) -> None:
            all_of = [(on, each) for on in (*self.leads, *self.deals) for each in on.activities]
            on, activity = all_of[which % len(all_of)]
            effect = lambda: self.model.complete(user, on, activity)  # noqa: E731
            self.command(user, "completeActivity", effect, id=activity.id)

        @rule(name=st.sampled_from(["Olga Mak", "Wincenty Ćwiek"]), visibility=visibilities)
        def change_person(self, name: str, visibility: str) -> None:
            person = self.model.people[2]
            effect = lambda: self.model.change_person(person, name, visibility)  # noqa: E731
            self.command("Admin", "updatePerson", effect, id=person.id, name=name, visibility=visibility)

        @rule(team=st.sampled_from(["Sales", "Support"]))
        def move_celina(self, team: str) -> None:
            company = self.acme.company
            teams = {"Sales": company.sales, "Support": company.support}
            sent = {"userId": global_id(company.celina), "teamIds": [global_id(teams[team])]}
            self.command("Admin", "setAccess", lambda: self.model.set_team("Celina", team), **sent)

        # Conversions

        @rule(user=users, which=st.lists(index, min_size=1, max_size=4), abort=st.booleans())
        def convert_as_they_are(self, user: str, which: list[int], abort: bool) -> None:
            leads = list(dict.fromkeys(self.lead(each) for each in which))
            self.convert(user, Request(leads, abort=abort), dry=False)

        @rule(
            user=users, which=st.lists(index, min_size=1, max_size=4), stage=stages, abort=st.booleans(),
            unarchive=st.booleans(), policy=st.sampled_from(["KEEP", "REVIEW", "USE_EXACT"]),
            into=st.none() | index, answer=st.none() | st.booleans(), dry=st.integers(0, 4).map(lambda n: n == 0),
        )  # fmt: skip
        def convert_with_options(
            self, user: str, which: list[int], into: int | None, answer: bool | None, dry: bool, **options: Any
        ) -> None:
            leads = list(dict.fromkeys(self.lead(each) for each in which))
            joined = None if into is None else self.deal(into)
            ewa, zenon = self.model.people[:2]
            answered = None if answer is None else (ewa, zenon if answer else ewa)
            self.convert(user, Request(leads, **options, into=joined, answer=answered), dry)

        def convert(self, user: str, request: Request, dry: bool) -> None:
            sent = self.convert_input(request) | {"dryRun": dry}
            try:
                outcomes = self.model.foresee(user, request)
            except Refuse as refused:
                assert self.send(user, "convertLeads", refused.codes, **sent)["results"] == []
                return
            results = self.send(user, "convertLeads", set(), **sent)["results"]
            assert [each["outcome"] for each in results] == [each.what for each in outcomes], results
            for outcome, result in zip(outcomes, results, strict=True):
                if outcome.what == "ALREADY_CONVERTED":
                    assert (result["deal"] or {}).get("id") == (outcome.deal and outcome.deal.id)
            if not dry:
                made = {each["leadId"]: each["deal"] and each["deal"]["id"] for each in results}
                self.model.convert(request, outcomes, lambda lead: made[lead.id])

        def convert_input(self, request: Request) -> dict[str, Any]:
            leads, into, answer = request.leads, request.into, request.answer
            return {
                "leadIds": [lead.id for lead in leads],
                "stageId": self.stage(request.stage),
                "onError": "ABORT" if request.abort else "SKIP",
                "unarchive": request.unarchive,
                "onDuplicateContacts": request.policy,
                "intoDeals": [{"leadId": leads[0].id, "dealId": into.id}] if into else [],
                "contacts": [{"contactId": answer[0].id, "useContactId": answer[1].id}] if answer else [],
            }

        @precondition(lambda self: any(lead.conversion for lead in self.leads))
        @rule(user=users, which=index, force=st.booleans())
        def undo_conversion(self, user: str, which: int, force: bool) -> None:
            converted = [lead for lead in self.leads if lead.conversion is not None]
            lead = converted[-1 - which % len(converted)]
            effect = lambda: self.model.undo(user, lead, force)  # noqa: E731
            self.command(user, "undoConversion", effect, leadId=lead.id, force=force)

        @rule(user=users, which=index)
        def convert_deal_to_lead(self, user: str, which: int) -> None:
            deal = self.deal(which)
            known = len(self.leads)
            effect = lambda: self.model.turn_back(user, deal, "")  # noqa: E731
            payload = self.command(user, "convertDealToLead", effect, id=deal.id)
            if len(self.leads) > known:
                self.leads[-1].id = payload["lead"]["id"]

        # Those who watch

        @rule(who=users)
        def cut_off(self, who: str) -> None:
            wait_for(self.acme.watching[who].cut())

        @invariant()
        def all_agree_with_the_model(self) -> None:
            self.steps += 1
            user = USERS[self.steps % len(USERS)]
            assert wait_for(self.acme.look(user)) == self.model.shown(user)
            if self.steps % 5 == 0:
                wait_for(self.watchers_agree())

        async def watchers_agree(self) -> None:
            marks = await self.acme.mark()
            for user, follower in self.acme.watching.items():
                await follower.catch_up(*marks)
                client, board_id = self.acme.clients[user], global_id(self.acme.company.pipeline)
                assert follower.board == await read_board(client, board_id)
                assert follower.inbox == (await read_inbox(client, board_id))[1]
                assert await self.acme.look(user) == self.model.shown(user)
            await self.acme.replay()

        def teardown(self) -> None:
            wait_for(self.acme.close())

    return Work


@pytest.mark.timeout(600)  # where it fails, the shortest way there is looked for
async def test_random_commands_agree_with_the_model(world: World) -> None:
    is_ci = bool(os.environ.get("CI"))
    some = settings(
        max_examples=EXAMPLES[database.current().dialect],
        stateful_step_count=50,
        deadline=None,
        derandomize=is_ci,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, machine_for(world, asyncio.get_running_loop()), settings=some)
