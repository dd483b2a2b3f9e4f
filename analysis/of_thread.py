"""What the signals of a thread's comments come to together. Pure."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from model.assessment import SIGNALS, THRESHOLD


class ThreadSignal(NamedTuple):
    """One of SIGNALS for a thread: `score` is 0..1 with .5 the threshold, `raised` how many of its `of` comments reach
    that."""

    name: str
    score: float
    raised: int
    of: int


def of_thread(said: Iterable[Mapping[str, float]]) -> list[ThreadSignal]:
    """The signals of a thread, from the scores of its comments; the loudest first, then by how many reach it.
    A thread is as high as the highest of its comments: of a hundred harmless ones none pays for the one that somebody
    must see. A signal that is told of none of them is left out."""
    each, found = list(said), []
    for name in SIGNALS:
        scores = [one[name] for one in each if name in one]
        if scores:
            raised = sum(score >= THRESHOLD for score in scores)
            found.append(ThreadSignal(name, max(scores), raised, len(scores)))
    return sorted(found, key=lambda one: (-one.score, -one.raised))
