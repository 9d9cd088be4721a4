"""The schema put together: root types, the declarations bound, one resolver for every field."""

import inspect
from collections.abc import Callable
from typing import Any

import strawberry
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
)
from strawberry.schema.config import StrawberryConfig

from resolvers.reads.bind import bind
from resolvers.reads.declare import ById, ByIds, Declaration, Many, Term
from resolvers.reads.run import TYPE, answer, complete, may_refer
from schema.accounts import CapabilityRow, Viewer, capability_rows, viewer
from schema.activities import ActivityCommands
from schema.changes import EVENTS, Subscription
from schema.chats import (
    CHATS,
    CONVERSATIONS,
    Chat,
    ChatCommands,
    Conversation,
    ConversationConnection,
    conversations_paged,
)
from schema.common import Label, Node, Team, User
from schema.contacts import (
    ORGANIZATIONS,
    PEOPLE,
    ContactCommands,
    Organization,
    OrganizationConnection,
    Person,
    PersonConnection,
)
from schema.conversions import (
    Conversion,
    ConversionCommands,
    ConversionPreview,
    ConversionRun,
    LeadConversionResult,
    find_conversion,
    preview_conversion,
    read_conversion_results,
)
from schema.custom_fields import CUSTOM_FIELDS, CustomField, CustomFieldCommands
from schema.deal_documents import TEMPLATES, DocumentCommands, DocumentTemplate
from schema.deals import DEALS, Deal, DealCommands, DealConnection, deals_paged
from schema.declaring import by_id, by_ids, paged, paged_by_search, reads
from schema.duplicates import DuplicateConnection, find_duplicate_organizations, find_duplicate_people
from schema.files import FileCommands
from schema.formulas import FORMULA_FIELDS, FormulaField, FormulaFieldCommands
from schema.imports import Import, ImportCommands, ImportPreview, preview_import
from schema.invoices import Invoice, InvoiceCommands, Invoicing, find_invoicing
from schema.leads import LEADS, Lead, LeadCommands, LeadConnection, leads_paged
from schema.mail import MailCommands
from schema.merges import MergeCommands
from schema.notes import NoteCommands
from schema.pipelines import PIPELINES, Pipeline, PipelineCommands
from schema.products import PRODUCTS, Product, ProductCommands, ProductConnection, products_paged
from schema.projects import PROJECTS, Project, ProjectCommands, ProjectConnection, projects_paged
from schema.sales import SaleCommands
from schema.scalars import SCALARS
from schema.tokens import TOKENS, Token, TokenCommands
from schema.users import TEAMS, AccountCommands
from schema.waitlist import WAITLIST, PlanPlaces, WaitingLeadConnection, WaitlistCommands, find_plan_places
from schema.web_forms import WEB_FORMS, WebForm, WebFormCommands

_BY_NAME = (Term("{a}.name"),)


@strawberry.type
class Query:
    """What can be asked."""

    node = reads(ById(), "Whatever has that global id.", arguments=by_id, answers=Node | None)
    nodes = reads(ByIds(), arguments=by_ids, answers=list[Node | None])
    viewer: Viewer = strawberry.field(resolver=viewer)
    capabilities: list[CapabilityRow] = strawberry.field(resolver=capability_rows)
    lead = reads(ById("Lead"), arguments=by_id, answers=Lead | None)
    leads = reads(LEADS, "The lead inbox.", arguments=leads_paged, answers=LeadConnection)
    deal = reads(ById("Deal"), arguments=by_id, answers=Deal | None)
    deals = reads(DEALS, arguments=deals_paged, answers=DealConnection)
    pipelines: list[Pipeline] = reads(PIPELINES)
    pipeline = reads(ById("Pipeline"), arguments=by_id, answers=Pipeline | None)
    person = reads(ById("Person"), arguments=by_id, answers=Person | None)
    people = reads(PEOPLE, arguments=paged_by_search, answers=PersonConnection)
    organization = reads(ById("Organization"), arguments=by_id, answers=Organization | None)
    organizations = reads(ORGANIZATIONS, arguments=paged_by_search, answers=OrganizationConnection)
    duplicate_people = strawberry.field(
        resolver=find_duplicate_people,
        graphql_type=DuplicateConnection,
        description="People who look like earlier ones, the latest first; not those that are kept separate.",
    )
    duplicate_organizations = strawberry.field(
        resolver=find_duplicate_organizations,
        graphql_type=DuplicateConnection,
        description="As duplicatePeople, of organizations.",
    )
    project = reads(ById("Project"), arguments=by_id, answers=Project | None)
    projects = reads(PROJECTS, arguments=projects_paged, answers=ProjectConnection)
    custom_fields: list[CustomField] = reads(CUSTOM_FIELDS, "Those of the account, in order.")
    formula_fields: list[FormulaField] = reads(FORMULA_FIELDS, "Those of the account, in order.")
    product = reads(ById("Product"), arguments=by_id, answers=Product | None)
    products = reads(PRODUCTS, "The catalogue.", arguments=products_paged, answers=ProductConnection)
    waitlist = reads(
        WAITLIST,
        "The leads that wait for a place under the plan, the next one first.",
        arguments=paged,
        answers=WaitingLeadConnection,
    )
    plan_places = strawberry.field(
        resolver=find_plan_places,
        graphql_type=PlanPlaces,
        description="How many places the plan has, who waits for one, and what would free some.",
    )
    chats: list[Chat] = reads(CHATS)
    conversation = reads(ById("Conversation"), arguments=by_id, answers=Conversation | None)
    conversations = reads(
        CONVERSATIONS,
        "Those with visitors, the latest first.",
        arguments=conversations_paged,
        answers=ConversationConnection,
    )
    web_forms: list[WebForm] = reads(WEB_FORMS)
    web_form = reads(ById("WebForm"), arguments=by_id, answers=WebForm | None)
    labels: list[Label] = reads(Many("Label", order=_BY_NAME))
    users: list[User] = reads(Many("User", order=_BY_NAME))
    teams: list[Team] = reads(TEAMS)
    tokens: list[Token] = reads(TOKENS, "One's own, the revoked ones too.")
    conversion_preview = strawberry.field(
        resolver=preview_conversion,
        graphql_type=ConversionPreview,
        description="What converting would do, without doing it: duplicate contacts to review, and every error.",
    )
    conversion = strawberry.field(
        resolver=find_conversion,
        graphql_type=Conversion | None,
        description="Where a converted lead went. Leads are gone once converted; "
        "this is how an old link still leads somewhere.",
    )
    conversion_run = reads(ById("ConversionRun"), arguments=by_id, answers=ConversionRun | None)
    conversion_results = strawberry.field(
        resolver=read_conversion_results,
        graphql_type=list[LeadConversionResult],
        description="What became of the leads of a conversion in the background, in the order asked. after: how many "
        "results you have already; first: at most 250. Ask conversionPreview about those that need review.",
    )
    import_preview = strawberry.field(
        resolver=preview_import,
        graphql_type=ImportPreview,
        description="The columns of an uploaded file, and which field each would be read as.",
    )
    document_templates: list[DocumentTemplate] = reads(TEMPLATES, "Those of the account, by name.")
    invoice = reads(ById("Invoice"), arguments=by_id, answers=Invoice | None)
    invoicing = strawberry.field(
        resolver=find_invoicing, graphql_type=Invoicing, description="How the account invoices."
    )
    import_ = reads(ById("Import"), arguments=by_id, answers=Import | None, name="import")


@strawberry.type
class Mutation(
    LeadCommands,
    DealCommands,
    ConversionCommands,
    ContactCommands,
    MergeCommands,
    PipelineCommands,
    ProjectCommands,
    ProductCommands,
    SaleCommands,
    InvoiceCommands,
    DocumentCommands,
    NoteCommands,
    MailCommands,
    ActivityCommands,
    ImportCommands,
    CustomFieldCommands,
    FileCommands,
    FormulaFieldCommands,
    WebFormCommands,
    WaitlistCommands,
    ChatCommands,
    AccountCommands,
    TokenCommands,
):
    """What can be done."""


def assemble() -> strawberry.Schema:
    """The schema as declared."""
    return strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[*EVENTS, Lead, Deal, Person, Organization],
        config=StrawberryConfig(scalar_map=SCALARS),
    )


def sdl() -> str:
    """The schema as text, for `schema/schema.graphql`."""
    return assemble().as_str() + "\n"


def build_schema() -> GraphQLSchema:
    """The executable schema. Raises TypeError where a field could not be answered."""
    schema: GraphQLSchema = assemble()._schema
    bindings = bind(schema)
    for graphql_type in schema.type_map.values():
        if isinstance(graphql_type, GraphQLInterfaceType):
            graphql_type.resolve_type = _type_name
        elif isinstance(graphql_type, GraphQLObjectType) and not graphql_type.name.startswith("__"):
            graphql_type.is_type_of = None
            for name, field in graphql_type.fields.items():
                field.resolve = _resolver(graphql_type, field, bindings[graphql_type.name].get(name))
    return schema


def _type_name(value: Any, info: GraphQLResolveInfo[Any], abstract: Any) -> str:
    """The concrete type: of a read row as read, of an event as told."""
    name: str = value[TYPE] if isinstance(value, dict) else value.type_name
    return name


def _resolver(owner: GraphQLObjectType, field: GraphQLField, declaration: Declaration | None) -> Callable[..., Any]:
    if owner.name == "Subscription":
        return _event
    if owner.name == "Query" and declaration is not None:
        return _read
    if owner.name in ("Query", "Mutation"):
        return _verb(field.resolve)
    definition = field.extensions["strawberry-definition"]
    return _field(definition.python_name)


def _event(event: Any, info: GraphQLResolveInfo[Any], **_: Any) -> Any:
    return event


async def _read(root: Any, info: GraphQLResolveInfo[Any], **_: Any) -> Any:
    return await answer(info.context.reader, info)


def _verb(verb: Any) -> Callable[..., Any]:
    async def resolve(root: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        value = verb(root, info, **arguments)
        value = await value if inspect.isawaitable(value) else value
        return await complete(info.context.reader, value, info) if may_refer(value) else value

    return resolve


def _field(python_name: str) -> Callable[..., Any]:
    """A row was read under the keys of the answer; anything else has attributes, maybe references."""

    def resolve(source: Any, info: GraphQLResolveInfo[Any], **_: Any) -> Any:
        if type(source) is dict:
            return source[info.path.key]
        value = getattr(source, python_name)
        return complete(info.context.reader, value, info) if may_refer(value) else value

    return resolve


graphql_schema = build_schema()
