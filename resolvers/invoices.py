"""Invoices of deals: issued by the outside system, recorded here; only deals have them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict
from uuid import UUID

from tortoise.exceptions import IntegrityError

from models import changes
from models.changes import ChangeKind
from models.deals import Deal, Invoice, InvoiceStatus
from resolvers import access, commands, ids, money, text
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults

NUMBER_LENGTH = 64


class InvoiceDraft(TypedDict, total=False):
    """An invoice as the outside system issued it."""

    deal_id: str
    number: str
    amount: money.MoneyDraft
    client_mutation_id: str | None


class InvoiceVoiding(TypedDict, total=False):
    """An invoice that the outside system has voided."""

    id: str
    client_mutation_id: str | None


async def record_invoice(viewer: Viewer, draft: InvoiceDraft) -> UUID:
    """Record an invoice for a deal the viewer sees; a number counts once in an account."""
    faults = Faults()
    with faults.noted():
        key = ids.expect("Deal", draft["deal_id"], "dealId")
    with faults.noted():
        number = text.line(draft.get("number"), "number", length=NUMBER_LENGTH)
    with faults.noted():
        minor, currency = money.to_minor(draft["amount"], "amount")
    faults.raise_any()
    async with _once_a_number(), commands.begin(viewer, draft) as ledger:
        deal = await access.find_one(viewer, Deal, key, "dealId", lock=True)
        invoice = await Invoice.create(
            account_id=viewer.account_id, deal_id=deal.id, number=number, amount_minor=minor, currency=currency
        )
        ledger.record(ChangeKind.INVOICE_ADDED, changes.added("invoice", changes.snapshot(invoice)))
    return invoice.id


@asynccontextmanager
async def _once_a_number() -> AsyncIterator[None]:
    """Turn the database's objection to a second invoice of one number into a refusal."""
    try:
        yield
    except IntegrityError as error:
        message = "An invoice of this number is recorded already."
        raise refuse(ErrorCode.INVALID, message, "number") from error


async def void_invoice(viewer: Viewer, voiding: InvoiceVoiding) -> UUID:
    """Mark an invoice of a deal the viewer sees as void; of a void one it is no change."""
    key = ids.expect("Invoice", voiding["id"], "id")
    async with commands.begin(viewer, voiding) as ledger:
        invoice = await _lock(viewer, key)
        if invoice.status is not InvoiceStatus.VOID:
            before = changes.snapshot(invoice)
            invoice.status = InvoiceStatus.VOID
            await invoice.save(update_fields=["status"])
            ledger.record(ChangeKind.INVOICE_VOIDED, changes.altered("invoice", before, changes.snapshot(invoice)))
    return key


async def _lock(viewer: Viewer, key: UUID) -> Invoice:
    """The invoice as it is once its deal is locked, where the viewer sees that."""
    invoice = await Invoice.get_or_none(id=key, account_id=viewer.account_id)
    if invoice is None or not await access.find(viewer, Deal, [invoice.deal_id], lock=True):
        raise access.not_found("Invoice", "id")
    return await Invoice.get(id=key)
