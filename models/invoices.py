"""Invoices of deals: those that are made here, and those that another system has issued."""

from enum import StrEnum

from tortoise import fields

from models.base import AccountRow, Versioned, now, one_of

# A party to an invoice: name, address and tax id, as they are on it.
Party = dict[str, str | None]
# What an invoice comes to at one tax rate: `rate` (null: no tax), `net_minor`, `tax_minor`.
Tax = dict[str, int | None]


class InvoiceStatus(StrEnum):
    """Where an invoice stands."""

    DRAFT = "DRAFT"
    SENT = "SENT"
    PAID = "PAID"
    VOID = "VOID"


class Invoice(Versioned):
    """An invoice for a deal; what is on it stays as it is, whatever becomes of the deal.

    One that is `is_external` has another system's number and amount, and no lines. Any other gets
    its number when it is sent: the next `series_number` of its `series_year`, of which none is
    ever left out; a draft has none. Of one installment at most one invoice stands.
    """

    deal_id = fields.UUIDField()
    installment_id = fields.UUIDField(null=True)  # kept where the installment is gone: no reference
    is_external = fields.BooleanField(default=False, db_default=False)
    status = one_of(InvoiceStatus, default=InvoiceStatus.DRAFT, max_length=6)
    number = fields.CharField(max_length=64, null=True)
    series_year = fields.IntField(null=True)
    series_number = fields.IntField(null=True)
    amount_minor = fields.BigIntField()
    paid_minor = fields.BigIntField(default=0, db_default=0)
    currency = fields.CharField(max_length=3)
    taxes = fields.JSONField[list[Tax]](null=True)
    seller = fields.JSONField[Party](null=True)
    buyer = fields.JSONField[Party](null=True)
    note = fields.CharField(max_length=1000, null=True)
    issued_at = fields.DatetimeField(null=True)
    due_on = fields.DateField(null=True)

    class Meta:
        table = "invoices"


class InvoiceLine(AccountRow):
    """What is charged: of a deal's line, for one billing. `tax_rate` null: nothing is said of a tax."""

    invoice_id = fields.UUIDField()
    position = fields.IntField()
    name = fields.CharField(max_length=255)
    unit = fields.CharField(max_length=32, null=True)
    quantity = fields.BigIntField()
    tax_rate = fields.IntField(null=True)
    currency = fields.CharField(max_length=3)
    net_minor = fields.BigIntField()
    tax_minor = fields.BigIntField()

    class Meta:
        table = "invoice_lines"


class InvoicePayment(AccountRow):
    """A part of an invoice that was paid, or all of it."""

    invoice_id = fields.UUIDField()
    amount_minor = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    paid_on = fields.DateField()
    added_at = fields.DatetimeField(default=now)

    class Meta:
        table = "invoice_payments"


class InvoiceSettings(AccountRow):
    """Who sells, how its invoices are numbered, and in how many days they are due. One for an account."""

    seller = fields.JSONField[Party](default=dict)
    bank_account = fields.CharField(max_length=64, null=True)
    number_prefix = fields.CharField(max_length=16, default="FV")
    days_to_pay = fields.IntField(default=14)

    class Meta:
        table = "invoice_settings"


class InvoiceSeries(AccountRow):
    """The last number that an account has given in a year."""

    year = fields.IntField()
    last_number = fields.IntField()

    class Meta:
        table = "invoice_series"
