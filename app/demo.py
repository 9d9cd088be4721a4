"""The demo: two accounts to try Lejek with, the same on every machine. All in it is invented."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, cast
from uuid import UUID

from models import changes, database
from models.accounts import Account, PlanUsage
from models.activities import Activity, ActivityType
from models.base import now
from models.changes import ChangeKind, Ledger
from models.contacts import Organization, Person
from models.custom_fields import CustomField, CustomFieldOption, CustomFieldType, Values
from models.deals import Deal
from models.formulas import FormulaField, FormulaFieldType
from models.labels import DealLabel, Label, LeadLabel
from models.leads import Lead
from models.notes import Note
from models.opportunities import OpportunitySource
from models.pipelines import Pipeline, Stage
from models.users import Password, Role, Team, TeamMember, Token, User
from resolvers import contacts
from resolvers.custom_values import money_value, number_value
from resolvers.notes import fold_body
from resolvers.passwords import hash_password
from resolvers.sessions import demo_users
from resolvers.statements import Arguments
from resolvers.text import fold
from resolvers.tokens import hashed, make_token

TOKEN_NAME = "demo"
STAGES = [
    ("Qualified", 10),
    ("Contact made", 20),
    ("Needs defined", 35),
    ("Demo held", 50),
    ("Proposal sent", 65),
    ("Negotiation", 80),
    ("Contract sent", 95),
]
FIRST_NAMES = [
    "Anna",
    "Piotr",
    "Katarzyna",
    "Łukasz",
    "Małgorzata",
    "Tomasz",
    "Agnieszka",
    "Michał",
    "Żaneta",
    "Paweł",
    "Ewa",
    "Jakub",
    "Zofia",
    "Adam",
]
LAST_NAMES = [
    "Nowak",
    "Wiśniewska",
    "Wójcik",
    "Kamińska",
    "Lewandowski",
    "Zielińska",
    "Szymański",
    "Dąbrowska",
    "Kozłowski",
    "Jabłońska",
]
TRADES = [
    "Stal",
    "Drewno",
    "Logistyka",
    "Piekarnia",
    "Ogrody",
    "Optyka",
    "Meble",
    "Instalacje",
    "Druk",
    "Transport",
    "Okna",
    "Tkaniny",
]
PLACES = ["Gdynia", "Łódź", "Kraków", "Wrocław", "Poznań", "Lublin", "Rzeszów", "Toruń", "Olsztyn", "Opole"]
NEEDS = [
    "Offer for",
    "Question from",
    "Renewal for",
    "Pilot at",
    "Training for",
    "New branch of",
    "Audit at",
    "Service for",
]
SUBJECTS = ["Call back", "Send the offer", "Meet on site", "Check the budget", "Agree the date"]


@dataclass(frozen=True)
class DemoAccount:
    """What one needs to try an account of the demo."""

    name: str
    user: str
    token: str


@dataclass(frozen=True)
class _Size:
    """How much an account of the demo holds."""

    name: str
    currency: str
    plan: str
    organizations: int
    deals: int
    leads: int


SIZES = [_Size("Lipa Meble", "PLN", "Advanced", 160, 300, 500), _Size("Nordlicht", "EUR", "Essential", 4, 6, 8)]


async def load_demo(tokens: Sequence[str] = (), password: str | None = None) -> list[DemoAccount]:
    """Make the demo's accounts where they are missing, give the admin of each a token, and all users a password.

    `tokens` are used as they are, in the order of the accounts; beyond them new ones are made,
    and the ones an earlier start made stop working.
    """
    made = []
    for number, size in enumerate(SIZES):
        account = await Account.get_or_none(name=size.name, is_demo=True) or await _fill(size, Random(number))
        admin = await User.filter(account_id=account.id, role=Role.ADMIN).order_by("id").first()
        if admin is not None:
            token = await _token(admin, tokens[number] if number < len(tokens) else None)
            made.append(DemoAccount(size.name, admin.email, token))
    if password is not None:
        await _set_passwords(password)
    return made


async def _set_passwords(password: str) -> None:
    """One for all, so that it is hashed but once."""
    kept = await hash_password(password)
    users = [user for _, user in await demo_users()]
    async with database.transaction():
        await Password.filter(user_id__in=[user.id for user in users]).delete()
        await Password.bulk_create([Password(account_id=user.account_id, user_id=user.id, hash=kept) for user in users])


async def _token(admin: User, fixed: str | None) -> str:
    await Token.filter(account_id=admin.account_id, name=TOKEN_NAME).delete()
    if fixed is not None:
        await Token.filter(hash=hashed(fixed)).delete()
    return await make_token(admin.account_id, admin.id, TOKEN_NAME, fixed)


async def _fill(size: _Size, dice: Random) -> Account:
    account = Account(name=size.name, currency=size.currency, plan_name=size.plan, is_demo=True)
    await account.save()
    await PlanUsage.create(account_id=account.id)
    users = await _add_users(account)
    async with changes.write(account.id, users[0].id) as ledger:
        demo = _Demo(account, users, size, dice, ledger)
        await demo.add_contacts()
        await demo.add_pipeline()
        await demo.add_fields()
        await demo.add_leads()
        await demo.add_deals()
    return account


async def _add_users(account: Account) -> list[User]:
    domain = account.name.split()[0].lower() + ".example"
    people = [("Olga Admin", Role.ADMIN), ("Jan Handlowy", Role.REGULAR), ("Iga Handlowa", Role.REGULAR)]
    people.append(("Kamil Serwisowy", Role.REGULAR))
    users = [
        User(account_id=account.id, name=name, email=f"{name.split()[0].lower()}@{domain}", role=role)
        for name, role in people
    ]
    await User.bulk_create(users)
    teams = [Team(account_id=account.id, name=name) for name in ("Sales", "Service")]
    await Team.bulk_create(teams)
    members = [(teams[0], users[1]), (teams[0], users[2]), (teams[1], users[3])]
    await TeamMember.bulk_create(
        [TeamMember(account_id=account.id, team_id=team.id, user_id=user.id) for team, user in members]
    )
    return users


class _Demo:
    """One account being filled, all in one transaction."""

    def __init__(self, account: Account, users: list[User], size: _Size, dice: Random, ledger: Ledger) -> None:
        self.account, self.users, self.size, self.dice, self.ledger = account, users, size, dice, ledger
        self.organizations: list[Organization] = []
        self.people: list[Person] = []
        self.labels: list[Label] = []
        self.stages: list[Stage] = []
        self.fields: list[CustomField] = []
        self.options: list[CustomFieldOption] = []
        self.start = now() - timedelta(days=120)

    async def add_contacts(self) -> None:
        """Organizations with a person or two; every ninth person comes a second time, written otherwise."""
        for number in range(self.size.organizations):
            self._add_organization(number)
        await contacts.insert_organizations(self.organizations)
        await contacts.insert_people(self.people)
        names = [("Hot", "red"), ("Warm", "orange"), ("Cold", "blue"), ("Partner", "green")]
        self.labels = [Label(account_id=self.account.id, name=name, color=color) for name, color in names]
        await Label.bulk_create(self.labels)
        self._record(ChangeKind.ORGANIZATION_ADDED, "organization", self.organizations)
        self._record(ChangeKind.PERSON_ADDED, "person", self.people)
        self._record(ChangeKind.LABEL_ADDED, "label", self.labels)

    def _add_organization(self, number: int) -> None:
        place, trade = self.dice.choice(PLACES), self.dice.choice(TRADES)
        name = f"{trade} {place} {number + 1} sp. z o.o."
        domain = f"{fold(trade)}-{fold(place)}-{number + 1}.example"
        organization = Organization(name=name, folded_name=fold(name), domain=domain, **self._owned())
        self.organizations.append(organization)
        for _ in range(self.dice.choice((1, 1, 2))):
            self._add_person(organization, domain)

    def _add_person(self, organization: Organization, domain: str) -> None:
        first, last = self.dice.choice(FIRST_NAMES), self.dice.choice(LAST_NAMES)
        email = f"{fold(first)}.{fold(last)}@{domain}"
        phone = f"+48 {self.dice.randint(500, 799)} {self.dice.randint(100, 999)} {self.dice.randint(100, 999)}"
        common: dict[str, Any] = {"organization_id": organization.id, "phones": [phone]}
        name = f"{first} {last}"
        self.people.append(Person(name=name, folded_name=fold(name), emails=[email], **common, **self._owned()))
        if len(self.people) % 9 == 0:
            other = f"{last.upper()} {first}"
            common = {"emails": [email.upper()], "phones": []}
            self.people.append(Person(name=other, folded_name=fold(other), **common, **self._owned()))

    async def add_pipeline(self) -> None:
        """The one pipeline, of seven stages."""
        pipeline = Pipeline(account_id=self.account.id, name="Sales", position=0, is_default=True)
        await pipeline.save()
        self.stages = [
            Stage(
                account_id=self.account.id,
                pipeline_id=pipeline.id,
                name=name,
                position=position,
                probability=probability,
                rotten_after_days=21,
            )
            for position, (name, probability) in enumerate(STAGES)
        ]
        await Stage.bulk_create(self.stages)
        subjects = [changes.added("stage", changes.snapshot(stage)) for stage in self.stages]
        self.ledger.record(ChangeKind.PIPELINE_ADDED, changes.added("pipeline", changes.snapshot(pipeline)), *subjects)

    async def add_fields(self) -> None:
        """A custom field each for money, a number and an option, and a formula."""
        types = {"Budget": CustomFieldType.MONEY, "Seats": CustomFieldType.NUMBER, "Segment": CustomFieldType.OPTION}
        common: dict[str, Any] = {"account_id": self.account.id}
        self.fields = [
            CustomField(name=name, folded_name=fold(name), type=type, position=position, **common)
            for position, (name, type) in enumerate(types.items())
        ]
        self.options = [
            CustomFieldOption(
                field_id=self.fields[-1].id, name=name, folded_name=fold(name), position=position, **common
            )
            for position, name in enumerate(("Small", "Medium", "Large"))
        ]
        formula = FormulaField(name="Weighted value", folded_name="weighted value", position=0, **common)
        formula.expression, formula.type = "value * probability%", FormulaFieldType.MONEY
        await CustomField.bulk_create(self.fields)
        await CustomFieldOption.bulk_create(self.options)
        await formula.save()
        self._record(ChangeKind.FIELD_ADDED, "custom_field", self.fields)
        self._record(ChangeKind.FIELD_ADDED, "custom_field_option", self.options)
        self._record(ChangeKind.FIELD_ADDED, "formula_field", [formula])

    def _custom(self) -> Values:
        budget, seats, segment = (str(field.id) for field in self.fields)
        option = str(self.dice.choice(self.options).id)
        values: Values = {
            budget: [money_value(self.dice.randint(5, 900) * 10_000, self.account.currency)],
            seats: [number_value(Decimal(self.dice.randint(1, 400)))],
            segment: [{"option_id": option, "sort_key": option}],
        }
        return {key: value for key, value in values.items() if self.dice.random() < 0.6}

    async def add_leads(self) -> None:
        """The inbox; some leads have a note, an activity, a label."""
        leads = [
            Lead(source=self.dice.choice(list(OpportunitySource)), **self._offer()) for _ in range(self.size.leads)
        ]
        await self._add(leads, "lead", ChangeKind.LEAD_ADDED)

    async def add_deals(self) -> None:
        """The board, fuller on its left."""
        deals = [self._deal() for _ in range(self.size.deals)]
        await self._add(deals, "deal", ChangeKind.DEAL_ADDED)
        await PlanUsage.filter(account_id=self.account.id).update(open_deals=len(deals))

    def _deal(self) -> Deal:
        stage = self.stages[min(self.dice.randint(0, 6), self.dice.randint(0, 6))]
        offer = self._offer()
        entered = offer["created_at"] + (now() - offer["created_at"]) * self.dice.random()
        place = {"pipeline_id": stage.pipeline_id, "stage_id": stage.id, "stage_entered_at": entered}
        return Deal(source=OpportunitySource.MANUAL, **offer, **place)

    def _offer(self) -> dict[str, Any]:
        person = self.dice.choice(self.people)
        organization = self.dice.choice(self.organizations)
        title = f"{self.dice.choice(NEEDS)} {organization.name.removesuffix(' sp. z o.o.')}"
        value = self.dice.randint(5, 900) * 10_000 if self.dice.random() < 0.85 else None
        return {
            "title": title,
            "folded_title": fold(title),
            "value_minor": value,
            "currency": None if value is None else self.account.currency,
            "person_id": person.id,
            "organization_id": organization.id,
            "custom": self._custom(),
            "expected_close_date": date.today() + timedelta(days=self.dice.randint(-10, 90)),
            **self._owned(),
        }

    def _owned(self) -> dict[str, Any]:
        at = self.start + timedelta(minutes=self.dice.randint(0, 119 * 24 * 60))
        owner = self.dice.choice(self.users)
        return {"account_id": self.account.id, "owner_id": owner.id, "created_at": at, "updated_at": at}

    async def _add(self, rows: Sequence[Lead | Deal], noun: str, kind: ChangeKind) -> None:
        model, link = (Lead, LeadLabel) if noun == "lead" else (Deal, DealLabel)
        notes, activities, labels = self._belongings(rows, noun)
        await cast(Any, model).bulk_create(rows)
        await Note.bulk_create(notes)
        await Activity.bulk_create(activities)
        await self._point_to_activities(noun)
        links = [{"account_id": self.account.id, "label_id": label, f"{noun}_id": row} for row, label in labels.items()]
        await cast(Any, link).bulk_create([link(**each) for each in links])
        for row in await cast(Any, model).filter(account_id=self.account.id).order_by("id"):
            label_ids = [labels[row.id]] if row.id in labels else []
            self.ledger.record(kind, changes.added(noun, changes.snapshot(row, label_ids=label_ids)))
        self._record(ChangeKind.NOTE_ADDED, "note", notes)
        self._record(ChangeKind.ACTIVITY_ADDED, "activity", activities)

    async def _point_to_activities(self, noun: str) -> None:
        """Rows and their activities point at each other, so one of the two has to come later."""
        bind = Arguments()
        mine = f"FROM activities a WHERE a.{noun}_id = {noun}s.id"
        await bind.fetch(
            f"UPDATE {noun}s SET next_activity_id = (SELECT a.id {mine}), next_activity_at = (SELECT a.due_at {mine}) "
            f"WHERE account_id = {bind.one(self.account.id)} RETURNING id"
        )

    def _belongings(
        self, rows: Sequence[Lead | Deal], noun: str
    ) -> tuple[list[Note], list[Activity], dict[UUID, UUID]]:
        notes, activities, labels = [], [], {}
        for row in rows:
            common: dict[str, Any] = {"account_id": self.account.id, f"{noun}_id": row.id}
            if self.dice.random() < 0.4:
                body = f"Interested in {self.dice.choice(TRADES).lower()}; wants an offer before the holidays."
                said = {"body": body, "folded_body": fold_body(body)}
                notes.append(Note(author_id=row.owner_id, created_at=row.created_at, **said, **common))
            if self.dice.random() < 0.5:
                activities.append(self._activity(row, common))
            if self.dice.random() < 0.6:
                labels[row.id] = self.dice.choice(self.labels).id
        return notes, activities, labels

    def _activity(self, row: Lead | Deal, common: dict[str, Any]) -> Activity:
        due: datetime = now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=self.dice.randint(-72, 240))
        kind = self.dice.choice(list(ActivityType))
        if isinstance(row, Deal):
            row.last_activity_at = row.created_at
        return Activity(
            subject=self.dice.choice(SUBJECTS),
            type=kind,
            due_at=due,
            assignee_id=row.owner_id,
            created_at=row.created_at,
            **common,
        )

    def _record(self, kind: ChangeKind, noun: str, rows: Sequence[Any]) -> None:
        for row in rows:
            self.ledger.record(kind, changes.added(noun, changes.snapshot(row)))
