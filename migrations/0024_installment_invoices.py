"""Invoices of single installments: which one each is of, and that no two that stand are of the same."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.constraining import Constrain
from models.constraints import unique


class Migration(migrations.Migration):
    """A column more, and what it must not say twice."""

    dependencies = [("models", "0023_prospecting")]
    operations = [
        ops.AddField("Invoice", "installment_id", fields.UUIDField(null=True)),
        Constrain(
            unique("invoices", "installment_id", where="status <> 'VOID' AND installment_id IS NOT NULL"),
        ),
    ]
