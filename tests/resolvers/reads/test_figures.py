"""Forecast, outcomes, funnel and ages, held against plain Python over the same deals."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest

from models import database as databases
from models.base import Visibility, now
from models.changelog import DealEvent, DealLogEntry
from models.deals import Deal, DealStatus
from models.pipelines import Stage
from models.ways import Way
from resolvers.access import Viewer, sees
from tests import given
from tests.asking import ask, execute, statements

FIGURES = """query ($from: Date, $to: Date, $owners: [ID!]) { pipelines {
  forecast(ownerIds: $owners) { month count value { amount currency } weightedValue { amount currency } }
  outcomes(from: $from, to: $to, ownerIds: $owners) {
    won { count value { amount currency } } lost { count value { amount currency } }
    lostReasons { reason count value { amount currency } } }
  stages { name funnel(from: $from, to: $to, ownerIds: $owners) { reached won }
    ages(ownerIds: $owners) { count averageDays oldestDays rottenCount } }
} }"""
START = datetime(2026, 1, 1, tzinfo=UTC)
REASONS = [None, "price", "time"]


async def fill(acme: given.Company, dice: Random) -> tuple[list[Deal], dict[UUID, set[UUID]]]:
    """Random deals, and the stages that each has been in."""
    deals, visited = [], {}
    for _ in range(40):
        status, stage = dice.choice(list(DealStatus)), dice.choice(acme.stages)
        entered = now() - timedelta(days=dice.randint(0, 40), hours=3)
        worth = dice.choice([{}, {"value_minor": dice.randint(0, 10**6), "currency": dice.choice(["PLN", "JPY"])}])
        deal = await given.deal(
            dice.choice([acme.anna, acme.bartek, acme.celina]),
            stage,
            status=status,
            visibility=dice.choice(list(Visibility)),
            created_at=START + timedelta(days=dice.randint(0, 60), hours=dice.randint(0, 23)),
            closed_at=None if status is DealStatus.OPEN else START + timedelta(days=dice.randint(0, 60)),
            lost_reason=dice.choice(REASONS) if status is DealStatus.LOST else None,
            expected_close_date=dice.choice([None, date(2026, dice.randint(1, 4), 15)]),
            probability=dice.choice([None, 30]),
            stage_entered_at=entered,
            last_activity_at=dice.choice([None, entered + timedelta(days=dice.randint(-5, 5))]),
            removed_at=dice.choice([None, None, None, now()]),
            **worth,
        )
        left = dice.sample(acme.stages, dice.randint(0, 2))
        for revision, each in enumerate(left):
            await DealLogEntry.create(
                account_id=acme.id,
                deal_id=deal.id,
                revision=revision,
                at=now(),
                way=Way.API,
                event=DealEvent.CHANGED,
                field="stage_id",
                old_id=each.id,
                new_id=stage.id,
            )
        deals.append(deal)
        visited[deal.id] = {stage.id, *(each.id for each in left)}
    return deals, visited


def amounts(worths: Iterable[tuple[str | None, int | None, int]], digits: int) -> list[dict[str, str]]:
    """Sums by currency, in the currencies' order; of minor units times a weight of so many digits."""
    sums: dict[str, int] = defaultdict(int)
    for currency, minor, weight in worths:
        if currency is not None:
            sums[currency] += (minor or 0) * weight
    shown = []
    for currency, total in sorted(sums.items()):
        minor = round(Decimal(total) / 10**digits)
        shown.append(
            {"amount": f"{minor / Decimal(100):.2f}" if currency == "PLN" else str(minor), "currency": currency}
        )
    return shown


def worth(deals: Sequence[Deal]) -> dict[str, Any]:
    return {"count": len(deals), "value": amounts(((each.currency, each.value_minor, 1) for each in deals), 0)}


def expected_forecast(deals: Sequence[Deal], stages: dict[UUID, Stage]) -> list[dict[str, Any]]:
    months: dict[str | None, list[Deal]] = defaultdict(list)
    for each in deals:
        if each.status is DealStatus.OPEN:
            months[each.expected_close_date and each.expected_close_date.isoformat()[:7]].append(each)

    def weighted(deal: Deal) -> tuple[str | None, int | None, int]:
        own = deal.probability
        return deal.currency, deal.value_minor, stages[deal.stage_id].probability if own is None else own

    return [
        {"month": month, **worth(found), "weightedValue": amounts(map(weighted, found), 2)}
        for month, found in sorted(months.items(), key=lambda item: (item[0] is None, item[0] or ""))
    ]


@pytest.mark.parametrize("seed", range(3))
async def test_figures_are_what_plain_python_makes_of_the_deals_in_sight(acme: given.Company, seed: int) -> None:
    dice = Random(seed)
    await Stage.filter(id=acme.stages[0].id).update(rotten_after_days=10)
    async with databases.transaction():  # one commit is faster than a hundred
        everything, visited = await fill(acme, dice)
    stages = {each.id: each for each in await Stage.filter(account_id=acme.id)}
    first, last = START.date() + timedelta(days=10), START.date() + timedelta(days=40)
    for who in (acme.admin, acme.anna, acme.celina):
        viewer = await given.viewer(who)
        owner = dice.choice([None, acme.anna])
        deals = [each for each in everything if seen(viewer, each) and owner in (None, *owners(each, acme))]
        asked = {"from": str(first), "to": str(last), "owners": owner and [f"user_{owner.id.hex}"]}
        (pipeline,) = (await ask(viewer, FIGURES, **asked))["pipelines"]
        assert pipeline["forecast"] == expected_forecast(deals, stages)
        check_outcomes(
            pipeline["outcomes"], [each for each in deals if each.closed_at and in_days(each.closed_at, first, last)]
        )
        made = [each for each in deals if in_days(each.created_at, first, last)]
        for shown, stage in zip(pipeline["stages"], acme.stages, strict=True):
            check_funnel(shown["funnel"], stage, made, visited, stages)
            check_ages(
                shown["ages"], stages[stage.id], [d for d in deals if d.stage_id == stage.id and d.status == "OPEN"]
            )


def owners(deal: Deal, acme: given.Company) -> list[Any]:
    return [each for each in (acme.anna, acme.bartek, acme.celina) if each.id == deal.owner_id]


def seen(viewer: Viewer, deal: Deal) -> bool:
    return deal.removed_at is None and sees(viewer, deal.owner_id, deal.visibility)


def in_days(instant: datetime, first: date, last: date) -> bool:
    return first <= instant.date() <= last


def check_outcomes(shown: Any, closed: list[Deal]) -> None:
    won = [each for each in closed if each.status is DealStatus.WON]
    lost = [each for each in closed if each.status is DealStatus.LOST]
    assert shown["won"] == worth(won) and shown["lost"] == worth(lost)
    reasons = Counter(each.lost_reason for each in lost)
    assert {each["reason"]: each["count"] for each in shown["lostReasons"]} == reasons
    counts = [each["count"] for each in shown["lostReasons"]]
    assert counts == sorted(counts, reverse=True)
    for each in shown["lostReasons"]:
        assert each["value"] == worth([deal for deal in lost if deal.lost_reason == each["reason"]])["value"]


def check_funnel(
    shown: Any, stage: Stage, made: list[Deal], visited: dict[UUID, set[UUID]], stages: dict[UUID, Stage]
) -> None:
    def reached(deal: Deal) -> bool:
        return deal.status is DealStatus.WON or max(stages[key].position for key in visited[deal.id]) >= stage.position

    assert shown["reached"] == sum(reached(each) for each in made)
    assert shown["won"] == sum(each.status is DealStatus.WON for each in made)


def check_ages(shown: Any, stage: Stage, deals: list[Deal]) -> None:
    days = [(now() - each.stage_entered_at) / timedelta(days=1) for each in deals]
    assert shown["count"] == len(deals)
    assert shown["averageDays"] == (pytest.approx(sum(days) / len(days), abs=0.01) if days else None)
    assert shown["oldestDays"] == (pytest.approx(max(days), abs=0.01) if days else None)
    limit = stage.rotten_after_days
    latest = [max(d.stage_entered_at, d.last_activity_at or d.stage_entered_at) for d in deals]
    assert shown["rottenCount"] == (
        0 if limit is None else sum(now() - each > timedelta(days=limit) for each in latest)
    )


async def test_figures_take_as_many_statements_whatever_there_is(acme: given.Company) -> None:
    viewer = await given.viewer(acme.anna)
    counts = []
    for _ in range(2):
        async with statements() as sent:
            await ask(viewer, FIGURES)
        counts.append(len(sent))
        async with databases.transaction():
            await fill(acme, Random(1))
    assert counts[0] == counts[1] == 6  # pipelines, forecast, outcomes, stages, funnel, ages


async def test_a_figure_of_what_is_no_user_is_refused(acme: given.Company) -> None:
    result = await execute(await given.viewer(acme.anna), FIGURES, owners=[f"deal_{acme.id.hex}"])
    assert result.errors and result.errors[0].extensions == {"code": "BAD_USER_INPUT"}
