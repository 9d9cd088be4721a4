"""What convertLeads answers, and its form as JSON, in which a keyed answer is remembered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from resolvers.errors import ErrorCode, UserError
from resolvers.matching import ContactType, Match, MatchReason


class ConversionOutcome(StrEnum):
    """What became of one lead."""

    CONVERTED = "CONVERTED"
    ALREADY_CONVERTED = "ALREADY_CONVERTED"
    NEEDS_REVIEW = "NEEDS_REVIEW"
    WAITLISTED = "WAITLISTED"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"


@dataclass(frozen=True)
class LeadResult:
    """One lead's outcome. `deal_id` is the deal it went to, where that is there and seen."""

    lead_id: UUID
    outcome: ConversionOutcome
    deal_id: UUID | None
    errors: list[UserError]


@dataclass(frozen=True)
class Review:
    """A contact of a lead that may be the same as others, and waits for an answer."""

    lead_id: UUID
    contact_type: ContactType
    contact_id: UUID
    matches: list[Match]


@dataclass(frozen=True)
class ConversionReport:
    """The answer of convertLeads: a result for each lead in the order asked, or faults of the call."""

    results: list[LeadResult] = field(default_factory=list)
    review: list[Review] = field(default_factory=list)
    errors: list[UserError] = field(default_factory=list)
    revision: int | None = None


@dataclass(frozen=True)
class Preview:
    """What converting would meet. `open_deals_left` is null where the plan has no limit."""

    review: list[Review]
    errors: list[UserError]
    open_deals_left: int | None


@dataclass(frozen=True)
class ConversionFound:
    """Where a converted lead went. `deal_id` is null where the deal was removed or is out of sight."""

    lead_id: UUID
    deal_id: UUID | None
    at: datetime
    by_id: UUID


def to_json(report: ConversionReport) -> dict[str, Any]:
    """A report of an order that was carried out, as JSON values."""
    return {
        "results": [result_to_json(each) for each in report.results],
        "review": [
            [str(each.lead_id), each.contact_type, str(each.contact_id), [_match(match) for match in each.matches]]
            for each in report.review
        ],
        "revision": report.revision,
    }


def from_json(answer: Mapping[str, Any]) -> ConversionReport:
    """The report that `to_json` wrote."""
    return ConversionReport(
        [result_from_json(each) for each in answer["results"]],
        [
            Review(UUID(lead), kind, UUID(contact), [_as_match(match) for match in matches])
            for lead, kind, contact, matches in answer["review"]
        ],
        [],
        answer["revision"],
    )


def result_to_json(result: LeadResult) -> list[Any]:
    """What became of one lead, as JSON values."""
    errors = [_error(error) for error in result.errors]
    return [str(result.lead_id), result.outcome.value, _text(result.deal_id), errors]


def result_from_json(written: Sequence[Any]) -> LeadResult:
    """The result that `result_to_json` wrote."""
    lead, outcome, deal, errors = written
    return LeadResult(UUID(lead), ConversionOutcome(outcome), _key(deal), [_as_error(error) for error in errors])


def _text(key: UUID | None) -> str | None:
    return None if key is None else str(key)


def _key(written: str | None) -> UUID | None:
    return None if written is None else UUID(written)


def _error(error: UserError) -> list[Any]:
    return [error.code.value, error.message, error.path]


def _as_error(written: Sequence[Any]) -> UserError:
    code, message, path = written
    return UserError(ErrorCode(code), message, path)


def _match(match: Match) -> list[Any]:
    reasons = [reason.value for reason in match.reasons]
    return [match.contact_type, str(match.contact_id), match.score, reasons, match.is_exact]


def _as_match(written: Sequence[Any]) -> Match:
    kind, contact_id, score, reasons, is_exact = written
    return Match(kind, UUID(contact_id), score, [MatchReason(reason) for reason in reasons], is_exact)
