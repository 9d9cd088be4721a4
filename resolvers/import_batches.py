"""One batch of an import: a few hundred rows made into leads in one transaction; those known are updated."""

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
from resolvers import contacts, text
from resolvers.access import Viewer
from resolvers.custom_values import merged
from resolvers.errors import Refused
from resolvers.import_contacts import ContactFinder, RowContacts, opportunity_columns
from resolvers.import_known import (
    Outcome,
    Pair,
    Referred,
    find_known,
    find_referred,
    find_users,
    is_referred,
    skip,
    unreferred,
)
from resolvers.import_rows import LeadRow
from resolvers.labels import COLORS, Kind, labels_of
from resolvers.leads import require_unarchived
from resolvers.notes import fold_body
from resolvers.opportunities import FOLDED_LENGTH, require_rights, revise


@dataclass
class NewRecord:
    """A lead or a deal to be made, and what comes with it."""

    noun: Kind
    record: Lead | Deal
    label_ids: list[UUID]
    contacts: RowContacts
    note: Note | None


@dataclass(frozen=True)
class Meant:
    """What rows name: users by e-mail address, labels by folded name, and what they refer to."""

    owners: Mapping[str | None, UUID]
    labels: Mapping[str, UUID]
    refs: Referred

    def label_ids(self, row: LeadRow) -> list[UUID]:
        """The labels of a row, each once, sorted."""
        return sorted({self.labels[text.fold(name)] for name in row.labels})


def given(columns: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that a row says something of: an empty cell changes nothing."""
    return {name: value for name, value in columns.items() if value is not None and value != "" and value != []}


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
        """Make records of the rows that are new and update those known; to be called in the ledger's transaction."""
        outcome = Outcome()
        known = await find_known(self._viewer, self._model, [row.external_id for _, row in rows if row.external_id])
        there = [(each, known[each[1].external_id]) for each in rows if each[1].external_id in known]
        outcome.unchanged += sum(record is None for _, record in there)
        await self._revise(ledger, [(each, record) for each, record in there if record is not None], outcome)
        unknown = [each for each in rows if each[1].external_id not in known]
        fresh = [each for each in unknown if is_whole(each, outcome)]
        await self._make(ledger, await self._fresh(fresh, outcome), outcome)
        return outcome

    async def _understand(self, ledger: Ledger, rows: Sequence[Pair], outcome: Outcome) -> tuple[list[Pair], Meant]:
        """The rows of which all that they name is there, and what that is."""
        owners = await self._owners(rows)
        owned = [each for each in rows if is_owned(each, owners, outcome)]
        labels = await self._labels(ledger, owned, outcome)
        labelled = [each for each in owned if _is_labelled(each, labels, outcome)]
        refs = await find_referred(self._viewer, [row for _, row in labelled])
        return [each for each in labelled if is_referred(each, refs, outcome)], Meant(owners, labels, refs)

    async def _revise(self, ledger: Ledger, there: Sequence[tuple[Pair, Any]], outcome: Outcome) -> None:
        """Update what rows say something of; the stage and the status of deals have verbs of their own."""
        if not there:
            return
        records = {id(each): record for each, record in there}
        rows, meant = await self._understand(ledger, [each for each, _ in there], outcome)
        labels_on = await labels_of(self._noun, [record.id for record in records.values()])
        for each in rows:
            record = records[id(each)]
            found = self._said(each[1], record, meant)
            has = {name: getattr(record, name) for name in found if name != "label_ids"}
            changed = found != has | ({"label_ids": labels_on[record.id]} if "label_ids" in found else {})
            try:
                if changed:
                    self._require_changeable(record, found)
            except Refused as refused:
                skip(each, str(refused), outcome)
                continue
            outcome.updated += changed
            outcome.unchanged += not changed
            if changed and not self._is_dry_run:
                revised = await revise(self._noun, record, found)
                labels_on[record.id] = found.get("label_ids", labels_on[record.id])
                if revised is not None:
                    ledger.record(self._updated, revised)

    def _require_changeable(self, record: Any, found: dict[str, Any]) -> None:
        """Refuse what the viewer may not change; an archived lead is changed by nobody."""
        require_rights(self._viewer, record, found)
        if isinstance(record, Lead):
            require_unarchived(record)

    def _said(self, row: LeadRow, record: Any, meant: Meant) -> dict[str, Any]:
        """The columns of a record that a row says something of: an empty cell changes nothing."""
        columns = given(
            {
                "title": row.title if row.is_titled else None,
                "folded_title": text.fold(row.title)[:FOLDED_LENGTH] if row.is_titled else None,
                "value_minor": row.value_minor,
                "currency": row.currency,
                "expected_close_date": row.expected_close_date,
                "visibility": row.visibility,
                "owner_id": meant.owners[row.owner] if row.owner else None,
                "person_id": meant.refs.people.get(row.person_ref or ""),
                "organization_id": meant.refs.organizations.get(row.organization_ref or ""),
                "label_ids": meant.label_ids(row),
            }
        )
        custom = meant.refs.custom(row)
        return {**columns, "custom": merged(record.custom, custom)} if custom else columns

    async def _make(self, ledger: Ledger, fresh: Sequence[Pair], outcome: Outcome) -> None:
        understood, meant = await self._understand(ledger, fresh, outcome)
        chosen = await self._placed(self._once(understood, outcome), outcome)
        owner_ids = [meant.owners[row.owner] for _, row in chosen]
        found = await self._finder.find([unreferred(row) for _, row in chosen], owner_ids)
        for (_, row), its in zip(chosen, found, strict=True):
            meant.refs.give(row, its)
        made = [
            self._new(row, owner_id, meant, each)
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
    _updated = ChangeKind.LEAD_UPDATED

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
            for email, key in (await find_users(self._viewer)).items():
                owners[email] = key
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

    def _new(self, row: LeadRow, owner_id: UUID, meant: Meant, found: RowContacts) -> NewRecord:
        record = self._record(row, self._columns(row, owner_id, found) | {"custom": meant.refs.custom(row)})
        note = row.note and Note(
            id=new_id(),
            account_id=self._viewer.account_id,
            author_id=self._viewer.user_id,
            body=row.note,
            folded_body=fold_body(row.note),
            **{f"{self._noun}_id": record.id},
        )
        return NewRecord(self._noun, record, meant.label_ids(row), found, note or None)

    def _columns(self, row: LeadRow, owner_id: UUID, found: RowContacts) -> dict[str, Any]:
        return {
            "id": new_id(),
            "account_id": self._viewer.account_id,
            "owner_id": owner_id,
            "visibility": row.visibility or Visibility.EVERYONE,
            "source": OpportunitySource.IMPORT,
            "import_key": row.key,
            **opportunity_columns(row, found),
        }

    def _record(self, row: LeadRow, columns: dict[str, Any]) -> Lead | Deal:
        return Lead(**columns, archived_at=row.archived_at)


def is_whole(each: Pair, outcome: Outcome) -> bool:
    """Whether a row says enough for a new record; if not, it is left out."""
    if each[1].lack:
        skip(each, each[1].lack, outcome)
    return not each[1].lack


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
