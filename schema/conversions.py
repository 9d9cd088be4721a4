"""Leads into deals, and back."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import strawberry

from resolvers import conversion_runs, conversions, ids, leaving, reversals
from resolvers.access import Viewer
from resolvers.conversion_reports import ConversionOutcome, ConversionReport, LeadResult, Review
from resolvers.conversion_requests import DuplicateContactsPolicy, OnError, OnLimit
from resolvers.ids import encode
from resolvers.matching import Match
from resolvers.reads.run import Ref
from schema.common import Node, User, UserError
from schema.contacts import Contact
from schema.deals import Deal
from schema.declaring import Answer, Info, command, identifies, shows
from schema.enums import ConversionRunStatus, MatchReason
from schema.leads import Lead, LeadPayload
from schema.scalars import Revision

strawberry.enum(DuplicateContactsPolicy, description="What to do about contacts that look like others.")
strawberry.enum(OnError, description="What a lead that cannot be converted means for the others.")
strawberry.enum(OnLimit, description="What to do with leads that the plan has no place for.")
strawberry.enum(ConversionOutcome, description="What became of a lead.")


@strawberry.type(description="A contact that looks like another.")
class ContactMatch:
    """A match."""

    contact: Contact
    score: float = strawberry.field(description="0 to 1.")
    reasons: list[MatchReason]
    is_exact: bool = strawberry.field(description="Whether it is taken for the same without asking.")


@strawberry.type(description="A lead's contact with the contacts it may be a duplicate of.")
class DuplicateContact:
    """A contact to review."""

    lead: Lead
    contact: Contact
    matches: list[ContactMatch]


@strawberry.type(description="What converting would do.")
class ConversionPreview:
    """A preview."""

    review: list[DuplicateContact]
    errors: list[UserError]
    open_deals_left: int | None = strawberry.field(
        description="Open deals that the plan still has room for; null: unlimited."
    )


@strawberry.type(description="Where a converted lead went.")
class Conversion:
    """A conversion."""

    lead_id: strawberry.ID
    deal: Deal | None
    at: datetime
    by: User


@strawberry.type(description="What became of one lead.")
class LeadConversionResult:
    """The outcome for a lead."""

    lead_id: strawberry.ID
    outcome: ConversionOutcome
    deal: Deal | None
    errors: list[UserError]


@strawberry.type(description="A conversion that goes on in the background. Counts are of leads.")
class ConversionRun(Node):
    """A conversion in the background."""

    id: strawberry.ID = identifies("ConversionRun")
    status: ConversionRunStatus = shows("status")
    leads_total: int = shows("leads_total", "int")
    leads_done: int = shows("leads_done", "int", "Whatever became of them: see conversionResults.")
    leads_converted: int = shows("leads_converted", "int")
    failure: str | None = shows("failure", description="Why it ended before its last lead.")
    created_at: datetime = shows("created_at", "instant")
    finished_at: datetime | None = shows("finished_at", "instant")


@strawberry.type(description="What a conversion did.")
class ConvertLeadsPayload:
    """The outcome for every lead."""

    results: list[LeadConversionResult] = strawberry.field(description="One for each lead, in the order asked.")
    review: list[DuplicateContact]
    errors: list[UserError] = strawberry.field(description="Faults of the call as a whole.")
    revision: Revision | None = strawberry.field(description="The revision of the last change, for resuming.")
    run: ConversionRun | None = strawberry.field(
        description="What goes on in the background, where that was asked for: conversionProgress tells of it."
    )


@strawberry.input(description="The answer to one contact's review.")
class ContactChoice:
    """A choice."""

    contact_id: strawberry.ID
    use_contact_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="The existing contact to use; null: keep this one."
    )


@strawberry.input(description="A lead that joins a deal.")
class IntoDeal:
    """A lead and the deal it joins."""

    lead_id: strawberry.ID
    deal_id: strawberry.ID


@strawberry.input(description="The version a lead is expected to have.")
class ExpectedVersion:
    """A lead and its version."""

    lead_id: strawberry.ID
    version: int


@strawberry.input(description="Which leads become deals, and how.")
class ConvertLeadsInput:
    """A conversion."""

    lead_ids: list[strawberry.ID] = strawberry.field(description="1 to 1000 leads; a repeated id counts once.")
    stage_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="The stage to enter; it names the pipeline too. Omitted: the first stage of the default pipeline.",
    )
    owner_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Omitted: each deal keeps its lead's owner."
    )
    on_duplicate_contacts: DuplicateContactsPolicy = DuplicateContactsPolicy.REVIEW
    contacts: list[ContactChoice] | None = strawberry.field(
        default=strawberry.UNSET, description="The answers to a review."
    )
    into_deals: list[IntoDeal] | None = strawberry.field(
        default=strawberry.UNSET,
        description="Leads that join a deal that exists already instead of becoming one.",
    )
    on_error: OnError = OnError.ABORT
    on_limit: OnLimit = OnLimit.FAIL
    unarchive: bool = strawberry.field(default=False, description="Archived leads are refused unless this is true.")
    expected_versions: list[ExpectedVersion] | None = strawberry.UNSET
    dry_run: bool = strawberry.field(default=False, description="Answer with what would happen and change nothing.")
    background: bool = strawberry.field(
        default=False,
        description="Answer at once with a run, and convert up to 10000 leads beside the requests. Needs onError SKIP.",
    )
    idempotency_key: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The same key with the same input within 24 hours answers with the first result "
        "and changes nothing.",
    )
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="A deal that becomes a lead.")
class ConvertDealToLeadInput:
    """A deal to turn back."""

    id: strawberry.ID
    expected_version: int | None = strawberry.UNSET
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="A conversion to take back, by its lead.")
class UndoConversionInput:
    """A conversion to undo."""

    lead_id: strawberry.ID
    force: bool = strawberry.field(default=False, description="Undo although the deal was edited since.")
    client_mutation_id: str | None = strawberry.UNSET


def shown_matches(matches: list[Match]) -> list[Any]:
    """Matches as the schema shows them."""
    return [
        SimpleNamespace(
            contact=Ref(match.contact_type, match.contact_id),
            score=match.score,
            reasons=match.reasons,
            is_exact=match.is_exact,
        )
        for match in matches
    ]


def _shown_review(review: list[Review]) -> list[Any]:
    return [
        SimpleNamespace(
            lead=Ref("Lead", each.lead_id),
            contact=Ref(each.contact_type, each.contact_id),
            matches=shown_matches(each.matches),
        )
        for each in review
    ]


def _shown_result(result: LeadResult) -> Any:
    return SimpleNamespace(
        lead_id=encode("Lead", result.lead_id),
        outcome=result.outcome,
        deal=None if result.deal_id is None else Ref("Deal", result.deal_id),
        errors=result.errors,
    )


def _shown_report(report: ConversionReport) -> Answer:
    return {
        "results": [_shown_result(each) for each in report.results],
        "review": _shown_review(report.review),
        "errors": report.errors,
        "revision": report.revision,
    }


async def _convert_leads(viewer: Viewer, request: Any) -> Answer:
    if request.get("background"):
        return {"run": Ref("ConversionRun", await conversion_runs.begin_run(viewer, request))}
    return _shown_report(await conversions.convert_leads(viewer, request))


async def _convert_deal_to_lead(viewer: Viewer, given: Any) -> Answer:
    lead = Ref("Lead", await reversals.convert_deal_to_lead(viewer, given))
    return {"lead": lead, "stayed_behind": await leaving.stayed_behind(ids.expect("Deal", given["id"], "id"))}


async def _undo_conversion(viewer: Viewer, given: Any) -> Answer:
    return {"lead": Ref("Lead", await reversals.undo_conversion(viewer, given))}


@strawberry.type
class ConversionCommands:
    """What may be done about conversions."""

    convert_leads = command(ConvertLeadsInput, ConvertLeadsPayload, _convert_leads)
    convert_deal_to_lead = command(
        ConvertDealToLeadInput,
        LeadPayload,
        _convert_deal_to_lead,
        "The other direction, at any time: a new lead with the deal's contacts, notes, comments and activities; "
        "the deal is deleted, and stayedBehind warns of what stays with it.",
    )
    undo_conversion = command(
        UndoConversionInput,
        LeadPayload,
        _undo_conversion,
        "Takes a conversion back within 30 days: the same lead id, with everything that moved "
        "and everything added since.",
    )


async def preview_conversion(info: Info, lead_ids: list[strawberry.ID], stage_id: strawberry.ID | None = None) -> Any:
    """What converting would do, without doing it: duplicate contacts to review, and every error."""
    preview = await conversions.preview_conversion(info.context.viewer, list(lead_ids), stage_id)
    return SimpleNamespace(
        review=_shown_review(preview.review), errors=preview.errors, open_deals_left=preview.open_deals_left
    )


async def find_conversion(info: Info, lead_id: strawberry.ID) -> Any:
    """Where a converted lead went; null where it was not converted or cannot be seen."""
    found = await conversions.find_conversion(info.context.viewer, lead_id)
    if found is None:
        return None
    return SimpleNamespace(
        lead_id=encode("Lead", found.lead_id),
        deal=None if found.deal_id is None else Ref("Deal", found.deal_id),
        at=found.at,
        by=Ref("User", found.by_id),
    )


async def read_conversion_results(info: Info, id: strawberry.ID, first: int = 250, after: int = 0) -> Any:
    """What became of the leads of a conversion in the background, in the order asked."""
    results = await conversion_runs.read_results(info.context.viewer, id, first, after)
    return [_shown_result(each) for each in results]
