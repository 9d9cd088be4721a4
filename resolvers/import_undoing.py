"""Taking an import back as a unit: what it made is gone again, what it changed is as it was before."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypedDict
from uuid import UUID

from models import changes
from models.base import Record, now
from models.changes import Change, ChangeKind, Ledger, Subject, Values
from models.contacts import Organization, Person
from models.deals import VALUE, Deal, DealStatus, has_lines
from models.import_kinds import ImportKind
from models.imports import Import, ImportStatus
from models.invoices import Invoice
from models.leads import Lead
from models.ways import Way
from resolvers import commands, contact_kinds, ids, opportunities, usage
from resolvers.access import Viewer
from resolvers.children import ACTIVITY, NOTE
from resolvers.contact_kinds import KINDS, ContactKind
from resolvers.contact_links import LINKS
from resolvers.errors import ErrorCode, refuse
from resolvers.import_undoing_children import undo_children, undo_labels
from resolvers.import_undoing_sales import as_column, undo_products, undo_sales
from resolvers.imports import find_import
from resolvers.labels import Kind
from resolvers.sales import PARTS

UNDOABLE = timedelta(days=30)
_MODELS: Mapping[str, type[Record]] = {"lead": Lead, "deal": Deal, "person": Person, "organization": Organization}
_DELETED: Mapping[Kind, ChangeKind] = {"lead": ChangeKind.LEAD_DELETED, "deal": ChangeKind.DEAL_DELETED}
_PAGE = 500
_MOVED = frozenset({"version", "updated_at", "formulas"})  # by every write, or worked out after it
# Worked out of a deal's lines, and of the activities of leads and deals.
_DERIVED = frozenset(
    {"mrr_minor", "arr_minor", "acv_minor", "next_activity_id", "next_activity_at", "last_activity_at"}
)
_CHILDREN = {ImportKind.NOTES: NOTE, ImportKind.ACTIVITIES: ACTIVITY}
_BESIDE = {*PARTS, "label", *(kind.noun for kind in _CHILDREN.values())}
Made = dict[UUID, Values]


@dataclass
class Told:
    """What the log tells of an import.

    `made` has the rows that it made, by noun; `updated` the subjects of those it changed, in order, `catalogue`
    those of products by change, and `beside` those of all else, made or changed: of parts of deals, of notes,
    activities and labels.
    """

    made: dict[str, Made] = field(default_factory=dict)
    updated: list[Subject] = field(default_factory=list)
    catalogue: list[list[Subject]] = field(default_factory=list)
    beside: list[Subject] = field(default_factory=list)

    def of(self, noun: str) -> list[Subject]:
        """The subjects beside records of one noun, in order."""
        return [each for each in self.beside if each.type == noun]


class ImportUndoing(TypedDict, total=False):
    """An import to take back."""

    id: str
    client_mutation_id: str | None


async def undo_import(viewer: Viewer, undoing: ImportUndoing) -> UUID:
    """Take an import back within 30 days, in one transaction; returns the import.

    Leads and deals that it made are deleted, and people and organizations on which nothing else
    hangs; what it updated gets back its values. What anybody has changed since stays as it is. The
    same file can be imported again afterwards. Labels that it made and that are on nothing go too.
    """
    key = ids.expect("Import", undoing["id"], "id")
    job = await find_import(viewer, key, "id")
    _require_undoable(job)
    told = await _told_of(job)
    async with commands.begin(viewer, undoing) as ledger:
        freed = 0
        for kind in PARTS.values():
            await undo_sales(ledger, job, kind, told.of(kind.noun))
        for import_kind, child_kind in _CHILDREN.items():
            if job.kind is import_kind:  # the notes that came with leads stay with them, or go with them
                await undo_children(ledger, job, child_kind, told.of(child_kind.noun))
        for subject in reversed(told.updated):
            await _restore(ledger, job, subject)
        for noun in _DELETED:
            freed += await _delete(ledger, job, noun, told.made.get(noun, {}))
        for contact in KINDS.values():  # people before the organizations they may be of
            await _remove(ledger, job, contact, told.made.get(contact.noun, {}))
        await undo_products(ledger, job, told.catalogue)
        await undo_labels(ledger, job, told.of("label"))
        await _mark_undone(ledger, job)
        await usage.free_places(job.account_id, freed)
    if freed:
        await usage.admit_waiting(job.account_id)
    return key


def _require_undoable(job: Import) -> None:
    if job.status not in (ImportStatus.COMPLETED, ImportStatus.FAILED) or job.is_dry_run:
        raise refuse(ErrorCode.INVALID, "Only an import that has ended, and was no dry run, can be undone.", "id")
    if job.undone_at is not None:
        raise refuse(ErrorCode.INVALID, "This import was undone already.", "id")
    if (job.finished_at or job.created_at) < now() - UNDOABLE:
        raise refuse(ErrorCode.INVALID, f"An import can be undone for {UNDOABLE.days} days, and this is older.", "id")


async def _told_of(job: Import) -> Told:
    told = Told()
    async for change in _changes_of(job):
        subjects = [Subject(**each) for each in change.subjects]
        if any(each.type == "product" for each in subjects):
            told.catalogue.append(subjects)
        told.beside += [each for each in subjects if each.type in _BESIDE]
        for subject in (each for each in subjects if each.type in _MODELS):
            if subject.before is None:
                told.made.setdefault(subject.type, {})[UUID(subject.id)] = subject.after or {}
            elif subject.changed:
                told.updated.append(subject)
    return told


async def _changes_of(job: Import) -> AsyncIterator[Change]:
    of_it = Change.filter(account_id=job.account_id, way=Way.IMPORT, client_mutation_id=ids.encode("Import", job.id))
    revision = 0
    while page := await of_it.filter(revision__gt=revision).order_by("revision").limit(_PAGE):
        for change in page:
            yield change
        revision = page[-1].revision


async def _lock(job: Import, noun: str, made: Made) -> list[Any]:
    """The rows of these that are as the import made them, locked."""
    model: Any = _MODELS[noun]
    rows = model.filter(id__in=list(made), account_id=job.account_id, removed_at=None).order_by("id")
    return [row for row in await rows.select_for_update() if _is_as_made(row, made[row.id])]


def _is_as_made(row: Any, after: Values) -> bool:
    columns = changes.snapshot(row)
    return all(columns[name] == after.get(name) for name in columns if name not in _MOVED)


async def _delete(ledger: Ledger, job: Import, noun: Kind, made: Made) -> int:
    """Delete leads or deals; answers how many places that frees."""
    rows = await _lock(job, noun, made)
    if noun == "deal":
        invoiced = set(await Invoice.filter(deal_id__in=list(made)).values_list("deal_id", flat=True))
        rows = [row for row in rows if row.id not in invoiced]
    if not rows:
        return 0
    freed = sum(noun == "deal" and row.status is DealStatus.OPEN for row in rows)
    gone: dict[str, Any] = {"removed_at": now(), "import_key": None}
    for revised in await opportunities.revise_all(noun, rows, gone, unlabelled=True):
        ledger.record(_DELETED[noun], revised)
    return freed


async def _remove(ledger: Ledger, job: Import, kind: ContactKind[Any], made: Made) -> None:
    """Remove contacts that nothing which is still there points to."""
    for contact in await _lock(job, kind.noun, made):
        if not await _is_pointed_to(kind.type_name, contact.id):
            revised = await commands.revise(kind.noun, contact, {"removed_at": now(), "import_key": None})
            await contact_kinds.replace_keys(kind, contact)
            if revised is not None:
                ledger.record(kind.updated, revised)


async def _is_pointed_to(type_name: Any, contact: UUID) -> bool:
    for link in LINKS[type_name]:
        keys = await link.find(contact)
        alive = link.model.filter(id__in=list(keys))
        if "removed_at" in link.model._meta.fields_map:
            alive = alive.filter(removed_at=None)
        if keys and await alive.exists():
            return True
    return False


async def _restore(ledger: Ledger, job: Import, subject: Subject) -> None:
    """Give a row back what it had before, where it still has what the import gave it."""
    rows: Any = _MODELS[subject.type].filter(id=UUID(subject.id), account_id=job.account_id)
    row = await rows.select_for_update().get_or_none()
    if row is None or row.removed_at is not None:
        return
    before, after = subject.before or {}, subject.after or {}
    noun: Kind | None = "lead" if subject.type == "lead" else "deal" if subject.type == "deal" else None
    label_ids = await opportunities.parent_label_ids(noun, row.id) if noun else []
    current = changes.snapshot(row, label_ids=label_ids)
    names = subject.changed - _MOVED - _DERIVED
    if noun == "deal" and has_lines(row):
        names -= set(VALUE)  # it is what the lines come to
    kept = {name: before[name] for name in names if name in current and current[name] == after[name]}
    found = {name: _as_column(row, name, value) for name, value in kept.items()}
    if not found:
        return
    if noun:
        revised = await opportunities.revise(noun, row, found)
        updated = ChangeKind.LEAD_UPDATED if noun == "lead" else ChangeKind.DEAL_UPDATED
    else:
        kind = next(each for each in KINDS.values() if each.noun == subject.type)
        revised, updated = await commands.revise(subject.type, row, found), kind.updated
        await contact_kinds.replace_keys(kind, row)
    if revised is not None:
        ledger.record(updated, revised)


def _as_column(row: Any, name: str, value: Any) -> Any:
    """What the log has of a column, as the row has it."""
    if name == "label_ids":
        return [UUID(each) for each in value]
    return as_column(row, name, value)


async def _mark_undone(ledger: Ledger, job: Import) -> None:
    if not await Import.filter(id=job.id, undone_at=None).update(undone_at=now()):
        raise refuse(ErrorCode.INVALID, "This import was undone already.", "id")
    before = changes.snapshot(job)
    await job.refresh_from_db()
    ledger.record(ChangeKind.IMPORT_PROGRESSED, changes.altered("import", before, changes.snapshot(job)))
