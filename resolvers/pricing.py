"""What lines come to: exact fractions of minor units, rounded once, where they are kept or shown.

Everything counts what the customer pays, taxes included. A recurring line counts in a deal's value
for all its billings, and one without an end for those of its first year (decision 15).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from models.products import BillingFrequency, DiscountType, TaxMethod
from resolvers.thousandths import WHOLE

BILLINGS_A_YEAR = {
    BillingFrequency.ONE_TIME: 1,
    BillingFrequency.WEEKLY: 52,
    BillingFrequency.MONTHLY: 12,
    BillingFrequency.QUARTERLY: 4,
    BillingFrequency.SEMI_ANNUALLY: 2,
    BillingFrequency.ANNUALLY: 1,
}


class Discounted(Protocol):
    """What takes something off: thousandths of a percent, or minor units."""

    discount_type: DiscountType
    discount: int


class Line(Discounted, Protocol):
    """What a line is priced by; amounts in minor units, quantities and rates in thousandths."""

    price_minor: int
    quantity: int
    tax_rate: int
    tax_method: TaxMethod
    is_enabled: bool
    billing_frequency: BillingFrequency
    billing_cycles: int | None


@dataclass(frozen=True)
class Amounts:
    """One billing of a line, without its tax, its tax, and both; exact, in minor units."""

    net: Fraction
    tax: Fraction

    @property
    def gross(self) -> Fraction:
        """What the customer pays."""
        return self.net + self.tax

    def scaled(self, factor: Fraction) -> "Amounts":
        """A part of it."""
        return Amounts(self.net * factor, self.tax * factor)


@dataclass(frozen=True)
class Figures:
    """What a deal's lines come to, in minor units, each rounded half to even."""

    value: int
    mrr: int
    arr: int
    acv: int


def list_price(price_minor: int, quantity: int) -> Fraction:
    """What a line comes to before its discount and tax."""
    return Fraction(price_minor * quantity, 1000)


def billed(line: Line) -> Amounts:
    """One billing of a line, its own discount taken off; nothing is less than zero."""
    left = max(Fraction(0), _reduced(list_price(line.price_minor, line.quantity), [line]))
    rate = Fraction(line.tax_rate, WHOLE)
    match line.tax_method:
        case TaxMethod.EXCLUSIVE:
            return Amounts(left, left * rate)
        case TaxMethod.INCLUSIVE:
            net = left / (1 + rate)
            return Amounts(net, left - net)
        case _:
            return Amounts(left, Fraction(0))


def _reduced(amount: Fraction, discounts: Iterable[Discounted]) -> Fraction:
    """An amount with discounts taken off, each measured on the whole of it."""
    left = amount
    for each in discounts:
        share = Fraction(each.discount, WHOLE)
        left -= amount * share if each.discount_type == DiscountType.PERCENTAGE else each.discount
    return left


def is_recurring(line: Line) -> bool:
    """Whether a line is billed again and again."""
    return line.billing_frequency != BillingFrequency.ONE_TIME


def one_time_factor(lines: Sequence[Line], discounts: Iterable[Discounted]) -> Fraction:
    """The part of its one-time lines that a deal's discounts leave: from 0 to 1."""
    whole = sum((billed(line).gross for line in lines if line.is_enabled and not is_recurring(line)), Fraction(0))
    return max(Fraction(0), _reduced(whole, discounts)) / whole if whole else Fraction(1)


def figures_of(lines: Sequence[Line], discounts: Iterable[Discounted]) -> Figures:
    """The figures of a deal with these lines, of which those that are not enabled do not count."""
    enabled = [line for line in lines if line.is_enabled]
    one_time = sum((billed(line).gross for line in enabled if not is_recurring(line)), Fraction(0))
    one_time *= one_time_factor(enabled, discounts)
    value, arr, acv = one_time, Fraction(0), one_time
    for line in enabled:
        if is_recurring(line):
            once, a_year = billed(line).gross, BILLINGS_A_YEAR[line.billing_frequency]
            cycles = a_year if line.billing_cycles is None else line.billing_cycles
            value += once * cycles
            arr += once * a_year
            acv += once * min(cycles, a_year)
    return Figures(round(value), round(arr / 12), round(arr), round(acv))
