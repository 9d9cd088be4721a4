"""The figures of a server: what is counted, and who may read it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from app.asgi import create_app
from app.settings import Settings
from models import database as databases
from resolvers.tokens import make_token
from tests import given
from tests.app.conftest import Server, serving
from tests.app.test_asgi import socket

SECRET = "a token for the watcher"


@pytest.fixture
def metrics_token() -> SecretStr | None:
    return SecretStr(SECRET)


@pytest_asyncio.fixture
async def server(settings: Settings, metrics_token: SecretStr | None) -> AsyncIterator[Server]:
    await databases.open_database(settings.database_url)
    company = await given.company()
    token = await make_token(company.id, company.anna.id, "tests")
    await databases.close_database()
    settings = settings.model_copy(update={"metrics_token": metrics_token})
    async with serving(create_app(settings), settings, headers={"authorization": f"Bearer {token}"}) as http:
        yield Server(http, company, token)


async def figures(server: Server) -> dict[str, float]:
    response = await server.http.get("/metrics", headers={"authorization": f"Bearer {SECRET}"})
    assert response.status_code == 200
    samples = [each for family in text_string_to_metric_families(response.text) for each in family.samples]
    return {" ".join([each.name, *each.labels.values()]): each.value for each in samples}


async def test_what_a_server_does_is_counted(server: Server) -> None:
    before = await figures(server)
    for document in (
        "{ labels { name } }",
        "{ labels { name } }",
        "{ __schema { queryType { name } } }",
        "{ nothing }",
    ):
        await server.ask(document)
    await server.http.post("/graphql", content=b"{", headers={"content-type": "application/json"})
    async with socket(server, {"token": server.token}) as one:
        await one.hear()
        await one.watch(server, "1")
        assert (await one.hear())["type"] == "next"
        during = await figures(server)

    def more(name: str) -> float:
        return during[name] - before.get(name, 0)

    assert more("lejek_operations_total plan") == 2
    assert more("lejek_operations_total executor") == 1
    assert more("lejek_request_seconds_count answered") == 3
    assert more("lejek_request_seconds_count errors") == more("lejek_request_seconds_count refused") == 1
    assert more("lejek_plans_total found") >= 1 <= more("lejek_plans_total compiled")
    assert more("lejek_messages_told_total") == 1
    assert (during["lejek_sockets"], during["lejek_subscriptions"], during["lejek_groups"]) == (1, 1, 1)


async def test_figures_are_told_to_who_has_the_token_only(server: Server) -> None:
    for authorization in ("", "Bearer", "Bearer wrong", f"Basic {SECRET}", f"Bearer {server.token}"):
        response = await server.http.get("/metrics", headers={"authorization": authorization})
        assert response.status_code == 401 and "lejek_" not in response.text


@pytest.mark.parametrize("metrics_token", [None])
async def test_without_a_token_in_the_settings_there_are_no_figures(server: Server) -> None:
    response = await server.http.get("/metrics", headers={"authorization": "Bearer x"})
    assert response.status_code == 404 and "lejek_" not in response.text
