"""Near-equal texts: one key for texts that differ only in case, punctuation, numbers and links."""

import hashlib
import re
import unicodedata

_LINK = re.compile(r"https?://\S{1,2000}|www\.\S{1,2000}")
_LETTERS = re.compile(r"[^\W\d_]+")
_SHORTEST = 25


def near_key(text: str) -> str:
    """32 hex characters, equal for near-equal texts; empty for one too short to say anything ('Thanks!')."""
    plain = unicodedata.normalize("NFKC", _LINK.sub(" ", text[:20_000])).lower()
    letters = " ".join(_LETTERS.findall(plain))
    if len(letters) < _SHORTEST:
        return ""
    return hashlib.sha256(letters.encode()).hexdigest()[:32]
