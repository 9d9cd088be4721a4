"""Types that every noun uses: nodes, pages, money, errors, users, labels."""

from decimal import Decimal
from typing import Any

import strawberry

from resolvers import money
from resolvers.reads.declare import Many, Need, Term, Value
from schema.declaring import identifies, reads, shows
from schema.enums import ErrorCode, Role

_BY_NAME = (Term("{a}.name"),)


@strawberry.interface(description="Anything that has a global id.")
class Node:
    """The Node interface of Relay."""

    id: strawberry.ID


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    """The PageInfo of Relay."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type(description="An exact amount of a currency.")
class Money:
    """An amount and its currency."""

    amount: Decimal
    currency: str = strawberry.field(description="ISO 4217.")


@strawberry.input(description="An exact amount of a currency.")
class MoneyInput:
    """An amount and its currency, as given."""

    amount: Decimal
    currency: str


def _money(minor: int | None, currency: str | None) -> dict[str, str] | None:
    if minor is None or currency is None:
        return None
    return {"amount": money.to_text(minor, currency), "currency": currency}


def amount(column: str, description: str | None = None, **more: Any) -> Any:
    """A field that shows minor units in the row's currency as money."""
    needs = (Need(f"{{a}}.{column}", "int"), Need("{a}.currency"))
    return reads(Value(needs, _money, makes_object=True), description, **more)


@strawberry.type(description="Someone who works in the account.")
class User(Node):
    """A user."""

    id: strawberry.ID = identifies("User")
    name: str = shows("name")
    email: str = shows("email")
    role: Role = shows("role")
    teams: "list[Team]" = reads(Many("Team", through=("team_members", "user_id", "team_id"), order=_BY_NAME))


@strawberry.type(description="Users who see one another's TEAM records.")
class Team(Node):
    """A team."""

    id: strawberry.ID = identifies("Team")
    name: str = shows("name")
    members: list[User] = reads(Many("User", through=("team_members", "team_id", "user_id"), order=_BY_NAME))


@strawberry.type(description="A coloured word on leads and deals.")
class Label(Node):
    """A label."""

    id: strawberry.ID = identifies("Label")
    name: str = shows("name")
    color: str = shows("color")


@strawberry.type(
    description="Expected failures are data. Anything thrown into the top-level errors list is a bug, "
    "an auth failure or a broken request."
)
class UserError:
    """One expected failure of a command."""

    code: ErrorCode
    message: str
    path: list[str] = strawberry.field(description='Where in the input, e.g. ["leadIds", "3"].')


@strawberry.type(description="What a deletion did.")
class DeletePayload:
    """The ids that are gone."""

    deleted_ids: list[strawberry.ID]
    errors: list[UserError]
