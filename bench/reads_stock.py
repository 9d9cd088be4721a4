"""The stock way, for bench.reads: Strawberry's own ASGI app, Tortoise models, a DataLoader for each relation."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import strawberry
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from tortoise.functions import Count, Sum

from models import database
from models.activities import Activity as ActivityRow
from models.contacts import Organization, Person
from models.deals import Deal as DealRow
from models.labels import Label as LabelRow
from models.labels import LeadLabel
from models.leads import Lead as LeadRow
from models.notes import Note as NoteRow
from models.pipelines import Stage as StageRow
from models.users import User

Load = Callable[[list[Any]], Any]


def by_key(model: Any) -> Load:
    async def load(keys: list[Any]) -> list[Any]:
        rows = {row.id: row for row in await model.filter(id__in=keys)}
        return [rows.get(key) for key in keys]

    return load


async def labels_of_leads(keys: list[Any]) -> list[list[Any]]:
    links = await LeadLabel.filter(lead_id__in=keys)
    labels = {row.id: row for row in await LabelRow.filter(id__in=[link.label_id for link in links])}
    found: dict[Any, list[Any]] = defaultdict(list)
    for link in links:
        found[link.lead_id].append(labels[link.label_id])
    return [found[key] for key in keys]


async def totals_of_stages(keys: list[Any]) -> list[list[Any]]:
    rows = await (
        DealRow.filter(stage_id__in=keys, status="OPEN", removed_at=None)
        .annotate(number=Count("id"), total=Sum("value_minor"))
        .group_by("stage_id", "currency")
        .values("stage_id", "currency", "number", "total")
    )
    return [[row for row in rows if row["stage_id"] == key] for key in keys]


class Loaders:
    """One DataLoader for each relation, for one request."""

    def __init__(self) -> None:
        self.people = DataLoader(load_fn=by_key(Person))
        self.organizations = DataLoader(load_fn=by_key(Organization))
        self.users = DataLoader(load_fn=by_key(User))
        self.stages = DataLoader(load_fn=by_key(StageRow))
        self.labels = DataLoader(load_fn=labels_of_leads)
        self.totals = DataLoader(load_fn=totals_of_stages)


Info = strawberry.Info[Any, None]


@strawberry.type
class Named:
    name: str


@strawberry.type
class Money:
    amount: str
    currency: str


@strawberry.type
class Label:
    name: str
    color: str


@strawberry.type
class Note:
    body: str
    created_at: datetime
    author_id: strawberry.Private[Any]

    @strawberry.field
    async def author(self, info: Info) -> Named:
        return await info.context["loaders"].users.load(self.author_id)  # type: ignore[no-any-return]


@strawberry.type
class Activity:
    subject: str
    due_at: datetime | None
    assignee_id: strawberry.Private[Any]

    @strawberry.field
    async def assignee(self, info: Info) -> Named:
        return await info.context["loaders"].users.load(self.assignee_id)  # type: ignore[no-any-return]


@strawberry.type
class Notes:
    nodes: list[Note]


@strawberry.type
class Activities:
    nodes: list[Activity]


@strawberry.type
class Opportunity:
    """What stock resolvers make of a row of the models: they are given the row itself."""

    id: strawberry.ID
    title: str
    expected_close_date: date | None

    @strawberry.field
    def value(self) -> Money:
        row: Any = self
        return Money(amount=str(row.value_minor), currency=row.currency)

    @strawberry.field
    async def person(self, info: Info) -> Named | None:
        row: Any = self
        return await info.context["loaders"].people.load(row.person_id)  # type: ignore[no-any-return]

    @strawberry.field
    async def organization(self, info: Info) -> Named | None:
        row: Any = self
        return await info.context["loaders"].organizations.load(row.organization_id)  # type: ignore[no-any-return]


@strawberry.type
class Lead(Opportunity):
    @strawberry.field
    async def labels(self, info: Info) -> list[Label]:
        return await info.context["loaders"].labels.load(self.id)  # type: ignore[no-any-return]


@strawberry.type
class Deal(Opportunity):
    status: str

    @strawberry.field
    async def stage(self, info: Info) -> Named:
        row: Any = self
        return await info.context["loaders"].stages.load(row.stage_id)  # type: ignore[no-any-return]

    @strawberry.field
    async def notes(self, first: int) -> Notes:
        rows: Any = await NoteRow.filter(deal_id=self.id).order_by("-created_at", "-id").limit(first)
        return Notes(nodes=rows)

    @strawberry.field
    async def activities(self, first: int) -> Activities:
        rows: Any = await ActivityRow.filter(deal_id=self.id).order_by("due_at", "id").limit(first)
        return Activities(nodes=rows)


@strawberry.type
class Deals:
    nodes: list[Deal]


@strawberry.type
class Leads:
    nodes: list[Lead]


@strawberry.type
class Totals:
    count: int
    value: list[Money]


@strawberry.type
class Stage:
    name: str

    @strawberry.field
    async def totals(self, info: Info) -> Totals:
        row: Any = self
        rows = await info.context["loaders"].totals.load(row.id)
        value = [Money(amount=str(each["total"]), currency=each["currency"]) for each in rows]
        return Totals(count=sum(each["number"] for each in rows), value=value)

    @strawberry.field
    async def deals(self, first: int) -> Deals:
        row: Any = self
        found: Any = DealRow.filter(stage_id=row.id, status="OPEN", removed_at=None)
        return Deals(nodes=await found.order_by("-stage_entered_at", "-id").limit(first))


@strawberry.type
class Pipeline:
    key: strawberry.Private[str]

    @strawberry.field
    async def stages(self) -> list[Stage]:
        rows: Any = await StageRow.filter(pipeline_id=self.key).order_by("position")
        return list(rows)


@strawberry.type
class Query:
    @strawberry.field
    async def deal(self, id: str) -> Deal | None:
        row: Any = await DealRow.get_or_none(id=id, removed_at=None)
        return row  # type: ignore[no-any-return]

    @strawberry.field
    async def leads(self, first: int) -> Leads:
        found: Any = LeadRow.filter(removed_at=None, archived_at=None).order_by("-created_at", "-id").limit(first)
        return Leads(nodes=await found)

    @strawberry.field
    def pipeline(self, id: str) -> Pipeline:
        return Pipeline(key=id)


class App(GraphQL[Any, None]):
    async def get_context(self, request: Any, response: Any) -> dict[str, Any]:
        return {"loaders": Loaders()}


def stock_app(url: str) -> Starlette:
    """The application, on a database."""
    from contextlib import asynccontextmanager

    @asynccontextmanager
    async def lifespan(_: Starlette) -> Any:
        await database.open_database(url)
        yield
        await database.close_database()

    schema = strawberry.Schema(query=Query)
    for each in (Named, Label, Note, Activity, Lead, Deal, Stage):  # rows of the models are given as they are
        implementation: Any = schema.schema_converter.type_map[each.__name__].implementation
        implementation.is_type_of = None
    return Starlette(routes=[Route("/graphql", App(schema))], lifespan=lifespan)
