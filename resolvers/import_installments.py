"""Rows of the discounts and the installments of deals, read and put onto them; those known are updated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from models.products import DealDiscount, DealInstallment, DiscountType
from resolvers import import_values, sales, text
from resolvers.errors import ErrorCode, refuse
from resolvers.import_below import BelowRow, deal_ref
from resolvers.import_cells import Layout, Reader, Said, member, single, stated_amount
from resolvers.import_fields import ImportField
from resolvers.import_parts import (
    PartWriter,
    currency_of,
    next_position,
    read_part,
    require_currency,
)
from resolvers.invoiced_installments import invoiced, refuse_invoiced
from resolvers.opportunities import Columns
from resolvers.sale_fields import discount_columns, discount_draft, installment_columns, installment_draft
from resolvers.sales import Sale
from resolvers.spreadsheets import Row


@dataclass(frozen=True)
class DiscountRow(BelowRow):
    """What one row says of a discount of a whole deal; a `currency` is that of an amount."""

    description: str | None = None
    discount: Decimal | None = None
    discount_type: DiscountType | None = None
    currency: str | None = None

    drafted = ("description", "discount", "discount_type")


@dataclass(frozen=True)
class InstallmentRow(BelowRow):
    """What one row says of an installment."""

    description: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    bills_on: date | None = None

    drafted = ("description", "amount", "bills_on")


def read_discount(row: Row, layout: Layout) -> DiscountRow:
    """What a row says of a discount; raises BadRow with everything that is wrong with it."""
    return read_part(row, layout, _OF_DISCOUNTS, DiscountRow)


def read_installment(row: Row, layout: Layout) -> InstallmentRow:
    """What a row says of an installment; raises BadRow with everything that is wrong with it."""
    return read_part(row, layout, _OF_INSTALLMENTS, InstallmentRow)


def _amount(said: Said, currency: str) -> dict[str, Any]:
    """The amount, and its currency where the row states one: else it is the deal's."""
    number, stated = stated_amount(said, ImportField.VALUE) or (None, None)
    return {"amount": number, "currency": stated}


_SHARED = (
    (ImportField.DEAL_ID, deal_ref),
    single(ImportField.DESCRIPTION, "description", text.line),
    single(ImportField.EXTERNAL_ID, "external_id"),
)
_OF_DISCOUNTS: dict[ImportField, Reader] = dict(
    (
        *_SHARED,
        single(ImportField.DISCOUNT, "discount", import_values.percent),
        single(ImportField.DISCOUNT_TYPE, "discount_type", partial(member, DiscountType)),
        single(ImportField.CURRENCY, "currency", import_values.currency),
    )
)
_OF_INSTALLMENTS: dict[ImportField, Reader] = dict(
    (*_SHARED, (ImportField.VALUE, _amount), single(ImportField.BILLS_ON, "bills_on", import_values.day))
)


class DiscountWriter(PartWriter[DiscountRow]):
    """Puts discounts onto deals; a new one is in percent unless its row says otherwise."""

    kind = sales.DISCOUNT

    async def _new(self, place: Sale, row: DiscountRow) -> DealDiscount:
        if row.description is None or row.discount is None:
            raise refuse(ErrorCode.INVALID, "A new discount needs a description and what it takes off.")
        return DealDiscount(
            **self._own(place, row),
            position=next_position(place.discounts),
            currency=await currency_of(place, row.currency),
            description=row.description,
            discount_type=row.discount_type or DiscountType.PERCENTAGE,
            discount=0,
        )

    def _columns(self, row: DiscountRow, child: DealDiscount) -> Columns:
        kind = row.discount_type or child.discount_type
        if kind is not child.discount_type and row.discount is None:
            raise refuse(ErrorCode.INVALID, "Give the discount together with its type.")
        if kind is DiscountType.AMOUNT:
            require_currency(row.currency, child.currency)
        return discount_columns({**discount_draft(child), **row.draft}, child.currency)


class InstallmentWriter(PartWriter[InstallmentRow]):
    """Puts installments onto deals; one that is invoiced stays as it is."""

    kind = sales.INSTALLMENT
    _invoiced: set[UUID]

    async def _look_up(self, said: Sequence[InstallmentRow]) -> None:
        self._invoiced = await invoiced([part.id for part in self._there.values()])

    async def _new(self, place: Sale, row: InstallmentRow) -> DealInstallment:
        if row.description is None or row.amount is None or row.bills_on is None:
            raise refuse(ErrorCode.INVALID, "A new installment needs a description, an amount and a day.")
        return DealInstallment(
            **self._own(place, row),
            currency=await currency_of(place, row.currency),
            description=row.description,
            amount_minor=0,
            bills_on=row.bills_on,
        )

    def _columns(self, row: InstallmentRow, child: DealInstallment) -> Columns:
        require_currency(row.currency, child.currency)
        return installment_columns({**installment_draft(child), **row.draft}, child.currency)

    def _require_changeable(self, place: Sale, child: DealInstallment) -> None:
        if child.id in self._invoiced:
            raise refuse_invoiced(child)
