"""Texts that sort as the values do which they stand for: one index for values of every type.

A number is its millionths, moved up so that none is negative, in as many digits as the largest
has; an amount is its currency and its minor units likewise; a day is as ISO 8601 writes it.
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from resolvers import money

DECIMALS = 6
LARGEST = 10**18  # in millionths, or in minor units
_DIGITS = len(str(2 * LARGEST))


def of_whole(value: int) -> str:
    """The key of a whole number from -LARGEST to LARGEST; one beyond counts as the nearest of these."""
    return f"{min(max(value, -LARGEST), LARGEST) + LARGEST:0{_DIGITS}d}"


def of_number(value: Decimal, rounding: str = ROUND_FLOOR) -> str:
    """The key of a number; one with more than DECIMALS decimals is rounded."""
    return of_whole(int(value.scaleb(DECIMALS).to_integral_value(rounding)))


def to_number(millionths: int) -> Decimal:
    """The number of so many millionths."""
    return Decimal(millionths).scaleb(-DECIMALS)


def of_amount(minor: int, currency: str) -> str:
    """The key of an amount."""
    return f"{currency}{of_whole(minor)}"


def at_least(amount: money.MoneyDraft, *path: str | int) -> str:
    """The least key of an amount of a currency that is no less; refuses an unknown currency."""
    return _bound(amount, ROUND_CEILING, *path)


def at_most(amount: money.MoneyDraft, *path: str | int) -> str:
    """The largest key of an amount of a currency that is no more; refuses an unknown currency."""
    return _bound(amount, ROUND_FLOOR, *path)


def _bound(amount: money.MoneyDraft, rounding: str, *path: str | int) -> str:
    currency = money.currency_code(amount["currency"], *path, "currency")
    minor = amount["amount"].scaleb(money.exponent(currency) or 0).to_integral_value(rounding)
    return of_amount(int(minor), currency)


def least(currency: str) -> str:
    """A key that no amount of a currency is below."""
    return of_amount(-LARGEST, currency)


def largest(currency: str) -> str:
    """A key that no amount of a currency is above."""
    return of_amount(LARGEST, currency)
