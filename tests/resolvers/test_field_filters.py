"""Filters and orders by custom fields, held against plain Python."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any, cast

import pytest
from graphql import GraphQLInputObjectType, coerce_input_value
from hypothesis import HealthCheck, settings
from hypothesis import given as over
from hypothesis import strategies as st

from models import changes
from models.custom_fields import Values, keep_values
from models.database import Database
from models.deals import Deal
from models.leads import Lead
from resolvers import ids, text
from resolvers.access import Viewer
from resolvers.custom_values import read_values
from resolvers.deal_filters import DealMatch
from schema.build import graphql_schema
from tests import given
from tests.asking import ask, execute
from tests.refusals import global_id
from tests.resolvers.test_custom_fields import define, options_of

Money = tuple[Decimal, str]
WORDS = ["Żółw 1", "żółw_2", "100%", "zolw 1"]
NUMBERS = [Decimal(each) for each in ("-1000000", "-2.5", "-0.000001", "0", "0.1", "2.5", "10", "999999999999.999999")]
AMOUNTS = [(Decimal(amount), currency) for currency in ("EUR", "PLN") for amount in ("0", "0.5", "9.99", "10", "1000")]
DAYS = [date(2029, 12, 31), date(2030, 1, 1), date(2030, 1, 10)]
COLOURS = ["Red", "Green", "Blue"]
CHOICES: dict[str, Callable[[Random], Any]] = {
    "TEXT": lambda dice: dice.choice(WORDS),
    "NUMBER": lambda dice: dice.choice(NUMBERS),
    "MONEY": lambda dice: dice.choice(AMOUNTS),
    "DATE": lambda dice: dice.choice(DAYS),
    "MULTI_OPTION": lambda dice: dice.sample(COLOURS, dice.randint(1, 2)),
}


@dataclass(frozen=True)
class World:
    """Leads and deals whose values the test knows, by the type of their field."""

    viewer: Viewer
    fields: dict[str, str]
    options: dict[str, str]
    leads: dict[str, dict[str, Any]]
    deals: dict[str, dict[str, Any]]
    custom: dict[str, Values]


@pytest.fixture
async def world(database: Database) -> World:
    """A dozen and a half of each, whose values tie, differ in sign, currency and length, or lack."""
    dice, acme = Random(1), await given.company()
    fields = {each: await define(acme, each, each) for each in CHOICES if each != "MULTI_OPTION"}
    fields["MULTI_OPTION"] = await define(acme, "Colours", "MULTI_OPTION", options=COLOURS)
    made = World(await given.viewer(acme.admin), fields, await options_of(acme, fields["MULTI_OPTION"]), {}, {}, {})
    person = await given.person(acme.admin)
    for number in range(36):
        values = {name: choose(dice) for name, choose in CHOICES.items() if dice.random() < 0.7}
        drafts: Any = [{"custom_field_id": fields[name], **_draft(made, name, each)} for name, each in values.items()]
        custom = await read_values(made.viewer, drafts) or {}
        row: Lead | Deal
        if number % 2:
            row = await given.lead(acme.admin, person_id=person.id, custom=custom)
            made.leads[global_id(row)] = values
        else:
            row = await given.deal(acme.admin, acme.stages[0], custom=custom)
            made.deals[global_id(row)] = values
        await keep_values(acme.id, [changes.added(type(row).__name__.lower(), changes.snapshot(row)).plain])
        made.custom[global_id(row)] = custom
    return made


def _draft(world: World, name: str, value: Any) -> dict[str, Any]:
    match name:
        case "MONEY":
            return {"money": {"amount": value[0], "currency": value[1]}}
        case "MULTI_OPTION":
            return {"option_ids": [world.options[each] for each in value]}
    return {name.lower(): value}


@dataclass(frozen=True)
class Asked:
    """A condition on one type of field: what is sent, and the same of a value (null: none) in Python."""

    name: str
    sent: Callable[[World], dict[str, Any]]
    holds: Callable[[Any], bool]


def _there(name: str, sent: dict[str, Any], fits: Callable[[Any], bool]) -> Asked:
    return Asked(name, lambda world: sent, lambda value: value is not None and fits(value))


def _between(low: Any, high: Any) -> Callable[[Any], bool]:
    return lambda value: bool((low is None or low <= value) and (high is None or value <= high))


def _bounds(values: Sequence[Any]) -> st.SearchStrategy[tuple[Any, Any]]:
    some = st.none() | st.sampled_from(values)
    return st.tuples(some, some).filter(lambda pair: pair != (None, None))


def _plain(value: Any) -> Any:
    return None if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


def _numbers(pair: tuple[Any, Any]) -> Asked:
    return _there("NUMBER", dict(zip(("numberFrom", "numberTo"), map(_plain, pair), strict=True)), _between(*pair))


def _days(pair: tuple[Any, Any]) -> Asked:
    return _there("DATE", dict(zip(("dateFrom", "dateTo"), map(_plain, pair), strict=True)), _between(*pair))


def _amounts(pair: tuple[Money | None, Money | None]) -> Asked:
    low, high = pair
    sent = [each and {"amount": _plain(each[0]), "currency": each[1]} for each in pair]
    fits, currency = _between(low and low[0], high and high[0]), cast(Money, low or high)[1]
    named = dict(zip(("moneyFrom", "moneyTo"), sent, strict=True))
    return _there("MONEY", named, lambda value: value[1] == currency and fits(value[0]))


def _words(part: str) -> Asked:
    return _there("TEXT", {"contains": part}, lambda value: text.fold(part) in text.fold(value))


def _options(names: list[str]) -> Asked:
    return Asked(
        "MULTI_OPTION",
        lambda world: {"optionIds": [world.options[name] for name in names]},
        lambda value: value is not None and not set(names).isdisjoint(value),
    )


def _empty(name: str, is_empty: bool) -> Asked:
    return Asked(name, lambda world: {"isEmpty": is_empty}, lambda value: (value is None) is is_empty)


conditions = st.one_of(
    _bounds([*NUMBERS, Decimal("2.4999999"), Decimal("-2.5000001"), Decimal(10**20), Decimal(-(10**20))]).map(_numbers),
    _bounds(DAYS).map(_days),
    st.sampled_from(["EUR", "PLN"])
    .flatmap(lambda currency: _bounds([each for each in [*AMOUNTS, (Decimal("9.995"), "PLN")] if each[1] == currency]))
    .map(_amounts),
    st.sampled_from(["żó", "1", "%", "_", "\\", "ZOLW 1", ""]).map(_words),
    st.lists(st.sampled_from(COLOURS), max_size=2).map(_options),
    st.builds(_empty, st.sampled_from([*CHOICES]), st.booleans()),
)
PAGES = """query ($filter: {kind}Filter, $order: {kind}Order, $after: String) {{
    {list}(filter: $filter, orderBy: $order, first: 7, after: $after) {{
        totalCount nodes {{ id }} pageInfo {{ endCursor hasNextPage }} }} }}"""


async def pages(world: World, kind: str, asked: Any, order: Any) -> list[str]:
    """The ids of a list, page by page; its count is theirs."""
    document = PAGES.format(kind=kind, list=f"{kind.lower()}s")
    found: list[str] = []
    after = None
    while True:
        answer = await ask(world.viewer, document, filter={"customFields": asked}, order=order, after=after)
        page = answer[f"{kind.lower()}s"]
        found += [node["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            assert page["totalCount"] == len(found)
            return found


def in_order(records: dict[str, Any], name: str, descending: bool) -> list[str]:
    """The ids in the order of a field's values: those without one last, ties by the id."""
    keys = {"TEXT": text.fold, "MONEY": lambda value: (value[1], value[0])}
    key = keys.get(name, lambda value: value)
    there = [each for each in records if name in records[each]]
    there.sort(key=lambda each: (key(records[each][name]), each), reverse=descending)
    return there + sorted((each for each in records if name not in records[each]), reverse=descending)


@settings(max_examples=35, deadline=None, suppress_health_check=list(HealthCheck))
@over(
    asked=st.lists(conditions, max_size=2),
    order=st.sampled_from(["TEXT", "NUMBER", "MONEY", "DATE"]),
    kind=st.sampled_from(["Lead", "Deal"]),
    descending=st.booleans(),
)
async def test_lists_are_filtered_and_ordered_as_plain_python_does(
    world: World, asked: list[Asked], order: str, kind: str, descending: bool
) -> None:
    records = world.leads if kind == "Lead" else world.deals
    expected = {
        key: values for key, values in records.items() if all(each.holds(values.get(each.name)) for each in asked)
    }
    sent = [{"customFieldId": world.fields[each.name], **each.sent(world)} for each in asked]
    by = {
        "field": "CUSTOM_FIELD",
        "customFieldId": world.fields[order],
        "direction": "DESC" if descending else "ASC",
    }
    assert await pages(world, kind, sent, by) == in_order(expected, order, descending)
    if kind == "Deal":  # and a live set lets through the same
        filter_type = cast(GraphQLInputObjectType, graphql_schema.type_map["DealFilter"])
        match = DealMatch.of(coerce_input_value({"customFields": sent}, filter_type))
        facts = {key: {"custom": world.custom[key]} for key in records}
        assert {key for key, values in facts.items() if match.holds(values)} == set(expected)


async def test_a_condition_that_says_nothing_or_several_things_is_refused(world: World) -> None:
    number, word = world.fields["NUMBER"], world.fields["TEXT"]
    for condition in (
        {"customFieldId": number},
        {"customFieldId": number, "numberFrom": "1", "dateTo": "2030-01-01"},
        {"customFieldId": ids.encode("Deal", world.viewer.user_id), "isEmpty": True},
        {"customFieldId": word, "moneyFrom": {"amount": "1", "currency": "ABC"}},
        {
            "customFieldId": word,
            "moneyFrom": {"amount": "1", "currency": "PLN"},
            "moneyTo": {"amount": "1", "currency": "EUR"},
        },
    ):
        for kind in ("Lead", "Deal"):
            document = PAGES.format(kind=kind, list=f"{kind.lower()}s")
            result = await execute(world.viewer, document, filter={"customFields": [condition]})
            assert result.errors is not None
            assert (result.errors[0].extensions or {})["code"] == "BAD_USER_INPUT", condition


async def test_a_cursor_is_of_the_field_that_its_order_is_by(world: World) -> None:
    for kind in ("Lead", "Deal"):
        document = PAGES.format(kind=kind, list=f"{kind.lower()}s")
        by = [{"field": "CUSTOM_FIELD", "customFieldId": world.fields[each]} for each in ("TEXT", "NUMBER")]
        answer = await ask(world.viewer, document, order=by[0])
        after = answer[f"{kind.lower()}s"]["pageInfo"]["endCursor"]
        assert (await ask(world.viewer, document, order=by[0], after=after))[f"{kind.lower()}s"]["nodes"]
        result = await execute(world.viewer, document, order=by[1], after=after)
        assert result.errors is not None and "not a cursor" in result.errors[0].message
        assert (result.errors[0].extensions or {})["code"] == "BAD_USER_INPUT"
