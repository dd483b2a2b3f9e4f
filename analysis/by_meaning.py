"""What small nets say of each comment by the vectors of its sentences, together with what its words say (tier 1).

A comment is read sentence by sentence, in pairs of neighbours, and whole: of concern the highest of them decides, so
praise elsewhere does not pay for it. The vector of a pair or of a whole is the mean of its sentences', so each sentence
is encoded once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from analysis import by_words, deep, nets, sentiment, stored
from analysis.by_words import ByWords, Raw
from analysis.deep import Deep
from analysis.evidence import ENGLISH, Material, Mood, Moved, Told
from analysis.nets import Net, Scale
from analysis.sentiment import NEUTRAL_WITHIN
from analysis.stored import MODELS, Damaged
from analysis.text import LOOKED_AT, Span, clean, sentences
from model.assessment import Subject
from model.portions import portions

VERSION = "meanings 2"
"""Of the form of the file."""
BY = "meaning 4"
SIGNALS = by_words.SIGNALS
MIXED: Mapping[str, tuple[float, ...]] = {
    "negative": (1.0, 0.0),
    "abuse": (0.5, 0.5, 0.0, 0.0, 0.1),
    "hate": (1.0, 1.0, 0.75),
    "threat": (1.0, 0.5, 0.5),
    "self_harm": (1.0, 1.0),
    "spam": (1.0, 1.0),
    "crisis": (0.5, 1.0),
    "criticism": (1.0, 1.0),
    "derail": (1.0, 1.0, 1.0),
}
"""What the raw score of a signal is made of: the net's, the words', those of `abuse`, `negative` and `profanity`. The
net of `negative` hears the words itself. Swearing counts for little in abuse: who quotes, reclaims or answers an insult
swears too. Of crisis, events that nothing was learnt from are told best so. What concern is made of is learnt."""
SPREAD = 1.5
"""The smaller, the sooner a sentiment is near -1 or 1."""
MOST_SENTENCES = 60
"""Sentences of one comment that are encoded: the first and, of a longer one, the last."""

TURN, TURN_HEARD = "[SEP]", 1_000
"""What stands between two turns, and the last letters of the one before that are heard."""
AT_ONCE = 500
"""Sentences that the nets hear together: a bound of memory."""
HALF_BY_SENTENCE = by_words.HALF_BY_SENTENCE | {"abuse"}
"""The same of nets: an insult, too, counts half by itself."""
_APART = ("negative", "concern")
"""Signals whose nets hear something else than sentences and the whole."""

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


@dataclass(frozen=True, slots=True, eq=False)
class _Comment:
    """A comment as the nets hear it: its sentences, its units and its whole as vectors, what its words say, and what
    the net of `negative` hears (None where VADER failed)."""

    spans: Sequence[Span]
    units: Floats
    whole: Floats
    words: Raw
    felt: Floats | None


@dataclass(frozen=True, slots=True, eq=False)
class _Heard:
    """What the nets say of a comment: of each signal for each sentence and the whole (of concern for each unit), what
    it is most likely about, and how negative the whole and each sentence is."""

    each: Mapping[str, Floats]
    matter: str
    felt: Floats | None


class ByMeaning:
    """The nets, the encoder whose vectors they read, and the model of words whose scores they add to."""

    def __init__(self, encoder: Deep, words: ByWords, found: Mapping[str, Net], about: Mapping[str, Any]) -> None:
        """Raises KeyError or TypeError where what is written about the nets lacks something."""
        self._encoder, self._words, self._nets = encoder, words, found
        self._scales = {name: Scale(*about["scales"][name]) for name in SIGNALS}
        self._mixed = {name: tuple(map(float, about["mixed"][name])) for name in SIGNALS}
        self._neutral = Neutral(*about["neutral"])
        self.matters = tuple(map(str, about["matters"]))
        self._limit = ThreadpoolController().limit

    def read(self, materials: Sequence[Material]) -> list[list[Told]]:
        """As models.Model. Where a comment answers another, `derail` is told of both turns."""
        found = self._told_of(materials)
        answers = [place for place, one in enumerate(materials) if one.subject.parent and found[place]]
        talks = self._told_of([_talk(materials[place]) for place in answers])
        for place, talk in zip(answers, talks, strict=True):
            said = next(one for one in talk if one.signal == "derail")
            found[place] = [
                one._replace(score=said.score, chance=said.chance) if one.signal == "derail" else one
                for one in found[place]
            ]
        return found

    def _told_of(self, materials: Sequence[Material]) -> list[list[Told]]:
        spans = [few(material.sentences) for material in materials]
        texts = [material.words(span) for material, each in zip(materials, spans, strict=True) for span in each]
        encoded = self._encoder.vectors(texts) if texts else np.zeros((0, deep.SIZE), dtype=np.float32)
        found, start = list[_Comment | None](), 0
        for material, each, raw in zip(materials, spans, self._words.raws(materials), strict=True):
            found.append(_comment(material, each, encoded[start : start + len(each)], raw) if each else None)
            start += len(each)
        # One thread, as the encoder takes.
        with self._limit(limits=1, user_api="blas"):
            parts = portions([one for one in found if one], lambda one: len(one.spans), AT_ONCE)
            said = iter([each for part in parts for each in self._heard(part)])
        return [self._read(one, next(said)) if one else [] for one in found]

    def _heard(self, some: Sequence["_Comment"]) -> Iterator["_Heard"]:
        """What the nets say of comments, each net of all of them at once."""
        rows = np.vstack([np.vstack([one.units[: len(one.spans)], one.whole[None]]) for one in some])
        ends = np.cumsum([len(one.spans) + 1 for one in some])[:-1]
        each = {name: np.split(self._nets[name](rows)[:, 0], ends) for name in SIGNALS if name not in _APART}
        each["concern"] = self._concern(some)
        gravest = [one.units[int(said.argmax())] for one, said in zip(some, each["concern"], strict=True)]
        matters = self._nets["matters"](np.stack(gravest)).argmax(axis=1)
        felt = self._felt(some)
        for place, matter in enumerate(matters):
            by_name = {name: each[name][place] for name in SIGNALS if name != "negative"}
            yield _Heard(by_name, self.matters[int(matter)], felt[place])

    def _concern(self, some: Sequence["_Comment"]) -> list[Floats]:
        """What two nets say of each unit: one by itself, one beside the whole of its comment."""
        sizes = [len(one.units) for one in some]
        units = np.vstack([one.units for one in some])
        beside = np.hstack([units, np.repeat(np.stack([one.whole for one in some]), sizes, axis=0)])
        both = self._nets["concern"](units)[:, 0] + self._nets["concern beside"](beside)[:, 0]
        return np.split(both * np.float32(0.5), np.cumsum(sizes)[:-1])

    def _felt(self, some: Sequence["_Comment"]) -> list[Floats | None]:
        """How negative each is, the whole and its sentences, on the raters' scale; None where VADER failed."""
        heard = [one for one in some if one.felt is not None]
        if not heard:
            return [None] * len(some)
        rows = np.vstack([one.felt for one in heard if one.felt is not None])
        ends = np.cumsum([len(one.spans) + 1 for one in heard])[:-1]
        said = iter(np.split(self._nets["negative"](rows)[:, 0], ends))
        return [None if one.felt is None else next(said) for one in some]

    def _read(self, comment: "_Comment", heard: "_Heard") -> list[Told]:
        spans, said, profane = comment.spans, comment.words.scores, comment.words.profane
        raw = {name: self._one(name, scores, len(spans)) for name, scores in heard.each.items()}
        abuse = self._mix("abuse", (raw["abuse"], said["abuse"], 0.0, 0.0, profane))
        negative = 0.0 if heard.felt is None else float(heard.felt.max())
        told = []
        for name, scores in heard.each.items():
            mixed = abuse if name == "abuse" else self._mix(name, (raw[name], said[name], abuse, negative, profane))
            matter = heard.matter if name == "concern" else ""
            told.append(self._told(name, mixed, spans, scores[: len(spans)], matter))
        return told if heard.felt is None else [self._negative(heard.felt, spans), *told]

    def _mix(self, name: str, of: Sequence[float]) -> float:
        return sum(weight * one for weight, one in zip(self._mixed[name], of, strict=False))

    def _negative(self, felt: Floats, spans: Sequence[Span]) -> Told:
        """By the worst sentence; the sentiment is that of the whole."""
        worst = float(felt.max())
        low = np.maximum(felt[1:] + self._neutral.below, 0)
        told = self._told("negative", worst, spans, felt[1:])
        weights = [Moved(span, float(weight)) for span, weight in zip(spans, low, strict=True) if weight > 0]
        mood = Mood(mean=self._neutral.sentiment(-float(felt[0])), worst=self._neutral.sentiment(-worst))
        return told._replace(moved=tuple(weights) if told.moved else (), mood=mood)

    @staticmethod
    def _one(name: str, each: Floats, n: int) -> float:
        """The score of the comment: concern of what says most, of others half by it; else of the whole."""
        if name == "concern":
            return float(each.max())
        whole = float(each[n])
        return (float(each.max()) + whole) / 2 if name in HALF_BY_SENTENCE else whole

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


def _comment(material: Material, spans: Sequence[Span], sentences: Floats, words: Raw) -> _Comment:
    units, whole = units_of(sentences)
    moods, felt = few(material.mood.each), None
    if len(moods) == len(spans):
        beside = feeling(moods, [span.end - span.start for span in spans])
        rows = np.vstack([whole[None], sentences])
        said = np.full((len(beside), 1), words.scores["negative"])
        felt = np.hstack([rows, beside, said]).astype(np.float32)
    return _Comment(spans, units, whole, words, felt)


def _talk(answer: Material) -> Material:
    """A comment behind the one it answers, as one text: so the net of `derail` has learnt to hear turns."""
    text = f"{answer.subject.parent[-TURN_HEARD:]} {TURN} {answer.subject.text}"
    cleaned = clean(text[:LOOKED_AT])
    both = Material(Subject(text), cleaned, sentences(cleaned.text))
    return replace(both, mood=sentiment.mood(both))


def sentences_heard(text: str) -> list[str]:
    """The sentences of a text that are read by what they mean."""
    cleaned = clean(text[:LOOKED_AT]).text
    return [cleaned[span.start : span.end] for span in few(sentences(cleaned))]


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
