"""The discounts on a whole deal, and the installments it is paid in: each list set as a whole."""

from collections.abc import Callable, Sequence
from copy import copy
from typing import Any, TypedDict
from uuid import UUID

from tortoise.models import Model

from models.changes import ChangeKind
from models.products import DealDiscount, DealInstallment
from resolvers import commands, ids, money, sales
from resolvers.access import Viewer
from resolvers.faults import Faults
from resolvers.invoiced_installments import invoiced, refuse_invoiced
from resolvers.opportunities import Columns
from resolvers.sale_fields import (
    DISCOUNT_COLUMNS,
    INSTALLMENT_COLUMNS,
    DiscountDraft,
    InstallmentDraft,
    discount_columns,
    installment_columns,
)
from resolvers.sales import PartKind, Sale


class DealDiscounts(TypedDict, total=False):
    """All discounts that a deal is to have."""

    deal_id: str
    discounts: list[DiscountDraft]
    client_mutation_id: str | None


class DealInstallments(TypedDict, total=False):
    """All installments that a deal is to be paid in."""

    deal_id: str
    installments: list[InstallmentDraft]
    client_mutation_id: str | None


async def set_discounts(viewer: Viewer, given: DealDiscounts) -> UUID:
    """Give a deal these discounts and no others; they take off what is sold once, each of the whole of it.

    Those that were there as they are given stay the same ones.
    """
    key = ids.expect("Deal", given["deal_id"], "dealId")
    drafts = given["discounts"]
    async with commands.begin(viewer, given) as ledger:
        sale = await sales.lock_sale(viewer, key, "dealId")
        currency = sale.lines[0].currency if sale.lines else await sales.currency_for(sale)
        found = _each(drafts, sales.MOST_DISCOUNTS, "discounts", currency, discount_columns)
        if found != _columns_of(sale.discounts, DISCOUNT_COLUMNS):
            before = [copy(each) for each in sale.discounts]
            sale.discounts = _kept_or_new(sales.DISCOUNT, sale, found, DISCOUNT_COLUMNS)
            for place, discount in enumerate(sale.discounts):
                discount.position = place
            await DealDiscount.filter(deal_id=key).delete()
            await DealDiscount.bulk_create(sale.discounts)
            subjects = sales.told("deal_discount", before, sale.discounts)
            await sales.settle(ledger, sale, ChangeKind.PRODUCTS_CHANGED, subjects, "discounts")
    return key


async def set_installments(viewer: Viewer, given: DealInstallments) -> tuple[UUID, list[str]]:
    """Have a deal paid in these installments and no others; the deal, and what is odd about them.

    Only for a deal with an enabled one-time product and none that recurs (domain A6). That they
    do not come to the deal's value is odd, and no fault. Those that were there as they are
    given stay the same ones, and one that is invoiced must.
    """
    key = ids.expect("Deal", given["deal_id"], "dealId")
    drafts = given["installments"]
    async with commands.begin(viewer, given) as ledger:
        sale = await sales.lock_sale(viewer, key, "dealId")
        currency = await sales.currency_for(sale)
        found = _each(drafts, sales.MOST_INSTALLMENTS, "installments", currency, installment_columns)
        found.sort(key=lambda columns: columns["bills_on"])
        if found != _columns_of(sale.installments, INSTALLMENT_COLUMNS):
            before = sale.installments
            sale.installments = _kept_or_new(sales.INSTALLMENT, sale, found, INSTALLMENT_COLUMNS)
            gone = [each for each in before if each not in sale.installments]
            await _require_not_invoiced(gone)
            await DealInstallment.filter(id__in=[each.id for each in gone]).delete()
            await DealInstallment.bulk_create([each for each in sale.installments if each not in before])
            subjects = sales.told("deal_installment", before, sale.installments)
            await sales.settle(ledger, sale, ChangeKind.INSTALLMENTS_CHANGED, subjects, "installments")
    return key, _warnings(sale)


def _kept_or_new(kind: PartKind, sale: Sale, found: Sequence[Columns], names: Sequence[str]) -> list[Any]:
    """A part for each of these columns: one that the deal has just like it, or else a new one."""
    left, every = list(kind.of(sale)), []
    for columns in found:
        same = next((each for each in left if _columns_of([each], names) == [columns]), None)
        if same is None:
            same = kind.model(account_id=sale.deal.account_id, deal_id=sale.deal.id, **columns)
        else:
            left.remove(same)
        every.append(same)
    return every


async def _require_not_invoiced(gone: Sequence[DealInstallment]) -> None:
    standing = await invoiced([each.id for each in gone])
    for each in gone:
        if each.id in standing:
            raise refuse_invoiced(each, "installments")


def _columns_of(rows: Sequence[Model], names: Sequence[str]) -> list[Columns]:
    return [{name: getattr(row, name) for name in names} for row in rows]


def _each(drafts: Sequence[Any], most: int, path: str, currency: str, read: Callable[..., Columns]) -> list[Columns]:
    """The columns for each of at most so many drafts; refuses with every fault at once."""
    sales.require_at_most(most, path, drafts, path)
    faults, found = Faults(), []
    for place, draft in enumerate(drafts):
        with faults.noted():
            found.append(read(draft, currency, path, place))
    faults.raise_any()
    return found


def _warnings(sale: Sale) -> list[str]:
    together, value = sum(each.amount_minor for each in sale.installments), sale.deal.value_minor
    if not sale.installments or together == value:
        return []
    currency = sale.installments[0].currency
    paid, worth = money.to_text(together, currency), money.to_text(value or 0, currency)
    return [f"The installments come to {paid} {currency}, and the deal's value is {worth} {currency}."]
