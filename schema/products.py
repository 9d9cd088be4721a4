"""Products: the catalogue, and what deals sell of it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import strawberry

from models.products import BillingFrequency as Frequency
from models.products import DiscountType as Measure
from models.products import TaxMethod as Method
from resolvers import money, pricing, products, thousandths
from resolvers.access import Viewer
from resolvers.reads.declare import Connection, Many, Need, One, Term, Value
from resolvers.reads.filters import by_active, by_name
from resolvers.reads.run import Ref
from schema.common import Money, MoneyInput, Node, PageInfo, UserError, amount
from schema.declaring import Answer, command, identifies, reads, shows
from schema.enums import BillingFrequency, DiscountType, TaxMethod

_BY_NAME = {"NAME": (Term("{a}.folded_name"),)}
PRODUCTS = Connection("Product", order="NAME", descending=False, orders=_BY_NAME, filters=(by_name, by_active))


def _decimal(column: str, description: str | None = None) -> Any:
    """A field that shows whole thousandths as a decimal."""
    return reads(Value((Need(f"{{a}}.{column}", "int"),), thousandths.to_text), description)


@strawberry.type(description="What one unit of a product costs in a currency.")
class ProductPrice(Node):
    """A price."""

    id: strawberry.ID = identifies("ProductPrice")
    price: Money = amount("price_minor")


@strawberry.type(description="Something that is sold. One that is not active comes onto no further deal.")
class Product(Node):
    """A product."""

    id: strawberry.ID = identifies("Product")
    name: str = shows("name")
    code: str | None = shows("code")
    description: str | None = shows("description")
    unit: str | None = shows("unit", description="What it is counted in: piece, hour, kg.")
    tax_rate: Decimal = _decimal("tax_rate", "Percent; what lines of it have unless they say otherwise.")
    is_active: bool = shows("is_active", "flag")
    prices: list[ProductPrice] = reads(Many("ProductPrice", column="product_id", order=(Term("{a}.currency"),)))
    created_at: datetime = shows("created_at", "instant")
    updated_at: datetime = shows("updated_at", "instant")
    version: int = shows("version", "int")


@dataclass
class _Line:
    """A line as far as one billing of it goes."""

    price_minor: int
    quantity: int
    discount_type: Measure
    discount: int
    tax_rate: int
    tax_method: Method
    is_enabled: bool = True
    billing_frequency: Frequency = Frequency.ONE_TIME
    billing_cycles: int | None = None


def _percentage(kind: str, discount: int, currency: str) -> str | None:
    return thousandths.to_text(discount) if kind == Measure.PERCENTAGE else None


def _amount_off(kind: str, discount: int, currency: str) -> dict[str, str] | None:
    return _shown(discount, currency) if kind == Measure.AMOUNT else None


def _shown(minor: int, currency: str) -> dict[str, str]:
    return {"amount": money.to_text(minor, currency), "currency": currency}


def _billed(currency: str, *columns: Any) -> pricing.Amounts:
    price, quantity, kind, discount, rate, method = columns
    return pricing.billed(_Line(price, quantity, Measure(kind), discount, rate, Method(method)))


def _total(currency: str, *columns: Any) -> dict[str, str]:
    return _shown(round(_billed(currency, *columns).gross), currency)


def _tax(currency: str, *columns: Any) -> dict[str, str]:
    return _shown(round(_billed(currency, *columns).tax), currency)


_MEASURED = (Need("{a}.discount_type"), Need("{a}.discount", "int"), Need("{a}.currency"))
_PRICED = (
    Need("{a}.currency"),
    Need("{a}.price_minor", "int"),
    Need("{a}.quantity", "int"),
    Need("{a}.discount_type"),
    Need("{a}.discount", "int"),
    Need("{a}.tax_rate", "int"),
    Need("{a}.tax_method"),
)


@strawberry.type(description="A line of a deal: a product that it sells.")
class DealProduct(Node):
    """A line."""

    id: strawberry.ID = identifies("DealProduct")
    product: Product = reads(One("Product", "product_id"))
    quantity: Decimal = _decimal("quantity")
    item_price: Money = amount("price_minor")
    discount_type: DiscountType = shows("discount_type")
    discount_percentage: Decimal | None = reads(Value(_MEASURED, _percentage))
    discount_amount: Money | None = reads(Value(_MEASURED, _amount_off, makes_object=True), "Off the whole line.")
    tax_rate: Decimal = _decimal("tax_rate", "Percent.")
    tax_method: TaxMethod = shows("tax_method")
    is_enabled: bool = shows("is_enabled", "flag", "One that is not does not count.")
    billing_frequency: BillingFrequency = shows("billing_frequency")
    billing_cycles: int | None = shows(
        "billing_cycles", "int", "How many times it is billed; null where it is sold once, or recurs without an end."
    )
    billing_starts_on: date | None = shows("billing_starts_on", "day")
    total: Money = reads(Value(_PRICED, _total, makes_object=True), "One billing: discount off, tax included.")
    tax: Money = reads(Value(_PRICED, _tax, makes_object=True), "The tax in the total.")


@strawberry.type(description="A discount on all that a deal sells once. With several, each is taken of the whole.")
class DealDiscount(Node):
    """A discount."""

    id: strawberry.ID = identifies("DealDiscount")
    description: str = shows("description")
    discount_type: DiscountType = shows("discount_type")
    percentage: Decimal | None = reads(Value(_MEASURED, _percentage))
    amount: Money | None = reads(Value(_MEASURED, _amount_off, makes_object=True))


_INVOICED = "EXISTS (SELECT 1 FROM invoices v WHERE v.installment_id = {a}.id AND v.status <> 'VOID')"


@strawberry.type(description="A part of a deal's value that is billed on a day.")
class DealInstallment(Node):
    """An installment."""

    id: strawberry.ID = identifies("DealInstallment")
    description: str = shows("description")
    amount: Money = amount("amount_minor")
    bills_on: date = shows("bills_on", "day")
    is_invoiced: bool = reads(
        Value((Need(_INVOICED, "flag"),), bool), "Whether an invoice of it stands: a draft or one that was sent."
    )


@strawberry.type(description="One product in a list.")
class ProductEdge:
    """A product and where it lies."""

    cursor: str
    node: Product


@strawberry.type(description="A page of products, by name.")
class ProductConnection:
    """A page of products."""

    edges: list[ProductEdge]
    nodes: list[Product]
    page_info: PageInfo
    total_count: int


def products_paged(
    root: object,
    search: str | None = strawberry.UNSET,
    is_active: bool | None = strawberry.UNSET,
    first: int | None = 50,
    after: str | None = None,
) -> Any:
    """The arguments of the catalogue."""


@strawberry.input(description="A new product. Prices are of one unit, one for a currency.")
class CreateProductInput:
    """A new product."""

    name: str
    code: str | None = strawberry.UNSET
    description: str | None = strawberry.UNSET
    unit: str | None = strawberry.UNSET
    tax_rate: Decimal | None = strawberry.UNSET
    prices: list[MoneyInput] | None = strawberry.UNSET
    is_active: bool | None = strawberry.UNSET
    idempotency_key: str | None = strawberry.UNSET
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="What to change of a product; what is left out stays. Prices are set all together.")
class UpdateProductInput:
    """A change of a product."""

    id: strawberry.ID
    expected_version: int | None = strawberry.UNSET
    name: str | None = strawberry.UNSET
    code: str | None = strawberry.UNSET
    description: str | None = strawberry.UNSET
    unit: str | None = strawberry.UNSET
    tax_rate: Decimal | None = strawberry.UNSET
    prices: list[MoneyInput] | None = strawberry.UNSET
    is_active: bool | None = strawberry.UNSET
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.type(description="What became of a product.")
class ProductPayload:
    """The product after the command."""

    product: Product | None
    errors: list[UserError]


async def _create_product(viewer: Viewer, draft: Any) -> Answer:
    return {"product": Ref("Product", await products.create_product(viewer, draft))}


async def _update_product(viewer: Viewer, patch: Any) -> Answer:
    return {"product": Ref("Product", await products.update_product(viewer, patch))}


@strawberry.type
class ProductCommands:
    """What may be done with the catalogue; for admins."""

    create_product = command(CreateProductInput, ProductPayload, _create_product)
    update_product = command(UpdateProductInput, ProductPayload, _update_product)
