"""What the first look flags by words alone and may keep to itself until the second look has spoken. Pure.

Phrases and strong words see a few words; the second look reads the whole, and overrules them in what is mild. So what
they alone have found waits for it, rather than being raised and found wrong some seconds later.
"""

from collections.abc import Container
from dataclasses import replace

from analysis.learnt import CONCERN, PROTECTED, SPAM, signal_of
from analysis.signals import BY_SIGNAL, TOLD_BY_MATTER
from model.assessment import Assessment, Signal
from model.words import Severity

_MILD = frozenset({CONCERN, "negative"})
_AT_ONCE = frozenset(TOLD_BY_MATTER.values())
_NEVER = PROTECTED | {"personal_data"}
"""Signals that wait for nothing."""


def may_wait(first: Assessment, theirs: Container[str]) -> bool:
    """Whether what the first look has flagged may wait for the second: matters up to severity high that are found by
    their phrases, and strongly negative words. Never where somebody may be in danger, personal data is shown or a part
    of the assessment failed, nor what was learnt here or is of a matter whose key is `theirs`: the organisation has
    changed or added it."""
    if not first.flagged:
        return False
    concerns = [one for one in first.reasons if signal_of(one.rule) != SPAM]
    return (
        bool(concerns)
        and first.severity < Severity.CRITICAL
        and not first.degraded
        and all(signal_of(one.rule) in _MILD and not one.rule.startswith(BY_SIGNAL) for one in concerns)
        and not any(one in theirs or one in _AT_ONCE for one in first.matters)
        and not any(first.signal(name).raised for name in _NEVER)
    )


def set_aside(first: Assessment) -> Assessment:
    """A first look that waited, as it counts beside the second: without its concern. The second look has read the same
    phrases, so what it leaves standing of them it says itself."""
    signs = tuple(one for one in first.reasons if signal_of(one.rule) == SPAM)
    signals = tuple(Signal(CONCERN, by=one.by) if one.name == CONCERN else one for one in first.signals)
    return replace(
        first, flagged=False, severity=Severity.NONE, matters=(), reasons=signs, signals=signals, before=None
    )
