"""Imports of registers, whose companies become leads."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Which companies are wanted, where an import is of a register."""

    dependencies = [("models", "0022_chats")]
    operations = [ops.AddField("Import", "wanted", fields.JSONField(null=True))]
