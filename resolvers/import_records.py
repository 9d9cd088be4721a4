"""Rows made into deals, people and organizations; those known by an external id are updated."""

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from models import changes
from models.base import Visibility, new_id, now
from models.changes import ChangeKind, Ledger
from models.deals import VALUE, Deal, DealStatus, has_lines
from models.leads import Lead
from models.pipelines import Pipeline, Stage
from resolvers import commands, contact_kinds, contacts, opportunities, pipelines, text, usage
from resolvers.access import Viewer
from resolvers.contact_kinds import ORGANIZATION, PERSON, ContactKind
from resolvers.errors import Refused
from resolvers.import_batches import BatchWriter, Meant, given, is_owned
from resolvers.import_known import Outcome, Pair, find_known, find_referred, is_referred, skip, unreferred
from resolvers.import_rows import LeadRow
from resolvers.opportunities import FOLDED_LENGTH


class DealWriter(BatchWriter):
    """Makes deals. Open ones take places under the plan; those that find none are left out."""

    _noun = "deal"
    _model = Deal
    _added = ChangeKind.DEAL_ADDED
    _updated = ChangeKind.DEAL_UPDATED

    def __init__(self, viewer: Viewer, is_dry_run: bool) -> None:
        super().__init__(viewer, is_dry_run)
        self._stages: dict[tuple[str | None, str | None], Stage] = {}
        self._requirements: dict[UUID, pipelines.Requirements] = {}
        self._taken = 0

    def _said(self, row: LeadRow, record: Any, meant: Meant) -> dict[str, Any]:
        """As of any record; the value of a deal with lines is theirs."""
        computed = VALUE if has_lines(record) else ()
        return {name: value for name, value in super()._said(row, record, meant).items() if name not in computed}

    async def _placed(self, rows: Sequence[Pair], outcome: Outcome) -> Sequence[Pair]:
        """The rows that name a stage there is, have what it requires, and find a place under the plan."""
        await self._read_stages()
        staged = [each for each in rows if await self._is_staged(each, outcome)]
        opening = [each for each in staged if _is_open(each[1])]
        free = await self._take(len(opening))
        for each in opening[free:]:
            skip(each, "The plan has no place for this deal: close an open deal, or move to a larger plan.", outcome)
        left_out = {id(each) for each in opening[free:]}
        return [each for each in staged if id(each) not in left_out]

    async def _take(self, count: int) -> int:
        if not self._is_dry_run:
            return await usage.take_up_to(self._viewer.account_id, count)
        left = await usage.places_left(self._viewer.account_id)
        free = count if left is None else max(0, min(count, left - self._taken))
        self._taken += free
        return free

    async def _read_stages(self) -> None:
        """The stages by the folded names of their pipelines and their own; null for the default, and the first."""
        if self._stages:
            return
        lines = await Pipeline.filter(account_id=self._viewer.account_id).order_by("-is_default", "position")
        for line in reversed(lines):
            for stage in await Stage.filter(pipeline_id=line.id).order_by("-position"):
                for pipeline_name in (None, text.fold(line.name)):
                    self._stages[pipeline_name, None] = stage
                    self._stages[pipeline_name, text.fold(stage.name)] = stage

    async def _is_staged(self, each: Pair, outcome: Outcome) -> bool:
        stage = self._stage_of(each[1])
        if stage is None:
            skip(each, "There is no such stage in such a pipeline: make it first, or leave the cells empty.", outcome)
            return False
        if stage.id not in self._requirements:
            self._requirements[stage.id] = await pipelines.find_requirements(stage)
        row = each[1]
        has: dict[str, Any] = {
            "value_minor": row.value_minor,
            "expected_close_date": row.expected_close_date,
            "person_id": row.person_ref or row.has_person or None,
            "organization_id": row.organization_ref or row.has_organization or None,
            "custom": {**(row.custom or {}), **(row.pointed or {})},
        }
        missing = self._requirements[stage.id].missing(has)
        if missing:
            skip(each, f"A deal in the stage {stage.name} must have {', '.join(missing)}.", outcome)
        return not missing

    def _stage_of(self, row: LeadRow) -> Stage | None:
        names = (row.pipeline and text.fold(row.pipeline), row.stage and text.fold(row.stage))
        return self._stages.get((names[0] or None, names[1] or None))

    def _record(self, row: LeadRow, columns: dict[str, Any]) -> Lead | Deal:
        stage = cast(Stage, self._stage_of(row))
        status = row.status or DealStatus.OPEN
        return Deal(
            **columns,
            pipeline_id=stage.pipeline_id,
            stage_id=stage.id,
            status=status,
            probability=None if row.probability == stage.probability else row.probability,
            closed_at=None if status is DealStatus.OPEN else now(),
            lost_reason=row.lost_reason if status is DealStatus.LOST else None,
        )


def _is_open(row: LeadRow) -> bool:
    return row.status in (None, DealStatus.OPEN)


class ContactWriter(BatchWriter):
    """Makes people or organizations. A row without an external id that is of somebody known makes nobody."""

    def __init__(self, viewer: Viewer, is_dry_run: bool, kind: ContactKind[Any]) -> None:
        super().__init__(viewer, is_dry_run)
        self._kind = kind
        self._model = kind.model

    async def write(self, ledger: Ledger, rows: Sequence[Pair]) -> Outcome:
        """Make contacts of the rows that are new and update those known; to be called in the ledger's transaction."""
        outcome, kind = Outcome(), self._kind
        known = await find_known(self._viewer, kind.model, [row.external_id for _, row in rows if row.external_id])
        owners = await self._owners(rows)
        owned = [each for each in rows if is_owned(each, owners, outcome)]
        refs = await find_referred(self._viewer, [row for _, row in owned])
        chosen = [each for each in owned if is_referred(each, refs, outcome)]
        unknown = await self._fresh([each for each in chosen if each[1].external_id not in known], outcome)
        new = self._once(unknown, outcome)
        owner_ids = [owners[row.owner] for _, row in new]
        found = await self._finder.find([self._asked(row) for _, row in new], owner_ids)
        made: list[Any] = []
        for (_, row), owner_id, its in zip(new, owner_ids, found, strict=True):
            refs.give(row, its)
            organization_id = its.organization_id if kind is PERSON else None
            match = its.person_id if kind is PERSON else its.organization_id
            is_known = not row.external_id and match is not None and getattr(its, kind.noun) is None
            outcome.unchanged += is_known
            if not is_known:
                made.append(self._contact(row, owner_id, organization_id))
            if kind is PERSON and its.organization is not None:
                await self._add(ledger, ORGANIZATION, [its.organization], outcome)
        outcome.created += len(made)
        await self._add(ledger, kind, made, outcome)
        for each in chosen:
            if (external_id := each[1].external_id) in known and external_id:
                await self._update(ledger, each, known[external_id], refs.organizations, outcome)
        return outcome

    def _asked(self, row: LeadRow) -> LeadRow:
        """What of a row contacts are looked for by: nobody is, whom it names by an external id."""
        bare = unreferred(row)
        if self._kind is ORGANIZATION:
            return LeadRow() if row.external_id else LeadRow(organization=bare.organization, domain=bare.domain)
        return LeadRow(organization=bare.organization, domain=bare.domain) if row.external_id else bare

    async def _add(self, ledger: Ledger, kind: ContactKind[Any], made: Sequence[Any], outcome: Outcome) -> None:
        outcome.made["people" if kind is PERSON else "organizations"] += len(made)
        if not self._is_dry_run:
            await (contacts.insert_people if kind is PERSON else contacts.insert_organizations)(made)
            for contact in made:
                ledger.record(kind.added, changes.added(kind.noun, changes.snapshot(contact)))

    def _contact(self, row: LeadRow, owner_id: UUID, organization_id: UUID | None) -> Any:
        return self._kind.model(
            id=new_id(),
            account_id=self._viewer.account_id,
            owner_id=owner_id,
            visibility=row.visibility or Visibility.EVERYONE,
            import_key=row.key,
            **self._told(row, organization_id),
        )

    def _told(self, row: LeadRow, organization_id: UUID | None) -> dict[str, Any]:
        if self._kind is PERSON:
            name = row.person or (row.emails + row.phones)[0][: text.LINE_LENGTH]
            more: dict[str, Any] = {"emails": row.emails, "phones": row.phones, "organization_id": organization_id}
        else:
            name, more = row.organization or row.domain or "", {"domain": row.domain, "address": row.address}
        return {"name": name, "folded_name": text.fold(name)[:FOLDED_LENGTH], **more}

    async def _update(
        self, ledger: Ledger, each: Pair, contact: Any, organizations: Mapping[str, UUID], outcome: Outcome
    ) -> None:
        row = each[1]
        employer = organizations.get(row.organization_ref or "")
        found = given({**self._told(row, employer), "visibility": row.visibility})
        if not (row.person if self._kind is PERSON else row.organization):  # then it is made up of the rest
            del found["name"], found["folded_name"]
        try:
            if contact is not None:
                opportunities.require_rights(self._viewer, contact, found)
        except Refused as refused:
            skip(each, str(refused), outcome)
            return
        changed = contact is not None and any(getattr(contact, name) != value for name, value in found.items())
        outcome.updated += changed
        outcome.unchanged += not changed
        if changed and not self._is_dry_run:
            linked = await contacts.lock_linked(self._viewer, self._kind, contact.id)
            revised = await commands.revise(self._kind.noun, contact, found)
            if revised is not None:
                await contact_kinds.replace_keys(self._kind, contact)
                ledger.record(self._kind.updated, revised)
                await contacts.tell_linked(ledger, linked, revised)
