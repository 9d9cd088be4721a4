"""Random accounts, searched for random texts by everybody: lists and live filters find what plain Python does."""

import os
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import given as over
from hypothesis import strategies as st

from models import changes
from models import database as databases
from models.base import Visibility
from models.custom_fields import CustomField, CustomFieldOption, CustomFieldType, keep_values
from models.database import Database
from models.participants import Participant
from models.users import User
from resolvers import access
from resolvers.access import Viewer
from resolvers.custom_values import points_to, text_value
from resolvers.deal_filters import DealMatch
from resolvers.reads.run import Reader
from resolvers.text import fold
from tests import given
from tests.asking import ask
from tests.given import Company
from tests.refusals import global_id

PARTS = ["Żu", "br", "a", "%", "_", "\\", " ", "Łz"]
LIST = """query ($search: String) { lead: leads(filter: { search: $search }) { totalCount nodes { id } }
  deal: deals(filter: { search: $search }) { totalCount nodes { id } } }"""

texts = st.lists(st.sampled_from(PARTS), min_size=1, max_size=4).map("".join)
bodies = st.lists(texts, min_size=1, max_size=2).map("\n".join)
searches = st.lists(st.sampled_from([*PARTS, "zu", "A"]), max_size=3).map("".join)
number = st.integers(0, 3)
visibilities = st.sampled_from([*Visibility])


@dataclass(frozen=True)
class Contact:
    """A person or an organization to be: the user who owns it, by number."""

    name: str
    owner: int
    visibility: Visibility


@dataclass(frozen=True)
class Draft:
    """A lead or a deal to be; its contacts are named by numbers, of which one names nobody."""

    owner: int
    visibility: Visibility
    title: str
    person: int
    organization: int
    participants: frozenset[int]
    notes: list[str]
    colour: str
    chosen: frozenset[int]


contact = st.builds(Contact, texts, number, visibilities)
three = st.lists(contact, min_size=3, max_size=3)
draft = st.builds(
    Draft,
    *(number, visibilities, texts, number, number, st.frozensets(number, max_size=2), st.lists(bodies, max_size=2)),
    *(st.sampled_from(["", "Żubr", "a_z"]) | texts, st.frozensets(number, max_size=2)),
)
drafts = st.lists(draft, min_size=2, max_size=3)


@dataclass
class Made:
    """An account of such rows."""

    company: Company
    people: list[Contact]
    organizations: list[Contact]
    options: list[str]
    rows: dict[str, list[Any]] = field(default_factory=dict)
    drafts: dict[str, list[tuple[Draft, Any]]] = field(default_factory=lambda: {"lead": [], "deal": []})

    @property
    def users(self) -> list[User]:
        return [self.company.anna, self.company.bartek, self.company.celina, self.company.admin]

    # The oracle

    def sees(self, viewer: Viewer, each: Contact | Draft) -> bool:
        return access.sees(viewer, self.users[each.owner].id, each.visibility)

    def texts(self, viewer: Viewer, each: Draft, noun: str) -> list[str]:
        """Everything in which a lead or a deal can be found."""
        numbers = {each.person, *(each.participants if noun == "deal" else ())}
        contacts = [self.people[place] for place in numbers if place < len(self.people)]
        contacts += self.organizations[each.organization : each.organization + 1]
        named = [contact.name for contact in contacts if self.sees(viewer, contact)]
        options = [self.options[place] for place in each.chosen if place < len(self.options)]
        return [each.title, *named, *each.notes, each.colour, *options]

    def is_found(self, viewer: Viewer, search: str, each: Draft, noun: str) -> bool:
        """Whether a lead or a deal that is seen is found."""
        return any(has(text, search) for text in self.texts(viewer, each, noun))

    def expected(self, viewer: Viewer, search: str, noun: str) -> set[str]:
        """The ids of what is seen and found."""
        return {
            global_id(row)
            for each, row in self.drafts[noun]
            if self.sees(viewer, each) and self.is_found(viewer, search, each, noun)
        }


def has(text: str, search: str) -> bool:
    """Whether a search finds a text; a blank one is none, and one character must be all there is."""
    part = fold(search)
    return not part or (fold(text) == part if len(part) == 1 else part in fold(text))


async def make(people: list[Contact], organizations: list[Contact], options: list[str]) -> Made:
    """An account with its contacts, and a field of texts and one of options."""
    made = Made(await given.company(), people, organizations, options)
    for noun, contacts in (("person", people), ("organization", organizations)):
        make_one = given.person if noun == "person" else given.organization
        made.rows[noun] = [
            await make_one(made.users[each.owner], each.name, visibility=each.visibility) for each in contacts
        ]
    common: dict[str, Any] = {"account_id": made.company.id}
    fields = [
        await CustomField.create(**common, name=type, folded_name=type.lower(), type=type, position=0)
        for type in (CustomFieldType.TEXT, CustomFieldType.MULTI_OPTION)
    ]
    made.rows["option"] = [
        await CustomFieldOption.create(
            **common, field_id=fields[1].id, name=name, folded_name=fold(name), position=place
        )
        for place, name in enumerate(options)
    ]
    made.rows["field"] = fields
    return made


async def add(made: Made, each: Draft, noun: str) -> None:
    """A lead or a deal, and what is beside it."""
    owner, company = made.users[each.owner], made.company
    columns: dict[str, Any] = {"visibility": each.visibility, "custom": custom(made, each)}
    for name in ("person", "organization"):
        columns[f"{name}_id"] = key_at(made.rows[name], getattr(each, name))
    if noun == "lead":
        if columns["person_id"] is None and columns["organization_id"] is None:
            nobody = await given.person(company.admin, "Nobody", visibility=Visibility.OWNER, folded_name="")
            columns["person_id"] = nobody.id
        row: Any = await given.lead(owner, each.title, **columns)
    else:
        row = await given.deal(owner, company.stages[0], each.title, **columns)
        for place in each.participants:
            if (person := key_at(made.rows["person"], place)) is not None:
                await Participant.create(account_id=company.id, deal_id=row.id, person_id=person)
    for body in each.notes:
        await given.note(owner, row, body)
    await keep_values(company.id, [changes.added(noun, changes.snapshot(row)).plain])
    made.drafts[noun].append((each, row))


def custom(made: Made, each: Draft) -> dict[str, Any]:
    """The values of its custom fields, as they are kept."""
    text, many = (str(field.id) for field in made.rows["field"])
    chosen = [key_at(made.rows["option"], place) for place in each.chosen]
    values = {
        text: [text_value(each.colour)] if fold(each.colour) else [],
        many: [points_to("option_id", key) for key in chosen if key],
    }
    return {key: value for key, value in values.items() if value}


def key_at(rows: list[Any], place: int) -> Any:
    return rows[place].id if place < len(rows) else None


@settings(
    max_examples=20,
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@over(three, three, st.lists(texts, min_size=2, max_size=2), drafts, drafts, st.lists(searches, min_size=4, max_size=8))
async def test_whoever_searches_finds_what_has_it_and_nothing_by_what_they_do_not_see(
    database: Database,
    people: list[Contact],
    organizations: list[Contact],
    options: list[str],
    leads: list[Draft],
    deals: list[Draft],
    looked_for: list[str],
) -> None:
    async with databases.transaction():
        made = await make(people, organizations, options)
        for noun, drafted in (("lead", leads), ("deal", deals)):
            for each in drafted:
                await add(made, each, noun)
    for user in made.users:
        viewer = await given.viewer(user)
        for search in looked_for:
            answer = await ask(viewer, LIST, search=search)
            for noun in ("lead", "deal"):
                found = {node["id"] for node in answer[noun]["nodes"]}
                assert found == made.expected(viewer, search, noun), (noun, search)
                assert answer[noun]["totalCount"] == len(found)
            await assert_live(made, viewer, search)


async def assert_live(made: Made, viewer: Viewer, search: str) -> None:
    """What decides for a live filter finds the same, whether a change tells a deal's values or not."""
    match = DealMatch.of({"search": search})
    async with Reader(viewer) as reader:
        for each, row in made.drafts["deal"]:
            values = changes.snapshot(row)
            for told in (values, {"folded_title": values["folded_title"]}):
                found = await match.is_found(reader, str(row.id), told)
                assert found is made.is_found(viewer, search, each, "deal"), search
