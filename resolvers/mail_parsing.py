"""Reading a message as it comes over SMTP: whatever it holds, it is read within bounds, or refused."""

import html as entities
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from hashlib import sha256
from typing import Any

import nh3

from models.mail import PartyRole

MOST_PARTIES = 200
MOST_ATTACHMENTS = 50
MOST_PARTS = 500
TEXT_LENGTH = 200_000
SUBJECT_LENGTH = 500
SNIPPET_LENGTH = 225
_HEADER_LENGTH = 20_000
_ID = re.compile(r"<[^<>\s]{1,500}>")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_ADDRESS = re.compile(r"[^@\s<>,;\x00-\x1f]{1,64}@[^@\s<>,;\x00-\x1f]{1,255}")
_TAGS = nh3.ALLOWED_TAGS - {"img", "area", "map"}  # a picture from elsewhere tells its sender who reads
_SCHEMES = {"http", "https", "mailto", "tel"}
_REL = "noopener noreferrer nofollow"
_BREAKS = re.compile(r"(?i)<(?:br|/p|/div|/tr|/li|/h[1-6])\b[^>]*>")


class Unreadable(Exception):
    """What came is no message, or one beyond the bounds; says which."""


@dataclass(frozen=True)
class Party:
    """Somebody in a message."""

    role: PartyRole
    address: str
    name: str | None


@dataclass(frozen=True)
class Attachment:
    """A file that came with a message."""

    name: str
    content: bytes


@dataclass(frozen=True)
class ParsedMessage:
    """A message as it is kept. `answers` are the Message-IDs it refers to, the nearest first."""

    header_id: str
    answers: list[str]
    subject: str
    parties: list[Party]
    text: str
    html: str | None
    attachments: list[Attachment]

    @property
    def digest(self) -> str:
        """Equal for two copies of one message, whichever ways they came; another message cannot have it."""
        sender = [party.address for party in self.parties if party.role is PartyRole.FROM]
        told = "\0".join((self.header_id, *sender, self.subject, " ".join(self.text.split())))
        return sha256(told.encode("utf-8", "replace")).hexdigest()

    @property
    def snippet(self) -> str:
        """How the text begins, in one line."""
        return " ".join(self.text.split())[:SNIPPET_LENGTH]


def parse(raw: bytes) -> ParsedMessage:
    """Read a message; raises Unreadable."""
    try:
        message = message_from_bytes(raw, policy=default)
        return _read(message, raw)
    except Unreadable:
        raise
    except RecursionError as error:
        raise Unreadable("The message is nested too deeply.") from error
    except Exception as error:  # the standard library raises anything at all on headers made to confuse it
        raise Unreadable("The message could not be read.") from error


def _read(message: EmailMessage, raw: bytes) -> ParsedMessage:
    parties = list(_parties(message))
    if not any(party.role is PartyRole.FROM for party in parties):
        raise Unreadable("The message does not say who it is from.")
    if len(parties) > MOST_PARTIES:
        raise Unreadable(f"The message has more than {MOST_PARTIES} recipients.")
    plain, html, attachments = _contents(message)
    html = None if html is None else clean_html(html)
    found = _ID.search(_header(message, "message-id"))
    return ParsedMessage(
        header_id=found[0] if found else f"<{sha256(raw).hexdigest()}@no-message-id.invalid>",
        answers=_ID.findall(_header(message, "in-reply-to")) + _ID.findall(_header(message, "references"))[:-51:-1],
        subject=" ".join(_cleaned(_header(message, "subject")).split())[:SUBJECT_LENGTH],
        parties=parties,
        text=_cleaned(plain if plain is not None else text_of(html or ""))[:TEXT_LENGTH].strip(),
        html=html,
        attachments=attachments,
    )


def _headers(message: EmailMessage, name: str) -> Iterable[Any]:
    """The headers of a name, parsed; one of unreasonable length is cut, for parsing is slow."""
    for each, raw in message.raw_items():
        if each.lower() == name:
            yield default.header_factory(name, str(raw)[:_HEADER_LENGTH])


def _header(message: EmailMessage, name: str) -> str:
    return str(next(iter(_headers(message, name)), ""))


def _parties(message: EmailMessage) -> Iterable[Party]:
    for role in (PartyRole.FROM, PartyRole.TO, PartyRole.CC):
        for header in _headers(message, role.value.lower()):
            for each in header.addresses:
                if _ADDRESS.fullmatch(each.addr_spec) and len(each.addr_spec) <= 320:
                    name = " ".join(_cleaned(each.display_name).split())[:255]
                    yield Party(role, each.addr_spec.lower(), name or None)


def _contents(message: EmailMessage) -> tuple[str | None, str | None, list[Attachment]]:
    """The first plain text, the first HTML, and everything else as files."""
    plain: str | None = None
    html: str | None = None
    attachments: list[Attachment] = []
    for number, part in enumerate(message.walk()):
        if number > MOST_PARTS:
            raise Unreadable(f"The message has more than {MOST_PARTS} parts.")
        if part.is_multipart() or (part.get_content_maintype() == "multipart"):
            continue
        kind, is_attached = part.get_content_type(), part.get_content_disposition() == "attachment"
        if kind == "text/plain" and plain is None and not is_attached and not part.get_filename():
            plain = _text(part)
        elif kind == "text/html" and html is None and not is_attached and not part.get_filename():
            html = _text(part)
        elif content := part.get_payload(decode=True):
            attachments.append(Attachment(part.get_filename() or "attachment", bytes(content)))
    if len(attachments) > MOST_ATTACHMENTS:
        raise Unreadable(f"The message has more than {MOST_ATTACHMENTS} attachments.")
    return plain, html, attachments


def _text(part: EmailMessage) -> str:
    content = part.get_payload(decode=True)
    charset = part.get_content_charset("utf-8")
    try:
        return bytes(content).decode(charset, "replace")
    except LookupError:
        return bytes(content).decode("utf-8", "replace")


def _cleaned(text: str) -> str:
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def clean_html(html: str) -> str:
    """HTML that runs nothing, loads nothing and says who sent a link nothing."""
    return nh3.clean(_cleaned(html)[:TEXT_LENGTH], tags=_TAGS, url_schemes=_SCHEMES, link_rel=_REL)


def text_of(html: str) -> str:
    """What cleaned HTML says, without its tags."""
    return entities.unescape(nh3.clean(_BREAKS.sub("\n", html), tags=set()))
