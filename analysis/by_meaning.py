"""What small nets say of each comment by the vectors of its sentences, together with what its words say (tier 1).

A comment is read sentence by sentence, in pairs of neighbours, and whole: for what a single sentence is enough for, the
highest of them decides, so praise elsewhere does not pay for it. The vector of a pair or of a whole is the mean of its
sentences', so each sentence is encoded once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from analysis import by_words, deep, nets, stored
from analysis.by_words import ByWords, Raw
from analysis.deep import Deep
from analysis.evidence import ENGLISH, Material, Mood, Moved, Told
from analysis.nets import Net, Scale
from analysis.sentiment import NEUTRAL_WITHIN
from analysis.stored import MODELS, Damaged
from analysis.text import Span

VERSION = "meanings 2"
"""Of the form of the file."""
BY = "meaning 2"
SIGNALS = by_words.SIGNALS
MIXED: Mapping[str, tuple[float, ...]] = {
    "negative": (1.0, 0.0),
    "abuse": (0.5, 0.5, 0.0, 0.0, 0.1),
    "hate": (1.0, 1.0, 0.75),
    "threat": (1.0, 0.5, 0.5),
    "self_harm": (1.0, 1.0),
    "spam": (1.0, 1.0),
    "crisis": (1.0, 1.0),
    "criticism": (1.0, 1.0),
    "derail": (1.0, 1.0, 1.0),
}
"""What the raw score of a signal is made of: the net's, the words', those of `abuse`, `negative` and `profanity`. The
net of `negative` hears the words itself. Swearing counts for little in abuse: who quotes, reclaims or answers an insult
swears too. What concern is made of is learnt."""
SPREAD = 1.5
"""The smaller, the sooner a sentiment is near -1 or 1."""
MOST_SENTENCES = 60
"""Sentences of one comment that are encoded: the first and, of a longer one, the last."""

Floats = NDArray[np.float32]
T = TypeVar("T")


def units_of(sentences: Floats) -> tuple[Floats, Floats]:
    """The vectors of the units of a comment (its sentences; then, where there are several, the whole, and each pair of
    neighbours) and that of the whole, from those of its sentences."""
    whole = unit(sentences.sum(axis=0, keepdims=True))
    if len(sentences) == 1:
        return sentences, whole[0]
    pairs = unit(sentences[:-1] + sentences[1:])
    return np.vstack([sentences, whole, pairs]), whole[0]


def feeling(moods: Sequence[float], lengths: Sequence[int]) -> Floats:
    """What the net of `negative` hears of the moods of sentences, beside their vectors: for the whole in the first row,
    then for each sentence."""
    each = np.asarray(moods, dtype=np.float32)
    mean = float(np.average(each, weights=lengths))
    rows = [(mean, each.min(), each.max()), *((one, one, one) for one in each)]
    found = np.array(rows, dtype=np.float32)
    middle = found[:, :1]
    return np.hstack([found, np.maximum(middle, 0), np.minimum(middle, 0)])


def unit(rows: Floats) -> Floats:
    """Rows of length 1; one that is 0 stays so."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    found: Floats = (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return found


@dataclass(frozen=True, slots=True)
class Neutral:
    """Between which valences, on the raters' scale from -4 to 4, a text is neutral: from `-below` to `above`."""

    below: float
    above: float

    def sentiment(self, valence: float) -> float:
        """-1..1, spread as VADER's is; what is neutral is within NEUTRAL_WITHIN of 0.

        >>> neutral = Neutral(0.4, 0.8)
        >>> [round(neutral.sentiment(one), 2) for one in (-4, -0.4, 0.2, 0.8, 4)]
        [-0.95, -0.05, 0.0, 0.05, 0.94]
        """
        middle, half = (self.above - self.below) / 2, (self.above + self.below) / 2
        away = abs(valence - middle) - half
        sign = 1 if valence > middle else -1
        if away <= 0:
            return sign * NEUTRAL_WITHIN * (1 + away / half)
        return sign * (NEUTRAL_WITHIN + (1 - NEUTRAL_WITHIN) * away / sqrt(away * away + SPREAD))


class ByMeaning:
    """The nets, the encoder whose vectors they read, and the model of words whose scores they add to."""

    def __init__(self, encoder: Deep, words: ByWords, found: Mapping[str, Net], about: Mapping[str, Any]) -> None:
        """Raises KeyError or TypeError where what is written about the nets lacks something."""
        self._encoder, self._words, self._nets = encoder, words, found
        self._scales = {name: Scale(*about["scales"][name]) for name in SIGNALS}
        self._mixed = {name: tuple(map(float, about["mixed"][name])) for name in SIGNALS}
        self._neutral = Neutral(*about["neutral"])
        self.matters = tuple(map(str, about["matters"]))

    def read(self, materials: Sequence[Material]) -> list[list[Told]]:
        """As models.Model."""
        spans = [few(material.sentences) for material in materials]
        texts = [material.words(span) for material, each in zip(materials, spans, strict=True) for span in each]
        encoded = self._encoder.vectors(texts) if texts else np.zeros((0, deep.SIZE), dtype=np.float32)
        told, start = [], 0
        for material, each, raw in zip(materials, spans, self._words.raws(materials), strict=True):
            told.append(self._read(material, each, encoded[start : start + len(each)], raw))
            start += len(each)
        return told

    def _read(self, material: Material, spans: Sequence[Span], sentences: Floats, words: Raw) -> list[Told]:
        if not spans:
            return []
        units, whole = units_of(sentences)
        said = words.scores
        felt = self._felt(material, spans, sentences, whole, said["negative"])
        each = {name: self._each(name, units, whole, len(spans)) for name in SIGNALS if name != "negative"}
        raw = {name: self._one(name, scores, len(spans)) for name, scores in each.items()}
        profane = words.profane
        abuse = self._mix("abuse", (raw["abuse"], said["abuse"], 0.0, 0.0, profane))
        negative = 0.0 if felt is None else float(felt.max())
        told = []
        for name, scores in each.items():
            mixed = abuse if name == "abuse" else self._mix(name, (raw[name], said[name], abuse, negative, profane))
            matter = self._matter(units[int(scores.argmax())]) if name == "concern" else ""
            told.append(self._told(name, mixed, spans, scores[: len(spans)], matter))
        return told if felt is None else [self._negative(felt, spans), *told]

    def _mix(self, name: str, of: Sequence[float]) -> float:
        return sum(weight * one for weight, one in zip(self._mixed[name], of, strict=False))

    def _felt(
        self, material: Material, spans: Sequence[Span], sentences: Floats, whole: Floats, words: float
    ) -> Floats | None:
        """How negative the whole is and each of its sentences, on the raters' scale; None where VADER failed."""
        moods = few(material.mood.each)
        if len(moods) != len(spans):
            return None
        beside = feeling(moods, [span.end - span.start for span in spans])
        rows = np.hstack([np.vstack([whole[None], sentences]), beside, np.full((len(beside), 1), words)])
        found: Floats = self._nets["negative"](rows.astype(np.float32))[:, 0]
        return found

    def _negative(self, felt: Floats, spans: Sequence[Span]) -> Told:
        """By the worst sentence; the sentiment is that of the whole."""
        worst = float(felt.max())
        low = np.maximum(felt[1:] + self._neutral.below, 0)
        told = self._told("negative", worst, spans, felt[1:])
        weights = [Moved(span, float(weight)) for span, weight in zip(spans, low, strict=True) if weight > 0]
        mood = Mood(mean=self._neutral.sentiment(-float(felt[0])), worst=self._neutral.sentiment(-worst))
        return replace(told, moved=tuple(weights) if told.moved else (), mood=mood)

    def _matter(self, unit: Floats) -> str:
        """The matter that a unit is most likely about."""
        return self.matters[int(self._nets["matters"](unit[None])[0].argmax())]

    def _each(self, name: str, units: Floats, whole: Floats, n: int) -> Floats:
        """What the net says of each sentence, of the whole, and for concern of pairs."""
        if name == "concern":
            beside = np.hstack([units, np.repeat(whole[None], len(units), axis=0)])
            both: Floats = self._nets["concern"](units)[:, 0] + self._nets["concern beside"](beside)[:, 0]
            return both * np.float32(0.5)
        found: Floats = self._nets[name](np.vstack([units[:n], whole[None]]))[:, 0]
        return found

    @staticmethod
    def _one(name: str, each: Floats, n: int) -> float:
        """The score of the comment: of the whole, or of what says most where one sentence is enough. An insult counts
        half by itself and half by the whole."""
        most = float(each.max()) if name in by_words.BY_SENTENCE or name == "abuse" else float(each[n])
        return (most + float(each[n])) / 2 if name == "abuse" else most

    def _told(self, name: str, raw: float, spans: Sequence[Span], each: Floats, matter: str = "") -> Told:
        scale = self._scales[name]
        score = scale.score(raw)
        moved: tuple[Moved, ...] = ()
        if score >= by_words.TOLD_FROM:
            # A sentence with less than a fifth of the heaviest's part is not shown.
            weights = np.exp(np.clip(each - each.max(), -20, 0))
            moved = tuple(
                Moved(span, float(weight)) for span, weight in zip(spans, weights, strict=True) if weight > 0.2
            )
        return Told(name, score, BY, moved, scale.chance(raw), ENGLISH, matter)


def few(each: Sequence[T]) -> Sequence[T]:
    """Of what a comment has for each sentence, that of those that are encoded."""
    half = MOST_SENTENCES // 2
    return each if len(each) <= MOST_SENTENCES else (*each[:half], *each[-half:])


def load() -> ByMeaning:
    """The shipped nets and the shared encoder. Raises Damaged, which says what is wrong."""
    arrays, about = stored.read(MODELS / "meanings.npz", VERSION)
    with stored.reading(MODELS / "meanings.npz"):
        found = nets.unpacked(arrays)
    try:
        return ByMeaning(deep.shared(), by_words.load(), found, about)
    except (KeyError, TypeError) as error:
        raise Damaged(f"meanings.npz is of another version: {error} is missing.") from error  # as it is
