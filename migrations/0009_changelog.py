"""What became of each deal, field by field."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.constraining import Constrain
from models.constraints import Check, Index, Reference, one_of_values


class Migration(migrations.Migration):
    """One table, read deal by deal, latest first."""

    dependencies = [("models", "0008_sign_in")]
    operations = [
        ops.CreateModel(
            name="DealLogEntry",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("deal_id", fields.UUIDField()),
                ("revision", fields.BigIntField()),
                ("at", fields.DatetimeField()),
                ("actor_id", fields.UUIDField(null=True)),
                ("way", fields.CharField(max_length=6)),
                ("event", fields.CharField(max_length=9)),
                ("field", fields.CharField(max_length=32, null=True)),
                ("old_value", fields.CharField(max_length=1000, null=True)),
                ("new_value", fields.CharField(max_length=1000, null=True)),
                ("old_id", fields.UUIDField(null=True)),
                ("new_id", fields.UUIDField(null=True)),
            ],
            options={"table": "deal_log", "app": "models", "pk_attr": "id"},
        ),
        Constrain(
            one_of_values("deal_log", "way", "API BOARD IMPORT FORM CHAT MAIL SYSTEM"),
            one_of_values("deal_log", "event", "CREATED CONVERTED CHANGED REMOVED REVIVED"),
            Check("deal_log", "field_where_changed", "(event = 'CHANGED') = (field IS NOT NULL)"),
            Index("deal_log", "deal_id, revision, id"),
            Index("deal_log", "account_id, field, at"),
            Reference("deal_log", "account_id, deal_id", "deals"),
            Reference("deal_log", "account_id, actor_id", "users", looked_up=False),
        ),
    ]
