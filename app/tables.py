"""Tables on their way out: rows of cells as CSV, JSON lines or XLSX, written piece by piece."""

import asyncio
import csv
import io
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

import orjson
import xlsxwriter

from resolvers.spreadsheets import guarded
from schema.exports import Cell

Rows = AsyncIterator[Sequence[Sequence[Cell]]]
Writing = Callable[[Sequence[str], Rows], AsyncIterator[bytes]]
_PIECE = 1 << 16
_LONGEST_CELL = 32_767  # in a workbook; a longer one would be left out


def plain(cell: Cell) -> str:
    """A cell as one text; the members of a list on lines of their own."""
    return "\n".join(cell) if isinstance(cell, list) else cell or ""


async def write_csv(columns: Sequence[str], rows: Rows) -> AsyncIterator[bytes]:
    """A CSV file in UTF-8 as spreadsheets expect it. A cell that they would run as a formula has an apostrophe."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([guarded(column) for column in columns])
    yield "\ufeff".encode() + _taken(buffer)
    async for page in rows:
        writer.writerows([guarded(plain(cell)) for cell in row] for row in page)
        yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    written = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return written


async def write_json_lines(columns: Sequence[str], rows: Rows) -> AsyncIterator[bytes]:
    """An object for each row, on a line of its own; lists stay lists."""
    async for page in rows:
        yield b"".join(orjson.dumps(dict(zip(columns, row, strict=True))) + b"\n" for row in page)


async def write_xlsx(columns: Sequence[str], rows: Rows) -> AsyncIterator[bytes]:
    """A workbook of one sheet, whose cells are all text; it lies on disk until it is whole."""
    with tempfile.TemporaryFile() as file:
        options: Mapping[str, Any] = {"constant_memory": True}
        book = xlsxwriter.Workbook(file, dict(options))
        sheet, height = book.add_worksheet(), 0
        try:
            height = await asyncio.to_thread(_put, sheet, height, [columns])
            async for page in rows:
                height = await asyncio.to_thread(_put, sheet, height, page)
        finally:
            await asyncio.to_thread(book.close)
        file.seek(0)
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece


def _put(sheet: Any, height: int, rows: Sequence[Sequence[Cell]]) -> int:
    for number, row in enumerate(rows, height):
        for place, cell in enumerate(row):
            sheet.write_string(number, place, plain(cell)[:_LONGEST_CELL])
    return height + len(rows)


FORMATS: Mapping[str, tuple[str, Writing]] = {
    "csv": ("text/csv; charset=utf-8", write_csv),
    "jsonl": ("application/jsonl", write_json_lines),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_xlsx),
}
