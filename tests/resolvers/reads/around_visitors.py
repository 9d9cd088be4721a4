"""What visitors leave in a world: forms and what was sent by them, chats and what was said in them."""

from random import Random
from typing import Any
from uuid import UUID

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

Rows = dict[str, list[Any]]


async def make_forms(rows: Rows, account_id: UUID, dice: Random, instants: list[Any]) -> Rows:
    """Forms of either target with questions and owners, and submissions that became leads and deals."""
    own: dict[str, Any] = {"account_id": account_id}
    forms = [
        WebForm(
            id=new_id(),
            **own,
            key=new_id().hex,
            name=dice.choice(["Kontakt", "Kontakt", "Zażółć"]),
            language=dice.choice(list(FormLanguage)),
            target=target,
            stage_id=dice.choice(rows["Stage"]).id if target is FormTarget.DEAL else None,
            intro=dice.choice([None, "Napisz do nas."]),
            consent_text=dice.choice([None, "Zgadzam się."]),
            is_active=dice.random() < 0.7,
            created_at=dice.choice(instants),
            updated_at=dice.choice(instants),
        )
        for target in (*FormTarget, FormTarget.LEAD)
    ]
    meant = [(FormMeaning.EMAIL, None), (FormMeaning.CUSTOM_FIELD, rows["CustomField"][0].id)]
    questions = [
        WebFormField(**own, form_id=form.id, position=place, label="?", meaning=meaning, custom_field_id=field)
        for form in forms
        for place, (meaning, field) in enumerate(meant)
    ]
    owners = [
        WebFormOwner(**own, form_id=form.id, user_id=user.id, position=place)
        for form in forms
        for place, user in enumerate(dice.sample(rows["User"], 2))
    ]
    sent = [
        FormSubmission(
            id=new_id(),
            **own,
            form_id=dice.choice(forms).id,
            key=new_id().hex,
            consent_text=dice.choice([None, "Zgadzam się."]),
            at=dice.choice(instants),
            **became,
        )
        for became in [
            *({"lead_id": lead.id} for lead in dice.sample(rows["Lead"], 4)),
            *({"deal_id": deal.id} for deal in dice.sample(rows["Deal"], 4)),
        ]
    ]
    await WebForm.bulk_create(forms)
    await WebFormField.bulk_create(questions)
    await WebFormOwner.bulk_create(owners)
    await FormSubmission.bulk_create(sent)
    return {"WebForm": forms, "FormSubmission": sent}


async def make_chats(rows: Rows, account_id: UUID, dice: Random, instants: list[Any]) -> Rows:
    """Chats with and without a chatbot, and conversations with everybody's part in them."""
    own: dict[str, Any] = {"account_id": account_id}
    asked = {"key": "mail", "says": "E-mail?", "choices": [], "asks": "EMAIL", "next": None, "qualifies": True}
    chats = [
        Chat(
            id=new_id(),
            **own,
            key=new_id().hex,
            name=f"Strona {place}",
            language=dice.choice(list(FormLanguage)),
            greeting=dice.choice([None, "Cześć!"]),
            steps=steps,
            owner_id=dice.choice(rows["User"]).id,
            is_active=dice.random() < 0.7,
            created_at=dice.choice(instants),
        )
        for place, steps in enumerate(([], [asked]))
    ]
    talks = [
        Conversation(
            id=new_id(),
            **own,
            chat_id=dice.choice(chats).id,
            status=dice.choice(list(ConversationStatus)),
            assignee_id=dice.choice([None, dice.choice(rows["User"]).id]),
            lead_id=dice.choice([None, dice.choice(rows["Lead"]).id]),
            created_at=dice.choice(instants),
            updated_at=dice.choice(instants),
        )
        for _ in range(6)
    ]
    said = [
        ChatMessage(
            id=new_id(),
            **own,
            conversation_id=talk.id,
            number=number,
            author=author,
            agent_id=dice.choice(rows["User"]).id if author is ChatAuthor.AGENT else None,
            body=dice.choice(["<b>Tak</b>", "Emoji 🚀"]),
            at=dice.choice(instants),
        )
        for talk in talks
        for number, author in enumerate(dice.sample(list(ChatAuthor), dice.randint(0, 3)), 1)
    ]
    await Chat.bulk_create(chats)
    await Conversation.bulk_create(talks)
    await ChatMessage.bulk_create(said)
    return {"Chat": chats, "Conversation": talks}
