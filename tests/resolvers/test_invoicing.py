"""Invoices that are made here: drafted from a deal's lines, numbered when sent, paid, voided."""

import asyncio
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from models.base import Visibility, now
from models.changes import ChangeKind
from models.deals import Deal
from models.invoices import Invoice, InvoiceLine, InvoicePayment, InvoiceSeries, InvoiceStatus
from models.products import DealProduct, DiscountType, TaxMethod
from resolvers import ids
from resolvers.deals import delete_deals
from resolvers.errors import ErrorCode, Refused
from resolvers.installments import set_discounts
from resolvers.invoice_lines import _rounded, taxes_of
from resolvers.invoices import create_invoice, send_invoice, update_invoice, void_invoice
from resolvers.invoicing import set_invoicing
from resolvers.lines import add_lines, update_line
from resolvers.payments import add_payment, remove_payment
from resolvers.pricing import billed
from resolvers.products import create_product
from tests import given
from tests.asking import ask
from tests.refusals import global_id, refused
from tests.replaying import told
from tests.resolvers.test_pricing import Line, lines

_INVOICE = """query ($id: ID!) { invoice(id: $id) {
  number status isExternal amount { amount } paid { amount } owed { amount } isOverdue dueOn note version
  seller { name taxId } buyer { name address } payments { paidOn amount { amount } }
  taxes { net { amount } tax { amount } rates { rate net { amount } tax { amount } } }
  lines { name unit quantity taxRate net { amount } tax { amount } } } }"""


async def selling(acme: given.Company, *sold: dict[str, Any]) -> Deal:
    """A deal of Anna's that sells these, of an organization; the account says who sells."""
    admin, anna = await given.viewer(acme.admin), await given.viewer(acme.anna)
    await set_invoicing(admin, {"seller": {"name": "Acme sp. z o.o.", "tax_id": "5250001009"}, "days_to_pay": 7})
    price: Any = {"amount": Decimal("100"), "currency": "PLN"}
    draft: Any = {"name": "Usługa", "unit": "h", "tax_rate": Decimal(23), "prices": [price]}
    product = ids.encode("Product", await create_product(admin, draft))
    zubr = await given.organization(acme.anna, "Żubr", address="Łódź, ul. Główna 1")
    deal = await given.deal(acme.anna, acme.stages[0], organization_id=zubr.id)
    products: Any = [{"product_id": product, **each} for each in sold or [{}]]
    await add_lines(anna, {"deal_id": global_id(deal), "products": products})
    return deal


async def read(acme: given.Company, key: UUID) -> dict[str, Any]:
    answer = await ask(await given.viewer(acme.anna), _INVOICE, id=ids.encode("Invoice", key))
    return dict(answer["invoice"])


async def test_an_invoice_goes_from_a_draft_to_paid(acme: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    deal = await selling(acme, {"quantity": Decimal(3)}, {"tax_method": TaxMethod.NONE})
    tenth: Any = {"description": "Rabat", "discount_type": DiscountType.PERCENTAGE, "discount": Decimal(10)}
    await set_discounts(anna, {"deal_id": global_id(deal), "discounts": [tenth]})
    draft: Any = {"deal_id": global_id(deal), "note": "Dziękujemy", "idempotency_key": "1"}
    async with told(acme.id) as log:
        key = await create_invoice(anna, draft)
        assert key == await create_invoice(anna, draft)
        invoice = {"id": ids.encode("Invoice", key)}
        assert (await read(acme, key))["number"] is None
        for _ in range(2):
            await update_invoice(anna, {**invoice, "due_on": date(2020, 1, 2), "note": None})
        (first, *_) = await DealProduct.filter(deal_id=deal.id).order_by("position")
        await update_line(anna, {"id": global_id(first), "is_enabled": False})  # the invoice stays as it is
        await send_invoice(anna, {**invoice, "expected_version": 2})
        owed: Any = {"invoice_id": invoice["id"], "paid_on": date(2020, 1, 1)}
        await add_payment(anna, {**owed, "amount": Decimal("0.1")})
        await add_payment(anna, {**owed, "amount": Decimal("422")})
        shown = await read(acme, key)
    assert shown == {
        **{"number": f"FV/{now().year}/1", "status": "PAID", "isExternal": False, "version": 5},
        **{"amount": {"amount": "422.10"}, "paid": {"amount": "422.10"}, "owed": {"amount": "0.00"}},
        **{"isOverdue": False, "dueOn": "2020-01-02", "note": None},
        "seller": {"name": "Acme sp. z o.o.", "taxId": "5250001009"},
        "buyer": {"name": "Żubr", "address": "Łódź, ul. Główna 1"},
        "payments": [{"paidOn": "2020-01-01", "amount": {"amount": part}} for part in ("0.10", "422.00")],
        "taxes": {
            **{"net": {"amount": "360.00"}, "tax": {"amount": "62.10"}},
            "rates": [
                {"rate": "23", "net": {"amount": "270.00"}, "tax": {"amount": "62.10"}},
                {"rate": None, "net": {"amount": "90.00"}, "tax": {"amount": "0.00"}},
            ],
        },
        "lines": [
            {
                "name": "Usługa",
                "unit": "h",
                "quantity": "3",
                "taxRate": "23",
                "net": {"amount": "270.00"},
                "tax": {"amount": "62.10"},
            },
            {
                "name": "Usługa",
                "unit": "h",
                "quantity": "1",
                "taxRate": None,
                "net": {"amount": "90.00"},
                "tax": {"amount": "0.00"},
            },
        ],
    }
    kinds = ["INVOICE_ADDED", "INVOICE_UPDATED", "PRODUCTS_CHANGED", "INVOICE_SENT", *["PAYMENTS_CHANGED"] * 2]
    assert [change.kind for change in log] == [ChangeKind(kind) for kind in kinds]
    async with refused(ErrorCode.HAS_INVOICE, "ids", 0):
        await delete_deals(anna, {"ids": [global_id(deal)]})


async def test_what_is_owed_is_paid_once_and_can_be_taken_back(acme: given.Company) -> None:
    anna, deal = await given.viewer(acme.anna), await selling(acme)
    key = await create_invoice(anna, {"deal_id": global_id(deal)})
    invoice = {"id": ids.encode("Invoice", key)}
    owed: Any = {"invoice_id": invoice["id"], "paid_on": date(2030, 1, 1)}
    async with refused(ErrorCode.INVALID, "invoiceId"):  # a draft
        await add_payment(anna, {**owed, "amount": Decimal(1)})
    await send_invoice(anna, invoice)  # type: ignore[arg-type]
    for amount in ("0", "123.01", "0.001"):
        async with refused(ErrorCode.INVALID, "amount"):
            await add_payment(anna, {**owed, "amount": Decimal(amount)})
    paid = await asyncio.gather(
        *[add_payment(anna, {**owed, "amount": Decimal(100)}) for _ in range(3)], return_exceptions=True
    )
    assert [type(each) for each in paid].count(Refused) == 2
    async with refused(ErrorCode.INVALID, "id"):
        await void_invoice(anna, invoice)  # type: ignore[arg-type]
    async with told(acme.id):
        await remove_payment(anna, {"id": global_id(await InvoicePayment.get())})
        for _ in range(2):
            await void_invoice(anna, invoice)  # type: ignore[arg-type]
    shown = await read(acme, key)
    assert (shown["status"], shown["paid"], shown["number"]) == ("VOID", {"amount": "0.00"}, f"FV/{now().year}/1")
    await delete_deals(anna, {"ids": [global_id(deal)]})


async def test_an_invoice_that_cannot_be_sent_stays_a_draft_and_takes_no_number(acme: given.Company) -> None:
    admin, anna = await given.viewer(acme.admin), await given.viewer(acme.anna)
    deal = await selling(acme)
    key = {"id": ids.encode("Invoice", await create_invoice(anna, {"deal_id": global_id(deal), "buyer": None}))}
    async with refused(ErrorCode.INVALID, "id"):  # nobody buys
        await send_invoice(anna, key)  # type: ignore[arg-type]
    await update_invoice(anna, {**key, "buyer": {"name": "Żubr"}})
    async with refused(ErrorCode.VERSION_CONFLICT, "expectedVersion"):
        await send_invoice(anna, {**key, "expected_version": 1})
    await set_invoicing(admin, {"seller": None})
    async with refused(ErrorCode.INVALID, "id"):  # nobody sells
        await send_invoice(anna, key)  # type: ignore[arg-type]
    async with refused(ErrorCode.FORBIDDEN):
        await set_invoicing(anna, {"number_prefix": "A"})
    assert not await InvoiceSeries.exists()
    await set_invoicing(admin, {"seller": {"name": "Acme"}, "number_prefix": "INV"})
    await send_invoice(anna, key)  # type: ignore[arg-type]
    async with refused(ErrorCode.INVALID, "id"):  # it stays as it is
        await update_invoice(anna, {**key, "note": "Later"})
    assert (await Invoice.get()).number == f"INV/{now().year}/1"


async def test_only_lines_that_count_and_that_one_sees_are_invoiced(acme: given.Company) -> None:
    anna, deal = await given.viewer(acme.anna), await selling(acme, {}, {"is_enabled": False})
    one, idle = [global_id(each) for each in await DealProduct.filter(deal_id=deal.id).order_by("position")]
    empty, lead = await given.deal(acme.anna, acme.stages[0]), await given.lead(acme.anna)
    hidden = await given.deal(acme.celina, acme.stages[0], visibility=Visibility.OWNER)
    for draft, code, path in (
        ({"deal_id": global_id(empty)}, ErrorCode.EMPTY, ("dealId",)),
        ({"deal_id": global_id(lead)}, ErrorCode.CAPABILITY_MISSING, ("dealId",)),
        ({"deal_id": global_id(hidden)}, ErrorCode.NOT_FOUND, ("dealId",)),
        ({"deal_id": global_id(deal), "line_ids": [one, idle]}, ErrorCode.INVALID, ("lineIds", 1)),
        ({"deal_id": global_id(empty), "line_ids": [one]}, ErrorCode.NOT_FOUND, ("lineIds", 0)),
    ):
        async with refused(code, *path):
            await create_invoice(anna, draft)  # type: ignore[arg-type]
    key = await create_invoice(anna, {"deal_id": global_id(deal), "line_ids": [one]})
    assert await InvoiceLine.filter(invoice_id=key).count() == 1
    unseen = await given.organization(acme.celina, "Secret", visibility=Visibility.OWNER)
    await Deal.filter(id=deal.id).update(organization_id=unseen.id)
    blind = await create_invoice(anna, {"deal_id": global_id(deal)})
    assert (await Invoice.get(id=blind)).buyer is None


@over(st.lists(lines(), min_size=1, max_size=5))
def test_an_invoice_adds_up_and_is_off_by_less_than_a_unit_a_line(sold: list[Line]) -> None:
    charged = []
    for line in sold:
        exact = billed(line)
        net, tax = _rounded(exact, line.tax_method)
        rate = None if line.tax_method is TaxMethod.NONE else line.tax_rate
        charged.append(InvoiceLine(net_minor=net, tax_minor=tax, tax_rate=rate))
        assert abs(net + tax - exact.gross) <= 1
        assert abs(tax - exact.tax) * 2 <= 1
    taxes = taxes_of(charged)
    assert [each["rate"] for each in taxes] == sorted(
        {line.tax_rate for line in charged}, key=lambda r: -1 if r is None else r, reverse=True
    )
    for column in ("net_minor", "tax_minor"):
        assert sum(each[column] or 0 for each in taxes) == sum(getattr(line, column) for line in charged)


async def assert_no_gap(acme: given.Company) -> int:
    """Each year's numbers are 1 to the last one given; returns how many there are."""
    numbers = await Invoice.filter(account_id=acme.id, series_number__isnull=False).values_list(
        "series_number", flat=True
    )
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    series = await InvoiceSeries.get_or_none(account_id=acme.id)
    assert (series.last_number if series else 0) == len(numbers)
    sent = await Invoice.filter(account_id=acme.id, status__in=[InvoiceStatus.SENT, InvoiceStatus.PAID])
    assert all(each.series_number is not None for each in sent)
    return len(numbers)


@pytest.mark.parametrize("seed", range(2))
async def test_numbers_have_no_gap_whatever_is_done_at_once(
    acme: given.Company, other: given.Company, seed: int
) -> None:
    """Random commands, several at a time: drafts, sendings (twice, too), voidings, payments, refusals."""
    dice, anna, deal = Random(seed), await given.viewer(acme.anna), await selling(acme)
    drafts = [await create_invoice(anna, {"deal_id": global_id(deal)}) for _ in range(8)]

    async def act() -> None:
        key = ids.encode("Invoice", dice.choice(drafts))
        match dice.randint(0, 3):
            case 0 | 1:
                await send_invoice(anna, {"id": key, **({"expected_version": 9} if dice.random() < 0.2 else {})})
            case 2:
                await void_invoice(anna, {"id": key})
            case 3:
                await add_payment(anna, {"invoice_id": key, "amount": Decimal(60), "paid_on": date(2030, 1, 1)})

    for _ in range(5):
        done = await asyncio.gather(*[act() for _ in range(6)], return_exceptions=True)
        assert {type(each) for each in done} <= {type(None), Refused}, done
        await assert_no_gap(acme)
    assert await assert_no_gap(acme) > 0
    theirs = await selling(other)
    key = await create_invoice(await given.viewer(other.anna), {"deal_id": global_id(theirs)})
    await send_invoice(await given.viewer(other.anna), {"id": ids.encode("Invoice", key)})
    assert (await Invoice.get(id=key)).series_number == 1
