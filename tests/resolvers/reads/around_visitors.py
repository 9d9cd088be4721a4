"""What visitors leave in a world: forms and what was sent by them, chats and what was said in them."""

from typing import Any

from models.base import new_id
from models.chats import Chat, ChatAuthor, ChatMessage, Conversation, ConversationStatus
from models.web_forms import (
    FormLanguage,
    FormMeaning,
    FormSubmission,
    FormTarget,
    WebForm,
    WebFormField,
    WebFormOwner,
)
from tests.resolvers.reads.filling import Filling

_ASKED = {"key": "mail", "says": "E-mail?", "choices": [], "asks": "EMAIL", "next": None, "qualifies": True}


async def make_forms(filling: Filling) -> None:
    """Forms of either target with questions and owners, and submissions that became leads and deals."""
    forms = await filling.save("WebForm", [_form(filling, number) for number in range(4)])
    meant = [(FormMeaning.EMAIL, None), (FormMeaning.CUSTOM_FIELD, filling.one("CustomField"))]
    await filling.keep(
        WebFormField(
            **filling.own(), form_id=form.id, position=place, label="?", meaning=meaning, custom_field_id=field
        )
        for form in forms
        for place, (meaning, field) in enumerate(meant)
    )
    await filling.keep(
        WebFormOwner(**filling.own(), form_id=form.id, user_id=user.id, position=place)
        for form in forms
        for place, user in enumerate(filling.dice.sample(filling.rows["User"], 2))
    )
    became = [{column: filling.one(name)} for column, name in (("lead_id", "Lead"), ("deal_id", "Deal"))] * 4
    await filling.save("FormSubmission", [_submission(filling, each) for each in became])


def _form(filling: Filling, number: int) -> WebForm:
    said = {"button": "Wyślij", "consent_text": "Zgadzam się.", "redirect_url": "https://a.example/"}
    said |= {"intro": "Napisz do nas.", "thanks": "Dziękujemy."}
    target = list(FormTarget)[number % 2]
    return WebForm(
        **filling.own(),
        key=new_id().hex,
        name=filling.dice.choice(["Kontakt", "Zażółć"]),
        language=filling.dice.choice(list(FormLanguage)),
        target=target,
        stage_id=filling.one("Stage") if target is FormTarget.DEAL else None,
        is_active=filling.dice.random() < 0.7,
        created_at=filling.instant(),
        updated_at=filling.instant(),
        **(said if number == 1 else {}),
    )


def _submission(filling: Filling, became: dict[str, Any]) -> FormSubmission:
    consent = "Zgadzam się." if "lead_id" in became else None
    columns = {"form_id": filling.one("WebForm"), "key": new_id().hex, "consent_text": consent, **became}
    return FormSubmission(**filling.own(), **columns, at=filling.instant())


async def make_chats(filling: Filling) -> None:
    """Chats with and without a chatbot, and conversations with everybody's part in them."""
    await filling.save("Chat", [_chat(filling, number) for number in range(2)])
    talks = await filling.save("Conversation", [_conversation(filling, number) for number in range(8)])
    await filling.keep(
        _message(filling, talk, number, author) for talk in talks for number, author in enumerate(ChatAuthor, 1)
    )


def _chat(filling: Filling, number: int) -> Chat:
    return Chat(
        **filling.own(),
        key=new_id().hex,
        name=f"Strona {number}",
        language=filling.dice.choice(list(FormLanguage)),
        greeting=(None, "Cześć!")[number],
        steps=([], [_ASKED])[number],
        owner_id=filling.one("User"),
        is_active=filling.dice.random() < 0.7,
        created_at=filling.instant(),
    )


def _conversation(filling: Filling, number: int) -> Conversation:
    return Conversation(
        **filling.own(),
        chat_id=filling.one("Chat"),
        status=filling.dice.choice(list(ConversationStatus)),
        assignee_id=filling.one("User") if number % 2 else None,
        lead_id=filling.one("Lead") if number % 3 else None,
        step="mail" if number % 2 else None,
        created_at=filling.instant(),
        updated_at=filling.instant(),
    )


def _message(filling: Filling, talk: Conversation, number: int, author: ChatAuthor) -> ChatMessage:
    agent = filling.one("User") if author is ChatAuthor.AGENT else None
    body = filling.mark(filling.dice.choice(["<b>Tak</b>", "Emoji 🚀"]), "Conversation", talk)
    said = {"conversation_id": talk.id, "number": number, "author": author, "agent_id": agent, "body": body}
    return ChatMessage(**filling.own(), **said, at=filling.instant())
