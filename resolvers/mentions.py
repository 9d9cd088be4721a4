"""The users that notes and comments mention: `@[user_…]` in a body, the global id of a user of the account.

In tables they are named by their e-mail addresses, which mean the same in every account: `@[anna@example.com]`.
"""

import re
from collections.abc import Iterable, Mapping, Set
from typing import Any
from uuid import UUID

from models import changes
from models.changes import Subject
from models.notes import Comment, Mention, Note
from models.users import User
from resolvers import ids
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults

MOST_MENTIONS = 100

_MENTION = re.compile(r"@\[([a-z]+_[0-9a-fA-F]*)\]")
_ADDRESSED = re.compile(r"@\[([^\[\]\s@]+@[^\[\]\s@]+)\]")
Mentioned = dict[int, UUID]


def _read(body: str) -> dict[int, UUID | None]:
    """The users that a text mentions, by position; null for what is no id of one."""
    found = {match.start(): ids.decode(match[1]) for match in _MENTION.finditer(body)}
    if len(found) > MOST_MENTIONS:
        raise refuse(ErrorCode.TOO_MANY, f"A text mentions at most {MOST_MENTIONS} users.", "body")
    return {position: each[1] if each and each[0] == "User" else None for position, each in found.items()}


def among(body: str, users: Set[UUID]) -> Mentioned:
    """The users that a text mentions, by position; refuses each that is none of these."""
    faults, known = Faults(), {}
    for position, key in _read(body).items():
        with faults.noted():
            if key is None or key not in users:
                message = f"The mention at character {position + 1} names no user of this account."
                raise refuse(ErrorCode.INVALID, message, "body")
            known[position] = key
    faults.raise_any()
    return known


async def find(viewer: Viewer, body: str) -> Mentioned:
    """As `among`, the users of the viewer's account."""
    keys = [key for key in _read(body).values() if key]
    users = await User.filter(account_id=viewer.account_id, id__in=keys) if keys else []
    return among(body, {user.id for user in users})


async def keep(note: Note, comment: Comment | None, mentioned: Mentioned) -> list[dict[str, Any]]:
    """Keep the mentions of a text; answers them as the log has them, beside their text."""
    rows = [
        Mention(
            account_id=note.account_id,
            note_id=note.id,
            comment_id=comment.id if comment else None,
            user_id=user_id,
            position=position,
        )
        for position, user_id in mentioned.items()
    ]
    if rows:
        await Mention.bulk_create(rows)
    return [changes.snapshot(row) for row in rows]


async def added(note: Note, mentioned: Mentioned) -> Subject:
    """Keep the mentions of a note that was just made; its subject for the log."""
    return changes.added("note", changes.snapshot(note, mentions=await keep(note, None, mentioned)))


async def altered(before: Note, note: Note, mentioned: Mentioned) -> Subject:
    """Keep the mentions of a note that was just changed, and no others; its subject for the log, whole."""
    own = Mention.filter(note_id=note.id, comment_id=None)
    was = changes.snapshot(before, mentions=[changes.snapshot(row) for row in await own.order_by("position")])
    await own.delete()
    return Subject("note", str(note.id), was, changes.snapshot(note, mentions=await keep(note, None, mentioned)))


async def forget(note: Note) -> None:
    """Keep no mentions of a note that is about to be removed."""
    await Mention.filter(note_id=note.id).delete()


def still(body: str, users: Set[UUID]) -> Mentioned:
    """Those of these users that a text mentions which was kept already, whatever else is in it."""
    found = ((match.start(), ids.decode(match[1])) for match in _MENTION.finditer(body))
    return {position: each[1] for position, each in found if each and each[0] == "User" and each[1] in users}


def without(body: str) -> str:
    """A text without its mentions."""
    return _MENTION.sub(" ", body)


def by_ids(body: str, users: Mapping[str, UUID]) -> str:
    """A text whose mentions are by ids instead of e-mail addresses, where these are of users."""

    def named(match: re.Match[str]) -> str:
        key = users.get(match[1].lower())
        return match[0] if key is None else f"@[{ids.encode('User', key)}]"

    return _ADDRESSED.sub(named, body)


def by_addresses(body: str, users: Iterable[Mapping[str, str]]) -> str:
    """The reverse, for users of an answer, with their global ids and e-mail addresses."""
    addresses = {user["id"]: user["email"] for user in users}
    return _MENTION.sub(lambda match: f"@[{addresses[match[1]]}]" if match[1] in addresses else match[0], body)
