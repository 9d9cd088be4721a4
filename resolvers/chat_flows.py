"""What a chatbot asks: steps with branches, checked when they are defined so that every way ends.

A step says something. It may ask for something that is kept (`asks`) or offer choices, and waits
then; else the next one follows at once. Where none follows the bot is done: the visitor has come to
an end that qualifies, and becomes a lead, or to one that does not.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from models.web_forms import FormMeaning
from resolvers import text
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults

MOST_STEPS = 100
MOST_CHOICES = 20
_KEY_LENGTH = 64
_CONTACTS = frozenset({FormMeaning.EMAIL, FormMeaning.PHONE})
ASKABLE = frozenset({FormMeaning.PERSON_NAME, FormMeaning.ORGANIZATION_NAME, FormMeaning.MESSAGE}) | _CONTACTS

Step = dict[str, Any]


class ChoiceDraft(TypedDict, total=False):
    """A choice, and the key of the step that follows it."""

    label: str
    next: str | None


class StepDraft(TypedDict, total=False):
    """A step as an admin gives it."""

    key: str
    says: str
    asks: FormMeaning | None
    choices: list[ChoiceDraft] | None
    next: str | None
    qualifies: bool | None


def read_steps(drafts: Sequence[StepDraft]) -> list[Step]:
    """The steps as they are kept, the first one first.

    Refuses steps that are not there, that nothing leads to, or that lead in a circle, and a way to
    an end that qualifies on which neither an e-mail address nor a phone number is asked for.
    """
    if len(drafts) > MOST_STEPS:
        raise refuse(ErrorCode.TOO_MANY, f"A chatbot has at most {MOST_STEPS} steps.", "steps")
    faults = Faults()
    steps: list[Step] = []
    for place, draft in enumerate(drafts):
        with faults.noted():
            step = _read_step(draft, place)
            if any(step["key"] == other["key"] for other in steps):
                raise refuse(ErrorCode.INVALID, "Another step has this key.", "steps", place, "key")
            steps.append(step)
    faults.raise_any()
    _check_ways(steps)
    return steps


def _read_step(draft: StepDraft, place: int) -> Step:
    asks, choices = draft.get("asks"), draft.get("choices") or []
    faults = Faults()
    with faults.noted():
        key = text.line(draft.get("key"), "steps", place, "key", length=_KEY_LENGTH)
    with faults.noted():
        says = text.text(draft.get("says"), "steps", place, "says")
    with faults.noted():
        if asks is not None and asks not in ASKABLE:
            raise refuse(ErrorCode.INVALID, f"A chatbot asks for {', '.join(sorted(ASKABLE))}.", "steps", place, "asks")
    with faults.noted():
        if choices and (asks is not None or draft.get("next") is not None):
            message = "Each choice says what is next: leave asks and next out of a step with choices."
            raise refuse(ErrorCode.INVALID, message, "steps", place, "choices")
        offered = _read_choices(choices, "steps", place, "choices")
    faults.raise_any()
    kept = {"asks": asks and str(asks), "choices": offered, "next": draft.get("next")}
    return {"key": key, "says": says, **kept, "qualifies": bool(draft.get("qualifies"))}


def _read_choices(drafts: Sequence[ChoiceDraft], *path: str | int) -> list[dict[str, Any]]:
    if len(drafts) > MOST_CHOICES:
        raise refuse(ErrorCode.TOO_MANY, f"A step has at most {MOST_CHOICES} choices.", *path)
    faults = Faults()
    found: list[dict[str, Any]] = []
    for place, draft in enumerate(drafts):
        with faults.noted():
            label = text.line(draft.get("label"), *path, place, "label")
            if any(text.fold(label) == text.fold(other["label"]) for other in found):
                raise refuse(ErrorCode.INVALID, "Another choice reads the same.", *path, place, "label")
            found.append({"label": label, "next": draft.get("next")})
    faults.raise_any()
    return found


def _check_ways(steps: Sequence[Step]) -> None:
    """Walk every way from the first step to its end."""
    places = {step["key"]: place for place, step in enumerate(steps)}
    for place, step in enumerate(steps):
        for key in following(step):
            if key is not None and key not in places:
                raise refuse(ErrorCode.INVALID, "There is no step of the key that is next.", "steps", place, "next")
    known: dict[str, bool] = {}  # by the step: whether every way from it asks for a contact before it qualifies
    if steps:
        _walk(steps, places, steps[0]["key"], (), known)
    for place, step in enumerate(steps):
        if step["key"] not in known:
            raise refuse(ErrorCode.INVALID, "No way leads to this step.", "steps", place, "key")
    if steps and not known[steps[0]["key"]]:
        message = "On every way that qualifies, ask for EMAIL or PHONE: else there is nobody to answer."
        raise refuse(ErrorCode.LEAD_NEEDS_CONTACT, message, "steps")


def _walk(
    steps: Sequence[Step], places: Mapping[str, int], key: str, before: tuple[str, ...], known: dict[str, bool]
) -> bool:
    if key in before:
        raise refuse(ErrorCode.INVALID, "From this step a way leads back to it.", "steps", places[key], "next")
    if key not in known:
        step = steps[places[key]]
        ways = [
            not step["qualifies"] if each is None else _walk(steps, places, each, (*before, key), known)
            for each in following(step)
        ]
        known[key] = step["asks"] in _CONTACTS or all(ways)
    return known[key]


def following(step: Step) -> list[str | None]:
    """The keys of the steps that may follow one; null is an end."""
    return [choice["next"] for choice in step["choices"]] or [step["next"]]


def step_of(steps: Sequence[Step], key: str | None) -> Step | None:
    """The step of a key."""
    return next((step for step in steps if step["key"] == key), None)


def waits(step: Step) -> bool:
    """Whether a visitor is to say something before the bot goes on."""
    return step["asks"] is not None or bool(step["choices"])


def chosen(step: Step, said: str) -> dict[str, Any] | None:
    """The choice that a visitor has made, by its words without regard to case; null for none of them."""
    return next((each for each in step["choices"] if text.fold(each["label"]) == text.fold(said)), None)
