"""The contacts of an account that look like others: all of them, page by page."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from resolvers import ids, matching
from resolvers.access import Viewer, live_scope
from resolvers.contact_kinds import ContactKind
from resolvers.errors import ErrorCode, refuse
from resolvers.matching import MATCHES_EACH, Match
from resolvers.statements import Arguments, to_uuid

LARGEST_PAGE = 250
# So many contacts are looked at together, and so many for one page at most.
BATCH = 250
SCANNED = 5_000


@dataclass(frozen=True)
class Duplicate:
    """A contact and the earlier ones that it may be the same as, best first."""

    contact_id: UUID
    matches: list[Match]


@dataclass
class DuplicatePage:
    """Some duplicates, the latest contacts first. `end` is where the next page goes on; null: at the end."""

    duplicates: list[Duplicate] = field(default_factory=list)
    end: UUID | None = None


async def find_duplicates(
    viewer: Viewer, kind: ContactKind[Any], first: int, after: str | None, min_score: float
) -> DuplicatePage:
    """A page of the contacts that the viewer sees and that look like earlier ones, as far as they see these.

    Each pair is told once, with the later contact; pairs that are kept separate are not. No more
    than SCANNED contacts are gone through for one page, so that one may be shorter than asked for,
    or empty, although there is a next.
    """
    if not 1 <= first <= LARGEST_PAGE:
        raise refuse(ErrorCode.INVALID, f"A page has from 1 to {LARGEST_PAGE} entries.", "first")
    page = DuplicatePage()
    position = None if after is None else ids.expect(kind.type_name, after, "after")
    async for batch in _batches(viewer, kind, position):
        found = await matching.find_matches_of(viewer, kind.type_name, batch)
        for contact in batch:
            page.end = contact
            earlier = [each for each in found.get(contact, ()) if each.contact_id < contact and each.score >= min_score]
            if earlier:
                page.duplicates.append(Duplicate(contact, earlier[:MATCHES_EACH]))
            if len(page.duplicates) == first:
                return page
        if len(batch) < BATCH:
            page.end = None
    return page


async def _batches(viewer: Viewer, kind: ContactKind[Any], position: UUID | None) -> AsyncIterator[list[UUID]]:
    for _ in range(SCANNED // BATCH):
        bind = Arguments()
        scope = live_scope(viewer, "c", bind)
        beyond = "" if position is None else f" AND c.id < {bind.one(position)}"
        table = kind.model._meta.db_table
        statement = f"SELECT c.id FROM {table} c WHERE {scope}{beyond} ORDER BY c.id DESC LIMIT {BATCH}"
        batch = [to_uuid(row["id"]) for row in await bind.fetch(statement)]
        yield batch
        if len(batch) < BATCH:
            return
        position = batch[-1]
