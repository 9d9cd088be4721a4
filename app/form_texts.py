"""What the pages of web forms say of their own, in the form's language."""

from collections.abc import Mapping

from models.custom_fields import CustomFieldType
from models.web_forms import FormLanguage, FormMeaning
from resolvers.form_answers import AnswerFault, Question
from resolvers.form_tokens import TokenFault

Texts = Mapping[str, str]

TEXTS: Mapping[FormLanguage, Texts] = {
    FormLanguage.EN: {
        "send": "Send",
        "required": "required",
        "choose": "Choose…",
        "faulty": "Please look at the fields marked below.",
        "MISSING": "Please fill this in.",
        "CONSENT": "Please agree to this to send the form.",
        "WRONG": "Please check this.",
        "EMAIL": "Please enter an e-mail address, such as jan@example.com.",
        "PHONE": "Please enter a phone number, such as +48 600 100 200.",
        "AMOUNT": "Please enter a number, such as 1234.50.",
        "DATE": "Please enter a date, such as 2026-12-31.",
        "WEBSITE": "Please enter an address, such as example.com.",
        "TOO_EARLY": "That was quick. Please check what you have entered, and send it again.",
        "TOO_LATE": "This page was open for a long time. Please send it again.",
        "UNKNOWN": "This page was open for a long time. Please send it again.",
        "often": "Too many were sent from your network. Please try again in a few minutes.",
        "thanks": "Thank you. We have received it, and will be in touch.",
        "gone": "This form is not here",
        "goneMore": "It was closed, or the address is wrong.",
        "trap": "Leave this empty",
    },
    FormLanguage.PL: {
        "send": "Wyślij",
        "required": "wymagane",
        "choose": "Wybierz…",
        "faulty": "Prosimy poprawić pola zaznaczone poniżej.",
        "MISSING": "Prosimy wypełnić to pole.",
        "CONSENT": "Aby wysłać formularz, prosimy wyrazić zgodę.",
        "WRONG": "Prosimy sprawdzić to pole.",
        "EMAIL": "Prosimy podać adres e-mail, na przykład jan@example.com.",
        "PHONE": "Prosimy podać numer telefonu, na przykład +48 600 100 200.",
        "AMOUNT": "Prosimy podać liczbę, na przykład 1234,50.",
        "DATE": "Prosimy podać datę, na przykład 2026-12-31.",
        "WEBSITE": "Prosimy podać adres strony, na przykład example.com.",
        "TOO_EARLY": "To było szybkie. Prosimy sprawdzić wpisane dane i wysłać jeszcze raz.",
        "TOO_LATE": "Strona była otwarta bardzo długo. Prosimy wysłać jeszcze raz.",
        "UNKNOWN": "Strona była otwarta bardzo długo. Prosimy wysłać jeszcze raz.",
        "often": "Z tej sieci wysłano zbyt wiele zgłoszeń. Prosimy spróbować za kilka minut.",
        "thanks": "Dziękujemy. Otrzymaliśmy zgłoszenie i odezwiemy się.",
        "gone": "Nie ma tu formularza",
        "goneMore": "Został zamknięty albo adres jest błędny.",
        "trap": "Pozostaw to pole puste",
    },
}
_WRONG = {
    FormMeaning.EMAIL: "EMAIL",
    FormMeaning.PHONE: "PHONE",
    FormMeaning.VALUE: "AMOUNT",
    FormMeaning.WEBSITE: "WEBSITE",
}
_WRONG_CUSTOM = {
    CustomFieldType.NUMBER: "AMOUNT",
    CustomFieldType.MONEY: "AMOUNT",
    CustomFieldType.DATE: "DATE",
}


def fault_text(texts: Texts, question: Question, fault: AnswerFault) -> str:
    """What is said beside an answer that is missing or wrong."""
    if fault is AnswerFault.MISSING:
        return texts["MISSING"]
    if question.custom_field is not None:
        return texts[_WRONG_CUSTOM.get(question.custom_field.type, "WRONG")]
    return texts[_WRONG.get(question.meaning, "WRONG")]


def token_text(texts: Texts, fault: TokenFault) -> str:
    """What is said above a form whose token was not taken."""
    return texts[fault.value]
