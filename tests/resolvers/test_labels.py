"""Labels: made by admins, put on leads and deals alike."""

import asyncio

import pytest

from models.base import new_id
from models.changes import ChangeKind
from models.labels import Label
from resolvers import ids
from resolvers.errors import ErrorCode, Refused
from resolvers.labels import create_label, find_labels, labels_of
from tests import given
from tests.refusals import global_id, refused
from tests.replaying import told, unchanged


async def test_an_admin_makes_a_label(acme: given.Company) -> None:
    async with told(acme.id) as log:
        key = await create_label(await given.viewer(acme.admin), {"name": " Ważny ", "color": "#00FF7f"})
    label = await Label.get(id=key)
    assert (label.name, label.color) == ("Ważny", "#00ff7f")
    assert [change.kind for change in log] == [ChangeKind.LABEL_ADDED]


async def test_only_admins_make_labels(acme: given.Company) -> None:
    async with refused(ErrorCode.FORBIDDEN):
        await create_label(await given.viewer(acme.anna), {"name": "Cold", "color": "blue"})


@pytest.mark.parametrize(
    ("draft", "path"),
    [
        ({"name": "", "color": "blue"}, "name"),
        ({"name": "n" * 65, "color": "blue"}, "name"),
        ({"name": "a\x00", "color": "blue"}, "name"),
        ({"name": "Cold", "color": "mauve-ish"}, "color"),
        ({"name": "Cold", "color": "#12345"}, "color"),
        ({"name": "Cold", "color": "blue\x00"}, "color"),
        ({"name": "Cold"}, "color"),
    ],
)
async def test_a_label_that_cannot_be_is_refused(acme: given.Company, draft: dict[str, str], path: str) -> None:
    async with refused(ErrorCode.INVALID, path):
        await create_label(await given.viewer(acme.admin), draft)


async def test_a_name_is_one_label_even_when_made_at_once(acme: given.Company, other: given.Company) -> None:
    admin = await given.viewer(acme.admin)
    draft = {"name": "Cold", "color": "blue"}
    done = await asyncio.gather(*[create_label(admin, draft) for _ in range(5)], return_exceptions=True)
    assert [type(each) for each in done].count(Refused) == 4
    async with refused(ErrorCode.INVALID, "name"):
        await create_label(admin, draft)
    await create_label(await given.viewer(other.admin), draft)


async def test_labels_are_found_once_each(acme: given.Company) -> None:
    cold = await given.label(acme.account, "Cold")
    wanted = [global_id(cold), global_id(acme.label), global_id(cold)]
    assert await find_labels(await given.viewer(acme.anna), wanted) == sorted([cold.id, acme.label.id])
    assert await find_labels(await given.viewer(acme.anna), None) == []


async def test_every_label_that_is_not_there_is_named(acme: given.Company, other: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    wanted = [global_id(acme.label), global_id(other.label), "nonsense", ids.encode("Label", new_id())]
    async with unchanged(acme.id, other.id):
        with pytest.raises(Refused) as caught:
            await find_labels(anna, wanted, "labelIds")
    assert sorted((error.path[1], error.code) for error in caught.value.errors) == [
        ("1", ErrorCode.NOT_FOUND),
        ("2", ErrorCode.INVALID),
        ("3", ErrorCode.NOT_FOUND),
    ]


async def test_a_record_has_at_most_a_hundred_labels(acme: given.Company) -> None:
    async with refused(ErrorCode.TOO_MANY, "labelIds"):
        wanted = [ids.encode("Label", new_id()) for _ in range(101)]
        await find_labels(await given.viewer(acme.anna), wanted, "labelIds")


async def test_the_labels_of_many_records_are_told_for_each(acme: given.Company) -> None:
    cold = await given.label(acme.account, "Cold")
    both, none = await given.lead(acme.anna, labels=[cold, acme.label]), await given.lead(acme.anna)
    deal = await given.deal(acme.anna, acme.stages[0], labels=[cold])
    assert await labels_of("lead", [both.id, none.id]) == {both.id: sorted([cold.id, acme.label.id]), none.id: []}
    assert await labels_of("deal", [deal.id]) == {deal.id: [cold.id]}
