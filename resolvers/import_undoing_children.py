"""Taking back what an import made and changed of notes and activities, and the labels that it made."""

from collections.abc import Sequence
from copy import copy
from typing import Any
from uuid import UUID

from models import changes
from models.changes import ChangeKind, Ledger, Subject
from models.deals import Deal
from models.imports import Import
from models.labels import DealLabel, Label, LeadLabel
from models.leads import Lead
from models.notes import Comment, Note
from models.users import User
from resolvers import mentions, parents
from resolvers.children import ChildKind
from resolvers.import_undoing_sales import kept_as_changed


async def undo_children(ledger: Ledger, job: Import, kind: ChildKind, subjects: Sequence[Subject]) -> None:
    """Remove the notes or activities that an import made, and give those it changed back what they were.

    What hangs on another lead or deal since stays, as does a note that somebody commented on.
    """
    rows = await kind.model.filter(account_id=job.account_id, id__in=[UUID(each.id) for each in subjects])
    on = {parent.key: parent for parent in map(parents.parent_of, rows)}
    for parent in sorted(on.values(), key=lambda parent: parent.key):
        records = parent.model.filter(id=parent.key, removed_at=None)
        record = await records.select_for_update().get_or_none()
        if record is not None:
            await _undo_on(ledger, kind, record, subjects)


async def _undo_on(ledger: Ledger, kind: ChildKind, record: Lead | Deal, subjects: Sequence[Subject]) -> None:
    column = "lead_id" if isinstance(record, Lead) else "deal_id"
    keys = [UUID(each.id) for each in subjects]
    there = {str(child.id): child for child in await kind.model.filter(id__in=keys, **{column: record.id})}
    commented = {str(each.note_id) for each in await Comment.filter(note_id__in=list(there))}
    altered: list[Subject] = []
    gone: list[Any] = []
    for subject in reversed([each for each in subjects if each.id in there]):
        child = there[subject.id]
        if subject.before is not None:
            altered += await _give_back(child, subject)
        elif subject.id not in commented and _is_as_made(child, subject):
            gone.append(child)
    following = await kind.follow(record, [child.id for child in gone])
    if altered:
        ledger.record(kind.updated, *altered, *([] if gone else following))
    if gone:
        removed = [await _remove(kind, child) for child in gone]
        ledger.record(kind.removed, *removed, *following)


async def _give_back(child: Any, subject: Subject) -> list[Subject]:
    before, found = copy(child), kept_as_changed(child, subject)
    if not found:
        return []
    child.update_from_dict(found)
    await child.save()
    if isinstance(child, Note):
        users = {user.id for user in await User.filter(account_id=child.account_id)}
        return [await mentions.altered(before, child, mentions.still(child.body, users))]
    return [Subject(subject.type, subject.id, changes.snapshot(before), changes.snapshot(child))]


def _is_as_made(child: Any, subject: Subject) -> bool:
    after = subject.after or {}
    return all(after.get(name) == value for name, value in changes.snapshot(child).items())


async def _remove(kind: ChildKind, child: Any) -> Subject:
    told = changes.removed(kind.noun, changes.snapshot(child))
    if isinstance(child, Note):
        await mentions.forget(child)
    await child.delete()
    return told


async def undo_labels(ledger: Ledger, job: Import, subjects: Sequence[Subject]) -> None:
    """Remove the labels that an import made, where they are as it made them and on nothing."""
    kept = Label.filter(account_id=job.account_id, id__in=[UUID(each.id) for each in subjects]).order_by("id")
    made = {each.id: each for each in subjects}
    for label in await kept.select_for_update():
        if _is_as_made(label, made[str(label.id)]) and not await _is_used(label):
            ledger.record(ChangeKind.LABEL_REMOVED, changes.removed("label", changes.snapshot(label)))
            await label.delete()


async def _is_used(label: Label) -> bool:
    on_lead = await LeadLabel.filter(label_id=label.id).exists()
    return on_lead or await DealLabel.filter(label_id=label.id).exists()
