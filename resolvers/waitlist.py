"""The line of leads that wait for a place under the plan: first come, first admitted."""

import logging
from typing import Any
from uuid import UUID

from models import changes
from models.changes import ChangeKind, Ledger
from models.conversions import WaitingConversion
from models.leads import Lead
from models.pipelines import Stage
from models.ways import Way
from resolvers import access, commands, conversions, pipelines, usage
from resolvers.access import Viewer
from resolvers.contact_links import successors
from resolvers.conversion_reports import ConversionOutcome, LeadResult
from resolvers.conversion_requests import DuplicateContactsPolicy, OnError, Order
from resolvers.errors import ErrorCode
from resolvers.leads import LeadIds, leave_line

logger = logging.getLogger(__name__)


async def admit_waiting(account_id: UUID) -> int:
    """Convert waiting leads, oldest first, while places are free; returns how many.

    Each is converted in a transaction of its own, for the user who asked, as was decided then. One
    that can no longer be converted leaves the line. To be called after the commit that freed a
    place, not inside it; several at once do no harm.
    """
    admitted = 0
    while (entry := await _first_in_line(account_id)) is not None:
        result = await _admit(entry)
        if result is not None and _has_no_place(result):
            break
        if result is not None and result.outcome is ConversionOutcome.CONVERTED:
            admitted += 1
        else:
            await _leave_line(entry, result)
    return admitted


async def admit_everywhere() -> None:
    """Admit in every account that has a line. For the start of a server: a place may be free since none ran."""
    for account_id in await WaitingConversion.all().distinct().values_list("account_id", flat=True):
        await usage.admit_waiting(account_id)  # type: ignore[arg-type]


async def stand_in_line(viewer: Viewer, ledger: Ledger, lead: Lead, stage: Stage) -> None:
    """Put a new lead in line for a place in a stage, to be converted as it is for this viewer."""
    request: dict[str, Any] = {"stage_id": str(stage.id), "owner_id": None, "contacts": {}}
    request |= {"unarchive": False, "client_mutation_id": None}
    await WaitingConversion.create(
        account_id=lead.account_id, lead_id=lead.id, requested_by_id=viewer.user_id, request=request
    )
    same = changes.snapshot(lead)
    ledger.record(ChangeKind.LEAD_WAITLISTED, changes.altered("lead", same, same))


async def leave_waitlist(viewer: Viewer, given: LeadIds) -> list[UUID]:
    """Take leads out of the line, all or none; only their owners and admins may. Those not in it stay as they are."""
    keys = commands.keys_of("Lead", given["ids"], "ids")
    async with commands.begin(viewer, given) as ledger:
        leads = await commands.lock_all(viewer, Lead, keys, "ids")
        commands.require_all_owned(viewer, leads, keys, "take this lead out of the line", "ids")
        await leave_line(ledger, leads)
    return list(keys)


async def _first_in_line(account_id: UUID) -> WaitingConversion | None:
    return await WaitingConversion.filter(account_id=account_id).order_by("id").first()


async def _admit(entry: WaitingConversion) -> LeadResult | None:
    """The outcome for one lead; null where who asked or the stage is no longer there."""
    viewer = await access.load_viewer(entry.account_id, entry.requested_by_id, way=Way.SYSTEM)
    order = None if viewer is None else await _order(viewer, entry)
    if viewer is None or order is None:
        return None
    return (await conversions.convert_order(viewer, order)).results[0]


async def _order(viewer: Viewer, entry: WaitingConversion) -> Order | None:
    decided = entry.request
    stage = await Stage.get_or_none(id=decided["stage_id"], account_id=viewer.account_id)
    if stage is None:
        return None
    owner_id = decided["owner_id"]
    contacts = {UUID(contact): UUID(used) for contact, used in decided["contacts"].items()}
    now = await successors({*contacts, *contacts.values()})
    return Order(
        {entry.lead_id: 0},
        stage,
        await pipelines.find_requirements(stage),
        None if owner_id is None else UUID(owner_id),
        DuplicateContactsPolicy.KEEP,
        {now.get(contact, contact): now.get(used, used) for contact, used in contacts.items()},
        on_error=OnError.SKIP,
        unarchive=decided["unarchive"],
        client_mutation_id=decided["client_mutation_id"],
    )


def _has_no_place(result: LeadResult) -> bool:
    return [error.code for error in result.errors] == [ErrorCode.OPEN_DEAL_LIMIT]


async def _leave_line(entry: WaitingConversion, result: LeadResult | None) -> None:
    reason = "nobody to convert it for" if result is None else result.outcome.value
    logger.info("a lead left the line", extra={"lead_id": str(entry.lead_id), "reason": reason})
    async with changes.write(entry.account_id, None, way=Way.SYSTEM) as ledger:
        lead = await Lead.filter(id=entry.lead_id).select_for_update().first()
        await leave_line(ledger, [lead] if lead else [])
        await WaitingConversion.filter(id=entry.id).delete()
