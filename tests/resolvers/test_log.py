"""The log from its beginning: replayed over nothing, it gives every row that the verbs have made."""

from datetime import date
from decimal import Decimal

from models.accounts import Account
from models.changes import Change
from models.deals import Deal
from models.labels import Label
from models.leads import Lead
from models.pipelines import Stage
from resolvers import ids
from resolvers.access import Viewer
from resolvers.activities import add_activity, complete_activity
from resolvers.contacts import create_organization, create_person
from resolvers.deals import create_deal, delete_deals, lose_deal, move_deal, reopen_deal, update_deal, win_deal
from resolvers.invoices import record_invoice, void_invoice
from resolvers.labels import create_label
from resolvers.leads import archive_leads, create_lead, delete_leads, unarchive_leads, update_lead
from resolvers.notes import add_comment, add_note
from resolvers.pipelines import create_pipeline
from tests import given
from tests.replaying import replayed, rows_of


async def test_the_log_replayed_from_zero_gives_every_row(database: object) -> None:
    account = await given.account()
    who = await given.admin(account)
    viewer = await given.viewer(who)
    await work(viewer, ids.encode("User", who.id))
    log = await Change.filter(account_id=account.id).order_by("revision")
    rows = await rows_of(account.id)
    assert {kind for kind, _ in rows} == {
        *("lead", "deal", "note", "comment", "activity", "invoice"),
        *("pipeline", "stage", "label", "person", "organization"),
    }
    assert replayed(log, {}) == replayed([], rows)
    assert [change.revision for change in log] == list(range(1, (await Account.get(id=account.id)).revision + 1))


async def work(viewer: Viewer, user: str) -> None:
    """A day at work: every verb at least once."""
    await create_pipeline(viewer, {"name": "Sales", "stages": [{"name": "New"}, {"name": "Late", "probability": 9}]})
    first, second = [ids.encode("Stage", stage.id) for stage in await Stage.all().order_by("position")]
    await create_label(viewer, {"name": "Hot", "color": "red"})
    label = ids.encode("Label", (await Label.get()).id)
    zubr = ids.encode("Organization", await create_organization(viewer, {"name": "Żubr SA"}))
    jan = ids.encode("Person", await create_person(viewer, {"name": "Jan", "organization_id": zubr}))
    await with_leads(viewer, {"person_id": jan, "label_ids": [label]}, zubr, user)
    await with_deals(viewer, {"stage_id": first, "label_ids": [label], "organization_id": zubr}, second)


async def with_leads(viewer: Viewer, draft: dict[str, object], zubr: str, user: str) -> None:
    keys = [await create_lead(viewer, {"title": f"Lead {n}", **draft}) for n in range(3)]
    one, two, three = [ids.encode("Lead", key) for key in keys]
    await update_lead(viewer, {"id": one, "person_id": None, "organization_id": zubr, "label_ids": [], "is_seen": True})
    note = await add_note(viewer, {"lead_id": one, "body": f"Tell @[{user}]"})
    await add_comment(viewer, {"note_id": ids.encode("Note", note), "body": f"@[{user}] told @[{user}]"})
    activity = await add_activity(viewer, {"lead_id": one, "subject": "Call"})
    await complete_activity(viewer, {"id": ids.encode("Activity", activity)})
    await archive_leads(viewer, {"ids": [one, two]})
    await unarchive_leads(viewer, {"ids": [two]})
    await delete_leads(viewer, {"ids": [three]})
    assert await Lead.filter(removed_at__isnull=True).count() == 2


async def with_deals(viewer: Viewer, draft: dict[str, object], stage: str) -> None:
    keys = [await create_deal(viewer, {"title": f"Deal {n}", **draft}) for n in range(3)]
    one, two, three = [ids.encode("Deal", key) for key in keys]
    value = {"amount": Decimal("9.99"), "currency": "EUR"}
    await update_deal(viewer, {"id": one, "value": value, "expected_close_date": date(2030, 1, 1), "probability": 3})
    await move_deal(viewer, {"id": one, "stage_id": stage})
    await add_note(viewer, {"deal_id": one, "body": "Fine"})
    await add_activity(viewer, {"deal_id": one, "subject": "Lunch"})
    await win_deal(viewer, {"id": one})
    await lose_deal(viewer, {"id": two, "lost_reason": "Too dear"})
    await reopen_deal(viewer, {"id": two})
    invoice = await record_invoice(viewer, {"deal_id": one, "number": "1", "amount": value})
    await void_invoice(viewer, {"id": ids.encode("Invoice", invoice)})
    await delete_deals(viewer, {"ids": [three]})
    assert await Deal.filter(removed_at__isnull=True).count() == 2
