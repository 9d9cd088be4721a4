"""The input of convertLeads, understood: every id decoded, and every fault of the call told at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypedDict
from uuid import UUID

from models.contacts import Organization, Person
from models.deals import Deal
from models.pipelines import Stage
from resolvers import access, commands, ids, pipelines, text, users
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults
from resolvers.pipelines import Requirements

# A lead has two contacts at most, so more answers than this cannot all be meant.
MOST_ANSWERS = 2 * commands.LARGEST_LIST


class DuplicateContactsPolicy(StrEnum):
    """What happens to contacts that look like others of the account."""

    REVIEW = "REVIEW"
    KEEP = "KEEP"
    USE_EXACT = "USE_EXACT"


class OnError(StrEnum):
    """Whether one lead that cannot be converted holds back the others."""

    ABORT = "ABORT"
    SKIP = "SKIP"


class OnLimit(StrEnum):
    """What becomes of leads for which the plan has no place."""

    FAIL = "FAIL"
    WAITLIST = "WAITLIST"


class ContactChoice(TypedDict, total=False):
    """The answer to a review; without a contact to use, this one is kept."""

    contact_id: str
    use_contact_id: str | None


class IntoDeal(TypedDict):
    """A lead that joins a deal instead of becoming one."""

    lead_id: str
    deal_id: str


class ExpectedVersion(TypedDict):
    """The version that a lead must still be at."""

    lead_id: str
    version: int


class ConvertRequest(TypedDict, total=False):
    """convertLeads as a client gives it; only the leads are needed."""

    lead_ids: list[str]
    stage_id: str | None
    owner_id: str | None
    on_duplicate_contacts: DuplicateContactsPolicy
    contacts: list[ContactChoice] | None
    into_deals: list[IntoDeal] | None
    on_error: OnError
    on_limit: OnLimit
    unarchive: bool
    expected_versions: list[ExpectedVersion] | None
    dry_run: bool
    background: bool
    idempotency_key: str | None
    client_mutation_id: str | None


@dataclass(frozen=True)
class Order:
    """What is to be converted, and how.

    `leads` has each lead once, in the order asked, with where it stands in the input; so have
    `into` (the deal a lead joins) and `versions`. `contacts` says which contact is used in a
    contact's place; one that maps to itself is kept.
    """

    leads: dict[UUID, int]
    stage: Stage
    requirements: Requirements
    owner_id: UUID | None = None
    on_duplicates: DuplicateContactsPolicy = DuplicateContactsPolicy.REVIEW
    contacts: dict[UUID, UUID] = field(default_factory=dict)
    into: dict[UUID, tuple[UUID, int]] = field(default_factory=dict)
    versions: dict[UUID, tuple[int, int]] = field(default_factory=dict)
    on_error: OnError = OnError.ABORT
    on_limit: OnLimit = OnLimit.FAIL
    unarchive: bool = False
    client_mutation_id: str | None = None


async def understand(viewer: Viewer, request: ConvertRequest, most: int = commands.LARGEST_LIST) -> Order:
    """The order that a request means, of so many leads at most; refuses with every fault of the call as a whole."""
    leads = commands.keys_of("Lead", request["lead_ids"], "leadIds", most=most)
    faults = Faults()
    with faults.noted():
        stage = await pipelines.find_stage(viewer, request.get("stage_id"), "stageId")
    with faults.noted():
        owner_id = await _owner(viewer, request.get("owner_id"))
    with faults.noted():
        contacts = await _contacts(viewer, request.get("contacts") or [])
    with faults.noted():
        into = await _into(viewer, leads, request.get("into_deals") or [])
    with faults.noted():
        mutation_id = text.optional_line(request.get("client_mutation_id"), "clientMutationId")
    with faults.noted():
        versions = _versions(leads, request.get("expected_versions") or [])
    faults.raise_any()
    return Order(
        leads,
        stage,
        await pipelines.find_requirements(stage),
        owner_id,
        request.get("on_duplicate_contacts") or DuplicateContactsPolicy.REVIEW,
        contacts,
        into,
        versions,
        request.get("on_error") or OnError.ABORT,
        request.get("on_limit") or OnLimit.FAIL,
        bool(request.get("unarchive")),
        mutation_id,
    )


async def _owner(viewer: Viewer, given: str | None) -> UUID | None:
    return None if given is None else await users.find_user(viewer, given, "ownerId")


async def _contacts(viewer: Viewer, choices: Sequence[ContactChoice]) -> dict[UUID, UUID]:
    _require_few(choices, "contacts")
    faults = Faults()
    answers: dict[UUID, UUID] = {}
    named: list[tuple[str, UUID, tuple[str | int, ...]]] = []
    for place, choice in enumerate(choices):
        with faults.noted():
            kind, key = _contact(choice["contact_id"], "contacts", place, "contactId")
            given = choice.get("use_contact_id")
            used = key if given is None else ids.expect(kind, given, "contacts", place, "useContactId")
            if answers.setdefault(key, used) != used:
                message = "This contact is answered twice, and differently: decide for one answer."
                raise refuse(ErrorCode.INVALID, message, "contacts", place, "contactId")
            named.append((kind, key, ("contacts", place, "contactId")))
            if used != key:
                named.append((kind, used, ("contacts", place, "useContactId")))
    seen = await _seen_contacts(viewer, named)
    for kind, key, path in named:
        with faults.noted():
            if key not in seen:
                raise access.not_found(kind, *path)
    faults.raise_any()
    return answers


def _contact(global_id: str, *path: str | int) -> tuple[str, UUID]:
    decoded = ids.decode(global_id)
    if decoded is None or decoded[0] not in {"Person", "Organization"}:
        raise refuse(ErrorCode.INVALID, "This is not an id of a person or an organization.", *path)
    return decoded


async def _seen_contacts(viewer: Viewer, named: Sequence[tuple[str, UUID, Any]]) -> set[UUID]:
    people = {key for kind, key, _ in named if kind == "Person"}
    organizations = {key for kind, key, _ in named if kind == "Organization"}
    seen: set[UUID] = set()
    if people:
        seen |= (await access.find(viewer, Person, list(people))).keys()
    if organizations:
        seen |= (await access.find(viewer, Organization, list(organizations))).keys()
    return seen


async def _into(
    viewer: Viewer, leads: Mapping[UUID, int], joinings: Sequence[IntoDeal]
) -> dict[UUID, tuple[UUID, int]]:
    _require_few(joinings, "intoDeals")
    faults = Faults()
    into: dict[UUID, tuple[UUID, int]] = {}
    for place, joining in enumerate(joinings):
        with faults.noted():
            lead_id = _of_batch(leads, joining["lead_id"], "intoDeals", place, "leadId")
            deal_id = ids.expect("Deal", joining["deal_id"], "intoDeals", place, "dealId")
            if into.setdefault(lead_id, (deal_id, place))[0] != deal_id:
                message = "This lead is to join two deals: decide for one."
                raise refuse(ErrorCode.INVALID, message, "intoDeals", place, "dealId")
    seen = await access.find(viewer, Deal, [deal_id for deal_id, _ in into.values()]) if into else {}
    for deal_id, place in into.values():
        with faults.noted():
            if deal_id not in seen:
                raise access.not_found("Deal", "intoDeals", place, "dealId")
    faults.raise_any()
    return into


def _versions(leads: Mapping[UUID, int], expected: Sequence[ExpectedVersion]) -> dict[UUID, tuple[int, int]]:
    _require_few(expected, "expectedVersions")
    faults = Faults()
    versions: dict[UUID, tuple[int, int]] = {}
    for place, each in enumerate(expected):
        with faults.noted():
            lead_id = _of_batch(leads, each["lead_id"], "expectedVersions", place, "leadId")
            if versions.setdefault(lead_id, (each["version"], place))[0] != each["version"]:
                message = "This lead is expected at two versions: give the one you have read."
                raise refuse(ErrorCode.INVALID, message, "expectedVersions", place, "version")
    faults.raise_any()
    return versions


def _of_batch(leads: Mapping[UUID, int], global_id: str, *path: str | int) -> UUID:
    key = ids.expect("Lead", global_id, *path)
    if key not in leads:
        raise refuse(ErrorCode.INVALID, "This lead is not among leadIds: add it there, or leave this out.", *path)
    return key


def _require_few(given: Sequence[object], path: str) -> None:
    if len(given) > MOST_ANSWERS:
        raise refuse(ErrorCode.TOO_MANY, f"These are {len(given)}; at most {MOST_ANSWERS} fit.", path)
