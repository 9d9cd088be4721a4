"""The catalogue: kept by admins, seen by all."""

from decimal import Decimal
from typing import Any

import pytest

from models.changes import ChangeKind
from models.products import Product
from resolvers import ids
from resolvers.errors import ErrorCode, Refused
from resolvers.products import MOST_PRICES, create_product, update_product
from tests import given
from tests.asking import ask
from tests.refusals import refused
from tests.replaying import told, unchanged

SHOWN = (
    "{ products { totalCount nodes { name code unit taxRate isActive version prices { price { amount currency } } } } }"
)


def price(amount: str, currency: str = "PLN") -> dict[str, Any]:
    return {"amount": Decimal(amount), "currency": currency}


async def test_a_product_is_made_and_changed_with_its_prices(acme: given.Company, other: given.Company) -> None:
    admin, anna = await given.viewer(acme.admin), await given.viewer(acme.anna)
    draft: Any = {"name": "Serwis", "code": "S-1", "unit": "h", "tax_rate": Decimal("8.875"), "idempotency_key": "1"}
    prices = [price("120.50"), price("1000", "JPY")]
    async with told(acme.id) as log:
        key = await create_product(admin, {**draft, "prices": prices})
        assert key == await create_product(admin, {**draft, "prices": prices})
        product = {"id": ids.encode("Product", key)}
        for _ in range(2):
            await update_product(admin, {**product, "prices": [prices[0], price("30", "EUR")], "is_active": False})
    assert [change.kind for change in log] == [ChangeKind.PRODUCT_ADDED, ChangeKind.PRODUCT_UPDATED]
    shown = (await ask(anna, SHOWN))["products"]
    assert shown["nodes"] == [
        {
            **{"name": "Serwis", "code": "S-1", "unit": "h", "taxRate": "8.875", "isActive": False, "version": 2},
            "prices": [
                {"price": {"amount": "30.00", "currency": "EUR"}},
                {"price": {"amount": "120.50", "currency": "PLN"}},
            ],
        }
    ]
    found = await ask(
        anna,
        '{ a: products(search: "SERW", isActive: false) { totalCount } b: products(isActive: true) { totalCount } }',
    )
    assert (found["a"]["totalCount"], found["b"]["totalCount"]) == (1, 0)
    assert (await ask(await given.viewer(other.anna), SHOWN))["products"]["totalCount"] == 0


async def test_only_admins_change_the_catalogue(acme: given.Company, other: given.Company) -> None:
    anna, admin = await given.viewer(acme.anna), await given.viewer(acme.admin)
    key = ids.encode("Product", await create_product(admin, {"name": "Serwis", "code": "S"}))
    async with refused(ErrorCode.FORBIDDEN):
        await create_product(anna, {"name": "Serwis"})
    async with refused(ErrorCode.FORBIDDEN):
        await update_product(anna, {"id": key, "name": "Mine"})
    async with refused(ErrorCode.NOT_FOUND, "id"):
        await update_product(await given.viewer(other.admin), {"id": key, "name": "Mine"})
    async with refused(ErrorCode.VERSION_CONFLICT, "expectedVersion"):
        await update_product(admin, {"id": key, "name": "New", "expected_version": 7})


async def test_a_product_that_cannot_be_is_refused_with_every_fault(acme: given.Company) -> None:
    admin = await given.viewer(acme.admin)
    await create_product(admin, {"name": "Serwis", "code": "S"})
    async with refused(ErrorCode.INVALID, "code"):
        await create_product(admin, {"name": "Another", "code": "S"})
    async with refused(ErrorCode.TOO_MANY, "prices"):
        await create_product(admin, {"name": "Dear", "prices": [price("1")] * (MOST_PRICES + 1)})
    wrong: Any = {"name": " ", "tax_rate": Decimal("100.001"), "prices": [price("1"), price("2"), price("1", "?")]}
    async with unchanged(acme.id):
        with pytest.raises(Refused) as caught:
            await create_product(admin, wrong)
    paths = [["name"], ["taxRate"], ["prices", "1", "currency"], ["prices", "2", "currency"]]
    assert [error.path for error in caught.value.errors] == paths
    assert await Product.all().count() == 1
