"""Each question finds its rows by an index, whatever the number of rows: the databases' own plans say so."""

import re
from typing import Any

import asyncpg
import pytest

from models import database as databases
from models.reading import Snapshot
from resolvers import ids
from resolvers.access import load_viewer
from resolvers.reads.compile import For
from resolvers.reads.documents import Documents
from resolvers.reads.late import Call
from resolvers.reads.roots import compile_whole
from schema.build import graphql_schema
from tests.many import Many, fill

QUESTIONS = {
    "by id": "query ($deal: ID!) { deal(id: $deal) { title stage { name } person { name } organization { name } } }",
    "board": """query ($pipeline: ID!) { pipeline(id: $pipeline) { stages { name
        deals(first: 50) { nodes { title person { name } } } } } }""",
    "totals": "query ($pipeline: ID!) { pipeline(id: $pipeline) { stages { totals { count value { amount } } } } }",
    "inbox": "{ leads(first: 20) { nodes { title person { name } labels { name } } } }",
    "later in the inbox": "query ($after: String) { leads(first: 9, after: $after) { nodes { title } } }",
    "children": """query ($deal: ID!) { deal(id: $deal) { notes(first: 20) { nodes { body author { name } } }
        activities(first: 20) { nodes { subject } } labels { name } invoices { number } } }""",
    "what happened": """query ($deal: ID!) { deal(id: $deal) {
        changelog { totalCount nodes { field newStage { name } } }
        timeline { nodes { at change { field } note { body } activity { subject } } } } }""",
    "values": "query ($deal: ID!) { deal(id: $deal) { customFields { number field { id } } } }",
    "those of a size": """query ($field: ID!) { deals(filter: { customFields: [
        { customFieldId: $field, numberFrom: "100", numberTo: "108" }] }) { nodes { title } } }""",
    "mail": """query ($deal: ID!) { deal(id: $deal) { mailMessages { nodes { subject parties { address person { name } }
        attachments { name } } } files { totalCount nodes { name } } } }""",
    "who is in it": "query ($deal: ID!) { deal(id: $deal) { participants { name } followers { name } } }",
}
LARGE = "custom_field_values|deals|leads|people|organizations|notes|activities|deal_labels|lead_labels|deal_log"
# The index out of which the list that a question is about comes in order.
ORDERED = {"inbox": "leads_inbox", "board": "deals_entered_stage"}


@pytest.fixture
async def many(database_url: str) -> Any:
    """Enough rows that reading all of them would be foolish."""
    made = await fill(database_url, deals=9_000, leads=20_000, in_stage=300)
    try:
        await databases.open_database(database_url)
        yield made
    finally:
        await databases.close_database()


async def explained(many: Many, document: str) -> list[tuple[str, str]]:
    """Each statement of a question, and the database's plan for it."""
    operation = Documents(graphql_schema).read(document).operation()
    dialect = databases.current().dialect
    viewer = await load_viewer(many.account_id, many.admin_id)
    assert viewer is not None
    ids_ = {"deal": ids.encode("Deal", many.deal_id), "pipeline": ids.encode("Pipeline", many.pipeline_id)}
    ids_["field"] = ids.encode("CustomField", many.field_id)
    question = operation.question(ids_)
    plan = compile_whole(question, For(dialect, viewer.is_admin))
    assert plan is not None
    call = Call(viewer, question.variables)
    plan.bind(call)
    found = []
    async with databases.snapshot() as snapshot:
        steps = plan.read(call)
        try:
            asked = next(steps)
            while True:
                found += [(sql, await _explain(snapshot, sql, arguments)) for sql, arguments in asked]
                asked = steps.send([await snapshot.fetch(*each) for each in asked])
        except StopIteration:
            return found


async def _explain(snapshot: Snapshot, sql: str, arguments: Any) -> str:
    if snapshot.dialect == "postgres":
        return "\n".join(row[0] for row in await snapshot.fetch(f"EXPLAIN {sql}", arguments))
    return "\n".join(row[3] for row in await snapshot.fetch(f"EXPLAIN QUERY PLAN {sql}", arguments))


async def test_no_question_reads_a_large_table_from_end_to_end(many: Many) -> None:
    for name, document in QUESTIONS.items():
        for sql, plan in await explained(many, document):
            tables = dict(re.findall(rf"({LARGE}) (\w+)", sql))
            scanned = re.findall(r"Seq Scan on (\w+)|^SCAN (\w+)(?! USING INDEX (?:leads|deals))", plan, re.MULTILINE)
            read = {each for pair in scanned for each in pair if each}
            assert read.isdisjoint(set(tables) | set(tables.values())), f"{name}:\n{sql}\n{plan}"


async def test_a_page_is_read_out_of_its_index_in_order(many: Many) -> None:
    for name, index in ORDERED.items():
        (plan,) = [plan for sql, plan in await explained(many, QUESTIONS[name]) if "LIMIT" in sql]
        assert index in plan
        assert "Sort" not in plan.partition("Limit")[2], plan
        # A board's pages are put together, and so sorted once more.
        assert plan.count("USE TEMP B-TREE FOR ORDER BY") <= (name == "board"), plan


async def test_totals_are_summed_out_of_their_index(many: Many, database_url: str) -> None:
    if databases.current().dialect == "postgres":  # which reads an index alone where it was vacuumed
        connection = await asyncpg.connect(database_url)
        await connection.execute("VACUUM FULL deals")  # of what other tests left in it
        await connection.execute("VACUUM ANALYZE deals")
        await connection.close()
    (plan,) = [plan for sql, plan in await explained(many, QUESTIONS["totals"]) if "sum(" in sql]
    assert "deals_totals" in plan, plan
