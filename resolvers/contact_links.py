"""What points to contacts, and how it is handed from one to another when they are merged.

A new column that points to people or organizations is named in `LINKS`, and nowhere else; a test
reads the foreign keys of the database and fails where one is neither there nor in `KEPT`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from tortoise.expressions import F

from models import changes
from models.base import AccountRow, Record, now
from models.changes import ChangeKind, Subject
from models.contacts import Organization, Person
from models.custom_fields import CustomFieldValue, Values
from models.deals import Deal
from models.files import File
from models.leads import Lead
from models.merges import Merge, OrganizationSeparation, PersonSeparation
from models.participants import Participant
from resolvers import carrying, labels
from resolvers.contact_kinds import ORGANIZATION, PERSON, ContactKind
from resolvers.matching import ContactType


@dataclass(frozen=True)
class Link:
    """A column that points to contacts of one type.

    `rival` is the column that is unique together with it, so that a row can be there twice after
    a merge. `told_as` is the kind of change that tells boards of each row by itself.
    """

    noun: str
    model: type[AccountRow]
    column: str
    rival: str | None = None
    told_as: ChangeKind | None = None

    @property
    def name(self) -> str:
        """How a merge names what it handed on by this link."""
        return f"{self.noun}.{self.column}"

    @property
    def foreign_key(self) -> tuple[str, str]:
        """The table and column that the database knows it by."""
        return self.model._meta.db_table, self.column

    async def find(self, contact: UUID) -> set[UUID]:
        """The rows that point to a contact."""
        return {row.id for row in await self.model.filter(**{self.column: contact}).only("id")}

    def point(self, row: AccountRow, source: UUID, target: UUID) -> None:
        """Point a row to another contact."""
        row.update_from_dict({self.column: target})

    async def write(self, rows: Sequence[AccountRow]) -> None:
        """Write rows that were pointed elsewhere, all to the same contact."""
        alike = {self.column: getattr(rows[0], self.column)}
        if isinstance(rows[0], Record):
            alike |= {"version": F("version") + 1, "updated_at": rows[0].updated_at}
        await self.model.filter(id__in=[row.id for row in rows]).update(**alike)


@dataclass(frozen=True)
class CustomLink(Link):
    """The values of custom fields that point to contacts: in a lead's or a deal's own row, and indexed beside it."""

    @property
    def name(self) -> str:
        """How a merge names what it handed on by this link."""
        return f"{self.noun}.custom.{self.column}"

    @property
    def foreign_key(self) -> tuple[str, str]:
        """The table that the values are indexed in."""
        return CustomFieldValue._meta.db_table, self.column

    async def find(self, contact: UUID) -> set[UUID]:
        """The rows with a value that points to a contact."""
        owner = f"{self.noun}_id"
        values: Any = CustomFieldValue.filter(**{self.column: contact, f"{owner}__isnull": False})
        return set(await values.values_list(owner, flat=True))

    def point(self, row: AccountRow, source: UUID, target: UUID) -> None:
        """Point its values to another contact; the log writes the index anew."""
        old, new = str(source), str(target)
        custom: Values = cast(Any, row).custom
        there = {**custom}
        for key, values in custom.items():
            if values and values[0].get(self.column) == old:  # fields that point to contacts hold one value
                there[key] = [{**values[0], self.column: new, "sort_key": new}]
        row.update_from_dict({"custom": there})

    async def write(self, rows: Sequence[AccountRow]) -> None:
        """Write the rows, each with values of its own."""
        await carrying.rewrite(rows)


LINKS: Mapping[ContactType, Sequence[Link]] = {
    "Person": (
        Link("lead", Lead, "person_id", told_as=ChangeKind.LEAD_UPDATED),
        Link("deal", Deal, "person_id", told_as=ChangeKind.DEAL_UPDATED),
        CustomLink("lead", Lead, "person_id", told_as=ChangeKind.LEAD_UPDATED),
        CustomLink("deal", Deal, "person_id", told_as=ChangeKind.DEAL_UPDATED),
        Link("participant", Participant, "person_id", rival="deal_id", told_as=ChangeKind.PARTICIPANTS_CHANGED),
        Link("file", File, "person_id"),
        Link("person", Person, "merged_into_id"),
        Link("person_separation", PersonSeparation, "contact_id", rival="other_id"),
        Link("person_separation", PersonSeparation, "other_id", rival="contact_id"),
    ),
    "Organization": (
        Link("lead", Lead, "organization_id", told_as=ChangeKind.LEAD_UPDATED),
        Link("deal", Deal, "organization_id", told_as=ChangeKind.DEAL_UPDATED),
        CustomLink("lead", Lead, "organization_id", told_as=ChangeKind.LEAD_UPDATED),
        CustomLink("deal", Deal, "organization_id", told_as=ChangeKind.DEAL_UPDATED),
        Link("person", Person, "organization_id"),
        Link("file", File, "organization_id"),
        Link("organization", Organization, "merged_into_id"),
        Link("organization_separation", OrganizationSeparation, "contact_id", rival="other_id"),
        Link("organization_separation", OrganizationSeparation, "other_id", rival="contact_id"),
    ),
}
# Tables whose columns stay as they are: keys are worked out anew, merges say what once happened.
KEPT = ("contact_keys", "person_merges", "organization_merges")


@dataclass
class Handed:
    """What changed hands: the rows by link, those dropped by noun, and what to tell of either."""

    rows: dict[str, list[str]] = field(default_factory=dict)
    dropped: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    subjects: list[Subject] = field(default_factory=list)
    told: list[tuple[ChangeKind, Subject]] = field(default_factory=list)

    def tell(self, link: Link, subjects: Iterable[Subject]) -> None:
        """Take what is to be recorded of a link's rows; what is removed of leads and deals is told to nobody."""
        for subject in subjects:
            is_shown = (subject.after or {}).get("removed_at") is None
            if link.told_as is not None and is_shown:
                self.told.append((link.told_as, subject))
            else:
                self.subjects.append(subject)


async def hand_over(kind: ContactKind[Any], source: UUID, target: UUID) -> Handed:
    """Point everything that points to one contact to another; a constant number of statements."""
    handed = Handed()
    for link in LINKS[kind.type_name]:
        rows = await _lock(link, await link.find(source))
        doubled = await _doubled(link, rows, target)
        moved = [row for row in rows if row.id not in doubled]
        handed.rows[link.name] = [str(row.id) for row in moved]
        handed.tell(link, await _point(link, moved, source, target))
        gone = [changes.snapshot(row) for row in rows if row.id in doubled]
        if gone:
            handed.dropped.setdefault(link.noun, []).extend(gone)
            await link.model.filter(id__in=list(doubled)).delete()
            handed.tell(link, [changes.removed(link.noun, row) for row in gone])
    return handed


async def hand_back(kind: ContactKind[Any], merge: Merge, source: UUID, target: UUID) -> Handed:
    """Point back to one contact what a merge handed from it to another, as far as it is still there."""
    handed, dropped = Handed(), dict(merge.dropped)
    for link in LINKS[kind.type_name]:
        once = {UUID(key) for key in merge.handed.get(link.name, [])}
        rows = await _lock(link, once & await link.find(source))
        handed.tell(link, await _point(link, rows, source, target))
        gone = dropped.pop(link.noun, [])
        if gone:
            await link.model.bulk_create([link.model(**row) for row in gone])
            handed.tell(link, [changes.added(link.noun, row) for row in gone])
    return handed


async def _lock(link: Link, keys: set[UUID]) -> list[AccountRow]:
    if not keys:
        return []
    rows: Any = link.model.filter(id__in=list(keys)).order_by("id").select_for_update(no_key=True)
    return list(await rows)


async def _doubled(link: Link, rows: Sequence[AccountRow], target: UUID) -> set[UUID]:
    """Of these rows, those that would be there twice, or point to the same contact on both sides."""
    if link.rival is None or not rows:
        return set()
    rivals = [getattr(row, link.rival) for row in rows]
    there = await link.model.filter(**{link.column: target, f"{link.rival}__in": rivals})
    taken = {target, *(getattr(row, link.rival) for row in there)}
    return {row.id for row in rows if getattr(row, link.rival) in taken}


async def _point(link: Link, rows: Sequence[AccountRow], source: UUID, target: UUID) -> list[Subject]:
    """Point rows to a contact; their subjects for the log."""
    if not rows:
        return []
    at, labelled = now(), await _labels(link, rows)
    subjects = []
    for row in rows:
        before = changes.snapshot(row, **labelled.get(row.id, {}))
        link.point(row, source, target)
        if isinstance(row, Record):
            row.update_from_dict({"version": row.version + 1, "updated_at": at})
        subjects.append(changes.altered(link.noun, before, changes.snapshot(row, **labelled.get(row.id, {}))))
    await link.write(rows)
    return subjects


async def _labels(link: Link, rows: Sequence[AccountRow]) -> Mapping[UUID, Mapping[str, Any]]:
    if link.noun not in ("lead", "deal"):
        return {}
    found = await labels.labels_of(cast(labels.Kind, link.noun), [row.id for row in rows])
    return {key: {"label_ids": each} for key, each in found.items()}


async def successors(keys: Iterable[UUID]) -> dict[UUID, UUID]:
    """For each of these contacts that were merged into others, the one that stands for it now."""
    found: dict[UUID, UUID] = {}
    for kind in (PERSON, ORGANIZATION):
        merged = await kind.model.filter(id__in=list(keys))
        found |= {row.id: row.merged_into_id for row in merged if row.merged_into_id is not None}
    return found
