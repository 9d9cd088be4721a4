"""Money: exact decimals outside, integer minor units of an ISO 4217 currency inside."""

from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import TypedDict

from iso4217 import Currency

from resolvers.errors import ErrorCode, refuse

# So that sums of weighted values stay exact in a 64-bit integer for every account that fits a plan.
LARGEST_MINOR = 10**13


class MoneyDraft(TypedDict):
    """An amount as a client gives it."""

    amount: Decimal
    currency: str


@lru_cache(maxsize=512)
def exponent(currency: str) -> int | None:
    """How many decimals a currency has (PLN 2, JPY 0, KWD 3); null for an unknown code."""
    try:
        return Currency(currency).exponent or 0
    except ValueError:
        return None


def currency_code(code: str, *path: str | int) -> str:
    """A known ISO 4217 code, or a refusal."""
    if exponent(code) is None:
        raise refuse(ErrorCode.INVALID, "This is not an ISO 4217 currency code, such as PLN or EUR.", *path)
    return code


def to_minor(money: MoneyDraft, *path: str | int) -> tuple[int, str]:
    """Minor units and currency of an amount.

    Refuses an unknown currency, a negative amount, more decimals than the currency has, and
    more than LARGEST_MINOR minor units.
    """
    currency = currency_code(money["currency"], *path, "currency")
    return minor_of(money["amount"], currency, *path, "amount"), currency


def minor_of(amount: Decimal, currency: str, *path: str | int) -> int:
    """An amount in the minor units of a known currency; refuses what `to_minor` does."""
    decimals = exponent(currency) or 0
    if not amount.is_finite() or amount < 0:
        raise refuse(ErrorCode.INVALID, "An amount is a number of zero or more.", *path)
    if amount.adjusted() + decimals > 13:
        raise refuse(ErrorCode.INVALID, "This amount is larger than Lejek can keep.", *path)
    minor = amount.scaleb(decimals)
    if minor > LARGEST_MINOR:
        raise refuse(ErrorCode.INVALID, "This amount is larger than Lejek can keep.", *path)
    if minor != minor.to_integral_value():
        raise refuse(ErrorCode.INVALID, f"{currency} has {decimals} decimals; this has more.", *path)
    return int(minor)


def to_text(minor: int, currency: str) -> str:
    """The exact decimal of an amount in minor units: 120000 PLN is `1200.00`."""
    decimals = exponent(currency) or 0
    digits = str(minor)
    if len(digits) <= decimals + (minor < 0):
        digits = digits.zfill(decimals + 1 + (minor < 0))
    return f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits


def weighted_to_text(minor_percent: int, currency: str) -> str:
    """As `to_text`, of a sum of minor units times percent; rounded half to even, once, here."""
    minor = (Decimal(minor_percent) / 100).to_integral_value(ROUND_HALF_EVEN)
    return to_text(int(minor), currency)
