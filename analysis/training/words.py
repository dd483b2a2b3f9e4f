"""Trains the model of words (tier 0), and says how it does on what it has not learnt from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.metrics import roc_auc_score

from analysis import linear
from analysis.by_words import HALF_BY_SENTENCE, SIGNALS
from analysis.linear import Words
from analysis.nets import Scale
from analysis.stored import MODELS
from analysis.training import fit
from analysis.training.fit import Numbers, Space
from analysis.training.recipes import BY_WORDS, FALSE_ALARMS, RATES, RECIPES, SET_ON, SURE, VERY, labelled_set, units
from analysis.training.sets import Part, threads
from analysis.training.vectors import cut_up

STRENGTH = 4.0
PENALTIES = {"abuse": 0.5, "negative": 3.0}
"""Of the signals of which raw scores are learnt."""
PROFANE = {"abuse": 0.25, "hate": 0.1, "threat": 0.1}
"""What a point of profanity weighs beside a word, for signals that it says something of."""


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """What is known of one signal from its training: raw scores that no model had learnt from, with their labels."""

    name: str
    parts: list[Part]
    raw: Numbers
    labels: Numbers
    scale: Scale

    @property
    def auc(self) -> float:
        """Area under the curve of the raw scores."""
        return float(roc_auc_score(self.labels, self.raw))


def scales(learnt: Iterable[Learnt]) -> dict[str, tuple[float, ...]]:
    """The scales of signals, as they are written about a model."""
    return {one.name: astuple(one.scale) for one in learnt}


def stacked(parts: list[Part]) -> tuple[list[str], Numbers, Numbers, list[str]]:
    """The texts, targets, weights and groups of parts, one after the other."""
    texts = [text for one in parts for text in one.texts]
    groups = [group for one in parts for group in one.groups]
    return texts, *(np.concatenate([getattr(one, key) for one in parts]) for key in ("targets", "weighs")), groups  # type: ignore[return-value]


def labelled(name: str, parts: list[Part], raw: Numbers, folder: Path) -> tuple[Numbers, Numbers]:
    """The raw scores that the scale of a signal is set on, with labels of 0 and 1."""
    if name == "abuse":  # Of Wikipedia by its own labels: the base rate is a real one.
        frames = [labelled_set(folder, one.name) for one in parts[:2]]
        labels = np.concatenate([(frame.label == "toxic").to_numpy(dtype=float) for frame in frames])
        return raw[: len(labels)], labels
    if name == "concern":
        return by_comment(raw[-len(parts[-1]) :])
    if name == "negative":
        return raw, np.concatenate([one.targets >= VERY for one in parts]).astype(float)
    return raw, np.concatenate([one.targets for one in parts])


def scaled(
    name: str, parts: list[Part], raw: Numbers, labels: Numbers, alarms: Mapping[str, float | None] = FALSE_ALARMS
) -> Scale:
    """The scale of a signal, with its threshold where so many false `alarms` would be raised."""
    where = None
    if name in SET_ON:
        where = np.concatenate([np.full(len(one), one.name == SET_ON[name]) for one in parts])
    return fit.scale(raw, labels, alarms[name], RATES[name], where, SURE.get(name, 1.0))


def by_comment(raw: Numbers) -> tuple[Numbers, Numbers]:
    """The highest raw score of the units of each comment of the threads that is a must (1) or peace (0)."""
    found, labels, place = [], [], 0
    for one in threads():
        n = len(units(one))
        if one.label != "spam":
            found.append(raw[place : place + n].max())
            labels.append(float(one.label == "must"))
        place += n
    return np.array(found), np.array(labels)


def train(folder: Path) -> tuple[Words, dict[str, Any], list[Learnt]]:
    """The model, what is to be written about it, and how it does on what it has not learnt from."""
    profane, _ = linear.load(MODELS / "profanity.npz")
    parts = {name: RECIPES[name](folder) for name in SIGNALS}
    space = Space(dict.fromkeys(text for each in parts.values() for one in each for text in one.texts))
    coefficients: list[NDArray[Any]] = []
    bias: list[float] = []
    mixed: dict[str, float] = {}
    learnt = []
    for name in SIGNALS:
        texts, targets, weights, groups = stacked(parts[name])
        halves = name in HALF_BY_SENTENCE
        cut = [cut_up(text) for text in texts] if halves else []
        starts = np.cumsum([0, *map(len, cut)])[:-1]
        rows, each = (_rows(space, profane, name, some) for some in (texts, [one for some in cut for one in some]))
        how = fit.ridge(PENALTIES[name]) if name in PENALTIES else fit.logistic(STRENGTH)

        def raw(rows: Any, targets: Numbers, weights: Numbers, how: Any = how) -> Any:
            model = how(rows, targets, weights)
            return getattr(model, "decision_function", model.predict)

        def of_all(model: Any, rows: Any = rows, each: Any = each, starts: Any = starts) -> Numbers:
            whole = model(rows)
            found: Numbers = (whole + np.maximum(whole, np.maximum.reduceat(model(each), starts))) / 2
            return found

        apart = fit.out_of_fold(rows, targets, weights, groups, raw, of_all if halves else None)
        scored, labels = labelled(name, parts[name], apart, folder)
        scale = scaled(name, parts[name], scored, labels, BY_WORDS)
        learnt.append(Learnt(name, parts[name], scored, labels, scale))
        model = how(rows, targets, weights)
        line = np.ravel(model.coef_)
        coefficients.append(line[: len(space.names)])
        bias.append(float(np.ravel(model.intercept_)[0]))
        if name in PROFANE:
            mixed[name] = float(line[-1]) * PROFANE[name]
    return space.model(SIGNALS, coefficients, bias), {"profane": mixed, "scales": scales(learnt)}, learnt


def _rows(space: Space, profane: Words, name: str, texts: Sequence[str]) -> Any:
    """The features of texts for a signal."""
    rows = space.rows(texts)
    if name not in PROFANE:
        return rows
    rude = [profane.scores(profane.values(fit.words_of(text)).sum(axis=0))[0] for text in texts]
    return sparse.hstack([rows, PROFANE[name] * sparse.csr_matrix(np.array(rude).reshape(-1, 1))]).tocsr()
