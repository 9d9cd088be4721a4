"""Web forms: defined by admins, and what a submission becomes."""

import asyncio
from datetime import date
from typing import Any

import pytest

from models.changes import ChangeKind
from models.conversions import WaitingConversion
from models.custom_fields import CustomFieldType
from models.deals import Deal
from models.leads import Lead
from models.notes import Note
from models.opportunities import OpportunitySource
from models.pipelines import Stage
from models.ways import Way
from models.web_forms import FormLanguage, FormMeaning, FormSubmission, FormTarget, WebForm
from resolvers import custom_fields, deals, ids
from resolvers.errors import ErrorCode
from resolvers.form_answers import AnswerFault, BadAnswers
from resolvers.form_submissions import find_open_form, submit_form
from resolvers.web_forms import create_web_form, update_web_form
from tests import given
from tests.asking import ask
from tests.refusals import global_id, refused
from tests.replaying import told, unchanged
from tests.resolvers.test_waitlist import limit

EMAIL: Any = {"label": "E-mail", "meaning": FormMeaning.EMAIL, "is_required": True}
NAME: Any = {"label": "Name", "meaning": FormMeaning.PERSON_NAME}
MESSAGE: Any = {"label": "Message", "meaning": FormMeaning.MESSAGE}
VALUE: Any = {"label": "Budget", "meaning": FormMeaning.VALUE}
JAN = {"email": ["jan@zubr.pl"], "person_name": ["Jan Kowalski"]}


async def define(acme: given.Company, **draft: Any) -> WebForm:
    """A form of Anna's, made by the admin."""
    draft = {"fields": [EMAIL, NAME, MESSAGE, VALUE], "owner_ids": [global_id(acme.anna)], **draft}
    form: Any = {"name": "Contact", "language": FormLanguage.EN, **draft}
    return await WebForm.get(id=await create_web_form(await given.viewer(acme.admin), form))


async def submit(form: WebForm, answers: dict[str, list[str]], key: str = "1") -> FormSubmission:
    opened = await find_open_form(form.key)
    assert opened is not None
    return await submit_form(opened, key, answers)


async def test_a_submission_becomes_a_lead_of_the_forms_owner(acme: given.Company) -> None:
    form = await define(acme)
    async with told(acme.id) as log:
        sent = await submit(form, JAN | {"message": ["Please call."], "value": ["1 200,50"]})
    assert [(change.kind, change.way, change.actor_id) for change in log] == [(ChangeKind.LEAD_ADDED, Way.FORM, None)]
    lead = await Lead.get(id=sent.lead_id)
    assert (lead.title, lead.source, lead.owner_id) == ("Jan Kowalski: Contact", "WEB_FORM", acme.anna.id)
    assert (lead.value_minor, lead.currency) == (120_050, "PLN")
    assert (await Note.get(lead_id=lead.id)).body == "Please call."


async def test_a_known_contact_is_found_and_stays_as_it_is(acme: given.Company) -> None:
    known = await given.person(acme.anna, "Janek", emails=["jan@zubr.pl"])
    sent = await submit(await define(acme), JAN)
    assert (await Lead.get(id=sent.lead_id)).person_id == known.id
    # One that the owner may not see is nobody the form may tell of: the visitor is somebody new.
    hidden = await given.person(acme.celina, "Ewa", emails=["ewa@zubr.pl"], visibility="OWNER")
    sent = await submit(await define(acme), {"email": ["ewa@zubr.pl"]})
    assert (await Lead.get(id=sent.lead_id)).person_id != hidden.id


async def test_the_same_submission_is_taken_once_however_often_it_comes(acme: given.Company) -> None:
    form = await define(acme)
    sent = await asyncio.gather(*(submit(form, JAN) for _ in range(4)))
    assert len({each.lead_id for each in sent}) == 1
    assert await Lead.filter(account_id=acme.id).count() == 1
    await submit(form, JAN, "2")
    assert await Lead.filter(account_id=acme.id).count() == 2


async def test_owners_take_turns(acme: given.Company) -> None:
    form = await define(acme, owner_ids=[global_id(acme.anna), global_id(acme.bartek)])
    sent = [await submit(form, JAN, str(number)) for number in range(4)]
    owners = [(await Lead.get(id=each.lead_id)).owner_id for each in sent]
    assert owners == [acme.anna.id, acme.bartek.id] * 2


async def test_custom_fields_are_asked_for_by_their_type(acme: given.Company) -> None:
    admin = await given.viewer(acme.admin)
    asked = []
    for type_, options in ((CustomFieldType.OPTION, ["Small", "Large"]), (CustomFieldType.DATE, None)):
        draft: Any = {"name": type_.title(), "type": type_, "options": options}
        asked.append(ids.encode("CustomField", await custom_fields.create_custom_field(admin, draft)))
    fields = [{"label": "?", "meaning": FormMeaning.CUSTOM_FIELD, "custom_field_id": each} for each in asked]
    form = await define(acme, fields=[EMAIL, *fields])
    opened = await find_open_form(form.key)
    assert opened is not None
    small, _ = opened.questions[1].options[0]
    sent = await submit(form, {"email": ["a@b.pl"], asked[0]: [small], asked[1]: ["31.12.2030"]})
    values = list((await Lead.get(id=sent.lead_id)).custom.values())
    assert values[1] == [{"day": str(date(2030, 12, 31)), "sort_key": "2030-12-31"}]
    with pytest.raises(BadAnswers) as bad:
        await submit(form, {"email": ["a@b.pl"], asked[0]: ["option_1"], asked[1]: ["tomorrow"]}, "2")
    assert bad.value.faults == dict.fromkeys(asked, AnswerFault.WRONG)
    # A field that is deleted is no longer asked for, nor taken.
    await custom_fields.delete_custom_field(admin, {"id": asked[0]})
    sent = await submit(form, {"email": ["a@b.pl"], asked[0]: [small]}, "3")
    assert (await Lead.get(id=sent.lead_id)).custom == {}


async def test_bad_answers_are_told_together_and_change_nothing(acme: given.Company) -> None:
    form = await define(acme, consent_text="I agree.")
    async with unchanged(acme.id):
        with pytest.raises(BadAnswers) as bad:
            await submit(form, {"value": ["much"], "person_name": ["x" * 300], "email": [" "]})
    wrong, missing = AnswerFault.WRONG, AnswerFault.MISSING
    assert bad.value.faults == {"value": wrong, "person_name": wrong, "email": missing, "consent": missing}
    assert await FormSubmission.all().count() == 0


async def test_consent_is_kept_as_it_read_then_and_shown_to_admins(acme: given.Company) -> None:
    form = await define(acme, consent_text="I agree.")
    await submit(form, JAN | {"consent": ["yes"]})
    admin = await given.viewer(acme.admin)
    await update_web_form(admin, {"id": global_id(form), "consent_text": "I agree to more."})
    question = "{ webForms { name submissions { totalCount nodes { consentText lead { title } deal { id } } } } }"
    answer = await ask(admin, question)
    kept = {"consentText": "I agree.", "lead": {"title": "Jan Kowalski: Contact"}, "deal": None}
    assert answer["webForms"] == [{"name": "Contact", "submissions": {"totalCount": 1, "nodes": [kept]}}]
    answer = await ask(await given.viewer(acme.anna), question)
    assert answer["webForms"][0]["submissions"] == {"totalCount": 0, "nodes": []}


async def test_a_form_may_open_deals_in_its_stage(acme: given.Company) -> None:
    form = await define(acme, target=FormTarget.DEAL, stage_id=global_id(acme.stages[1]))
    async with told(acme.id) as log:
        sent = await submit(form, JAN | {"message": ["Hello."]})
    assert [change.kind for change in log] == [ChangeKind.DEAL_ADDED]
    deal = await Deal.get(id=sent.deal_id)
    assert (deal.stage_id, deal.source) == (acme.stages[1].id, OpportunitySource.WEB_FORM)
    assert (await Note.get(deal_id=deal.id)).body == "Hello."


async def test_over_the_limit_a_request_waits_as_a_lead_and_is_admitted(acme: given.Company) -> None:
    await limit(acme, 1)
    form = await define(acme, target=FormTarget.DEAL)
    first = await submit(form, JAN)
    async with told(acme.id) as log:
        second = await submit(form, {"email": ["ewa@lis.pl"]}, "2")
    assert [change.kind for change in log] == [ChangeKind.LEAD_ADDED, ChangeKind.LEAD_WAITLISTED]
    assert (await WaitingConversion.get()).lead_id == second.lead_id
    assert first.deal_id is not None
    await deals.win_deal(await given.viewer(acme.anna), {"id": ids.encode("Deal", first.deal_id)})
    admitted = await Deal.get(source_lead_id=second.lead_id)
    assert (admitted.stage_id, admitted.owner_id) == (acme.stages[0].id, acme.anna.id)


async def test_what_the_stage_would_refuse_becomes_a_lead(acme: given.Company) -> None:
    form = await define(acme, target=FormTarget.DEAL)
    await Stage.filter(id=form.stage_id).update(required_fields=["VALUE"])
    assert (await submit(form, JAN)).lead_id is not None
    assert (await submit(form, JAN | {"value": ["1"]}, "2")).deal_id is not None
    assert await WaitingConversion.all().count() == 0


async def test_a_closed_form_takes_nothing(acme: given.Company) -> None:
    form = await define(acme, is_active=False)
    assert await find_open_form(form.key) is None
    await update_web_form(await given.viewer(acme.admin), {"id": global_id(form), "is_active": True})
    assert await find_open_form(form.key) is not None


async def test_definitions_are_for_admins_and_hold_together(acme: given.Company, other: given.Company) -> None:
    form = await define(acme)
    admin = await given.viewer(acme.admin)
    draft: Any = {"name": "Contact", "language": FormLanguage.EN, "fields": [EMAIL]}
    async with refused(ErrorCode.FORBIDDEN):
        await create_web_form(await given.viewer(acme.anna), draft)
    async with refused(ErrorCode.LEAD_NEEDS_CONTACT, "fields"):
        await create_web_form(admin, {**draft, "fields": [{**EMAIL, "is_required": False}]})
    async with refused(ErrorCode.INVALID, "fields", 1, "meaning"):
        await create_web_form(admin, {**draft, "fields": [EMAIL, EMAIL]})
    async with refused(ErrorCode.INVALID, "stageId"):
        await create_web_form(admin, {**draft, "stage_id": global_id(acme.stages[0])})
    async with refused(ErrorCode.NOT_FOUND, "ownerIds", 0):
        await create_web_form(admin, {**draft, "owner_ids": [global_id(other.anna)]})
    async with refused(ErrorCode.NOT_FOUND, "id"):
        await update_web_form(await given.viewer(other.admin), {"id": global_id(form), "name": "Mine"})
    async with refused(ErrorCode.VERSION_CONFLICT, "expectedVersion"):
        await update_web_form(admin, {"id": global_id(form), "expected_version": 2, "name": "Late"})
    company: Any = {"name": "Company", "type": CustomFieldType.ORGANIZATION}
    field = ids.encode("CustomField", await custom_fields.create_custom_field(admin, company))
    asks = {"label": "Whom?", "meaning": FormMeaning.CUSTOM_FIELD, "custom_field_id": field}
    async with refused(ErrorCode.INVALID, "fields", 1, "customFieldId"):
        await create_web_form(admin, {**draft, "fields": [EMAIL, asks]})
