"""Models of words: what a text says for each signal is a sum over its words, so each word's share is known.

A word counts by itself, by its parts (runs of 3 to 5 of its letters), and together with the word before it. What a word
adds is worked out once and remembered, so that a text costs little more than one look-up for each of its words.

The score of a text is b + (Σ v_w + Σ v_pair) / √(Σ q_w + Σ q_pair): v are weights times inverse document frequencies,
q the squares of those frequencies (the length of a TF-IDF vector, as if no two words shared a part), b the intercept.
"""

import threading
from collections.abc import Callable, Container, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis import stored
from analysis.text import LONGEST_WORD, MOST_WORDS

Vector = NDArray[np.float32]
VERSION = "words 1"
"""Of the form of the files."""
PARTS = range(3, 6)
LONGEST = 20
"""Letters of a word whose parts are looked at."""
_FIRST, _LAST = "‹", "›"


def parts(word: str) -> list[str]:
    """The runs of letters of a word between its borders; none for a sign, or what stands for a kind of words.

    >>> parts("ab")
    ['‹ab', 'ab›', '‹ab›']
    """
    if len(word) < 2 or word.startswith(_FIRST):
        return []
    framed = f"{_FIRST}{word[:LONGEST]}{_LAST}"
    return [framed[i : i + n] for n in PARTS for i in range(len(framed) - n + 1)]


class _Known:
    """A row for each of the first words that are met, worked out once. All of them are one array, so that those of many
    words are taken out of it at once."""

    def __init__(self, size: int, work_out: Callable[[str], Vector]) -> None:
        self._rows = np.empty((MOST_WORDS, size), dtype=np.float32)
        self._places: dict[str, int] = {}
        self._work_out = work_out
        self._one_at_a_time = threading.Lock()

    def rows(self, words: Sequence[str]) -> Vector:
        """The rows of some words, in their order."""
        find = self._places.get
        places = [find(word, -1) for word in words]
        found: Vector = self._rows[places]
        if -1 in places:
            for number, place in enumerate(places):
                if place < 0:
                    found[number] = self._met(words[number])
        return found

    def _met(self, word: str) -> Vector:
        row = self._work_out(word)
        with self._one_at_a_time:
            place = len(self._places)
            if place < MOST_WORDS and len(word) <= LONGEST_WORD and word not in self._places:
                # Its row first: whoever finds its place reads that without waiting.
                self._rows[place] = row
                self._places[word] = place
        return row


class Words:
    """A model of words for several signals, read from a file of plain arrays."""

    def __init__(self, signals: Sequence[str], names: Sequence[str], rows: Vector, weights: Vector, bias: Vector):
        """`names` of features, `weights` (their inverse document frequencies), `rows` (features by signals, what each
        adds), and `bias`, one for each signal."""
        self.signals, self.names = tuple(signals), tuple(names)
        self.rows, self.weights, self.bias = rows, weights, bias
        self._number = {name: place for place, name in enumerate(names)}
        self._pairs = {name: place for name, place in self._number.items() if " " in name[1:]}
        self._known = _Known(len(signals) + 1, self._word)

    def _word(self, word: str) -> Vector:
        names = (f" {word}", *parts(word))
        each = self._of([number for name in names if (number := self._number.get(name)) is not None])
        found: Vector = each.sum(axis=0)
        return found

    def _of(self, numbers: Sequence[int] | NDArray[np.int_]) -> Vector:
        """What each of some features adds: a row for each, as `values` has them."""
        found = np.empty((len(numbers), len(self.signals) + 1), dtype=np.float32)
        found[:, :-1] = self.rows[numbers] if len(numbers) else 0
        found[:, -1] = np.square(self.weights[numbers]) if len(numbers) else 0
        return found

    def values(self, words: Sequence[str], apart: Container[int] = ()) -> Vector:
        """What each word adds: a row for each, a column for each signal, and in the last its part of the length.
        Those at the places of `apart` begin a sentence, and make no pair with the one before."""
        each = self._known.rows(words)
        if not self._pairs:
            return each
        met = map(self._pairs.get, map(" ".join, pairwise(words)))
        found = [(place, number) for place, number in enumerate(met, 1) if number is not None and place not in apart]
        if found:
            places, numbers = np.array(found).T
            halves = self._of(numbers) / 2
            each[places] += halves
            each[places - 1] += halves
        return each

    def scores(self, sums: Vector) -> Vector:
        """The scores of texts, given as rows that sum up the values of their words."""
        lengths = np.sqrt(sums[..., -1:])
        found: Vector = (self.bias + sums[..., :-1] / np.where(lengths > 0, lengths, 1)).astype(np.float32)
        return found


def load(path: Path) -> tuple[Words, dict[str, Any]]:
    """A model as `save` wrote it, and what was written about it. Raises Damaged, which says what is wrong with the
    file."""
    arrays, about = stored.read(path, VERSION)
    with stored.reading(path):
        names = arrays["names"].tobytes().decode("utf-8").split("\n")
        rows, weights, bias = (arrays[name].astype(np.float32) for name in ("rows", "weights", "bias"))
        signals = tuple(map(str, about["signals"]))
        if rows.shape != (len(names), len(signals)) or weights.shape != (len(names),) or bias.shape != (len(signals),):
            raise ValueError("arrays that do not fit together")
        if not all(np.isfinite(array).all() for array in (rows, weights, bias)):
            raise ValueError("what is no number")
    return Words(signals, names, rows, weights, bias), about


def save(path: Path, model: Words, about: Mapping[str, Any]) -> None:
    """Writes a model, in small floats."""
    arrays: dict[str, NDArray[Any]] = {
        "names": np.frombuffer("\n".join(model.names).encode("utf-8"), dtype=np.uint8),
        "rows": model.rows.astype(np.float16),
        "weights": model.weights.astype(np.float16),
        "bias": model.bias.astype(np.float32),
    }
    stored.write(path, VERSION, arrays, {**about, "signals": list(model.signals)})
