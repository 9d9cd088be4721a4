"""Merging contacts: one survives, gets what it lacks and all that hung on the other; and taking that back."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypedDict
from uuid import UUID

from models import changes
from models.base import now
from models.changes import ChangeKind, Ledger, Subject
from models.contacts import Contact
from models.merges import Merge
from resolvers import access, commands, contact_keys, contact_kinds, contact_links, contacts, ids
from resolvers.access import Viewer
from resolvers.contact_kinds import KINDS, ContactKind
from resolvers.contact_links import Handed
from resolvers.errors import ErrorCode, refuse

UNDOABLE = timedelta(days=30)


class MergedField(StrEnum):
    """What the survivor may take from the contact merged into it, though it has its own."""

    NAME = "NAME"
    ORGANIZATION = "ORGANIZATION"
    DOMAIN = "DOMAIN"
    ADDRESS = "ADDRESS"


_COLUMNS = {
    MergedField.NAME: ("name", "folded_name"),
    MergedField.ORGANIZATION: ("organization_id",),
    MergedField.DOMAIN: ("domain",),
    MergedField.ADDRESS: ("address",),
}
# The lists that are united, and what tells their members apart.
_UNITED: Mapping[str, Callable[[str], str | None]] = {
    "emails": contact_keys.email_key,
    "phones": contact_keys.phone_key,
}


class ContactMerging(TypedDict, total=False):
    """Two contacts of one kind: the one that stays, and the one that is merged into it."""

    survivor_id: str
    merged_id: str
    take: list[MergedField] | None
    expected_version: int | None
    client_mutation_id: str | None


class MergeUndoing(TypedDict, total=False):
    """A merge to take back, by the contact that was merged."""

    merged_id: str
    client_mutation_id: str | None


async def merge_contacts(viewer: Viewer, merging: ContactMerging) -> tuple[str, UUID]:
    """Merge a contact into another of its kind; returns the survivor's type and key.

    The survivor keeps what it has, gets what it lacks (and what `take` names), and both their
    e-mails and phones. Everything that pointed to the other points to it, seen or not, and the
    other's id leads to it. Only the other's owner or an admin may, since it is gone afterwards.
    """
    kind, survivor_key, merged_key = _expect(merging)
    async with commands.begin(viewer, merging) as ledger:
        linked = await contacts.lock_linked(viewer, kind, survivor_key, merged_key)
        survivor, merged = await _lock_both(viewer, kind, survivor_key, merged_key)
        commands.check_version(survivor, merging)
        access.require_ownership(viewer, merged, "merge it into another", "mergedId")
        found = _united(survivor, merged, merging.get("take") or ())
        handed = await contact_links.hand_over(kind, merged.id, survivor.id)
        revised = await _revise(kind, survivor, found)
        removed = await _revise(kind, merged, {"removed_at": now(), "merged_into_id": survivor.id})
        merge = await _keep(viewer, kind, survivor, merged, handed, revised)
        kept = changes.added(f"{kind.noun}_merge", changes.snapshot(merge))
        _record(ledger, ChangeKind.CONTACTS_MERGED, handed, revised, removed, kept)
        await _tell(ledger, handed, linked, revised)
    return kind.type_name, survivor.id


def _expect(merging: ContactMerging) -> tuple[ContactKind[Any], UUID, UUID]:
    kind, survivor = expect_contact(merging["survivor_id"], "survivorId")
    merged = ids.expect(kind.type_name, merging["merged_id"], "mergedId")
    if merged == survivor:
        raise refuse(ErrorCode.INVALID, "This is the survivor itself: give the id of another contact.", "mergedId")
    return kind, survivor, merged


def expect_contact(global_id: str, *path: str | int) -> tuple[ContactKind[Any], UUID]:
    """The kind and key of a contact; refuses what is no id of a person or an organization."""
    decoded = ids.decode(global_id)
    kind = KINDS.get(decoded[0] if decoded else "")
    if decoded is None or kind is None:
        raise refuse(ErrorCode.INVALID, "This is not the id of a person or an organization.", *path)
    return kind, decoded[1]


async def _lock_both(viewer: Viewer, kind: ContactKind[Any], survivor: UUID, merged: UUID) -> tuple[Contact, Contact]:
    found = await access.find(viewer, kind.model, [survivor, merged], lock=True)
    for key, path in ((survivor, "survivorId"), (merged, "mergedId")):
        if key not in found:
            raise access.not_found(kind.type_name, path)
    return found[survivor], found[merged]


def _united(survivor: Contact, merged: Contact, take: Sequence[MergedField]) -> dict[str, Any]:
    """The survivor's columns after the merge: its own, gaps filled, what is taken, lists united."""
    taken = {column for each in take for column in _COLUMNS[each]}
    found: dict[str, Any] = {}
    for columns in _COLUMNS.values():
        for column in columns:
            given = getattr(merged, column, None)
            if given is not None and (column in taken or getattr(survivor, column) is None):
                found[column] = given
    for column, key_of in _UNITED.items():
        if hasattr(survivor, column):
            each = {key_of(value) or value: value for value in (*getattr(merged, column), *getattr(survivor, column))}
            own = [*getattr(survivor, column)]
            found[column] = own + [value for value in each.values() if value not in own]
            if len(found[column]) > contacts.MOST_ADDRESSES:
                message = f"Together they have more than {contacts.MOST_ADDRESSES} {column}: remove some first."
                raise refuse(ErrorCode.TOO_MANY, message, "mergedId")
    return found


async def _revise(kind: ContactKind[Any], contact: Contact, found: Mapping[str, Any]) -> Subject | None:
    revised = await commands.revise(kind.noun, contact, found)
    if revised is not None:
        await contact_kinds.replace_keys(kind, contact)
    return revised


async def _keep(
    viewer: Viewer, kind: ContactKind[Any], survivor: Contact, merged: Contact, handed: Handed, revised: Subject | None
) -> Merge:
    before, after = (revised.before or {}, revised.after or {}) if revised else ({}, {})
    kept = {name for name in (revised.changed if revised else ()) if name not in ("version", "updated_at")}
    return await kind.merges.create(
        account_id=viewer.account_id,
        survivor_id=survivor.id,
        merged_id=merged.id,
        by_id=viewer.user_id,
        handed=handed.rows,
        dropped=handed.dropped,
        changed={name: [before[name], after[name]] for name in sorted(kept)},
    )


def _record(ledger: Ledger, kind: ChangeKind, handed: Handed, *contacts_and_merge: Subject | None) -> None:
    ledger.record(kind, *(each for each in contacts_and_merge if each is not None), *handed.subjects)


async def _tell(ledger: Ledger, handed: Handed, linked: contacts.Linked, revised: Subject | None) -> None:
    """Boards and the inbox are told of each lead and deal that shows another contact now, or a changed one."""
    for told_as, subject in handed.told:
        ledger.record(told_as, subject)
    if revised is not None:
        told = {subject.id for _, subject in handed.told}
        await contacts.tell_linked(ledger, [each for each in linked if str(each[2].id) not in told], revised)


async def undo_merge(viewer: Viewer, undoing: MergeUndoing) -> tuple[str, UUID]:
    """Take a merge back within 30 days; returns the type and key of the contact that is there again.

    It gets back what it had, as far as that is still with the survivor; the survivor loses what it
    got from it, as far as nobody has changed that since. Only who may merge it may take it back.
    """
    kind, key = expect_contact(undoing["merged_id"], "mergedId")
    async with commands.begin(viewer, undoing) as ledger:
        merge = await _find_merge(viewer, kind, key)
        linked = await contacts.lock_linked(viewer, kind, merge.survivor_id)
        survivor, merged = await _lock_undone(viewer, kind, merge.survivor_id, key)
        handed = await contact_links.hand_back(kind, merge, survivor.id, merged.id)
        restored = await _revise(kind, merged, {"removed_at": None, "merged_into_id": None})
        revised = await _revise(kind, survivor, _without(survivor, merge.changed))
        _record(ledger, ChangeKind.MERGE_UNDONE, handed, revised, restored, await _mark_undone(kind, merge))
        await _tell(ledger, handed, linked, revised)
    return kind.type_name, merged.id


async def _find_merge(viewer: Viewer, kind: ContactKind[Any], merged: UUID) -> Merge:
    seen = kind.model.filter(access.visible(viewer), id=merged)
    merge = await kind.merges.get_or_none(merged_id=merged, undone_at=None) if await seen.exists() else None
    if merge is None:
        raise refuse(ErrorCode.NOT_FOUND, "This contact has no merge that could be undone.", "mergedId")
    if merge.at < now() - UNDOABLE:
        message = f"A merge can be undone for {UNDOABLE.days} days, and this one is older."
        raise refuse(ErrorCode.INVALID, message, "mergedId")
    return merge


async def _lock_undone(viewer: Viewer, kind: ContactKind[Any], survivor: UUID, merged: UUID) -> tuple[Contact, Contact]:
    rows: Any = kind.model.filter(access.visible(viewer), id__in=[survivor, merged]).order_by("id")
    found = {row.id: row for row in await rows.select_for_update()}
    if survivor not in found or found[survivor].removed_at is not None:
        message = "What this was merged into was merged itself, or you may not see it: undo that merge first."
        raise refuse(ErrorCode.INVALID, message, "mergedId")
    access.require_ownership(viewer, found[merged], "undo its merge", "mergedId")
    return found[survivor], found[merged]


def _without(survivor: Contact, changed: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """The survivor's columns without what a merge gave it; what was changed since stays as it is."""
    current, found = changes.snapshot(survivor), {}
    for name, (before, after) in changed.items():
        if isinstance(after, list):
            found[name] = [value for value in current[name] if value in before or value not in after]
        elif current[name] == after:
            found[name] = before
    return found


async def _mark_undone(kind: ContactKind[Any], merge: Merge) -> Subject:
    before = changes.snapshot(merge)
    merge.undone_at = now()
    await merge.save(update_fields=["undone_at"])
    return changes.altered(f"{kind.noun}_merge", before, changes.snapshot(merge))


async def merged_since(at: datetime, contact_ids: Sequence[UUID | None], rows: Sequence[UUID]) -> bool:
    """Whether one of these leads or deals got one of these contacts by a merge after that instant."""
    survivors, wanted = [key for key in contact_ids if key is not None], {str(key) for key in rows}
    for kind in KINDS.values():
        merges = await kind.merges.filter(survivor_id__in=survivors, at__gt=at, undone_at=None)
        if any(wanted & {key for each in merge.handed.values() for key in each} for merge in merges):
            return True
    return False
