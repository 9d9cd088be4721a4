"""Conversions of many leads that go on beside the requests."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.constraining import Constrain
from models.constraints import Check, Index, Reference, one_of_values, unique


class Migration(migrations.Migration):
    """Two tables."""

    dependencies = [("models", "0013_formula_fields")]
    operations = [
        ops.CreateModel(
            name="ConversionRun",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("user_id", fields.UUIDField()),
                ("way", fields.CharField(max_length=8)),
                ("request", fields.JSONField()),
                ("status", fields.CharField(max_length=9)),
                ("leads_total", fields.IntField()),
                ("leads_done", fields.IntField()),
                ("leads_converted", fields.IntField()),
                ("failure", fields.CharField(max_length=1000, null=True)),
                ("created_at", fields.DatetimeField()),
                ("finished_at", fields.DatetimeField(null=True)),
            ],
            options={"table": "conversion_runs", "app": "models", "pk_attr": "id"},
        ),
        ops.CreateModel(
            name="ConversionResult",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("run_id", fields.UUIDField()),
                ("place", fields.IntField()),
                ("result", fields.JSONField()),
            ],
            options={"table": "conversion_results", "app": "models", "pk_attr": "id"},
        ),
        Constrain(
            one_of_values("conversion_runs", "status", "RUNNING COMPLETED FAILED"),
            one_of_values("conversion_runs", "way", "API BOARD IMPORT FORM CHAT MAIL SYSTEM"),
            Check(
                "conversion_runs",
                "counts_in_order",
                "0 <= leads_converted AND leads_converted <= leads_done AND leads_done <= leads_total",
            ),
            Check("conversion_runs", "finished_when_not_running", "(status = 'RUNNING') = (finished_at IS NULL)"),
            unique("conversion_runs", "account_id, id"),
            Index("conversion_runs", "account_id, user_id"),
            Index("conversion_runs", "id", where="status = 'RUNNING'", called="running"),
            Reference("conversion_runs", "account_id, user_id", "users"),
            unique("conversion_results", "run_id, place"),
            Reference("conversion_results", "account_id, run_id", "conversion_runs"),
        ),
    ]
