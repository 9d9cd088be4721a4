"""PDFs: a page with a font that has Polish letters, made of HTML or put together by hand.

What draws them takes a third of a second to import, so those who may never draw any import this
module where they do.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import font_source_sans_pro
from fpdf import FPDF
from fpdf.errors import FPDFException
from fpdf.fonts import TTFFont

from models.deal_documents import DocumentLanguage

FAMILY = "Source Sans Pro"
_FONTS = Path(font_source_sans_pro.font_directory)
_STYLES = {"": "Regular", "B": "Bold", "I": "It", "BI": "BoldIt"}


class Unlayable(Exception):
    """Raised where HTML cannot be laid out."""


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
    """The PDF of HTML that has been cleaned; raises Unlayable."""
    with blank_page(title, language) as pdf:
        try:
            pdf.write_html(html, font_family=FAMILY, table_line_separators=True)
            return bytes(pdf.output())
        except (FPDFException, AssertionError) as error:  # the latter is how it refuses a table in a table
            raise Unlayable from error
