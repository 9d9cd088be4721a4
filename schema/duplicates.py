"""Contacts that look like others, in the whole account."""

from types import SimpleNamespace
from typing import Any

import strawberry

from resolvers.contact_kinds import ORGANIZATION, PERSON, ContactKind
from resolvers.duplicate_list import find_duplicates
from resolvers.ids import encode
from resolvers.reads.run import Ref
from schema.common import PageInfo
from schema.contacts import Contact
from schema.conversions import ContactMatch, shown_matches
from schema.declaring import Info


@strawberry.type(description="A contact, and the earlier ones that it may be a duplicate of.")
class Duplicate:
    """A contact that looks like others."""

    contact: Contact
    matches: list[ContactMatch] = strawberry.field(description="Best first, at most 10.")


@strawberry.type(description="A page of duplicates; it may be short, or empty, although there is a next one.")
class DuplicateConnection:
    """A page of contacts that look like others."""

    nodes: list[Duplicate]
    page_info: PageInfo


async def _page(
    info: Info, kind: ContactKind[Any], first: int | None, after: str | None, min_score: float | None
) -> Any:
    found = await find_duplicates(info.context.viewer, kind, 50 if first is None else first, after, min_score or 0)
    nodes = [
        SimpleNamespace(contact=Ref(kind.type_name, each.contact_id), matches=shown_matches(each.matches))
        for each in found.duplicates
    ]
    start = encode(kind.type_name, found.duplicates[0].contact_id) if found.duplicates else None
    end = None if found.end is None else encode(kind.type_name, found.end)
    place = SimpleNamespace(
        has_next_page=end is not None, has_previous_page=after is not None, start_cursor=start, end_cursor=end
    )
    return SimpleNamespace(nodes=nodes, page_info=place)


async def find_duplicate_people(
    info: Info, first: int | None = 50, after: str | None = None, min_score: float | None = 0
) -> Any:
    """People who look like earlier ones, the latest first; those kept separate are left out."""
    return await _page(info, PERSON, first, after, min_score)


async def find_duplicate_organizations(
    info: Info, first: int | None = 50, after: str | None = None, min_score: float | None = 0
) -> Any:
    """As duplicatePeople, of organizations."""
    return await _page(info, ORGANIZATION, first, after, min_score)
