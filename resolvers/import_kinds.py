"""What reads the rows of each kind of import, and what makes records of them."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from models.changes import Ledger
from models.import_kinds import ImportKind
from models.imports import Import
from resolvers.access import Viewer
from resolvers.contact_kinds import ORGANIZATION, PERSON
from resolvers.import_batches import BatchWriter
from resolvers.import_cells import Layout
from resolvers.import_children import ActivityWriter, NoteWriter, read_activity, read_note
from resolvers.import_installments import DiscountWriter, InstallmentWriter, read_discount, read_installment
from resolvers.import_known import Outcome
from resolvers.import_lines import LineWriter, read_line
from resolvers.import_products import ProductWriter, read_product
from resolvers.import_records import ContactWriter, DealWriter
from resolvers.import_rows import read_row
from resolvers.spreadsheets import Row


class Writer(Protocol):
    """Makes records of rows."""

    async def write(self, ledger: Ledger, rows: Sequence[tuple[Row, Any]]) -> Outcome:
        """Make or update records; to be called in the ledger's transaction."""
        ...


Read = Callable[[Row, Layout], Any]
# Of all others a row is read by `read_row`.
_READERS: dict[ImportKind, Read] = {
    ImportKind.PRODUCTS: read_product,
    ImportKind.LINES: read_line,
    ImportKind.DISCOUNTS: read_discount,
    ImportKind.INSTALLMENTS: read_installment,
    ImportKind.NOTES: read_note,
    ImportKind.ACTIVITIES: read_activity,
}
_WRITERS: dict[ImportKind, Callable[[Viewer, bool], Writer]] = {
    ImportKind.LEADS: BatchWriter,
    ImportKind.DEALS: DealWriter,
    ImportKind.PEOPLE: lambda viewer, is_dry_run: ContactWriter(viewer, is_dry_run, PERSON),
    ImportKind.ORGANIZATIONS: lambda viewer, is_dry_run: ContactWriter(viewer, is_dry_run, ORGANIZATION),
    ImportKind.PRODUCTS: ProductWriter,
    ImportKind.LINES: LineWriter,
    ImportKind.DISCOUNTS: DiscountWriter,
    ImportKind.INSTALLMENTS: InstallmentWriter,
    ImportKind.NOTES: NoteWriter,
    ImportKind.ACTIVITIES: ActivityWriter,
}


def reader_for(kind: ImportKind) -> Read:
    """What reads a row of that kind."""
    return _READERS.get(kind, read_row)


def writer_for(viewer: Viewer, job: Import) -> Writer:
    """What makes records of an import's rows."""
    return _WRITERS[job.kind](viewer, job.is_dry_run)
