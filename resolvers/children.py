"""The kinds of what hangs on leads and deals alike, as imports make them and take them back."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from models.activities import Activity
from models.changes import ChangeKind, Subject
from models.deals import Deal
from models.leads import Lead
from models.notes import Note
from resolvers.activities import keep_next

Follow = Callable[[Lead | Deal, Collection[UUID]], Awaitable[list[Subject]]]


@dataclass(frozen=True)
class ChildKind:
    """One kind of children: its noun in the log, its model, what can happen to it, and what follows for its parent.

    `follow` is called after a change, and before those are deleted whose keys it is given.
    """

    noun: str
    model: type[Any]
    added: ChangeKind
    updated: ChangeKind
    removed: ChangeKind
    follow: Follow


async def _follow_nothing(record: Lead | Deal, gone: Collection[UUID] = ()) -> list[Subject]:
    return []


NOTE = ChildKind("note", Note, ChangeKind.NOTE_ADDED, ChangeKind.NOTE_UPDATED, ChangeKind.NOTE_REMOVED, _follow_nothing)
ACTIVITY = ChildKind(
    "activity",
    Activity,
    ChangeKind.ACTIVITY_ADDED,
    ChangeKind.ACTIVITY_UPDATED,
    ChangeKind.ACTIVITY_REMOVED,
    keep_next,
)
