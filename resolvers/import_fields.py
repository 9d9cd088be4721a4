"""What the columns of files may mean, and the names by which each is known, for every kind of import."""

from collections.abc import Mapping
from enum import StrEnum

from models.import_kinds import ImportKind


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
    BILLS_ON = "BILLS_ON"
    LEAD_ID = "LEAD_ID"
    ACTIVITY_TYPE = "ACTIVITY_TYPE"
    DUE_AT = "DUE_AT"
    DONE_AT = "DONE_AT"
    CREATED_AT = "CREATED_AT"


# What a column means: a field, or a custom field by its global id.
Meaning = ImportField | str

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
# What names a part of a deal: the deal, its own id (elsewhere: `line id`), and what amounts are in.
_IN_DEALS: dict[ImportField, str] = {
    ImportField.DEAL_ID: "deal id|id szansy",
    ImportField.CURRENCY: _NAMES[ImportField.CURRENCY],
    ImportField.EXTERNAL_ID: "id|external id|identyfikator|id zewnetrzny",
}
_REDUCED: dict[ImportField, str] = {
    ImportField.DISCOUNT: "discount|rabat",
    ImportField.DISCOUNT_TYPE: "discount type|rodzaj rabatu",
}
_OF_LINES: dict[ImportField, str] = {
    **_SOLD,
    **_IN_DEALS,
    **_REDUCED,
    ImportField.PRODUCT_ID: "product id|id produktu",
    ImportField.QUANTITY: "quantity|qty|ilosc|liczba",
    ImportField.TAX_METHOD: "tax method|sposob liczenia podatku",
    ImportField.ENABLED: "enabled|is enabled|wlaczona",
    ImportField.BILLING_FREQUENCY: "billing frequency|frequency|czestotliwosc|czestotliwosc rozliczen",
    ImportField.BILLING_CYCLES: "billing cycles|cycles|liczba rozliczen",
    ImportField.BILLING_STARTS_ON: "billing starts on|billing start|poczatek rozliczen",
    ImportField.EXTERNAL_ID: f"{_IN_DEALS[ImportField.EXTERNAL_ID]}|line id|id pozycji",
}
_DESCRIBED = "description|name|title|opis|nazwa|tytul"
_OF_DISCOUNTS: dict[ImportField, str] = {
    **_IN_DEALS,
    **_REDUCED,
    ImportField.DESCRIPTION: _DESCRIBED,
    ImportField.EXTERNAL_ID: f"{_IN_DEALS[ImportField.EXTERNAL_ID]}|discount id|id rabatu",
}
_OF_INSTALLMENTS: dict[ImportField, str] = {
    **_IN_DEALS,
    ImportField.DESCRIPTION: _DESCRIBED,
    ImportField.VALUE: "amount|value|kwota|wartosc",
    ImportField.BILLS_ON: "bills on|billed on|billing date|due date|date|data|termin|data rozliczenia|termin platnosci",
    ImportField.EXTERNAL_ID: f"{_IN_DEALS[ImportField.EXTERNAL_ID]}|installment id|id raty",
}
_ON_EITHER: dict[ImportField, str] = {
    ImportField.LEAD_ID: "lead id|id leada",
    ImportField.DEAL_ID: _IN_DEALS[ImportField.DEAL_ID],
}
_OF_NOTES: dict[ImportField, str] = {
    **_ON_EITHER,
    ImportField.NOTE: "note|body|text|content|comment|description|notatka|tresc|tekst|komentarz|opis",
    ImportField.OWNER: "author|author email|author e mail|user|autor|uzytkownik",
    ImportField.CREATED_AT: "created|created at|added|date|utworzono|dodano|data",
    ImportField.EXTERNAL_ID: f"{_IN_DEALS[ImportField.EXTERNAL_ID]}|note id|id notatki",
}
_OF_ACTIVITIES: dict[ImportField, str] = {
    **_ON_EITHER,
    ImportField.TITLE: "subject|title|name|activity|temat|tytul|nazwa|aktywnosc|zadanie",
    ImportField.ACTIVITY_TYPE: "type|activity type|kind|typ|rodzaj",
    ImportField.DUE_AT: "due|due at|due date|deadline|termin|data",
    ImportField.DONE_AT: "done|done at|completed|completed at|wykonano|ukonczono",
    ImportField.OWNER: f"assignee|assignee email|assignee e mail|{_NAMES[ImportField.OWNER]}",
    ImportField.EXTERNAL_ID: f"{_IN_DEALS[ImportField.EXTERNAL_ID]}|activity id|id aktywnosci",
}


def _by_name(names: Mapping[ImportField, str]) -> dict[str, ImportField]:
    return {name: field for field, listed in names.items() for name in listed.split("|")}


GUESSES = {kind: _by_name(_NAMES) for kind in ImportKind} | {
    ImportKind.PRODUCTS: _by_name(_OF_PRODUCTS),
    ImportKind.LINES: _by_name(_OF_LINES),
    ImportKind.DISCOUNTS: _by_name(_OF_DISCOUNTS),
    ImportKind.INSTALLMENTS: _by_name(_OF_INSTALLMENTS),
    ImportKind.NOTES: _by_name(_OF_NOTES),
    ImportKind.ACTIVITIES: _by_name(_OF_ACTIVITIES),
}
