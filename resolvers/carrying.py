"""What goes along when a lead becomes a deal, or a deal a lead: columns, notes, activities, mail.

Notes and activities keep their rows, so comments, mentions and dates stay untouched behind them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from tortoise import connections
from tortoise.models import Model

from models import changes, database
from models.activities import Activity
from models.changes import Subject
from models.deals import Deal
from models.mail import MailLink
from models.notes import Note
from models.opportunities import Opportunity
from resolvers import activities
from resolvers.statements import Arguments

ParentColumn = Literal["lead_id", "deal_id"]
Parents = dict[ParentColumn, UUID | None]

# The columns that a lead and the deal it becomes have the same.
CARRIED = (
    "account_id",
    "owner_id",
    "visibility",
    "title",
    "folded_title",
    "value_minor",
    "currency",
    "person_id",
    "organization_id",
    "source",
    "expected_close_date",
    "next_activity_id",
    "next_activity_at",
    "custom",
)


def carried(row: Opportunity) -> dict[str, Any]:
    """The columns of a lead or a deal that the other kind takes over."""
    return {name: getattr(row, name) for name in CARRIED}


@dataclass
class Children:
    """The notes, activities and mail that hang on one lead or deal; of mail, what makes it hang there."""

    notes: list[UUID] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    mail: list[UUID] = field(default_factory=list)

    @property
    def ids(self) -> dict[str, list[str]]:
        """Their keys, as a conversion keeps them."""
        return {
            "notes": [str(key) for key in self.notes],
            "activities": [str(each.id) for each in self.activities],
            "mail": [str(key) for key in self.mail],
        }

    def subjects(self, before: Parents, after: Parents) -> list[Subject]:
        """The subjects for the log that say they went from one parent to another."""
        moved = [("note", key) for key in self.notes] + [("activity", each.id) for each in self.activities]
        moved += [("mail_link", key) for key in self.mail]
        return [_moved(subject_type, key, before, after) for subject_type, key in moved]


def _moved(subject_type: str, key: UUID, before: Parents, after: Parents) -> Subject:
    one, other = _parents(before), _parents(after)
    return changes.altered(subject_type, {"id": str(key), **one}, {"id": str(key), **other})


def _parents(columns: Parents) -> dict[str, Any]:
    return {name: None if key is None else str(key) for name, key in columns.items()}


def activity_columns(deal: Deal | None, children: Children) -> dict[str, Any]:
    """What is next on a deal that takes these children, beside what it has, and when it was last worked on."""
    following = activities.next_activity(children.activities)
    candidates = [(following.due_at, following.id)] if following else []
    latest = [activities.last_activity_at(children.activities)]
    if deal is not None:
        candidates += [(deal.next_activity_at, deal.next_activity_id)] if deal.next_activity_id else []
        latest.append(deal.last_activity_at)
    due_at, key = min(candidates, key=lambda each: (each[0] is None, *each), default=(None, None))
    last = max((each for each in latest if each is not None), default=None)
    return {"next_activity_id": key, "next_activity_at": due_at, "last_activity_at": last}


async def children_of(column: ParentColumn, keys: Sequence[UUID]) -> dict[UUID, Children]:
    """The notes, activities and mail of each of these leads or deals, in three statements.

    Their parents must be locked: then nobody adds, moves or completes one meanwhile.
    """
    found = {key: Children() for key in keys}
    notes: Any = Note.filter(**{f"{column}__in": list(keys)}).order_by("id").values_list(column, "id")
    for parent, note_id in await notes:
        found[parent].notes.append(note_id)
    links: Any = MailLink.filter(**{f"{column}__in": list(keys)}).order_by("id").values_list(column, "id")
    for parent, link_id in await links:
        found[parent].mail.append(link_id)
    wanted = ("id", "due_at", "done_at", "created_at", column)
    for activity in await Activity.filter(**{f"{column}__in": list(keys)}).order_by("id").only(*wanted):
        found[getattr(activity, column)].activities.append(activity)
    return found


async def hand_to_deals(lead_ids: Sequence[UUID]) -> None:
    """Hang the notes, activities and mail of converted leads on the deals their conversions name."""
    for model in (Note, Activity, MailLink):
        bind, table = Arguments(), model._meta.db_table
        deal = f"SELECT c.deal_id FROM conversions c WHERE c.lead_id = {table}.lead_id AND c.undone_at IS NULL"
        chosen = f"lead_id {bind.among(lead_ids)}"
        await bind.fetch(f"UPDATE {table} SET deal_id = ({deal}), lead_id = NULL WHERE {chosen}")


async def hand_to_lead(children: Children, lead_id: UUID) -> None:
    """Hang notes, activities and mail on a lead."""
    await Note.filter(id__in=children.notes).update(lead_id=lead_id, deal_id=None)
    activity_ids = [each.id for each in children.activities]
    await Activity.filter(id__in=activity_ids).update(lead_id=lead_id, deal_id=None)
    await MailLink.filter(id__in=children.mail).update(lead_id=lead_id, deal_id=None)


async def rewrite(rows: Iterable[Model]) -> None:
    """Write every column of some rows of one table back, in one statement run for each."""
    kept = list(rows)
    if not kept:
        return
    meta = type(kept[0])._meta
    names = [name for name in meta.fields_db_projection if name != "id"]
    mark = "${}" if database.current().dialect == "postgres" else "?"
    columns = ", ".join(f"{meta.fields_db_projection[name]} = {mark.format(n)}" for n, name in enumerate(names, 1))
    statement = f"UPDATE {meta.db_table} SET {columns} WHERE id = {mark.format(len(names) + 1)}"
    values = [[meta.fields_map[name].to_db_value(getattr(row, name), row) for name in [*names, "id"]] for row in kept]
    await connections.get("default").execute_many(statement, values)
