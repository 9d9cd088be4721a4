"""Signing in on the board: the cookie, its token against forged writes, its sockets and streams, its end."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from argon2 import PasswordHasher
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from app.asgi import create_app
from app.demo import load_demo
from app.departures import Departures
from app.identity import COOKIE, Credential, cookie_of, credential_of
from app.origins import is_own
from app.retention import forget_once
from app.settings import Settings
from models import database as databases
from models.base import now
from models.changes import Change
from models.sessions import Session, SignInAttempt
from models.users import Password, Role, User
from models.ways import Way
from resolvers import ids, sessions
from resolvers.tokens import hashed, make_token
from tests import given
from tests.app.conftest import Server, serving

PASSWORD = "długie hasło Anny"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # tests are not what attackers compute
ADD_LABEL = 'mutation { createLabel(input: {name: "Ciepły", color: "red"}) { label { name } errors { code } } }'
ADD_FILE = "mutation ($file: Upload!) { addFile(input: {file: $file}) { errors { code } } }"
SET_PASSWORD = """mutation ($input: SetPasswordInput!) {
  setPassword(input: $input) { user { name } errors { code path } }
}"""
ME = "{ viewer { user { email } } }"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resolvers.passwords._hasher", CHEAP)


@pytest_asyncio.fixture
async def server(settings: Settings) -> AsyncIterator[Server]:
    await databases.open_database(settings.database_url)
    company = await given.company()
    for user in (company.anna, company.admin):
        await Password.create(account_id=company.id, user_id=user.id, hash=CHEAP.hash(PASSWORD.encode()))
    await databases.close_database()
    async with serving(create_app(settings), settings) as http:
        yield Server(http, company, "")


async def sign_in(server: Server, email: str = "anna@example.com", password: str = PASSWORD) -> httpx.Response:
    return await server.http.post("/session", json={"email": email, "password": password})


async def signed_in(server: Server, email: str = "anna@example.com") -> dict[str, str]:
    """The header that writes need; the client keeps the cookie."""
    answer = await sign_in(server, email)
    assert answer.status_code == 200, answer.text
    return {"x-csrf-token": answer.json()["csrfToken"]}


def refused(response: httpx.Response, status: int, code: str) -> str:
    (error,) = response.json()["errors"]
    assert (response.status_code, error["extensions"]) == (status, {"code": code})
    return str(error["message"])


async def test_one_signs_in_and_out(server: Server) -> None:
    nobody = {"user": None, "account": None, "csrfToken": None, "demo": []}
    assert (await server.http.get("/session")).json() == nobody
    answer = await sign_in(server, " ANNA@example.com ")
    shown = answer.json()
    assert shown["user"]["name"] == "Anna" and shown["user"]["role"] == "REGULAR"
    assert shown["account"] == {"name": "Acme", "currency": "PLN"} and answer.headers["cache-control"] == "no-store"
    cookie = answer.headers["set-cookie"]
    assert cookie.endswith("; HttpOnly; SameSite=Lax") and "; Path=/;" in cookie and "Secure" not in cookie
    secret = server.http.cookies[COOKIE]
    [row] = await Session.all()
    assert row.hash == hashed(secret) and secret not in {str(value) for value in vars(row).values()}
    assert (await server.http.get("/session")).json() == shown
    assert (await server.ask(ME)).status_code == 403
    assert (await server.http.get("/graphql", params={"query": ME})).json()["data"]["viewer"]["user"] == {
        "email": "anna@example.com"
    }
    refused(await server.http.delete("/session"), 403, "CSRF")
    over = await server.http.delete("/session", headers={"x-csrf-token": shown["csrfToken"]})
    assert over.json() == nobody and "Max-Age=0" in over.headers["set-cookie"]
    server.http.cookies.set(COOKIE, secret)
    assert (await server.http.get("/session")).json() == nobody
    assert "sign in again" in refused(await server.http.get("/graphql", params={"query": ME}), 401, "UNAUTHENTICATED")


async def test_a_write_with_the_cookie_needs_the_sessions_own_token(server: Server) -> None:
    csrf = await signed_in(server, "admin@example.com")
    for path in ("/graphql", "/graphql/stream", "/uploads?fileName=a.csv"):
        for forged in (None, "", "0" * 64, csrf["x-csrf-token"][:-1]):
            headers = {} if forged is None else {"x-csrf-token": forged}
            message = refused(await server.http.post(path, json={"query": ADD_LABEL}, headers=headers), 403, "CSRF")
            assert "X-CSRF-Token" in message
    mine = await server.http.post("/graphql", json={"query": ADD_LABEL}, headers=csrf)
    assert mine.json()["data"]["createLabel"] == {"label": {"name": "Ciepły"}, "errors": []}
    place = {"map": (None, '{"0": ["variables.file"]}'), "0": ("a.txt", b"A")}
    form: dict[str, Any] = {"operations": (None, json.dumps({"query": ADD_FILE, "variables": {"file": None}})), **place}
    refused(await server.http.post("/graphql", files=form), 403, "CSRF")
    assert (await server.http.post("/graphql", files=form, headers=csrf)).json()["data"]["addFile"]["errors"]
    uploaded = await server.http.post("/uploads?fileName=a.csv", content=b"title\nA\n", headers=csrf)
    assert uploaded.status_code == 201


async def test_a_change_keeps_which_way_it_came_in(server: Server) -> None:
    await server.http.post("/graphql", json={"query": ADD_LABEL}, headers=await signed_in(server, "admin@example.com"))
    token = await make_token(server.company.id, server.company.admin.id, "a script")
    by_token = {"authorization": f"Bearer {token}"}  # wins over the cookie, and needs nothing more
    await server.http.post("/graphql", json={"query": ADD_LABEL.replace("Ciepły", "Zimny")}, headers=by_token)
    assert [change.way for change in await Change.all().order_by("revision")] == [Way.BOARD, Way.API]


async def test_a_wrong_password_and_an_unknown_email_are_told_alike(server: Server) -> None:
    wrong, unknown = await sign_in(server, password="wrong"), await sign_in(server, "nobody@example.com")
    without = await sign_in(server, "bartek@example.com", "")
    assert (wrong.status_code, wrong.content) == (unknown.status_code, unknown.content)
    assert (wrong.status_code, wrong.content) == (without.status_code, without.content)
    refused(wrong, 401, "UNAUTHENTICATED")
    assert "set-cookie" not in wrong.headers


async def test_the_password_decides_between_accounts(server: Server) -> None:
    other = await given.company("Other")
    await Password.create(account_id=other.id, user_id=other.anna.id, hash=CHEAP.hash(b"another of hers"))
    for password, account in (("another of hers", "Other"), (PASSWORD, "Acme")):
        assert (await sign_in(server, password=password)).json()["account"]["name"] == account


async def test_guessing_is_slowed_down_and_success_does_not_count(server: Server) -> None:
    assert (await sign_in(server)).status_code == 200
    assert await SignInAttempt.all().count() == 0
    guesses = [sign_in(server, password=f"guess {number}") for number in range(sessions.MOST_OF_BOTH + 5)]
    statuses = [answer.status_code for answer in await asyncio.gather(*guesses)]
    assert sorted(statuses) == [401] * sessions.MOST_OF_BOTH + [429] * 5
    slowed = await sign_in(server)
    refused(slowed, 429, "TOO_MANY")
    assert 1 <= int(slowed.headers["retry-after"]) <= sessions.WINDOW.total_seconds() + 1
    assert (await sign_in(server, "admin@example.com")).status_code == 200
    await SignInAttempt.all().update(at=now() - sessions.WINDOW)
    assert (await sign_in(server)).status_code == 200


@pytest.mark.parametrize(
    "body", [b"", b"{", b"null", b"[]", b'{"email": "a"}', b'{"email": 7, "password": "b"}', b"\xff", b"[" * 9_000]
)
async def test_a_body_that_is_no_sign_in_is_refused(server: Server, body: bytes) -> None:
    json_body = {"content-type": "application/json"}
    refused(await server.http.post("/session", content=body, headers=json_body), 400, "BAD_REQUEST")


async def test_a_sign_in_from_elsewhere_or_of_another_kind_is_refused(server: Server) -> None:
    given_well = {"email": "anna@example.com", "password": PASSWORD}
    for origin in ("https://evil.example", "null", f"{server.http.base_url}.evil.example"):
        refused(await server.http.post("/session", json=given_well, headers={"origin": origin}), 403, "ORIGIN")
    own = {"origin": str(server.http.base_url).rstrip("/")}
    assert (await server.http.post("/session", json=given_well, headers=own)).status_code == 200
    refused(await server.http.post("/session", data=given_well), 415, "UNSUPPORTED_MEDIA_TYPE")
    long = await server.http.post("/session", json={"email": "x" * 20_000, "password": ""})
    refused(long, 413, "PAYLOAD_TOO_LARGE")
    refused(await server.http.put("/session"), 405, "METHOD_NOT_ALLOWED")
    refused(await server.http.get("/session/demo"), 405, "METHOD_NOT_ALLOWED")


async def test_a_session_lasts_while_it_is_used_and_no_longer(server: Server) -> None:
    await signed_in(server)
    cookie = server.http.cookies[COOKIE]
    before = await Session.get(hash=hashed(cookie))
    await sessions.find_viewer(hashed(cookie))
    assert (await Session.get(id=before.id)).expires_at == before.expires_at  # not with each request
    week = timedelta(days=7)
    await Session.all().update(used_at=before.used_at - week, expires_at=before.expires_at - week)
    await sessions.find_viewer(hashed(cookie))
    after = await Session.get(id=before.id)
    assert after.expires_at >= before.expires_at and after.expires_at - after.used_at == timedelta(days=14)
    await Session.all().update(expires_at=now())
    assert (await server.http.get("/session")).json()["user"] is None
    assert await sessions.find_viewer(hashed(cookie)) is None
    await sessions.forget_sessions(now())
    assert await Session.all().count() == 0


@asynccontextmanager
async def socket(server: Server, origin: str | None, **headers: str) -> AsyncIterator[ClientConnection]:
    url = str(server.http.base_url.join("/graphql").copy_with(scheme="ws"))
    protocols: Any = ["graphql-transport-ws"]
    headers |= {"cookie": f"{COOKIE}={server.http.cookies[COOKIE]}"}
    headers |= {} if origin is None else {"origin": origin}
    async with connect(url, subprotocols=protocols, additional_headers=headers) as connection:
        await connection.send('{"type":"connection_init"}')
        yield connection


async def hear(connection: ClientConnection) -> Any:
    return json.loads(await asyncio.wait_for(connection.recv(), 20))


async def test_sockets_take_the_cookie_from_our_own_pages_only(server: Server) -> None:
    await signed_in(server)
    own = str(server.http.base_url).rstrip("/")
    async with socket(server, own) as connection:
        assert await hear(connection) == {"type": "connection_ack"}
        await connection.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": ME}}))
        assert (await hear(connection))["payload"]["data"]["viewer"]["user"]["email"] == "anna@example.com"
    for origin in (None, "https://evil.example", "null"):
        with pytest.raises(InvalidStatus) as refusal:
            async with socket(server, origin):
                raise AssertionError("it was let in")
        assert refusal.value.response.status_code == 403


async def test_signing_out_ends_the_sockets_and_streams_of_that_session_alone(server: Server) -> None:
    csrf, own = await signed_in(server), str(server.http.base_url).rstrip("/")
    async with socket(server, own) as here, httpx.AsyncClient(base_url=own, timeout=30) as elsewhere:
        other = Server(elsewhere, server.company, "")
        await signed_in(other)
        watching = {"query": "subscription { leadInboxChanged { __typename } }"}
        async with socket(other, own) as there, server.http.stream("GET", "/graphql/stream", params=watching) as stream:
            lines = stream.aiter_lines()
            while "CaughtUp" not in await anext(lines):
                pass
            assert [(await hear(each))["type"] for each in (here, there)] == ["connection_ack"] * 2
            await server.http.delete("/session", headers=csrf)
            with pytest.raises(ConnectionClosed) as closed:
                await hear(here)
            assert closed.value.rcvd is not None and closed.value.rcvd.code == 4403
            assert "this session is over" in "".join([line async for line in lines])
            await there.send('{"type":"ping"}')
            assert await hear(there) == {"type": "pong"}


async def test_who_leaves_at_another_process_is_found_out(server: Server) -> None:
    await signed_in(server)
    ended: list[str] = []
    departures = Departures()
    mine = Credential(hashed(server.http.cookies[COOKIE]), is_session=True)
    forget = departures.await_for(mine, lambda: ended.append("mine"))
    departures.await_for(Credential("another"), lambda: ended.append("another"))
    await departures.look()
    assert ended == []
    await sessions.end_session(mine.hash)
    await departures.look()
    assert ended == ["mine"]
    forget()
    await departures.look()
    assert ended == ["mine"]


async def test_a_password_is_changed_by_who_knows_it_and_ends_other_sessions(server: Server) -> None:
    csrf = await signed_in(server)
    kept = server.http.cookies[COOKIE]
    async with httpx.AsyncClient(base_url=server.http.base_url) as elsewhere:
        other = Server(elsewhere, server.company, "")
        await signed_in(other)

        async def ask(**change_given: str) -> Any:
            body = {"query": SET_PASSWORD, "variables": {"input": change_given}}
            return (await server.http.post("/graphql", json=body, headers=csrf)).json()["data"]["setPassword"]

        bartek = ids.encode("User", server.company.bartek.id)
        for wrong, code, path in (
            ({"newPassword": "a new one indeed"}, "FORBIDDEN", ["oldPassword"]),
            ({"newPassword": "a new one indeed", "oldPassword": "wrong"}, "FORBIDDEN", ["oldPassword"]),
            ({"newPassword": "short", "oldPassword": PASSWORD}, "INVALID", ["newPassword"]),
            ({"newPassword": "a new one indeed", "userId": bartek}, "FORBIDDEN", []),
        ):
            assert await ask(**wrong) == {"user": None, "errors": [{"code": code, "path": path}]}
        assert (await elsewhere.get("/session")).json()["user"] is not None
        done = await ask(newPassword="a new one indeed", oldPassword=PASSWORD)
        assert done == {"user": {"name": "Anna"}, "errors": []}
        assert (await elsewhere.get("/session")).json()["user"] is None
    assert (await server.http.get("/session")).json()["user"]["name"] == "Anna"
    assert (await sign_in(server)).status_code == 401
    assert server.http.cookies[COOKIE] == kept
    await User.filter(id=server.company.anna.id).update(role=Role.ADMIN)
    assert await ask(newPassword="one for Bartek", userId=bartek) == {"user": {"name": "Bartek"}, "errors": []}
    theirs = ids.encode("User", (await given.company("Other")).anna.id)
    assert (await ask(newPassword="one for Bartek", userId=theirs))["errors"][0]["code"] == "NOT_FOUND"
    assert (await sign_in(server, "bartek@example.com", "one for Bartek")).json()["user"]["name"] == "Bartek"


async def test_demo_users_come_in_by_one_click_where_the_demo_was_loaded(settings: Settings) -> None:
    await databases.open_database(settings.database_url)
    await load_demo(password="a demo password")
    real = await given.company("Acme")
    await databases.close_database()
    demo = settings.model_copy(update={"demo": True})
    async with serving(create_app(demo), demo) as http:
        listed = (await http.get("/session")).json()["demo"]
        assert {each["account"] for each in listed} == {"Lipa Meble", "Nordlicht"}
        answer = await http.post("/session/demo", json={"email": listed[0]["email"]})
        assert answer.json()["user"]["email"] == listed[0]["email"] and answer.json()["csrfToken"]
        refused(await http.post("/session/demo", json={"email": real.anna.email}), 401, "UNAUTHENTICATED")
        by_password = {"email": listed[1]["email"], "password": "a demo password"}
        assert (await http.post("/session", json=by_password)).status_code == 200
    async with serving(create_app(settings), settings) as http:
        assert (await http.get("/session")).json()["demo"] == []
        refused(await http.post("/session/demo", json={"email": listed[0]["email"]}), 401, "UNAUTHENTICATED")


async def test_behind_a_trusted_proxy_the_cookie_is_secure(settings: Settings, server: Server) -> None:
    given_well = {"email": "anna@example.com", "password": PASSWORD}
    forwarded = {"x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.7"}
    untrusted = await server.http.post("/session", json=given_well, headers=forwarded)
    assert "Secure" not in untrusted.headers["set-cookie"]
    behind = settings.model_copy(update={"trusted_proxies": "127.0.0.1"})
    async with serving(create_app(behind), behind) as http:
        answer = await http.post("/session", json=given_well, headers=forwarded)
        assert answer.headers["set-cookie"].endswith("; Secure")


@pytest.mark.parametrize(
    ("origin", "host", "own"),
    [
        ("http://a.pl", "a.pl", True),
        ("https://a.pl", "a.pl", True),
        ("https://a.pl", "a.pl:443", True),
        ("http://a.pl:8000", "a.pl:8000", True),
        ("http://[::1]:8000", "[::1]:8000", True),
        ("https://board.example", "a.pl", True),
        ("http://a.pl:8000", "a.pl:8001", False),
        ("http://b.pl", "a.pl", False),
        ("http://a.pl.b.pl", "a.pl", False),
        ("ftp://a.pl", "a.pl", False),
        ("null", "a.pl", False),
        ("http://a.pl:x", "a.pl", False),
        ("", "", False),
    ],
)
def test_an_origin_is_our_own_by_its_host_and_port(origin: str, host: str, own: bool) -> None:
    assert is_own({"origin": origin, "host": host}, ("https://board.example",)) is own


def test_a_cookie_is_found_among_others() -> None:
    assert cookie_of({"cookie": "a=b; lejek_session=xyz; c=d"}) == "xyz"
    for none in ("", "a=b", "lejek_session=", "xlejek_session=xyz", "lejek_session=" + "x" * 600, "lejek_session"):
        assert cookie_of({"cookie": none}) is None
    assert credential_of("token", {"cookie": "lejek_session=xyz"}) == Credential(hashed("token"))
    assert credential_of(None, {}) is None


async def test_the_retention_forgets_what_is_over(server: Server) -> None:
    await signed_in(server)
    await sessions.end_session(hashed(server.http.cookies[COOKIE]))
    await forget_once(30)
    await sessions.forget_sessions(now() - timedelta(hours=1))
    assert await Session.all().count() == 1  # other processes may not yet have looked
    await sessions.forget_sessions(now())
    assert await Session.all().count() == 0
