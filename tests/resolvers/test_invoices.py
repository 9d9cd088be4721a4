"""Invoices that another system issued: recorded and voided; only deals have them."""

import asyncio
from decimal import Decimal

import pytest

from models.base import Visibility, new_id
from models.changes import ChangeKind
from models.invoices import Invoice, InvoiceStatus
from resolvers import ids
from resolvers.errors import ErrorCode, Refused
from resolvers.invoices import record_invoice, void_invoice
from tests import given
from tests.refusals import global_id, refused
from tests.replaying import told, unchanged

AMOUNT = {"amount": Decimal("99.90"), "currency": "EUR"}


async def test_an_invoice_is_recorded_and_voided_once(acme: given.Company) -> None:
    anna, deal = await given.viewer(acme.anna), await given.deal(acme.bartek, acme.stages[0])
    async with told(acme.id) as log:
        key = await record_invoice(anna, {"deal_id": global_id(deal), "number": " FV/1/2030 ", "amount": AMOUNT})
        recorded = await Invoice.get(id=key)
        assert (recorded.deal_id, recorded.number, recorded.status) == (deal.id, "FV/1/2030", InvoiceStatus.SENT)
        assert (recorded.amount_minor, recorded.currency) == (9990, "EUR")
        for _ in range(2):
            assert await void_invoice(anna, {"id": ids.encode("Invoice", key)}) == key
    assert (await Invoice.get(id=key)).status is InvoiceStatus.VOID
    assert [change.kind for change in log] == [ChangeKind.INVOICE_ADDED, ChangeKind.INVOICE_VOIDED]


async def test_a_lead_has_no_invoices(acme: given.Company) -> None:
    lead = await given.lead(acme.anna)
    async with refused(ErrorCode.CAPABILITY_MISSING, "dealId") as caught:
        draft = {"deal_id": global_id(lead), "number": "1", "amount": AMOUNT}
        await record_invoice(await given.viewer(acme.anna), draft)
    assert "convert the lead first" in caught.value.errors[0].message


async def test_a_number_counts_once_in_an_account(acme: given.Company, other: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    deals = [await given.deal(acme.anna, acme.stages[0]) for _ in range(5)]
    drafts = [{"deal_id": global_id(deal), "number": "1", "amount": AMOUNT} for deal in deals]
    done = await asyncio.gather(*[record_invoice(anna, draft) for draft in drafts], return_exceptions=True)
    assert [type(each) for each in done].count(Refused) == 4
    async with refused(ErrorCode.INVALID, "number"):
        await record_invoice(anna, drafts[0])
    elsewhere = await given.deal(other.anna, other.stages[0])
    await record_invoice(await given.viewer(other.anna), {**drafts[0], "deal_id": global_id(elsewhere)})


async def test_invoices_out_of_sight_are_as_unknown(acme: given.Company, other: given.Company) -> None:
    anna, celina = await given.viewer(acme.anna), await given.viewer(acme.celina)
    hidden = await given.deal(acme.celina, acme.stages[0], visibility=Visibility.OWNER)
    foreign = await given.deal(other.anna, other.stages[0])
    draft = {"number": "1", "amount": AMOUNT}
    for unknown in (global_id(hidden), global_id(foreign), ids.encode("Deal", new_id())):
        async with refused(ErrorCode.NOT_FOUND, "dealId"):
            await record_invoice(anna, {"deal_id": unknown, **draft})
    key = await record_invoice(celina, {"deal_id": global_id(hidden), **draft})
    for unknown in (key, new_id()):
        async with refused(ErrorCode.NOT_FOUND, "id"):
            await void_invoice(anna, {"id": ids.encode("Invoice", unknown)})
    async with refused(ErrorCode.INVALID, "id"):
        await void_invoice(celina, {"id": global_id(hidden)})


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"number": ""}, ["number"]),
        ({"number": "n" * 65}, ["number"]),
        ({"number": "1\x00"}, ["number"]),
        ({"amount": {"amount": Decimal("-0.01"), "currency": "EUR"}}, ["amount", "amount"]),
        ({"amount": {"amount": Decimal("0.001"), "currency": "EUR"}}, ["amount", "amount"]),
        ({"amount": {"amount": Decimal("NaN"), "currency": "EUR"}}, ["amount", "amount"]),
        ({"amount": {"amount": Decimal(1), "currency": "EURO"}}, ["amount", "currency"]),
    ],
)
async def test_an_invoice_that_cannot_be_is_refused(
    acme: given.Company, change: dict[str, object], path: list[str]
) -> None:
    deal = await given.deal(acme.anna, acme.stages[0])
    async with refused(ErrorCode.INVALID, *path):
        draft = {"deal_id": global_id(deal), "number": "1", "amount": AMOUNT, **change}
        await record_invoice(await given.viewer(acme.anna), draft)


async def test_every_fault_of_an_invoice_is_told_at_once(acme: given.Company) -> None:
    async with unchanged(acme.id):
        with pytest.raises(Refused) as caught:
            wrong = {"deal_id": "?", "number": "", "amount": {"amount": Decimal(1), "currency": "?"}}
            await record_invoice(await given.viewer(acme.anna), wrong)
    assert [error.path for error in caught.value.errors] == [["dealId"], ["number"], ["amount", "currency"]]
