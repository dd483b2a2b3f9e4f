"""The phases of an assessment: small, pure, in order. Each says what it found; none knows the others' answer."""

import re
from dataclasses import dataclass
from functools import lru_cache

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from analysis import matters
from analysis.text import Span, words
from model.assessment import Subject

_LINK = re.compile(r"https?://[^\s<>]{1,2000}|www\.[^\s<>]{3,2000}", re.IGNORECASE)
_SHORTENER = re.compile(
    r"(?:bit\.ly|tinyurl\.com|t\.co|goo\.gl|is\.gd|ow\.ly|rb\.gy|cutt\.ly|t\.me|wa\.me)/", re.IGNORECASE
)
_LONGEST_SPAN = 240
_MOST_HITS = 200
_TELLING = 5
_ON_TOPIC = 3

STRONGLY_NEGATIVE = 0.5
_VERY_NEGATIVE = 0.6


@dataclass(frozen=True, slots=True)
class Work:
    """What every phase is given: the comment, its text with invisible characters blanked, and its sentences."""

    subject: Subject
    text: str
    sentences: tuple[Span, ...]
    words: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: the rule, its name for people, the matter or nothing, where, and how heavy it weighs."""

    rule: str
    label: str
    matter: str
    span: Span
    weight: float


@dataclass(frozen=True, slots=True)
class Concern:
    """The matters found, and whether facts press: repeated calls, copies, dates, others who say the same."""

    hits: tuple[Hit, ...] = ()
    presses: bool = False


@dataclass(frozen=True, slots=True)
class Mood:
    """VADER's compound score (-1..1) by sentence: the length-weighted mean, the worst, and where that stands."""

    mean: float = 0.0
    worst: float = 0.0
    worst_span: Span = (0, 0)

    @property
    def negative(self) -> float:
        """0..1: the mean of the worst sentence and of the whole, the sign turned; .5 (the threshold) is a mean of -.6."""
        return round(min(1.0, max(0.0, -(self.mean + self.worst) / 2 / _VERY_NEGATIVE * STRONGLY_NEGATIVE)), 4)


@lru_cache(maxsize=1)
def _vader() -> SentimentIntensityAnalyzer:
    return SentimentIntensityAnalyzer()


def mood(work: Work) -> Mood:
    """VADER by sentence: a score of the whole hides the sentence that matters."""
    if not work.sentences:
        return Mood()
    scored = [(_vader().polarity_scores(work.text[a:b])["compound"], (a, b)) for a, b in work.sentences]
    length = sum(b - a for _, (a, b) in scored)
    worst, span = min(scored, key=lambda pair: pair[0])
    mean = sum(score * (b - a) for score, (a, b) in scored) / length
    return Mood(round(mean, 4), worst, span)


def concerns(work: Work) -> Concern:
    """Matters by words and phrases. Each hit marks the sentence it stands in, or the phrase when that is long."""
    found: dict[tuple[str, Span], Hit] = {}
    presses = False
    for key, span in matters.matter_finder().find(work.text, work.words)[:_MOST_HITS]:
        if key == matters.PRESSING:
            presses = True
            continue
        matter = matters.by_key()[key]
        marked = _sentence_of(work, span)
        weight = float(matter.severity) or 0.5
        found.setdefault((key, marked), Hit(f"matter:{key}", matter.name, key, marked, weight))
    return Concern(tuple(found.values()), presses)


def spam(work: Work) -> list[Hit]:
    """What gives spam away. What is unknown (the thread, the author's past, other threads) says nothing."""
    hits = [*_spam_phrases(work), *_links(work)]
    everywhere = work.subject.seen_elsewhere
    if everywhere:
        weight = 0.6 if everywhere >= 3 else 0.35
        hits.append(Hit("spam:repeated", "The same text stands in other threads", "", (0, len(work.text)), weight))
    return hits[:_MOST_HITS]


def _spam_phrases(work: Work) -> list[Hit]:
    kinds = matters.load_spam()
    praise_counts = 0.35 if _on_topic(work) else 1.0
    hits: list[Hit] = []
    taken: dict[str, int] = {}
    for key, (start, end) in matters.spam_finder().find(work.text, work.words)[:_MOST_HITS]:
        if start < taken.get(key, -1):
            continue  # two phrases of one kind over the same words are one hit
        taken[key] = end
        weight = kinds[key].weight * (praise_counts if key == "praise" else 1.0)
        hits.append(Hit(f"spam:{key}", kinds[key].name, "", (start, end), weight))
    praise = [hit for hit in hits if hit.rule == "spam:praise"]
    # One kind word is a kind word; only a comment made of them would fit under anything.
    if len(praise) == 1 and len(hits) == 1 and len(work.words) > _TELLING:
        return []
    return hits


def _links(work: Work) -> list[Hit]:
    links = list(_LINK.finditer(work.text))
    if not links:
        return []
    short = len(_LINK.sub("", work.text).split()) < _TELLING
    each = 0.35 if short else 0.12
    hits = [
        Hit(
            "spam:link",
            "A shortened link hides where it leads" if _SHORTENER.search(link[0]) else "A link",
            "",
            link.span(),
            0.4 if _SHORTENER.search(link[0]) else each,
        )
        for link in links[:20]
    ]
    if len(links) > 2:
        hits.append(Hit("spam:links", f"{len(links)} links", "", links[0].span(), 0.4))
    return hits


def _on_topic(work: Work) -> bool:
    """Whether the comment takes up words of what it stands under. Unknown threads say nothing either way."""
    subject = work.subject
    if not (subject.thread_title or subject.thread_text or subject.parent):
        return False
    about = {word for word, _ in words(f"{subject.thread_title} {subject.thread_text} {subject.parent}"[:20_000])}
    telling = {word for word, _ in work.words if len(word) > _TELLING and word not in _EVERYWHERE}
    return len(telling & about) >= _ON_TOPIC


_EVERYWHERE = frozenset(
    [
        "always",
        "article",
        "another",
        "because",
        "before",
        "better",
        "comment",
        "comments",
        "content",
        "discussion",
        "everyone",
        "forward",
        "people",
        "please",
        "reading",
        "really",
        "should",
        "someone",
        "something",
        "thanks",
        "things",
        "thought",
        "through",
        "website",
        "writing",
        "written",
        "wonderful",
    ]
)


def _sentence_of(work: Work, span: Span) -> Span:
    for start, end in work.sentences:
        if start <= span[0] < end:
            return (start, end) if end - start <= _LONGEST_SPAN else span
    return span
