"""Contacts merged, unmerged and kept separate."""

from datetime import datetime
from typing import Any

import strawberry

from resolvers import merges, separations
from resolvers.access import Viewer
from resolvers.merges import MergedField
from resolvers.reads.declare import One
from resolvers.reads.run import Ref
from schema.common import Node, User, UserError
from schema.contacts import Contact
from schema.declaring import Answer, command, identified, identifies, reads, shows

strawberry.enum(MergedField, description="What the survivor may take from the other, though it has its own.")


@strawberry.interface(description="One contact that was merged into another.")
class ContactMerge(Node):
    """What merges of people and of organizations have in common."""

    merged_id: strawberry.ID = strawberry.field(description="It leads to the survivor until the merge is undone.")
    at: datetime
    by: User
    undone_at: datetime | None


@strawberry.type(description="One person who was merged into another.")
class PersonMerge(ContactMerge):
    """A merge of people."""

    id: strawberry.ID = identifies("PersonMerge")
    merged_id: strawberry.ID = reads(identified("Person", "merged_id"))
    at: datetime = shows("at", "instant")
    by: User = reads(One("User", "by_id"))
    undone_at: datetime | None = shows("undone_at", "instant")


@strawberry.type(description="One organization that was merged into another.")
class OrganizationMerge(ContactMerge):
    """A merge of organizations."""

    id: strawberry.ID = identifies("OrganizationMerge")
    merged_id: strawberry.ID = reads(identified("Organization", "merged_id"))
    at: datetime = shows("at", "instant")
    by: User = reads(One("User", "by_id"))
    undone_at: datetime | None = shows("undone_at", "instant")


@strawberry.input(description="Two people or two organizations: one stays, the other is merged into it.")
class MergeContactsInput:
    """A merge to make."""

    survivor_id: strawberry.ID
    merged_id: strawberry.ID
    take: list[MergedField] | None = strawberry.field(
        default=strawberry.UNSET,
        description="Taken from the other although the survivor has its own; what the survivor lacks it gets anyway.",
    )
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description="Of the survivor.")
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="A merge to take back within 30 days.")
class UndoMergeInput:
    """A merge to undo."""

    merged_id: strawberry.ID
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="A contact that is none of these others.")
class KeepContactsSeparateInput:
    """Contacts to keep apart."""

    contact_id: strawberry.ID
    other_ids: list[strawberry.ID]
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.type(description="What became of a contact.")
class ContactPayload:
    """The contact after the command."""

    contact: Contact | None
    errors: list[UserError]


async def _merge_contacts(viewer: Viewer, merging: Any) -> Answer:
    return {"contact": Ref(*await merges.merge_contacts(viewer, merging))}


async def _undo_merge(viewer: Viewer, undoing: Any) -> Answer:
    return {"contact": Ref(*await merges.undo_merge(viewer, undoing))}


async def _keep_separate(viewer: Viewer, given: Any) -> Answer:
    return {"contact": Ref(*await separations.keep_separate(viewer, given))}


@strawberry.type
class MergeCommands:
    """What may be done about contacts that look alike."""

    merge_contacts = command(
        MergeContactsInput,
        ContactPayload,
        _merge_contacts,
        "The survivor gets what it lacks, all e-mails and phones, and everything that hung on the other, "
        "whose id leads to it from then on.",
    )
    undo_merge = command(UndoMergeInput, ContactPayload, _undo_merge, "Answers the contact that is there again.")
    keep_contacts_separate = command(
        KeepContactsSeparateInput, ContactPayload, _keep_separate, "They are not offered as duplicates again."
    )
