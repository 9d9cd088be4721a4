"""Decimals with three places, kept as whole thousandths: quantities, and rates in percent."""

from decimal import Decimal

from resolvers.errors import ErrorCode, refuse

WHOLE = 100_000  # 100 %
MOST_QUANTITY = 10**12


def rate(given: Decimal, *path: str | int) -> int:
    """A percentage from 0 to 100, in thousandths; refuses any other with INVALID."""
    if not given.is_finite() or not 0 <= given <= 100:
        raise refuse(ErrorCode.INVALID, "A rate is a percentage from 0 to 100.", *path)
    return _whole(given, *path)


def quantity(given: Decimal, *path: str | int) -> int:
    """A quantity above zero, in thousandths; refuses any other with INVALID."""
    if not given.is_finite() or not 0 < given <= Decimal(MOST_QUANTITY) / 1000:
        message = f"A quantity is a number above 0, and at most {MOST_QUANTITY // 1000}."
        raise refuse(ErrorCode.INVALID, message, *path)
    return _whole(given, *path)


def _whole(given: Decimal, *path: str | int) -> int:
    thousandths = given.scaleb(3)
    if thousandths != thousandths.to_integral_value():
        raise refuse(ErrorCode.INVALID, "This has at most three decimals.", *path)
    return int(thousandths)


def to_text(thousandths: int) -> str:
    """The shortest exact decimal: 23000 is `23`, 8875 is `8.875`."""
    text = f"{Decimal(thousandths).scaleb(-3):f}"
    return text.rstrip("0").rstrip(".")
