"""Phrases as people write them in the data files, found in a text in one pass.

A phrase is words in order: `word*` begins with this, `a|b` is one of these, `word?` may be missing, `...` stands for up
to six words. A phrase never reaches over the end of a sentence.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from analysis.text import Span

_BETWEEN = r"[^\w.!?…\n]{1,5}"
_GAP = rf"(?:{_BETWEEN}\w[\w'’-]{{0,40}}){{0,6}}?"
_SHORTEST_STEM = 3
_HEAD = re.compile("['-]")


@dataclass(frozen=True, slots=True)
class _Phrase:
    owner: str
    pattern: re.Pattern[str]


_NONE: list[_Phrase] = []


class Finder:
    """All phrases of several owners (a matter, a kind of spam), looked up by their first word."""

    def __init__(self, phrases: Iterable[tuple[str, str]]) -> None:
        """`phrases` are pairs of owner and phrase. Raises ValueError for a phrase that cannot be looked up."""
        self._by_word: dict[str, list[_Phrase]] = {}
        self._by_stem: dict[str, list[_Phrase]] = {}
        for owner, phrase in phrases:
            self._add(owner, phrase.lower().split())
        self._stem_lengths = sorted({len(stem) for stem in self._by_stem})
        # Most words begin no stem: their first letters tell at once.
        self._stem_heads = {stem[:_SHORTEST_STEM] for stem in self._by_stem}

    def _add(self, owner: str, tokens: list[str]) -> None:
        if not tokens or tokens[0] == "..." or tokens[0].endswith("?"):
            raise ValueError(f"a phrase must begin with a word: {' '.join(tokens)!r}")
        phrase = _Phrase(owner, re.compile(_pattern(tokens), re.IGNORECASE))
        for first in tokens[0].split("|"):
            word = first.lstrip("'")
            if not word.endswith("*"):
                self._by_word.setdefault(word, []).append(phrase)
            elif len(word) > _SHORTEST_STEM:
                self._by_stem.setdefault(word[:-1], []).append(phrase)
            else:
                raise ValueError(f"a stem needs at least {_SHORTEST_STEM} letters: {first!r}")

    def find(self, text: str, words: Iterable[tuple[str, int]]) -> list[tuple[str, Span]]:
        """Every phrase that stands in the text, as its owner and its span, in the order of the text.

        `words` are those of the text, as analysis.text.words gives them.
        """
        found: list[tuple[str, Span]] = []
        for word, start in words:
            for phrase in self._candidates(word):
                match = phrase.pattern.match(text, start)
                if match:
                    found.append((phrase.owner, match.span()))
        return found

    def _candidates(self, word: str) -> list[_Phrase]:
        candidates = self._by_word.get(word, _NONE)
        if "'" in word or "-" in word:
            candidates = candidates + self._by_word.get(_HEAD.split(word, maxsplit=1)[0], _NONE)
        if word[:_SHORTEST_STEM] in self._stem_heads:
            for length in self._stem_lengths:
                if length > len(word):
                    break
                candidates = candidates + self._by_stem.get(word[:length], _NONE)
        return candidates


def _pattern(tokens: list[str]) -> str:
    parts: list[str] = []
    for token in tokens:
        if token == "...":
            parts.append(_GAP)
            continue
        optional = token.endswith("?")
        choices = "|".join(_word(choice) for choice in token.rstrip("?").split("|") if choice)
        between = _BETWEEN if parts else ""
        parts.append(f"(?:{between}(?:{choices}))" + ("?" if optional else ""))
    return "".join(parts) + r"(?!\w)"


def _word(choice: str) -> str:
    word = choice.lstrip("'")
    stem = word.endswith("*")
    escaped = re.escape(word.rstrip("*")).replace("'", "['’]")
    # A letter typed for fun any number of times must not cost time: what follows a stem is bounded.
    return escaped + (r"[\w'’-]{0,40}" if stem else "")
