"""What a file is, by its first bytes; its name only chooses where several kinds begin alike."""

from pathlib import PurePath

import puremagic

HEAD = 8192
UNKNOWN = "application/octet-stream"
_TEXT = "text/plain"
_ARCHIVE = ".zip"  # what documents of office programs are too
_LENGTH = 127


def sniff(head: bytes, name: str) -> str:
    """The media type of a file of that name that begins so."""
    try:
        found = [each for each in puremagic.magic_string(head) if each.mime_type]
    except (puremagic.PureError, ValueError):
        found = []
    if not found:
        return _TEXT if _is_text(head) else UNKNOWN
    by_ending = {each.extension: each for each in reversed(found)}
    chosen = by_ending.get(PurePath(name).suffix.lower()) or by_ending.get(_ARCHIVE) or found[0]
    return str(chosen.mime_type)[:_LENGTH]


def _is_text(head: bytes) -> bool:
    """Whether these bytes begin a text in UTF-8, be it cut off within a letter."""
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    return b"\0" not in head
