"""Invoices that are made here: numbered, with lines, payments and parties; those there were are another system's."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.constraining import Constrain, Release
from models.constraints import Check, Index, Reference, Rule, one_of_values, unique

_BEFORE: tuple[Rule, ...] = (
    one_of_values("invoices", "status", "ISSUED VOID"),
    unique("invoices", "account_id, number"),
)
# All of them: the columns that become null rebuild the table on SQLite, which loses them.
_INVOICES: tuple[Rule, ...] = (
    one_of_values("invoices", "status", "DRAFT SENT PAID VOID"),
    Check("invoices", "version_positive", "version >= 1"),
    Check("invoices", "amount_not_negative", "amount_minor >= 0"),
    Check("invoices", "currency_of_three_letters", "length(currency) = 3"),
    Check("invoices", "paid_at_most_once", "paid_minor >= 0 AND paid_minor <= amount_minor"),
    Check("invoices", "series_whole", "(series_year IS NULL) = (series_number IS NULL)"),
    Check("invoices", "sent_with_number", "status IN ('DRAFT', 'VOID') OR number IS NOT NULL"),
    unique("invoices", "account_id, id"),
    unique("invoices", "account_id, number", where="is_external"),
    unique("invoices", "account_id, series_year, series_number", where="series_number IS NOT NULL"),
    Index("invoices", "deal_id"),
    Reference("invoices", "account_id, deal_id", "deals"),
)


class Migration(migrations.Migration):
    """Four tables more, and what an invoice has beside a number and an amount."""

    dependencies = [("models", "0015_products")]
    operations = [
        Release(*_BEFORE),
        ops.AddField("Invoice", "is_external", fields.BooleanField(default=False, db_default=False)),
        ops.AddField("Invoice", "version", fields.IntField(default=1, db_default=1)),
        ops.AddField("Invoice", "created_at", fields.DatetimeField(null=True)),
        ops.AddField("Invoice", "updated_at", fields.DatetimeField(null=True)),
        ops.AddField("Invoice", "series_year", fields.IntField(null=True)),
        ops.AddField("Invoice", "series_number", fields.IntField(null=True)),
        ops.AddField("Invoice", "paid_minor", fields.BigIntField(default=0, db_default=0)),
        ops.AddField("Invoice", "taxes", fields.JSONField(null=True)),
        ops.AddField("Invoice", "seller", fields.JSONField(null=True)),
        ops.AddField("Invoice", "buyer", fields.JSONField(null=True)),
        ops.AddField("Invoice", "note", fields.CharField(max_length=1000, null=True)),
        ops.AddField("Invoice", "due_on", fields.DateField(null=True)),
        ops.RunSQL(
            "UPDATE invoices SET is_external = true, created_at = issued_at, updated_at = issued_at, "
            "status = CASE WHEN status = 'ISSUED' THEN 'SENT' ELSE status END",
            reverse_sql="UPDATE invoices SET status = 'ISSUED' WHERE status <> 'VOID'",
        ),
        ops.AlterField("Invoice", "version", fields.IntField(default=1)),
        ops.AlterField("Invoice", "created_at", fields.DatetimeField()),
        ops.AlterField("Invoice", "updated_at", fields.DatetimeField()),
        ops.AlterField("Invoice", "number", fields.CharField(max_length=64, null=True)),
        ops.AlterField("Invoice", "issued_at", fields.DatetimeField(null=True)),
        ops.CreateModel(
            name="InvoiceLine",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("invoice_id", fields.UUIDField()),
                ("position", fields.IntField()),
                ("name", fields.CharField(max_length=255)),
                ("unit", fields.CharField(max_length=32, null=True)),
                ("quantity", fields.BigIntField()),
                ("tax_rate", fields.IntField(null=True)),
                ("currency", fields.CharField(max_length=3)),
                ("net_minor", fields.BigIntField()),
                ("tax_minor", fields.BigIntField()),
            ],
            options={"table": "invoice_lines", "app": "models", "pk_attr": "id"},
        ),
        ops.CreateModel(
            name="InvoicePayment",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("invoice_id", fields.UUIDField()),
                ("amount_minor", fields.BigIntField()),
                ("currency", fields.CharField(max_length=3)),
                ("paid_on", fields.DateField()),
                ("added_at", fields.DatetimeField()),
            ],
            options={"table": "invoice_payments", "app": "models", "pk_attr": "id"},
        ),
        ops.CreateModel(
            name="InvoiceSettings",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("seller", fields.JSONField()),
                ("bank_account", fields.CharField(max_length=64, null=True)),
                ("number_prefix", fields.CharField(max_length=16)),
                ("days_to_pay", fields.IntField()),
            ],
            options={"table": "invoice_settings", "app": "models", "pk_attr": "id"},
        ),
        ops.CreateModel(
            name="InvoiceSeries",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("year", fields.IntField()),
                ("last_number", fields.IntField()),
            ],
            options={"table": "invoice_series", "app": "models", "pk_attr": "id"},
        ),
        Constrain(
            *_INVOICES,
            Check("invoice_lines", "quantity_positive", "quantity > 0"),
            Check("invoice_lines", "amounts_not_negative", "net_minor >= 0 AND tax_minor >= 0"),
            Check("invoice_lines", "currency_of_three_letters", "length(currency) = 3"),
            Index("invoice_lines", "invoice_id, position"),
            Reference("invoice_lines", "account_id, invoice_id", "invoices"),
            Check("invoice_payments", "amount_positive", "amount_minor > 0"),
            Check("invoice_payments", "currency_of_three_letters", "length(currency) = 3"),
            Index("invoice_payments", "invoice_id, paid_on"),
            Reference("invoice_payments", "account_id, invoice_id", "invoices"),
            Check("invoice_settings", "days_not_negative", "days_to_pay >= 0"),
            unique("invoice_settings", "account_id"),
            Reference("invoice_settings", "account_id", "accounts", "id"),
            Check("invoice_series", "number_positive", "last_number >= 1"),
            unique("invoice_series", "account_id, year"),
            Reference("invoice_series", "account_id", "accounts", "id"),
        ),
    ]
