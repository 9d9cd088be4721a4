"""Imports of the discounts and the installments of deals."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.constraining import Constrain, Release
from models.constraints import one_of_values, unique

KEYED = (("DealDiscount", "deal_discounts"), ("DealInstallment", "deal_installments"))
BEFORE = "LEADS DEALS PEOPLE ORGANIZATIONS PRODUCTS LINES"


class Migration(migrations.Migration):
    """Keys on discounts and installments, and two more kinds of imports."""

    dependencies = [("models", "0027_token_scopes")]
    operations = [
        *(ops.AddField(name, "import_key", fields.CharField(max_length=64, null=True)) for name, _ in KEYED),
        Release(one_of_values("imports", "kind", BEFORE)),
        Constrain(
            one_of_values("imports", "kind", f"{BEFORE} DISCOUNTS INSTALLMENTS"),
            *(unique(table, "account_id, import_key", where="import_key IS NOT NULL") for _, table in KEYED),
        ),
    ]
