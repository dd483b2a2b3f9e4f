"""When two comments say the same."""

import hashlib
import re

LETTERS_NEEDED = 20
"""A text with fewer letters is like many others and proves nothing ('Thank you!')."""

_LINK = re.compile(r"(?:https?://|www\.)\S+")
_LETTERS = re.compile(r"[^\W\d_]+")
_NO_LETTERS = dict.fromkeys(code for code in range(128) if not chr(code).isalpha())
_LOOKED_AT = 20_000


def near_key(text: str) -> str:
    """A key (16 hexadecimal digits) that two comments share when they differ in nothing but letter case, punctuation,
    blanks, digits, emoji and links; empty for a text too short to tell. Only the beginning of a long text counts."""
    letters = _letters(_LINK.sub(" ", text[:_LOOKED_AT].casefold()))
    if len(letters) < LETTERS_NEEDED:
        return ""
    return hashlib.blake2b(letters.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _letters(text: str) -> str:
    # Plain English needs no search: dropping what is no letter takes a fifth of the time.
    return text.translate(_NO_LETTERS) if text.isascii() else "".join(_LETTERS.findall(text))
