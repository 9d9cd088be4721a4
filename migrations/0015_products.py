"""Products with their prices; the lines, discounts and installments of deals, and what recurs of them."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.constraining import Constrain
from models.constraints import Check, Index, Reference, Rule, one_of_values, unique


def _measured(table: str, least: str) -> list[Rule]:
    """A discount by its type: at most the whole of it, or an amount."""
    bounded = f"discount {least} AND (discount_type = 'AMOUNT' OR discount <= 100000)"
    return [
        one_of_values(table, "discount_type", "PERCENTAGE AMOUNT"),
        Check(table, "discount_in_bounds", bounded),
        Check(table, "currency_of_three_letters", "length(currency) = 3"),
    ]


def _on_a_deal(table: str, order: str) -> list[Rule]:
    return [
        unique(table, "account_id, id"),
        Index(table, f"deal_id, {order}"),
        Reference(table, "account_id, deal_id", "deals"),
    ]


class Migration(migrations.Migration):
    """Five tables, and three figures on each deal."""

    dependencies = [("models", "0014_conversion_runs")]
    operations = [
        ops.CreateModel(
            name="Product",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("version", fields.IntField()),
                ("created_at", fields.DatetimeField()),
                ("updated_at", fields.DatetimeField()),
                ("name", fields.CharField(max_length=255)),
                ("folded_name", fields.CharField(max_length=512)),
                ("code", fields.CharField(max_length=64, null=True)),
                ("description", fields.TextField(null=True)),
                ("unit", fields.CharField(max_length=32, null=True)),
                ("tax_rate", fields.IntField()),
                ("is_active", fields.BooleanField()),
            ],
            options={"table": "products", "app": "models", "pk_attr": "id"},
        ),
        ops.CreateModel(
            name="ProductPrice",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("product_id", fields.UUIDField()),
                ("currency", fields.CharField(max_length=3)),
                ("price_minor", fields.BigIntField()),
            ],
            options={"table": "product_prices", "app": "models", "pk_attr": "id"},
        ),
        ops.CreateModel(
            name="DealProduct",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("deal_id", fields.UUIDField()),
                ("product_id", fields.UUIDField()),
                ("position", fields.IntField()),
                ("currency", fields.CharField(max_length=3)),
                ("price_minor", fields.BigIntField()),
                ("quantity", fields.BigIntField()),
                ("discount_type", fields.CharField(max_length=10)),
                ("discount", fields.BigIntField()),
                ("tax_rate", fields.IntField()),
                ("tax_method", fields.CharField(max_length=9)),
                ("is_enabled", fields.BooleanField()),
                ("billing_frequency", fields.CharField(max_length=13)),
                ("billing_cycles", fields.IntField(null=True)),
                ("billing_starts_on", fields.DateField(null=True)),
                ("added_at", fields.DatetimeField()),
            ],
            options={"table": "deal_products", "app": "models", "pk_attr": "id"},
        ),
        ops.CreateModel(
            name="DealDiscount",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("deal_id", fields.UUIDField()),
                ("position", fields.IntField()),
                ("description", fields.CharField(max_length=255)),
                ("discount_type", fields.CharField(max_length=10)),
                ("discount", fields.BigIntField()),
                ("currency", fields.CharField(max_length=3)),
            ],
            options={"table": "deal_discounts", "app": "models", "pk_attr": "id"},
        ),
        ops.CreateModel(
            name="DealInstallment",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("deal_id", fields.UUIDField()),
                ("description", fields.CharField(max_length=255)),
                ("amount_minor", fields.BigIntField()),
                ("currency", fields.CharField(max_length=3)),
                ("bills_on", fields.DateField()),
            ],
            options={"table": "deal_installments", "app": "models", "pk_attr": "id"},
        ),
        ops.AddField("Deal", "mrr_minor", fields.BigIntField(null=True)),
        ops.AddField("Deal", "arr_minor", fields.BigIntField(null=True)),
        ops.AddField("Deal", "acv_minor", fields.BigIntField(null=True)),
        Constrain(
            Check("products", "version_positive", "version >= 1"),
            Check("products", "tax_rate_in_percent", "tax_rate >= 0 AND tax_rate <= 100000"),
            unique("products", "account_id, id"),
            unique("products", "account_id, code", where="code IS NOT NULL"),
            Index("products", "account_id, folded_name, id"),
            Check("product_prices", "price_not_negative", "price_minor >= 0"),
            Check("product_prices", "currency_of_three_letters", "length(currency) = 3"),
            unique("product_prices", "product_id, currency"),
            Reference("product_prices", "account_id, product_id", "products"),
            *_measured("deal_products", ">= 0"),
            *_on_a_deal("deal_products", "position"),
            Index("deal_products", "product_id"),
            Reference("deal_products", "account_id, product_id", "products"),
            one_of_values("deal_products", "tax_method", "INCLUSIVE EXCLUSIVE NONE"),
            one_of_values(
                "deal_products", "billing_frequency", "ONE_TIME WEEKLY MONTHLY QUARTERLY SEMI_ANNUALLY ANNUALLY"
            ),
            Check("deal_products", "price_not_negative", "price_minor >= 0"),
            Check("deal_products", "quantity_positive", "quantity > 0"),
            Check("deal_products", "tax_rate_in_percent", "tax_rate >= 0 AND tax_rate <= 100000"),
            Check("deal_products", "cycles_in_bounds", "billing_cycles >= 1 AND billing_cycles <= 208"),
            Check("deal_products", "one_time_once", "billing_frequency <> 'ONE_TIME' OR billing_cycles IS NULL"),
            Check("deal_products", "weekly_for_a_time", "billing_frequency <> 'WEEKLY' OR billing_cycles IS NOT NULL"),
            *_measured("deal_discounts", "> 0"),
            *_on_a_deal("deal_discounts", "position"),
            *_on_a_deal("deal_installments", "bills_on"),
            Check("deal_installments", "amount_positive", "amount_minor > 0"),
            Check("deal_installments", "currency_of_three_letters", "length(currency) = 3"),
            Check(
                "deals",
                "recurring_whole",
                "(mrr_minor IS NULL) = (arr_minor IS NULL) AND (mrr_minor IS NULL) = (acv_minor IS NULL)",
            ),
        ),
    ]
