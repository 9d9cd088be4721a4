"""Which of the two media types of GraphQL over HTTP a client takes."""

from app.requests import Refusal

RESPONSE = "application/graphql-response+json"
JSON = "application/json"
_LONGEST = 4_000


def negotiate(accept: str | None) -> str:
    """The media type to answer with; refuses with 406 where the client takes neither.

    What says nothing of either (`*/*`, or no header) gets application/json. Other types beside
    them, such as text/event-stream, change nothing.
    """
    if accept is None or not accept.strip():
        return JSON
    ranges = _ranges(accept[:_LONGEST])
    response, plain = _quality(RESPONSE, ranges), _quality(JSON, ranges)
    if response <= 0 and plain <= 0:
        message = f"Answers come as {RESPONSE} or {JSON}: name one of them in Accept."
        raise Refusal(406, message, "NOT_ACCEPTABLE")
    if response > plain or (response == plain and RESPONSE in ranges):
        return RESPONSE
    return JSON


def accepts(accept: str | None, media: str) -> bool:
    """Whether a client takes a media type; one that does not say takes any."""
    return accept is None or not accept.strip() or _quality(media, _ranges(accept[:_LONGEST])) > 0


def _ranges(accept: str) -> dict[str, float]:
    ranges: dict[str, float] = {}
    for each in accept.split(","):
        media, *parameters = (part.strip().lower() for part in each.split(";"))
        weights = [part[2:] for part in parameters if part.startswith("q=")]
        ranges[media] = _weight(weights[0]) if weights else 1.0
    return ranges


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _quality(media: str, ranges: dict[str, float]) -> float:
    for known in (media, f"{media.partition('/')[0]}/*", "*/*"):
        if known in ranges:
            return ranges[known]
    return 0.0
