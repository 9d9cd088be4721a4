"""Connections: every row once, in order, whatever the order and however the pages are cut."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.leads import Lead
from models.mail import MailLink, MailMessage, MailThread
from resolvers import ids
from resolvers.access import Viewer
from tests import given
from tests.asking import ask
from tests.given import Company

START = datetime(2026, 1, 1, tzinfo=UTC)
PAGE = """
query ($first: Int!, $after: String, $field: LeadOrderField!, $direction: Direction!, $filter: LeadFilter) {
  leads(first: $first, after: $after, orderBy: {field: $field, direction: $direction}, filter: $filter) {
    nodes { title } edges { cursor node { title } } totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }
"""


@pytest.fixture
async def inbox(acme: Company) -> list[Lead]:
    """Nine leads with ties and gaps in everything they are ordered by."""
    person = await given.person(acme.anna)
    values: list[tuple[int | None, str | None]] = [(100, "PLN"), (100, "EUR"), (None, None)]
    made = []
    for number in range(9):
        minor, currency = values[number % 3]
        made.append(
            await given.lead(
                acme.anna,
                f"Lead {number // 2}",
                person_id=person.id,
                value_minor=minor,
                currency=currency,
                created_at=START + timedelta(days=number // 2),
                updated_at=START + timedelta(days=number % 2),
                next_activity_at=None if number % 2 else START + timedelta(hours=number // 3),
            )
        )
    return made


@pytest.mark.parametrize("field", ["CREATED_AT", "UPDATED_AT", "TITLE", "VALUE", "NEXT_ACTIVITY"])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("first", [1, 2, 4, 9])
async def test_pages_of_any_size_give_every_lead_once_and_in_the_order_of_one_page(
    acme: Company, inbox: list[Lead], field: str, direction: str, first: int
) -> None:
    viewer = await given.viewer(acme.admin)
    whole = [edge["cursor"] for edge in (await page(viewer, 250, field, direction))["edges"]]
    seen: list[str] = []
    after: str | None = None
    while True:
        answer = await page(viewer, first, field, direction, after)
        seen += [edge["cursor"] for edge in answer["edges"]]
        info = answer["pageInfo"]
        assert info["hasPreviousPage"] is (after is not None)
        assert info["endCursor"] == answer["edges"][-1]["cursor"]
        assert answer["totalCount"] == len(inbox)
        if not info["hasNextPage"]:
            break
        after = info["endCursor"]
    assert seen == whole
    assert len(set(seen)) == len(inbox)


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_nulls_come_last_whichever_way_the_order_goes(acme: Company, inbox: list[Lead], direction: str) -> None:
    answer = await ask(
        await given.viewer(acme.admin),
        f"{{ leads(orderBy: {{field: VALUE, direction: {direction}}}) {{ nodes {{ value {{ currency }} }} }} }}",
    )
    currencies = [node["value"] and node["value"]["currency"] for node in answer["leads"]["nodes"]]
    present = ["EUR"] * 3 + ["PLN"] * 3
    assert currencies == [*(present if direction == "ASC" else present[::-1]), None, None, None]


async def test_a_cursor_of_another_order_is_refused(acme: Company, inbox: list[Lead]) -> None:
    viewer = await given.viewer(acme.admin)
    cursor = (await page(viewer, 1, "TITLE", "ASC"))["pageInfo"]["endCursor"]
    from tests.asking import execute

    result = await execute(viewer, PAGE, first=1, after=cursor, field="TITLE", direction="DESC")
    assert result.errors is not None
    assert "not a cursor of this list in this order" in result.errors[0].message


async def test_an_empty_page_has_no_cursors(acme: Company) -> None:
    answer = await page(await given.viewer(acme.admin), 5, "TITLE", "ASC")
    assert answer["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": False,
        "startCursor": None,
        "endCursor": None,
    }


async def test_a_lead_is_found_by_owner_label_source_and_folded_title(acme: Company) -> None:
    person = await given.person(acme.anna)
    wanted = await given.lead(acme.anna, "Żółta ŁÓDŹ 100%", person_id=person.id, labels=[acme.label], source="CHATBOT")
    await given.lead(acme.bartek, "Something else", person_id=person.id)
    viewer = await given.viewer(acme.admin)
    for narrowed in (
        {"ownerIds": [ids.encode("User", acme.anna.id)]},
        {"labelIds": [ids.encode("Label", acme.label.id)]},
        {"sources": ["CHATBOT"]},
        {"search": "zolta lodz"},
        {"search": "100%"},
    ):
        answer = await page(viewer, 10, "TITLE", "ASC", filter=narrowed)
        assert [node["title"] for node in answer["nodes"]] == [wanted.title], narrowed
    for missed in ({"search": "100_"}, {"ownerIds": []}, {"archived": True}):
        assert (await page(viewer, 10, "TITLE", "ASC", filter=missed))["nodes"] == [], missed


async def test_each_stage_has_its_own_first_page(acme: Company) -> None:
    for stage in acme.stages[:2]:
        for number in range(3):
            await given.deal(acme.anna, stage, f"{stage.name} {number}")
    answer = await ask(
        await given.viewer(acme.admin),
        """{ pipelines { stages { name deals(first: 2, orderBy: {field: TITLE, direction: ASC}) {
             totalCount nodes { title } pageInfo { hasNextPage } } } } }""",
    )
    shown = answer["pipelines"][0]["stages"]
    assert [[node["title"] for node in stage["deals"]["nodes"]] for stage in shown[:2]] == [
        [f"{stage.name} 0", f"{stage.name} 1"] for stage in acme.stages[:2]
    ]
    assert [stage["deals"]["pageInfo"]["hasNextPage"] for stage in shown] == [True, True] + [False] * (len(shown) - 2)


async def test_the_deals_of_each_stage_are_narrowed_and_counted(acme: Company) -> None:
    for stage in acme.stages[:2]:
        for title in ("Łóżko", "Table"):
            await given.deal(acme.anna, stage, f"{title} {stage.name}")
    answer = await ask(
        await given.viewer(acme.admin),
        """{ pipelines { stages { name deals(filter: {search: "lozko"}) { totalCount nodes { title } } } } }""",
    )
    shown = [stage["deals"] for stage in answer["pipelines"][0]["stages"][:2]]
    assert shown == [{"totalCount": 1, "nodes": [{"title": f"Łóżko {stage.name}"}]} for stage in acme.stages[:2]]


async def page(
    viewer: Viewer, first: int, field: str, direction: str, after: str | None = None, filter: Any = None
) -> dict[str, Any]:
    """One page of the inbox."""
    answer = await ask(
        viewer, PAGE, first=first, after=after, field=field, direction=direction, filter=filter or {"archived": False}
    )
    connection: dict[str, Any] = answer["leads"]
    return connection


async def test_a_message_about_several_deals_is_in_the_page_of_each_once(acme: Company) -> None:
    own = {"account_id": acme.id}
    deals = [await given.deal(acme.anna, acme.stages[0], title) for title in ("A", "B")]
    lead = await given.lead(acme.anna)
    thread = await MailThread.create(**own)
    message = await MailMessage.create(
        **own, thread_id=thread.id, header_id="<1@example>", digest="1", status="RECEIVED", subject="Hi", snippet="Hi"
    )
    parents = [{"lead_id": lead.id}, *({"deal_id": deal.id} for deal in deals)]
    await MailLink.bulk_create([MailLink(**own, message_id=message.id, **parent) for parent in parents])
    keys = [ids.encode("Deal", deal.id) for deal in deals]
    document = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Deal { mailMessages { nodes { subject } } } } }"
    answer = await ask(await given.viewer(acme.anna), document, ids=keys)
    assert answer["nodes"] == [{"mailMessages": {"nodes": [{"subject": "Hi"}]}}] * 2
