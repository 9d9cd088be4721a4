"""What can be watched: a subscription's root field and arguments become a feed, told of each change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from models.changes import Change
from resolvers import ids
from resolvers.access import Viewer
from resolvers.deal_feeds import Place, alone, board, cross_deals, matching, tell_board, tell_deals
from resolvers.deal_filters import DealMatch
from resolvers.events import Event, Tell, event_of, require_seen
from resolvers.inbox_feed import cross_inbox, tell_inbox
from resolvers.job_feeds import JOBS, Job
from resolvers.plan_feed import PlanFeed
from resolvers.reads.run import Reader, Ref
from resolvers.sight import Cross


async def _unmoved(reader: Reader, before: Viewer, change: Change) -> list[Event] | None:
    """Nothing, where what is told does not depend on what its viewer sees."""
    return []


async def _read_again(reader: Reader, before: Viewer, change: Change) -> list[Event] | None:
    """To be read again, where a feed does not say what a change of rights means to it."""
    return None


@dataclass(frozen=True)
class Feed:
    """One thing that can be watched: what it is told of a change, of one of its viewer's rights, and when caught up."""

    tell: Tell
    cross: Cross = _read_again
    job: Job | None = None

    def mark(self, type_name: Literal["CaughtUp", "Resync"], revision: int, at: datetime) -> Event | None:
        """What is told where there is no change: that it is live, or must be read again.

        A feed about a piece of work has no such types; it is told how the work stands.
        """
        return Event(type_name, revision, at) if self.job is None else self.job.present(revision, at)


async def open_feed(viewer: Viewer, root_field: str, arguments: Mapping[str, Any], *, again: bool = False) -> Feed:
    """The feed that a subscription's root field asks for; `again` where it was open under earlier rights.

    Refuses with NOT_FOUND a pipeline, a deal or work that the viewer does not see, and with
    INVALID what is no id of one. A deal that was watched before (`again`, or resumed with `after`)
    may be gone since: that is told, not refused.
    """
    match root_field:
        case "pipelineChanged":
            pipeline = await require_seen(viewer, "Pipeline", arguments["pipelineId"], "pipelineId")
            return _among(board(pipeline), lambda reader, change: tell_board(reader, pipeline, change))
        case "leadInboxChanged":
            return Feed(tell_inbox, cross_inbox)
        case "dealChanged":
            key = ids.expect("Deal", arguments["dealId"], "dealId")
            if not again and arguments.get("after") is None:
                await require_seen(viewer, "Deal", arguments["dealId"], "dealId")
            return _among(alone(key))
        case "dealsChanged":
            return _among(matching(viewer, DealMatch.of(arguments.get("filter"))))
        case "conversationChanged":
            return Feed(tell_conversation)
        case "planUsageChanged":
            return Feed(PlanFeed().tell, _unmoved)
        case "importProgress" | "conversionProgress":
            kind = JOBS[root_field]
            key = await require_seen(viewer, kind.type_name, arguments[kind.argument], kind.argument)
            job = Job(kind, key)
            return Feed(job.tell, _unmoved, job)
    raise LookupError(f"{root_field} is no feed")


def _among(place: Place, tell: Tell | None = None) -> Feed:
    """The feed of some deals, which may be told of more than of them."""
    return Feed(
        tell or (lambda reader, change: tell_deals(reader, place, change)),
        lambda reader, before, change: cross_deals(reader, place, before, change),
    )


async def tell_conversation(reader: Reader, change: Change) -> Event | None:
    """What those who answer visitors are told of a change; null: the change is of no conversation."""
    for subject in change.find("conversation"):
        return event_of("ConversationChanged", change, conversation=Ref("Conversation", UUID(subject.id)))
    return None
