"""What models of words say of each comment: a score for each signal, and the words that moved it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis import linear
from analysis.evidence import ENGLISH, Material, Moved, Told
from analysis.linear import Words
from analysis.nets import Scale
from analysis.stored import MODELS, Damaged
from analysis.text import Span
from analysis.tokens import Token, tokens

BY = "words 2"
PROFANITY_BY = "profanity 1"
SIGNALS = ("concern", "negative", "abuse", "hate", "threat", "self_harm", "spam", "crisis", "criticism", "derail")
TELLS = ("concern", "abuse", "crisis", "profanity")
"""What it tells by itself. Of the others words alone are not sure enough: they are a part of what the nets over vectors
say, which replaces what it tells of these."""
BY_SENTENCE = frozenset({"concern", "hate", "threat", "self_harm"})
"""Signals of which one sentence is enough: the worst one decides, where it says more than the whole."""
FEW_WORDS = 8
"""Fewer words do not raise a comment, whatever they are."""
LONGEST = 20_000
"""Letters of a text whose words are read."""
MOST_WORDS = 6
"""Words that are shown for a signal."""
TOLD_FROM = 0.2
"""Below it, nothing is shown of what moved a signal."""

Values = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Raw:
    """What models of words say of a text before it is scaled: `scores` by signal, `profane` of the whole, the tokens,
    what each adds to each signal, and how many of them are `words`."""

    scores: Mapping[str, float]
    profane: float
    tokens: Sequence[Token]
    shares: Mapping[str, Values]
    words: int


class ByWords:
    """The two models of words, of signals and of profanity."""

    def __init__(self, words: tuple[Words, Mapping[str, Any]], profane: tuple[Words, Mapping[str, Any]]) -> None:
        """The models as `linear.load` gives them. Raises KeyError or TypeError where what is written about them
        lacks something."""
        (self._words, about), (self._profane, profane_about) = words, profane
        self._scales = {name: Scale(*about["scales"][name]) for name in self._words.signals}
        self._profane_scale = Scale(*profane_about["scales"]["profanity"])
        self._last: tuple[Sequence[Material], list[Raw]] = ((), [])
        # How much profanity, itself a sum over words, adds to each signal.
        self._mixed = np.array([about["profane"].get(name, 0.0) for name in self._words.signals], dtype=np.float32)
        self._worst = [place for place, name in enumerate(self._words.signals) if name in BY_SENTENCE]
        self._concern = np.array([self._words.signals[place] == "concern" for place in self._worst])

    def raw(self, material: Material) -> Raw:
        """What they say of a comment before it is scaled."""
        found = tokens(material.cleaned.lower[:LONGEST])
        starts = _starts(material, found)
        apart = frozenset(starts)
        values, rude = (model.values(found, apart) for model in (self._words, self._profane))
        profane = float(self._profane.scores(rude.sum(axis=0))[0])
        scores = self._words.scores(values.sum(axis=0)) + self._mixed * profane
        if len(starts) > 1:
            scores[self._worst] = self._worst_of(starts, values, rude, scores[self._worst])
        both = values[:, :-1] + self._mixed * rude[:, :1]
        shares = {name: both[:, place] for place, name in enumerate(self._words.signals)}
        shares["profanity"] = rude[:, 0]
        by_name = dict(zip(self._words.signals, map(float, scores), strict=True))
        return Raw(by_name, profane, found, shares, sum(one.word.isalpha() and len(one.word) > 1 for one in found))

    def _worst_of(self, starts: Sequence[int], values: Values, rude: Values, whole: Values) -> Values:
        """For each signal of which one sentence is enough, the highest score of any, or of the whole. Of concern it is
        that of any sentence or two neighbours: so nothing that is added makes it less."""
        sums, rudes = np.add.reduceat(values, starts), np.add.reduceat(rude, starts)
        sums, rudes = (np.vstack([one, one[:-1] + one[1:]]) for one in (sums, rudes))
        each = (self._words.scores(sums) + self._mixed * self._profane.scores(rudes))[:, self._worst]
        sentences: Values = np.maximum(whole, each[: len(starts)].max(axis=0))
        return np.where(self._concern, each.max(axis=0), sentences)

    def read(self, materials: Sequence[Material]) -> list[list[Told]]:
        """As models.Model."""
        return [self._told(raw) for raw in self.raws(materials)]

    def raws(self, materials: Sequence[Material]) -> list[Raw]:
        """What they say of comments before it is scaled. That of the last batch is kept, as both tiers ask for it."""
        of, found = self._last
        if of is not materials:
            found = [self.raw(material) for material in materials]
            self._last = materials, found
        return found

    def _told(self, raw: Raw) -> list[Told]:
        told = [
            self._one(name, score, self._scales[name], BY, raw) for name, score in raw.scores.items() if name in TELLS
        ]
        if raw.words < FEW_WORDS:
            told = [one.held() if one.signal == "concern" else one for one in told]
        return [*told, self._one("profanity", raw.profane, self._profane_scale, PROFANITY_BY, raw)]

    def _one(self, name: str, raw_score: float, scale: Scale, by: str, raw: Raw) -> Told:
        score = scale.score(raw_score)
        moved = self._moved(raw.tokens, raw.shares[name]) if score >= TOLD_FROM else ()
        return Told(name, score, by, moved, scale.chance(raw_score), ENGLISH)

    def _moved(self, found: Sequence[Token], shares: Values) -> tuple[Moved, ...]:
        """The words that speak most for a signal; those that stand side by side are one place."""
        best = np.argsort(-shares)[:MOST_WORDS]
        moved: list[Moved] = []
        last = -2
        for place in sorted(int(each) for each in best if shares[each] > 0):
            token, weight = found[place], float(shares[place])
            if place == last + 1:
                before = moved.pop()
                moved.append(Moved(Span(before.span.start, token.end), before.weight + weight))
            else:
                moved.append(Moved(Span(token.start, token.end), weight))
            last = place
        return tuple(moved)


def _starts(material: Material, found: Sequence[Token]) -> list[int]:
    """The places of the tokens that begin a sentence."""
    if not found:
        return []
    first = np.searchsorted([token.start for token in found], [span.start for span in material.sentences])
    return sorted({0, *(int(one) for one in np.minimum(first, len(found) - 1))})


def load() -> ByWords:
    """The shipped models, once in a process: both tiers read them. Raises Damaged, which says what is wrong with a
    file."""
    return _of(MODELS)


@lru_cache(maxsize=1)
def _of(folder: Path) -> ByWords:
    words, profane = (linear.load(folder / name) for name in ("words.npz", "profanity.npz"))
    try:
        return ByWords(words, profane)
    except (KeyError, TypeError) as error:
        raise Damaged(f"words.npz is of another version: {error} is missing.") from error  # as it is
