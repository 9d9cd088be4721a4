"""A register of companies is uploaded, and those that nobody knows arrive in an open inbox."""

from tests.journeys.boards import INBOX_CHANGES
from tests.journeys.client import is_a
from tests.journeys.conftest import World

PROSPECT = """mutation ($input: ProspectCompaniesInput!) {
  prospectCompanies(input: $input) { import { id status } errors { code message path } }
}"""
PROGRESS = """subscription ($id: ID!) { importProgress(importId: $id) {
  __typename import { status rowsRead rowsCreated rowsUnchanged rowsSkipped failure }
} }"""
UNDO = "mutation ($input: UndoImportInput!) { undoImport(input: $input) { import { undoneAt } errors { code } } }"
LEADS = "{ leads { nodes { title source owner { name } organization { name domain } notes { nodes { body } } } } }"
REGISTER = """Nazwa;KRS;Strona www;Miasto;Branża;Zatrudnienie
Zakład Łoś Sp. z o.o.;0000000001;https://www.los.pl;Łódź;Meble;40
Żubr SA;0000000002;zubr.pl;Białystok;Browar;900
;0000000003;;Łódź;Meble;12
ŁOŚ;0000000004;los.pl;Łódź;Meble;4
"""


async def test_companies_of_a_register_arrive_in_an_open_inbox(world: World) -> None:
    anna, bartek = await world.client(world.acme.anna), await world.client(world.acme.bartek)
    upload = await anna.upload("register.csv", REGISTER.encode())
    wanted = {"id": upload, "industries": ["meble"], "places": ["lodz"]}
    refused = await anna.ask(PROSPECT, input={**wanted, "mapping": [{"column": "KRS", "field": "NUMBER"}]})
    assert [error["code"] for error in refused["prospectCompanies"]["errors"]] == ["INVALID"]
    strange = await bartek.ask(PROSPECT, input=wanted)
    assert [error["code"] for error in strange["prospectCompanies"]["errors"]] == ["NOT_FOUND"]

    async with anna.watch(INBOX_CHANGES) as inbox, anna.watch(PROGRESS, id=upload) as progress:
        for watch in (inbox, progress):
            await watch.event()
        for is_first in (True, False):  # the second time all are known
            begun = await anna.do(PROSPECT, **wanted)
            assert begun["import"] == {"id": upload, "status": "RUNNING"}
            counts = {"rowsCreated": int(is_first), "rowsUnchanged": 1 if is_first else 2}
            wanted_end = {"status": "COMPLETED", "rowsRead": 4, "rowsSkipped": 1, "failure": None, **counts}
            await progress.until(lambda event, end=wanted_end: event["import"] == end)
        added = await inbox.event()
        assert (added["__typename"], added["lead"]["title"]) == ("LeadAdded", "Zakład Łoś Sp. z o.o. lead")
    (lead,) = (await anna.ask(LEADS))["leads"]["nodes"]
    assert (lead["source"], lead["owner"]) == ("PROSPECTOR", {"name": "Anna"})
    assert lead["organization"] == {"name": "Zakład Łoś Sp. z o.o.", "domain": "los.pl"}
    assert "Employees: 40" in lead["notes"]["nodes"][0]["body"]


async def test_prospecting_is_taken_back_as_an_import_is(world: World) -> None:
    anna = await world.client(world.acme.anna)
    upload = await anna.upload("register.csv", REGISTER.encode())
    async with anna.watch(INBOX_CHANGES) as inbox, anna.watch(PROGRESS, id=upload) as progress:
        for watch in (inbox, progress):
            await watch.event()
        await anna.do(PROSPECT, id=upload, most=1)
        assert is_a("LeadAdded")(await inbox.event())
        ended = (await progress.until(lambda event: event["import"]["status"] == "COMPLETED"))[-1]
        assert ended["import"]["rowsCreated"] == 1
        assert (await anna.do(UNDO, id=upload))["import"]["undoneAt"] is not None
        assert is_a("LeadRemoved")(await inbox.event())
    assert (await anna.ask(LEADS))["leads"]["nodes"] == []
