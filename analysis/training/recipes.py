"""From which texts each signal is learnt. Both models, of words and of vectors, learn from the same."""

from collections.abc import Callable, Container, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.text import clean, sentences
from analysis.training.fit import SEED
from analysis.training.sets import Comment, Part, examples, matters, part, read, threads

LABELS = ("must", "peace", "spam")
CIVIL = -3.0
"""The raw score of abuse that a text without any is given; RUDE that of an insult."""
RUDE = 1.0


@cache
def labelled_set(folder: Path, name: str) -> pd.DataFrame:
    return read(folder, name, to_train=True)


def _mine(name: str, weight: float) -> Part:
    found = examples(name)
    return part(name, found.text, found.label, weight, list(found.scenario))


def _zeros(part_of: Part, weight: float) -> Part:
    return part(f"{part_of.name}, none", part_of.texts, np.zeros(len(part_of)), weight, part_of.groups)


def _comments(weight: float, *, keep: Container[str] = LABELS, matter: str = "", label: str = "") -> Part:
    """The comments of threads whose label is one of `keep`: ones are those of a matter, or of a label."""
    kept = [one for one in threads() if one.label in keep]
    ones = [matter in one.matters or one.label == label for one in kept]
    return part("threads", [one.text for one in kept], ones, weight, [one.thread for one in kept])


def _coarse(folder: Path) -> pd.DataFrame:
    """Tweets: all hate, and some of what is offensive or neither."""
    found = labelled_set(folder, "davidson")
    some = [found[found.label == "hate"]]
    some += [
        found[found.label == label].sample(count, random_state=SEED)
        for label, count in (("offensive", 700), ("neither", 1500))
    ]
    return pd.concat(some)


def abuse(folder: Path) -> list[Part]:
    """Raw scores. The sets of Wikipedia come with the score that Perspective gave each text: its logit is learnt, which
    says more of a text than the one label; the sets' own labels measure."""
    found = []
    for name in ("cat_wiki_ooc", "cat_wiki_ic"):
        frame = labelled_set(folder, name)
        given = np.clip(frame.perspective.astype(float), 1e-3, 1 - 1e-3)
        found.append(part(name, frame.text, np.log(given / (1 - given)), 1.0))
    mine = _mine("abuse", 2.0)
    mine.targets[:] = np.where(mine.targets == 1, RUDE, CIVIL)
    sharp = _mine("criticism", 1.0)
    sharp.targets[:] = CIVIL
    return [*found, mine, sharp]


def hate(folder: Path) -> list[Part]:
    """Our own first; the tweets and prompts of others are of other kinds."""
    prompts, coarse = labelled_set(folder, "toxigen_prompts"), _coarse(folder)
    return [
        _mine("hate", 2.0),
        _zeros(_mine("abuse", 1.0), 1.0),
        part("toxigen_prompts", prompts.text, prompts.label == "toxic", 1.0),
        part("davidson", coarse.text, coarse.label == "hate", 0.2),
        _comments(0.5, keep=("peace",)),
    ]


def threat(folder: Path) -> list[Part]:
    """Threats against people; insults and hate without a threat are none."""
    coarse = _coarse(folder)
    return [
        _mine("threat", 3.0),
        _mine("threats", 3.0),
        _comments(1.0, matter="threats"),
        _zeros(_mine("abuse", 1.0), 1.0),
        part("davidson, none", coarse.text, np.zeros(len(coarse)), 1.0),
    ]


def self_harm(folder: Path) -> list[Part]:
    """Somebody who may be in danger, among everyday talk."""
    tweets = labelled_set(folder, "vader_tweets")
    return [
        _mine("self_harm", 3.0),
        _mine("despair", 3.0),
        _comments(1.0, matter="despair"),
        part("vader_tweets, none", tweets.text, np.zeros(len(tweets)), 0.5),
    ]


def spam(folder: Path) -> list[Part]:
    """Spam with links and offers from two sets, fluent spam from our own."""
    tube, texts = labelled_set(folder, "youtube_spam"), labelled_set(folder, "sms_spam")
    return [
        part("youtube_spam", tube.text, tube.label == "spam", 1.0, list(tube.video)),
        part("sms_spam", texts.text, texts.label == "spam", 0.3),
        _mine("spam", 2.0),
        _comments(1.0, label="spam"),
        _zeros(_mine("peace", 1.0), 1.0),
    ]


def crisis(folder: Path) -> list[Part]:
    """News of a crisis: the events of 2012 alone, so that those of 2013 can measure."""
    tweets = labelled_set(folder, "crisislex_t26")
    tweets = tweets[tweets.split == "train"]
    return [
        part("crisislex_t26", tweets.text, tweets.label == "Related and informative", 1.0),
        _comments(0.3, keep=("peace",)),
    ]


def criticism(_: Path) -> list[Part]:
    """Criticism of us; insults and small talk are none."""
    return [
        _mine("criticism", 2.0),
        _zeros(_mine("peace", 1.0), 1.0),
        _comments(0.3, keep=("peace", "spam")),
    ]


def derail(_: Path) -> list[Part]:
    """Turns after which a talk goes off the rails."""
    return [_mine("derail", 1.0)]


def must() -> list[str]:
    """Whose examples a person must see: the matters', and those of danger to somebody."""
    return [*matters(), "self_harm", "threat"]


def concern(_: Path) -> list[Part]:
    """Sentences, a pair of neighbours, and whole comments: what a person must see, and what may be left in peace."""
    found = [_mine(name, 1.0) for name in (*must(), "peace")]
    for name in ("spam", "question"):
        found.append(_zeros(_mine(name, 1.0), 1.0))
    texts, labels, groups = [], [], []
    for one in threads():
        for text, label in units(one):
            texts.append(text)
            labels.append(label)
            groups.append(one.thread)
    return [*found, part("threads", texts, labels, 2.0, groups)]


def units(comment: Comment) -> list[tuple[str, int]]:
    """The sentences of a comment, then, where there are several, the whole and each pair of neighbours, and whether
    they must be seen."""
    cleaned = clean(comment.text)
    each = [cleaned.text[span.start : span.end] for span in sentences(cleaned.text)]
    must, says = comment.label == "must", _plain(comment.says)
    labels = [int(must and _says(_plain(one), says)) for one in each]
    if must and not any(labels):
        labels = [1] * len(each)
    found = list(zip(each, labels, strict=True))
    if len(each) > 1:
        found.append((" ".join(each)[:1000], int(must)))
        found += [(f"{one} {other}", int(a or b)) for (one, a), (other, b) in pairwise(zip(each, labels, strict=True))]
    return found


def _plain(text: str) -> str:
    return " ".join("".join(letter if letter.isalnum() else " " for letter in text.lower()).split())


def _says(one: str, says: str) -> bool:
    """Whether a sentence is among those that say it; their cuts can differ by a few signs."""
    return one in says or says in one or (len(one) > 12 and one[:25] in says)


RECIPES: Mapping[str, Callable[[Path], list[Part]]] = {
    "concern": concern,
    "abuse": abuse,
    "hate": hate,
    "threat": threat,
    "self_harm": self_harm,
    "spam": spam,
    "crisis": crisis,
    "criticism": criticism,
    "derail": derail,
}
FALSE_ALARMS: Mapping[str, float | None] = {
    "concern": 0.14,
    "abuse": 0.01,
    "hate": 0.075,
    "threat": 0.001,
    "self_harm": 0.001,
    "spam": 0.012,
    "crisis": None,
    "criticism": 0.05,
    "derail": None,
}
"""Of the zeros that a signal is measured on, the share that reaches its threshold; None: as many as of the ones
miss it. The threads and examples are harder than what a site sees, so the shares are above those that it will see."""
