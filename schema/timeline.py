"""The timeline of a deal: what happened about it, of every kind."""

from datetime import datetime

import strawberry

from resolvers.reads.declare import Connection, One, Term
from schema.activities import Activity
from schema.changelog import ChangelogEntry
from schema.common import PageInfo
from schema.deal_documents import Document
from schema.declaring import reads, shows
from schema.files import File
from schema.invoices import Invoice
from schema.mail import MailMessage
from schema.notes import Note

_LATEST = {"AT": (Term("{a}.at", "instant"),)}
TIMELINE = Connection("TimelineItem", column="deal_id", order="AT", orders=_LATEST)


@strawberry.type(description="Something that happened about a deal: exactly one of the fields beside `at` is not null.")
class TimelineItem:
    """An item of a timeline."""

    at: datetime = shows("at", "instant", "When it was made; for an activity that is done, when it was done.")
    change: ChangelogEntry | None = reads(One("ChangelogEntry", "entry_id"))
    note: Note | None = reads(One("Note", "note_id"))
    message: MailMessage | None = reads(One("MailMessage", "message_id"))
    activity: Activity | None = reads(One("Activity", "activity_id"))
    invoice: Invoice | None = reads(One("Invoice", "invoice_id"))
    document: Document | None = reads(One("Document", "document_id"))
    file: File | None = reads(One("File", "file_id"))


@strawberry.type(description="One item in a list.")
class TimelineEdge:
    """An item and where it lies."""

    cursor: str
    node: TimelineItem


@strawberry.type(description="A page of a timeline, latest first.")
class TimelineConnection:
    """A page of a timeline."""

    edges: list[TimelineEdge]
    nodes: list[TimelineItem]
    page_info: PageInfo
