"""The language of formulas: arithmetic over what a deal has, and nothing else.

`+ - * /` and the typographic signs for them, brackets, `%` after something for a hundredth of it, decimals, and names:
`value`, `probability`, `activities`, `activitiesDone`, `activitiesToDo`, `emails`, and a custom or
formula field by its id in braces. A program is a flat list of steps for a stack, so neither reading one nor
running one can recurse; it has no loops, no functions and no effects, and takes as long as it is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Any

from lark import Lark, Transformer
from lark.exceptions import UnexpectedEOF, UnexpectedInput, VisitError

from models.formulas import FormulaFieldType, FormulaGap
from resolvers import ids

LENGTH = 4000
NUMBER, MONEY = FormulaFieldType.NUMBER, FormulaFieldType.MONEY


class BadExpression(ValueError):
    """The text is no formula; the message is a sentence for people."""


class Input(StrEnum):
    """What every deal has that a formula may name."""

    VALUE = "value"
    PROBABILITY = "probability"
    ACTIVITIES = "activities"
    ACTIVITIES_DONE = "activitiesDone"
    ACTIVITIES_TO_DO = "activitiesToDo"
    EMAILS = "emails"


class Operator(StrEnum):
    """What is done with the two topmost values, or, of the last two, with the topmost one."""

    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"
    NEGATE = "negate"
    PERCENT = "%"


@dataclass(frozen=True)
class Field:
    """A custom field or another formula, by its key."""

    type_name: str
    key: str


Reference = Input | Field
Program = tuple[Fraction | Input | Field | Operator, ...]

_GRAMMAR = r"""
?sum: product
    | sum _PLUS product -> add
    | sum _MINUS product -> subtract
?product: negation
    | product _TIMES negation -> multiply
    | product _OVER negation -> divide
?negation: percentage
    | _MINUS negation -> negate
?percentage: atom
    | percentage _PERCENT -> percent
?atom: DECIMAL
    | NAME
    | FIELD
    | _OPEN sum _CLOSE
DECIMAL: /[0-9]+(\.[0-9]+)?/
NAME: /[A-Za-z]+/
FIELD: /\{[a-z]+_[0-9a-f]{32}\}/
_PLUS: "+"
_MINUS: "-" | "−"
_TIMES: "*" | "×"
_OVER: "/" | "÷"
_PERCENT: "%"
_OPEN: "("
_CLOSE: ")"
%ignore /[ \t\r\n]+/
"""  # noqa: RUF001


def _two(operator: Operator) -> Callable[[Any, list[Program]], Program]:
    return lambda self, parts: (*parts[0], *parts[1], operator)


def _one(operator: Operator) -> Callable[[Any, list[Program]], Program]:
    return lambda self, parts: (*parts[0], operator)


class _Steps(Transformer[Any, Program]):
    """Turns what is parsed into steps, from the inside out."""

    add, subtract, multiply, divide = map(_two, (Operator.ADD, Operator.SUBTRACT, Operator.MULTIPLY, Operator.DIVIDE))
    negate, percent = map(_one, (Operator.NEGATE, Operator.PERCENT))

    def DECIMAL(self, text: str) -> Program:
        return (Fraction(text),)

    def NAME(self, text: str) -> Program:
        try:
            return (Input(text),)
        except ValueError:
            raise BadExpression(f"There is no {text[:32]}: name {', '.join(Input)}, or a field.") from None

    def FIELD(self, text: str) -> Program:
        decoded = ids.decode(text[1:-1])
        if decoded is None or decoded[0] not in ("CustomField", "FormulaField"):
            raise BadExpression("In braces goes the id of a custom field or of a formula field.")
        return (Field(decoded[0], str(decoded[1])),)


_PARSER = Lark(_GRAMMAR, start="sum", parser="lalr", transformer=_Steps())


@lru_cache(maxsize=1024)
def parse(text: str) -> Program:
    """The program of an expression. Raises BadExpression."""
    if len(text) > LENGTH:
        raise BadExpression(f"This is {len(text)} characters long, ids of fields counted; at most {LENGTH} fit.")
    try:
        return _PARSER.parse(text)  # type: ignore[return-value]
    except VisitError as error:
        raise error.orig_exc from error
    except UnexpectedEOF as error:
        raise BadExpression("Something is missing at the end.") from error
    except UnexpectedInput as error:
        if getattr(getattr(error, "token", None), "type", "") == "$END":
            raise BadExpression("Something is missing at the end.") from error
        raise BadExpression(f"Character {error.column} does not belong here.") from error


def references(program: Program) -> set[Reference]:
    """What a program reads."""
    return {step for step in program if isinstance(step, Input | Field)}


def type_of(program: Program, types: Mapping[Reference, FormulaFieldType]) -> FormulaFieldType:
    """What a program comes to, given what it reads. Raises BadExpression where its parts do not fit."""
    stack: list[FormulaFieldType] = []
    for step in program:
        match step:
            case Fraction():
                stack.append(NUMBER)
            case Input() | Field():
                stack.append(types[step])
            case Operator.NEGATE | Operator.PERCENT:
                pass
            case Operator():
                right, left = stack.pop(), stack.pop()
                stack.append(_joined(step, left, right))
    return stack[0]


def _joined(operator: Operator, left: FormulaFieldType, right: FormulaFieldType) -> FormulaFieldType:
    match operator, left, right:
        case Operator.ADD | Operator.SUBTRACT, _, _ if left is not right:
            raise BadExpression("Money and a number cannot be added or subtracted.")
        case Operator.MULTIPLY, FormulaFieldType.MONEY, FormulaFieldType.MONEY:
            raise BadExpression("Money cannot be multiplied by money.")
        case Operator.DIVIDE, FormulaFieldType.NUMBER, FormulaFieldType.MONEY:
            raise BadExpression("A number cannot be divided by money.")
        case Operator.DIVIDE, FormulaFieldType.MONEY, FormulaFieldType.MONEY:
            return NUMBER
    return MONEY if MONEY in (left, right) else NUMBER


@dataclass(frozen=True)
class Quantity:
    """An exact number, or an exact amount of a currency."""

    amount: Fraction
    currency: str | None = None


def run(program: Program, read: Callable[[Reference], Quantity | None]) -> Quantity | FormulaGap:
    """What a program that fits comes to, exactly, or the first reason why it comes to nothing."""
    stack: list[Quantity] = []
    for step in program:
        match step:
            case Fraction():
                found: Quantity | FormulaGap = Quantity(step)
            case Input() | Field():
                found = read(step) or FormulaGap.MISSING_INPUT
            case Operator.NEGATE | Operator.PERCENT:
                of = stack.pop()
                found = Quantity(-of.amount if step is Operator.NEGATE else of.amount / 100, of.currency)
            case _:
                right, left = stack.pop(), stack.pop()
                found = _applied(step, left, right)
        if isinstance(found, FormulaGap):
            return found
        stack.append(found)
    return stack[0]


def _applied(operator: Operator, left: Quantity, right: Quantity) -> Quantity | FormulaGap:
    if operator is Operator.DIVIDE and right.amount == 0:
        return FormulaGap.DIVISION_BY_ZERO
    if left.currency and right.currency and left.currency != right.currency:
        return FormulaGap.MIXED_CURRENCIES
    currency = left.currency or right.currency
    match operator:
        case Operator.ADD:
            return Quantity(left.amount + right.amount, currency)
        case Operator.SUBTRACT:
            return Quantity(left.amount - right.amount, currency)
        case Operator.MULTIPLY:
            return Quantity(left.amount * right.amount, currency)
    return Quantity(left.amount / right.amount, None if right.currency else currency)
