"""Documents: templates kept by admins, and PDFs that are made of them, and of invoices, as files of deals."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any, TypedDict
from uuid import UUID

from models import changes
from models.changes import ChangeKind
from models.deal_documents import Document, DocumentLanguage, DocumentTemplate
from models.deals import Deal
from models.files import File, Upload
from models.invoices import Invoice, InvoiceLine, InvoiceStatus
from resolvers import access, commands, files, idempotency, ids, opportunities, sales, text, uploads
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults
from resolvers.merge_fields import fields_of
from resolvers.merging import SAMPLE, fill_in, lay_out
from resolvers.opportunities import Columns, Read


class TemplateDraft(TypedDict, total=False):
    """A template as a client gives it: a name, and HTML with merge fields."""

    name: str
    body: str
    language: DocumentLanguage | None
    is_active: bool | None
    idempotency_key: str | None
    client_mutation_id: str | None


class TemplatePatch(TemplateDraft, total=False):
    """What a client changes of a template: the fields given, and no others."""

    id: str
    expected_version: int | None


class DocumentDraft(TypedDict, total=False):
    """A document to make of a template for a deal."""

    deal_id: str
    template_id: str
    name: str | None
    client_mutation_id: str | None


class InvoiceRendering(TypedDict, total=False):
    """An invoice to make a PDF of, in a language."""

    id: str
    language: DocumentLanguage
    client_mutation_id: str | None


async def _name(viewer: Viewer, given: str | None) -> Columns:
    return {"name": text.line(given, "name")}


async def _body(viewer: Viewer, given: str | None) -> Columns:
    """The body, after it was tried with sample data: what it says exists, and can be laid out."""
    body = text.text(given, "body")
    await asyncio.to_thread(lay_out, "Sample", fill_in(body, SAMPLE, "body"), DocumentLanguage.EN, "body")
    return {"body": body}


async def _language(viewer: Viewer, given: DocumentLanguage | None) -> Columns:
    return {"language": given or DocumentLanguage.EN}


async def _is_active(viewer: Viewer, given: bool | None) -> Columns:
    return {"is_active": given is not False}


_FIELDS: Mapping[str, Read] = {"name": _name, "body": _body, "language": _language, "is_active": _is_active}


async def create_template(viewer: Viewer, draft: TemplateDraft) -> UUID:
    """Keep a template; only admins may. It is tried with sample data first."""
    access.require_admin(viewer, "change templates")

    async def act() -> idempotency.Answer:
        return await _create(viewer, draft)

    answer = await idempotency.once(viewer, "create_template", draft.get("idempotency_key"), draft, act)
    return UUID(answer["id"])


async def _create(viewer: Viewer, draft: TemplateDraft) -> idempotency.Answer:
    found = await opportunities.columns(viewer, {"name": None, "body": None, **draft}, _FIELDS)
    async with commands.begin(viewer, draft) as ledger:
        template = await DocumentTemplate.create(account_id=viewer.account_id, **found)
        ledger.record(ChangeKind.TEMPLATE_ADDED, changes.added("document_template", changes.snapshot(template)))
        answer = {"id": str(template.id)}
        await idempotency.remember(viewer, "create_template", draft.get("idempotency_key"), draft, answer)
    return answer


async def update_template(viewer: Viewer, patch: TemplatePatch) -> UUID:
    """Change the fields given; only admins may. Documents that were made stay as they are."""
    access.require_admin(viewer, "change templates")
    key = ids.expect("DocumentTemplate", patch["id"], "id")
    found = await opportunities.columns(viewer, patch, _FIELDS)
    async with commands.begin(viewer, patch) as ledger:
        mine = DocumentTemplate.filter(account_id=viewer.account_id, id=key)
        template = await mine.select_for_update().get_or_none()
        if template is None:
            raise access.not_found("Template", "id")
        commands.check_version(template, patch)
        revised = await commands.revise("document_template", template, found)
        if revised is not None:
            ledger.record(ChangeKind.TEMPLATE_UPDATED, revised)
    return key


async def create_document(viewer: Viewer, draft: DocumentDraft) -> UUID:
    """Fill a template in for a deal and keep the PDF as a file of it: the next version of that document."""
    faults = Faults()
    with faults.noted():
        deal_key = ids.expect("Deal", draft["deal_id"], "dealId")
    with faults.noted():
        template = await _find_template(viewer, draft["template_id"])
    with faults.noted():
        name = text.optional_line(draft.get("name"), "name")
    faults.raise_any()
    sale = await sales.read_sale(viewer, deal_key, "dealId")
    title, fields = name or template.name, await fields_of(viewer, sale, template.language)
    html = fill_in(template.body, fields, "templateId")
    made = await asyncio.to_thread(lay_out, title, html, template.language, "templateId")
    source = {"template_id": template.id, "source_version": template.version, "language": template.language}
    return await _keep(viewer, draft, made, deal_id=deal_key, name=title, **source)


async def _find_template(viewer: Viewer, global_id: str) -> DocumentTemplate:
    key = ids.expect("DocumentTemplate", global_id, "templateId")
    template = await DocumentTemplate.get_or_none(account_id=viewer.account_id, id=key)
    if template is None:
        raise access.not_found("Template", "templateId")
    if not template.is_active:
        raise refuse(ErrorCode.INVALID, "This template is not active: take another.", "templateId")
    return template


async def render_invoice(viewer: Viewer, given: InvoiceRendering) -> UUID:
    """Make a PDF of an invoice that was sent here, and keep it as a file of the deal; the document.

    The one there is answers, as long as the invoice has not changed since and its file is there.
    """
    key, language = ids.expect("Invoice", given["id"], "id"), given["language"]
    invoice = await _find_invoice(viewer, key)
    made = await _made_already(invoice, language)
    if made is not None:
        return made
    lines = await InvoiceLine.filter(invoice_id=key).order_by("position")
    content = await asyncio.to_thread(_drawn, invoice, lines, language)
    source = {"invoice_id": key, "source_version": invoice.version, "language": language}
    return await _keep(viewer, given, content, deal_id=invoice.deal_id, name=str(invoice.number), **source)


def _drawn(invoice: Invoice, lines: list[InvoiceLine], language: DocumentLanguage) -> bytes:
    from resolvers.invoice_pdf import invoice_pdf  # for those who draw: see resolvers/pdf.py

    return invoice_pdf(invoice, lines, language)


async def _find_invoice(viewer: Viewer, key: UUID) -> Invoice:
    invoice = await Invoice.get_or_none(account_id=viewer.account_id, id=key)
    if invoice is None or not await access.find(viewer, Deal, [invoice.deal_id]):
        raise access.not_found("Invoice", "id")
    if invoice.is_external:
        raise refuse(ErrorCode.INVALID, "Another system issued this invoice: add its PDF as a file.", "id")
    if invoice.status is InvoiceStatus.DRAFT or invoice.number is None:
        raise refuse(ErrorCode.INVALID, "This invoice was not sent: send it first.", "id")
    return invoice


async def _made_already(invoice: Invoice, language: DocumentLanguage) -> UUID | None:
    same = Document.filter(invoice_id=invoice.id, language=language, source_version=invoice.version)
    for document in await same.order_by("-version"):
        if await File.filter(id=document.file_id, removed_at__isnull=True).exists():
            return document.id
    return None


async def _keep(viewer: Viewer, given: Mapping[str, Any], content: bytes, **columns: Any) -> UUID:
    """Store a PDF, and write its document and file in one transaction, the deal locked."""
    name = str(columns["name"]).replace("/", "-")  # FV/2026/1 is no path
    upload = await _store(viewer, f"{name}.pdf", content)
    try:
        async with commands.begin(viewer, given) as ledger:
            await sales.lock_sale(viewer, columns["deal_id"], "dealId")
            taken = await uploads.take_upload(viewer, ids.encode("Upload", upload.id), "file")
            document = Document(account_id=viewer.account_id, creator_id=viewer.user_id, version=0, **columns)
            document.version = await _next_version(document)
            file = await files.keep(ledger, taken, deal_id=document.deal_id)
            document.file_id = file.id
            await document.save()
            ledger.record(ChangeKind.DOCUMENT_ADDED, changes.added("document", changes.snapshot(document)))
    except BaseException:
        await uploads.discard_uploads([upload])
        raise
    return document.id


async def _store(viewer: Viewer, name: str, content: bytes) -> Upload:
    async def chunks() -> AsyncIterator[bytes]:
        yield content

    upload = await uploads.expect_upload(viewer, name, size=len(content))
    await uploads.fill_upload(upload, chunks())
    return upload


async def _next_version(document: Document) -> int:
    """One more than the last of the same source for the same deal, which is locked."""
    source = {"template_id": document.template_id, "invoice_id": document.invoice_id}
    same = Document.filter(deal_id=document.deal_id, language=document.language, **source)
    last = await same.order_by("-version").first()
    return 1 if last is None else last.version + 1
