"""Tokens that may only read."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.constraining import Constrain
from models.constraints import one_of_values


class Migration(migrations.Migration):
    """A column more; the tokens there are may write, as they could."""

    dependencies = [("models", "0026_totals")]
    operations = [
        ops.AddField("Token", "scope", fields.CharField(max_length=5, default="WRITE", db_default="WRITE")),
        Constrain(one_of_values("tokens", "scope", "READ WRITE")),
    ]
