"""What a selection is read with: how many statements, which columns, and at which point in time."""

import pytest

from models.deals import Deal
from models.leads import Lead
from resolvers import leads
from tests import given
from tests.asking import ask, execute, statements
from tests.given import Company

BOARD = """
{ pipelines { name revision totals { count value { amount currency } }
    stages { name totals { count weightedValue { amount currency } }
      deals(first: 3) { totalCount nodes {
        title person { name } owner { name } labels { name } nextActivity { subject } } } } } }
"""


@pytest.mark.parametrize("deals", [1, 12])
async def test_a_board_takes_one_statement_for_each_list_however_many_deals_there_are(
    acme: Company, deals: int
) -> None:
    person = await given.person(acme.anna)
    for number in range(deals):
        await given.deal(acme.anna, acme.stages[number % 2], f"Deal {number}", person_id=person.id, labels=[acme.label])
    viewer = await given.viewer(acme.admin)
    async with statements() as noted:
        board = await ask(viewer, BOARD)
    # pipelines, their totals, stages, their totals, deals, their count, labels
    assert len(noted) == 7, "\n".join(noted)
    assert board["pipelines"][0]["totals"]["count"] == deals


async def test_only_what_is_selected_is_read(acme: Company) -> None:
    await given.deal(acme.anna, acme.stages[0])
    viewer = await given.viewer(acme.admin)
    async with statements() as noted:
        await ask(viewer, "{ deals { nodes { title } } }")
    assert len(noted) == 1
    selected = noted[0].partition(" FROM ")[0]
    assert "title" in selected
    assert not any(name in selected for name in ("value_minor", "owner_id", "lost_reason"))


async def test_a_total_count_is_read_only_where_it_is_selected(acme: Company) -> None:
    viewer = await given.viewer(acme.admin)
    async with statements() as noted:
        await ask(viewer, "{ leads { nodes { id } } }")
        assert not any("count(*)" in statement for statement in noted)
        await ask(viewer, "{ leads { totalCount } }")
    assert sum("count(*)" in statement for statement in noted) == 1
    assert len(noted) == 2


async def test_a_type_name_alone_is_answered(acme: Company) -> None:
    await given.lead(acme.anna, person_id=(await given.person(acme.anna)).id)
    viewer = await given.viewer(acme.admin)
    assert await ask(viewer, "{ leads { __typename nodes { __typename } pageInfo { __typename } } }") == {
        "leads": {
            "__typename": "LeadConnection",
            "nodes": [{"__typename": "Lead"}],
            "pageInfo": {"__typename": "PageInfo"},
        }
    }


async def test_aliases_fragments_and_directives_are_merged_as_the_specification_says(acme: Company) -> None:
    deal = await given.deal(acme.anna, acme.stages[0], "A deal", value_minor=12345, currency="PLN")
    viewer = await given.viewer(acme.admin)
    answer = await ask(
        viewer,
        """
        query ($no: Boolean!) {
          deals { nodes { ...Named ... on Deal { value { amount } } gone: title @include(if: $no) }
                  again: nodes { money: value { currency } stage { name } } } }
        fragment Named on Opportunity { name: title value { amount currency } }
        """,
        no=False,
    )
    assert answer["deals"] == {
        "nodes": [{"name": "A deal", "value": {"amount": "123.45", "currency": "PLN"}}],
        "again": [{"money": {"currency": "PLN"}, "stage": {"name": acme.stages[0].name}}],
    }
    assert deal.stage_id == acme.stages[0].id


async def test_an_answer_is_of_one_point_in_time_though_a_writer_commits_meanwhile(acme: Company) -> None:
    viewer = await given.viewer(acme.admin)
    await given.deal(acme.anna, acme.stages[0], value_minor=100, currency="PLN")

    async def and_write() -> None:
        await given.deal(acme.anna, acme.stages[0], value_minor=100, currency="PLN")

    async with statements() as noted:
        write_after_first(noted, and_write)
        board = await ask(viewer, BOARD)
    stage = board["pipelines"][0]["stages"][0]
    assert board["pipelines"][0]["totals"]["count"] == stage["totals"]["count"] == stage["deals"]["totalCount"] == 1
    assert (await ask(viewer, "{ deals { totalCount } }"))["deals"]["totalCount"] == 2


def write_after_first(noted: list[str], write: object) -> None:
    """Have the snapshot's second statement come after a commit of somebody else's."""
    from models import database
    from tests.asking import _Counting, _CountingReaders

    readers = database.current().readers
    assert isinstance(readers, _CountingReaders)
    fetch, written = _Counting.fetch, []

    async def fetch_and_write(self: _Counting, sql: str, arguments: object = ()) -> object:
        rows = await fetch(self, sql, arguments)  # type: ignore[arg-type]
        if not written:
            written.append(True)
            _Counting.fetch = fetch  # type: ignore[method-assign]
            await write()  # type: ignore[operator]
        return rows

    _Counting.fetch = fetch_and_write  # type: ignore[method-assign, assignment]


async def test_a_payload_shows_what_the_command_wrote(acme: Company) -> None:
    person = await given.person(acme.anna)
    viewer = await given.viewer(acme.anna)
    key = await leads.create_lead(viewer, {"title": "Before", "person_id": f"person_{person.id.hex}"})
    document = (
        "mutation ($id: ID!, $to: String!) { updateLead(input: {id: $id, title: $to}) { lead { title version } } }"
    )
    first = await ask(viewer, document, id=f"lead_{key.hex}", to="After")
    assert first == {"updateLead": {"lead": {"title": "After", "version": 2}}}


async def test_references_in_a_list_are_read_in_one_statement(acme: Company) -> None:
    person = await given.person(acme.anna)
    made = [await given.lead(acme.anna, f"Lead {number}", person_id=person.id) for number in range(5)]
    viewer = await given.viewer(acme.admin)
    async with statements() as noted:
        answer = await ask(
            viewer,
            "query ($i: [ID!]!) { nodes(ids: $i) { ... on Lead { title } } }",
            i=[f"lead_{each.id.hex}" for each in made],
        )
    assert [node["title"] for node in answer["nodes"]] == [f"Lead {number}" for number in range(5)]
    assert len(noted) == 1


async def test_what_is_removed_is_null_for_node_and_keeps_its_place_in_nodes(acme: Company) -> None:
    person = await given.person(acme.anna)
    kept = await given.lead(acme.anna, "Kept", person_id=person.id)
    gone = await given.lead(acme.anna, "Gone", person_id=person.id)
    await Lead.filter(id=gone.id).update(removed_at=gone.created_at)
    viewer = await given.viewer(acme.admin)
    answer = await ask(
        viewer,
        "query ($gone: ID!, $both: [ID!]!) { node(id: $gone) { id } nodes(ids: $both) { __typename id } }",
        gone=f"lead_{gone.id.hex}",
        both=[f"lead_{gone.id.hex}", f"lead_{kept.id.hex}"],
    )
    assert answer == {"node": None, "nodes": [None, {"__typename": "Lead", "id": f"lead_{kept.id.hex}"}]}


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ('{ lead(id: "nonsense") { id } }', "not an id that Lejek gave out"),
        ('{ node(id: "") { id } }', "not an id that Lejek gave out"),
        ("{ leads(first: -1) { nodes { id } } }", "from 0 to 250"),
        ("{ leads(first: 251) { nodes { id } } }", "from 0 to 250"),
        ('{ leads(after: "AAAA") { nodes { id } } }', "not a cursor"),
        ('{ leads(after: "ś\\u0000") { nodes { id } } }', "not a cursor"),
        ('{ leads(filter: {ownerIds: ["lead_00000000000000000000000000000000"]}) { nodes { id } } }', "user is needed"),
        ("{ pipelines { stages { deals(first: 1000) { nodes { id } } } } }", "from 0 to 250"),
    ],
)
async def test_a_bad_argument_is_a_typed_error_of_the_caller(acme: Company, document: str, says: str) -> None:
    result = await execute(await given.viewer(acme.admin), document)
    assert result.errors is not None
    assert says in result.errors[0].message
    assert result.errors[0].extensions == {"code": "BAD_USER_INPUT"}


async def test_the_wrong_types_id_says_what_it_is(acme: Company) -> None:
    deal = await given.deal(acme.anna, acme.stages[0])
    result = await execute(await given.viewer(acme.admin), f'{{ lead(id: "deal_{deal.id.hex}") {{ id }} }}')
    assert result.errors is not None
    assert "the id of a deal; a lead is asked for" in result.errors[0].message


async def test_totals_count_open_deals_only_and_sum_each_currency_exactly(acme: Company) -> None:
    first, second = acme.stages[:2]
    await given.deal(acme.anna, first, value_minor=33, currency="PLN", probability=50)
    await given.deal(acme.anna, first, value_minor=10**13, currency="PLN")
    await given.deal(acme.anna, second, value_minor=1500, currency="JPY")
    await given.deal(acme.anna, second)
    won = await given.deal(acme.anna, second, value_minor=777, currency="PLN")
    await Deal.filter(id=won.id).update(status="WON", closed_at=won.created_at)
    answer = await ask(
        await given.viewer(acme.admin),
        "{ pipelines { totals { count value { amount currency } weightedValue { amount currency } } } }",
    )
    weighted = (33 * 50 + 10**13 * first.probability) / 100
    assert answer["pipelines"][0]["totals"] == {
        "count": 4,
        "value": [{"amount": "1500", "currency": "JPY"}, {"amount": "100000000000.33", "currency": "PLN"}],
        "weightedValue": [
            {"amount": str(1500 * second.probability // 100), "currency": "JPY"},
            {"amount": f"{round(weighted) / 100:.2f}", "currency": "PLN"},
        ],
    }
