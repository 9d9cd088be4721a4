"""A board shows who entered a stage last: an index in that order."""

from tortoise import migrations

from models.constraining import Constrain
from models.constraints import Index


class Migration(migrations.Migration):
    """The index for the pages of a board."""

    dependencies = [("models", "0003_plans")]
    operations = [
        Constrain(
            Index("deals", "stage_id, status, stage_entered_at, id", "removed_at IS NULL", "entered_stage"),
        )
    ]
