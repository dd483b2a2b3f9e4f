"""How models are fitted: scikit-learn, which nothing but the trainer needs, and what it gives as plain arrays."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GroupKFold
from sklearn.neural_network import MLPClassifier, MLPRegressor

from analysis.linear import Words, parts
from analysis.nets import Net, Scale, mean
from analysis.text import clean, sentences
from analysis.tokens import tokens

SEED = 20261130
FOLDS = 4
MOST_FEATURES = 60_000
RAREST = 4
"""Texts in which a feature stands at least."""

Numbers = NDArray[np.float64]
Fit = Callable[[Any, Numbers, Numbers], Callable[[Any], Numbers]]
"""Rows, targets and weights to a function that gives raw scores of rows."""


def words_of(text: str) -> list[str]:
    """The words of a text as the models know them."""
    cleaned = clean(text)
    return tokens(cleaned.lower, sentences(cleaned.text)).words


class Space:
    """The features that models of words share, with their inverse document frequencies log((1+n)/(1+df)) + 1."""

    def __init__(self, texts: Iterable[str]) -> None:
        seen: Counter[str] = Counter()
        n = 0
        for n, text in enumerate(texts, 1):  # noqa: B007 (counted)
            seen.update(list(dict.fromkeys(_features(words_of(text)))))  # In their order: of equals the first are kept.
        kept = [(name, df) for name, df in seen.most_common(MOST_FEATURES) if df >= RAREST]
        self.names = [name for name, _ in kept]
        self.weights = np.array([np.log((1 + n) / (1 + df)) + 1 for _, df in kept], dtype=np.float32)
        self._number = {name: place for place, name in enumerate(self.names)}

    def rows(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """A row of length 1 for each text."""
        places: list[int] = []
        values: list[float] = []
        ends = [0]
        for text in texts:
            found = Counter(
                place for name in _features(words_of(text)) if (place := self._number.get(name)) is not None
            )
            length = sum(count * float(self.weights[place]) ** 2 for place, count in found.items()) ** 0.5 or 1.0
            places += found
            values += [count * float(self.weights[place]) / length for place, count in found.items()]
            ends.append(len(places))
        return sparse.csr_matrix((values, places, ends), shape=(len(texts), len(self.names)), dtype=np.float32)

    def model(self, signals: Sequence[str], coefficients: Sequence[Numbers], bias: Sequence[float]) -> Words:
        """The model of words that gives rows times coefficients plus bias."""
        rows = (np.array(coefficients).T * self.weights[:, None]).astype(np.float32)
        return Words(signals, self.names, rows, self.weights, np.array(bias, dtype=np.float32))


def _features(found: Sequence[str]) -> list[str]:
    names = [name for word in found for name in (f" {word}", *parts(word))]
    return [*names, *(f"{one} {other}" for one, other in pairwise(found))]


def ridge(strength: float) -> Callable[[Any, Numbers, Numbers], Any]:
    """Least squares with a penalty, for raw scores."""
    return lambda rows, targets, weights: Ridge(strength).fit(rows, targets, sample_weight=weights)


def logistic(strength: float) -> Callable[[Any, Numbers, Numbers], Any]:
    """Logistic regression; the larger `strength`, the weaker its penalty."""

    def fit(rows: Any, targets: Numbers, weights: Numbers) -> Any:
        model = LogisticRegression(C=strength, max_iter=400, solver="liblinear", random_state=SEED)
        return model.fit(rows, targets.astype(int), sample_weight=weights)

    return fit


def net(
    rows: Any,
    targets: Numbers,
    weights: Numbers,
    *,
    units: int = 64,
    penalty: float = 1e-2,
    rounds: int = 10,
    seeds: int = 3,
    numbers: bool = False,
    step: float = 2e-3,
) -> Net:
    """The mean of nets that begin at `seeds` random places. Targets are 0 and 1 (one column or several), or raw scores
    with `numbers`."""
    kind = MLPRegressor if numbers else MLPClassifier
    found = []
    for seed in range(seeds):
        model = kind(
            hidden_layer_sizes=(units,),
            alpha=penalty,
            max_iter=rounds,
            learning_rate_init=step,
            batch_size=128,
            random_state=SEED + seed,
        )
        model.fit(rows, targets if numbers else targets.astype(int), sample_weight=weights / weights.mean())
        arrays = (model.coefs_[0], model.intercepts_[0], model.coefs_[1], model.intercepts_[1])
        found.append(Net(*(np.asarray(array, dtype=np.float32) for array in arrays)))
    return mean(found)


def out_of_fold(
    rows: Any,
    targets: Numbers,
    weights: Numbers,
    groups: Sequence[str],
    fit: Fit,
    of_all: Callable[[Callable[[Any], Numbers]], Numbers] | None = None,
) -> Numbers:
    """The raw score of each row by a model that has learnt from other groups alone. `of_all` gives the scores of all
    rows by a model, where that is more than applying it to them."""
    found = np.zeros(len(targets))
    for there, apart in GroupKFold(FOLDS).split(rows, targets, groups):
        model = fit(rows[there], targets[there], weights[there])
        found[apart] = of_all(model)[apart] if of_all else model(rows[apart])
    return found


def line(rows: Any, targets: Numbers, weights: Numbers, strength: float) -> Net:
    """Least squares with a penalty, as the smallest net that there is: what is above 0 and what is below."""
    model = Ridge(strength).fit(rows, targets, sample_weight=weights)
    of = np.asarray(model.coef_, dtype=np.float32)
    last = np.array([model.intercept_], dtype=np.float32)
    out = np.array([[1.0], [-1.0]], dtype=np.float32)
    return Net(np.stack([of, -of], axis=1), np.zeros(2, dtype=np.float32), out, last)


def scale(
    raw: Numbers,
    labels: Numbers,
    false_alarms: float | None,
    rate: float,
    where: NDArray[np.bool_] | None = None,
    sure: float = 1.0,
) -> Scale:
    """The scale of raw scores that no model had learnt from. At .5 stands the score that `false_alarms` of the zeros
    exceed, or without it the one at which both classes are right equally often; `where` says which rows that is set on
    (None: all). The probability is Platt's with both classes of equal weight, brought to a share of ones of `rate`;
    `sure` is how much of its steepness is kept."""
    here = np.ones(len(raw), dtype=bool) if where is None else where
    ones, zeros = np.sort(raw[here & (labels == 1)]), np.sort(raw[here & (labels == 0)])
    if false_alarms is None:
        places = np.sort(raw[here])
        right = np.searchsorted(zeros, places, "right") / len(zeros)
        missed = np.searchsorted(ones, places, "right") / len(ones)
        threshold = float(places[np.argmin(np.abs(right + missed - 1))])
    else:
        threshold = float(np.quantile(zeros, 1 - false_alarms))
    platt = LogisticRegression(C=1e6, max_iter=1000, class_weight="balanced").fit(raw[:, None], labels.astype(int))
    a, b = sure * float(platt.coef_[0, 0]), sure * float(platt.intercept_[0]) + float(np.log(rate / (1 - rate)))
    return Scale(threshold, 2 / max(1e-6, float(np.std(raw))), a, b)


def mixed(parts: Numbers, labels: Numbers) -> list[float]:
    """What each of several raw scores weighs in a sum that tells ones from zeros; none counts against."""
    spread = parts.std(axis=0)
    kept = spread > 0
    spread[~kept] = 1
    while True:
        model = LogisticRegression(max_iter=1000, class_weight="balanced").fit((parts / spread)[:, kept], labels)
        if (model.coef_[0] >= 0).all():
            break
        kept[np.flatnonzero(kept)[int(model.coef_[0].argmin())]] = False
    found = np.zeros(parts.shape[1])
    found[kept] = model.coef_[0]
    return [float(one) for one in found / spread]


def neutral(valences: Numbers, rated: Numbers, within: float) -> list[float]:
    """The bounds (-below, above) between which valences are called neutral: those by which what was rated within
    -within..within, below and above it are each found most often (the mean of the three shares)."""
    kinds = [rated < -within, np.abs(rated) <= within, rated > within]
    steps = np.arange(0.1, 1.3, 0.05)

    def right(below: float, above: float) -> float:
        said = [valences < -below, (valences >= -below) & (valences <= above), valences > above]
        return float(np.mean([one[kind].mean() for one, kind in zip(said, kinds, strict=True)]))

    return [float(one) for one in max(((b, a) for b in steps for a in steps), key=lambda each: right(*each))]
