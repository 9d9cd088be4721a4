"""What lines come to, against an oracle that adds decimals up the way a bookkeeper would."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext

from hypothesis import given as over
from hypothesis import strategies as st

from models.products import BillingFrequency, DiscountType, TaxMethod
from resolvers.pricing import billed, figures_of

MONTHS = {"MONTHLY": 1, "QUARTERLY": 3, "SEMI_ANNUALLY": 6, "ANNUALLY": 12}


@dataclass
class Line:
    """A line that is nowhere kept."""

    price_minor: int
    quantity: int
    discount_type: DiscountType
    discount: int
    tax_rate: int
    tax_method: TaxMethod
    is_enabled: bool
    billing_frequency: BillingFrequency
    billing_cycles: int | None


@dataclass
class Discount:
    """A discount that is nowhere kept."""

    discount_type: DiscountType
    discount: int


def discounts(largest: int) -> st.SearchStrategy[tuple[DiscountType, int]]:
    percentage = st.tuples(st.just(DiscountType.PERCENTAGE), st.integers(0, 100_000))
    return percentage | st.tuples(st.just(DiscountType.AMOUNT), st.integers(0, largest))


@st.composite
def lines(draw: st.DrawFn) -> Line:
    kind, discount = draw(discounts(500_000))
    frequency = draw(st.sampled_from(BillingFrequency))
    cycles = None if frequency is BillingFrequency.ONE_TIME else draw(st.none() | st.integers(1, 208))
    return Line(
        *(draw(st.integers(0, 10**6)), draw(st.integers(1, 20_000)), kind, discount),
        *(draw(st.integers(0, 100_000)), draw(st.sampled_from(TaxMethod)), draw(st.booleans()), frequency, cycles),
    )


def paid(line: Line) -> Decimal:
    """One billing as a customer pays it, in minor units."""
    whole = Decimal(line.price_minor) * line.quantity / 1000
    off = whole * line.discount / 100_000 if line.discount_type == "PERCENTAGE" else Decimal(line.discount)
    left = max(Decimal(0), whole - off)
    return left * (100_000 + line.tax_rate) / 100_000 if line.tax_method == "EXCLUSIVE" else left


def a_year(line: Line) -> int:
    """How many billings a year has."""
    return 52 if line.billing_frequency == "WEEKLY" else 12 // MONTHS[line.billing_frequency]


def expected(sold: list[Line], off: list[Discount]) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """Value, MRR, ARR and ACV, not rounded yet."""
    counted = [line for line in sold if line.is_enabled]
    once = sum((paid(line) for line in counted if line.billing_frequency == "ONE_TIME"), Decimal(0))
    taken = sum(
        (
            once * each.discount / 100_000 if each.discount_type == "PERCENTAGE" else Decimal(each.discount)
            for each in off
        ),
        Decimal(0),
    )
    left = max(Decimal(0), once - taken)
    again = [line for line in counted if line.billing_frequency != "ONE_TIME"]
    value = left + sum(paid(line) * (line.billing_cycles or a_year(line)) for line in again)
    yearly = sum((paid(line) * a_year(line) for line in again), Decimal(0))
    first = left + sum(paid(line) * min(line.billing_cycles or 999, a_year(line)) for line in again)
    return value, yearly / 12, yearly, first


@over(st.lists(lines(), max_size=6), st.lists(discounts(10**6).map(lambda each: Discount(*each)), max_size=3))
def test_figures_are_what_a_bookkeeper_adds_up(sold: list[Line], off: list[Discount]) -> None:
    with localcontext(Context(prec=60, rounding=ROUND_HALF_EVEN)):
        figures = figures_of(sold, off)
        for name, exact in zip(("value", "mrr", "arr", "acv"), expected(sold, off), strict=True):
            shown = getattr(figures, name)
            # The oracle rounds in the 60th digit; at an exact tie that is no digit at all.
            assert shown == exact.quantize(Decimal(1)) or abs(abs(shown - exact) - Decimal("0.5")) < Decimal("1e-40")


@over(lines())
def test_tax_is_the_part_of_a_total_that_its_rate_says(line: Line) -> None:
    once = billed(line)
    assert once.gross == once.net + once.tax
    assert once.net >= 0
    if line.tax_method is TaxMethod.NONE:
        assert once.tax == 0
    else:
        assert once.tax * 100_000 == once.net * line.tax_rate


def test_half_a_minor_unit_goes_to_the_even_one() -> None:
    plain = (DiscountType.PERCENTAGE, 0, 0, TaxMethod.NONE, True, BillingFrequency.ONE_TIME, None)
    assert [figures_of([Line(price, 500, *plain)], []).value for price in (1, 3, 5)] == [0, 2, 2]
