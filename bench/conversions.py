"""How long convertLeads takes for 1,000 leads with two notes and two activities each.

    python bench/conversions.py [--leads 1000] [--postgres postgres://postgres@127.0.0.1:5432]

Prints a table: for each database and policy the best and the median of some runs, the least CPU
of this process, the SQL statements of one run, and the best as a part of the goal of 1.5 s. Each run has leads of its
own; each database is made for it and dropped.
"""

import argparse
import asyncio
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg

sys.path.insert(0, str(Path(__file__).parents[1]))

from models import database
from models.activities import Activity, ActivityType
from models.contacts import ContactKey, ContactKeyKind, Person
from models.labels import LeadLabel
from models.leads import Lead
from models.migrating import migrate
from models.notes import Note
from models.opportunities import OpportunitySource
from resolvers import ids
from resolvers.conversions import ConversionOutcome, DuplicateContactsPolicy, convert_leads
from tests import given

GOAL = 1.5
POLICIES = (DuplicateContactsPolicy.KEEP, DuplicateContactsPolicy.REVIEW, DuplicateContactsPolicy.USE_EXACT)


class Counter(logging.Handler):
    """Counts the statements that Tortoise sends."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += 1


@asynccontextmanager
async def sqlite() -> AsyncIterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite://{folder}/lejek.sqlite"


@asynccontextmanager
async def postgres(server: str) -> AsyncIterator[str]:
    name = f"lejek_bench_{uuid4().hex}"
    connection = await asyncpg.connect(f"{server}/postgres")
    await connection.execute(f"CREATE DATABASE {name}")
    try:
        yield f"{server}/{name}"
    finally:
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await connection.close()


async def make_leads(acme: given.Company, count: int) -> list[str]:
    """Leads of people who all differ, with a label, two notes and two activities each."""
    own = {"account_id": acme.id}
    words = [uuid4().hex[:12] for _ in range(count)]
    people = [Person(**own, owner_id=acme.anna.id, name=f"P {w}", folded_name=f"p {w}") for w in words]
    keys = [
        ContactKey(**own, person_id=person.id, kind=kind, value=value)
        for person, word in zip(people, words, strict=True)
        for kind, value in (
            (ContactKeyKind.NAME, person.folded_name),
            (ContactKeyKind.NAME_PART, word),
            (ContactKeyKind.EMAIL, f"{word}@example.com"),
        )
    ]
    kind = {"owner_id": acme.anna.id, "source": OpportunitySource.IMPORT, "value_minor": 100_00, "currency": "PLN"}
    leads = [Lead(**own, **kind, title=p.name, folded_title=p.folded_name, person_id=p.id) for p in people]
    labels = [LeadLabel(**own, lead_id=lead.id, label_id=acme.label.id) for lead in leads]
    notes = [Note(**own, lead_id=lead.id, author_id=acme.anna.id, body="Called.") for lead in leads for _ in "ab"]
    call = {"type": ActivityType.CALL, "subject": "Call", "assignee_id": acme.anna.id}
    calls = [Activity(**own, lead_id=lead.id, **call) for lead in leads for _ in "ab"]
    for rows in (people, keys, leads, labels, notes, calls):
        await type(rows[0]).bulk_create(rows)
    return [ids.encode("Lead", lead.id) for lead in leads]


async def measure(name: str, url: str, count: int, runs: int) -> None:
    await migrate(url)
    await database.open_database(url)
    try:
        acme = await given.company()
        viewer = await given.viewer(acme.anna)
        await convert_leads(viewer, {"lead_ids": await make_leads(acme, 10)})
        for policy in POLICIES:
            times, spent, counter = [], [], Counter()
            for run in range(runs):
                lead_ids = await make_leads(acme, count)
                if run == 0:
                    counter = await count_statements(viewer, lead_ids, policy)
                    lead_ids = await make_leads(acme, count)
                began, worked = time.perf_counter(), time.process_time()
                report = await convert_leads(viewer, {"lead_ids": lead_ids, "on_duplicate_contacts": policy})
                times.append(time.perf_counter() - began)
                spent.append(time.process_time() - worked)
                assert {result.outcome for result in report.results} == {ConversionOutcome.CONVERTED}
            best, median = min(times), statistics.median(times)
            figures = f"{best:7.2f} {median:7.2f} {min(spent):7.2f} {counter.count:11} {best / GOAL:8.2f}"
            print(f"{name:10} {policy:10} {figures}", flush=True)
    finally:
        await database.close_database()


async def count_statements(viewer: given.Viewer, lead_ids: list[str], policy: DuplicateContactsPolicy) -> Counter:
    logger, counter = logging.getLogger("tortoise.db_client"), Counter()
    logger.addHandler(counter)
    logger.setLevel(logging.DEBUG)
    await convert_leads(viewer, {"lead_ids": lead_ids, "on_duplicate_contacts": policy})
    logger.setLevel(logging.WARNING)
    logger.removeHandler(counter)
    return counter


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--postgres", default="postgres://postgres@127.0.0.1:5432", help="a server, or 'none'")
    asked = parser.parse_args()
    print(f"convertLeads of {asked.leads} leads, each with a label, 2 notes and 2 activities; seconds\n")
    print(f"{'database':10} {'policy':10} {'best':>7} {'median':>7} {'CPU':>7} {'statements':>11} {'of goal':>8}")
    async with sqlite() as url:
        await measure("SQLite", url, asked.leads, asked.runs)
    if asked.postgres != "none":
        async with postgres(asked.postgres) as url:
            await measure("PostgreSQL", url, asked.leads, asked.runs)


if __name__ == "__main__":
    asyncio.run(main())
