"""Tables taken out of an account: whole, filtered, in every format, and nothing that is not seen."""

import csv
import io
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest_asyncio
from starlette.applications import Starlette
from starlette.routing import Route

from app.asgi import make_engine
from app.exports import ExportDoor
from app.settings import Settings
from models.base import Visibility, now
from models.custom_fields import CustomFieldType
from models.database import Database
from resolvers import ids
from resolvers.custom_fields import create_custom_field
from resolvers.deals import update_deal
from resolvers.invoices import record_invoice
from resolvers.spreadsheets import open_table
from resolvers.tokens import make_token
from tests import given
from tests.app.conftest import serving
from tests.given import Company
from tests.refusals import global_id

EVIL = '=HYPERLINK("http://evil")'


@pytest_asyncio.fixture
async def http(settings: Settings, database: Database, acme: Company) -> AsyncIterator[httpx.AsyncClient]:
    """A client of Anna's, before the real schema."""
    app = Starlette(routes=[Route("/exports/{name}", ExportDoor(make_engine(settings)))])
    token = await make_token(acme.id, acme.anna.id, "tests")
    async with serving(app, settings, headers={"authorization": f"Bearer {token}"}) as client:
        yield client


def read_csv(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def test_every_format_has_the_same_rows_and_runs_no_formula(
    http: httpx.AsyncClient, acme: Company, tmp_path: Path
) -> None:
    firm = await given.organization(acme.anna, "Żubr", domain="zubr.pl", address="-1")
    await given.person(acme.anna, EVIL, emails=["a@zubr.pl", "b@zubr.pl"], organization_id=firm.id)
    (row,) = read_csv(await http.get("/exports/people.csv"))
    assert (row["Person"], row["E-mail"]) == (f"'{EVIL}", "a@zubr.pl\nb@zubr.pl")
    answer = await http.get("/exports/people.jsonl")
    assert orjson.loads(answer.content) == {
        **row,
        "Person": EVIL,
        "E-mail": ["a@zubr.pl", "b@zubr.pl"],
        "Phone": [],
        "Organization ID": global_id(firm),
    }
    for form in ("csv", "xlsx"):
        file = tmp_path / f"people.{form}"
        file.write_bytes((await http.get(f"/exports/people.{form}")).content)
        with open_table(file) as table:
            cells = dict(zip(table.columns, next(table.rows).cells, strict=True))
        assert cells == {**row, "Person": EVIL}
    (row,) = read_csv(await http.get("/exports/organizations.csv"))
    assert (row["Organization"], row["Domain"], row["Address"]) == ("Żubr", "zubr.pl", "'-1")


async def test_a_filter_narrows_down_what_is_exported_page_by_page(http: httpx.AsyncClient, acme: Company) -> None:
    titles = [f"Deal {number}" for number in range(260)]
    for title in titles:
        await given.deal(acme.anna, acme.stages[0], title)
    await given.deal(acme.anna, acme.stages[1], "Won", status="WON", closed_at=now())
    await given.deal(acme.celina, acme.stages[0], "Hidden", visibility=Visibility.OWNER)
    opened = read_csv(await http.get("/exports/deals.csv", params={"filter": '{"status": ["OPEN"]}'}))
    assert [row["Title"] for row in opened] == titles
    assert len(read_csv(await http.get("/exports/deals.csv"))) == 261
    await given.lead(acme.anna, "Archived", archived_at=now())
    assert [row["Title"] for row in read_csv(await http.get("/exports/leads.csv"))] == ["Archived"]
    assert read_csv(await http.get("/exports/leads.csv", params={"filter": "{}"})) == []


async def test_custom_fields_are_columns(http: httpx.AsyncClient, acme: Company) -> None:
    admin = await given.viewer(acme.admin)
    draft: Any = {"name": "Advisor", "type": CustomFieldType.PERSON}
    field = ids.encode("CustomField", await create_custom_field(admin, draft))
    person, deal = await given.person(acme.anna), await given.deal(acme.anna, acme.stages[0], labels=[acme.label])
    value: Any = [{"custom_field_id": field, "person_id": global_id(person)}]
    await update_deal(admin, {"id": global_id(deal), "custom_fields": value})
    (row,) = read_csv(await http.get("/exports/deals.csv"))
    assert (row["Advisor"], row["Labels"], row["Stage"]) == (global_id(person), "Hot", "Qualified")


async def test_a_bad_request_is_refused_before_anything_is_sent(http: httpx.AsyncClient) -> None:
    for path, status in (
        ("/exports/secrets.csv", 404),
        ("/exports/deals.exe", 404),
        ("/exports/deals.csv?filter=nonsense", 400),
        ('/exports/deals.csv?filter={"ownerIds": 5, "nonsense": 1}', 400),
        ('/exports/deals.csv?filter={"ownerIds": ["nobody"]}', 400),
        ("/exports/deals.csv?first=1", 400),
        ("/exports/people.csv?filter={}", 400),
    ):
        answer = await http.get(path)
        assert answer.status_code == status, path
        assert answer.json()["errors"][0]["message"]
    assert (await http.get("/exports/deals.csv", headers={"authorization": "Bearer no"})).status_code == 401
    assert (await http.post("/exports/deals.csv")).status_code == 405


async def test_the_invoices_of_all_deals_are_a_table(http: httpx.AsyncClient, acme: Company) -> None:
    for number in range(60):
        await given.deal(acme.anna, acme.stages[0], f"Deal {number}")
    deal, hidden = (
        await given.deal(acme.anna, acme.stages[0], "Roof"),
        await given.deal(acme.celina, acme.stages[0], "Hidden", visibility=Visibility.OWNER),
    )
    for number, of in (("FV 1", deal), ("FV 2", deal), ("FV 3", hidden)):
        draft: Any = {"deal_id": global_id(of), "number": number, "amount": {"amount": Decimal(5), "currency": "PLN"}}
        await record_invoice(await given.viewer(acme.admin), draft)
    rows = read_csv(await http.get("/exports/invoices.csv"))
    shown = [(row["Deal"], row["Number"], row["Total"], row["Currency"], row["Issued elsewhere"]) for row in rows]
    assert shown == [("Roof", number, "5.00", "PLN", "TRUE") for number in ("FV 1", "FV 2")]
