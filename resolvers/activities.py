"""Activities on leads and deals: added, completed, and which of them is next."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import TypedDict
from uuid import UUID

from models import changes
from models.activities import Activity, ActivityType
from models.base import now
from models.changes import ChangeKind, Subject
from models.deals import Deal
from models.leads import Lead
from resolvers import commands, ids, labels, opportunities, parents, text, users
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults

_LAST = datetime.max.replace(tzinfo=UTC)


class ActivityDraft(TypedDict, total=False):
    """An activity as a client gives it, on exactly one lead or deal; assigned to the viewer unless said."""

    lead_id: str | None
    deal_id: str | None
    subject: str
    type: ActivityType | None
    due_at: datetime | None
    assignee_id: str | None
    client_mutation_id: str | None


class ActivityCompletion(TypedDict, total=False):
    """An activity that is done."""

    id: str
    client_mutation_id: str | None


def next_activity(activities: Iterable[Activity]) -> Activity | None:
    """Which of one parent's activities is next: the earliest due that is not done, undated ones last."""
    undone = [activity for activity in activities if activity.done_at is None]
    return min(undone, key=lambda activity: (activity.due_at or _LAST, activity.id), default=None)


def last_activity_at(activities: Iterable[Activity]) -> datetime | None:
    """When something last happened among one deal's activities: one was added, or one was done."""
    return max((each.done_at or each.created_at for each in activities), default=None)


async def add_activity(viewer: Viewer, draft: ActivityDraft) -> UUID:
    """Put an activity on a lead or a deal the viewer sees, and keep what is next there."""
    faults = Faults()
    with faults.noted():
        parent = parents.parent_id(draft)
    with faults.noted():
        subject = text.line(draft.get("subject"), "subject")
    with faults.noted():
        due_at = _instant(draft.get("due_at"))
    with faults.noted():
        assignee_id = await _assignee(viewer, draft.get("assignee_id"))
    faults.raise_any()
    async with commands.begin(viewer, draft) as ledger:
        record = await parents.lock_parent(viewer, parent)
        activity = await Activity.create(
            account_id=viewer.account_id,
            subject=subject,
            type=draft.get("type") or ActivityType.TASK,
            due_at=due_at,
            assignee_id=assignee_id,
            **parent.columns,
        )
        added = changes.added("activity", changes.snapshot(activity))
        ledger.record(ChangeKind.ACTIVITY_ADDED, added, *await keep_next(record))
    return activity.id


async def _assignee(viewer: Viewer, given: str | None) -> UUID:
    return viewer.user_id if given is None else await users.find_user(viewer, given, "assigneeId")


def _instant(given: datetime | None) -> datetime | None:
    """The instant in UTC; refuses one without a zone, and one that UTC cannot say."""
    if given is None:
        return None
    if given.tzinfo is None:
        raise refuse(ErrorCode.INVALID, "An instant needs its zone, such as Z or +02:00.", "dueAt")
    try:
        return given.astimezone(UTC)
    except OverflowError:
        raise refuse(ErrorCode.INVALID, "This instant is out of range.", "dueAt") from None


async def complete_activity(viewer: Viewer, completion: ActivityCompletion) -> UUID:
    """Mark an activity done now, and keep what is next; of a done one it is no change."""
    key = ids.expect("Activity", completion["id"], "id")
    async with commands.begin(viewer, completion) as ledger:
        activity, record = await parents.find_child(viewer, Activity, key, "id")
        if activity.done_at is None:
            before = changes.snapshot(activity)
            activity.done_at = now()
            await activity.save(update_fields=["done_at"])
            done = changes.altered("activity", before, changes.snapshot(activity))
            ledger.record(ChangeKind.ACTIVITY_COMPLETED, done, *await keep_next(record))
    return activity.id


async def keep_next(record: Lead | Deal, gone: Collection[UUID] = ()) -> list[Subject]:
    """Write what is next on a locked lead or deal, and when a deal's last activity was.

    Returns its subject for the log where that has changed; its version stays, for this is not
    an edit of the record. Those with the keys `gone` are about to be deleted.
    """
    is_deal = isinstance(record, Deal)
    found = await Activity.filter(**({"deal_id": record.id} if is_deal else {"lead_id": record.id}))
    activities = [each for each in found if each.id not in gone]
    following = next_activity(activities)
    kept = {
        "next_activity_id": following.id if following else None,
        "next_activity_at": following.due_at if following else None,
    }
    if is_deal:
        kept["last_activity_at"] = last_activity_at(activities)
    different = {name: value for name, value in kept.items() if getattr(record, name) != value}
    if not different:
        return []
    kind: labels.Kind = "deal" if is_deal else "lead"
    label_ids = await opportunities.parent_label_ids(kind, record.id)
    before = changes.snapshot(record, label_ids=label_ids)
    record.update_from_dict(different)
    await record.save(update_fields=list(different))
    return [changes.altered(kind, before, changes.snapshot(record, label_ids=label_ids))]
