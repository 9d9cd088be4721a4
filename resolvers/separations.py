"""Contacts that look alike and are not the same: remembered, and not offered as duplicates again."""

from typing import Any, TypedDict
from uuid import UUID

from models import changes
from models.changes import ChangeKind
from resolvers import access, commands
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.merges import expect_contact


class ContactSeparating(TypedDict, total=False):
    """A contact, and others of its kind that it is to be kept separate from."""

    contact_id: str
    other_ids: list[str]
    client_mutation_id: str | None


async def keep_separate(viewer: Viewer, given: ContactSeparating) -> tuple[str, UUID]:
    """Remember that a contact is none of these others; who sees them may. A pair is kept once.

    From then on neither is offered as a duplicate of the other: not in the account's list, nor in
    the review of a conversion.
    """
    kind, key = expect_contact(given["contact_id"], "contactId")
    keys = commands.keys_of(kind.type_name, given["other_ids"], "otherIds")
    if key in keys:
        message = "This is the contact itself: give the ids of others."
        raise refuse(ErrorCode.INVALID, message, "otherIds", keys[key])
    async with commands.begin(viewer, given) as ledger:
        await access.find_one(viewer, kind.model, key, "contactId")
        await commands.lock_all(viewer, kind.model, keys, "otherIds")
        there = await kind.separations.filter(contact_id=key).values_list("other_id", flat=True)
        pairs = [pair for fresh in keys if fresh not in there for pair in ((key, fresh), (fresh, key))]
        common: Any = {"account_id": viewer.account_id}
        rows = [kind.separations(**common, contact_id=one, other_id=other) for one, other in pairs]
        await kind.separations.bulk_create(rows)
        if rows:
            subjects = [changes.added(f"{kind.noun}_separation", changes.snapshot(row)) for row in rows]
            ledger.record(ChangeKind.CONTACTS_SEPARATED, *subjects)
    return kind.type_name, key
