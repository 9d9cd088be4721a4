"""Many leads converted in the background: at once an answer, then batches, each whole, whatever is cut off."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from models import changes
from models.base import now
from models.changes import ChangeKind
from models.conversions import ConversionResult, ConversionRun, ConversionRunStatus
from models.deals import Deal
from models.leads import Lead
from resolvers import ids
from resolvers.access import Viewer
from resolvers.conversion_reports import ConversionOutcome
from resolvers.conversion_requests import ConvertRequest, DuplicateContactsPolicy, OnError
from resolvers.conversion_runs import BATCH, begin_run, read_results, working
from resolvers.errors import ErrorCode
from resolvers.rights import set_access
from resolvers.sweeping import sweep_conversion_results
from tests import given
from tests.refusals import global_id, refused

LEADS = 2 * BATCH + 30


async def leads_of(company: given.Company, count: int = LEADS) -> list[Lead]:
    """So many leads of Anna's."""
    person = await given.person(company.anna)
    columns: dict[str, Any] = {"account_id": company.id, "owner_id": company.anna.id, "person_id": person.id}
    made = [Lead(title=f"Lead {n}", folded_title=f"lead {n}", source="MANUAL", **columns) for n in range(count)]
    await Lead.bulk_create(made)
    return made


def request_for(leads: list[Lead], **more: Any) -> ConvertRequest:
    asked: dict[str, Any] = {
        "lead_ids": [global_id(lead) for lead in leads],
        "on_error": OnError.SKIP,
        "background": True,
    }
    request: Any = {**asked, "on_duplicate_contacts": DuplicateContactsPolicy.KEEP, **more}
    return request


async def outcomes(viewer: Viewer, key: UUID) -> list[tuple[UUID, ConversionOutcome]]:
    """What became of each lead, page by page."""
    results: list[Any] = []
    while page := await read_results(viewer, ids.encode("ConversionRun", key), 100, len(results)):
        results += page
    return [(each.lead_id, each.outcome) for each in results]


async def test_leads_are_converted_in_batches_and_each_has_its_result(acme: given.Company) -> None:
    anna, leads = await given.viewer(acme.anna), await leads_of(acme)
    archived = leads[BATCH + 1]
    await Lead.filter(id=archived.id).update(archived_at=archived.created_at)
    async with working() as background:
        asked = request_for(leads, idempotency_key="monday", client_mutation_id="mine")
        key = await begin_run(anna, asked)
        assert (await ConversionRun.get(id=key)).leads_done < LEADS, "it answers before it is done"
        await background.wait()
        assert await begin_run(anna, asked) == key, "the same key is the same run"
        async with refused(ErrorCode.IDEMPOTENCY_MISMATCH, "idempotencyKey"):
            await begin_run(anna, request_for(leads[:1], idempotency_key="monday"))
        await background.wait()
    run = await ConversionRun.get(id=key)
    assert (run.status, run.leads_done, run.leads_converted) == (ConversionRunStatus.COMPLETED, LEADS, LEADS - 1)
    told = await outcomes(anna, key)
    assert [lead_id for lead_id, _ in told] == [lead.id for lead in leads]
    assert [lead_id for lead_id, outcome in told if outcome is not ConversionOutcome.CONVERTED] == [archived.id]
    assert await Deal.filter(account_id=acme.id).count() == LEADS - 1
    advances = await changes.Change.filter(account_id=acme.id, kind=ChangeKind.CONVERSION_ADVANCED).order_by("revision")
    assert [change.subjects[0]["after"].get("leads_done") for change in advances] == [0, BATCH, 2 * BATCH, LEADS, None]
    assert all("request" not in change.subjects[0]["after"] for change in advances)


async def test_what_is_cut_off_goes_on_where_it_stopped_though_two_processes_take_it_up(acme: given.Company) -> None:
    anna, leads, begun = await given.viewer(acme.anna), await leads_of(acme), asyncio.Event()
    stop = changes.on_commit(lambda _: begun.set())
    async with working():
        key = await begin_run(anna, request_for(leads))
        begun.clear()
        await begun.wait()  # a batch is done, and the next one is cut off
    stop()
    cut = await ConversionRun.get(id=key)
    assert cut.status is ConversionRunStatus.RUNNING and 0 < cut.leads_done < LEADS
    async with working() as one, working() as other:
        await asyncio.gather(one.wait(), other.wait())
    run = await ConversionRun.get(id=key)
    assert (run.status, run.leads_done, run.leads_converted) == (ConversionRunStatus.COMPLETED, LEADS, LEADS)
    assert await outcomes(anna, key) == [(lead.id, ConversionOutcome.CONVERTED) for lead in leads]
    assert await Deal.filter(account_id=acme.id).count() == LEADS


async def test_each_batch_goes_by_the_rights_of_its_moment(acme: given.Company) -> None:
    bartek, leads = await given.viewer(acme.bartek), await leads_of(acme, 3)
    await Lead.filter(id__in=[lead.id for lead in leads]).update(visibility="TEAM")
    async with working() as background:
        key = await begin_run(bartek, request_for(leads))
        await set_access(await given.viewer(acme.admin), {"user_id": global_id(acme.bartek), "team_ids": []})
        await background.wait()
    assert {outcome for _, outcome in await outcomes(bartek, key)} <= {
        ConversionOutcome.CONVERTED,
        ConversionOutcome.FAILED,
    }
    assert (await ConversionRun.get(id=key)).status is ConversionRunStatus.COMPLETED


@pytest.mark.parametrize(
    ("more", "code", "path"),
    [
        ({"on_error": OnError.ABORT}, ErrorCode.INVALID, "onError"),
        ({"dry_run": True}, ErrorCode.INVALID, "dryRun"),
        ({"lead_ids": []}, ErrorCode.EMPTY, "leadIds"),
        ({"lead_ids": [f"lead_{number:032x}" for number in range(10_001)]}, ErrorCode.TOO_MANY, "leadIds"),
        ({"stage_id": "stage_" + "0" * 32}, ErrorCode.NOT_FOUND, "stageId"),
    ],
)
async def test_what_is_wrong_with_the_call_is_said_at_once(
    acme: given.Company, more: dict[str, Any], code: ErrorCode, path: str
) -> None:
    anna, leads = await given.viewer(acme.anna), await leads_of(acme, 1)
    async with working(), refused(code, path):
        await begin_run(anna, request_for(leads, **more))
    assert not await ConversionRun.all().exists()


async def test_results_are_read_by_who_asked_and_by_admins(acme: given.Company, other: given.Company) -> None:
    anna, leads = await given.viewer(acme.anna), await leads_of(acme, 1)
    async with working() as background:
        key = await begin_run(anna, request_for(leads))
        await background.wait()
    assert len(await outcomes(await given.viewer(acme.admin), key)) == 1
    for stranger in (acme.bartek, other.admin):
        async with refused(ErrorCode.NOT_FOUND, "id"):
            await outcomes(await given.viewer(stranger), key)
    for first, after, path in ((0, 0, "first"), (251, 0, "first"), (1, -1, "after")):
        async with refused(ErrorCode.INVALID, path):
            await read_results(anna, ids.encode("ConversionRun", key), first, after)


async def test_results_are_kept_for_30_days_after_the_end_and_the_run_for_good(acme: given.Company) -> None:
    anna, leads = await given.viewer(acme.anna), await leads_of(acme, 2)
    async with working() as background:
        old, recent = [await begin_run(anna, request_for([lead])) for lead in leads]
        await background.wait()
    await ConversionRun.filter(id=recent).update(finished_at=now() - timedelta(days=29))
    assert await sweep_conversion_results() == 0
    await ConversionRun.filter(id=old).update(finished_at=now() - timedelta(days=31))
    async with refused(ErrorCode.NOT_FOUND, "id") as caught:
        await outcomes(anna, old)
    assert "30 days" in str(caught.value)
    assert [await sweep_conversion_results() for _ in range(2)] == [1, 0]
    assert await ConversionResult.filter(run_id=old).count() == 0
    assert await ConversionRun.filter(id=old).exists() and len(await outcomes(anna, recent)) == 1
