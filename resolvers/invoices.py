"""Invoices of deals: drafted from their lines and sent, or recorded as another system issued them; voided."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any, TypedDict
from uuid import UUID

from tortoise.exceptions import IntegrityError

from models import changes
from models.base import now
from models.changes import ChangeKind
from models.deals import Deal
from models.invoices import Invoice, InvoiceLine, InvoiceStatus
from resolvers import access, commands, idempotency, ids, invoicing, money, opportunities, sales, text
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults
from resolvers.invoice_lines import chosen_lines, lines_for, taxes_of
from resolvers.invoiced_installments import chosen_installment, lines_of_installment
from resolvers.opportunities import Columns, Read

NUMBER_LENGTH = 64
NOTE_LENGTH = 1000


class InvoiceFields(TypedDict, total=False):
    """What may be said on a draft; the buyer is the deal's organization or person unless given."""

    buyer: invoicing.PartyDraft | None
    due_on: date | None
    note: str | None
    client_mutation_id: str | None


class InvoiceDraft(InvoiceFields, total=False):
    """An invoice to make for a deal: of these lines of it, of one of its installments, or of all lines."""

    deal_id: str
    line_ids: list[str] | None
    installment_id: str | None
    idempotency_key: str | None


class InvoicePatch(InvoiceFields, total=False):
    """What a client changes of a draft: the fields given, and no others."""

    id: str
    expected_version: int | None


class InvoiceRecord(TypedDict, total=False):
    """An invoice as an outside system issued it."""

    deal_id: str
    number: str
    amount: money.MoneyDraft
    client_mutation_id: str | None


class InvoiceId(TypedDict, total=False):
    """An invoice to send or to void."""

    id: str
    expected_version: int | None
    client_mutation_id: str | None


async def _buyer(viewer: Viewer, given: invoicing.PartyDraft | None) -> Columns:
    return {"buyer": None if given is None else invoicing.party(given, "buyer")}


async def _due_on(viewer: Viewer, given: date | None) -> Columns:
    return {"due_on": given}


async def _note(viewer: Viewer, given: str | None) -> Columns:
    return {"note": text.optional_line(given, "note", length=NOTE_LENGTH)}


_FIELDS: Mapping[str, Read] = {"buyer": _buyer, "due_on": _due_on, "note": _note}


async def create_invoice(viewer: Viewer, draft: InvoiceDraft) -> UUID:
    """Draft an invoice of a deal's lines, one billing of each, or of an installment that has none yet.

    It has no number until it is sent.
    """

    async def act() -> idempotency.Answer:
        return await _create(viewer, draft)

    answer = await idempotency.once(viewer, "create_invoice", draft.get("idempotency_key"), draft, act)
    return UUID(answer["id"])


async def _create(viewer: Viewer, draft: InvoiceDraft) -> idempotency.Answer:
    faults = Faults()
    with faults.noted():
        key = ids.expect("Deal", draft["deal_id"], "dealId")
    with faults.noted():
        found = await opportunities.columns(viewer, draft, _FIELDS)
    with faults.noted():
        part = _installment_key(draft)
    faults.raise_any()
    async with commands.begin(viewer, draft) as ledger:
        sale = await sales.lock_sale(viewer, key, "dealId")
        buyer = await invoicing.buyer_of(viewer, sale.deal)
        invoice = Invoice(account_id=viewer.account_id, **{"buyer": buyer, "deal_id": key, **found})
        if part is None:
            lines = await lines_for(invoice, sale, chosen_lines(sale, draft.get("line_ids")))
        else:
            lines = lines_of_installment(invoice, sale, await chosen_installment(sale, part))
        invoice.currency = lines[0].currency
        invoice.amount_minor = _sum(lines)
        invoice.taxes = taxes_of(lines)
        await invoice.save()
        await InvoiceLine.bulk_create(lines)
        added = [changes.added("invoice_line", changes.snapshot(line)) for line in lines]
        ledger.record(ChangeKind.INVOICE_ADDED, changes.added("invoice", changes.snapshot(invoice)), *added)
        answer = {"id": str(invoice.id)}
        await idempotency.remember(viewer, "create_invoice", draft.get("idempotency_key"), draft, answer)
    return answer


def _installment_key(draft: InvoiceDraft) -> UUID | None:
    given = draft.get("installment_id")
    if given is None:
        return None
    if draft.get("line_ids") is not None:
        message = "An invoice is of lines or of an installment: leave one of them out."
        raise refuse(ErrorCode.INVALID, message, "installmentId")
    return ids.expect("DealInstallment", given, "installmentId")


def _sum(lines: Sequence[InvoiceLine]) -> int:
    return sum(line.net_minor + line.tax_minor for line in lines)


async def record_invoice(viewer: Viewer, draft: InvoiceRecord) -> UUID:
    """Record an invoice that was issued elsewhere for a deal the viewer sees; such a number counts once."""
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
        issued: dict[str, Any] = {"is_external": True, "status": InvoiceStatus.SENT, "issued_at": now()}
        said: dict[str, Any] = {"number": number, "amount_minor": minor, "currency": currency}
        invoice = await Invoice.create(account_id=viewer.account_id, deal_id=deal.id, **issued, **said)
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


async def update_invoice(viewer: Viewer, patch: InvoicePatch) -> UUID:
    """Change the fields given of a draft. What changes nothing leaves no change behind."""
    key = ids.expect("Invoice", patch["id"], "id")
    async with commands.begin(viewer, patch) as ledger:
        invoice = await lock_invoice(viewer, key, "id")
        commands.check_version(invoice, patch)
        _require_draft(invoice)
        found = await opportunities.columns(viewer, patch, _FIELDS)
        await _revise(ledger, ChangeKind.INVOICE_UPDATED, invoice, found)
    return key


async def _revise(ledger: changes.Ledger, kind: ChangeKind, invoice: Invoice, found: Columns) -> None:
    revised = await commands.revise("invoice", invoice, found)
    if revised is not None:
        ledger.record(kind, revised)


def _require_draft(invoice: Invoice) -> None:
    if invoice.status is not InvoiceStatus.DRAFT:
        message = f"This invoice is {invoice.status} and stays as it is: void it, and make another."
        raise refuse(ErrorCode.INVALID, message, "id")


async def send_invoice(viewer: Viewer, given: InvoiceId) -> UUID:
    """Give a draft its number, its date and its seller; from then on it stays as it is.

    The number is taken in the transaction that uses it, so that none is left out (`take_number`).
    """
    key = ids.expect("Invoice", given["id"], "id")
    async with commands.begin(viewer, given) as ledger:
        invoice = await lock_invoice(viewer, key, "id")
        commands.check_version(invoice, given)
        _require_draft(invoice)
        settings, at = await invoicing.settings_of(viewer.account_id), now()
        if not settings.seller:
            raise refuse(ErrorCode.INVALID, "Nobody has said who sells: an admin does by setInvoicing.", "id")
        if not invoice.buyer:
            raise refuse(ErrorCode.INVALID, "Nobody buys this: give a buyer by updateInvoice.", "id")
        number = await invoicing.take_number(viewer.account_id, at.year)
        sent = {
            "status": InvoiceStatus.SENT,
            "series_year": at.year,
            "series_number": number,
            "number": f"{settings.number_prefix}/{at.year}/{number}",
            "seller": {**settings.seller, "bank_account": settings.bank_account},
            "issued_at": at,
            "due_on": invoice.due_on or at.date() + timedelta(days=settings.days_to_pay),
        }
        await _revise(ledger, ChangeKind.INVOICE_SENT, invoice, sent)
    return key


async def void_invoice(viewer: Viewer, given: InvoiceId) -> UUID:
    """Have an invoice stand no longer; it keeps its number. Of a void one it is no change.

    Refused while anything is paid on it.
    """
    key = ids.expect("Invoice", given["id"], "id")
    async with commands.begin(viewer, given) as ledger:
        invoice = await lock_invoice(viewer, key, "id")
        commands.check_version(invoice, given)
        if invoice.paid_minor:
            raise refuse(ErrorCode.INVALID, "Something is paid on this invoice: remove its payments first.", "id")
        await _revise(ledger, ChangeKind.INVOICE_VOIDED, invoice, {"status": InvoiceStatus.VOID})
    return key


async def lock_invoice(viewer: Viewer, key: UUID, *path: str | int) -> Invoice:
    """The invoice as it is once its deal is locked, where the viewer sees that."""
    invoice = await Invoice.get_or_none(id=key, account_id=viewer.account_id)
    if invoice is None or not await access.find(viewer, Deal, [invoice.deal_id], lock=True):
        raise access.not_found("Invoice", *path)
    return await Invoice.get(id=key)
