"""Projects, their phases and tasks, and the deals they are for."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.constraining import Constrain
from models.constraints import Check, Index, Reference, one_of_values, unique


class Migration(migrations.Migration):
    """Four tables."""

    dependencies = [("models", "0006_participants")]
    operations = [
        ops.CreateModel(
            name="Project",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("owner_id", fields.UUIDField()),
                ("visibility", fields.CharField(max_length=8)),
                ("version", fields.IntField()),
                ("created_at", fields.DatetimeField()),
                ("updated_at", fields.DatetimeField()),
                ("name", fields.CharField(max_length=255)),
                ("folded_name", fields.CharField(max_length=512)),
                ("description", fields.TextField(null=True)),
                ("status", fields.CharField(max_length=9)),
                ("starts_on", fields.DateField(null=True)),
                ("due_on", fields.DateField(null=True)),
                ("closed_at", fields.DatetimeField(null=True)),
            ],
            options={"table": "projects", "app": "models", "pk_attr": "id"},
        ),
        ops.CreateModel(
            name="ProjectPhase",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("project_id", fields.UUIDField()),
                ("name", fields.CharField(max_length=255)),
                ("position", fields.IntField()),
            ],
            options={"table": "project_phases", "app": "models", "pk_attr": "id"},
        ),
        ops.CreateModel(
            name="ProjectTask",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("project_id", fields.UUIDField()),
                ("phase_id", fields.UUIDField(null=True)),
                ("title", fields.CharField(max_length=255)),
                ("due_on", fields.DateField(null=True)),
                ("assignee_id", fields.UUIDField(null=True)),
                ("done_at", fields.DatetimeField(null=True)),
                ("created_at", fields.DatetimeField()),
            ],
            options={"table": "project_tasks", "app": "models", "pk_attr": "id"},
        ),
        ops.CreateModel(
            name="DealProject",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("deal_id", fields.UUIDField()),
                ("project_id", fields.UUIDField()),
            ],
            options={"table": "deal_projects", "app": "models", "pk_attr": "id"},
        ),
        Constrain(
            one_of_values("projects", "visibility", "OWNER TEAM EVERYONE"),
            one_of_values("projects", "status", "OPEN COMPLETED CANCELED"),
            Check("projects", "version_positive", "version >= 1"),
            Check("projects", "closed_when_not_open", "(status = 'OPEN') = (closed_at IS NULL)"),
            unique("projects", "account_id, id"),
            Index("projects", "account_id, created_at, id"),
            Index("projects", "owner_id"),
            Reference("projects", "account_id, owner_id", "users"),
            unique("project_phases", "account_id, id"),
            unique("project_phases", "account_id, project_id, id"),
            Index("project_phases", "project_id, position"),
            Reference("project_phases", "account_id, project_id", "projects"),
            Index("project_tasks", "project_id, created_at"),
            Index("project_tasks", "phase_id", where="phase_id IS NOT NULL"),
            Index("project_tasks", "assignee_id", where="assignee_id IS NOT NULL"),
            Reference("project_tasks", "account_id, project_id", "projects"),
            Reference(
                "project_tasks", "account_id, project_id, phase_id", "project_phases", "account_id, project_id, id"
            ),
            Reference("project_tasks", "account_id, assignee_id", "users"),
            unique("deal_projects", "deal_id, project_id"),
            Index("deal_projects", "project_id"),
            Reference("deal_projects", "account_id, deal_id", "deals"),
            Reference("deal_projects", "account_id, project_id", "projects"),
        ),
    ]
