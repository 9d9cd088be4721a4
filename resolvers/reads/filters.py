"""The conditions that a list's arguments add to it."""

from typing import Any

from resolvers import field_filters, ids
from resolvers.access import Binder, Viewer
from resolvers.field_filters import ValueTable
from resolvers.reads.declare import Arguments
from resolvers.searched import Looking, Row
from resolvers.searching import Search
from resolvers.text import fold, pattern, sought


def by_done(alias: str, arguments: Arguments, bind: Binder) -> str | None:
    """Activities: `done` true, false, or both where it is not given."""
    done = arguments.get("done")
    return None if done is None else f"{alias}.done_at IS {'NOT ' if done else ''}NULL"


def by_status(alias: str, arguments: Arguments, bind: Binder) -> str | None:
    """Deals: `status`, a list of statuses."""
    return _among(f"{alias}.status", arguments.get("status"), bind)


def by_name(alias: str, arguments: Arguments, bind: Binder) -> str | None:
    """Contacts: `search` in the name, without regard to case and diacritics."""
    return _containing(f"{alias}.folded_name", arguments.get("search"), bind)


def by_active(alias: str, arguments: Arguments, bind: Binder) -> str | None:
    """Products: `isActive` true, false, or both where it is not given."""
    active = arguments.get("isActive")
    return None if active is None else f"{alias}.is_active IS {'TRUE' if active else 'FALSE'}"


def by_lead_filter(alias: str, arguments: Arguments, bind: Binder) -> str | None:
    """Leads: `filter`. What is archived is left out unless `archived` says otherwise."""
    given = arguments.get("filter") or {}
    archived = given.get("archived", False)
    return _all(
        None if archived is None else f"{alias}.archived_at IS {'NOT ' if archived else ''}NULL",
        _keys(f"{alias}.owner_id", "User", given.get("ownerIds"), bind),
        _labelled(alias, "lead", given.get("labelIds"), bind),
        _among(f"{alias}.source", given.get("sources"), bind),
        _holding(alias, "lead_id", field_filters.CUSTOM, given.get("customFields"), bind),
    )


def by_deal_filter(alias: str, arguments: Arguments, bind: Binder) -> str | None:
    """Deals: `filter`."""
    given = arguments.get("filter") or {}
    pipeline = given.get("pipelineId")
    return _all(
        _among(f"{alias}.status", given.get("status"), bind),
        _keys(f"{alias}.pipeline_id", "Pipeline", None if pipeline is None else [pipeline], bind),
        _keys(f"{alias}.stage_id", "Stage", given.get("stageIds"), bind),
        _keys(f"{alias}.owner_id", "User", given.get("ownerIds"), bind),
        _labelled(alias, "deal", given.get("labelIds"), bind),
        _holding(alias, "deal_id", field_filters.CUSTOM, given.get("customFields"), bind),
        _holding(alias, "deal_id", field_filters.FORMULA, given.get("formulaFields"), bind),
    )


def by_lead_search(viewer: Viewer, alias: str, arguments: Arguments, bind: Binder) -> str | None:
    """Leads: `search` of `filter`, in titles and whatever is beside them."""
    return _found(viewer, Row.under("lead", alias), f"{alias}.folded_title", arguments, bind)


def by_deal_search(viewer: Viewer, alias: str, arguments: Arguments, bind: Binder) -> str | None:
    """Deals: the same."""
    return _found(viewer, Row.under("deal", alias), f"{alias}.folded_title", arguments, bind)


def _found(viewer: Viewer, row: Row, title: str, arguments: Arguments, bind: Binder) -> str | None:
    search = Search.of(arguments.get("filter") or {})
    return None if search is None else Looking(search, viewer, bind).anywhere(row, title)


def _all(*conditions: str | None) -> str | None:
    return " AND ".join(condition for condition in conditions if condition) or None


def _keys(column: str, type_name: str, global_ids: list[str] | None, bind: Binder) -> str | None:
    if global_ids is None:
        return None
    return f"{column} {bind.among([ids.expect(type_name, each) for each in global_ids])}"


def _labelled(alias: str, noun: str, label_ids: list[str] | None, bind: Binder) -> str | None:
    if label_ids is None:
        return None
    link = f"SELECT 1 FROM {noun}_labels fl WHERE fl.{noun}_id = {alias}.id"
    return f"EXISTS ({link} AND {_keys('fl.label_id', 'Label', label_ids, bind)})"


def _among(column: str, members: list[str] | None, bind: Binder) -> str | None:
    if members is None:
        return None
    return f"{column} {bind.among_texts(str(member) for member in members)}"


def _containing(column: str, search: str | None, bind: Binder) -> str | None:
    folded = fold(sought(search, "search"))
    if not folded:
        return None
    return f"{column} LIKE {bind.one(pattern(folded))} ESCAPE '\\'"


def _holding(alias: str, owner: str, table: ValueTable, given: Any, bind: Binder) -> str | None:
    asked = field_filters.conditions(table, given, "filter", table.member)
    return _all(*(each.sql(owner, alias, bind) for each in asked))
