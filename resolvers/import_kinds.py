"""What reads the rows of each kind of import, and what makes records of them."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from models.changes import Ledger
from models.imports import Import, ImportKind
from resolvers.access import Viewer
from resolvers.contact_kinds import ORGANIZATION, PERSON
from resolvers.import_batches import BatchWriter
from resolvers.import_cells import Layout
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


def reader_for(kind: ImportKind) -> Callable[[Row, Layout], Any]:
    """What reads a row of that kind."""
    match kind:
        case ImportKind.PRODUCTS:
            return read_product
        case ImportKind.LINES:
            return read_line
        case ImportKind.DISCOUNTS:
            return read_discount
        case ImportKind.INSTALLMENTS:
            return read_installment
    return read_row


def writer_for(viewer: Viewer, job: Import) -> Writer:
    """What makes records of an import's rows."""
    match job.kind:
        case ImportKind.DEALS:
            return DealWriter(viewer, job.is_dry_run)
        case ImportKind.PEOPLE:
            return ContactWriter(viewer, job.is_dry_run, PERSON)
        case ImportKind.ORGANIZATIONS:
            return ContactWriter(viewer, job.is_dry_run, ORGANIZATION)
        case ImportKind.PRODUCTS:
            return ProductWriter(viewer, job.is_dry_run)
        case ImportKind.LINES:
            return LineWriter(viewer, job.is_dry_run)
        case ImportKind.DISCOUNTS:
            return DiscountWriter(viewer, job.is_dry_run)
        case ImportKind.INSTALLMENTS:
            return InstallmentWriter(viewer, job.is_dry_run)
    return BatchWriter(viewer, job.is_dry_run)
