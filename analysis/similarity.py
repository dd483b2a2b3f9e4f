"""When two comments say the same."""

import hashlib
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

LETTERS_NEEDED = 20
"""A text with fewer letters is like many others and proves nothing ('Thank you!')."""

_LINK = re.compile(r"(?:https?://|www\.)\S+")
_LETTERS = re.compile(r"[^\W\d_]+")
_NO_LETTERS = dict.fromkeys(code for code in range(128) if not chr(code).isalpha())
_LOOKED_AT = 20_000
VECTOR = 512
_STEPS = 508
"""Of a number between -.25 and .25: those of a vector of length 1 are hardly ever larger."""
_ROWS = 2_048


def near_key(text: str) -> str:
    """A key (16 hexadecimal digits) that two comments share when they differ in nothing but letter case, punctuation,
    blanks, digits, emoji and links; empty for a text too short to tell. Only the beginning of a long text counts."""
    letters = _letters(_LINK.sub(" ", text[:_LOOKED_AT].casefold()))
    if len(letters) < LETTERS_NEEDED:
        return ""
    return hashlib.blake2b(letters.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _letters(text: str) -> str:
    # Plain English needs no search: dropping what is no letter takes a fifth of the time.
    return text.translate(_NO_LETTERS) if text.isascii() else "".join(_LETTERS.findall(text))


def packed(vectors: NDArray[np.float32]) -> list[bytes]:
    """Vectors of length 1 as 512 bytes each, which is enough to compare them."""
    small = np.clip(np.rint(vectors * _STEPS), -127, 127).astype(np.int8)
    return [row.tobytes() for row in small]


def unpacked(rows: NDArray[np.int8]) -> NDArray[np.float32]:
    """Vectors that were packed, a row each, of length 1 again (within .01)."""
    full = rows.astype(np.float32)
    lengths = np.sqrt(np.einsum("ij,ij->i", full, full))[:, None]
    found: NDArray[np.float32] = full / np.maximum(lengths, 1)
    return found


def from_bytes(parts: Sequence[bytes]) -> NDArray[np.int8]:
    """The same bytes as rows of numbers."""
    return np.frombuffer(b"".join(parts), dtype=np.int8).reshape(-1, VECTOR)


def likeness(one: bytes, others: Sequence[bytes]) -> NDArray[np.float32]:
    """How much each of others is like one, all as `packed`: 1 for the same, about 0 for what has nothing to do with it.

    It is the cosine of the angle between them, within .01.
    """
    mine = np.frombuffer(one, dtype=np.int8).astype(np.float32)
    found = np.empty(len(others), dtype=np.float32)
    # By parts, so that the numbers in full take four megabytes, whatever there is.
    for start in range(0, len(others), _ROWS):
        rows = from_bytes(others[start : start + _ROWS]).astype(np.float32)
        lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
        found[start : start + len(rows)] = rows @ mine / np.maximum(lengths, 1)
    return found / max(float(np.linalg.norm(mine)), 1.0)
