"""Which contact each deal gets where a lead's contact looks like others: by answer, review or policy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from resolvers import matching
from resolvers.access import Viewer
from resolvers.conversion_requests import DuplicateContactsPolicy
from resolvers.matching import Match

Matches = Mapping[UUID, list[Match]]


@dataclass(frozen=True)
class Resolution:
    """`used` maps a contact to the one a deal gets in its place; `unanswered` has what is to be reviewed."""

    used: dict[UUID, UUID] = field(default_factory=dict)
    unanswered: dict[UUID, list[Match]] = field(default_factory=dict)


async def resolve(
    viewer: Viewer,
    policy: DuplicateContactsPolicy,
    answers: Mapping[UUID, UUID],
    people: Iterable[UUID],
    organizations: Iterable[UUID],
) -> Resolution:
    """Decide for these contacts. An answer counts whatever the policy; the rest is up to it.

    Contacts that the viewer does not see are kept: nobody is asked about what they cannot look at.
    """
    if policy is DuplicateContactsPolicy.KEEP:
        return Resolution(dict(answers))
    open_people = sorted(set(people) - answers.keys())
    open_organizations = sorted(set(organizations) - answers.keys())
    matches = await matching.find_matches(viewer, open_people, open_organizations)
    if policy is DuplicateContactsPolicy.REVIEW:
        return Resolution(dict(answers), {contact: found for contact, found in matches.items() if found})
    chosen = use_exact(matches)
    return Resolution({contact: answers.get(used, used) for contact, used in chosen.items()} | dict(answers))


def use_exact(matches: Matches) -> dict[UUID, UUID]:
    """For each contact the existing one that it is exactly, or itself.

    Contacts of one batch that are the same as one another all get the same one: the best match
    that is not of the batch itself, else the oldest of them.
    """
    chosen = {}
    for group in _groups(matches):
        outside = [match for contact in group for match in _exact(matches, contact) if match.contact_id not in matches]
        best = min(outside, key=lambda match: (-match.score, match.contact_id), default=None)
        chosen.update(dict.fromkeys(group, best.contact_id if best else min(group)))
    return chosen


def _exact(matches: Matches, contact: UUID) -> list[Match]:
    return [match for match in matches[contact] if match.is_exact]


def _groups(matches: Matches) -> Iterable[set[UUID]]:
    """The contacts asked about, grouped so that those with an exact match between them are together."""
    group_of: dict[UUID, set[UUID]] = {contact: {contact} for contact in matches}
    for contact in matches:
        for match in _exact(matches, contact):
            one, other = group_of[contact], group_of.get(match.contact_id, group_of[contact])
            if one is not other:
                one |= other
                group_of.update(dict.fromkeys(other, one))
    return {id(group): group for group in group_of.values()}.values()
