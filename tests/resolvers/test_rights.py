"""What users may do and see, as admins set it."""

import asyncio

from models.base import new_id
from models.changes import ChangeKind
from models.users import Role, Team, TeamMember, User
from resolvers import ids
from resolvers.errors import ErrorCode, Refused
from resolvers.rights import create_team, set_access
from tests import given
from tests.refusals import global_id, refused
from tests.replaying import told, unchanged


async def teams_of(user: User) -> set[object]:
    return {member.team_id for member in await TeamMember.filter(user_id=user.id)}


async def test_an_admin_sets_role_and_teams_and_the_log_tells(acme: given.Company) -> None:
    admin = await given.viewer(acme.admin)
    async with told(acme.id) as log:
        twice = [global_id(acme.support)] * 2
        patch = {"user_id": global_id(acme.anna), "role": Role.ADMIN, "team_ids": twice}
        assert await set_access(admin, patch) == acme.anna.id
    assert (await User.get(id=acme.anna.id)).role is Role.ADMIN
    assert await teams_of(acme.anna) == {acme.support.id}
    (change,) = log
    (subject,) = change.find("user")
    assert (change.kind, subject.id) == (ChangeKind.ACCESS_CHANGED, str(acme.anna.id))
    assert (subject.before["team_ids"], subject.after["team_ids"]) == ([str(acme.sales.id)], [str(acme.support.id)])
    assert (subject.before["role"], subject.after["role"]) == ("REGULAR", "ADMIN")


async def test_what_is_not_given_stays(acme: given.Company) -> None:
    admin = await given.viewer(acme.admin)
    await set_access(admin, {"user_id": global_id(acme.anna), "role": Role.ADMIN})
    assert await teams_of(acme.anna) == {acme.sales.id}
    await set_access(admin, {"user_id": global_id(acme.anna), "team_ids": []})
    assert await teams_of(acme.anna) == set()
    assert (await User.get(id=acme.anna.id)).role is Role.ADMIN


async def test_setting_what_is_set_already_is_no_change(acme: given.Company) -> None:
    patch = {"user_id": global_id(acme.anna), "role": Role.REGULAR, "team_ids": [global_id(acme.sales)]}
    async with unchanged(acme.id):
        await set_access(await given.viewer(acme.admin), patch)


async def test_only_admins_set_rights(acme: given.Company) -> None:
    async with refused(ErrorCode.FORBIDDEN):
        await set_access(await given.viewer(acme.anna), {"user_id": global_id(acme.anna), "role": Role.ADMIN})


async def test_users_and_teams_of_another_account_are_as_unknown(acme: given.Company, other: given.Company) -> None:
    admin = await given.viewer(acme.admin)
    for unknown in (global_id(other.anna), ids.encode("User", new_id())):
        async with refused(ErrorCode.NOT_FOUND, "userId"):
            await set_access(admin, {"user_id": unknown, "role": Role.ADMIN})
    async with refused(ErrorCode.INVALID, "userId"):
        await set_access(admin, {"user_id": global_id(acme.label), "role": Role.ADMIN})
    async with refused(ErrorCode.NOT_FOUND, "teamIds", 1):
        teams = [global_id(acme.support), global_id(other.sales)]
        await set_access(admin, {"user_id": global_id(acme.anna), "role": Role.ADMIN, "team_ids": teams})
    assert await teams_of(acme.anna) == {acme.sales.id}
    assert (await User.get(id=acme.anna.id)).role is Role.REGULAR


async def test_one_admin_always_stays(acme: given.Company) -> None:
    admin = await given.viewer(acme.admin)
    async with refused(ErrorCode.INVALID, "role"):
        await set_access(admin, {"user_id": global_id(acme.admin), "role": Role.REGULAR})
    await set_access(admin, {"user_id": global_id(acme.anna), "role": Role.ADMIN})
    done = await asyncio.gather(
        *[set_access(admin, {"user_id": global_id(user), "role": Role.REGULAR}) for user in (acme.admin, acme.anna)],
        return_exceptions=True,
    )
    assert [type(each) for each in done].count(Refused) == 1
    assert await User.filter(account_id=acme.id, role=Role.ADMIN).count() == 1


async def test_an_admin_makes_a_team_and_nobody_is_in_it(acme: given.Company) -> None:
    admin = await given.viewer(acme.admin)
    async with told(acme.id) as log:
        key = await create_team(admin, {"name": "Partners"})
    assert (await Team.get(id=key)).name == "Partners"
    assert not await TeamMember.filter(team_id=key).exists()
    assert [change.kind for change in log] == [ChangeKind.TEAM_ADDED]
    async with refused(ErrorCode.FORBIDDEN):
        await create_team(await given.viewer(acme.anna), {"name": "Mine"})
    async with refused(ErrorCode.INVALID, "name"):
        await create_team(admin, {"name": " "})
