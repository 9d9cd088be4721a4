"""Taking back what an import made and changed of the catalogue, and of what deals sell."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from models import changes
from models.changes import ChangeKind, Ledger, Subject, Values
from models.deals import Deal
from models.imports import Import
from models.products import DealProduct, Product, ProductPrice
from resolvers import commands, products, sales
from resolvers.errors import Refused
from resolvers.invoiced_installments import invoiced
from resolvers.sales import PartKind, Sale

_MOVED = frozenset({"version", "updated_at"})


def as_column(row: Any, name: str, value: Any) -> Any:
    """What the log has of a column, as the row has it."""
    return row._meta.fields_map[name].to_python_value(value)


def kept_as_changed(row: Any, subject: Subject) -> Values:
    """The columns that a change gave a row and that it still has, with what they were before."""
    current, before, after = changes.snapshot(row), subject.before or {}, subject.after or {}
    names = subject.changed & current.keys() - _MOVED
    return {name: as_column(row, name, before[name]) for name in names if current[name] == after[name]}


async def undo_sales(ledger: Ledger, job: Import, kind: PartKind, subjects: Sequence[Subject]) -> None:
    """Take the parts of one kind that an import added off their deals, and give those it changed back what they were.

    An installment of which an invoice stands stays as it is.
    """
    keys = [UUID(each.id) for each in subjects]
    parts = await kind.model.filter(account_id=job.account_id, id__in=keys)
    deal_keys = sorted({part.deal_id for part in parts})
    deals = await Deal.filter(id__in=deal_keys, removed_at=None).order_by("id").select_for_update()
    standing = await invoiced(keys) if kind is sales.INSTALLMENT else set()
    for sale in (await sales.sales_of(deals)).values():
        there = {str(part.id): part for part in kind.of(sale) if part.id not in standing}
        await _undo_sale(ledger, sale, kind, [each for each in reversed(subjects) if each.id in there])


async def _undo_sale(ledger: Ledger, sale: Sale, kind: PartKind, subjects: Sequence[Subject]) -> None:
    there = {str(part.id): part for part in kind.of(sale)}
    gone: dict[UUID, Any] = {}
    altered: dict[UUID, Any] = {}
    told: list[Subject] = []
    for subject in subjects:
        part = there[subject.id]
        before = changes.snapshot(part)
        if subject.before is None:
            if before == subject.after:
                gone[part.id] = part
                told.append(changes.removed(kind.noun, before))
        elif found := kept_as_changed(part, subject):
            part.update_from_dict(found)
            altered[part.id] = part
            told.append(Subject(kind.noun, subject.id, before, changes.snapshot(part)))
    kind.of(sale)[:] = [part for part in kind.of(sale) if part.id not in gone]
    try:
        sales.figures_of(sale)
    except Refused:  # what was added since would no longer fit: it stays as it is
        return
    for part in altered.values():
        await part.save()
    await kind.model.filter(id__in=list(gone)).delete()
    await sales.settle(ledger, sale, kind.change, told)


async def undo_products(ledger: Ledger, job: Import, catalogue: Sequence[Sequence[Subject]]) -> None:
    """Take back what was done to products, the latest first; `catalogue` has the subjects of each change."""
    for subjects in reversed(catalogue):
        head = next(each for each in subjects if each.type == "product")
        row = await Product.filter(id=UUID(head.id), account_id=job.account_id).select_for_update().get_or_none()
        if row is None:
            continue
        prices = await ProductPrice.filter(product_id=row.id).order_by("currency")
        told = [each for each in subjects if each.type == "product_price"]
        if head.before is None:
            await _take_out(ledger, row, prices, head, told)
        else:
            await _give_back(ledger, row, prices, head, told)


async def _take_out(
    ledger: Ledger, product: Product, prices: Sequence[ProductPrice], head: Subject, told: Sequence[Subject]
) -> None:
    """Remove a product that is as it was made, and that no deal sells."""
    current, after = changes.snapshot(product), head.after or {}
    is_as_made = all(current[name] == after.get(name) for name in current if name not in _MOVED)
    if not is_as_made or _amounts(prices) != _said(told, "after"):
        return
    if await DealProduct.filter(product_id=product.id).exists():
        return
    gone = [changes.removed("product_price", changes.snapshot(price)) for price in prices]
    await ProductPrice.filter(product_id=product.id).delete()
    await product.delete()
    ledger.record(ChangeKind.PRODUCT_UPDATED, changes.removed("product", current), *gone)


async def _give_back(
    ledger: Ledger, product: Product, prices: Sequence[ProductPrice], head: Subject, told: Sequence[Subject]
) -> None:
    now, before, after = _amounts(prices), _said(told, "before"), _said(told, "after")
    unchanged = {currency for currency in {*before, *after} if now.get(currency) == after.get(currency)}
    wanted = {currency: minor for currency, minor in now.items() if currency not in unchanged}
    wanted |= {currency: minor for currency, minor in before.items() if currency in unchanged}
    subjects = await products.replace_prices(product, prices, wanted)
    revised = await commands.revise("product", product, kept_as_changed(product, head), touched=bool(subjects))
    if revised is not None:
        ledger.record(ChangeKind.PRODUCT_UPDATED, revised, *subjects)


def _amounts(prices: Sequence[ProductPrice]) -> Mapping[str, int]:
    return {price.currency: price.price_minor for price in prices}


def _said(told: Sequence[Subject], when: str) -> Mapping[str, int]:
    rows = [row for each in told if (row := getattr(each, when)) is not None]
    return {row["currency"]: row["price_minor"] for row in rows}
