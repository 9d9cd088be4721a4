"""Notes, the comments on them, and the users that either mentions."""

from tortoise import fields

from models.base import AccountRow, now


class Note(AccountRow):
    """A text on exactly one lead or deal; `import_key` is as a lead's.

    `folded_body` is what a search looks into (`resolvers.notes.fold_body`).
    """

    lead_id = fields.UUIDField(null=True)
    deal_id = fields.UUIDField(null=True)
    author_id = fields.UUIDField()
    body = fields.TextField()
    folded_body = fields.TextField(db_default="")
    created_at = fields.DatetimeField(default=now)
    import_key = fields.CharField(max_length=64, null=True)

    class Meta:
        table = "notes"


class Comment(AccountRow):
    """A reply that hangs on a note and so moves with it."""

    note_id = fields.UUIDField()
    author_id = fields.UUIDField()
    body = fields.TextField()
    created_at = fields.DatetimeField(default=now)

    class Meta:
        table = "comments"


class Mention(AccountRow):
    """A user named in a note (`comment_id` null) or in a comment on it."""

    note_id = fields.UUIDField()
    comment_id = fields.UUIDField(null=True)
    user_id = fields.UUIDField()
    position = fields.IntField()

    class Meta:
        table = "mentions"
