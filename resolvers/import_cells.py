"""The cells of a row, read by the fields that their columns mean; all that is wrong with a row is said at once."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from models.base import EnumT
from models.custom_fields import Value
from models.import_kinds import ImportKind
from resolvers import import_values
from resolvers.errors import ErrorCode, Refused, refuse
from resolvers.import_columns import OPPORTUNITIES, SOLD, currency_in
from resolvers.import_custom import ImportedField, Pointer
from resolvers.import_fields import ImportField, Meaning
from resolvers.spreadsheets import Row

Said = Mapping[Meaning, Sequence[str]]
# Reads fields of what a row says, where amounts that state no currency are in this one.
Reader = Callable[[Said, str], dict[str, Any]]


class BadRow(Exception):
    """A row that makes no record; the message says why, column by column."""


@dataclass(frozen=True)
class Layout:
    """Which cell of a row means what, the currency of values that state none, and what rows become.

    `custom` are the custom fields that columns mean, by their global ids.
    """

    places: Sequence[tuple[int, str, Meaning]]
    currency: str
    kind: ImportKind = ImportKind.LEADS
    custom: Mapping[str, ImportedField] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        columns: Sequence[str],
        mapping: Mapping[str, Meaning],
        currency: str,
        kind: ImportKind = ImportKind.LEADS,
        fields: Sequence[ImportedField] = (),
    ) -> "Layout":
        """The layout of a file; a currency in a value column's name goes before the account's."""
        places = [(columns.index(column), column, meaning) for column, meaning in mapping.items()]
        stated = [currency_in(column) for _, column, meaning in places if meaning is ImportField.VALUE]
        custom = {each.id: each for each in fields if kind in OPPORTUNITIES}
        return cls(sorted(places), next((code for code in stated if code), currency), kind, custom)


def read_facts(row: Row, layout: Layout, readers: Mapping[ImportField, Reader]) -> dict[str, Any]:
    """What a row says, by these readers of its fields; raises BadRow with everything that is wrong with it."""
    if row.problem:
        raise BadRow(row.problem)
    said: dict[Meaning, list[str]] = {}
    for place, column, meaning in layout.places:
        if row.cells[place]:
            is_amount = meaning is ImportField.PRICE or (meaning is ImportField.VALUE and layout.kind in SOLD)
            cell = _stated(row.cells[place], column) if is_amount else row.cells[place]
            said.setdefault(meaning, []).append(cell)
    return _facts(said, layout, readers)


def _stated(cell: str, column: str) -> str:
    """A cell of amounts, with the currency that its column's name states."""
    code = currency_in(column) if cell[-1].isdigit() else None
    return f"{cell} {code}" if code else cell


def _facts(said: Said, layout: Layout, readers: Mapping[ImportField, Reader]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    wrong: list[str] = []
    for meaning, read in readers.items():
        try:
            facts |= read(said, layout.currency)
        except Refused as refused:
            wrong += _told(refused, meaning, layout)
    for key, about in layout.custom.items():
        if key in said:
            try:
                _say(facts, about, about.read(said[key], layout.currency))
            except Refused as refused:
                wrong += _told(refused, key, layout)
    if wrong:
        raise BadRow(" ".join(wrong))
    return facts


def _told(refused: Refused, meaning: Meaning, layout: Layout) -> list[str]:
    column = next((name for _, name, each in layout.places if each == meaning), meaning)
    return [f"{column}: {error.message}" for error in refused.errors]


def _say(facts: dict[str, Any], about: ImportedField, read: list[Value] | Pointer) -> None:
    name, value = ("pointed", read) if isinstance(read, Pointer) else ("custom", read)
    facts.setdefault(name, {})[str(about.key)] = value


# What older imports knew of a row: its identity must not change with what can be read since.
_IDENTITY = (
    *("title", "person", "emails", "phones", "organization", "domain", "address", "value_minor", "currency"),
    *("labels", "expected_close_date", "owner", "note"),
)


def key_of(facts: Mapping[str, Any]) -> str:
    """The identity of an imported row: its external id, or else all that it says."""
    if facts["external_id"]:
        return external_key(facts["external_id"])
    more = [name for name in facts if name not in _IDENTITY and facts[name] is not None]
    return _hashed(["row", {name: facts[name] for name in sorted([*_IDENTITY, *more]) if name in facts}])


def external_key(external_id: str) -> str:
    """The identity of what was imported under an external id."""
    return _hashed(["id", external_id])


def _hashed(meant: Any) -> str:
    return hashlib.sha256(json.dumps(meant, default=str).encode()).hexdigest()


def one(said: Said, meaning: ImportField) -> str | None:
    """The one cell of a field, its spaces made one each; null where it is empty."""
    cells = said.get(meaning)
    return " ".join(cells[0].split()) if cells else None


def single(meaning: ImportField, name: str, read: Callable[[str], Any] = str) -> tuple[ImportField, Reader]:
    """A field of one cell, and what reads it as `name`; null where it is empty."""

    def reader(said: Said, currency: str) -> dict[str, Any]:
        written = one(said, meaning)
        return {name: read(written) if written else None}

    return meaning, reader


def member(members: type[EnumT], written: str) -> EnumT:
    """The member of an enum that a cell names; refuses what names none."""
    found = next((each for each in members if each.value == written.upper()), None)
    if found is None:
        raise refuse(ErrorCode.INVALID, f"This is none of {', '.join(members)}.")
    return found


def stated_amount(said: Said, meaning: ImportField) -> tuple[Decimal, str | None] | None:
    """The number of a cell, and the currency that it or the currency's column states; null where it is empty."""
    written = one(said, meaning)
    if written is None:
        return None
    number, stated = import_values.amount(written)
    column = one(said, ImportField.CURRENCY)
    named = import_values.currency(column) if column else None
    if named and stated and named != stated:
        raise refuse(ErrorCode.INVALID, f"The amount is in {stated}, and the currency column says {named}.")
    return number, named or stated
