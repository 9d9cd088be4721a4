"""The ways that changes come in by."""

from enum import StrEnum


class Way(StrEnum):
    """Which way a change came in."""

    API = "API"
    BOARD = "BOARD"
    IMPORT = "IMPORT"
    FORM = "FORM"
    CHAT = "CHAT"
    MAIL = "MAIL"
    SYSTEM = "SYSTEM"
