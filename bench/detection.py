"""Every signal on every labelled set: `python -m bench.detection [name ...] [--keep]`.

Beside each figure with its 95 % interval stand that of plain VADER and that of the last release; a figure that fell by
more than its interval ends it with 1. `--keep` writes the figures as those of a release. Sets that something shipped
has learnt from are marked: there the cards in data/models have the honest figure. Last in a line is how far the
probability is off (the expected calibration error), brought to the set's base rate.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from analysis import assess_all, held, twice, valence
from analysis.sentiment import NEUTRAL_WITHIN
from analysis.training.calibration import error
from analysis.training.cards import interval
from analysis.training.sets import read_some
from model.assessment import Assessment, Subject
from tests.analysis.written import cases, of_label, threads

DATA = Path(os.environ.get("LEVELHEAD_SHARED", "../shared")) / "data"
RELEASED = Path(__file__).parent / "detection.json"
Labels = NDArray[np.bool_]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: what was measured of which signals on how many rows, with half of its interval."""

    name: str
    of: str
    rows: int
    value: float
    half: float
    vader: float | None = None
    learnt: bool = False
    off: float | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """A set, the signals whose highest score is measured, which rows count, and which are ones."""

    name: str
    signals: tuple[str, ...]
    ones: Callable[[pd.DataFrame], pd.Series]
    rows: Callable[[pd.DataFrame], pd.Series] | None = None
    learnt: bool = False

    def measured(self) -> list[Figure]:
        """The area under the curve. Rows are read and forgotten some at a time."""
        labels, scores, chances, plain = (np.concatenate(each) for each in zip(*self._some(), strict=True))
        auc, ones = float(roc_auc_score(labels, scores)), int(labels.sum())
        half = interval(auc, ones, len(labels) - ones)
        off = None if np.isnan(chances).any() else error(chances, labels)
        vader = float(roc_auc_score(labels, plain))
        of = ", ".join(self.signals)
        figures = [Figure(self.name, of, len(labels), auc, half, vader, self.learnt, off)]
        if self.name == "cga_wiki_valid":  # Half of its talks derail: the upper half is said to.
            right = float(np.mean((scores > np.median(scores)) == labels))
            figures.append(Figure(f"{self.name}, accuracy", of, len(labels), right, binomial(right, len(labels))))
        return figures

    def _some(self) -> Iterator[tuple[Labels, Numbers, Numbers, Numbers]]:
        for frame in read_some(DATA, self.name):
            mine = frame[self.rows(frame)] if self.rows else frame
            said = _assessed(mine)
            yield (
                np.asarray(self.ones(mine), dtype=bool),
                np.array([max(one.signal(name).score for name in self.signals) for one in said]),
                np.array([_chance(one, self.signals[0]) for one in said]),
                np.array([-valence.compound(text) for text in mine.text]),
            )


def _assessed(frame: pd.DataFrame) -> list[Assessment]:
    parents = frame.parent if "parent" in frame else [""] * len(frame)
    return assess_all([Subject(text, parent) for text, parent in zip(frame.text, parents, strict=True)], tier=1)


def _chance(said: Assessment, name: str) -> float:
    chance = said.signal(name).chance
    return np.nan if chance is None else chance


def binomial(share: float, n: int) -> float:
    """Half of the 95 % interval of a share, by Wald's method with two added to each side (Agresti, Coull 1998)."""
    mended = (share * n + 2) / (n + 4)
    return 1.96 * float(np.sqrt(mended * (1 - mended) / (n + 4)))


def _label(*names: str) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda frame: frame.label.isin(names)


def _english_2013(frame: pd.DataFrame) -> pd.Series:
    return (frame.split == "test") & frame.mostly_english.astype(str).str.lower().isin(("true", "1", "yes"))


def sentiment() -> list[Figure]:
    """How often a negative, a neutral and a positive tweet are called that, and the mean of the three."""
    kinds = ("negative", "neutral", "positive")
    right: dict[str, list[tuple[bool, bool]]] = {kind: [] for kind in kinds}
    for frame in read_some(DATA, "tweeteval_sentiment_val"):
        for label, text, said in zip(frame.label, frame.text, _assessed(frame), strict=True):
            ours, plain = (_kind(mood) for mood in (said.sentiment, valence.compound(text)))
            right[label].append((ours == label, plain == label))
    shares = np.array([np.mean(each, axis=0) for each in right.values()])
    ours, plain = shares.mean(axis=0)
    half = float(
        np.sqrt(sum(binomial(share, len(right[kind])) ** 2 for kind, share in zip(kinds, shares[:, 0], strict=True)))
    )
    rows = sum(map(len, right.values()))
    return [Figure("sentiment, macro recall", "sentiment", rows, float(ours), half / len(kinds), float(plain))]


def _kind(mood: float) -> str:
    return "neutral" if abs(mood) < NEUTRAL_WITHIN else "positive" if mood > 0 else "negative"


def of_threads() -> list[Figure]:
    """Of our own threads, what a community manager feels."""
    there = threads()
    subjects = [one for _, one in there]
    first, second = assess_all(subjects, tier=0), assess_all(subjects, tier=1)
    alone = assess_all(subjects, tier=0, final=True)
    waited = [held.set_aside(one) if held.may_wait(one, ()) else one for one in first]
    both = [twice.both(one, other) for one, other in zip(waited, second, strict=True)]
    labels = [label for label, _ in there]
    found = _of_look("threads", list(zip(labels, second, strict=True)))
    for name, said in (("threads, both looks", both), ("threads, first look alone", alone)):
        # What a site gets: what is mild waits for the second look, which lowers nothing else; or no second look.
        found += _of_look(name, list(zip(labels, said, strict=True)))[1:]
    return found


def _of_look(name: str, read: list[tuple[str, Assessment]]) -> list[Figure]:
    must, peace, spam = (of_label(read, label) for label in ("must", "peace", "spam"))
    seen = np.array([one.signal("concern").score for one in (*must, *peace)])
    labels = np.arange(len(seen)) < len(must)
    auc = float(roc_auc_score(labels, seen))
    shares = (
        (f"{name}, raised of what must be seen", "concern", [one.flagged for one in must]),
        (f"{name}, left in peace", "concern", [not one.flagged for one in peace]),
        (f"{name}, spam found", "spam", [one.suspected_spam for one in spam]),
        (f"{name}, no spam in what is none", "spam", [not one.suspected_spam for one in (*must, *peace)]),
    )
    found = [Figure(name, "concern", len(seen), auc, interval(auc, len(must), len(peace)))]
    return [*found, *(_share(*each) for each in shares)]


def _share(name: str, of: str, right: Sequence[bool]) -> Figure:
    return Figure(name, of, len(right), float(np.mean(right)), binomial(float(np.mean(right)), len(right)))


def functional() -> list[Figure]:
    """Cases by their function: those that are, and those that only look like it."""
    found = []
    for name in ("hate", "abuse"):
        there = cases(name)
        said = assess_all([Subject(text) for text, _ in there], tier=1)
        right = [(one.signal(name).raised == is_so, is_so) for one, (_, is_so) in zip(said, there, strict=True)]
        for is_so, mark in ((True, "found"), (False, "left alone")):
            found.append(_share(f"functional {name}, {mark}", name, [ok for ok, of in right if of == is_so]))
    return found


TASKS = (
    Task("cat_wiki_ooc", ("abuse",), _label("toxic"), learnt=True),
    Task("cat_wiki_ic", ("abuse",), _label("toxic"), learnt=True),
    Task("ucc_globe_comments", ("abuse",), lambda frame: frame.hostile.astype(str) == "1"),
    Task("olid", ("abuse", "profanity"), _label("offensive")),
    Task("ethos_binary", ("hate",), _label("hate")),
    Task("ethos_violence", ("threat",), _label("violence")),
    Task("cga_wiki_valid", ("derail",), _label("derails")),
    Task("youtube_spam", ("spam",), _label("spam"), learnt=True),
    Task("sms_spam", ("spam",), _label("spam"), learnt=True),
    Task("crisislex_t26", ("crisis",), _label("Related and informative"), _english_2013),
    Task("tweeteval_sentiment_val", ("negative",), _label("negative")),
    Task("presidio_synth_pii", ("personal_data",), _label("pii")),
    Task("twitter_suicidal", ("self_harm",), _label("suicidal")),
)
MEASURES: dict[str, Callable[[], list[Figure]]] = {
    **{task.name: task.measured for task in TASKS},
    "sentiment": sentiment,
    "threads": of_threads,
    "functional": functional,
}


def main(words: Sequence[str]) -> int:
    """Measures, prints and compares. Returns what the process ends with."""
    if not DATA.is_dir():
        print(f"Not measured: the labelled sets are not in {DATA} (LEVELHEAD_SHARED names another place).")
        return 1
    asked = [word for word in words if word != "--keep"]
    if unknown := set(asked) - set(MEASURES):
        print(f"Not known: {', '.join(sorted(unknown))}. There are {', '.join(MEASURES)}.")
        return 2
    released = json.loads(RELEASED.read_text("utf-8")) if RELEASED.exists() else {}
    fallen, figures = [], dict(released)
    print(f"{'what':38} {'signal':17} {'rows':>7} {'figure':>13} {'VADER':>6} {'released':>8} {'p off':>6}")
    for name, measure in MEASURES.items():
        for one in measure() if not asked or name in asked else ():
            before = released.get(one.name)
            print(_line(one, before), flush=True)
            if fell(one, before):
                fallen.append(one.name)
            figures[one.name] = round(one.value, 4)
    if "--keep" in words:
        RELEASED.write_text(json.dumps(figures, indent=2, sort_keys=True) + "\n", "utf-8")
    print(
        f"Fallen by more than the interval: {', '.join(fallen)}." if fallen else "None fell by more than its interval."
    )
    return int(bool(fallen))


def fell(one: Figure, before: float | None) -> bool:
    """Whether a figure is below that of the last release by more than its interval."""
    return before is not None and one.value < before - one.half


def _line(one: Figure, before: float | None) -> str:
    vader, released, off = ("-" if each is None else f"{each:.3f}" for each in (one.vader, before, one.off))
    mark = "  learnt from" if one.learnt else ""
    figure = f"{one.value:.3f} ± {one.half:.3f}"
    return f"{one.name:38} {one.of:17} {one.rows:7,} {figure:>13} {vader:>6} {released:>8} {off:>6}{mark}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
