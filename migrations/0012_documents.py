"""Documents that front ends published."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.constraining import Constrain
from models.constraints import unique


class Migration(migrations.Migration):
    """The table."""

    dependencies = [("models", "0011_files")]
    operations = [
        ops.CreateModel(
            name="PublishedDocument",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("hash", fields.CharField(max_length=64)),
                ("text", fields.TextField()),
                ("published_at", fields.DatetimeField()),
            ],
            options={"table": "published_documents", "app": "models", "pk_attr": "id"},
        ),
        Constrain(unique("published_documents", "hash")),
    ]
