"""Which column of a file means which field: guessed from its name, or as the user says."""

import re
from collections.abc import Mapping, Sequence

from models.import_kinds import ImportKind
from resolvers import import_custom, text
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults
from resolvers.import_custom import ImportedField
from resolvers.import_fields import GUESSES, ImportField, Meaning

# What has a title, and custom fields.
OPPORTUNITIES = (ImportKind.LEADS, ImportKind.DEALS)
# What is sold in a deal, each part of which is in the deal's currency unless its row states one.
SOLD = (ImportKind.LINES, ImportKind.DISCOUNTS, ImportKind.INSTALLMENTS)

Mapped = Mapping[str, Meaning]

# Several columns may mean these; every other field is had from one column.
REPEATED = {ImportField.EMAIL, ImportField.PHONE, ImportField.LABELS, ImportField.NOTE, ImportField.PRICE}

_BRACKETED = re.compile(r"[(\[].*?[)\]]")
_NOT_WORD = re.compile(r"[\W_]+")
_CODE = re.compile(r"\b(?:PLN|EUR|USD|GBP|CHF|CZK)\b")


def _plain(column: str) -> str:
    return " ".join(_NOT_WORD.sub(" ", text.fold(column)).split())


def meaning_of(kept: str) -> Meaning:
    """What a mapping that was kept says of a column."""
    return ImportField[kept] if kept in ImportField.__members__ else kept


def guess(
    columns: Sequence[str], fields: Sequence[ImportedField] = (), kind: ImportKind = ImportKind.LEADS
) -> dict[str, Meaning]:
    """The fields that columns mean by their names; columns that say nothing known are left out.

    Of two columns for one field the first has it, except where a field is had from several. A
    column that has the name of a custom field is that, where the kind has custom fields.
    """
    custom = import_custom.columns_of(fields, columns) if kind in OPPORTUNITIES else {}
    guesses = GUESSES[kind]
    found: dict[str, Meaning] = {column: field.id for column, field in custom.items()}
    for column in columns:
        if column in custom:
            continue
        field = _within(_plain(_BRACKETED.sub(" ", column)), guesses)
        if field and (field in REPEATED or field not in found.values()):
            found[column] = field
    return found


def _within(column: str, guesses: Mapping[str, ImportField]) -> ImportField | None:
    """The field of a column's name, or whose longest name of two words or more begins it (`Nazwa firmy klienta`)."""
    if column in guesses:
        return guesses[column]
    words = column.split()
    for length in range(len(words), 0, -1):
        field = guesses.get(" ".join(words[:length]))
        if field and (length > 1 or field in REPEATED or words[1:2] in (["netto"], ["brutto"], ["net"], ["gross"])):
            return field
    return None


def currency_in(column: str) -> str | None:
    """The currency that a column's name states: `Wartość (EUR)`."""
    codes = _CODE.findall(column.upper())
    return codes[0] if len(codes) == 1 else None


def check(
    columns: Sequence[str],
    mapping: Mapping[str, str],
    kind: ImportKind = ImportKind.LEADS,
    fields: Sequence[ImportedField] = (),
) -> dict[str, Meaning]:
    """A mapping as a client gives it, column to field; refuses unknown columns, fields and repeats.

    A custom field is given by its id or its name.
    """
    faults = Faults()
    found: dict[str, Meaning] = {}
    known: dict[str, Meaning] = {text.fold(each.name): each.id for each in fields}
    known |= {each.id: each.id for each in fields} | {_bare(each.value): each for each in ImportField}
    for place, (column, name) in enumerate(mapping.items()):
        with faults.noted():
            found[column] = _checked(columns, known, found, column, name, place)
    faults.raise_any()
    require_columns(found, kind)
    return found


def _bare(name: str) -> str:
    return name.upper().replace("_", "").replace("-", "").replace(" ", "")


def _checked(columns: Sequence[str], known: Mapped, found: Mapped, column: str, name: str, place: int) -> Meaning:
    if column not in columns:
        message = f"The file has no column of this name. It has: {', '.join(columns)[:500]}."
        raise refuse(ErrorCode.INVALID, message, "mapping", place, "column")
    field = known.get(_bare(name)) or known.get(name) or known.get(text.fold(name))
    if field is None:
        message = f"There is no such field. There are: {', '.join(ImportField)}, and custom fields by their ids."
        raise refuse(ErrorCode.INVALID, message, "mapping", place, "field")
    if field not in REPEATED and field in found.values():
        raise refuse(ErrorCode.INVALID, f"Two columns are to be {name}: choose one.", "mapping", place, "field")
    return field


_CONTACT = {
    ImportField.PERSON_NAME,
    ImportField.FIRST_NAME,
    ImportField.LAST_NAME,
    ImportField.EMAIL,
    ImportField.PHONE,
    ImportField.ORGANIZATION,
    ImportField.DOMAIN,
}


_PERSON = _CONTACT - {ImportField.ORGANIZATION, ImportField.DOMAIN}
_NEEDED = {
    ImportKind.LEADS: {*_CONTACT, ImportField.PERSON_ID, ImportField.ORGANIZATION_ID},
    ImportKind.DEALS: {ImportField.TITLE, *_CONTACT},
    ImportKind.PEOPLE: _PERSON,
    ImportKind.ORGANIZATIONS: _CONTACT - _PERSON,
    ImportKind.PRODUCTS: {ImportField.PRODUCT, ImportField.CODE},
    **{kind: {ImportField.DEAL_ID} for kind in SOLD},
    ImportKind.NOTES: {ImportField.LEAD_ID, ImportField.DEAL_ID},
    ImportKind.ACTIVITIES: {ImportField.LEAD_ID, ImportField.DEAL_ID},
}


def require_columns(mapping: Mapped, kind: ImportKind) -> None:
    """Refuse a mapping by which no row could become a record of that kind."""
    needed = _NEEDED[kind]
    if needed & set(mapping.values()):
        return
    if kind is not ImportKind.LEADS:
        named = ", ".join(field for field in ImportField if field in needed)
        raise refuse(ErrorCode.INVALID, f"No column says what these are: map one of {named}.", "mapping")
    if not needed & set(mapping.values()):
        message = "No column is a person or an organization: map one, such as PERSON_NAME, EMAIL or ORGANIZATION."
        raise refuse(ErrorCode.LEAD_NEEDS_CONTACT, message, "mapping")
