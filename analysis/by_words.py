"""What models of words say of each comment: a score for each signal, and the words that moved it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
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
from analysis.tokens import Tokens, tokens
from model.portions import portions

BY = "words 2"
PROFANITY_BY = "profanity 1"
SIGNALS = ("concern", "negative", "abuse", "hate", "threat", "self_harm", "spam", "crisis", "criticism", "derail")
TELLS = ("concern", "abuse", "crisis", "profanity")
"""What it tells by itself. Of the others words alone are not sure enough: they are a part of what the nets over vectors
say, which replaces what it tells of these."""
HALF_BY_SENTENCE = frozenset({"hate", "threat", "self_harm"})
"""Signals that are told half by the sentence that says most, where it says more than the whole, and half by the whole:
one sentence is enough to raise a comment, and the worst of many harmless ones is not. Texts that nothing was learnt
from are told best so (docs/assessment.md)."""
FEW_WORDS = 8
"""Fewer words do not raise a comment, whatever they are."""
LONGEST = 20_000
"""Letters of a text whose words are read."""
AT_ONCE = 50_000
"""Words that are worked on together: a bound of memory."""
MOST_WORDS = 6
"""Words that are shown for a signal."""
TOLD_FROM = 0.2
"""Below it, nothing is shown of what moved a signal."""

Values = NDArray[np.float32]
Places = NDArray[np.int_]


@dataclass(frozen=True, slots=True)
class Raw:
    """What models of words say of a text before it is scaled: `scores` by signal, `profane` of the whole, the tokens,
    and what each adds: a row for each token, a column for each signal, and in the last its profanity."""

    scores: Mapping[str, float]
    profane: float
    tokens: Tokens
    added: Values


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
        self._column = {name: place for place, name in enumerate((*self._words.signals, "profanity"))}
        self._halves = [self._column[name] for name in self._words.signals if name in HALF_BY_SENTENCE]
        self._concern = self._column["concern"]
        self._nothing = self._of_no_word()

    def _of_no_word(self) -> Raw:
        sums, rudes = (np.zeros((1, len(of.signals) + 1), dtype=np.float32) for of in (self._words, self._profane))
        scores, profane = self._scores(sums, rudes)
        by_name = dict(zip(self._words.signals, scores[0].tolist(), strict=True))
        added = np.zeros((0, len(self._column)), dtype=np.float32)
        return Raw(by_name, float(profane[0]), Tokens([], [], list), added)

    def _raw(self, found: Sequence[Tokens]) -> Iterator[Raw]:
        """What they say of comments, of each of which there is a token at least, all of them in one sum."""
        sizes = [len(one.words) for one in found]
        ends = np.cumsum(sizes)
        begins = ends - sizes
        places = [start + begin for begin, one in zip(begins.tolist(), found, strict=True) for start in one.begins]
        sentences = np.array([len(one.begins) for one in found])
        last = np.cumsum(sentences) - 1
        first = last + 1 - sentences
        words, apart = list(chain.from_iterable(one.words for one in found)), frozenset(places)
        values, rude = (model.values(words, apart) for model in (self._words, self._profane))
        sums, rudes = np.add.reduceat(values, places), np.add.reduceat(rude, places)
        scores, profane = self._scores(np.add.reduceat(sums, first), np.add.reduceat(rudes, first))
        each = self._scores(sums, rudes)[0]
        most: Values = np.maximum.reduceat(each, first)
        scores[:, self._halves] = (scores[:, self._halves] + np.maximum(scores, most)[:, self._halves]) / 2
        scores[:, self._concern] = np.maximum(most[:, self._concern], self._pairs(sums, rudes, first, last))
        added = np.hstack([values[:, :-1] + self._mixed * rude[:, :1], rude[:, :1]])
        for of, each, how, begin, end in zip(found, scores.tolist(), profane.tolist(), begins, ends, strict=True):
            yield Raw(dict(zip(self._words.signals, each, strict=True)), how, of, added[begin:end])

    def _scores(self, sums: Values, rudes: Values) -> tuple[Values, Values]:
        """The score of each signal of texts whose tokens sum up to that, and their profanity."""
        profane = self._profane.scores(rudes)
        return self._words.scores(sums) + self._mixed * profane, profane[:, 0]

    def _pairs(self, sums: Values, rudes: Values, first: Places, last: Places) -> Values:
        """For each comment the highest concern of any two neighbours of its sentences, whose places are `first` to
        `last`: with that of each sentence nothing that is added makes it less."""
        pairs = self._scores(sums[:-1] + sums[1:], rudes[:-1] + rudes[1:])[0][:, self._concern]
        pairs = np.append(pairs, np.float32(-np.inf))
        pairs[last] = -np.inf  # The next sentence is another comment's.
        found: Values = np.maximum.reduceat(pairs, first)
        return found

    def read(self, materials: Sequence[Material]) -> list[list[Told]]:
        """As models.Model."""
        return [self._told(raw) for raw in self.raws(materials)]

    def raws(self, materials: Sequence[Material]) -> list[Raw]:
        """What they say of comments before it is scaled. That of the last batch is kept, as both tiers ask for it."""
        of, raws = self._last
        if of is not materials:
            found = [tokens(material.cleaned.lower[:LONGEST], material.sentences) for material in materials]
            raws = [self._nothing] * len(materials)
            with_words = [place for place, one in enumerate(found) if one.words]
            for part in portions(with_words, lambda place: len(found[place].words), AT_ONCE):
                some = self._raw([found[place] for place in part])
                for place, raw in zip(part, some, strict=True):
                    raws[place] = raw
            self._last = materials, raws
        return raws

    def _told(self, raw: Raw) -> list[Told]:
        told = [
            self._one(name, score, self._scales[name], BY, raw) for name, score in raw.scores.items() if name in TELLS
        ]
        told.append(self._one("profanity", raw.profane, self._profane_scale, PROFANITY_BY, raw))
        few = len([word for word in raw.tokens.words if len(word) > 1 and word.isalpha()]) < FEW_WORDS
        return [one.held() if one.signal == "concern" else one for one in told] if few else told

    def _one(self, name: str, raw_score: float, scale: Scale, by: str, raw: Raw) -> Told:
        score = scale.score(raw_score)
        moved = self._moved(raw.tokens, raw.added[:, self._column[name]]) if score >= TOLD_FROM else ()
        return Told(name, score, by, moved, scale.chance(raw_score), ENGLISH)

    def _moved(self, found: Tokens, shares: Values) -> tuple[Moved, ...]:
        """The words that speak most for a signal; those that stand side by side are one place."""
        best = np.argsort(-shares)[:MOST_WORDS]
        moved: list[Moved] = []
        last = -2
        for place in sorted(int(each) for each in best if shares[each] > 0):
            weight, span = float(shares[place]), found.spans[place]
            if place == last + 1:
                before = moved.pop()
                moved.append(Moved(Span(before.span.start, span.end), before.weight + weight))
            else:
                moved.append(Moved(span, weight))
            last = place
        return tuple(moved)


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
