"""Files of rows as people save them: CSV in the encodings and dialects of spreadsheets, XLSX, and JSON lines.

Rows are numbered as a spreadsheet numbers them, the header's included. CSV is read as a stream;
a row that cannot be read is a row with a problem, not the end of the file.
"""

import codecs
import csv
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from io import TextIOWrapper
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

import orjson
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

LINE_LENGTH = 1_000_000
ROW_LINES = 200
ROW_LENGTH = 1_000_000
UNPACKED_BYTES = 512 * 1024 * 1024
DELIMITERS = ";\t,|"
_CHUNK = 1 << 16
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")

# Bytes that are Polish letters (ąśź ĄŚŹ) in one code page, and signs that stand in no word in the other.
_POLISH_IN_1250 = frozenset(b"\xb9\x9c\x9f\xa5\x8c\x8f")
_POLISH_IN_8859_2 = frozenset(b"\xb1\xb6\xbc\xa1\xa6\xac")
# Bytes that are Polish letters (łż ŁŻ) in both of these, and signs in Windows-1252.
_POLISH_IN_BOTH = frozenset(b"\xb3\xbf\xa3\xaf")
# Bytes that are letters of Polish or Czech in Windows-1250, of French or Spanish in Windows-1252.
_WESTERN = frozenset(b"\xe0\xe8\xec\xf2\xf9\xe3\xf5\xe5\xf8\xfb\xc0\xc8\xd2\xd9\xc3\xd5\xc5\xd8")


class UnreadableFile(Exception):
    """The file as a whole is no table; the message says what is wrong and what to do."""


@dataclass(frozen=True)
class Row:
    """One row: its number, its cells as text, and why it cannot be read, if so."""

    number: int
    cells: list[str]
    problem: str | None = None


@dataclass(frozen=True)
class Table:
    """An open file: the names of its columns, each once, and its rows after the header."""

    columns: list[str]
    rows: Iterator[Row]
    delimiter: str = ";"
    done: Callable[[], float] = lambda: 0.0
    """How much of the file has been read, 0 to 1."""


@contextmanager
def open_table(path: Path) -> Iterator[Table]:
    """Open a CSV or XLSX file. Raises UnreadableFile where it is neither or has no header row."""
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise UnreadableFile("The file is empty.")
    if start in _WORKBOOKS:
        yield _open_workbook(path)
        return
    if start[:1] == b"{":
        yield _open_json_lines(path)
        return
    encoding = detect_encoding(path)
    size = path.stat().st_size
    with path.open("rb") as file, TextIOWrapper(file, encoding, errors="replace", newline=None) as text:
        lines = _lines(text)
        blank, first = _until_text(lines)
        declared = _declared(first)
        delimiter = declared or detect_delimiter(first)
        rows = _csv_rows(lines if declared else chain(blank, [first], lines), delimiter)
        yield _table(rows, delimiter, lambda: file.tell() / size)


def _table(rows: Iterator[Row], delimiter: str, done: Callable[[], float]) -> Table:
    header = next((row for row in rows if any(row.cells) or row.problem), None)
    if header is None:
        raise UnreadableFile("The file has no rows.")
    if header.problem:
        raise UnreadableFile(f"The header, row {header.number}, cannot be read: {header.problem}")
    columns = _named(header.cells)
    filled = (_fit(row, len(columns)) for row in rows if any(row.cells) or row.problem)
    return Table(columns, filled, delimiter, done)


def _named(cells: list[str]) -> list[str]:
    """Names for all columns, each once: `E-mail`, `E-mail (2)`, `Column 3`."""
    while cells and not cells[-1]:
        cells = cells[:-1]
    names: list[str] = []
    for number, cell in enumerate(cells, 1):
        name = " ".join(cell.split()) or f"Column {number}"
        repeated = (f"{name} ({count})" for count in range(2, number + 1))
        names.append(next(each for each in (name, *repeated) if each not in names))
    return names


def _fit(row: Row, width: int) -> Row:
    """The row with as many cells as there are columns; cells beyond them are a problem."""
    extra = any(row.cells[width:])
    if row.problem is None and extra:
        message = f"It has {len(row.cells)} cells and the header {width}: put a cell that has the separator in quotes."
        return Row(row.number, row.cells, message)
    if row.problem:
        return row
    return Row(row.number, (row.cells + [""] * width)[:width])


def detect_encoding(path: Path) -> str:
    """How the text of a file is encoded: by its mark, else UTF-8 if it is that, else by Polish letters.

    Raises UnreadableFile for what is no text.
    """
    with path.open("rb") as file:
        start = file.read(_CHUNK)
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in start:
        return _unmarked_utf16(start)
    return "utf-8" if _is_utf8(path) else _code_page(path)


def _unmarked_utf16(start: bytes) -> str:
    """Text in UTF-16 has its zero bytes all in the even or nearly all in the odd places."""
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) < len(start) // 8 or min(even, odd) > max(even, odd) // 8:
        raise UnreadableFile("This is neither a CSV nor an XLSX file: save the table as one of these.")
    return "utf-16-be" if even > odd else "utf-16-le"


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in _chunks(path):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _code_page(path: Path) -> str:
    counts = [0] * 256
    for chunk in _chunks(path):
        if b"\0" in chunk:
            raise UnreadableFile("This is neither a CSV nor an XLSX file: save the table as one of these.")
        for byte in set(chunk):
            counts[byte] += chunk.count(byte)
    windows, iso, both, western = (
        sum(counts[byte] for byte in letters)
        for letters in (_POLISH_IN_1250, _POLISH_IN_8859_2, _POLISH_IN_BOTH, _WESTERN)
    )
    if iso > windows:
        return "iso8859_2"
    return "cp1252" if western > windows + both else "cp1250"


def _lines(text: TextIO) -> Iterator[str]:
    number = 0
    while line := text.readline(LINE_LENGTH):
        number += 1
        if len(line) == LINE_LENGTH:
            raise UnreadableFile(f"Line {number} is longer than {LINE_LENGTH} characters: this is no table.")
        yield line


def _until_text(lines: Iterator[str]) -> tuple[list[str], str]:
    """The blank lines that a file begins with, which are rows too, and the first line that is not."""
    blank: list[str] = []
    for line in lines:
        if line.strip():
            return blank, line
        blank.append(line)
    return blank, ""


def _declared(line: str) -> str | None:
    """The separator that Excel's own first line, `sep=;`, declares."""
    found = line.rstrip("\n").lower().removeprefix("sep=")
    return found if line[:4].lower() == "sep=" and len(found) == 1 and found in DELIMITERS else None


def detect_delimiter(header: str) -> str:
    """The separator that the header has most of outside quotes; a comma where it has none."""
    bare = "".join(part for place, part in enumerate(header.split('"')) if place % 2 == 0)
    best = max(DELIMITERS, key=bare.count)
    return best if bare.count(best) else ","


def _csv_rows(lines: Iterable[str], delimiter: str) -> Iterator[Row]:
    pending: list[str] = []
    source = iter(lines)
    number = 0
    while (line := pending.pop() if pending else next(source, None)) is not None:
        number += 1
        taken, cells, problem = _assemble(line, pending, source, delimiter)
        if problem:
            pending.extend(reversed(taken[1:]))  # only the first line is lost, whatever was read on
            cells = taken[0].rstrip("\n").split(delimiter)
        yield Row(number, [_unguarded(cell.strip()) for cell in cells], problem)


def _assemble(
    line: str, pending: list[str], source: Iterator[str], delimiter: str
) -> tuple[list[str], list[str], str | None]:
    """Take lines until no quote is open; the lines, the cells, and what is wrong."""
    taken, size = [line], len(line)
    if '"' not in line:
        return taken, line.rstrip("\n").split(delimiter), None
    while True:
        try:
            return taken, next(csv.reader(taken, delimiter=delimiter, strict=True), []), None
        except csv.Error as error:
            if "unexpected end" not in str(error):
                if len(taken) > 1:
                    return taken, [], "A quote is opened and never closed."
                return taken, [], "A quote stands inside a cell: write it twice, and put the cell in quotes."
        while True:  # no line without a quote can close one
            following = pending.pop() if pending else next(source, None)
            if following is not None:
                taken.append(following)
                size += len(following)
            if following is None or len(taken) > ROW_LINES or size > ROW_LENGTH:
                return taken, [], "A quote is opened and never closed."
            if '"' in following:
                break


def guarded(cell: str) -> str:
    """The cell as it may stand in a CSV file: what a spreadsheet would run as a formula, it shows."""
    return f"'{cell}" if cell.lstrip()[:1] in {"=", "+", "-", "@"} or cell[:1] in {"\t", "\r"} else cell


def _unguarded(cell: str) -> str:
    """The cell without the apostrophe that `guarded` gave it, so that a corrected skip file reads alike."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in {"=", "+", "-", "@"} else cell


def _open_json_lines(path: Path) -> Table:
    """An object on each line. The columns are all their members; a list is its items, each on a line of its own."""
    columns: dict[str, None] = {}
    count = 0
    with path.open("rb") as file:
        for line in file:
            count += 1
            columns |= dict.fromkeys(_object(line) or ())
    if not columns:
        raise UnreadableFile("No line of the file is a JSON object.")

    read = 0

    def rows() -> Iterator[Row]:
        nonlocal read
        with path.open("rb") as file:
            for read, line in enumerate(file, 1):
                found = _object(line)
                if found is None and line.strip():
                    yield Row(read, [line.decode(errors="replace").strip()], "This line is no JSON object.")
                elif found:
                    yield Row(read, [_item(found.get(name)) for name in columns])

    return Table(list(columns), rows(), ";", lambda: read / count)


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        found = orjson.loads(line) if len(line) <= LINE_LENGTH else None
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _item(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(_item(each) for each in value)
    return "" if value is None else _text(value)


def _open_workbook(path: Path) -> Table:
    sheet = _first_sheet(path)
    height = sheet.end[0] + 1 if sheet.end else 1
    read = 0

    def rows() -> Iterator[Row]:
        nonlocal read
        for read, cells in enumerate(sheet.iter_rows(), 1):
            yield Row(read, [_text(cell) for cell in cells])

    return _table(rows(), ";", lambda: read / height)


def _first_sheet(path: Path) -> CalamineSheet:
    message = "This is neither a CSV nor a readable XLSX file: save the table as one of these, without a password."
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                if sum(entry.file_size for entry in archive.infolist()) > UNPACKED_BYTES:
                    raise UnreadableFile("This workbook is too large: save its sheet as CSV.")
        workbook = CalamineWorkbook.from_path(path)
        for place, about in enumerate(workbook.sheets_metadata):
            if about.visible is SheetVisibleEnum.Visible and about.typ is SheetTypeEnum.WorkSheet:
                sheet = workbook.get_sheet_by_index(place)
                if sheet.height:
                    return sheet
    except (CalamineError, zipfile.BadZipFile, OSError) as error:
        raise UnreadableFile(message) from error
    raise UnreadableFile("The workbook has no visible sheet with rows.")


def _text(cell: Any) -> str:
    match cell:
        case bool():
            return "TRUE" if cell else "FALSE"
        case float():
            return f"{Decimal(f'{cell:.15g}'):f}"
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime() | date():
            return cell.isoformat()
        case _:
            return str(cell).strip()
