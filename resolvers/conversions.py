"""Converting leads into deals: once, wholly, and with an answer for each lead.

`planning` decides, `converting` writes, `reversals` takes back, `waitlist` admits those who wait.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from uuid import UUID

from tortoise.exceptions import IntegrityError

from models.accounts import Account
from models.changes import Ledger
from models.conversions import Conversion
from models.deals import Deal
from models.leads import Lead
from resolvers import access, commands, conversion_reports, converting, idempotency, ids, planning, usage
from resolvers.access import Viewer
from resolvers.conversion_reports import (
    ConversionFound,
    ConversionOutcome,
    ConversionReport,
    LeadResult,
    Preview,
    Review,
)
from resolvers.conversion_requests import (
    ConvertRequest,
    DuplicateContactsPolicy,
    OnError,
    OnLimit,
    Order,
    understand,
)
from resolvers.errors import ErrorCode, Refused, UserError
from resolvers.planning import Plan

__all__ = [
    "ConversionFound",
    "ConversionOutcome",
    "ConversionReport",
    "ConvertRequest",
    "DuplicateContactsPolicy",
    "LeadResult",
    "OnError",
    "OnLimit",
    "Preview",
    "Review",
    "convert_leads",
    "convert_order",
    "find_conversion",
    "preview_conversion",
]

COMMAND = "convert_leads"
# Keeps an answer, in the transaction of what it answers.
Keep = Callable[[Ledger, ConversionReport], Awaitable[None]]

logger = logging.getLogger(__name__)


class _HeldBack(Exception):
    """Undoes the transaction of an order that is all or nothing; nothing has been written in it."""

    def __init__(self, report: ConversionReport) -> None:
        super().__init__()
        self.report = report


class _Unwritable(Exception):
    """The database refused what was to be written for these leads."""


async def convert_leads(viewer: Viewer, request: ConvertRequest) -> ConversionReport:
    """Convert leads, or say what would happen, as the request asks.

    Under ABORT all leads change or none; under SKIP each lead that can be converted is, and one
    that cannot does not hold back the others. A lead is wholly converted or not at all, and one
    that was converted before answers with its deal. Faults of the call as a whole come back in
    `errors`, and then nothing has happened.
    """
    try:
        if request.get("dry_run"):
            return await _foretell(viewer, await understand(viewer, request))
        return await _convert(viewer, request)
    except Refused as refused:
        return ConversionReport(errors=refused.errors)


async def preview_conversion(viewer: Viewer, lead_ids: list[str], stage_id: str | None = None) -> Preview:
    """What converting these leads would meet: contacts to review, errors, places left. Changes nothing."""
    left = await usage.places_left(viewer.account_id)
    try:
        order = await understand(viewer, {"lead_ids": lead_ids, "stage_id": stage_id, "on_error": OnError.SKIP})
    except Refused as refused:
        return Preview([], refused.errors, left)
    scene = await planning.survey(viewer, order, lock=False)
    review = [each for plan in await planning.make_plans(viewer, order, scene) for each in plan.review]
    kept = replace(order, on_duplicates=DuplicateContactsPolicy.KEEP)
    plans = await planning.make_plans(viewer, kept, scene)
    planning.share_places(plans, left, OnLimit.FAIL)
    return Preview(review, [error for plan in plans for error in plan.errors], left)


async def find_conversion(viewer: Viewer, lead_id: str) -> ConversionFound | None:
    """Where a converted lead went; null for one that is not converted, unknown or out of sight."""
    key = ids.expect("Lead", lead_id, "leadId")
    if not await Lead.filter(access.visible(viewer), id=key).exists():
        return None
    conversion = await Conversion.get_or_none(lead_id=key, undone_at__isnull=True)
    if conversion is None:
        return None
    seen = await access.find(viewer, Deal, [conversion.deal_id])
    return ConversionFound(key, conversion.deal_id if seen else None, conversion.at, conversion.by_id)


async def _foretell(viewer: Viewer, order: Order) -> ConversionReport:
    plans = await planning.make_plans(viewer, order, await planning.survey(viewer, order, lock=False))
    planning.share_places(plans, await usage.places_left(viewer.account_id), order.on_limit)
    planning.hold_back(plans, order.on_error)
    return _report(plans)


def _report(plans: Sequence[Plan], revision: int | None = None) -> ConversionReport:
    review = [each for plan in plans for each in plan.review]
    return ConversionReport([plan.result for plan in plans], review, [], revision)


async def _convert(viewer: Viewer, request: ConvertRequest) -> ConversionReport:
    key = request.get("idempotency_key")

    async def keep(ledger: Ledger, report: ConversionReport) -> None:
        await idempotency.remember(viewer, COMMAND, key, request, conversion_reports.to_json(report))

    async def act() -> idempotency.Answer:
        report = await convert_order(viewer, await understand(viewer, request), keep)
        return conversion_reports.to_json(report)

    if key is None:
        return await convert_order(viewer, await understand(viewer, request))
    answer = await idempotency.once(viewer, COMMAND, key, request, act)
    return await _still_shown(viewer, conversion_reports.from_json(answer))


async def _still_shown(viewer: Viewer, report: ConversionReport) -> ConversionReport:
    """A report without reviews of leads that, since it was remembered, were converted or went out of sight."""
    seen = await access.find(viewer, Lead, [each.lead_id for each in report.review]) if report.review else {}
    return replace(report, review=[each for each in report.review if each.lead_id in seen])


async def convert_order(viewer: Viewer, order: Order, keep: Keep | None = None) -> ConversionReport:
    """Carry an order out; `keep` is called with its answer in the transaction that does it.

    All leads go in one transaction. Where the database refuses what one of them needs, an order
    that skips errors is carried out in halves, and so on down to that lead, which fails alone;
    then, and where nothing was written, `keep` has a transaction of its own.
    """
    try:
        return await _convert_together(viewer, order, keep)
    except _HeldBack as held:
        report = held.report
    except _Unwritable as error:
        if order.on_error is OnError.ABORT:
            raise error.__cause__ or error from None
        report = await _convert_apart(viewer, order, error)
    if keep is not None:
        async with _begin(viewer, order) as ledger:
            await keep(ledger, report)
    return report


def _begin(viewer: Viewer, order: Order) -> AbstractAsyncContextManager[Ledger]:
    return commands.begin(viewer, {"client_mutation_id": order.client_mutation_id})


async def _convert_together(viewer: Viewer, order: Order, keep: Keep | None) -> ConversionReport:
    async with _begin(viewer, order) as ledger:
        plans = await planning.make_plans(viewer, order, await planning.survey(viewer, order, lock=True))
        needed = sum(plan.needs_place for plan in plans)
        planning.share_places(plans, await usage.take_up_to(viewer.account_id, needed), order.on_limit)
        if planning.hold_back(plans, order.on_error):
            raise _HeldBack(_report(plans))
        try:
            count = await converting.carry_out(viewer, order, plans, ledger)
        except IntegrityError as error:
            raise _Unwritable from error
        if keep is not None:
            await keep(ledger, _report(plans, await _foresee(viewer.account_id, count)))
    return _report(plans, ledger.revision)


async def _foresee(account_id: UUID, count: int) -> int | None:
    """The revision that the last of so many changes will have; locks the account's row as the ledger will."""
    if count == 0:
        return None
    account = await Account.filter(id=account_id).select_for_update(no_key=True).get()
    foreseen: int = account.revision + count
    return foreseen


async def _convert_apart(viewer: Viewer, order: Order, error: Exception) -> ConversionReport:
    leads = list(order.leads.items())
    if len(leads) == 1:
        logger.error("a lead could not be converted", exc_info=error, extra={"lead_id": str(leads[0][0])})
        return _unwritten(*leads[0])
    middle = len(leads) // 2
    one = await convert_order(viewer, replace(order, leads=dict(leads[:middle])))
    other = await convert_order(viewer, replace(order, leads=dict(leads[middle:])))
    revision = one.revision if other.revision is None else other.revision
    return ConversionReport(one.results + other.results, one.review + other.review, [], revision)


def _unwritten(lead_id: UUID, place: int) -> ConversionReport:
    message = "This lead could not be written as a deal, so it stays as it is: look at its values, or tell an admin."
    failed = UserError(ErrorCode.INVALID, message, ["leadIds", str(place)])
    return ConversionReport([LeadResult(lead_id, ConversionOutcome.FAILED, None, [failed])])
