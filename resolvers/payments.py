"""What is paid on invoices, in one sum or in parts."""

from datetime import date
from decimal import Decimal
from typing import TypedDict
from uuid import UUID

from models import changes
from models.changes import ChangeKind, Ledger, Subject
from models.invoices import Invoice, InvoicePayment, InvoiceStatus
from resolvers import access, commands, ids, money
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults
from resolvers.invoices import lock_invoice


class PaymentDraft(TypedDict, total=False):
    """An amount in the invoice's currency that was paid on a day."""

    invoice_id: str
    amount: Decimal
    paid_on: date
    client_mutation_id: str | None


class PaymentRemoval(TypedDict, total=False):
    """A payment that was none."""

    id: str
    client_mutation_id: str | None


async def add_payment(viewer: Viewer, draft: PaymentDraft) -> UUID:
    """Note that a part of a sent invoice was paid, or all that was left; then it is PAID. Returns the invoice."""
    key = ids.expect("Invoice", draft["invoice_id"], "invoiceId")
    async with commands.begin(viewer, draft) as ledger:
        invoice = await lock_invoice(viewer, key, "invoiceId")
        minor = _payable(invoice, draft["amount"])
        payment = await InvoicePayment.create(
            account_id=viewer.account_id,
            invoice_id=key,
            amount_minor=minor,
            currency=invoice.currency,
            paid_on=draft["paid_on"],
        )
        await _settle(ledger, invoice, minor, changes.added("invoice_payment", changes.snapshot(payment)))
    return key


def _payable(invoice: Invoice, amount: Decimal) -> int:
    """The amount in minor units; refuses one that is not owed."""
    faults = Faults()
    with faults.noted():
        if invoice.status is not InvoiceStatus.SENT:
            message = f"This invoice is {invoice.status}: what is paid is what was sent, and not yet paid."
            raise refuse(ErrorCode.INVALID, message, "invoiceId")
    with faults.noted():
        minor = money.minor_of(amount, invoice.currency, "amount")
        if not 0 < minor <= invoice.amount_minor - invoice.paid_minor:
            left = money.to_text(invoice.amount_minor - invoice.paid_minor, invoice.currency)
            raise refuse(ErrorCode.INVALID, f"Give an amount above 0 and up to the {left} still owed.", "amount")
    faults.raise_any()
    return minor


async def remove_payment(viewer: Viewer, removal: PaymentRemoval) -> UUID:
    """Take a payment back; an invoice that was paid is owed again. Returns the invoice."""
    key = ids.expect("InvoicePayment", removal["id"], "id")
    async with commands.begin(viewer, removal) as ledger:
        found = await InvoicePayment.get_or_none(id=key, account_id=viewer.account_id)
        if found is None:
            raise access.not_found("Payment", "id")
        invoice = await lock_invoice(viewer, found.invoice_id, "id")
        payment = await InvoicePayment.get_or_none(id=key)
        if payment is None:
            raise access.not_found("Payment", "id")
        await payment.delete()
        gone = changes.removed("invoice_payment", changes.snapshot(payment))
        await _settle(ledger, invoice, -payment.amount_minor, gone)
    return invoice.id


async def _settle(ledger: Ledger, invoice: Invoice, minor: int, payment: Subject) -> None:
    paid = invoice.paid_minor + minor
    status = InvoiceStatus.PAID if paid == invoice.amount_minor else InvoiceStatus.SENT
    revised = await commands.revise("invoice", invoice, {"paid_minor": paid, "status": status})
    ledger.record(ChangeKind.PAYMENTS_CHANGED, *([] if revised is None else [revised]), payment)
