"""Numbers and days as people write them in cells, in Poland and elsewhere."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

from resolvers import money
from resolvers.errors import ErrorCode, refuse

_CURRENCY_SIGNS = {"zł": "PLN", "zl": "PLN", "€": "EUR", "$": "USD", "£": "GBP", "kč": "CZK"}
_FLAGS = {
    **dict.fromkeys(("true", "yes", "y", "1", "tak", "t", "prawda"), True),
    **dict.fromkeys(("false", "no", "n", "0", "nie", "fałsz"), False),
}
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009']+")
_AMOUNT = re.compile(r"(?P<before>[^\d.,+-]*)(?P<number>[+-]?[\d.,]+(?:,-)?)(?P<after>[^\d]*)")
_BETWEEN = re.compile(r"[;,|\n]")
_PART = re.compile(r'\s*(?:"(?P<quoted>(?:[^"]|"")*+)"\s*|(?P<plain>[^;,|\n]*))(?:[;,|\n]|$)')
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[.-](\d{1,2})[.-](\d{4})(?: ?r\.?)?")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def amount(written: str) -> tuple[Decimal, str | None]:
    """The number and the currency that a cell states: `12 345,67 zł` is 12345.67 and PLN.

    Refuses what is no number, and what means one thing in Poland and another in England (`1,234`).
    """
    found = _AMOUNT.fullmatch(_SPACES.sub("", written))
    if found is None:
        raise refuse(ErrorCode.INVALID, "This is not an amount, such as 12345.67 or 12 345,67 zł.")
    sign = found["before"] + found["after"].strip(".-")
    return Decimal(_plain_number(found["number"].removesuffix(",-"))), currency(sign) if sign else None


def number(written: str) -> Decimal:
    """The number that a cell states; refuses one with a currency."""
    found, stated = amount(written)
    if stated:
        raise refuse(ErrorCode.INVALID, f"This is a number, and no amount in {stated}.")
    return found


def percent(written: str) -> Decimal:
    """The number that a cell states, with or without a sign of percent."""
    return number(written.removesuffix("%"))


def flag(written: str) -> bool:
    """Whether a cell says yes or no: true, yes, tak, 1 and the like. Refuses any other."""
    found = _FLAGS.get(written.lower())
    if found is None:
        raise refuse(ErrorCode.INVALID, "This is neither yes nor no.")
    return found


def parts(written: str) -> list[str]:
    """What a cell lists, each once: on lines of its own, or between commas, semicolons or bars.

    A part that has one of these in it is in double quotes, as `quoted` writes it.
    """
    found = _PART.finditer(written)
    listed = (each["plain"] if each["quoted"] is None else each["quoted"].replace('""', '"') for each in found)
    return list(dict.fromkeys(part.strip() for part in listed if part.strip()))


def quoted(part: str) -> str:
    """A part of a list as `parts` reads it: in quotes, where it would else be taken for several or for a quoted one."""
    escaped = part.replace('"', '""')
    return f'"{escaped}"' if _BETWEEN.search(part) or part[:1] in {'"', "'"} else part


def currency(written: str) -> str:
    """The ISO 4217 code of a currency by its code or sign: `zł` is PLN. Refuses any other."""
    return money.currency_code(_CURRENCY_SIGNS.get(written.lower(), written.upper()))


def _plain_number(number: str) -> str:
    """The number with a point before its decimals, and nothing between its thousands."""
    sign, digits = ("-", number[1:]) if number[0] == "-" else ("", number.lstrip("+"))
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma >= 0 and point >= 0:
        whole, _, rest = digits.rpartition("," if comma > point else ".")
        whole = _joined(whole, "." if comma > point else ",")
    else:
        whole, rest = _one_sign(digits, "," if comma >= 0 else ".")
    if not (whole + rest).isascii() or not (whole + rest).isdigit():
        raise refuse(ErrorCode.INVALID, "This is not an amount, such as 12345.67 or 12 345,67 zł.")
    return f"{sign}{whole or '0'}.{rest or '0'}"


def _joined(digits: str, sign: str) -> str:
    """The digits without the sign between their thousands; as they are where it is elsewhere."""
    first, *others = digits.split(sign)
    return first + "".join(others) if 1 <= len(first) <= 3 and all(len(each) == 3 for each in others) else digits


def _one_sign(digits: str, sign: str) -> tuple[str, str]:
    if digits.count(sign) > 1:
        return _joined(digits, sign), ""
    whole, _, rest = digits.partition(sign)
    if len(rest) == 3 and 1 <= len(whole) <= 3 and whole != "0":
        message = f"This may be {whole}{rest} or {whole}.{rest}: write it without a thousands separator."
        raise refuse(ErrorCode.INVALID, message)
    return whole, rest


def day(written: str) -> date:
    """The day that a cell states, as 2026-12-31, 31.12.2026, 31-12-2026, or 12/31/2026 and 31/12/2026.

    Refuses what is no day, and a slashed one that may be either (03/04/2026).
    """
    try:
        if found := _ISO_DAY.fullmatch(written):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _DAY_FIRST.fullmatch(written):
            return date(int(found[3]), int(found[2]), int(found[1]))
        if found := _SLASHED.fullmatch(written):
            return _slashed_day(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise refuse(ErrorCode.INVALID, "This is not a day, such as 2026-12-31 or 31.12.2026.")


def _slashed_day(one: int, two: int, year: int) -> date:
    if max(one, two) <= 12 and one != two:
        message = "This may be a day of two months: write it year first, such as 2026-12-31."
        raise refuse(ErrorCode.INVALID, message)
    return date(year, one, two) if two > 12 else date(year, two, one)


def instant(written: str) -> datetime:
    """The instant that a cell states, in UTC, as 2030-01-31T12:00:00Z; refuses one without its zone."""
    try:
        found = datetime.fromisoformat(written)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise refuse(ErrorCode.INVALID, "This is no instant, such as 2030-01-31T12:00:00Z.")
