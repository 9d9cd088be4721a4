"""What is given at the start of a test: rows made directly, with as little said as the test needs.

These write no changes to the log; a test of the log makes its rows with the verbs.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from models.accounts import Account, Plan, PlanUsage
from models.activities import Activity, ActivityType
from models.contacts import ContactKey, ContactKeyKind, Organization, Person
from models.deals import Deal
from models.labels import DealLabel, Label, LeadLabel
from models.leads import Lead
from models.notes import Comment, Note
from models.opportunities import OpportunitySource
from models.pipelines import Pipeline, Stage
from models.users import Role, Team, TeamMember, User
from resolvers import text
from resolvers.access import Viewer, load_viewer
from resolvers.notes import fold_body

STAGES = {"Qualified": 10, "Proposal": 40, "Negotiation": 80}


@dataclass(frozen=True)
class Company:
    """An account and what a test usually needs of it."""

    account: Account
    admin: User
    sales: Team
    support: Team
    anna: User  # sales
    bartek: User  # sales
    celina: User  # support
    pipeline: Pipeline
    stages: list[Stage]
    label: Label

    @property
    def id(self) -> UUID:
        """The account's key."""
        return self.account.id


async def company(name: str = "Acme", plan: str = "Enterprise", currency: str = "PLN") -> Company:
    """An account with an admin, Anna and Bartek in sales, Celina in support, a pipeline and a label."""
    tenant = await account(name, plan, currency)
    admin_user = await user(tenant, "Admin", Role.ADMIN)
    sales, support = await team(tenant, "Sales"), await team(tenant, "Support")
    anna = await user(tenant, "Anna", teams=[sales])
    bartek = await user(tenant, "Bartek", teams=[sales])
    celina = await user(tenant, "Celina", teams=[support])
    line, stages = await pipeline(tenant)
    hot = await label(tenant)
    return Company(tenant, admin_user, sales, support, anna, bartek, celina, line, stages, hot)


async def account(name: str = "Acme", plan: str = "Enterprise", currency: str = "PLN") -> Account:
    """An account on one of the seeded plans (or a new, unlimited one), with nothing of it used."""
    await Plan.get_or_create(name=plan)
    tenant = await Account.create(name=name, plan_name=plan, currency=currency)
    await PlanUsage.create(account_id=tenant.id)
    return tenant


async def limited_account(open_deals: int, name: str = "Small") -> Account:
    """An account on a plan of its own that allows so many open deals."""
    plan, _ = await Plan.get_or_create(name=f"Only {open_deals}", defaults={"open_deal_limit": open_deals})
    return await account(name, plan.name)


async def user(tenant: Account, name: str = "Anna", role: Role = Role.REGULAR, teams: list[Team] | None = None) -> User:
    """A user of an account, in these teams."""
    made = await User.create(account_id=tenant.id, name=name, email=f"{name.lower()}@example.com", role=role)
    for each in teams or []:
        await TeamMember.create(account_id=tenant.id, team_id=each.id, user_id=made.id)
    return made


async def admin(tenant: Account, name: str = "Admin") -> User:
    """An admin of an account."""
    return await user(tenant, name, Role.ADMIN)


async def team(tenant: Account, name: str = "Sales", members: list[User] | None = None) -> Team:
    """A team of an account, with these members."""
    made = await Team.create(account_id=tenant.id, name=name)
    for each in members or []:
        await TeamMember.create(account_id=tenant.id, team_id=made.id, user_id=each.id)
    return made


async def viewer(who: User, locale: str = "en") -> Viewer:
    """The viewer for a user, as the database has them now."""
    found = await load_viewer(who.account_id, who.id, locale)
    assert found is not None, f"{who.name} is no user of the database"
    return found


async def label(tenant: Account, name: str = "Hot", color: str = "red") -> Label:
    """A label of an account."""
    return await Label.create(account_id=tenant.id, name=name, color=color)


async def person(owner: User, name: str = "Jan Kowalski", **columns: Any) -> Person:
    """A person, with the keys they are matched by. `emails` and `phones` are taken as already normal."""
    columns = {"folded_name": text.fold(name), "owner_id": owner.id, **columns}
    made = await Person.create(account_id=owner.account_id, name=name, **columns)
    keys = [(ContactKeyKind.EMAIL, email.lower()) for email in made.emails]
    keys += [(ContactKeyKind.PHONE, phone) for phone in made.phones]
    await _keys(keys + _name_keys(made.folded_name), account_id=made.account_id, person_id=made.id)
    return made


async def organization(owner: User, name: str = "Żubr", **columns: Any) -> Organization:
    """An organization, with the keys it is matched by. The name is taken to be without a legal form."""
    columns = {"folded_name": text.fold(name), "owner_id": owner.id, **columns}
    made = await Organization.create(account_id=owner.account_id, name=name, **columns)
    keys = [(ContactKeyKind.DOMAIN, made.domain)] if made.domain else []
    await _keys(keys + _name_keys(made.folded_name), account_id=made.account_id, organization_id=made.id)
    return made


def _name_keys(folded: str) -> list[tuple[ContactKeyKind, str]]:
    parts = [(ContactKeyKind.NAME_PART, part) for part in sorted(set(folded.split()))]
    return [(ContactKeyKind.NAME, folded), *parts]


async def _keys(keys: list[tuple[ContactKeyKind, str]], **contact: UUID) -> None:
    await ContactKey.bulk_create([ContactKey(kind=kind, value=value, **contact) for kind, value in keys])


async def pipeline(
    tenant: Account, name: str = "Sales", stages: dict[str, int] | None = None, *, is_default: bool = True
) -> tuple[Pipeline, list[Stage]]:
    """A pipeline with stages, given as names and probabilities in order."""
    count = await Pipeline.filter(account_id=tenant.id).count()
    made = await Pipeline.create(account_id=tenant.id, name=name, position=count, is_default=is_default)
    rows = [
        await Stage.create(
            account_id=tenant.id, pipeline_id=made.id, name=each, position=position, probability=probability
        )
        for position, (each, probability) in enumerate((stages or STAGES).items())
    ]
    return made, rows


async def lead(owner: User, title: str = "A lead", labels: list[Label] | None = None, **columns: Any) -> Lead:
    """A lead in the inbox; of a new person, unless a person_id or organization_id is given."""
    if not {"person_id", "organization_id"} & columns.keys():
        columns["person_id"] = (await person(owner)).id
    columns = {"folded_title": text.fold(title), "source": OpportunitySource.MANUAL, "owner_id": owner.id, **columns}
    made = await Lead.create(account_id=owner.account_id, title=title, **columns)
    for each in labels or []:
        await LeadLabel.create(account_id=owner.account_id, lead_id=made.id, label_id=each.id)
    return made


async def deal(
    owner: User, stage: Stage, title: str = "A deal", labels: list[Label] | None = None, **columns: Any
) -> Deal:
    """A deal in a stage, counted against the plan where it is open and not removed."""
    columns = {"folded_title": text.fold(title), "source": OpportunitySource.MANUAL, "owner_id": owner.id, **columns}
    made = await Deal.create(
        account_id=owner.account_id, title=title, stage_id=stage.id, pipeline_id=stage.pipeline_id, **columns
    )
    for each in labels or []:
        await DealLabel.create(account_id=owner.account_id, deal_id=made.id, label_id=each.id)
    if made.status == "OPEN" and made.removed_at is None:
        usage = await PlanUsage.get(account_id=owner.account_id)
        await PlanUsage.filter(account_id=owner.account_id).update(open_deals=usage.open_deals + 1)
    return made


async def note(author: User, on: Lead | Deal, body: str = "Called them.") -> Note:
    """A note on a lead or a deal."""
    said = {"body": body, "folded_body": fold_body(body)}
    return await Note.create(account_id=author.account_id, author_id=author.id, **said, **_parent(on))


async def comment(author: User, on: Note, body: str = "And?") -> Comment:
    """A comment on a note."""
    return await Comment.create(account_id=author.account_id, author_id=author.id, note_id=on.id, body=body)


async def activity(assignee: User, on: Lead | Deal, subject: str = "Call", **columns: Any) -> Activity:
    """An activity on a lead or a deal. It does not become the parent's next one by this."""
    columns = {"type": ActivityType.CALL, "assignee_id": assignee.id, **columns}
    return await Activity.create(account_id=assignee.account_id, subject=subject, **_parent(on), **columns)


def _parent(on: Lead | Deal) -> dict[str, Any]:
    return {"lead_id": on.id} if isinstance(on, Lead) else {"deal_id": on.id}
