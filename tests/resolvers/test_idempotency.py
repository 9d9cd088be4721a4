"""Keyed commands act once, whatever is sent twice and however close together."""

import asyncio
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from models.base import now
from models.changes import revision_of, write
from models.conversions import IdempotencyKey
from models.deals import Deal
from models.leads import Lead
from resolvers import ids
from resolvers.deals import create_deal
from resolvers.errors import ErrorCode, Refused, refuse
from resolvers.idempotency import fingerprint, once, recall, remember
from resolvers.leads import create_lead
from tests import given
from tests.refusals import global_id, refused
from tests.replaying import unchanged


async def test_the_same_key_and_input_make_one_lead(acme: given.Company) -> None:
    anna, jan = await given.viewer(acme.anna), await given.person(acme.anna)
    draft = {"title": "A", "person_id": global_id(jan), "idempotency_key": "k", "client_mutation_id": "first"}
    key = await create_lead(anna, draft)
    async with unchanged(acme.id):
        assert await create_lead(anna, {**draft, "client_mutation_id": "second"}) == key


async def test_the_same_key_with_other_input_is_refused(acme: given.Company) -> None:
    anna, jan = await given.viewer(acme.anna), await given.person(acme.anna)
    draft = {"title": "A", "person_id": global_id(jan), "idempotency_key": "k"}
    await create_lead(anna, draft)
    async with refused(ErrorCode.IDEMPOTENCY_MISMATCH, "idempotencyKey"):
        await create_lead(anna, {**draft, "title": "B"})


async def test_a_key_belongs_to_one_user_and_one_command(acme: given.Company, other: given.Company) -> None:
    for company, who in ((acme, acme.anna), (acme, acme.bartek), (other, other.anna)):
        viewer, jan = await given.viewer(who), await given.person(who)
        await create_lead(viewer, {"title": who.name, "person_id": global_id(jan), "idempotency_key": "k"})
        await create_deal(viewer, {"title": who.name, "stage_id": global_id(company.stages[0]), "idempotency_key": "k"})
    assert (await Lead.all().count(), await Deal.all().count()) == (3, 3)


async def test_a_key_counts_for_a_day(acme: given.Company) -> None:
    anna, jan = await given.viewer(acme.anna), await given.person(acme.anna)
    draft = {"title": "A", "person_id": global_id(jan), "idempotency_key": "k"}
    first = await create_lead(anna, draft)
    await IdempotencyKey.all().update(created_at=now() - timedelta(hours=24, seconds=1))
    second = await create_lead(anna, {**draft, "title": "B"})
    assert first != second
    assert await create_lead(anna, {**draft, "title": "B"}) == second
    assert await IdempotencyKey.all().count() == 1


async def test_without_a_key_every_command_acts(acme: given.Company) -> None:
    anna, jan = await given.viewer(acme.anna), await given.person(acme.anna)
    draft = {"title": "A", "person_id": global_id(jan), "idempotency_key": None}
    assert await create_lead(anna, draft) != await create_lead(anna, draft)
    assert await IdempotencyKey.all().count() == 0


@pytest.mark.parametrize("key", ["", " ", "a\x00b", "a\nb", "k" * 256, "\ud800"])
async def test_a_key_that_cannot_be_kept_is_refused(acme: given.Company, key: str) -> None:
    anna, jan = await given.viewer(acme.anna), await given.person(acme.anna)
    async with refused(ErrorCode.INVALID, "idempotencyKey"):
        await create_lead(anna, {"title": "A", "person_id": global_id(jan), "idempotency_key": key})


async def test_a_refused_command_keeps_no_key(acme: given.Company) -> None:
    anna, jan = await given.viewer(acme.anna), await given.person(acme.anna)
    draft = {"title": "", "person_id": global_id(jan), "idempotency_key": "k"}
    async with refused(ErrorCode.INVALID, "title"):
        await create_lead(anna, draft)
    await create_lead(anna, {**draft, "title": "Now with a title"})


async def test_of_many_at_once_one_acts_and_all_get_its_answer(acme: given.Company) -> None:
    anna, jan = await given.viewer(acme.anna), await given.person(acme.anna)
    draft = {"title": "A", "person_id": global_id(jan), "idempotency_key": "k"}
    keys = await asyncio.gather(*[create_lead(anna, draft) for _ in range(10)])
    assert len(set(keys)) == 1
    assert await Lead.all().count() == 1
    assert await revision_of(acme.id) == 1


async def test_the_one_that_found_the_last_place_taken_gets_the_first_ones_answer(database: object) -> None:
    small = await given.limited_account(1)
    anna = await given.viewer(await given.user(small))
    _, stages = await given.pipeline(small)
    draft = {"title": "A", "stage_id": global_id(stages[0]), "idempotency_key": "k"}
    keys = await asyncio.gather(*[create_deal(anna, draft) for _ in range(5)])
    assert [deal.id for deal in await Deal.all()] == [keys[0]]
    assert set(keys) == {keys[0]}


async def test_a_command_that_is_overtaken_is_undone_and_answers_as_the_first(acme: given.Company) -> None:
    anna, acted = await given.viewer(acme.anna), []

    async def first() -> dict[str, int]:
        async with write(anna.account_id, anna.user_id):
            await remember(anna, "act", "k", {"a": 1}, {"by": 1})
        return {"by": 1}

    async def overtaken() -> dict[str, int]:
        await first()
        async with write(anna.account_id, anna.user_id):
            await given.label(acme.account, "Made in vain")
            await remember(anna, "act", "k", {"a": 1}, {"by": 2})
            acted.append(True)
        return {"by": 2}

    async with unchanged(acme.id):
        assert await once(anna, "act", "k", {"a": 1}, overtaken) == {"by": 1}
    assert not acted


async def test_a_command_refused_for_what_the_first_one_did_answers_as_the_first(acme: given.Company) -> None:
    anna = await given.viewer(acme.anna)

    async def overtaken() -> dict[str, int]:
        async with write(anna.account_id, anna.user_id):
            await remember(anna, "act", "k", {"a": 1}, {"by": 1})
        raise refuse(ErrorCode.OPEN_DEAL_LIMIT, "The first one took the last place.")

    assert await once(anna, "act", "k", {"a": 1}, overtaken) == {"by": 1}


async def test_a_refusal_that_no_key_explains_stays_a_refusal(acme: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    draft = {"title": "A", "stage_id": ids.encode("Stage", acme.pipeline.id), "idempotency_key": "k"}
    with pytest.raises(Refused):
        await create_deal(anna, draft)
    assert await recall(anna, "create_deal", "k", draft) is None


def test_inputs_that_mean_the_same_have_one_fingerprint() -> None:
    warsaw = timezone(timedelta(hours=1))
    one = {
        "a": Decimal("1.50"),
        "at": datetime(2030, 1, 1, 13, tzinfo=warsaw),
        "on": date(2030, 1, 1),
        "idempotency_key": "x",
    }
    two = {
        "on": date(2030, 1, 1),
        "at": datetime(2030, 1, 1, 12, tzinfo=UTC),
        "a": Decimal("1.5"),
        "client_mutation_id": "y",
    }
    assert fingerprint(one) == fingerprint(two)


@pytest.mark.parametrize(
    ("one", "two"),
    [({"a": 1}, {"a": 2}), ({"a": None}, {}), ({"ids": ["a", "b"]}, {"ids": ["b", "a"]}), ({"a": "1"}, {"a": 1})],
)
def test_inputs_that_differ_have_different_fingerprints(one: dict[str, object], two: dict[str, object]) -> None:
    assert fingerprint(one) != fingerprint(two)
