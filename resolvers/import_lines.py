"""Rows of lines, read and put onto deals; those known by an external id are updated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from models.products import BillingFrequency, DealProduct, DiscountType, ProductPrice, TaxMethod
from resolvers import import_values, money, sales, text
from resolvers.errors import ErrorCode, refuse
from resolvers.import_below import BelowRow, deal_ref
from resolvers.import_cells import Layout, Reader, Said, external_key, member, single, stated_amount
from resolvers.import_fields import ImportField
from resolvers.import_parts import PartWriter, currency_of, next_position, read_part
from resolvers.import_products import Catalogue
from resolvers.line_fields import blank_line, line_columns
from resolvers.opportunities import Columns
from resolvers.sales import Sale
from resolvers.spreadsheets import Row


@dataclass(frozen=True)
class LineRow(BelowRow):
    """What one row says of a line of a deal; `product` is an external id."""

    product: str | None = None
    code: str | None = None
    item_price: money.MoneyDraft | None = None
    quantity: Decimal | None = None
    discount: Decimal | None = None
    discount_type: DiscountType | None = None
    tax_rate: Decimal | None = None
    tax_method: TaxMethod | None = None
    is_enabled: bool | None = None
    billing_frequency: BillingFrequency | None = None
    billing_cycles: int | None = None
    billing_starts_on: date | None = None

    drafted = (
        *("item_price", "quantity", "discount", "discount_type", "tax_rate", "tax_method", "is_enabled"),
        *("billing_frequency", "billing_cycles", "billing_starts_on"),
    )


def read_line(row: Row, layout: Layout) -> LineRow:
    """What a row says of a line; raises BadRow with everything that is wrong with it."""
    return read_part(row, layout, _READERS, LineRow)


def _price(said: Said, currency: str) -> dict[str, Any]:
    found = stated_amount(said, ImportField.PRICE)
    if found is None:
        return {"item_price": None}
    price: money.MoneyDraft = {"amount": found[0], "currency": found[1] or currency}
    money.to_minor(price)
    return {"item_price": price}


def _cycles(written: str) -> int:
    if not (written.isascii() and written.isdecimal() and len(written) < 4):
        raise refuse(ErrorCode.INVALID, "This is no number of billings, such as 12.")
    return int(written)


_READERS: dict[ImportField, Reader] = dict(
    (
        (ImportField.DEAL_ID, deal_ref),
        single(ImportField.PRODUCT_ID, "product"),
        single(ImportField.CODE, "code", text.line),
        (ImportField.PRICE, _price),
        single(ImportField.QUANTITY, "quantity", import_values.number),
        single(ImportField.DISCOUNT, "discount", import_values.percent),
        single(ImportField.DISCOUNT_TYPE, "discount_type", partial(member, DiscountType)),
        single(ImportField.TAX_RATE, "tax_rate", import_values.percent),
        single(ImportField.TAX_METHOD, "tax_method", partial(member, TaxMethod)),
        single(ImportField.ENABLED, "is_enabled", import_values.flag),
        single(ImportField.BILLING_FREQUENCY, "billing_frequency", partial(member, BillingFrequency)),
        single(ImportField.BILLING_CYCLES, "billing_cycles", _cycles),
        single(ImportField.BILLING_STARTS_ON, "billing_starts_on", import_values.day),
        single(ImportField.EXTERNAL_ID, "external_id"),
    )
)


class LineWriter(PartWriter[LineRow]):
    """Puts lines onto deals.

    A product that is no longer active is taken too: what comes from elsewhere was sold when it was.
    """

    kind = sales.LINE
    _book: Catalogue
    _prices: dict[tuple[UUID, str], int]

    async def _look_up(self, said: Sequence[LineRow]) -> None:
        refs = [row.product for row in said if row.product]
        codes = [row.code for row in said if row.code]
        self._book = await Catalogue.read(self._viewer, [external_key(ref) for ref in refs], refs, codes)
        kept = await ProductPrice.filter(product_id__in=list(self._book.by_id))
        self._prices = {(price.product_id, price.currency): price.price_minor for price in kept}

    async def _new(self, place: Sale, row: LineRow) -> DealProduct:
        product = self._book.find(row.product, row.code)
        if product is None:
            raise refuse(ErrorCode.NOT_FOUND, "There is no such product: import products first.")
        currency = await currency_of(place, row.item_price["currency"] if row.item_price else None)
        price = self._prices.get((product.id, currency))
        if price is None and row.item_price is None:
            raise refuse(ErrorCode.INVALID, f"This product has no price in {currency}: give a price.")
        line = blank_line(product, currency, price or 0)
        line.update_from_dict({**self._own(place, row), "position": next_position(place.lines)})
        return line

    def _columns(self, row: LineRow, child: DealProduct) -> Columns:
        return line_columns(row.draft, child)
