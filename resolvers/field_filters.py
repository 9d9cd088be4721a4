"""Conditions on custom fields: what a client asks, held against values in SQL and in the log alike.

All of it goes by the `sort_key` that a value has in both, so the two cannot come to differ.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR
from typing import Any
from uuid import UUID

from resolvers import ids, money, sort_keys, text
from resolvers.access import Binder
from resolvers.errors import ErrorCode, refuse

MOST_CONDITIONS = 20


@dataclass(frozen=True)
class ValueTable:
    """Where values of a kind of field are: their table, and its column for the field.

    `type_name` is the field's type in the schema; filters have conditions on such fields in
    `member`, each of which names its field in `argument`.
    """

    name: str
    column: str
    type_name: str
    member: str
    argument: str


CUSTOM = ValueTable("custom_field_values", "field_id", "CustomField", "customFields", "customFieldId")
FORMULA = ValueTable("formula_field_values", "formula_id", "FormulaField", "formulaFields", "formulaFieldId")


@dataclass(frozen=True)
class Condition:
    """What a field must hold: something or nothing (`is_empty`), or a value in `column` that fits.

    A value fits by a `sort_key` between `low` and `high`, among `members`, or with `part` in it.
    """

    table: ValueTable
    key: UUID
    is_empty: bool | None = None
    column: str | None = None
    low: str | None = None
    high: str | None = None
    members: frozenset[str] | None = None
    part: str = ""

    def holds(self, values: Sequence[Mapping[str, str]]) -> bool:
        """Whether a field with these values is let through. One without a `sort_key` is no value but a reason."""
        there = [value for value in values if "sort_key" in value]
        if self.is_empty is not None and self.is_empty is bool(there):
            return False
        return self.column is None or any(map(self._fits, there))

    def _fits(self, value: Mapping[str, str]) -> bool:
        sort_key = value["sort_key"]
        return (
            self.column in value
            and (self.low is None or self.low <= sort_key)
            and (self.high is None or sort_key <= self.high)
            and (self.members is None or sort_key in self.members)
            and self.part in sort_key
        )

    def sql(self, owner: str, alias: str, bind: Binder) -> str:
        """The same for the leads or deals under an alias; `owner` is the column that points to them.

        By IN: where few values fit, SQLite then begins with them, instead of looking at each record.
        """
        table = self.table
        some = (
            f"IN (SELECT fv.{owner} FROM {table.name} fv WHERE fv.{table.column} = {bind.one(self.key)} "
            f"AND fv.{owner} IS NOT NULL AND fv.sort_key IS NOT NULL"
        )
        conditions = [] if self.is_empty is None else [f"{alias}.id {'NOT ' if self.is_empty else ''}{some})"]
        if self.column is not None:
            conditions.append(" AND ".join([f"{alias}.id {some}", *self._terms(bind)]) + ")")
        return " AND ".join(conditions)

    def _terms(self, bind: Binder) -> list[str]:
        terms = [f"fv.{self.column} IS NOT NULL"]
        terms += [] if self.low is None else [f"fv.sort_key >= {bind.one(self.low)}"]
        terms += [] if self.high is None else [f"fv.sort_key <= {bind.one(self.high)}"]
        terms += [] if self.members is None else [f"fv.sort_key {bind.among_texts(sorted(self.members))}"]
        terms += [f"fv.sort_key LIKE {bind.one(text.pattern(self.part))} ESCAPE '\\'"] if self.part else []
        return terms


_POINTING = {
    "optionIds": ("CustomFieldOption", "option_id"),
    "personIds": ("Person", "person_id"),
    "organizationIds": ("Organization", "organization_id"),
    "userIds": ("User", "user_id"),
}


def conditions(table: ValueTable, given: Sequence[Mapping[str, Any]] | None, *path: str | int) -> list[Condition]:
    """The conditions that a client gives in a filter; refuses those that say nothing, or several things."""
    if given is not None and len(given) > MOST_CONDITIONS:
        raise refuse(ErrorCode.TOO_MANY, f"Give at most {MOST_CONDITIONS} conditions.", *path)
    return [_condition(table, each, *path, place) for place, each in enumerate(given or ())]


def _condition(table: ValueTable, given: Mapping[str, Any], *path: str | int) -> Condition:
    key = ids.expect(table.type_name, given[table.argument], *path, table.argument)
    asked = {name: value for name, value in given.items() if value is not None and name != table.argument}
    is_empty = asked.pop("isEmpty", None)
    found = [each for each in (_text(asked, *path), _numbers(asked), _amounts(asked, *path), _days(asked)) if each]
    found += [_pointing(name, asked[name], *path) for name in _POINTING if name in asked]
    if len(found) + (is_empty is not None) == 0:
        raise refuse(ErrorCode.INVALID, "Say what the field must hold.", *path)
    if len(found) > 1:
        raise refuse(ErrorCode.INVALID, "A field holds values of one type: ask for those alone.", *path)
    return Condition(table, key, is_empty, **(found[0] if found else {}))


def _text(asked: Mapping[str, Any], *path: str | int) -> dict[str, Any] | None:
    if "contains" not in asked:
        return None
    return {"column": "text", "part": text.fold(text.sought(asked["contains"], *path, "contains"))}


def _numbers(asked: Mapping[str, Any]) -> dict[str, Any] | None:
    low, high = asked.get("numberFrom"), asked.get("numberTo")
    if low is None and high is None:
        return None
    return {
        "column": "number",
        "low": None if low is None else sort_keys.of_number(low, ROUND_CEILING),
        "high": None if high is None else sort_keys.of_number(high, ROUND_FLOOR),
    }


def _amounts(asked: Mapping[str, Any], *path: str | int) -> dict[str, Any] | None:
    low: money.MoneyDraft | None = asked.get("moneyFrom")
    high: money.MoneyDraft | None = asked.get("moneyTo")
    given = low or high
    if given is None:
        return None
    if low and high and low["currency"] != high["currency"]:
        raise refuse(ErrorCode.INVALID, "Give both amounts in one currency.", *path, "moneyTo", "currency")
    return {
        "column": "amount",
        "low": sort_keys.at_least(low, *path, "moneyFrom") if low else sort_keys.least(given["currency"]),
        "high": sort_keys.at_most(high, *path, "moneyTo") if high else sort_keys.largest(given["currency"]),
    }


def _days(asked: Mapping[str, Any]) -> dict[str, Any] | None:
    low, high = asked.get("dateFrom"), asked.get("dateTo")
    if low is None and high is None:
        return None
    return {"column": "day", "low": low and low.isoformat(), "high": high and high.isoformat()}


def _pointing(name: str, global_ids: Sequence[str], *path: str | int) -> dict[str, Any]:
    type_name, column = _POINTING[name]
    keys = (str(ids.expect(type_name, each, *path, name, place)) for place, each in enumerate(global_ids))
    return {"column": column, "members": frozenset(keys)}
