"""When two comments say the same."""

import hashlib
import re

LETTERS_NEEDED = 20
"""A text with fewer letters is like many others and proves nothing ('Thank you!')."""

_LINK = re.compile(r"(?:https?://|www\.)\S+")
_LETTERS = re.compile(r"[^\W\d_]+")
_LOOKED_AT = 20_000


def near_key(text: str) -> str:
    """A key (16 hexadecimal digits) that two comments share when they differ in nothing but letter case, punctuation,
    blanks, digits, emoji and links; empty for a text too short to tell. Only the beginning of a long text counts."""
    letters = "".join(_LETTERS.findall(_LINK.sub(" ", text[:_LOOKED_AT].casefold())))
    if len(letters) < LETTERS_NEEDED:
        return ""
    return hashlib.blake2b(letters.encode("utf-8", "replace"), digest_size=8).hexdigest()
