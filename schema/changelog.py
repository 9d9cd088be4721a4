"""The changelog of a deal: who changed which field, when, from what to what."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from models.changelog import AMOUNT, LINE
from resolvers import ids, money, thousandths
from resolvers.events import field_name
from resolvers.reads.declare import Connection, Need, One, Term, Value
from schema.common import Label, Node, PageInfo, User
from schema.contacts import Organization, Person
from schema.custom_fields import CustomField, CustomFieldOption
from schema.declaring import identifies, reads, shows
from schema.enums import DealEvent, Way
from schema.scalars import Revision

if TYPE_CHECKING:
    from schema.pipelines import Stage
    from schema.products import Product

_LATEST = {"REVISION": (Term("{a}.revision", "int"),)}
CHANGELOG = Connection("ChangelogEntry", column="deal_id", order="REVISION", orders=_LATEST)
_REVISION = Value((Need("{a}.revision", "int"),), str)
_FIELD = Value((Need("{a}.field"),), lambda column: None if column is None else field_name(column))


def _shown(field: str | None, value: str | None) -> str | None:
    if field not in (AMOUNT, LINE) or value is None:
        return value
    if field == LINE:
        quantity, minor, currency, counts = value.split()
        line = f"{thousandths.to_text(int(quantity))} × {money.to_text(int(minor), currency)} {currency}"
        return line if counts == "+" else f"({line})"
    minor, currency = value.split()
    return f"{money.to_text(int(minor), currency)} {currency}"


def _value(side: str) -> Value:
    return Value((Need("{a}.field"), Need(f"{{a}}.{side}_value")), _shown)


_LEAD = Value(
    (Need("{a}.event"), Need("{a}.new_id", "key")),
    lambda event, key: ids.encode("Lead", key) if event == DealEvent.CONVERTED else None,
)


@strawberry.type(
    description="One field of a deal that changed, or what became of the deal as a whole. A plain value is shown as "
    "text; where a field points to something else, that is shown, as far as the viewer may see it."
)
class ChangelogEntry(Node):
    """An entry of a changelog."""

    id: strawberry.ID = identifies("ChangelogEntry")
    revision: Revision = reads(_REVISION)
    at: datetime = shows("at", "instant")
    actor: User | None = reads(One("User", "actor_id"), "Null: the system itself.")
    way: Way = shows("way")
    event: DealEvent = shows("event")
    field: str | None = reads(_FIELD, "The field of Deal that changed, by its name in this schema.")
    old_value: str | None = reads(_value("old"))
    new_value: str | None = reads(_value("new"))
    converted_from_lead_id: strawberry.ID | None = reads(_LEAD, "The lead that the deal was, where it was converted.")
    old_stage: Annotated["Stage", strawberry.lazy("schema.pipelines")] | None = reads(One("Stage", "old_id"))
    new_stage: Annotated["Stage", strawberry.lazy("schema.pipelines")] | None = reads(One("Stage", "new_id"))
    old_owner: User | None = reads(One("User", "old_id"))
    new_owner: User | None = reads(One("User", "new_id"))
    old_person: Person | None = reads(One("Person", "old_id"), "Of the fields person and participants.")
    new_person: Person | None = reads(One("Person", "new_id"), "Of the fields person and participants.")
    old_organization: Organization | None = reads(One("Organization", "old_id"))
    new_organization: Organization | None = reads(One("Organization", "new_id"))
    custom_field: CustomField | None = reads(One("CustomField", "custom_field_id"), "Of the field customFields.")
    old_option: CustomFieldOption | None = reads(One("CustomFieldOption", "old_id"), "Of a custom field.")
    new_option: CustomFieldOption | None = reads(One("CustomFieldOption", "new_id"), "Of a custom field.")
    old_user: User | None = reads(One("User", "old_id"), "As oldOwner, and of a custom field.")
    new_user: User | None = reads(One("User", "new_id"), "As newOwner, and of a custom field.")
    old_label: Label | None = reads(One("Label", "old_id"), "A label that was taken off.")
    old_product: Annotated["Product", strawberry.lazy("schema.products")] | None = reads(One("Product", "old_id"))
    new_product: Annotated["Product", strawberry.lazy("schema.products")] | None = reads(One("Product", "new_id"))
    new_label: Label | None = reads(One("Label", "new_id"), "A label that was put on.")


@strawberry.type(description="One entry in a list.")
class ChangelogEdge:
    """An entry and where it lies."""

    cursor: str
    node: ChangelogEntry


@strawberry.type(description="A page of a changelog, latest first.")
class ChangelogConnection:
    """A page of a changelog."""

    edges: list[ChangelogEdge]
    nodes: list[ChangelogEntry]
    page_info: PageInfo
    total_count: int
