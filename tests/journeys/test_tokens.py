"""A token that may only read: it asks and watches, and changes nothing, whichever way it tries."""

from tests import given
from tests.journeys.boards import INBOX_CHANGES
from tests.journeys.client import Client, is_a
from tests.journeys.conftest import World

CREATE = """mutation ($input: CreateTokenInput!) { createToken(input: $input) {
  token { name scope } secret errors { code message path } } }"""
LEAD = """mutation ($input: CreateLeadInput!) { createLead(input: $input) {
  lead { title } errors { code message path } } }"""


async def test_a_token_that_may_only_read_asks_and_watches_and_changes_nothing(world: World) -> None:
    anna, person = await world.client(world.acme.anna), await given.person(world.acme.anna)
    made = await anna.do(CREATE, name="Report", scope="READ")
    assert made["token"] == {"name": "Report", "scope": "READ"}
    reader = Client(world.http, made["secret"])
    asked = {"title": "A lead", "personId": f"person_{person.id.hex}"}
    async with reader.watch(INBOX_CHANGES) as inbox:
        assert is_a("CaughtUp")(await inbox.event())
        for document, given_input in ((LEAD, asked), (CREATE, {"name": "More"})):
            (payload,) = (await reader.ask(document, input=given_input)).values()
            (error,) = payload["errors"]
            assert (error["code"], error["path"]) == ("FORBIDDEN", []) and "WRITE" in error["message"]
        headers = {"authorization": f"Bearer {reader.token}"}
        sent = await world.http.post("/uploads", params={"fileName": "a.csv"}, content=b"Title", headers=headers)
        assert (sent.status_code, sent.json()["errors"][0]["extensions"]["code"]) == (403, "FORBIDDEN")
        writer = Client(world.http, (await anna.do(CREATE, name="Sync"))["secret"])
        await writer.do(LEAD, **asked)
        assert is_a("LeadAdded")(await inbox.event())
    assert (await reader.ask("{ leads { totalCount } }"))["leads"]["totalCount"] == 1
    tokens = (await reader.ask("{ tokens { name scope } }"))["tokens"]
    assert {each["name"]: each["scope"] for each in tokens} == {"journey": "WRITE", "Report": "READ", "Sync": "WRITE"}
