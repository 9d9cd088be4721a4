"""Bad input to every mutation: each bad value is answered with a typed error, and changes nothing.

The mutations, their fields and the values that are bad for them are read from the schema, so a
mutation that is added later is tried too, or this fails until `inputs` knows what to give it.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import pytest_asyncio

from app.asgi import make_engine
from app.graphql import Engine, errors_of
from app.settings import Settings
from models import changes, storage
from models import database as databases
from models.base import now
from models.chats import Chat, Conversation
from models.custom_fields import CustomField, CustomFieldOption
from models.database import Database
from models.deal_documents import DocumentTemplate
from models.deals import Deal
from models.files import File, Upload, UploadStatus, storage_key
from models.formulas import FormulaField
from models.imports import Import, ImportStatus
from models.invoices import Invoice, InvoicePayment, InvoiceSettings, InvoiceStatus
from models.mail import MailBody, MailLink, MailMessage, MailStatus, MailThread
from models.products import DealInstallment, DealProduct, Product
from models.projects import Project, ProjectPhase, ProjectTask
from models.users import Token
from models.web_forms import FormLanguage, FormTarget, WebForm
from resolvers import ids
from resolvers.access import Viewer
from resolvers.errors import ErrorCode
from resolvers.imports import Importer, importing
from resolvers.reads.documents import BadDocument
from tests import given
from tests.commanding import MUTATIONS, do, document_of
from tests.data.make_leads import CSV
from tests.refusals import global_id
from tests.replaying import unchanged
from tests.schema.inputs import MANY, Case, bad_inputs, full_input
from tests.uploading import pieces, sent_table, store_in

_FORM: dict[str, Any] = {"language": FormLanguage.EN, "target": FormTarget.LEAD}
BLANK = ("empty", "blank")
# What looks bad and is not: the field (or mutation and field), the values, and why they are taken.
ACCEPTED: dict[str, tuple[tuple[str, ...], str]] = {
    "clientMutationId": (BLANK, "blank is the same as none"),
    "address": ((*BLANK, "300 characters"), "blank is the same as none; addresses may be long"),
    "domain": (BLANK, "blank is the same as none"),
    "loseDeal.lostReason": ((*BLANK, "300 characters"), "blank is the same as none; a reason may be long"),
    "body": (("300 characters",), "notes and templates may be long"),
    "cc": (("an empty list",), "nobody is"),
    "bcc": (("an empty list",), "nobody is"),
    "attachments": (("an empty list",), "none"),
    "fileIds": (("an empty list",), "none"),
    "sendMail.text": (("300 characters",), "mail may be long"),
    "newPassword": (("300 characters",), "a password may be a phrase"),
    "oldPassword": ((*BLANK, "300 characters"), "an admin need not know another user's"),
    "labelIds": (("an empty list",), "no labels"),
    "industries": (("an empty list",), "any"),
    "places": (("an empty list",), "any"),
    "sizeTo": (("highest",), "any"),
    "customFields": (("an empty list",), "no values"),
    "greeting": ((*BLANK, "300 characters"), "blank is none; it may be long"),
    "says": (("300 characters",), "a step may say much"),
    "steps": (("an empty list",), "only agents answer"),
    "choices": (("an empty list",), "nothing to choose"),
    **dict.fromkeys(("intro", "consentText", "thanks"), ((*BLANK, "300 characters"), "blank is none; it may be long")),
    **dict.fromkeys(("button", "redirectUrl"), (BLANK, "blank is the same as none")),
    "requiredByStageIds": (("an empty list",), "no stage requires it"),
    "createProject.description": ((*BLANK, "300 characters"), "blank is the same as none; it may be long"),
    "updateProject.description": ((*BLANK, "300 characters"), "blank is the same as none; it may be long"),
    "createProduct.description": ((*BLANK, "300 characters"), "blank is the same as none; it may be long"),
    "updateProduct.description": ((*BLANK, "300 characters"), "blank is the same as none; it may be long"),
    "code": (BLANK, "blank is the same as none"),
    "unit": (BLANK, "blank is the same as none"),
    "prices": (("an empty list",), "it has none"),
    "createDocument.name": (BLANK, "blank is the same as none, and then it is named as its template is"),
    "note": ((*BLANK, "300 characters"), "blank is the same as none; it may be long"),
    "taxId": (BLANK, "blank is the same as none"),
    "bankAccount": (BLANK, "blank is the same as none"),
    "quantity": (("too many decimals",), "it has three"),
    "taxRate": (("too many decimals",), "it has three"),
    "discount": (("too many decimals",), "percentages have three"),
    "discounts": (("an empty list",), "none any more"),
    "installments": (("an empty list",), "none any more"),
    "phases": (("an empty list",), "in no phases"),
    "emails": (("an empty list",), "no addresses"),
    "phones": (("an empty list",), "no numbers"),
    "take": (("an empty list", f"{MANY} items"), "nothing is taken; the same field often is once"),
    "teamIds": (("an empty list",), "in no team"),
    "requiredFields": (("an empty list", f"{MANY} items"), "nothing is required; the same field often is once"),
    "contacts": (("an empty list",), "no answers"),
    "intoDeals": (("an empty list",), "none joins a deal"),
    "expectedVersions": (("an empty list",), "none is expected"),
}


class Scene:
    """An account in which every mutation has something to work on, and another one it may not touch."""

    def __init__(self, engine: Engine, admin: Viewer, known: dict[str, str], others: dict[str, str]) -> None:
        self.engine = engine
        self.admin = admin
        self.known = known
        self.others = others

    async def answer(self, case: Case) -> tuple[list[Any], list[Any]]:
        """What a client is shown: the errors of the request, and those of the payload and its results."""
        variables = {"input": case.given}
        try:
            operation = self.engine.choose(document_of(case.mutation))
            answer = orjson.loads(await self.engine.run(operation, variables, self.admin))
        except BadDocument as bad:
            return errors_of(bad), []
        if "errors" in answer:
            return answer["errors"], []
        payload = answer["data"][case.mutation]
        return [], payload["errors"] + [error for each in payload.get("results", ()) for error in each["errors"]]


async def everything(name: str) -> tuple[Viewer, dict[str, str]]:
    """An account's admin, and an id of each type in it."""
    async with databases.transaction():  # one commit is faster than thirty
        company = await given.company(name)
        user, stage = company.admin, company.stages[0]
        lead, invoiced = await given.lead(user), global_id(await given.deal(user, stage))
        others_deal = global_id(await given.deal(company.anna, stage))
        note, converted = await given.note(user, lead), global_id(await given.lead(user))
        rows = [lead, await given.deal(user, stage, person_id=lead.person_id), stage, company.pipeline, company.label]
        rows += [company.sales, note, await given.comment(user, note), await given.activity(user, lead)]
        rows += [await given.person(user), await given.organization(user)]
        mine: dict[str, Any] = {"account_id": company.id}
        thread = await MailThread.create(**mine)
        said = {"header_id": "<1@a>", "digest": "1", "subject": "Offer", "snippet": "Dear"}
        message = await MailMessage.create(**mine, thread_id=thread.id, status=MailStatus.RECEIVED, **said)
        await MailBody.create(**mine, message_id=message.id, text="Dear Anna")
        await MailLink.create(**mine, message_id=message.id, lead_id=lead.id)
        rows += [message, thread]
        rows += [await Token.create(account_id=company.id, user_id=user.id, name="CI", hash=company.id.hex)]
        project = await Project.create(account_id=company.id, owner_id=user.id, name="Rollout", folded_name="rollout")
        own = {"account_id": company.id, "project_id": project.id}
        rows += [project, await ProjectPhase.create(**own, name="Plan", position=0)]
        rows += [await ProjectTask.create(**own, title="Draw")]
        named: dict[str, Any] = {"account_id": company.id, "position": 0}
        size = await CustomField.create(**named, name="Size", folded_name="size", type="TEXT")
        color = await CustomField.create(**named, name="Color", folded_name="color", type="OPTION")
        half = {"name": "Half", "folded_name": "half", "expression": "value / 2", "type": "MONEY"}
        rows += [await FormulaField.create(**named, **half)]
        rows += [size, await CustomFieldOption.create(**named, field_id=color.id, name="Red")]
        rows += [await WebForm.create(account_id=company.id, key=company.id.hex[:22], name="Form", **_FORM)]
        chat = await Chat.create(
            account_id=company.id, key=company.id.hex, name="Chat", language="EN", owner_id=user.id
        )
        rows += [chat, await Conversation.create(account_id=company.id, chat_id=chat.id)]
        bytes_ = {"name": "offer.pdf", "size": 1, "sha256": "0" * 64, "media_type": "application/pdf"}
        on_deal = {"account_id": company.id, "deal_id": rows[1].id, **bytes_}
        attached = await File.create(**on_deal)
        rows += [attached]
        removed = await File.create(**on_deal, removed_at=now())
        own = {"account_id": company.id, "user_id": user.id, "status": UploadStatus.STORED}
        rows += [await Upload.create(**own, **bytes_)]
        product = await Product.create(account_id=company.id, name="Support", folded_name="support")
        selling, sold = await given.deal(user, stage), {"currency": "PLN", "price_minor": 10_000}
        own = {"account_id": company.id, "deal_id": selling.id, "product_id": product.id}
        rows += [product, await DealProduct.create(**own, **sold, position=0)]
        later = {"description": "Rest", "amount_minor": 5, "currency": "PLN", "bills_on": product.created_at.date()}
        split = await given.deal(user, stage)
        rows += [await DealInstallment.create(account_id=company.id, deal_id=split.id, **later)]
        paid = {"status": InvoiceStatus.SENT, "number": "FV 2", "amount_minor": 9, "paid_minor": 5, "is_external": True}
        billed = await Invoice.create(account_id=company.id, deal_id=selling.id, currency="PLN", **paid)
        part = {"amount_minor": 5, "currency": "PLN", "paid_on": billed.created_at.date()}
        rows += [await InvoicePayment.create(account_id=company.id, invoice_id=billed.id, **part)]
        sent = {"status": InvoiceStatus.SENT, "number": "FV/2026/9", "series_year": 2026, "series_number": 9}
        issued = await Invoice.create(account_id=company.id, deal_id=selling.id, currency="PLN", amount_minor=0, **sent)
        rows += [await DocumentTemplate.create(account_id=company.id, name="Offer", body="<p>{{ deal.title }}</p>")]
        await InvoiceSettings.create(account_id=company.id, seller={"name": "Acme"})
        olga = global_id(await given.person(user, "Olga Mak"))
        merged = global_id(await given.person(user, "Ola Mak"))
    await storage.current().write(storage_key(attached), pieces(b"x"))
    admin = await given.viewer(user)
    assert not (await do(admin, "convertLeads", leadIds=[converted], onDuplicateContacts="KEEP"))["errors"]
    assert not (await do(admin, "mergeContacts", survivorId=olga, mergedId=merged))["errors"]
    amount = {"amount": "100", "currency": "PLN"}
    importing_ = {"account_id": company.id, "user_id": user.id, "file_name": "a.csv", "path": "a"}
    invoice = await do(admin, "recordInvoice", dealId=invoiced, number="FV 1", amount=amount)
    draft = await do(admin, "createInvoice", dealId=global_id(selling), buyer={"name": "Żubr"})
    return admin, {type(row).__name__: global_id(row) for row in rows} | {
        "User": global_id(company.anna),
        "OtherPerson": olga,
        "RemovedFile": global_id(removed),
        "Merged": merged,
        "Converted": converted,
        "Invoice": invoice["invoice"]["id"],
        "OthersDeal": others_deal,
        "OptionField": global_id(color),
        "SellingDeal": global_id(selling),
        "Sent": global_id(issued),
        "Draft": draft["invoice"]["id"],
        "Import": ids.encode("Import", await sent_table(admin, CSV)),
        "Imported": global_id(await Import.create(**importing_, status=ImportStatus.COMPLETED, finished_at=now())),
    }


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The whole matrix is tried on SQLite; a sample of it, further down, on PostgreSQL."""
    return sqlite_url


@pytest_asyncio.fixture
async def importer(database: Database, tmp_path: Path) -> AsyncIterator[Importer]:
    store_in(tmp_path / "files")
    async with importing() as opened:
        yield opened


async def new_scene(others: dict[str, str] | None = None) -> Scene:
    """A scene that nothing has happened in."""
    others = others or (await everything("Other"))[1]
    return Scene(make_engine(Settings()), *await everything("Acme"), others)


def is_accepted(case: Case) -> bool:
    """Whether a value is among those that look bad and are not."""
    whats = {what for key in (case.field, f"{case.mutation}.{case.field}") for what in ACCEPTED.get(key, ((), ""))[0]}
    return case.what in whats


def assert_typed(case: Case, request_errors: list[Any], user_errors: list[Any]) -> None:
    """Every error says what is wrong in a code that clients know, and none repeats what it was sent."""
    assert request_errors or user_errors, f"{case} was accepted"
    assert {error["extensions"]["code"] for error in request_errors} <= {"BAD_USER_INPUT"}, (str(case), request_errors)
    assert {error["code"] for error in user_errors} <= set(ErrorCode), str(case)
    for error in request_errors + user_errors:
        assert error["message"] and len(orjson.dumps(error)) < 1_500, f"{case} is echoed"


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_bad_input_is_refused_and_changes_nothing(importer: Importer, mutation: str) -> None:
    scene = await new_scene()
    await assert_all_refused(scene, bad_of(scene, mutation))


async def test_bad_input_is_refused_on_postgresql_too(postgres_url: str, tmp_path: Path) -> None:
    """A sample: most of it never comes as far as a database."""
    await databases.open_database(postgres_url)
    store_in(tmp_path / "files")
    try:
        async with importing():
            scene = await new_scene()
            await assert_all_refused(scene, [case for each in MUTATIONS for case in bad_of(scene, each)][::7])
    finally:
        await databases.close_database()


def bad_of(scene: Scene, mutation: str) -> list[Case]:
    """The inputs of a mutation that must be refused."""
    return [case for case in bad_inputs(mutation, scene.known, scene.others) if not is_accepted(case)]


async def assert_all_refused(scene: Scene, cases: list[Case]) -> None:
    """Each is answered with a typed error, and neither account is changed."""
    revision = await changes.revision_of(scene.admin.account_id)
    async with unchanged(*await account_ids(scene)):
        for case in cases:
            assert_typed(case, *await scene.answer(case))
            assert await changes.revision_of(scene.admin.account_id) == revision, f"{case} changed something"


async def account_ids(scene: Scene) -> list[Any]:
    """Both accounts."""
    decoded = ids.decode(scene.others["Deal"])
    assert decoded is not None
    return [scene.admin.account_id, (await Deal.get(id=decoded[1])).account_id]


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_what_is_not_bad_is_accepted(importer: Importer, mutation: str) -> None:
    """The full input is: or else each bad one might be refused for another reason than the one meant."""
    scene = await new_scene()
    full = Case(mutation, ("input",), "full", full_input(mutation, scene.known))
    assert await scene.answer(full) == ([], [])
    for case in bad_inputs(mutation, scene.known, scene.others):
        if is_accepted(case):
            fresh = await new_scene(scene.others)
            again = bad_inputs(mutation, fresh.known, fresh.others)
            assert await fresh.answer(next(each for each in again if str(each) == str(case))) == ([], []), str(case)
    await importer.wait()
