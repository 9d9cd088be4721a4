"""The change log against the tables: replayed over the rows there were, it gives the rows there are."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from tortoise import Tortoise
from tortoise.models import Model

from models import changes, database, reading
from models.accounts import Account
from models.activities import Activity
from models.changes import Change, Subject, Values
from models.chats import Chat, ChatMessage, Conversation
from models.contacts import Organization, Person
from models.conversions import Conversion
from models.custom_fields import CustomField, CustomFieldOption, CustomFieldValue, StageCustomField
from models.deal_documents import Document, DocumentTemplate
from models.deals import Deal
from models.files import File
from models.formulas import FormulaField, FormulaFieldValue
from models.invoices import Invoice, InvoiceLine, InvoicePayment, InvoiceSettings
from models.labels import DealLabel, Label, LeadLabel
from models.leads import Lead
from models.mail import MailLink, MailMessage
from models.merges import OrganizationMerge, OrganizationSeparation, PersonMerge, PersonSeparation
from models.notes import Comment, Mention, Note
from models.participants import Follower, Participant
from models.pipelines import Pipeline, Stage
from models.products import DealDiscount, DealInstallment, DealProduct, Product, ProductPrice
from models.projects import DealProject, Project, ProjectPhase, ProjectTask
from models.web_forms import WebForm, WebFormField, WebFormOwner
from resolvers.notes import fold_body
from resolvers.text import fold

# The tables that the log tells, by the type of their subjects.
TABLES: dict[str, type[Model]] = {
    "lead": Lead,
    "deal": Deal,
    "note": Note,
    "comment": Comment,
    "mail_message": MailMessage,
    "mail_link": MailLink,
    "activity": Activity,
    "invoice": Invoice,
    "pipeline": Pipeline,
    "stage": Stage,
    "label": Label,
    "person": Person,
    "organization": Organization,
    "conversion": Conversion,
    "participant": Participant,
    "follower": Follower,
    "project": Project,
    "project_phase": ProjectPhase,
    "project_task": ProjectTask,
    "deal_project": DealProject,
    "custom_field": CustomField,
    "custom_field_option": CustomFieldOption,
    "file": File,
    "formula_field": FormulaField,
    "product": Product,
    "product_price": ProductPrice,
    "deal_product": DealProduct,
    "deal_discount": DealDiscount,
    "deal_installment": DealInstallment,
    "invoice_line": InvoiceLine,
    "invoice_payment": InvoicePayment,
    "invoice_settings": InvoiceSettings,
    "document_template": DocumentTemplate,
    "document": Document,
    "person_merge": PersonMerge,
    "organization_merge": OrganizationMerge,
    "person_separation": PersonSeparation,
    "organization_separation": OrganizationSeparation,
    "web_form": WebForm,
    "chat": Chat,
    "conversation": Conversation,
    "chat_message": ChatMessage,
}

# Whose turn it is among a form's owners is counted with each submission, and shown to nobody.
_UNTOLD = {"turn"}

# What is kept of the asking itself: the answer to a keyed command, refused leads and all.
_OF_REQUESTS = {"idempotency_keys"}

# Rows by subject type and id.
State = dict[tuple[str, str], Values]


async def rows_of(account_id: UUID) -> State:
    """The rows that an account has, as the log would tell them."""
    state: State = {}
    filled = await _filled(account_id)

    async def rows(model: type[Model], *order: str) -> list[Any]:
        return await model.filter(account_id=account_id).order_by(*order) if model._meta.db_table in filled else []

    for kind, model in TABLES.items():
        labels = {"label_ids": list[str]()} if kind in ("lead", "deal") else {}
        for row in await rows(model):
            state[kind, str(row.pk)] = changes.snapshot(row, **labels)
    for owners, kind in ((LeadLabel, "lead"), (DealLabel, "deal")):
        for label in await rows(owners, "label_id"):
            state[kind, str(getattr(label, f"{kind}_id"))]["label_ids"].append(str(label.label_id))
    for link in await rows(StageCustomField, "stage_id"):
        state["custom_field", str(link.field_id)].setdefault("stage_ids", []).append(str(link.stage_id))
    for asked in await rows(WebFormField, "position"):
        told = {"label": asked.label, "meaning": asked.meaning, "is_required": asked.is_required}
        state["web_form", str(asked.form_id)].setdefault("fields", []).append(told)
    for owner in await rows(WebFormOwner, "position"):
        state["web_form", str(owner.form_id)].setdefault("owner_ids", []).append(str(owner.user_id))
    for mention in await rows(Mention, "position"):
        parent = ("comment", str(mention.comment_id)) if mention.comment_id else ("note", str(mention.note_id))
        state[parent].setdefault("mentions", []).append(changes.snapshot(mention))
    return state


async def kept_values(account_id: UUID) -> dict[str, Any]:
    """The values of custom fields by lead and deal, as their table has them."""
    kept: dict[str, Any] = {}
    for row in await CustomFieldValue.filter(account_id=account_id).order_by("field_id", "place"):
        columns = {name: value for name, value in changes.snapshot(row).items() if value is not None}
        owner = columns.pop("lead_id", None) or columns.pop("deal_id")
        value = {name: each for name, each in columns.items() if name not in ("id", "account_id", "field_id", "place")}
        kept.setdefault(owner, {}).setdefault(columns["field_id"], []).append(value)
    return kept


async def kept_results(account_id: UUID) -> dict[str, Any]:
    """What formulas came to for each deal, as their table has it."""
    kept: dict[str, Any] = {}
    for row in await FormulaFieldValue.filter(account_id=account_id):
        columns = {name: value for name, value in changes.snapshot(row).items() if value is not None}
        result = {
            name: each for name, each in columns.items() if name not in ("id", "account_id", "formula_id", "deal_id")
        }
        kept.setdefault(columns["deal_id"], {})[columns["formula_id"]] = result
    return kept


async def unfolded(account_id: UUID) -> list[Model]:
    """The notes and options of which a search would find another text than they have."""
    notes, options = [await model.filter(account_id=account_id) for model in (Note, CustomFieldOption)]
    found: list[Model] = [note for note in notes if note.folded_body != fold_body(note.body)]
    return found + [option for option in options if option.folded_name != fold(option.name)]


def replayed(log: Iterable[Change], onto: State) -> State:
    """The rows after the changes of a log, applied to those before it."""
    state = dict(onto)
    for change in log:
        for subject in (Subject(**each) for each in change.subjects):
            key = (subject.type, subject.id)
            if subject.after is None:
                state.pop(key, None)
            elif subject.type in TABLES:
                state[key] = {**state.get(key, {}), **subject.after}
    return {
        key: {name: value for name, value in row.items() if value != [] and name not in _UNTOLD}
        for key, row in state.items()
    }


@asynccontextmanager
async def told(account_id: UUID) -> AsyncIterator[list[Change]]:
    """What happens inside is told by the log, wholly and without a gap; yields what it told, at the end."""
    log: list[Change] = []
    before, revision = await rows_of(account_id), await changes.revision_of(account_id)
    yield log
    log.extend(await changes.read_after(account_id, revision, limit=100_000))
    last = await changes.revision_of(account_id)
    assert [change.revision for change in log] == list(range(revision + 1, last + 1))
    rows = await rows_of(account_id)
    assert replayed(log, before) == replayed([], rows)
    told_of = {key: row["custom"] for (kind, key), row in rows.items() if kind in ("lead", "deal") and row["custom"]}
    assert await kept_values(account_id) == told_of
    results = {key: row["formulas"] for (kind, key), row in rows.items() if kind == "deal" and row["formulas"]}
    assert await kept_results(account_id) == results
    assert await unfolded(account_id) == []


@asynccontextmanager
async def unchanged(*account_ids: UUID) -> AsyncIterator[None]:
    """Nothing inside changes what these accounts have, in whatever table, nor their revisions."""
    before = [await _everything(account_id) for account_id in account_ids]
    yield
    assert [await _everything(account_id) for account_id in account_ids] == before


async def _everything(account_id: UUID) -> dict[str, list[str]]:
    """The rows of an account by table, as the database has them."""
    found = await _of_each_table("SELECT * FROM {table} WHERE {column} = {account}", account_id)
    kept = {table: rows for table, rows in found.items() if table not in _OF_REQUESTS}
    return {table: sorted(repr(tuple(row)) for row in rows) for table, rows in kept.items()}


async def _filled(account_id: UUID) -> set[str]:
    """The tables in which an account has rows: most have none, and asking each for them takes its time."""
    found = await _of_each_table("SELECT 1 FROM {table} WHERE {column} = {account} LIMIT 1", account_id)
    return {table for table, rows in found.items() if rows}


async def _of_each_table(sql: str, account_id: UUID) -> dict[str, Sequence[Any]]:
    """What a statement finds in each table that belongs to accounts, asked of all at once."""
    dialect = database.current().dialect
    account, given = ("$1", account_id) if dialect == "postgres" else ("?1", str(account_id))
    models = Tortoise.apps["models"].values()
    columns = {model._meta.db_table: "account_id" for model in models if "account_id" in model._meta.fields_map}
    columns[Account._meta.db_table] = "id"
    asked = (
        reading.one_step(sql.format(table=table, column=column, account=account), [given])
        for table, column in columns.items()
    )
    async with database.snapshot(single=True) as snapshot:
        return dict(zip(columns, await snapshot.run(reading.together([*asked])), strict=True))
