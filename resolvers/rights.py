"""What users may do and see, as admins set it: their role and their teams.

Each such change is in the log, so that every open board of the account is asked again what it
may see.
"""

from collections.abc import Sequence
from typing import TypedDict
from uuid import UUID

from models import changes
from models.changes import ChangeKind, Values
from models.users import Role, Team, TeamMember, User
from resolvers import access, commands, ids, text
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults


class AccessPatch(TypedDict, total=False):
    """What an admin sets for a user. `team_ids` are all teams the user is then in."""

    user_id: str
    role: Role | None
    team_ids: Sequence[str]
    client_mutation_id: str | None


class TeamDraft(TypedDict):
    """A team as a client gives it."""

    name: str


async def set_access(viewer: Viewer, patch: AccessPatch) -> UUID:
    """Set a user's role or teams; only admins may, and one admin always stays."""
    access.require_admin(viewer, "set what users may do")
    key = ids.expect("User", patch["user_id"], "userId")
    async with commands.begin(viewer, patch) as ledger:
        admins, user = await _lock(viewer, key)
        teams = [member.team_id for member in await TeamMember.filter(user_id=key)]
        before = _snapshot(user, teams)
        role = patch.get("role")
        if role is not None and role is not user.role:
            _require_another(admins, user)
            user.role = role
            await user.save(update_fields=["role"])
        if "team_ids" in patch:
            wanted = _team_keys(patch["team_ids"])
            await _set_teams(viewer, user, teams, wanted)
            teams = wanted
        after = _snapshot(user, teams)
        if after != before:
            ledger.record(ChangeKind.ACCESS_CHANGED, changes.altered("user", before, after))
    return key


def _team_keys(global_ids: Sequence[str] | None) -> list[UUID]:
    faults = Faults()
    keys: list[UUID] = []
    for place, global_id in enumerate(global_ids or ()):
        with faults.noted():
            keys.append(ids.expect("Team", global_id, "teamIds", place))
    faults.raise_any()
    return list(dict.fromkeys(keys))


async def create_team(viewer: Viewer, draft: TeamDraft) -> UUID:
    """Make a team without members; only admins may."""
    access.require_admin(viewer, "make teams")
    name = text.line(draft.get("name"), "name")
    async with commands.begin(viewer, {}) as ledger:
        team = await Team.create(account_id=viewer.account_id, name=name)
        ledger.record(ChangeKind.TEAM_ADDED, changes.added("team", changes.snapshot(team)))
    return team.id


async def _lock(viewer: Viewer, key: UUID) -> tuple[list[User], User]:
    """The account's admins and the user, locked: two admins must not demote each other at once."""
    everyone = await User.filter(account_id=viewer.account_id).order_by("id").select_for_update(no_key=True)
    user = next((each for each in everyone if each.id == key), None)
    if user is None:
        raise access.not_found("User", "userId")
    return [each for each in everyone if each.role is Role.ADMIN], user


def _snapshot(user: User, team_ids: Sequence[UUID]) -> Values:
    return changes.snapshot(user, team_ids=sorted(team_ids))


def _require_another(admins: Sequence[User], user: User) -> None:
    if [admin.id for admin in admins] == [user.id]:
        message = "This is the account's only admin: make another user an admin first."
        raise refuse(ErrorCode.INVALID, message, "role")


async def _set_teams(viewer: Viewer, user: User, before: Sequence[UUID], after: Sequence[UUID]) -> None:
    known = {team.id for team in await Team.filter(account_id=viewer.account_id, id__in=list(after))}
    faults = Faults()
    for place, team_id in enumerate(after):
        with faults.noted():
            if team_id not in known:
                raise access.not_found("Team", "teamIds", place)
    faults.raise_any()
    await TeamMember.filter(user_id=user.id, team_id__in=sorted(set(before) - set(after))).delete()
    for team_id in sorted(set(after) - set(before)):
        await TeamMember.create(account_id=viewer.account_id, team_id=team_id, user_id=user.id)
