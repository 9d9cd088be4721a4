"""Rows of lines, read and put onto deals; those known by an external id are updated."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from models import changes
from models.base import new_id
from models.changes import ChangeKind, Ledger, Subject
from models.deals import Deal
from models.products import BillingFrequency, DealProduct, DiscountType, ProductPrice, TaxMethod
from resolvers import import_values, money, sales, text
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, Refused, refuse
from resolvers.import_cells import BadRow, Layout, Reader, Said, external_key, key_of, member, one, read_facts, single
from resolvers.import_fields import ImportField
from resolvers.import_known import Outcome, find_known, own_key, skip
from resolvers.import_products import Catalogue
from resolvers.line_fields import blank_line, line_columns
from resolvers.sales import Sale
from resolvers.spreadsheets import Row


@dataclass(frozen=True)
class LineRow:
    """What one row says of a line of a deal; null where it says nothing. `deal` and `product` are external ids."""

    deal: str | None = None
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
    external_id: str | None = None
    key: str = ""

    @property
    def draft(self) -> dict[str, Any]:
        """What it says of the line, as a client would."""
        values = {name: getattr(self, name) for name in _SAID}
        return {name: value for name, value in values.items() if value is not None}


_SAID = (
    *("item_price", "quantity", "discount", "discount_type", "tax_rate", "tax_method", "is_enabled"),
    *("billing_frequency", "billing_cycles", "billing_starts_on"),
)
Pair = tuple[Row, LineRow]


def read_line(row: Row, layout: Layout) -> LineRow:
    """What a row says of a line; raises BadRow with everything that is wrong with it."""
    facts = read_facts(row, layout, _READERS)
    if not facts["deal"]:
        raise BadRow("A line is of a deal, and this row names none by its id.")
    return LineRow(**facts, key=key_of(facts))


def _refs(said: Said, currency: str) -> dict[str, Any]:
    code = text.optional_line(one(said, ImportField.CODE))
    return {"deal": one(said, ImportField.DEAL_ID), "product": one(said, ImportField.PRODUCT_ID), "code": code}


def _price(said: Said, currency: str) -> dict[str, Any]:
    cells = said.get(ImportField.PRICE)
    if not cells:
        return {"item_price": None}
    number, stated = import_values.amount(cells[0])
    column = one(said, ImportField.CURRENCY)
    code = import_values.currency(column) if column else stated or currency
    if stated and stated != code:
        raise refuse(ErrorCode.INVALID, f"The price is in {stated}, and the currency column says {code}.")
    money.to_minor({"amount": number, "currency": code})
    return {"item_price": {"amount": number, "currency": code}}


def _cycles(written: str) -> int:
    if not (written.isascii() and written.isdecimal() and len(written) < 4):
        raise refuse(ErrorCode.INVALID, "This is no number of billings, such as 12.")
    return int(written)


_READERS: dict[ImportField, Reader] = dict(
    (
        (ImportField.DEAL_ID, _refs),
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


class LineWriter:
    """Puts lines onto the deals that a viewer sees. What a deal may not sell leaves all its rows of a batch out.

    A product that is no longer active is taken too: what comes from elsewhere was sold when it was.
    """

    def __init__(self, viewer: Viewer, is_dry_run: bool) -> None:
        self._viewer = viewer
        self._is_dry_run = is_dry_run

    async def write(self, ledger: Ledger, rows: Sequence[tuple[Row, Any]]) -> Outcome:
        """Add the lines that are new and update those known; to be called in the ledger's transaction."""
        outcome = Outcome()
        said: list[LineRow] = [row for _, row in rows]
        deals = await find_known(self._viewer, Deal, {row.deal for row in said if row.deal})
        refs = [row.product for row in said if row.product]
        codes = [row.code for row in said if row.code]
        book = await Catalogue.read(self._viewer, [external_key(ref) for ref in refs], refs, codes)
        prices = {
            (price.product_id, price.currency): price.price_minor
            for price in await ProductPrice.filter(product_id__in=list(book.by_id))
        }
        there = await self._there(said)
        of_deal: dict[UUID, list[Pair]] = {}
        found: dict[UUID, Deal] = {}
        for each in rows:
            deal = deals.get(each[1].deal)
            if deal is None:
                skip(each, "There is no such deal, or you may not see it: import deals first.", outcome)
            else:
                found[deal.id] = deal
                of_deal.setdefault(deal.id, []).append(each)
        for key, sale in (await sales.sales_of(list(found.values()))).items():
            await _Selling(sale, book, prices, there).sell(ledger, of_deal[key], outcome, self._is_dry_run)
        return outcome

    async def _there(self, said: Sequence[LineRow]) -> dict[str, DealProduct]:
        """The lines that these rows are, by the rows' identities."""
        own = {key: row.key for row in said if row.external_id and (key := own_key(DealProduct, row.external_id))}
        lines = DealProduct.filter(account_id=self._viewer.account_id)
        found = {own[line.id]: line for line in await lines.filter(id__in=list(own))}
        keyed = await lines.filter(import_key__in=[row.key for row in said])
        return found | {line.import_key: line for line in keyed if line.import_key}


@dataclass
class _Selling:
    """The rows of one deal being put onto it."""

    sale: Sale
    book: Catalogue
    prices: dict[tuple[UUID, str], int]
    there: dict[str, DealProduct]

    async def sell(self, ledger: Ledger, rows: Sequence[Pair], outcome: Outcome, is_dry_run: bool) -> None:
        """Put the rows onto the deal, all that can be, or none where together they may not be sold."""
        before = {line.id: copy(line) for line in self.sale.lines}
        taken = []
        for each in rows:
            try:
                taken.append((each, await self._take(each[1])))
            except Refused as refused:
                skip(each, " ".join(error.message for error in refused.errors), outcome)
        changed = {line.id: line for _, line in taken if _differs(line, before.get(line.id))}
        try:
            sales.figures_of(self.sale, "products")
        except Refused as refused:
            for each, _ in taken:
                skip(each, " ".join(error.message for error in refused.errors), outcome)
            return
        new = {key for key in changed if key not in before}
        counted: set[UUID] = set()
        for _, line in taken:
            is_first = line.id not in counted
            counted.add(line.id)
            outcome.created += is_first and line.id in new
            outcome.updated += is_first and line.id in changed and line.id not in new
            outcome.unchanged += not is_first or line.id not in changed
        outcome.made["lines"] += len(new)
        if changed and not is_dry_run:
            await self._keep(ledger, [changed[key] for key in changed if key not in new], before, new)

    async def _keep(
        self, ledger: Ledger, altered: Sequence[DealProduct], before: dict[UUID, DealProduct], new: set[UUID]
    ) -> None:
        fresh = [line for line in self.sale.lines if line.id in new]
        subjects = [changes.added("deal_product", changes.snapshot(line)) for line in fresh]
        for line in altered:
            was = changes.snapshot(before[line.id])
            subjects.append(Subject("deal_product", str(line.id), was, changes.snapshot(line)))
            await line.save()
        await DealProduct.bulk_create(fresh)
        await sales.settle(ledger, self.sale, ChangeKind.PRODUCTS_CHANGED, subjects, "products")

    async def _take(self, row: LineRow) -> DealProduct:
        """The line of the deal that a row is, as it says."""
        known = self.there.get(row.key)
        if known is None:
            line = await self._new(row)
            line.update_from_dict(line_columns(row.draft, line))
            self.sale.lines.append(line)
            self.there[row.key] = line
            return line
        line = next((each for each in self.sale.lines if each.id == known.id), known)
        if line.deal_id != self.sale.deal.id:
            raise refuse(ErrorCode.INVALID, "This line is of another deal.")
        line.update_from_dict(line_columns(row.draft, line))
        return line

    async def _new(self, row: LineRow) -> DealProduct:
        product = self.book.find(row.product, row.code)
        if product is None:
            raise refuse(ErrorCode.NOT_FOUND, "There is no such product: import products first.")
        stated = row.item_price["currency"] if row.item_price else None
        currency = self.sale.currency or stated or await sales.currency_for(self.sale)
        price = self.prices.get((product.id, currency))
        if price is None and row.item_price is None:
            raise refuse(ErrorCode.INVALID, f"This product has no price in {currency}: give a price.")
        line = blank_line(product, currency, price or 0)
        line.id, line.deal_id, line.import_key = new_id(), self.sale.deal.id, row.key
        line.position = max((each.position for each in self.sale.lines), default=-1) + 1
        return line


def _differs(line: DealProduct, before: DealProduct | None) -> bool:
    return before is None or changes.snapshot(line) != changes.snapshot(before)
