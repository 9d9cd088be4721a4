"""Notes, and the comments on them."""

from datetime import datetime
from typing import Any

import strawberry

from resolvers import notes
from resolvers.access import Viewer
from resolvers.reads.declare import Connection, Many, One, Term
from resolvers.reads.run import Ref
from schema.common import Node, PageInfo, User, UserError
from schema.declaring import Answer, command, identifies, reads, shows

_BY_TIME = {"CREATED_AT": (Term("{a}.created_at", "instant"),)}
_BY_NAME = (Term("{a}.name"),)
NOTES_OF_LEAD = Connection("Note", column="lead_id", orders=_BY_TIME)
NOTES_OF_DEAL = Connection("Note", column="deal_id", orders=_BY_TIME)
_IN_NOTE = "(SELECT DISTINCT note_id, user_id FROM mentions WHERE comment_id IS NULL)"
_IN_COMMENT = "(SELECT DISTINCT comment_id, user_id FROM mentions)"


@strawberry.type(description="A reply that hangs on a note and moves with it.")
class Comment(Node):
    """A comment."""

    id: strawberry.ID = identifies("Comment")
    body: str = shows("body")
    author: User = reads(One("User", "author_id"))
    mentions: list[User] = reads(Many("User", through=(_IN_COMMENT, "comment_id", "user_id"), order=_BY_NAME))
    created_at: datetime = shows("created_at", "instant")


@strawberry.type(description="A text on a lead or a deal. It mentions users as `@[user id]`.")
class Note(Node):
    """A note."""

    id: strawberry.ID = identifies("Note")
    body: str = shows("body")
    author: User = reads(One("User", "author_id"))
    mentions: list[User] = reads(Many("User", through=(_IN_NOTE, "note_id", "user_id"), order=_BY_NAME))
    comments: list[Comment] = reads(Many("Comment", column="note_id", order=(Term("{a}.created_at"),)))
    created_at: datetime = shows("created_at", "instant")


@strawberry.type(description="One note in a list.")
class NoteEdge:
    """A note and where it lies."""

    cursor: str
    node: Note


@strawberry.type(description="A page of notes, newest first.")
class NoteConnection:
    """A page of notes."""

    edges: list[NoteEdge]
    nodes: list[Note]
    page_info: PageInfo
    total_count: int


@strawberry.input(description="Exactly one of leadId and dealId.")
class AddNoteInput:
    """A new note."""

    lead_id: strawberry.ID | None = strawberry.UNSET
    deal_id: strawberry.ID | None = strawberry.UNSET
    body: str


@strawberry.input(description="A reply to a note.")
class AddCommentInput:
    """A new comment."""

    note_id: strawberry.ID
    body: str


@strawberry.type(description="What became of a note.")
class NotePayload:
    """The note after the command."""

    note: Note | None
    errors: list[UserError]


async def _add_note(viewer: Viewer, draft: Any) -> Answer:
    return {"note": Ref("Note", await notes.add_note(viewer, draft))}


async def _add_comment(viewer: Viewer, draft: Any) -> Answer:
    return {"note": Ref("Note", await notes.add_comment(viewer, draft))}


@strawberry.type
class NoteCommands:
    """What may be done with notes."""

    add_note = command(AddNoteInput, NotePayload, _add_note)
    add_comment = command(AddCommentInput, NotePayload, _add_comment)
