"""Converting leads: what goes along, what each outcome means, and that it is told as one."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from models.accounts import PlanUsage
from models.activities import Activity
from models.base import Visibility, new_id
from models.changes import ChangeKind
from models.conversions import Conversion
from models.deals import Deal, DealStatus
from models.labels import DealLabel
from models.leads import Lead
from models.notes import Comment, Mention, Note
from models.opportunities import OpportunitySource
from models.pipelines import Stage
from resolvers import ids
from resolvers.conversions import (
    ConversionOutcome,
    ConversionReport,
    OnError,
    convert_leads,
    find_conversion,
    preview_conversion,
)
from resolvers.errors import ErrorCode
from tests import given
from tests.refusals import global_id
from tests.replaying import told, unchanged

CONVERTED = ConversionOutcome.CONVERTED
ALREADY_CONVERTED = ConversionOutcome.ALREADY_CONVERTED
NEEDS_REVIEW = ConversionOutcome.NEEDS_REVIEW
FAILED = ConversionOutcome.FAILED
SKIPPED = ConversionOutcome.SKIPPED

SOON = datetime(2031, 5, 1, 9, tzinfo=UTC)
LATER = datetime(2031, 5, 2, 9, tzinfo=UTC)


def outcomes(report: ConversionReport) -> list[ConversionOutcome]:
    return [result.outcome for result in report.results]


def faults(report: ConversionReport) -> list[tuple[ErrorCode, list[str]]]:
    """The errors of all leads, in order: each one's code and path."""
    return [(error.code, error.path) for result in report.results for error in result.errors]


async def leads_of(owner: Any, *names: str, **columns: Any) -> list[Lead]:
    """A lead for each name, of a person of that name."""
    return [
        await given.lead(owner, f"{name} asks", person_id=(await given.person(owner, name)).id, **columns)
        for name in names
    ]


async def test_everything_on_a_lead_goes_along_to_its_deal(acme: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    jan, zubr = await given.person(acme.anna, "Jan Nowak"), await given.organization(acme.anna)
    lead = await given.lead(
        acme.anna,
        "Łódź asks",
        [acme.label],
        person_id=jan.id,
        organization_id=zubr.id,
        value_minor=1250,
        currency="PLN",
        source=OpportunitySource.WEB_FORM,
        visibility=Visibility.TEAM,
        expected_close_date=date(2031, 6, 1),
    )
    note = await given.note(acme.bartek, lead, "Called")
    comment = await given.comment(acme.anna, note)
    await Mention.create(account_id=acme.id, note_id=note.id, comment_id=comment.id, user_id=acme.celina.id, position=0)
    done = await given.activity(acme.anna, lead, done_at=SOON)
    coming = await given.activity(acme.anna, lead, due_at=LATER)
    await Lead.filter(id=lead.id).update(next_activity_id=coming.id, next_activity_at=coming.due_at)
    behind = (
        await Comment.all().values(),
        await Mention.all().values(),
        await Note.all().values("id", "body", "author_id"),
    )

    async with told(acme.id) as log:
        report = await convert_leads(anna, {"lead_ids": [global_id(lead)], "client_mutation_id": "m"})

    assert outcomes(report) == [CONVERTED]
    deal = await Deal.get(id=report.results[0].deal_id)
    assert (deal.title, deal.folded_title, deal.value_minor, deal.currency) == ("Łódź asks", "lodz asks", 1250, "PLN")
    assert (deal.person_id, deal.organization_id, deal.owner_id) == (jan.id, zubr.id, acme.anna.id)
    assert (deal.source, deal.visibility) == (OpportunitySource.WEB_FORM, Visibility.TEAM)
    assert (deal.expected_close_date, deal.source_lead_id) == (date(2031, 6, 1), lead.id)
    assert (deal.pipeline_id, deal.stage_id, deal.status) == (acme.pipeline.id, acme.stages[0].id, DealStatus.OPEN)
    assert (deal.next_activity_id, deal.next_activity_at, deal.last_activity_at) == (coming.id, LATER, SOON)
    assert deal.created_at > lead.created_at
    assert await DealLabel.filter(deal_id=deal.id).values_list("label_id", flat=True) == [acme.label.id]
    assert {(each.id, each.deal_id, each.lead_id) for each in await Activity.all()} == {
        (done.id, deal.id, None),
        (coming.id, deal.id, None),
    }
    moved = await Note.get(id=note.id)
    assert (moved.deal_id, moved.lead_id) == (deal.id, None)
    assert behind == (
        await Comment.all().values(),
        await Mention.all().values(),
        await Note.all().values("id", "body", "author_id"),
    )
    assert (await PlanUsage.get(account_id=acme.id)).open_deals == 1

    (change,) = log
    assert (change.kind, change.actor_id, change.client_mutation_id) == (ChangeKind.LEAD_CONVERTED, acme.anna.id, "m")
    assert [subject["type"] for subject in change.subjects] == [
        "lead", "deal", "note", "activity", "activity", "conversion"
    ]  # fmt: skip
    assert report.revision == change.revision


async def test_a_converted_lead_leaves_the_inbox_and_tells_where_it_went(acme: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    (lead,) = await leads_of(acme.anna, "Jan Nowak")
    assert await find_conversion(anna, global_id(lead)) is None
    (result,) = (await convert_leads(anna, {"lead_ids": [global_id(lead)]})).results
    tombstone = await Lead.get(id=lead.id)
    assert tombstone.removed_at is not None
    assert tombstone.version == lead.version + 1
    found = await find_conversion(anna, global_id(lead))
    assert found is not None
    assert (found.lead_id, found.deal_id, found.by_id) == (lead.id, result.deal_id, acme.anna.id)
    await Deal.filter(id=result.deal_id).update(visibility=Visibility.OWNER, owner_id=acme.celina.id)
    hidden = await find_conversion(anna, global_id(lead))
    assert hidden is not None
    assert hidden.deal_id is None


async def test_a_conversion_is_told_to_nobody_else(acme: given.Company, other: given.Company) -> None:
    (lead,) = await leads_of(acme.anna, "Jan Nowak")
    (private,) = await leads_of(acme.anna, "Ewa Lis", visibility=Visibility.OWNER)
    anna = await given.viewer(acme.anna)
    await convert_leads(anna, {"lead_ids": [global_id(lead), global_id(private)]})
    assert await find_conversion(await given.viewer(other.admin), global_id(lead)) is None
    assert await find_conversion(await given.viewer(acme.celina), global_id(private)) is None


async def test_the_stage_names_the_pipeline_too(acme: given.Company) -> None:
    line, stages = await given.pipeline(acme.account, "Partners", {"First": 5, "Second": 50}, is_default=False)
    (lead,) = await leads_of(acme.anna, "Jan Nowak")
    request = {"lead_ids": [global_id(lead)], "stage_id": global_id(stages[1])}
    (result,) = (await convert_leads(await given.viewer(acme.anna), request)).results
    deal = await Deal.get(id=result.deal_id)
    assert (deal.pipeline_id, deal.stage_id) == (line.id, stages[1].id)


async def test_a_repeated_lead_counts_once_and_results_keep_the_order(acme: given.Company) -> None:
    one, two, three = await leads_of(acme.anna, "Jan Nowak", "Ewa Lis", "Olga Mak")
    asked = [global_id(each) for each in (three, one, three, two, one)]
    report = await convert_leads(await given.viewer(acme.anna), {"lead_ids": asked})
    assert [result.lead_id for result in report.results] == [three.id, one.id, two.id]
    assert await Deal.all().count() == 3


async def test_a_deal_may_be_given_another_owner_by_those_who_may(acme: given.Company) -> None:
    mine, theirs = *await leads_of(acme.anna, "Jan Nowak"), *await leads_of(acme.bartek, "Ewa Lis")
    anna, admin = await given.viewer(acme.anna), await given.viewer(acme.admin)
    owner = {"owner_id": global_id(acme.celina)}
    (result,) = (await convert_leads(anna, {"lead_ids": [global_id(mine)], **owner})).results
    assert (await Deal.get(id=result.deal_id)).owner_id == acme.celina.id
    assert (await Lead.get(id=mine.id)).owner_id == acme.anna.id
    async with unchanged(acme.id):
        report = await convert_leads(anna, {"lead_ids": [global_id(theirs)], **owner})
    assert faults(report) == [(ErrorCode.FORBIDDEN, ["ownerId"])]
    assert outcomes(await convert_leads(admin, {"lead_ids": [global_id(theirs)], **owner})) == [CONVERTED]


async def test_all_leads_convert_or_none(acme: given.Company, other: given.Company) -> None:
    good, archived = await leads_of(acme.anna, "Jan Nowak"), await leads_of(acme.anna, "Ewa Lis", archived_at=SOON)
    (foreign,) = await leads_of(other.anna, "Olga Mak")
    private = await given.lead(acme.celina, visibility=Visibility.OWNER, person_id=(await given.person(acme.celina)).id)
    asked = [*good, *archived, foreign, private]
    lead_ids = [*map(global_id, asked), ids.encode("Lead", new_id())]
    async with unchanged(acme.id, other.id):
        report = await convert_leads(await given.viewer(acme.anna), {"lead_ids": lead_ids})
    assert outcomes(report) == [SKIPPED, FAILED, FAILED, FAILED, FAILED]
    assert faults(report) == [
        (ErrorCode.LEAD_ARCHIVED, ["leadIds", "1"]),
        (ErrorCode.NOT_FOUND, ["leadIds", "2"]),
        (ErrorCode.NOT_FOUND, ["leadIds", "3"]),
        (ErrorCode.NOT_FOUND, ["leadIds", "4"]),
    ]
    messages = {error.message for result in report.results[2:] for error in result.errors}
    assert len(messages) == 1, "what is unknown, foreign and unseen must look alike"
    assert (report.revision, report.errors) == (None, [])


async def test_what_can_be_converted_is_where_errors_are_skipped(acme: given.Company) -> None:
    one, two = await leads_of(acme.anna, "Jan Nowak", "Ewa Lis")
    (archived,) = await leads_of(acme.anna, "Olga Mak", archived_at=SOON)
    lead_ids = [global_id(each) for each in (one, archived, two)]
    async with told(acme.id) as log:
        report = await convert_leads(await given.viewer(acme.anna), {"lead_ids": lead_ids, "on_error": OnError.SKIP})
    assert outcomes(report) == [CONVERTED, FAILED, CONVERTED]
    assert [change.kind for change in log] == [ChangeKind.LEAD_CONVERTED] * 2


async def test_a_lead_that_was_converted_before_answers_with_its_deal(acme: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    one, two = await leads_of(acme.anna, "Jan Nowak", "Ewa Lis")
    (first,) = (await convert_leads(anna, {"lead_ids": [global_id(one)]})).results
    async with unchanged(acme.id):
        (again,) = (await convert_leads(anna, {"lead_ids": [global_id(one)]})).results
    assert (again.outcome, again.deal_id, again.errors) == (ALREADY_CONVERTED, first.deal_id, [])
    both = await convert_leads(anna, {"lead_ids": [global_id(one), global_id(two)]})
    assert outcomes(both) == [ALREADY_CONVERTED, CONVERTED]
    await Deal.filter(id=first.deal_id).update(removed_at=SOON)
    (removed,) = (await convert_leads(anna, {"lead_ids": [global_id(one)]})).results
    assert (removed.outcome, removed.deal_id) == (ALREADY_CONVERTED, None)


async def test_a_deleted_lead_is_not_there(acme: given.Company) -> None:
    (lead,) = await leads_of(acme.anna, "Jan Nowak", removed_at=SOON)
    report = await convert_leads(await given.viewer(acme.anna), {"lead_ids": [global_id(lead)]})
    assert faults(report) == [(ErrorCode.NOT_FOUND, ["leadIds", "0"])]


async def test_archived_leads_convert_where_that_is_asked(acme: given.Company) -> None:
    (lead,) = await leads_of(acme.anna, "Jan Nowak", archived_at=SOON)
    async with told(acme.id):
        report = await convert_leads(await given.viewer(acme.anna), {"lead_ids": [global_id(lead)], "unarchive": True})
    assert outcomes(report) == [CONVERTED]


async def test_a_lead_changed_since_it_was_read_is_held_back(acme: given.Company) -> None:
    one, two = await leads_of(acme.anna, "Jan Nowak", "Ewa Lis", version=3)
    lead_ids = [global_id(one), global_id(two)]
    expected = [{"lead_id": lead_ids[1], "version": 2}, {"lead_id": lead_ids[0], "version": 3}]
    anna = await given.viewer(acme.anna)
    async with unchanged(acme.id):
        report = await convert_leads(anna, {"lead_ids": lead_ids, "expected_versions": expected})
    assert outcomes(report) == [SKIPPED, FAILED]
    assert faults(report) == [(ErrorCode.VERSION_CONFLICT, ["expectedVersions", "0", "version"])]
    expected[0]["version"] = 3
    report = await convert_leads(anna, {"lead_ids": lead_ids, "expected_versions": expected})
    assert outcomes(report) == [CONVERTED, CONVERTED]


async def test_a_deal_must_have_what_its_stage_requires(acme: given.Company) -> None:
    await Stage.filter(id=acme.stages[1].id).update(required_fields=["VALUE", "ORGANIZATION"])
    (lead,) = await leads_of(acme.anna, "Jan Nowak", value_minor=100, currency="PLN")
    request = {"lead_ids": [global_id(lead)], "stage_id": global_id(acme.stages[1])}
    anna = await given.viewer(acme.anna)
    async with unchanged(acme.id):
        report = await convert_leads(anna, request)
    assert faults(report) == [(ErrorCode.REQUIRED_FIELD_MISSING, ["leadIds", "0"])]
    assert "organizationId" in report.results[0].errors[0].message
    assert "value" not in report.results[0].errors[0].message
    await Lead.filter(id=lead.id).update(organization_id=(await given.organization(acme.anna)).id)
    assert outcomes(await convert_leads(anna, request)) == [CONVERTED]


async def test_all_faults_of_a_lead_are_told_at_once(acme: given.Company) -> None:
    (lead,) = await leads_of(acme.bartek, "Jan Nowak", archived_at=SOON)
    report = await convert_leads(
        await given.viewer(acme.anna),
        {
            "lead_ids": [global_id(lead)],
            "expected_versions": [{"lead_id": global_id(lead), "version": 9}],
            "owner_id": global_id(acme.celina),
        },
    )
    codes = [code for code, _ in faults(report)]
    assert codes == [ErrorCode.LEAD_ARCHIVED, ErrorCode.VERSION_CONFLICT, ErrorCode.FORBIDDEN]


async def test_a_lead_joins_a_deal_that_exists(acme: given.Company) -> None:
    jan, zubr = await given.person(acme.anna, "Jan Nowak"), await given.organization(acme.anna)
    deal = await given.deal(acme.bartek, acme.stages[2], value_minor=500, currency="PLN", person_id=jan.id)
    (lead,) = await leads_of(acme.anna, "Ewa Lis", organization_id=zubr.id, value_minor=70, currency="PLN")
    note, call = await given.note(acme.anna, lead), await given.activity(acme.anna, lead, due_at=SOON)
    (plain,) = await leads_of(acme.anna, "Olga Mak")
    request = {
        "lead_ids": [global_id(lead), global_id(plain)],
        "into_deals": [{"lead_id": global_id(lead), "deal_id": global_id(deal)}],
    }
    async with told(acme.id):
        report = await convert_leads(await given.viewer(acme.anna), request)
    assert outcomes(report) == [CONVERTED, CONVERTED]
    assert report.results[0].deal_id == deal.id
    joined = await Deal.get(id=deal.id)
    assert (joined.person_id, joined.organization_id) == (jan.id, zubr.id)
    assert (joined.value_minor, joined.stage_id, joined.owner_id) == (500, acme.stages[2].id, acme.bartek.id)
    assert (joined.next_activity_id, joined.version) == (call.id, deal.version + 1)
    assert (await Note.get(id=note.id)).deal_id == deal.id
    assert (await PlanUsage.get(account_id=acme.id)).open_deals == 2
    assert await Conversion.filter(into_existing=True).values_list("lead_id", flat=True) == [lead.id]


async def test_two_leads_join_one_deal_and_the_first_fills_it(acme: given.Company) -> None:
    deal = await given.deal(acme.anna, acme.stages[0])
    one, two = await leads_of(acme.anna, "Jan Nowak", "Ewa Lis")
    request = {
        "lead_ids": [global_id(two), global_id(one)],
        "into_deals": [{"lead_id": global_id(each), "deal_id": global_id(deal)} for each in (one, two)],
    }
    async with told(acme.id) as log:
        await convert_leads(await given.viewer(acme.anna), request)
    joined = await Deal.get(id=deal.id)
    assert (joined.person_id, joined.version) == (two.person_id, deal.version + 1)
    assert [change.kind for change in log] == [ChangeKind.LEAD_CONVERTED] * 2


@pytest.mark.parametrize(
    ("status", "code"), [(DealStatus.WON, ErrorCode.DEAL_WON), (DealStatus.LOST, ErrorCode.INVALID)]
)
async def test_leads_join_open_deals_only(acme: given.Company, status: DealStatus, code: ErrorCode) -> None:
    deal = await given.deal(acme.anna, acme.stages[0], status=status, closed_at=SOON)
    (lead,) = await leads_of(acme.anna, "Jan Nowak")
    request = {
        "lead_ids": [global_id(lead)],
        "into_deals": [{"lead_id": global_id(lead), "deal_id": global_id(deal)}],
    }
    async with unchanged(acme.id):
        report = await convert_leads(await given.viewer(acme.anna), request)
    assert faults(report) == [(code, ["intoDeals", "0", "dealId"])]
    assert report.results[0].deal_id is None


async def test_a_dry_run_says_what_would_happen_and_changes_nothing(acme: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    one, two = await leads_of(acme.anna, "Jan Nowak", "Ewa Lis")
    (archived,) = await leads_of(acme.anna, "Olga Mak", archived_at=SOON)
    deal = await given.deal(acme.anna, acme.stages[0])
    lead_ids = [global_id(each) for each in (one, two, archived)]
    request: dict[str, Any] = {
        "lead_ids": lead_ids,
        "into_deals": [{"lead_id": lead_ids[1], "deal_id": global_id(deal)}],
        "on_error": OnError.SKIP,
        "idempotency_key": "k",
    }
    async with unchanged(acme.id):
        foretold = await convert_leads(anna, {**request, "dry_run": True})
        aborted = await convert_leads(anna, {**request, "dry_run": True, "on_error": OnError.ABORT})
    assert [(each.outcome, each.deal_id) for each in foretold.results] == [
        (CONVERTED, None), (CONVERTED, deal.id), (FAILED, None)
    ]  # fmt: skip
    assert outcomes(aborted) == [SKIPPED, SKIPPED, FAILED]
    assert foretold.revision is None
    report = await convert_leads(anna, request)
    assert outcomes(report) == outcomes(foretold)
    assert faults(report) == faults(foretold)


async def test_a_preview_finds_every_error(acme: given.Company) -> None:
    (one,) = await leads_of(acme.anna, "Jan Nowak")
    (archived,) = await leads_of(acme.anna, "Olga Mak", archived_at=SOON)
    await Stage.filter(id=acme.stages[1].id).update(required_fields=["VALUE"])
    lead_ids = [global_id(one), global_id(archived), ids.encode("Lead", new_id())]
    anna = await given.viewer(acme.anna)
    async with unchanged(acme.id):
        preview = await preview_conversion(anna, lead_ids, global_id(acme.stages[1]))
        broken = await preview_conversion(anna, ["lead_x"], None)
    assert [(error.code, error.path) for error in preview.errors] == [
        (ErrorCode.REQUIRED_FIELD_MISSING, ["leadIds", "0"]),
        (ErrorCode.LEAD_ARCHIVED, ["leadIds", "1"]),
        (ErrorCode.REQUIRED_FIELD_MISSING, ["leadIds", "1"]),
        (ErrorCode.NOT_FOUND, ["leadIds", "2"]),
    ]
    assert (preview.review, preview.open_deals_left) == ([], None)
    assert [(error.code, error.path) for error in broken.errors] == [(ErrorCode.INVALID, ["leadIds", "0"])]
