"""The language of formulas against a plain reading of the same trees."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, settings
from hypothesis import given as over
from hypothesis import strategies as st

from models.base import new_id
from models.formulas import FormulaFieldType, FormulaGap
from resolvers import expressions, ids
from resolvers.expressions import BadExpression, Field, Input, Quantity
from resolvers.formula_results import in_turn, rounded

AREA, PRICE, RATE = new_id(), new_id(), new_id()
FIELDS = {f"{{{ids.encode('CustomField', key)}}}": Field("CustomField", str(key)) for key in (AREA, PRICE, RATE)}
AREA_TEXT, PRICE_TEXT, RATE_TEXT = FIELDS
# What is money; the rest are numbers.
MONEY = {"value", PRICE_TEXT, RATE_TEXT}
NAMES = ["value", "probability", "activities", *FIELDS]


@dataclass(frozen=True)
class Tree:
    """An expression as a tree: a leaf with its text, or an operator over others."""

    operator: str
    parts: tuple["Tree", ...] = ()

    def text(self, binding: int = 0) -> str:
        """The expression with as few brackets as it can do with."""
        one, two, three, four = 1, 2, 3, 4
        match self.operator, self.parts:
            case operator, (left, right):
                mine = one if operator in "+-" else two
                written = f"{left.text(mine)} {operator} {right.text(mine + 1)}"
            case "negate", (inner,):
                mine, written = three, f"-{inner.text(three)}"
            case "%", (inner,):
                mine, written = four, f"{inner.text(four)}%"
            case leaf, _:
                return leaf
        return f"({written})" if mine < binding else written


leaves = st.sampled_from([*NAMES, "0", "2", "0.5", "12.25", "1000000"]).map(Tree)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda left, operator, right: Tree(operator, (left, right)), inner, st.sampled_from("+-*/"), inner),
        st.builds(lambda operator, of: Tree(operator, (of,)), st.sampled_from(["negate", "%"]), inner),
    ),
    max_leaves=12,
)
amounts = st.tuples(st.sampled_from([0, 1, 7, 250]).map(Fraction), st.sampled_from(["PLN", "PLN", "EUR"]))
worlds = st.fixed_dictionaries(
    {
        name: st.none() | amounts
        if name in MONEY
        else st.none() | st.sampled_from([0, 3, 40, Fraction(1, 3)]).map(Fraction)
        for name in NAMES
    }
)


class Nothing(Exception):
    """An expression comes to nothing, for this reason."""


def worth(tree: Tree, world: dict[str, Any]) -> tuple[Fraction, str | None]:
    """The oracle: what a tree comes to; TypeError where its parts do not fit."""
    if not tree.parts:
        if tree.operator not in world:
            return Fraction(tree.operator), None
        found = world[tree.operator]
        if found is None:
            raise Nothing("MISSING_INPUT")
        return found if isinstance(found, tuple) else (found, None)
    if len(tree.parts) == 1:
        amount, currency = worth(tree.parts[0], world)
        return (-amount if tree.operator == "negate" else amount * Fraction(1, 100)), currency
    (left, of), (right, other) = (worth(part, world) for part in tree.parts)
    if tree.operator == "/" and not right:
        raise Nothing("DIVISION_BY_ZERO")
    if of and other and of != other:
        raise Nothing("MIXED_CURRENCIES")
    match tree.operator:
        case "+":
            return left + right, of
        case "-":
            return left - right, of
        case "*":
            return left * right, of or other
    return left / right, None if other else of


def kind(tree: Tree) -> str:
    """The oracle of types: `money` or `number`; TypeError where the parts do not fit."""
    if not tree.parts:
        return "money" if tree.operator in MONEY else "number"
    kinds = [kind(part) for part in tree.parts]
    if len(kinds) == 1:
        return kinds[0]
    allowed = {
        "+": {"money money": "money", "number number": "number"},
        "-": {"money money": "money", "number number": "number"},
        "*": {"money number": "money", "number money": "money", "number number": "number"},
        "/": {"money number": "money", "money money": "number", "number number": "number"},
    }
    try:
        return allowed[tree.operator][" ".join(kinds)]
    except KeyError:
        raise TypeError from None


def reference(name: str) -> expressions.Reference:
    return FIELDS.get(name) or Input(name)


TYPES = {reference(name): FormulaFieldType.MONEY if name in MONEY else FormulaFieldType.NUMBER for name in NAMES}


@settings(max_examples=400, deadline=None)
@over(trees, worlds)
def test_a_formula_comes_to_what_its_tree_is_worth(tree: Tree, world: dict[str, Any]) -> None:
    program = expressions.parse(tree.text())
    try:
        expected_kind = kind(tree)
    except TypeError:
        with pytest.raises(BadExpression):
            expressions.type_of(program, TYPES)
        return assume(False)  # and look for one that fits
    assert expressions.type_of(program, TYPES).lower() == expected_kind
    known = {
        reference(name): Quantity(*each) if isinstance(each, tuple) else Quantity(each)
        for name, each in world.items()
        if each is not None
    }
    outcome = expressions.run(program, known.get)
    try:
        amount, currency = worth(tree, world)
    except Nothing as nothing:
        assert outcome == FormulaGap(str(nothing))
    else:
        assert outcome == Quantity(amount, currency)


@settings(max_examples=200, deadline=None)
@over(st.integers(-(10**22), 10**22), st.integers(1, 10**6), st.sampled_from([None, "PLN", "JPY", "KWD"]))
def test_a_result_is_rounded_once_half_to_even(above: int, below: int, currency: str | None) -> None:
    exact = Fraction(above, below)
    type = FormulaFieldType.NUMBER if currency is None else FormulaFieldType.MONEY
    kept = rounded(Quantity(exact, currency), type)
    decimals = {None: 6, "PLN": 2, "JPY": 0, "KWD": 3}[currency]
    with localcontext(prec=80):
        near = (Decimal(above) / Decimal(below)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)
    if abs(near.scaleb(decimals)) >= 10**18:
        assert kept == {"reason": "OUT_OF_RANGE"}
    else:
        assert Decimal(kept["number" if currency is None else "amount"]) == near
        assert kept.get("currency") == currency


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Something is missing at the end."),
        ("1 +", "Something is missing at the end."),
        ("(value", "Something is missing at the end."),
        ("value)", "Character 6 does not belong here."),
        ("2 3", "Character 3 does not belong here."),
        ("9**9", "Character 3 does not belong here."),
        ("1e9", "Character 2 does not belong here."),
        ("__import__", "Character 1 does not belong here."),
        ("salary * 2", "There is no salary:"),
        ("{deal_" + "0" * 32 + "}", "In braces goes the id"),
        ("value", None),
    ],
)
def test_what_is_no_formula_says_where(text: str, message: str | None) -> None:
    if message is None:
        assert expressions.parse(text) == (Input.VALUE,)
        return
    with pytest.raises(BadExpression, match=message.replace("(", r"\(").replace(".", r"\.")):
        expressions.parse(text)


@pytest.mark.parametrize("text", ["-" * 3_900 + "1", "(" * 1_900 + "1" + ")" * 1_900, "1" + "+1" * 1_900, "9" * 4_000])
def test_a_formula_of_any_shape_is_read_and_run_without_recursion(text: str) -> None:
    assert isinstance(expressions.run(expressions.parse(text), {}.get), Quantity)
    with pytest.raises(BadExpression, match="at most"):
        expressions.parse(text + " " * 300)


def test_typographic_signs_are_taken() -> None:
    assert expressions.parse("value × 2 ÷ 4 − value") == expressions.parse("value * 2 / 4 - value")  # noqa: RUF001


def test_formulas_that_read_each_other_have_no_turn() -> None:
    one, two, three = (Field("FormulaField", str(new_id())) for _ in range(3))
    assert in_turn({one: (two,), two: (three,), three: (Input.VALUE,)}) == [three, two, one]
    with pytest.raises(BadExpression):
        in_turn({one: (two,), two: (one,), three: (Input.VALUE,)})
