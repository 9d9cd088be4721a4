"""Templates filled in: merge fields of a deal, its contacts and its lines become text, and that a PDF.

The language is Liquid: it can loop, choose and format, and reach nothing but what it is given. How
much it may loop and write is bounded; what comes out is cleaned before it is laid out, so that
neither a template nor a deal's title can fetch anything (decision 15).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import nh3
from liquid import Environment, StrictUndefined
from liquid.exceptions import LiquidError

from models.deal_documents import DocumentLanguage
from models.deals import Deal
from models.products import DealProduct
from resolvers import pricing, wording
from resolvers.errors import ErrorCode, refuse

Fields = Mapping[str, Any]
_TAGS = {
    *("h1", "h2", "h3", "h4", "p", "br", "hr", "b", "strong", "i", "em", "u"),
    *("ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"),
}


class _Bounded(Environment):
    """Liquid with an end to it."""

    loop_iteration_limit = 20_000
    output_stream_limit = 500_000
    local_namespace_limit = 100_000
    context_depth_limit = 10


_LIQUID = _Bounded(autoescape=True, undefined=StrictUndefined, strict_filters=True)


def fill_in(body: str, fields: Fields, *path: str | int) -> str:
    """The HTML of a template filled in, cleaned; refuses with INVALID what it says that there is not, or too much."""
    try:
        filled = _LIQUID.from_string(body).render(**fields)
    except LiquidError as error:
        said = str(error).splitlines()[0][:200]
        raise refuse(ErrorCode.INVALID, f"The template cannot be filled in: {said}.", *path) from error
    return nh3.clean(filled, tags=_TAGS, attributes={}, link_rel=None)


def lay_out(title: str, html: str, language: DocumentLanguage, *path: str | int) -> bytes:
    """The PDF of filled-in HTML; refuses with INVALID what cannot be laid out."""
    from resolvers import pdf  # for those who draw: see there

    try:
        return pdf.from_html(title, html, language)
    except pdf.Unlayable as error:
        message = "This cannot be laid out: use plain paragraphs, lists and tables, and no table in a table."
        raise refuse(ErrorCode.INVALID, message, *path) from error


_PERSON = {"name": "Jan Kowalski", "email": "jan@example.com", "phone": "+48600100200"}
_LINE = {
    **{"product": "Usługa", "code": "U-1", "unit": "h", "quantity": "1", "price": "1", "taxRate": "23"},
    **{"total": "1", "tax": "1", "billing": "ONE_TIME"},
}
# What a template may say, with values to try it with. What a deal lacks is empty text.
SAMPLE: Fields = {
    "today": "2030-01-31",
    "deal": {
        **{"title": "A deal", "value": "1", "currency": "PLN", "status": "OPEN", "stage": "New", "pipeline": "Sales"},
        **{"expectedCloseDate": "2030-01-31", "mrr": "1", "arr": "1", "acv": "1"},
    },
    "owner": {"name": "Anna", "email": "anna@example.com"},
    "person": _PERSON,
    "organization": {"name": "Żubr", "address": "Łódź", "domain": "example.com"},
    "participants": [_PERSON],
    "lines": [_LINE],
    "discounts": [{"description": "Rabat", "discount": "10 %"}],
    "installments": [{"description": "Rata", "amount": "1", "billsOn": "2030-01-31"}],
}


def deal_fields(deal: Deal, language: DocumentLanguage) -> dict[str, Any]:
    """The merge fields of a deal's own columns."""
    return {
        "title": deal.title,
        "value": money_text(deal.value_minor, deal.currency, language),
        "currency": deal.currency or "",
        "status": deal.status.value,
        "expectedCloseDate": day_text(deal.expected_close_date, language),
        **{name: money_text(getattr(deal, f"{name}_minor"), deal.currency, language) for name in ("mrr", "arr", "acv")},
    }


def line_fields(line: DealProduct, language: DocumentLanguage) -> dict[str, Any]:
    """The merge fields of a line's own columns."""
    billed = pricing.billed(line)
    return {
        "quantity": wording.number(line.quantity, language),
        "price": wording.amount(line.price_minor, line.currency, language),
        "taxRate": wording.number(line.tax_rate, language),
        "total": wording.amount(round(billed.gross), line.currency, language),
        "tax": wording.amount(round(billed.tax), line.currency, language),
        "billing": line.billing_frequency.value,
    }


def money_text(minor: int | None, currency: str | None, language: DocumentLanguage) -> str:
    """An amount for people; empty where there is none."""
    return "" if minor is None or currency is None else wording.amount(minor, currency, language)


def day_text(given: date | None, language: DocumentLanguage) -> str:
    """A day for people; empty where there is none."""
    return "" if given is None else wording.day(given, language)
