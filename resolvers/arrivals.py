"""What comes in from outside, by a form, a chat or a register: a lead, its contacts known or made, its note."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from models import changes
from models.base import new_id
from models.changes import ChangeKind, Ledger, Subject
from models.custom_fields import Values
from models.deals import Deal
from models.leads import Lead
from models.notes import Note
from models.opportunities import OpportunitySource
from models.pipelines import Stage
from resolvers import contacts
from resolvers.access import Viewer
from resolvers.import_contacts import ContactFinder, RowContacts, opportunity_columns
from resolvers.import_rows import LeadRow
from resolvers.notes import fold_body
from resolvers.opportunities import Columns


@dataclass(frozen=True)
class Arrival:
    """Who came: their contacts, what a lead or a deal of them has, and the text of a note on it."""

    contacts: RowContacts
    columns: Columns
    note: str | None


async def receive(
    viewer: Viewer, rows: Sequence[LeadRow], source: OpportunitySource, custom: Values | None = None
) -> list[Arrival]:
    """Who came, by rows: contacts matched as those of imports are, and written where they are new.

    What comes is the viewer's own. In a constant number of statements, in a write transaction.
    """
    found = await ContactFinder(viewer).find(rows, [viewer.user_id] * len(rows))
    await contacts.insert_organizations([each.organization for each in found if each.organization])
    await contacts.insert_people([each.person for each in found if each.person])
    return [
        Arrival(each, _columns(viewer, row, each, source) | {"custom": custom or {}}, row.note)
        for row, each in zip(rows, found, strict=True)
    ]


def _columns(viewer: Viewer, row: LeadRow, found: RowContacts, source: OpportunitySource) -> Columns:
    return {
        "account_id": viewer.account_id,
        "owner_id": viewer.user_id,
        "source": source,
        **opportunity_columns(row, found),
    }


async def write_leads(viewer: Viewer, ledger: Ledger, arrivals: Sequence[Arrival], **more: str) -> list[Lead]:
    """Put each into the inbox, one change each, in two statements."""
    leads = [Lead(**each.columns, **more) for each in arrivals]
    await Lead.bulk_create(leads)
    notes = [_note(viewer, each.note, lead_id=lead.id) for each, lead in zip(arrivals, leads, strict=True)]
    await Note.bulk_create([note for note in notes if note])
    for each, lead, note in zip(arrivals, leads, notes, strict=True):
        made = changes.added("lead", changes.snapshot(lead, label_ids=[]))
        ledger.record(ChangeKind.LEAD_ADDED, *_made(each.contacts), made, *_noted(note))
    return leads


async def write_deal(viewer: Viewer, ledger: Ledger, arrival: Arrival, stage: Stage) -> Deal:
    """Open a deal in a stage, whose place under the plan is taken already."""
    deal = await Deal.create(**arrival.columns, pipeline_id=stage.pipeline_id, stage_id=stage.id)
    note = _note(viewer, arrival.note, deal_id=deal.id)
    await Note.bulk_create([note] if note else [])
    made = changes.added("deal", changes.snapshot(deal, label_ids=[]))
    ledger.record(ChangeKind.DEAL_ADDED, *_made(arrival.contacts), made, *_noted(note))
    return deal


def _made(found: RowContacts) -> list[Subject]:
    made = (("organization", found.organization), ("person", found.person))
    return [changes.added(noun, changes.snapshot(row)) for noun, row in made if row is not None]


def _note(viewer: Viewer, body: str | None, **parent: UUID) -> Note | None:
    if body is None:
        return None
    said = {"body": body, "folded_body": fold_body(body)}
    return Note(id=new_id(), account_id=viewer.account_id, author_id=viewer.user_id, **said, **parent)


def _noted(note: Note | None) -> list[Subject]:
    return [] if note is None else [changes.added("note", changes.snapshot(note))]
