"""Phrases: small patterns of words, and a way to find many of them in a text quickly.

A phrase is words with blanks between them. `child*` is any word that begins so; `_` is any one word; `N` is a number;
`...` is a gap of up to seven words; `a|b` is one of these words; `(a b|c)` is one of these sequences; a `?` at the end
makes a word or a group optional. An apostrophe may be missing in the text. A phrase stands within one sentence and
begins and ends at a word's boundary; upper and lower case are the same.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Generic, NamedTuple, TypeVar

from analysis.text import Span

GAP = 7
"""Most words that `...` may stand for."""
MOST_HITS = 4
"""Places of one phrase in one sentence that are looked at."""

_TOKEN = re.compile(r"\(|\)\??|\||[^\s()|?]+\??")
_WORD = re.compile(r"\w+")
_BETWEEN = r"[^\w.!?\n]{1,3}"
_ANY = r"[\w']+"
_NUMBER = r"\d+(?:st|nd|rd|th)?"
_STEM_KEYS = (3, 4, 5)
_COMMON_WORDS = """
    about after again all and any anybody anyone are been being but can could did didn does doesn don ever every
    everybody everyone for from get got had has hasn have haven her him his how into isn just like made make more most
    much must nobody not now one our out over said should some somebody someone something still than that the their
    them then there they thing things this those too under until very want was wasn were weren what when where which
    while who why will with without won would you your
"""
_COMMON = frozenset(_COMMON_WORDS.split())

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Element:
    """A word, or a group of alternatives (each a sequence of elements); and whether it may be missing."""

    word: str
    group: tuple[tuple["_Element", ...], ...]
    optional: bool


@cache
def pattern(phrase: str) -> re.Pattern[str]:
    """The phrase as a regular expression for text in lower case. Raises ValueError where it is no phrase."""
    return re.compile(rf"(?<!\w){_sequence(_parse(phrase))}(?!\w)")


def _parse(phrase: str) -> tuple[_Element, ...]:
    tokens = _TOKEN.findall(phrase)
    if "".join(tokens) != "".join(phrase.split()):
        raise ValueError(f"'{phrase}' is not a phrase: a '?' stands alone")
    reader = _Reader(phrase, tokens[::-1])
    elements = reader.sequence(nested=False)
    if reader.left:
        raise ValueError(f"'{phrase}' is not a phrase: it has a ')' too many, or '|' beside a group")
    return elements


@dataclass
class _Reader:
    """Reads the tokens of a phrase, the next one last in `left`."""

    phrase: str
    left: list[str]

    def sequence(self, nested: bool) -> tuple[_Element, ...]:
        elements: list[_Element] = []
        while self.left and self.left[-1] not in ("|", ")", ")?"):
            first = self.left.pop()
            elements.append(self._group() if first == "(" else self._words(first, nested))
        if all(element.optional or element.word == "..." for element in elements):
            raise ValueError(f"'{self.phrase}' is not a phrase: no word in a part of it must be there")
        return tuple(elements)

    def _group(self) -> _Element:
        group = []
        while True:
            group.append(self.sequence(nested=True))
            if not self.left:
                raise ValueError(f"'{self.phrase}' is not a phrase: a ')' is missing")
            closing = self.left.pop()
            if closing != "|":
                return _Element("", tuple(group), closing == ")?")

    def _words(self, first: str, nested: bool) -> _Element:
        words = [first]
        while not nested and len(self.left) > 1 and self.left[-1] == "|" and self.left[-2] not in "()|":
            self.left.pop()
            words.append(self.left.pop())
        optional = words[-1].endswith("?")
        words[-1] = words[-1].removesuffix("?")
        if len(words) == 1:
            return _Element(words[0], (), optional)
        return _Element("", tuple((_Element(word, (), False),) for word in words), optional)


def _sequence(elements: tuple[_Element, ...]) -> str:
    parts, begun = [], False
    for element in elements:
        if element.word == "...":
            parts.append(f"(?:{_BETWEEN}{_ANY}){{0,{GAP}}}?")
            continue
        words = "|".join(map(_sequence, element.group)) if element.group else _word(element.word)
        if begun:
            parts.append(f"(?:{_BETWEEN}(?:{words}))" + "?" * element.optional)
        else:
            parts.append(f"(?:(?:{words}){_BETWEEN})?" if element.optional else f"(?:{words})")
            begun = not element.optional
    return "".join(parts)


def _word(word: str) -> str:
    if word in ("_", "N"):
        return _ANY if word == "_" else _NUMBER
    escaped = "'?".join(re.escape(part) for part in word.rstrip("*").split("'"))
    return escaped + r"[\w']*" if word.endswith("*") else escaped + r"(?!\w)"


class Part(NamedTuple):
    """A sentence in which phrases are looked for: its place, and its words and their beginnings with a '*'."""

    span: Span
    words: frozenset[str]


def parts(lower: str, sentences: Iterable[Span]) -> tuple[Part, ...]:
    """The sentences of a text in lower case, made ready for Index.find."""
    return tuple(Part(span, _words_of(lower[span.start : span.end])) for span in sentences)


def _words_of(lower: str) -> frozenset[str]:
    words = _WORD.findall(lower)
    return frozenset([*words, *(word[:length] + "*" for word in words for length in _STEM_KEYS)])


def _keys(elements: tuple[_Element, ...]) -> list[tuple[int, frozenset[str]]]:
    """For each element that must be there the words of a Part of which one must be in it, and how rare the most common
    of them is. An element that could be any word gives none."""
    keys = (_keys_of(element) for element in elements if not element.optional and element.word != "...")
    return [(rarity, words) for rarity, words in keys if rarity]


def _keys_of(element: _Element) -> tuple[int, frozenset[str]]:
    if element.group:
        each = [max(_keys(alternative), default=(0, frozenset())) for alternative in element.group]
        return min(rarity for rarity, _ in each), frozenset().union(*(words for _, words in each))
    # What stands around an apostrophe or a hyphen is a word of its own in a Part; 'dont' begins like 'don't'.
    parts = _WORD.findall(element.word) or [""]
    longest = max(parts, key=len)
    stem = (element.word.endswith("*") and longest == parts[-1]) or f"{longest}'" in element.word
    if element.word in ("_", "N") or len(longest) < (_STEM_KEYS[0] if stem else 1):
        return 0, frozenset()
    key = longest[: _STEM_KEYS[-1]] + "*" if stem else longest
    return (1 if longest in _COMMON else len(longest)), frozenset({key})


@dataclass(frozen=True, slots=True)
class Hit(Generic[T]):
    """A phrase in a text: whose it is, and where."""

    owner: T
    span: Span


class Index(Generic[T]):
    """Finds the phrases of many owners. A phrase is tried only on texts that hold a word of each of its elements, so
    that the time hardly depends on how many phrases there are."""

    def __init__(self, phrases: Iterable[tuple[str, T]]) -> None:
        """Raises ValueError where something is no phrase."""
        self._phrases = list(phrases)
        self._needs: list[tuple[frozenset[str], ...]] = []
        self._by_key: dict[str, list[int]] = defaultdict(list)
        for number, (phrase, _) in enumerate(self._phrases):
            keys = sorted(_keys(_parse(phrase)), key=lambda found: -found[0])
            if not keys:
                raise ValueError(f"'{phrase}' is not a phrase: it needs a word, or three letters before a '*'")
            self._needs.append(tuple(words for _, words in keys[1:]))
            for key in keys[0][1]:
                self._by_key[key].append(number)

    def find(self, lower: str, sentences: Iterable[Part]) -> list[Hit[T]]:
        """Phrases in a text in lower case, in the order of places; of one phrase the first MOST_HITS of a sentence."""
        hits: list[Hit[T]] = []
        for (start, end), words in sentences:
            tried = {number for key in self._by_key.keys() & words for number in self._by_key[key]}
            for number in sorted(tried):
                if not any(need.isdisjoint(words) for need in self._needs[number]):
                    phrase, owner = self._phrases[number]
                    places = islice(pattern(phrase).finditer(lower, start, end), MOST_HITS)
                    hits.extend(Hit(owner, Span(*found.span())) for found in places)
        return sorted(hits, key=lambda hit: hit.span)
