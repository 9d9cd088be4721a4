"""A row of a file read as a lead: its cells checked, and all that is wrong with it said at once."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

from models.base import Visibility
from models.custom_fields import Values
from models.deals import DealStatus
from models.import_kinds import ImportKind
from resolvers import contacts, import_values, money, text
from resolvers.contact_keys import email_key
from resolvers.errors import ErrorCode, refuse
from resolvers.import_cells import BadRow, Layout, Reader, Said, key_of, member, one, read_facts, single, stated_amount
from resolvers.import_columns import OPPORTUNITIES
from resolvers.import_custom import Pointer
from resolvers.import_fields import ImportField
from resolvers.labels import MOST_LABELS, NAME_LENGTH
from resolvers.spreadsheets import Row

_BETWEEN_EMAILS = re.compile(r"[\s;,]+")
_BETWEEN_PHONES = re.compile(r"[;,\n]|\s/\s")


@dataclass(frozen=True)
class LeadRow:
    """What one row says of a lead, a deal or a contact. `key` is the identity of what it says, `owner` an e-mail
    address; `person_ref` and `organization_ref` are external ids, by which contacts were imported before.
    `custom` and `pointed` are of custom fields by their keys; null where the row says nothing of any.
    One with a `lack` can update what is known by its external id, and make nothing new.
    """

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
    external_id: str | None = None
    person_ref: str | None = None
    organization_ref: str | None = None
    visibility: Visibility | None = None
    pipeline: str | None = None
    stage: str | None = None
    status: DealStatus | None = None
    probability: int | None = None
    lost_reason: str | None = None
    archived_at: datetime | None = None
    custom: Values | None = None
    pointed: dict[str, Pointer] | None = None
    key: str = ""
    is_titled: bool = False
    lack: str | None = None

    @property
    def has_person(self) -> bool:
        """Whether the row names a person, by name, e-mail or phone."""
        return bool(self.person or self.emails or self.phones)

    @property
    def has_organization(self) -> bool:
        """Whether the row names an organization, by name or domain."""
        return bool(self.organization or self.domain)


def read_row(row: Row, layout: Layout) -> LeadRow:
    """What a row says; raises BadRow with everything that is wrong with it."""
    facts = read_facts(row, layout, _READERS)
    read = LeadRow(**facts)
    lack = _lack(read, layout.kind)
    if lack and not (read.external_id and layout.kind in OPPORTUNITIES):
        raise BadRow(lack)
    if layout.kind in OPPORTUNITIES and not lack:
        facts["title"] = read.title or _default_title(read)
    return LeadRow(**facts, key=key_of(facts), is_titled=bool(read.title), lack=lack)


def _lack(row: LeadRow, kind: ImportKind) -> str | None:
    """What a row must say to become one of its kind, and does not."""
    match kind:
        case ImportKind.LEADS if not (row.has_person or row.has_organization or row.person_ref or row.organization_ref):
            return "A lead needs a person or an organization, and this row has neither."
        case ImportKind.DEALS if not (row.title or row.has_person or row.has_organization):
            return "A deal needs a title, and this row has none."
        case ImportKind.PEOPLE if not row.has_person:
            return "This row names no person, by name, e-mail or phone."
        case ImportKind.ORGANIZATIONS if not row.has_organization:
            return "This row names no organization, by name or domain."
    return None


def _default_title(lead: LeadRow) -> str:
    subject = lead.organization or lead.person or lead.domain or (lead.emails + lead.phones)[0]
    return f"{subject[: text.LINE_LENGTH - 5]} lead"


def _several(said: Said, meaning: ImportField, between: re.Pattern[str]) -> list[str]:
    parts = (part.strip() for cell in said.get(meaning, ()) for part in between.split(cell))
    return list(dict.fromkeys(part for part in parts if part))


def _title(said: Said, currency: str) -> dict[str, Any]:
    return {"title": text.optional_line(one(said, ImportField.TITLE)) or ""}


def _person(said: Said, currency: str) -> dict[str, Any]:
    parts = (ImportField.FIRST_NAME, ImportField.LAST_NAME)
    whole = one(said, ImportField.PERSON_NAME) or " ".join(filter(None, (one(said, part) for part in parts)))
    return {"person": text.optional_line(whole)}


def _emails(said: Said, currency: str) -> dict[str, Any]:
    return {"emails": [contacts.email(each) for each in _several(said, ImportField.EMAIL, _BETWEEN_EMAILS)]}


def _phones(said: Said, currency: str) -> dict[str, Any]:
    return {"phones": [contacts.phone(each) for each in _several(said, ImportField.PHONE, _BETWEEN_PHONES)]}


def _value(said: Said, currency: str) -> dict[str, Any]:
    found = stated_amount(said, ImportField.VALUE)
    if found is None:
        return {"value_minor": None, "currency": None}
    minor, code = money.to_minor({"amount": found[0], "currency": found[1] or currency})
    return {"value_minor": minor, "currency": code}


def _labels(said: Said, currency: str) -> dict[str, Any]:
    listed = (part for cell in said.get(ImportField.LABELS, ()) for part in import_values.parts(cell))
    names = [text.line(each, length=NAME_LENGTH) for each in dict.fromkeys(listed)]
    if len(names) > MOST_LABELS:
        raise refuse(ErrorCode.TOO_MANY, f"At most {MOST_LABELS} labels fit on one record.")
    return {"labels": names}


def _owner(said: Said, currency: str) -> dict[str, Any]:
    written = one(said, ImportField.OWNER)
    owner = email_key(written) if written else None
    if written and owner is None:
        raise refuse(ErrorCode.INVALID, "An owner is named by their e-mail address.")
    return {"owner": owner}


def _note(said: Said, currency: str) -> dict[str, Any]:
    source = one(said, ImportField.SOURCE)
    parts = [*said.get(ImportField.NOTE, ()), *([f"Source: {source}"] if source else [])]
    return {"note": text.text("\n\n".join(parts)) if parts else None}


def _refs(said: Said, currency: str) -> dict[str, Any]:
    return {
        "person_ref": one(said, ImportField.PERSON_ID),
        "organization_ref": one(said, ImportField.ORGANIZATION_ID),
    }


def _stage(said: Said, currency: str) -> dict[str, Any]:
    return {
        "pipeline": text.optional_line(one(said, ImportField.PIPELINE)),
        "stage": text.optional_line(one(said, ImportField.STAGE)),
    }


def _probability(said: Said, currency: str) -> dict[str, Any]:
    written = one(said, ImportField.PROBABILITY)
    digits = (written or "").removesuffix("%").strip()
    if written is not None and not (digits.isascii() and digits.isdecimal() and int(digits) <= 100):
        raise refuse(ErrorCode.INVALID, "A probability is a percentage from 0 to 100.")
    return {"probability": int(digits) if written is not None else None}


_READERS: dict[ImportField, Reader] = dict(
    (
        (ImportField.TITLE, _title),
        (ImportField.PERSON_NAME, _person),
        (ImportField.EMAIL, _emails),
        (ImportField.PHONE, _phones),
        single(ImportField.ORGANIZATION, "organization", text.line),
        single(ImportField.DOMAIN, "domain", contacts.domain),
        single(ImportField.ADDRESS, "address", partial(text.line, length=contacts.ADDRESS_LENGTH)),
        (ImportField.VALUE, _value),
        (ImportField.LABELS, _labels),
        single(ImportField.EXPECTED_CLOSE_DATE, "expected_close_date", import_values.day),
        (ImportField.OWNER, _owner),
        (ImportField.NOTE, _note),
        single(ImportField.EXTERNAL_ID, "external_id"),
        (ImportField.PERSON_ID, _refs),
        single(ImportField.VISIBILITY, "visibility", partial(member, Visibility)),
        (ImportField.STAGE, _stage),
        single(ImportField.STATUS, "status", partial(member, DealStatus)),
        (ImportField.PROBABILITY, _probability),
        single(ImportField.LOST_REASON, "lost_reason", partial(text.line, length=1000)),
        single(ImportField.ARCHIVED, "archived_at", import_values.instant),
    )
)
