"""Web forms for visitors: GET /forms/KEY shows one, POST takes it. They need no script and set no cookie."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from app.errors import internal
from app.form_texts import TEXTS, Texts, fault_text, token_text
from app.identity import language
from app.rates import Rates
from app.requests import Disconnected, Refusal, headers_of, read_body
from app.settings import Settings
from app.visiting import TEMPLATES, address_of, asset_routes
from models.custom_fields import CustomFieldType
from models.web_forms import FormLanguage, FormMeaning, WebForm
from resolvers.form_answers import AnswerFault, BadAnswers, Given, Question
from resolvers.form_submissions import AGREED, CONSENT, OpenForm, find_open_form, submit_form
from resolvers.form_tokens import TokenFault, make_token, read_token

_TRAP = "website_2"  # what people do not see, and programs fill in
_LONGEST_BODY = 500_000
_FIELDS = 1_000
OF_ONE, OF_FORM = RateLimitItemPerMinute(10, 10), RateLimitItemPerHour(1_000)

# How a question is asked: the control, its input mode and what a browser may fill in.
_CONTROLS: Mapping[FormMeaning, tuple[str, str, str]] = {
    FormMeaning.TITLE: ("text-line", "", ""),
    FormMeaning.PERSON_NAME: ("text-line", "", "name"),
    FormMeaning.EMAIL: ("email", "", "email"),
    FormMeaning.PHONE: ("tel", "", "tel"),
    FormMeaning.ORGANIZATION_NAME: ("text-line", "", "organization"),
    FormMeaning.WEBSITE: ("text-line", "url", "url"),
    FormMeaning.ADDRESS: ("text", "", "street-address"),
    FormMeaning.VALUE: ("text-line", "decimal", ""),
    FormMeaning.MESSAGE: ("text", "", ""),
}
_CUSTOM_CONTROLS: Mapping[CustomFieldType, tuple[str, str, str]] = {
    CustomFieldType.TEXT: ("text-line", "", ""),
    CustomFieldType.NUMBER: ("text-line", "decimal", ""),
    CustomFieldType.MONEY: ("text-line", "decimal", ""),
    CustomFieldType.DATE: ("date", "", ""),
    CustomFieldType.OPTION: ("choice", "", ""),
    CustomFieldType.MULTI_OPTION: ("boxes", "", ""),
}
_ASSETS = {"form.css": "form.css", "frame.js": "frame.js", "embed.js": "embed.js"}


class WebForms:
    """The pages at /forms."""

    def __init__(self, settings: Settings, rates: Rates) -> None:
        self._settings = settings
        self._rates = rates

    @property
    def routes(self) -> list[Route]:
        """What is served, and where."""
        return [
            *asset_routes("/forms", _ASSETS),
            Route("/forms/{key}", self.form, methods=["GET", "POST"]),
            Route("/forms/{key}/thanks", self.thanks),
        ]

    async def form(self, request: Request) -> Response:
        """Show a form, or take what was filled in."""
        try:
            opened = await find_open_form(request.path_params["key"])
            if opened is None:
                return _gone(request)
            if request.method == "POST":
                return await self._take(opened, request)
            return _show(opened)
        except Refusal as refused:
            return PlainTextResponse(f"{refused.message}\n", refused.status, headers=refused.headers)
        except Disconnected:
            return Response(status_code=400)
        except Exception as error:
            number = internal(error)["message"]
            return PlainTextResponse(f"{number}\n", 500)

    async def thanks(self, request: Request) -> Response:
        """What is shown once a form was sent."""
        opened = await find_open_form(request.path_params["key"])
        if opened is None:
            return _gone(request)
        form = opened.form
        return _page("page.html", form, title=form.name, message=form.thanks or TEXTS[form.language]["thanks"])

    async def _take(self, opened: OpenForm, request: Request) -> Response:
        form, texts = opened.form, TEXTS[opened.form.language]
        address = address_of(request)
        if not await self._rates.take(OF_ONE, form.key, address) or not await self._rates.take(OF_FORM, form.key):
            page = _page("page.html", form, 429, title=form.name, message=texts["often"])
            page.headers["retry-after"] = "600"
            return page
        given = await self._read(request)
        if any(given.get(_TRAP, ())):
            return _sent(form)
        submission, fault = read_token(given.get("token", [""])[0], form.key)
        if fault is not None:
            kept = given["token"][0] if fault is TokenFault.TOO_EARLY else None
            return _show(opened, given, notice=token_text(texts, fault), token=kept, status=422)
        try:
            await submit_form(opened, submission, given)
        except BadAnswers as bad:
            token = given["token"][0]
            return _show(opened, given, faults=bad.faults, notice=texts["faulty"], token=token, status=422)
        return _sent(form)

    async def _read(self, request: Request) -> dict[str, list[str]]:
        headers = headers_of(request.scope)
        if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
            raise Refusal(415, "Send the form as application/x-www-form-urlencoded.", "UNSUPPORTED_MEDIA_TYPE")
        body = await read_body(request.receive, headers, _LONGEST_BODY, self._settings.body_seconds)
        try:
            return parse_qs(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=_FIELDS)
        except ValueError as error:
            raise Refusal(400, "This is not what a form sends.") from error


def _sent(form: WebForm) -> Response:
    return RedirectResponse(form.redirect_url or f"/forms/{form.key}/thanks", 303, headers=_headers(form))


def _gone(request: Request) -> Response:
    chosen = FormLanguage(language(request.headers.get("accept-language")).upper())
    texts = TEXTS[chosen]
    body = TEMPLATES.get_template("page.html").render(
        language=chosen.lower(), title=texts["gone"], message=texts["goneMore"]
    )
    return HTMLResponse(body, 404, headers=_headers(None))


def _show(
    opened: OpenForm,
    given: Given | None = None,
    *,
    faults: Mapping[str, AnswerFault] | None = None,
    notice: str = "",
    token: str | None = None,
    status: int = 200,
) -> Response:
    """The form's page, with what was filled in and what is wrong with it."""
    form, texts = opened.form, TEXTS[opened.form.language]
    return _page(
        "form.html",
        form,
        status,
        title=form.name,
        intro=form.intro or "",
        texts=texts,
        notice=notice,
        fields=[_shown(each, given or {}, faults or {}, texts) for each in opened.questions],
        consent=form.consent_text and _consent(form.consent_text, given or {}, faults or {}, texts),
        button=form.button or texts["send"],
        action=f"/forms/{form.key}",
        token=token or make_token(form.key),
        trap=_TRAP,
    )


def _shown(question: Question, given: Given, faults: Mapping[str, AnswerFault], texts: Texts) -> dict[str, Any]:
    values: Sequence[str] = given.get(question.name, ())
    custom = question.custom_field
    control, inputmode, autocomplete = _CUSTOM_CONTROLS[custom.type] if custom else _CONTROLS[question.meaning]
    fault = faults.get(question.name)
    return {
        "name": question.name,
        "label": question.label,
        "required": question.is_required,
        "control": control,
        "inputmode": inputmode,
        "autocomplete": autocomplete,
        "rows": 2 if question.meaning is FormMeaning.ADDRESS else 5,
        "options": question.options,
        "chosen": values,
        "value": values[0] if values else "",
        "fault": fault and fault_text(texts, question, fault),
    }


def _consent(text: str, given: Given, faults: Mapping[str, AnswerFault], texts: Texts) -> dict[str, Any]:
    fault = texts["CONSENT"] if CONSENT in faults else None
    checked = AGREED in given.get(CONSENT, ())
    return {"name": CONSENT, "value": AGREED, "text": text, "checked": checked, "fault": fault}


def _page(template: str, form: WebForm, status: int = 200, **shown: Any) -> HTMLResponse:
    body = TEMPLATES.get_template(template).render(language=form.language.lower(), **shown)
    return HTMLResponse(body, status, headers=_headers(form))


def _headers(form: WebForm | None) -> dict[str, str]:
    """Nothing runs in the page but our own script; any site may frame it, for it knows nobody."""
    goal = urlsplit(form.redirect_url) if form and form.redirect_url else None
    elsewhere = f" {goal.scheme}://{goal.netloc.rpartition('@')[2]}" if goal else ""  # a redirect counts as an action
    policy = (
        "default-src 'none'; style-src 'self'; script-src 'self'; base-uri 'none'; "
        f"form-action 'self'{elsewhere}; frame-ancestors *"
    )
    return {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "strict-origin-when-cross-origin",
        "cache-control": "no-store",
    }
