"""What visitors answer on a web form: each answer checked by what it means, all faults told at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from models.custom_fields import CustomField, CustomFieldOption, CustomFieldType
from models.web_forms import FormMeaning, WebForm, WebFormField
from resolvers import contacts, ids, import_values, money, text
from resolvers.access import Viewer
from resolvers.custom_values import CustomFieldDraft, Patch, read_values
from resolvers.errors import Refused
from resolvers.import_rows import LeadRow

Given = Mapping[str, Sequence[str]]


class AnswerFault(StrEnum):
    """What is wrong with an answer."""

    MISSING = "MISSING"
    WRONG = "WRONG"


class BadAnswers(Exception):
    """Raised where answers are missing or wrong: what is wrong, by the name of the question."""

    def __init__(self, faults: Mapping[str, AnswerFault]) -> None:
        super().__init__(", ".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class Question:
    """One question: the name that its answer comes under, and how it is asked."""

    name: str
    label: str
    meaning: FormMeaning
    is_required: bool
    custom_field: CustomField | None = None
    options: Sequence[tuple[str, str]] = ()  # the id and the name of each


@dataclass(frozen=True)
class Answers:
    """What a visitor said: of the lead, and of its custom fields."""

    row: LeadRow
    custom: Sequence[CustomFieldDraft] = field(default_factory=list)

    async def custom_values(self, viewer: Viewer) -> Patch:
        """The values of custom fields, as they are kept."""
        return await read_values(viewer, self.custom) or {}


async def questions_of(form: WebForm) -> list[Question]:
    """The questions of a form, in order, without those whose custom field was deleted since."""
    asked = await WebFormField.filter(form_id=form.id).order_by("position")
    keys = [each.custom_field_id for each in asked if each.custom_field_id is not None]
    kept = {row.id: row for row in await CustomField.filter(id__in=keys, removed_at=None)}
    options: dict[UUID, list[tuple[str, str]]] = {key: [] for key in kept}
    for option in await CustomFieldOption.filter(field_id__in=list(kept), removed_at=None).order_by("position"):
        options[option.field_id].append((ids.encode("CustomFieldOption", option.id), option.name))
    return [
        _question(each, None, ()) if (key := each.custom_field_id) is None else _question(each, kept[key], options[key])
        for each in asked
        if each.custom_field_id is None or each.custom_field_id in kept
    ]


def _question(row: WebFormField, custom: CustomField | None, options: Sequence[tuple[str, str]]) -> Question:
    name = row.meaning.lower() if custom is None else ids.encode("CustomField", custom.id)
    return Question(name, row.label, row.meaning, row.is_required, custom, options)


def read_answers(questions: Sequence[Question], given: Given, currency: str) -> Answers:
    """What a visitor has said; amounts are of that currency. Raises BadAnswers with all that is wrong."""
    facts: dict[str, Any] = {}
    custom: list[CustomFieldDraft] = []
    faults: dict[str, AnswerFault] = {}
    for question in questions:
        written = [value.replace("\r\n", "\n").strip() for value in given.get(question.name, ())]
        written = [value for value in written if value]
        try:
            if not written:
                if question.is_required:
                    faults[question.name] = AnswerFault.MISSING
            elif question.custom_field is None:
                facts |= _READ[question.meaning](written[0], currency)
            else:
                custom.append(_custom(question, question.custom_field, written, currency))
        except Refused:
            faults[question.name] = AnswerFault.WRONG
    if faults:
        raise BadAnswers(faults)
    return Answers(LeadRow(**facts), custom)


def _amount(written: str, currency: str) -> money.MoneyDraft:
    number, stated = import_values.amount(written)
    return {"amount": number, "currency": stated or currency}


def _value(written: str, currency: str) -> dict[str, Any]:
    minor, code = money.to_minor(_amount(written, currency))
    return {"value_minor": minor, "currency": code}


_READ: Mapping[FormMeaning, Callable[[str, str], dict[str, Any]]] = {
    FormMeaning.TITLE: lambda written, _: {"title": text.line(written)},
    FormMeaning.PERSON_NAME: lambda written, _: {"person": text.line(written)},
    FormMeaning.EMAIL: lambda written, _: {"emails": [contacts.email(written)]},
    FormMeaning.PHONE: lambda written, _: {"phones": [contacts.phone(written)]},
    FormMeaning.ORGANIZATION_NAME: lambda written, _: {"organization": text.line(written)},
    FormMeaning.WEBSITE: lambda written, _: {"domain": contacts.domain(written)},
    FormMeaning.ADDRESS: lambda written, _: {"address": text.line(written.replace("\n", ", "), length=1000)},
    FormMeaning.VALUE: _value,
    FormMeaning.MESSAGE: lambda written, _: {"note": text.text(written)},
}


def facts_of(meaning: FormMeaning, written: str) -> dict[str, Any]:
    """What an answer says of a lead. Refuses what is not what it is to be kept as."""
    return _READ[meaning](written, "")


def _custom(question: Question, custom: CustomField, written: Sequence[str], currency: str) -> CustomFieldDraft:
    draft: CustomFieldDraft = {"custom_field_id": ids.encode("CustomField", custom.id)}
    match custom.type:
        case CustomFieldType.NUMBER:
            draft["number"] = import_values.amount(written[0])[0]
        case CustomFieldType.MONEY:
            draft["money"] = amount = _amount(written[0], currency)
            money.to_minor(amount)
        case CustomFieldType.DATE:
            draft["date"] = import_values.day(written[0])
        case CustomFieldType.OPTION | CustomFieldType.MULTI_OPTION:
            draft["option_ids"] = _chosen(question, custom, written)
        case _:
            draft["text"] = text.line(written[0])
    return draft


def _chosen(question: Question, custom: CustomField, written: Sequence[str]) -> list[str]:
    """The options chosen, of those there are; the pages offer no others."""
    known = {key for key, _ in question.options}
    most = 1 if custom.type is CustomFieldType.OPTION else len(known)
    chosen = list(dict.fromkeys(written))
    if not known.issuperset(chosen) or len(chosen) > most:
        raise Refused
    return chosen
