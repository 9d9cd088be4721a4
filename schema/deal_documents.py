"""Documents: templates, and PDFs made of them and of invoices."""

from datetime import datetime
from typing import Any

import strawberry

from resolvers import deal_documents
from resolvers.access import Viewer
from resolvers.reads.declare import Many, One, Term
from resolvers.reads.run import Ref
from schema.common import Node, User, UserError
from schema.declaring import Answer, command, identifies, reads, shows
from schema.enums import DocumentLanguage
from schema.files import File
from schema.invoices import Invoice

TEMPLATES = Many("DocumentTemplate", order=(Term("{a}.name"),))
DOCUMENTS_OF_DEAL = Many("Document", column="deal_id", order=(Term("{a}.created_at"),))


@strawberry.type(
    description="What documents are made of: HTML with merge fields in Liquid, such as {{ deal.title }}, "
    "{{ organization.name }} or {% for line in lines %}{{ line.product }}{% endfor %}."
)
class DocumentTemplate(Node):
    """A template."""

    id: strawberry.ID = identifies("DocumentTemplate")
    name: str = shows("name")
    body: str = shows("body")
    language: DocumentLanguage = shows("language", description="How it writes numbers and days.")
    is_active: bool = shows("is_active", "flag")
    created_at: datetime = shows("created_at", "instant")
    updated_at: datetime = shows("updated_at", "instant")
    version: int = shows("version", "int")


@strawberry.type(description="A PDF of a deal, made of a template or of an invoice.")
class Document(Node):
    """A document."""

    id: strawberry.ID = identifies("Document")
    name: str = shows("name")
    version: int = shows("version", "int", "Counts the documents that a deal has of the same template, or invoice.")
    language: DocumentLanguage = shows("language")
    template: DocumentTemplate | None = reads(One("DocumentTemplate", "template_id"))
    invoice: Invoice | None = reads(One("Invoice", "invoice_id"))
    file: File | None = reads(One("File", "file_id"), "Null where it was deleted.")
    creator: User = reads(One("User", "creator_id"))
    created_at: datetime = shows("created_at", "instant")


@strawberry.input(description="A new template. It is tried with sample data before it is kept.")
class CreateDocumentTemplateInput:
    """A new template."""

    name: str
    body: str
    language: DocumentLanguage | None = strawberry.UNSET
    is_active: bool | None = strawberry.UNSET
    idempotency_key: str | None = strawberry.UNSET
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="What to change of a template; what is left out stays.")
class UpdateDocumentTemplateInput:
    """A change of a template."""

    id: strawberry.ID
    expected_version: int | None = strawberry.UNSET
    name: str | None = strawberry.UNSET
    body: str | None = strawberry.UNSET
    language: DocumentLanguage | None = strawberry.UNSET
    is_active: bool | None = strawberry.UNSET
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="A document to make for a deal.")
class CreateDocumentInput:
    """A new document."""

    deal_id: strawberry.ID
    template_id: strawberry.ID
    name: str | None = strawberry.field(default=strawberry.UNSET, description="Omitted: the template's name.")
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="An invoice to make a PDF of.")
class RenderInvoiceInput:
    """The invoice, and in which language."""

    id: strawberry.ID
    language: DocumentLanguage = DocumentLanguage.EN
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.type(description="What became of a template.")
class DocumentTemplatePayload:
    """The template after the command."""

    template: DocumentTemplate | None
    errors: list[UserError]


@strawberry.type(description="The document that was made.")
class DocumentPayload:
    """The document."""

    document: Document | None
    errors: list[UserError]


async def _create_template(viewer: Viewer, draft: Any) -> Answer:
    return {"template": Ref("DocumentTemplate", await deal_documents.create_template(viewer, draft))}


async def _update_template(viewer: Viewer, patch: Any) -> Answer:
    return {"template": Ref("DocumentTemplate", await deal_documents.update_template(viewer, patch))}


async def _create(viewer: Viewer, draft: Any) -> Answer:
    return {"document": Ref("Document", await deal_documents.create_document(viewer, draft))}


async def _render_invoice(viewer: Viewer, given: Any) -> Answer:
    return {"document": Ref("Document", await deal_documents.render_invoice(viewer, given))}


@strawberry.type
class DocumentCommands:
    """What may be done with documents."""

    create_document_template = command(CreateDocumentTemplateInput, DocumentTemplatePayload, _create_template)
    update_document_template = command(UpdateDocumentTemplateInput, DocumentTemplatePayload, _update_template)
    create_document = command(CreateDocumentInput, DocumentPayload, _create)
    render_invoice = command(
        RenderInvoiceInput, DocumentPayload, _render_invoice, "The PDF of an invoice that was sent, as a file."
    )
