"""Trains the nets over vectors of sentences (tier 1), and says how they do on what they have not learnt from."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis import by_words, sentiment
from analysis.by_meaning import HALF_BY_SENTENCE, MIXED, feeling, few, units_of
from analysis.by_words import SIGNALS
from analysis.nets import Net
from analysis.pipeline import material_of
from analysis.training import fit
from analysis.training.fit import Numbers
from analysis.training.recipes import VERY, must, units
from analysis.training.sets import examples, matters, threads
from analysis.training.vectors import Heard, by_sentence, heard, vectors
from analysis.training.words import Learnt, by_comment, labelled, scaled, scales, stacked

Floats = NDArray[np.float32]
_ABOUT = {"self_harm": "despair", "threat": "threats"}
"""The matters that examples of other signals are about."""
LINE = 3.0
"""The penalty of the line of negative."""


def _net(name: str, rows: Floats, targets: Numbers, weights: Numbers, seeds: int = 3) -> Net:
    if name == "abuse":
        return fit.net(rows, targets, weights, penalty=1.0, rounds=12, numbers=True, step=5e-4, seeds=seeds)
    penalty = 0.1 if name == "crisis" else 0.01
    return fit.net(rows, targets, weights, penalty=penalty, seeds=seeds)


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
    mixed: dict[str, list[float]] = {}
    learnt, neutral = _train_negative(nets, by_name["negative"])
    for name in SIGNALS:
        if name in ("concern", "negative"):
            continue
        parts = by_name[name].parts
        texts, targets, weights, groups = stacked(parts)
        said = heard([one.texts for one in parts])

        def raw(rows: Any, targets: Numbers, weights: Numbers, name: str = name) -> Any:
            model = _net(name, rows, targets, weights, seeds=1)
            return lambda some: model(some)[:, 0]

        def of_all(model: Any, said: Heard = said, halves: bool = name in HALF_BY_SENTENCE) -> Numbers:
            return by_halves(model, said) if halves else said.scores(model, worst=False)

        apart = fit.out_of_fold(said.whole, targets, weights, groups, raw, of_all)
        nets[name] = _net(name, said.whole, targets, weights)
        scored, labels = labelled(name, parts, apart, folder)
        mixed[name] = list(MIXED[name])
        columns = [scored, by_name[name].raw]
        if name == "abuse":
            nothing = np.zeros(len(labels))
            columns += [nothing, nothing, _said("profanity", texts[: len(labels)])]
        elif len(mixed[name]) > 2:
            columns.append(_abuse(nets["abuse"], said, texts))
        sums = np.stack(columns, axis=1) @ np.array(mixed[name])
        learnt.append(Learnt(name, parts, sums, labels, scaled(name, parts, sums, labels)))
    one, mixed["concern"] = _train_concern(nets, by_name["concern"])
    mixed["negative"] = list(MIXED["negative"])
    learnt.insert(0, one)
    return nets, {"scales": scales(learnt), "mixed": mixed, "neutral": neutral, "matters": matters()}, learnt


def by_halves(model: Any, said: Heard) -> Numbers:
    """Half the whole, half the sentence that says most."""
    return (said.scores(model, worst=False) + said.scores(model, worst=True)) / 2


def _abuse(net: Net, said: Heard, texts: Sequence[str]) -> Numbers:
    """The raw score of abuse by the net, and by the shipped words."""
    nothing = np.zeros(len(texts))
    columns = [
        by_halves(lambda rows: net(rows)[:, 0], said),
        _said("abuse", texts),
        nothing,
        nothing,
        _said("profanity", texts),
    ]
    found: Numbers = np.stack(columns, axis=1) @ np.array(MIXED["abuse"])
    return found


def _said(name: str, texts: Sequence[str]) -> Numbers:
    """What the shipped words say."""
    words = by_words.load()
    said = [words.raws([material_of(text)])[0] for text in texts]
    return np.array([one.profane if name == "profanity" else one.scores[name] for one in said])


def _train_negative(nets: dict[str, Net], words: Learnt) -> tuple[list[Learnt], list[float]]:
    """The line of how negative a text is, and between which valences people call one neutral."""
    texts, targets, weights, groups = stacked(words.parts)
    said = heard([one.texts for one in words.parts])
    rows, each = _felt(texts, said, words.raw)

    def raw(rows: Any, targets: Numbers, weights: Numbers) -> Any:
        model = fit.line(rows, targets, weights, LINE)
        return lambda some: model(some)[:, 0]

    def worst(model: Any) -> Numbers:
        found: Numbers = np.maximum(model(rows), said.most(model(each)))
        return found

    of_whole = fit.out_of_fold(rows, targets, weights, groups, raw)
    of_worst = fit.out_of_fold(rows, targets, weights, groups, raw, worst)
    nets["negative"] = fit.line(rows, targets, weights, LINE)
    scored, labels = labelled("negative", words.parts, of_worst, Path())
    learnt = Learnt("negative", words.parts, scored, labels, scaled("negative", words.parts, scored, labels))
    # Between the tweets that people called neither: comments are like these, not like sentences of a newspaper.
    n = len(words.parts[0])
    return [learnt], fit.neutral(-of_whole[:n], -targets[:n], VERY)


def _felt(texts: Sequence[str], said: Heard, words: Numbers) -> tuple[Floats, Floats]:
    """What the line hears of texts, and of all their sentences."""
    wholes, sentences = [], []
    for number, text in enumerate(texts):
        material = material_of(text)
        spans = few(material.sentences)
        moods = few(sentiment.mood(material).each) or (0.0,)
        beside = feeling(moods, [span.end - span.start for span in spans] or [1])
        beside = np.hstack([beside, np.full((len(beside), 1), words[number], dtype=np.float32)])
        wholes.append(beside[:1])
        sentences.append(beside[1:])
    return np.hstack([said.whole, np.vstack(wholes)]), np.hstack([said.each, np.vstack(sentences)])


def _train_concern(nets: dict[str, Net], words: Learnt) -> tuple[Learnt, list[float]]:
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
    # What the others say of a comment, none of which has learnt from what must be seen.
    texts = [one.text for one in threads() if one.label != "spam"]
    said = heard([texts])
    abuse = _abuse(nets["abuse"], said, texts)
    felt = _felt(texts, said, _said("negative", texts))
    negative = np.maximum(nets["negative"](felt[0])[:, 0], said.most(nets["negative"](felt[1])[:, 0]))
    parts = np.stack([by_net, words.raw, abuse, negative, _said("profanity", texts)], axis=1)
    mix = fit.mixed(parts, labels)
    sums = parts @ np.array(mix)
    return Learnt("concern", words.parts, sums, labels, scaled("concern", words.parts, sums, labels)), mix
