"""What a deal sells: the commands on its lines, discounts and installments."""

from datetime import date
from decimal import Decimal
from typing import Any

import strawberry

from resolvers import installments, lines
from resolvers.access import Viewer
from resolvers.reads.run import Ref
from schema.common import MoneyInput, UserError
from schema.deals import Deal, DealPayload
from schema.declaring import Answer, command
from schema.enums import BillingFrequency, DiscountType, TaxMethod


@strawberry.input
class DealProductFields:
    """What may be given of a line, new or changed."""

    quantity: Decimal | None = strawberry.UNSET
    item_price: MoneyInput | None = strawberry.UNSET
    discount: Decimal | None = strawberry.UNSET
    discount_type: DiscountType | None = strawberry.UNSET
    tax_rate: Decimal | None = strawberry.UNSET
    tax_method: TaxMethod | None = strawberry.UNSET
    is_enabled: bool | None = strawberry.UNSET
    billing_frequency: BillingFrequency | None = strawberry.UNSET
    billing_cycles: int | None = strawberry.UNSET
    billing_starts_on: date | None = strawberry.UNSET


@strawberry.input(
    description="A product to sell: one unit, at the catalogue's price in the deal's currency and at its tax rate, "
    "without a discount, once, unless given otherwise. A discount is in percent, or an amount off the whole line."
)
class DealProductInput(DealProductFields):
    """A new line."""

    product_id: strawberry.ID


@strawberry.input(description="Up to 100 products to sell in a deal.")
class AddDealProductsInput:
    """New lines."""

    deal_id: strawberry.ID
    products: list[DealProductInput]
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="What to change of a line; what is left out stays.")
class UpdateDealProductInput(DealProductFields):
    """A change of a line."""

    id: strawberry.ID
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="Lines of a deal.")
class DealProductIdsInput:
    """Lines."""

    deal_id: strawberry.ID
    ids: list[strawberry.ID]
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="A discount above zero: in percent, or an amount in the deal's currency.")
class DealDiscountInput:
    """A discount."""

    description: str
    discount_type: DiscountType
    discount: Decimal


@strawberry.input(description="All discounts of a deal, up to 20.")
class SetDealDiscountsInput:
    """The discounts of a deal."""

    deal_id: strawberry.ID
    discounts: list[DealDiscountInput]
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="An installment above zero, in the deal's currency.")
class DealInstallmentInput:
    """An installment."""

    description: str
    amount: Decimal
    bills_on: date


@strawberry.input(description="All installments of a deal, up to 200; only where it sells once, and nothing recurs.")
class SetDealInstallmentsInput:
    """The installments of a deal."""

    deal_id: strawberry.ID
    installments: list[DealInstallmentInput]
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.type(description="What became of a deal's installments.")
class DealInstallmentsPayload:
    """The deal after the command."""

    deal: Deal | None
    warnings: list[str] = strawberry.field(
        description="What is odd and was done all the same: that they do not come to the deal's value."
    )
    errors: list[UserError]


async def _add(viewer: Viewer, given: Any) -> Answer:
    return {"deal": Ref("Deal", await lines.add_lines(viewer, given))}


async def _update(viewer: Viewer, patch: Any) -> Answer:
    return {"deal": Ref("Deal", await lines.update_line(viewer, patch))}


async def _remove(viewer: Viewer, given: Any) -> Answer:
    return {"deal": Ref("Deal", await lines.remove_lines(viewer, given))}


async def _order(viewer: Viewer, given: Any) -> Answer:
    return {"deal": Ref("Deal", await lines.order_lines(viewer, given))}


async def _set_discounts(viewer: Viewer, given: Any) -> Answer:
    return {"deal": Ref("Deal", await installments.set_discounts(viewer, given))}


async def _set_installments(viewer: Viewer, given: Any) -> Answer:
    key, warnings = await installments.set_installments(viewer, given)
    return {"deal": Ref("Deal", key), "warnings": warnings}


@strawberry.type
class SaleCommands:
    """What may be done with what a deal sells."""

    add_deal_products = command(AddDealProductsInput, DealPayload, _add)
    update_deal_product = command(UpdateDealProductInput, DealPayload, _update)
    remove_deal_products = command(DealProductIdsInput, DealPayload, _remove)
    order_deal_products = command(DealProductIdsInput, DealPayload, _order, "The lines named come first, in order.")
    set_deal_discounts = command(SetDealDiscountsInput, DealPayload, _set_discounts)
    set_deal_installments = command(SetDealInstallmentsInput, DealInstallmentsPayload, _set_installments)
