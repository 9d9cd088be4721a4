"""Formula fields of deals: defined and checked, and always what a fresh computation would give."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as over
from hypothesis import strategies as st

from models.base import new_id
from models.changes import ChangeKind
from models.database import Database
from models.deals import Deal
from models.leads import Lead
from resolvers import activities, conversions, custom_fields, deals, ids, leads, reversals
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, Refused
from resolvers.formulas import MOST_FORMULAS, create_formula_field, delete_formula_field, update_formula_field
from tests import given
from tests.asking import ask, execute
from tests.given import Company
from tests.refusals import global_id, refused
from tests.replaying import told
from tests.resolvers import telling
from tests.resolvers.test_custom_fields import define

RESULTS = "formulaFields { field { name } number money { amount currency } reason }"


async def formula(company: Company, name: str, expression: str) -> str:
    """The id of a new formula."""
    draft: Any = {"name": name, "expression": expression}
    return ids.encode("FormulaField", await create_formula_field(await given.viewer(company.admin), draft))


async def results(viewer: Viewer, deal: Deal) -> dict[str, Any]:
    """What each formula comes to for a deal: as text, or the reason why it comes to nothing."""
    answer = await ask(viewer, f"query ($id: ID!) {{ deal(id: $id) {{ {RESULTS} }} }}", id=global_id(deal))
    return {each["field"]["name"]: _shown(each) for each in answer["deal"]["formulaFields"]}


def _shown(result: dict[str, Any]) -> str:
    money = result["money"] and f"{result['money']['amount']} {result['money']['currency']}"
    (shown,) = [each for each in (result["number"], money, result["reason"]) if each is not None]
    return str(shown)


async def test_a_formula_is_worked_out_for_every_deal_and_again_when_what_it_reads_changes(acme: Company) -> None:
    anna, (first, second) = await given.viewer(acme.anna), acme.stages[:2]
    area = await define(acme, "Area", "NUMBER")
    deal = await given.deal(acme.anna, first, value_minor=10_000, currency="PLN")  # 10 % in its stage
    async with told(acme.id) as log:
        weighted = await formula(acme, "Weighted", "value * probability%")
        await formula(acme, "Per metre", "[Weighted] / [area]")
        await formula(acme, "To do", "100 * activitiesToDo / activities")
    assert [change.kind for change in log] == [ChangeKind.FIELD_ADDED, ChangeKind.DEAL_UPDATED] * 3
    assert await results(anna, deal) == {
        "Weighted": "10.00 PLN",
        "Per metre": "MISSING_INPUT",
        "To do": "DIVISION_BY_ZERO",
    }
    this: Any = {"id": global_id(deal)}
    async with told(acme.id) as log:
        await deals.update_deal(anna, {**this, "custom_fields": [{"custom_field_id": area, "number": Decimal(3)}]})
        await activities.add_activity(anna, {"deal_id": global_id(deal), "subject": "Call"})
        activity = await activities.add_activity(anna, {"deal_id": global_id(deal), "subject": "Again"})
        await activities.complete_activity(anna, {"id": ids.encode("Activity", activity)})
        await deals.move_deal(anna, {**this, "stage_id": global_id(second)})
    assert len(log) == 5
    assert await results(anna, deal) == {"Weighted": "40.00 PLN", "Per metre": "13.33 PLN", "To do": "50"}
    version = (await Deal.get(id=deal.id)).version
    async with told(acme.id):
        admin = await given.viewer(acme.admin)
        await update_formula_field(admin, {"id": weighted, "expression": "value × 2", "name": "Double"})
    assert await results(anna, deal) == {"Double": "200.00 PLN", "Per metre": "66.67 PLN", "To do": "50"}
    assert (await Deal.get(id=deal.id)).version == version  # it is no edit of the deal
    renamed, updated = await telling.told(anna, "dealChanged", log[-1].revision, dealId=global_id(deal))
    assert (renamed.type_name, updated.type_name, updated.fields) == ("Resync", "DealUpdated", ["formulaFields"])


async def test_a_lead_has_no_formula_and_gets_results_when_it_is_converted(acme: Company) -> None:
    anna = await given.viewer(acme.anna)
    await formula(acme, "Double", "value * 2")
    refusal = await execute(anna, f"{{ leads {{ nodes {{ {RESULTS} }} }} }}")
    assert refusal.errors is not None and "formulaFields" in refusal.errors[0].message
    lead = await given.lead(acme.anna, value_minor=100, currency="JPY")
    async with told(acme.id):
        await conversions.convert_leads(anna, {"lead_ids": [global_id(lead)]})
    assert await results(anna, await Deal.get(source_lead_id=lead.id)) == {"Double": "200 JPY"}


async def test_deals_are_filtered_and_ordered_by_what_formulas_come_to(acme: Company) -> None:
    double = await formula(acme, "Double", "value * 2")
    anna = await given.viewer(acme.anna)
    for amount in (5, None, -0, 30, 12):
        value = None if amount is None else {"amount": Decimal(amount), "currency": "PLN"}
        await deals.create_deal(anna, {"title": str(amount), "stage_id": global_id(acme.stages[0]), "value": value})
    document = """query ($filter: DealFilter, $order: DealOrder, $after: String) {
        deals(filter: $filter, orderBy: $order, first: 2, after: $after) {
            totalCount nodes { title } pageInfo { endCursor hasNextPage } } }"""

    async def pages(**variables: Any) -> list[str]:
        titles: list[str] = []
        after = None
        while True:
            page = (await ask(anna, document, **variables, after=after))["deals"]
            titles += [node["title"] for node in page["nodes"]]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                return titles

    order = {"field": "FORMULA_FIELD", "formulaFieldId": double}
    assert await pages(order={**order, "direction": "ASC"}) == ["0", "5", "12", "30", "None"]
    assert await pages(order={**order, "direction": "DESC"}) == ["30", "12", "5", "0", "None"]
    asked = {"formulaFieldId": double, "moneyFrom": {"amount": "10", "currency": "PLN"}}
    upward = {**order, "direction": "ASC"}
    assert await pages(filter={"formulaFields": [asked]}, order=upward) == ["5", "12", "30"]
    below = asked | {"moneyTo": {"amount": "24.001", "currency": "PLN"}}
    assert await pages(filter={"formulaFields": [below]}, order=upward) == ["5", "12"]
    empty = {"formulaFields": [{"formulaFieldId": double, "isEmpty": True}]}
    assert await pages(filter=empty) == ["None"]
    for bad in ({"field": "FORMULA_FIELD"}, {"field": "CUSTOM_FIELD", "customFieldId": double}):
        result = await execute(anna, document, order=bad)
        assert result.errors is not None and (result.errors[0].extensions or {})["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("", "empty"),
        ("value +", "missing at the end"),
        ("value + 1", "cannot be added"),
        ("value * value", "multiplied by money"),
        ("1 / value", "divided by money"),
        ("[Nothing] * 2", "no field of a name"),
        ("[Word] * 2", "Word is of type TEXT"),
        ("{theirs} * 2", "no field of an id"),
        ("{gone} * 2", "no field of an id"),
        ("x" * 1_001, "at most 1000"),
    ],
)
async def test_a_bad_formula_is_refused(acme: Company, other: Company, expression: str, message: str) -> None:
    await define(acme, "Word")
    theirs, gone = await define(other, "Area", "NUMBER"), ids.encode("FormulaField", new_id())
    async with refused(ErrorCode.INVALID, "expression") as caught:
        await formula(acme, "Bad", expression.format(theirs=f"{{{theirs}}}", gone=f"{{{gone}}}"))
    assert message in caught.value.errors[0].message


async def test_formulas_never_read_each_other_in_a_circle_nor_lose_what_they_read(acme: Company) -> None:
    admin, area = await given.viewer(acme.admin), await define(acme, "Area", "NUMBER")
    one = await formula(acme, "One", "[Area] * 2")
    two = await formula(acme, "Two", "[One] + 1")
    for expression in ("[Two] * 2", f"{{{one}}}"):
        async with refused(ErrorCode.INVALID, "expression") as caught:
            await update_formula_field(admin, {"id": one, "expression": expression})
        assert "own result" in caught.value.errors[0].message
    async with refused(ErrorCode.INVALID, "expression"):  # of money: Two adds a number to it
        await update_formula_field(admin, {"id": one, "expression": "value"})
    async with refused(ErrorCode.INVALID, "id"):
        await delete_formula_field(admin, {"id": one})
    async with refused(ErrorCode.INVALID, "id"):
        await custom_fields.delete_custom_field(admin, {"id": area})
    deal = await given.deal(acme.anna, acme.stages[0])
    await custom_fields.update_custom_field(admin, {"id": area, "name": "Surface"})  # read by id, whatever its name
    async with told(acme.id):
        draft: Any = [{"custom_field_id": area, "number": Decimal("1.5")}]
        await deals.update_deal(admin, {"id": global_id(deal), "custom_fields": draft})
        assert await results(admin, deal) == {"One": "3", "Two": "4"}
        for each in (two, one):
            await delete_formula_field(admin, {"id": each})
    assert await results(admin, deal) == {}
    await custom_fields.delete_custom_field(admin, {"id": area})


async def test_only_admins_define_formulas_of_their_account_and_so_many(acme: Company, other: Company) -> None:
    kept = [await formula(acme, f"F{number}", "1") for number in range(MOST_FORMULAS)]
    for who, code, path in ((acme.anna, ErrorCode.FORBIDDEN, []), (other.admin, ErrorCode.NOT_FOUND, ["id"])):
        viewer = await given.viewer(who)
        async with refused(code, *path):
            await update_formula_field(viewer, {"id": kept[0], "name": "Mine"})
        async with refused(code, *path):
            await delete_formula_field(viewer, {"id": kept[0]})
    async with refused(ErrorCode.FORBIDDEN):
        await create_formula_field(await given.viewer(acme.anna), {"name": "Mine", "expression": "1"})
    async with refused(ErrorCode.TOO_MANY):
        await formula(acme, "One more", "1")
    async with refused(ErrorCode.INVALID, "name"):
        await update_formula_field(await given.viewer(acme.admin), {"id": kept[0], "name": "f1"})
    assert (await ask(await given.viewer(other.admin), "{ formulaFields { id } }"))["formulaFields"] == []


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_formula_that_is_defined_while_deals_are_made_misses_none(acme: Company) -> None:
    anna = await given.viewer(acme.anna)
    there = [await given.deal(acme.anna, acme.stages[0], value_minor=100, currency="PLN") for _ in range(3)]
    draft: Any = {"title": "A", "stage_id": global_id(acme.stages[0])}
    draft["value"] = {"amount": Decimal(1), "currency": "PLN"}
    doubled: Any = {"value": {"amount": Decimal(2), "currency": "PLN"}}
    async with told(acme.id):
        await asyncio.gather(
            *[deals.create_deal(anna, draft) for _ in range(4)],
            formula(acme, "Double", "value * 2"),
            *[deals.update_deal(anna, {"id": global_id(deal), **doubled}) for deal in there],
            *[deals.create_deal(anna, draft) for _ in range(4)],
        )
    rows = await Deal.filter(account_id=acme.id)
    found = [(deal.value_minor, await results(anna, deal)) for deal in rows]
    assert found == [(minor, {"Double": f"{minor * 2 / 100:.2f} PLN"}) for minor, _ in found]
    assert len(found) == 11


# The formulas of the random test, each beside what it must come to by what a deal is shown to have.
Money = tuple[Fraction, str]


@dataclass(frozen=True)
class Shown:
    """A deal as a client sees it."""

    value: Money | None
    probability: int
    total: int
    done: int
    area: Fraction | None
    budget: Money | None


def weighted(deal: Shown) -> Any:
    return None if deal.value is None else (deal.value[0] * deal.probability / 100, deal.value[1])


def margin(deal: Shown) -> Any:
    if deal.value is None or deal.budget is None:
        return None
    if deal.value[1] != deal.budget[1]:
        return "MIXED_CURRENCIES"
    return deal.value[0] - deal.budget[0], deal.value[1]


def done(deal: Shown) -> Any:
    return Fraction(deal.done, deal.total) if deal.total else "DIVISION_BY_ZERO"


def per_area(deal: Shown) -> Any:
    rounded = _kept(weighted(deal))  # a formula reads what another one shows
    if deal.value is None or deal.area is None:
        return None
    amount, currency = rounded.split()
    return (Fraction(amount) / deal.area, currency) if deal.area else "DIVISION_BY_ZERO"


def to_do(deal: Shown) -> Any:
    return Fraction(deal.total - deal.done) ** 2 * 3


FORMULAS: dict[str, tuple[str, Callable[[Shown], Any]]] = {
    "Weighted": ("value * probability%", weighted),
    "Margin": ("value - [Budget]", margin),
    "Done": ("activitiesDone / activities", done),
    "Per area": ("[Weighted] / [Area]", per_area),
}
EDITED = ("3 * activitiesToDo * activitiesToDo", to_do)


def _kept(outcome: Any) -> str:
    if outcome is None:
        return "MISSING_INPUT"
    if isinstance(outcome, str):
        return outcome
    amount, currency = outcome if isinstance(outcome, tuple) else (outcome, None)
    decimals = {None: 6, "PLN": 2, "JPY": 0}[currency]
    with localcontext(prec=60):
        near = (Decimal(amount.numerator) / amount.denominator).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)
    return f"{near:f} {currency}" if currency else f"{near.normalize() + 0:f}"


DEALS = """{ deals(first: 250) { nodes { id value { amount currency } probability all: activities { totalCount }
    done: activities(done: true) { totalCount } customFields { field { name } number money { amount currency } }
    formulaFields { field { name } number money { amount currency } reason } } } }"""


async def assert_fresh(viewer: Viewer, oracle: dict[str, Callable[[Shown], Any]]) -> None:
    """Every result of every deal is what the oracle makes of what the deal is shown to have."""
    for node in (await ask(viewer, DEALS))["deals"]["nodes"]:
        custom = {each["field"]["name"]: each for each in node["customFields"]}
        shown = Shown(
            _money(node["value"]),
            node["probability"],
            node["all"]["totalCount"],
            node["done"]["totalCount"],
            Fraction(custom["Area"]["number"]) if "Area" in custom else None,
            _money(custom["Budget"]["money"]) if "Budget" in custom else None,
        )
        found = {each["field"]["name"]: _shown(each) for each in node["formulaFields"]}
        assert found == {name: _kept(each(shown)) for name, each in oracle.items()}, shown


def _money(shown: dict[str, str] | None) -> Money | None:
    return None if shown is None else (Fraction(shown["amount"]), shown["currency"])


@dataclass
class World:
    """An account with two custom fields and the formulas, and what its formulas are now."""

    company: Company
    admin: Viewer
    area: str
    budget: str
    formulas: dict[str, str]
    oracle: dict[str, Callable[[Shown], Any]]

    async def deal(self, number: int) -> str:
        """The id of some deal."""
        rows = await Deal.filter(account_id=self.company.id, removed_at=None).order_by("id")
        return global_id(rows[number % len(rows)]) if rows else ids.encode("Deal", new_id())


AMOUNTS = [None, ("0", "PLN"), ("99.99", "PLN"), ("1000", "JPY"), ("0.01", "PLN")]


def _given_money(number: int) -> Any:
    money = AMOUNTS[number % len(AMOUNTS)]
    return money and {"amount": Decimal(money[0]), "currency": money[1]}


async def create(world: World, one: int, two: int) -> None:
    stage = global_id(world.company.stages[two % 3])
    await deals.create_deal(world.admin, {"title": "A", "stage_id": stage, "value": _given_money(one)})


async def price(world: World, one: int, two: int) -> None:
    chance = [None, 0, 33][one % 3]
    await deals.update_deal(
        world.admin, {"id": await world.deal(one), "value": _given_money(two), "probability": chance}
    )


async def measure(world: World, one: int, two: int) -> None:
    area = [None, Decimal(0), Decimal("0.000003"), Decimal("-7.5")][two % 4]
    draft: Any = [{"custom_field_id": world.area, "number": area}]
    draft += [{"custom_field_id": world.budget, "money": _given_money(one)}]
    await deals.update_deal(world.admin, {"id": await world.deal(one), "custom_fields": draft})


async def move(world: World, one: int, two: int) -> None:
    stage = global_id(world.company.stages[two % 3])
    await deals.move_deal(world.admin, {"id": await world.deal(one), "stage_id": stage})


async def act(world: World, one: int, two: int) -> None:
    key = await activities.add_activity(world.admin, {"deal_id": await world.deal(one), "subject": "Call"})
    if two % 2:
        await activities.complete_activity(world.admin, {"id": ids.encode("Activity", key)})


async def convert(world: World, one: int, two: int) -> None:
    person = global_id(await given.person(world.company.admin))
    draft: Any = [{"custom_field_id": world.area, "number": Decimal(two)}]
    lead = await leads.create_lead(
        world.admin, {"title": "A", "person_id": person, "value": _given_money(one), "custom_fields": draft}
    )
    lead_id = ids.encode("Lead", lead)
    await activities.add_activity(world.admin, {"lead_id": lead_id, "subject": "Call"})
    into: Any = [{"lead_id": lead_id, "deal_id": await world.deal(two)}] if one % 3 == 0 else []
    await conversions.convert_leads(world.admin, {"lead_ids": [lead_id], "into_deals": into})


async def undo(world: World, one: int, two: int) -> None:
    gone = await Lead.filter(account_id=world.company.id, removed_at__isnull=False).order_by("id")
    if gone:
        lead = {"lead_id": global_id(gone[one % len(gone)])}
        await reversals.undo_conversion(world.admin, {**lead, "force": True})  # type: ignore[typeddict-item]
        if two % 2:
            await conversions.convert_leads(world.admin, {"lead_ids": [lead["lead_id"]]})


async def revert(world: World, one: int, two: int) -> None:
    await reversals.convert_deal_to_lead(world.admin, {"id": await world.deal(one)})


async def edit(world: World, one: int, two: int) -> None:
    name = "Done"
    expression, oracle = EDITED if two % 2 else FORMULAS[name]
    await update_formula_field(world.admin, {"id": world.formulas[name], "expression": expression})
    world.oracle[name] = oracle


Command = Callable[[World, int, int], Awaitable[None]]
COMMANDS: list[Command] = [create, price, measure, move, act, convert, undo, revert, edit]
some = st.integers(0, 11)


@settings(
    max_examples=7, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@over(st.lists(st.tuples(st.sampled_from(COMMANDS), some, some), min_size=6, max_size=16))
async def test_whatever_is_written_each_result_is_what_a_fresh_computation_gives(
    database: Database, plan: list[tuple[Command, int, int]]
) -> None:
    company = await given.company()
    admin = await given.viewer(company.admin)
    area, budget = await define(company, "Area", "NUMBER"), await define(company, "Budget", "MONEY")
    made = {name: await formula(company, name, expression) for name, (expression, _) in FORMULAS.items()}
    world = World(company, admin, area, budget, made, {name: each for name, (_, each) in FORMULAS.items()})
    for command, one, two in [(create, 2, 0), (create, 3, 1), *plan]:
        try:
            await command(world, one, two)
        except Refused:
            continue
    await assert_fresh(admin, world.oracle)
