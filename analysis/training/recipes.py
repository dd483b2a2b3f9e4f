"""From which texts each signal is learnt. Both models, of words and of vectors, learn from the same."""

import re
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
VIOLENT = re.compile(
    r"\b(?:kill|murder|shoot|shot|hang|lynch|stab|knife|gun|bomb|burn|fire|rape|beat|bash|punch|smack|slap|hit|kick|fight"
    r"|chok|strangl|drown|gas|execut|behead|slit|die|dead|death|hurt|pain|blood|whip|bullet|brick|nuke|exterminat|destroy"
    r"|eliminat|run over|jump|cut|break|fuck up|mess up)",
    re.IGNORECASE,
)
TALKS = 2_500
"""Comments of each set of Wikipedia that spam is told from, longer than TALKS_FROM letters."""
TALKS_FROM = 200
CIVIL = -3.0
"""The raw score of abuse that a text without any is given; RUDE that of an insult."""
RUDE = 1.0
VERY = 0.5
"""The raw score of what counts as negative; from there to -VERY a text is neutral."""


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


def negative(folder: Path) -> list[Part]:
    """Raw scores: how negative twenty people found a text, from -4 to 4. Sentences of a newspaper say less of what
    people write under one."""
    found = []
    for name, weight in (("vader_tweets", 1.0), ("vader_nyt", 0.3)):
        frame = labelled_set(folder, name)
        found.append(part(name, frame.text, -frame["mean"].astype(float), weight))
    return found


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
    """Threats against people; insults and hate without a threat are none. The tweets have no labels of threats, so
    those with a word of violence are left out."""
    coarse = _coarse(folder)
    coarse = coarse[~coarse.text.str.contains(VIOLENT)]
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
    """Spam with links and offers from two sets, fluent spam from our own. Whoever discusses a subject in long and plain
    sentences, as on Wikipedia, sells nothing."""
    tube, texts = labelled_set(folder, "youtube_spam"), labelled_set(folder, "sms_spam")
    return [
        *(_talk(folder, name) for name in ("cat_wiki_ooc", "cat_wiki_ic")),
        part("youtube_spam", tube.text, tube.label == "spam", 1.0, list(tube.video)),
        part("sms_spam", texts.text, texts.label == "spam", 0.3),
        _mine("spam", 2.0),
        _comments(1.0, label="spam"),
        _zeros(_mine("peace", 1.0), 1.0),
    ]


def _talk(folder: Path, name: str) -> Part:
    """Long comments that discuss something, none of them spam."""
    found = labelled_set(folder, name)
    found = found[(found.label != "toxic") & (found.text.str.len() > TALKS_FROM)].sample(TALKS, random_state=SEED)
    return part(f"{name}, none", found.text, np.zeros(TALKS), 2.0)


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
    found = [_mine(name, 1.0) for name in must()]
    for name in ("peace", "spam", "question"):
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
    "negative": negative,
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
    "concern": 0.15,
    "negative": None,
    "abuse": 0.006,
    "hate": 0.08,
    "threat": 0.004,
    "self_harm": 0.004,
    "spam": 0.0025,
    "crisis": None,
    "criticism": 0.05,
    "derail": None,
}
"""Of the zeros that a threshold is set on, the share that reaches it; None: as many as of the ones miss it. The threads
and examples are harder than what a site sees, so the shares are above those that it will see."""
BY_WORDS: Mapping[str, float | None] = {**FALSE_ALARMS, "concern": 0.06}
"""The same of words alone, which raise a comment before it is known what it means: with fewer false alarms, as what the
first look has raised stays raised."""
SET_ON: Mapping[str, str] = {"threat": "threads", "self_harm": "threads", "spam": "threads"}
"""The part that the threshold of a signal is set on, where that is not all. What is rare is set on whole threads, which
are what a site reads; the near misses of our own examples are too many beside them."""
RATES: Mapping[str, float] = {
    "concern": 0.1,
    "negative": 0.3,
    "abuse": 0.02,
    "hate": 0.01,
    "threat": 0.005,
    "self_harm": 0.005,
    "spam": 0.1,
    "crisis": 0.02,
    "criticism": 0.15,
    "derail": 0.1,
    "personal_data": 0.03,
}
"""The share of a site's comments at which a probability is given, until the site's own decisions say more."""
SURE: Mapping[str, float] = {"hate": 0.6, "threat": 0.5, "derail": 0.3, "personal_data": 0.5}
"""How much of the steepness of a probability is kept, of signals that have learnt mostly from examples of our own, or
made by a machine: those are plainer than what others write, so what is sure of them is less sure of that."""
