"""Invoices of deals."""

from datetime import datetime

import strawberry

from schema.common import Money, Node, amount
from schema.declaring import identifies, shows
from schema.enums import InvoiceStatus


@strawberry.type(description="An invoice that was issued for a deal, as the invoicing system numbers it.")
class Invoice(Node):
    """An invoice."""

    id: strawberry.ID = identifies("Invoice")
    number: str = shows("number")
    amount: Money = amount("amount_minor")
    status: InvoiceStatus = shows("status")
    issued_at: datetime = shows("issued_at", "instant")
