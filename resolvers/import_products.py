"""Rows of products, read and put into the catalogue; those known by an external id or a code are updated."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from models import changes
from models.base import new_id
from models.changes import ChangeKind, Ledger
from models.products import Product, ProductPrice
from resolvers import commands, import_values, money, products, text, thousandths
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.import_cells import Layout, Reader, Said, external_key, key_of, read_facts, single
from resolvers.import_fields import ImportField
from resolvers.import_known import Outcome, own_key, skip
from resolvers.opportunities import FOLDED_LENGTH
from resolvers.spreadsheets import Row


@dataclass(frozen=True)
class ProductRow:
    """What one row says of a product; null where it says nothing. `prices` are in minor units by currency."""

    name: str | None = None
    code: str | None = None
    description: str | None = None
    unit: str | None = None
    tax_rate: int | None = None
    is_active: bool | None = None
    prices: dict[str, int] = field(default_factory=dict)
    external_id: str | None = None
    key: str = ""


def read_product(row: Row, layout: Layout) -> ProductRow:
    """What a row says of a product; raises BadRow with everything that is wrong with it."""
    facts = read_facts(row, layout, _READERS)
    return ProductRow(**facts, key=key_of(facts))


def _described(said: Said, currency: str) -> dict[str, Any]:
    cells = said.get(ImportField.DESCRIPTION)
    return {"description": text.text(cells[0]) if cells else None}


def _prices(said: Said, currency: str) -> dict[str, Any]:
    """The prices in minor units by currency; several stand on lines of their own, or between semicolons."""
    found: dict[str, int] = {}
    for cell in said.get(ImportField.PRICE, ()):
        for written in filter(str.strip, cell.replace(";", "\n").split("\n")):
            number, stated = import_values.amount(written)
            minor, code = money.to_minor({"amount": number, "currency": stated or currency})
            if code in found:
                raise refuse(ErrorCode.INVALID, f"There is one price in {code}.")
            found[code] = minor
    return {"prices": found}


def _tax_rate(written: str) -> int:
    return thousandths.rate(import_values.percent(written))


_READERS: dict[ImportField, Reader] = dict(
    (
        single(ImportField.PRODUCT, "name", text.line),
        single(ImportField.CODE, "code", partial(text.line, length=products.CODE_LENGTH)),
        (ImportField.DESCRIPTION, _described),
        single(ImportField.UNIT, "unit", partial(text.line, length=products.UNIT_LENGTH)),
        single(ImportField.TAX_RATE, "tax_rate", _tax_rate),
        single(ImportField.ACTIVE, "is_active", import_values.flag),
        (ImportField.PRICE, _prices),
        single(ImportField.EXTERNAL_ID, "external_id"),
    )
)


@dataclass
class Catalogue:
    """Products that rows speak of, by their identities and by their codes."""

    by_key: dict[str, Product]
    by_id: dict[UUID, Product]
    by_code: dict[str, Product]

    @classmethod
    async def read(
        cls, viewer: Viewer, keys: Sequence[str], external_ids: Sequence[str], codes: Sequence[str]
    ) -> "Catalogue":
        """The products of the viewer's account that have one of these."""
        own = [key for each in external_ids if (key := own_key(Product, each)) is not None]
        found: dict[UUID, Product] = {}
        for condition in ({"import_key__in": list(keys)}, {"id__in": own}, {"code__in": list(codes)}):
            rows = await Product.filter(account_id=viewer.account_id, **condition).order_by("id").select_for_update()
            found |= {row.id: row for row in rows if row.id not in found}
        book = cls({}, found, {})
        for product in found.values():
            book.add(product)
        return book

    def add(self, product: Product) -> None:
        """Know a product."""
        self.by_id[product.id] = product
        if product.import_key:
            self.by_key[product.import_key] = product
        if product.code:
            self.by_code[product.code] = product

    def find(self, external_id: str | None, code: str | None, key: str = "") -> Product | None:
        """The product of an external id, of this very account or another; or else of a code, if it has no other id."""
        own = own_key(Product, external_id) if external_id else None
        key = external_key(external_id) if external_id else key
        found = self.by_key.get(key) or (self.by_id.get(own) if own else None)
        coded = self.by_code.get(code) if code else None
        return found or (coded if coded and (coded.import_key is None or not external_id) else None)


class ProductWriter:
    """Puts products into the catalogue for one viewer, who is an admin.

    A dry run remembers what it would have made.
    """

    def __init__(self, viewer: Viewer, is_dry_run: bool) -> None:
        self._viewer = viewer
        self._is_dry_run = is_dry_run
        self._would_be: list[Product] = []

    async def write(self, ledger: Ledger, rows: Sequence[tuple[Row, Any]]) -> Outcome:
        """Make products of the rows that are new and update those known; to be called in the ledger's transaction."""
        outcome = Outcome()
        said = [row for _, row in rows]
        book = await Catalogue.read(
            self._viewer,
            [row.key for row in said],
            [row.external_id for row in said if row.external_id],
            [row.code for row in said if row.code],
        )
        for made in self._would_be:
            book.add(made)
        prices: dict[UUID, list[ProductPrice]] = {key: [] for key in book.by_id}
        for price in await ProductPrice.filter(product_id__in=list(book.by_id)).order_by("currency"):
            prices[price.product_id].append(price)
        for each in rows:
            row = each[1]
            product: Product | None = book.find(row.external_id, row.code, row.key)
            holder = book.by_code.get(row.code) if row.code else None
            if holder is not None and (product is None or holder.id != product.id):
                skip(each, "Another product has this code.", outcome)
            elif product is None and not row.name:
                skip(each, "A product needs a name, and this row has none.", outcome)
            elif product is None:
                made = await self._make(ledger, row)
                book.add(made)
                prices[made.id] = await ProductPrice.filter(product_id=made.id).order_by("currency")
                outcome.created += 1
                outcome.made["products"] += 1
            else:
                changed = await self._update(ledger, row, product, prices[product.id])
                book.add(product)
                outcome.updated += changed
                outcome.unchanged += not changed
        return outcome

    async def _make(self, ledger: Ledger, row: ProductRow) -> Product:
        found = _columns(row)
        product = Product(id=new_id(), account_id=self._viewer.account_id, import_key=row.key, **found)
        if self._is_dry_run:
            self._would_be.append(product)
            return product
        await product.save(force_create=True)
        subjects = await products.replace_prices(product, (), row.prices)
        ledger.record(ChangeKind.PRODUCT_ADDED, changes.added("product", changes.snapshot(product)), *subjects)
        return product

    async def _update(self, ledger: Ledger, row: ProductRow, product: Product, before: list[ProductPrice]) -> bool:
        """Update what a row says something of; prices in other currencies stay. Whether that changed anything."""
        found = _columns(row)
        if row.external_id and product.import_key is None and own_key(Product, row.external_id) != product.id:
            found["import_key"] = row.key
        kept = {price.currency: price.price_minor for price in before}
        wanted = {**kept, **row.prices}
        changed = wanted != kept or any(getattr(product, name) != value for name, value in found.items())
        if changed and not self._is_dry_run:
            subjects = await products.replace_prices(product, before, wanted)
            revised = await commands.revise("product", product, found, touched=bool(subjects))
            before[:] = await ProductPrice.filter(product_id=product.id).order_by("currency")
            if revised is not None:
                ledger.record(ChangeKind.PRODUCT_UPDATED, revised, *subjects)
        return changed


def _columns(row: ProductRow) -> dict[str, Any]:
    """The columns that a row says something of."""
    names = ("name", "code", "description", "unit", "tax_rate", "is_active")
    found = {name: getattr(row, name) for name in names if getattr(row, name) is not None}
    return found | ({"folded_name": text.fold(row.name)[:FOLDED_LENGTH]} if row.name else {})
