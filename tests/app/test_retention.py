"""Retention: old changes are forgotten, in every account, and no others."""

from datetime import timedelta

from app.retention import forget_once
from models import changes
from models.base import now
from models.changes import Change, ChangeKind
from tests.given import Company


async def test_changes_older_than_the_retention_are_forgotten_in_every_account(acme: Company, other: Company) -> None:
    for company in (acme, other):
        for _ in range(3):
            async with changes.write(company.id, None) as ledger:
                ledger.record(ChangeKind.DEAL_MOVED)
        for revision, days in ((1, 31), (2, 29)):
            at = now() - timedelta(days=days)
            await Change.filter(account_id=company.id, revision=revision).update(at=at)
    assert await forget_once(30) == 2
    for company in (acme, other):
        assert [change.revision for change in await changes.read_after(company.id, 0)] == [2, 3]
        assert await changes.oldest_kept(company.id) == 2
