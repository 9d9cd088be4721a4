"""Mail comes in: by SMTP or LMTP from a mail server, or as a request by HTTP from one that forwards so."""

import asyncio
import hmac
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs
from weakref import WeakSet

import orjson
import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from starlette.types import Receive, Scope, Send

from app.doors import answering
from app.http import reply
from app.identity import bearer
from app.intake import check_length
from app.requests import Refusal, headers_of, read_body
from app.settings import Settings
from resolvers import drop_addresses
from resolvers.mail_parsing import Unreadable
from resolvers.mail_receiving import receive as take_in

MOST_RECIPIENTS = 100
MOST_SESSIONS = 20
_IDLE_SECONDS = 60.0
_log = structlog.get_logger("lejek")


class Mailbox:
    """What aiosmtpd asks of each message, and the sessions that are open."""

    def __init__(self) -> None:
        self.sessions: WeakSet[SMTP] = WeakSet()

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Begin a message, unless so many are coming in that they would fill the memory."""
        if sum(each.transport is not None for each in self.sessions) > MOST_SESSIONS:
            return "421 4.3.2 Too busy, try again later"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Sender accepted"

    def close(self) -> None:
        """End the sessions; a message that was not answered is sent again."""
        for each in self.sessions:
            if each.transport is not None:
                each.transport.close()

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        """Take an address that is a lead's or a deal's, and no other."""
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        if await drop_addresses.find_record(address) is None:
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Recipient accepted"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a message: once this says so, it is kept. LMTP has one answer for each recipient (RFC 2033, 4.2)."""
        answer = await self._keep(envelope)
        return "\r\n".join([answer] * len(envelope.rcpt_tos)) if isinstance(server, LMTP) else answer

    async def _keep(self, envelope: Envelope) -> str:
        try:
            content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
            await take_in(content, envelope.rcpt_tos)
        except Unreadable as unreadable:
            return f"554 5.6.0 {unreadable}"
        except Exception as error:
            _log.error("a message could not be kept", exc_info=error)
            return "451 4.3.0 Try again later"
        return "250 2.0.0 Message kept"


@asynccontextmanager
async def taking_mail(settings: Settings) -> AsyncIterator[asyncio.Server | None]:
    """Take mail at the port of the settings, until the block ends; with none of it, nothing is opened."""
    if settings.mail_port is None:
        yield None
        return
    kind, mailbox = LMTP if settings.mail_protocol == "lmtp" else SMTP, Mailbox()

    def session() -> SMTP:
        made = kind(
            mailbox,
            data_size_limit=settings.mail_bytes,
            enable_SMTPUTF8=True,
            hostname=settings.mail_domain,
            ident="ready",
            timeout=_IDLE_SECONDS,
        )
        mailbox.sessions.add(made)
        return made

    logging.getLogger("mail.log").setLevel(logging.WARNING)  # it says who writes to whom
    loop = asyncio.get_running_loop()
    server = await loop.create_server(session, settings.mail_host, settings.mail_port, reuse_port=True)
    try:
        yield server
    finally:
        server.close()
        mailbox.close()


class MailDoor:
    """The ASGI application at /mail: POST a message as it is, naming who it is for: `/mail?recipient=deal-…`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one message, or say why not."""
        async with answering(receive, send) as answer:
            await reply(answer, 200, orjson.dumps({"kept": await self._take(scope, receive)}))

    async def _take(self, scope: Scope, receive: Receive) -> int:
        headers, token = headers_of(scope), self._settings.mail_token
        if token is None:
            raise Refusal(404, "This server takes no mail by HTTP: give it LEJEK_MAIL_TOKEN.", "NOT_FOUND")
        if scope["method"] != "POST":
            raise Refusal(405, "Use POST, with the message as the body.", "METHOD_NOT_ALLOWED", allow="POST")
        shown = (bearer(headers.get("authorization")) or "").encode("utf-8", "surrogatepass")
        if not hmac.compare_digest(shown, token.get_secret_value().encode()):
            message = "Show the mail token: Authorization: Bearer, and LEJEK_MAIL_TOKEN."
            raise Refusal(401, message, "UNAUTHENTICATED", **{"www-authenticate": "Bearer"})
        recipients = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=MOST_RECIPIENTS).get("recipient")
        if not recipients:
            raise Refusal(400, "Name who the message is for in the URL: /mail?recipient=deal-…@…")
        check_length(headers, self._settings.mail_bytes)
        raw = await read_body(receive, headers, self._settings.mail_bytes, self._settings.body_seconds)
        try:
            kept = await take_in(raw, recipients)
        except Unreadable as unreadable:
            raise Refusal(400, str(unreadable)) from unreadable
        if not kept:
            raise Refusal(404, "None of these is the address of a lead or a deal.", "NOT_FOUND")
        return kept
