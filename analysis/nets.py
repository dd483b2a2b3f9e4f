"""Small neural nets over vectors, read from plain arrays: one hidden layer, nothing to run but two products; and the
scales that turn raw scores into signals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
_PARTS = ("hidden", "bias", "out", "last")


@dataclass(frozen=True, slots=True)
class Scale:
    """What a raw score comes to. `threshold` is the raw score that stands at .5 of the signal and `slope` how steep it
    is there; `a` and `b` are Platt's: the probability is 1 / (1 + exp(-(a raw + b))) at the base rate of the sets that
    they were fitted on (J. Platt, 'Probabilistic outputs for support vector machines', 1999)."""

    threshold: float
    slope: float
    a: float
    b: float

    def score(self, raw: float) -> float:
        """0..1, .5 at the threshold."""
        return logistic(self.slope * (raw - self.threshold))

    def chance(self, raw: float) -> float:
        """The probability at the base rate of the sets."""
        return logistic(self.a * raw + self.b)


def logistic(raw: float) -> float:
    """1 / (1 + exp(-raw)), without overflow."""
    return 1 / (1 + exp(-raw)) if raw >= 0 else exp(raw) / (1 + exp(raw))


@dataclass(frozen=True, slots=True)
class Net:
    """`hidden` (inputs by units) with `bias`, a rectifier, then `out` (units by outputs) with `last`."""

    hidden: Floats
    bias: Floats
    out: Floats
    last: Floats

    def __post_init__(self) -> None:
        """Raises ValueError where the arrays do not fit together, or hold what is no number."""
        fit = self.hidden.shape[1:] == self.bias.shape == self.out.shape[:1] and self.out.shape[1:] == self.last.shape
        if not (fit and all(np.isfinite(each).all() for each in self.arrays().values())):
            raise ValueError("arrays that are no net")

    def __call__(self, rows: Floats) -> Floats:
        """Outputs, a row for each row of inputs."""
        found: Floats = np.maximum(rows @ self.hidden + self.bias, 0) @ self.out + self.last
        return found

    def arrays(self) -> dict[str, Floats]:
        """What it is made of."""
        return {part: getattr(self, part) for part in _PARTS}


def packed(nets: Mapping[str, Net]) -> dict[str, NDArray[Any]]:
    """The arrays of nets as they are stored, in small floats."""
    return {
        f"{name}.{part}": array.astype(np.float16)
        for name, net in sorted(nets.items())
        for part, array in net.arrays().items()
    }


def unpacked(arrays: Mapping[str, NDArray[Any]]) -> dict[str, Net]:
    """The nets that `packed` was given. Raises KeyError or ValueError where something is missing or does not fit."""
    names = sorted({name.rpartition(".")[0] for name in arrays})
    return {name: Net(*(arrays[f"{name}.{part}"].astype(np.float32) for part in _PARTS)) for name in names}


def mean(nets: Sequence[Net]) -> Net:
    """One net that gives the mean of several with the same inputs and outputs."""
    n = len(nets)
    return Net(
        np.hstack([net.hidden for net in nets]),
        np.concatenate([net.bias for net in nets]),
        (np.vstack([net.out for net in nets]) / n).astype(np.float32),
        (np.sum([net.last for net in nets], axis=0) / n).astype(np.float32),
    )
