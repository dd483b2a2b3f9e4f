"""The phases in order, and what they come to."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from math import prod
from typing import Any, TypeVar

from analysis import matters, praise, sentiment, spam
from analysis.evidence import Evidence, Kind, Material, Mood
from analysis.labels import INCOMPLETE
from analysis.own import Change, tailored
from analysis.phrases import Finder
from analysis.text import LOOKED_AT, Cleaned, Span, clean, sentences
from model.assessment import Assessment, Reason, Subject
from model.words import Severity

VERSION = "1"
"""Changes whenever the same comment could be assessed differently."""
MOST_CONCERNS = 8
MOST_SPAM_REASONS = 4

Phase = Callable[[Material], Iterable[Evidence]]
PHASES: tuple[tuple[str, Phase], ...] = (
    ("negative", sentiment.strong_negativity),
    ("matters", matters.concerns),
    ("links", spam.links),
    ("offers", spam.offers),
    ("repeats", spam.repeats),
    ("praise", praise.praise_that_fits_anywhere),
)
SIGNALS = ("text", "sentiment", *(name for name, _ in PHASES))
"""The names that may stand in `degraded`, besides 'length' for a text that is too long to be read whole."""
_NEEDED = frozenset({"text", "length", "sentiment", "negative", "matters"})

_log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """The matters that comments are assessed by: those that ship, as a version of an organisation's changes them."""

    version: str = ""
    changes: tuple[Change, ...] = ()

    @property
    def called(self) -> str:
        """What an assessment has as its version."""
        return f"{VERSION}+{self.version}" if self.version else VERSION


SHIPPED = Vocabulary()


def assess(subject: Subject, by: Vocabulary = SHIPPED) -> Assessment:
    """What the analysis says of a comment. Never raises: a phase that fails is named in `degraded`, its number is a
    neutral 0, and where a concern could have been missed the comment is flagged, so that it does not count as harmless.
    """
    degraded: list[str] = []
    material = _attempt("text", degraded, lambda: _read(subject, by), _unread(subject))
    if len(subject.text) > LOOKED_AT:
        degraded.append("length")
    mood = _attempt("sentiment", degraded, lambda: sentiment.mood(material), Mood())
    material = replace(material, mood=mood)
    evidence: list[Evidence] = []
    for name, phase in PHASES:
        evidence += _attempt(name, degraded, partial(_findings, phase, material), [])
    return replace(_conclude(material, evidence, tuple(degraded)), version=by.called)


def unreadable() -> Assessment:
    """The assessment of a comment of which nothing could be read: every signal degraded, and a person should look."""
    material = _unread(Subject(text=""))
    return _conclude(material, [], SIGNALS)


def _findings(phase: Phase, material: Material) -> list[Evidence]:
    return list(phase(material))


def _read(subject: Subject, by: Vocabulary) -> Material:
    cleaned = clean(subject.text[:LOOKED_AT])
    spans = sentences(cleaned.text)
    return Material(subject, cleaned, spans, _finder(by).find(cleaned.lower, spans))


@lru_cache(maxsize=4)
def _finder(by: Vocabulary) -> Finder:
    """All phrases that the phases look for, but for lists that cannot be read: their phases fail by themselves."""
    lists: dict[str, list[tuple[str, Any]]] = {}
    for name, phrases in (
        ("matters", lambda: matters.phrases(tailored(by.changes))),
        ("offers", spam.phrases),
        ("praise", praise.phrases),
    ):
        try:
            lists[name] = list(phrases())
            Finder(lists)
        except Exception as error:
            _log.error("The phrases of '%s' cannot be read: %s", name, type(error).__name__)
            lists.pop(name, None)
    return Finder(lists)


def _unread(subject: Subject) -> Material:
    return Material(subject, Cleaned("", "", [0]), ())


def _attempt(name: str, degraded: list[str], run: Callable[[], T], otherwise: T) -> T:
    try:
        return run()
    except Exception as error:  # Whatever it is: one signal must not block a comment.
        # The type alone: a message may quote the comment, and logs outlive it.
        _log.warning("The signal '%s' failed: %s", name, type(error).__name__)
        degraded.append(name)
        return otherwise


def _conclude(material: Material, evidence: list[Evidence], degraded: tuple[str, ...]) -> Assessment:
    concerns = [one for one in evidence if one.kind is Kind.CONCERN]
    missed = [name for name in degraded if name in _NEEDED]
    if missed:
        concerns.append(_incomplete(material, missed))
    signs = [one for one in evidence if one.kind is Kind.SPAM]
    concerns.sort(key=lambda one: -one.weight)
    signs.sort(key=lambda one: -one.weight)
    mood = material.mood
    return Assessment(
        flagged=bool(concerns),
        severity=max((one.severity for one in concerns), default=Severity.NONE),
        sentiment=round(mood.mean, 4),
        worst=round(mood.worst, 4),
        negative=round(sentiment.negative(mood.worst), 4) if mood.each else 0.0,
        spam=round(1.0 - prod(1 - one.weight for one in signs), 4),
        matters=tuple(dict.fromkeys(one.matter for one in concerns if one.matter)),
        reasons=(*_reasons(material, concerns[:MOST_CONCERNS]), *_reasons(material, signs[:MOST_SPAM_REASONS])),
        focus=material.cleaned.original(_focus(material, concerns)),
        degraded=degraded,
        version=VERSION,
    )


def _incomplete(material: Material, missed: list[str]) -> Evidence:
    label = INCOMPLETE.format(signals=", ".join(missed))
    return Evidence(Kind.CONCERN, "degraded", label, _first(material), 1.0, severity=Severity.LOW)


def _focus(material: Material, concerns: list[Evidence]) -> Span:
    """The sentence with the largest concern, else the worst one, else the first."""
    if concerns:
        heaviest: dict[Span, float] = {}
        for one in concerns:
            heaviest[one.span] = heaviest.get(one.span, 0.0) + one.weight
        return max(heaviest, key=lambda span: heaviest[span])
    each = material.mood.each
    if each and min(each) < 0:
        return material.sentences[each.index(min(each))]
    return _first(material)


def _first(material: Material) -> Span:
    return material.sentences[0] if material.sentences else Span(0, 0)


def _reasons(material: Material, evidence: list[Evidence]) -> list[Reason]:
    total = sum(one.weight for one in evidence)
    reasons = []
    for one in evidence:
        start, end = material.cleaned.original(one.span)
        words = material.subject.text[start:end]
        reasons.append(Reason(one.rule, one.label, one.matter, start, end, words, one.weight / total))
    return reasons
