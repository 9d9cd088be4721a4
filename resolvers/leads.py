"""What may be done with leads: made, changed, put aside and brought back, deleted."""

from collections.abc import Mapping, Sequence
from typing import TypedDict
from uuid import UUID

from models import changes
from models.base import now
from models.changes import ChangeKind
from models.conversions import WaitingConversion
from models.leads import Lead
from models.opportunities import OpportunitySource
from resolvers import access, capabilities, commands, idempotency, ids, labels, opportunities
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.opportunities import Columns, CreationDraft, OpportunityDraft, Read


class LeadDraft(CreationDraft, total=False):
    """A lead as a client gives it; the title is needed, and a person or an organization."""


class LeadPatch(OpportunityDraft, total=False):
    """What a client changes of a lead: the fields given, and no others."""

    id: str
    expected_version: int | None
    is_seen: bool | None


class LeadIds(TypedDict, total=False):
    """A list of leads to do the same with."""

    ids: list[str]
    client_mutation_id: str | None


async def _source(viewer: Viewer, given: OpportunitySource) -> Columns:
    return {"source": capabilities.allowed_source("Lead", given, "source")}


async def _is_seen(viewer: Viewer, given: bool | None) -> Columns:
    if given is None:
        raise refuse(ErrorCode.INVALID, "A lead is seen or not: give true or false.", "isSeen")
    return {"is_seen": given}


_CREATED: Mapping[str, Read] = {**opportunities.FIELDS, "source": _source}
_UPDATED: Mapping[str, Read] = {**opportunities.FIELDS, "is_seen": _is_seen}


async def create_lead(viewer: Viewer, draft: LeadDraft) -> UUID:
    """Put a lead into the inbox; it needs a title, and a person or an organization the viewer sees."""

    async def act() -> idempotency.Answer:
        return await _create(viewer, draft)

    answer = await idempotency.once(viewer, "create_lead", draft.get("idempotency_key"), draft, act)
    return UUID(answer["id"])


async def _create(viewer: Viewer, draft: LeadDraft) -> idempotency.Answer:
    found = await opportunities.new_columns(viewer, draft, _CREATED)
    require_contact(found.get("person_id"), found.get("organization_id"))
    label_ids = found.pop("label_ids")
    async with commands.begin(viewer, draft) as ledger:
        lead = await Lead.create(account_id=viewer.account_id, **found)
        await labels.put_labels("lead", viewer.account_id, lead.id, label_ids)
        ledger.record(ChangeKind.LEAD_ADDED, changes.added("lead", changes.snapshot(lead, label_ids=label_ids)))
        answer = {"id": str(lead.id)}
        await idempotency.remember(viewer, "create_lead", draft.get("idempotency_key"), draft, answer)
    return answer


def require_contact(person_id: UUID | None, organization_id: UUID | None) -> None:
    """Refuse a lead without a contact with LEAD_NEEDS_CONTACT."""
    if person_id is None and organization_id is None:
        message = "A lead needs a person or an organization: give personId or organizationId."
        raise refuse(ErrorCode.LEAD_NEEDS_CONTACT, message, "personId")


def require_unarchived(lead: Lead, *path: str | int) -> None:
    """Refuse what an archived lead does not allow with LEAD_ARCHIVED."""
    if lead.archived_at is not None:
        raise refuse(ErrorCode.LEAD_ARCHIVED, "This lead is archived: unarchive it first.", *path)


async def update_lead(viewer: Viewer, patch: LeadPatch) -> UUID:
    """Change the fields given. What changes nothing leaves no change behind."""
    key = ids.expect("Lead", patch["id"], "id")
    async with commands.begin(viewer, patch) as ledger:
        lead = await access.find_one(viewer, Lead, key, "id", lock=True)
        require_unarchived(lead, "id")
        commands.check_version(lead, patch)
        found = opportunities.with_custom(lead.custom, await opportunities.columns(viewer, patch, _UPDATED))
        opportunities.require_rights(viewer, lead, found)
        require_contact(found.get("person_id", lead.person_id), found.get("organization_id", lead.organization_id))
        revised = await opportunities.revise("lead", lead, found)
        if revised is not None:
            ledger.record(ChangeKind.LEAD_UPDATED, revised)
    return key


async def archive_leads(viewer: Viewer, given: LeadIds) -> list[UUID]:
    """Take leads out of the inbox, all or none; those that are archived already stay as they are."""
    keys = commands.keys_of("Lead", given["ids"], "ids")
    async with commands.begin(viewer, given) as ledger:
        leads = await commands.lock_all(viewer, Lead, keys, "ids")
        chosen = [lead for lead in leads if lead.archived_at is None]
        await _alter_all(ledger, ChangeKind.LEAD_ARCHIVED, chosen, {"archived_at": now()})
    return list(keys)


async def unarchive_leads(viewer: Viewer, given: LeadIds) -> list[UUID]:
    """Bring leads back into the inbox, all or none; those that are there already stay as they are."""
    keys = commands.keys_of("Lead", given["ids"], "ids")
    async with commands.begin(viewer, given) as ledger:
        leads = await commands.lock_all(viewer, Lead, keys, "ids")
        chosen = [lead for lead in leads if lead.archived_at is not None]
        await _alter_all(ledger, ChangeKind.LEAD_UNARCHIVED, chosen, {"archived_at": None})
    return list(keys)


async def delete_leads(viewer: Viewer, given: LeadIds) -> list[UUID]:
    """Delete leads, all or none; only their owners and admins may. They leave the waiting line too."""
    keys = commands.keys_of("Lead", given["ids"], "ids")
    async with commands.begin(viewer, given) as ledger:
        leads = await commands.lock_all(viewer, Lead, keys, "ids")
        commands.require_all_owned(viewer, leads, keys, "delete this lead", "ids")
        await leave_line(ledger, leads)
        await _alter_all(ledger, ChangeKind.LEAD_DELETED, leads, {"removed_at": now()})
    return list(keys)


async def leave_line(ledger: changes.Ledger, leads: Sequence[Lead]) -> None:
    """Take out of the line those that wait for a place."""
    waiting = {entry.lead_id for entry in await WaitingConversion.filter(lead_id__in=[lead.id for lead in leads])}
    await WaitingConversion.filter(lead_id__in=list(waiting)).delete()
    for lead in leads:
        if lead.id in waiting:
            same = changes.snapshot(lead)
            ledger.record(ChangeKind.WAITLIST_LEFT, changes.altered("lead", same, same))


async def _alter_all(ledger: changes.Ledger, kind: ChangeKind, leads: Sequence[Lead], alike: Columns) -> None:
    if leads:
        for revised in await opportunities.revise_all("lead", leads, alike):
            ledger.record(kind, revised)
