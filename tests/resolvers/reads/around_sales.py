"""The catalogue of a world, what its deals sell of it, and the invoices and documents of that."""

from typing import Any

from models.deal_documents import Document, DocumentLanguage, DocumentTemplate
from models.deals import Deal
from models.invoices import Invoice, InvoiceLine, InvoicePayment, InvoiceSettings, InvoiceStatus
from models.products import (
    BillingFrequency,
    DealDiscount,
    DealInstallment,
    DealProduct,
    DiscountType,
    Product,
    ProductPrice,
    TaxMethod,
)
from resolvers import text
from tests.resolvers.reads.filling import START, Filling


async def make_products(filling: Filling) -> None:
    """Products with and without prices, and the lines, discounts and installments of some deals."""
    products = await filling.save("Product", [_product(filling, number) for number in range(4)])
    prices = [
        ProductPrice(**filling.own(), product_id=product.id, currency=currency, price_minor=999)
        for product in products[1:]
        for currency in ("PLN", "JPY")
    ]
    await filling.save("ProductPrice", prices)
    await filling.save("DealProduct", [_line(filling, number) for number in range(18)])
    await filling.save("DealDiscount", [_discount(filling, number) for number in range(6)])
    await filling.save("DealInstallment", [_installment(filling, number) for number in range(8)])


def _product(filling: Filling, number: int) -> Product:
    name = ("Łódź", "Support", "Support", "Wdrożenie")[number]
    described = {"code": "S-1", "description": "Opis", "unit": "h", "import_key": "s"} if number == 1 else {}
    folded = {"name": name, "folded_name": text.fold(name), "tax_rate": 23000}
    return Product(**filling.own(), **folded, **described, is_active=number != 2)


def _line(filling: Filling, number: int) -> DealProduct:
    dice = filling.dice
    billed: dict[str, Any] = {}
    if number % 3 == 0:
        billed = {"billing_frequency": BillingFrequency.MONTHLY, "billing_cycles": 3, "import_key": f"line {number}"}
        billed["billing_starts_on"] = START.date()
    return DealProduct(
        **filling.own(),
        deal_id=filling.one("Deal"),
        product_id=filling.one("Product"),
        position=number,
        currency=dice.choice(["PLN", "JPY", "KWD"]),
        price_minor=333,
        quantity=dice.choice([1, 1500]),
        discount_type=dice.choice(list(DiscountType)),
        discount=dice.choice([0, 100]),
        tax_rate=dice.choice([0, 8000, 23000]),
        tax_method=dice.choice(list(TaxMethod)),
        is_enabled=dice.random() < 0.8,
        **billed,
    )


def _discount(filling: Filling, number: int) -> DealDiscount:
    taken = {"discount_type": filling.dice.choice(list(DiscountType)), "discount": 7, "currency": "PLN"}
    return DealDiscount(**filling.own(), deal_id=filling.one("Deal"), position=number, description="Off", **taken)


def _installment(filling: Filling, number: int) -> DealInstallment:
    part = {"description": "Half", "amount_minor": 5 + number, "bills_on": START.date()}
    return DealInstallment(**filling.own(), deal_id=filling.one("Deal"), currency="PLN", **part)


async def make_invoices(filling: Filling) -> None:
    """Invoices of all kinds, with lines and payments, by an account that may have said who it is."""
    invoices = await filling.save("Invoice", [_invoice(filling, number) for number in range(9)])
    priced: dict[str, Any] = {"quantity": 2500, "currency": "PLN", "net_minor": 7, "tax_minor": 1, "name": "Praca"}
    lines = [
        InvoiceLine(
            **filling.own(), **priced, invoice_id=each.id, position=place, **filling.maybe(unit="h", tax_rate=8)
        )
        for each in invoices
        for place in range(2)
    ]
    await filling.save("InvoiceLine", lines)
    paid = {"currency": "PLN", "amount_minor": 3, "paid_on": START.date()}
    payments = [InvoicePayment(**filling.own(), **paid, invoice_id=filling.one("Invoice")) for _ in range(4)]
    await filling.save("InvoicePayment", payments)
    await filling.keep([InvoiceSettings(**filling.own(), seller={"name": "Sprzedawca"})])


def _invoice_line(filling: Filling, invoice: Invoice, position: int) -> InvoiceLine:
    amounts = {"quantity": 2500, "currency": "PLN", "net_minor": 7, "tax_minor": 1}
    taxed = filling.maybe(unit="h", tax_rate=23000)
    return InvoiceLine(**filling.own(), invoice_id=invoice.id, position=position, name="Praca", **amounts, **taxed)


def _invoice(filling: Filling, number: int) -> Invoice:
    """Drafts without a number, external ones with another system's, and some of installments."""
    status = list(InvoiceStatus)[number % 4]
    installment: DealInstallment = filling.rows["DealInstallment"][number % 8]
    numbered: dict[str, Any] = {}
    if status is not InvoiceStatus.DRAFT:
        numbered = {"number": f"FV/{number}", "series_year": 2026, "series_number": number + 1}
        numbered["issued_at"] = filling.instant()
    on = {"deal_id": filling.one("Deal")}
    if number % 3 == 0:
        on = {"deal_id": installment.deal_id, "installment_id": installment.id}
    return Invoice(
        **filling.own(),
        **on,
        **numbered,
        status=status,
        is_external=number == 1,
        amount_minor=number * 7,
        currency="PLN",
        created_at=filling.instant(),
        taxes=[{"rate": 23000, "net_minor": 5, "tax_minor": 1}] if number % 2 else None,
        buyer={"name": "Żubr", "address": None, "tax_id": "525"} if number % 2 else None,
        seller={"name": "Sprzedawca", "address": "Łódź", "tax_id": None} if number % 3 else None,
        note="Dziękujemy." if number % 2 else None,
        due_on=START.date() if number % 2 else None,
    )


async def make_documents(filling: Filling) -> None:
    """Documents out of a template and out of invoices; the files of some are there."""
    template = DocumentTemplate(**filling.own(), name="Oferta", body="<p>Cześć</p>")
    await filling.save("DocumentTemplate", [template])
    sources = [{"invoice_id": each.id, "deal_id": each.deal_id} for each in filling.rows["Invoice"]]
    deals: list[Deal] = filling.rows["Deal"]
    files = {each.deal_id: each.id for each in filling.rows["File"] if each.deal_id is not None}
    sources += [{"template_id": template.id, "deal_id": each.id, "file_id": files.get(each.id)} for each in deals]
    await filling.save("Document", [_document(filling, source) for source in sources])


def _document(filling: Filling, source: dict[str, Any]) -> Document:
    made: dict[str, Any] = {"source_version": 1, "version": 1, "name": "Oferta", "language": DocumentLanguage.PL}
    return Document(**filling.own(), **made, **source, creator_id=filling.one("User"), created_at=filling.instant())
