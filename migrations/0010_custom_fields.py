"""Custom fields of leads and deals, and their values."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.constraining import Constrain
from models.constraints import Check, Index, Reference, one_of_values, unique


class Migration(migrations.Migration):
    """Four tables, a column of leads and deals, and one of the deals' changelog."""

    dependencies = [("models", "0009_changelog")]
    operations = [
        ops.CreateModel(
            name="CustomField",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("name", fields.CharField(max_length=64)),
                ("folded_name", fields.CharField(max_length=128)),
                ("type", fields.CharField(max_length=12)),
                ("position", fields.IntField()),
                ("is_required", fields.BooleanField(default=False)),
                ("removed_at", fields.DatetimeField(null=True)),
            ],
            options={"table": "custom_fields", "app": "models", "pk_attr": "id"},
        ),
        ops.CreateModel(
            name="CustomFieldOption",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("field_id", fields.UUIDField()),
                ("name", fields.CharField(max_length=255)),
                ("position", fields.IntField()),
                ("removed_at", fields.DatetimeField(null=True)),
            ],
            options={"table": "custom_field_options", "app": "models", "pk_attr": "id"},
        ),
        ops.CreateModel(
            name="StageCustomField",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("stage_id", fields.UUIDField()),
                ("field_id", fields.UUIDField()),
            ],
            options={"table": "stage_custom_fields", "app": "models", "pk_attr": "id"},
        ),
        ops.CreateModel(
            name="CustomFieldValue",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("field_id", fields.UUIDField()),
                ("lead_id", fields.UUIDField(null=True)),
                ("deal_id", fields.UUIDField(null=True)),
                ("place", fields.IntField(default=0)),
                ("text", fields.CharField(max_length=255, null=True)),
                ("number", fields.CharField(max_length=32, null=True)),
                ("amount", fields.CharField(max_length=32, null=True)),
                ("currency", fields.CharField(max_length=3, null=True)),
                ("day", fields.CharField(max_length=10, null=True)),
                ("option_id", fields.UUIDField(null=True)),
                ("person_id", fields.UUIDField(null=True)),
                ("organization_id", fields.UUIDField(null=True)),
                ("user_id", fields.UUIDField(null=True)),
                ("sort_key", fields.CharField(max_length=512)),
            ],
            options={"table": "custom_field_values", "app": "models", "pk_attr": "id"},
        ),
        ops.AddField("Lead", "custom", fields.JSONField(default=dict, db_default={})),
        ops.AddField("Deal", "custom", fields.JSONField(default=dict, db_default={})),
        ops.AddField("DealLogEntry", "custom_field_id", fields.UUIDField(null=True)),
        Constrain(
            one_of_values(
                "custom_fields", "type", "TEXT NUMBER MONEY DATE OPTION MULTI_OPTION PERSON ORGANIZATION USER"
            ),
            unique("custom_fields", "account_id, id"),
            unique("custom_fields", "account_id, folded_name", "removed_at IS NULL", "one_of_a_name"),
            Reference("custom_fields", "account_id", "accounts", "id"),
            unique("custom_field_options", "account_id, field_id, id"),
            Index("custom_field_options", "field_id, position"),
            Reference("custom_field_options", "account_id, field_id", "custom_fields"),
            unique("stage_custom_fields", "stage_id, field_id"),
            Index("stage_custom_fields", "field_id"),
            Reference("stage_custom_fields", "account_id, stage_id", "stages"),
            Reference("stage_custom_fields", "account_id, field_id", "custom_fields"),
            Check("custom_field_values", "on_one_opportunity", "(lead_id IS NULL) <> (deal_id IS NULL)"),
            Check("custom_field_values", "amount_whole", "(amount IS NULL) = (currency IS NULL)"),
            unique("custom_field_values", "lead_id, field_id, place", where="lead_id IS NOT NULL"),
            unique("custom_field_values", "deal_id, field_id, place", where="deal_id IS NOT NULL"),
            Index("custom_field_values", "field_id, sort_key"),
            Index("custom_field_values", "option_id", where="option_id IS NOT NULL"),
            Index("custom_field_values", "person_id", where="person_id IS NOT NULL"),
            Index("custom_field_values", "organization_id", where="organization_id IS NOT NULL"),
            Index("custom_field_values", "user_id", where="user_id IS NOT NULL"),
            Reference("custom_field_values", "account_id, field_id", "custom_fields"),
            Reference("custom_field_values", "account_id, lead_id", "leads"),
            Reference("custom_field_values", "account_id, deal_id", "deals"),
            Reference(
                "custom_field_values",
                "account_id, field_id, option_id",
                "custom_field_options",
                "account_id, field_id, id",
            ),
            Reference("custom_field_values", "account_id, person_id", "people"),
            Reference("custom_field_values", "account_id, organization_id", "organizations"),
            Reference("custom_field_values", "account_id, user_id", "users"),
            Reference("deal_log", "account_id, custom_field_id", "custom_fields", looked_up=False),
        ),
    ]
