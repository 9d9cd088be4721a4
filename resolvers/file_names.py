"""Names of files, made safe to show, to send in a header and to save under."""

import re
import unicodedata

LENGTH = 255
NAMELESS = "file"
# Control characters, what turns text around (`gpj.exe` shown as `exe.jpg`), and what paths are made of.
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff<>:"|?*]')
_BYTES = 240  # what file systems take, and a little less


def clean(given: str) -> str:
    """The last part of a name as a client gave it, without what deceives or hides; never empty."""
    last = re.split(r"[/\\]", given[-4 * LENGTH :].rstrip("/\\"))[-1]
    name = _FORBIDDEN.sub("", unicodedata.normalize("NFC", last)).strip(". \u00a0")
    return _shortened(" ".join(name.split())) or NAMELESS


def _shortened(name: str) -> str:
    """The name within the length that fits, its ending kept."""
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 16:
        stem, dot, ending = name, "", ""
    room = _BYTES - len((dot + ending).encode())
    while len(stem.encode()) > room:
        stem = stem[: min(len(stem) - 1, room)]
    return stem.rstrip() + dot + ending
