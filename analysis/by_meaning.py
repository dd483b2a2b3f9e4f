"""What small nets say of each comment by the vectors of its sentences, together with what its words say (tier 1).

A comment is read sentence by sentence, in pairs of neighbours, and whole: for what a single sentence is enough for, the
highest of them decides, so praise elsewhere does not pay for it. The vector of a pair or of a whole is the mean of its
sentences', so each sentence is encoded once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis import by_words, deep, nets, stored
from analysis.by_words import ByWords
from analysis.deep import Deep
from analysis.evidence import ENGLISH, Material, Moved, Told
from analysis.nets import Net, Scale
from analysis.stored import MODELS, Damaged
from analysis.text import Span

VERSION = "meanings 1"
"""Of the form of the file."""
BY = "meaning 1"
SIGNALS = by_words.SIGNALS
MIXED: Mapping[str, tuple[float, float, float]] = {
    "concern": (1.0, 1.0, 0.0),
    "abuse": (0.5, 0.5, 0.0),
    "hate": (1.0, 1.0, 1.0),
    "threat": (1.0, 1.0, 1.0),
    "self_harm": (1.0, 1.0, 0.0),
    "spam": (1.0, 1.0, 0.0),
    "crisis": (1.0, 1.0, 0.0),
    "criticism": (1.0, 1.0, 0.0),
    "derail": (1.0, 1.0, 1.0),
}
"""What the raw score of a signal is made of: the net's, the words', and that of abuse. Each counts alike; the two of
abuse are logits of the same score, so they are halved."""
MOST_SENTENCES = 60
"""Sentences of one comment that are encoded: the first and, of a longer one, the last."""

Floats = NDArray[np.float32]


def units_of(sentences: Floats) -> tuple[Floats, Floats]:
    """The vectors of the units of a comment (its sentences; then, where there are several, the whole, and each pair of
    neighbours) and that of the whole, from those of its sentences."""
    whole = unit(sentences.sum(axis=0, keepdims=True))
    if len(sentences) == 1:
        return sentences, whole[0]
    pairs = unit(sentences[:-1] + sentences[1:])
    return np.vstack([sentences, whole, pairs]), whole[0]


def unit(rows: Floats) -> Floats:
    """Rows of length 1; one that is 0 stays so."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    found: Floats = (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return found


class ByMeaning:
    """The nets, the encoder whose vectors they read, and the model of words whose scores they add to."""

    def __init__(self, encoder: Deep, words: ByWords, found: Mapping[str, Net], about: Mapping[str, Any]) -> None:
        """Raises KeyError or TypeError where what is written about the nets lacks something."""
        self._encoder, self._words, self._nets = encoder, words, found
        self._scales = {name: Scale(*about["scales"][name]) for name in SIGNALS}
        self.matters = tuple(map(str, about["matters"]))

    def read(self, materials: Sequence[Material]) -> list[list[Told]]:
        """As models.Model."""
        spans = [few(material.sentences) for material in materials]
        texts = [material.words(span) for material, each in zip(materials, spans, strict=True) for span in each]
        encoded = self._encoder.vectors(texts) if texts else np.zeros((0, deep.SIZE), dtype=np.float32)
        told, start = [], 0
        for each, said in zip(spans, self._words.raws(materials), strict=True):
            told.append(self._read(each, encoded[start : start + len(each)], said.scores))
            start += len(each)
        return told

    def _read(self, spans: Sequence[Span], sentences: Floats, said: Mapping[str, float]) -> list[Told]:
        if not spans:
            return []
        units, whole = units_of(sentences)
        raw = {name: self._raw(name, units, whole, len(spans), said[name]) for name in SIGNALS}
        abuse = raw["abuse"][0]
        told = [self._told(name, score + MIXED[name][2] * abuse, spans, each) for name, (score, _, each) in raw.items()]
        most = int(raw["concern"][1])
        return [replace(one, matter=self._matter(units[most])) if one.signal == "concern" else one for one in told]

    def _matter(self, unit: Floats) -> str:
        """The matter that a unit is most likely about."""
        return self.matters[int(self._nets["matters"](unit[None])[0].argmax())]

    def _raw(self, name: str, units: Floats, whole: Floats, n: int, said: float) -> tuple[float, int, Floats]:
        """The raw score, the unit that says most, and what each sentence says."""
        of_net, of_words, _ = MIXED[name]
        if name == "concern":
            beside = np.hstack([units, np.repeat(whole[None], len(units), axis=0)])
            each: Floats = (
                self._nets["concern"](units)[:, 0] + self._nets["concern beside"](beside)[:, 0]
            ) * np.float32(0.5)
            score = float(each.max())
        elif name in by_words.BY_SENTENCE:
            each = self._nets[name](units)[:, 0]
            score = float(each[: n + (n > 1)].max())
        else:
            each = self._nets[name](np.vstack([units[:n], whole[None]]))[:, 0]
            score = float(each[-1])
        return of_net * score + of_words * said, int(each.argmax()), each[:n]

    def _told(self, name: str, raw: float, spans: Sequence[Span], each: Floats) -> Told:
        scale = self._scales[name]
        score = scale.score(raw)
        moved: tuple[Moved, ...] = ()
        if score >= by_words.TOLD_FROM:
            # A sentence with less than a fifth of the heaviest's part is not shown.
            weights = np.exp(np.clip(each - each.max(), -20, 0))
            moved = tuple(
                Moved(span, float(weight)) for span, weight in zip(spans, weights, strict=True) if weight > 0.2
            )
        return Told(name, score, BY, moved, scale.chance(raw), ENGLISH)


def few(spans: Sequence[Span]) -> Sequence[Span]:
    """The sentences of a comment that are encoded."""
    half = MOST_SENTENCES // 2
    return spans if len(spans) <= MOST_SENTENCES else (*spans[:half], *spans[-half:])


def load() -> ByMeaning:
    """The shipped nets and the shared encoder. Raises Damaged, which says what is wrong."""
    arrays, about = stored.read(MODELS / "meanings.npz", VERSION)
    with stored.reading(MODELS / "meanings.npz"):
        found = nets.unpacked(arrays)
    try:
        return ByMeaning(deep.shared(), by_words.load(), found, about)
    except (KeyError, TypeError) as error:
        raise Damaged(f"meanings.npz is of another version: {error} is missing.") from error  # as it is
