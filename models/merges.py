"""Contacts merged into others, and pairs that are to be kept apart: people, and organizations."""

from typing import Any

from tortoise import fields

from models.base import AccountRow, now


class Merge(AccountRow):
    """One contact that was merged into another, with what undoing that needs.

    `handed` has the ids of the rows that changed hands, by `noun.column`; `dropped` the rows, as
    JSON by noun, that would have been there twice; `changed` the survivor's columns with their
    values before and after. At most one merge of a contact is not undone; the database insists.
    """

    survivor_id = fields.UUIDField()
    merged_id = fields.UUIDField()
    by_id = fields.UUIDField()
    at = fields.DatetimeField(default=now)
    handed = fields.JSONField[dict[str, list[str]]](default=dict)
    dropped = fields.JSONField[dict[str, list[dict[str, Any]]]](default=dict)
    changed = fields.JSONField[dict[str, list[Any]]](default=dict)
    undone_at = fields.DatetimeField(null=True)

    class Meta:
        abstract = True


class PersonMerge(Merge):
    """A merge of people."""

    class Meta:
        table = "person_merges"


class OrganizationMerge(Merge):
    """A merge of organizations."""

    class Meta:
        table = "organization_merges"


class Separation(AccountRow):
    """Two contacts that look alike and are not the same. Each pair is kept both ways round."""

    contact_id = fields.UUIDField()
    other_id = fields.UUIDField()

    class Meta:
        abstract = True


class PersonSeparation(Separation):
    """Two people."""

    class Meta:
        table = "person_separations"


class OrganizationSeparation(Separation):
    """Two organizations."""

    class Meta:
        table = "organization_separations"
