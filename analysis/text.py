"""Sentences and words of a text, bounded and linear in its length."""

import re
import unicodedata

MAX_CHARACTERS = 20_000
"""What lies beyond is not assessed; no channel that is read allows comments of that length."""

_LONGEST = 400
_END = re.compile(r"(?<=[.!?…。！？])[\"'”’)\]]*\s+|\n+")
_WORD = re.compile(r"\w+(?:['’-]\w+)*")

Span = tuple[int, int]


def sentences(text: str) -> list[Span]:
    """The spans of the sentences of a text, blanks around them left out.

    One longer than 400 characters is cut at a blank: VADER's time grows with the square of what it is given.
    """
    found: list[Span] = []
    start = 0
    for gap in _END.finditer(text):
        found.extend(_pieces(text, start, gap.start()))
        start = gap.end()
    found.extend(_pieces(text, start, len(text)))
    return found


def _pieces(text: str, start: int, end: int) -> list[Span]:
    pieces: list[Span] = []
    while start < end:
        stop = end
        if end - start > _LONGEST:
            blank = text.rfind(" ", start + 1, start + _LONGEST)
            stop = blank if blank > start else start + _LONGEST
        left, right = start, stop
        while left < right and text[left].isspace():
            left += 1
        while right > left and text[right - 1].isspace():
            right -= 1
        if left < right:
            pieces.append((left, right))
        start = stop
    return pieces


def words(text: str) -> list[tuple[str, int]]:
    """The words of a text in small letters with a straight apostrophe, each with its place."""
    return [(match[0].lower().replace("’", "'"), match.start()) for match in _WORD.finditer(text)]


def visible(text: str) -> str:
    """The text with invisible characters (zero width, direction marks, controls) made blanks of the same length."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co") else " " for c in text)
