"""One batch of an import: a few hundred rows made into leads in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from models import changes
from models.base import Visibility, new_id
from models.changes import ChangeKind, Ledger
from models.deals import Deal
from models.labels import DealLabel, Label, LeadLabel
from models.leads import Lead
from models.notes import Note
from models.opportunities import OpportunitySource
from models.users import User
from resolvers import contacts, text
from resolvers.access import Viewer
from resolvers.import_contacts import ContactFinder, RowContacts
from resolvers.import_known import Outcome, Pair, find_referred, is_referred, skip, unreferred
from resolvers.import_rows import LeadRow
from resolvers.labels import COLORS, Kind
from resolvers.opportunities import FOLDED_LENGTH


@dataclass
class NewRecord:
    """A lead or a deal to be made, and what comes with it."""

    noun: Kind
    record: Lead | Deal
    label_ids: list[UUID]
    contacts: RowContacts
    note: Note | None


class BatchWriter:
    """Makes leads of rows for one viewer, in a constant number of statements each batch.

    A dry run reads and decides alike and writes nothing; it remembers what it would have made.
    """

    def __init__(self, viewer: Viewer, is_dry_run: bool) -> None:
        self._viewer = viewer
        self._is_dry_run = is_dry_run
        self._finder = ContactFinder(viewer, is_dry_run)
        self._would_be: set[bytes] = set()
        self._would_be_labels: dict[str, UUID] = {}

    async def write(self, ledger: Ledger, rows: Sequence[Pair]) -> Outcome:
        """Make leads of the rows that are new; to be called in the ledger's transaction."""
        outcome = Outcome()
        await self._make(ledger, await self._fresh(rows, outcome), outcome)
        return outcome

    async def _make(self, ledger: Ledger, fresh: Sequence[Pair], outcome: Outcome) -> None:
        owners = await self._owners(fresh)
        owned = [each for each in fresh if is_owned(each, owners, outcome)]
        labels = await self._labels(ledger, owned, outcome)
        once = self._once([each for each in owned if _is_labelled(each, labels, outcome)], outcome)
        refs = await find_referred(self._viewer, [row for _, row in once])
        chosen = await self._placed([each for each in once if is_referred(each, refs, outcome)], outcome)
        owner_ids = [owners[row.owner] for _, row in chosen]
        found = await self._finder.find([unreferred(row) for _, row in chosen], owner_ids)
        for (_, row), its in zip(chosen, found, strict=True):
            refs.give(row, its)
        made = [
            self._new(row, owner_id, labels, each)
            for (_, row), owner_id, each in zip(chosen, owner_ids, found, strict=True)
        ]
        outcome.created += len(made)
        outcome.made["leads"] += len(made)
        outcome.made["people"] += sum(each.contacts.person is not None for each in made)
        outcome.made["organizations"] += sum(each.contacts.organization is not None for each in made)
        if made and not self._is_dry_run:
            await _insert(made)
            for each in made:
                ledger.record(self._added, *_subjects(each))

    _noun: Kind = "lead"
    _model: type[Any] = Lead
    _added = ChangeKind.LEAD_ADDED

    async def _placed(self, rows: Sequence[Pair], outcome: Outcome) -> Sequence[Pair]:
        """The rows for which there is a place: for leads all of them."""
        return rows

    async def _fresh(self, rows: Sequence[Pair], outcome: Outcome) -> list[Pair]:
        """The rows that are no record yet; a lead converted, archived or deleted since still is one."""
        keys = [row.key for _, row in rows]
        there: Any = self._model.filter(account_id=self._viewer.account_id, import_key__in=keys)
        known = set(await there.values_list("import_key", flat=True))
        outcome.unchanged += sum(key in known for key in keys)
        return [each for each in rows if each[1].key not in known]

    def _once(self, rows: Sequence[Pair], outcome: Outcome) -> list[Pair]:
        """The rows without those that repeat another row of this file."""
        seen = self._would_be if self._is_dry_run else set()
        once = []
        for each in rows:
            key = bytes.fromhex(each[1].key)
            outcome.unchanged += key in seen
            if key not in seen:
                seen.add(key)
                once.append(each)
        return once

    async def _owners(self, rows: Sequence[Pair]) -> dict[str | None, UUID]:
        owners: dict[str | None, UUID] = {None: self._viewer.user_id}
        if any(row.owner for _, row in rows):
            users = await User.filter(account_id=self._viewer.account_id)
            owners |= {user.email.lower(): user.id for user in users}
        return owners

    async def _labels(self, ledger: Ledger, rows: Sequence[Pair], outcome: Outcome) -> dict[str, UUID]:
        """The account's labels by folded name; an admin's import makes those that are missing."""
        wanted = {text.fold(name): name for _, row in rows for name in row.labels}
        if not wanted:
            return {}
        kept = await Label.filter(account_id=self._viewer.account_id).order_by("id")
        labels = self._would_be_labels | {text.fold(label.name): label.id for label in reversed(kept)}
        missing = {folded: name for folded, name in wanted.items() if folded not in labels}
        if not missing or not self._viewer.is_admin:
            return labels
        made = [
            Label(id=new_id(), account_id=self._viewer.account_id, name=name, color=COLORS[place % len(COLORS)])
            for place, name in enumerate(missing.values(), len(kept))
        ]
        outcome.made["labels"] += len(made)
        if self._is_dry_run:
            self._would_be_labels |= {text.fold(label.name): label.id for label in made}
        else:
            await Label.bulk_create(made)
            for label in made:
                ledger.record(ChangeKind.LABEL_ADDED, changes.added("label", changes.snapshot(label)))
        return labels | {text.fold(label.name): label.id for label in made}

    def _new(self, row: LeadRow, owner_id: UUID, labels: dict[str, UUID], found: RowContacts) -> NewRecord:
        record = self._record(row, self._columns(row, owner_id, found))
        note = row.note and Note(
            id=new_id(),
            account_id=self._viewer.account_id,
            author_id=self._viewer.user_id,
            body=row.note,
            **{f"{self._noun}_id": record.id},
        )
        label_ids = sorted({labels[text.fold(name)] for name in row.labels})
        return NewRecord(self._noun, record, label_ids, found, note or None)

    def _columns(self, row: LeadRow, owner_id: UUID, found: RowContacts) -> dict[str, Any]:
        return {
            "id": new_id(),
            "account_id": self._viewer.account_id,
            "owner_id": owner_id,
            "visibility": row.visibility or Visibility.EVERYONE,
            "title": row.title,
            "folded_title": text.fold(row.title)[:FOLDED_LENGTH],
            "value_minor": row.value_minor,
            "currency": row.currency,
            "person_id": found.person_id,
            "organization_id": found.organization_id,
            "source": OpportunitySource.IMPORT,
            "expected_close_date": row.expected_close_date,
            "import_key": row.key,
        }

    def _record(self, row: LeadRow, columns: dict[str, Any]) -> Lead | Deal:
        return Lead(**columns, archived_at=row.archived_at)


def is_owned(each: Pair, owners: Mapping[str | None, UUID], outcome: Outcome) -> bool:
    """Whether the owner that a row names is there; if not, the row is left out."""
    owner = each[1].owner
    if owner not in owners:
        skip(each, f"No user of this account has the e-mail address {owner}.", outcome)
    return owner in owners


def _is_labelled(each: Pair, labels: Mapping[str, UUID], outcome: Outcome) -> bool:
    unknown = ", ".join(name for name in each[1].labels if text.fold(name) not in labels)
    if unknown:
        skip(each, f"There is no label {unknown}: ask an admin to make it, or to import this file.", outcome)
    return not unknown


async def _insert(made: Sequence[NewRecord]) -> None:
    await contacts.insert_organizations([each.contacts.organization for each in made if each.contacts.organization])
    await contacts.insert_people([each.contacts.person for each in made if each.contacts.person])
    model: Any = type(made[0].record)
    await model.bulk_create([each.record for each in made])
    link, column = (DealLabel, "deal_id") if made[0].noun == "deal" else (LeadLabel, "lead_id")
    labels: list[Any] = [
        link(account_id=each.record.account_id, label_id=label_id, **{column: each.record.id})
        for each in made
        for label_id in each.label_ids
    ]
    if labels:
        await link.bulk_create(labels)
    notes = [each.note for each in made if each.note]
    if notes:
        await Note.bulk_create(notes)


def _subjects(each: NewRecord) -> list[changes.Subject]:
    """The subjects of one record's change: its new contacts first, for it refers to them."""
    subjects = []
    if each.contacts.organization:
        subjects.append(changes.added("organization", changes.snapshot(each.contacts.organization)))
    if each.contacts.person:
        subjects.append(changes.added("person", changes.snapshot(each.contacts.person)))
    subjects.append(changes.added(each.noun, changes.snapshot(each.record, label_ids=each.label_ids)))
    if each.note:
        subjects.append(changes.added("note", changes.snapshot(each.note)))
    return subjects
