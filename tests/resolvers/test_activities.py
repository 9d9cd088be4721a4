"""Activities on leads and deals: added, completed, and which of them is next."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from models.activities import Activity, ActivityType
from models.base import Visibility, new_id
from models.changes import ChangeKind
from models.deals import Deal
from models.leads import Lead
from resolvers import ids
from resolvers.activities import add_activity, complete_activity, last_activity_at, next_activity
from resolvers.errors import ErrorCode
from resolvers.leads import archive_leads
from tests import given
from tests.refusals import global_id, refused
from tests.replaying import told, unchanged

MONDAY = datetime(2030, 1, 7, 9, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)


async def test_an_activity_has_everything_given(acme: given.Company) -> None:
    anna, lead = await given.viewer(acme.anna), await given.lead(acme.anna, labels=[acme.label])
    warsaw = timezone(timedelta(hours=1))
    async with told(acme.id) as log:
        key = await add_activity(
            anna,
            {
                "lead_id": global_id(lead),
                "subject": " Call Łukasz ",
                "type": ActivityType.LUNCH,
                "due_at": datetime(2030, 1, 7, 10, tzinfo=warsaw),
                "assignee_id": global_id(acme.bartek),
            },
        )
    activity = await Activity.get(id=key)
    assert (activity.subject, activity.type, activity.assignee_id) == ("Call Łukasz", "LUNCH", acme.bartek.id)
    assert (activity.due_at, activity.done_at, activity.lead_id, activity.deal_id) == (MONDAY, None, lead.id, None)
    after = await Lead.get(id=lead.id)
    assert (after.next_activity_id, after.next_activity_at, after.version) == (key, MONDAY, 1)
    (change,) = log
    assert (change.kind, len(change.find("activity"))) == (ChangeKind.ACTIVITY_ADDED, 1)
    assert change.find("lead")[0].changed == {"next_activity_id", "next_activity_at"}


async def test_an_activity_is_a_task_of_ones_own_unless_said(acme: given.Company) -> None:
    anna, lead = await given.viewer(acme.anna), await given.lead(acme.bartek)
    draft = {"lead_id": global_id(lead), "subject": "A", "type": None, "due_at": None, "assignee_id": None}
    activity = await Activity.get(id=await add_activity(anna, draft))
    assert (activity.type, activity.due_at, activity.assignee_id) == (ActivityType.TASK, None, acme.anna.id)


async def test_the_earliest_due_is_next_and_what_is_done_makes_room(acme: given.Company) -> None:
    anna, deal = await given.viewer(acme.anna), await given.deal(acme.anna, acme.stages[0])

    async def add(due_at: datetime | None) -> str:
        draft = {"deal_id": global_id(deal), "subject": "A", "due_at": due_at}
        return ids.encode("Activity", await add_activity(anna, draft))

    async def following() -> tuple[str | None, datetime | None]:
        row = await Deal.get(id=deal.id)
        return row.next_activity_id and ids.encode("Activity", row.next_activity_id), row.next_activity_at

    async with told(acme.id):
        undated = await add(None)
        assert await following() == (undated, None)
        tuesday = await add(TUESDAY)
        assert await following() == (tuesday, TUESDAY)
        monday = await add(MONDAY)
        assert await following() == (monday, MONDAY)
        await add(TUESDAY)
        assert await following() == (monday, MONDAY)
        await complete_activity(anna, {"id": monday})
        assert await following() == (tuesday, TUESDAY)
        await complete_activity(anna, {"id": undated})
        assert await following() == (tuesday, TUESDAY)


async def test_the_last_one_done_leaves_nothing_next(acme: given.Company) -> None:
    anna, lead = await given.viewer(acme.anna), await given.lead(acme.anna)
    async with told(acme.id) as log:
        key = await add_activity(anna, {"lead_id": global_id(lead), "subject": "A", "due_at": MONDAY})
        await complete_activity(anna, {"id": ids.encode("Activity", key)})
    after = await Lead.get(id=lead.id)
    assert (after.next_activity_id, after.next_activity_at) == (None, None)
    assert [change.kind for change in log] == [ChangeKind.ACTIVITY_ADDED, ChangeKind.ACTIVITY_COMPLETED]


async def test_a_completed_activity_is_done_once(acme: given.Company) -> None:
    anna, deal = await given.viewer(acme.anna), await given.deal(acme.anna, acme.stages[0])
    key = await add_activity(anna, {"deal_id": global_id(deal), "subject": "A"})
    async with told(acme.id) as log:
        await asyncio.gather(*[complete_activity(anna, {"id": ids.encode("Activity", key)}) for _ in range(10)])
    assert len(log) == 1
    async with unchanged(acme.id):
        assert await complete_activity(anna, {"id": ids.encode("Activity", key)}) == key


async def test_a_deal_knows_when_something_last_happened(acme: given.Company) -> None:
    anna, deal = await given.viewer(acme.anna), await given.deal(acme.anna, acme.stages[0])
    key = await add_activity(anna, {"deal_id": global_id(deal), "subject": "A"})
    assert (await Deal.get(id=deal.id)).last_activity_at == (await Activity.get(id=key)).created_at
    async with told(acme.id):
        await complete_activity(anna, {"id": ids.encode("Activity", key)})
    assert (await Deal.get(id=deal.id)).last_activity_at == (await Activity.get(id=key)).done_at


async def test_activities_added_at_once_leave_the_earliest_next(acme: given.Company) -> None:
    anna, lead = await given.viewer(acme.anna), await given.lead(acme.anna)

    async def add(days: int) -> None:
        due_at = MONDAY + timedelta(days=days)
        await add_activity(anna, {"lead_id": global_id(lead), "subject": "A", "due_at": due_at})

    async with told(acme.id):
        for batch in range(8):  # each five at once bring the next one forward
            await asyncio.gather(*[add(-5 * batch - n) for n in range(5)])
            following = next_activity(await Activity.filter(lead_id=lead.id))
            after = await Lead.get(id=lead.id)
            assert following is not None
            assert (after.next_activity_id, after.next_activity_at) == (following.id, following.due_at)


def test_nothing_is_next_among_nothing() -> None:
    done = Activity(id=new_id(), due_at=MONDAY, done_at=TUESDAY, created_at=MONDAY)
    assert next_activity([]) is None
    assert next_activity([done]) is None
    assert (last_activity_at([]), last_activity_at([done])) == (None, TUESDAY)


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"subject": ""}, ErrorCode.INVALID, "subject"),
        ({"subject": "s" * 256}, ErrorCode.INVALID, "subject"),
        ({"subject": "a\x00"}, ErrorCode.INVALID, "subject"),
        ({"assignee_id": "user_x"}, ErrorCode.INVALID, "assigneeId"),
        ({"assignee_id": ids.encode("User", new_id())}, ErrorCode.NOT_FOUND, "assigneeId"),
        ({"due_at": datetime(2030, 1, 1)}, ErrorCode.INVALID, "dueAt"),
        ({"due_at": datetime.min.replace(tzinfo=timezone(timedelta(hours=9)))}, ErrorCode.INVALID, "dueAt"),
        ({"lead_id": None}, ErrorCode.INVALID, "leadId"),
        ({"lead_id": ids.encode("Lead", new_id())}, ErrorCode.NOT_FOUND, "leadId"),
        ({"lead_id": ids.encode("Deal", new_id())}, ErrorCode.CAPABILITY_MISSING, "leadId"),
    ],
)
async def test_an_activity_that_cannot_be_is_refused(
    acme: given.Company, change: dict[str, object], code: ErrorCode, path: str
) -> None:
    anna, lead = await given.viewer(acme.anna), await given.lead(acme.anna)
    async with refused(code, path):
        await add_activity(anna, {"lead_id": global_id(lead), "subject": "A", **change})


async def test_an_activity_is_assigned_in_the_account_only(acme: given.Company, other: given.Company) -> None:
    lead = await given.lead(acme.anna)
    draft = {"lead_id": global_id(lead), "subject": "A", "assignee_id": global_id(other.anna)}
    async with refused(ErrorCode.NOT_FOUND, "assigneeId"):
        await add_activity(await given.viewer(acme.anna), draft)


async def test_only_an_activity_in_sight_is_completed(acme: given.Company, other: given.Company) -> None:
    anna, lead = await given.viewer(acme.anna), await given.lead(acme.anna)
    hidden = await given.activity(acme.celina, await given.lead(acme.celina, visibility=Visibility.TEAM))
    foreign = await given.activity(other.anna, await given.lead(other.anna))
    for unknown in (global_id(hidden), global_id(foreign), ids.encode("Activity", new_id())):
        async with refused(ErrorCode.NOT_FOUND, "id"):
            await complete_activity(anna, {"id": unknown})
    async with refused(ErrorCode.INVALID, "id"):
        await complete_activity(anna, {"id": global_id(lead)})
    activity = await given.activity(acme.anna, lead)
    await archive_leads(anna, {"ids": [global_id(lead)]})
    async with refused(ErrorCode.LEAD_ARCHIVED, "id"):
        await complete_activity(anna, {"id": global_id(activity)})
