"""Which path answered is counted, and said in a header where the server is one for development."""

import httpx
import pytest

from app.asgi import make_engine
from app.callers import Callers
from app.http import PATH_HEADER, GraphQLDoor
from app.settings import Settings
from resolvers.tokens import make_token
from tests.given import Company

ASKED = {
    "{ labels { name } pipelines { name } }": "plan",
    "{ __typename }": "plan",
    "{ viewer { user { name } } }": "executor",
    "{ labels { name } __schema { queryType { name } } }": "executor",
    "{ leads(first: -1) { totalCount } }": "executor",
    'mutation { createTeam(input: {name: "Sales"}) { team { name } } }': "executor",
}


async def paths(company: Company, *, development: bool) -> tuple[list[str | None], dict[str, int]]:
    """What the header says of each request, and what was counted."""
    settings = Settings(development=development)
    engine = make_engine(settings)
    transport = httpx.ASGITransport(GraphQLDoor(engine, Callers(), settings))
    headers = {"authorization": f"Bearer {await make_token(company.id, company.admin.id, 'test')}"}
    said = []
    async with httpx.AsyncClient(transport=transport, base_url="http://lejek", headers=headers) as client:
        for document in ASKED:
            answer = await client.post("/graphql", json={"query": document})
            assert answer.status_code == 200
            said.append(answer.headers.get(PATH_HEADER))
    return said, dict(engine.answered)


@pytest.mark.parametrize("development", [True, False])
async def test_the_path_is_counted_and_said_in_development_alone(acme: Company, development: bool) -> None:
    said, counted = await paths(acme, development=development)
    assert said == (list(ASKED.values()) if development else [None] * len(ASKED))
    assert counted == {"plan": 2, "executor": 4}
