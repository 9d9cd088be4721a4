"""Sessions of people who signed in on the board, and the attempts to."""

from tortoise import fields

from models.base import AccountRow, Row, now


class Session(AccountRow):
    """A signed-in browser. Only the SHA-256 of its cookie is kept; it ends when unused for its lifetime."""

    user_id = fields.UUIDField()
    hash = fields.CharField(max_length=64)
    created_at = fields.DatetimeField(default=now)
    used_at = fields.DatetimeField(default=now)
    expires_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "sessions"


class SignInAttempt(Row):
    """A sign-in that failed, or has not yet succeeded. It is of no account: the e-mail may be nobody's."""

    email_hash = fields.CharField(max_length=64)
    address_hash = fields.CharField(max_length=64)
    at = fields.DatetimeField(default=now)

    class Meta:
        table = "sign_in_attempts"
