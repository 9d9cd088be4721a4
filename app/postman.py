"""The postman: hands what waits to a mail server, one message after another, in each process."""

import asyncio
from urllib.parse import unquote, urlsplit

import aiosmtplib
import structlog
from aiosmtplib.errors import SMTPRecipientsRefused, SMTPResponseException

from resolvers import mail_delivering
from resolvers.mail_delivering import Outgoing

PAUSE = 1.0
_SECONDS = 60.0
_log = structlog.get_logger("lejek")


async def carry_mail(url: str, pause: float = PAUSE) -> None:
    """Send what is due by the server at smtp://USER:PASSWORD@HOST:PORT (or smtps), until cancelled."""
    while True:
        try:
            while await deliver_one(url):
                pass
        except Exception as error:
            _log.error("mail could not be looked for", exc_info=error)
        await asyncio.sleep(pause)


async def deliver_one(url: str) -> bool:
    """Send the message that has been due for longest; answers whether there was one."""
    outgoing = await mail_delivering.lease()
    if outgoing is None:
        return False
    try:
        await _hand_over(outgoing, url)
    except (SMTPRecipientsRefused, SMTPResponseException, aiosmtplib.SMTPException, OSError) as error:
        for_good = _is_for_good(error)
        _log.warning("a message could not be sent", message=str(outgoing.message_id), for_good=for_good)
        await mail_delivering.mark_failed(outgoing, _said(error), for_good=for_good)
    else:
        await mail_delivering.mark_sent(outgoing)
    return True


async def _hand_over(outgoing: Outgoing, url: str) -> None:
    parts, sender = urlsplit(url), outgoing.content["From"].addresses[0].addr_spec
    await aiosmtplib.send(
        outgoing.content,
        sender=sender,
        recipients=outgoing.recipients,
        hostname=parts.hostname,
        port=parts.port,
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        use_tls=parts.scheme == "smtps",
        timeout=_SECONDS,
    )


def _is_for_good(error: Exception) -> bool:
    """Whether trying again is no use: the server has said so of every recipient, or of the message."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(each.code >= 500 for each in error.recipients)
    return isinstance(error, SMTPResponseException) and error.code >= 500 and error.code not in {530, 534, 535}


def _said(error: Exception) -> str:
    if isinstance(error, SMTPRecipientsRefused):
        return "; ".join(f"{each.recipient}: {each.code} {each.message}" for each in error.recipients)
    if isinstance(error, SMTPResponseException):
        return f"{error.code} {error.message}"
    return "The mail server could not be reached."
