"""A filtered list that is kept up by what it is told is the list that a query answers, whoever looks."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import given as over
from hypothesis import strategies as st

from models import changes
from models.base import Visibility
from models.changes import Change
from models.contacts import Person
from models.custom_fields import CustomFieldOption, CustomFieldType
from models.database import Database
from models.deals import Deal
from models.labels import Label
from models.leads import Lead
from resolvers import (
    activities,
    contacts,
    conversions,
    custom_fields,
    deals,
    formulas,
    ids,
    notes,
    participants,
    reversals,
)
from resolvers.access import Viewer
from resolvers.errors import Refused
from resolvers.events import Event
from resolvers.feeds import Feed, open_feed
from tests import given
from tests.asking import ask
from tests.given import Company
from tests.refusals import global_id
from tests.resolvers.telling import tell

TITLES = ["Dach Żubra", "dach i most", "50% _off\\"]
BODIES = [".", "Pilne: dach", "jan"]
COLOURS = ["Zielony", "Dach", None]
SCORE: Any = {"name": "Score", "expression": "[Size] * probability / activities"}
LIST = "query ($filter: DealFilter) { deals(filter: $filter, first: 250) { nodes { id } } }"

some = st.integers(0, 3)
few = st.lists(some, max_size=2)
filters = st.fixed_dictionaries(
    {},
    optional={
        "status": st.lists(st.sampled_from(["OPEN", "WON", "LOST"]), max_size=2),
        "stageIds": few,
        "ownerIds": few,
        "labelIds": few,
        "search": st.sampled_from(["", "ŻUBR", "dach", "% ", "_", "f\\", "jan", "Jan 1", "jan@", "pilne", "ziel"]),
        "pipelineId": some,
        "customFields": st.sampled_from([{"isEmpty": False}, {"numberFrom": 2}, {"numberTo": 1}]),
        "formulaFields": st.sampled_from([{"isEmpty": True}, {"numberFrom": 30}, {"numberTo": 20}]),
    },
)


@dataclass(frozen=True)
class Step:
    """A command, what it is about, and whether what it did is told before the next one."""

    verb: str
    which: int
    value: int
    told: bool


@dataclass
class World:
    """An account whose rows are named by numbers, which are taken around."""

    company: Company
    labels: list[Label]
    size: str
    score: str
    colour: str
    finish: str
    finishes: list[str]

    @property
    def people(self) -> list[Any]:
        return [self.company.anna, self.company.bartek, self.company.celina]

    def resolved(self, numbers: dict[str, Any]) -> dict[str, Any]:
        """A filter with ids for its numbers."""
        rows = {"stageIds": self.company.stages, "ownerIds": self.people, "labelIds": self.labels}
        found = dict(numbers)
        for name in rows.keys() & numbers.keys():
            found[name] = [global_id(pick(rows[name], number)) for number in numbers[name]]
        if "pipelineId" in numbers:
            found["pipelineId"] = global_id(self.company.pipeline)
        for name, key in (
            ("customFields", {"customFieldId": self.size}),
            ("formulaFields", {"formulaFieldId": self.score}),
        ):
            if name in numbers:
                found[name] = [{**key, **numbers[name]}]
        return found


def pick(rows: Any, number: int) -> Any:
    return rows[number % len(rows)]


@dataclass
class LiveSet:
    """The deals of one subscription, as its client has them."""

    viewer: Viewer
    feed: Feed
    query: dict[str, Any]
    deals: set[str] = field(default_factory=set)

    async def hear(self, change: Change, *, at_once: bool) -> None:
        event = await tell(self.feed, self.viewer, change)
        if event is not None:
            if event.type_name == "Resync":
                self.deals = await self.queried()
            else:
                self._apply(event, at_once)

    def _apply(self, event: Event, at_once: bool) -> None:
        if event.type_name == "DealRemoved":
            assert event.deal_id is not None
            assert not at_once or event.deal_id in self.deals, "what is not in the list does not leave it"
            return self.deals.discard(event.deal_id)
        assert event.deal is not None
        key = ids.encode("Deal", event.deal.key)
        assert not at_once or (key not in self.deals) is (event.type_name == "DealAdded"), event
        self.deals.add(key)

    @staticmethod
    def typed(query: dict[str, Any]) -> dict[str, Any]:
        """A filter as it comes out of variables."""
        conditions = {name: query[name] for name in ("customFields", "formulaFields") if name in query}
        return query | {
            name: [{k: Decimal(v) if type(v) is int else v for k, v in each.items()} for each in listed]
            for name, listed in conditions.items()
        }

    async def queried(self) -> set[str]:
        answer = await ask(self.viewer, LIST, filter=self.query)
        return {node["id"] for node in answer["deals"]["nodes"]}


async def create(world: World, admin: Viewer, step: Step) -> None:
    draft: Any = {"title": pick(TITLES, step.value), "stage_id": global_id(pick(world.company.stages, step.which))}
    draft["label_ids"] = [global_id(world.labels[0])] if step.value % 2 else []
    await deals.create_deal(admin, draft)


async def convert(world: World, admin: Viewer, step: Step) -> None:
    lead = await given.lead(pick(world.people, step.which), pick(TITLES, step.value), world.labels[:1])
    await conversions.convert_leads(admin, {"lead_ids": [global_id(lead)]})


async def join(world: World, admin: Viewer, step: Step) -> None:
    lead = await given.lead(world.company.anna, labels=world.labels[:1])
    into: Any = [{"lead_id": global_id(lead), "deal_id": await some_deal(world, step)}]
    await conversions.convert_leads(admin, {"lead_ids": [global_id(lead)], "into_deals": into})


async def undo(world: World, admin: Viewer, step: Step) -> None:
    gone = await Lead.filter(account_id=world.company.id, removed_at__isnull=False).order_by("id")
    if gone:
        await reversals.undo_conversion(admin, {"lead_id": global_id(pick(gone, step.which)), "force": True})


async def again(world: World, admin: Viewer, step: Step) -> None:
    back = await Lead.filter(account_id=world.company.id, removed_at__isnull=True).order_by("id")
    if back:
        await conversions.convert_leads(admin, {"lead_ids": [global_id(pick(back, step.which))]})


async def revert(world: World, admin: Viewer, step: Step) -> None:
    await reversals.convert_deal_to_lead(admin, {"id": await some_deal(world, step)})


async def rename_contact(world: World, admin: Viewer, step: Step) -> None:
    deal = await Deal.get(id=ids.expect("Deal", await some_deal(world, step)))
    if deal.person_id is not None:
        person = ids.encode("Person", deal.person_id)
        await contacts.update_person(admin, {"id": person, "name": f"Jan {step.value}"})


async def update(world: World, admin: Viewer, step: Step, **patch: Any) -> None:
    await deals.update_deal(admin, {"id": await some_deal(world, step), **patch})  # type: ignore[typeddict-item]


async def some_deal(world: World, step: Step) -> str:
    rows = await Deal.filter(account_id=world.company.id, removed_at__isnull=True).order_by("id")
    return global_id(pick(rows, step.which)) if rows else "none"


async def move(world: World, admin: Viewer, step: Step) -> None:
    stage = global_id(pick(world.company.stages, step.value))
    await deals.move_deal(admin, {"id": await some_deal(world, step), "stage_id": stage})


async def close(world: World, admin: Viewer, step: Step) -> None:
    verb = pick([deals.win_deal, deals.lose_deal, deals.reopen_deal], step.value)
    await verb(admin, {"id": await some_deal(world, step)})


async def delete(world: World, admin: Viewer, step: Step) -> None:
    await deals.delete_deals(admin, {"ids": [await some_deal(world, step)]})


async def size(world: World, admin: Viewer, step: Step) -> None:
    number = None if step.value == 3 else Decimal(step.value)
    await update(world, admin, step, custom_fields=[{"custom_field_id": world.size, "number": number}])


async def colour(world: World, admin: Viewer, step: Step) -> None:
    finish = [world.finishes[step.value % 2]] if step.value else []
    custom: Any = [
        {"custom_field_id": world.colour, "text": pick(COLOURS, step.value)},
        {"custom_field_id": world.finish, "option_ids": finish},
    ]
    await update(world, admin, step, custom_fields=custom)


async def rename_option(world: World, admin: Viewer, step: Step) -> None:
    names = [pick(["Zielone", "Pilne", "Matowe"], step.value + place) for place in range(2)]
    options: Any = [{"id": key, "name": name} for key, name in zip(world.finishes, names, strict=True)]
    await custom_fields.update_custom_field(admin, {"id": world.finish, "options": options})


async def take_part(world: World, admin: Viewer, step: Step) -> None:
    people = await Person.filter(account_id=world.company.id, removed_at=None).order_by("id")
    verb = participants.remove_participants if step.value == 3 else participants.add_participants
    if people:
        both = {"deal_id": await some_deal(world, step), "person_ids": [global_id(pick(people, step.which))]}
        await verb(admin, both)


async def hide_person(world: World, admin: Viewer, step: Step) -> None:
    people = await Person.filter(account_id=world.company.id, removed_at=None).order_by("id")
    if people:
        seen: Any = {"visibility": pick([*Visibility], step.value)}
        await contacts.update_person(admin, {"id": global_id(pick(people, step.which)), **seen})


async def act(world: World, admin: Viewer, step: Step) -> None:
    await activities.add_activity(admin, {"deal_id": await some_deal(world, step), "subject": "Call"})


async def note(world: World, admin: Viewer, step: Step) -> None:
    await notes.add_note(admin, {"deal_id": await some_deal(world, step), "body": pick(BODIES, step.value)})


Command = Callable[[World, Viewer, Step], Awaitable[None]]
COMMANDS: dict[str, Command] = {
    "create": create,
    "convert": convert,
    "join": join,
    "undo": undo,
    "again": again,
    "revert": revert,
    "rename the contact": rename_contact,
    "rename": lambda world, admin, step: update(world, admin, step, title=pick(TITLES, step.value)),
    "label": lambda world, admin, step: update(
        world, admin, step, label_ids=[global_id(each) for each in world.labels[: step.value % 3]]
    ),
    "give": lambda world, admin, step: update(
        world,
        admin,
        step,
        owner_id=global_id(pick(world.people, step.value)),
        visibility=pick([*Visibility], step.which),
    ),
    "hide": lambda world, admin, step: update(world, admin, step, visibility=pick([*Visibility], step.value)),
    "move": move,
    "close": close,
    "delete": delete,
    "note": note,
    "size": size,
    "act": act,
    "colour": colour,
    "rename an option": rename_option,
    "take part": take_part,
    "hide a person": hide_person,
}
verbs = st.sampled_from([*COMMANDS, "create", "convert", "size", "act", "note", "take part"])
mostly = st.sampled_from([True, True, True, False])
steps = st.builds(Step, verbs, some, some, mostly)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@over(numbers=st.lists(filters, min_size=1, max_size=3), plan=st.lists(steps, min_size=4, max_size=14))
async def test_what_is_told_of_a_filter_keeps_the_list_that_a_query_answers(
    database: Database, numbers: list[dict[str, Any]], plan: list[Step]
) -> None:
    company = await given.company()
    admin = await given.viewer(company.admin)
    size = await custom_fields.create_custom_field(admin, {"name": "Size", "type": CustomFieldType.NUMBER})
    colour = await custom_fields.create_custom_field(admin, {"name": "Colour", "type": CustomFieldType.TEXT})
    finishes: Any = {"name": "Finish", "type": CustomFieldType.OPTION, "options": ["Zielone", "Matowe"]}
    finish = await custom_fields.create_custom_field(admin, finishes)
    world = World(
        company,
        [company.label, await given.label(company.account, "Cold")],
        ids.encode("CustomField", size),
        ids.encode("FormulaField", await formulas.create_formula_field(admin, SCORE)),
        ids.encode("CustomField", colour),
        ids.encode("CustomField", finish),
        [global_id(each) for each in await CustomFieldOption.filter(field_id=finish).order_by("position")],
    )
    for number, labels in enumerate((world.labels, world.labels[:1], [])):
        await given.deal(pick(world.people, number), company.stages[number], TITLES[number], labels)
    viewers = [admin, *[await given.viewer(person) for person in world.people]]
    lists = [
        LiveSet(viewer, await open_feed(viewer, "dealsChanged", {"filter": LiveSet.typed(query)}), query)
        for viewer in viewers
        for query in map(world.resolved, numbers)
    ]
    for each in lists:
        each.deals = await each.queried()
    revision = await changes.revision_of(company.id)
    for step in [*plan, Step("note", 0, 0, told=True)]:
        try:
            await COMMANDS[step.verb](world, admin, step)
        except Refused:
            continue
        if step.told:
            told = await changes.read_after(company.id, revision)
            for change in told:
                for each in lists:
                    await each.hear(change, at_once=len(told) == 1)
                revision = change.revision
    for change in await changes.read_after(company.id, revision):
        for each in lists:
            await each.hear(change, at_once=False)
    for each in lists:
        assert each.deals == await each.queried(), each.query
