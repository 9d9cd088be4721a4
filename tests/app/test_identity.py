"""Who is asking: tokens, kept as hashes, and remembered for a moment."""

import asyncio
from hashlib import sha256

import httpx
import pytest

from app.callers import Callers
from app.identity import Credential, bearer, token_of_connection
from models.base import now
from models.users import Role, TeamMember, Token, User
from resolvers.access import load_viewer
from resolvers.tokens import hashed, make_token
from tests.app.conftest import Server
from tests.given import Company


def refused(response: httpx.Response) -> str:
    assert response.status_code == 401
    assert "data" not in response.json()
    assert response.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
    return response.headers["www-authenticate"]


async def asked_with(server: Server, authorization: str | None) -> httpx.Response:
    request = server.http.build_request("POST", "/graphql", json={"query": "{ me }"})
    del request.headers["authorization"]
    if authorization is not None:
        request.headers["authorization"] = authorization
    return await server.http.send(request)


async def test_a_token_stands_for_its_user(server: Server) -> None:
    assert (await server.ask("{ me }")).json() == {"data": {"me": str(server.company.anna.id)}}
    response = await asked_with(server, f"bearer  {server.token}")
    assert response.json() == {"data": {"me": str(server.company.anna.id)}}


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Basic YTpi", "lejek_x"])
async def test_without_a_token_a_request_is_refused(server: Server, authorization: str | None) -> None:
    assert refused(await asked_with(server, authorization)) == "Bearer"


@pytest.mark.parametrize("wrong", ["lejek_unknown", "x" * 5_000, "a b", "' OR 1=1 --", "%00", "ÿ"])
async def test_an_unknown_token_is_refused(server: Server, wrong: str) -> None:
    request = server.http.build_request("POST", "/graphql", json={"query": "{ me }"})
    headers = [(b"authorization", b"Bearer " + wrong.encode("latin-1")), (b"content-type", b"application/json")]
    response = await server.http.post(request.url, content=request.content, headers=headers)
    assert refused(response) == 'Bearer error="invalid_token"'


async def test_who_has_no_token_learns_nothing_of_the_schema_or_the_body(server: Server) -> None:
    for body in (b"{", b'{"query": "{ nothing }"}', b"x" * 200_000):
        headers = {"authorization": "", "content-type": "application/json"}
        refused(await server.http.post("/graphql", content=body, headers=headers))


async def test_a_token_that_is_revoked_elsewhere_stops_once_it_is_forgotten(server: Server) -> None:
    assert (await server.ask("{ me }")).status_code == 200
    await Token.all().update(revoked_at=now())
    while (response := await server.ask("{ me }")).status_code == 200:
        pass  # until the door forgets; the test's time-out ends what never does
    refused(response)


async def test_callers_are_remembered_until_their_account_changes_or_they_leave(acme: Company) -> None:
    credential = Credential(hashed(await make_token(acme.id, acme.anna.id, "a script")))
    callers = Callers(seconds=1_000)
    before = await callers.find(credential, "en")
    await User.filter(id=acme.anna.id).update(role=Role.ADMIN)
    assert before is not None and await callers.find(credential, "en") is before
    assert await callers.find(credential, "pl") == await load_viewer(acme.id, acme.anna.id, "pl")
    callers.forget_account(acme.id)
    after = await callers.find(credential, "en")
    assert after is not None and after.is_admin and not before.is_admin
    await Token.all().update(revoked_at=now())
    callers.forget_credential(credential.hash)
    assert await callers.find(credential, "en") is None


async def test_who_was_looked_up_while_something_changed_is_not_remembered(acme: Company) -> None:
    credential = Credential(hashed(await make_token(acme.id, acme.anna.id, "a script")))
    callers = Callers(seconds=1_000)
    looking = asyncio.create_task(callers.find(credential, "en"))
    await asyncio.sleep(0)  # it has begun to look
    callers.forget_account(acme.id)
    first = await looking
    assert first is not None and await callers.find(credential, "en") is not first


async def test_no_more_callers_are_remembered_than_there_is_room_for(acme: Company) -> None:
    callers = Callers(seconds=1_000, most=2)
    one, *others = [Credential(hashed(await make_token(acme.id, acme.anna.id, f"{n}"))) for n in range(3)]
    first, *known = [await callers.find(each, "en") for each in (one, *others)]
    assert all([await callers.find(each, "en") is there for each, there in zip(others, known, strict=True)])
    assert await callers.find(one, "en") is not first


async def test_the_rights_of_a_viewer_are_those_of_now(server: Server) -> None:
    anna = server.company.anna
    before = await Credential(hashed(server.token)).viewer()
    await TeamMember.filter(user_id=anna.id).delete()
    await User.filter(id=anna.id).update(role=Role.ADMIN)
    after = await Credential(hashed(server.token)).viewer()
    assert before is not None and after is not None
    assert (before.is_admin, after.is_admin) == (False, True)
    assert after == await load_viewer(anna.account_id, anna.id)


async def test_only_the_hash_of_a_token_is_kept(acme: Company) -> None:
    token = await make_token(acme.id, acme.anna.id, "a script")
    assert token.startswith("lejek_") and len(token) == 49
    [row] = await Token.all()
    assert (row.hash, row.name) == (sha256(token.encode()).hexdigest(), "a script")
    assert token not in {str(value) for value in vars(row).values()}
    assert token != await make_token(acme.id, acme.anna.id, "another")


def test_a_bearer_token_is_taken_out_of_its_header() -> None:
    assert bearer("Bearer abc") == bearer("BEARER   abc ") == "abc"
    assert bearer("Token abc") is bearer("Bearer") is bearer("") is bearer(None) is None


@pytest.mark.parametrize(
    ("payload", "header", "token"),
    [
        ({"authorization": "Bearer a"}, None, "a"),
        ({"Authorization": "Bearer a"}, "Bearer b", "a"),
        ({"token": "a"}, None, "a"),
        ({"authorization": "a", "token": "b"}, None, "b"),
        ({}, "Bearer b", "b"),
        (None, "Bearer b", "b"),
        ({"token": 7, "authorization": ["Bearer a"]}, None, None),
        (None, None, None),
    ],
)
def test_a_socket_brings_its_token_in_its_parameters_or_its_handshake(
    payload: dict[str, object] | None, header: str | None, token: str | None
) -> None:
    assert token_of_connection(payload, header) == token
