"""Notes on leads and deals, the comments on them, and the users that either mentions."""

import pytest

from models.base import Visibility, new_id
from models.changes import ChangeKind
from models.notes import Comment, Mention, Note
from resolvers import ids
from resolvers.errors import ErrorCode, Refused
from resolvers.leads import archive_leads
from resolvers.notes import add_comment, add_note
from tests import given
from tests.refusals import global_id, refused
from tests.replaying import told, unchanged


async def test_a_note_hangs_on_a_lead_and_mentions_users(acme: given.Company) -> None:
    anna, lead = await given.viewer(acme.anna), await given.lead(acme.bartek)
    body = f"Ask @[{global_id(acme.celina)}] and @[{global_id(acme.celina)}], not me@[x] or @[].\nŻ"
    async with told(acme.id) as log:
        key = await add_note(anna, {"lead_id": global_id(lead), "deal_id": None, "body": f"  {body} "})
    note = await Note.get(id=key)
    assert (note.lead_id, note.deal_id, note.author_id, note.body) == (lead.id, None, acme.anna.id, body)
    mentions = await Mention.all().order_by("position")
    assert [(m.user_id, m.note_id, m.comment_id) for m in mentions] == [(acme.celina.id, note.id, None)] * 2
    assert [m.position for m in mentions] == [4, 4 + len(f"@[{global_id(acme.celina)}] and ")]
    assert [change.kind for change in log] == [ChangeKind.NOTE_ADDED]
    assert (await type(lead).get(id=lead.id)).version == lead.version


async def test_a_note_hangs_on_a_deal(acme: given.Company) -> None:
    anna, deal = await given.viewer(acme.anna), await given.deal(acme.bartek, acme.stages[0])
    async with told(acme.id):
        key = await add_note(anna, {"deal_id": global_id(deal), "body": "Fine"})
    note = await Note.get(id=key)
    assert (note.lead_id, note.deal_id) == (None, deal.id)


async def test_a_comment_hangs_on_its_note_and_mentions_users(acme: given.Company) -> None:
    anna, note = await given.viewer(acme.anna), await given.note(acme.bartek, await given.lead(acme.bartek))
    async with told(acme.id) as log:
        key = await add_comment(anna, {"note_id": global_id(note), "body": f"@[{global_id(acme.bartek)}]?"})
    assert key == note.id
    (comment,) = await Comment.all()
    assert (comment.note_id, comment.author_id) == (note.id, acme.anna.id)
    (mention,) = await Mention.all()
    assert (mention.comment_id, mention.note_id, mention.user_id, mention.position) == (
        comment.id,
        note.id,
        acme.bartek.id,
        0,
    )
    assert [change.kind for change in log] == [ChangeKind.COMMENT_ADDED]


@pytest.mark.parametrize("both", [True, False])
async def test_a_note_hangs_on_exactly_one(acme: given.Company, both: bool) -> None:
    parents = {
        "lead_id": global_id(await given.lead(acme.anna)),
        "deal_id": global_id(await given.deal(acme.anna, acme.stages[0])),
    }
    async with refused(ErrorCode.INVALID, "leadId"):
        await add_note(await given.viewer(acme.anna), {"body": "A", **(parents if both else {})})


async def test_a_note_needs_a_parent_in_sight(acme: given.Company, other: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    lead, deal = await given.lead(acme.anna), await given.deal(acme.anna, acme.stages[0])
    hidden = await given.lead(acme.celina, visibility=Visibility.OWNER)
    for unknown in (global_id(hidden), global_id(await given.lead(other.anna)), ids.encode("Lead", new_id())):
        async with refused(ErrorCode.NOT_FOUND, "leadId"):
            await add_note(anna, {"lead_id": unknown, "body": "A"})
    async with refused(ErrorCode.CAPABILITY_MISSING, "leadId"):
        await add_note(anna, {"lead_id": global_id(deal), "body": "A"})
    async with refused(ErrorCode.CAPABILITY_MISSING, "dealId"):
        await add_note(anna, {"deal_id": global_id(lead), "body": "A"})
    await archive_leads(anna, {"ids": [global_id(lead)]})
    async with refused(ErrorCode.LEAD_ARCHIVED, "leadId"):
        await add_note(anna, {"lead_id": global_id(lead), "body": "A"})


async def test_a_comment_needs_a_note_in_sight(acme: given.Company, other: given.Company) -> None:
    anna, lead = await given.viewer(acme.anna), await given.lead(acme.anna)
    hidden = await given.note(acme.celina, await given.lead(acme.celina, visibility=Visibility.OWNER))
    foreign = await given.note(other.anna, await given.lead(other.anna))
    removed = await given.note(acme.anna, await given.lead(acme.anna, removed_at=lead.created_at))
    for unknown in map(global_id, (hidden, foreign, removed)):
        async with refused(ErrorCode.NOT_FOUND, "noteId"):
            await add_comment(anna, {"note_id": unknown, "body": "A"})
    async with refused(ErrorCode.INVALID, "noteId"):
        await add_comment(anna, {"note_id": global_id(lead), "body": "A"})
    note = await given.note(acme.anna, lead)
    await archive_leads(anna, {"ids": [global_id(lead)]})
    async with refused(ErrorCode.LEAD_ARCHIVED, "noteId"):
        await add_comment(anna, {"note_id": global_id(note), "body": "A"})


@pytest.mark.parametrize("body", ["", " \n ", "a\x00b", "a\x1b[0m", "\ud800", "x" * 100_001])
async def test_a_body_that_cannot_be_kept_is_refused(acme: given.Company, body: str) -> None:
    anna, lead = await given.viewer(acme.anna), await given.lead(acme.anna)
    note = await given.note(acme.anna, lead)
    async with refused(ErrorCode.INVALID, "body"):
        await add_note(anna, {"lead_id": global_id(lead), "body": body})
    async with refused(ErrorCode.INVALID, "body"):
        await add_comment(anna, {"note_id": global_id(note), "body": body})


async def test_only_users_of_the_account_are_mentioned(acme: given.Company, other: given.Company) -> None:
    anna, lead = await given.viewer(acme.anna), await given.lead(acme.anna)
    wrong = [global_id(other.anna), ids.encode("User", new_id()), global_id(lead), "user_12"]
    body = f"@[{global_id(acme.celina)}]" + "".join(f"@[{each}]" for each in wrong)
    async with unchanged(acme.id, other.id):
        with pytest.raises(Refused) as caught:
            await add_note(anna, {"lead_id": global_id(lead), "body": body})
    assert [(error.code, error.path) for error in caught.value.errors] == [(ErrorCode.INVALID, ["body"])] * 4
    first = len(f"@[{global_id(acme.celina)}]") + 1
    assert f"at character {first} " in caught.value.errors[0].message


async def test_a_text_mentions_at_most_a_hundred(acme: given.Company) -> None:
    anna, lead = await given.viewer(acme.anna), await given.lead(acme.anna)
    async with refused(ErrorCode.TOO_MANY, "body"):
        await add_note(anna, {"lead_id": global_id(lead), "body": f"@[{global_id(acme.anna)}]" * 101})
