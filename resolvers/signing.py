"""Signatures of what leaves the house and must come back as it was: links, addresses."""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256

from resolvers import installation

_BYTES = 16


def sign(purpose: str, *parts: str) -> str:
    """The signature of these parts, 22 letters that fit into a URL. One for another purpose is another."""
    message = "\n".join((purpose, *parts)).encode("utf-8", "surrogatepass")
    digest = hmac.new(installation.current().key, message, sha256).digest()[:_BYTES]
    return urlsafe_b64encode(digest).decode().rstrip("=")


def is_signature(given: str, purpose: str, *parts: str) -> bool:
    """Whether that is the signature of these parts; compared in constant time."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), sign(purpose, *parts).encode())
