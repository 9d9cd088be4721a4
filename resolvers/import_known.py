"""What rows speak of that is there already: records imported before, and contacts named by external ids."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from models.base import Row as TableRow
from models.contacts import Contact, Organization, Person
from models.custom_fields import CustomFieldType, Values
from models.users import User
from resolvers import access, ids
from resolvers.access import Viewer
from resolvers.custom_values import points_to
from resolvers.import_cells import external_key
from resolvers.import_contacts import RowContacts
from resolvers.import_rows import LeadRow
from resolvers.skip_files import Skipped
from resolvers.spreadsheets import Row

Pair = tuple[Row, LeadRow]


@dataclass
class Outcome:
    """What became of a batch; `made` counts what came with the rows too: people, organizations and labels."""

    made: Counter[str] = field(default_factory=Counter)
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: list[Skipped] = field(default_factory=list)


def skip(each: tuple[Row, Any], reason: str, outcome: Outcome) -> None:
    """Leave a row out, and say why."""
    outcome.skipped.append(Skipped(each[0].number, reason, each[0].cells))


async def find_known(viewer: Viewer, model: type[Any], external_ids: Iterable[str]) -> dict[str, Any]:
    """The records that these external ids stand for: imported under one, or of that very id here.

    Contacts that were merged since are told by their survivors. What the viewer may not see, or is
    removed, is there with null, so that nothing is made a second time for it.
    """
    wanted = {external_key(each): each for each in external_ids}
    own = {key: each for each in wanted.values() if (key := own_key(model, each)) is not None}
    rows = await model.filter(account_id=viewer.account_id, import_key__in=list(wanted))
    rows += await model.filter(account_id=viewer.account_id, id__in=list(own))
    now = {row.id: _successor(row) for row in rows}
    seen = await access.find(viewer, model, list(now.values()), lock=True) if now else {}
    return {wanted.get(row.import_key) or own[row.id]: seen.get(now[row.id]) for row in rows}


def own_key(model: type[TableRow], external_id: str) -> UUID | None:
    """The key of the record of this account that an external id is the global id of."""
    decoded = ids.decode(external_id)
    return decoded[1] if decoded is not None and decoded[0] == model.__name__ else None


def _successor(row: Any) -> UUID:
    key: UUID = row.merged_into_id or row.id if isinstance(row, Contact) else row.id
    return key


_POINTS = {
    CustomFieldType.PERSON: "person_id",
    CustomFieldType.ORGANIZATION: "organization_id",
    CustomFieldType.USER: "user_id",
}


@dataclass(frozen=True)
class Referred:
    """The contacts that rows name by external ids, and that the viewer sees; users by their e-mail addresses."""

    people: dict[str, UUID]
    organizations: dict[str, UUID]
    users: dict[str, UUID]

    def of(self, type: CustomFieldType, to: str) -> UUID | None:
        """What a custom field of that type is to point at; null where that is not there."""
        match type:
            case CustomFieldType.PERSON:
                return self.people.get(to)
            case CustomFieldType.ORGANIZATION:
                return self.organizations.get(to)
        return self.users.get(to.lower())

    def custom(self, row: LeadRow) -> Values:
        """The values of custom fields that a row gives, with what they point at."""
        values = dict(row.custom or {})
        for field_key, (type, to) in (row.pointed or {}).items():
            key = self.of(type, to)
            if key is not None:
                values[field_key] = [points_to(_POINTS[type], key)]
        return values

    def give(self, row: LeadRow, found: RowContacts) -> None:
        """Give a row the contacts it refers to."""
        if row.person_ref:
            found.person_id = self.people[row.person_ref]
        if row.organization_ref:
            found.organization_id = self.organizations[row.organization_ref]


async def find_referred(viewer: Viewer, rows: Sequence[LeadRow]) -> Referred:
    """What these rows name by external ids, and point at in custom fields."""
    pointed: dict[CustomFieldType, set[str]] = {type: set() for type in _POINTS}
    for row in rows:
        for type, to in (row.pointed or {}).values():
            pointed[type].add(to)
    people = pointed[CustomFieldType.PERSON] | {row.person_ref for row in rows if row.person_ref}
    organizations = pointed[CustomFieldType.ORGANIZATION] | {
        row.organization_ref for row in rows if row.organization_ref
    }
    return Referred(
        {ref: each.id for ref, each in (await find_known(viewer, Person, people)).items() if each},
        {ref: each.id for ref, each in (await find_known(viewer, Organization, organizations)).items() if each},
        await find_users(viewer) if pointed[CustomFieldType.USER] else {},
    )


async def find_users(viewer: Viewer) -> dict[str, UUID]:
    """The account's users by their e-mail addresses in lower case."""
    return {user.email.lower(): user.id for user in await User.filter(account_id=viewer.account_id)}


def is_referred(each: Pair, refs: Referred, outcome: Outcome) -> bool:
    """Whether all that a row refers to is there; if not, the row is left out."""
    row = each[1]
    pointed = (row.pointed or {}).values()
    unheard = [to for type, to in pointed if type is CustomFieldType.USER and refs.of(type, to) is None]
    if unheard:
        skip(each, f"No user of this account has the e-mail address {unheard[0][:255]}.", outcome)
        return False
    unknown = [ref for ref in (row.person_ref,) if ref and ref not in refs.people]
    unknown += [ref for ref in (row.organization_ref,) if ref and ref not in refs.organizations]
    unknown += [to for type, to in pointed if refs.of(type, to) is None]
    if unknown:
        skip(
            each, f"There is no contact with the id {unknown[0][:64]}: import people and organizations first.", outcome
        )
    return not unknown


def unreferred(row: LeadRow) -> LeadRow:
    """A row without what it says of contacts that it names by external ids."""
    if row.person_ref:
        row = replace(row, person=None, emails=[], phones=[])
    return replace(row, organization=None, domain=None) if row.organization_ref else row
