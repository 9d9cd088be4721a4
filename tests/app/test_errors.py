"""What clients see of errors: their own mistakes in words, ours as a number."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from app import errors
from tests.app.conftest import SecretLeaked, Server


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    with structlog.testing.capture_logs() as entries:
        yield entries


async def test_an_unexpected_exception_is_masked_and_logged_under_its_number(server: Server, logged: list[Any]) -> None:
    response = await server.ask("{ hello broken }")
    assert response.json()["data"] == {"hello": "Hello, you", "broken": None}
    [error] = response.json()["errors"]
    number = re.fullmatch(r"Internal error \(id ([0-9a-f]{12})\)\.", error["message"])
    assert number and error["extensions"] == {"code": "INTERNAL"} and error["path"] == ["broken"]
    assert "hunter2" not in response.text
    [entry] = [entry for entry in logged if entry.get("id") == number[1]]
    assert isinstance(entry["exc_info"], SecretLeaked)


@pytest.mark.parametrize("document", ["{ required }", "{ wide }", "{ bare }"])
async def test_what_only_a_bug_can_cause_is_masked(server: Server, document: str, logged: list[Any]) -> None:
    response = await server.ask(document)
    [error] = response.json()["errors"]
    assert error["extensions"]["code"] == "INTERNAL" and "hunter2" not in response.text
    assert "data" in response.json()


async def test_a_refusal_of_a_resolver_keeps_its_code_and_says_which_argument(server: Server) -> None:
    [error] = (await server.ask("{ refused }")).json()["errors"]
    assert error["message"] == "This is no cursor."
    assert error["extensions"] == {"code": "INVALID", "argument": ["after"]}
    assert error["path"] == ["refused"] and error["locations"] == [{"line": 1, "column": 3}]


async def test_an_error_raised_for_the_client_passes(server: Server) -> None:
    [error] = (await server.ask("{ forbidden }")).json()["errors"]
    assert (error["message"], error["extensions"]) == ("Not for you.", {"code": "FORBIDDEN"})


async def test_a_bad_variable_is_named(server: Server) -> None:
    [error] = (await server.ask("query ($n: Int!) { square(of: $n) }", variables={"n": "x"})).json()["errors"]
    assert "$n" in error["message"] and error["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_nullable_variable_in_a_required_place_is_the_clients_error(server: Server) -> None:
    query = "query ($n: Int = 3) { square(of: $n) }"
    [error] = (await server.ask(query, variables={"n": None})).json()["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"


def test_a_long_message_is_cut() -> None:
    assert errors.shorten("x" * 400) == "x" * 400
    assert errors.shorten("x" * 401) == "x" * 399 + "…"
