"""Passwords: set by their users and by admins, kept as argon2 hashes.

Hashing takes a fifth of a second and 64 MiB by design, so it is done in threads of its own, two at
a time: that many sign-ins do not hold up a request, nor take the machine's memory.
"""

import asyncio
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypedDict
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models import database
from models.base import now
from models.departing import depart
from models.sessions import Session
from models.users import Password, User
from resolvers import access, commands, ids, text
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse

SHORTEST, LONGEST = 10, 500
_hasher = PasswordHasher()
_threads = ThreadPoolExecutor(2, "passwords")


class PasswordChange(TypedDict, total=False):
    """A new password: one's own, or for an admin that of `user_id`."""

    user_id: str | None
    old_password: str | None
    new_password: str
    client_mutation_id: str | None


async def set_password(viewer: Viewer, given: PasswordChange) -> UUID:
    """Set one's own password, knowing the old one if there is one; admins set others'.

    Every session of the user ends, but the one that this is asked in.
    """
    asked = given.get("user_id")
    key = viewer.user_id if asked is None else ids.expect("User", asked, "userId")
    if key != viewer.user_id:
        access.require_admin(viewer, "set another user's password")
    user = await User.get_or_none(id=key, account_id=viewer.account_id)
    if user is None:
        raise access.not_found("User", "userId")
    check(given["new_password"], "newPassword")
    old = given.get("old_password")
    text.optional_line(old, "oldPassword", length=LONGEST)
    if key == viewer.user_id:
        await _require_old(key, old)
    hashed = await hash_password(given["new_password"])
    async with commands.begin(viewer, given):
        ended = await _replace(user, hashed, keep=viewer.session_id)
    for each in ended:
        depart(each)
    return key


async def replace_password(user: User, password: str) -> None:
    """Set a user's password, without asking for the old one, and end their sessions."""
    hashed = await hash_password(password)
    async with database.transaction():
        ended = await _replace(user, hashed)
    for each in ended:
        depart(each)


async def _replace(user: User, hashed: str, keep: UUID | None = None) -> list[str]:
    """Answers what is kept of the sessions that it ended; tell of them after the commit."""
    await User.filter(id=user.id).select_for_update(no_key=True).first()
    await Password.filter(user_id=user.id).delete()
    await Password.create(account_id=user.account_id, user_id=user.id, hash=hashed)
    ending = Session.filter(user_id=user.id, ended_at__isnull=True)
    ending = ending if keep is None else ending.exclude(id=keep)
    hashes = [str(each) for each in await ending.values_list("hash", flat=True)]
    await ending.update(ended_at=now())
    return hashes


def check(password: str, *path: str) -> None:
    """Refuse a password that is too short to keep anyone out, too long, or not one line of text."""
    text.line(password, *path, length=LONGEST)
    if len(password) < SHORTEST:
        message = f"A password has at least {SHORTEST} characters; this has {len(password)}."
        raise refuse(ErrorCode.INVALID, message, *path)


async def _require_old(user_id: UUID, old: str | None) -> None:
    kept = await Password.get_or_none(user_id=user_id)
    if kept is not None and (old is None or not await matches(old, kept.hash)):
        message = "This is not your present password: give it as oldPassword, or ask an admin to set a new one."
        raise refuse(ErrorCode.FORBIDDEN, message, "oldPassword")


async def hash_password(password: str) -> str:
    """What is kept of a password."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, _bytes(password))


async def matches(password: str, kept: str | None) -> bool:
    """Whether a password is the one of a hash. It is as much work where there is none."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _matches, _bytes(password), kept)


def needs_rehash(kept: str) -> bool:
    """Whether a hash was made under weaker parameters than today's."""
    return _hasher.check_needs_rehash(kept)


def _matches(password: bytes, kept: str | None) -> bool:
    try:
        return _hasher.verify(kept or _nobodys(), password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody's")


def _bytes(password: str) -> bytes:
    # The same letters, whichever way a keyboard composes them.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
