"""`lejek import`: what it says, where rows go, and how it ends."""

import io
import shutil
from pathlib import Path

import pytest
import pytest_asyncio
from rich.console import Console

from app.import_files import Unusable, import_file, mapping_of
from models import database as databases
from models.database import Database
from models.leads import Lead
from resolvers.import_fields import ImportField
from resolvers.imports import ImportColumn
from tests import given
from tests.app.test_cli import lejek, make_user
from tests.data import make_leads
from tests.uploading import kept, store_in

pytestmark = pytest.mark.slow


@pytest_asyncio.fixture
async def folder(sqlite_url: str, tmp_path: Path) -> Path:
    """A folder with the file of 500 leads, and a database of one account at lejek.sqlite."""
    await make_user(sqlite_url)
    shutil.copy(make_leads.CSV, tmp_path / "leads.csv")
    return tmp_path


async def lejek_import(folder: Path, file: str, *options: str) -> tuple[int, str, str]:
    """Import a file of the folder, whose database and storage lie there too."""
    where = ("--database-url", f"sqlite://{folder / 'lejek.sqlite'}", "--as", "admin@example.com")
    store = {"LEJEK_DATA_DIR": str(folder / "data")}
    return await lejek("import", str(folder / file), *where, *options, COLUMNS="200", **store)


async def titles(url: str) -> set[str]:
    await databases.open_database(url)
    try:
        return {lead.title for lead in await Lead.all()}
    finally:
        await databases.close_database()


async def test_a_file_is_imported_and_what_was_left_out_is_said(folder: Path, sqlite_url: str) -> None:
    code, dry, errors = await lejek_import(folder, "leads.csv", "--dry-run", "--skip-file", str(folder / "dry.csv"))
    assert (code, errors) == (0, "")
    assert "512 rows read: 500 leads would be made, 7 there already, 5 left out." in dry
    assert (folder / "dry.csv").exists() and not (folder / "leads.skipped.csv").exists()
    assert await titles(sqlite_url) == set()

    code, said, errors = await lejek_import(folder, "leads.csv", "--map", "Uwagi=", "--map", "Osoba=person-name")
    assert (code, errors) == (0, "")
    assert "Osoba is PERSON_NAME" in said and "Uwagi is" not in said
    assert "512 rows read: 500 leads made, 7 there already, 5 left out." in said
    assert "row 102: A lead needs a person or an organization" in said
    assert str(folder / "leads.skipped.csv") in said
    assert (folder / "leads.skipped.csv").read_text("utf-8-sig") == (folder / "dry.csv").read_text("utf-8-sig")
    assert len(await titles(sqlite_url)) == make_leads.LEADS
    assert kept(folder / "data") == []


async def test_a_skip_file_of_before_goes_when_nothing_is_left_out(
    acme: given.Company, database: Database, tmp_path: Path
) -> None:
    store_in(tmp_path / "store")
    file, left_out, anna = tmp_path / "leads.csv", tmp_path / "leads.skipped.csv", await given.viewer(acme.anna)
    file.write_text("Title;Person\nA;\n")
    await import_file(anna, file, console=Console(file=io.StringIO()))
    assert "A lead needs a person" in left_out.read_text("utf-8-sig")
    file.write_text("Title;Person\nA;Jan\n")
    await import_file(anna, file, console=Console(file=io.StringIO()))
    assert not left_out.exists()


async def test_other_records_are_imported_by_their_kind_and_what_was_updated_is_said(folder: Path) -> None:
    file = folder / "people.csv"
    file.write_text("ID,Person\n1,Jan\n2,Ewa\n")
    code, said, errors = await lejek_import(folder, "people.csv", "--kind", "people")
    assert (code, errors) == (0, "")
    assert "2 rows read: 2 people made, 0 there already, 0 left out." in said
    file.write_text("ID,Person\n3,Olga\n")
    _, said, _ = await lejek_import(folder, "people.csv", "--kind", "people")
    assert "1 row read: 1 person made, 0 there already, 0 left out." in said
    assert "With them made: 1 person, 0 organizations, 0 labels." in said
    file.write_text("ID,Person\n1,Jan Nowak\n2,Ewa\n")
    _, said, _ = await lejek_import(folder, "people.csv", "--kind", "people")
    assert "2 rows read: 0 people made, 1 updated, 1 there already, 0 left out." in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["leads.csv", "--as", "nobody@example.com"], "no user with this e-mail"),
        (["leads.csv", "--map", "Osoba"], "not COLUMN=FIELD"),
        (["leads.csv", "--map", "Nie ma=TITLE"], "no column of this name"),
        (["lejek.sqlite"], "neither a CSV nor an XLSX"),
    ],
)
async def test_what_cannot_be_imported_ends_with_two_and_the_reason(
    folder: Path, sqlite_url: str, arguments: list[str], said: str
) -> None:
    code, _, errors = await lejek_import(folder, *arguments)
    assert code == 2
    assert said in errors and "Traceback" not in errors
    assert kept(folder / "data") == []
    assert await titles(sqlite_url) == set()


@pytest.mark.parametrize("is_terminal", [True, False])
async def test_progress_is_a_bar_on_a_terminal_and_lines_elsewhere(
    acme: given.Company, database: Database, tmp_path: Path, is_terminal: bool
) -> None:
    store_in(tmp_path / "store")
    file = tmp_path / "many.csv"
    file.write_text("Osoba;Id zewnętrzny\n" + "Jan;1\n" * 6000)
    console = Console(file=io.StringIO(), force_terminal=is_terminal, highlight=False, width=200)
    report = await import_file(await given.viewer(acme.anna), file, console=console)
    assert (report.rows_created, report.rows_unchanged) == (1, 5999)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert ("━" in shown) == is_terminal
    assert ("5000 rows, " in shown) == (not is_terminal)
    assert "6000 rows read: 1 lead made, 5999 there already, 0 left out." in shown


GUESSED = [
    ImportColumn("Nazwa", [], ImportField.TITLE),
    ImportColumn("E-mail", [], ImportField.EMAIL),
    ImportColumn("Inne", [], None),
]


@pytest.mark.parametrize(
    ("given_columns", "mapping"),
    [
        ([], {"Nazwa": "TITLE", "E-mail": "EMAIL"}),
        (["Inne=title"], {"E-mail": "EMAIL", "Inne": "TITLE"}),
        (["Inne=EMAIL"], {"Nazwa": "TITLE", "E-mail": "EMAIL", "Inne": "EMAIL"}),
        (["Nazwa="], {"E-mail": "EMAIL"}),
        (["a=b=note"], {"Nazwa": "TITLE", "E-mail": "EMAIL", "a=b": "NOTE"}),
    ],
)
def test_columns_given_go_before_those_guessed(given_columns: list[str], mapping: dict[str, str]) -> None:
    assert mapping_of(GUESSED, given_columns) == mapping


@pytest.mark.parametrize("written", ["Nazwa", "=TITLE", ""])
def test_what_is_not_column_and_field_is_refused(written: str) -> None:
    with pytest.raises(Unusable):
        mapping_of(GUESSED, [written])
