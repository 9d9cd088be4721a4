"""Rows of what hangs on leads and deals, put there; those known by an external id are updated.

The parts of what a deal sells, notes and activities are each a table of its own; what they share is here.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from models import changes
from models.changes import Ledger, Subject
from models.deals import Deal
from models.leads import Lead
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, Refused, refuse
from resolvers.import_cells import Said, one
from resolvers.import_fields import ImportField
from resolvers.import_known import Outcome, find_known, own_key, skip
from resolvers.opportunities import Columns
from resolvers.spreadsheets import Row


@dataclass(frozen=True)
class BelowRow:
    """What one row says of something on a lead or a deal, named by external ids; null where it says nothing."""

    deal: str | None = None
    lead: str | None = None
    external_id: str | None = None
    key: str = ""

    drafted: ClassVar[Sequence[str]] = ()

    @property
    def draft(self) -> dict[str, Any]:
        """What it says, as a client would."""
        values = {name: getattr(self, name) for name in self.drafted}
        return {name: value for name, value in values.items() if value is not None}


RowT = TypeVar("RowT", bound=BelowRow)
Pair = tuple[Row, RowT]
Children = Mapping[UUID, Any]


def deal_ref(said: Said, currency: str) -> dict[str, Any]:
    """The deal that a row names by its id."""
    return {"deal": one(said, ImportField.DEAL_ID)}


def lead_ref(said: Said, currency: str) -> dict[str, Any]:
    """The lead that a row names by its id."""
    return {"lead": one(said, ImportField.LEAD_ID)}


class BelowWriter(ABC, Generic[RowT]):
    """Puts what rows say onto the leads and deals that a viewer sees. A dry run decides alike and writes nothing.

    What is read of one lead or deal to put rows there is a `place`: the record itself, or more.
    """

    model: type[Any]
    name: str
    noun: str

    def __init__(self, viewer: Viewer, is_dry_run: bool) -> None:
        self._viewer = viewer
        self._is_dry_run = is_dry_run
        self._there: dict[str, Any] = {}

    async def write(self, ledger: Ledger, rows: Sequence[tuple[Row, Any]]) -> Outcome:
        """Make what is new and update what is known; to be called in the ledger's transaction."""
        outcome = Outcome()
        leads = await find_known(self._viewer, Lead, {row.lead for _, row in rows if row.lead})
        deals = await find_known(self._viewer, Deal, {row.deal for _, row in rows if row.deal})
        said: list[RowT] = [row for _, row in rows]
        self._there = await self._known(said)
        await self._look_up(said)
        records: dict[UUID, Any] = {}
        on: dict[UUID, list[Pair[RowT]]] = {}
        for each in rows:
            noun = "deal" if each[1].deal else "lead"
            record = deals.get(each[1].deal) if noun == "deal" else leads.get(each[1].lead)
            if record is None:
                skip(each, f"There is no such {noun}, or you may not see it: import {noun}s first.", outcome)
            else:
                records[record.id] = record
                on.setdefault(record.id, []).append(each)
        for key, place in (await self._open(list(records.values()))).items():
            await self._put(ledger, place, on[key], outcome)
        return outcome

    async def _known(self, said: Sequence[RowT]) -> dict[str, Any]:
        """Which of these rows are there already, by the rows' identities."""
        own = {key: row.key for row in said if row.external_id and (key := own_key(self.model, row.external_id))}
        there = self.model.filter(account_id=self._viewer.account_id)
        found = {own[child.id]: child for child in await there.filter(id__in=list(own))}
        keyed = await there.filter(import_key__in=[row.key for row in said])
        return found | {child.import_key: child for child in keyed}

    async def _look_up(self, said: Sequence[RowT]) -> None:
        """Read what rows speak of beside leads and deals."""

    @abstractmethod
    async def _open(self, records: Sequence[Any]) -> dict[UUID, Any]:
        """The places of these locked leads and deals, by their keys."""

    @abstractmethod
    def _below(self, place: Any) -> list[Any]:
        """What is there of this kind that rows may be known as; what is new is put into it."""

    @abstractmethod
    async def _new(self, place: Any, row: RowT) -> Any:
        """What a row becomes that is none yet, before what it says; refuses a row that says too little."""

    @abstractmethod
    def _columns(self, row: RowT, child: Any) -> Columns:
        """The columns of a child after what a row says of it; refuses what it may not be."""

    def _require_changeable(self, place: Any, child: Any) -> None:
        """Refuse to change what must stay as it is."""

    def _require_fit(self, place: Any) -> None:
        """Refuse what may not be there together."""

    @abstractmethod
    async def _tell(self, ledger: Ledger, place: Any, added: Sequence[Subject], altered: Sequence[Subject]) -> None:
        """Record what became of a place, and write what follows from it."""

    async def _put(self, ledger: Ledger, place: Any, rows: Sequence[Pair[RowT]], outcome: Outcome) -> None:
        """Put rows onto one lead or deal, all that can be, or none where together they may not be there."""
        before = {child.id: copy(child) for child in self._below(place)}
        taken = []
        for each in rows:
            try:
                taken.append((each, await self._take(place, each[1])))
            except Refused as refused:
                skip(each, _reason(refused), outcome)
        try:
            self._require_fit(place)
        except Refused as refused:
            for each, _ in taken:
                skip(each, _reason(refused), outcome)
            return
        changed = {child.id: child for _, child in taken if _differs(child, before.get(child.id))}
        self._count([child.id for _, child in taken], changed, before, outcome)
        if changed and not self._is_dry_run:
            await self._keep(ledger, place, changed, before)

    async def _take(self, place: Any, row: RowT) -> Any:
        """What a row is or becomes in its place, as it says."""
        known, children = self._there.get(row.key), self._below(place)
        if known is None:
            child = await self._new(place, row)
            child.update_from_dict(self._columns(row, child))
            children.append(child)
            self._there[row.key] = child
            return child
        child = next((each for each in children if each.id == known.id), None)
        if child is None:
            raise refuse(ErrorCode.INVALID, f"This {self.name} is of another {'deal' if row.deal else 'lead'}.")
        found = self._columns(row, child)
        if any(getattr(child, name) != value for name, value in found.items()):
            self._require_changeable(place, child)
        child.update_from_dict(found)
        return child

    def _count(self, taken: Sequence[UUID], changed: Children, before: Children, outcome: Outcome) -> None:
        """Count each child once, and further rows of it as saying nothing new."""
        new = len(set(taken) - before.keys())
        outcome.created += new
        outcome.updated += len(changed) - new
        outcome.unchanged += len(taken) - len(changed)

    async def _keep(self, ledger: Ledger, place: Any, changed: Children, before: Children) -> None:
        fresh = [child for key, child in changed.items() if key not in before]
        await self.model.bulk_create(fresh)
        added = [await self._added(child) for child in fresh]
        altered = []
        for key, child in changed.items():
            if key in before:
                await child.save()
                altered.append(await self._altered(before[key], child))
        await self._tell(ledger, place, added, altered)

    async def _added(self, child: Any) -> Subject:
        """The subject of a child that was just made."""
        return changes.added(self.noun, changes.snapshot(child))

    async def _altered(self, before: Any, child: Any) -> Subject:
        """The subject of a child that was just changed, whole: an undo looks at all of it."""
        return Subject(self.noun, str(child.id), changes.snapshot(before), changes.snapshot(child))


def _differs(child: Any, before: Any) -> bool:
    return before is None or changes.snapshot(child) != changes.snapshot(before)


def _reason(refused: Refused) -> str:
    return " ".join(error.message for error in refused.errors)
