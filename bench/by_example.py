"""`python -m bench.by_example`: how well a matter is found by a few examples, as if each that ships were a site's own.

For each scenario of each matter the examples are drawn from its *other* scenarios, which are of other organisations,
with half as many near misses; found is looked for among the examples of the one that was left out. Harmless are the
peaceful comments of threads that nothing here is made of. `FAR` of `analysis.by_example` was chosen by this table.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.by_example import Examples
from analysis.training.harmless import harmless
from analysis.training.sets import examples, matters, threads
from analysis.training.vectors import by_sentence, vectors
from model.settings import ROOT

COUNTS = (5, 10, 20)
FROM = (3.0, 3.3, 3.5, 3.8, 4.2)
HELD_OUT = ROOT / "tests" / "analysis" / "threads"
Floats = NDArray[np.float32]


class Comments:
    """The comments of threads: the vectors of their sentences and, of those that have several, of the whole."""

    def __init__(self, folder: Path | None = None) -> None:
        self.every = threads(folder) if folder else threads()
        texts = [one.text for one in self.every]
        rows, starts = by_sentence(texts)
        self._rows, self._starts = np.vstack([rows, vectors(texts)]), starts
        self._sentences = len(rows)

    def scores(self, by: Examples) -> Floats:
        """The highest score of each comment."""
        each = by.scores(self._rows)
        of_sentences = np.maximum.reduceat(each[: self._sentences], self._starts[:-1])
        most: Floats = np.maximum(of_sentences, each[self._sentences :])
        return most


def drawn(key: str, count: int, rng: np.random.Generator) -> Iterator[tuple[Examples, list[str], list[str]]]:
    """For each scenario: examples from the others, and its own examples and near misses."""
    every = [examples(key, split) for split in ("train", "test")]
    beside = harmless(without=key)
    rows = [row for frame in every for row in frame.itertuples(index=False)]
    for scenario in dict.fromkeys(row.scenario for row in rows):
        others = [row for row in rows if row.scenario != scenario]
        mine, near = ([row.text for row in others if row.label == label] for label in (1, 0))
        given = rng.choice(mine, count, replace=False).tolist()
        misses = rng.choice(near, count // 2, replace=False).tolist()
        here = [[row.text for row in rows if row.scenario == scenario and row.label == label] for label in (1, 0)]
        yield Examples(found(given), found(misses), beside), here[0], here[1]


_KNOWN: dict[str, Floats] = {}


def found(texts: Sequence[str]) -> Floats:
    """Vectors of texts of the bank, which are encoded once."""
    if not _KNOWN:
        bank = [text for key in matters() for split in ("train", "test") for text in examples(key, split).text]
        _KNOWN.update(zip(bank, vectors(bank), strict=True))
    return np.stack([_KNOWN[text] for text in texts]) if texts else np.empty((0, 512), dtype=np.float32)


def main() -> None:
    """Prints a line for each count of examples and each score from which on something is found."""
    rng = np.random.default_rng(3)
    there = [Comments(), Comments(HELD_OUT)]
    peace = [np.array([one.label == "peace" for one in part.every]) for part in there]
    print("examples | from | examples left out | near misses left out | harmless comments | comments about the matter")
    for count in COUNTS:
        raised: dict[str, list[float]] = {"left out": [], "near": [], "peace": [], "about": []}
        for key in matters():
            about = [np.array([one.label == "must" and key in one.matters for one in part.every]) for part in there]
            for number, (by, mine, near) in enumerate(drawn(key, count, rng)):
                raised["left out"] += by.scores(found(mine)).tolist()
                raised["near"] += by.scores(found(near)).tolist() if near else []
                if number % 4 == 0:
                    for part, calm, theirs in zip(there, peace, about, strict=True):
                        scores = part.scores(by)
                        raised["peace"] += scores[calm].tolist()
                        raised["about"] += scores[theirs].tolist()
        for least in FROM:
            shares = [float(np.mean(np.array(each) >= least)) for each in raised.values()]
            print(f"{count:8} | {least:4} | " + " | ".join(f"{100 * share:5.1f} %" for share in shares), flush=True)


if __name__ == "__main__":
    main()
