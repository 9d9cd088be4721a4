"""The totals of a board's stages, out of an index alone."""

from tortoise import migrations

from models.constraining import Constrain
from models.constraints import Index

# All that a total asks of a deal: what it is of, what it sums, and who sees it.
SUMMED = "stage_id, currency, value_minor, probability, account_id, visibility, owner_id"


class Migration(migrations.Migration):
    """One index."""

    dependencies = [("models", "0025_imports_of_what_is_sold")]
    operations = [Constrain(Index("deals", SUMMED, "status = 'OPEN' AND removed_at IS NULL", "totals"))]
