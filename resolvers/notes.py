"""Notes on leads and deals, and the comments on them. A body is plain text, with mentions in it."""

from typing import Any, TypedDict
from uuid import UUID

from models import changes
from models.changes import ChangeKind
from models.notes import Comment, Note
from resolvers import commands, ids, mentions, parents, text
from resolvers.access import Viewer
from resolvers.faults import Faults


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
    return text.fold(mentions.without(body))


async def add_note(viewer: Viewer, draft: NoteDraft) -> UUID:
    """Put a note on a lead or a deal the viewer sees; returns its key."""
    faults = Faults()
    with faults.noted():
        parent = parents.parent_id(draft)
    with faults.noted():
        body = text.text(draft.get("body"), "body")
    faults.raise_any()
    mentioned = await mentions.find(viewer, body)
    async with commands.begin(viewer, draft) as ledger:
        await parents.lock_parent(viewer, parent)
        written: dict[str, Any] = {"author_id": viewer.user_id, "body": body, "folded_body": fold_body(body)}
        note = await Note.create(account_id=viewer.account_id, **written, **parent.columns)
        ledger.record(ChangeKind.NOTE_ADDED, await mentions.added(note, mentioned))
    return note.id


async def add_comment(viewer: Viewer, draft: CommentDraft) -> UUID:
    """Put a comment on a note of a lead or deal the viewer sees; returns the key of the note."""
    faults = Faults()
    with faults.noted():
        key = ids.expect("Note", draft["note_id"], "noteId")
    with faults.noted():
        body = text.text(draft.get("body"), "body")
    faults.raise_any()
    mentioned = await mentions.find(viewer, body)
    async with commands.begin(viewer, draft) as ledger:
        note, _ = await parents.find_child(viewer, Note, key, "noteId")
        comment = await Comment.create(
            account_id=viewer.account_id, note_id=note.id, author_id=viewer.user_id, body=body
        )
        kept = await mentions.keep(note, comment, mentioned)
        subject = changes.added("comment", changes.snapshot(comment, mentions=kept))
        ledger.record(ChangeKind.COMMENT_ADDED, subject)
    return note.id
