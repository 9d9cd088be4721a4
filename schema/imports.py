"""Imports of leads from files."""

from datetime import datetime

import strawberry

from schema.common import Node
from schema.declaring import identifies, shows
from schema.enums import ImportStatus


@strawberry.type(description="One file of leads, and how far its import has come. Counts are of rows.")
class Import(Node):
    """An import."""

    id: strawberry.ID = identifies("Import")
    file_name: str = shows("file_name")
    status: ImportStatus = shows("status")
    is_dry_run: bool = shows("is_dry_run", "flag")
    rows_read: int = shows("rows_read", "int")
    rows_created: int = shows("rows_created", "int")
    rows_unchanged: int = shows("rows_unchanged", "int")
    rows_skipped: int = shows("rows_skipped", "int")
    failure: str | None = shows("failure")
    created_at: datetime = shows("created_at", "instant")
    finished_at: datetime | None = shows("finished_at", "instant")
