"""Which column of a file means which field: guessed from its name, or as the user says."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from models.imports import ImportKind
from resolvers import import_custom, text
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults
from resolvers.import_custom import ImportedField


class ImportField(StrEnum):
    """What a column may mean. FIRST_NAME and LAST_NAME together make a person's name."""

    TITLE = "TITLE"
    PERSON_NAME = "PERSON_NAME"
    FIRST_NAME = "FIRST_NAME"
    LAST_NAME = "LAST_NAME"
    EMAIL = "EMAIL"
    PHONE = "PHONE"
    ORGANIZATION = "ORGANIZATION"
    DOMAIN = "DOMAIN"
    ADDRESS = "ADDRESS"
    VALUE = "VALUE"
    CURRENCY = "CURRENCY"
    LABELS = "LABELS"
    EXPECTED_CLOSE_DATE = "EXPECTED_CLOSE_DATE"
    OWNER = "OWNER"
    SOURCE = "SOURCE"
    NOTE = "NOTE"
    EXTERNAL_ID = "EXTERNAL_ID"
    PERSON_ID = "PERSON_ID"
    ORGANIZATION_ID = "ORGANIZATION_ID"
    VISIBILITY = "VISIBILITY"
    PIPELINE = "PIPELINE"
    STAGE = "STAGE"
    STATUS = "STATUS"
    PROBABILITY = "PROBABILITY"
    LOST_REASON = "LOST_REASON"
    ARCHIVED = "ARCHIVED"
    PRODUCT = "PRODUCT"
    CODE = "CODE"
    DESCRIPTION = "DESCRIPTION"
    UNIT = "UNIT"
    PRICE = "PRICE"
    TAX_RATE = "TAX_RATE"
    ACTIVE = "ACTIVE"
    DEAL_ID = "DEAL_ID"
    PRODUCT_ID = "PRODUCT_ID"
    QUANTITY = "QUANTITY"
    DISCOUNT = "DISCOUNT"
    DISCOUNT_TYPE = "DISCOUNT_TYPE"
    TAX_METHOD = "TAX_METHOD"
    ENABLED = "ENABLED"
    BILLING_FREQUENCY = "BILLING_FREQUENCY"
    BILLING_CYCLES = "BILLING_CYCLES"
    BILLING_STARTS_ON = "BILLING_STARTS_ON"


# What has a title, and custom fields.
OPPORTUNITIES = (ImportKind.LEADS, ImportKind.DEALS)

# What a column means: a field, or a custom field by its global id.
Meaning = ImportField | str
Mapped = Mapping[str, Meaning]

# Several columns may mean these; every other field is had from one column.
REPEATED = {ImportField.EMAIL, ImportField.PHONE, ImportField.LABELS, ImportField.NOTE, ImportField.PRICE}

# Names of columns, folded and without punctuation, English and Polish.
_NAMES: dict[ImportField, str] = {
    ImportField.TITLE: "title|lead|lead title|lead name|deal|deal title|subject|opportunity|opportunity name"
    "|tytul|nazwa|temat|szansa|szansa sprzedazy|nazwa leada|nazwa szansy|tytul leada",
    ImportField.PERSON_NAME: "person|person name|contact|contact person|contact name|full name|name"
    "|osoba|osoba kontaktowa|imie i nazwisko|nazwisko i imie|kontakt|klient|osoba do kontaktu",
    ImportField.FIRST_NAME: "first name|given name|firstname|imie",
    ImportField.LAST_NAME: "last name|surname|family name|lastname|nazwisko",
    ImportField.EMAIL: "e mail|email|mail|email address|e mail address|adres e mail|adres email|poczta|adres mailowy",
    ImportField.PHONE: "phone|telephone|mobile|phone number|mobile phone|cell|tel|telefon|numer telefonu|nr telefonu"
    "|nr tel|komorka|telefon komorkowy|telefon stacjonarny",
    ImportField.ORGANIZATION: "organization|organisation|company|company name|organization name|account|account name"
    "|firma|organizacja|nazwa firmy|nazwa organizacji|przedsiebiorstwo|kontrahent",
    ImportField.DOMAIN: "domain|website|web|web site|url|company domain|www|strona|strona www|domena|strona internetowa"
    "|adres www",
    ImportField.ADDRESS: "address|company address|street address|adres|adres firmy|siedziba",
    ImportField.VALUE: "value|amount|deal value|lead value|estimated value|price|budget|wartosc|kwota|cena|budzet"
    "|szacowana wartosc|przewidywana wartosc",
    ImportField.CURRENCY: "currency|currency code|waluta|kod waluty",
    ImportField.LABELS: "label|labels|tag|tags|etykieta|etykiety|tagi|kategoria|kategorie",
    ImportField.EXPECTED_CLOSE_DATE: "expected close date|close date|closing date|expected close|due date"
    "|data zamkniecia|termin|przewidywana data zamkniecia|planowane zamkniecie|oczekiwana data zamkniecia",
    ImportField.OWNER: "owner|owner email|owner e mail|assigned to|sales rep|wlasciciel|opiekun|handlowiec"
    "|e mail wlasciciela|email wlasciciela|przypisany do",
    ImportField.SOURCE: "source|lead source|origin|channel|zrodlo|zrodlo leada|kanal|pochodzenie",
    ImportField.NOTE: "note|notes|comment|comments|description|notatka|notatki|uwagi|komentarz|komentarze|opis",
    ImportField.EXTERNAL_ID: "id|external id|lead id|record id|identyfikator|id zewnetrzny|identyfikator zewnetrzny"
    "|id leada|deal id|id szansy",
    ImportField.PERSON_ID: "person id|contact id|id osoby|id kontaktu",
    ImportField.ORGANIZATION_ID: "organization id|company id|id organizacji|id firmy",
    ImportField.VISIBILITY: "visibility|visible to|widocznosc",
    ImportField.PIPELINE: "pipeline|lejek",
    ImportField.STAGE: "stage|deal stage|etap",
    ImportField.STATUS: "status|deal status",
    ImportField.PROBABILITY: "probability|win probability|prawdopodobienstwo",
    ImportField.ARCHIVED: "archived|archived at|zarchiwizowano",
    ImportField.LOST_REASON: "lost reason|loss reason|powod przegranej|powod utraty",
}
# `Lp.` and `No.` are not among them: a running number tells the rows of one file apart, not leads.
_SOLD: dict[ImportField, str] = {
    ImportField.PRODUCT: "product|product name|name|title|produkt|nazwa|nazwa produktu|towar|usluga",
    ImportField.CODE: "code|sku|product code|kod|kod produktu|symbol|indeks",
    ImportField.TAX_RATE: "tax rate|tax|vat|vat rate|stawka vat|stawka podatku|podatek",
    ImportField.PRICE: "price|prices|item price|unit price|cena|ceny|cena jednostkowa",
}
_OF_PRODUCTS: dict[ImportField, str] = {
    **_SOLD,
    ImportField.DESCRIPTION: "description|opis",
    ImportField.UNIT: "unit|unit of measure|jednostka|jm",
    ImportField.ACTIVE: "active|is active|aktywny",
    ImportField.EXTERNAL_ID: "id|external id|product id|identyfikator|id zewnetrzny|id produktu",
}
_OF_LINES: dict[ImportField, str] = {
    **_SOLD,
    ImportField.CURRENCY: _NAMES[ImportField.CURRENCY],
    ImportField.DEAL_ID: "deal id|id szansy",
    ImportField.PRODUCT_ID: "product id|id produktu",
    ImportField.QUANTITY: "quantity|qty|ilosc|liczba",
    ImportField.DISCOUNT: "discount|rabat",
    ImportField.DISCOUNT_TYPE: "discount type|rodzaj rabatu",
    ImportField.TAX_METHOD: "tax method|sposob liczenia podatku",
    ImportField.ENABLED: "enabled|is enabled|wlaczona",
    ImportField.BILLING_FREQUENCY: "billing frequency|frequency|czestotliwosc|czestotliwosc rozliczen",
    ImportField.BILLING_CYCLES: "billing cycles|cycles|liczba rozliczen",
    ImportField.BILLING_STARTS_ON: "billing starts on|billing start|poczatek rozliczen",
    ImportField.EXTERNAL_ID: "id|external id|line id|identyfikator|id zewnetrzny|id pozycji",
}


def _by_name(names: Mapping[ImportField, str]) -> dict[str, ImportField]:
    return {name: field for field, listed in names.items() for name in listed.split("|")}


_GUESSES = {kind: _by_name(_NAMES) for kind in ImportKind} | {
    ImportKind.PRODUCTS: _by_name(_OF_PRODUCTS),
    ImportKind.LINES: _by_name(_OF_LINES),
}
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
    guesses = _GUESSES[kind]
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
    ImportKind.LINES: {ImportField.DEAL_ID},
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
