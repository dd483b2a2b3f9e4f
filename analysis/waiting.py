"""How long something takes, when some of it still goes on: Kaplan and Meier's estimate, from counts by length. Pure.

Kaplan, E. L. and Meier, P. (1958): Nonparametric estimation from incomplete observations. Journal of the American
Statistical Association 53, 457-481. The share that still waits after a time t is the product, over all lengths up to t
at which a wait was over, of 1 - d / n: d waits were over at that length, and n had lasted so long. What goes on still,
or was broken off, counts among the n for as long as it lasted, and is never left out.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

STEP = 1.1
"""Lengths are counted in steps of a tenth, so that a figure is at most 5 % beside the exact one."""
_FIRST_S = 60.0
LAST = 160
"""The last step: more than four years."""
MANY = 20
"""Under so many no percentage is said."""
_NEARLY = 1e-9


@dataclass(frozen=True, slots=True)
class Lengths:
    """How many waits of each length (by its step) were over, and how many were not: broken off, or still going on."""

    over: Mapping[int, int]
    open: Mapping[int, int]

    @property
    def n(self) -> int:
        return sum(self.over.values()) + sum(self.open.values())


@dataclass(frozen=True, slots=True)
class Waited:
    """In seconds: after how long half of them, and nine of ten, were over. None: so many are not yet, and `longest` is
    how long the longest has lasted. `n` are all of them, `over` those that are over."""

    median: float | None
    p90: float | None
    longest: float
    n: int
    over: int


def step(seconds: float) -> int:
    """The step that a length falls into; all under a minute are one."""
    if seconds < _FIRST_S:
        return 0
    return min(LAST, 1 + int(math.log(seconds / _FIRST_S) / math.log(STEP) + _NEARLY))


def seconds(of: int) -> float:
    """A length in the middle of a step."""
    return _FIRST_S / 2 if of <= 0 else _FIRST_S * STEP ** (of - 0.5)


def lengths(over: Iterable[float], still: Iterable[float] = ()) -> Lengths:
    """Waits in seconds, as counts."""
    return Lengths(Counter(map(step, over)), Counter(map(step, still)))


def still_waiting(waits: Lengths) -> list[tuple[int, float]]:
    """The curve: for each step at which a wait was over, which share still waits after it."""
    share, left, curve = 1.0, waits.n, []
    for at in sorted({*waits.over, *waits.open}):
        over = waits.over.get(at, 0)
        if over:
            share *= 1 - over / left
            curve.append((at, share))
        # What was not over at a length counts among those that had lasted so long.
        left -= over + waits.open.get(at, 0)
    return curve


def waited(waits: Lengths) -> Waited:
    """Median and ninth tenth of some waits."""
    curve = still_waiting(waits)

    def after(share: float) -> float | None:
        return next((seconds(at) for at, left in curve if left <= 1 - share + _NEARLY), None)

    there = [at for at, count in (*waits.over.items(), *waits.open.items()) if count]
    longest = seconds(max(there)) if there else 0.0
    return Waited(after(0.5), after(0.9), longest, waits.n, sum(waits.over.values()))


def percent(part: int, n: int) -> float | None:
    """A share in percent; None under n = 20, where it would say more than is known."""
    return 100 * part / n if n >= MANY else None
