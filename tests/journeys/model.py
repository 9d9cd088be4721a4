"""The domain once more, in plain Python and without a database: what Lejek is held against.

It is written from what the commands promise, not from how they do it. Each command checks, raises
`Refuse` where it must be refused, or else changes the model and counts its changes in `revision`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any

PROBABILITIES = (10, 40, 80, 100)  # of the stages; the last one is another pipeline's
Money = tuple[Decimal, str]


def decimal(exact: Fraction) -> str:
    """A number with six decimals at most, half to even, as it is shown."""
    near = Decimal(round(exact * 10**6)).scaleb(-6)
    return f"{near.normalize() + 0:f}"


class Refuse(Exception):
    """A command is refused, with these codes."""

    def __init__(self, *codes: str) -> None:
        super().__init__(*codes)
        self.codes = set(codes)


@dataclass(eq=False)
class Person:
    """A contact; `twins` are those who have the same e-mail, oldest first."""

    id: str
    name: str
    visibility: str = "EVERYONE"
    twins: list["Person"] = field(default_factory=list)


@dataclass(eq=False)
class Note:
    """A note, and what was said to it."""

    id: str
    body: str
    comments: list[str] = field(default_factory=list)


@dataclass(eq=False)
class Activity:
    """An activity; `due` is a day of one month, and ids grow."""

    id: str
    subject: str
    due: int | None
    done: bool = False


@dataclass(eq=False)
class Opportunity:
    """What leads and deals have in common."""

    id: str
    title: str
    owner: str
    visibility: str = "EVERYONE"
    value: Money | None = None
    person: Person | None = None
    hot: bool = False
    size: int | None = None  # a custom field
    version: int = 1
    removed: bool = False
    notes: list[Note] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)

    @property
    def next(self) -> Activity | None:
        """The earliest activity that is not done, undated ones last."""
        undone = [each for each in self.activities if not each.done]
        return min(undone, key=lambda each: (each.due is None, each.due or 0, each.id), default=None)

    def hand_over(self, to: "Opportunity", notes: Iterable[Note], activities: Iterable[Activity]) -> None:
        """Give these notes and activities to another."""
        for note in list(notes):
            self.notes.remove(note)
            to.notes.append(note)
        for activity in list(activities):
            self.activities.remove(activity)
            to.activities.append(activity)


@dataclass(eq=False)
class Lead(Opportunity):
    """A lead; `conversion` says where it went."""

    archived: bool = False
    conversion: "Conversion | None" = None


@dataclass(eq=False)
class Deal(Opportunity):
    """A deal; `source` is the lead that it was made from."""

    stage: int = 0
    status: str = "OPEN"
    probability: int | None = None
    source: Lead | None = None

    @property
    def chance(self) -> int:
        """Its probability in percent."""
        return PROBABILITIES[self.stage] if self.probability is None else self.probability

    @property
    def score(self) -> str:
        """What the formula comes to: its size times its probability, for each of its activities."""
        if self.size is None:
            return "MISSING_INPUT"
        if not self.activities:
            return "DIVISION_BY_ZERO"
        return decimal(Fraction(self.size * self.chance, len(self.activities)))


@dataclass(eq=False)
class Conversion:
    """What a conversion moved, and the version of the deal right after it."""

    deal: Deal
    joined: bool
    version: int
    notes: list[Note]
    activities: list[Activity]
    gave: Person | None


@dataclass(frozen=True)
class Request:
    """What is asked of convertLeads."""

    leads: Sequence[Lead]
    stage: int = 0
    abort: bool = True
    unarchive: bool = False
    policy: str = "KEEP"
    into: Deal | None = None  # what the first lead is to join
    answer: tuple[Person, Person] | None = None


@dataclass
class Outcome:
    """What becomes of one lead."""

    lead: Lead
    what: str = "CONVERTED"
    person: Person | None = None
    deal: Deal | None = None
    reviewed: bool = False


class Model:
    """An account. Users are known by their names; admins see all."""

    def __init__(self, teams: dict[str, set[str]], places: int) -> None:
        self.teams = teams
        self.places = places
        self.revision = 0
        self.people: list[Person] = []
        self.leads: list[Lead] = []
        self.deals: list[Deal] = []

    def sees(self, user: str, record: Opportunity | Person) -> bool:
        """Whether a user sees a lead, a deal or a person, removed or not."""
        owner = record.owner if isinstance(record, Opportunity) else "Admin"
        return (
            user in ("Admin", owner)
            or record.visibility == "EVERYONE"
            or (record.visibility == "TEAM" and bool(self.teams[user] & self.teams[owner]))
        )

    def find(self, user: str, record: Any) -> Any:
        """A record that is there and seen."""
        if record.removed or not self.sees(user, record):
            raise Refuse("NOT_FOUND")
        return record

    @property
    def open_deals(self) -> int:
        """How many places are taken."""
        return sum(deal.status == "OPEN" and not deal.removed for deal in self.deals)

    # Leads and deals

    def create(self, user: str, record: Opportunity) -> None:
        """Take a new lead or deal in."""
        if record.person is not None and not self.sees(user, record.person):
            raise Refuse("NOT_FOUND")
        if isinstance(record, Deal):
            self._take_place()
            self.deals.append(record)
        else:
            assert isinstance(record, Lead)
            self.leads.append(record)
        self.revision += 1

    def _take_place(self) -> None:
        if self.open_deals >= self.places:
            raise Refuse("OPEN_DEAL_LIMIT")

    def update(self, user: str, record: Opportunity, version: int, **given: Any) -> None:
        """Change fields of a lead or a deal."""
        self.find(user, record)
        if isinstance(record, Lead):
            self._writable(record)
        self._at_version(record, version)
        rights = {"owner", "visibility"}
        if user not in ("Admin", record.owner) and any(given[n] != getattr(record, n) for n in rights & given.keys()):
            raise Refuse("FORBIDDEN")
        self._set(record, **given)

    def _set(self, record: Opportunity, **given: Any) -> None:
        if any(getattr(record, name) != value for name, value in given.items()):
            vars(record).update(given)
            record.version += 1
            self.revision += 1

    def _writable(self, record: Opportunity) -> None:
        if isinstance(record, Lead) and record.archived:
            raise Refuse("LEAD_ARCHIVED")

    def _at_version(self, record: Opportunity, version: int) -> None:
        if version != record.version:
            raise Refuse("VERSION_CONFLICT")

    def archive(self, user: str, leads: Sequence[Lead], archived: bool) -> None:
        """Take leads out of the inbox, or bring them back, all or none."""
        for lead in leads:
            self.find(user, lead)
        for lead in leads:
            self._set(lead, archived=archived)

    def delete(self, user: str, records: Sequence[Opportunity]) -> None:
        """Delete leads or deals, all or none."""
        for record in records:
            self.find(user, record)
        if any(user not in ("Admin", record.owner) for record in records):
            raise Refuse("FORBIDDEN")
        for record in records:
            self._set(record, removed=True)

    def move(self, user: str, deal: Deal, stage: int, version: int) -> None:
        """Put a deal into a stage."""
        self.find(user, deal)
        self._at_version(deal, version)
        self._set(deal, stage=stage)

    def close(self, user: str, deal: Deal, status: str, version: int) -> None:
        """Win, lose or reopen a deal."""
        self.find(user, deal)
        self._at_version(deal, version)
        if status == "OPEN" != deal.status:
            self._take_place()
        self._set(deal, status=status)

    # What hangs on them, and who is behind them

    def hang(self, user: str, on: Opportunity, child: Note | Activity) -> None:
        """Put a note or an activity on a lead or a deal."""
        self._writable(self.find(user, on))
        if isinstance(child, Note):
            on.notes.append(child)
        else:
            on.activities.append(child)
        self.revision += 1

    def say(self, user: str, on: Opportunity, note: Note, body: str) -> None:
        """Put a comment on a note."""
        self._writable(self.find(user, on))
        note.comments.append(body)
        self.revision += 1

    def complete(self, user: str, on: Opportunity, activity: Activity) -> None:
        """Mark an activity done."""
        self._writable(self.find(user, on))
        self.revision += not activity.done
        activity.done = True

    def change_person(self, person: Person, name: str, visibility: str) -> None:
        """Change a person; whatever shows them changes with them."""
        if (person.name, person.visibility) != (name, visibility):
            person.name, person.visibility = name, visibility
            shown_by = [each for each in (*self.leads, *self.deals) if each.person is person and not each.removed]
            self.revision += 1 + len(shown_by)

    def set_team(self, user: str, team: str) -> None:
        """Put a user into one team and no other."""
        self.revision += self.teams[user] != {team}
        self.teams[user] = {team}

    # Conversions

    def foresee(self, user: str, request: Request) -> list[Outcome]:
        """What convertLeads does to each lead, and nothing of it done."""
        if request.answer is not None and not all(self.sees(user, person) for person in request.answer):
            raise Refuse("NOT_FOUND")
        if request.into is not None:
            self.find(user, request.into)
        outcomes = [self._begin(user, request, lead) for lead in request.leads]
        self._resolve(request, outcomes)
        room = self.places - self.open_deals
        for outcome in outcomes:
            if outcome.what == "CONVERTED" and outcome.reviewed:
                outcome.what = "NEEDS_REVIEW"
            if outcome.what == "CONVERTED" and (outcome.deal is None or outcome.deal.removed):
                outcome.what, room = ("CONVERTED", room - 1) if room > 0 else ("FAILED", room)
        if request.abort and any(outcome.what in ("FAILED", "NEEDS_REVIEW") for outcome in outcomes):
            for outcome in outcomes:
                outcome.what = "SKIPPED" if outcome.what == "CONVERTED" else outcome.what
        return outcomes

    def _begin(self, user: str, request: Request, lead: Lead) -> Outcome:
        outcome = Outcome(lead, person=lead.person)
        if not self.sees(user, lead) or (lead.removed and lead.conversion is None):
            outcome.what, outcome.person = "FAILED", None
        elif lead.conversion is not None:
            outcome.what, deal = "ALREADY_CONVERTED", lead.conversion.deal
            outcome.deal = None if deal.removed or not self.sees(user, deal) else deal
        elif lead.archived and not request.unarchive:
            outcome.what = "FAILED"
        elif request.into is not None and lead is request.leads[0]:
            outcome.deal = request.into
            outcome.what = "CONVERTED" if request.into.status == "OPEN" else "FAILED"
        else:
            outcome.deal = next((deal for deal in self.deals if deal.source is lead and deal.removed), None)
        return outcome

    def _resolve(self, request: Request, outcomes: list[Outcome]) -> None:
        """Decide which person each deal gets: twins are asked about, or the oldest outside the batch is used."""
        live = [each for each in outcomes if each.what != "ALREADY_CONVERTED"]
        asked = [each for each in live if self._gives(request, each) and each.person is not None]
        meant = dict([request.answer]) if request.answer is not None else {}
        batch = {each.person for each in asked} - meant.keys()
        for each in asked:
            person = each.person
            assert person is not None
            if person in meant:
                each.person = meant[person]
            elif request.policy == "REVIEW":
                each.reviewed = bool(person.twins)
            elif request.policy == "USE_EXACT" and person.twins:
                outside = [twin for twin in person.twins if twin not in batch]
                same = outside[0] if outside else min((person, *person.twins), key=lambda each: each.id)
                each.person = meant.get(same, same)

    def _gives(self, request: Request, outcome: Outcome) -> bool:
        joins = request.into is not None and outcome.lead is request.leads[0] and request.into.status == "OPEN"
        return not (joins and request.into is not None and request.into.person is not None)

    def convert(self, request: Request, outcomes: list[Outcome], id_of: Callable[[Lead], str]) -> None:
        """Do what was foreseen; `id_of` knows the ids of the deals that are made."""
        for outcome in outcomes:
            if outcome.what == "CONVERTED":
                self._convert_one(request, outcome, id_of)
                self.revision += 1

    def _convert_one(self, request: Request, outcome: Outcome, id_of: Callable[[Lead], str]) -> None:
        lead, deal, gave = outcome.lead, outcome.deal, None
        joined = deal is not None and not deal.removed
        if deal is None:
            deal = Deal(id_of(lead), lead.title, lead.owner, source=lead)
            self.deals.append(deal)
        elif joined and deal.person is None and outcome.person is not None:
            deal.person = gave = outcome.person
            deal.version += 1
        elif not joined:
            deal.version += 1
        if not joined:
            deal.title, deal.owner, deal.visibility, deal.value = lead.title, lead.owner, lead.visibility, lead.value
            deal.hot, deal.size, deal.person, deal.stage = lead.hot, lead.size, outcome.person, request.stage
            deal.status, deal.removed = "OPEN", False
        lead.conversion = Conversion(deal, joined, deal.version, list(lead.notes), list(lead.activities), gave)
        lead.hand_over(deal, lead.notes, lead.activities)
        lead.removed, lead.version = True, lead.version + 1

    def undo(self, user: str, lead: Lead, force: bool) -> None:
        """Take a conversion back: the lead gets what is the deal's own, or what it brought to a deal it joined."""
        conversion = lead.conversion
        if not self.sees(user, lead) or conversion is None or not self.sees(user, conversion.deal):
            raise Refuse("NOT_FOUND")
        deal, others = conversion.deal, self._joined(conversion.deal)
        if conversion.joined:
            notes, activities = conversion.notes, conversion.activities
            if conversion.gave is not None and deal.person is conversion.gave:
                deal.person, deal.version = None, deal.version + 1
        else:
            self._undoable(conversion, force)
            notes = [each for each in deal.notes if not any(each in other.notes for other in others)]
            activities = [each for each in deal.activities if not any(each in other.activities for other in others)]
            deal.removed, deal.version = True, deal.version + 1
        deal.hand_over(
            lead,
            [note for note in notes if note in deal.notes],
            [activity for activity in activities if activity in deal.activities],
        )
        lead.removed, lead.version, lead.conversion = False, lead.version + 1, None
        self.revision += 1

    def _undoable(self, conversion: Conversion, force: bool) -> None:
        deal = conversion.deal
        if deal.status == "WON" and not deal.removed:
            raise Refuse("DEAL_WON")
        if not force and (deal.removed or deal.version != conversion.version or self._joined(deal)):
            raise Refuse("DEAL_CHANGED")

    def _joined(self, deal: Deal) -> list[Conversion]:
        conversions = [lead.conversion for lead in self.leads if lead.conversion is not None]
        return [each for each in conversions if each.deal is deal and each.joined]

    def turn_back(self, user: str, deal: Deal, id: str) -> None:
        """Turn a deal into a new lead, with all that hangs on it."""
        self.find(user, deal)
        codes = ["DEAL_WON"] * (deal.status == "WON") + ["LEAD_NEEDS_CONTACT"] * (deal.person is None)
        if codes:
            raise Refuse(*codes)
        lead = Lead(id, deal.title, deal.owner, deal.visibility, deal.value, deal.person, deal.hot, deal.size)
        deal.hand_over(lead, deal.notes, deal.activities)
        self.leads.append(lead)
        deal.removed, deal.version = True, deal.version + 1
        self.revision += 1

    # What a user is shown

    def shown(self, user: str) -> dict[str, Any]:
        """Every lead, deal and total that a user sees."""
        deals = [deal for deal in self.deals if not deal.removed and self.sees(user, deal)]
        leads = [lead for lead in self.leads if not lead.removed and self.sees(user, lead)]
        return {
            "leads": {each.id: self._fields(user, each) | {"archived": each.archived} for each in leads},
            "deals": {
                each.id: self._fields(user, each)
                | {"status": each.status, "stage": each.stage, "probability": each.chance, "score": each.score}
                for each in deals
            },
            "totals": [self._totals([deal for deal in deals if deal.stage == stage]) for stage in range(4)],
            "openDeals": self.open_deals,
            "revision": self.revision,
        }

    def _fields(self, user: str, each: Opportunity) -> dict[str, Any]:
        person = each.person.name if each.person is not None and self.sees(user, each.person) else None
        return {
            "title": each.title,
            "owner": each.owner,
            "visibility": each.visibility,
            "value": each.value,
            "person": person,
            "hot": each.hot,
            "size": each.size,
            "version": each.version,
            "notes": sorted((note.body, sorted(note.comments)) for note in each.notes),
            "activities": sorted((activity.subject, activity.done) for activity in each.activities),
            "next": each.next.subject if each.next else None,
        }

    def _totals(self, deals: Sequence[Deal]) -> dict[str, Any]:
        counted = [deal for deal in deals if deal.status == "OPEN"]
        valued = [(deal, *deal.value) for deal in counted if deal.value is not None]
        currencies = sorted({currency for _, _, currency in valued})
        cent = Decimal("0.01")
        weighted = {
            currency: sum(amount * deal.chance / 100 for deal, amount, its in valued if its == currency)
            for currency in currencies
        }
        return {
            "count": len(counted),
            "value": [(sum(amount for _, amount, its in valued if its == each), each) for each in currencies],
            "weighted": [(Decimal(weighted[each]).quantize(cent, ROUND_HALF_EVEN), each) for each in currencies],
        }
