"""Documents: templates filled in for deals, invoices laid out, both kept as files of the deal."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from models import storage
from models.base import Visibility
from models.changes import ChangeKind
from models.deal_documents import Document, DocumentLanguage
from models.files import File, Upload, storage_key
from resolvers import ids
from resolvers.deal_documents import create_document, create_template, render_invoice, update_template
from resolvers.errors import ErrorCode
from resolvers.files import delete_files
from resolvers.invoices import create_invoice, send_invoice, void_invoice
from tests import given
from tests.asking import ask
from tests.refusals import global_id, refused
from tests.replaying import told
from tests.resolvers.test_invoicing import selling
from tests.uploading import store_in

OFFER = """<h1>Oferta: {{ deal.title }}</h1>
<p>Dla: {{ organization.name }}{{ person.name }}, razem {{ deal.value }}</p>
<table>{% for line in lines %}<tr><td>{{ line.product }}</td><td>{{ line.quantity }} {{ line.unit }}</td></tr>
{% endfor %}</table>"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Path:
    return store_in(tmp_path / "files")


async def template(acme: given.Company, body: str = OFFER, **more: Any) -> str:
    """A Polish template, and its id."""
    draft: Any = {"name": "Oferta", "body": body, "language": DocumentLanguage.PL, **more}
    return ids.encode("DocumentTemplate", await create_template(await given.viewer(acme.admin), draft))


async def text_of(document: Document) -> str:
    """What a reader sees in the PDF of a document."""
    file = await File.get(id=document.file_id)
    pieces = [piece async for piece in storage.current().read(storage_key(file))]
    pages = PdfReader(BytesIO(b"".join(pieces))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


async def test_a_template_is_filled_in_with_what_a_deal_has(acme: given.Company) -> None:
    anna, deal, offer = await given.viewer(acme.anna), await selling(acme), await template(acme)
    await type(deal).filter(id=deal.id).update(title="<i>Żółta</i> & łódź")
    draft: Any = {"deal_id": global_id(deal), "template_id": offer}
    async with told(acme.id) as log:
        keys = [await create_document(anna, {**draft, "name": name}) for name in (None, "Druga")]
    assert [change.kind for change in log] == [ChangeKind.FILE_ADDED, ChangeKind.DOCUMENT_ADDED] * 2
    said = await text_of(await Document.get(id=keys[0]))
    assert said == "Oferta: <i>Żółta</i> & łódź Dla: Żubr, razem 123,00 PLN Usługa 1 h"
    query = """query ($id: ID!) { deal(id: $id) {
      documents { name version language template { name } file { name mediaType url } creator { name } }
      timeline { nodes { document { name } file { name } } } } }"""
    shown = (await ask(anna, query, id=global_id(deal)))["deal"]
    files = [each.pop("file") for each in shown["documents"]]
    assert [(each["name"], each["mediaType"]) for each in files] == [
        ("Oferta.pdf", "application/pdf"),
        ("Druga.pdf", "application/pdf"),
    ]
    assert all(each["url"] for each in files)
    common = {"language": "PL", "template": {"name": "Oferta"}, "creator": {"name": "Anna"}}
    assert shown["documents"] == [{"name": "Oferta", "version": 1, **common}, {"name": "Druga", "version": 2, **common}]
    timed = [each for each in shown["timeline"]["nodes"] if each["document"] or each["file"]]
    assert timed == [{"document": {"name": name}, "file": None} for name in ("Druga", "Oferta")]
    assert not await Upload.exists()


async def test_a_template_that_cannot_be_filled_in_is_not_kept(acme: given.Company) -> None:
    for body in (
        "{{ deal.secret }}",
        "{{ nothing }}",
        "{% for line in lines %}",
        "{% for a in (1..1000000) %}x{% endfor %}",
        "{% include 'other' %}",
        "{{ deal.title | reversed_by_nobody }}",
        "<table><tr><td><table><tr><td>x</td></tr></table></td></tr></table>",
    ):
        async with refused(ErrorCode.INVALID, "body"):
            await template(acme, body)


async def test_nothing_is_fetched_and_nothing_runs(acme: given.Company) -> None:
    body = '<p>Hi</p><img src="file:///etc/passwd"><script>alert(1)</script><a href="https://x.example">y</a>'
    offer, deal = await template(acme, body), await selling(acme)
    draft: Any = {"deal_id": global_id(deal), "template_id": offer}
    key = await create_document(await given.viewer(acme.anna), draft)
    assert await text_of(await Document.get(id=key)) == "Hi y"


async def test_who_may_make_documents_and_of_what(acme: given.Company, other: given.Company) -> None:
    anna, admin, deal = await given.viewer(acme.anna), await given.viewer(acme.admin), await selling(acme)
    offer, idle = await template(acme), await template(acme, is_active=False)
    lead = global_id(await given.lead(acme.anna))
    async with refused(ErrorCode.FORBIDDEN):
        await create_template(anna, {"name": "Mine", "body": "<p>x</p>"})
    async with refused(ErrorCode.VERSION_CONFLICT, "expectedVersion"):
        await update_template(admin, {"id": offer, "name": "New", "expected_version": 3})
    async with told(acme.id) as log:
        for _ in range(2):
            await update_template(admin, {"id": offer, "name": "Nowa", "body": "<p>{{ owner.name }}</p>"})
    assert [change.kind for change in log] == [ChangeKind.TEMPLATE_UPDATED]
    async with refused(ErrorCode.NOT_FOUND, "id"):
        await update_template(await given.viewer(other.admin), {"id": offer, "name": "Theirs"})
    for given_, code, path in (
        ({"deal_id": lead, "template_id": offer}, ErrorCode.CAPABILITY_MISSING, ["dealId"]),
        ({"deal_id": global_id(deal), "template_id": idle}, ErrorCode.INVALID, ["templateId"]),
    ):
        async with refused(code, *path):
            await create_document(anna, given_)  # type: ignore[arg-type]
    hidden = await given.organization(acme.celina, "Tajna", visibility=Visibility.OWNER)
    await type(deal).filter(id=deal.id).update(organization_id=hidden.id, owner_id=acme.anna.id)
    blind = await template(acme, "<p>[{{ organization.name }}]</p>")
    key = await create_document(anna, {"deal_id": global_id(deal), "template_id": blind})
    assert await text_of(await Document.get(id=key)) == "[]"


async def test_an_invoice_is_a_pdf_in_both_languages(acme: given.Company) -> None:
    anna, deal = await given.viewer(acme.anna), await selling(acme)
    key = await create_invoice(anna, {"deal_id": global_id(deal), "note": "Dziękujemy"})
    invoice: Any = {"id": ids.encode("Invoice", key)}
    async with refused(ErrorCode.INVALID, "id"):  # a draft
        await render_invoice(anna, {**invoice, "language": DocumentLanguage.PL})
    await send_invoice(anna, invoice)
    polish, english, again = [
        await render_invoice(anna, {**invoice, "language": language}) for language in ("PL", "EN", "PL")
    ]
    assert again == polish
    made = await Document.get(id=polish)
    assert (await File.get(id=made.file_id)).name == f"{made.name.replace('/', '-')}.pdf"
    said = await text_of(made)
    for words in ("Faktura FV/", "Sprzedawca", "Acme sp. z o.o.", "Łódź, ul. Główna 1", "123,00 PLN", "Dziękujemy"):
        assert words in said
    assert "Invoice FV/" in await text_of(await Document.get(id=english))
    await delete_files(anna, {"ids": [ids.encode("File", (await Document.get(id=polish)).file_id)]})
    assert await render_invoice(anna, {**invoice, "language": DocumentLanguage.PL}) not in (polish, english)
    await void_invoice(anna, invoice)
    void = await Document.get(id=await render_invoice(anna, {**invoice, "language": DocumentLanguage.PL}))
    assert (void.version, "ANULOWANA" in await text_of(void)) == (3, True)
