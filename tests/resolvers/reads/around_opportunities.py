"""The leads and deals of a world, what became of some, and what is written and planned about them."""

from datetime import date
from typing import Any
from uuid import UUID

from models.activities import Activity, ActivityType
from models.conversions import Conversion, WaitingConversion
from models.deals import Deal
from models.labels import DealLabel, LeadLabel
from models.leads import Lead
from models.notes import Comment, Mention, Note
from models.opportunities import OpportunitySource
from resolvers import text
from tests.resolvers.reads.filling import START, Filling

TITLES = ["Żółta łódź 100%", "Oferta_1", "oferta 1", 'A "quoted" \\ title', "A", "Emoji 🚀"]


async def make_opportunities(filling: Filling) -> None:
    """Leads and deals, labelled; some leads became deals, some wait to."""
    leads = await filling.save("Lead", [_lead(filling, number) for number in range(12)])
    converted = [each for each in leads if each.removed_at is not None]
    deals = await filling.save("Deal", [_deal(filling, number, converted) for number in range(16)])
    await _label(filling, LeadLabel, "lead_id", leads)
    await _label(filling, DealLabel, "deal_id", deals)
    account = {"account_id": filling.company.id}
    await filling.keep(
        Conversion(**account, lead_id=each.source_lead_id, deal_id=each.id, by_id=filling.one("User"), deal_version=1)
        for each in deals
        if each.source_lead_id is not None
    )
    waiting = [each for each in leads if each not in converted][:4]
    await filling.keep(
        WaitingConversion(**account, lead_id=each.id, requested_by_id=filling.one("User")) for each in waiting
    )


def _opportunity(filling: Filling) -> dict[str, Any]:
    dice = filling.dice
    title, priced = dice.choice(TITLES), dice.random() < 0.7
    return {
        **filling.record(),
        "title": title,
        "folded_title": text.fold(title),
        "value_minor": dice.choice([0, 5, 100, 10**13]) if priced else None,
        "currency": dice.choice(["PLN", "JPY", "KWD"]) if priced else None,
        "source": dice.choice(list(OpportunitySource)),
        **filling.maybe(expected_close_date=date(2026, 5, dice.randint(1, 3))),
    }


def _contacts(filling: Filling) -> list[dict[str, Any]]:
    """A person, an organization, or both."""
    person, organization = {"person_id": filling.one("Person")}, {"organization_id": filling.one("Organization")}
    return [person, organization, person | organization]


def _lead(filling: Filling, number: int) -> Lead:
    dice = filling.dice
    return Lead(
        **_opportunity(filling),
        **dice.choice(_contacts(filling)),
        is_seen=dice.random() < 0.5,
        archived_at=START if number % 3 == 1 else None,
        removed_at=START if number % 4 == 3 else None,
        **filling.maybe(import_key=f"lead {number}"),
    )


def _deal(filling: Filling, number: int, converted: list[Lead]) -> Deal:
    """The first ones are of leads; each fifth was deleted, and each third of the rest is won or lost."""
    dice = filling.dice
    status = ("OPEN", "WON", "OPEN", "OPEN", "LOST", "OPEN")[number % 6]
    figures: dict[str, Any] = {"mrr_minor": 0, "arr_minor": 0, "acv_minor": 12} if number % 2 else {}
    return Deal(
        **_opportunity(filling),
        **dice.choice([{}, *_contacts(filling)]),
        pipeline_id=filling.company.pipeline.id,
        stage_id=dice.choice(filling.company.stages[:2]).id,
        status=status,
        closed_at=None if status == "OPEN" else START,
        lost_reason="Price" if status == "LOST" else None,
        stage_entered_at=filling.instant(),
        source_lead_id=converted[number].id if number < len(converted) else None,
        removed_at=START if number % 5 == 2 else None,
        **figures,
        **filling.maybe(
            probability=dice.randint(0, 100), last_activity_at=filling.instant(), import_key=f"deal {number}"
        ),
    )


async def _label(filling: Filling, model: type[LeadLabel | DealLabel], column: str, rows: list[Any]) -> None:
    await filling.keep(
        model(**filling.own(), label_id=label.id, **{column: row.id})
        for row in rows
        for label in filling.dice.sample(filling.rows["Label"], filling.dice.randint(0, 2))
    )


async def make_notes(filling: Filling) -> None:
    """Notes, comments and mentions on leads and deals, and what is to be done about these next."""
    parents = parents_of(filling, lead_id="Lead", deal_id="Deal")
    notes = [
        Note(**_child(filling), **filling.dice.choice(parents), body="Called.", folded_body="called.")
        for _ in range(14)
    ]
    await filling.save("Note", notes)
    comments = [Comment(**_child(filling), note_id=filling.one("Note"), body="And?") for _ in range(8)]
    await filling.save("Comment", comments)
    await filling.keep(_mention(filling, note, comments) for note in notes[:6])
    activities = await filling.save("Activity", [_activity(filling, parents) for _ in range(16)])
    for each in activities[:7]:
        model, key = (Lead, each.lead_id) if each.lead_id else (Deal, each.deal_id)
        await model.filter(id=key).update(next_activity_id=each.id, next_activity_at=each.due_at)


def parents_of(filling: Filling, **columns: str) -> list[dict[str, UUID]]:
    """What a row may hang on: the columns to fill, for each row of the types that these columns name."""
    return [{column: row.id} for column, name in columns.items() for row in filling.rows[name]]


def _child(filling: Filling) -> dict[str, Any]:
    return {**filling.own(), "created_at": filling.instant(), "author_id": filling.one("User")}


def _mention(filling: Filling, note: Note, comments: list[Comment]) -> Mention:
    comment = next((each for each in comments if each.note_id == note.id and filling.dice.random() < 0.5), None)
    where = {"note_id": note.id, "comment_id": comment.id if comment else None}
    return Mention(**filling.own(), **where, user_id=filling.one("User"), position=0)


def _activity(filling: Filling, parents: list[dict[str, UUID]]) -> Activity:
    return Activity(
        **filling.own(),
        subject="Call",
        type=filling.dice.choice(list(ActivityType)),
        assignee_id=filling.one("User"),
        created_at=filling.instant(),
        **filling.maybe(due_at=filling.instant(), done_at=START),
        **filling.dice.choice(parents),
    )
