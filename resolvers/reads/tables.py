"""The table behind each type of the schema, and the scope that no statement on it goes without."""

from dataclasses import dataclass

from resolvers import access
from resolvers.reads.declare import Scope
from resolvers.reads.mail import MAIL_OF_DEAL, MAIL_OF_LEAD, MAIL_OF_PERSON, PARTIES
from resolvers.reads.timeline import TIMELINE


@dataclass(frozen=True)
class Table:
    """A table and who sees which of its rows; `successor` is the column with the row an old id leads to."""

    name: str
    scope: Scope
    successor: str | None = None


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
    "Note": Table("notes", access.child_scope),
    "Activity": Table("activities", access.child_scope),
    "Comment": Table("comments", access.comment_scope),
    "MailMessage": Table("mail_messages", access.mail_scope),
    "MailThread": Table("mail_threads", access.account_scope),
    "MailParty": Table(PARTIES, access.party_scope),
    # The same messages, once for each lead, deal or person whose mail they are.
    "MailOfLead": Table(MAIL_OF_LEAD, access.mail_scope),
    "MailOfDeal": Table(MAIL_OF_DEAL, access.mail_scope),
    "MailOfPerson": Table(MAIL_OF_PERSON, access.mail_scope),
    "Invoice": Table("invoices", access.deal_child_scope),
    "DocumentTemplate": Table("document_templates", access.account_scope),
    "Document": Table("documents", access.deal_child_scope),
    "InvoiceLine": Table("invoice_lines", access.invoice_child_scope),
    "InvoicePayment": Table("invoice_payments", access.invoice_child_scope),
    "ChangelogEntry": Table("deal_log", access.deal_child_scope),
    "TimelineItem": Table(TIMELINE, access.deal_child_scope),
    "Project": Table("projects", access.record_scope),
    "ProjectPhase": Table("project_phases", access.project_child_scope),
    "ProjectTask": Table("project_tasks", access.project_child_scope),
    "Token": Table("tokens", access.token_scope),
    "CustomField": Table("custom_fields", access.custom_field_scope),
    "CustomFieldOption": Table("custom_field_options", access.account_scope),
    "CustomFieldValue": Table("custom_field_values", access.custom_value_scope),
    "File": Table("files", access.file_scope),
    "FormulaField": Table("formula_fields", access.account_scope),
    "FormulaFieldValue": Table("formula_field_values", access.deal_child_scope),
    "Import": Table("imports", access.own_scope),
    "ConversionRun": Table("conversion_runs", access.own_scope),
    "Product": Table("products", access.account_scope),
    "ProductPrice": Table("product_prices", access.account_scope),
    "DealProduct": Table("deal_products", access.deal_child_scope),
    "DealDiscount": Table("deal_discounts", access.deal_child_scope),
    "DealInstallment": Table("deal_installments", access.deal_child_scope),
    "Chat": Table("chats", access.account_scope),
    "Conversation": Table("conversations", access.account_scope),
    "ChatMessage": Table("chat_messages", access.account_scope),
    "WaitingLead": Table("waiting_conversions", access.waiting_scope),
    "WebForm": Table("web_forms", access.account_scope),
    "WebFormField": Table("web_form_fields", access.account_scope),
    "FormSubmission": Table("form_submissions", access.submission_scope),
}
