"""What gql learns by introspection."""

import pytest
from gql import Client, GraphQLRequest
from gql.transport.aiohttp import AIOHTTPTransport
from graphql import GraphQLError, build_schema, find_breaking_changes, find_dangerous_changes

from tests.clients.conftest import SCHEMA, Lejek


async def test_the_schema_that_is_fetched_is_the_one_that_is_printed(lejek: Lejek) -> None:
    transport = AIOHTTPTransport(url=lejek.url, headers={"Authorization": f"Bearer {lejek.token}"})
    async with Client(transport=transport, fetch_schema_from_transport=True) as session:
        fetched, printed = session.client.schema, build_schema(SCHEMA.read_text())
        assert fetched is not None
        for old, new in ((fetched, printed), (printed, fetched)):
            assert find_breaking_changes(old, new) == [] and find_dangerous_changes(old, new) == []
        answer = await session.execute(GraphQLRequest("{ viewer { user { name } } }"))
        assert answer == {"viewer": {"user": {"name": "Anna"}}}
        with pytest.raises(GraphQLError, match="Cannot query field 'pipeline' on type 'Lead'"):
            await session.execute(GraphQLRequest('{ lead(id: "lead_1") { pipeline { id } } }'))
