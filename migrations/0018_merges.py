"""Contacts merged into others, and pairs that are kept apart."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.constraining import Constrain
from models.constraints import Check, Index, Reference, Rule, unique


def _merges(name: str, table: str) -> ops.CreateModel:
    return ops.CreateModel(
        name=name,
        fields=[
            ("id", fields.UUIDField(primary_key=True)),
            ("account_id", fields.UUIDField()),
            ("survivor_id", fields.UUIDField()),
            ("merged_id", fields.UUIDField()),
            ("by_id", fields.UUIDField()),
            ("at", fields.DatetimeField()),
            ("handed", fields.JSONField()),
            ("dropped", fields.JSONField()),
            ("changed", fields.JSONField()),
            ("undone_at", fields.DatetimeField(null=True)),
        ],
        options={"table": table, "app": "models", "pk_attr": "id"},
    )


def _separations(name: str, table: str) -> ops.CreateModel:
    return ops.CreateModel(
        name=name,
        fields=[
            ("id", fields.UUIDField(primary_key=True)),
            ("account_id", fields.UUIDField()),
            ("contact_id", fields.UUIDField()),
            ("other_id", fields.UUIDField()),
        ],
        options={"table": table, "app": "models", "pk_attr": "id"},
    )


def _rules(contacts: str, merges: str, separations: str) -> tuple[Rule, ...]:
    return (
        Check(contacts, "removed_where_merged", "(merged_into_id IS NULL) = (removed_at IS NULL)"),
        Index(contacts, "merged_into_id", where="merged_into_id IS NOT NULL"),
        Reference(contacts, "account_id, merged_into_id", contacts),
        Check(merges, "of_two", "survivor_id <> merged_id"),
        Index(merges, "survivor_id, at"),
        unique(merges, "merged_id", where="undone_at IS NULL"),
        Reference(merges, "account_id, survivor_id", contacts),
        Reference(merges, "account_id, merged_id", contacts),
        Reference(merges, "account_id, by_id", "users", looked_up=False),
        Check(separations, "of_two", "contact_id <> other_id"),
        unique(separations, "contact_id, other_id"),
        Index(separations, "other_id"),
        Reference(separations, "account_id, contact_id", contacts),
        Reference(separations, "account_id, other_id", contacts),
    )


class Migration(migrations.Migration):
    """Two tables and two columns for each kind of contact."""

    dependencies = [("models", "0017_deal_documents")]
    operations = [
        ops.AddField("Person", "removed_at", fields.DatetimeField(null=True)),
        ops.AddField("Person", "merged_into_id", fields.UUIDField(null=True)),
        ops.AddField("Organization", "removed_at", fields.DatetimeField(null=True)),
        ops.AddField("Organization", "merged_into_id", fields.UUIDField(null=True)),
        _merges("PersonMerge", "person_merges"),
        _merges("OrganizationMerge", "organization_merges"),
        _separations("PersonSeparation", "person_separations"),
        _separations("OrganizationSeparation", "organization_separations"),
        Constrain(
            *_rules("people", "person_merges", "person_separations"),
            *_rules("organizations", "organization_merges", "organization_separations"),
        ),
    ]
