"""The catalogue: products and their prices, kept by admins, sold by all."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import TypedDict
from uuid import UUID

from tortoise.exceptions import IntegrityError

from models import changes
from models.changes import ChangeKind, Subject
from models.products import Product, ProductPrice
from resolvers import access, commands, idempotency, ids, money, opportunities, text, thousandths
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults
from resolvers.opportunities import FOLDED_LENGTH, Columns, Read

CODE_LENGTH = 64
UNIT_LENGTH = 32
MOST_PRICES = 200


class ProductDraft(TypedDict, total=False):
    """A product as a client gives it; the name is needed. The prices are of one unit, one for a currency."""

    name: str
    code: str | None
    description: str | None
    unit: str | None
    tax_rate: Decimal | None
    prices: list[money.MoneyDraft] | None
    is_active: bool | None
    idempotency_key: str | None
    client_mutation_id: str | None


class ProductPatch(ProductDraft, total=False):
    """What a client changes of a product: the fields given, and no others; prices all together."""

    id: str
    expected_version: int | None


async def _name(viewer: Viewer, given: str | None) -> Columns:
    name = text.line(given, "name")
    return {"name": name, "folded_name": text.fold(name)[:FOLDED_LENGTH]}


async def _code(viewer: Viewer, given: str | None) -> Columns:
    return {"code": text.optional_line(given, "code", length=CODE_LENGTH)}


async def _description(viewer: Viewer, given: str | None) -> Columns:
    return {"description": None if given is None or not given.strip() else text.text(given, "description")}


async def _unit(viewer: Viewer, given: str | None) -> Columns:
    return {"unit": text.optional_line(given, "unit", length=UNIT_LENGTH)}


async def _tax_rate(viewer: Viewer, given: Decimal | None) -> Columns:
    return {"tax_rate": 0 if given is None else thousandths.rate(given, "taxRate")}


async def _is_active(viewer: Viewer, given: bool | None) -> Columns:
    return {"is_active": given is not False}


async def _prices(viewer: Viewer, given: Sequence[money.MoneyDraft] | None) -> Columns:
    """The prices in minor units by their currencies."""
    drafts = given or ()
    if len(drafts) > MOST_PRICES:
        raise refuse(ErrorCode.TOO_MANY, f"A product has at most {MOST_PRICES} prices.", "prices")
    faults = Faults()
    prices: dict[str, int] = {}
    for place, draft in enumerate(drafts):
        with faults.noted():
            minor, currency = money.to_minor(draft, "prices", place)
            if currency in prices:
                raise refuse(ErrorCode.INVALID, f"There is one price in {currency}.", "prices", place, "currency")
            prices[currency] = minor
    faults.raise_any()
    return {"prices": prices}


_FIELDS: Mapping[str, Read] = {
    "name": _name,
    "code": _code,
    "description": _description,
    "unit": _unit,
    "tax_rate": _tax_rate,
    "is_active": _is_active,
    "prices": _prices,
}


async def create_product(viewer: Viewer, draft: ProductDraft) -> UUID:
    """Put a product into the catalogue; only admins may. A code counts once in an account."""
    access.require_admin(viewer, "change the catalogue")

    async def act() -> idempotency.Answer:
        return await _create(viewer, draft)

    answer = await idempotency.once(viewer, "create_product", draft.get("idempotency_key"), draft, act)
    return UUID(answer["id"])


async def _create(viewer: Viewer, draft: ProductDraft) -> idempotency.Answer:
    found = await opportunities.columns(viewer, {"name": None, **draft}, _FIELDS)
    prices = found.pop("prices", {})
    async with _once_a_code(), commands.begin(viewer, draft) as ledger:
        product = await Product.create(account_id=viewer.account_id, **found)
        subjects = await replace_prices(product, (), prices)
        ledger.record(ChangeKind.PRODUCT_ADDED, changes.added("product", changes.snapshot(product)), *subjects)
        answer = {"id": str(product.id)}
        await idempotency.remember(viewer, "create_product", draft.get("idempotency_key"), draft, answer)
    return answer


@asynccontextmanager
async def _once_a_code() -> AsyncIterator[None]:
    """Turn the database's objection to a second product of one code into a refusal."""
    try:
        yield
    except IntegrityError as error:
        raise refuse(ErrorCode.INVALID, "Another product has this code.", "code") from error


async def update_product(viewer: Viewer, patch: ProductPatch) -> UUID:
    """Change the fields given; only admins may. The deals it is on keep the prices they have."""
    access.require_admin(viewer, "change the catalogue")
    key = ids.expect("Product", patch["id"], "id")
    async with _once_a_code(), commands.begin(viewer, patch) as ledger:
        product = await _lock(viewer, key)
        commands.check_version(product, patch)
        found = await opportunities.columns(viewer, patch, _FIELDS)
        before = await ProductPrice.filter(product_id=key).order_by("currency")
        kept = {price.currency: price.price_minor for price in before}
        wanted = found.pop("prices", kept)
        subjects = await replace_prices(product, before, wanted)
        revised = await commands.revise("product", product, found, touched=bool(subjects))
        if revised is not None:
            ledger.record(ChangeKind.PRODUCT_UPDATED, revised, *subjects)
    return key


async def _lock(viewer: Viewer, key: UUID) -> Product:
    product = await Product.filter(account_id=viewer.account_id, id=key).select_for_update().get_or_none()
    if product is None:
        raise access.not_found("Product", "id")
    return product


async def replace_prices(product: Product, before: Iterable[ProductPrice], wanted: Mapping[str, int]) -> list[Subject]:
    """Write which prices a product has; the subjects for the log."""
    gone = [price for price in before if wanted.get(price.currency) != price.price_minor]
    kept = {price.currency for price in before} - {price.currency for price in gone}
    await ProductPrice.filter(id__in=[price.id for price in gone]).delete()
    fresh = [
        ProductPrice(account_id=product.account_id, product_id=product.id, currency=currency, price_minor=minor)
        for currency, minor in wanted.items()
        if currency not in kept
    ]
    await ProductPrice.bulk_create(fresh)
    return [
        *(changes.removed("product_price", changes.snapshot(price)) for price in gone),
        *(changes.added("product_price", changes.snapshot(price)) for price in fresh),
    ]


async def find_products(viewer: Viewer, keys: Iterable[UUID]) -> dict[UUID, Product]:
    """The products of the viewer's account with these keys, by key."""
    return {row.id: row for row in await Product.filter(account_id=viewer.account_id, id__in=list(keys))}


async def prices_of(product_ids: Iterable[UUID], currency: str) -> dict[UUID, int]:
    """What one unit of each product costs in a currency, in minor units; those without a price are not there."""
    rows = await ProductPrice.filter(product_id__in=list(product_ids), currency=currency)
    return {row.product_id: row.price_minor for row in rows}
