"""Imports of deals and contacts as well, which can be undone."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.constraining import Constrain, Release
from models.constraints import Check, one_of_values, unique

KEYED = (("Person", "people"), ("Organization", "organizations"), ("Deal", "deals"))
BEFORE = "(merged_into_id IS NULL) = (removed_at IS NULL)"


class Migration(migrations.Migration):
    """Keys on what can be imported; what an import is of, and when it was undone."""

    dependencies = [("models", "0020_web_forms")]
    operations = [
        *(ops.AddField(name, "import_key", fields.CharField(max_length=64, null=True)) for name, _ in KEYED),
        ops.AddField("Import", "kind", fields.CharField(max_length=13, db_default="LEADS")),
        ops.AddField("Import", "rows_updated", fields.IntField(default=0, db_default=0)),
        ops.AddField("Import", "undone_at", fields.DatetimeField(null=True)),
        Release(*(Check(table, "removed_where_merged", BEFORE) for table in ("people", "organizations"))),
        Constrain(
            *(
                Check(table, "removed_where_merged", "merged_into_id IS NULL OR removed_at IS NOT NULL")
                for table in ("people", "organizations")
            ),
            *(unique(table, "account_id, import_key", where="import_key IS NOT NULL") for _, table in KEYED),
            one_of_values("imports", "kind", "LEADS DEALS PEOPLE ORGANIZATIONS"),
        ),
    ]
