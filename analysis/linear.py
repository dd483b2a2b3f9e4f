"""Models of words: what a text says for each signal is a sum over its words, so each word's share is known.

A word counts by itself, by its parts (runs of 3 to 5 of its letters), and together with the word before it. What a word
adds is worked out once and remembered, so that a text costs little more than one look-up for each of its words.

The score of a text is b + (Σ v_w + Σ v_pair) / √(Σ q_w + Σ q_pair): v are weights times inverse document frequencies,
q the squares of those frequencies (the length of a TF-IDF vector, as if no two words shared a part), b the intercept.
"""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.text import Remembered
from analysis.tokens import Token

Vector = NDArray[np.float32]
PARTS = range(3, 6)
LONGEST = 20
"""Letters of a word whose parts are looked at."""
_FIRST, _LAST = "‹", "›"


class Damaged(Exception):
    """A model's file is missing, cut, or of another version."""


def parts(word: str) -> list[str]:
    """The runs of letters of a word between its borders; none for a sign, or what stands for a kind of words.

    >>> parts("ab")
    ['‹ab', 'ab›', '‹ab›']
    """
    if len(word) < 2 or word.startswith(_FIRST):
        return []
    framed = f"{_FIRST}{word[:LONGEST]}{_LAST}"
    return [framed[i : i + n] for n in PARTS for i in range(len(framed) - n + 1)]


@dataclass(frozen=True, slots=True)
class Said:
    """What the words of a text come to: `scores` for each signal, and `shares`, a row for each token, that add up to
    `scores` less the model's intercept."""

    scores: Vector
    shares: Vector


class Words:
    """A model of words for several signals, read from a file of plain arrays."""

    def __init__(self, signals: Sequence[str], names: Sequence[str], rows: Vector, weights: Vector, bias: Vector):
        """`names` of features, `weights` (their inverse document frequencies), `rows` (features by signals, what each
        adds), and `bias`, one for each signal."""
        self.signals = tuple(signals)
        self._number = {name: place for place, name in enumerate(names)}
        self._rows, self._squares, self._bias = rows, np.square(weights), bias
        self._words: Remembered[Vector] = Remembered(self._word)

    def _word(self, word: str) -> Vector:
        return self._sum(
            [number for name in (f" {word}", *parts(word)) if (number := self._number.get(name)) is not None]
        )

    def _sum(self, numbers: Sequence[int]) -> Vector:
        """What features add for each signal, and in the last place the sum of their squares."""
        found = np.empty(len(self.signals) + 1, dtype=np.float32)
        found[:-1] = self._rows[numbers].sum(axis=0) if numbers else 0
        found[-1] = self._squares[numbers].sum() if numbers else 0
        return found

    def read(self, tokens: Sequence[Token]) -> Said:
        """The score of a text, given as its tokens."""
        if not tokens:
            return Said(self._bias, np.zeros((0, len(self.signals)), dtype=np.float32))
        known = self._words
        each = np.array([known[token.word] for token in tokens], dtype=np.float32)
        find = self._number.get
        for place, (one, other) in enumerate(pairwise(tokens)):
            number = find(f"{one.word} {other.word}")
            if number is not None:
                each[place : place + 2] += self._sum([number]) / 2
        length = float(each[:, -1].sum()) ** 0.5 or 1.0
        shares = each[:, :-1] / length
        return Said(self._bias + shares.sum(axis=0), shares)


def load(path: Path) -> Words:
    """A model as `save` wrote it. Raises Damaged, which says what is wrong with the file."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            names = bytes(stored["names"]).decode("utf-8").split("\n")
            signals = bytes(stored["signals"]).decode("utf-8").split("\n")
            rows, weights, bias = (stored[name].astype(np.float32) for name in ("rows", "weights", "bias"))
    except FileNotFoundError as error:
        raise Damaged(f"{path.name} is missing.") from error  # as it is: for the log
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise Damaged(f"{path.name} is damaged ({type(error).__name__}).") from error
    if rows.shape != (len(names), len(signals)) or len(weights) != len(names) or len(bias) != len(signals):
        raise Damaged(f"{path.name} does not fit together: another version wrote it, or it was changed.")  # as it is
    if not all(np.isfinite(array).all() for array in (rows, weights, bias)):
        raise Damaged(f"{path.name} holds what is no number.")  # as it is
    return Words(signals, names, rows, weights, bias)


def save(path: Path, signals: Sequence[str], names: Sequence[str], rows: Vector, weights: Vector, bias: Vector) -> None:
    """Writes a model: small floats, no code in it, the same bytes for the same numbers."""
    arrays: dict[str, NDArray[Any]] = {
        "names": np.frombuffer("\n".join(names).encode("utf-8"), dtype=np.uint8),
        "signals": np.frombuffer("\n".join(signals).encode("utf-8"), dtype=np.uint8),
        "rows": rows.astype(np.float16),
        "weights": weights.astype(np.float16),
        "bias": bias.astype(np.float32),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy")  # Its time is fixed, so that equal models are equal files.
            entry.compress_type = zipfile.ZIP_DEFLATED
            with target.open(entry, "w") as stream:
                np.lib.format.write_array(stream, array, allow_pickle=False)
