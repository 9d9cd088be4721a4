"""Users, their roles and their teams, as admins set them."""

from typing import Any

import strawberry

from resolvers import labels, passwords, rights
from resolvers.access import Viewer
from resolvers.reads.declare import Many, Term
from resolvers.reads.run import Ref
from schema.common import Label, Team, User, UserError
from schema.declaring import Answer, command
from schema.enums import Role

TEAMS = Many("Team", order=(Term("{a}.name"),))


@strawberry.input(description="What to change of a user's rights; what is left out stays.")
class SetAccessInput:
    """A change of rights."""

    user_id: strawberry.ID
    role: Role | None = strawberry.UNSET
    team_ids: list[strawberry.ID] | None = strawberry.field(
        default=strawberry.UNSET, description="All teams the user is then in."
    )
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="A new team.")
class CreateTeamInput:
    """A new team."""

    name: str


@strawberry.input(description="A new label.")
class CreateLabelInput:
    """A new label."""

    name: str
    color: str = strawberry.field(description="blue, green, red and the like, or #rrggbb.")


@strawberry.input(description="A new password: one's own, or for an admin that of any user.")
class SetPasswordInput:
    """A new password."""

    user_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Left out: one's own.")
    old_password: str | None = strawberry.field(
        default=strawberry.UNSET, description="Needed for one's own, where there is one."
    )
    new_password: str
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.type(description="What became of a user.")
class UserPayload:
    """The user after the command."""

    user: User | None
    errors: list[UserError]


@strawberry.type(description="What became of a team.")
class TeamPayload:
    """The team after the command."""

    team: Team | None
    errors: list[UserError]


@strawberry.type(description="What became of a label.")
class LabelPayload:
    """The label after the command."""

    label: Label | None
    errors: list[UserError]


async def _set_access(viewer: Viewer, patch: Any) -> Answer:
    return {"user": Ref("User", await rights.set_access(viewer, patch))}


async def _set_password(viewer: Viewer, change: Any) -> Answer:
    return {"user": Ref("User", await passwords.set_password(viewer, change))}


async def _create_team(viewer: Viewer, draft: Any) -> Answer:
    return {"team": Ref("Team", await rights.create_team(viewer, draft))}


async def _create_label(viewer: Viewer, draft: Any) -> Answer:
    return {"label": Ref("Label", await labels.create_label(viewer, draft))}


@strawberry.type
class AccountCommands:
    """What admins do for their account, and users for themselves."""

    set_access = command(SetAccessInput, UserPayload, _set_access, "Admins only. Open boards follow at once.")
    set_password = command(
        SetPasswordInput, UserPayload, _set_password, "Ends the user's sessions, but the one it is asked in."
    )
    create_team = command(CreateTeamInput, TeamPayload, _create_team, "Admins only.")
    create_label = command(CreateLabelInput, LabelPayload, _create_label, "Admins only.")
