"""Text as users write it: cleaned before it is kept, folded before it is compared."""

import re
import unicodedata

from resolvers.errors import ErrorCode, refuse

LINE_LENGTH = 255
TEXT_LENGTH = 100_000
SOUGHT_LENGTH = 1_000  # SQLite takes no pattern of 50,000 bytes

# Letters that Unicode does not decompose into a base letter and a mark.
_UNDECOMPOSED = str.maketrans(
    {"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "œ": "oe", "ı": "i"}
)
_FORBIDDEN_IN_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_IN_NO_TEXT = re.compile(r"[\x00\ud800-\udfff]")
_FORBIDDEN_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def fold(value: str) -> str:
    """The text without case, diacritics or repeated spaces: `Łódź  SA` becomes `lodz sa`."""
    decomposed = unicodedata.normalize("NFKD", value.translate(_UNDECOMPOSED))
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(bare.casefold().split())


def sought(value: str | None, *path: str | int) -> str:
    """A text that a client looks for, without what no text has; empty for none. Refuses what is too long."""
    if value is not None and len(value) > SOUGHT_LENGTH:
        message = f"What is looked for is {len(value)} characters long; at most {SOUGHT_LENGTH} are looked for."
        raise refuse(ErrorCode.INVALID, message, *path)
    return _IN_NO_TEXT.sub("", value or "")


def pattern(part: str) -> str:
    """The LIKE pattern, escaped by a backslash, for texts that have a part in them."""
    return f"%{escaped(part)}%"


def escaped(whole: str) -> str:
    """The LIKE pattern, escaped by a backslash, for texts that are exactly this."""
    return whole.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def line(value: str | None, *path: str | int, length: int = LINE_LENGTH) -> str:
    """One line of text, trimmed. Refuses what is missing, empty, too long or has control characters."""
    if value is None or not value.strip():
        raise refuse(ErrorCode.INVALID, "This must not be empty.", *path)
    return _checked(value.strip(), _FORBIDDEN_IN_LINE, length, *path)


def optional_line(value: str | None, *path: str | int, length: int = LINE_LENGTH) -> str | None:
    """As `line`, but null and blank are both null."""
    return None if value is None or not value.strip() else line(value, *path, length=length)


def text(value: str | None, *path: str | int) -> str:
    """Text of several lines. Refuses what is missing, blank, too long or has control characters."""
    if value is None or not value.strip():
        raise refuse(ErrorCode.INVALID, "This must not be empty.", *path)
    return _checked(value.strip(), _FORBIDDEN_IN_TEXT, TEXT_LENGTH, *path)


def _checked(value: str, forbidden: re.Pattern[str], length: int, *path: str | int) -> str:
    if len(value) > length:
        raise refuse(ErrorCode.INVALID, f"This is {len(value)} characters long; at most {length} fit.", *path)
    found = forbidden.search(value)
    if found:
        message = f"Character {found.start() + 1} is a control character (U+{ord(found[0]):04X}): remove it."
        raise refuse(ErrorCode.INVALID, message, *path)
    return value
