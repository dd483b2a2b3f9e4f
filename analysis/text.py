"""Text as the phases read it: cleaned, in lower case, cut into sentences, with spans that lead back to the original."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

LOOKED_AT = 100_000
"""Characters of one text that are assessed; for a longer one 'length' is named as degraded."""
LONGEST_SENTENCE = 400
"""Characters; a longer sentence is cut at a comma or a blank, as VADER's time grows with the square of the length."""
COMBINING_KEPT = 4
"""Combining marks kept on one character: enough for every script, too few for a tower of them."""
MOST_WORDS, LONGEST_WORD = 20_000, 40
"""Words of which something is remembered, and the most letters of one."""

_BLANKS = [0x09, 0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000]
_LINE_ENDS = [0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029]
_TYPOGRAPHY = (
    str.maketrans("‘’‚‛′`“”„‟″«»", "''''''" + '"' * 7) | dict.fromkeys(_BLANKS, " ") | dict.fromkeys(_LINE_ENDS, "\n")
)
_DROPPED = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ud800-\udfff"
)
_DROP = re.compile(f"[{_DROPPED}]")
_REWRITE = re.compile(f"[{_DROPPED}\u0300-\u036f]")
# One of all marks that can end a sentence comes first: between them the search then looks at a character but once. The
# look behind keeps a long row of dots from being tried from each of its dots.
_END = re.compile(
    r"[.!?…。！？\n](?:(?<=[.!?…])(?<![.!?…]{2})[.!?…]*+[\"')\]]*+(?=\s)|(?<=[。！？])[。！？]*+|(?<=\n)\n*+)"
)
_SOFT_END = re.compile(r".*[,;:\-–—]\s|.*\s", re.DOTALL)
_ABBREVIATED = "mr mrs ms dr prof st sr jr vs etc e.g i.e eg ie no nr ca approx dept inc ltd co fig vol z.b d.h bzw usw"
_ABBREVIATIONS = frozenset(_ABBREVIATED.split())

T = TypeVar("T")


class Span(NamedTuple):
    """Characters from `start` up to, and without, `end`."""

    start: int
    end: int


class Remembered(dict[str, T]):
    """What is to be known of a word, worked out once for each of the first MOST_WORDS words that are met: most of what
    people write is made of the same few thousand."""

    def __init__(self, work_out: Callable[[str], T]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, word: str) -> T:
        found = self._work_out(word)
        if len(self) < MOST_WORDS and len(word) <= LONGEST_WORD:
            self[word] = found
        return found


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text after cleaning. `lower` has the length of `text`; `origin[i]` is where character i stood in the original
    (None: where it stands now), and has one entry more, for the end."""

    text: str
    lower: str
    origin: Sequence[int] | None

    def original(self, span: Span) -> Span:
        """The same words as a span in the text before cleaning."""
        if self.origin is None:
            return span
        return Span(self.origin[span.start], self.origin[span.end])


def clean(text: str) -> Cleaned:
    """The text in Unicode's composed form (NFC), without control and zero-width characters and lone surrogates; plain
    quotation marks and blanks for the typographic ones; line ends as LF."""
    origin: Sequence[int] | None = None
    if _REWRITE.search(text) or not (text.isascii() or unicodedata.is_normalized("NFC", text)):
        text, origin = _composed(text)
    text = text.translate(_TYPOGRAPHY)
    return Cleaned(text, lowered(text), origin)


def lowered(text: str) -> str:
    """The text in lower case, character by character, so that spans keep their place ('İ' would become two)."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _composed(text: str) -> tuple[str, list[int]]:
    kept: list[str] = []
    origin: list[int] = []
    position = 0
    while position < len(text):
        start, cluster = position, text[position]
        position += 1
        if _DROP.match(cluster):
            continue
        while position < len(text) and (unicodedata.combining(text[position]) or _DROP.match(text[position])):
            if len(cluster) <= COMBINING_KEPT and not _DROP.match(text[position]):
                cluster += text[position]
            position += 1
        composed = unicodedata.normalize("NFC", cluster)
        kept.append(composed)
        origin.extend([start] * len(composed))
    origin.append(len(text))
    return "".join(kept), origin


def sentences(text: str) -> tuple[Span, ...]:
    """The sentences of a text as spans, in order, without outer blanks. Line ends end a sentence too; what is longer
    than LONGEST_SENTENCE is cut, so that time stays linear. A text of blanks has none."""
    spans: list[Span] = []
    start = 0
    for found in _END.finditer(text):
        if found.group() == "." and _abbreviated(text, start, found.start()):
            continue
        _add(spans, text, start, found.end())
        start = found.end()
    _add(spans, text, start, len(text))
    return tuple(spans)


def _abbreviated(text: str, start: int, dot: int) -> bool:
    word = text[max(start, dot - 8) : dot].rpartition(" ")[2].lstrip("(\"'")
    return (len(word) == 1 and word.isalpha() and word != "I") or word.lower() in _ABBREVIATIONS


def _add(spans: list[Span], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    while end - start > LONGEST_SENTENCE:
        soft = _SOFT_END.match(text, start + LONGEST_SENTENCE // 2, start + LONGEST_SENTENCE)
        cut = soft.end() if soft else start + LONGEST_SENTENCE
        _add(spans, text, start, cut)
        start = cut
    if start < end:
        spans.append(Span(start, end))
