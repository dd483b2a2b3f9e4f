"""The probabilities of what rules say: how often it was so of texts of which they said as much."""

import logging
from collections.abc import Mapping
from functools import cache, lru_cache

from analysis import stored
from analysis.nets import Scale
from analysis.stored import MODELS, Damaged

VERSION = "rules 1"
FILE = "rules.npz"
SIGNALS = ("personal_data",)
"""Signals that rules alone give, and that there are labelled texts of. (Of `question` there are only examples made to
be hard, on which its rule is no better than chance.)"""

_log = logging.getLogger(__name__)


@cache
def of_rules() -> Mapping[str, Scale]:
    """The scales that ship, by signal; none where their file is damaged, as a score stands without its probability."""
    try:
        _, about = stored.read(MODELS / FILE, VERSION)
        return {name: Scale(*about["scales"][name]) for name in SIGNALS}
    except (Damaged, KeyError, TypeError) as error:
        _log.error("The probabilities of rules cannot be read: %s", error)
        return {}


@lru_cache(maxsize=4_096)
def chance(signal: str, score: float) -> float | None:
    """The probability (0..1) of a signal that a rule gives a score (0..1), at the rate of an ordinary site; None where
    it is not known."""
    scale = of_rules().get(signal)
    return None if scale is None else round(scale.chance(score), 4)
