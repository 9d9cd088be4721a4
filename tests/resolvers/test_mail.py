"""Mail: kept on its lead or deal, carried with it, seen where that is, and sent once."""

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as assume
from hypothesis import strategies as st

from models.base import Visibility, now
from models.changes import ChangeKind
from models.deals import Deal
from models.leads import Lead
from models.mail import MailDelivery, MailMessage, MailStatus
from resolvers import drop_addresses, installation
from resolvers.errors import ErrorCode
from resolvers.installation import Installation
from resolvers.mail_delivering import LEASE, MOST_ATTEMPTS, lease, mark_failed, mark_sent
from resolvers.mail_parsing import Unreadable, parse
from resolvers.mail_receiving import receive
from resolvers.mail_sending import send_mail
from tests import given
from tests.asking import ask
from tests.commanding import do
from tests.refusals import global_id, refused
from tests.replaying import told
from tests.resolvers import telling
from tests.resolvers.test_formulas import formula, results
from tests.uploading import PDF, store_in, uploaded

_MAIL = """query ($id: ID!) { node(id: $id) { ... on Deal { mailMessages { nodes { ...M } } }
  ... on Lead { mailMessages { nodes { ...M } } }
  ... on Person { mailMessages { nodes { ...M } } } } }
fragment M on MailMessage { id status subject snippet text html failure author { name } leads { title } deals { title }
  parties { role address name person { name } } attachments { id name mediaType size }
  thread { messages { nodes { subject } } } }"""


@pytest.fixture(autouse=True)
def mailing(tmp_path: Path) -> Iterator[None]:
    store_in(tmp_path / "files")
    own = Installation(b"key", mail_domain="drop.example", mail_from="crm@acme.example")
    put_back = installation.install(own)
    yield
    put_back()


def written(to: str = "", subject: str = "Oferta żółta", **headers: str) -> EmailMessage:
    message = EmailMessage()
    fields = {"From": "Jan Kowalski <JAN@example.com>", "To": to or "crm@acme.example", "Message-ID": "<1@example.com>"}
    for name, value in {**fields, "Subject": subject, **headers}.items():
        message[name] = value
    message.set_content("Dzień dobry,\n\nproszę o ofertę.")
    return message


def drop(record: Lead | Deal) -> str:
    address = drop_addresses.address_of(record)
    assert address is not None
    return address


async def mail_of(viewer: Any, record: Any) -> list[dict[str, Any]]:
    found = (await ask(viewer, _MAIL, id=global_id(record)))["node"]["mailMessages"]
    return list(found["nodes"])


async def test_a_message_to_a_drop_address_is_kept_with_its_files_and_told(acme: given.Company) -> None:
    anna, deal = await given.viewer(acme.anna), await given.deal(acme.anna, acme.stages[0], title="Big")
    jan = await given.person(acme.anna, "Jan Kowalski", emails=["jan@example.com"])
    message = written()
    message.add_alternative(
        '<p onclick="x()">Dzień <b>dobry</b><img src="http://spy"><script>a</script>', subtype="html"
    )
    message.add_attachment(PDF, maintype="text", subtype="html", filename="../oferta.pdf")
    async with told(acme.id) as log:
        for _ in range(2):  # the second time it is known
            assert await receive(message.as_bytes(), [drop(deal).upper(), "nobody@drop.example"]) == 1
    assert [change.kind for change in log] == [ChangeKind.MAIL_ADDED, ChangeKind.FILE_ADDED]
    (shown,) = await mail_of(anna, deal)
    assert (shown["status"], shown["subject"], shown["author"]) == ("RECEIVED", "Oferta żółta", None)
    assert shown["text"] == "Dzień dobry,\n\nproszę o ofertę." and shown["snippet"] == "Dzień dobry, proszę o ofertę."
    assert shown["html"].split("\n") == ["<p>Dzień <b>dobry</b>", "</p>"]
    (attachment,) = shown["attachments"]
    assert (attachment["name"], attachment["mediaType"]) == ("oferta.pdf", "application/pdf")
    sender = {"role": "FROM", "address": "jan@example.com", "name": "Jan Kowalski", "person": {"name": "Jan Kowalski"}}
    assert shown["parties"][0] == sender and shown["deals"] == [{"title": "Big"}]
    assert [each["id"] for each in await mail_of(anna, jan)] == [shown["id"]]
    events = await telling.told(anna, "dealChanged", dealId=global_id(deal))
    assert telling.shown(events[0]) == {"deal": str(deal.id), "fields": ["mailMessages"]}
    timeline = "query ($id: ID!) { deal(id: $id) { timeline { nodes { message { subject } file { name } } } } }"
    nodes = (await ask(anna, timeline, id=global_id(deal)))["deal"]["timeline"]["nodes"]
    assert nodes == [{"message": {"subject": "Oferta żółta"}, "file": None}]


async def test_mail_of_a_contact_is_on_its_leads_and_deals(acme: given.Company) -> None:
    anna, first = await given.viewer(acme.anna), await given.deal(acme.anna, acme.stages[0])
    await receive(written().as_bytes(), [drop(first)])
    jan = await given.person(acme.anna, emails=["jan@example.com"])
    lead = await given.lead(acme.anna, person_id=jan.id)
    second = await given.deal(acme.anna, acme.stages[0], person_id=jan.id)
    third = await given.deal(acme.anna, acme.stages[0])
    await do(anna, "addParticipants", dealId=global_id(third), personIds=[global_id(jan)])
    for record in (first, lead, second, third, jan):
        assert [each["subject"] for each in await mail_of(anna, record)] == ["Oferta żółta"], type(record)


async def test_mail_is_seen_where_what_it_hangs_on_is(acme: given.Company, other: given.Company) -> None:
    hidden = await given.deal(acme.anna, acme.stages[0], visibility=Visibility.OWNER)
    message = written()
    message.add_attachment(PDF, maintype="application", subtype="pdf", filename="a.pdf")
    await receive(message.as_bytes(), [drop(hidden)])
    jan = await given.person(acme.anna, emails=["jan@example.com"])
    theirs = await given.deal(other.anna, other.stages[0])
    await given.person(other.anna, emails=["jan@example.com"])
    (shown,) = await mail_of(await given.viewer(acme.anna), jan)
    document = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    for who in (acme.celina, other.admin):
        asked = {"ids": [shown["id"]]}
        assert await ask(await given.viewer(who), document, **asked) == {"nodes": [None]}
    assert await mail_of(await given.viewer(acme.celina), jan) == []
    assert await mail_of(await given.viewer(other.admin), theirs) == []
    visible = await given.deal(acme.celina, acme.stages[0])
    async with refused(ErrorCode.NOT_FOUND, "inReplyTo"):
        draft: Any = {"deal_id": global_id(visible), "to": ["a@b.pl"], "subject": "A", "text": "B"}
        await send_mail(await given.viewer(acme.celina), {**draft, "in_reply_to": shown["id"]})


async def test_a_drop_address_cannot_be_made_up(acme: given.Company, other: given.Company) -> None:
    deal, theirs = await given.deal(acme.anna, acme.stages[0]), await given.deal(other.anna, other.stages[0])
    mine, signature = drop(deal), drop(theirs).partition("@")[0].rpartition("-")[2]
    stem = mine.partition("@")[0].rpartition("-")[0]
    for forged in (
        f"{stem}-{signature}@drop.example",
        f"{stem}-@drop.example",
        f"{stem}@drop.example",
        mine.replace("deal-", "lead-"),
        mine.replace("drop.example", "elsewhere.example"),
        mine.replace("@drop", "@drop@drop"),
        f"<{mine}>",
        mine + "\r\nRCPT TO: x",
        "\ud800",
        "",
    ):
        assert await drop_addresses.find_record(forged) is None, forged
    assert (await drop_addresses.find_record(f" {mine.upper()} ")) == deal


async def test_mail_goes_with_a_conversion_and_comes_back(acme: given.Company) -> None:
    anna, lead = await given.viewer(acme.anna), await given.lead(acme.anna, title="Jan")
    await receive(written().as_bytes(), [drop(lead)])
    document = "{ leads { nodes { title mailMessages { nodes { subject } } dropAddress } } }"
    (inbox,) = (await ask(anna, document))["leads"]["nodes"]
    assert (inbox["mailMessages"]["nodes"], inbox["dropAddress"]) == ([{"subject": "Oferta żółta"}], drop(lead))
    async with told(acme.id):
        await do(anna, "convertLeads", leadIds=[global_id(lead)])
    deal = await Deal.get(source_lead_id=lead.id)
    assert len(await mail_of(anna, deal)) == 1
    second = written(subject="Re: Oferta", **{"In-Reply-To": "<1@example.com>"})
    del second["Message-ID"]
    second["Message-ID"] = "<2@example.com>"
    await receive(second.as_bytes(), [drop(lead)])  # the lead's address leads to the deal now
    shown = await mail_of(anna, deal)
    assert [each["subject"] for each in shown] == ["Re: Oferta", "Oferta żółta"]
    assert [each["subject"] for each in shown[0]["thread"]["messages"]["nodes"]] == ["Oferta żółta", "Re: Oferta"]
    async with told(acme.id):
        await do(anna, "undoConversion", leadId=global_id(lead))
    assert len(await mail_of(anna, lead)) == 2
    assert await drop_addresses.find_record(drop(deal)) == await Lead.get(id=lead.id)
    async with told(acme.id):
        await do(anna, "convertLeads", leadIds=[global_id(lead)])
        await do(anna, "convertDealToLead", id=global_id(deal))
    turned = await Lead.get(removed_at__isnull=True)
    assert turned.id != lead.id and len(await mail_of(anna, turned)) == 2


async def test_a_formula_counts_the_mail_that_hangs_on_a_deal(acme: given.Company) -> None:
    anna, lead = await given.viewer(acme.anna), await given.lead(acme.anna, title="Jan")
    deal = await given.deal(acme.anna, acme.stages[0])
    async with told(acme.id):
        await formula(acme, "Mails", "emails + 1")
        await receive(written().as_bytes(), [drop(lead)])
        await receive(written(**{"Message-ID": "<2@example.com>"}).as_bytes(), [drop(deal)])
    assert await results(anna, deal) == {"Mails": "2"}
    async with told(acme.id) as log:
        await receive(written().as_bytes(), [drop(deal)])  # it is known already, and hangs here too now
        await receive(written().as_bytes(), [drop(deal)])
    assert (len(log), await results(anna, deal)) == (1, {"Mails": "3"})
    async with told(acme.id):
        await do(anna, "convertLeads", leadIds=[global_id(lead)])
    assert await results(anna, await Deal.get(source_lead_id=lead.id)) == {"Mails": "2"}


async def test_a_message_is_sent_once_by_whoever_leases_it(acme: given.Company) -> None:
    anna, deal = await given.viewer(acme.anna), await given.deal(acme.anna, acme.stages[0])
    order = written()
    order.add_attachment(b"A;B", maintype="text", subtype="csv", filename="order.csv")
    await receive(order.as_bytes(), [drop(deal)])
    (came,) = await mail_of(anna, deal)
    draft: Any = {
        "deal_id": global_id(deal),
        "to": ["Jan@Example.com", "jan@example.com"],
        "bcc": ["boss@acme.example"],
        "subject": "Oferta",
        "text": "W załączeniu.",
        "attachments": [await uploaded(acme.anna)],
        "file_ids": [came["attachments"][0]["id"]],
        "in_reply_to": came["id"],
        "idempotency_key": "1",
    }
    async with told(acme.id) as log:
        key = await send_mail(anna, draft)
        assert await send_mail(anna, {**draft, "attachments": []}) == key  # the same command, sent again
        outgoing = await lease()
        assert outgoing is not None and await lease() is None
        await mark_sent(outgoing)
        await mark_sent(outgoing)  # no more than once
    assert [change.kind for change in log] == [
        ChangeKind.MAIL_ADDED,
        *[ChangeKind.FILE_ADDED] * 2,
        ChangeKind.MAIL_UPDATED,
    ]
    assert outgoing.recipients == ["jan@example.com", "boss@acme.example"]
    content = outgoing.content
    assert str(content["From"]) == "Anna <crm@acme.example>" and str(content["Reply-To"]) == drop(deal)
    assert str(content["In-Reply-To"]) == "<1@example.com>" and "boss@" not in content.as_string()
    assert [part.get_filename() for part in content.iter_attachments()] == ["offer.pdf", "order.csv"]
    (sent, _) = await mail_of(anna, deal)
    assert (sent["status"], sent["author"]) == ("SENT", {"name": "Anna"})
    assert len(sent["thread"]["messages"]["nodes"]) == 2
    copy = parse(content.as_bytes())
    assert copy.digest == (await MailMessage.get(id=key)).digest  # our own copy, back by the drop address
    assert await MailDelivery.all().count() == 0


async def test_what_fails_is_tried_again_later_and_in_the_end_given_up(acme: given.Company) -> None:
    anna, lead = await given.viewer(acme.anna), await given.lead(acme.anna)
    draft: Any = {"lead_id": global_id(lead), "to": ["jan@example.com"], "subject": "A", "text": "B"}
    await send_mail(anna, draft)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        outgoing = await lease()
        assert outgoing is not None and outgoing.attempt == attempt
        await mark_failed(outgoing, "421 busy", for_good=False)
        assert await lease() is None  # not yet
        await MailDelivery.all().update(due_at=now())
    (shown,) = await mail_of(anna, lead)
    assert (shown["status"], shown["failure"]) == ("FAILED", "421 busy")
    await send_mail(anna, draft)
    stale = await lease()
    assert stale is not None
    await MailDelivery.all().update(due_at=now() - timedelta(seconds=1))  # as if it had died, a lease ago
    fresh = await lease()
    assert fresh is not None and fresh.attempt == 2 and timedelta(0) < LEASE
    await mark_failed(stale, "too late", for_good=True)
    await mark_sent(fresh)
    await send_mail(anna, draft)
    await MailDelivery.all().update(attempts=MOST_ATTEMPTS)  # whoever leased it never came to an end
    assert await lease() is None
    assert sorted(each.status for each in await MailMessage.all()) == [
        MailStatus.FAILED,
        MailStatus.FAILED,
        MailStatus.SENT,
    ]


@pytest.mark.parametrize(
    "address", ["", "jan", "Jan <jan@example.com>", "a@b.pl\r\nBcc: c@d.pl", "a@b.pl,c@d.pl", "ż@b.pl"]
)
async def test_an_address_is_one_and_bare(acme: given.Company, address: str) -> None:
    deal = await given.deal(acme.anna, acme.stages[0])
    async with refused(ErrorCode.INVALID, "to", 0):
        draft: Any = {"deal_id": global_id(deal), "to": [address], "subject": "A", "text": "B"}
        await send_mail(await given.viewer(acme.anna), draft)


async def test_a_server_without_a_mail_server_says_so(acme: given.Company) -> None:
    installation.install(Installation(b"key", sends_mail=False))
    deal = await given.deal(acme.anna, acme.stages[0])
    draft: Any = {"deal_id": global_id(deal), "to": ["a@b.pl"], "subject": "A", "text": "B"}
    async with refused(ErrorCode.INVALID, "to"):
        await send_mail(await given.viewer(acme.anna), draft)
    assert drop_addresses.address_of(deal) is None


_HEADERS = st.sampled_from(
    [
        *("From: a@b.pl", "From: =?utf-8?q?=00?= <a@b.pl>", "From: \x00@", "To: " + "a@b.pl," * 300),
        *("From: a@b.pl (" + "(" * 200, "Subject: =?x?b?!?=", "Date: 99", "References: <>", "MIME-Version: 1.0"),
        *("Content-Type: multipart/mixed; boundary=x", "Content-Type: text/html; charset=nope"),
        *("Content-Type: message/rfc822", "Message-ID: <" + "a" * 900 + "@b>", "Content-Transfer-Encoding: base64"),
        "Content-Disposition: attachment; filename*=x''%ff",
    ]
)
_PARTS = [b"--x\r\n\r\na\r\n--x--", b"<p>" * 50, b"--x\r\n" * 600, b"\xff\xfe"]
_BODIES = st.binary(max_size=200) | st.sampled_from(_PARTS)


@assume(st.lists(_HEADERS, max_size=8), _BODIES)
def test_whatever_comes_is_read_or_refused(headers: list[str], body: bytes) -> None:
    raw = "\r\n".join([*headers, "", ""]).encode() + body
    try:
        parsed = parse(raw)
    except Unreadable as unreadable:
        assert str(unreadable).endswith(".")
        return
    assert parsed.parties and len(parsed.digest) == 64 and len(parsed.snippet) <= 225 and "\0" not in parsed.text
    assert parsed == parse(raw)


@assume(st.text("<>/\"'= abcscriptonlimgsrc:&;javhref\n", max_size=120))
def test_html_never_runs_or_loads_anything(html: str) -> None:
    message = EmailMessage()
    message["From"] = "a@b.pl"
    message.set_content(f"<p>{html}</p><a href='javascript:x'>y</a><img src=x onerror=y>", subtype="html")
    cleaned = parse(message.as_bytes()).html
    assert cleaned is not None
    assert "<script" not in cleaned and "<img" not in cleaned and 'href="javascript' not in cleaned
