"""Companies of a register's file: those that are wanted and not known become leads, once."""

from pathlib import Path
from typing import Any

import pytest
from tortoise.exceptions import IntegrityError

from models.contacts import ContactKey, Organization
from models.imports import Import, ImportStatus
from models.leads import Lead
from models.notes import Note
from models.opportunities import OpportunitySource
from resolvers import ids, import_companies
from resolvers.errors import Refused
from resolvers.import_files import receive_table
from resolvers.imports import Importer, begin_prospecting, importing
from resolvers.prospecting import Wanted, make_leads, prospect
from resolvers.register_files import CompanyField, RegisterFile
from resolvers.spreadsheets import UnreadableFile
from tests import given
from tests.replaying import told, unchanged
from tests.uploading import pieces, store_in

CSV = """Nazwa;KRS;Strona www;Miasto;Branża;Zatrudnienie;E-mail
Zakład Łoś Sp. z o.o.;0000000001;https://www.los.pl;Łódź;Meble;40;biuro@los.pl
Żubr SA;0000000002;zubr.pl;Białystok;Browar;900;
Meblex;0000000003;;Łódź;meble biurowe;12;
MEBLEX Sp. z o.o.;0000000004;;Łódź;Meble;;
Tartak;0000000005;;Kielce;Drewno;40;
;0000000006;;Łódź;Meble;40;
"""
JSONL = """{"name": "Sosna", "city": "Lodz", "employees": 30, "industry": "Meble", "nested": {"a": 1}}
{"name": 17
["no company"]
"""
FURNITURE = Wanted(industries=["MEBLE"], places=["lodz", "warszawa"])


def written(folder: Path, name: str, content: str) -> RegisterFile:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return RegisterFile(path)


async def titles(acme: given.Company) -> set[str]:
    return {lead.title for lead in await Lead.filter(account_id=acme.id)}


async def test_what_is_wanted_and_not_known_becomes_leads_once(acme: given.Company, tmp_path: Path) -> None:
    anna, register = await given.viewer(acme.anna), written(tmp_path, "register.csv", CSV)
    async with unchanged(acme.id):
        dry = await prospect(anna, register, FURNITURE, dry_run=True)
    async with told(acme.id):
        found = await prospect(anna, register, FURNITURE)
    assert found == dry
    assert (found.read, found.wanted, found.known) == (5, 3, 1)  # the second Meblex is the first one
    assert await titles(acme) == {"Zakład Łoś Sp. z o.o. lead", "Meblex lead"}
    lead = await Lead.get(title="Zakład Łoś Sp. z o.o. lead")
    assert (lead.source, lead.owner_id) == (OpportunitySource.PROSPECTOR, acme.anna.id)
    assert (await Organization.get(id=lead.organization_id)).domain == "los.pl"
    assert "E-mail: biuro@los.pl" in (await Note.get(lead_id=lead.id)).body
    # Again, after a lead was deleted and its organization renamed: it is known by its number.
    await Lead.filter(id=lead.id).update(removed_at=lead.created_at)
    await ContactKey.filter(organization_id=lead.organization_id).delete()
    async with unchanged(acme.id):
        again = await prospect(anna, register, FURNITURE)
    assert (again.known, again.leads) == (3, [])


async def test_known_organizations_make_no_lead(acme: given.Company, tmp_path: Path) -> None:
    await given.organization(acme.bartek, "Los", domain="los.pl")
    await given.organization(acme.celina, "Meblex", visibility="OWNER")  # which Anna does not see
    found = await prospect(await given.viewer(acme.anna), written(tmp_path, "register.csv", CSV), FURNITURE)
    assert found.leads == ["Meblex"]


async def test_size_and_number_are_bounds(acme: given.Company, tmp_path: Path) -> None:
    anna, register = await given.viewer(acme.anna), written(tmp_path, "register.csv", CSV)
    found = await prospect(anna, register, Wanted(size_from=40, size_to=40), dry_run=True)
    assert found.leads == ["Zakład Łoś Sp. z o.o.", "Tartak"]
    assert len((await prospect(anna, register, Wanted(most=1))).leads) == 1


async def test_json_lines_are_read_and_what_is_no_company_is_counted(acme: given.Company, tmp_path: Path) -> None:
    register = written(tmp_path, "register.jsonl", JSONL)
    found = await prospect(await given.viewer(acme.anna), register, FURNITURE)
    assert (found.leads, register.skipped) == (["Sosna"], 2)


async def test_a_table_that_names_no_company_is_refused(acme: given.Company, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="No column names the companies"):
        await prospect(await given.viewer(acme.anna), written(tmp_path, "a.csv", "A;B\n1;2\n"), Wanted())


async def begun(acme: given.Company, importer: Importer, **draft: Any) -> Import:
    """The import of the register, worked through for Anna."""
    anna = await given.viewer(acme.anna)
    key = await receive_table(anna, "register.csv", pieces(CSV.encode()))
    asked: Any = {"id": ids.encode("Import", key), "industries": ["MEBLE"], "places": ["lodz", "warszawa"], **draft}
    await begin_prospecting(anna, asked)
    await importer.wait()
    return await Import.get(id=key)


async def test_an_uploaded_register_makes_the_leads_that_the_command_line_makes(
    acme: given.Company, tmp_path: Path
) -> None:
    store_in(tmp_path)
    async with importing() as importer:
        dry = await begun(acme, importer, dry_run=True)
        assert await Lead.all().count() == 0
        async with told(acme.id):
            job = await begun(acme, importer)
    for each in (dry, job):
        assert (each.status, each.rows_read, each.rows_created) == (ImportStatus.COMPLETED, 6, 2)
        assert (each.rows_unchanged, each.rows_skipped) == (1, 1)
    found = await prospect(await given.viewer(acme.anna), written(tmp_path, "register.csv", CSV), FURNITURE)
    assert (found.known, found.leads) == (3, [])


async def test_a_batch_that_fails_is_made_again_with_all_its_leads(
    acme: given.Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails = [True]

    async def make(*arguments: Any) -> None:
        if fails:
            fails.pop()
            raise IntegrityError("another import was faster")
        await make_leads(*arguments)

    monkeypatch.setattr(import_companies, "make_leads", make)
    store_in(tmp_path)
    async with importing() as importer:
        assert (await begun(acme, importer)).rows_created == 2


@pytest.mark.parametrize(
    ("draft", "paths"),
    [
        ({"size_from": -1, "size_to": -2, "most": 0}, [("sizeFrom",), ("sizeTo",), ("most",)]),
        ({"size_from": 5, "size_to": 4}, [("sizeTo",)]),
        ({"industries": ["Meble", " "], "places": ["x"] * 51}, [("industries", "1"), ("places",)]),
        ({"mapping": {"Nazwa": CompanyField.NAME, "Nic": CompanyField.PLACE}}, [("mapping", "1", "column")]),
        ({"mapping": {"KRS": CompanyField.NUMBER}}, [("mapping",)]),
    ],
)
async def test_what_makes_no_sense_is_refused_and_begins_nothing(
    acme: given.Company, tmp_path: Path, draft: Any, paths: Any
) -> None:
    store_in(tmp_path)
    async with importing() as importer:
        with pytest.raises(Refused) as refused:
            await begun(acme, importer, **draft)
    assert [tuple(error.path) for error in refused.value.errors] == paths
    assert (await Import.get()).status is ImportStatus.UPLOADED
