"""Deals: opportunities on their way through a pipeline."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from resolvers import deals, participants
from resolvers.access import Viewer
from resolvers.ids import encode
from resolvers.reads.declare import Connection, Many, Need, One, Term, Value
from resolvers.reads.filters import by_deal_filter, by_deal_search, by_status
from resolvers.reads.run import Ref
from schema.activities import ACTIVITIES_OF_DEAL, ActivityConnection, activities_paged
from schema.changelog import CHANGELOG, ChangelogConnection
from schema.common import DeletePayload, Label, Money, PageInfo, User, UserError, amount
from schema.contacts import Person
from schema.custom_fields import BY_CUSTOM_FIELD, VALUES_OF_DEAL, CustomFieldFilter, CustomFieldValue
from schema.deal_documents import DOCUMENTS_OF_DEAL, Document
from schema.declaring import Answer, command, identified, identifies, paged, reads, shows
from schema.enums import Capability, DealStatus, Direction
from schema.files import FILES_OF_DEAL, FileConnection
from schema.formulas import BY_FORMULA_FIELD, RESULTS, FormulaFieldFilter, FormulaFieldValue
from schema.invoices import Invoice
from schema.mail import DEAL_ADDRESS, DROP_ADDRESS, MAIL, MAIL_OF_DEAL, MailMessageConnection
from schema.notes import NOTES_OF_DEAL, NoteConnection
from schema.opportunities import NewOpportunity, Opportunity, OpportunityPatch, capabilities_of
from schema.products import DealDiscount, DealInstallment, DealProduct
from schema.timeline import TIMELINE, TimelineConnection

if TYPE_CHECKING:
    from schema.pipelines import Pipeline, Stage
    from schema.projects import Project

_ORDERS = {
    "CREATED_AT": (Term("{a}.created_at", "instant"),),
    "UPDATED_AT": (Term("{a}.updated_at", "instant"),),
    "TITLE": (Term("{a}.folded_title"),),
    "VALUE": (Term("{a}.currency", nullable=True), Term("{a}.value_minor", "int", nullable=True)),
    "EXPECTED_CLOSE_DATE": (Term("{a}.expected_close_date", "day", nullable=True),),
    "STAGE_ENTERED_AT": (Term("{a}.stage_entered_at", "instant"),),
    "CUSTOM_FIELD": (Term(BY_CUSTOM_FIELD.format(owner="deal_id"), nullable=True),),
    "FORMULA_FIELD": (Term(BY_FORMULA_FIELD, nullable=True),),
}
_KEYED = {
    "CUSTOM_FIELD": ("customFieldId", "CustomField"),
    "FORMULA_FIELD": ("formulaFieldId", "FormulaField"),
}
DEALS = Connection("Deal", orders=_ORDERS, keyed=_KEYED, filters=(by_deal_filter,), scoped_filters=(by_deal_search,))
DEALS_OF_STAGE = Connection(
    "Deal",
    column="stage_id",
    order="STAGE_ENTERED_AT",
    orders=_ORDERS,
    keyed=_KEYED,
    filters=(by_status, by_deal_filter),
    scoped_filters=(by_deal_search,),
)
_BY_NAME = (Term("{a}.name"),)
_IN_TURN = (Term("{a}.position", "int"),)
_RECURRING = "What recurs of its products {}; null without products."
# A deal's own person takes part, and its owner follows, without a row that could be forgotten.
_TAKE_PART = Many(
    "Person", through=("deal_participants", "deal_id", "person_id"), own=("deals", "person_id"), order=_BY_NAME
)
_FOLLOW = Many("User", through=("deal_followers", "deal_id", "user_id"), own=("deals", "owner_id"), order=_BY_NAME)
_OF_STAGE = "(SELECT s.{column} FROM stages s WHERE s.id = {{a}}.stage_id)"


def _is_rotten(status: str, days: int | None, entered: datetime, active: datetime | None) -> bool:
    if status != DealStatus.OPEN or days is None:
        return False
    return datetime.now(UTC) - max(entered, active or entered) > timedelta(days=days)


_ROTTEN = Value(
    (
        Need("{a}.status"),
        Need(_OF_STAGE.format(column="rotten_after_days"), "int"),
        Need("{a}.stage_entered_at", "moment"),
        Need("{a}.last_activity_at", "moment"),
    ),
    _is_rotten,
)
_PROBABILITY = Value((Need(f"COALESCE({{a}}.probability, {_OF_STAGE.format(column='probability')})", "int"),))


@strawberry.type(description="A qualified opportunity on its way through a pipeline until it is won or lost.")
class Deal(Opportunity):
    """A deal."""

    id: strawberry.ID = identifies("Deal")
    labels: list[Label] = reads(Many("Label", through=("deal_labels", "deal_id", "label_id"), order=_BY_NAME))
    custom_fields: list[CustomFieldValue] = reads(VALUES_OF_DEAL, "The values of custom fields that it has.")
    capabilities: list[Capability] = capabilities_of("Deal")
    notes = reads(NOTES_OF_DEAL, arguments=paged, answers=NoteConnection)
    activities = reads(ACTIVITIES_OF_DEAL, arguments=activities_paged, answers=ActivityConnection)
    status: DealStatus = shows("status", capability=Capability.PIPELINE)
    pipeline: Annotated["Pipeline", strawberry.lazy("schema.pipelines")] = reads(
        One("Pipeline", "pipeline_id"), capability=Capability.PIPELINE
    )
    stage: Annotated["Stage", strawberry.lazy("schema.pipelines")] = reads(
        One("Stage", "stage_id"), capability=Capability.PIPELINE
    )
    stage_entered_at: datetime = shows("stage_entered_at", "instant", capability=Capability.PIPELINE)
    probability: int = reads(
        _PROBABILITY, "Percent, the deal's own or else its stage's.", capability=Capability.PIPELINE
    )
    closed_at: datetime | None = shows("closed_at", "instant", capability=Capability.PIPELINE)
    lost_reason: str | None = shows("lost_reason", capability=Capability.PIPELINE)
    is_rotten: bool = reads(_ROTTEN, capability=Capability.PIPELINE)
    source_lead_id: strawberry.ID | None = reads(
        identified("Lead", "source_lead_id"), "The lead that it was, where it was converted."
    )
    formula_fields: list[FormulaFieldValue] = reads(
        RESULTS, "What each formula comes to.", capability=Capability.FORMULA_FIELDS
    )
    participants: list[Person] = reads(
        _TAKE_PART,
        "Its own person and further ones, as far as the viewer may see them.",
        capability=Capability.PARTICIPANTS,
    )
    projects: list[Annotated["Project", strawberry.lazy("schema.projects")]] = reads(
        Many("Project", through=("deal_projects", "deal_id", "project_id"), order=(Term("{a}.created_at"),)),
        "Those the viewer may see.",
        capability=Capability.PROJECTS,
    )
    products: list[DealProduct] = reads(
        Many("DealProduct", column="deal_id", order=_IN_TURN),
        "What it sells. Where there is any, its value is what they come to.",
        capability=Capability.PRODUCTS,
    )
    discounts: list[DealDiscount] = reads(
        Many("DealDiscount", column="deal_id", order=_IN_TURN),
        "Off what it sells once.",
        capability=Capability.PRODUCTS,
    )
    installments: list[DealInstallment] = reads(
        Many("DealInstallment", column="deal_id", order=(Term("{a}.bills_on", "day"),)), capability=Capability.PRODUCTS
    )
    mrr: Money | None = amount("mrr_minor", _RECURRING.format("a month"), capability=Capability.PRODUCTS)
    arr: Money | None = amount("arr_minor", _RECURRING.format("a year"), capability=Capability.PRODUCTS)
    acv: Money | None = amount(
        "acv_minor", "What it comes to in its first year; null without products.", capability=Capability.PRODUCTS
    )
    changelog = reads(
        CHANGELOG,
        "Who changed which field and when, latest first.",
        arguments=paged,
        answers=ChangelogConnection,
        capability=Capability.CHANGELOG,
    )
    timeline = reads(
        TIMELINE,
        "What happened about it, latest first: changes, notes, activities, invoices, documents, files, mail.",
        arguments=paged,
        answers=TimelineConnection,
    )
    mail_messages = reads(MAIL_OF_DEAL, MAIL, arguments=paged, answers=MailMessageConnection)
    drop_address: str | None = reads(DEAL_ADDRESS, DROP_ADDRESS)
    files = reads(FILES_OF_DEAL, arguments=paged, answers=FileConnection, capability=Capability.FILES)
    followers: list[User] = reads(_FOLLOW, "Its owner, and who else follows it.")
    documents: list[Document] = reads(
        DOCUMENTS_OF_DEAL, "Made of templates and of invoices.", capability=Capability.DOCUMENTS
    )
    invoices: list[Invoice] = reads(
        Many("Invoice", column="deal_id", order=(Term("{a}.created_at"),)), capability=Capability.INVOICING
    )


@strawberry.type(description="One deal in a list.")
class DealEdge:
    """A deal and where it lies."""

    cursor: str
    node: Deal


@strawberry.type(description="A page of deals.")
class DealConnection:
    """A page of deals."""

    edges: list[DealEdge]
    nodes: list[Deal]
    page_info: PageInfo
    total_count: int


@strawberry.input(description="Which deals.")
class DealFilter:
    """What deals are narrowed down by; `search` looks into title, contacts, participants, notes and custom fields."""

    status: list[DealStatus] | None = strawberry.UNSET
    pipeline_id: strawberry.ID | None = strawberry.UNSET
    stage_ids: list[strawberry.ID] | None = strawberry.UNSET
    owner_ids: list[strawberry.ID] | None = strawberry.UNSET
    label_ids: list[strawberry.ID] | None = strawberry.UNSET
    search: str | None = strawberry.UNSET
    custom_fields: list[CustomFieldFilter] | None = strawberry.UNSET
    formula_fields: list[FormulaFieldFilter] | None = strawberry.UNSET


@strawberry.enum(
    description="What deals are ordered by. VALUE groups by currency; CUSTOM_FIELD is the one of customFieldId, "
    "FORMULA_FIELD that of formulaFieldId; nulls come last."
)
class DealOrderField(StrEnum):
    """What deals are ordered by."""

    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"
    TITLE = "TITLE"
    VALUE = "VALUE"
    EXPECTED_CLOSE_DATE = "EXPECTED_CLOSE_DATE"
    STAGE_ENTERED_AT = "STAGE_ENTERED_AT"
    CUSTOM_FIELD = "CUSTOM_FIELD"
    FORMULA_FIELD = "FORMULA_FIELD"


@strawberry.input(description="How deals are ordered.")
class DealOrder:
    """A field and a direction."""

    field: DealOrderField
    direction: Direction = Direction.DESC
    custom_field_id: strawberry.ID | None = strawberry.UNSET
    formula_field_id: strawberry.ID | None = strawberry.UNSET


def deals_paged(
    root: object,
    filter: DealFilter | None = strawberry.UNSET,
    order_by: DealOrder | None = strawberry.UNSET,
    first: int | None = 50,
    after: str | None = None,
) -> Any:
    """The arguments of the list of deals."""


@strawberry.input(description="A new deal.")
class CreateDealInput(NewOpportunity):
    """A new deal."""

    stage_id: strawberry.ID
    probability: int | None = strawberry.UNSET


@strawberry.input(description="What to change of a deal; what is left out stays, null unsets.")
class UpdateDealInput(OpportunityPatch):
    """A change of a deal."""

    probability: int | None = strawberry.UNSET


@strawberry.input(description="Where a deal goes. The stage may be another pipeline's.")
class MoveDealInput:
    """A move."""

    id: strawberry.ID
    stage_id: strawberry.ID
    expected_version: int | None = strawberry.UNSET
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="A deal that is won, lost or reopened.")
class CloseDealInput:
    """A closing; lostReason is kept by loseDeal alone."""

    id: strawberry.ID
    expected_version: int | None = strawberry.UNSET
    lost_reason: str | None = strawberry.UNSET
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="Up to 1,000 deals.")
class DealIdsInput:
    """Deals."""

    ids: list[strawberry.ID]
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="Up to 100 people beside the deal's own.")
class ParticipantsInput:
    """People in a deal."""

    deal_id: strawberry.ID
    person_ids: list[strawberry.ID]
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="A deal that the one who asks follows, or no longer.")
class FollowDealInput:
    """A deal."""

    deal_id: strawberry.ID
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.type(description="What became of a deal.")
class DealPayload:
    """The deal after the command."""

    deal: Deal | None
    errors: list[UserError]


async def _create_deal(viewer: Viewer, draft: Any) -> Answer:
    return {"deal": Ref("Deal", await deals.create_deal(viewer, draft))}


async def _update_deal(viewer: Viewer, patch: Any) -> Answer:
    return {"deal": Ref("Deal", await deals.update_deal(viewer, patch))}


async def _move_deal(viewer: Viewer, move: Any) -> Answer:
    return {"deal": Ref("Deal", await deals.move_deal(viewer, move))}


async def _win_deal(viewer: Viewer, closing: Any) -> Answer:
    return {"deal": Ref("Deal", await deals.win_deal(viewer, closing))}


async def _lose_deal(viewer: Viewer, closing: Any) -> Answer:
    return {"deal": Ref("Deal", await deals.lose_deal(viewer, closing))}


async def _reopen_deal(viewer: Viewer, closing: Any) -> Answer:
    return {"deal": Ref("Deal", await deals.reopen_deal(viewer, closing))}


async def _delete_deals(viewer: Viewer, given: Any) -> Answer:
    return {"deleted_ids": [encode("Deal", key) for key in await deals.delete_deals(viewer, given)]}


async def _add_participants(viewer: Viewer, given: Any) -> Answer:
    return {"deal": Ref("Deal", await participants.add_participants(viewer, given))}


async def _remove_participants(viewer: Viewer, given: Any) -> Answer:
    return {"deal": Ref("Deal", await participants.remove_participants(viewer, given))}


async def _follow_deal(viewer: Viewer, given: Any) -> Answer:
    return {"deal": Ref("Deal", await participants.follow_deal(viewer, given))}


async def _unfollow_deal(viewer: Viewer, given: Any) -> Answer:
    return {"deal": Ref("Deal", await participants.unfollow_deal(viewer, given))}


@strawberry.type
class DealCommands:
    """What may be done with deals."""

    create_deal = command(CreateDealInput, DealPayload, _create_deal)
    update_deal = command(UpdateDealInput, DealPayload, _update_deal)
    move_deal = command(MoveDealInput, DealPayload, _move_deal)
    win_deal = command(CloseDealInput, DealPayload, _win_deal)
    lose_deal = command(CloseDealInput, DealPayload, _lose_deal)
    reopen_deal = command(CloseDealInput, DealPayload, _reopen_deal)
    delete_deals = command(DealIdsInput, DeletePayload, _delete_deals)
    add_participants = command(ParticipantsInput, DealPayload, _add_participants)
    remove_participants = command(ParticipantsInput, DealPayload, _remove_participants)
    follow_deal = command(FollowDealInput, DealPayload, _follow_deal)
    unfollow_deal = command(FollowDealInput, DealPayload, _unfollow_deal)
