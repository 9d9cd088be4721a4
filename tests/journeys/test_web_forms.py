"""A visitor fills a form in, without a script or a cookie, and an open inbox shows it."""

import re
from datetime import timedelta
from html import unescape

import httpx

from models.base import now
from resolvers.form_tokens import make_token
from tests.journeys.boards import INBOX_CHANGES
from tests.journeys.client import Client, is_a
from tests.journeys.conftest import World, global_id

DEFINE = """mutation ($input: CreateWebFormInput!) {
  createWebForm(input: $input) { webForm { path } errors { code message path } }
}"""
FIELDS = [
    {"label": "Imię i nazwisko", "meaning": "PERSON_NAME"},
    {"label": "E-mail", "meaning": "EMAIL", "isRequired": True},
    {"label": "Wiadomość", "meaning": "MESSAGE"},
]
ANSWERS = {"person_name": "Łucja Żak", "email": "lucja@zak.pl", "message": "<b>Cześć</b>", "consent": "yes"}


async def define(world: World, **more: object) -> str:
    """The path of a form that the admin makes."""
    admin: Client = await world.client(world.acme.admin)
    payload = await admin.do(DEFINE, name="Kontakt", language="PL", fields=FIELDS, **more)
    path: str = payload["webForm"]["path"]
    return path


def opened_before(path: str, ago: timedelta = timedelta(minutes=1)) -> str:
    """The token of a page that was opened so long ago: people take a while, tests do not."""
    return make_token(path.removeprefix("/forms/"), now() - ago)


def hidden(page: httpx.Response) -> dict[str, str]:
    """What a page's form sends along by itself."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))


async def test_a_form_is_filled_in_and_the_inbox_shows_it(world: World) -> None:
    path = await define(world, consentText="Zgadzam się.", ownerIds=[global_id(world.acme.anna)])
    page = await world.http.get(path)
    assert (page.status_code, page.headers.get("set-cookie")) == (200, None)
    assert '<html lang="pl">' in page.text and "Wyślij" in page.text and "Zgadzam się." in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors *" in policy

    anna = await world.client(world.acme.anna)
    async with anna.watch(INBOX_CHANGES) as inbox:
        assert is_a("CaughtUp")(await inbox.event())
        # Faster than a person: shown again, as it was filled in, and taken the second time.
        early = await world.http.post(path, data=ANSWERS | hidden(page))
        assert early.status_code == 422 and "Łucja Żak" in early.text
        assert hidden(early) == hidden(page)
        # A field missing: said beside it, in Polish; and what was filled in is escaped.
        token = {"token": opened_before(path)}
        faulty = await world.http.post(path, data=ANSWERS | token | {"email": ""})
        assert faulty.status_code == 422 and 'aria-describedby="email-fault"' in faulty.text
        assert "Prosimy wypełnić to pole." in faulty.text and "<b>Cześć</b>" not in faulty.text
        assert "<b>Cześć</b>" in unescape(faulty.text)
        for _ in range(2):  # a double click
            sent = await world.http.post(path, data=ANSWERS | token)
            assert (sent.status_code, sent.headers["location"]) == (303, f"{path}/thanks")
        added = await inbox.event()
        assert (added["__typename"], added["lead"]["title"]) == ("LeadAdded", "Łucja Żak: Kontakt")
    assert "Dziękujemy" in (await world.http.get(sent.headers["location"])).text
    leads = await anna.ask("{ leads { totalCount nodes { source owner { name } notes { nodes { body } } } } }")
    lead = {"source": "WEB_FORM", "owner": {"name": "Anna"}, "notes": {"nodes": [{"body": "<b>Cześć</b>"}]}}
    assert leads["leads"] == {"totalCount": 1, "nodes": [lead]}


async def test_spam_is_kept_out(world: World) -> None:
    path = await define(world, redirectUrl="https://example.com/thanks")
    anna = await world.client(world.acme.admin)
    good = ANSWERS | {"token": opened_before(path)}
    trapped = await world.http.post(path, data=good | {"website_2": "https://spam.example"})
    assert (trapped.status_code, trapped.headers["location"]) == (303, "https://example.com/thanks")
    late, forged = opened_before(path, timedelta(hours=25)), good["token"][:-1] + "!"
    other_form = opened_before(await define(world))
    for token in (late, forged, other_form, ""):
        refused = await world.http.post(path, data=good | {"token": token})
        assert refused.status_code == 422 and hidden(refused)["token"] not in (token, "")
    # Five posts were counted already, of the ten that one address may send in ten minutes.
    statuses = [(await world.http.post(path, data=good)).status_code for _ in range(7)]
    assert statuses == [303] * 5 + [429] * 2
    assert (await anna.ask("{ leads { totalCount } }"))["leads"]["totalCount"] == 1
    assert (await world.http.get("/forms/nowhere", headers={"accept-language": "pl"})).status_code == 404
    assert (await world.http.post(await define(world), content=b"{}")).status_code == 415
    script = await world.http.get("/forms/embed.js")
    assert script.status_code == 200 and script.headers["content-type"].startswith("text/javascript")
