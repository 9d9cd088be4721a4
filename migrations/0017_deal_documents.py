"""Document templates, and the PDFs that were made."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.constraining import Constrain
from models.constraints import Check, Index, Reference, one_of_values, unique


class Migration(migrations.Migration):
    """Two tables."""

    dependencies = [("models", "0016_invoices")]
    operations = [
        ops.CreateModel(
            name="DocumentTemplate",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("version", fields.IntField()),
                ("created_at", fields.DatetimeField()),
                ("updated_at", fields.DatetimeField()),
                ("name", fields.CharField(max_length=255)),
                ("body", fields.TextField()),
                ("language", fields.CharField(max_length=8)),
                ("is_active", fields.BooleanField()),
            ],
            options={"table": "document_templates", "app": "models", "pk_attr": "id"},
        ),
        ops.CreateModel(
            name="Document",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("deal_id", fields.UUIDField()),
                ("template_id", fields.UUIDField(null=True)),
                ("invoice_id", fields.UUIDField(null=True)),
                ("source_version", fields.IntField()),
                ("language", fields.CharField(max_length=8)),
                ("version", fields.IntField()),
                ("name", fields.CharField(max_length=255)),
                ("file_id", fields.UUIDField(null=True)),
                ("creator_id", fields.UUIDField()),
                ("created_at", fields.DatetimeField()),
            ],
            options={"table": "documents", "app": "models", "pk_attr": "id"},
        ),
        Constrain(
            one_of_values("document_templates", "language", "EN PL"),
            Check("document_templates", "version_positive", "version >= 1"),
            unique("document_templates", "account_id, id"),
            Index("document_templates", "account_id, name, id"),
            one_of_values("documents", "language", "EN PL"),
            Check("documents", "of_one_source", "(template_id IS NULL) <> (invoice_id IS NULL)"),
            Check("documents", "version_positive", "version >= 1"),
            Index("documents", "deal_id, created_at, id"),
            unique(
                "documents",
                "deal_id, COALESCE(template_id, invoice_id), language, version",
                called="version_once",
            ),
            Index("documents", "invoice_id", where="invoice_id IS NOT NULL"),
            Index("documents", "file_id", where="file_id IS NOT NULL"),
            Index("documents", "template_id", where="template_id IS NOT NULL"),
            Reference("documents", "account_id, deal_id", "deals"),
            Reference("documents", "account_id, template_id", "document_templates"),
            Reference("documents", "account_id, invoice_id", "invoices"),
            Reference("documents", "account_id, creator_id", "users", looked_up=False),
        ),
    ]
