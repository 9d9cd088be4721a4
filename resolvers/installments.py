"""The discounts on a whole deal, and the installments it is paid in: each list set as a whole."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict
from uuid import UUID

from tortoise.models import Model

from models.changes import ChangeKind
from models.products import DealDiscount, DealInstallment, DiscountType
from resolvers import commands, ids, money, sales, text
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults
from resolvers.invoiced_installments import invoiced
from resolvers.line_fields import discount_of
from resolvers.opportunities import Columns

MOST_DISCOUNTS = 20
MOST_INSTALLMENTS = 200


_DISCOUNT = ("description", "discount_type", "discount", "currency")
_INSTALLMENT = ("description", "amount_minor", "currency", "bills_on")


class DiscountDraft(TypedDict, total=False):
    """A discount: above zero, in percent or an amount in the deal's currency."""

    description: str
    discount_type: DiscountType
    discount: Decimal


class DealDiscounts(TypedDict, total=False):
    """All discounts that a deal is to have."""

    deal_id: str
    discounts: list[DiscountDraft]
    client_mutation_id: str | None


class InstallmentDraft(TypedDict, total=False):
    """An installment: an amount above zero in the deal's currency, billed on a day."""

    description: str
    amount: Decimal
    bills_on: date


class DealInstallments(TypedDict, total=False):
    """All installments that a deal is to be paid in."""

    deal_id: str
    installments: list[InstallmentDraft]
    client_mutation_id: str | None


async def set_discounts(viewer: Viewer, given: DealDiscounts) -> UUID:
    """Give a deal these discounts and no others; they take off what is sold once, each of the whole of it."""
    key = ids.expect("Deal", given["deal_id"], "dealId")
    drafts = given["discounts"]
    async with commands.begin(viewer, given) as ledger:
        sale = await sales.lock_sale(viewer, key, "dealId")
        currency = sale.lines[0].currency if sale.lines else await sales.currency_for(sale)
        found = _each(drafts, MOST_DISCOUNTS, "discounts", currency, _discount)
        if found != _columns_of(sale.discounts, _DISCOUNT):
            before, sale.discounts = (
                sale.discounts,
                [
                    DealDiscount(account_id=viewer.account_id, deal_id=key, position=place, **columns)
                    for place, columns in enumerate(found)
                ],
            )
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
        found = _each(drafts, MOST_INSTALLMENTS, "installments", currency, _installment)
        found.sort(key=lambda columns: columns["bills_on"])
        if found != _columns_of(sale.installments, _INSTALLMENT):
            before, (sale.installments, fresh) = sale.installments, _kept_and_fresh(sale, found)
            gone = [each for each in before if each not in sale.installments]
            await _require_not_invoiced(gone)
            await DealInstallment.filter(id__in=[each.id for each in gone]).delete()
            await DealInstallment.bulk_create(fresh)
            subjects = sales.told("deal_installment", before, sale.installments)
            await sales.settle(ledger, sale, ChangeKind.INSTALLMENTS_CHANGED, subjects, "installments")
    return key, _warnings(sale)


def _kept_and_fresh(sale: sales.Sale, found: Sequence[Columns]) -> tuple[list[DealInstallment], list[DealInstallment]]:
    """All installments that a deal has now: those it had just like this, and new ones; and the new ones."""
    left, every, fresh = list(sale.installments), [], []
    for columns in found:
        same = next((each for each in left if _columns_of([each], _INSTALLMENT) == [columns]), None)
        if same is None:
            same = DealInstallment(account_id=sale.deal.account_id, deal_id=sale.deal.id, **columns)
            fresh.append(same)
        else:
            left.remove(same)
        every.append(same)
    return every, fresh


async def _require_not_invoiced(gone: Sequence[DealInstallment]) -> None:
    standing = await invoiced([each.id for each in gone])
    for each in gone:
        if each.id in standing:
            message = f"{each.description} is invoiced: leave this installment as it is, or void its invoice first."
            raise refuse(ErrorCode.HAS_INVOICE, message, "installments")


def _columns_of(rows: Sequence[Model], names: Sequence[str]) -> list[Columns]:
    return [{name: getattr(row, name) for name in names} for row in rows]


def _each(drafts: Sequence[Any], most: int, path: str, currency: str, read: Callable[..., Columns]) -> list[Columns]:
    """The columns for each of at most so many drafts; refuses with every fault at once."""
    if len(drafts) > most:
        raise refuse(ErrorCode.TOO_MANY, f"A deal has at most {most} {path}.", path)
    faults, found = Faults(), []
    for place, draft in enumerate(drafts):
        with faults.noted():
            found.append(read(draft, currency, path, place))
    faults.raise_any()
    return found


def _discount(draft: Mapping[str, Any], currency: str, *path: str | int) -> Columns:
    faults = Faults()
    with faults.noted():
        description = text.line(draft["description"], *path, "description")
    with faults.noted():
        discount = discount_of(draft["discount"], draft["discount_type"], currency, *path, "discount")
        _require_some(discount, *path, "discount")
    faults.raise_any()
    return dict(zip(_DISCOUNT, (description, draft["discount_type"], discount, currency), strict=True))


def _installment(draft: Mapping[str, Any], currency: str, *path: str | int) -> Columns:
    faults = Faults()
    with faults.noted():
        description = text.line(draft["description"], *path, "description")
    with faults.noted():
        minor = money.minor_of(draft["amount"], currency, *path, "amount")
        _require_some(minor, *path, "amount")
    faults.raise_any()
    return dict(zip(_INSTALLMENT, (description, minor, currency, draft["bills_on"]), strict=True))


def _require_some(given: int, *path: str | int) -> None:
    if given == 0:
        raise refuse(ErrorCode.INVALID, "This must be more than zero.", *path)


def _warnings(sale: sales.Sale) -> list[str]:
    together, value = sum(each.amount_minor for each in sale.installments), sale.deal.value_minor
    if not sale.installments or together == value:
        return []
    currency = sale.installments[0].currency
    paid, worth = money.to_text(together, currency), money.to_text(value or 0, currency)
    return [f"The installments come to {paid} {currency}, and the deal's value is {worth} {currency}."]
