"""Users of the viewer's account, as owners and assignees."""

from uuid import UUID

from models.users import User
from resolvers import access, ids
from resolvers.access import Viewer


async def find_user(viewer: Viewer, global_id: str, *path: str | int) -> UUID:
    """The key of a user of the viewer's account; another account's is NOT_FOUND like an unknown one."""
    key = ids.expect("User", global_id, *path)
    if not await User.filter(id=key, account_id=viewer.account_id).exists():
        raise access.not_found("User", *path)
    return key
