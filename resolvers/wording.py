"""Amounts, numbers and days as people of a language write them."""

from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

from models.deal_documents import DocumentLanguage
from resolvers import money


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
