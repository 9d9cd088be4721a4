"""Who else is in a deal: people who take part in it, users who follow it."""

from tortoise import fields

from models.base import AccountRow, now


class Participant(AccountRow):
    """A further person in a deal. The deal's own person is one without a row."""

    deal_id = fields.UUIDField()
    person_id = fields.UUIDField()
    added_at = fields.DatetimeField(default=now)

    class Meta:
        table = "deal_participants"


class Follower(AccountRow):
    """A user who follows a deal. Its owner is one without a row."""

    deal_id = fields.UUIDField()
    user_id = fields.UUIDField()
    added_at = fields.DatetimeField(default=now)

    class Meta:
        table = "deal_followers"
