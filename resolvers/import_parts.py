"""Rows of what deals sell, read and put onto the deals; those known by an external id are updated.

Lines, discounts and installments are parts of a deal, each kind a table of its own; what they share is here.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from models import changes
from models.base import new_id
from models.changes import Ledger, Subject
from models.deals import Deal
from resolvers import sales
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, Refused, refuse
from resolvers.import_cells import BadRow, Layout, Reader, Said, key_of, one, read_facts
from resolvers.import_fields import ImportField
from resolvers.import_known import Outcome, find_known, own_key, skip
from resolvers.opportunities import Columns
from resolvers.sales import PartKind, Sale
from resolvers.spreadsheets import Row


@dataclass(frozen=True)
class PartRow:
    """What one row says of a part of a deal; null where it says nothing. `deal` is the deal's external id."""

    deal: str | None = None
    external_id: str | None = None
    key: str = ""

    drafted: ClassVar[Sequence[str]] = ()

    @property
    def draft(self) -> dict[str, Any]:
        """What it says of the part, as a client would."""
        values = {name: getattr(self, name) for name in self.drafted}
        return {name: value for name, value in values.items() if value is not None}


RowT = TypeVar("RowT", bound=PartRow)
Parts = dict[UUID, Any]


def read_part(row: Row, layout: Layout, readers: Mapping[ImportField, Reader], type: type[RowT]) -> RowT:
    """What a row says of a part of a deal; raises BadRow with everything that is wrong with it."""
    facts = read_facts(row, layout, readers)
    if not facts["deal"]:
        raise BadRow("This row names no deal by its id.")
    return type(**facts, key=key_of(facts))


class PartWriter(ABC, Generic[RowT]):
    """Puts parts of one kind onto the deals that a viewer sees.

    What a deal may not sell together leaves all its rows of a batch out.
    """

    kind: PartKind

    def __init__(self, viewer: Viewer, is_dry_run: bool) -> None:
        self._viewer = viewer
        self._is_dry_run = is_dry_run
        self._there: dict[str, Any] = {}

    async def write(self, ledger: Ledger, rows: Sequence[tuple[Row, Any]]) -> Outcome:
        """Add the parts that are new and update those known; to be called in the ledger's transaction."""
        outcome = Outcome()
        deals = await find_known(self._viewer, Deal, {row.deal for _, row in rows})
        said: list[RowT] = [row for _, row in rows]
        self._there = await self._known(said)
        await self._look_up(said)
        of_deal: dict[UUID, list[tuple[Row, Any]]] = {}
        for each in rows:
            deal = deals.get(each[1].deal)
            if deal is None:
                skip(each, "There is no such deal, or you may not see it: import deals first.", outcome)
            else:
                of_deal.setdefault(deal.id, []).append(each)
        found = {deal.id: deal for deal in deals.values() if deal is not None and deal.id in of_deal}
        for key, sale in (await sales.sales_of(list(found.values()))).items():
            await self._sell(ledger, sale, of_deal[key], outcome)
        return outcome

    async def _known(self, said: Sequence[RowT]) -> dict[str, Any]:
        """The parts that these rows are, by the rows' identities."""
        model = self.kind.model
        own = {key: row.key for row in said if row.external_id and (key := own_key(model, row.external_id))}
        there = model.filter(account_id=self._viewer.account_id)
        found = {own[part.id]: part for part in await there.filter(id__in=list(own))}
        keyed = await there.filter(import_key__in=[row.key for row in said])
        return found | {part.import_key: part for part in keyed}

    async def _look_up(self, said: Sequence[RowT]) -> None:
        """Read what rows speak of beside deals."""

    @abstractmethod
    async def _new(self, sale: Sale, row: RowT) -> Any:
        """A part for a row that is none yet, before what the row says of it; refuses a row that says too little."""

    @abstractmethod
    def _columns(self, row: RowT, part: Any) -> Columns:
        """The columns of a part after what a row says of it; refuses what it may not be."""

    async def _sell(self, ledger: Ledger, sale: Sale, rows: Sequence[tuple[Row, Any]], outcome: Outcome) -> None:
        """Put the rows onto a deal, all that can be, or none where together they may not be sold."""
        before = {part.id: copy(part) for part in self.kind.of(sale)}
        taken = []
        for each in rows:
            try:
                taken.append((each, await self._take(sale, each[1])))
            except Refused as refused:
                skip(each, _reason(refused), outcome)
        try:
            sales.figures_of(sale)
        except Refused as refused:
            for each, _ in taken:
                skip(each, _reason(refused), outcome)
            return
        changed = {part.id: part for _, part in taken if _differs(part, before.get(part.id))}
        self._count([part.id for _, part in taken], changed, before, outcome)
        if changed and not self._is_dry_run:
            await self._keep(ledger, sale, changed, before)

    async def _take(self, sale: Sale, row: RowT) -> Any:
        """The part of a deal that a row is, as it says."""
        known, parts = self._there.get(row.key), self.kind.of(sale)
        if known is None:
            part = await self._new(sale, row)
            part.update_from_dict(self._columns(row, part))
            parts.append(part)
            self._there[row.key] = part
            return part
        if known.deal_id != sale.deal.id:
            raise refuse(ErrorCode.INVALID, f"This {self.kind.name} is of another deal.")
        part = next(each for each in parts if each.id == known.id)
        part.update_from_dict(self._columns(row, part))
        return part

    def _count(self, taken: Sequence[UUID], changed: Parts, before: Parts, outcome: Outcome) -> None:
        """Count each part once, and further rows of it as saying nothing new."""
        every = set(taken)
        new = len(every - before.keys())
        outcome.created += new
        outcome.made[f"{self.kind.name}s"] += new
        outcome.updated += len(changed) - new
        outcome.unchanged += len(taken) - len(changed)

    async def _keep(self, ledger: Ledger, sale: Sale, changed: Parts, before: Parts) -> None:
        fresh = [part for key, part in changed.items() if key not in before]
        subjects = [changes.added(self.kind.noun, changes.snapshot(part)) for part in fresh]
        for key, part in changed.items():
            if key in before:
                was, now = changes.snapshot(before[key]), changes.snapshot(part)
                subjects.append(Subject(self.kind.noun, str(key), was, now))
                await part.save()
        await self.kind.model.bulk_create(fresh)
        await sales.settle(ledger, sale, self.kind.change, subjects)

    def _own(self, sale: Sale, row: RowT) -> dict[str, Any]:
        """What a new part of a deal is known by."""
        return {"id": new_id(), "account_id": sale.deal.account_id, "deal_id": sale.deal.id, "import_key": row.key}


def _differs(part: Any, before: Any) -> bool:
    return before is None or changes.snapshot(part) != changes.snapshot(before)


def _reason(refused: Refused) -> str:
    return " ".join(error.message for error in refused.errors)


def deal_ref(said: Said, currency: str) -> dict[str, Any]:
    """The deal that a row names by its id."""
    return {"deal": one(said, ImportField.DEAL_ID)}


def next_position(parts: Sequence[Any]) -> int:
    """The position behind all of these."""
    return max((each.position for each in parts), default=-1) + 1


async def currency_of(sale: Sale, stated: str | None) -> str:
    """The currency of a new part: the sale's, else the one its row states, else as `currency_for`."""
    return sale.currency or stated or await sales.currency_for(sale)


def require_currency(stated: str | None, currency: str) -> None:
    """Refuse a row that states another currency than its part is in."""
    if stated not in (None, currency):
        raise refuse(ErrorCode.INVALID, f"A deal has one currency, and this one sells in {currency}.")
