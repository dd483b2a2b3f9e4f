"""What an organisation's decisions have taught, as it is applied to an assessment. Pure.

It never touches what somebody's safety may hang on: a comment flagged by one of PROTECTED, by a matter of severity high
or critical, or because a signal failed stays flagged whatever was learnt and whatever was switched off.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import log

from analysis.matters import load
from analysis.nets import logistic
from analysis.own import GRAVE, Change, tailored
from analysis.signals import TOLD_BY_MATTER
from model.assessment import AT_ONCE, HERE, SIGNALS, THRESHOLD, Assessment, Reason, Signal
from model.language import later
from model.words import Severity

PROTECTED = frozenset({*AT_ONCE, "crisis"})
"""Signals that learning never touches, and that nobody can switch off."""
CONCERN, SPAM, LEARNT, DEGRADED = "concern", "spam", "learnt", "degraded"
NEVER_ALARMS = frozenset({"derail"})
"""Signals that order and raise nothing: the head does not hear them."""
SWITCHABLE = frozenset(SIGNALS) - PROTECTED - {CONCERN}
"""Signals that a person can switch off. Concern is not among them: each matter that is not grave has its own switch."""
MISS_COSTS = 4
"""A comment that was missed costs as much as so many looks for nothing."""
FLAGS_FROM = 1 / (1 + MISS_COSTS)
"""From this chance on the head raises a comment, as a look then costs less than leaving it."""
_EDGE = 0.018
"""Scores are told apart between this and 1 less this: four steps of the logit on either side of the threshold."""
_SAYS = later("Here, comments like it needed a person")


def logit(score: float) -> float:
    """A score or a chance as it is added up, -4..4."""
    held = min(max(score, _EDGE), 1 - _EDGE)
    return log(held / (1 - held))


@dataclass(frozen=True, slots=True)
class Scale:
    """From the score of a signal to its chance here: 1 / (1 + exp(-(slope · logit(score) + offset)))."""

    signal: str
    slope: float
    offset: float

    def chance(self, score: float) -> float:
        return logistic(self.slope * logit(score) + self.offset)


@dataclass(frozen=True, slots=True)
class Head:
    """From what was measured of a comment to the chance that a person has to see it: a sum over its features."""

    weights: Mapping[str, float]
    offset: float

    def chance(self, features: Mapping[str, float]) -> float:
        known = self.weights
        return logistic(self.offset + sum(known[name] * value for name, value in features.items() if name in known))


@dataclass(frozen=True, slots=True)
class Learnt:
    """A version of what was learnt; number 0 is the assessment as it ships. `off` are the signals switched off."""

    number: int = 0
    scales: tuple[Scale, ...] = ()
    head: Head | None = None
    off: frozenset[str] = frozenset()

    def scale(self, signal: str) -> Scale | None:
        return next((one for one in self.scales if one.signal == signal), None)


NOTHING = Learnt()


@lru_cache(maxsize=4)
def grave(changes: tuple[Change, ...]) -> frozenset[str]:
    """The matters that learning leaves alone: those that ship grave, and those that the organisation made so."""
    return frozenset(one.key for one in (*load(), *tailored(changes)) if one.severity >= GRAVE)


def signal_of(rule: str) -> str:
    """The signal that a rule speaks for: 'concern' for a matter, 'spam' for its signs, else the rule's own name.

    >>> [signal_of(rule) for rule in ("matter:privacy", "example:own-1", "spam:links", "negative", "signal:abuse")]
    ['concern', 'concern', 'spam', 'negative', 'abuse']
    """
    kind, _, rest = rule.partition(":")
    return CONCERN if kind in ("matter", "example") else rest if kind == "signal" else kind


def scores(said: Assessment) -> dict[str, float]:
    """What was measured of a comment, by signal: neither what failed nor what nothing here gives. Of one that was
    assessed before there were signals, the two that were measured then."""
    found = {one.name: one.score for one in said.signals if one.name not in said.absent}
    found = found or {"negative": said.negative, SPAM: said.spam}
    return {name: score for name, score in found.items() if name not in said.degraded}


def chances(said: Assessment) -> dict[str, float]:
    """The chance that was told of each signal, of those that have one."""
    return {one.name: one.chance for one in said.signals if one.chance is not None and one.name not in said.degraded}


def raised_by(said: Assessment) -> tuple[str, ...]:
    """The signals by which a comment was raised, in the order of their reasons; none where it was not."""
    names = [signal_of(one.rule) for one in said.reasons]
    names += [name for name, matter in TOLD_BY_MATTER.items() if matter in said.matters]
    return tuple(dict.fromkeys(one for one in names if one != SPAM)) if said.flagged else ()


def features(scored: Mapping[str, float], matters: Iterable[str], channel: str, flagged: bool) -> dict[str, float]:
    """What the head adds up of a comment, each value -1..1; `flagged` as it ships. PROTECTED is not among it, nor what
    never alarms."""
    heard = scored.keys() - PROTECTED - NEVER_ALARMS
    found = {f"signal:{name}": logit(score) / 4 for name, score in scored.items() if name in heard}
    found |= {f"matter:{key}": 1.0 for key in matters}
    return found | {f"channel:{channel}": 1.0, "flagged": float(flagged)}


def fixed(said: Assessment, grave_ones: Collection[str]) -> bool:
    """Whether the flag of a comment stays whatever is learnt or switched off."""
    if not said.flagged:
        return False
    protected = any(score >= THRESHOLD for name, score in scores(said).items() if name in PROTECTED)
    ruled = any(signal_of(one.rule) in PROTECTED | {DEGRADED} for one in said.reasons)
    heavy = said.severity >= Severity.HIGH or any(one in grave_ones for one in said.matters)
    return protected or ruled or heavy or not PROTECTED.isdisjoint(said.degraded)


def applied(said: Assessment, by: Learnt, channel: str, grave_ones: Collection[str]) -> Assessment:
    """An assessment with what was learnt here. Its scores, matters and severity stay as they were measured, so a policy
    asks for no fewer approvals; where the flag is another one, `before` is what it was. To one that something was
    applied to before, it is applied anew; reasons that were switched off then stay off."""
    said = as_shipped(said)
    if by == NOTHING:
        return said
    now = replace(said, version=f"{said.version}{HERE}{by.number}", signals=_recalibrated(said, by))
    if fixed(said, grave_ones):
        return now
    now = _without(now, by.off & SWITCHABLE)
    if by.head is not None:
        now = _headed(now, by.head, features(scores(said), said.matters, channel, said.flagged))
    return now if now.flagged == said.flagged else replace(now, before=said.flagged)


def as_shipped(said: Assessment) -> Assessment:
    """An assessment without what was learnt, as far as that was applied to it."""
    if said.before is None and HERE not in said.version:
        return said
    reasons = tuple(one for one in said.reasons if one.rule != LEARNT)
    flagged = (
        said.flagged if said.before is None else said.before or any(signal_of(one.rule) != SPAM for one in reasons)
    )
    return replace(
        said,
        flagged=flagged,
        reasons=reasons,
        before=None,
        version=said.version.partition(HERE)[0],
        spam=max(said.spam, said.signal(SPAM).score),
        signals=tuple(_uncalibrated(one) for one in said.signals),
    )


def _recalibrated(said: Assessment, by: Learnt) -> tuple[Signal, ...]:
    """The signals, those that something was learnt of with their chance here."""
    measured = scores(said)
    scales = {one.signal: one for one in by.scales if one.signal in measured and one.signal not in PROTECTED}
    return tuple(
        one._replace(chance=round(scales[one.name].chance(one.score), 4), by=f"{one.by}{HERE}{by.number}")
        if one.name in scales
        else one
        for one in said.signals
    )


def _uncalibrated(one: Signal) -> Signal:
    """A signal without the chance that was learnt; what it shipped with is not known any more."""
    rule, learnt, _number = one.by.partition(HERE)
    return one._replace(chance=None, by=rule) if learnt else one


def _without(said: Assessment, off: frozenset[str]) -> Assessment:
    """An assessment without the reasons of signals that are switched off, and without its flag where none is left."""
    left = [one for one in said.reasons if signal_of(one.rule) not in off]
    if not off:
        return said
    concerns = [one for one in left if signal_of(one.rule) != SPAM]
    signs = [one for one in left if signal_of(one.rule) == SPAM]
    spam = 0.0 if SPAM in off else said.spam
    reasons = (*_shared(concerns), *_shared(signs))
    return replace(said, flagged=said.flagged and bool(concerns), reasons=reasons, spam=spam)


def _shared(reasons: list[Reason]) -> list[Reason]:
    """Reasons whose shares add up to 1 again."""
    whole = sum(one.share for one in reasons)
    return [replace(one, share=one.share / whole) for one in reasons] if whole else reasons


def _headed(said: Assessment, head: Head, found: Mapping[str, float]) -> Assessment:
    flagged = head.chance(found) >= FLAGS_FROM
    if flagged == said.flagged:
        return said
    if not flagged:
        return replace(said, flagged=False)
    start, end = said.focus
    # Nothing else raises it, so no other concern has a share: the sentence that matters stands for all of it.
    reason = Reason(LEARNT, _SAYS, "", start, end, "", 1.0)
    signs = tuple(one for one in said.reasons if signal_of(one.rule) == SPAM)
    return replace(said, flagged=True, severity=max(said.severity, Severity.LOW), reasons=(reason, *signs))
