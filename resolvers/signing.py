"""Signatures of what leaves the house and must come back as it was: links, addresses."""

import hmac
from hashlib import sha256

from resolvers import installation

_DIGITS = 32


def sign(purpose: str, *parts: str) -> str:
    """The signature of these parts, 32 hex digits. One for another purpose is another."""
    message = "\n".join((purpose, *parts)).encode("utf-8", "surrogatepass")
    return hmac.new(installation.current().key, message, sha256).hexdigest()[:_DIGITS]


def is_signature(given: str, purpose: str, *parts: str) -> bool:
    """Whether that is the signature of these parts; compared in constant time."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), sign(purpose, *parts).encode())
