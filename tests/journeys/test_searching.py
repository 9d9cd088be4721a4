"""A search that is written into a document, and so asked by many, is each viewer's own."""

from models.base import Visibility
from tests import given
from tests.journeys.conftest import World

ASKED = """{ deals(filter: { search: "tajny" }) { totalCount nodes { title } }
  leads(filter: { search: "tajny" }) { totalCount } }"""


async def test_a_search_finds_for_each_viewer_what_they_see(world: World) -> None:
    acme = world.acme
    hidden = await given.person(acme.celina, "Tajny Jan", visibility=Visibility.OWNER)
    await given.deal(acme.anna, acme.stages[0], "Deal", person_id=hidden.id)
    for user, count in ((acme.celina, 1), (acme.anna, 0), (acme.celina, 1), (acme.admin, 1), (acme.bartek, 0)):
        answer = await (await world.client(user)).ask(ASKED)
        assert (answer["deals"]["totalCount"], len(answer["deals"]["nodes"])) == (count, count)
        assert answer["leads"]["totalCount"] == 0
