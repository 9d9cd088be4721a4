"""An invoice as a PDF, in Polish or English."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fpdf import FPDF
from fpdf.enums import TableBordersLayout, TableCellFillMode, XPos, YPos
from fpdf.fonts import FontFace

from models.deal_documents import DocumentLanguage
from models.invoices import Invoice, InvoiceLine, InvoiceStatus, Party, Tax
from resolvers import pdf as pages
from resolvers import wording

_WORDS: Mapping[DocumentLanguage, Mapping[str, str]] = {
    DocumentLanguage.EN: {
        **{"invoice": "Invoice", "issued": "Issued on", "due": "Due on", "seller": "Seller", "buyer": "Buyer"},
        **{"taxId": "Tax id", "name": "Name", "quantity": "Quantity", "rate": "Tax", "net": "Net", "tax": "Tax"},
        **{"gross": "Gross", "untaxed": "none", "together": "Together", "total": "To pay", "paid": "Paid"},
        **{"owed": "Still owed", "account": "Bank account", "VOID": "VOID", "byRate": "Tax rate"},
    },
    DocumentLanguage.PL: {
        **{"invoice": "Faktura", "issued": "Data wystawienia", "due": "Termin płatności", "seller": "Sprzedawca"},
        **{"buyer": "Nabywca", "taxId": "NIP", "name": "Nazwa", "quantity": "Ilość", "rate": "VAT", "net": "Netto"},
        **{"tax": "Podatek", "gross": "Brutto", "untaxed": "brak", "together": "Razem", "total": "Do zapłaty"},
        **{"paid": "Zapłacono", "owed": "Pozostało do zapłaty", "account": "Numer konta", "VOID": "ANULOWANA"},
        **{"byRate": "Stawka"},
    },
}
_HEAD = FontFace(emphasis="BOLD", fill_color=(235, 238, 242))
_WIDE = ("LEFT", "RIGHT", "RIGHT", "RIGHT", "RIGHT", "RIGHT")


@dataclass(frozen=True)
class _Sheet:
    """What is drawn on, and in which language."""

    pdf: FPDF
    language: DocumentLanguage
    currency: str

    def word(self, name: str) -> str:
        return _WORDS[self.language][name]

    def amount(self, minor: int) -> str:
        return wording.amount(minor, self.currency, self.language)

    def rate(self, rate: int | None) -> str:
        return self.word("untaxed") if rate is None else f"{wording.number(rate, self.language)} %"

    def line(self, text: str, *, size: int = 10, style: str = "") -> None:
        self.pdf.set_font(pages.FAMILY, style, size)
        self.pdf.multi_cell(0, h=size / 2, text=text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.pdf.set_font(pages.FAMILY, size=10)

    def table(self, rows: Sequence[Sequence[str]], widths: Sequence[int], align: Sequence[str]) -> None:
        with self.pdf.table(
            col_widths=tuple(widths),
            text_align=tuple(align),
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            cell_fill_mode=TableCellFillMode.NONE,
            headings_style=_HEAD,
            line_height=5,
            padding=1,
            v_align="TOP",
        ) as table:
            for cells in rows:
                row = table.row()
                for cell in cells:
                    row.cell(cell)
        self.pdf.ln(4)


def invoice_pdf(invoice: Invoice, lines: Sequence[InvoiceLine], language: DocumentLanguage) -> bytes:
    """The PDF of an invoice that was sent, with its lines, its taxes by rate, and what is owed."""
    words = _WORDS[language]
    title = f"{words['invoice']} {invoice.number}"
    with pages.blank_page(title, language) as pdf:
        sheet = _Sheet(pdf, language, invoice.currency)
        sheet.line(title, size=20, style="B")
        if invoice.status is InvoiceStatus.VOID:
            sheet.line(words["VOID"], size=14, style="B")
        _dates(sheet, invoice)
        _parties(sheet, invoice)
        _lines(sheet, lines)
        _taxes(sheet, invoice.taxes or [])
        _owed(sheet, invoice)
        return bytes(pdf.output())


def _dates(sheet: _Sheet, invoice: Invoice) -> None:
    for word, at in (("issued", invoice.issued_at and invoice.issued_at.date()), ("due", invoice.due_on)):
        if at is not None:
            sheet.line(f"{sheet.word(word)}: {wording.day(at, sheet.language)}")
    sheet.pdf.ln(4)


def _parties(sheet: _Sheet, invoice: Invoice) -> None:
    sides = [_party(sheet, invoice.seller or {}), _party(sheet, invoice.buyer or {})]
    sheet.table([[sheet.word("seller"), sheet.word("buyer")], sides], (1, 1), ("LEFT", "LEFT"))


def _party(sheet: _Sheet, party: Party) -> str:
    tax_id = party.get("tax_id")
    said = [party.get("name"), party.get("address"), f"{sheet.word('taxId')}: {tax_id}" if tax_id else None]
    return "\n".join(each for each in said if each)


def _lines(sheet: _Sheet, lines: Sequence[InvoiceLine]) -> None:
    head = [sheet.word(name) for name in ("name", "quantity", "net", "rate", "tax", "gross")]
    rows = [
        [
            line.name,
            f"{wording.number(line.quantity, sheet.language)} {line.unit or ''}".strip(),
            sheet.amount(line.net_minor),
            sheet.rate(line.tax_rate),
            sheet.amount(line.tax_minor),
            sheet.amount(line.net_minor + line.tax_minor),
        ]
        for line in lines
    ]
    sheet.table([head, *rows], (30, 13, 18, 10, 16, 18), _WIDE)


def _taxes(sheet: _Sheet, taxes: Sequence[Tax]) -> None:
    head = [sheet.word(name) for name in ("byRate", "net", "tax", "gross")]
    sums = [(sheet.rate(each["rate"]), each["net_minor"] or 0, each["tax_minor"] or 0) for each in taxes]
    sums.append((sheet.word("together"), sum(net for _, net, _ in sums), sum(tax for _, _, tax in sums)))
    rows = [[name, sheet.amount(net), sheet.amount(tax), sheet.amount(net + tax)] for name, net, tax in sums]
    sheet.table([head, *rows], (1, 1, 1, 1), _WIDE[:4])


def _owed(sheet: _Sheet, invoice: Invoice) -> None:
    sheet.line(f"{sheet.word('total')}: {sheet.amount(invoice.amount_minor)}", size=14, style="B")
    if invoice.paid_minor:
        sheet.line(f"{sheet.word('paid')}: {sheet.amount(invoice.paid_minor)}")
        sheet.line(f"{sheet.word('owed')}: {sheet.amount(invoice.amount_minor - invoice.paid_minor)}")
    account = (invoice.seller or {}).get("bank_account")
    if account:
        sheet.line(f"{sheet.word('account')}: {account}")
    if invoice.note:
        sheet.pdf.ln(4)
        sheet.line(invoice.note)
