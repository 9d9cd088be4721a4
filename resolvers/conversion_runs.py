"""Converting many leads beside the requests: convertLeads answers at once, and the work goes on in batches.

Each batch is one transaction: its leads, what became of each, and how far the run has come, told
as CONVERSION_ADVANCED. So a run that is cut off goes on where it stopped, see `background`. Each
batch is carried out under the rights that whoever asked has then.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from copy import copy
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from tortoise.exceptions import IntegrityError, OperationalError

from models import changes
from models.base import now
from models.changes import ChangeKind, Ledger, Values
from models.conversions import ConversionResult, ConversionRun, ConversionRunStatus
from resolvers import access, commands, conversion_reports, conversions, idempotency, ids
from resolvers.access import Viewer, load_viewer
from resolvers.background import Background, Superseded
from resolvers.conversion_reports import ConversionOutcome, ConversionReport, LeadResult
from resolvers.conversion_requests import (
    ConvertRequest,
    DuplicateContactsPolicy,
    OnError,
    OnLimit,
    Order,
    understand,
)
from resolvers.errors import ErrorCode, Refused, refuse

MOST_LEADS = 10_000
RESULTS_KEPT = timedelta(days=30)
MOST_RESULTS = 250
# Small enough that boards on the same event loop hardly feel it.
BATCH = 100
_AT_ONCE = 2
_TRIES = 3
_CHOICES = {"on_duplicate_contacts": DuplicateContactsPolicy, "on_error": OnError, "on_limit": OnLimit}


async def begin_run(viewer: Viewer, request: ConvertRequest) -> UUID:
    """Have leads converted beside the requests; answers at once. The same idempotency key answers the same run.

    Refuses every fault of the call as a whole, leads that would hold back each other, and a dry run.
    """
    if request.get("on_error") is not OnError.SKIP:
        message = "In the background leads do not hold back each other: set onError to SKIP."
        raise refuse(ErrorCode.INVALID, message, "onError")
    if request.get("dry_run"):
        message = "A dry run is not made in the background: leave out dryRun, or background."
        raise refuse(ErrorCode.INVALID, message, "dryRun")
    key = request.get("idempotency_key")

    async def act() -> idempotency.Answer:
        return {"run": str((await _start(viewer, request, key)).id)}

    answer = await idempotency.once(viewer, conversions.COMMAND, key, request, act)
    return UUID(answer["run"])


async def _start(viewer: Viewer, request: ConvertRequest, key: str | None) -> ConversionRun:
    order = await understand(viewer, request, MOST_LEADS)
    columns: dict[str, Any] = {"request": dict(request), "leads_total": len(order.leads), "way": viewer.way}
    run = ConversionRun(account_id=viewer.account_id, user_id=viewer.user_id, **columns)
    background = current()
    async with commands.begin(viewer, request) as ledger:
        await run.save(force_create=True)
        ledger.record(ChangeKind.CONVERSION_ADVANCED, changes.added("conversion_run", _snapshot(run)))
        await idempotency.remember(viewer, conversions.COMMAND, key, request, {"run": str(run.id)})
    background.begin(Work(run).run(), f"conversion {run.id}")
    return run


async def read_results(viewer: Viewer, global_id: str, first: int, after: int) -> list[LeadResult]:
    """What became of the leads of a run so far, in the order asked, without the first `after` of them.

    Refuses with NOT_FOUND a run that is neither the viewer's nor, for admins, one of the account, and
    one that ended longer ago than results are kept.
    """
    key = ids.expect("ConversionRun", global_id, "id")
    run = await ConversionRun.get_or_none(id=key, account_id=viewer.account_id)
    if run is None or not (viewer.is_admin or run.user_id == viewer.user_id):
        raise access.not_found("ConversionRun", "id")
    if not 1 <= first <= MOST_RESULTS:
        raise refuse(ErrorCode.INVALID, f"Between 1 and {MOST_RESULTS} results can be read at once.", "first")
    if after < 0:
        raise refuse(ErrorCode.INVALID, "This is how many results you have already: 0 or more.", "after")
    if run.finished_at is not None and run.finished_at < now() - RESULTS_KEPT:
        message = f"This ended more than {RESULTS_KEPT.days} days ago: what became of each lead is no longer kept."
        raise refuse(ErrorCode.NOT_FOUND, message, "id")
    rows = await ConversionResult.filter(run_id=key, place__gte=after).order_by("place").limit(first)
    return [conversion_reports.result_from_json(row.result) for row in rows]


class Work:
    """Works through one run that is RUNNING, from where it stands."""

    def __init__(self, run: ConversionRun) -> None:
        self._run = run

    async def run(self) -> None:
        """Work to the end: COMPLETED, or FAILED and why. Raises what is a bug."""
        try:
            while self._run.leads_done < self._run.leads_total:
                await self._convert_some()
            await self._end({"status": ConversionRunStatus.COMPLETED})
        except Superseded:
            return
        except Refused as refused:
            await self._end({"status": ConversionRunStatus.FAILED, "failure": refused.errors[0].message})
        except Exception:
            failure = "Something went wrong on our side. What was converted stays; convert the other leads again."
            await self._end({"status": ConversionRunStatus.FAILED, "failure": failure})
            raise

    async def _convert_some(self) -> None:
        run = self._run
        viewer = await load_viewer(run.account_id, run.user_id, way=run.way)
        if viewer is None:
            raise refuse(ErrorCode.FORBIDDEN, "Who asked for this is no longer a user of the account.")
        order = part_of(await understand(viewer, _request_of(run), MOST_LEADS), run.leads_done, BATCH)
        for left in reversed(range(_TRIES)):
            try:
                report = await conversions.convert_order(viewer, order, self._keep)
                break
            except (IntegrityError, OperationalError):
                if not left:
                    raise
        run.update_from_dict(self._advanced(report))

    async def _keep(self, ledger: Ledger, report: ConversionReport) -> None:
        run = self._run
        await self._record(ledger, self._advanced(report), leads_done=run.leads_done)
        await ConversionResult.bulk_create(
            [
                ConversionResult(
                    account_id=run.account_id,
                    run_id=run.id,
                    place=run.leads_done + number,
                    result=conversion_reports.result_to_json(each),
                )
                for number, each in enumerate(report.results)
            ]
        )

    def _advanced(self, report: ConversionReport) -> Values:
        converted = sum(each.outcome is ConversionOutcome.CONVERTED for each in report.results)
        return {
            "leads_done": self._run.leads_done + len(report.results),
            "leads_converted": self._run.leads_converted + converted,
        }

    async def _record(self, ledger: Ledger, columns: Values, **expected: int) -> None:
        """Alter the run's row, if it is RUNNING and as expected; raises Superseded if not."""
        running = ConversionRun.filter(id=self._run.id, status=ConversionRunStatus.RUNNING, **expected)
        if not await running.update(**columns):
            raise Superseded
        after = copy(self._run)
        after.update_from_dict(columns)
        subject = changes.altered("conversion_run", _snapshot(self._run), _snapshot(after))
        ledger.record(ChangeKind.CONVERSION_ADVANCED, subject)

    async def _end(self, columns: Values) -> None:
        with suppress(Superseded):
            async with changes.write(self._run.account_id, self._run.user_id, way=self._run.way) as ledger:
                await self._record(ledger, {**columns, "finished_at": now()})


def part_of(order: Order, done: int, most: int) -> Order:
    """The order for at most so many of its leads, without those that are done."""
    leads = dict(islice(order.leads.items(), done, done + most))

    def among(by_lead: Mapping[UUID, Any]) -> dict[UUID, Any]:
        return {key: value for key, value in by_lead.items() if key in leads}

    return replace(order, leads=leads, into=among(order.into), versions=among(order.versions))


def _request_of(run: ConversionRun) -> ConvertRequest:
    """The request as it was given; JSON has no enums."""
    chosen = {name: kind(run.request[name]) for name, kind in _CHOICES.items() if run.request.get(name) is not None}
    request: Any = {**run.request, **chosen}
    return request  # type: ignore[no-any-return]


def _snapshot(run: ConversionRun) -> Values:
    """What the log has of a run: all but the request, which may name thousands of leads."""
    return {name: value for name, value in changes.snapshot(run).items() if name != "request"}


_current: Background | None = None


def current() -> Background:
    """What works on runs; RuntimeError where nothing does."""
    if _current is None:
        raise RuntimeError("nothing works on conversions: use resolvers.conversion_runs.working first")
    return _current


@asynccontextmanager
async def working(*, resume: bool = True) -> AsyncIterator[Background]:
    """Have runs worked on, on an open database. `resume` goes on with those that were cut off."""
    global _current
    before, _current = _current, Background(_AT_ONCE)
    try:
        if resume:
            for run in await ConversionRun.filter(status=ConversionRunStatus.RUNNING).order_by("id"):
                _current.begin(Work(run).run(), f"conversion {run.id}")
        yield _current
    finally:
        await _current.close()
        _current = before
