"""Duplicate contacts: who an already known person or organization may be, and how sure that is.

Each shared fact is evidence, a number from 0 to 1. The score of a match is the chance that not
all of its evidence is wrong, `1 - product(1 - evidence)`:

    same e-mail 0.95, same phone 0.90, same domain 0.70 (organizations only),
    same name 0.85 (a person's), 0.95 (an organization's), 0.50 (a person's of a single word),
    similar name: 0.85 times its likeness, which is at least LIKENESS.

A match is exact where a person has the same e-mail or phone, and where an organization has the
same folded name, or the same domain and a similar name.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import prod
from typing import Any, Literal
from uuid import UUID

from rapidfuzz import fuzz

from models.contacts import ContactKeyKind
from resolvers.access import Viewer, live_scope
from resolvers.contact_keys import (
    Key,
    organization_key_rows,
    organization_keys,
    organization_name_key,
    person_key_rows,
    person_keys,
    person_name_key,
)
from resolvers.statements import Arguments, to_uuid

__all__ = [
    "Match",
    "MatchReason",
    "find_matches",
    "organization_key_rows",
    "organization_keys",
    "person_key_rows",
    "person_keys",
]

ContactType = Literal["Person", "Organization"]

MATCHES_EACH = 10
LIKENESS = 0.85
# A word that more contacts have ("jan", "firma") tells nobody apart, so it is not followed.
COMMON_WORD = 200
# So many of the contacts that share one e-mail, phone, domain or whole name are looked at.
HOLDERS = 50


class MatchReason(StrEnum):
    """What two contacts have in common."""

    SAME_EMAIL = "SAME_EMAIL"
    SAME_PHONE = "SAME_PHONE"
    SAME_DOMAIN = "SAME_DOMAIN"
    SIMILAR_NAME = "SIMILAR_NAME"


@dataclass(frozen=True)
class Match:
    """A contact that another one may be the same as."""

    contact_type: ContactType
    contact_id: UUID
    score: float
    reasons: list[MatchReason]
    is_exact: bool


_REASONS = {
    ContactKeyKind.EMAIL: MatchReason.SAME_EMAIL,
    ContactKeyKind.PHONE: MatchReason.SAME_PHONE,
    ContactKeyKind.DOMAIN: MatchReason.SAME_DOMAIN,
}
_EVIDENCE = {MatchReason.SAME_EMAIL: 0.95, MatchReason.SAME_PHONE: 0.90, MatchReason.SAME_DOMAIN: 0.70}


@dataclass
class _Contact:
    name: str = ""
    keys: set[Key] = field(default_factory=set)


async def find_matches(
    viewer: Viewer, people: Sequence[UUID], organizations: Sequence[UUID]
) -> dict[UUID, list[Match]]:
    """The likely duplicates of each of these contacts, best first, at most MATCHES_EACH.

    Only contacts that the viewer sees are asked about and found; a contact never matches itself,
    nor one that it is kept separate from. Every id asked for is a key of the answer. Three
    statements for people and three for organizations, however many there are.
    """
    found: dict[UUID, list[Match]] = {key: [] for key in (*people, *organizations)}
    found.update(await find_matches_of(viewer, "Person", people))
    found.update(await find_matches_of(viewer, "Organization", organizations))
    return {contact: matches[:MATCHES_EACH] for contact, matches in found.items()}


async def find_matches_of(viewer: Viewer, kind: ContactType, ids: Sequence[UUID]) -> dict[UUID, list[Match]]:
    """As `find_matches`, of one kind, with all there are; only those seen are keys of the answer."""
    subjects = await _read_subjects(viewer, kind, ids) if ids else {}
    if not subjects:
        return {}
    wanted: defaultdict[Key, list[UUID]] = defaultdict(list)
    for subject_id, subject in subjects.items():
        for key in subject.keys:
            wanted[key].append(subject_id)
    candidates, pairs = await _read_candidates(viewer, kind, wanted)
    for one, other in await _read_separations(kind, list(subjects)):
        pairs[one].discard(other)
    return {
        subject_id: _best([_match(kind, subject, each, candidates[each]) for each in pairs[subject_id]])
        for subject_id, subject in subjects.items()
    }


def _best(matches: Iterable[Match | None]) -> list[Match]:
    kept = [match for match in matches if match is not None]
    return sorted(kept, key=lambda match: (not match.is_exact, -match.score, match.contact_id))


def _match(kind: ContactType, subject: _Contact, candidate_id: UUID, candidate: _Contact) -> Match | None:
    shared = {_REASONS[key] for key, _ in subject.keys & candidate.keys if key in _REASONS}
    likeness = similarity(kind, subject.name, candidate.name, bool(shared))
    evidence = [_EVIDENCE[reason] for reason in shared]
    if likeness >= LIKENESS:
        evidence.append(_name_evidence(kind, subject.name, likeness))
        shared.add(MatchReason.SIMILAR_NAME)
    if not shared:
        return None
    score = round(1 - prod(1 - each for each in evidence), 4)
    reasons = [reason for reason in MatchReason if reason in shared]
    return Match(kind, candidate_id, score, reasons, _is_exact(kind, shared, subject.name == candidate.name))


def _name_evidence(kind: ContactType, name: str, likeness: float) -> float:
    if likeness < 1:
        return 0.85 * likeness
    if kind == "Organization":
        return 0.95
    return 0.85 if " " in name else 0.50


def _is_exact(kind: ContactType, shared: set[MatchReason], same_name: bool) -> bool:
    if kind == "Person":
        return bool(shared & {MatchReason.SAME_EMAIL, MatchReason.SAME_PHONE})
    return same_name or {MatchReason.SAME_DOMAIN, MatchReason.SIMILAR_NAME} <= shared


def similarity(kind: ContactType, one: str, other: str, related: bool = False) -> float:
    """How alike two folded names are, 0 to 1.

    A name within the other ("jan kowalski" in "jan maria kowalski") counts as much alike where
    it has two words, or one where something else is the same too (`related`).
    """
    if not one or not other:
        return 0.0
    if one == other:
        return 1.0
    likeness: float = fuzz.ratio(one, other) / 100
    first, second = set(one.split()), set(other.split())
    enough = 1 if related and kind == "Organization" else 2
    if min(len(first), len(second)) >= enough and (first <= second or second <= first):
        likeness = max(likeness, 0.9)
    return min(likeness, 0.99)


def _name_key(kind: ContactType, name: str) -> str:
    return person_name_key(name) if kind == "Person" else organization_name_key(name)


_TABLES = {"Person": ("people", "person_id"), "Organization": ("organizations", "organization_id")}


def _seen(viewer: Viewer, bind: Arguments) -> str:
    """The scope of contacts, hidden from PostgreSQL's planner.

    With statistics older than an import it takes an account for one of a few contacts, begins
    with these, and goes through the keys asked for once for each. So do the keys come first below.
    """
    return f"CASE WHEN {live_scope(viewer, 'c', bind)} THEN 1 ELSE 0 END = 1"


async def _read_subjects(viewer: Viewer, kind: ContactType, ids: Sequence[UUID]) -> dict[UUID, _Contact]:
    table, column = _TABLES[kind]
    bind = Arguments()
    statement = (
        f"SELECT k.{column} AS id, c.name, k.kind, k.value FROM contact_keys k JOIN {table} c ON c.id = k.{column} "
        f"WHERE k.{column} {bind.among(ids)} AND {_seen(viewer, bind)}"
    )
    subjects: dict[UUID, _Contact] = {}
    for row in await bind.fetch(statement):
        contact = subjects.setdefault(to_uuid(row["id"]), _Contact(_name_key(kind, row["name"])))
        contact.keys.add((ContactKeyKind(row["kind"]), row["value"]))
    return subjects


async def _read_separations(kind: ContactType, ids: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    """The pairs that are kept apart, of which one is among these."""
    bind = Arguments()
    statement = f"SELECT contact_id, other_id FROM {kind.lower()}_separations WHERE contact_id {bind.among(ids)}"
    return [(to_uuid(row["contact_id"]), to_uuid(row["other_id"])) for row in await bind.fetch(statement)]


async def _read_candidates(
    viewer: Viewer, kind: ContactType, wanted: dict[Key, list[UUID]]
) -> tuple[dict[UUID, _Contact], defaultdict[UUID, set[UUID]]]:
    """The contacts with one of the wanted keys, and for each subject which of them to look at."""
    candidates: dict[UUID, _Contact] = {}
    pairs: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for row in await read_holders(viewer, kind, {value for _, value in wanted}):
        key = (ContactKeyKind(row["kind"]), row["value"])
        if key not in wanted:
            continue
        contact_id = to_uuid(row["id"])
        if contact_id not in candidates:
            candidates[contact_id] = _Contact(_name_key(kind, row["name"]))
        candidates[contact_id].keys.add(key)
        for subject_id in wanted[key]:
            if subject_id != contact_id:
                pairs[subject_id].add(contact_id)
    return candidates, pairs


async def read_holders(
    viewer: Viewer, kind: ContactType, values: set[str], kinds: Sequence[ContactKeyKind] = tuple(ContactKeyKind)
) -> list[dict[str, Any]]:
    """The contacts that the viewer sees with one of these key values, in one statement, oldest first.

    Each row has `id`, `name`, `kind`, `value` and `organization_id` (a person's). No more than
    HOLDERS contacts of one key, and none of a COMMON_WORD.
    """
    table, column = _TABLES[kind]
    employer = "c.organization_id" if kind == "Person" else "NULL AS organization_id"
    bind = Arguments()
    keys = (
        f"SELECT {column}, kind, value FROM contact_keys WHERE account_id = {bind.one(viewer.account_id)} "
        f"AND kind IN ({', '.join(repr(each.value) for each in kinds)}) AND value {bind.among_texts(values)}"
    )
    held = (
        f"SELECT k.{column} AS id, c.name, {employer}, k.kind, k.value, count(*) OVER same AS holders, "
        f"row_number() OVER (PARTITION BY k.kind, k.value ORDER BY k.{column}) AS place "
        f"FROM k JOIN {table} c ON c.id = k.{column} WHERE {_seen(viewer, bind)} "
        "WINDOW same AS (PARTITION BY k.kind, k.value)"
    )
    bounds = f"CASE kind WHEN 'NAME_PART' THEN holders <= {COMMON_WORD} ELSE place <= {HOLDERS} END"
    columns = "id, name, organization_id, kind, value"
    chosen = f"SELECT {columns} FROM ({held}) AS held WHERE {bounds} ORDER BY id"
    return await bind.fetch(f"WITH k AS MATERIALIZED ({keys}) {chosen}")
