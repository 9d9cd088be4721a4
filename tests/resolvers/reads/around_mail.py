"""The mail of a world, and its files: some were attached to messages, others to deals and contacts."""

from typing import Any

from models.files import File
from models.mail import MailBody, MailLink, MailMessage, MailParty, MailStatus, MailThread, PartyRole
from tests.resolvers.reads.around_opportunities import parents_of
from tests.resolvers.reads.filling import START, Filling

_ROLES = [PartyRole.FROM, PartyRole.TO, PartyRole.TO]


async def make_mail(filling: Filling) -> None:
    """Messages on leads and deals; some people have the addresses that they are to and from."""
    dice = filling.dice
    await filling.save("MailThread", [MailThread(**filling.own()) for _ in range(3)])
    messages = await filling.save("MailMessage", [_message(filling, number) for number in range(14)])
    await filling.keep(_body(filling, each) for each in messages)
    parents = parents_of(filling, lead_id="Lead", deal_id="Deal")
    # The last ones hang on nothing: nobody sees them.
    links = [(message, dice.choice(parents)) for message in messages[:-2] for _ in range(dice.randint(1, 2))]
    links = [each for place, each in enumerate(links) if each not in links[:place]]
    await filling.save("MailLink", [MailLink(**filling.own(), message_id=each.id, **on) for each, on in links])
    await filling.keep(
        _party(filling, message, role, position) for message in messages for position, role in enumerate(_ROLES)
    )


def _message(filling: Filling, number: int) -> MailMessage:
    status = list(MailStatus)[number % 4]
    return MailMessage(
        **filling.own(),
        thread_id=filling.one("MailThread"),
        header_id=f"<{number}@example>",
        digest=str(number),
        status=status,
        failure="No such mailbox." if status is MailStatus.FAILED else None,
        subject="Oferta",
        snippet="Dzień dobry",
        author_id=filling.any("User"),
        at=filling.instant(),
    )


def _body(filling: Filling, message: MailMessage) -> MailBody:
    text = filling.mark("Dzień dobry", "MailMessage", message)
    return MailBody(**filling.own(), message_id=message.id, text=text, **filling.maybe(html=f"<p>{text}</p>"))


def _party(filling: Filling, message: MailMessage, role: PartyRole, position: int) -> MailParty:
    address = filling.dice.choice(["a@b.example", "c@d.example"])
    name = filling.maybe(name=filling.mark("Ćma", "MailMessage", message))
    return MailParty(**filling.own(), message_id=message.id, role=role, position=position, address=address, **name)


async def make_files(filling: Filling) -> None:
    """Files of whatever has files, some of them deleted."""
    columns = {"deal_id": "Deal", "person_id": "Person", "organization_id": "Organization", "message_id": "MailMessage"}
    parents = [parents_of(filling, **{column: name}) for column, name in columns.items()]
    await filling.save("File", [_file(filling, number, parents[number % 4]) for number in range(20)])


def _file(filling: Filling, number: int, parents: list[Any]) -> File:
    return File(
        **filling.own(),
        name=filling.dice.choice(["oferta.pdf", "żółć 100%.png"]),
        size=1,
        sha256="0" * 64,
        media_type="application/pdf",
        uploader_id=filling.any("User"),
        created_at=filling.instant(),
        removed_at=START if number % 6 == 5 else None,
        **filling.dice.choice(parents),
    )
