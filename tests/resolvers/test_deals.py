"""Deals: made, changed, moved, won, lost, reopened, deleted."""

import asyncio
from datetime import date
from decimal import Decimal

import pytest

from models.accounts import Account, PlanUsage
from models.base import Visibility, new_id
from models.changes import ChangeKind
from models.deals import Deal, DealStatus
from models.opportunities import OpportunitySource
from models.pipelines import DealField, Stage
from resolvers import ids, usage, waitlist
from resolvers.deals import create_deal, delete_deals, lose_deal, move_deal, reopen_deal, update_deal, win_deal
from resolvers.errors import ErrorCode, Refused
from resolvers.invoices import record_invoice, void_invoice
from tests import given
from tests.refusals import global_id, refused
from tests.replaying import told, unchanged


async def small(limit: int) -> tuple[Account, list[Stage]]:
    account = await given.limited_account(limit)
    return account, (await given.pipeline(account))[1]


async def test_a_created_deal_has_everything_given(acme: given.Company) -> None:
    anna, jan = await given.viewer(acme.anna), await given.person(acme.anna)
    async with told(acme.id) as log:
        key = await create_deal(
            anna,
            {
                "title": "Roof for Łódź",
                "stage_id": global_id(acme.stages[1]),
                "person_id": global_id(jan),
                "value": {"amount": Decimal("1200"), "currency": "JPY"},
                "probability": 0,
                "label_ids": [global_id(acme.label)],
                "expected_close_date": date(2030, 1, 1),
                "source": OpportunitySource.WEB_FORM,
                "client_mutation_id": "m-1",
            },
        )
    deal = await Deal.get(id=key)
    assert (deal.pipeline_id, deal.stage_id) == (acme.pipeline.id, acme.stages[1].id)
    assert (deal.value_minor, deal.currency, deal.probability) == (1200, "JPY", 0)
    assert (deal.status, deal.version, deal.source) == (DealStatus.OPEN, 1, OpportunitySource.WEB_FORM)
    assert (deal.owner_id, deal.person_id, deal.organization_id) == (acme.anna.id, jan.id, None)
    assert [(change.kind, change.client_mutation_id) for change in log] == [(ChangeKind.DEAL_ADDED, "m-1")]
    assert log[0].find("deal")[0].after["label_ids"] == [str(acme.label.id)]
    assert await usage.open_deal_count(acme.id) == 1


async def test_a_deal_needs_no_contact(acme: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    assert await create_deal(anna, {"title": "A", "stage_id": global_id(acme.stages[0])})


@pytest.mark.parametrize(
    "source", [OpportunitySource.CHATBOT, OpportunitySource.LIVE_CHAT, OpportunitySource.PROSPECTOR]
)
async def test_what_begins_in_the_inbox_makes_no_deal(acme: given.Company, source: OpportunitySource) -> None:
    async with refused(ErrorCode.CAPABILITY_MISSING, "source"):
        draft = {"title": "A", "stage_id": global_id(acme.stages[0]), "source": source}
        await create_deal(await given.viewer(acme.anna), draft)


async def test_a_full_plan_refuses_a_new_deal_and_says_its_limit(database: object) -> None:
    account, stages = await small(2)
    anna = await given.viewer(await given.user(account))
    draft = {"title": "A", "stage_id": global_id(stages[0])}
    for _ in range(2):
        await create_deal(anna, draft)
    async with refused(ErrorCode.OPEN_DEAL_LIMIT) as caught:
        await create_deal(anna, draft)
    assert "2 open deals" in caught.value.errors[0].message


async def test_the_limit_holds_whoever_opens_deals_at_once(database: object) -> None:
    account, stages = await small(5)
    anna = await given.viewer(await given.user(account))
    lost = [
        await given.deal(await given.user(account, f"U{n}"), stages[0], status="LOST", closed_at=account.created_at)
        for n in range(5)
    ]
    async with told(account.id):
        done = await asyncio.gather(
            *[create_deal(anna, {"title": "A", "stage_id": global_id(stages[0])}) for _ in range(10)],
            *[reopen_deal(anna, {"id": global_id(deal)}) for deal in lost],
            return_exceptions=True,
        )
    refusals = [each for each in done if isinstance(each, Refused)]
    assert len(done) - len(refusals) == 5
    assert {error.code for each in refusals for error in each.errors} == {ErrorCode.OPEN_DEAL_LIMIT}
    assert await Deal.filter(status=DealStatus.OPEN).count() == await usage.open_deal_count(account.id) == 5


async def require(stage: Stage, *needed: DealField) -> Stage:
    stage.required_fields = list(needed)
    await stage.save()
    return stage


async def test_a_stage_lets_no_deal_in_without_what_it_requires(acme: given.Company) -> None:
    anna, stage = await given.viewer(acme.anna), await require(acme.stages[1], *DealField)
    async with refused(ErrorCode.REQUIRED_FIELD_MISSING, "stageId") as caught:
        await create_deal(anna, {"title": "A", "stage_id": global_id(stage), "expected_close_date": date(2030, 1, 1)})
    message = caught.value.errors[0].message
    assert "value, personId, organizationId" in message
    assert "expectedCloseDate" not in message


async def test_a_deal_moves_only_where_it_has_what_the_stage_requires(acme: given.Company) -> None:
    anna, stage = await given.viewer(acme.anna), await require(acme.stages[1], DealField.VALUE)
    deal = await given.deal(acme.anna, acme.stages[0])
    move = {"id": global_id(deal), "stage_id": global_id(stage)}
    async with refused(ErrorCode.REQUIRED_FIELD_MISSING, "stageId"):
        await move_deal(anna, move)
    async with told(acme.id):
        await update_deal(anna, {"id": global_id(deal), "value": {"amount": Decimal(0), "currency": "PLN"}})
        await move_deal(anna, move)
    assert (await Deal.get(id=deal.id)).stage_id == stage.id


async def test_a_deal_keeps_what_its_stage_requires(acme: given.Company) -> None:
    anna, stage = await given.viewer(acme.anna), await require(acme.stages[0], DealField.VALUE, DealField.PERSON)
    deal = await given.deal(acme.anna, stage, value_minor=1, currency="PLN")
    async with refused(ErrorCode.REQUIRED_FIELD_MISSING) as caught:
        await update_deal(anna, {"id": global_id(deal), "value": None})
    assert "must have value:" in caught.value.errors[0].message
    async with told(acme.id):  # the person was missing before, and an update need not repair that
        await update_deal(anna, {"id": global_id(deal), "title": "New", "person_id": None})


async def test_an_update_changes_what_is_given(acme: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    deal = await given.deal(acme.anna, acme.stages[0], probability=5, expected_close_date=date(2030, 1, 1))
    async with told(acme.id) as log:
        patch = {
            "id": global_id(deal),
            "expected_version": 1,
            "probability": None,
            "label_ids": [global_id(acme.label)],
        }
        await update_deal(anna, patch)
    after = await Deal.get(id=deal.id)
    assert (after.probability, after.expected_close_date, after.version) == (None, date(2030, 1, 1), 2)
    assert log[0].kind is ChangeKind.DEAL_UPDATED
    assert log[0].find("deal")[0].changed == {"probability", "label_ids", "version", "updated_at"}


@pytest.mark.parametrize("field", ["owner_id", "visibility"])
async def test_only_the_owner_and_admins_change_owner_and_visibility(acme: given.Company, field: str) -> None:
    deal = await given.deal(acme.anna, acme.stages[0])
    patch = {"id": global_id(deal), field: {"owner_id": global_id(acme.celina), "visibility": Visibility.TEAM}[field]}
    async with refused(ErrorCode.FORBIDDEN, {"owner_id": "ownerId"}.get(field, field)):
        await update_deal(await given.viewer(acme.bartek), patch)
    async with told(acme.id):
        await update_deal(await given.viewer(acme.anna), patch)


async def test_a_deal_moves_to_any_pipeline_of_the_account(acme: given.Company) -> None:
    anna, deal = await given.viewer(acme.anna), await given.deal(acme.anna, acme.stages[0], labels=[acme.label])
    _, (stage, *_) = await given.pipeline(acme.account, "Service", is_default=False)
    async with told(acme.id) as log:
        await move_deal(anna, {"id": global_id(deal), "stage_id": global_id(stage), "expected_version": 1})
    after = await Deal.get(id=deal.id)
    assert (after.stage_id, after.pipeline_id, after.version) == (stage.id, stage.pipeline_id, 2)
    assert after.stage_entered_at > deal.stage_entered_at
    (subject,) = log[0].find("deal")
    assert log[0].kind is ChangeKind.DEAL_MOVED
    assert (subject.before["stage_id"], subject.after["stage_id"]) == (str(acme.stages[0].id), str(stage.id))


async def test_a_move_into_its_own_stage_is_no_change(acme: given.Company) -> None:
    anna, deal = await given.viewer(acme.anna), await given.deal(acme.anna, await require(acme.stages[0], *DealField))
    async with unchanged(acme.id):
        await move_deal(anna, {"id": global_id(deal), "stage_id": global_id(acme.stages[0])})


async def test_no_deal_moves_into_another_accounts_stage(acme: given.Company, other: given.Company) -> None:
    anna, deal = await given.viewer(acme.anna), await given.deal(acme.anna, acme.stages[0])
    async with refused(ErrorCode.NOT_FOUND, "stageId"):
        await move_deal(anna, {"id": global_id(deal), "stage_id": global_id(other.stages[0])})


async def test_fifty_moves_of_one_deal_at_once_follow_one_another(acme: given.Company) -> None:
    anna, deal = await given.viewer(acme.anna), await given.deal(acme.anna, acme.stages[0])
    async with told(acme.id) as log:
        await asyncio.gather(
            *[move_deal(anna, {"id": global_id(deal), "stage_id": global_id(acme.stages[n % 3])}) for n in range(1, 51)]
        )
    subjects = [change.find("deal")[0] for change in log]
    assert [subject.after["version"] for subject in subjects] == list(range(2, len(log) + 2))
    stages = [str(acme.stages[0].id), *[subject.after["stage_id"] for subject in subjects]]
    assert [subject.before["stage_id"] for subject in subjects] == stages[:-1]
    after = await Deal.get(id=deal.id)
    assert (after.version, str(after.stage_id)) == (len(log) + 1, stages[-1])


async def test_of_many_moves_from_one_version_one_is_done(acme: given.Company) -> None:
    anna, deal = await given.viewer(acme.anna), await given.deal(acme.anna, acme.stages[0])
    move = {"id": global_id(deal), "stage_id": global_id(acme.stages[1]), "expected_version": 1}
    done = await asyncio.gather(*[move_deal(anna, move) for _ in range(10)], return_exceptions=True)
    refusals = [each for each in done if isinstance(each, Refused)]
    assert [each.errors[0].code for each in refusals] == [ErrorCode.VERSION_CONFLICT] * 9
    assert (await Deal.get(id=deal.id)).version == 2


async def test_a_won_deal_is_closed_and_frees_its_place(acme: given.Company) -> None:
    anna, deal = await given.viewer(acme.anna), await given.deal(acme.anna, acme.stages[0])
    async with told(acme.id) as log:
        await win_deal(anna, {"id": global_id(deal)})
        await win_deal(anna, {"id": global_id(deal), "expected_version": 2})
    after = await Deal.get(id=deal.id)
    assert (after.status, after.version, after.lost_reason) == (DealStatus.WON, 2, None)
    assert after.closed_at is not None
    assert [change.kind for change in log] == [ChangeKind.DEAL_CLOSED]
    assert await usage.open_deal_count(acme.id) == 0


async def test_a_deal_is_closed_even_where_admitting_those_who_wait_fails(
    acme: given.Company, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(account_id: object) -> int:
        raise RuntimeError("the line is broken")

    monkeypatch.setattr(waitlist, "admit_waiting", broken)
    anna = await given.viewer(acme.anna)
    for verb in (win_deal, lose_deal):
        deal = await given.deal(acme.anna, acme.stages[0])
        async with told(acme.id):
            await verb(anna, {"id": global_id(deal)})
    deal = await given.deal(acme.anna, acme.stages[0])
    assert await delete_deals(anna, {"ids": [global_id(deal)]}) == [deal.id]
    assert caplog.text.count("RuntimeError: the line is broken") == 3


async def test_a_lost_deal_keeps_its_reason_and_takes_a_new_one(acme: given.Company) -> None:
    anna, deal = await given.viewer(acme.anna), await given.deal(acme.anna, acme.stages[0])
    async with told(acme.id) as log:
        await lose_deal(anna, {"id": global_id(deal), "lost_reason": " Too dear "})
        await lose_deal(anna, {"id": global_id(deal), "lost_reason": None})
        await lose_deal(anna, {"id": global_id(deal), "lost_reason": "Too late"})
    assert [change.kind for change in log] == [ChangeKind.DEAL_CLOSED, ChangeKind.DEAL_UPDATED]
    assert [change.find("deal")[0].after["lost_reason"] for change in log] == ["Too dear", "Too late"]
    assert await usage.open_deal_count(acme.id) == 0


async def test_a_won_deal_may_be_lost_and_won_again_in_one_write_each(acme: given.Company) -> None:
    anna, deal = await given.viewer(acme.anna), await given.deal(acme.anna, acme.stages[0])
    async with told(acme.id) as log:
        await win_deal(anna, {"id": global_id(deal)})
        await lose_deal(anna, {"id": global_id(deal), "lost_reason": "Withdrawn"})
        await win_deal(anna, {"id": global_id(deal)})
    assert [change.kind for change in log] == [ChangeKind.DEAL_CLOSED] * 3
    after = await Deal.get(id=deal.id)
    assert (after.status, after.lost_reason) == (DealStatus.WON, None)
    assert await usage.open_deal_count(acme.id) == 0


async def test_a_reopened_deal_takes_a_place(acme: given.Company) -> None:
    anna, deal = await given.viewer(acme.anna), await given.deal(acme.anna, acme.stages[0])
    async with told(acme.id) as log:
        await lose_deal(anna, {"id": global_id(deal), "lost_reason": "Too dear"})
        await reopen_deal(anna, {"id": global_id(deal)})
        await reopen_deal(anna, {"id": global_id(deal)})
    after = await Deal.get(id=deal.id)
    assert (after.status, after.closed_at, after.lost_reason) == (DealStatus.OPEN, None, None)
    assert [change.kind for change in log] == [ChangeKind.DEAL_CLOSED, ChangeKind.DEAL_REOPENED]
    assert await usage.open_deal_count(acme.id) == 1


async def test_a_full_plan_reopens_no_deal(database: object) -> None:
    account, stages = await small(1)
    who = await given.user(account)
    lost = await given.deal(who, stages[0], status="LOST", closed_at=account.created_at)
    await given.deal(who, stages[0])
    async with refused(ErrorCode.OPEN_DEAL_LIMIT):
        await reopen_deal(await given.viewer(who), {"id": global_id(lost)})


@pytest.mark.parametrize("verb", [win_deal, reopen_deal])
async def test_only_a_lost_deal_has_a_reason(acme: given.Company, verb) -> None:
    deal = await given.deal(acme.anna, acme.stages[0])
    async with refused(ErrorCode.INVALID, "lostReason"):
        await verb(await given.viewer(acme.anna), {"id": global_id(deal), "lost_reason": "?"})


@pytest.mark.parametrize("reason", ["r" * 1001, "a\x00", "a\nb"])
async def test_a_reason_that_cannot_be_kept_is_refused(acme: given.Company, reason: str) -> None:
    deal = await given.deal(acme.anna, acme.stages[0])
    async with refused(ErrorCode.INVALID, "lostReason"):
        await lose_deal(await given.viewer(acme.anna), {"id": global_id(deal), "lost_reason": reason})


VERBS = {
    "update": lambda viewer, given: update_deal(viewer, {"title": "New", **given}),
    "win": win_deal,
    "lose": lose_deal,
    "reopen": reopen_deal,
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
async def test_a_deal_of_another_version_is_left_alone(acme: given.Company, verb) -> None:
    anna, deal = await given.viewer(acme.anna), await given.deal(acme.anna, acme.stages[0], version=3)
    async with refused(ErrorCode.VERSION_CONFLICT, "expectedVersion"):
        await verb(anna, {"id": global_id(deal), "expected_version": 2})


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
async def test_a_deal_out_of_sight_is_as_unknown(acme: given.Company, other: given.Company, verb) -> None:
    anna, lead = await given.viewer(acme.anna), await given.lead(acme.anna)
    hidden = await given.deal(acme.celina, acme.stages[0], visibility=Visibility.TEAM)
    foreign = await given.deal(other.anna, other.stages[0])
    for unknown in (global_id(hidden), global_id(foreign), ids.encode("Deal", new_id())):
        async with refused(ErrorCode.NOT_FOUND, "id"):
            await verb(anna, {"id": unknown})
    async with refused(ErrorCode.CAPABILITY_MISSING, "id") as caught:
        await verb(anna, {"id": global_id(lead)})
    assert "convert the lead first" in caught.value.errors[0].message


async def test_deleted_deals_are_gone_and_free_their_places(acme: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    deals = [await given.deal(acme.anna, acme.stages[0], labels=[acme.label]) for _ in range(3)]
    await win_deal(anna, {"id": global_id(deals[2])})
    async with told(acme.id) as log:
        await delete_deals(anna, {"ids": [global_id(deal) for deal in deals[1:]]})
    assert [change.kind for change in log] == [ChangeKind.DEAL_DELETED] * 2
    assert await usage.open_deal_count(acme.id) == 1
    async with refused(ErrorCode.NOT_FOUND, "ids", 0):
        await delete_deals(anna, {"ids": [global_id(deals[1])]})


async def test_a_deal_with_an_invoice_stays(acme: given.Company) -> None:
    anna, deals = await given.viewer(acme.anna), [await given.deal(acme.anna, acme.stages[0]) for _ in range(2)]
    amount = {"amount": Decimal(1), "currency": "PLN"}
    key = await record_invoice(anna, {"deal_id": global_id(deals[1]), "number": "FV/1", "amount": amount})
    wanted = {"ids": [global_id(deal) for deal in deals]}
    async with refused(ErrorCode.HAS_INVOICE, "ids", 1):
        await delete_deals(anna, wanted)
    async with told(acme.id):
        await void_invoice(anna, {"id": ids.encode("Invoice", key)})
        await delete_deals(anna, wanted)


async def test_only_the_owner_and_admins_delete(acme: given.Company) -> None:
    deal = await given.deal(acme.anna, acme.stages[0])
    async with refused(ErrorCode.FORBIDDEN, "ids", 0):
        await delete_deals(await given.viewer(acme.bartek), {"ids": [global_id(deal)]})
    await delete_deals(await given.viewer(acme.admin), {"ids": [global_id(deal)]})


async def test_a_list_of_deals_is_neither_empty_nor_endless_nor_of_leads(acme: given.Company) -> None:
    anna, lead = await given.viewer(acme.anna), await given.lead(acme.anna)
    async with refused(ErrorCode.EMPTY, "ids"):
        await delete_deals(anna, {"ids": []})
    async with refused(ErrorCode.TOO_MANY, "ids"):
        await delete_deals(anna, {"ids": [ids.encode("Deal", new_id()) for _ in range(1001)]})
    async with refused(ErrorCode.CAPABILITY_MISSING, "ids", 0):
        await delete_deals(anna, {"ids": [global_id(lead)]})


async def test_a_thousand_deals_are_deleted_in_as_many_statements_as_two(acme: given.Company, statements) -> None:
    anna, stage = await given.viewer(acme.anna), acme.stages[0]
    columns = {"title": "A", "folded_title": "a", "source": OpportunitySource.API, "owner_id": acme.anna.id}
    place = {"stage_id": stage.id, "pipeline_id": stage.pipeline_id}
    await Deal.bulk_create([Deal(account_id=acme.id, **columns, **place) for _ in range(1002)])
    await PlanUsage.filter(account_id=acme.id).update(open_deals=1002)
    wanted = [global_id(deal) for deal in await Deal.all()]
    with statements() as of_two:
        await delete_deals(anna, {"ids": wanted[:2]})
    with statements() as of_thousand:
        await delete_deals(anna, {"ids": wanted[2:]})
    assert len(of_thousand) == len(of_two)
    assert await usage.open_deal_count(acme.id) == 0
