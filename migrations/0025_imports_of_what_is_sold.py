"""Imports of products, and of the lines of deals."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.constraining import Constrain, Release
from models.constraints import one_of_values, unique

KEYED = (("Product", "products"), ("DealProduct", "deal_products"))
BEFORE = "LEADS DEALS PEOPLE ORGANIZATIONS"


class Migration(migrations.Migration):
    """Keys on products and lines, and two more kinds of imports."""

    dependencies = [("models", "0024_installment_invoices")]
    operations = [
        *(ops.AddField(name, "import_key", fields.CharField(max_length=64, null=True)) for name, _ in KEYED),
        Release(one_of_values("imports", "kind", BEFORE)),
        Constrain(
            one_of_values("imports", "kind", f"{BEFORE} PRODUCTS LINES"),
            *(unique(table, "account_id, import_key", where="import_key IS NOT NULL") for _, table in KEYED),
        ),
    ]
