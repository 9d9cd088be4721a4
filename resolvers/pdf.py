"""PDFs: a page with a font that has Polish letters, made of HTML or put together by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

import font_source_sans_pro
from babel.dates import format_date
from babel.numbers import format_decimal
from fpdf import FPDF
from fpdf.fonts import TTFFont

from models.deal_documents import DocumentLanguage
from resolvers import money

FAMILY = "Source Sans Pro"
_FONTS = Path(font_source_sans_pro.font_directory)
_STYLES = {"": "Regular", "B": "Bold", "I": "It", "BI": "BoldIt"}


@contextmanager
def blank_page(title: str, language: DocumentLanguage) -> Iterator[FPDF]:
    """A document with one page, A4, whose fonts have Latin, Greek and Cyrillic letters, and are open in here."""
    pdf = FPDF(format="A4")
    for style, name in _STYLES.items():
        pdf.add_font(FAMILY, style, _FONTS / f"SourceSansPro-{name}.ttf")
    pdf.set_font(FAMILY, size=10)
    pdf.set_title(title)
    pdf.set_lang(language.lower())
    pdf.set_margin(18)
    pdf.add_page()
    try:
        yield pdf
    finally:
        for font in pdf.fonts.values():
            if isinstance(font, TTFFont):
                font.close()


def from_html(title: str, html: str, language: DocumentLanguage) -> bytes:
    """The PDF of HTML that has been cleaned; raises what fpdf2 does where it cannot lay it out."""
    with blank_page(title, language) as pdf:
        pdf.write_html(html, font_family=FAMILY, table_line_separators=True)
        return bytes(pdf.output())


def amount(minor: int, currency: str, language: DocumentLanguage) -> str:
    """An amount as people of that language write it: 1 234,50 PLN, 1,234.50 PLN."""
    decimals = money.exponent(currency) or 0
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    number = format_decimal(Decimal(minor).scaleb(-decimals), pattern, locale=language.lower())
    return f"{number} {currency}"


def number(thousandths: int, language: DocumentLanguage) -> str:
    """A quantity or a rate: 1,5 or 1.5."""
    return format_decimal(Decimal(thousandths).scaleb(-3), "#,##0.###", locale=language.lower())


def day(given: date, language: DocumentLanguage) -> str:
    """A day in words."""
    return format_date(given, "long", locale=language.lower())
