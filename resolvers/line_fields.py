"""A line of a deal as a client gives it, read into columns."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict

from models.products import BillingFrequency, DealProduct, DiscountType, Product, TaxMethod
from resolvers import money, pricing, thousandths
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults
from resolvers.opportunities import Columns

MOST_CYCLES = 208


class LineFields(TypedDict, total=False):
    """What a client says of a line. A discount is in percent, or an amount off the whole line."""

    quantity: Decimal | None
    item_price: money.MoneyDraft | None
    discount: Decimal | None
    discount_type: DiscountType | None
    tax_rate: Decimal | None
    tax_method: TaxMethod | None
    is_enabled: bool | None
    billing_frequency: BillingFrequency | None
    billing_cycles: int | None
    billing_starts_on: date | None


# What is never null: null stands for the default in a new line, and for no change in one that is there.
_PLAIN = ("discount_type", "tax_method", "is_enabled", "billing_frequency")


def line_columns(given: Mapping[str, Any], line: DealProduct, *path: str | int) -> Columns:
    """The columns of a line after what was given; refuses with every fault of it, and changes nothing.

    The line has its currency, and its price where none is given.
    """
    faults = Faults()
    found: Columns = {name: getattr(line, name) for name in _COLUMNS}
    found |= {name: given[name] for name in _PLAIN if given.get(name) is not None}
    if given.get("billing_frequency") is BillingFrequency.ONE_TIME:
        found["billing_cycles"] = None
    found |= {name: given[name] for name in ("billing_cycles", "billing_starts_on") if name in given}
    with faults.noted():
        found |= _price(given.get("item_price"), line.currency, *path)
    with faults.noted():
        if given.get("quantity") is not None:
            found["quantity"] = thousandths.quantity(given["quantity"], *path, "quantity")
    with faults.noted():
        if given.get("tax_rate") is not None:
            found["tax_rate"] = thousandths.rate(given["tax_rate"], *path, "taxRate")
    with faults.noted():
        found |= _discount(given, found, line, *path)
    with faults.noted():
        _require_billing(found, *path)
    faults.raise_any()
    return found


_COLUMNS = (
    *("price_minor", "quantity", "discount_type", "discount", "tax_rate", "tax_method", "is_enabled"),
    *("billing_frequency", "billing_cycles", "billing_starts_on"),
)


def _price(given: money.MoneyDraft | None, currency: str, *path: str | int) -> Columns:
    if given is None:
        return {}
    minor, stated = money.to_minor(given, *path, "itemPrice")
    if stated != currency:
        message = f"A deal has one currency, and this one sells in {currency}."
        raise refuse(ErrorCode.INVALID, message, *path, "itemPrice", "currency")
    return {"price_minor": minor}


def _discount(given: Mapping[str, Any], found: Mapping[str, Any], line: DealProduct, *path: str | int) -> Columns:
    kind, minor = found["discount_type"], line.discount
    if "discount" in given:
        minor = discount_of(given["discount"] or Decimal(0), kind, line.currency, *path, "discount")
    elif kind is not line.discount_type and line.discount:
        raise refuse(ErrorCode.INVALID, "Give the discount together with its type.", *path, "discount")
    if kind is DiscountType.AMOUNT and minor > pricing.list_price(found["price_minor"], found["quantity"]):
        raise refuse(ErrorCode.INVALID, "A discount takes off no more than the line's price.", *path, "discount")
    return {"discount": minor}


def discount_of(given: Decimal, kind: DiscountType, currency: str, *path: str | int) -> int:
    """A discount as it is kept: thousandths of a percent, or minor units."""
    if kind is DiscountType.PERCENTAGE:
        return thousandths.rate(given, *path)
    return money.minor_of(given, currency, *path)


def _require_billing(found: Mapping[str, Any], *path: str | int) -> None:
    frequency, cycles = found["billing_frequency"], found["billing_cycles"]
    if cycles is not None and not 1 <= cycles <= MOST_CYCLES:
        message = f"Give from 1 to {MOST_CYCLES} billings, or null for as long as it lasts."
        raise refuse(ErrorCode.INVALID, message, *path, "billingCycles")
    if frequency is BillingFrequency.ONE_TIME and cycles is not None:
        message = "What is sold once is billed once: leave the cycles out, or give another frequency."
        raise refuse(ErrorCode.INVALID, message, *path, "billingCycles")
    if frequency is BillingFrequency.WEEKLY and cycles is None:
        message = "What is billed weekly needs a number of billings."
        raise refuse(ErrorCode.INVALID, message, *path, "billingCycles")


def blank_line(product: Product, currency: str, price_minor: int) -> DealProduct:
    """A line of one unit of a product at a price, not yet of a deal, nor written."""
    return DealProduct(
        account_id=product.account_id,
        product_id=product.id,
        currency=currency,
        price_minor=price_minor,
        tax_rate=product.tax_rate,
    )
