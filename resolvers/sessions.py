"""Sessions: signing in by e-mail and password, staying signed in while it is used, signing out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.accounts import Account
from models.base import now
from models.departing import depart
from models.sessions import Session, SignInAttempt
from models.users import Password, Token, User
from resolvers import passwords
from resolvers.access import Viewer, load_viewer_of_session

WINDOW = timedelta(minutes=10)
MOST_OF_BOTH, MOST_OF_ONE = 10, 100  # failures of an e-mail from an address, and of either in all
MOST_ACCOUNTS = 10
_SELDOM = timedelta(hours=1)


class TooManyAttempts(Exception):
    """Raised where signing in has failed too often; says in how many seconds it may be tried again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True)
class Attempt:
    """Who tries to sign in, as hashes: neither the e-mail nor the address is kept."""

    email_hash: str
    address_hash: str


async def find_by_password(email: str, password: str, attempt: Attempt) -> User | None:
    """The user with this e-mail and password, in whichever account; null where either is wrong.

    An unknown e-mail is as much work as a wrong password. Raises TooManyAttempts.
    """
    row = await _begin(attempt)
    user = await _find(email, password)
    if user is not None:
        await SignInAttempt.filter(id=row.id).delete()
    return user


async def _begin(attempt: Attempt) -> SignInAttempt:
    """Count the attempt before it is made, so that many at once are no more than one after another."""
    row = await SignInAttempt.create(email_hash=attempt.email_hash, address_hash=attempt.address_hash)
    recent = SignInAttempt.filter(at__gt=row.at - WINDOW, id__lt=row.id)
    by_email, by_address = (
        recent.filter(email_hash=attempt.email_hash),
        recent.filter(address_hash=attempt.address_hash),
    )
    both = by_email.filter(address_hash=attempt.address_hash)
    for made, most in ((both, MOST_OF_BOTH), (by_email, MOST_OF_ONE), (by_address, MOST_OF_ONE)):
        latest = await made.order_by("-id").limit(most)
        if len(latest) == most:
            await SignInAttempt.filter(id=row.id).delete()  # who waits is let in again
            raise TooManyAttempts(max(1, int((latest[-1].at + WINDOW - now()).total_seconds()) + 1))
    return row


async def _find(email: str, password: str) -> User | None:
    users = {user.id: user for user in await User.filter(email__iexact=email.strip()).order_by("id")}
    kept = await Password.filter(user_id__in=list(users)).order_by("user_id").limit(MOST_ACCOUNTS)
    found = None
    for each in kept:
        if await passwords.matches(password, each.hash):
            found = each
            break
    if not kept:
        await passwords.matches(password, None)
    if found is None:
        return None
    if passwords.needs_rehash(found.hash):
        await Password.filter(id=found.id, hash=found.hash).update(hash=await passwords.hash_password(password))
    return users[found.user_id]


async def find_demo_user(email: str) -> User | None:
    """The demo's user with this e-mail; null for any other."""
    demo = await Account.filter(is_demo=True).values_list("id", flat=True)
    return await User.filter(email__iexact=email.strip(), account_id__in=list(demo)).order_by("id").first()


async def demo_users() -> Sequence[tuple[Account, User]]:
    """The users of the demo's accounts."""
    accounts = {account.id: account for account in await Account.filter(is_demo=True)}
    users = await User.filter(account_id__in=list(accounts)).order_by("id")
    return [(accounts[user.account_id], user) for user in users]


async def begin_session(user: User, cookie_hash: str, lifetime: timedelta) -> Viewer:
    """Sign a user in under a new cookie, until it is unused for its lifetime."""
    at = now()
    await Session.create(
        account_id=user.account_id, user_id=user.id, hash=cookie_hash, used_at=at, expires_at=at + lifetime
    )
    viewer = await find_viewer(cookie_hash)
    assert viewer is not None, "the session has just begun"
    return viewer


async def find_viewer(cookie_hash: str, locale: str = "en") -> Viewer | None:
    """The viewer of a session that is under way; null where it ended. Using it makes it last."""
    found = await load_viewer_of_session(cookie_hash, locale)
    if found is None:
        return None
    viewer, used_at, expires_at = found
    at = now()
    if expires_at <= at:
        return None
    lifetime = expires_at - used_at
    if at - used_at > min(_SELDOM, lifetime / 24):
        await Session.filter(id=viewer.session_id).update(used_at=at, expires_at=at + lifetime)
    return viewer


async def end_session(cookie_hash: str) -> None:
    """Sign out."""
    await Session.filter(hash=cookie_hash, ended_at__isnull=True).update(ended_at=now())
    depart(cookie_hash)


async def departed_since(instant: datetime) -> set[str]:
    """The hashes of the sessions that were ended and of the tokens that were revoked since an instant."""
    sessions: Iterable[object] = await Session.filter(ended_at__gt=instant).values_list("hash", flat=True)
    tokens: Iterable[object] = await Token.filter(revoked_at__gt=instant).values_list("hash", flat=True)
    return {str(each) for each in (*sessions, *tokens)}


async def still_used(cookie_hashes: Iterable[str]) -> None:
    """Make sessions last whose boards are open, though nothing is asked in them."""
    for cookie_hash in cookie_hashes:
        await find_viewer(cookie_hash)


async def forget_sessions(ended_before: datetime) -> None:
    """Delete the sessions that are over, and the attempts that no longer count."""
    await Session.filter(ended_at__lt=ended_before).delete()
    await Session.filter(expires_at__lt=now()).delete()
    await SignInAttempt.filter(at__lt=now() - WINDOW).delete()


async def account_of(viewer: Viewer) -> tuple[User, Account]:
    """The viewer's user and account."""
    return await User.get(id=viewer.user_id), await Account.get(id=viewer.account_id)
