"""What two looks at one comment come to: the second adds to what the first has found, and takes nothing of it back.

A person may be at work on what the first has raised already.
"""

from collections.abc import Sequence
from dataclasses import replace

from model.assessment import Assessment, Reason

_SPAM = "spam:"


def both(first: Assessment, second: Assessment) -> Assessment:
    """The second assessment, never lower than the first: flagged if either is, as grave as the graver, with the matters
    of both. Where the first has found what the second has not, the reasons of both stand, the first's before."""
    keeps_all = (
        second.flagged >= first.flagged
        and second.severity >= first.severity
        and set(first.matters) <= set(second.matters)
    )
    return replace(
        second,
        flagged=first.flagged or second.flagged,
        severity=max(first.severity, second.severity),
        matters=tuple(dict.fromkeys((*second.matters, *first.matters))),
        reasons=second.reasons if keeps_all else _of_both(first.reasons, second.reasons),
        degraded=tuple(dict.fromkeys((*first.degraded, *second.degraded))),
        spam=max(first.spam, second.spam),
    )


def says_more(first: Assessment, both_looks: Assessment) -> bool:
    """Whether what two looks come to would raise a case, make one graver, or list a comment otherwise than the first
    did."""
    return (
        both_looks.flagged > first.flagged
        or both_looks.severity > first.severity
        or both_looks.suspected_spam > first.suspected_spam
        or not set(both_looks.matters) <= set(first.matters)
    )


def _of_both(first: Sequence[Reason], second: Sequence[Reason]) -> tuple[Reason, ...]:
    """The reasons of both, each once; the shares of each kind add up to 1 again."""
    there = {(one.rule, one.start, one.end) for one in first}
    found = [*first, *(one for one in second if (one.rule, one.start, one.end) not in there)]
    concerns = _shared([one for one in found if not one.rule.startswith(_SPAM)])
    return (*concerns, *_shared([one for one in found if one.rule.startswith(_SPAM)]))


def _shared(reasons: Sequence[Reason]) -> list[Reason]:
    total = sum(one.share for one in reasons)
    return [replace(one, share=one.share / total if total else 1 / len(reasons)) for one in reasons]
