"""Why the server ends a socket: one code and one short reason for each cause."""

from enum import IntEnum


class CloseCode(IntEnum):
    """The close codes of graphql-transport-ws, and the ones of WebSocket itself that are used."""

    NORMAL = 1000
    MESSAGE_TOO_BIG = 1009
    SERVICE_RESTART = 1012
    TRY_AGAIN_LATER = 1013
    BAD_REQUEST = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403
    SUBPROTOCOL_NOT_ACCEPTABLE = 4406
    INITIALISATION_TIMEOUT = 4408
    SUBSCRIBER_EXISTS = 4409
    TOO_MANY_INITIALISATIONS = 4429
    INTERNAL_ERROR = 4500

    @property
    def reason(self) -> str:
        """What is said where nothing more precise is known."""
        return _REASONS[self]


_REASONS = {
    CloseCode.NORMAL: "",
    CloseCode.MESSAGE_TOO_BIG: "Message too big",
    CloseCode.SERVICE_RESTART: "Service restart",
    CloseCode.TRY_AGAIN_LATER: "Try again later",
    CloseCode.BAD_REQUEST: "Bad request",
    CloseCode.UNAUTHORIZED: "Unauthorized",
    CloseCode.FORBIDDEN: "Forbidden",
    CloseCode.SUBPROTOCOL_NOT_ACCEPTABLE: "Subprotocol not acceptable",
    CloseCode.INITIALISATION_TIMEOUT: "Connection initialisation timeout",
    CloseCode.SUBSCRIBER_EXISTS: "Subscriber already exists",
    CloseCode.TOO_MANY_INITIALISATIONS: "Too many initialisation requests",
    CloseCode.INTERNAL_ERROR: "Internal server error",
}


def fit(reason: str) -> str:
    """A reason cut to the 123 bytes that a close frame has room for, never amid a character."""
    return reason.encode()[:123].decode(errors="ignore")
