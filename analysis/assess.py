"""From a comment to what is said of it: the phases in order, and how their findings become one assessment."""

from collections.abc import Callable
from typing import TypeVar

from analysis import phases
from analysis.matters import by_key
from analysis.phases import Concern, Hit, Mood, Work
from analysis.text import MAX_CHARACTERS, sentences, visible, words
from model.assessment import Assessment, Reason, Subject
from model.words import Severity

VERSION = "1"

_MOST_REASONS = 12
T = TypeVar("T")


def assess(subject: Subject) -> Assessment:
    """What the analysis says of one comment. Never raises; a phase that fails is named in `degraded`.

    A signal that failed is a neutral 0 and never counts as harmless: where matters or mood could not be judged, a person
    looks. Spam alone flags nothing, nor does a question; a matter does, whatever else the comment says.
    """
    text = visible(subject.text[:MAX_CHARACTERS])
    work = Work(subject, text, tuple(sentences(text)), tuple(words(text)))
    degraded: list[str] = []
    mood = _try(phases.mood, work, Mood(), "sentiment", degraded)
    concern = _try(phases.concerns, work, Concern(), "matters", degraded)
    hits = list(concern.hits)
    spam_hits = _try(phases.spam, work, [], "spam", degraded)
    severity = _severity(hits, concern.presses)
    if mood.negative >= phases.STRONGLY_NEGATIVE:
        hits = [*hits, Hit("negative", "Strongly negative", "", mood.worst_span, 1.0)]
        severity = max(severity, Severity.LOW)
    if not hits and {"sentiment", "matters"} & set(degraded):
        hits = [Hit("degraded", "Could not be assessed", "", (0, len(text)), 1.0)]
        severity = max(severity, Severity.LOW)
    return Assessment(
        flagged=bool(hits),
        severity=severity,
        sentiment=mood.mean,
        worst=mood.worst,
        negative=mood.negative,
        spam=_together(spam_hits),
        matters=tuple(dict.fromkeys(hit.matter for hit in hits if hit.matter)),
        reasons=(*_reasons(hits, text), *_reasons(spam_hits, text)),
        focus=_focus(hits, mood, work),
        degraded=tuple(degraded),
        version=VERSION,
    )


def _try(phase: Callable[[Work], T], work: Work, neutral: T, name: str, degraded: list[str]) -> T:
    try:
        return phase(work)
    except Exception:  # one failed signal must not stop the comment, nor the other signals
        degraded.append(name)
        return neutral


def _severity(hits: list[Hit], presses: bool) -> Severity:
    worst = max((by_key()[hit.matter].severity for hit in hits), default=Severity.NONE)
    # Three different matters, or facts that press, make a medium one high; what is high already has its route.
    several = len({hit.matter for hit in hits}) > 2
    return Severity(worst + 1) if worst == Severity.MEDIUM and (presses or several) else worst


def _together(hits: list[Hit]) -> float:
    """Independent evidence: 1 minus the product of what each hit leaves open."""
    left = 1.0
    for hit in hits:
        left *= 1 - hit.weight
    return round(1 - left, 4)


def _reasons(hits: list[Hit], text: str) -> tuple[Reason, ...]:
    """The heaviest hits as reasons, in the order of the text; their shares add up to 1."""
    kept = sorted(sorted(hits, key=lambda hit: -hit.weight)[:_MOST_REASONS], key=lambda hit: hit.span)
    total = sum(hit.weight for hit in kept)
    return tuple(
        Reason(
            rule=hit.rule,
            label=hit.label,
            matter=hit.matter,
            start=hit.span[0],
            end=hit.span[1],
            text=text[hit.span[0] : hit.span[1]],
            share=hit.weight / total,
        )
        for hit in kept
    )


def _focus(hits: list[Hit], mood: Mood, work: Work) -> tuple[int, int]:
    """The sentence that matters: where most concern stands, else the worst one, else the first."""
    if hits:
        weights: dict[tuple[int, int], float] = {}
        for hit in hits:
            weights[hit.span] = weights.get(hit.span, 0.0) + hit.weight
        return max(weights, key=lambda span: (weights[span], -span[0]))
    if mood.worst < 0:
        return mood.worst_span
    return work.sentences[0] if work.sentences else (0, 0)
