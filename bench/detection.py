"""Every signal on every labelled set: `python -m bench.detection [set ...] [--keep]`.

Beside each figure, an area under the curve with its 95 % interval, stand that of plain VADER and that of the last
release; a figure that fell by more than its interval ends it with 1. `--keep` writes the figures as those of a release.
Sets that something shipped has learnt from are marked: there the cards in data/models have the honest figure.
"""

import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from analysis import assess_all
from analysis.training.cards import interval
from analysis.training.sets import read
from model.assessment import Subject

DATA = Path(os.environ.get("LEVELHEAD_SHARED", "../shared")) / "data"
RELEASED = Path(__file__).parent / "detection.json"
AT_ONCE = 2_000
Labels = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Task:
    """A set, the signals whose highest score is measured, which rows count, and which are ones."""

    name: str
    signals: tuple[str, ...]
    ones: Callable[[pd.DataFrame], pd.Series]
    rows: Callable[[pd.DataFrame], pd.Series] | None = None
    learnt: bool = False


def _label(*names: str) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda frame: frame.label.isin(names)


def _english_2013(frame: pd.DataFrame) -> pd.Series:
    return (frame.split == "test") & frame.mostly_english.astype(str).str.lower().isin(("true", "1", "yes"))


TASKS = (
    Task("cat_wiki_ooc", ("abuse",), _label("toxic"), learnt=True),
    Task("cat_wiki_ic", ("abuse",), _label("toxic"), learnt=True),
    Task("ucc_globe_comments", ("abuse",), lambda frame: frame.hostile.astype(str) == "1"),
    Task("olid", ("abuse", "profanity"), _label("offensive")),
    Task("ethos_binary", ("hate",), _label("hate")),
    Task("ethos_violence", ("threat",), _label("violence")),
    Task("cga_wiki_valid", ("derail",), _label("derails")),
    Task("youtube_spam", ("spam",), _label("spam"), learnt=True),
    Task("crisislex_t26", ("crisis",), _label("Related and informative"), _english_2013),
    Task("tweeteval_sentiment_val", ("negative",), _label("negative")),
    Task("twitter_suicidal", ("self_harm",), _label("suicidal")),
)


def measured(task: Task) -> tuple[float, float, float, int]:
    """The area under the curve, half of its interval, that of plain VADER, and how many rows they rest on."""
    frame = read(DATA, task.name, to_train=False)
    frame = frame[task.rows(frame)] if task.rows else frame
    labels = np.asarray(task.ones(frame), dtype=bool)
    parents = frame.parent.tolist() if "parent" in frame else [""] * len(frame)
    scores = np.concatenate(
        [
            _scores(task.signals, frame.text.tolist()[start : start + AT_ONCE], parents[start : start + AT_ONCE])
            for start in range(0, len(frame), AT_ONCE)
        ]
    )
    vader = SentimentIntensityAnalyzer()
    plain = [-vader.polarity_scores(text)["compound"] for text in frame.text]
    auc = float(roc_auc_score(labels, scores))
    half = interval(auc, int(labels.sum()), int((~labels).sum()))
    return auc, half, float(roc_auc_score(labels, plain)), len(frame)


def _scores(signals: Sequence[str], texts: Sequence[str], parents: Sequence[str]) -> NDArray[np.float64]:
    said = assess_all([Subject(text, parent) for text, parent in zip(texts, parents, strict=True)], tier=1)
    return np.array([max(one.signal(name).score for name in signals) for one in said])


def main(words: Sequence[str]) -> int:
    """Measures, prints and compares. Returns what the process ends with."""
    if not DATA.is_dir():
        print(f"Not measured: the labelled sets are not in {DATA} (LEVELHEAD_SHARED names another place).")
        return 1
    asked = [word for word in words if word != "--keep"]
    released = json.loads(RELEASED.read_text("utf-8")) if RELEASED.exists() else {}
    fallen, figures = [], dict(released)
    print(f"{'set':24} {'signal':18} {'rows':>7} {'curve':>14} {'VADER':>6} {'released':>8}")
    for task in TASKS:
        if asked and task.name not in asked:
            continue
        auc, half, vader, rows = measured(task)
        before = released.get(task.name)
        of_release = f"{before:8.3f}" if before is not None else "       -"
        mark = "  learnt from" if task.learnt else ""
        signals = ", ".join(task.signals)
        curve = f"{auc:.3f} ± {half:.3f}"
        print(f"{task.name:24} {signals:18} {rows:7,} {curve:>14} {vader:6.3f} {of_release}{mark}", flush=True)
        if before is not None and auc < before - half:
            fallen.append(task.name)
        figures[task.name] = round(auc, 4)
    if "--keep" in words:
        RELEASED.write_text(json.dumps(figures, indent=2, sort_keys=True) + "\n", "utf-8")
    print(
        f"Fallen by more than the interval: {', '.join(fallen)}." if fallen else "None fell by more than its interval."
    )
    return int(bool(fallen))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
