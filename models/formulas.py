"""Formula fields: what is worked out for each deal from what it has.

The results of a deal are in its own row, in `formulas`, as custom values are in `custom`;
`formula_field_values` says the same result by result, to be read, filtered and ordered by.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields

from models.base import AccountRow, one_of

# The results of one deal by the formula's key: the columns of `FormulaFieldValue` that each fills.
Results = dict[str, dict[str, str]]


class FormulaFieldType(StrEnum):
    """What a formula comes to."""

    NUMBER = "NUMBER"
    MONEY = "MONEY"


class FormulaGap(StrEnum):
    """Why a formula comes to nothing."""

    MISSING_INPUT = "MISSING_INPUT"
    DIVISION_BY_ZERO = "DIVISION_BY_ZERO"
    MIXED_CURRENCIES = "MIXED_CURRENCIES"
    OUT_OF_RANGE = "OUT_OF_RANGE"


class FormulaField(AccountRow):
    """A formula; `expression` names other fields by their ids."""

    name = fields.CharField(max_length=64)
    folded_name = fields.CharField(max_length=128)
    expression = fields.TextField()
    type = one_of(FormulaFieldType, max_length=6)
    position = fields.IntField()

    class Meta:
        table = "formula_fields"


class FormulaFieldValue(AccountRow):
    """What a formula came to for a deal: a number, an amount, or a reason why it is neither."""

    formula_id = fields.UUIDField()
    deal_id = fields.UUIDField()
    number = fields.CharField(max_length=32, null=True)
    amount = fields.CharField(max_length=32, null=True)
    currency = fields.CharField(max_length=3, null=True)
    reason = one_of(FormulaGap, max_length=16, null=True)
    sort_key = fields.CharField(max_length=32, null=True)

    class Meta:
        table = "formula_field_values"


async def keep_results(account_id: UUID, subjects: Iterable[Mapping[str, Any]]) -> None:
    """Write the results of the deals among these subjects anew, where they have changed."""
    changed: dict[str, Results] = {}
    for subject in subjects:
        before, after = subject["before"] or {}, subject["after"]
        if subject["type"] == "deal" and after and before.get("formulas", {}) != after.get("formulas", {}):
            changed[subject["id"]] = after["formulas"]
    if changed:
        await FormulaFieldValue.filter(deal_id__in=list(changed)).delete()
        await FormulaFieldValue.bulk_create(
            [
                FormulaFieldValue(account_id=account_id, deal_id=deal, formula_id=key, **result)
                for deal, results in changed.items()
                for key, result in results.items()
            ]
        )
