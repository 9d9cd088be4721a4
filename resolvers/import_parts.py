"""Rows of what deals sell, read and put onto the deals: lines, discounts and installments share this."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from models.base import new_id
from models.changes import Ledger, Subject
from resolvers import sales
from resolvers.errors import ErrorCode, refuse
from resolvers.import_below import BelowWriter, RowT
from resolvers.import_cells import BadRow, Layout, Reader, key_of, read_facts
from resolvers.import_fields import ImportField
from resolvers.sales import PartKind, Sale
from resolvers.spreadsheets import Row


def read_part(row: Row, layout: Layout, readers: Mapping[ImportField, Reader], type: type[RowT]) -> RowT:
    """What a row says of a part of a deal; raises BadRow with everything that is wrong with it."""
    facts = read_facts(row, layout, readers)
    if not facts["deal"]:
        raise BadRow("This row names no deal by its id.")
    return type(**facts, key=key_of(facts))


class PartWriter(BelowWriter[RowT]):
    """Puts parts of one kind onto deals.

    What a deal may not sell together leaves all its rows of a batch out.
    """

    kind: PartKind

    def __init_subclass__(cls) -> None:
        cls.model, cls.name, cls.noun = cls.kind.model, cls.kind.name, cls.kind.noun

    async def _open(self, records: Sequence[Any]) -> dict[UUID, Sale]:
        return await sales.sales_of(records)

    def _below(self, place: Sale) -> list[Any]:
        return self.kind.of(place)

    def _require_fit(self, place: Sale) -> None:
        sales.figures_of(place)

    async def _tell(self, ledger: Ledger, place: Sale, added: Sequence[Subject], altered: Sequence[Subject]) -> None:
        await sales.settle(ledger, place, self.kind.change, [*added, *altered])

    def _own(self, sale: Sale, row: RowT) -> dict[str, Any]:
        """What a new part of a deal is known by."""
        return {"id": new_id(), "account_id": sale.deal.account_id, "deal_id": sale.deal.id, "import_key": row.key}


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
