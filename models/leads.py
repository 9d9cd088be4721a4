"""Leads: prospects in the inbox."""

from tortoise import fields

from models.opportunities import Opportunity


class Lead(Opportunity):
    """A prospect. It needs a person or an organization; the database insists.

    `import_key` is the identity of the imported row it came from, unique in the account.
    """

    is_seen = fields.BooleanField(default=False)
    archived_at = fields.DatetimeField(null=True)
    import_key = fields.CharField(max_length=64, null=True)

    class Meta:
        table = "leads"
