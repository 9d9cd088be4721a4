"""Products: the catalogue, and what a deal sells of it.

Rates, percentages and quantities are whole thousandths, as money is whole minor units: 23 % is
23000, half a piece is 500.
"""

from enum import StrEnum

from tortoise import fields

from models.base import AccountRow, Versioned, now, one_of


class BillingFrequency(StrEnum):
    """How often a line is billed."""

    ONE_TIME = "ONE_TIME"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    QUARTERLY = "QUARTERLY"
    SEMI_ANNUALLY = "SEMI_ANNUALLY"
    ANNUALLY = "ANNUALLY"


class TaxMethod(StrEnum):
    """How a line's price stands to its tax."""

    INCLUSIVE = "INCLUSIVE"
    EXCLUSIVE = "EXCLUSIVE"
    NONE = "NONE"


class DiscountType(StrEnum):
    """What a discount is measured in."""

    PERCENTAGE = "PERCENTAGE"
    AMOUNT = "AMOUNT"


class Product(Versioned):
    """Something that is sold. One that is not active stays on the deals it is on, and comes onto no other.

    `import_key` is the identity of the imported row it came from, unique in the account; so are those of lines,
    discounts and installments.
    """

    name = fields.CharField(max_length=255)
    folded_name = fields.CharField(max_length=512)
    code = fields.CharField(max_length=64, null=True)
    description = fields.TextField(null=True)
    unit = fields.CharField(max_length=32, null=True)
    tax_rate = fields.IntField(default=0)
    is_active = fields.BooleanField(default=True)
    import_key = fields.CharField(max_length=64, null=True)

    class Meta:
        table = "products"


class ProductPrice(AccountRow):
    """What one unit of a product costs in a currency."""

    product_id = fields.UUIDField()
    currency = fields.CharField(max_length=3)
    price_minor = fields.BigIntField()

    class Meta:
        table = "product_prices"


class DealProduct(AccountRow):
    """A line of a deal. `discount` is in thousandths of a percent, or minor units off the whole line.

    `billing_cycles` null: one billing where it is one-time, else without an end.
    """

    deal_id = fields.UUIDField()
    product_id = fields.UUIDField()
    position = fields.IntField()
    currency = fields.CharField(max_length=3)
    price_minor = fields.BigIntField()
    quantity = fields.BigIntField(default=1000)
    discount_type = one_of(DiscountType, default=DiscountType.PERCENTAGE, max_length=10)
    discount = fields.BigIntField(default=0)
    tax_rate = fields.IntField(default=0)
    tax_method = one_of(TaxMethod, default=TaxMethod.EXCLUSIVE, max_length=9)
    is_enabled = fields.BooleanField(default=True)
    billing_frequency = one_of(BillingFrequency, default=BillingFrequency.ONE_TIME, max_length=13)
    billing_cycles = fields.IntField(null=True)
    billing_starts_on = fields.DateField(null=True)
    added_at = fields.DatetimeField(default=now)
    import_key = fields.CharField(max_length=64, null=True)

    class Meta:
        table = "deal_products"


class DealDiscount(AccountRow):
    """A discount on all one-time lines of a deal together; measured as a line's is."""

    deal_id = fields.UUIDField()
    position = fields.IntField()
    description = fields.CharField(max_length=255)
    discount_type = one_of(DiscountType, max_length=10)
    discount = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    import_key = fields.CharField(max_length=64, null=True)

    class Meta:
        table = "deal_discounts"


class DealInstallment(AccountRow):
    """A part of a deal's value that is billed on a day."""

    deal_id = fields.UUIDField()
    description = fields.CharField(max_length=255)
    amount_minor = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    bills_on = fields.DateField()
    import_key = fields.CharField(max_length=64, null=True)

    class Meta:
        table = "deal_installments"
