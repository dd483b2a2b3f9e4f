"""Trains the nets over vectors of sentences (tier 1), and says how they do on what they have not learnt from."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis import by_words
from analysis.by_meaning import MIXED, units_of
from analysis.by_words import SIGNALS
from analysis.nets import Net
from analysis.pipeline import material_of
from analysis.training import fit
from analysis.training.fit import Numbers
from analysis.training.recipes import FALSE_ALARMS, RECIPES, must, units
from analysis.training.sets import examples, matters, threads
from analysis.training.vectors import by_sentence, vectors
from analysis.training.words import Learnt, by_comment, labelled, scales, stacked

Floats = NDArray[np.float32]
_ABOUT = {"self_harm": "despair", "threat": "threats"}
"""The matters that examples of other signals are about."""


def _net(name: str, rows: Floats, targets: Numbers, weights: Numbers, seeds: int = 3) -> Net:
    if name == "abuse":
        return fit.net(rows, targets, weights, penalty=1.0, rounds=12, numbers=True, step=5e-4, seeds=seeds)
    return fit.net(rows, targets, weights, seeds=seeds)


def _concern(rows: Floats, targets: Numbers, weights: Numbers, seeds: int = 4) -> Net:
    return fit.net(rows, targets, weights, units=128, penalty=3e-3, rounds=4, seeds=seeds)


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """What concern is learnt from: vectors of units, each beside the mean of its comment, whether it must be seen, its
    group, and of those of threads the comment and its matters."""

    alone: Floats
    beside: Floats
    targets: Numbers
    weights: Numbers
    groups: list[str]
    matters: NDArray[np.int64]


def concern_units() -> Units:
    """Of examples each is one unit; of the comments of threads there are sentences, pairs and wholes."""
    keys = matters()
    alone, beside, targets, weights, groups, about = [], [], [], [], [], []
    for name in (*must(), "peace", "spam", "question"):
        mine = examples(name)
        found = vectors(mine.text.tolist())
        alone.append(found)
        beside.append(found)
        seen = mine.label.to_numpy(dtype=float) * (name in must())
        targets.append(seen)
        weights.append(np.ones(len(mine)))
        groups += mine.scenario.tolist()
        each = np.zeros((len(mine), len(keys)), dtype=np.int64)
        about_name = _ABOUT.get(name, name)
        if about_name in keys:
            each[seen == 1, keys.index(about_name)] = 1
        about.append(each)
    comments = threads()
    each_vector, starts = by_sentence([one.text for one in comments])
    for number, one in enumerate(comments):
        rows, mean = units_of(each_vector[starts[number] : starts[number + 1]])
        labels = [label for _, label in units(one)]
        if len(labels) != len(rows):
            raise ValueError(f"{one.thread}: {len(labels)} labels for {len(rows)} units")
        alone.append(rows)
        beside.append(np.repeat(mean[None], len(rows), axis=0))
        targets.append(np.array(labels, dtype=float))
        weights.append(np.full(len(rows), 2.0))
        groups += [one.thread] * len(rows)
        known = [int(key in one.matters) for key in keys]
        about.append(np.outer(labels, known))
    return Units(
        np.vstack(alone),
        np.hstack([np.vstack(alone), np.vstack(beside)]),
        np.concatenate(targets),
        np.concatenate(weights),
        groups,
        np.vstack(about).astype(np.int64),
    )


def train(folder: Path, words: Sequence[Learnt]) -> tuple[dict[str, Net], dict[str, Any], list[Learnt]]:
    """The nets, what is to be written about them, and how they do, with the words, on what they have not learnt from.
    `words` is what the training of the model of words has left."""
    by_name = {one.name: one for one in words}
    nets: dict[str, Net] = {}
    learnt: list[Learnt] = []
    for name in SIGNALS:
        if name == "concern":
            continue
        parts = RECIPES[name](folder)
        texts, targets, weights, groups = stacked(parts)
        rows = vectors(texts)

        def raw(rows: Any, targets: Numbers, weights: Numbers, name: str = name) -> Any:
            model = _net(name, rows, targets, weights, seeds=1)
            return lambda some: model(some)[:, 0]

        apart = fit.out_of_fold(rows, targets, weights, groups, raw)
        nets[name] = _net(name, rows, targets, weights)
        scored, labels = labelled(name, parts, apart, folder)
        of_net, of_words, of_abuse = MIXED[name]
        mixed = of_net * scored + of_words * by_name[name].raw
        if of_abuse:
            mixed = mixed + of_abuse * _abuse(nets["abuse"], rows, texts)
        learnt.append(Learnt(name, parts, mixed, labels, fit.scale(mixed, labels, FALSE_ALARMS[name])))
    learnt.insert(0, _train_concern(nets, by_name["concern"]))
    return nets, {"scales": scales(learnt), "matters": matters()}, learnt


def _abuse(net: Net, rows: Floats, texts: Sequence[str]) -> Numbers:
    """The raw score of abuse: by the net, and by the shipped words."""
    words = by_words.load()
    said = np.array([words.raw(material_of(text)).scores["abuse"] for text in texts])
    of_net, of_words, _ = MIXED["abuse"]
    found: Numbers = of_net * net(rows)[:, 0] + of_words * said
    return found


def _train_concern(nets: dict[str, Net], words: Learnt) -> Learnt:
    found = concern_units()
    apart = np.zeros(len(found.targets))
    for key, rows in (("concern", found.alone), ("concern beside", found.beside)):

        def raw(rows: Any, targets: Numbers, weights: Numbers) -> Any:
            model = _concern(rows, targets, weights, seeds=2)
            return lambda some: model(some)[:, 0]

        apart += fit.out_of_fold(rows, found.targets, found.weights, found.groups, raw) / 2
        nets[key] = _concern(rows, found.targets, found.weights)
    seen = found.targets == 1
    nets["matters"] = fit.net(
        found.alone[seen], found.matters[seen], found.weights[seen], units=64, penalty=1e-2, rounds=30, seeds=2
    )
    n = sum(len(units(one)) for one in threads())
    by_net, labels = by_comment(apart[-n:])
    of_net, of_words, _ = MIXED["concern"]
    mixed = of_net * by_net + of_words * words.raw
    return Learnt("concern", words.parts, mixed, labels, fit.scale(mixed, labels, FALSE_ALARMS["concern"]))
