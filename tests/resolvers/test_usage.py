"""Places for open deals: never more than the plan holds, whoever asks at once."""

import asyncio

import pytest

from models.accounts import Account, PlanUsage
from models.database import transaction
from resolvers import usage
from tests import given


async def take(account: Account, count: int) -> bool:
    async with transaction():
        return await usage.take_places(account.id, count)


async def test_places_are_taken_all_or_none(database: object) -> None:
    small = await given.limited_account(5)
    assert await take(small, 3) is True
    assert await take(small, 3) is False
    assert (await usage.open_deal_count(small.id), await usage.places_left(small.id)) == (3, 2)
    assert await take(small, 2) is True
    assert await take(small, 0) is True
    assert await usage.places_left(small.id) == 0


async def test_an_unlimited_plan_always_has_a_place(database: object) -> None:
    large = await given.account(plan="Enterprise")
    assert await take(large, 1_000_000) is True
    assert await usage.places_left(large.id) is None
    async with transaction():
        assert await usage.take_up_to(large.id, 7) == 7


async def test_as_many_places_are_taken_as_are_free(database: object) -> None:
    small = await given.limited_account(5)
    for wanted, taken in ((3, 3), (9, 2), (1, 0), (0, 0)):
        async with transaction():
            assert await usage.take_up_to(small.id, wanted) == taken
    assert await usage.open_deal_count(small.id) == 5


async def test_freed_places_can_be_taken_again(database: object) -> None:
    small = await given.limited_account(2)
    assert await take(small, 2)
    async with transaction():
        await usage.free_places(small.id, 1)
        await usage.free_places(small.id, 0)
    assert await take(small, 1) is True
    assert await take(small, 1) is False


async def test_an_account_above_its_limit_only_takes_no_more(database: object) -> None:
    small = await given.limited_account(2)
    await PlanUsage.filter(account_id=small.id).update(open_deals=9)
    assert await take(small, 1) is False
    async with transaction():
        assert await usage.take_up_to(small.id, 1) == 0
    assert await usage.places_left(small.id) == 0


async def test_accounts_do_not_share_places(database: object) -> None:
    one, two = await given.limited_account(1, "One"), await given.limited_account(1, "Two")
    assert await take(one, 1) and await take(two, 1)


@pytest.mark.parametrize("at_once", [usage.take_places, usage.take_up_to])
async def test_the_limit_holds_under_many_requests_at_once(database: object, at_once) -> None:
    small = await given.limited_account(7)

    async def take_one() -> int:
        async with transaction():
            return int(await at_once(small.id, 1))

    taken = await asyncio.gather(*[take_one() for _ in range(30)])
    assert sum(taken) == 7
    assert await usage.open_deal_count(small.id) == 7
