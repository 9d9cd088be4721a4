"""Chats: the chatbot's steps checked when they are defined, walked by visitors, and taken over by agents."""

from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from models.changes import ChangeKind
from models.chats import Chat, Conversation, ConversationStatus
from models.leads import Lead
from models.notes import Note
from models.web_forms import FormLanguage, FormMeaning
from resolvers import ids
from resolvers.answering import (
    assign_conversation,
    close_conversation,
    qualify_conversation,
    reply_to_conversation,
)
from resolvers.chat_flows import following, read_steps
from resolvers.chats import create_chat, update_chat
from resolvers.conversations import begin_conversation, conversation_of, hear, say
from resolvers.errors import ErrorCode, Refused
from tests import given
from tests.asking import ask
from tests.refusals import global_id, refused
from tests.replaying import told

WHO: Any = {"key": "who", "says": "Who are you?", "asks": FormMeaning.PERSON_NAME, "next": "mail"}
MAIL: Any = {"key": "mail", "says": "Your e-mail?", "asks": FormMeaning.EMAIL, "next": "bye", "qualifies": False}
BYE: Any = {"key": "bye", "says": "We will write to you.", "qualifies": True}
NO: Any = {"key": "no", "says": "Have a nice day."}
WHAT: Any = {
    "key": "what",
    "says": "Do you need a quote?",
    "choices": [{"label": "Yes", "next": "who"}, {"label": "No", "next": "no"}],
}
FLOW = [WHAT, WHO, MAIL, BYE, NO]


async def define(acme: given.Company, **draft: Any) -> Chat:
    """A chat of Anna's, made by the admin."""
    chat: Any = {"name": "Site", "language": FormLanguage.EN, "owner_id": global_id(acme.anna), **draft}
    return await Chat.get(id=await create_chat(await given.viewer(acme.admin), chat))


async def begin(chat: Chat) -> Conversation:
    key = conversation_of(chat, await begin_conversation(chat))
    assert key is not None
    return await Conversation.get(id=key)


async def heard(conversation: Conversation, after: int = 0) -> list[tuple[str, str]]:
    return [(each.author, each.body) for each in (await hear(conversation.id, after)).messages]


async def test_a_visitor_who_qualifies_becomes_a_lead_with_the_transcript(acme: given.Company) -> None:
    chat = await define(acme, greeting="Hello!", steps=FLOW)
    talk = await begin(chat)
    assert await heard(talk) == [("BOT", "Hello!"), ("BOT", "Do you need a quote?")]
    assert (await hear(talk.id, 0)).choices == ["Yes", "No"]
    for said in ("Maybe", "YES", "Jan Kowalski", "no address"):
        await say(chat, talk.id, said)
    assert (await heard(talk))[-1] == ("BOT", "I cannot read that. Please try again.")
    assert ("BOT", "Please choose one of these: Yes, No.") in await heard(talk)
    async with told(acme.id) as log:
        await say(chat, talk.id, "jan@zubr.pl")
    assert [change.kind for change in log] == [ChangeKind.LEAD_ADDED, ChangeKind.CONVERSATION_CHANGED]
    lead = await Lead.get(account_id=acme.id)
    assert (lead.title, lead.source, lead.owner_id) == ("Jan Kowalski: Site", "CHATBOT", acme.anna.id)
    note = (await Note.get(lead_id=lead.id)).body.splitlines()
    assert (note[0], note[-1]) == ("Chatbot: Hello!", "Chatbot: We will write to you.")
    assert "Visitor: jan@zubr.pl" in note
    await say(chat, talk.id, "One more thing.")  # for the agents: the bot is done
    assert (await heard(talk))[-1] == ("VISITOR", "One more thing.")
    assert await Lead.all().count() == 1


async def test_a_visitor_who_does_not_qualify_becomes_nothing(acme: given.Company) -> None:
    chat = await define(acme, steps=FLOW)
    talk = await begin(chat)
    await say(chat, talk.id, "no")
    assert (await heard(talk))[-1] == ("BOT", "Have a nice day.")
    assert await Lead.all().count() == 0


async def test_an_agent_takes_over_makes_a_lead_and_closes(acme: given.Company) -> None:
    chat, anna = await define(acme, steps=FLOW), await given.viewer(acme.anna)
    talk = await begin(chat)
    one: Any = {"id": global_id(talk)}
    async with refused(ErrorCode.LEAD_NEEDS_CONTACT, "email"):
        await qualify_conversation(anna, one)
    await reply_to_conversation(anna, {**one, "body": "I am Anna."})
    await say(chat, talk.id, "Yes")  # no longer an answer to the bot
    assert await heard(talk, 1) == [("AGENT", "I am Anna."), ("VISITOR", "Yes")]
    async with told(acme.id) as log:
        for _ in range(2):
            await qualify_conversation(anna, {**one, "email": "jan@zubr.pl"})
    assert [change.kind for change in log] == [ChangeKind.LEAD_ADDED, ChangeKind.CONVERSATION_CHANGED]
    assert (await Lead.get(account_id=acme.id)).source == "LIVE_CHAT"
    for _ in range(2):
        await assign_conversation(anna, {**one, "assignee_id": global_id(acme.bartek)})
        await close_conversation(anna, one)
    async with refused(ErrorCode.INVALID, "body"):
        await say(chat, talk.id, "Wait!")
    shown = await ask(
        await given.viewer(acme.celina),
        """{ conversations(status: [CLOSED]) { totalCount nodes {
          status assignee { name } lead { title } chat { steps { key choices { label next } } } messages { author body }
        } } }""",
    )
    (node,) = shown["conversations"]["nodes"]
    assert (node["status"], node["assignee"]["name"], node["lead"]["title"]) == (
        ConversationStatus.CLOSED, "Bartek", "jan@zubr.pl: Site"
    )  # fmt: skip
    assert node["chat"]["steps"][0]["choices"][1] == {"label": "No", "next": "no"}
    assert node["messages"][1] == {"author": "AGENT", "body": "I am Anna."}


async def test_tokens_and_conversations_stay_in_their_chat(acme: given.Company, other: given.Company) -> None:
    chat, second = await define(acme), await define(acme)
    token = await begin_conversation(chat)
    assert conversation_of(second, token) is None
    assert conversation_of(chat, token[:-1] + "!") is conversation_of(chat, "") is None
    talk = await begin(chat)
    async with refused(ErrorCode.NOT_FOUND, "id"):
        await reply_to_conversation(await given.viewer(other.anna), {"id": global_id(talk), "body": "Hello."})
    assert (await ask(await given.viewer(other.admin), "{ conversations { totalCount } chats { name } }")) == {
        "conversations": {"totalCount": 0}, "chats": []
    }  # fmt: skip


@pytest.mark.parametrize(
    ("steps", "code", "path"),
    [
        ([{**WHO, "next": "nowhere"}], ErrorCode.INVALID, ["steps", "0", "next"]),
        ([WHO, MAIL, BYE, NO], ErrorCode.INVALID, ["steps", "3", "key"]),
        ([WHO, {**MAIL, "next": "who"}], ErrorCode.INVALID, ["steps", "0", "next"]),
        ([WHO, {**MAIL, "key": "who"}], ErrorCode.INVALID, ["steps", "1", "key"]),
        ([{**WHO, "next": "bye"}, BYE], ErrorCode.LEAD_NEEDS_CONTACT, ["steps"]),
        ([{**WHAT, "asks": FormMeaning.EMAIL}, WHO, MAIL, BYE, NO], ErrorCode.INVALID, ["steps", "0", "choices"]),
        ([{**NO, "asks": FormMeaning.VALUE}], ErrorCode.INVALID, ["steps", "0", "asks"]),
    ],
)
def test_steps_that_do_not_hold_together_are_refused(steps: Any, code: ErrorCode, path: list[str]) -> None:
    with pytest.raises(Refused) as caught:
        read_steps(steps)
    assert [(error.code, error.path) for error in caught.value.errors] == [(code, path)]


_NEXT = st.sampled_from(["0", "1", "2", "3", None])
_STEP = st.fixed_dictionaries({"next": _NEXT, "choices": st.lists(_NEXT, max_size=2)})


@examples(st.lists(_STEP, min_size=1, max_size=4))
def test_steps_are_taken_where_every_way_ends_and_every_step_is_met(drawn: list[Any]) -> None:
    steps: list[Any] = [
        {
            "key": str(place),
            "says": "?",
            "choices": [{"label": str(n), "next": k} for n, k in enumerate(each["choices"])],
        }
        | ({} if each["choices"] else {"next": each["next"]})
        for place, each in enumerate(drawn)
    ]
    try:
        taken: Any = {step["key"]: step for step in read_steps(steps)}
    except Refused:
        taken = None
    met, ways = set(), [("0",)]
    sound = True
    while ways and sound:
        way = ways.pop()
        met.add(way[-1])
        drawn_step = next((each for each in steps if each["key"] == way[-1]), None)
        sound = drawn_step is not None and way[-1] not in way[:-1]
        if sound and drawn_step is not None:
            ends = [choice["next"] for choice in drawn_step["choices"]] or [drawn_step.get("next")]
            ways += [(*way, key) for key in ends if key is not None]
    known = {step["key"] for step in steps}
    pointed = {choice["next"] for step in steps for choice in step["choices"]} | {step.get("next") for step in steps}
    assert (taken is not None) == (sound and met == known and pointed - {None} <= known)
    assert taken is None or all(key in known for step in taken.values() for key in following(step) if key)


async def test_definitions_are_for_admins(acme: given.Company) -> None:
    chat = await define(acme)
    async with refused(ErrorCode.FORBIDDEN):
        await create_chat(await given.viewer(acme.anna), {"name": "Mine", "language": FormLanguage.EN})
    admin = await given.viewer(acme.admin)
    await update_chat(admin, {"id": ids.encode("Chat", chat.id), "steps": FLOW, "is_active": False})
    chat = await Chat.get(id=chat.id)
    assert ([step["key"] for step in chat.steps], chat.is_active) == (["what", "who", "mail", "bye", "no"], False)
