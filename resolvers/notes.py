"""Notes on leads and deals, the comments on them, and the users that either mentions.

A body is plain text. A mention in it is `@[user_…]`, the global id of a user of the account.
"""

import re
from typing import Any, TypedDict
from uuid import UUID

from models import changes
from models.changes import ChangeKind
from models.notes import Comment, Mention, Note
from models.users import User
from resolvers import commands, ids, parents, text
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults

MOST_MENTIONS = 100

_MENTION = re.compile(r"@\[([a-z]+_[0-9a-fA-F]*)\]")


class NoteDraft(TypedDict, total=False):
    """A note as a client gives it, on exactly one lead or deal."""

    lead_id: str | None
    deal_id: str | None
    body: str
    client_mutation_id: str | None


class CommentDraft(TypedDict, total=False):
    """A comment as a client gives it."""

    note_id: str
    body: str
    client_mutation_id: str | None


def fold_body(body: str) -> str:
    """What a search looks into: the text as people read it, folded, without the ids of who is mentioned."""
    return text.fold(_MENTION.sub(" ", body))


async def add_note(viewer: Viewer, draft: NoteDraft) -> UUID:
    """Put a note on a lead or a deal the viewer sees; returns its key."""
    faults = Faults()
    with faults.noted():
        parent = parents.parent_id(draft)
    with faults.noted():
        body = text.text(draft.get("body"), "body")
    faults.raise_any()
    mentioned = await _mentioned(viewer, body)
    async with commands.begin(viewer, draft) as ledger:
        await parents.lock_parent(viewer, parent)
        written: dict[str, Any] = {"author_id": viewer.user_id, "body": body, "folded_body": fold_body(body)}
        note = await Note.create(account_id=viewer.account_id, **written, **parent.columns)
        mentions = await _mention(note, None, mentioned)
        ledger.record(ChangeKind.NOTE_ADDED, changes.added("note", changes.snapshot(note, mentions=mentions)))
    return note.id


async def add_comment(viewer: Viewer, draft: CommentDraft) -> UUID:
    """Put a comment on a note of a lead or deal the viewer sees; returns the key of the note."""
    faults = Faults()
    with faults.noted():
        key = ids.expect("Note", draft["note_id"], "noteId")
    with faults.noted():
        body = text.text(draft.get("body"), "body")
    faults.raise_any()
    mentioned = await _mentioned(viewer, body)
    async with commands.begin(viewer, draft) as ledger:
        note, _ = await parents.find_child(viewer, Note, key, "noteId")
        comment = await Comment.create(
            account_id=viewer.account_id, note_id=note.id, author_id=viewer.user_id, body=body
        )
        mentions = await _mention(note, comment, mentioned)
        subject = changes.added("comment", changes.snapshot(comment, mentions=mentions))
        ledger.record(ChangeKind.COMMENT_ADDED, subject)
    return note.id


async def _mentioned(viewer: Viewer, body: str) -> dict[int, UUID]:
    """The users that a text mentions, by position; refuses each that is no user of the account."""
    found = {match.start(): match[1] for match in _MENTION.finditer(body)}
    if len(found) > MOST_MENTIONS:
        raise refuse(ErrorCode.TOO_MANY, f"A text mentions at most {MOST_MENTIONS} users.", "body")
    decoded = {position: ids.decode(each) for position, each in found.items()}
    keys = {position: each[1] for position, each in decoded.items() if each and each[0] == "User"}
    known = User.filter(account_id=viewer.account_id, id__in=list(keys.values()))
    users = {user.id for user in await known} if keys else set()
    faults = Faults()
    for position in found:
        with faults.noted():
            if keys.get(position) not in users:
                message = f"The mention at character {position + 1} names no user of this account."
                raise refuse(ErrorCode.INVALID, message, "body")
    faults.raise_any()
    return keys


async def _mention(note: Note, comment: Comment | None, mentioned: dict[int, UUID]) -> list[dict[str, Any]]:
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
