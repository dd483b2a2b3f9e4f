"""How far probabilities are off."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
_BINS = 10
_EDGE = 1e-6


def error(chances: Numbers, labels: NDArray[Any]) -> float:
    """The expected calibration error in ten bins of equal width (M. Naeini and others, AAAI 2015), of probabilities
    brought to the base rate of the labels."""
    told = at_rate(chances, float(np.mean(labels)))
    places = np.minimum((told * _BINS).astype(int), _BINS - 1)
    off = [abs(told[places == one].sum() - labels[places == one].sum()) for one in range(_BINS)]
    return float(sum(off) / len(told))


def at_rate(chances: Numbers, rate: float) -> Numbers:
    """Probabilities at another base rate: their odds by one factor, so that their mean is the rate."""
    held = np.clip(chances, _EDGE, 1 - _EDGE)
    odds = np.log(held / (1 - held))
    low, high = -40.0, 40.0
    for _ in range(60):
        middle = (low + high) / 2
        if np.mean(1 / (1 + np.exp(-(odds + middle)))) < rate:
            low = middle
        else:
            high = middle
    found: Numbers = 1 / (1 + np.exp(-(odds + low)))
    return found
