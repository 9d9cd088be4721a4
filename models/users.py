"""Users of an account, their teams, and what they come in with: passwords and tokens."""

from enum import StrEnum

from tortoise import fields

from models.base import AccountRow, now, one_of


class Role(StrEnum):
    """What a user may do in the account."""

    ADMIN = "ADMIN"
    REGULAR = "REGULAR"


class User(AccountRow):
    """A person who works in an account."""

    name = fields.CharField(max_length=255)
    email = fields.CharField(max_length=320)
    role = one_of(Role, default=Role.REGULAR, max_length=8)
    created_at = fields.DatetimeField(default=now)

    class Meta:
        table = "users"


class Password(AccountRow):
    """A user's password, as an argon2 hash. A table of its own, so that no snapshot of a user ever holds it."""

    user_id = fields.UUIDField()
    hash = fields.CharField(max_length=255)
    set_at = fields.DatetimeField(default=now)

    class Meta:
        table = "passwords"


class Team(AccountRow):
    """A group of users who see one another's TEAM records."""

    name = fields.CharField(max_length=255)

    class Meta:
        table = "teams"


class TeamMember(AccountRow):
    """One user in one team."""

    team_id = fields.UUIDField()
    user_id = fields.UUIDField()

    class Meta:
        table = "team_members"


class TokenScope(StrEnum):
    """What a token may be used for."""

    READ = "READ"
    WRITE = "WRITE"


class Token(AccountRow):
    """An API token. Only its SHA-256 is kept; the token itself is shown once, when made."""

    user_id = fields.UUIDField()
    name = fields.CharField(max_length=255)
    hash = fields.CharField(max_length=64)
    scope = one_of(TokenScope, default=TokenScope.WRITE, db_default=TokenScope.WRITE, max_length=5)
    created_at = fields.DatetimeField(default=now)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "tokens"
