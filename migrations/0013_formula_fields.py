"""Formula fields of deals, and what they come to."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.constraining import Constrain
from models.constraints import Check, Index, Reference, one_of_values, unique


class Migration(migrations.Migration):
    """Two tables, and a column of deals."""

    dependencies = [("models", "0012_documents")]
    operations = [
        ops.CreateModel(
            name="FormulaField",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("name", fields.CharField(max_length=64)),
                ("folded_name", fields.CharField(max_length=128)),
                ("expression", fields.TextField()),
                ("type", fields.CharField(max_length=6)),
                ("position", fields.IntField()),
            ],
            options={"table": "formula_fields", "app": "models", "pk_attr": "id"},
        ),
        ops.CreateModel(
            name="FormulaFieldValue",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("formula_id", fields.UUIDField()),
                ("deal_id", fields.UUIDField()),
                ("number", fields.CharField(max_length=32, null=True)),
                ("amount", fields.CharField(max_length=32, null=True)),
                ("currency", fields.CharField(max_length=3, null=True)),
                ("reason", fields.CharField(max_length=16, null=True)),
                ("sort_key", fields.CharField(max_length=32, null=True)),
            ],
            options={"table": "formula_field_values", "app": "models", "pk_attr": "id"},
        ),
        ops.AddField("Deal", "formulas", fields.JSONField(default=dict, db_default={})),
        Constrain(
            one_of_values("formula_fields", "type", "NUMBER MONEY"),
            unique("formula_fields", "account_id, id"),
            unique("formula_fields", "account_id, folded_name"),
            Reference("formula_fields", "account_id", "accounts", "id"),
            one_of_values(
                "formula_field_values", "reason", "MISSING_INPUT DIVISION_BY_ZERO MIXED_CURRENCIES OUT_OF_RANGE"
            ),
            Check("formula_field_values", "value_or_reason", "(reason IS NULL) = (sort_key IS NOT NULL)"),
            Check("formula_field_values", "amount_whole", "(amount IS NULL) = (currency IS NULL)"),
            unique("formula_field_values", "deal_id, formula_id"),
            Index("formula_field_values", "formula_id, sort_key"),
            Reference("formula_field_values", "account_id, formula_id", "formula_fields"),
            Reference("formula_field_values", "account_id, deal_id", "deals"),
        ),
    ]
