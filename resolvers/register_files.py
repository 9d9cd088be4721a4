"""A company register as a file that its user has: a table with a header (CSV, XLSX), or JSON lines."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from resolvers import contacts, text
from resolvers.errors import ErrorCode, Refused, refuse
from resolvers.faults import Faults
from resolvers.import_cells import BadRow
from resolvers.prospecting import Company
from resolvers.spreadsheets import Row, UnreadableFile, open_table


class CompanyField(StrEnum):
    """What a column of a register may mean. SIZE is how many people a company employs."""

    NAME = "NAME"
    NUMBER = "NUMBER"
    DOMAIN = "DOMAIN"
    ADDRESS = "ADDRESS"
    PLACE = "PLACE"
    INDUSTRY = "INDUSTRY"
    SIZE = "SIZE"
    EMAIL = "EMAIL"
    PHONE = "PHONE"


Meant = Mapping[str, CompanyField]

# What a column or a key is taken for, by its name folded and without `_`, in English and Polish.
_NAMES: Mapping[CompanyField, str] = {
    CompanyField.NAME: "name|company|company name|nazwa|nazwa firmy|firma|nazwa podmiotu",
    CompanyField.NUMBER: "number|register number|registration number|krs|regon|nip|vat|ico",
    CompanyField.DOMAIN: "domain|website|www|url|strona|strona www|adres www",
    CompanyField.ADDRESS: "address|street|adres|ulica",
    CompanyField.PLACE: "place|city|town|miasto|miejscowosc",
    CompanyField.INDUSTRY: "industry|sector|activity|branza|pkd|nace|przedmiot dzialalnosci",
    CompanyField.SIZE: "size|employees|headcount|zatrudnienie|liczba pracownikow|pracownicy",
    CompanyField.EMAIL: "email|e-mail|mail|adres e-mail",
    CompanyField.PHONE: "phone|telephone|telefon|tel",
}
_FIELDS = {name: field for field, names in _NAMES.items() for name in names.split("|")}
_LINES = (
    CompanyField.NUMBER,
    CompanyField.ADDRESS,
    CompanyField.PLACE,
    CompanyField.INDUSTRY,
    CompanyField.EMAIL,
    CompanyField.PHONE,
)
_FACT_LENGTH = 255


def guess(columns: Sequence[str]) -> dict[str, CompanyField]:
    """The fields that columns mean by their names; several may mean one: the first that is filled has it."""
    found = ((column, _FIELDS.get(text.fold(column.replace("_", " ")))) for column in columns)
    return {column: field for column, field in found if field is not None}


def check(columns: Sequence[str], mapping: Mapping[str, str]) -> dict[str, CompanyField]:
    """A mapping as a client gives it; refuses columns that the file has not, and one that names no company."""
    faults = Faults()
    for place, column in enumerate(mapping):
        with faults.noted():
            if column not in columns:
                message = f"The file has no column of this name. It has: {', '.join(columns)[:500]}."
                raise refuse(ErrorCode.INVALID, message, "mapping", place, "column")
    faults.raise_any()
    if CompanyField.NAME not in mapping.values():
        raise refuse(ErrorCode.INVALID, _nameless(), "mapping")
    return {column: CompanyField(field) for column, field in mapping.items()}


def read_company(row: Row, columns: Sequence[str], mapping: Meant) -> Company:
    """The company that a row tells of; raises BadRow where it is none."""
    if row.problem:
        raise BadRow(row.problem)
    said: dict[CompanyField, str] = {}
    for column, cell in zip(columns, row.cells, strict=False):
        if column in mapping and cell.strip():
            said.setdefault(mapping[column], cell.strip())
    try:
        name = text.line(said.get(CompanyField.NAME))
    except Refused as refused:
        raise BadRow("This row names no company.") from refused
    facts = {field.value.lower(): _line(said.get(field)) for field in _LINES}
    size = "".join(said.get(CompanyField.SIZE, "").split()).partition(".")[0]
    employees = int(size) if size.isascii() and size.isdecimal() and len(size) < 10 else None
    return Company(name, domain=_domain(said.get(CompanyField.DOMAIN)), size=employees, **facts)


class RegisterFile:
    """A register in a file. `skipped` counts the rows of it that name no company, or cannot be read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.skipped = 0

    def companies(self) -> Iterator[Company]:
        """The companies, as the file is read. Raises UnreadableFile where it is none."""
        with open_table(self._path) as table:
            mapping = guess(table.columns)
            if CompanyField.NAME not in mapping.values():
                raise UnreadableFile(_nameless())
            for row in table.rows:
                try:
                    yield read_company(row, table.columns, mapping)
                except BadRow:
                    self.skipped += 1


def _nameless() -> str:
    return f"No column names the companies: call one {_NAMES[CompanyField.NAME].replace('|', ', ')}."


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
