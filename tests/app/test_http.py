"""The HTTP door: media types, malformed bodies, methods, bounds. Nothing is ever a 500."""

import asyncio
import gzip
import json
from contextlib import suppress
from urllib.parse import quote

import httpx
import pytest

from tests.app.conftest import Server

RESPONSE = "application/graphql-response+json"
JSON = {"content-type": "application/json"}
HELLO = b'{"query": "{ hello }"}'


@pytest.fixture
def server(shared_server: Server) -> Server:
    return shared_server


def code_of(response: httpx.Response) -> str:
    errors = response.json()["errors"]
    assert len(errors) == 1 and errors[0]["message"], errors
    return str(errors[0]["extensions"]["code"])


async def test_a_query_is_answered(server: Server) -> None:
    response = await server.ask("query Q($n: String) { hello(name: $n) }", variables={"n": "Anna"}, operationName="Q")
    assert (response.status_code, response.json()) == (200, {"data": {"hello": "Hello, Anna"}})


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/json", "application/json"),
        ("application/json; charset=utf-8", "application/json"),
        (RESPONSE, RESPONSE),
        (f"{RESPONSE}, application/json;q=0.9", RESPONSE),
        (f"{RESPONSE};q=0.5, application/json", "application/json"),
        (f"{RESPONSE}, application/json", RESPONSE),
        # urql, and Apollo Client with @defer
        (f"{RESPONSE}, application/graphql+json, application/json, text/event-stream, multipart/mixed", RESPONSE),
        ("multipart/mixed;deferSpec=20220824,application/graphql-response+json,application/json;q=0.9", RESPONSE),
        ("text/html, */*;q=0.1", "application/json"),
        ("application/json;q=0, */*", RESPONSE),
    ],
)
async def test_the_answer_comes_as_what_the_client_likes_best(server: Server, accept: str | None, media: str) -> None:
    request = server.http.build_request("POST", "/graphql", content=HELLO, headers=JSON)
    del request.headers["accept"]
    if accept is not None:
        request.headers["accept"] = accept
    response = await server.http.send(request)
    assert (response.status_code, response.headers["content-type"]) == (200, f"{media}; charset=utf-8")


@pytest.mark.parametrize("accept", ["text/html", "image/png, text/event-stream", "application/json;q=0", "nonsense"])
async def test_a_client_that_takes_neither_media_type_gets_406(server: Server, accept: str) -> None:
    response = await server.http.post("/graphql", content=HELLO, headers={**JSON, "accept": accept})
    assert (response.status_code, code_of(response)) == (406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{ hello", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("query ($n: Int!) { square(of: $n) }", "BAD_USER_INPUT"),
        ("query A { hello } query B { hello }", "OPERATION_RESOLUTION_FAILURE"),
        ("fragment F on Query { hello }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { ticked(from: 1) { hello } }", "SUBSCRIPTION_OVER_HTTP"),
    ],
)
async def test_a_request_error_has_no_data_and_its_status_depends_on_the_media_type(
    server: Server, document: str, code: str
) -> None:
    body = {"query": document}
    plain = await server.http.post("/graphql", json=body, headers={"accept": "application/json"})
    modern = await server.http.post("/graphql", json=body, headers={"accept": RESPONSE})
    assert (plain.status_code, modern.status_code) == (200, 400)
    assert plain.json() == modern.json() and "data" not in plain.json()
    assert code_of(plain) == code


async def test_a_field_error_leaves_its_data_and_is_no_error_of_the_request(server: Server) -> None:
    response = await server.http.post("/graphql", json={"query": "{ hello forbidden }"}, headers={"accept": RESPONSE})
    assert response.status_code == 200
    assert response.json()["data"] == {"hello": "Hello, you", "forbidden": None}
    assert code_of(response) == "FORBIDDEN"


MALFORMED: dict[str, tuple[bytes, int]] = {
    "empty": (b"", 400),
    "blank": (b"  \n", 400),
    "no json": (b"query { hello }", 400),
    "cut off": (b'{"query": "{ hello', 400),
    "bad utf-8": (b'{"query": "\xff\xfe"}', 400),
    "cut off utf-8": ('{"query": "{ hello(name: \\"ż'.encode()[:-1], 400),
    "utf-16": ('{"query": "{ hello }"}'.encode("utf-16"), 400),
    "a lone surrogate": (b'{"query": "{ hello(name: \\"\\ud83d\\") }"}', 400),
    "null": (b"null", 400),
    "a number": (b"7", 400),
    "a string": (b'"{ hello }"', 400),
    "true": (b"true", 400),
    "a list": (b'[{"query": "{ hello }"}]', 400),
    "an empty list": (b"[]", 400),
    "no query": (b"{}", 400),
    "a null query": (b'{"query": null}', 400),
    "an empty query": (b'{"query": ""}', 400),
    "a query that is a number": (b'{"query": 1}', 400),
    "a query that is a list": (b'{"query": ["{ hello }"]}', 400),
    "variables that are a list": (b'{"query": "{ hello }", "variables": []}', 400),
    "variables that are a string": (b'{"query": "{ hello }", "variables": "{}"}', 400),
    "an operation name that is a number": (b'{"query": "{ hello }", "operationName": 1}', 400),
    "extensions that are a list": (b'{"query": "{ hello }", "extensions": []}', 400),
    "not a number": (b'{"query": "{ hello }", "variables": {"a": NaN}}', 400),
    "an integer of 5,000 digits": (b'{"query": "{ hello }", "variables": {"a": ' + b"1" * 5000 + b"}}", 400),
    "lists nested 20,000 deep": (b"[" * 20_000, 400),
    "objects nested 8,000 deep": (b'{"a":' * 8_000, 400),
    "variables nested 20,000 deep": (b'{"query": "{ hello }", "variables": {"a": ' + b"[" * 20_000, 400),
    "over the bound": (b'{"query": "{ hello }", "variables": {"a": "' + b"x" * 50_000 + b'"}}', 413),
}


@pytest.mark.parametrize(("body", "status"), MALFORMED.values(), ids=MALFORMED.keys())
async def test_a_malformed_body_is_the_clients_error_and_says_what_is_wrong(
    server: Server, body: bytes, status: int
) -> None:
    for accept in ("application/json", RESPONSE):
        response = await server.http.post("/graphql", content=body, headers={**JSON, "accept": accept})
        assert response.status_code == status
        assert response.headers["content-type"] == f"{accept}; charset=utf-8"
        assert code_of(response) in {"BAD_REQUEST", "PAYLOAD_TOO_LARGE"}
        assert len(response.content) < 1_000


async def test_a_body_nested_a_hundred_thousand_deep_is_refused(server: Server) -> None:
    response = await server.http.post("/graphql", content=b"[" * 49_999, headers=JSON)
    assert (response.status_code, code_of(response)) == (400, "BAD_REQUEST")
    response = await server.http.post("/graphql", content=b"[" * 100_000, headers=JSON)
    assert (response.status_code, code_of(response)) == (413, "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize(
    "document",
    ["{ square(of: " + "1" * 5_000 + ") }", "{" * 5_000, "{ a" * 2_000, '{ hello(name: "' + "x" * 5_000],
    ids=["an integer of 5,000 digits", "braces", "fields nested 2,000 deep", "an endless string"],
)
async def test_a_hostile_document_is_refused_and_not_echoed(server: Server, document: str) -> None:
    response = await server.http.post("/graphql", json={"query": document}, headers={"accept": RESPONSE})
    assert response.status_code == 400
    assert len(response.content) < 1_500


async def test_variables_and_names_are_not_echoed_at_length(server: Server) -> None:
    long = "x" * 20_000
    for body in (
        {"query": "query ($n: Int!) { square(of: $n) }", "variables": {"n": long}},
        {"query": "{ " + long + " }"},
        {"query": "{ hello }", "operationName": long},
    ):
        response = await server.http.post("/graphql", json=body, headers={"accept": RESPONSE})
        assert response.status_code == 400
        assert len(response.content) < 1_500


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "text/plain",
        "application/graphql",
        "application/x-www-form-urlencoded",
        "application/json; charset=iso-8859-1",
        "application/json;charset=utf-16",
    ],
)
async def test_what_is_not_json_in_utf_8_gets_415(server: Server, content_type: str | None) -> None:
    headers = {} if content_type is None else {"content-type": content_type}
    response = await server.http.post("/graphql", content=HELLO, headers=headers)
    assert (response.status_code, code_of(response)) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("content_type", ["application/json", 'Application/JSON; Charset="UTF-8"', "application/json;"])
async def test_json_in_utf_8_is_taken_however_it_is_written(server: Server, content_type: str) -> None:
    response = await server.http.post("/graphql", content=HELLO, headers={"content-type": content_type})
    assert response.json() == {"data": {"hello": "Hello, you"}}


async def test_a_compressed_body_gets_415(server: Server) -> None:
    headers = {**JSON, "content-encoding": "gzip"}
    response = await server.http.post("/graphql", content=gzip.compress(HELLO), headers=headers)
    assert (response.status_code, code_of(response)) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert response.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_other_methods_get_405_and_are_told_which_are_allowed(server: Server, method: str) -> None:
    response = await server.http.request(method, "/graphql", content=HELLO, headers=JSON)
    assert (response.status_code, code_of(response)) == (405, "METHOD_NOT_ALLOWED")
    assert response.headers["allow"] == "GET, POST"


async def test_a_query_may_come_by_get(server: Server) -> None:
    parameters = {
        "query": "query Q($n: String) { hello(name: $n) }",
        "variables": '{"n": "Żaneta"}',
        "operationName": "Q",
    }
    response = await server.http.get("/graphql", params=parameters)
    assert (response.status_code, response.json()) == (200, {"data": {"hello": "Hello, Żaneta"}})


async def test_a_mutation_may_not_come_by_get(server: Server) -> None:
    response = await server.http.get("/graphql", params={"query": "mutation { add(number: 1) }"})
    assert (response.status_code, code_of(response)) == (405, "METHOD_NOT_ALLOWED")
    assert response.headers["allow"] == "POST"
    assert (await server.ask("mutation { add(number: 1) }")).json() == {"data": {"add": 2}}


@pytest.mark.parametrize(
    "query_string",
    [
        "",
        "query=",
        "query=%FF",
        "query=%7Bhello%7D&variables=7",
        "query=%7Bhello%7D&variables=%7B",
        "a=1&a=2",
        "query=%7Bhello%7D&query=%7Bhello%7D",
        "&".join(f"a{number}=1" for number in range(100)),
    ],
)
async def test_malformed_parameters_are_the_clients_error(server: Server, query_string: str) -> None:
    response = await server.http.get(f"/graphql?{query_string}")
    assert (response.status_code, code_of(response)) == (400, "BAD_REQUEST")


async def test_a_url_over_the_bound_gets_414(server: Server) -> None:
    response = await server.http.get(f"/graphql?query={quote('{ hello }')}&x={'x' * 50_000}")
    assert (response.status_code, code_of(response)) == (414, "URI_TOO_LONG")


async def start(server: Server, *headers: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection with the head of a POST sent, its body still to come."""
    url = server.http.base_url
    reader, writer = await asyncio.open_connection(url.host, url.port)
    head = ["POST /graphql HTTP/1.1", "host: x", f"authorization: Bearer {server.token}", *headers]
    writer.write("\r\n".join([*head, "content-type: application/json", "", ""]).encode())
    return reader, writer


async def test_a_body_longer_than_the_bound_still_gets_its_answer(server: Server) -> None:
    response = await server.http.post("/graphql", content=b" " * 5_000_000, headers=JSON)
    assert (response.status_code, code_of(response)) == (413, "PAYLOAD_TOO_LARGE")


async def test_a_chunked_body_without_an_end_is_answered_and_cut_off(server: Server) -> None:
    reader, writer = await start(server, "transfer-encoding: chunked")
    answer = asyncio.create_task(reader.readuntil(b"}]}"))
    with suppress(ConnectionError):
        while not answer.done():
            writer.write(b"2710\r\n" + b" " * 10_000 + b"\r\n")
            await writer.drain()
    assert (await answer).startswith(b"HTTP/1.1 413 ")
    with pytest.raises(ConnectionError):
        while True:  # until the server hangs up
            writer.write(b"2710\r\n" + b" " * 10_000 + b"\r\n")
            await writer.drain()
    writer.close()


async def test_a_declared_length_over_the_bound_is_refused_before_a_byte_of_it_is_read(server: Server) -> None:
    reader, writer = await start(server, "content-length: 999999999999")
    answer = await reader.read()  # to the end: the connection is closed
    writer.close()
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["errors"][0]["extensions"]["code"] == "PAYLOAD_TOO_LARGE"


async def test_a_body_that_does_not_arrive_gets_408(server: Server) -> None:
    reader, writer = await start(server, "content-length: 20")
    writer.write(b"{")
    answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 408 ")


async def test_a_client_that_leaves_in_the_middle_of_its_body_breaks_nothing(server: Server) -> None:
    _, writer = await start(server, "content-length: 20")
    writer.write(b"{")
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert (await server.ask("{ hello }")).status_code == 200


@pytest.mark.parametrize(
    ("accept_language", "locale"),
    [
        (None, "en"),
        ("pl", "pl"),
        ("pl-PL,pl;q=0.9,en;q=0.8", "pl"),
        ("en-GB, pl;q=0.5", "en"),
        ("de, pl;q=0.2", "pl"),
        ("de", "en"),
        ("pl;q=0", "en"),
        ("pl;q=x", "en"),
        ("", "en"),
        ("pl;q=0.5, en;q=0.9", "en"),
        ("PL", "pl"),
    ],
)
async def test_accept_language_picks_english_or_polish(
    server: Server, accept_language: str | None, locale: str
) -> None:
    headers = {} if accept_language is None else {"accept-language": accept_language}
    response = await server.http.post("/graphql", json={"query": "{ locale }"}, headers=headers)
    assert response.json() == {"data": {"locale": locale}}
