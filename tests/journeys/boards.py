"""What a front end keeps of a board and of the inbox: a snapshot, and the events applied to it in order."""

from typing import Any

from tests.journeys.client import Client, Event

CARD = """
fragment Column on Stage {
  id
  totals { count value { amount currency } weightedValue { amount currency } }
}
fragment Card on Deal {
  id title status version probability expectedCloseDate isRotten
  value { amount currency }
  stage { id }
  owner { name }
  person { name }
  organization { name }
  labels { name }
  nextActivity { subject }
  notes { totalCount nodes { body comments { body } } }
}
"""
BOARD = f"""
query ($id: ID!) {{
  pipeline(id: $id) {{
    revision
    stages {{ ...Column deals(first: 250) {{ nodes {{ ...Card }} }} }}
  }}
}}
{CARD}
"""
BOARD_CHANGES = f"""
subscription ($id: ID!, $after: Revision) {{
  pipelineChanged(pipelineId: $id, after: $after) {{
    __typename
    revision
    clientMutationId
    stages {{ ...Column }}
    ... on DealAdded {{ deal {{ ...Card }} convertedFromLeadId }}
    ... on DealUpdated {{ deal {{ ...Card }} fields }}
    ... on DealMoved {{ deal {{ ...Card }} fromStage {{ id }} toStage {{ id }} }}
    ... on DealClosed {{ deal {{ ...Card }} }}
    ... on DealReopened {{ deal {{ ...Card }} }}
    ... on DealRemoved {{ dealId reason }}
  }}
}}
{CARD}
"""
LETTER = """
fragment Letter on Lead {
  id title version isSeen
  value { amount currency }
  owner { name }
  person { name }
  labels { name }
  nextActivity { subject }
  notes { totalCount nodes { body comments { body } } }
}
"""
INBOX_PAGE = f"""
query ($id: ID!, $after: String) {{
  pipeline(id: $id) {{ revision }}
  leads(first: 250, after: $after) {{
    nodes {{ ...Letter }}
    pageInfo {{ hasNextPage endCursor }}
    totalCount
  }}
}}
{LETTER}
"""
INBOX_CHANGES = f"""
subscription ($after: Revision) {{
  leadInboxChanged(after: $after) {{
    __typename
    revision
    clientMutationId
    ... on LeadAdded {{ lead {{ ...Letter }} }}
    ... on LeadUpdated {{ lead {{ ...Letter }} fields }}
    ... on LeadRemoved {{ leadId reason deal {{ id }} }}
  }}
}}
{LETTER}
"""


class Board:
    """The open deals of one pipeline and the totals of its stages, at `revision`."""

    def __init__(self, pipeline: dict[str, Any]) -> None:
        self.revision = int(pipeline["revision"])
        self.totals = {stage["id"]: stage["totals"] for stage in pipeline["stages"]}
        self.cards = {card["id"]: card for stage in pipeline["stages"] for card in stage["deals"]["nodes"]}
        self._told: list[Event] = []  # at this revision: several where the rights of who looks have changed

    def apply(self, event: Event) -> None:
        """Take one event in."""
        assert event["__typename"] != "Resync", "this board must be read again"
        before, self.revision = self.revision, int(event["revision"])
        if event["__typename"] == "CaughtUp":
            assert self.revision >= before
            return
        self._told = [*self._told, event] if self.revision == before else [event]
        assert self.revision >= before and event not in self._told[:-1], "an event came again, or out of order"
        self.totals |= {stage["id"]: stage["totals"] for stage in event["stages"]}
        if "deal" in event and event["deal"]["status"] == "OPEN":
            self.cards[event["deal"]["id"]] = event["deal"]
        else:
            self.cards.pop(event["deal"]["id"] if "deal" in event else event["dealId"], None)

    def apply_all(self, events: list[Event]) -> None:
        """Take events in, in order."""
        for event in events:
            self.apply(event)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Board) and self._shown() == other._shown()

    def _shown(self) -> tuple[Any, ...]:
        return self.revision, self.totals, self.cards

    def __repr__(self) -> str:
        return f"Board{self._shown()}"

    __hash__ = None  # type: ignore[assignment]


async def read_board(client: Client, pipeline_id: str) -> Board:
    """The board as a fresh query answers it."""
    return Board((await client.ask(BOARD, id=pipeline_id))["pipeline"])


async def read_inbox(client: Client, pipeline_id: str) -> tuple[int, dict[str, Any]]:
    """The whole inbox, page by page, and the revision of its last page."""
    leads: dict[str, Any] = {}
    after: str | None = None
    while True:
        page = await client.ask(INBOX_PAGE, id=pipeline_id, after=after)
        leads |= {lead["id"]: lead for lead in page["leads"]["nodes"]}
        if not page["leads"]["pageInfo"]["hasNextPage"]:
            assert len(leads) == page["leads"]["totalCount"]
            return int(page["pipeline"]["revision"]), leads
        after = page["leads"]["pageInfo"]["endCursor"]


def applied(inbox: dict[str, Any], events: list[Event]) -> dict[str, Any]:
    """An inbox after these events."""
    inbox = dict(inbox)
    for event in events:
        match event["__typename"]:
            case "LeadAdded" | "LeadUpdated":
                inbox[event["lead"]["id"]] = event["lead"]
            case "LeadRemoved":
                inbox.pop(event["leadId"], None)
    return inbox
