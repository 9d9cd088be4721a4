"""A filter of deals, held against a deal as the log has it; `resolvers/reads/filters.py` says the same in SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from models import database
from models.changes import Change, Values
from resolvers import field_filters, ids
from resolvers.access import Viewer, account_scope
from resolvers.field_filters import Condition
from resolvers.reads.filters import by_deal_filter
from resolvers.reads.run import Reader
from resolvers.reads.sql import Sql
from resolvers.search_changes import may_alter
from resolvers.searched import Looking, Row
from resolvers.searching import Search


@dataclass(frozen=True)
class DealMatch:
    """Which deals a filter lets through, by the columns it looks at; null: any value.

    A change that does not tell of a column it looks at is taken to be let through by it: how the
    deal is now decides then.
    """

    given: Mapping[str, Any]
    allowed: Mapping[str, frozenset[str]]
    label_ids: frozenset[str] | None
    search: Search | None
    custom: Sequence[Condition]
    formulas: Sequence[Condition]

    @classmethod
    def of(cls, given: Mapping[str, Any] | None) -> "DealMatch":
        """The match for a filter as clients give it; refuses with INVALID what is no id of the right type."""
        given = given or {}
        pipeline, statuses = given.get("pipelineId"), given.get("status")
        allowed = {
            "status": None if statuses is None else frozenset(str(status) for status in statuses),
            "pipeline_id": _keys("Pipeline", None if pipeline is None else [pipeline], "pipelineId"),
            "stage_id": _keys("Stage", given.get("stageIds"), "stageIds"),
            "owner_id": _keys("User", given.get("ownerIds"), "ownerIds"),
        }
        return cls(
            given,
            {column: values for column, values in allowed.items() if values is not None},
            _keys("Label", given.get("labelIds"), "labelIds"),
            Search.of(given),
            field_filters.conditions(field_filters.CUSTOM, given.get("customFields"), "filter", "customFields"),
            field_filters.conditions(field_filters.FORMULA, given.get("formulaFields"), "filter", "formulaFields"),
        )

    def holds(self, values: Values) -> bool:
        """Whether a deal with these values is let through."""
        if any(values[column] not in allowed for column, allowed in self.allowed.items()):
            return False
        if self.label_ids is not None and self.label_ids.isdisjoint(values.get("label_ids", self.label_ids)):
            return False
        if "custom" in values and not all(each.holds(values["custom"].get(str(each.key), ())) for each in self.custom):
            return False
        results = values.get("formulas")
        return results is None or all(each.holds([results.get(str(each.key), {})]) for each in self.formulas)

    async def is_found(self, reader: Reader, deal_id: str, values: Values) -> bool:
        """Whether the search finds a deal with these values, what is beside it being as it is now."""
        search = self.search
        if search is None or search.is_in(values.get("folded_title", search.folded)):
            return True
        sql = Sql(database.current().dialect)
        found = Looking(search, reader.viewer, sql, one_by_one=True).beside_title(Row.told(values, "d", sql))
        deal = f"d.id = {sql.one(UUID(deal_id))} AND {account_scope(reader.viewer, 'd', sql)}"
        return bool(await reader.fetch(f"SELECT 1 FROM deals d WHERE {deal} AND ({found})", sql.arguments))

    async def is_altered(self, reader: Reader, change: Change) -> bool:
        """Whether a change of what is beside deals may alter what the search finds, so that it must be read again."""
        return self.search is not None and await may_alter(self.search, reader, change)

    def condition(self, viewer: Viewer, alias: str, sql: Sql) -> str | None:
        """The same for the deals under an alias, as they are now."""
        condition = by_deal_filter(alias, {"filter": self.given}, sql)
        if self.search is None:
            return condition
        looking = Looking(self.search, viewer, sql, one_by_one=True)
        found = looking.anywhere(Row.under("deal", alias), f"{alias}.folded_title")
        return f"{condition} AND {found}" if condition else found


def _keys(type_name: str, global_ids: list[str] | None, name: str) -> frozenset[str] | None:
    if global_ids is None:
        return None
    return frozenset(str(ids.expect(type_name, each, "filter", name)) for each in global_ids)
