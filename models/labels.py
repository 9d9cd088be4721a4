"""Labels, shared by leads and deals so that they survive a conversion."""

from tortoise import fields

from models.base import AccountRow


class Label(AccountRow):
    """A coloured word put on leads and deals."""

    name = fields.CharField(max_length=64)
    color = fields.CharField(max_length=16)

    class Meta:
        table = "labels"


class LeadLabel(AccountRow):
    """A label on a lead."""

    lead_id = fields.UUIDField()
    label_id = fields.UUIDField()

    class Meta:
        table = "lead_labels"


class DealLabel(AccountRow):
    """A label on a deal."""

    deal_id = fields.UUIDField()
    label_id = fields.UUIDField()

    class Meta:
        table = "deal_labels"
