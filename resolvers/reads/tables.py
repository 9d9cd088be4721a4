"""The table behind each type of the schema, and the scope that no statement on it goes without."""

from dataclasses import dataclass

from resolvers import access
from resolvers.reads.declare import Scope
from resolvers.reads.mail import MAIL_OF_DEAL, MAIL_OF_LEAD, MAIL_OF_PERSON, PARTIES
from resolvers.reads.timeline import TIMELINE


@dataclass(frozen=True)
class Table:
    """A table and who sees which of its rows.

    `successor` is the column with the row an old id leads to. `seen_by` are the columns with the one
    row that a row is seen by: below that row, which was seen then, it is seen as far as `below` says.
    """

    name: str
    scope: Scope
    successor: str | None = None
    seen_by: tuple[str, ...] = ()
    below: Scope = access.account_scope

    def scope_below(self, column: str | None) -> Scope:
        """Who sees the rows whose column holds the key of a row that was seen; null: all rows."""
        return self.below if column in self.seen_by else self.scope


def _on(parents: str, name: str, scope: Scope, below: Scope = access.account_scope) -> Table:
    return Table(name, scope, seen_by=tuple(f"{parent}_id" for parent in parents.split()), below=below)


TABLES = {
    "Account": Table("accounts", access.own_account_scope),
    "User": Table("users", access.account_scope),
    "Team": Table("teams", access.account_scope),
    "Label": Table("labels", access.account_scope),
    "Person": Table("people", access.live_scope, "merged_into_id"),
    "Organization": Table("organizations", access.live_scope, "merged_into_id"),
    "PersonMerge": Table("person_merges", access.person_merge_scope),
    "OrganizationMerge": Table("organization_merges", access.organization_merge_scope),
    "Pipeline": Table("pipelines", access.account_scope),
    "Stage": Table("stages", access.account_scope),
    "Lead": Table("leads", access.live_scope),
    "Deal": Table("deals", access.live_scope),
    "Note": _on("lead deal", "notes", access.child_scope),
    "Activity": _on("lead deal", "activities", access.child_scope),
    "Comment": _on("note", "comments", access.comment_scope),
    "MailMessage": Table("mail_messages", access.mail_scope),
    "MailThread": Table("mail_threads", access.account_scope),
    "MailParty": Table(PARTIES, access.party_scope),
    # The same messages, once for each lead, deal or person whose mail they are.
    "MailOfLead": Table(MAIL_OF_LEAD, access.mail_scope),
    "MailOfDeal": Table(MAIL_OF_DEAL, access.mail_scope),
    "MailOfPerson": Table(MAIL_OF_PERSON, access.mail_scope),
    "Invoice": _on("deal", "invoices", access.deal_child_scope),
    "DocumentTemplate": Table("document_templates", access.account_scope),
    "Document": _on("deal", "documents", access.deal_child_scope),
    "InvoiceLine": _on("invoice", "invoice_lines", access.invoice_child_scope),
    "InvoicePayment": _on("invoice", "invoice_payments", access.invoice_child_scope),
    "ChangelogEntry": _on("deal", "deal_log", access.deal_child_scope),
    "TimelineItem": Table(TIMELINE, access.deal_child_scope),
    "Project": Table("projects", access.record_scope),
    "ProjectPhase": _on("project", "project_phases", access.project_child_scope),
    "ProjectTask": _on("project", "project_tasks", access.project_child_scope),
    "Token": Table("tokens", access.token_scope),
    "CustomField": Table("custom_fields", access.custom_field_scope),
    "CustomFieldOption": Table("custom_field_options", access.account_scope),
    "CustomFieldValue": _on(
        "lead deal", "custom_field_values", access.custom_value_scope, access.custom_value_scope_below
    ),
    "File": Table("files", access.file_scope),
    "FormulaField": Table("formula_fields", access.account_scope),
    "FormulaFieldValue": _on("deal", "formula_field_values", access.deal_child_scope),
    "Import": Table("imports", access.own_scope),
    "ConversionRun": Table("conversion_runs", access.own_scope),
    "Product": Table("products", access.account_scope),
    "ProductPrice": Table("product_prices", access.account_scope),
    "DealProduct": _on("deal", "deal_products", access.deal_child_scope),
    "DealDiscount": _on("deal", "deal_discounts", access.deal_child_scope),
    "DealInstallment": _on("deal", "deal_installments", access.deal_child_scope),
    "Chat": Table("chats", access.account_scope),
    "Conversation": Table("conversations", access.account_scope),
    "ChatMessage": Table("chat_messages", access.account_scope),
    "WaitingLead": Table("waiting_conversions", access.waiting_scope),
    "WebForm": Table("web_forms", access.account_scope),
    "WebFormField": Table("web_form_fields", access.account_scope),
    "FormSubmission": Table("form_submissions", access.submission_scope),
}
