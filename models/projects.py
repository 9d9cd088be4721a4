"""Projects: what is delivered for deals, in phases and tasks."""

from enum import StrEnum

from tortoise import fields

from models.base import AccountRow, Record, now, one_of


class ProjectStatus(StrEnum):
    """Where a project stands."""

    OPEN = "OPEN"
    COMPLETED = "COMPLETED"
    CANCELED = "CANCELED"


class Project(Record):
    """What is delivered for one deal or several. `closed_at` is when it was completed or canceled."""

    name = fields.CharField(max_length=255)
    folded_name = fields.CharField(max_length=512)
    description = fields.TextField(null=True)
    status = one_of(ProjectStatus, default=ProjectStatus.OPEN, max_length=9)
    starts_on = fields.DateField(null=True)
    due_on = fields.DateField(null=True)
    closed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "projects"


class ProjectPhase(AccountRow):
    """A part of a project; phases stand in order of their position."""

    project_id = fields.UUIDField()
    name = fields.CharField(max_length=255)
    position = fields.IntField()

    class Meta:
        table = "project_phases"


class ProjectTask(AccountRow):
    """Something to do in a project, in one of its phases or in none."""

    project_id = fields.UUIDField()
    phase_id = fields.UUIDField(null=True)
    title = fields.CharField(max_length=255)
    due_on = fields.DateField(null=True)
    assignee_id = fields.UUIDField(null=True)
    done_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(default=now)

    class Meta:
        table = "project_tasks"


class DealProject(AccountRow):
    """A deal that a project is for."""

    deal_id = fields.UUIDField()
    project_id = fields.UUIDField()

    class Meta:
        table = "deal_projects"
