"""A company register as a file that its user has: a table with a header (CSV, XLSX), or JSON lines."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from resolvers import contacts, text
from resolvers.errors import Refused
from resolvers.prospecting import Company
from resolvers.spreadsheets import UnreadableFile, open_table

# What a column or a key is taken for, by its name folded and without `_`, in English and Polish.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "company", "company name", "nazwa", "nazwa firmy", "firma", "nazwa podmiotu"),
    "number": ("number", "register number", "registration number", "krs", "regon", "nip", "vat", "ico"),
    "domain": ("domain", "website", "www", "url", "strona", "strona www", "adres www"),
    "address": ("address", "street", "adres", "ulica"),
    "place": ("place", "city", "town", "miasto", "miejscowosc"),
    "industry": ("industry", "sector", "activity", "branza", "pkd", "nace", "przedmiot dzialalnosci"),
    "size": ("size", "employees", "headcount", "zatrudnienie", "liczba pracownikow", "pracownicy"),
    "email": ("email", "e-mail", "mail", "adres e-mail"),
    "phone": ("phone", "telephone", "telefon", "tel"),
}
_FIELDS = {name: field for field, names in _NAMES.items() for name in names}
_FACT_LENGTH = 255


class RegisterFile:
    """A register in a file. `skipped` counts the rows of it that name no company, or cannot be read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.skipped = 0

    def companies(self) -> Iterator[Company]:
        """The companies, as the file is read. Raises UnreadableFile where it is none."""
        rows = self._lines() if self._path.suffix.lower() in {".jsonl", ".ndjson"} else self._rows()
        for row in rows:
            company = None if row is None else _company(row)
            if company is None:
                self.skipped += 1
            else:
                yield company

    def _rows(self) -> Iterator[dict[str, Any] | None]:
        with open_table(self._path) as table:
            fields = [_field(column) for column in table.columns]
            if "name" not in fields:
                message = f"No column names the companies: call one {', '.join(_NAMES['name'])}."
                raise UnreadableFile(message)
            for row in table.rows:
                yield None if row.problem else _first(zip(fields, row.cells, strict=False))

    def _lines(self) -> Iterator[dict[str, Any] | None]:
        with self._path.open("rb") as lines:
            for line in lines:
                if line.strip():
                    yield _parsed(line)


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        values = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return _first((_field(key), value) for key, value in values.items()) if isinstance(values, dict) else None


def _field(name: str) -> str | None:
    return _FIELDS.get(text.fold(name.replace("_", " ")))


def _first(pairs: Any) -> dict[str, Any]:
    """The first value of each field that is not empty."""
    found: dict[str, Any] = {}
    for field, value in pairs:
        if field is not None and value not in (None, "") and isinstance(value, str | int | float):
            found.setdefault(field, str(value).strip())
    return found


def _company(row: Mapping[str, str]) -> Company | None:
    try:
        name = text.line(row.get("name"))
    except Refused:
        return None
    facts = {field: _line(row.get(field)) for field in ("number", "address", "place", "industry", "email", "phone")}
    size = "".join(row.get("size", "").split()).partition(".")[0]
    employees = int(size) if size.isascii() and size.isdecimal() and len(size) < 10 else None
    return Company(name, domain=_domain(row.get("domain")), size=employees, **facts)


def _line(written: str | None) -> str | None:
    """One line of text, cut where it is too long; null where it is none."""
    try:
        return text.optional_line(" ".join((written or "").split())[:_FACT_LENGTH])
    except Refused:
        return None


def _domain(written: str | None) -> str | None:
    try:
        return contacts.domain(written)
    except Refused:
        return None
