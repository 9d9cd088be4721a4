"""Rows of notes and activities, read and put onto their leads and deals; those known are updated.

New ones come onto archived leads too: what comes from elsewhere was there before the lead was archived.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from models.activities import Activity, ActivityType
from models.base import new_id, now
from models.changes import Ledger, Subject
from models.deals import Deal
from models.leads import Lead
from models.notes import Note
from resolvers import children, import_values, leads, mentions, notes, text
from resolvers.children import ChildKind
from resolvers.errors import ErrorCode, refuse
from resolvers.import_below import BelowRow, BelowWriter, RowT, deal_ref, lead_ref
from resolvers.import_cells import BadRow, Layout, Reader, Said, key_of, member, read_facts, single
from resolvers.import_fields import ImportField
from resolvers.import_known import find_users
from resolvers.opportunities import Columns
from resolvers.spreadsheets import Row


@dataclass(frozen=True)
class NoteRow(BelowRow):
    """What one row says of a note; `user` is its author's e-mail address."""

    body: str | None = None
    user: str | None = None
    created_at: datetime | None = None

    drafted = ("created_at",)


@dataclass(frozen=True)
class ActivityRow(BelowRow):
    """What one row says of an activity; `user` is the e-mail address of whom it is assigned to."""

    subject: str | None = None
    type: ActivityType | None = None
    due_at: datetime | None = None
    done_at: datetime | None = None
    user: str | None = None

    drafted = ("subject", "type", "due_at", "done_at")


def read_note(row: Row, layout: Layout) -> NoteRow:
    """What a row says of a note; raises BadRow with everything that is wrong with it."""
    return _read(row, layout, _OF_NOTES, NoteRow)


def read_activity(row: Row, layout: Layout) -> ActivityRow:
    """What a row says of an activity; raises BadRow with everything that is wrong with it."""
    return _read(row, layout, _OF_ACTIVITIES, ActivityRow)


def _read(row: Row, layout: Layout, readers: Mapping[ImportField, Reader], type: type[RowT]) -> RowT:
    facts = read_facts(row, layout, readers)
    if (facts["lead"] is None) == (facts["deal"] is None):
        raise BadRow("This is on one lead or on one deal: name exactly one by its id.")
    return type(**facts, key=key_of(facts))


def _body(said: Said, currency: str) -> dict[str, Any]:
    cells = said.get(ImportField.NOTE)
    return {"body": text.text("\n\n".join(cells)) if cells else None}


_SHARED = (
    (ImportField.LEAD_ID, lead_ref),
    (ImportField.DEAL_ID, deal_ref),
    single(ImportField.OWNER, "user", str.lower),
    single(ImportField.EXTERNAL_ID, "external_id"),
)
_OF_NOTES: dict[ImportField, Reader] = dict(
    (*_SHARED, (ImportField.NOTE, _body), single(ImportField.CREATED_AT, "created_at", import_values.instant))
)
_OF_ACTIVITIES: dict[ImportField, Reader] = dict(
    (
        *_SHARED,
        single(ImportField.TITLE, "subject", text.line),
        single(ImportField.ACTIVITY_TYPE, "type", partial(member, ActivityType)),
        single(ImportField.DUE_AT, "due_at", import_values.instant),
        single(ImportField.DONE_AT, "done_at", import_values.instant),
    )
)


@dataclass
class Parent:
    """A locked lead or deal, and what of it rows may be known as."""

    record: Lead | Deal
    below: list[Any]


class ChildWriter(BelowWriter[RowT]):
    """Puts children of one kind onto leads and deals."""

    kind: ChildKind
    _users: dict[str, UUID]

    def __init_subclass__(cls) -> None:
        cls.model, cls.name, cls.noun = cls.kind.model, cls.kind.noun, cls.kind.noun

    async def _look_up(self, said: Sequence[RowT]) -> None:
        self._users = await find_users(self._viewer)

    async def _open(self, records: Sequence[Any]) -> dict[UUID, Parent]:
        known: dict[UUID, list[Any]] = {record.id: [] for record in records}
        for child in {child.id: child for child in self._there.values()}.values():
            known.get(child.lead_id or child.deal_id, []).append(child)
        return {record.id: Parent(record, known[record.id]) for record in records}

    def _below(self, place: Parent) -> list[Any]:
        return place.below

    def _require_changeable(self, place: Parent, child: Any) -> None:
        if isinstance(place.record, Lead):
            leads.require_unarchived(place.record)

    def _user(self, email: str) -> UUID:
        """The user of an e-mail address."""
        if email not in self._users:
            raise refuse(ErrorCode.NOT_FOUND, f"No user of this account has the e-mail address {email[:255]}.")
        return self._users[email]

    def _own(self, place: Parent, row: RowT) -> dict[str, Any]:
        """What a new child is known by."""
        on = {"lead_id" if isinstance(place.record, Lead) else "deal_id": place.record.id}
        return {"id": new_id(), "account_id": self._viewer.account_id, "import_key": row.key, "created_at": now(), **on}

    async def _tell(self, ledger: Ledger, place: Parent, added: Sequence[Subject], altered: Sequence[Subject]) -> None:
        following = await self.kind.follow(place.record, ())
        if added:
            ledger.record(self.kind.added, *added, *([] if altered else following))
        if altered:
            ledger.record(self.kind.updated, *altered, *following)


class NoteWriter(ChildWriter[NoteRow]):
    """Puts notes onto leads and deals. Whose they are, only an admin says of others."""

    kind = children.NOTE

    async def _new(self, place: Parent, row: NoteRow) -> Note:
        if row.body is None:
            raise refuse(ErrorCode.INVALID, "A new note needs a text.")
        return Note(**self._own(place, row), author_id=self._viewer.user_id, body="")

    def _columns(self, row: NoteRow, child: Note) -> Columns:
        found: Columns = dict(row.draft)
        if row.user is not None:
            found["author_id"] = self._user(row.user)
        if row.body is not None:
            body = mentions.by_ids(row.body, self._users)
            mentions.among(body, set(self._users.values()))
            found |= {"body": body, "folded_body": notes.fold_body(body)}
        if found.get("author_id", child.author_id) != child.author_id and not self._viewer.is_admin:
            raise refuse(ErrorCode.FORBIDDEN, "Only an admin says whose a note is.")
        return found

    def _require_changeable(self, place: Parent, child: Note) -> None:
        super()._require_changeable(place, child)
        if child.author_id != self._viewer.user_id and not self._viewer.is_admin:
            raise refuse(ErrorCode.FORBIDDEN, "Only an admin changes the notes of others.")

    def _mentioned(self, note: Note) -> mentions.Mentioned:
        return mentions.still(note.body, set(self._users.values()))

    async def _added(self, child: Note) -> Subject:
        return await mentions.added(child, self._mentioned(child))

    async def _altered(self, before: Note, child: Note) -> Subject:
        return await mentions.altered(before, child, self._mentioned(child))


class ActivityWriter(ChildWriter[ActivityRow]):
    """Puts activities onto leads and deals, and keeps what is next there."""

    kind = children.ACTIVITY

    async def _new(self, place: Parent, row: ActivityRow) -> Activity:
        if row.subject is None:
            raise refuse(ErrorCode.INVALID, "A new activity needs a subject.")
        return Activity(**self._own(place, row), subject="", type=ActivityType.TASK, assignee_id=self._viewer.user_id)

    def _columns(self, row: ActivityRow, child: Activity) -> Columns:
        return row.draft if row.user is None else {**row.draft, "assignee_id": self._user(row.user)}
