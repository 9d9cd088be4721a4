"""The deals that a project is for, and how the boards of each hear of it."""

from collections.abc import Iterable
from typing import TypedDict
from uuid import UUID

from models import changes
from models.changes import ChangeKind, Ledger, Subject
from models.deals import Deal
from models.projects import DealProject, Project
from resolvers import access, commands, ids
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults

MOST_DEALS = 100


class ProjectDeals(TypedDict, total=False):
    """Deals that a project is for, or no longer."""

    project_id: str
    deal_ids: list[str]
    client_mutation_id: str | None


def require_room(count: int) -> None:
    """Refuse with TOO_MANY more deals than one project may be for."""
    if count > MOST_DEALS:
        raise refuse(ErrorCode.TOO_MANY, f"A project is for at most {MOST_DEALS} deals.", "dealIds")


async def link(project: Project, deal_ids: Iterable[UUID]) -> list[Subject]:
    """Write that a project is for deals it was not for; the subjects for the log."""
    links = [DealProject(account_id=project.account_id, deal_id=key, project_id=project.id) for key in deal_ids]
    await DealProject.bulk_create(links)
    return [changes.added("deal_project", changes.snapshot(each)) for each in links]


async def tell(ledger: Ledger, project_id: UUID, *subjects: Subject) -> None:
    """Record a change of a project, once for each deal it is for: so the boards of each hear of it."""
    links = [changes.snapshot(each) for each in await DealProject.filter(project_id=project_id).order_by("id")]
    for each in links:
        ledger.record(ChangeKind.PROJECT_UPDATED, *subjects, changes.altered("deal_project", each, each))
    if not links:
        ledger.record(ChangeKind.PROJECT_UPDATED, *subjects)


async def link_deals(viewer: Viewer, given: ProjectDeals) -> UUID:
    """Make a project one for further deals; those it is for already stay."""
    key, keys = _expect(given)
    async with commands.begin(viewer, given) as ledger:
        await commands.lock_all(viewer, Deal, keys, "dealIds")
        project = await access.find_one(viewer, Project, key, "projectId", lock=True)
        there = {each.deal_id for each in await DealProject.filter(project_id=key)}
        fresh = [deal for deal in keys if deal not in there]
        require_room(len(there) + len(fresh))
        for subject in await link(project, fresh):
            ledger.record(ChangeKind.PROJECT_UPDATED, subject)
    return key


async def unlink_deals(viewer: Viewer, given: ProjectDeals) -> UUID:
    """Make a project one for some deals no longer; those it was not for are no fault."""
    key, keys = _expect(given)
    async with commands.begin(viewer, given) as ledger:
        await commands.lock_all(viewer, Deal, keys, "dealIds")
        await access.find_one(viewer, Project, key, "projectId", lock=True)
        links = await DealProject.filter(project_id=key, deal_id__in=list(keys)).order_by("id")
        await DealProject.filter(id__in=[each.id for each in links]).delete()
        for each in links:
            ledger.record(ChangeKind.PROJECT_UPDATED, changes.removed("deal_project", changes.snapshot(each)))
    return key


def _expect(given: ProjectDeals) -> tuple[UUID, dict[UUID, int]]:
    faults = Faults()
    with faults.noted():
        key = ids.expect("Project", given["project_id"], "projectId")
    with faults.noted():
        keys = commands.keys_of("Deal", given["deal_ids"], "dealIds")
    faults.raise_any()
    return key, keys
