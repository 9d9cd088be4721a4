"""What deals sell: lines, the figures they give the deal, discounts, installments."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from models.base import Visibility, new_id
from models.changes import ChangeKind
from models.deals import Deal
from models.products import BillingFrequency, DealProduct, DiscountType, Product, TaxMethod
from resolvers import ids
from resolvers.conversions import convert_leads
from resolvers.deals import update_deal
from resolvers.errors import ErrorCode, Refused
from resolvers.installments import set_discounts, set_installments
from resolvers.lines import MOST_AT_ONCE, add_lines, order_lines, remove_lines, update_line
from resolvers.products import create_product
from resolvers.reversals import undo_conversion
from resolvers.sales import MOST_LINES, MOST_RECURRING
from tests import given
from tests.asking import ask, statements
from tests.refusals import global_id, refused
from tests.replaying import told, unchanged

_DEAL = """query ($id: ID!) { deal(id: $id) {
  value { amount currency } mrr { amount } arr { amount } acv { amount } version
  products { id product { name prices { price { amount } } } quantity itemPrice { amount } total { amount }
    tax { amount } discountPercentage discountAmount { amount } billingFrequency billingCycles isEnabled }
  discounts { description percentage amount { amount } } installments { description amount { amount } billsOn }
  stage { totals { value { amount currency } } }
  changelog { nodes { field oldValue newValue newProduct { name } oldProduct { name } } } } }"""


async def product(acme: given.Company, name: str = "Serwis", amount: str = "100", **more: Any) -> str:
    """A product of the catalogue, 23 % taxed, and its id."""
    price = {"amount": Decimal(amount), "currency": "PLN"}
    draft: Any = {"name": name, "prices": [price], "tax_rate": Decimal(23), **more}
    return ids.encode("Product", await create_product(await given.viewer(acme.admin), draft))


async def read(acme: given.Company, key: UUID) -> dict[str, Any]:
    return dict((await ask(await given.viewer(acme.anna), _DEAL, id=ids.encode("Deal", key)))["deal"])


async def sell(acme: given.Company, deal: Deal, *lines: dict[str, Any]) -> list[str]:
    """Add lines to a deal as Anna; the ids of all its lines."""
    await add_lines(await given.viewer(acme.anna), {"deal_id": global_id(deal), "products": list(lines)})  # type: ignore[typeddict-item]
    return [global_id(line) for line in await DealProduct.filter(deal_id=deal.id).order_by("position")]


async def test_a_deal_is_worth_what_its_lines_come_to(acme: given.Company) -> None:
    anna, deal = await given.viewer(acme.anna), await given.deal(acme.anna, acme.stages[0])
    service, licence = await product(acme), await product(acme, "Licencja", "50")
    yearly = {"billing_frequency": BillingFrequency.MONTHLY, "billing_cycles": 24, "tax_method": TaxMethod.NONE}
    async with told(acme.id) as log:
        lines = await sell(
            acme,
            deal,
            {"product_id": service, "quantity": Decimal("1.5"), "discount": Decimal(10)},
            {"product_id": licence, **yearly},
        )
        shown = await read(acme, deal.id)
        assert shown["value"] == {"amount": "1366.05", "currency": "PLN"}  # 150 - 10 % + 23 %, and 24 x 50
        assert [shown[name]["amount"] for name in ("mrr", "arr", "acv")] == ["50.00", "600.00", "766.05"]
        assert shown["stage"]["totals"]["value"] == [{"amount": "1366.05", "currency": "PLN"}]
        assert [(line["total"]["amount"], line["tax"]["amount"]) for line in shown["products"]] == [
            ("166.05", "31.05"),
            ("50.00", "0.00"),
        ]
        for _ in range(2):  # the second time it changes nothing
            await update_line(anna, {"id": lines[1], "is_enabled": False})
        shown = await read(acme, deal.id)
        assert (shown["value"]["amount"], shown["mrr"]["amount"]) == ("166.05", "0.00")
        await order_lines(anna, {"deal_id": global_id(deal), "ids": [lines[1]]})
        assert [line["id"] for line in (await read(acme, deal.id))["products"]] == lines[::-1]
        await remove_lines(anna, {"deal_id": global_id(deal), "ids": lines})
    assert [change.kind for change in log] == [ChangeKind.PRODUCTS_CHANGED] * 4
    shown = await read(acme, deal.id)
    assert (shown["mrr"], shown["value"]["amount"], shown["products"]) == (None, "166.05", [])
    entries = [each for each in shown["changelog"]["nodes"] if each["field"] == "products"]
    licensed = {"oldValue": None, "newValue": "1 × 50.00 PLN", "newProduct": {"name": "Licencja"}, "oldProduct": None}
    assert {"field": "products", **licensed} in entries
    assert (len(entries), entries[0]["newValue"]) == (5, None)  # two came, one was disabled, two went
    await update_deal(anna, {"id": global_id(deal), "value": {"amount": Decimal(7), "currency": "EUR"}})


async def test_the_lines_of_a_deal_are_read_in_one_statement_a_list(acme: given.Company) -> None:
    deal, sold = await given.deal(acme.anna, acme.stages[0]), await product(acme)
    await sell(acme, deal, *({"product_id": sold} for _ in range(5)))
    document = "query ($id: ID!) { deal(id: $id) { products { product { name prices { price { amount } } } } } }"
    async with statements() as sent:
        await ask(await given.viewer(acme.anna), document, id=global_id(deal))
    assert len(sent) == 4  # the viewer, the deal, its lines with their products, the prices


async def test_a_value_that_is_computed_is_not_edited(acme: given.Company) -> None:
    anna, deal = await given.viewer(acme.anna), await given.deal(acme.anna, acme.stages[0])
    await sell(acme, deal, {"product_id": await product(acme, tax_rate=None)})
    key = global_id(deal)
    for value in ({"amount": Decimal(7), "currency": "PLN"}, None):
        async with refused(ErrorCode.VALUE_IS_COMPUTED, "value"):
            await update_deal(anna, {"id": key, "value": value})  # type: ignore[typeddict-item]
    await update_deal(anna, {"id": key, "value": {"amount": Decimal(100), "currency": "PLN"}, "title": "Same value"})


async def test_discounts_of_a_deal_take_off_what_is_sold_once(acme: given.Company) -> None:
    anna, deal = await given.viewer(acme.anna), await given.deal(acme.anna, acme.stages[0])
    sold = await product(acme, tax_rate=None)
    monthly = {"product_id": sold, "billing_frequency": BillingFrequency.MONTHLY, "billing_cycles": 2}
    await sell(acme, deal, {"product_id": sold, "quantity": Decimal(2)}, monthly)
    tenth = {"description": "Wiosna", "discount_type": DiscountType.PERCENTAGE, "discount": Decimal(10)}
    fixed = {"description": "Stały", "discount_type": DiscountType.AMOUNT, "discount": Decimal("30.50")}
    async with told(acme.id) as log:
        for _ in range(2):
            await set_discounts(anna, {"deal_id": global_id(deal), "discounts": [tenth, fixed]})  # type: ignore[typeddict-item]
    assert len(log) == 1
    shown = await read(acme, deal.id)
    assert shown["value"]["amount"] == "349.50"  # 200 - 20 - 30.50 + 2 x 100
    assert [(each["percentage"], each["amount"]) for each in shown["discounts"]] == [
        ("10", None),
        (None, {"amount": "30.50"}),
    ]
    async with refused(ErrorCode.INVALID, "discounts", 0, "discount"):
        await set_discounts(anna, {"deal_id": global_id(deal), "discounts": [{**tenth, "discount": Decimal(0)}]})  # type: ignore[typeddict-item]


async def test_installments_are_for_what_is_sold_once(acme: given.Company) -> None:
    anna, deal = await given.viewer(acme.anna), await given.deal(acme.anna, acme.stages[0])
    sold, key = await product(acme, tax_rate=None), global_id(deal)
    parts: Any = [
        {"description": "Rata", "amount": Decimal("40"), "bills_on": date(2030, month, 1)} for month in (2, 1)
    ]
    async with refused(ErrorCode.INVALID, "installments"):  # nothing is sold yet
        await set_installments(anna, {"deal_id": key, "installments": parts})
    (line,) = await sell(acme, deal, {"product_id": sold})
    async with told(acme.id) as log:
        _, warnings = await set_installments(anna, {"deal_id": key, "installments": parts})
        assert warnings == ["The installments come to 80.00 PLN, and the deal's value is 100.00 PLN."]
        assert await set_installments(anna, {"deal_id": key, "installments": parts}) == (deal.id, warnings)
    assert [change.kind for change in log] == [ChangeKind.INSTALLMENTS_CHANGED]
    assert [each["billsOn"] for each in (await read(acme, deal.id))["installments"]] == ["2030-01-01", "2030-02-01"]
    recurring: Any = {"product_id": sold, "billing_frequency": BillingFrequency.ANNUALLY}
    async with refused(ErrorCode.INVALID, "products"):
        await add_lines(anna, {"deal_id": key, "products": [recurring]})
    async with refused(ErrorCode.INVALID, "id"):
        await update_line(anna, {"id": line, "is_enabled": False})
    async with refused(ErrorCode.INVALID, "ids"):
        await remove_lines(anna, {"deal_id": key, "ids": [line]})
    await set_installments(anna, {"deal_id": key, "installments": []})
    await update_line(anna, {"id": line, "is_enabled": False})


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ({"quantity": Decimal(0)}, ["quantity"]),
        ({"quantity": Decimal("0.0001")}, ["quantity"]),
        ({"item_price": {"amount": Decimal(1), "currency": "?"}}, ["itemPrice", "currency"]),
        ({"discount": Decimal("100.001")}, ["discount"]),
        ({"discount": Decimal("100.01"), "discount_type": DiscountType.AMOUNT}, ["discount"]),
        ({"billing_cycles": 1}, ["billingCycles"]),
        ({"billing_frequency": BillingFrequency.WEEKLY}, ["billingCycles"]),
        ({"billing_frequency": BillingFrequency.MONTHLY, "billing_cycles": 209}, ["billingCycles"]),
        ({"billing_frequency": BillingFrequency.MONTHLY, "billing_cycles": 0}, ["billingCycles"]),
    ],
)
async def test_a_line_that_cannot_be_is_refused(acme: given.Company, line: dict[str, Any], path: list[str]) -> None:
    deal = await given.deal(acme.anna, acme.stages[0])
    draft: Any = {"product_id": await product(acme), **line}
    async with refused(ErrorCode.INVALID, "products", 0, *path):
        await add_lines(await given.viewer(acme.anna), {"deal_id": global_id(deal), "products": [draft]})


async def test_a_deal_has_one_currency_and_no_more_lines_than_fit(acme: given.Company) -> None:
    anna, deal = await given.viewer(acme.anna), await given.deal(acme.anna, acme.stages[0])
    sold, key = await product(acme), global_id(deal)
    euros: Any = {"product_id": sold, "item_price": {"amount": Decimal(5), "currency": "EUR"}}
    await add_lines(anna, {"deal_id": key, "products": [euros]})
    async with refused(ErrorCode.INVALID, "products", 0, "itemPrice"):  # the catalogue has no price in EUR
        await add_lines(anna, {"deal_id": key, "products": [{"product_id": sold}]})
    async with refused(ErrorCode.INVALID, "products", 0, "itemPrice", "currency"):
        zloty: Any = {"product_id": sold, "item_price": {"amount": Decimal(5), "currency": "PLN"}}
        await add_lines(anna, {"deal_id": key, "products": [zloty]})
    async with refused(ErrorCode.TOO_MANY, "products"):
        await add_lines(anna, {"deal_id": key, "products": [euros] * (MOST_AT_ONCE + 1)})
    async with refused(ErrorCode.EMPTY, "products"):
        await add_lines(anna, {"deal_id": key, "products": []})
    monthly = {**euros, "billing_frequency": BillingFrequency.MONTHLY}
    async with refused(ErrorCode.TOO_MANY, "products"):
        await add_lines(anna, {"deal_id": key, "products": [monthly] * (MOST_RECURRING + 1)})
    for _ in range(MOST_LINES // MOST_AT_ONCE - 1):
        await add_lines(anna, {"deal_id": key, "products": [euros] * MOST_AT_ONCE})
    async with refused(ErrorCode.TOO_MANY, "products"):
        await add_lines(anna, {"deal_id": key, "products": [euros] * MOST_AT_ONCE})
    async with refused(ErrorCode.INVALID, "products"):
        dear = {**euros, "quantity": Decimal(999_999_999)}
        await add_lines(
            anna, {"deal_id": key, "products": [{**dear, "item_price": {"amount": Decimal(10**9), "currency": "EUR"}}]}
        )


async def test_a_lead_has_no_products_and_none_is_sold_out_of_sight(acme: given.Company, other: given.Company) -> None:
    anna, sold = await given.viewer(acme.anna), await product(acme)
    lead = global_id(await given.lead(acme.anna))
    for verb, rest in (
        (add_lines, {"products": [{"product_id": sold}]}),
        (set_discounts, {"discounts": []}),
        (set_installments, {"installments": []}),
    ):
        async with refused(ErrorCode.CAPABILITY_MISSING, "dealId") as caught:
            await verb(anna, {"deal_id": lead, **rest})  # type: ignore[operator]
        assert "convert the lead first" in caught.value.errors[0].message
    hidden = await given.deal(acme.celina, acme.stages[0], visibility=Visibility.OWNER)
    await add_lines(await given.viewer(acme.celina), {"deal_id": global_id(hidden), "products": [{"product_id": sold}]})
    line = await DealProduct.get(deal_id=hidden.id)
    async with refused(ErrorCode.NOT_FOUND, "dealId"):
        await add_lines(anna, {"deal_id": global_id(hidden), "products": [{"product_id": sold}]})
    for unknown in (line.id, new_id()):
        async with refused(ErrorCode.NOT_FOUND, "id"):
            await update_line(anna, {"id": ids.encode("DealProduct", unknown), "is_enabled": False})
    own = await given.deal(acme.anna, acme.stages[0])
    async with refused(ErrorCode.NOT_FOUND, "ids", 0):
        await remove_lines(anna, {"deal_id": global_id(own), "ids": [global_id(line)]})
    theirs = await Product.create(account_id=other.id, name="Theirs", folded_name="theirs")
    idle = await product(acme, "Dawny", is_active=False)
    async with unchanged(acme.id):
        with pytest.raises(Refused) as caught:
            chosen: Any = [{"product_id": global_id(theirs)}, {"product_id": idle}]
            await add_lines(anna, {"deal_id": global_id(own), "products": chosen})
    assert [error.code for error in caught.value.errors] == [ErrorCode.NOT_FOUND, ErrorCode.INVALID]


async def test_a_removed_deal_keeps_its_lines_and_returns_with_them(acme: given.Company) -> None:
    anna, lead = await given.viewer(acme.anna), await given.lead(acme.anna, value_minor=5, currency="EUR")
    convert: Any = {"lead_ids": [global_id(lead)]}
    await convert_leads(anna, convert)
    deal = await Deal.get(source_lead_id=lead.id)
    await sell(acme, deal, {"product_id": await product(acme), "item_price": {"amount": Decimal(9), "currency": "EUR"}})
    async with refused(ErrorCode.DEAL_CHANGED, "leadId"):
        await undo_conversion(anna, {"lead_id": global_id(lead)})
    async with told(acme.id):
        await undo_conversion(anna, {"lead_id": global_id(lead), "force": True})
        await convert_leads(anna, convert)
    shown = await read(acme, deal.id)
    assert shown["value"] == {"amount": "11.07", "currency": "EUR"}
    assert len(shown["products"]) == 1
    document = """mutation ($id: ID!) { convertDealToLead(input: { id: $id }) {
      stayedBehind lead { value { amount } } errors { code } } }"""
    turned = (await ask(anna, document, id=global_id(deal)))["convertDealToLead"]
    assert turned == {"stayedBehind": ["PRODUCTS"], "lead": {"value": {"amount": "11.07"}}, "errors": []}
