"""What visitors send with a web form: it becomes a lead, or a deal in the form's stage, and is never lost.

There is nobody signed in: what is made belongs to one of the form's owners, each in turn, and is
matched to the contacts that this owner sees.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tortoise.exceptions import IntegrityError

from models import changes
from models.accounts import Account
from models.changes import Ledger
from models.custom_fields import Values
from models.opportunities import OpportunitySource
from models.pipelines import Stage
from models.ways import Way
from models.web_forms import FormSubmission, FormTarget, WebForm, WebFormOwner
from resolvers import access, arrivals, pipelines, text, usage, waitlist
from resolvers.access import Viewer
from resolvers.form_answers import AnswerFault, Answers, BadAnswers, Given, Question, questions_of, read_answers
from resolvers.import_rows import LeadRow
from resolvers.statements import Arguments

CONSENT = "consent"  # the name that a visitor's consent comes under
AGREED = "yes"


@dataclass(frozen=True)
class OpenForm:
    """A form as visitors are shown it."""

    form: WebForm
    questions: Sequence[Question]
    currency: str


async def find_open_form(key: str) -> OpenForm | None:
    """The form at a public address; null where there is none, or it is not active."""
    form = await WebForm.get_or_none(key=key, is_active=True)
    if form is None:
        return None
    account = await Account.get(id=form.account_id)
    return OpenForm(form, await questions_of(form), account.currency)


async def submit_form(opened: OpenForm, submission_key: str, given: Given) -> FormSubmission:
    """Take what a visitor has answered; the same submission sent again is taken once.

    A form that makes deals makes a lead where no place is free under the plan, and puts it in line
    for one; and a lead where the stage requires what the form does not ask. Raises BadAnswers.
    """
    answers = _read(opened, given)
    known = await _find(opened.form, submission_key)
    if known is not None:
        return known
    viewer = await _next_owner(opened.form)
    try:
        submission, waits = await _take(viewer, opened.form, submission_key, answers)
    except IntegrityError:
        known = await _find(opened.form, submission_key)
        if known is None:
            raise
        return known
    if waits:
        await usage.admit_waiting(opened.form.account_id)  # a place may be free since we looked
    return submission


def _read(opened: OpenForm, given: Given) -> Answers:
    faults: dict[str, AnswerFault] = {}
    if opened.form.consent_text is not None and list(given.get(CONSENT, ())) != [AGREED]:
        faults[CONSENT] = AnswerFault.MISSING
    try:
        answers = read_answers(opened.questions, given, opened.currency)
    except BadAnswers as bad:
        raise BadAnswers({**bad.faults, **faults}) from None
    if faults:
        raise BadAnswers(faults)
    return answers


async def _find(form: WebForm, submission_key: str) -> FormSubmission | None:
    return await FormSubmission.get_or_none(form_id=form.id, key=submission_key)


async def _next_owner(form: WebForm) -> Viewer:
    """Whose turn it is. The count goes up whatever comes of it, so that two at once are two turns."""
    bind = Arguments()
    rows = await bind.fetch(f"UPDATE web_forms SET turn = turn + 1 WHERE id = {bind.one(form.id)} RETURNING turn")
    owners = await WebFormOwner.filter(form_id=form.id).order_by("position").values_list("user_id", flat=True)
    chosen: UUID = owners[(rows[0]["turn"] - 1) % len(owners)]
    viewer = await access.load_viewer(form.account_id, chosen, way=Way.FORM)
    if viewer is None:
        raise LookupError(f"form {form.id} is owned by a user who is not there")
    return viewer


async def _take(viewer: Viewer, form: WebForm, submission_key: str, answers: Answers) -> tuple[FormSubmission, bool]:
    custom = {key: values for key, values in (await answers.custom_values(viewer)).items() if values}
    row = _titled(answers.row, form)
    async with changes.write(form.account_id, None, way=Way.FORM) as ledger:
        became, waits = await _make(viewer, ledger, form, row, custom)
        told: dict[str, Any] = {"form_id": form.id, "key": submission_key, "consent_text": form.consent_text}
        submission = await FormSubmission.create(account_id=form.account_id, **told, **became)
    return submission, waits


def _titled(row: LeadRow, form: WebForm) -> LeadRow:
    subject = row.organization or row.person or (row.emails + row.phones)[0]
    title = row.title or f"{subject}: {form.name}"[: text.LINE_LENGTH].strip()
    return LeadRow(**{**vars(row), "title": title})


async def _make(
    viewer: Viewer, ledger: Ledger, form: WebForm, row: LeadRow, custom: Values
) -> tuple[dict[str, Any], bool]:
    """What a submission became, and whether it waits for a place."""
    (arrival,) = await arrivals.receive(viewer, [row], OpportunitySource.WEB_FORM, custom)
    stage = await Stage.get_or_none(id=form.stage_id) if form.target is FormTarget.DEAL else None
    if stage is not None and (await pipelines.find_requirements(stage)).missing(arrival.columns):
        stage = None
    if stage is not None and await usage.take_places(form.account_id, 1):
        return {"deal_id": (await arrivals.write_deal(viewer, ledger, arrival, stage)).id}, False
    (lead,) = await arrivals.write_leads(viewer, ledger, [arrival])
    if stage is not None:
        await waitlist.stand_in_line(viewer, ledger, lead, stage)
    return {"lead_id": lead.id}, stage is not None
