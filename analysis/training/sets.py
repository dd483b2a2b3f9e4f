"""The labelled sets: which there are, what they may be used for, and how their labels are read."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from model.settings import ROOT

BANK = ROOT / "data" / "matters" / "examples"
OTHERS = ROOT / "data" / "examples"
"""Sentences of our own: of matters, and of the other signals."""
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
        Licence("youtube_spam", "CC BY 4.0", True),  # as it is
        Licence("sms_spam", "CC BY 4.0", True),  # as it is
        Licence("crisislex_t26", "MIT", True),
        Licence("presidio_synth_pii", "MIT", True),
        Licence("vader_tweets", "MIT", True),
        Licence("vader_nyt", "MIT", True),
        Licence("olid", "research", False),
        Licence("tweeteval_sentiment_val", "research", False),
        Licence("ucc_globe_comments", "CC BY-NC-SA 4.0", False),  # as it is
        Licence("ethos_binary", "GPL-3.0", False),
        Licence("ethos_violence", "GPL-3.0", False),
        Licence("cga_wiki_valid", "GPL-3.0 / CC BY-SA", False),
        Licence("twitter_suicidal", "none stated", False),
    )
}


@dataclass(frozen=True, slots=True)
class Labelled:
    """Texts with labels 0 and 1 for one signal. `folds` are groups that stay together when a model is measured on what
    it has not learnt from; `weight` is how much one of its rows counts."""

    name: str
    texts: list[str]
    labels: list[int]
    folds: list[str]
    weight: float = 1.0


def read(folder: Path, name: str, *, to_train: bool) -> pd.DataFrame:
    """The rows of a set: id, text, label, split, and columns of its own. Raises ValueError when something that ships is
    to be trained on a set that may only measure."""
    if to_train and not SETS[name].ships:
        raise ValueError(f"{name} may measure, but nothing that ships is trained on it.")
    frame = pd.read_csv(folder / f"{name}.csv.gz", keep_default_na=False)
    return frame.assign(text=frame.text.str.slice(0, LONGEST))
