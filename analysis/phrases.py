"""Phrases: small patterns of words, and a way to find many of them in a text quickly.

A phrase is words with blanks between them. `child*` is any word that begins so; `_` is any one word; `N` is a number;
`...` is a gap of up to seven words; `a|b` is one of these words; `(a b|c)` is one of these sequences; a `?` at the end
makes a word or a group optional. An apostrophe may be missing in the text. A phrase stands within one sentence and
begins and ends at a word's boundary; upper and lower case are the same.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, reduce
from itertools import islice
from operator import or_
from typing import Any, Generic, NamedTuple, TypeVar

from analysis.text import Remembered, Span

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
    about after again all am an and any anybody anyone are as at be been being but by can could did didn do does
    doesn don ever every everybody everyone for from get got had has hasn have haven he her him his how if in into
    is isn it just like made make me more most much must my no nobody not now of on one or our out over said should
    so some somebody someone something still than that the their them then there they thing things this those to too
    under until up us very want was wasn we were weren what when where which while who why will with without won
    would you your
"""
COMMON = frozenset(_COMMON_WORDS.split())
"""Words that say nothing of what a text is about."""

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


def _keys(elements: tuple[_Element, ...]) -> list[tuple[int, frozenset[str]]]:
    """For each element that must be there the words (a '*' behind the beginning of one) of which a sentence must hold
    one, and how rare the most common of them is. An element that could be any word gives none."""
    keys = (_keys_of(element) for element in elements if not element.optional and element.word != "...")
    return [(rarity, words) for rarity, words in keys if rarity]


def _keys_of(element: _Element) -> tuple[int, frozenset[str]]:
    if element.group:
        each = [max(_keys(alternative), default=(0, frozenset())) for alternative in element.group]
        return min(rarity for rarity, _ in each), frozenset().union(*(words for _, words in each))
    return _keys_of_word(element.word)


@cache
def _keys_of_word(word: str) -> tuple[int, frozenset[str]]:
    # What stands around an apostrophe or a hyphen is a word of its own in a text; the apostrophe may be missing there.
    parts = _WORD.findall(word) or [""]
    longest = max(parts, key=len)
    if len(parts) == 2 and word == "'".join(parts):
        return min(map(_rarity, (longest, "".join(parts)))), frozenset({longest, "".join(parts)})
    stem = (word.endswith("*") and longest == parts[-1]) or f"{longest}'" in word
    if word in ("_", "N") or len(longest) < (_STEM_KEYS[0] if stem else 1):
        return 0, frozenset()
    return _rarity(longest), frozenset({longest[: _STEM_KEYS[-1]] + "*" if stem else longest})


def _rarity(word: str) -> int:
    return 1 if word in COMMON else len(word)


def _ways(elements: tuple[_Element, ...]) -> Iterator[tuple[frozenset[str], tuple[frozenset[str], ...]]]:
    """The ways in which a sentence can hold a phrase, by the rarest of its elements: the words of which one leads to
    the phrase, and the sets of which a word must be there too. None where no word must be there."""
    found = [(*_keys_of(element), element) for element in elements if not element.optional and element.word != "..."]
    found = sorted((one for one in found if one[0]), key=lambda one: -one[0])
    if not found:
        return
    _, words, rarest = found[0]
    others = tuple(words for _, words, _ in found[1:])
    # Each alternative by itself: what else it needs is told apart before the phrase is tried.
    for alternative in rarest.group or ((rarest,),):
        keys = [words for _, words in sorted(_keys(alternative), key=lambda one: -one[0])] if rarest.group else [words]
        yield keys[0], (*keys[1:], *others)


@dataclass(frozen=True, slots=True)
class Hit(Generic[T]):
    """A phrase in a text: whose it is, and where."""

    owner: T
    span: Span


def _keys_met(word: str) -> Collection[str]:
    """The keys that a word of a text meets: itself, or a beginning of it."""
    return dict.fromkeys((word, *(f"{word[:length]}*" for length in _STEM_KEYS)))


class _Meant(NamedTuple):
    """What a word of a text is to an index: the `needs` that it meets, a bit for each, and the phrases that it leads
    to, each by its number with the needs that must be met too."""

    needs: int
    leads: list[tuple[int, int]]


class Index(Generic[T]):
    """Finds the phrases of many owners. A phrase is tried only on texts that hold a word of each of its elements, so
    that the time hardly depends on how many phrases there are."""

    def __init__(self, phrases: Iterable[tuple[str, T]]) -> None:
        """Raises ValueError where something is no phrase."""
        self._phrases = list(phrases)
        self._needs: dict[str, int] = {}
        self._leads: dict[str, list[tuple[int, int]]] = {}
        bits: dict[frozenset[str], int] = {}
        for number, (phrase, _) in enumerate(self._phrases):
            ways = list(_ways(_parse(phrase)))
            if not ways:
                raise ValueError(f"'{phrase}' is not a phrase: it needs a word, or three letters before a '*'")
            for leading, others in ways:
                needs = reduce(or_, (bits.setdefault(other, 1 << len(bits)) for other in others), 0)
                for key in leading:
                    self._leads.setdefault(key, []).append((number, needs))
        for need, bit in bits.items():
            for key in need:
                self._needs[key] = self._needs.get(key, 0) | bit
        self._meant = Remembered(self._of_word)

    def _of_word(self, word: str) -> _Meant:
        keys = _keys_met(word)
        leads = [lead for key in keys for lead in self._leads.get(key, ())]
        return _Meant(reduce(or_, (self._needs.get(key, 0) for key in keys)), leads)

    def find(self, lower: str, sentences: Iterable[Span]) -> list[Hit[T]]:
        """Phrases in a text in lower case, in the order of places; of one phrase the first MOST_HITS of a sentence."""
        hits: list[Hit[T]] = []
        for start, end in sentences:
            for number in self._tried(_WORD.findall(lower, start, end)):
                phrase, owner = self._phrases[number]
                places = islice(pattern(phrase).finditer(lower, start, end), MOST_HITS)
                hits.extend(Hit(owner, Span(*found.span())) for found in places)
        return sorted(hits, key=lambda hit: hit.span)

    def _tried(self, words: Iterable[str]) -> Iterable[int]:
        """The numbers of the phrases that a sentence of these words could hold, in their order."""
        met, leads = 0, list[tuple[int, int]]()
        for needs, there in map(self._meant.__getitem__, words):
            if needs:
                met |= needs
            if there:
                leads += there
        return sorted({number for number, needs in leads if needs & met == needs})


class Finder:
    """Finds the phrases of several lists in one pass over a text, each list's by its name."""

    def __init__(self, lists: Mapping[str, Iterable[tuple[str, Any]]]) -> None:
        """Raises ValueError where something is no phrase."""
        self._names = tuple(lists)
        self._index = Index((phrase, (name, owner)) for name, phrases in lists.items() for phrase, owner in phrases)

    def find(self, lower: str, sentences: Iterable[Span]) -> dict[str, list[Hit[Any]]]:
        """What `Index.find` gives for each of the lists."""
        found: dict[str, list[Hit[Any]]] = {name: [] for name in self._names}
        for hit in self._index.find(lower, sentences):
            name, owner = hit.owner
            found[name].append(Hit(owner, hit.span))
        return found
