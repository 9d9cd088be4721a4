"""Two accounts full of small random data: every visibility, every gap and tie that reads must bear."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from models.activities import Activity, ActivityType
from models.base import Record, Visibility, new_id
from models.changelog import DealLogEntry
from models.contacts import ContactKey, ContactKeyKind, Organization, Person
from models.conversions import ConversionRun
from models.custom_fields import CustomField, CustomFieldOption, CustomFieldType, CustomFieldValue
from models.deal_documents import Document, DocumentLanguage, DocumentTemplate
from models.deals import Deal
from models.files import File
from models.formulas import FormulaField, FormulaFieldType, FormulaFieldValue, FormulaGap
from models.imports import Import
from models.invoices import Invoice, InvoiceLine, InvoicePayment, InvoiceStatus
from models.labels import DealLabel, LeadLabel
from models.leads import Lead
from models.mail import MailBody, MailLink, MailMessage, MailParty, MailStatus, MailThread, PartyRole
from models.notes import Comment, Mention, Note
from models.opportunities import OpportunitySource
from models.products import DealDiscount, DealInstallment, DealProduct, DiscountType, Product, ProductPrice
from models.projects import ProjectPhase, ProjectTask
from models.users import Token, User
from models.ways import Way
from models.web_forms import FormSubmission
from resolvers import ids, text
from resolvers.access import Viewer
from resolvers.custom_values import money_value, number_value
from tests import given
from tests.given import Company
from tests.resolvers.reads import around_deals, around_visitors

START = datetime(2026, 1, 1, tzinfo=UTC)
_SOLD = DealProduct | DealDiscount | DealInstallment
TITLES = ["Żółta łódź 100%", "Oferta_1", "oferta 1", 'A "quoted" \\ title', "A", "Emoji 🚀"]


@dataclass(frozen=True)
class World:
    """Who may ask, in both accounts, the global ids there are, by type, and the rows behind them."""

    viewers: list[Viewer]
    ids: dict[str, list[str]]
    rows: dict[str, Any]

    def sees(self, viewer: Viewer, global_id: str) -> bool:
        """The oracle, in sentences of its own: whether a viewer may see the row of an id."""
        row = self.rows[global_id]
        if row.account_id != viewer.account_id:
            return False
        if isinstance(row, Token):
            return row.user_id == viewer.user_id
        if isinstance(row, FormSubmission):
            return viewer.is_admin
        if isinstance(row, Import | ConversionRun):
            return viewer.is_admin or row.user_id == viewer.user_id
        if isinstance(row, MailMessage):
            return may_see(viewer, self.rows[row.subject])  # the id of what it hangs on, be that in the trash
        if isinstance(row, File):
            parent = ("Deal", row.deal_id) if row.deal_id else ("Person", row.person_id)
            return row.removed_at is None and self.sees(viewer, ids.encode(*parent))
        if isinstance(row, Comment):
            return self.sees(viewer, ids.encode("Note", row.note_id))
        if isinstance(row, Note | Activity) and row.lead_id is not None:
            return self.sees(viewer, ids.encode("Lead", row.lead_id))
        if isinstance(row, ProjectPhase | ProjectTask):
            return self.sees(viewer, ids.encode("Project", row.project_id))
        if isinstance(row, Note | Activity | Invoice | Document | DealLogEntry | _SOLD) and row.deal_id is not None:
            return self.sees(viewer, ids.encode("Deal", row.deal_id))
        if isinstance(row, InvoiceLine | InvoicePayment):
            return self.sees(viewer, ids.encode("Invoice", row.invoice_id))
        if isinstance(row, CustomField):
            return row.removed_at is None
        if not isinstance(row, Record):
            return True
        return getattr(row, "removed_at", None) is None and may_see(viewer, row)


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
    rows: dict[str, Any] = {}
    viewers = []
    for company in companies:
        account = _Account(company, dice)
        await account.fill()
        for type_name, made in account.rows.items():
            for row in made:
                rows[ids.encode(type_name, row.id)] = row
                found.setdefault(type_name, []).append(ids.encode(type_name, row.id))
        users = [company.admin, company.anna, company.bartek, company.celina]
        viewers += [await given.viewer(each) for each in (users if company is companies[0] else users[:2])]
    return World(viewers, found, rows)


class _Account:
    """One account being filled."""

    def __init__(self, company: Company, dice: Random) -> None:
        self.company = company
        self.dice = dice
        self.users: list[User] = [company.admin, company.anna, company.bartek, company.celina]
        self.rows: dict[str, list[Any]] = {
            "User": self.users,
            "Team": [company.sales, company.support],
            "Pipeline": [company.pipeline],
            "Stage": company.stages,
            "Label": [company.label],
        }

    async def fill(self) -> None:
        """Make everything, each kind of row in one statement."""
        cold = await given.label(self.company.account, "Cold", "blue")
        self.rows["Label"].append(cold)
        organizations = [Organization(**self._contact(), **self._maybe(domain="a.example")) for _ in range(4)]
        await self._save("Organization", organizations)
        people = [
            Person(**self._contact(), emails=["a@b.example"][: self.dice.randint(0, 1)], organization_id=key)
            for key in self._some(organizations, 6)
        ]
        await self._save("Person", people)
        leads = [Lead(**self._opportunity(people, organizations), **self._lead()) for _ in range(9)]
        await self._save("Lead", leads)
        deals = [Deal(**self._opportunity(people, organizations), **self._deal()) for _ in range(14)]
        await self._save("Deal", deals)
        await self._label(leads, deals)
        await self._hang(leads, deals)
        await self._define(leads, deals)
        await self._sell(deals)
        await self._save("Import", [self._import() for _ in range(2)])
        await self._save("ConversionRun", [self._run() for _ in range(2)])
        account, instants = self.company.id, [self._instant() for _ in range(8)]
        self.rows |= await around_deals.make_projects(self.rows, account, self.dice, instants)
        await around_deals.make_company(self.rows, account, self.dice)
        self.rows |= await around_deals.make_log(self.rows, account, self.dice, instants)
        self.rows |= await around_deals.make_tokens(self.rows, account)
        self.rows |= await around_visitors.make_forms(self.rows, account, self.dice, instants)
        self.rows |= await around_visitors.make_chats(self.rows, account, self.dice, instants)

    async def _save(self, type_name: str, rows: list[Any]) -> None:
        await type(rows[0]).bulk_create(rows)
        self.rows[type_name] = rows

    def _some(self, rows: list[Any], count: int) -> list[UUID | None]:
        return [self.dice.choice([None, *(row.id for row in rows)]) for _ in range(count)]

    def _maybe(self, **columns: Any) -> dict[str, Any]:
        return {name: value for name, value in columns.items() if self.dice.random() < 0.6}

    def _instant(self) -> datetime:
        step = timedelta(hours=self.dice.randint(0, 5), microseconds=self.dice.choice([0, 0, 120]))
        return START + step

    def _record(self) -> dict[str, Any]:
        return {
            "id": new_id(),
            "account_id": self.company.id,
            "owner_id": self.dice.choice(self.users).id,
            "visibility": self.dice.choice(list(Visibility)),
            "created_at": self._instant(),
            "updated_at": self._instant(),
        }

    def _contact(self) -> dict[str, Any]:
        name = self.dice.choice(["Łucja Ćma", "Jan Kowalski", "Zakład Źródło"])
        return {**self._record(), "name": name, "folded_name": text.fold(name)}

    def _opportunity(self, people: list[Any], organizations: list[Any]) -> dict[str, Any]:
        title, priced = self.dice.choice(TITLES), self.dice.random() < 0.7
        return {
            **self._record(),
            "title": title,
            "folded_title": text.fold(title),
            "value_minor": self.dice.choice([0, 5, 100, 10**13]) if priced else None,
            "currency": self.dice.choice(["PLN", "JPY", "KWD"]) if priced else None,
            "person_id": self.dice.choice(people).id,
            "organization_id": self._some(organizations, 1)[0],
            "source": self.dice.choice(list(OpportunitySource)),
            "removed_at": START if self.dice.random() < 0.1 else None,
            **self._maybe(expected_close_date=date(2026, 5, self.dice.randint(1, 3))),
        }

    def _lead(self) -> dict[str, Any]:
        return {"is_seen": self.dice.random() < 0.5, "archived_at": START if self.dice.random() < 0.3 else None}

    def _deal(self) -> dict[str, Any]:
        status = self.dice.choice(["OPEN", "OPEN", "OPEN", "WON", "LOST"])
        return {
            "pipeline_id": self.company.pipeline.id,
            "stage_id": self.dice.choice(self.company.stages[:2]).id,
            "status": status,
            "closed_at": None if status == "OPEN" else START,
            "stage_entered_at": self._instant(),
            **self._maybe(probability=self.dice.randint(0, 100), lost_reason="Price"),
        }

    async def _label(self, leads: list[Lead], deals: list[Deal]) -> None:
        account = self.company.id
        links: list[tuple[type[Any], dict[str, UUID]]] = []
        for row in [*leads, *deals]:
            for label in self.dice.sample(self.rows["Label"], self.dice.randint(0, 2)):
                kind = {"lead_id": row.id} if isinstance(row, Lead) else {"deal_id": row.id}
                links.append((LeadLabel if isinstance(row, Lead) else DealLabel, {"label_id": label.id, **kind}))
        models: tuple[type[Any], ...] = (LeadLabel, DealLabel)
        for model in models:
            await model.bulk_create([model(account_id=account, **columns) for each, columns in links if each is model])

    async def _hang(self, leads: list[Lead], deals: list[Deal]) -> None:
        parents = [{"lead_id": row.id} for row in leads] + [{"deal_id": row.id} for row in deals]
        notes = [
            Note(**self._child(), **self.dice.choice(parents), body="Called.", folded_body="called.") for _ in range(12)
        ]
        await self._save("Note", notes)
        comments = [Comment(**self._child(), note_id=self.dice.choice(notes).id, body="And?") for _ in range(8)]
        await self._save("Comment", comments)
        mentions = [self._mention(note, comments) for note in notes[:6]]
        await Mention.bulk_create(mentions)
        activities = [self._activity(self.dice.choice(parents)) for _ in range(14)]
        await self._save("Activity", activities)
        await self._save("Invoice", [self._invoice(number, self.dice.choice(deals)) for number in range(5)])
        await self._mail(leads, deals)
        people: list[Any] = self.rows["Person"]
        owners = [{"deal_id": row.id} for row in deals] + [{"person_id": row.id} for row in people]
        await self._save("File", [self._file(self.dice.choice(owners)) for _ in range(12)])
        await self._charge(self.rows["Invoice"])
        await self._document(self.rows["Invoice"])
        for each in activities[:7]:
            model, key = (Lead, each.lead_id) if each.lead_id else (Deal, each.deal_id)
            await model.filter(id=key).update(next_activity_id=each.id, next_activity_at=each.due_at)

    async def _mail(self, leads: list[Lead], deals: list[Deal]) -> None:
        """Messages on leads and deals; some people have the addresses that they are to and from."""
        own: dict[str, Any] = {"account_id": self.company.id}
        mailed = [row for row in self.rows["Person"] if row.emails]
        keys = [ContactKey(**own, person_id=row.id, kind=ContactKeyKind.EMAIL, value="a@b.example") for row in mailed]
        await ContactKey.bulk_create(keys)
        threads = [MailThread(**own, id=new_id()) for _ in range(3)]
        await self._save("MailThread", threads)
        messages = [self._message(number, self.dice.choice(threads), [*leads, *deals]) for number in range(10)]
        await self._save("MailMessage", messages)
        await MailBody.bulk_create([MailBody(**own, message_id=each.id, text="Dear") for each in messages])
        links = [dict([decoded]) for each in messages if (decoded := ids.decode(each.subject))]
        columns = [{f"{name.lower()}_id": key for name, key in each.items()} for each in links]
        pairs = zip(messages, columns, strict=True)
        await MailLink.bulk_create([MailLink(**own, message_id=each.id, **parent) for each, parent in pairs])
        roles = [PartyRole.FROM, PartyRole.TO, PartyRole.TO]
        await MailParty.bulk_create(
            [
                MailParty(**own, message_id=each.id, role=role, position=position, address=address)
                for each in messages
                for position, role in enumerate(roles)
                for address in [self.dice.choice(["a@b.example", "c@d.example"])]
            ]
        )

    def _message(self, number: int, thread: MailThread, parents: list[Any]) -> MailMessage:
        parent = self.dice.choice(parents)
        return MailMessage(
            id=new_id(),
            account_id=self.company.id,
            thread_id=thread.id,
            header_id=f"<{number}@example>",
            digest=str(number),
            status=MailStatus.RECEIVED,
            subject=ids.encode(type(parent).__name__, parent.id),
            snippet="Dear",
            author_id=self._some(self.users, 1)[0],
            at=self._instant(),
        )

    def _child(self) -> dict[str, Any]:
        common = {"id": new_id(), "account_id": self.company.id, "created_at": self._instant()}
        return {**common, "author_id": self.dice.choice(self.users).id}

    def _mention(self, note: Note, comments: list[Comment]) -> Mention:
        comment = next((each for each in comments if each.note_id == note.id and self.dice.random() < 0.5), None)
        return Mention(
            account_id=self.company.id,
            note_id=note.id,
            comment_id=comment.id if comment else None,
            user_id=self.dice.choice(self.users).id,
            position=0,
        )

    def _activity(self, parent: dict[str, UUID]) -> Activity:
        return Activity(
            id=new_id(),
            account_id=self.company.id,
            subject="Call",
            type=self.dice.choice(list(ActivityType)),
            assignee_id=self.dice.choice(self.users).id,
            created_at=self._instant(),
            **self._maybe(due_at=self._instant(), done_at=START),
            **parent,
        )

    def _invoice(self, number: int, deal: Deal) -> Invoice:
        return Invoice(
            id=new_id(),
            account_id=self.company.id,
            deal_id=deal.id,
            number=f"FV/{number}",
            amount_minor=number * 7,
            currency="PLN",
            status=self.dice.choice(list(InvoiceStatus)),
            issued_at=self.dice.choice([None, self._instant()]),
            created_at=self._instant(),
            taxes=self.dice.choice([None, [{"rate": 23000, "net_minor": 5, "tax_minor": 1}]]),
            **self._maybe(buyer={"name": "Żubr", "address": None, "tax_id": "525"}, due_on=START.date()),
        )

    async def _define(self, leads: list[Lead], deals: list[Deal]) -> None:
        """Custom fields of each type, one of them deleted, and values of some."""
        account: dict[str, Any] = {"account_id": self.company.id}
        types = [*CustomFieldType, CustomFieldType.TEXT]
        fields = [
            CustomField(**account, id=new_id(), name=f"F{place}", folded_name=f"f{place}", type=each, position=place)
            for place, each in enumerate(types)
        ]
        fields[-1].removed_at = START
        await self._save("CustomField", fields)
        options = [
            CustomFieldOption(
                **account, id=new_id(), field_id=field.id, name=f"O{place}", folded_name=f"o{place}", position=place
            )
            for field in fields
            if "OPTION" in field.type
            for place in range(3)
        ]
        await self._save("CustomFieldOption", options)
        owners = [{"lead_id": row.id} for row in leads] + [{"deal_id": row.id} for row in deals]
        rows = [(field, owner) for owner in owners for field in fields if self.dice.random() < 0.5]
        values = [self._value(field, options, place=0, **owner) for field, owner in rows]
        values += [self._value(field, options, place=1, **owner) for field, owner in rows if field.type.startswith("M")]
        await CustomFieldValue.bulk_create(values)
        formulas = [
            FormulaField(**account, id=new_id(), name=each, folded_name=each, expression="1", type=each, position=place)
            for place, each in enumerate(FormulaFieldType)
        ]
        await self._save("FormulaField", formulas)
        results = [self._result(formula, deal) for formula in formulas for deal in deals]
        await FormulaFieldValue.bulk_create(results)

    def _result(self, formula: FormulaField, deal: Deal) -> FormulaFieldValue:
        minor = self.dice.choice([None, -150, 0, 2000])
        columns: dict[str, Any] = {"reason": FormulaGap.MISSING_INPUT}
        if minor is not None and formula.type is FormulaFieldType.MONEY:
            columns = money_value(minor, "PLN")
        elif minor is not None:
            columns = number_value(Decimal(minor))
        return FormulaFieldValue(account_id=self.company.id, formula_id=formula.id, deal_id=deal.id, **columns)

    def _value(self, field: CustomField, options: list[CustomFieldOption], **at: Any) -> CustomFieldValue:
        pointed = {"person_id": "Person", "organization_id": "Organization", "user_id": "User"}
        chosen = {
            "text": self.dice.choice(["Ćma", "_%"]),
            "number": "-1.5",
            "day": "2026-05-01",
            "option_id": self.dice.choice([each.id for each in options if each.field_id == field.id] or [None]),
            **{column: self.dice.choice(self.rows[each]).id for column, each in pointed.items()},
        }
        column = {"DATE": "day", "OPTION": "option_id", "MULTI_OPTION": "option_id"}.get(field.type, field.type.lower())
        column = f"{column}_id" if f"{column}_id" in pointed else column
        amount = {"amount": "12.00", "currency": "PLN"}
        columns = amount if field.type is CustomFieldType.MONEY else {column: chosen[column]}
        key = text.fold(str(columns.get(column, "")))
        return CustomFieldValue(account_id=self.company.id, field_id=field.id, sort_key=key, **columns, **at)

    def _file(self, parent: dict[str, UUID]) -> File:
        return File(
            id=new_id(),
            account_id=self.company.id,
            name=self.dice.choice(["oferta.pdf", "żółć 100%.png"]),
            size=1,
            sha256="0" * 64,
            media_type="application/pdf",
            uploader_id=self._some(self.users, 1)[0],
            created_at=self._instant(),
            removed_at=START if self.dice.random() < 0.2 else None,
            **parent,
        )

    def _run(self) -> ConversionRun:
        return ConversionRun(
            id=new_id(),
            account_id=self.company.id,
            user_id=self.dice.choice(self.users).id,
            way=Way.API,
            leads_total=self.dice.randint(0, 9),
            created_at=self._instant(),
        )

    async def _charge(self, invoices: list[Invoice]) -> None:
        own: dict[str, Any] = {"account_id": self.company.id, "currency": "PLN"}
        charged: dict[str, Any] = {"position": 0, "quantity": 2500, "net_minor": 7, "tax_minor": 1, "name": "Praca"}
        lines = [InvoiceLine(id=new_id(), **own, **charged, invoice_id=each.id) for each in invoices]
        await self._save("InvoiceLine", lines)
        paid: dict[str, Any] = {"amount_minor": 3, "paid_on": START.date()}
        await self._save("InvoicePayment", [InvoicePayment(id=new_id(), **own, **paid, invoice_id=invoices[0].id)])

    async def _document(self, invoices: list[Invoice]) -> None:
        own: dict[str, Any] = {"account_id": self.company.id}
        template = DocumentTemplate(id=new_id(), **own, name="Oferta", body="<p>Cześć</p>")
        await self._save("DocumentTemplate", [template])
        made: dict[str, Any] = {"source_version": 1, "version": 1, "name": "Oferta", "creator_id": self.users[0].id}
        made |= {"language": DocumentLanguage.PL, "created_at": self._instant(), **own}
        files = [each for each in self.rows["File"] if each.deal_id is not None]
        sources = [{"invoice_id": each.id, "deal_id": each.deal_id} for each in invoices]
        sources += [{"template_id": template.id, "deal_id": each.deal_id, "file_id": each.id} for each in files[:1]]
        await self._save("Document", [Document(id=new_id(), **made, **source) for source in sources])

    async def _sell(self, deals: list[Deal]) -> None:
        own: dict[str, Any] = {"account_id": self.company.id}
        names = ["Łódź", "Support", "Support"]
        products = [Product(id=new_id(), **own, name=name, folded_name=text.fold(name)) for name in names]
        await self._save("Product", products)
        prices = [
            ProductPrice(id=new_id(), **own, product_id=product.id, currency=currency, price_minor=999)
            for product in products
            for currency in ("PLN", "JPY")
        ]
        await self._save("ProductPrice", prices)
        lines = [self._line(number, self.dice.choice(products), self.dice.choice(deals)) for number in range(12)]
        await self._save("DealProduct", lines)
        own |= {"deal_id": self.dice.choice(deals).id, "currency": "PLN"}
        taken: dict[str, Any] = {"discount_type": DiscountType.AMOUNT, "discount": 7}
        await self._save("DealDiscount", [DealDiscount(id=new_id(), **own, position=0, description="Off", **taken)])
        part: dict[str, Any] = {"description": "Half", "amount_minor": 5, "bills_on": START.date()}
        await self._save("DealInstallment", [DealInstallment(id=new_id(), **own, **part)])

    def _line(self, number: int, product: Product, deal: Deal) -> DealProduct:
        return DealProduct(
            id=new_id(),
            account_id=self.company.id,
            deal_id=deal.id,
            product_id=product.id,
            position=number,
            currency="PLN",
            price_minor=333,
            quantity=1500,
            discount_type=self.dice.choice(list(DiscountType)),
            discount=self.dice.choice([0, 100]),
            tax_rate=self.dice.choice([0, 8000, 23000]),
            tax_method=self.dice.choice(["INCLUSIVE", "EXCLUSIVE", "NONE"]),
            is_enabled=self.dice.random() < 0.8,
        )

    def _import(self) -> Import:
        return Import(
            id=new_id(),
            account_id=self.company.id,
            user_id=self.dice.choice(self.users).id,
            file_name="leads.csv",
            path="x",
            created_at=self._instant(),
        )
