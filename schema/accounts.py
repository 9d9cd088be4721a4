"""The viewer, their account and its plan; the capability table."""

import strawberry

from resolvers import capabilities
from resolvers.reads.declare import Need, Value
from resolvers.reads.run import Ref
from schema.common import User
from schema.declaring import Info, reads, shows
from schema.enums import Capability

_PLAN = Value(
    (
        Need("{a}.plan_name"),
        Need("(SELECT p.open_deal_limit FROM plans p WHERE p.name = {a}.plan_name)", "int"),
        Need("COALESCE((SELECT u.open_deals FROM plan_usages u WHERE u.account_id = {a}.id), 0)", "int"),
    ),
    lambda name, limit, count: {"name": name, "openDealLimit": limit, "openDealCount": count},
    makes_object=True,
)


@strawberry.type(description="What an account may hold.")
class Plan:
    """A plan."""

    name: str
    open_deal_limit: int | None = strawberry.field(description="null: unlimited.")
    open_deal_count: int


@strawberry.type(description="A tenant; nothing of it is ever seen by another.")
class Account:
    """An account."""

    name: str = shows("name")
    currency: str = shows("currency")
    plan: Plan = reads(_PLAN)


@strawberry.type(description="Who is asking.")
class Viewer:
    """The viewer."""

    user: User
    account: Account

    def __init__(self, user: Ref, account: Ref) -> None:
        self.user = user  # type: ignore[assignment]
        self.account = account  # type: ignore[assignment]


@strawberry.type(description="One row of the table that tells leads from deals.")
class CapabilityRow:
    """A capability, and who has it."""

    capability: Capability
    lead: bool
    deal: bool
    description: str = strawberry.field(
        description="One sentence for people, in the language of Accept-Language (en, pl)."
    )


def viewer(info: Info) -> Viewer:
    """Who is asking, and in which account."""
    asking = info.context.viewer
    return Viewer(Ref("User", asking.user_id), Ref("Account", asking.account_id))


def capability_rows(info: Info) -> list[CapabilityRow]:
    """The table, row by row, in the viewer's language."""
    return [
        CapabilityRow(capability=row.capability, lead=row.lead, deal=row.deal, description=row.description)
        for row in capabilities.rows(info.context.viewer.locale)
    ]
