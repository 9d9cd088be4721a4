"""What hangs on a lead goes with it, also where it is added or changed while the lead is converted."""

import asyncio

import pytest

from models.activities import Activity
from models.deals import Deal
from models.notes import Note
from resolvers.access import Viewer
from resolvers.activities import add_activity, complete_activity
from resolvers.conversion_requests import DuplicateContactsPolicy
from resolvers.conversions import convert_leads
from resolvers.errors import ErrorCode, Refused
from resolvers.notes import add_note
from tests import given
from tests.refusals import global_id
from tests.replaying import told


@pytest.mark.parametrize("first", ["converted", "added"])
async def test_nothing_is_left_on_a_lead_that_is_converted_meanwhile(acme: given.Company, first: str) -> None:
    anna = await given.viewer(acme.anna)
    leads = [await given.lead(acme.anna) for _ in range(8)]

    async def convert(lead: str) -> None:
        await convert_leads(anna, {"lead_ids": [lead], "on_duplicate_contacts": DuplicateContactsPolicy.KEEP})

    async with told(acme.id):
        for each in map(global_id, leads):
            tasks = [
                add_note(anna, {"lead_id": each, "body": "A"}),
                add_activity(anna, {"lead_id": each, "subject": "A"}),
                add_note(anna, {"lead_id": each, "body": "B"}),
            ]
            tasks.insert(0 if first == "converted" else 2, convert(each))
            done = await asyncio.gather(*tasks, return_exceptions=True)
            refusals = [task for task in done if isinstance(task, BaseException)]
            assert all(isinstance(each, Refused) and each.errors[0].code is ErrorCode.NOT_FOUND for each in refusals)
    assert await Deal.all().count() == len(leads)
    assert await Note.filter(lead_id__isnull=False).count() == 0
    assert await Activity.filter(lead_id__isnull=False).count() == 0


async def test_an_activity_is_completed_wherever_its_conversion_has_taken_it(acme: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    leads = [await given.lead(acme.anna) for _ in range(8)]
    async with told(acme.id):
        for lead in leads:
            activity = await given_activity(anna, global_id(lead))
            await asyncio.gather(
                convert_leads(
                    anna, {"lead_ids": [global_id(lead)], "on_duplicate_contacts": DuplicateContactsPolicy.KEEP}
                ),
                complete_activity(anna, {"id": global_id(activity)}),
            )
            after = await Activity.get(id=activity.id)
            assert after.deal_id is not None
            assert after.done_at is not None
            assert (await Deal.get(id=after.deal_id)).next_activity_id is None


async def given_activity(viewer: Viewer, lead: str) -> Activity:
    return await Activity.get(id=await add_activity(viewer, {"lead_id": lead, "subject": "A"}))
