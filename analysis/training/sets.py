"""The labelled sets: which there are, what they may be used for, and how their labels are read.

Those of others are read from a folder and may not be kept here; the examples in data/ are our own. What of those is
marked `test` was set apart by scenario before the first model was made, and no model learns from it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from numpy.typing import NDArray

from model.settings import ROOT

MATTERS = ROOT / "data" / "matters" / "examples"
EXAMPLES = ROOT / "data" / "examples"
THREADS = EXAMPLES / "threads"
LONGEST = 2_000
"""Characters of one text that a model learns from."""


@dataclass(frozen=True, slots=True)
class Licence:
    """Where a set is from, under which licence, and whether what ships may be trained on it."""

    name: str
    licence: str
    ships: bool


SETS = {
    one.name: one
    for one in (
        Licence("davidson", "MIT", True),
        Licence("cat_wiki_ooc", "Apache-2.0, texts CC BY-SA", True),
        Licence("cat_wiki_ic", "Apache-2.0, texts CC BY-SA", True),
        Licence("toxigen_prompts", "MIT / CDLA-Permissive-2.0", True),
        Licence("youtube_spam", "CC BY 4.0", True),
        Licence("sms_spam", "CC BY 4.0", True),
        Licence("crisislex_t26", "MIT", True),
        Licence("presidio_synth_pii", "MIT", True),
        Licence("vader_tweets", "MIT", True),
        Licence("vader_nyt", "MIT", True),
        Licence("olid", "research", False),
        Licence("tweeteval_sentiment_val", "research", False),
        Licence("ucc_globe_comments", "CC BY-NC-SA 4.0", False),
        Licence("ethos_binary", "GPL-3.0", False),
        Licence("ethos_violence", "GPL-3.0", False),
        Licence("cga_wiki_valid", "GPL-3.0 / CC BY-SA", False),
        Licence("twitter_suicidal", "none stated", False),
    )
}


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Texts to learn one signal from, with `targets` (0 and 1, or raw scores), how much each `weighs`, and `groups`:
    rows of one group are never on both sides when a model is measured on what it has not learnt from."""

    name: str
    texts: list[str]
    targets: NDArray[np.float64]
    weighs: NDArray[np.float64]
    groups: list[str]

    def __len__(self) -> int:
        return len(self.texts)


def part(name: str, texts: Iterable[str], targets: Any, weight: float, groups: Sequence[str] = ()) -> Part:
    """A part in which each row has the same weight. Without groups each row is its own."""
    short = [text[:LONGEST] for text in texts]
    numbers = np.asarray(targets, dtype=np.float64)
    own = groups or [f"{name} {number}" for number in range(len(short))]
    return Part(name, short, numbers, np.full(len(short), weight), list(own))


def read(folder: Path, name: str, *, to_train: bool) -> pd.DataFrame:
    """The rows of a set: id, text, label, split, and columns of its own. Raises ValueError when something that ships is
    to be trained on a set that may only measure."""
    if to_train and not SETS[name].ships:
        raise ValueError(f"{name} may measure, but nothing that ships is trained on it.")
    frame = pd.read_csv(folder / f"{name}.csv.gz", keep_default_na=False)
    return frame.assign(text=frame.text.str.slice(0, LONGEST))


def read_some(folder: Path, name: str, count: int = 2_000) -> Iterator[pd.DataFrame]:
    """The rows of a set to measure on, some at a time: a large one is never held whole."""
    with pd.read_csv(folder / f"{name}.csv.gz", keep_default_na=False, chunksize=count) as frames:
        for frame in frames:
            yield frame.assign(text=frame.text.str.slice(0, LONGEST))


@cache
def examples(name: str, split: str = "train") -> pd.DataFrame:
    """Our own examples (1) and near misses (0) of a matter, or of another signal: text, label, scenario."""
    file = next(folder / f"{name}.yaml" for folder in (MATTERS, EXAMPLES) if (folder / f"{name}.yaml").exists())
    rows = [
        (text, label, f"{name} {scenario['name']}")
        for scenario in _yaml(file)["scenarios"]
        if scenario["split"] == split
        for key, label in (("examples", 1), ("near_misses", 0))
        for text in scenario.get(key) or ()
    ]
    return pd.DataFrame(rows, columns=["text", "label", "scenario"])


def matters() -> list[str]:
    """The keys of the matters that have examples."""
    return sorted(file.stem for file in MATTERS.glob("*.yaml"))


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of a thread: `label` is must, peace or spam; `says` are the sentences that make it a must."""

    thread: str
    text: str
    label: str
    says: str
    matters: tuple[str, ...]


@cache
def threads(folder: Path = THREADS) -> tuple[Comment, ...]:
    """The comments of whole threads."""
    return tuple(_comments(folder))


def _comments(folder: Path) -> Iterator[Comment]:
    for file in sorted(folder.glob("*.yaml")):
        for one in _yaml(file)["comments"]:
            found = tuple(one.get("matters") or ())
            yield Comment(file.stem, str(one["text"]), one["label"], str(one.get("says", "")), found)


def _yaml(file: Path) -> Any:
    return yaml.load(file.read_text("utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
