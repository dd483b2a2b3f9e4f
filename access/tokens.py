"""Random tokens for sessions, links and the first visit. The database knows only their hashes."""

import hashlib
import secrets


def new() -> str:
    """256 random bits as text for an address or a cookie."""
    return secrets.token_urlsafe(32)


def stored(token: str) -> str:
    """What is stored of a token: SHA-256 (hex); the token itself is random enough to need no salt."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def same(one: str, other: str) -> bool:
    """Compares without giving away how much was right."""
    return secrets.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
