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
from analysis.text import clean
from analysis.tokens import Token, tokens

SEED = 20261130
FOLDS = 4
MOST_FEATURES = 60_000
RAREST = 4
"""Texts in which a feature stands at least."""

Numbers = NDArray[np.float64]
Fit = Callable[[Any, Numbers, Numbers], Callable[[Any], Numbers]]
"""Rows, targets and weights to a function that gives raw scores of rows."""


def words_of(text: str) -> list[Token]:
    """The words of a text as the models know them."""
    return tokens(clean(text).lower)


class Space:
    """The features that models of words share, with their inverse document frequencies log((1+n)/(1+df)) + 1."""

    def __init__(self, texts: Iterable[str]) -> None:
        seen: Counter[str] = Counter()
        n = 0
        for n, text in enumerate(texts, 1):  # noqa: B007 (counted)
            seen.update(set(_features(words_of(text))))
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


def _features(found: Sequence[Token]) -> list[str]:
    names = [name for token in found for name in (f" {token.word}", *parts(token.word))]
    return [*names, *(f"{one.word} {other.word}" for one, other in pairwise(found))]


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


def out_of_fold(rows: Any, targets: Numbers, weights: Numbers, groups: Sequence[str], fit: Fit) -> Numbers:
    """The raw score of each row by a model that has learnt from other groups alone."""
    found = np.zeros(len(targets))
    for there, apart in GroupKFold(FOLDS).split(rows, targets, groups):
        found[apart] = fit(rows[there], targets[there], weights[there])(rows[apart])
    return found


def scale(raw: Numbers, labels: Numbers, false_alarms: float | None, rate: float | None = None) -> Scale:
    """The scale of raw scores that no model had learnt from. At .5 stands the score that `false_alarms` of the zeros
    exceed, or without it the one at which both classes are right equally often. `rate` is the share of ones at which
    the probability is given; the labels' own without it."""
    ones, zeros = np.sort(raw[labels == 1]), np.sort(raw[labels == 0])
    if false_alarms is None:
        places = np.sort(raw)
        right = np.searchsorted(zeros, places, "right") / len(zeros)
        missed = np.searchsorted(ones, places, "right") / len(ones)
        threshold = float(places[np.argmin(np.abs(right + missed - 1))])
    else:
        threshold = float(np.quantile(zeros, 1 - false_alarms))
    share = labels.mean() if rate is None else rate
    weights = np.where(labels == 1, share / labels.mean(), (1 - share) / (1 - labels.mean()))
    platt = LogisticRegression(C=1e6, max_iter=1000).fit(raw[:, None], labels.astype(int), sample_weight=weights)
    a, b = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    return Scale(threshold, 2 / max(1e-6, float(np.std(raw))), a, b)
