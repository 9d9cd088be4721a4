"""Which changes alter what a search finds without altering a deal: of contacts, notes, and who takes part.

Whether a deal was found before such a change cannot be told from how things are now, so what is
watched with a search is read again. What a deal has itself (title, custom fields, which contacts)
its own changes tell, see `resolvers.deal_filters`.
"""

from collections.abc import Sequence
from uuid import UUID

from models import database
from models.changes import Change, ChangeKind, Subject
from resolvers.access import Viewer
from resolvers.events import look, seen
from resolvers.reads.run import Reader
from resolvers.reads.sql import Sql
from resolvers.searched import Looking
from resolvers.searching import Search

# They follow the change of a contact, and tell each lead and deal of it once more.
_FOLLOWING = {ChangeKind.LEAD_UPDATED, ChangeKind.DEAL_UPDATED}


async def may_alter(search: Search, reader: Reader, change: Change) -> bool:
    """Whether a change may alter what a search finds; never, where all that it is of is out of the viewer's sight."""
    if any(_comes_or_goes(search, each) and _was_or_is_seen(reader.viewer, each) for each in _contacts(change)):
        return True
    hung = [each for noun in ("note", "participant") for each in change.find(noun)]
    shown = [each for each in hung if await _is_on_shown_deal(reader, change, each)]
    return bool(shown) and await _has_any(search, reader, shown)


def _contacts(change: Change) -> list[Subject]:
    if change.kind in _FOLLOWING:
        return []
    return [each for each in (*change.find("person"), *change.find("organization")) if each.before is not None]


def _comes_or_goes(search: Search, contact: Subject) -> bool:
    """Whether a contact may have come to be found, or no longer is."""
    changed = contact.changed
    if changed & {"owner_id", "visibility", "removed_at"}:
        return True
    if (search.email or search.phone) and changed & {"emails", "phones"}:
        return True
    names = [(side or {}).get("folded_name", "") for side in (contact.before, contact.after)]
    return len({search.is_in(name) for name in names}) == 2


def _was_or_is_seen(viewer: Viewer, contact: Subject) -> bool:
    return seen(viewer, contact.before) or seen(viewer, contact.after)


async def _is_on_shown_deal(reader: Reader, change: Change, hung: Subject) -> bool:
    """Whether a note or a participant came to a deal that the viewer saw already, or left it.

    A deal that comes into sight by the same change is told of as it is then found.
    """
    before = {each.id: each.before for each in change.find("deal")}
    for key in {side["deal_id"] for side in (hung.before, hung.after) if side and side.get("deal_id")}:
        if seen(reader.viewer, before[key]) if key in before else await look(reader, "Deal", key) is not None:
            return True
    return False


async def _has_any(search: Search, reader: Reader, hung: Sequence[Subject]) -> bool:
    """Whether any of these notes had or has what is looked for, or any of the people who take part has."""
    if any(search.is_in((each.before or {}).get("folded_body", "")) for each in hung if each.type == "note"):
        return True
    sql = Sql(database.current().dialect)
    looking = Looking(search, reader.viewer, sql, one_by_one=True)
    notes = sql.among(UUID(each.id) for each in hung if each.type == "note")
    sides = (side for each in hung if each.type == "participant" for side in (each.before, each.after) if side)
    people = sql.among({UUID(side["person_id"]) for side in sides})
    note = f"SELECT 1 FROM notes n WHERE n.id {notes} AND {looking.note('n')}"
    person = f"SELECT 1 FROM people p WHERE p.id {people} AND {looking.person('p')}"
    return bool(await reader.fetch(f"SELECT 1 WHERE EXISTS ({note}) OR EXISTS ({person})", sql.arguments))
