"""The five plans: how many open deals each allows. Leads are never counted."""

from tortoise import migrations
from tortoise.migrations import operations as ops

PLANS = {"Essential": "3000", "Advanced": "10000", "Professional": "100000", "Power": "200000", "Enterprise": "NULL"}
ROWS = ", ".join(f"('{name}', {limit})" for name, limit in PLANS.items())
NAMES = ", ".join(f"'{name}'" for name in PLANS)


class Migration(migrations.Migration):
    """The plans as data."""

    dependencies = [("models", "0002_constraints")]
    operations = [
        ops.RunSQL(
            f"INSERT INTO plans (name, open_deal_limit) VALUES {ROWS}",
            reverse_sql=f"DELETE FROM plans WHERE name IN ({NAMES})",
        )
    ]
