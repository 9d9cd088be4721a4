"""The world that random questions are asked about grows with the schema."""

from models.database import Database
from resolvers.ids import PREFIXES
from resolvers.reads.tables import TABLES
from tests.resolvers.reads.worlds import make_world

# Types whose rows the world may lack as yet: random questions then find nothing of them.
WAITING = {
    "ConversionRun",
    "DealDiscount",
    "DealInstallment",
    "DealProduct",
    "FormulaField",
    "MailMessage",
    "MailThread",
    "OrganizationMerge",
    "PersonMerge",
    "Product",
}


async def test_the_world_has_rows_of_every_type_that_is_read(database: Database) -> None:
    world = await make_world(1)
    unfilled = set(TABLES) & set(PREFIXES) - set(world.ids)
    assert unfilled <= WAITING, "give tests/resolvers/reads/worlds.py rows of these types, or name them in WAITING"
