"""Two accounts full of small random data: every visibility, every gap and tie that reads must bear."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

from models.activities import Activity
from models.base import Record
from models.changelog import DealEvent, DealLogEntry
from models.conversions import ConversionRun
from models.custom_fields import CustomFieldOption
from models.deal_documents import Document
from models.deals import Deal
from models.files import File
from models.imports import Import
from models.invoices import Invoice, InvoiceLine, InvoicePayment
from models.mail import MailLink, MailMessage
from models.merges import OrganizationMerge, PersonMerge
from models.notes import Comment, Note
from models.pipelines import Stage
from models.products import DealDiscount, DealInstallment, DealProduct
from models.projects import ProjectPhase, ProjectTask
from models.users import Token
from models.web_forms import FormSubmission
from resolvers import ids
from resolvers.access import Viewer
from tests import given
from tests.resolvers.reads import (
    around_contacts,
    around_deals,
    around_fields,
    around_mail,
    around_opportunities,
    around_sales,
    around_users,
    around_visitors,
)
from tests.resolvers.reads.filling import Filling

# Rows that are seen where the row is that they hang on: the columns with its key, and its type.
_OF_DEAL = {"deal_id": "Deal"}
_OF_OPPORTUNITY = {"lead_id": "Lead", "deal_id": "Deal"}
_HANGING: dict[type[Any], dict[str, str]] = {
    Activity: _OF_OPPORTUNITY,
    Comment: {"note_id": "Note"},
    DealDiscount: _OF_DEAL,
    DealInstallment: _OF_DEAL,
    DealLogEntry: _OF_DEAL,
    DealProduct: _OF_DEAL,
    Document: _OF_DEAL,
    File: {**_OF_DEAL, "person_id": "Person", "organization_id": "Organization", "message_id": "MailMessage"},
    Invoice: _OF_DEAL,
    InvoiceLine: {"invoice_id": "Invoice"},
    InvoicePayment: {"invoice_id": "Invoice"},
    Note: _OF_OPPORTUNITY,
    OrganizationMerge: {"survivor_id": "Organization"},
    PersonMerge: {"survivor_id": "Person"},
    ProjectPhase: {"project_id": "Project"},
    ProjectTask: {"project_id": "Project"},
}


@dataclass(frozen=True)
class World:
    """Who may ask, in both accounts, the global ids there are, by type, the rows behind them, and where mail hangs."""

    viewers: list[Viewer]
    ids: dict[str, list[str]]
    rows: dict[str, Any]
    links: list[MailLink]

    def sees(self, viewer: Viewer, global_id: str) -> bool:
        """The oracle, in sentences of its own: whether a viewer may see the row of an id."""
        row = self.rows[global_id]
        if row.account_id != viewer.account_id or self._is_gone(row):
            return False
        match row:
            case Token():
                return row.user_id == viewer.user_id
            case Import() | ConversionRun():
                return viewer.is_admin or row.user_id == viewer.user_id
            case FormSubmission():
                return viewer.is_admin
            case MailMessage():
                return self._sees_message(viewer, row)
            case Record():
                return may_see(viewer, row)
        hanging = _HANGING.get(type(row), {})
        above = [ids.encode(name, key) for column, name in hanging.items() if (key := getattr(row, column))]
        return all(self.sees(viewer, each) for each in above)

    def knows(self, viewer: Viewer, global_id: str) -> bool:
        """Whether a viewer may be told an id: those of what they see, and of what that once was."""
        if self.sees(viewer, global_id):
            return True
        return any(self.sees(viewer, each) for each in self._became(self.rows[global_id].id))

    def leads_to(self, viewer: Viewer, global_id: str) -> str | None:
        """The id of what is found by an id: the row itself, or the contact that it was merged into."""
        survivor = getattr(self.rows[global_id], "merged_into_id", None)
        found = global_id if survivor is None else ids.encode(type(self.rows[global_id]).__name__, survivor)
        return found if self.sees(viewer, found) else None

    def _is_gone(self, row: Any) -> bool:
        return not isinstance(row, CustomFieldOption) and getattr(row, "removed_at", None) is not None

    def _sees_message(self, viewer: Viewer, message: MailMessage) -> bool:
        """A message is seen where a lead or a deal is that it hangs on, be that in the trash."""
        links = [each for each in self.links if each.message_id == message.id]
        parents = [("Lead", each.lead_id) if each.lead_id else ("Deal", each.deal_id) for each in links]
        return any(may_see(viewer, self.rows[ids.encode(name, str(key))]) for name, key in parents)

    def _became(self, key: UUID) -> Iterator[str]:
        """The merges of a contact, the deals that a lead became, and their entries that say so."""
        for global_id, row in self.rows.items():
            match row:
                case PersonMerge(merged_id=old) | OrganizationMerge(merged_id=old) | Deal(source_lead_id=old):
                    pass
                case DealLogEntry(event=DealEvent.CONVERTED, new_id=old):
                    pass
                case _:
                    continue
            if old == key:
                yield global_id


def may_see(viewer: Viewer, record: Record) -> bool:
    """Whether a viewer of its account may see a record, were it removed or not."""
    if viewer.is_admin or record.owner_id == viewer.user_id or record.visibility == "EVERYONE":
        return True
    return record.visibility == "TEAM" and record.owner_id in viewer.teammate_ids


async def make_world(seed: int) -> World:
    """The world of a number. The same number makes the same world, but for its keys."""
    dice = Random(seed)
    companies = [await given.company("Acme"), await given.company("Other")]
    found: dict[str, list[str]] = {}
    links: list[MailLink] = []
    rows: dict[str, Any] = {}
    viewers = []
    for company in companies:
        filled = await _fill(company, dice)
        links += filled.pop("MailLink")
        for type_name, made in filled.items():
            for row in made:
                rows[ids.encode(type_name, row.id)] = row
                found.setdefault(type_name, []).append(ids.encode(type_name, row.id))
        users = [company.admin, company.anna, company.bartek, company.celina]
        viewers += [await given.viewer(each) for each in (users if company is companies[0] else users[:2])]
    return World(viewers, found, rows, links)


async def _fill(company: given.Company, dice: Random) -> dict[str, list[Any]]:
    """Make everything in an account, each kind of row in one statement."""
    filling = Filling(company, dice)
    filling.rows["Label"].append(await given.label(company.account, "Cold", "blue"))
    await Stage.filter(id=company.stages[0].id).update(rotten_after_days=30)
    for make in (
        around_contacts.make_contacts,
        around_opportunities.make_opportunities,
        around_opportunities.make_notes,
        around_mail.make_mail,
        around_mail.make_files,
        around_fields.make_fields,
        around_sales.make_products,
        around_sales.make_invoices,
        around_sales.make_documents,
        around_deals.make_projects,
        around_deals.make_company,
        around_deals.make_log,
        around_users.make_own,
        around_visitors.make_forms,
        around_visitors.make_chats,
    ):
        await make(filling)
    return filling.rows
