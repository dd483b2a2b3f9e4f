"""Learning from labels: the chance of each signal at this site, and a light head that says what needs a person. Pure.

What is learnt comes from the earlier two thirds of the labels. It is taken on only where it is better on the later
third, which it never saw; and it is used as it was measured. The same labels give the same result.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

from analysis.learnt import FLAGS_FROM, MISS_COSTS, PROTECTED, SPAM, SWITCHABLE, Head, Learnt, Scale, features, logit
from model.label import Label

LEAST_NEW = 50
"""So many labels since the last time before it is learnt anew."""
LEAST = 50
"""So many labels before anything is learnt from them."""
_LEAST_EARLIER, _LEAST_LATER = 10, 5
"""Labels of either kind that must be among those learnt from, and among those it is measured by."""
_SURE = 2.33
"""By so many standard errors the log loss must be less: chance alone does as well once in a hundred times."""
_MAY_MISS = 0.1
"""The head may miss so much of what was found without it, where it spares enough looks for nothing."""
_RIDGE = 2.0
_OFTEN = 5
"""A matter or a channel with fewer labels has no weight of its own."""
_STEPS = 60
HEAD = "head"

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measure:
    """How well something does on the labels held out: mean log loss, how many of their flags were right, how many were
    missed that a person had to see, and how many were raised for nothing. Of a scale only the log loss counts."""

    log_loss: float
    right: int = 0
    missed: int = 0
    needless: int = 0

    @property
    def cost(self) -> int:
        """What its wrong flags cost, in looks for nothing."""
        return MISS_COSTS * self.missed + self.needless


@dataclass(frozen=True, slots=True)
class Report:
    """What was tried: `what` is HEAD or a signal; how many labels it was learnt from and measured by; how it did
    `before` and would `after`; and whether it was taken on."""

    what: str
    earlier: int
    later: int
    before: Measure
    after: Measure
    adopted: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of learning: what is to be in force (`number` is for whoever keeps it), and what was tried."""

    learnt: Learnt
    reports: tuple[Report, ...]

    @property
    def adopted(self) -> bool:
        return any(one.adopted for one in self.reports)


def learn(labels: Sequence[Label], now: Learnt) -> Outcome:
    """Tries to do better than `now` on these labels, part by part; what is not better stays as it is."""
    ordered = sorted(labels, key=lambda one: (one.at, one.comment_id, one.revision))
    reports: list[Report] = []
    new = now
    # Only what raises comments is judged by whether they had to be seen.
    raising = {SPAM}.union(*(one.raised for one in ordered)) - PROTECTED - now.off
    for signal in sorted(raising):
        tried = _try_scale(signal, [(one, y) for one in ordered if (y := _speaks_of(signal, one)) is not None], now)
        if tried is not None:
            reports.append(tried[1])
            if tried[1].adopted:
                others = tuple(one for one in new.scales if one.signal != signal)
                new = replace(new, scales=(*others, tried[0]))
    headed = _try_head([one for one in ordered if one.wanted is not None], now)
    if headed is not None:
        reports.append(headed[1])
        if headed[1].adopted:
            new = replace(new, head=headed[0])
    return Outcome(new, tuple(reports))


def flags(label: Label, by: Learnt) -> bool:
    """Whether a comment would be raised; what is fixed is, whatever was learnt."""
    if label.fixed:
        return True
    off = by.off & SWITCHABLE
    left = label.shipped and not (off and label.raised and off.issuperset(label.raised))
    return by.head.chance(_features(label)) >= FLAGS_FROM if by.head else left


def _features(label: Label) -> dict[str, float]:
    return features(label.scores, label.matters, label.channel, label.shipped)


def _split(n: int) -> int:
    """How many of `n` labels, in their order in time, are learnt from."""
    return n - n // 3


def _enough(earlier: Sequence[bool], later: Sequence[bool]) -> bool:
    kinds = (True, False)
    return (
        len(earlier) + len(later) >= LEAST
        and all(list(earlier).count(kind) >= _LEAST_EARLIER for kind in kinds)
        and all(list(later).count(kind) >= _LEAST_LATER for kind in kinds)
    )


# --- the scale of a signal -------------------------------------------------------------------------------------------


def _speaks_of(signal: str, label: Label) -> bool | None:
    """What a label says of a signal: whether it was right to raise the comment by it, or would have been where nothing
    raised it. None where something else raised it."""
    if signal not in label.scores:
        return None
    if signal == SPAM:
        return label.spam
    return label.wanted if signal in label.raised or not label.flagged else None


def platt(scores: Sequence[float], truth: Sequence[bool], weights: Sequence[float]) -> tuple[float, float]:
    """Slope and offset of a signal's chance by Platt's scaling, on the logit of its score.

    The targets are (N+ + 1) / (N+ + 2) and 1 / (N- + 2) in place of 1 and 0, as Platt derives them from a uniform
    prior: 'Probabilistic outputs for support vector machines and comparisons to regularized likelihood methods'
    (Advances in Large Margin Classifiers, 1999), minimised by Newton's method with halved steps as Lin, Lin and Weng
    advise ('A note on Platt's probabilistic outputs for support vector machines', Machine Learning 68, 2007). A higher
    score never means a lower chance: where the labels say so, the slope is 0.
    """
    yes = sum(truth)
    high, low = (yes + 1) / (yes + 2), 1 / (len(truth) - yes + 2)
    targets, heavy = np.where(np.array(truth), high, low), _even(weights)
    slope, offset = _fit(np.array([[logit(one)] for one in scores]), targets, heavy, 1e-6)
    if slope[0] < 0:
        mean = float(np.average(targets, weights=heavy))
        return 0.0, log(mean / (1 - mean))
    return float(slope[0]), offset


def _try_scale(signal: str, told: Sequence[tuple[Label, bool]], now: Learnt) -> tuple[Scale, Report] | None:
    cut = _split(len(told))
    earlier, later = told[:cut], told[cut:]
    if not _enough([y for _, y in earlier], [y for _, y in later]):
        return None
    made = platt(
        [one.scores[signal] for one, _ in earlier], [y for _, y in earlier], [one.weight for one, _ in earlier]
    )
    scale, had = Scale(signal, *made), now.scale(signal)
    truth, weights = [y for _, y in later], _even([one.weight for one, _ in later])
    before = _losses([_told(signal, one, had) for one, _ in later], truth)
    after = _losses([scale.chance(one.scores[signal]) for one, _ in later], truth)
    adopted = _surely_less(before, after, weights)
    was, would = (Measure(float(np.average(one, weights=weights))) for one in (before, after))
    return scale, Report(signal, len(earlier), len(later), was, would, adopted)


def _told(signal: str, label: Label, had: Scale | None) -> float:
    """The chance that a signal has without what is tried: by the scale in force, or as it was told, or its score."""
    score = label.scores[signal]
    return had.chance(score) if had else label.chances.get(signal, score)


# --- the head --------------------------------------------------------------------------------------------------------


def _try_head(labels: Sequence[Label], now: Learnt) -> tuple[Head, Report] | None:
    cut = _split(len(labels))
    earlier, later = labels[:cut], labels[cut:]
    truth = [bool(one.wanted) for one in later]
    if not _enough([bool(one.wanted) for one in earlier], truth):
        return None
    head = _head(earlier)
    had = now.head.chance if now.head else None
    base = _base(earlier, now)
    weights = _even([one.weight for one in later])
    chances = [had(_features(one)) if had else base(one) for one in later]
    before = _measure(later, chances, now, weights)
    new = replace(now, head=head)
    mine = [head.chance(_features(one)) for one in later]
    after = _measure(later, mine, new, weights)
    surely = _surely_less(_losses(chances, truth), _losses(mine, truth), weights)
    seen = sum(truth) - before.missed
    found = after.missed - before.missed <= _MAY_MISS * seen
    adopted = surely and found and after.right > before.right and after.cost < before.cost
    return head, Report(HEAD, len(earlier), len(later), before, after, adopted)


def _head(labels: Sequence[Label]) -> Head:
    """A logistic regression on the features of these labels, drawn towards 0 by a ridge."""
    found = [_features(one) for one in labels]
    often = Counter(name for one in found for name in one)
    names = sorted(name for name, n in often.items() if n >= _OFTEN)
    x = np.array([[one.get(name, 0.0) for name in names] for one in found])
    y = np.array([float(bool(one.wanted)) for one in labels])
    weights, offset = _fit(x, y, _even([one.weight for one in labels]), _RIDGE)
    return Head(dict(zip(names, map(float, weights), strict=True)), offset)


def _base(labels: Sequence[Label], now: Learnt) -> Callable[[Label], float]:
    """The chance that what is in force stands for: how often those that it raises had to be seen, and the others."""
    rates = {}
    for raised in (True, False):
        these = [one for one in labels if flags(one, now) is raised]
        heavy = sum(one.weight for one in these)
        rates[raised] = (sum(one.weight for one in these if one.wanted) + 1) / (heavy + 2)
    return lambda one: rates[flags(one, now)]


def _measure(labels: Sequence[Label], chances: Sequence[float], by: Learnt, weights: Vector) -> Measure:
    raised = [flags(one, by) for one in labels]
    losses = _losses(chances, [bool(one.wanted) for one in labels])
    pairs = Counter(zip(raised, (bool(one.wanted) for one in labels), strict=True))
    right, missed, needless = (pairs[True, True] + pairs[False, False], pairs[False, True], pairs[True, False])
    return Measure(float(np.average(losses, weights=weights)), right, missed, needless)


# --- the arithmetic --------------------------------------------------------------------------------------------------


def _even(weights: Sequence[float]) -> Vector:
    """Weights whose mean is 1, so that their number stays that of the labels."""
    found = np.array(weights, dtype=np.float64)
    return found / found.mean() if len(found) else found


def _losses(chances: Sequence[float], truth: Sequence[bool]) -> Vector:
    """The log loss of each chance; none is taken for surer than one in a hundred, so that no single one decides."""
    held = np.clip(np.array(chances, dtype=np.float64), 0.01, 0.99)
    return -np.where(np.array(truth), np.log(held), np.log(1 - held))


def _surely_less(before: Vector, after: Vector, weights: Vector) -> bool:
    """Whether the mean of `after` is less than that of `before` by more than chance would make it."""
    less = before - after
    mean = float(np.average(less, weights=weights))
    n = float(weights.sum() ** 2 / np.square(weights).sum())
    spread = sqrt(float(np.average(np.square(less - mean), weights=weights)) / max(n - 1, 1))
    return mean > max(_SURE * spread, 1e-9)


def _fit(x: Vector, targets: Vector, weights: Vector, ridge: float) -> tuple[Vector, float]:
    """The weights and the offset of least weighted log loss, with a ridge on the weights; Newton, steps halved where
    they lead too far."""
    rows = np.hstack([x, np.ones((len(x), 1))])
    penalty = np.array([ridge] * x.shape[1] + [1e-9])
    beta = np.zeros(rows.shape[1])
    cost = _cost(rows, targets, weights, penalty, beta)
    for _step in range(_STEPS):
        p = 1 / (1 + np.exp(-rows @ beta))
        slope = rows.T @ (weights * (p - targets)) + penalty * beta
        bend = (rows * (weights * p * (1 - p))[:, None]).T @ rows + np.diag(penalty + 1e-9)
        step = np.linalg.solve(bend, slope)
        size = 1.0
        while size > 1e-6 and _cost(rows, targets, weights, penalty, beta - size * step) > cost:
            size /= 2
        if size <= 1e-6:
            break
        beta = beta - size * step
        less = cost - (cost := _cost(rows, targets, weights, penalty, beta))
        if less < 1e-10:
            break
    return beta[:-1], float(beta[-1])


def _cost(rows: Vector, targets: Vector, weights: Vector, penalty: Vector, beta: Vector) -> float:
    total = rows @ beta
    losses = np.logaddexp(0, total) - targets * total
    return float(weights @ losses + penalty @ np.square(beta) / 2)
