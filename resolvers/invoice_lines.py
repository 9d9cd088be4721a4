"""The lines of an invoice, made of a deal's: each rounded once, so that what is shown adds up."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from uuid import UUID

from models.invoices import Invoice, InvoiceLine, Tax
from models.products import DealProduct, Product, TaxMethod
from resolvers import access, commands, pricing
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults
from resolvers.pricing import Amounts
from resolvers.sales import Sale


def chosen_lines(sale: Sale, global_ids: Sequence[str] | None) -> list[DealProduct]:
    """The lines to invoice: those named, or all that are enabled; refuses where that is none."""
    if global_ids is None:
        lines = [line for line in sale.lines if line.is_enabled]
    else:
        keys = commands.keys_of("DealProduct", global_ids, "lineIds")
        lines = [line for line in sale.lines if line.id in keys]
        _require_own(keys, lines)
    if not lines:
        raise refuse(ErrorCode.EMPTY, "There is nothing to invoice: add products to the deal first.", "dealId")
    return lines


def _require_own(keys: Mapping[UUID, int], lines: Sequence[DealProduct]) -> None:
    faults = Faults()
    own = {line.id: line for line in lines}
    for key, place in keys.items():
        with faults.noted():
            if key not in own:
                raise access.not_found("line of this deal", "lineIds", place)
            if not own[key].is_enabled:
                raise refuse(ErrorCode.INVALID, "This line does not count: enable it first.", "lineIds", place)
    faults.raise_any()


async def lines_for(invoice: Invoice, sale: Sale, chosen: Sequence[DealProduct]) -> list[InvoiceLine]:
    """The lines of an invoice, not yet written: one billing of each, less its part of the deal's discounts."""
    factor = pricing.one_time_factor(sale.lines, sale.discounts)
    products = {row.id: row for row in await Product.filter(id__in=[line.product_id for line in chosen])}
    return [
        _line(invoice, place, line, products[line.product_id], Fraction(1) if pricing.is_recurring(line) else factor)
        for place, line in enumerate(chosen)
    ]


def _line(invoice: Invoice, place: int, line: DealProduct, product: Product, factor: Fraction) -> InvoiceLine:
    net, tax = _rounded(pricing.billed(line).scaled(factor), line.tax_method)
    return InvoiceLine(
        account_id=invoice.account_id,
        invoice_id=invoice.id,
        position=place,
        name=product.name,
        unit=product.unit,
        quantity=line.quantity,
        tax_rate=None if line.tax_method is TaxMethod.NONE else line.tax_rate,
        currency=line.currency,
        net_minor=net,
        tax_minor=tax,
    )


def _rounded(amounts: Amounts, method: TaxMethod) -> tuple[int, int]:
    """Net and tax in minor units; of a price that includes its tax, the price is what is rounded."""
    tax = round(amounts.tax)
    return (round(amounts.gross) - tax if method is TaxMethod.INCLUSIVE else round(amounts.net)), tax


def taxes_of(lines: Sequence[InvoiceLine]) -> list[Tax]:
    """What the lines come to at each tax rate, the highest first."""
    rates = {line.tax_rate for line in lines}
    return [
        {
            "rate": rate,
            "net_minor": sum(line.net_minor for line in lines if line.tax_rate == rate),
            "tax_minor": sum(line.tax_minor for line in lines if line.tax_rate == rate),
        }
        for rate in sorted(rates, key=lambda rate: -1 if rate is None else rate, reverse=True)
    ]
