"""Invoices of deals: made here, or issued elsewhere."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import strawberry

from resolvers import invoices, invoicing, money, payments, thousandths
from resolvers.access import Viewer
from resolvers.reads.declare import Many, Need, One, Term, Value
from resolvers.reads.run import Ref
from schema import common
from schema.common import Money, MoneyInput, Node, UserError
from schema.declaring import Answer, command, identifies, reads, shows
from schema.enums import InvoiceStatus
from schema.products import DealInstallment


def _shown(minor: int, currency: str) -> dict[str, str]:
    return {"amount": money.to_text(minor, currency), "currency": currency}


@strawberry.type(description="Who sells or buys, as it is on an invoice.")
class InvoiceParty:
    """A party to an invoice."""

    name: str
    address: str | None
    tax_id: str | None


def _party(kept: Any) -> dict[str, Any] | None:
    return None if not kept else {name: kept.get(column) for name, column in _PARTY.items()}


_PARTY = {"name": "name", "address": "address", "taxId": "tax_id"}


@strawberry.type(description="What an invoice comes to at one tax rate.")
class TaxRateTotal:
    """A line of the tax summary."""

    rate: Decimal | None = strawberry.field(description="Percent; null where nothing is said of a tax.")
    net: Money
    tax: Money


@strawberry.type(description="What an invoice comes to without its taxes, its taxes, and both by rate.")
class TaxSummary:
    """The tax summary."""

    net: Money
    tax: Money
    rates: list[TaxRateTotal]


def _summary(taxes: Any, currency: str) -> dict[str, Any] | None:
    if taxes is None:
        return None
    return {
        "net": _shown(sum(each["net_minor"] for each in taxes), currency),
        "tax": _shown(sum(each["tax_minor"] for each in taxes), currency),
        "rates": [
            {
                "rate": None if each["rate"] is None else thousandths.to_text(each["rate"]),
                "net": _shown(each["net_minor"], currency),
                "tax": _shown(each["tax_minor"], currency),
            }
            for each in taxes
        ],
    }


def _owed(minor: int, paid: int, status: str, currency: str) -> dict[str, str]:
    return _shown(minor - paid if status == InvoiceStatus.SENT else 0, currency)


def _is_overdue(status: str, due_on: Any) -> bool:
    if status != InvoiceStatus.SENT or due_on is None:
        return False
    return datetime.now(UTC).date() > date.fromisoformat(str(due_on))


_OWED = (Need("{a}.amount_minor", "int"), Need("{a}.paid_minor", "int"), Need("{a}.status"), Need("{a}.currency"))


@strawberry.type(description="What an invoice charges: one billing of a product.")
class InvoiceLine(Node):
    """A line of an invoice."""

    id: strawberry.ID = identifies("InvoiceLine")
    name: str = shows("name")
    unit: str | None = shows("unit")
    quantity: Decimal = reads(Value((Need("{a}.quantity", "int"),), thousandths.to_text))
    tax_rate: Decimal | None = reads(
        Value((Need("{a}.tax_rate", "int"),), lambda rate: None if rate is None else thousandths.to_text(rate)),
        "Percent; null where nothing is said of a tax.",
    )
    net: Money = common.amount("net_minor", "Discounts taken off.")
    tax: Money = common.amount("tax_minor")


@strawberry.type(description="A part of an invoice that was paid, or all of it.")
class InvoicePayment(Node):
    """A payment."""

    id: strawberry.ID = identifies("InvoicePayment")
    amount: Money = common.amount("amount_minor")
    paid_on: date = shows("paid_on", "day")


@strawberry.type(
    description="An invoice for a deal: drafted from its lines and numbered when it is sent, or one that another "
    "system issued and numbered."
)
class Invoice(Node):
    """An invoice."""

    id: strawberry.ID = identifies("Invoice")
    number: str | None = shows("number", description="Null for a draft, and for a draft that was voided.")
    installment: DealInstallment | None = reads(
        One("DealInstallment", "installment_id"), "The one that it is of; null as well where that is no longer there."
    )
    is_external: bool = shows("is_external", "flag", "Whether another system issued it.")
    status: InvoiceStatus = shows("status")
    amount: Money = common.amount("amount_minor", "With taxes.")
    paid: Money = common.amount("paid_minor")
    owed: Money = reads(Value(_OWED, _owed, makes_object=True), "What is left to pay of one that was sent.")
    is_overdue: bool = reads(Value((Need("{a}.status"), Need("{a}.due_on", "day")), _is_overdue))
    seller: InvoiceParty | None = reads(Value((Need("{a}.seller", "json"),), _party, makes_object=True))
    buyer: InvoiceParty | None = reads(Value((Need("{a}.buyer", "json"),), _party, makes_object=True))
    note: str | None = shows("note")
    taxes: TaxSummary | None = reads(
        Value((Need("{a}.taxes", "json"), Need("{a}.currency")), _summary, makes_object=True),
        "Null for one that another system issued.",
    )
    lines: list[InvoiceLine] = reads(Many("InvoiceLine", column="invoice_id", order=(Term("{a}.position", "int"),)))
    payments: list[InvoicePayment] = reads(
        Many("InvoicePayment", column="invoice_id", order=(Term("{a}.paid_on", "day"),))
    )
    due_on: date | None = shows("due_on", "day")
    issued_at: datetime | None = shows("issued_at", "instant", "When it was sent, or recorded.")
    created_at: datetime = shows("created_at", "instant")
    version: int = shows("version", "int")


@strawberry.type(description="How the account invoices.")
class Invoicing:
    """Who sells, and how invoices are numbered."""

    seller: InvoiceParty | None
    bank_account: str | None
    number_prefix: str = strawberry.field(description="Of numbers such as FV/2026/1.")
    days_to_pay: int


async def find_invoicing(info: strawberry.Info) -> Any:
    """How the viewer's account invoices."""
    return await _invoicing(info.context.viewer)


async def _invoicing(viewer: Viewer) -> Invoicing:
    kept = await invoicing.settings_of(viewer.account_id)
    seller = kept.seller
    return Invoicing(
        seller=InvoiceParty(name=str(seller["name"]), address=seller.get("address"), tax_id=seller.get("tax_id"))
        if seller
        else None,
        bank_account=kept.bank_account,
        number_prefix=kept.number_prefix,
        days_to_pay=kept.days_to_pay,
    )


@strawberry.input(description="Who sells or buys, as it is to be on an invoice.")
class InvoicePartyInput:
    """A party to an invoice."""

    name: str
    address: str | None = strawberry.UNSET
    tax_id: str | None = strawberry.UNSET


@strawberry.input(
    description="An invoice to draft: of all enabled lines of a deal, or of some, one billing of each; the buyer is "
    "the deal's organization, or else its person, unless given."
)
class CreateInvoiceInput:
    """A new invoice."""

    deal_id: strawberry.ID
    line_ids: list[strawberry.ID] | None = strawberry.UNSET
    installment_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="To invoice one installment in the place of lines: once, until voided."
    )
    buyer: InvoicePartyInput | None = strawberry.UNSET
    due_on: date | None = strawberry.UNSET
    note: str | None = strawberry.UNSET
    idempotency_key: str | None = strawberry.UNSET
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="What to change of a draft; what is left out stays.")
class UpdateInvoiceInput:
    """A change of a draft."""

    id: strawberry.ID
    expected_version: int | None = strawberry.UNSET
    buyer: InvoicePartyInput | None = strawberry.UNSET
    due_on: date | None = strawberry.UNSET
    note: str | None = strawberry.UNSET
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="An invoice to send, or to void.")
class InvoiceIdInput:
    """The invoice."""

    id: strawberry.ID
    expected_version: int | None = strawberry.UNSET
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="An invoice that another system issued for a deal.")
class RecordInvoiceInput:
    """An invoice from elsewhere."""

    deal_id: strawberry.ID
    number: str
    amount: MoneyInput
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="An invoice that no longer stands.")
class VoidInvoiceInput:
    """The invoice."""

    id: strawberry.ID
    expected_version: int | None = strawberry.UNSET
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="An amount in the invoice's currency that was paid, no more than is owed.")
class AddInvoicePaymentInput:
    """A payment."""

    invoice_id: strawberry.ID
    amount: Decimal
    paid_on: date
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="A payment that was none.")
class RemoveInvoicePaymentInput:
    """The payment."""

    id: strawberry.ID
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="How the account is to invoice; beside the seller, what is left out stays. For admins.")
class SetInvoicingInput:
    """How the account invoices."""

    seller: InvoicePartyInput
    bank_account: str | None = strawberry.UNSET
    number_prefix: str | None = strawberry.UNSET
    days_to_pay: int | None = strawberry.UNSET
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.type(description="What became of an invoice.")
class InvoicePayload:
    """The invoice after the command."""

    invoice: Invoice | None
    errors: list[UserError]


@strawberry.type(description="How the account invoices now.")
class InvoicingPayload:
    """How the account invoices after the command."""

    invoicing: Invoicing | None
    errors: list[UserError]


async def _create(viewer: Viewer, draft: Any) -> Answer:
    return {"invoice": Ref("Invoice", await invoices.create_invoice(viewer, draft))}


async def _update(viewer: Viewer, patch: Any) -> Answer:
    return {"invoice": Ref("Invoice", await invoices.update_invoice(viewer, patch))}


async def _send(viewer: Viewer, given: Any) -> Answer:
    return {"invoice": Ref("Invoice", await invoices.send_invoice(viewer, given))}


async def _record(viewer: Viewer, draft: Any) -> Answer:
    return {"invoice": Ref("Invoice", await invoices.record_invoice(viewer, draft))}


async def _void(viewer: Viewer, given: Any) -> Answer:
    return {"invoice": Ref("Invoice", await invoices.void_invoice(viewer, given))}


async def _add_payment(viewer: Viewer, draft: Any) -> Answer:
    return {"invoice": Ref("Invoice", await payments.add_payment(viewer, draft))}


async def _remove_payment(viewer: Viewer, removal: Any) -> Answer:
    return {"invoice": Ref("Invoice", await payments.remove_payment(viewer, removal))}


async def _set_invoicing(viewer: Viewer, given: Any) -> Answer:
    await invoicing.set_invoicing(viewer, given)
    return {"invoicing": await _invoicing(viewer)}


@strawberry.type
class InvoiceCommands:
    """What may be done with invoices."""

    create_invoice = command(CreateInvoiceInput, InvoicePayload, _create)
    update_invoice = command(UpdateInvoiceInput, InvoicePayload, _update)
    send_invoice = command(InvoiceIdInput, InvoicePayload, _send, "Numbers a draft; from then on it stays as it is.")
    record_invoice = command(RecordInvoiceInput, InvoicePayload, _record)
    void_invoice = command(VoidInvoiceInput, InvoicePayload, _void)
    add_invoice_payment = command(AddInvoicePaymentInput, InvoicePayload, _add_payment)
    remove_invoice_payment = command(RemoveInvoicePaymentInput, InvoicePayload, _remove_payment)
    set_invoicing = command(SetInvoicingInput, InvoicingPayload, _set_invoicing)
