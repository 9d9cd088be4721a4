"""What a form's page carries and brings back: which submission it is, and since when it was open."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from models.base import new_id, now
from resolvers import signing

SHORTEST, LONGEST = timedelta(seconds=2), timedelta(hours=24)
_PURPOSE = "web form"


class TokenFault(StrEnum):
    """Why a token is not taken."""

    UNKNOWN = "UNKNOWN"
    TOO_EARLY = "TOO_EARLY"
    TOO_LATE = "TOO_LATE"


def make_token(form_key: str, at: datetime | None = None) -> str:
    """A token for one submission of a form that is opened now."""
    submission, opened = new_id().hex, str(int((at or now()).timestamp()))
    return ".".join((submission, opened, signing.sign(_PURPOSE, form_key, submission, opened)))


def read_token(token: str, form_key: str) -> tuple[str, TokenFault | None]:
    """The submission that a token is for, and why it is not to be taken now, if it is not.

    People need a while to fill a form in, and programs do not; a token is taken between SHORTEST
    and LONGEST after it was made.
    """
    submission, _, rest = token.partition(".")
    opened, _, signature = rest.partition(".")
    if not signing.is_signature(signature, _PURPOSE, form_key, submission, opened):
        return "", TokenFault.UNKNOWN
    age = now().timestamp() - int(opened)
    if age < SHORTEST.total_seconds():
        return UUID(submission).hex, TokenFault.TOO_EARLY
    return UUID(submission).hex, TokenFault.TOO_LATE if age > LONGEST.total_seconds() else None
