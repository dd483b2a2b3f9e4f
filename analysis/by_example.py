"""Matters by example: what reads like the examples that an organisation gave for a matter, by what it means (tier 1).

The vectors of the examples have a middle. A sentence is as like them as its own vector points that way, counted in
standard deviations beyond what harmless sentences that ship come to (a nearest centroid: J. Rocchio, 1971; the middle
of what is harmless is taken off first). It is found from FAR on, unless a near miss is nearer to it than any example.
Which of several such rules, and from where on, was measured: docs/assessment.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis import stored
from analysis.by_meaning import few, unit
from analysis.deep import Deep
from analysis.evidence import Evidence, Kind, Material
from analysis.labels import LIKE
from analysis.matters import QUOTED, Matter
from analysis.similarity import unpacked
from analysis.stored import MODELS

VERSION = "harmless 1"
FILE = "harmless.npz"
BY_EXAMPLE = "example:"
FAR = 3.5
"""Standard deviations beyond harmless sentences."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Harmless:
    """What harmless sentences are like: their middle, and some of them, taken from it, of length 1."""

    middle: Floats
    rows: Floats

    def apart(self, vectors: Floats) -> Floats:
        """Vectors as they differ from what is harmless, of length 1."""
        return unit(vectors - self.middle)


@cache
def harmless(folder: Path = MODELS) -> Harmless:
    """What ships of it, read once. Raises Damaged, which says what is wrong with its file."""
    arrays, _ = stored.read(folder / FILE, VERSION)
    with stored.reading(folder / FILE):
        return Harmless(arrays["middle"].astype(np.float32), unpacked(arrays["rows"]))


class Examples:
    """The examples and near misses of one matter as vectors of length 1; at least one example."""

    def __init__(self, examples: Floats, near_misses: Floats, beside: Harmless) -> None:
        self._beside = beside
        self._examples = beside.apart(examples)
        self._near_misses = beside.apart(near_misses) if len(near_misses) else None
        self._middle = self._examples.mean(axis=0)
        usual = beside.rows @ self._middle
        self._mean, self._spread = float(usual.mean()), max(float(usual.std()), 1e-6)

    def scores(self, vectors: Floats) -> Floats:
        """How far each is beyond what is harmless, towards the examples; minus infinity where a near miss is nearer."""
        rows = self._beside.apart(vectors)
        found: Floats = (rows @ self._middle - self._mean) / np.float32(self._spread)
        if self._near_misses is not None:
            nearer = (rows @ self._near_misses.T).max(axis=1) > (rows @ self._examples.T).max(axis=1)
            found[nearer] = -np.inf
        return found

    def nearest(self, vector: Floats) -> int:
        """The place of the example that is most like a vector."""
        return int((self._examples @ self._beside.apart(vector[None])[0]).argmax())


@dataclass(frozen=True, slots=True)
class Shown:
    """What was given for a matter in words."""

    matter: Matter
    examples: tuple[str, ...]
    near_misses: tuple[str, ...]


class ByExample:
    """The matters that are found by their examples."""

    def __init__(self, encoder: Deep, shown: Sequence[Shown], beside: Harmless) -> None:
        # The encoder is not kept: whoever has loaded it must be able to give its memory back.
        self._shown = [
            (one, Examples(encoder.vectors(one.examples), encoder.vectors(one.near_misses), beside)) for one in shown
        ]

    def read(self, encoder: Deep, materials: Sequence[Material]) -> list[list[Evidence]]:
        """Of each comment a concern for each matter that one of its sentences, or the whole of it, reads like an
        example of. The span is the sentence that does so most."""
        each = [_texts(material) for material in materials]
        vectors = encoder.vectors([text for texts in each for text in texts])
        ends = np.cumsum([0, *map(len, each)])
        return [
            list(self._concerns(material, vectors[start:end])) if end > start else []
            for material, start, end in zip(materials, ends[:-1], ends[1:], strict=True)
        ]

    def _concerns(self, material: Material, vectors: Floats) -> Iterator[Evidence]:
        spans = few(material.sentences)
        for one, examples in self._shown:
            scores = examples.scores(vectors)
            if scores.max() < FAR:
                continue
            example = one.examples[examples.nearest(vectors[int(scores.argmax())])]
            yield Evidence(
                Kind.CONCERN,
                f"{BY_EXAMPLE}{one.matter.key}",
                LIKE.format(name=one.matter.name, words=_short(example)),
                spans[int(scores[: len(spans)].argmax())],
                1.0 + one.matter.severity,
                one.matter.key,
                one.matter.severity,
            )


def _texts(material: Material) -> list[str]:
    """The sentences, and of several the whole behind them, by the words that its stored vector is made of."""
    texts = [material.words(span) for span in few(material.sentences)]
    return [*texts, material.subject.text] if len(texts) > 1 else texts


def _short(example: str) -> str:
    said = " ".join(example.split())
    return said if len(said) <= QUOTED else f"{said[: QUOTED - 1].rstrip()}…"
