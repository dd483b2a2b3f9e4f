"""The phases in order, and what they come to."""

import logging
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from analysis import deep, matters, models, own, praise, sentiment, signals, spam
from analysis.by_example import ByExample, Shown, harmless
from analysis.evidence import Evidence, Kind, Material, Mood, Told
from analysis.labels import INCOMPLETE
from analysis.language import language
from analysis.matters import Matter
from analysis.models import Models
from analysis.own import Change, tailored
from analysis.phrases import Finder
from analysis.text import LOOKED_AT, Cleaned, Span, clean, sentences
from analysis.tokens import undisguised
from model.assessment import SIGNALS, Assessment, Reason, Subject
from model.words import Language, Severity

VERSION = "6"
"""Changes whenever the same comment could be assessed differently."""
MOST_CONCERNS = 8
MOST_SPAM_REASONS = 4

Phase = Callable[[Material], Iterable[Evidence]]
PHASES: tuple[tuple[str, Phase], ...] = (
    ("strong words", sentiment.strong_negativity),
    ("matters", matters.concerns),
    ("links", spam.links),
    ("offers", spam.offers),
    ("repeats", spam.repeats),
    ("praise", praise.praise_that_fits_anywhere),
)
PARTS = ("text", "sentiment", *(name for name, _ in PHASES))
"""The names that may stand in `degraded`, besides those of signals, 'length' for a text that is too long to be read
whole, and 'examples' where it was not told what reads like the examples of an organisation's matters."""
_NEEDED = frozenset({"text", "length", "sentiment", "strong words", "matters"})

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


def assess(subject: Subject, by: Vocabulary = SHIPPED, tier: int = 0, *, final: bool = False) -> Assessment:
    """What the analysis says of a comment. `final` says that no second look follows: then its words alone raise a
    comment, which else wait for what it means. Never raises: a part that fails is named in `degraded`, its number is a
    neutral 0, and where a concern could have been missed the comment is flagged, so that it does not count as harmless.
    """
    return assess_all([subject], by, tier, final=final)[0]


def assess_all(
    subjects: Iterable[Subject], by: Vocabulary = SHIPPED, tier: int = 0, *, final: bool = False
) -> list[Assessment]:
    """The same of many comments, in their order; models that are quicker with many at a time are given them so."""
    there, all_of_them, n = models.at(tier), list(subjects), models.AT_ONCE
    parts = (all_of_them[start : start + n] for start in range(0, len(all_of_them), n))
    return [one for part in parts for one in _batch(part, by, there, final=final)]


def material_of(text: str) -> Material:
    """A text as models read it, for their trainer."""
    return _read(Subject(text), SHIPPED)


def absent(tier: int = 0) -> tuple[str, ...]:
    """The signals that nothing gives at a tier: their models are not here."""
    return _absent(models.at(tier))


def unreadable(tier: int = 0) -> Assessment:
    """The assessment of a comment of which nothing could be read: every signal degraded, and a person should look."""
    there = models.at(tier)
    failed = [name for name in SIGNALS if name not in _absent(there)]
    return _conclude(_Seen(_unread(Subject(text="")), [], [*PARTS, *failed]), [], there, VERSION)


@lru_cache(maxsize=8)
def _absent(there: Models) -> tuple[str, ...]:
    return tuple(name for name in SIGNALS if name not in signals.BY_RULE | there.gives)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A comment behind the phases: what they found, and what failed so far."""

    material: Material
    evidence: list[Evidence]
    degraded: list[str]


def _batch(subjects: Sequence[Subject], by: Vocabulary, there: Models, *, final: bool) -> Iterator[Assessment]:
    seen, looked_for = [_seen(subject, by) for subject in subjects], _looked_for(by)
    theirs = frozenset(change.key for change in by.changes)
    read = there.read([one.material for one in seen])
    for one, (said, failed), like in zip(seen, read, _like_examples(seen, by, there), strict=True):
        often = signals.said_often(one.evidence)
        told = [each for each in said if not (often and each.signal == "spam")]
        if not final:
            told = signals.waiting(told)
        if not one.material.subject.ours:
            one.evidence[:] = signals.weighed(told, one.evidence, theirs)
            one.evidence.extend(signals.read_between(one.material, told, one.evidence, looked_for))
        one.evidence.extend(signals.alarms(one.material, told, one.evidence))
        found_already = {each.matter for each in one.evidence}
        one.evidence.extend(each for each in like if each.matter not in found_already)
        # A model that tells the mood has heard VADER: its word is no second one beside it.
        better = {each.signal for each in told if each.mood}
        found = signals.ranked([*told, *_ruled(one, better)])
        one.degraded.extend(name for name in failed if name not in one.degraded)
        yield _conclude(one, found, there, by.called)


def _like_examples(seen: Sequence[_Seen], by: Vocabulary, there: Models) -> list[list[Evidence]]:
    """What reads like the organisation's examples, of each comment; nothing where there is no encoder."""
    nothing: list[list[Evidence]] = [[] for _ in seen]
    if there.tier == 0:
        return nothing
    degraded: list[str] = []

    def read() -> list[list[Evidence]]:
        finder = _by_example(by)
        return finder.read(deep.shared(), [one.material for one in seen]) if finder else nothing

    found = _attempt("examples", degraded, read)
    for one in seen:
        one.degraded.extend(degraded)
    return nothing if found is None else found


def _seen(subject: Subject, by: Vocabulary) -> _Seen:
    degraded: list[str] = []
    material = _attempt("text", degraded, lambda: _read(subject, by)) or _unread(subject)
    if len(subject.text) > LOOKED_AT:
        degraded.append("length")
    mood = _attempt("sentiment", degraded, lambda: sentiment.mood(material)) or Mood()
    material = Material(subject, material.cleaned, material.sentences, material.hits, mood)
    evidence: list[Evidence] = []
    for name, phase in PHASES:
        try:
            evidence += list(phase(material))
        except Exception as error:
            _fails(name, degraded, error)
    return _Seen(material, evidence, degraded)


def _ruled(one: _Seen, better: Container[str]) -> list[Told]:
    """What the rules tell of each of their signals but `better`; those of a part that failed fail with it."""
    found, parts = [], frozenset(one.degraded)
    for name, part, rule in signals.RULED:
        if name in better:
            continue
        if part in parts or "text" in parts:
            one.degraded.append(name)
            continue
        try:
            found.append(rule(one.material, one.evidence))
        except Exception as error:
            _fails(name, one.degraded, error)
    return found


def _read(subject: Subject, by: Vocabulary) -> Material:
    cleaned = clean(subject.text[:LOOKED_AT])
    spans = sentences(cleaned.text)
    return Material(subject, cleaned, spans, _finder(by).find(undisguised(cleaned.lower), spans))


@lru_cache(maxsize=4)
def _looked_for(by: Vocabulary) -> Mapping[str, Matter]:
    """The matters by key; none where they cannot be read (their phase fails by itself)."""
    return _attempt("matters", [], lambda: {one.key: one for one in tailored(by.changes)}) or {}


@lru_cache(maxsize=2)
def _by_example(by: Vocabulary) -> ByExample | None:
    shown = [Shown(matter, one.examples, one.near_misses) for matter, one in own.by_example(by.changes)]
    return ByExample(deep.shared(), shown, harmless()) if shown else None


@lru_cache(maxsize=4)
def _finder(by: Vocabulary) -> Finder:
    """All phrases that the phases look for, but for lists that cannot be read: their phases fail by themselves."""
    lists: dict[str, list[tuple[str, Any]]] = {}
    for name, phrases in (
        ("matters", lambda: matters.phrases(tailored(by.changes))),
        ("offers", spam.phrases),
        ("praise", praise.phrases),
    ):
        with _told_of(name):
            lists[name] = list(phrases())
    try:
        return Finder(lists)
    except Exception:  # one of them: which, is looked for, so that the others are found all the same
        for name in tuple(lists):
            one = lists.pop(name)
            with _told_of(name):
                Finder({name: one})
                lists[name] = one
        return Finder(lists)


@contextmanager
def _told_of(name: str) -> Iterator[None]:
    """Whatever is wrong with the phrases of one kind stops no other; the log says what it was."""
    try:
        yield
    except Exception as error:
        _log.error("The phrases of '%s' cannot be read: %s", name, type(error).__name__)


def _unread(subject: Subject) -> Material:
    return Material(subject, Cleaned("", "", [0]), ())


def _attempt(name: str, degraded: list[str], run: Callable[[], T]) -> T | None:
    """What a part gives, None where it fails."""
    try:
        return run()
    except Exception as error:  # Whatever it is: one signal must not block a comment.
        _fails(name, degraded, error)
        return None


def _fails(name: str, degraded: list[str], error: Exception) -> None:
    # The type alone: a message may quote the comment, and logs outlive it.
    _log.warning("The signal '%s' failed: %s", name, type(error).__name__)
    degraded.append(name)


def _conclude(seen: _Seen, told: Sequence[Told], there: Models, version: str) -> Assessment:
    material, evidence, degraded = seen.material, seen.evidence, tuple(seen.degraded)
    concerns = [one for one in evidence if one.kind is Kind.CONCERN]
    missed = [name for name in degraded if name in _NEEDED]
    if missed:
        concerns.append(_incomplete(material, missed))
    signs = [one for one in evidence if one.kind is Kind.SPAM]
    concerns.sort(key=lambda one: -one.weight)
    signs.sort(key=lambda one: -one.weight)
    scored, kinds = signals.concluded(material, told)
    by_name = {one.name: one for one in scored}
    mood = next((one.mood for one in told if one.mood), material.mood)
    spoken = _attempt("language", [], lambda: language(material.cleaned.text)) or Language.UNKNOWN
    return Assessment(
        flagged=bool(concerns),
        severity=max((one.severity for one in concerns), default=Severity.NONE),
        sentiment=round(mood.mean, 4),
        worst=round(mood.worst, 4),
        negative=by_name["negative"].score,
        spam=by_name["spam"].score,
        matters=tuple(dict.fromkeys(one.matter for one in concerns if one.matter)),
        reasons=(*_reasons(material, concerns[:MOST_CONCERNS]), *_reasons(material, signs[:MOST_SPAM_REASONS])),
        focus=material.cleaned.original(_focus(material, concerns)),
        degraded=degraded,
        version=version,
        signals=scored,
        absent=_absent(there),
        unmeasured=signals.unmeasured(material, told, spoken),
        kinds=kinds,
        language=spoken,
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
