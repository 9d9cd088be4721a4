"""One row of every table, each pointing at the others of its account wherever it can.

Nothing points to the stage, the comment, the phase, the option, the product, the invoice and the template, so that
they can be pointed elsewhere.
"""

from typing import Any
from uuid import UUID

from tortoise import connections
from tortoise.models import Model

from models.accounts import Plan, PlanUsage
from models.base import now
from models.changelog import DealEvent, DealLogEntry
from models.changes import Change, ChangeKind
from models.chats import Chat, ChatAuthor, ChatMessage, Conversation
from models.contacts import ContactKey
from models.conversions import (
    Conversion,
    ConversionResult,
    ConversionRun,
    ConversionRunStatus,
    IdempotencyKey,
    WaitingConversion,
)
from models.custom_fields import (
    CustomField,
    CustomFieldOption,
    CustomFieldType,
    CustomFieldValue,
    StageCustomField,
)
from models.deal_documents import Document, DocumentLanguage, DocumentTemplate
from models.deals import Deal, DealStatus
from models.documents import PublishedDocument
from models.files import File, Upload
from models.formulas import FormulaField, FormulaFieldType, FormulaFieldValue
from models.imports import Import
from models.invoices import Invoice, InvoiceLine, InvoicePayment, InvoiceSeries, InvoiceSettings, InvoiceStatus
from models.labels import DealLabel, LeadLabel
from models.leads import Lead
from models.mail import MailBody, MailDelivery, MailLink, MailMessage, MailParty, MailStatus, MailThread, PartyRole
from models.merges import OrganizationMerge, OrganizationSeparation, PersonMerge, PersonSeparation
from models.notes import Mention
from models.participants import Follower, Participant
from models.products import DealDiscount, DealInstallment, DealProduct, DiscountType, Product, ProductPrice
from models.projects import DealProject, Project, ProjectPhase, ProjectStatus, ProjectTask
from models.sessions import Session, SignInAttempt
from models.signing import SigningKey
from models.users import Password, TeamMember, Token
from models.ways import Way
from models.web_forms import FormLanguage, FormMeaning, FormSubmission, FormTarget, WebForm, WebFormField, WebFormOwner
from tests import given
from tests.given import Company

Rows = dict[str, Model]


async def one_of_each(company: Company) -> Rows:
    """A row of each table, by the table's name."""
    rows: Rows = {row._meta.db_table: row for row in [*await _people(company), *await _records(company)]}
    rows |= {row._meta.db_table: row for row in await _beside(company, rows)}
    rows |= {row._meta.db_table: row for row in await _mail(company, rows["leads"])}
    rows |= {row._meta.db_table: row for row in await _project(company, rows["deals"])}
    rows |= {row._meta.db_table: row for row in await _custom_field(company, rows)}
    rows |= {row._meta.db_table: row for row in await _sale(company, rows["deals"])}
    rows |= {row._meta.db_table: row for row in await _alike(company, rows)}
    rows |= {row._meta.db_table: row for row in await _web_form(company, rows)}
    rows |= {row._meta.db_table: row for row in await _chat(company, rows)}
    return rows


async def _people(company: Company) -> list[Model]:
    token = await Token.create(account_id=company.id, user_id=company.anna.id, name="CI", hash=f"{company.id.hex}")
    who: dict[str, Any] = {"account_id": company.id, "user_id": company.anna.id}
    password = await Password.create(account_id=company.id, user_id=company.bartek.id, hash="argon2")
    session = await Session.create(hash=company.id.hex, expires_at=now(), **who)
    attempt = await SignInAttempt.create(email_hash="e", address_hash="a")
    member = await TeamMember.get(user_id=company.anna.id)
    plan, usage = await Plan.get(name=company.account.plan_name), await PlanUsage.get(account_id=company.id)
    people = [company.anna, company.sales, member, token, password, session]
    document = await PublishedDocument.create(hash=company.id.hex, text="{ __typename }")
    key, _ = await SigningKey.get_or_create(name="links", defaults={"secret": "0" * 64})
    return [plan, usage, company.account, *people, attempt, document, key]


async def _mail(company: Company, lead: Model) -> list[Model]:
    own: dict[str, Any] = {"account_id": company.id}
    thread, again = await MailThread.create(**own), await MailThread.create(**own)
    said: dict[str, Any] = {"header_id": "<1@a>", "digest": "1", "subject": "Offer", "snippet": "Dear"}
    queued: dict[str, Any] = {"status": MailStatus.QUEUED, "author_id": company.anna.id}
    message = await MailMessage.create(**own, thread_id=thread.id, **said, **queued)
    of: dict[str, Any] = {**own, "message_id": message.id}
    return [
        again,
        message,
        await MailBody.create(**of, text="Dear Anna"),
        await MailParty.create(**of, role=PartyRole.TO, address="jan@example.com", position=0),
        await MailLink.create(**of, lead_id=lead.pk),
        await MailDelivery.create(**of),
    ]


async def _records(company: Company) -> list[Model]:
    organization = await given.organization(company.anna)
    person = await given.person(company.anna, organization_id=organization.id)
    contacts: dict[str, Any] = {
        "person_id": person.id,
        "organization_id": organization.id,
        "value_minor": 100,
        "currency": "PLN",
    }
    lead = await given.lead(company.anna, labels=[company.label], import_key="row 1", **contacts)
    closed: dict[str, Any] = {
        "status": DealStatus.WON,
        "closed_at": now(),
        "source_lead_id": lead.id,
        "import_key": "row 1",
        "probability": 50,
    }
    deal = await given.deal(company.anna, company.stages[0], labels=[company.label], **closed, **contacts)
    activity = await given.activity(company.anna, lead, import_key="row 1")
    await Lead.filter(id=lead.id).update(next_activity_id=activity.id)
    await Deal.filter(id=deal.id).update(next_activity_id=activity.id)
    note = await given.note(company.anna, lead)
    note.import_key = "row 1"
    await note.save()
    comment = await given.comment(company.anna, note)
    who: dict[str, Any] = {"account_id": company.id, "user_id": company.anna.id}
    mention = await Mention.create(note_id=note.id, comment_id=comment.id, position=0, **who)
    key = await ContactKey.filter(person_id=person.id).first()
    assert key is not None
    lonely = await given.comment(company.anna, note, "Nobody is mentioned here.")
    rows = [company.pipeline, company.stages[-1], company.label, organization, person, lead, deal, activity]
    return [
        *rows,
        note,
        lonely,
        mention,
        key,
        await LeadLabel.get(lead_id=lead.id),
        await DealLabel.get(deal_id=deal.id),
    ]


async def _beside(company: Company, rows: Rows) -> list[Model]:
    account, lead, deal, anna = company.id, rows["leads"].pk, rows["deals"].pk, company.anna.id
    run: dict[str, Any] = {"account_id": account, "user_id": anna, "way": Way.API, "leads_total": 1}
    run |= {"status": ConversionRunStatus.COMPLETED, "finished_at": now()}
    return [
        await Conversion.create(account_id=account, lead_id=lead, deal_id=deal, by_id=anna, deal_version=1),
        await WaitingConversion.create(account_id=account, lead_id=lead, requested_by_id=anna),
        await IdempotencyKey.create(account_id=account, user_id=anna, command="createLead", key="1", input_hash="a"),
        await Participant.create(account_id=account, deal_id=deal, person_id=rows["people"].pk),
        await Follower.create(account_id=account, deal_id=deal, user_id=anna),
        await Upload.create(account_id=account, user_id=anna, name="offer.pdf", token_hash=company.id.hex),
        await File.create(
            account_id=account, deal_id=deal, uploader_id=anna, name="a", size=1, sha256="a", media_type="a/b"
        ),
        await Import.create(account_id=account, user_id=anna, file_name="leads.csv", path="leads.csv"),
        done := await ConversionRun.create(**run),
        await ConversionResult.create(account_id=account, run_id=done.id, place=0),
        await ConversionRun.create(**run),
        await DealLogEntry.create(
            account_id=account, deal_id=deal, revision=1, at=now(), actor_id=anna, way=Way.API, event=DealEvent.CREATED
        ),
        await Change.create(account_id=account, revision=1, actor_id=anna, kind=ChangeKind.LEAD_ADDED),
    ]


async def _project(company: Company, deal: Model) -> list[Model]:
    own: dict[str, Any] = {"account_id": company.id}
    closed: dict[str, Any] = {"status": ProjectStatus.COMPLETED, "closed_at": now()}
    project = await Project.create(**own, owner_id=company.anna.id, name="Rollout", folded_name="rollout", **closed)
    own["project_id"] = project.id
    phase = await ProjectPhase.create(**own, name="Plan", position=0)
    task = await ProjectTask.create(**own, title="Kick-off", phase_id=phase.id, assignee_id=company.anna.id)
    empty = await ProjectPhase.create(**own, name="Hand over", position=1)
    return [project, empty, task, await DealProject.create(**own, deal_id=deal.pk)]


async def _custom_field(company: Company, rows: Rows) -> list[Model]:
    own: dict[str, Any] = {"account_id": company.id}
    field = await CustomField.create(**own, name="Size", folded_name="size", type=CustomFieldType.OPTION, position=0)
    own["field_id"] = field.id
    option = await CustomFieldOption.create(**own, name="Large", position=0)
    pointing = {
        "lead_id": rows["leads"].pk,
        "option_id": option.id,
        "person_id": rows["people"].pk,
        "organization_id": rows["organizations"].pk,
        "user_id": company.anna.id,
    }
    value = await CustomFieldValue.create(**own, **pointing, amount="1.00", currency="PLN", sort_key="large")
    await CustomFieldValue.create(**own, deal_id=rows["deals"].pk, option_id=option.id, sort_key="large")
    await DealLogEntry.filter(account_id=company.id).update(custom_field_id=field.id)
    unused = await CustomFieldOption.create(**own, name="Small", position=1)
    formula = await FormulaField.create(
        account_id=company.id, name="Half", folded_name="half", expression="1", type=FormulaFieldType.MONEY, position=0
    )
    result = await FormulaFieldValue.create(
        account_id=company.id, formula_id=formula.id, deal_id=rows["deals"].pk, amount="1", currency="PLN", sort_key="1"
    )
    return [field, unused, value, formula, result, await StageCustomField.create(**own, stage_id=company.stages[0].id)]


async def _sale(company: Company, deal: Model) -> list[Model]:
    own: dict[str, Any] = {"account_id": company.id}
    product = await Product.create(**own, name="Support", folded_name="support", code="S-1")
    price = await ProductPrice.create(**own, product_id=product.id, currency="PLN", price_minor=100)
    own |= {"deal_id": deal.pk, "currency": "PLN"}
    line = await DealProduct.create(**own, product_id=product.id, position=0, price_minor=100, import_key="row 1")
    taken: dict[str, Any] = {"discount_type": DiscountType.PERCENTAGE, "discount": 1000}
    discount = await DealDiscount.create(**own, position=0, description="Spring", import_key="row 1", **taken)
    due: dict[str, Any] = {"bills_on": now().date(), "import_key": "row 1"}
    part = await DealInstallment.create(**own, description="First", amount_minor=50, **due)
    keyed: dict[str, Any] = {"code": "S-2", "import_key": "row 1"}
    unsold = await Product.create(account_id=company.id, name="Setup", folded_name="setup", **keyed)
    return [unsold, price, line, discount, part, *await _invoices(company, deal)]


async def _invoices(company: Company, deal: Model) -> list[Model]:
    own: dict[str, Any] = {"account_id": company.id, "currency": "PLN"}
    sent: dict[str, Any] = {"status": InvoiceStatus.SENT, "number": "FV/2026/1", "amount_minor": 2}
    invoice = await Invoice.create(**own, **sent, deal_id=deal.pk, series_year=2026, series_number=1)
    charged: dict[str, Any] = {"position": 0, "name": "Support", "quantity": 1000, "net_minor": 2, "tax_minor": 0}
    line = await InvoiceLine.create(**own, **charged, invoice_id=invoice.id)
    payment = await InvoicePayment.create(**own, invoice_id=invoice.id, amount_minor=1, paid_on=now().date())
    alone = await Invoice.create(
        **own, **{**sent, "number": "FV/2026/2"}, deal_id=deal.pk, series_year=2026, series_number=2
    )
    template = await DocumentTemplate.create(account_id=company.id, name="Offer", body="<p>Hi</p>")
    made: dict[str, Any] = {"source_version": 1, "version": 1, "name": "Offer", "file_id": None}
    by: dict[str, Any] = {"account_id": company.id, "creator_id": company.anna.id, "deal_id": deal.pk}
    document = await Document.create(**by, **made, template_id=template.id, language=DocumentLanguage.EN)
    unused = await DocumentTemplate.create(account_id=company.id, name="Bill", body="<p>Hi</p>")
    settings = await InvoiceSettings.create(account_id=company.id)
    return [
        unused,
        document,
        alone,
        line,
        payment,
        settings,
        await InvoiceSeries.create(account_id=company.id, year=2026, last_number=2),
    ]


async def _alike(company: Company, rows: Rows) -> list[Model]:
    own: dict[str, Any] = {"account_id": company.id}
    removed: dict[str, Any] = {"removed_at": now(), "import_key": "row 1"}
    person = await given.person(company.anna, merged_into_id=rows["people"].pk, **removed)
    organization = await given.organization(company.anna, merged_into_id=rows["organizations"].pk, **removed)
    people: dict[str, Any] = {"survivor_id": rows["people"].pk, "merged_id": person.id}
    organizations: dict[str, Any] = {"survivor_id": rows["organizations"].pk, "merged_id": organization.id}
    return [
        person,
        organization,
        await PersonMerge.create(**own, **people, by_id=company.anna.id),
        await OrganizationMerge.create(**own, **organizations, by_id=company.anna.id),
        await PersonSeparation.create(**own, contact_id=people["survivor_id"], other_id=person.id),
        await OrganizationSeparation.create(**own, contact_id=organizations["survivor_id"], other_id=organization.id),
    ]


async def _web_form(company: Company, rows: Rows) -> list[Model]:
    own: dict[str, Any] = {"account_id": company.id}
    stage: dict[str, Any] = {"target": FormTarget.DEAL, "stage_id": company.stages[0].id}
    form = await WebForm.create(**own, key=company.id.hex, name="Contact", language=FormLanguage.PL, **stage)
    own["form_id"] = form.id
    custom: dict[str, Any] = {"meaning": FormMeaning.CUSTOM_FIELD, "custom_field_id": rows["custom_fields"].pk}
    asked = await WebFormField.create(**own, position=company.id.int % 1000, label="Size?", **custom)
    owner = await WebFormOwner.create(**own, position=0, user_id=company.anna.id)
    sent = await FormSubmission.create(**own, key=company.id.hex, lead_id=rows["leads"].pk)
    await FormSubmission.create(**own, key="2", deal_id=rows["deals"].pk)
    return [form, asked, owner, sent]


async def _chat(company: Company, rows: Rows) -> list[Model]:
    own: dict[str, Any] = {"account_id": company.id}
    anna = company.anna.id
    chat = await Chat.create(**own, key=company.id.hex, name="Chat", language=FormLanguage.PL, owner_id=anna)
    linked: dict[str, Any] = {"assignee_id": anna, "lead_id": rows["leads"].pk}
    conversation = await Conversation.create(**own, chat_id=chat.id, **linked)
    said: dict[str, Any] = {"number": company.id.int % 1000, "author": ChatAuthor.AGENT, "agent_id": anna}
    message = await ChatMessage.create(**own, conversation_id=conversation.id, body="Hello.", **said)
    return [chat, conversation, message]


async def change_row(row: Model, assignment: str) -> None:
    """Run UPDATE … SET on one row, past Tortoise and its enums."""
    table, key = row._meta.db_table, row._meta.db_pk_column
    await _run(f"UPDATE {table} SET {assignment} WHERE {key} = '{row.pk}'")


async def copy_row(row: Model, key: UUID, /, **different: UUID | str) -> None:
    """Insert a row that is the same but for its key, and for what is said to be different."""
    table, columns = row._meta.db_table, sorted(row._meta.db_fields)
    new = {name: f"'{value}'" for name, value in {"id": key, **different}.items()}
    into = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(new.get(column, f'"{column}"') for column in columns)
    await _run(f"INSERT INTO {table} ({into}) SELECT {values} FROM {table} WHERE id = '{row.pk}'")


async def _run(statement: str) -> None:
    connection: Any = connections.get("default")
    await connection.execute_query(statement, [])
