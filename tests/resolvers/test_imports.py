"""Files of leads imported: what is made, what is found, what is left out, and going on after a stop."""

import asyncio
import csv
import logging
import shutil
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from models import changes, storage
from models.base import now
from models.changes import ChangeKind
from models.contacts import Organization, Person
from models.imports import Import, ImportStatus
from models.labels import Label, LeadLabel
from models.leads import Lead
from models.notes import Note
from models.users import User
from resolvers import ids, import_work, imports
from resolvers.errors import ErrorCode
from resolvers.import_batches import BatchWriter
from resolvers.import_files import forget_files, receive_table
from resolvers.import_work import ImportReport
from resolvers.imports import Importer
from tests import given
from tests.data import make_leads
from tests.refusals import refused
from tests.replaying import rows_of, told
from tests.uploading import kept, pieces, sent_table, skipped, store_in

HEADER = "Tytuł;Osoba;E-mail;Telefon;Firma;Strona www;Etykiety;Właściciel;Id zewnętrzny;Uwagi"


@pytest_asyncio.fixture
async def importer(acme: given.Company, tmp_path: Path) -> AsyncIterator[Importer]:
    """An importer, and a storage of the test's own."""
    store_in(tmp_path / "store")
    async with imports.importing() as opened:
        yield opened


@pytest.fixture
def folder(importer: Importer, tmp_path: Path) -> Path:
    """A user's folder of files to import."""
    return tmp_path


def saved(folder: Path, rows: Sequence[str], name: str = "leads.csv") -> None:
    (folder / name).write_text("\n".join([HEADER, *rows]), encoding="utf-8")


async def registered(user: User, folder: Path, name: str = "leads.csv") -> UUID:
    return await sent_table(await given.viewer(user), folder / name)


async def imported(user: User, folder: Path, name: str = "leads.csv", *, dry_run: bool = False) -> ImportReport:
    return await imports.run_import(await given.viewer(user), await registered(user, folder, name), dry_run=dry_run)


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.rows_read, report.rows_created, report.rows_unchanged, report.rows_skipped


async def only_lead(title: str) -> Lead:
    return await Lead.get(title=title)


async def test_a_real_file_becomes_leads_and_every_row_is_accounted_for(acme: given.Company, folder: Path) -> None:
    shutil.copy(make_leads.CSV, folder / "leads.csv")
    async with told(acme.id) as log:
        report = await imported(acme.admin, folder)

    assert report.status is ImportStatus.COMPLETED
    assert counts(report) == (512, make_leads.LEADS, make_leads.REPEATED, len(make_leads.BAD) + 1)
    assert await Lead.filter(account_id=acme.id, source="IMPORT", owner_id=acme.admin.id).count() == make_leads.LEADS
    assert await Person.filter(account_id=acme.id).count() == report.made["people"] < make_leads.LEADS
    assert await Organization.filter(account_id=acme.id).count() == report.made["organizations"]
    assert {label.name for label in await Label.all()} == {"Hot", *make_leads.LABELS}
    assert sum(change.kind is ChangeKind.LEAD_ADDED for change in log) == make_leads.LEADS
    assert all(len(change.find("lead")) == 1 for change in log if change.kind is ChangeKind.LEAD_ADDED)
    lead = await only_lead("Wymiana oświetlenia nr 4")
    assert (lead.value_minor, lead.currency, str(lead.expected_close_date)) == (5297450, "PLN", "2027-07-31")


async def test_importing_a_file_again_makes_no_second_copy(acme: given.Company, folder: Path) -> None:
    shutil.copy(make_leads.CSV, folder / "leads.csv")
    await imported(acme.admin, folder)
    before = await rows_of(acme.id)
    again = await imported(acme.admin, folder)
    assert counts(again) == (512, 0, make_leads.LEADS + make_leads.REPEATED, len(make_leads.BAD) + 1)
    assert await rows_of(acme.id) == before


async def test_a_lead_that_was_converted_archived_or_deleted_is_not_made_again(
    acme: given.Company, folder: Path
) -> None:
    saved(folder, ["A;Jan;;;;;;;1;", "B;Ewa;;;;;;;2;"])
    await imported(acme.anna, folder)
    await Lead.filter(title="A").update(removed_at=now())
    await Lead.filter(title="B").update(archived_at=now())
    assert counts(await imported(acme.anna, folder)) == (2, 0, 2, 0)


async def test_a_dry_run_decides_alike_and_makes_nothing(acme: given.Company, folder: Path) -> None:
    shutil.copy(make_leads.CSV, folder / "leads.csv")
    before = await rows_of(acme.id)
    dry = await imported(acme.admin, folder, dry_run=True)
    assert await rows_of(acme.id) == before
    left_out = await skipped(dry.import_id)

    real = await imported(acme.admin, folder)
    assert (counts(dry), dict(dry.made)) == (counts(real), dict(real.made))
    assert await skipped(real.import_id) == left_out != ""


@pytest.mark.parametrize("dry_run", [False, True])
async def test_batches_know_what_the_ones_before_them_made(
    acme: given.Company, folder: Path, monkeypatch: pytest.MonkeyPatch, dry_run: bool
) -> None:
    monkeypatch.setattr(import_work, "BATCH", 1)
    saved(
        folder,
        [
            "A;Jan Łoś;jan@los.example;;Łoś S.A.;;VIP;;;",
            "B;Jan Łoś;JAN@los.example;;ŁOŚ sp. z o.o.;;vip;;;",
            "A;Jan Łoś;jan@los.example;;Łoś S.A.;;VIP;;;",
        ],
    )
    report = await imported(acme.admin, folder, dry_run=dry_run)
    assert counts(report) == (3, 2, 1, 0)
    assert dict(report.made) == {"leads": 2, "people": 1, "organizations": 1, "labels": 1}


async def test_rows_are_matched_to_the_contacts_there_are(acme: given.Company, folder: Path) -> None:
    house = await given.organization(acme.anna, "Żubr", domain="zubr.example")
    jan = await given.person(acme.anna, emails=["jan@zubr.example"], phones=["+48600000100"], organization_id=house.id)
    saved(
        folder,
        [
            "mail;J. K.;JAN@zubr.example;;;;;;;",
            "phone;Kowalski Jan;;600 000 100;;;;;;",
            "name;Jan Kowalski;;;Żubr sp. z o.o.;;;;;",
            "domain;;;;Żubr Polska;https://www.zubr.example;;;;",
            "site;;;;;zubr.example;;;;",
            "maildomain;Ewa Lis;ewa@zubr.example;;Zubr Polska;;;;;",
        ],
    )
    report = await imported(acme.anna, folder)
    for title in ("mail", "phone", "name"):
        assert (await only_lead(title)).person_id == jan.id, title
    for title in ("name", "domain", "site", "maildomain"):
        assert (await only_lead(title)).organization_id == house.id, title
    assert (report.made["people"], report.made["organizations"]) == (1, 0)
    assert (await Person.get(name="Ewa Lis")).organization_id == house.id


async def test_different_people_stay_different(acme: given.Company, folder: Path) -> None:
    jan = await given.person(acme.anna, emails=["jan@zubr.example"], phones=["+48600000100"])
    hidden = await given.person(acme.celina, "Iga Lis", emails=["iga@zubr.example"], visibility="OWNER")
    saved(
        folder,
        [
            "switchboard;Ewa Lis;;600 000 100;;;;;;",
            "namesake;Jan Kowalski;other@zubr.example;;;;;;;",
            "elsewhere;Jan Kowalski;;;Żubr;;;;;",
            "unseen;Iga Lis;iga@zubr.example;;;;;;;",
        ],
    )
    await imported(acme.anna, folder)
    people = [(await only_lead(title)).person_id for title in ("switchboard", "namesake", "elsewhere", "unseen")]
    assert len({*people, jan.id, hidden.id}) == 6


async def test_a_new_contact_is_made_once_in_a_file(acme: given.Company, folder: Path) -> None:
    saved(
        folder,
        [
            "A;Jan Łoś;jan@los.example;;Łoś S.A.;;;;;",
            "B;Łoś Jan;jan@los.example;;ŁOŚ SP. Z O.O.;;;;;",
            "C;Jan Łoś;;;Łoś;;;;;",
            "D;;;600 000 123;;;;;;",
            "E;;;+48 600000123;;;;;;",
        ],
    )
    report = await imported(acme.anna, folder)
    assert (report.made["people"], report.made["organizations"]) == (2, 1)
    assert (await only_lead("D")).person_id == (await only_lead("E")).person_id


async def test_owners_labels_and_notes_come_with_a_lead(acme: given.Company, folder: Path) -> None:
    saved(folder, ['A;Jan;;;;;HOT;Bartek@example.com;;"one\ntwo"', "B;Ewa;;;;;;;;"])
    await imported(acme.anna, folder)
    lead = await only_lead("A")
    assert (lead.owner_id, (await only_lead("B")).owner_id) == (acme.bartek.id, acme.anna.id)
    assert [each.label_id for each in await LeadLabel.filter(lead_id=lead.id)] == [acme.label.id]
    note = await Note.get(lead_id=lead.id)
    assert (note.body, note.author_id) == ("one\ntwo", acme.anna.id)


async def test_rows_with_an_unknown_owner_or_label_are_left_out_with_the_reason(
    acme: given.Company, other: given.Company, folder: Path
) -> None:
    await User.filter(id=other.anna.id).update(email="foreign@example.com")
    await given.label(other.account, "Foreign")
    saved(folder, ["A;Jan;;;;;Foreign;;;", "B;Ewa;;;;;;foreign@example.com;;", "C;Iga;;;;;Hot;;;"])
    report = await imported(acme.anna, folder)
    assert counts(report) == (3, 1, 0, 2)
    assert [(each.number, each.reason.split(":")[0]) for each in report.skipped] == [
        (2, "There is no label Foreign"),
        (3, "No user of this account has the e-mail address foreign@example.com."),
    ]
    assert await Label.filter(account_id=acme.id).count() == 1


async def test_the_skip_file_has_the_rows_as_they_were_and_can_be_corrected_and_imported(
    acme: given.Company, folder: Path
) -> None:
    saved(folder, ["=A;Jan;jan(at)los;;;;;;;", "B;Ewa;;;;;;;;", 'C "x" y;;;;;;;;;two', '"D"x;Iga;;;;;;;;'])
    report = await imported(acme.anna, folder)
    left_out = await skipped(report.import_id)
    header, *rows = list(csv.reader(left_out.splitlines(), delimiter=";"))
    assert header == ["Row", "Reason", *HEADER.split(";")]
    assert [row[0] for row in rows] == ["2", "4", "5"]
    assert rows[0][1].startswith("E-mail: ") and rows[0][2:5] == ["'=A", "Jan", "jan(at)los"]

    (folder / "corrected.csv").write_text(left_out.replace("(at)los", "@los.example"), "utf-8", newline="")
    assert (await imported(acme.anna, folder, "corrected.csv")).rows_created == 2
    assert {lead.title for lead in await Lead.filter(account_id=acme.id)} == {"=A", "B", '"D"x'}


async def test_a_skip_file_of_before_goes_when_nothing_is_left_out(acme: given.Company, folder: Path) -> None:
    saved(folder, ["A;;;;;;;;"])
    viewer, key = await given.viewer(acme.anna), await registered(acme.anna, folder)
    await imports.run_import(viewer, key)
    assert "A lead needs" in await skipped(key)
    await imports.run_import(viewer, key, {"Tytuł": "ORGANIZATION"})
    assert await skipped(key) == ""
    assert len(kept(folder / "store")) == 1


async def test_a_workbook_is_imported_too(acme: given.Company, folder: Path) -> None:
    shutil.copy(make_leads.XLSX, folder / "leads.xlsx")
    report = await imported(acme.anna, folder, "leads.xlsx")
    assert counts(report) == (4, 3, 0, 1)
    assert [each.number for each in report.skipped] == [7]
    lead = await only_lead("Pierwszy kontakt 2")
    assert (lead.value_minor, lead.currency, str(lead.expected_close_date)) == (246900, "EUR", "2027-03-02")
    assert report.made["organizations"] == 1


async def test_columns_are_shown_with_samples_and_what_they_are_guessed_to_mean(
    acme: given.Company, folder: Path
) -> None:
    saved(folder, ["A;Jan;;;;;;;;", "B;Ewa;;;;;;;;"])
    columns = await imports.guess_mapping(await given.viewer(acme.anna), await registered(acme.anna, folder))
    assert [(each.name, each.samples, each.field) for each in columns[:2]] == [
        ("Tytuł", ["A", "B"], "TITLE"),
        ("Osoba", ["Jan", "Ewa"], "PERSON_NAME"),
    ]


async def test_a_mapping_of_ones_own_goes_before_the_guess(acme: given.Company, folder: Path) -> None:
    saved(folder, ["A;Jan;;;;;;;;"])
    viewer = await given.viewer(acme.anna)
    await imports.run_import(viewer, await registered(acme.anna, folder), {"Osoba": "TITLE", "Tytuł": "ORGANIZATION"})
    lead = await only_lead("Jan")
    assert lead.person_id is None
    assert (await Organization.get(id=lead.organization_id)).name == "A"


async def test_progress_is_in_the_log_with_each_batch(
    acme: given.Company, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_work, "BATCH", 2)
    saved(folder, [f"L{n};Jan {n};;;;;;;;" for n in range(3)])
    key = await registered(acme.anna, folder)
    revision = await changes.revision_of(acme.id)
    shown: list[tuple[int, float]] = []
    await imports.run_import(
        await given.viewer(acme.anna), key, on_progress=lambda report: shown.append((report.rows_read, report.done))
    )
    log = await changes.read_after(acme.id, revision)
    kinds = [change.kind.value.split("_")[0] for change in log]
    assert kinds == ["IMPORT", "LEAD", "LEAD", "IMPORT", "LEAD", "IMPORT", "IMPORT"]
    told_rows = [(change.find("import")[0].after or {}).get("rows_read") for change in log if change.find("import")]
    assert told_rows == [None, 2, 3, None]
    assert (log[-1].find("import")[0].after or {})["status"] == "COMPLETED"
    assert [rows for rows, _ in shown] == [2, 3, 3] and shown[-1][1] == 1
    job = await Import.get(id=key)
    assert (job.rows_read, job.rows_created, job.status, job.finished_at is not None) == (3, 3, "COMPLETED", True)


async def test_an_import_that_was_cut_off_goes_on_where_it_stopped(
    acme: given.Company, importer: Importer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_work, "BATCH", 2)
    saved(folder, ["A;Jan;;;;;;;;", "bad;;;;;;;;;", "B;Ewa;;;;;;;;", "worse;;;;;;;;;", "C;Iga;;;;;;;;"])
    viewer, key = await given.viewer(acme.anna), await registered(acme.anna, folder)
    second_batch = asyncio.Event()
    write, calls = BatchWriter.write, 0

    async def stuck(self: BatchWriter, *arguments: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 2:
            second_batch.set()
            await asyncio.Event().wait()
        return await write(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(BatchWriter, "write", stuck)
    async with told(acme.id):
        await imports.begin_import(viewer, {"id": ids.encode("Import", key)})
        await second_batch.wait()
        await importer.close()
        job = await Import.get(id=key)
        assert (job.status, job.rows_read, await Lead.filter(account_id=acme.id).count()) == ("RUNNING", 2, 1)
        # What a process that dies between the two leaves: rows in the skip file that were never counted.
        await storage.current().write(f"{job.path}.skipped/{2:010}", b"9;never committed;x\r\n")
        assert "never" not in await skipped(key)

        async with imports.importing() as restarted:
            await restarted.wait()
    job = await Import.get(id=key)
    assert (job.status, job.rows_read, job.rows_created, job.rows_skipped) == ("COMPLETED", 5, 3, 2)
    assert [line.split(";")[0] for line in (await skipped(key)).splitlines()] == ["Row", "3", "5"]


async def test_an_import_worked_twice_at_once_makes_each_lead_once(
    acme: given.Company, importer: Importer, folder: Path
) -> None:
    shutil.copy(make_leads.CSV, folder / "leads.csv")
    viewer, key = await given.viewer(acme.admin), await registered(acme.admin, folder)
    async with told(acme.id):
        await imports.begin_import(viewer, {"id": ids.encode("Import", key)})
        importer.work_on(viewer, await Import.get(id=key))
        await importer.wait()
    job = await Import.get(id=key)
    assert (job.status, job.rows_read, job.rows_created) == ("COMPLETED", 512, make_leads.LEADS)


async def test_one_file_imported_by_two_at_once_makes_each_lead_once(acme: given.Company, folder: Path) -> None:
    rows = [f"L{n};Jan {n};jan{n}@los.example;;;;;;{n};" for n in range(700)]
    saved(folder, rows)
    saved(folder, rows, "copy.csv")
    async with told(acme.id):
        one, other = await asyncio.gather(imported(acme.anna, folder), imported(acme.bartek, folder, "copy.csv"))
    assert one.rows_created + other.rows_created == 700
    assert one.rows_unchanged + other.rows_unchanged == 700
    assert await Lead.filter(account_id=acme.id).count() == 700


async def test_what_is_begun_returns_at_once_and_is_worked_on_outside_any_transaction(
    acme: given.Company, importer: Importer, folder: Path
) -> None:
    saved(folder, ["A;Jan;;;;;;;;"])
    key = await registered(acme.anna, folder)
    await imports.begin_import(
        await given.viewer(acme.anna), {"id": ids.encode("Import", key), "client_mutation_id": "m1"}
    )
    await importer.wait()
    assert (await only_lead("A")).owner_id == acme.anna.id
    assert (await Import.get(id=key)).status is ImportStatus.COMPLETED
    assert "m1" in [change.client_mutation_id for change in await changes.read_after(acme.id, 0)]


async def test_an_import_that_is_running_is_not_begun_again(acme: given.Company, folder: Path) -> None:
    saved(folder, ["A;Jan;;;;;;;;"])
    key = await registered(acme.anna, folder)
    await Import.filter(id=key).update(status=ImportStatus.RUNNING)
    async with refused(ErrorCode.INVALID, "id"):
        await imports.begin_import(await given.viewer(acme.anna), {"id": ids.encode("Import", key)})


async def test_a_file_that_breaks_off_ends_as_failed_with_what_was_made(
    acme: given.Company, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_work, "BATCH", 1)
    monkeypatch.setattr("resolvers.spreadsheets.LINE_LENGTH", 500)
    saved(folder, [*(f"L{n};Jan {n};;;;;;;;" for n in range(4)), "B;Ewa;;;;;;;;" + "x" * 600])
    report = await imported(acme.anna, folder)
    assert report.status is ImportStatus.FAILED
    assert report.failure is not None and "longer than" in report.failure
    assert counts(report) == (4, 4, 0, 0)


async def test_an_error_of_ours_ends_as_failed_without_its_insides(
    acme: given.Company, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(self: BatchWriter, *arguments: object) -> None:
        raise KeyError("secret")

    monkeypatch.setattr(BatchWriter, "write", broken)
    saved(folder, ["A;Jan;;;;;;;;"])
    key = await registered(acme.anna, folder)
    with pytest.raises(KeyError):
        await imports.run_import(await given.viewer(acme.anna), key)
    job = await Import.get(id=key)
    assert job.status is ImportStatus.FAILED
    assert job.failure is not None and "secret" not in job.failure


async def test_a_dry_run_that_was_cut_off_is_to_be_begun_again(
    acme: given.Company, importer: Importer, folder: Path
) -> None:
    saved(folder, ["A;Jan;;;;;;;;"])
    key = await registered(acme.anna, folder)
    await Import.filter(id=key).update(status="RUNNING", is_dry_run=True)
    await importer.resume()
    job = await Import.get(id=key)
    assert (job.status, await Lead.filter(account_id=acme.id).count()) == ("FAILED", 0)
    assert (await imported(acme.anna, folder)).rows_created == 1


async def test_what_cannot_be_imported_is_refused_and_nothing_is_begun(acme: given.Company, folder: Path) -> None:
    viewer = await given.viewer(acme.anna)
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\r" + bytes(range(256)))
    (folder / "sizes.csv").write_text("Rozmiar;Kolor\n44;czarny\n")
    saved(folder, ["A;Jan;;;;;;;;"])
    names = ("picture.png", "sizes.csv", "leads.csv", "leads.csv")
    picture, sizes, gone, good = [await registered(acme.anna, folder, name) for name in names]
    await forget_files(await Import.filter(id=gone))
    for key in (picture, gone):
        async with refused(ErrorCode.INVALID, "id"):
            await imports.begin_import(viewer, {"id": ids.encode("Import", key)})
    async with refused(ErrorCode.LEAD_NEEDS_CONTACT, "mapping"):
        await imports.begin_import(viewer, {"id": ids.encode("Import", sizes)})
    async with refused(ErrorCode.INVALID, "mapping", "0", "column"):
        await imports.begin_import(viewer, {"id": ids.encode("Import", good), "mapping": {"Nie ma": "TITLE"}})
    async with refused(ErrorCode.INVALID, "id"):
        await imports.begin_import(viewer, {"id": "nonsense"})
    async with refused(ErrorCode.INVALID, "fileName"):
        await receive_table(viewer, " ", pieces(b"x"))
    assert {job.status for job in await Import.all()} == {ImportStatus.UPLOADED}


async def test_an_import_is_its_users_and_the_admins_and_nobody_elses(
    acme: given.Company, other: given.Company, folder: Path
) -> None:
    saved(folder, ["A;Jan;;;;;;;;"])
    key = await registered(acme.anna, folder)
    for stranger in (acme.bartek, other.admin):
        async with refused(ErrorCode.NOT_FOUND, "id"):
            await imports.guess_mapping(await given.viewer(stranger), key)
        async with refused(ErrorCode.NOT_FOUND, "id"):
            await imports.begin_import(await given.viewer(stranger), {"id": ids.encode("Import", key)})
    assert await imports.guess_mapping(await given.viewer(acme.admin), key)


class Listener(logging.Handler):
    """Hears the statements that Tortoise logs."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage())


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """The statements since the test began."""
    log, listener = logging.getLogger("tortoise.db_client"), Listener()
    level = log.level
    log.addHandler(listener)
    log.setLevel(logging.DEBUG)
    yield listener.heard
    log.removeHandler(listener)
    log.setLevel(level)


async def test_a_batch_takes_as_many_statements_however_many_rows_it_has(
    acme: given.Company, folder: Path, statements: list[str]
) -> None:
    taken = []
    for rows in (range(10), range(1000, 1200)):
        who = "jan{0}@los.example;600 000 {0:03};Firma {0};;Hot;bartek@example.com;;note"
        saved(folder, [f"L{n};Jan {n};{who.format(n)}" for n in rows])
        statements.clear()
        assert (await imported(acme.anna, folder)).rows_created == len(rows)
        taken.append(len(statements))
    assert taken[0] == taken[1] > 0
