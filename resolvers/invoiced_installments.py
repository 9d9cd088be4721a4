"""Invoices of single installments: each once, for its own amount, with the part of the deal's taxes in it."""

from collections.abc import Sequence
from fractions import Fraction
from uuid import UUID

from models.invoices import Invoice, InvoiceLine, InvoiceStatus
from models.products import DealInstallment, TaxMethod
from resolvers import access, pricing
from resolvers.errors import ErrorCode, Refused, refuse
from resolvers.sales import Sale
from resolvers.thousandths import WHOLE

ONE = 1000  # in thousandths, as quantities are


async def chosen_installment(sale: Sale, key: UUID) -> DealInstallment:
    """An installment of a locked deal of which no invoice stands yet."""
    found = next((each for each in sale.installments if each.id == key), None)
    if found is None:
        raise access.not_found("installment of this deal", "installmentId")
    if await invoiced([key]):
        message = "This installment is invoiced already: void that invoice to make another."
        raise refuse(ErrorCode.HAS_INVOICE, message, "installmentId")
    return found


async def invoiced(keys: Sequence[UUID]) -> set[UUID]:
    """Those of these installments of which an invoice stands."""
    standing = Invoice.filter(installment_id__in=list(keys)).exclude(status=InvoiceStatus.VOID)
    return {each.installment_id for each in await standing if each.installment_id is not None}


def refuse_invoiced(installment: DealInstallment, *path: str | int) -> Refused:
    """The refusal to change or remove an installment of which an invoice stands."""
    message = f"{installment.description} is invoiced: leave this installment as it is, or void its invoice first."
    return refuse(ErrorCode.HAS_INVOICE, message, *path)


def lines_of_installment(invoice: Invoice, sale: Sale, installment: DealInstallment) -> list[InvoiceLine]:
    """The lines of its invoice, not yet written: one for each tax rate, which together come to its amount."""
    invoice.installment_id = installment.id
    shares = _shares(sale)
    if not shares:
        message = "What this deal sells comes to nothing, so nobody can say what tax is in its installments."
        raise refuse(ErrorCode.INVALID, message, "installmentId")
    parts = split(installment.amount_minor, list(shares.values()))
    return [
        InvoiceLine(
            account_id=invoice.account_id,
            invoice_id=invoice.id,
            position=place,
            name=installment.description,
            quantity=ONE,
            tax_rate=rate,
            currency=installment.currency,
            net_minor=part - _tax_in(part, rate),
            tax_minor=_tax_in(part, rate),
        )
        for place, (rate, part) in enumerate((rate, part) for rate, part in zip(shares, parts, strict=True) if part)
    ]


def _shares(sale: Sale) -> dict[int | None, Fraction]:
    """What the deal's lines come to at each tax rate, the highest first, those without a tax last.

    A deal's discounts take the same part of every line, so they alter no share.
    """
    gross: dict[int | None, Fraction] = {}
    for line in sale.lines:
        once = pricing.billed(line).gross if line.is_enabled else Fraction(0)
        if once:
            rate = None if line.tax_method is TaxMethod.NONE else line.tax_rate
            gross[rate] = gross.get(rate, Fraction(0)) + once
    return {rate: gross[rate] for rate in sorted(gross, key=lambda rate: -1 if rate is None else rate, reverse=True)}


def split(amount: int, shares: Sequence[Fraction]) -> list[int]:
    """Whole parts of an amount, as the shares are to each other, that together are the amount exactly."""
    whole = sum(shares)
    passed, parts = Fraction(0), []
    for share in shares:
        parts.append(round(amount * (passed + share) / whole) - round(amount * passed / whole))
        passed += share
    return parts


def _tax_in(gross: int, rate: int | None) -> int:
    return round(gross * Fraction(rate or 0, WHOLE + (rate or 0)))
