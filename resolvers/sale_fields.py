"""Discounts on whole deals, and installments, as clients give them, read into columns; and the way back."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict

from models.products import DealDiscount, DealInstallment, DiscountType
from resolvers import money, text, thousandths
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults
from resolvers.line_fields import discount_of
from resolvers.opportunities import Columns

DISCOUNT_COLUMNS = ("description", "discount_type", "discount", "currency")
INSTALLMENT_COLUMNS = ("description", "amount_minor", "currency", "bills_on")


class DiscountDraft(TypedDict, total=False):
    """A discount: above zero, in percent or an amount in the deal's currency."""

    description: str
    discount_type: DiscountType
    discount: Decimal


class InstallmentDraft(TypedDict, total=False):
    """An installment: an amount above zero in the deal's currency, billed on a day."""

    description: str
    amount: Decimal
    bills_on: date


def discount_columns(draft: Mapping[str, Any], currency: str, *path: str | int) -> Columns:
    """The columns of a discount; refuses with every fault of it."""
    faults = Faults()
    with faults.noted():
        description = text.line(draft["description"], *path, "description")
    with faults.noted():
        discount = discount_of(draft["discount"], draft["discount_type"], currency, *path, "discount")
        _require_some(discount, *path, "discount")
    faults.raise_any()
    return dict(zip(DISCOUNT_COLUMNS, (description, draft["discount_type"], discount, currency), strict=True))


def installment_columns(draft: Mapping[str, Any], currency: str, *path: str | int) -> Columns:
    """The columns of an installment; refuses with every fault of it."""
    faults = Faults()
    with faults.noted():
        description = text.line(draft["description"], *path, "description")
    with faults.noted():
        minor = money.minor_of(draft["amount"], currency, *path, "amount")
        _require_some(minor, *path, "amount")
    faults.raise_any()
    return dict(zip(INSTALLMENT_COLUMNS, (description, minor, currency, draft["bills_on"]), strict=True))


def _require_some(given: int, *path: str | int) -> None:
    if given == 0:
        raise refuse(ErrorCode.INVALID, "This must be more than zero.", *path)


def discount_draft(kept: DealDiscount) -> DiscountDraft:
    """A discount that is kept, as a client would give it."""
    is_share = kept.discount_type is DiscountType.PERCENTAGE
    shown = thousandths.to_text(kept.discount) if is_share else money.to_text(kept.discount, kept.currency)
    return {"description": kept.description, "discount_type": kept.discount_type, "discount": Decimal(shown)}


def installment_draft(kept: DealInstallment) -> InstallmentDraft:
    """An installment that is kept, as a client would give it."""
    amount = Decimal(money.to_text(kept.amount_minor, kept.currency))
    return {"description": kept.description, "amount": amount, "bills_on": kept.bills_on}
