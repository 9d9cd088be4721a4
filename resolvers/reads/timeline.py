"""What happened about a deal, of every kind, as one list."""

from resolvers.reads.mail import MAIL_OF_DEAL

# What is told, by the table it is in: the column that names it in an item, and when it happened.
_TOLD = {
    "deal_log": ("entry_id", "at"),
    "notes": ("note_id", "created_at"),
    MAIL_OF_DEAL: ("message_id", "at"),
    "activities": ("activity_id", "COALESCE(done_at, created_at)"),
    "invoices": ("invoice_id", "COALESCE(issued_at, created_at)"),
    "documents": ("document_id", "created_at"),
    "files": ("file_id", "created_at"),
}
# A file that is a document's is told as that.
_OF_DOCUMENT = "SELECT 1 FROM documents d WHERE d.file_id = told.id"
_ONLY = {"files": f" WHERE removed_at IS NULL AND NOT EXISTS ({_OF_DOCUMENT})"}


def _items(table: str) -> str:
    own, at = _TOLD[table]
    columns = [f"{'id' if column == own else 'NULLIF(id, id)'} AS {column}" for column, _ in _TOLD.values()]
    rows = f"{table} told{_ONLY.get(table, '')}"
    return f"SELECT id, account_id, deal_id, {at} AS at, {', '.join(columns)} FROM {rows}"


# The condition for one deal reaches the tables' own indexes. One for several does not on SQLite: it
# reads the tables, which is why a timeline has no count and is meant for the page of one deal.
TIMELINE = f"({' UNION ALL '.join(map(_items, _TOLD))})"
