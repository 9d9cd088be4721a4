"""Files as people save them, read as rows."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from resolvers import spreadsheets
from resolvers.spreadsheets import Row, UnreadableFile, detect_delimiter, detect_encoding, open_table
from tests.data import make_leads

POLISH = "Tytuł;Osoba\nZażółć gęślą jaźń;Łukasz Żółć\n"


def saved(folder: Path, content: bytes | str, encoding: str = "utf-8", name: str = "leads.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def read(path: Path) -> tuple[list[str], list[Row]]:
    with open_table(path) as table:
        return table.columns, list(table.rows)


def cells(path: Path) -> list[list[str]]:
    return [row.cells for row in read(path)[1]]


@pytest.mark.parametrize(
    ("encoding", "detected"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp1250", "cp1250"),
        ("iso8859_2", "iso8859_2"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_polish_text_is_read_in_the_encoding_it_was_saved_in(tmp_path: Path, encoding: str, detected: str) -> None:
    path = saved(tmp_path, POLISH, encoding)
    assert detect_encoding(path) == detected
    assert read(path) == (["Tytuł", "Osoba"], [Row(2, ["Zażółć gęślą jaźń", "Łukasz Żółć"])])


def test_french_text_of_windows_is_read_as_windows_1252(tmp_path: Path) -> None:
    path = saved(tmp_path, "Nom,Ville\nHélène Sèvres,Besançon-à-côté\n", "cp1252")
    assert cells(path) == [["Hélène Sèvres", "Besançon-à-côté"]]


def test_text_that_is_cut_in_a_letter_at_a_chunks_end_is_still_utf8(tmp_path: Path) -> None:
    path = saved(tmp_path, "a" * (2**16 - 1) + "ł;b\n")
    assert detect_encoding(path) == "utf-8"


@pytest.mark.parametrize(
    ("header", "delimiter"),
    [
        ("a;b,c;d", ";"),
        ("a,b", ","),
        ("a\tb\tc", "\t"),
        ("a|b", "|"),
        ("alone", ","),
        ('"a,b,c,d";e', ";"),
    ],
)
def test_the_separator_is_the_one_the_header_has_most_of_outside_quotes(header: str, delimiter: str) -> None:
    assert detect_delimiter(header) == delimiter


def test_excels_own_line_declares_the_separator_and_is_no_row(tmp_path: Path) -> None:
    assert read(saved(tmp_path, "sep=;\na,b;c\n1;2\n")) == (["a,b", "c"], [Row(2, ["1", "2"])])


def test_rows_are_numbered_as_a_spreadsheet_numbers_them(tmp_path: Path) -> None:
    path = saved(tmp_path, '\na;b\r\n"two\nlines";2\r\n\r\n;;\r\n5;6')
    assert read(path) == (["a", "b"], [Row(3, ["two\nlines", "2"]), Row(6, ["5", "6"])])


def test_columns_have_names_and_each_its_own(tmp_path: Path) -> None:
    assert read(saved(tmp_path, "E-mail;;E-mail; a  b ;;\n1;2;3;4\n"))[0] == ["E-mail", "Column 2", "E-mail (2)", "a b"]


def test_a_short_row_is_filled_and_a_long_one_is_a_problem(tmp_path: Path) -> None:
    rows = read(saved(tmp_path, "a;b\n1\n1;2;;\n1;2;3\n"))[1]
    assert rows[:2] == [Row(2, ["1", ""]), Row(3, ["1", "2"])]
    assert rows[2].cells == ["1", "2", "3"]
    assert rows[2].problem is not None and "3 cells and the header 2" in rows[2].problem


def test_bad_quotes_spoil_their_own_row_only(tmp_path: Path) -> None:
    rows = read(saved(tmp_path, 'a;b\n"x "y" z";1\n"never closed;2\ngood;3\n55" screen;4\n'))[1]
    assert [(row.number, row.problem is None) for row in rows] == [(2, False), (3, False), (4, True), (5, True)]
    assert rows[2].cells == ["good", "3"]
    assert rows[3].cells == ['55" screen', "4"]
    assert rows[1].problem == "A quote is opened and never closed."


def test_an_open_quote_far_above_loses_one_row_of_thousands(tmp_path: Path) -> None:
    lines = "".join(f"{n};x\n" for n in range(5000))
    rows = read(saved(tmp_path, f'a;b\n"open;1\n{lines}'))[1]
    assert len(rows) == 5001
    assert [row.number for row in rows if row.problem] == [2]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\n\n", "no rows"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01" + bytes(range(256)) * 8, "neither a CSV nor an XLSX"),
        (b"PK\x03\x04 but no archive", "neither a CSV nor a readable XLSX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "neither a CSV nor a readable XLSX"),
        (b"x" * (spreadsheets.LINE_LENGTH + 1), "longer than"),
        (b'"a\nb\n', "never closed"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(UnreadableFile, match=said):
        read(saved(tmp_path, content))


def test_a_workbook_is_read_with_its_dates_and_numbers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Hidden"
    book.active.append(["not", "this"])
    book.active.sheet_state = "hidden"
    sheet = book.create_sheet("Leady")
    sheet.append([])
    sheet.append(["Tytuł", "Kwota", "Dzień", "Chwila", "Tak"])
    sheet.append(["Żuraw", 1234.5, date(2027, 3, 1), datetime(2027, 3, 1, 8, 30), True])
    sheet.append([])
    sheet.append([7, 600100200, 0.1 + 0.2, 1e15, None])
    book.active = 1
    book.save(tmp_path / "leads.xlsx")
    assert read(tmp_path / "leads.xlsx") == (
        ["Tytuł", "Kwota", "Dzień", "Chwila", "Tak"],
        [
            Row(3, ["Żuraw", "1234.5", "2027-03-01", "2027-03-01T08:30:00", "TRUE"]),
            Row(5, ["7", "600100200", "0.3", "1000000000000000", ""]),
        ],
    )


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "UNPACKED_BYTES", 1000)
    with pytest.raises(UnreadableFile, match="too large"):
        read(make_leads.XLSX)


def test_how_much_is_read_grows_to_the_whole(tmp_path: Path) -> None:
    for path in (saved(tmp_path, "a;b\n" + "1;2\n" * 50_000), make_leads.XLSX):
        with open_table(path) as table:
            done = [table.done() for _ in table.rows]
        assert done == sorted(done)
        assert 0 < done[0] <= 1 and done[-1] == 1


# Text as it may stand in a cell: csv itself changes what has carriage returns, and cells are trimmed.
CELL = st.text(st.characters(codec="utf-8", exclude_characters="\r\0\x1c\x1d\x1e\x85\u2028\u2029\ufeff"), max_size=12)


@examples(st.lists(st.lists(CELL.map(str.strip), min_size=3, max_size=3), max_size=8), st.sampled_from(";,\t"))
def test_what_a_csv_writer_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: Sequence[list[str]], delimiter: str
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([["a", "b", "c"], *rows])
    path = saved(tmp_path_factory.mktemp("csv"), out.getvalue())
    expected = [[_bare(cell) for cell in row] for row in rows]
    assert cells(path) == [row for row in expected if any(row)]


def _bare(cell: str) -> str:
    return cell[1:] if cell[:2] in ("'=", "'+", "'-", "'@") else cell


@examples(st.binary(max_size=400))
def test_no_bytes_at_all_end_in_anything_but_rows_or_a_reason(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = saved(tmp_path_factory.mktemp("bytes"), content)
    try:
        columns, rows = read(path)
    except UnreadableFile as error:
        assert str(error)
    else:
        assert columns and all(row.problem or len(row.cells) == len(columns) for row in rows)


def test_the_committed_files_are_what_their_script_makes(tmp_path: Path) -> None:
    assert make_leads.CSV.read_bytes() == make_leads.csv_text().encode("cp1250")
    make_leads.write_xlsx(tmp_path / "leads.xlsx")
    assert read(make_leads.XLSX) == read(tmp_path / "leads.xlsx")
