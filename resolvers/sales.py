"""What a deal sells, as a whole: its lines, discounts and installments, and the figures they give it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tortoise.models import Model

from models import changes
from models.accounts import Account
from models.changes import ChangeKind, Ledger, Subject
from models.deals import Deal
from models.products import BillingFrequency, DealDiscount, DealInstallment, DealProduct, DiscountType
from resolvers import access, money, opportunities, pricing
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.opportunities import Columns

MOST_LINES = 500
MOST_RECURRING = 20
MOST_DISCOUNTS = 20
MOST_INSTALLMENTS = 200


@dataclass
class Sale:
    """A locked deal with all that it sells; lines in order."""

    deal: Deal
    lines: list[DealProduct]
    discounts: list[DealDiscount]
    installments: list[DealInstallment]

    @property
    def currency(self) -> str | None:
        """The currency that further amounts must be in; null where there is no amount yet."""
        amounts = [each for each in self.discounts if each.discount_type is DiscountType.AMOUNT]
        priced: Sequence[DealProduct | DealDiscount | DealInstallment] = [*self.lines, *amounts, *self.installments]
        return priced[0].currency if priced else None


@dataclass(frozen=True)
class PartKind:
    """One kind of the parts of a sale: what they are called, here and in the log, and what a change of them is."""

    name: str
    noun: str
    model: type[Any]
    change: ChangeKind

    def of(self, sale: Sale) -> list[Any]:
        """The parts of this kind that a deal has."""
        parts: list[Any] = getattr(sale, f"{self.name}s")
        return parts


LINE = PartKind("line", "deal_product", DealProduct, ChangeKind.PRODUCTS_CHANGED)
DISCOUNT = PartKind("discount", "deal_discount", DealDiscount, ChangeKind.PRODUCTS_CHANGED)
INSTALLMENT = PartKind("installment", "deal_installment", DealInstallment, ChangeKind.INSTALLMENTS_CHANGED)
PARTS = {kind.noun: kind for kind in (LINE, DISCOUNT, INSTALLMENT)}


async def lock_sale(viewer: Viewer, key: UUID, *path: str | int) -> Sale:
    """A deal the viewer sees, locked, with all that it sells."""
    return (await sales_of([await access.find_one(viewer, Deal, key, *path, lock=True)]))[key]


async def read_sale(viewer: Viewer, key: UUID, *path: str | int) -> Sale:
    """As `lock_sale`, to look at and change nothing."""
    return (await sales_of([await access.find_one(viewer, Deal, key, *path)]))[key]


async def sales_of(deals: Sequence[Deal]) -> dict[UUID, Sale]:
    """What each of these deals sells, by the deal's key, in three statements."""
    found = {deal.id: Sale(deal, [], [], []) for deal in deals}
    for line in await DealProduct.filter(deal_id__in=list(found)).order_by("position"):
        found[line.deal_id].lines.append(line)
    for discount in await DealDiscount.filter(deal_id__in=list(found)).order_by("position"):
        found[discount.deal_id].discounts.append(discount)
    for installment in await DealInstallment.filter(deal_id__in=list(found)).order_by("bills_on", "id"):
        found[installment.deal_id].installments.append(installment)
    return found


async def currency_for(sale: Sale) -> str:
    """The currency of amounts that state none: the sale's, else the deal's, else the account's."""
    if sale.currency is not None or sale.deal.currency is not None:
        return sale.currency or sale.deal.currency or ""
    return (await Account.get(id=sale.deal.account_id)).currency


async def settle(ledger: Ledger, sale: Sale, kind: ChangeKind, subjects: Sequence[Subject], *path: str | int) -> None:
    """Give a deal the figures of what it sells now, and record the change; of no subjects it is none.

    Refuses, at that path, what a deal may not sell. Without lines the value stays as it was.
    """
    if not subjects:
        return
    revised = await opportunities.revise("deal", sale.deal, figures_of(sale, *path), touched=True)
    ledger.record(kind, *([] if revised is None else [revised]), *subjects)


def figures_of(sale: Sale, *path: str | int) -> Columns:
    """The columns of a deal that sells this; refuses, at that path, what it may not sell."""
    _require_few(sale, *path)
    _require_installable(sale, *path)
    if not sale.lines:
        return {"mrr_minor": None, "arr_minor": None, "acv_minor": None}
    figures = pricing.figures_of(sale.lines, sale.discounts)
    if max(figures.value, figures.arr) > money.LARGEST_MINOR:
        raise refuse(ErrorCode.INVALID, "Together this is a larger amount than Lejek can keep.", *path)
    return {
        "value_minor": figures.value,
        "currency": sale.lines[0].currency,
        "mrr_minor": figures.mrr,
        "arr_minor": figures.arr,
        "acv_minor": figures.acv,
    }


def require_at_most(most: int, what: str, parts: Sequence[object], *path: str | int) -> None:
    """Refuse with TOO_MANY more than so many parts of a deal."""
    if len(parts) > most:
        raise refuse(ErrorCode.TOO_MANY, f"A deal has at most {most} {what}.", *path)


def _require_few(sale: Sale, *path: str | int) -> None:
    require_at_most(MOST_LINES, "lines", sale.lines, *path)
    require_at_most(MOST_DISCOUNTS, "discounts", sale.discounts, *path)
    require_at_most(MOST_INSTALLMENTS, "installments", sale.installments, *path)
    require_at_most(MOST_RECURRING, "recurring lines", [*filter(pricing.is_recurring, sale.lines)], *path)


def _require_installable(sale: Sale, *path: str | int) -> None:
    """Installments are for what is sold once, and for nothing that recurs (domain A6)."""
    if not sale.installments:
        return
    if any(map(pricing.is_recurring, sale.lines)):
        message = "Installments and recurring products exclude each other: this deal would have both."
        raise refuse(ErrorCode.INVALID, message, *path)
    if not any(line.is_enabled and line.billing_frequency is BillingFrequency.ONE_TIME for line in sale.lines):
        message = "Installments need an enabled one-time product: add one, or remove the installments."
        raise refuse(ErrorCode.INVALID, message, *path)


def told(noun: str, before: Sequence[Model], after: Sequence[Model]) -> list[Subject]:
    """The subjects of rows that were replaced by others, each whole: what boards and the changelog tell of them."""
    gone = (changes.removed(noun, changes.snapshot(row)) for row in before)
    return [*gone, *(changes.added(noun, changes.snapshot(row)) for row in after)]
