"""Web forms: pages on which visitors leave what becomes a lead, or a deal."""

from datetime import datetime
from typing import Any

import strawberry

from models.web_forms import FormTarget
from resolvers import web_forms
from resolvers.access import Viewer
from resolvers.reads.declare import Connection, Many, Need, One, Term, Value
from resolvers.reads.run import Ref
from schema.common import Node, PageInfo, User, UserError
from schema.custom_fields import CustomField
from schema.deals import Deal
from schema.declaring import Answer, command, identifies, paged, reads, shows
from schema.enums import FormLanguage, FormMeaning
from schema.leads import Lead
from schema.pipelines import Stage

strawberry.enum(
    FormTarget,
    description="What a submission becomes. Over the plan's limit a deal waits in line, as a lead.",
)

WEB_FORMS = Many("WebForm", order=(Term("{a}.name"), Term("{a}.id", "key")))
_BY_TIME = {"AT": (Term("{a}.at", "instant"),)}


@strawberry.type(description="A question of a form.")
class WebFormField:
    """A question."""

    label: str = shows("label")
    meaning: FormMeaning = shows("meaning")
    custom_field: CustomField | None = reads(One("CustomField", "custom_field_id"))
    is_required: bool = shows("is_required", "flag")


@strawberry.type(description="What a visitor sent, and what became of it; seen by admins.")
class FormSubmission(Node):
    """A submission."""

    id: strawberry.ID = identifies("FormSubmission")
    at: datetime = shows("at", "instant")
    consent_text: str | None = shows("consent_text", "text", "What the visitor agreed to, as it read then.")
    lead: Lead | None = reads(One("Lead", "lead_id"), "null once it was converted or deleted.")
    deal: Deal | None = reads(One("Deal", "deal_id"))


@strawberry.type(description="One submission in a list.")
class FormSubmissionEdge:
    """A submission and where it lies."""

    cursor: str
    node: FormSubmission


@strawberry.type(description="A page of submissions, newest first.")
class FormSubmissionConnection:
    """A page of submissions."""

    edges: list[FormSubmissionEdge]
    nodes: list[FormSubmission]
    page_info: PageInfo
    total_count: int


@strawberry.type(description="A page for visitors, which works without script and in a frame of any site.")
class WebForm(Node):
    """A form."""

    id: strawberry.ID = identifies("WebForm")
    name: str = shows("name", "text", "The page's heading.")
    path: str = reads(
        Value((Need("{a}.key"),), lambda key: f"/forms/{key}"),
        "Where the page is on this server. /forms/embed.js puts it into a page by a script: data-form names the path.",
    )
    language: FormLanguage = shows("language")
    target: FormTarget = shows("target")
    stage: Stage | None = reads(One("Stage", "stage_id"), "Where a form that makes deals opens them.")
    fields: list[WebFormField] = reads(Many("WebFormField", column="form_id", order=(Term("{a}.position", "int"),)))
    owners: list[User] = reads(
        Many("User", through=("web_form_owners", "form_id", "user_id"), order=(Term("{a}.name"),)),
        "Who own what it makes, each in turn.",
    )
    intro: str | None = shows("intro")
    button: str | None = shows("button", "text", "What the button says; null: Send, in the form's language.")
    consent_text: str | None = shows("consent_text", "text", "What a visitor must agree to; null: nothing.")
    thanks: str | None = shows("thanks", "text", "What is shown once it is sent; null: Thank you.")
    redirect_url: str | None = shows("redirect_url", "text", "Where the visitor is sent instead.")
    is_active: bool = shows("is_active", "flag")
    submissions: FormSubmissionConnection = reads(
        Connection("FormSubmission", column="form_id", order="AT", orders=_BY_TIME), "Seen by admins.", arguments=paged
    )
    created_at: datetime = shows("created_at", "instant")
    updated_at: datetime = shows("updated_at", "instant")
    version: int = shows("version", "int")


@strawberry.input(description="A question. One of EMAIL, PHONE, PERSON_NAME, ORGANIZATION_NAME is to be required.")
class WebFormFieldInput:
    """A question."""

    label: str
    meaning: FormMeaning
    custom_field_id: strawberry.ID | None = strawberry.UNSET
    is_required: bool | None = strawberry.UNSET


@strawberry.input(description="A new form. It makes leads unless target says DEAL; its owner is who makes it.")
class CreateWebFormInput:
    """A new form."""

    name: str
    language: FormLanguage
    fields: list[WebFormFieldInput]
    target: FormTarget | None = strawberry.UNSET
    stage_id: strawberry.ID | None = strawberry.UNSET
    owner_ids: list[strawberry.ID] | None = strawberry.UNSET
    intro: str | None = strawberry.UNSET
    button: str | None = strawberry.UNSET
    consent_text: str | None = strawberry.UNSET
    thanks: str | None = strawberry.UNSET
    redirect_url: str | None = strawberry.UNSET
    is_active: bool | None = strawberry.UNSET
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(
    description="What to change of a form; what is left out stays, null unsets. Fields and owners are all there are "
    "to be."
)
class UpdateWebFormInput:
    """A change of a form."""

    id: strawberry.ID
    expected_version: int | None = strawberry.UNSET
    name: str | None = strawberry.UNSET
    language: FormLanguage | None = strawberry.UNSET
    fields: list[WebFormFieldInput] | None = strawberry.UNSET
    target: FormTarget | None = strawberry.UNSET
    stage_id: strawberry.ID | None = strawberry.UNSET
    owner_ids: list[strawberry.ID] | None = strawberry.UNSET
    intro: str | None = strawberry.UNSET
    button: str | None = strawberry.UNSET
    consent_text: str | None = strawberry.UNSET
    thanks: str | None = strawberry.UNSET
    redirect_url: str | None = strawberry.UNSET
    is_active: bool | None = strawberry.UNSET
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.type(description="What became of a form.")
class WebFormPayload:
    """The form after the command."""

    web_form: WebForm | None
    errors: list[UserError]


async def _create_form(viewer: Viewer, draft: Any) -> Answer:
    return {"web_form": Ref("WebForm", await web_forms.create_web_form(viewer, draft))}


async def _update_form(viewer: Viewer, patch: Any) -> Answer:
    return {"web_form": Ref("WebForm", await web_forms.update_web_form(viewer, patch))}


@strawberry.type
class WebFormCommands:
    """What admins do with forms."""

    create_web_form = command(CreateWebFormInput, WebFormPayload, _create_form, "Admins only.")
    update_web_form = command(UpdateWebFormInput, WebFormPayload, _update_form, "Admins only.")
