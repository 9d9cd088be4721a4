"""A row of a file read as a lead: its cells checked, and all that is wrong with it said at once."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from resolvers import contacts, import_values, money, text
from resolvers.contact_keys import email_key
from resolvers.errors import ErrorCode, Refused, refuse
from resolvers.import_columns import ImportField, currency_in
from resolvers.labels import MOST_LABELS, NAME_LENGTH
from resolvers.spreadsheets import Row

Said = Mapping[ImportField, Sequence[str]]

_BETWEEN_EMAILS = re.compile(r"[\s;,]+")
_BETWEEN_PHONES = re.compile(r"[;,\n]|\s/\s")
_BETWEEN_LABELS = re.compile(r"[;,|\n]")


class BadRow(Exception):
    """A row that makes no lead; the message says why, column by column."""


@dataclass(frozen=True)
class LeadRow:
    """What one row says of a lead. `key` is the identity of what it says, `owner` an e-mail address."""

    title: str = ""
    person: str | None = None
    emails: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    organization: str | None = None
    domain: str | None = None
    address: str | None = None
    value_minor: int | None = None
    currency: str | None = None
    labels: list[str] = field(default_factory=list)
    expected_close_date: date | None = None
    owner: str | None = None
    note: str | None = None
    key: str = ""

    @property
    def has_person(self) -> bool:
        """Whether the row names a person, by name, e-mail or phone."""
        return bool(self.person or self.emails or self.phones)

    @property
    def has_organization(self) -> bool:
        """Whether the row names an organization, by name or domain."""
        return bool(self.organization or self.domain)


@dataclass(frozen=True)
class Layout:
    """Which cell of a row means what, and the currency of values that state none."""

    places: Sequence[tuple[int, str, ImportField]]
    currency: str

    @classmethod
    def of(cls, columns: Sequence[str], mapping: Mapping[str, ImportField], currency: str) -> "Layout":
        """The layout of a file; a currency in a value column's name goes before the account's."""
        places = [(columns.index(column), column, meaning) for column, meaning in mapping.items()]
        stated = [currency_in(column) for _, column, meaning in places if meaning is ImportField.VALUE]
        return cls(sorted(places), next((code for code in stated if code), currency))


def read_row(row: Row, layout: Layout) -> LeadRow:
    """The lead of a row; raises BadRow with everything that is wrong with it."""
    if row.problem:
        raise BadRow(row.problem)
    said: dict[ImportField, list[str]] = {}
    for place, _, meaning in layout.places:
        if row.cells[place]:
            said.setdefault(meaning, []).append(row.cells[place])
    facts = _facts(said, layout)
    lead = LeadRow(**facts)
    if not lead.has_person and not lead.has_organization:
        raise BadRow("A lead needs a person or an organization, and this row has neither.")
    title = lead.title or _default_title(lead)
    return LeadRow(**{**facts, "title": title, "key": _key(said, {**facts, "title": title})})


def _facts(said: Said, layout: Layout) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    wrong: list[str] = []
    for meaning, read in _READERS.items():
        try:
            facts |= read(said, layout.currency)
        except Refused as refused:
            column = next((name for _, name, each in layout.places if each is meaning), meaning)
            wrong += [f"{column}: {error.message}" for error in refused.errors]
    if wrong:
        raise BadRow(" ".join(wrong))
    return facts


def _default_title(lead: LeadRow) -> str:
    subject = lead.organization or lead.person or lead.domain or (lead.emails + lead.phones)[0]
    return f"{subject[: text.LINE_LENGTH - 5]} lead"


def _key(said: Said, facts: Mapping[str, Any]) -> str:
    """The identity of an imported lead: its external id, or else all that the row says."""
    external = said.get(ImportField.EXTERNAL_ID)
    meant = ["id", external[0]] if external else ["row", {name: facts[name] for name in sorted(facts)}]
    return hashlib.sha256(json.dumps(meant, default=str).encode()).hexdigest()


def _one(said: Said, meaning: ImportField) -> str | None:
    cells = said.get(meaning)
    return " ".join(cells[0].split()) if cells else None


def _several(said: Said, meaning: ImportField, between: re.Pattern[str]) -> list[str]:
    parts = (part.strip() for cell in said.get(meaning, ()) for part in between.split(cell))
    return list(dict.fromkeys(part for part in parts if part))


def _title(said: Said, currency: str) -> dict[str, Any]:
    return {"title": text.optional_line(_one(said, ImportField.TITLE)) or ""}


def _person(said: Said, currency: str) -> dict[str, Any]:
    parts = (ImportField.FIRST_NAME, ImportField.LAST_NAME)
    whole = _one(said, ImportField.PERSON_NAME) or " ".join(filter(None, (_one(said, part) for part in parts)))
    return {"person": text.optional_line(whole)}


def _emails(said: Said, currency: str) -> dict[str, Any]:
    return {"emails": [contacts.email(each) for each in _several(said, ImportField.EMAIL, _BETWEEN_EMAILS)]}


def _phones(said: Said, currency: str) -> dict[str, Any]:
    return {"phones": [contacts.phone(each) for each in _several(said, ImportField.PHONE, _BETWEEN_PHONES)]}


def _organization(said: Said, currency: str) -> dict[str, Any]:
    return {"organization": text.optional_line(_one(said, ImportField.ORGANIZATION))}


def _domain(said: Said, currency: str) -> dict[str, Any]:
    return {"domain": contacts.domain(_one(said, ImportField.DOMAIN))}


def _address(said: Said, currency: str) -> dict[str, Any]:
    return {"address": text.optional_line(_one(said, ImportField.ADDRESS), length=contacts.ADDRESS_LENGTH)}


def _value(said: Said, currency: str) -> dict[str, Any]:
    written = _one(said, ImportField.VALUE)
    if written is None:
        return {"value_minor": None, "currency": None}
    number, stated = import_values.amount(written)
    column = _one(said, ImportField.CURRENCY)
    named = import_values.currency(column) if column else None
    if named and stated and named != stated:
        raise refuse(ErrorCode.INVALID, f"The amount is in {stated}, and the currency column says {named}.")
    minor, code = money.to_minor({"amount": number, "currency": named or stated or currency})
    return {"value_minor": minor, "currency": code}


def _labels(said: Said, currency: str) -> dict[str, Any]:
    names = [text.line(each, length=NAME_LENGTH) for each in _several(said, ImportField.LABELS, _BETWEEN_LABELS)]
    if len(names) > MOST_LABELS:
        raise refuse(ErrorCode.TOO_MANY, f"At most {MOST_LABELS} labels fit on one record.")
    return {"labels": names}


def _close_date(said: Said, currency: str) -> dict[str, Any]:
    written = _one(said, ImportField.EXPECTED_CLOSE_DATE)
    return {"expected_close_date": import_values.day(written) if written else None}


def _owner(said: Said, currency: str) -> dict[str, Any]:
    written = _one(said, ImportField.OWNER)
    owner = email_key(written) if written else None
    if written and owner is None:
        raise refuse(ErrorCode.INVALID, "An owner is named by their e-mail address.")
    return {"owner": owner}


def _note(said: Said, currency: str) -> dict[str, Any]:
    source = _one(said, ImportField.SOURCE)
    parts = [*said.get(ImportField.NOTE, ()), *([f"Source: {source}"] if source else [])]
    return {"note": text.text("\n\n".join(parts)) if parts else None}


_READERS: dict[ImportField, Callable[[Said, str], dict[str, Any]]] = {
    ImportField.TITLE: _title,
    ImportField.PERSON_NAME: _person,
    ImportField.EMAIL: _emails,
    ImportField.PHONE: _phones,
    ImportField.ORGANIZATION: _organization,
    ImportField.DOMAIN: _domain,
    ImportField.ADDRESS: _address,
    ImportField.VALUE: _value,
    ImportField.LABELS: _labels,
    ImportField.EXPECTED_CLOSE_DATE: _close_date,
    ImportField.OWNER: _owner,
    ImportField.NOTE: _note,
}
