"""Mail from the outside: an SMTP client and an HTTP post reach an open board, and an answer goes out."""

import asyncio
import smtplib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from aiosmtpd.smtp import SMTP

from app.asgi import create_app
from app.settings import Settings
from models.mail import MailMessage
from resolvers.tokens import make_token
from tests import given
from tests.app.conftest import serving
from tests.journeys.client import PATIENCE, Client, is_a
from tests.journeys.conftest import global_id
from tests.uploading import PDF

WATCH = """subscription ($id: ID!) { dealChanged(dealId: $id) { __typename ... on DealUpdated { fields
  deal { mailMessages { nodes { subject status failure attachments { name url } } } } } } }"""
INBOX = """subscription { leadInboxChanged { __typename ... on LeadUpdated { fields
  lead { title mailMessages { nodes { subject } } } } } }"""
CREATE_LEAD = """mutation ($input: CreateLeadInput!) { createLead(input: $input) {
  lead { dropAddress } errors { code path message } } }"""
CREATE_PERSON = """mutation ($input: CreatePersonInput!) { createPerson(input: $input) {
  person { id } errors { code path message } } }"""
ADDRESS = "query ($id: ID!) { deal(id: $id) { dropAddress } }"
SEND = """mutation ($input: SendMailInput!) { sendMail(input: $input) {
  message { id status } errors { code path message } } }"""


def free_port() -> int:
    """A port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@dataclass
class Outside:
    """A mail server elsewhere: it keeps what it is sent, and refuses those who are `unknown`."""

    port: int
    came: asyncio.Queue[EmailMessage] = field(default_factory=asyncio.Queue)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address.startswith("unknown"):
            return "550 5.1.1 No such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        from email import message_from_bytes
        from email.policy import default

        message: Any = message_from_bytes(envelope.content, policy=default)
        message["X-To"] = ", ".join(envelope.rcpt_tos)
        await self.came.put(message)
        return "250 OK"


@pytest_asyncio.fixture
async def outside() -> AsyncIterator[Outside]:
    elsewhere = Outside(free_port())
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(elsewhere), "127.0.0.1", elsewhere.port)
    yield elsewhere
    server.close()


@dataclass(frozen=True)
class Office:
    """A running server that takes and sends mail, Anna who works with it, and a deal of hers."""

    http: httpx.AsyncClient
    settings: Settings
    anna: Client
    deal: str

    async def drop_address(self) -> str:
        return str((await self.anna.ask(ADDRESS, id=self.deal))["deal"]["dropAddress"])

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[Any]:
        async with self.anna.watch(WATCH, id=self.deal) as watch:
            await watch.until(is_a("CaughtUp"))
            yield watch


@pytest.fixture(params=["smtp", "lmtp"])
def protocol(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest_asyncio.fixture
async def office(sqlite_url: str, tmp_path: Path, outside: Outside, protocol: str) -> AsyncIterator[Office]:
    mail: dict[str, Any] = {
        "mail_domain": "Drop.Example",
        "mail_port": free_port(),
        "mail_protocol": protocol,
        "mail_token": "a secret",
        "mail_bytes": 200_000,
        "smtp_url": f"smtp://127.0.0.1:{outside.port}",
    }
    settings = Settings(port=0, database_url=sqlite_url, data_dir=tmp_path, **mail)
    async with serving(create_app(settings), settings) as http:
        acme = await given.company("Acme")
        deal = global_id(await given.deal(acme.anna, acme.stages[0]))
        yield Office(http, settings, Client(http, await make_token(acme.id, acme.anna.id, "tests")), deal)


def letter(number: int = 1, size: int = 0) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "jan@example.com", "anna@example.com", f"Letter {number}"
    message["Message-ID"] = f"<{number}@example.com>"
    message.set_content("Please see the attached." + "x\n" * size)
    message.add_attachment(PDF, maintype="application", subtype="pdf", filename="order.pdf")
    return message


def relay(protocol: str, port: int, *recipients: str) -> dict[str, int]:
    """Hand a letter over as a mail server does; the codes of the recipients that were refused."""
    with (smtplib.LMTP if protocol == "lmtp" else smtplib.SMTP)("127.0.0.1", port) as client:
        try:
            refused = client.sendmail("jan@example.com", recipients, letter().as_bytes(policy=SMTP_POLICY))
        except smtplib.SMTPRecipientsRefused as all_of_them:
            refused = all_of_them.recipients
        if protocol == "lmtp" and len(refused) < len(recipients) - 1:
            assert client.getreply()[0] == 250  # one for each
        return {address: code for address, (code, _) in refused.items()}


async def test_mail_by_smtp_reaches_an_open_board_with_its_attachment(office: Office, protocol: str) -> None:
    address, port = await office.drop_address(), office.settings.mail_port
    assert address.endswith("@drop.example")
    unknown = ["deal-1@drop.example", address.replace("deal", "lead"), "anna@example.com"]
    async with office.watched() as watch:
        assert await asyncio.to_thread(relay, protocol, port, *unknown) == dict.fromkeys(unknown, 550)
        for _ in range(2):  # a relay that has not heard the answer sends it again
            assert await asyncio.to_thread(relay, protocol, port, address, address.upper(), unknown[0])
        event = (await watch.until(is_a("DealUpdated")))[-1]
    assert event["fields"] == ["mailMessages"] and await MailMessage.all().count() == 1
    (message,) = event["deal"]["mailMessages"]["nodes"]
    assert (message["subject"], message["status"]) == ("Letter 1", "RECEIVED")
    (attachment,) = message["attachments"]
    opened = await office.http.get(attachment["url"])
    assert (attachment["name"], opened.content) == ("order.pdf", PDF)


@pytest.mark.parametrize("protocol", ["smtp"], indirect=True)
async def test_mail_by_smtp_for_a_lead_reaches_an_open_inbox(office: Office) -> None:
    person = (await office.anna.do(CREATE_PERSON, name="Jan"))["person"]["id"]
    address = (await office.anna.do(CREATE_LEAD, title="Dach", personId=person))["lead"]["dropAddress"]
    async with office.anna.watch(INBOX) as inbox:
        await inbox.until(is_a("CaughtUp"))
        assert await asyncio.to_thread(relay, "smtp", office.settings.mail_port, address) == {}
        event = (await inbox.until(is_a("LeadUpdated")))[-1]
    assert (event["lead"]["title"], event["fields"]) == ("Dach", ["mailMessages"])
    assert [each["subject"] for each in event["lead"]["mailMessages"]["nodes"]] == ["Letter 1"]


@pytest.mark.parametrize("protocol", ["smtp"], indirect=True)
async def test_mail_by_http_reaches_an_open_board(office: Office) -> None:
    address, headers = await office.drop_address(), {"authorization": "Bearer a secret"}

    async def post(content: bytes, recipients: list[str], **more: str) -> int:
        shown = {"params": {"recipient": recipients}, "headers": headers | more}
        return (await office.http.post("/mail", content=content, **shown)).status_code

    async with office.watched() as watch:
        assert await post(letter().as_bytes(), [address], authorization="Bearer another") == 401
        assert await post(letter().as_bytes(), []) == 400
        assert await post(b"nonsense", [address]) == 400
        assert await post(letter().as_bytes(), ["deal-1@drop.example"]) == 404
        assert await post(letter(size=200_000).as_bytes(), [address]) == 413
        assert (await office.http.get("/mail", headers=headers)).status_code == 405
        assert await post(letter(2).as_bytes(), [address, "nobody@example.com"]) == 200
        event = (await watch.until(is_a("DealUpdated")))[-1]
    assert [each["subject"] for each in event["deal"]["mailMessages"]["nodes"]] == ["Letter 2"]


@pytest.mark.parametrize("protocol", ["smtp"], indirect=True)
async def test_mail_goes_out_and_its_status_is_told(office: Office, outside: Outside) -> None:
    async with office.watched() as watch:
        for to in ("jan@example.com", "unknown@example.com"):
            given_ = {"dealId": office.deal, "to": [to], "subject": f"To {to}", "text": "Dzień dobry"}
            sent = await office.anna.do(SEND, **given_, bcc=[f"{to.replace('@', '2@')}"])
            assert sent["message"]["status"] == "QUEUED"

        def are_settled(event: Any) -> bool:
            statuses = [each["status"] for each in event["deal"]["mailMessages"]["nodes"]] if "deal" in event else []
            return len(statuses) == 2 and "QUEUED" not in statuses

        event = (await watch.until(are_settled))[-1]
    nodes = {each["subject"]: each for each in event["deal"]["mailMessages"]["nodes"]}
    assert nodes["To jan@example.com"]["status"] == "SENT"
    failed = nodes["To unknown@example.com"]
    assert failed["status"] == "FAILED" and "550" in failed["failure"]
    async with asyncio.timeout(PATIENCE):
        message = await outside.came.get()
    assert message["X-To"] == "jan@example.com, jan2@example.com" and message["Bcc"] is None
    assert message.get_content().strip() == "Dzień dobry"
    assert str(message["Reply-To"]) == await office.drop_address() and outside.came.empty()
