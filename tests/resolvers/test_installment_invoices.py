"""Invoices of single installments: each once, for its own amount and the taxes in it."""

import asyncio
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from models.deal_documents import Document, DocumentLanguage
from models.deals import Deal
from models.invoices import Invoice
from models.products import DealInstallment, DealProduct, TaxMethod
from resolvers import ids
from resolvers.deal_documents import render_invoice
from resolvers.errors import ErrorCode, Refused
from resolvers.installments import set_installments
from resolvers.invoiced_installments import split
from resolvers.invoices import create_invoice, send_invoice, void_invoice
from resolvers.lines import update_line
from tests import given
from tests.asking import ask
from tests.refusals import global_id, refused
from tests.resolvers.test_deal_documents import text_of
from tests.resolvers.test_invoicing import read, selling
from tests.uploading import store_in

PARTS = [
    {"description": "Zaliczka", "amount": Decimal("33.33"), "bills_on": date(2030, 1, 1)},
    {"description": "Reszta", "amount": Decimal("189.67"), "bills_on": date(2030, 2, 1)},
]
_INSTALLMENTS = """query ($id: ID!) { deal(id: $id) {
  installments { description isInvoiced } invoices { status installment { description } } } }"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Path:
    return store_in(tmp_path / "files")


async def in_installments(acme: given.Company, *parts: Any) -> tuple[Deal, list[str]]:
    """A deal of 223 zlotys, 123 of them with 23 % tax and 100 without one, and the ids of its installments."""
    anna = await given.viewer(acme.anna)
    deal = await selling(acme, {}, {"tax_method": TaxMethod.NONE})
    await set_installments(anna, {"deal_id": global_id(deal), "installments": list(parts or PARTS)})
    return deal, [global_id(row) for row in await DealInstallment.filter(deal_id=deal.id).order_by("bills_on")]


async def test_an_installment_is_invoiced_for_its_amount_with_its_share_of_each_tax(acme: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    deal, (first, second) = await in_installments(acme)
    draft: Any = {"deal_id": global_id(deal), "installment_id": first, "idempotency_key": "1"}
    key = await create_invoice(anna, draft)
    assert key == await create_invoice(anna, draft)
    shown = await read(acme, key)
    assert shown["amount"] == {"amount": "33.33"}
    assert [(each["name"], each["quantity"], each["taxRate"]) for each in shown["lines"]] == [
        ("Zaliczka", "1", "23"),
        ("Zaliczka", "1", None),
    ]
    assert [(each["net"]["amount"], each["tax"]["amount"]) for each in shown["lines"]] == [
        ("14.94", "3.44"),
        ("14.95", "0.00"),
    ]
    await send_invoice(anna, {"id": ids.encode("Invoice", key)})
    rest = await create_invoice(anna, {"deal_id": global_id(deal), "installment_id": second})
    assert (await read(acme, rest))["amount"] == {"amount": "189.67"}
    document = await render_invoice(anna, {"id": ids.encode("Invoice", key), "language": DocumentLanguage.PL})
    assert "Zaliczka" in await text_of(await Document.get(id=document))
    answer = (await ask(anna, _INSTALLMENTS, id=global_id(deal)))["deal"]
    assert [each["isInvoiced"] for each in answer["installments"]] == [True, True]
    assert [each["installment"]["description"] for each in answer["invoices"]] == ["Zaliczka", "Reszta"]


async def test_an_installment_is_invoiced_once_until_its_invoice_is_void(acme: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    deal, (first, _) = await in_installments(acme)
    draft: Any = {"deal_id": global_id(deal), "installment_id": first}
    made = await asyncio.gather(*(create_invoice(anna, draft) for _ in range(3)), return_exceptions=True)
    (key,) = (each for each in made if not isinstance(each, BaseException))
    refusals = [each for each in made if isinstance(each, Refused)]
    assert [(each.errors[0].code, each.errors[0].path) for each in refusals] == [
        (ErrorCode.HAS_INVOICE, ["installmentId"])
    ] * 2
    await void_invoice(anna, {"id": ids.encode("Invoice", key)})
    answer = (await ask(anna, _INSTALLMENTS, id=global_id(deal)))["deal"]
    assert [each["isInvoiced"] for each in answer["installments"]] == [False, False]
    await create_invoice(anna, draft)
    assert await Invoice.filter(deal_id=deal.id).count() == 2


async def test_an_installment_that_is_invoiced_stays_as_it_is(acme: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    deal, (first, second) = await in_installments(acme)
    key = await create_invoice(anna, {"deal_id": global_id(deal), "installment_id": first})
    every: Any = {"deal_id": global_id(deal)}
    for parts in ([], PARTS[1:], [{**PARTS[0], "description": "Inna"}, PARTS[1]]):
        async with refused(ErrorCode.HAS_INVOICE, "installments") as caught:
            await set_installments(anna, {**every, "installments": parts})
        assert "Zaliczka" in str(caught.value)
    await set_installments(anna, {**every, "installments": [{**PARTS[1], "amount": Decimal(1)}, PARTS[0]]})
    kept = [global_id(row) for row in await DealInstallment.filter(deal_id=deal.id).order_by("bills_on")]
    assert kept[0] == first and kept[1] != second
    await void_invoice(anna, {"id": ids.encode("Invoice", key)})
    await set_installments(anna, {**every, "installments": []})
    assert (await ask(anna, _INSTALLMENTS, id=global_id(deal)))["deal"]["invoices"] == [
        {"status": "VOID", "installment": None}
    ]


async def test_what_is_no_installment_of_the_deal_is_refused(acme: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    deal, (first, _) = await in_installments(acme)
    _, (elsewhere, _) = await in_installments(acme)
    every: Any = {"deal_id": global_id(deal)}
    for given_id, code in (
        (elsewhere, ErrorCode.NOT_FOUND),
        (global_id(deal), ErrorCode.INVALID),
        ("x", ErrorCode.INVALID),
    ):
        async with refused(code, "installmentId"):
            await create_invoice(anna, {**every, "installment_id": given_id})
    async with refused(ErrorCode.INVALID, "installmentId"):
        await create_invoice(anna, {**every, "installment_id": first, "line_ids": []})


async def test_nothing_can_be_said_of_the_tax_where_what_is_sold_is_free(acme: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    deal, (first, _) = await in_installments(acme)
    for line in await DealProduct.filter(deal_id=deal.id):
        free: Any = {"amount": Decimal(0), "currency": "PLN"}
        await update_line(anna, {"id": global_id(line), "item_price": free})
    async with refused(ErrorCode.INVALID, "installmentId"):
        await create_invoice(anna, {"deal_id": global_id(deal), "installment_id": first})


@over(st.integers(1, 10**12), st.lists(st.integers(1, 10**9), min_size=1, max_size=8))
def test_parts_are_the_amount_together_and_each_within_a_unit(amount: int, shares: list[int]) -> None:
    parts = split(amount, [Fraction(share) for share in shares])
    assert sum(parts) == amount
    for part, share in zip(parts, shares, strict=True):
        assert part >= 0 and abs(part - Fraction(amount * share, sum(shares))) <= 1
