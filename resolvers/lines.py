"""The lines of a deal: products that it sells, added, changed, put in order, removed."""

from collections.abc import Mapping, Sequence
from typing import TypedDict
from uuid import UUID

from models import changes
from models.changes import ChangeKind, Subject
from models.products import DealProduct, Product
from resolvers import access, commands, ids, money, products, sales
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults
from resolvers.line_fields import LineFields, blank_line, line_columns
from resolvers.sales import Sale

MOST_AT_ONCE = 100


class NewLine(LineFields, total=False):
    """A line to add: a product, and what of it differs from the catalogue."""

    product_id: str


class NewLines(TypedDict, total=False):
    """Lines to add to a deal."""

    deal_id: str
    products: list[NewLine]
    client_mutation_id: str | None


class LinePatch(LineFields, total=False):
    """What a client changes of a line: the fields given, and no others."""

    id: str
    client_mutation_id: str | None


class LineIds(TypedDict, total=False):
    """Lines of one deal."""

    deal_id: str
    ids: list[str]
    client_mutation_id: str | None


async def add_lines(viewer: Viewer, given: NewLines) -> UUID:
    """Sell products in a deal: at most MOST_AT_ONCE lines at once, behind those there are; returns the deal.

    A line has the catalogue's price in the deal's currency, and its tax rate, unless others are given.
    """
    deal_key, keys = _expect(given)
    async with commands.begin(viewer, given) as ledger:
        sale = await sales.lock_sale(viewer, deal_key, "dealId")
        found = await _require_products(viewer, keys)
        fresh = await _lines(sale, given["products"], [found[key] for key in keys])
        await DealProduct.bulk_create(fresh)
        sale.lines += fresh
        added = [changes.added("deal_product", changes.snapshot(line)) for line in fresh]
        await sales.settle(ledger, sale, ChangeKind.PRODUCTS_CHANGED, added, "products")
    return deal_key


def _expect(given: NewLines) -> tuple[UUID, list[UUID]]:
    faults, drafts = Faults(), given["products"]
    with faults.noted():
        deal_key = ids.expect("Deal", given["deal_id"], "dealId")
    with faults.noted():
        _require_some(drafts, "products")
    faults.raise_any()
    keys = []
    for place, draft in enumerate(drafts):
        with faults.noted():
            keys.append(ids.expect("Product", draft["product_id"], "products", place, "productId"))
    faults.raise_any()
    return deal_key, keys


def _require_some(drafts: Sequence[object], *path: str | int) -> None:
    if not drafts:
        raise refuse(ErrorCode.EMPTY, "Give at least one product.", *path)
    if len(drafts) > MOST_AT_ONCE:
        message = f"These are {len(drafts)} lines; at most {MOST_AT_ONCE} fit into one command."
        raise refuse(ErrorCode.TOO_MANY, message, *path)


async def _require_products(viewer: Viewer, keys: Sequence[UUID]) -> Mapping[UUID, Product]:
    found = await products.find_products(viewer, keys)
    faults = Faults()
    for place, key in enumerate(keys):
        with faults.noted():
            if key not in found:
                raise access.not_found("Product", "products", place, "productId")
            if not found[key].is_active:
                message = "This product is not active: it is sold no longer."
                raise refuse(ErrorCode.INVALID, message, "products", place, "productId")
    faults.raise_any()
    return found


async def _lines(sale: Sale, drafts: Sequence[NewLine], chosen: Sequence[Product]) -> list[DealProduct]:
    stated = [draft["item_price"] for draft in drafts if draft.get("item_price")]
    currency = sale.currency or _currency_of(stated) or await sales.currency_for(sale)
    prices = await products.prices_of([product.id for product in chosen], currency)
    next_place = max((line.position for line in sale.lines), default=-1) + 1
    faults, fresh = Faults(), []
    for place, (draft, product) in enumerate(zip(drafts, chosen, strict=True)):
        with faults.noted():
            if draft.get("item_price") is None and product.id not in prices:
                message = f"This product has no price in {currency}: give an itemPrice."
                raise refuse(ErrorCode.INVALID, message, "products", place, "itemPrice")
            line = blank_line(product, currency, prices.get(product.id, 0))
            line.deal_id, line.position = sale.deal.id, next_place + place
            fresh.append(line.update_from_dict(line_columns(draft, line, "products", place)))
    faults.raise_any()
    return fresh


def _currency_of(stated: Sequence[money.MoneyDraft | None]) -> str | None:
    """The currency of the first price a client states, where it is one."""
    code = next((price["currency"] for price in stated if price), None)
    return code if code is not None and money.exponent(code) is not None else None


async def update_line(viewer: Viewer, patch: LinePatch) -> UUID:
    """Change the fields given of a line; returns the deal. What changes nothing leaves no change behind."""
    key = ids.expect("DealProduct", patch["id"], "id")
    async with commands.begin(viewer, patch) as ledger:
        sale, line = await _lock_line(viewer, key)
        before = changes.snapshot(line)
        found = line_columns(patch, line)
        line.update_from_dict(found)
        after = changes.snapshot(line)
        if after != before:
            await line.save(update_fields=list(found))
            changed = [Subject("deal_product", str(key), before, after)]
            await sales.settle(ledger, sale, ChangeKind.PRODUCTS_CHANGED, changed, "id")
    return sale.deal.id


async def _lock_line(viewer: Viewer, key: UUID) -> tuple[Sale, DealProduct]:
    row = await DealProduct.get_or_none(account_id=viewer.account_id, id=key)
    if row is None:
        raise access.not_found("line of a deal", "id")
    sale = await sales.lock_sale(viewer, row.deal_id, "id")
    line = next((line for line in sale.lines if line.id == key), None)
    if line is None:
        raise access.not_found("line of a deal", "id")
    return sale, line


async def remove_lines(viewer: Viewer, given: LineIds) -> UUID:
    """Sell some lines of a deal no longer; returns the deal. Without its last line its value stays, and may be edited.

    Invoices that were made of them stay as they are.
    """
    deal_key, keys = _expect_lines(given)
    async with commands.begin(viewer, given) as ledger:
        sale = await sales.lock_sale(viewer, deal_key, "dealId")
        _require_own(sale, keys)
        gone = [line for line in sale.lines if line.id in keys]
        sale.lines = [line for line in sale.lines if line.id not in keys]
        await DealProduct.filter(id__in=[line.id for line in gone]).delete()
        removed = [changes.removed("deal_product", changes.snapshot(line)) for line in gone]
        await sales.settle(ledger, sale, ChangeKind.PRODUCTS_CHANGED, removed, "ids")
    return deal_key


def _expect_lines(given: LineIds) -> tuple[UUID, Mapping[UUID, int]]:
    faults = Faults()
    with faults.noted():
        deal_key = ids.expect("Deal", given["deal_id"], "dealId")
    with faults.noted():
        keys = commands.keys_of("DealProduct", given["ids"], "ids")
    faults.raise_any()
    return deal_key, keys


def _require_own(sale: Sale, keys: Mapping[UUID, int]) -> None:
    own, faults = {line.id for line in sale.lines}, Faults()
    for key, place in keys.items():
        with faults.noted():
            if key not in own:
                raise access.not_found("line of this deal", "ids", place)
    faults.raise_any()


async def order_lines(viewer: Viewer, given: LineIds) -> UUID:
    """Put lines of a deal into this order, before all others; returns the deal."""
    deal_key, keys = _expect_lines(given)
    async with commands.begin(viewer, given) as ledger:
        sale = await sales.lock_sale(viewer, deal_key, "dealId")
        _require_own(sale, keys)
        there = {line.id: line for line in sale.lines}
        sale.lines = [*(there[key] for key in keys), *(line for line in sale.lines if line.id not in keys)]
        moved = []
        for position, line in enumerate(sale.lines):
            if line.position != position:
                before = changes.snapshot(line)
                line.position = position
                await line.save(update_fields=["position"])
                moved.append(Subject("deal_product", str(line.id), before, changes.snapshot(line)))
        await sales.settle(ledger, sale, ChangeKind.PRODUCTS_CHANGED, moved, "ids")
    return deal_key
