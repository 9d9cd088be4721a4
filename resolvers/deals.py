"""What may be done with deals: made, changed, moved, won, lost, reopened, deleted."""

from collections.abc import Mapping
from typing import Any, TypedDict
from uuid import UUID

from models import changes
from models.base import now
from models.changes import ChangeKind
from models.deals import VALUE, Deal, DealStatus, has_lines
from models.invoices import Invoice, InvoiceStatus
from models.opportunities import OpportunitySource
from models.pipelines import Stage
from resolvers import access, capabilities, commands, idempotency, ids, labels, opportunities, pipelines, text, usage
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults
from resolvers.opportunities import Columns, CreationDraft, OpportunityDraft, Read

REASON_LENGTH = 1000


class DealDraft(CreationDraft, total=False):
    """A deal as a client gives it; the title and the stage are needed."""

    stage_id: str
    probability: int | None


class DealPatch(OpportunityDraft, total=False):
    """What a client changes of a deal: the fields given, and no others."""

    id: str
    expected_version: int | None
    probability: int | None


class DealMove(TypedDict, total=False):
    """A deal and the stage it goes to."""

    id: str
    stage_id: str
    expected_version: int | None
    client_mutation_id: str | None


class DealClosing(TypedDict, total=False):
    """A deal to win, lose or reopen; a reason only where it is lost."""

    id: str
    expected_version: int | None
    lost_reason: str | None
    client_mutation_id: str | None


class DealIds(TypedDict, total=False):
    """A list of deals to do the same with."""

    ids: list[str]
    client_mutation_id: str | None


async def _source(viewer: Viewer, given: OpportunitySource) -> Columns:
    return {"source": capabilities.allowed_source("Deal", given, "source")}


async def _probability(viewer: Viewer, given: int | None) -> Columns:
    if given is not None and not 0 <= given <= 100:
        raise refuse(ErrorCode.INVALID, "A probability is a percentage from 0 to 100.", "probability")
    return {"probability": given}


_UPDATED: Mapping[str, Read] = {**opportunities.FIELDS, "probability": _probability}
_CREATED: Mapping[str, Read] = {**_UPDATED, "source": _source}


async def create_deal(viewer: Viewer, draft: DealDraft) -> UUID:
    """Open a deal in a stage, where the plan has a place and the deal has what the stage requires."""

    async def act() -> idempotency.Answer:
        return await _create(viewer, draft)

    answer = await idempotency.once(viewer, "create_deal", draft.get("idempotency_key"), draft, act)
    return UUID(answer["id"])


async def _create(viewer: Viewer, draft: DealDraft) -> idempotency.Answer:
    faults = Faults()
    with faults.noted():
        found = await opportunities.new_columns(viewer, draft, _CREATED)
    with faults.noted():
        stage = await pipelines.find_stage(viewer, draft["stage_id"], "stageId")
    faults.raise_any()
    (await pipelines.find_requirements(stage)).require(found, "stageId")
    label_ids = found.pop("label_ids")
    async with commands.begin(viewer, draft) as ledger:
        deal = await Deal.create(
            account_id=viewer.account_id, pipeline_id=stage.pipeline_id, stage_id=stage.id, **found
        )
        await labels.put_labels("deal", viewer.account_id, deal.id, label_ids)
        ledger.record(ChangeKind.DEAL_ADDED, changes.added("deal", changes.snapshot(deal, label_ids=label_ids)))
        answer = {"id": str(deal.id)}
        await idempotency.remember(viewer, "create_deal", draft.get("idempotency_key"), draft, answer)
        await usage.require_place(viewer.account_id)
    return answer


async def update_deal(viewer: Viewer, patch: DealPatch) -> UUID:
    """Change the fields given, but never empty one that its stage requires."""
    async with commands.begin(viewer, patch) as ledger:
        deal = await _lock(viewer, patch)
        found = opportunities.with_custom(deal.custom, await opportunities.columns(viewer, patch, _UPDATED))
        opportunities.require_rights(viewer, deal, found)
        _require_own_value(deal, found)
        await _require_kept(deal, found)
        revised = await opportunities.revise("deal", deal, found)
        if revised is not None:
            ledger.record(ChangeKind.DEAL_UPDATED, revised)
    return deal.id


async def _lock(viewer: Viewer, given: Mapping[str, Any]) -> Deal:
    key = ids.expect("Deal", given["id"], "id")
    deal = await access.find_one(viewer, Deal, key, "id", lock=True)
    commands.check_version(deal, given)
    return deal


def _require_own_value(deal: Deal, found: Columns) -> None:
    """Refuse another value for a deal whose value is that of its lines."""
    if has_lines(deal) and any(found.get(name, getattr(deal, name)) != getattr(deal, name) for name in VALUE):
        message = "This deal's value is what its products come to: change those, or remove them first."
        raise refuse(ErrorCode.VALUE_IS_COMPUTED, message, "value")


async def _require_kept(deal: Deal, found: Columns) -> None:
    """Refuse to take from a deal what its stage requires; what it never had may stay missing."""
    if None in found.values() or "custom" in found:
        requirements = await pipelines.find_requirements(await Stage.get(id=deal.stage_id))
        before = _requirable(deal)
        lacked = requirements.missing(before)
        requirements.refuse_without([name for name in requirements.missing(before | found) if name not in lacked])


def _requirable(deal: Deal) -> Columns:
    return {name: getattr(deal, name) for name in (*pipelines.COLUMNS.values(), "custom")}


async def move_deal(viewer: Viewer, move: DealMove) -> UUID:
    """Put a deal into a stage of any pipeline of the account. Into its own stage is no change."""
    async with commands.begin(viewer, move) as ledger:
        deal = await _lock(viewer, move)
        stage = await pipelines.find_stage(viewer, move["stage_id"], "stageId")
        if stage.id != deal.stage_id:
            (await pipelines.find_requirements(stage)).require(_requirable(deal), "stageId")
            moved = {"stage_id": stage.id, "pipeline_id": stage.pipeline_id, "stage_entered_at": now()}
            await _record(ledger, ChangeKind.DEAL_MOVED, deal, moved)
    return deal.id


async def _record(ledger: changes.Ledger, kind: ChangeKind, deal: Deal, found: Columns) -> None:
    revised = await opportunities.revise("deal", deal, found)
    if revised is not None:
        ledger.record(kind, revised)


async def win_deal(viewer: Viewer, closing: DealClosing) -> UUID:
    """Close a deal as won; a lost one too. Winning a won deal is no change."""
    _refuse_reason(closing)
    async with commands.begin(viewer, closing) as ledger:
        deal = await _lock(viewer, closing)
        was_open = await _close(ledger, deal, DealStatus.WON, None)
    if was_open:
        await usage.admit_waiting(viewer.account_id)
    return deal.id


async def lose_deal(viewer: Viewer, closing: DealClosing) -> UUID:
    """Close a deal as lost, a won one too, and keep the reason; for a lost one a new reason is kept."""
    reason = text.optional_line(closing.get("lost_reason"), "lostReason", length=REASON_LENGTH)
    async with commands.begin(viewer, closing) as ledger:
        deal = await _lock(viewer, closing)
        if deal.status is DealStatus.LOST:
            kept = reason or deal.lost_reason
            await _record(ledger, ChangeKind.DEAL_UPDATED, deal, {"lost_reason": kept})
            return deal.id
        was_open = await _close(ledger, deal, DealStatus.LOST, reason)
    if was_open:
        await usage.admit_waiting(viewer.account_id)
    return deal.id


async def _close(ledger: changes.Ledger, deal: Deal, status: DealStatus, reason: str | None) -> bool:
    """Close a locked deal that is not so already; answers whether that has freed a place."""
    if deal.status is status:
        return False
    was_open = deal.status is DealStatus.OPEN
    closed = {"status": status, "closed_at": now(), "lost_reason": reason}
    await _record(ledger, ChangeKind.DEAL_CLOSED, deal, closed)
    if was_open:
        await usage.free_places(deal.account_id, 1)
    return was_open


async def reopen_deal(viewer: Viewer, closing: DealClosing) -> UUID:
    """Open a won or lost deal again, where the plan has a place. Of an open one it is no change."""
    _refuse_reason(closing)
    async with commands.begin(viewer, closing) as ledger:
        deal = await _lock(viewer, closing)
        if deal.status is not DealStatus.OPEN:
            opened = {"status": DealStatus.OPEN, "closed_at": None, "lost_reason": None}
            await _record(ledger, ChangeKind.DEAL_REOPENED, deal, opened)
            await usage.require_place(viewer.account_id)
    return deal.id


def _refuse_reason(closing: DealClosing) -> None:
    if closing.get("lost_reason") is not None:
        raise refuse(ErrorCode.INVALID, "Only a lost deal has this: leave it out, or use loseDeal.", "lostReason")


async def delete_deals(viewer: Viewer, given: DealIds) -> list[UUID]:
    """Delete deals, all or none, and free the places of the open ones.

    Only their owners and admins may, and none with an invoice that is not void.
    """
    keys = commands.keys_of("Deal", given["ids"], "ids")
    async with commands.begin(viewer, given) as ledger:
        deals = await commands.lock_all(viewer, Deal, keys, "ids")
        commands.require_all_owned(viewer, deals, keys, "delete this deal", "ids")
        await _refuse_invoiced(keys)
        freed = sum(deal.status is DealStatus.OPEN for deal in deals)
        for revised in await opportunities.revise_all("deal", deals, {"removed_at": now()}):
            ledger.record(ChangeKind.DEAL_DELETED, revised)
        await usage.free_places(viewer.account_id, freed)
    if freed:
        await usage.admit_waiting(viewer.account_id)
    return list(keys)


async def _refuse_invoiced(keys: Mapping[UUID, int]) -> None:
    standing = Invoice.filter(deal_id__in=list(keys)).exclude(status=InvoiceStatus.VOID)
    invoiced = {invoice.deal_id for invoice in await standing}
    faults = Faults()
    for key, place in keys.items():
        with faults.noted():
            if key in invoiced:
                message = "This deal has an invoice: void it first, then delete the deal."
                raise refuse(ErrorCode.HAS_INVOICE, message, "ids", place)
    faults.raise_any()
