"""The second look at a comment, by the models of tier 1; and what two looks come to: the second adds to what the first
has found, and takes nothing of it back.

A person may be at work on what the first has raised already.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis import deep, models
from analysis.by_meaning import sentences_heard
from analysis.deep import Deep
from analysis.learnt import Learnt, applied, as_shipped
from analysis.pipeline import Vocabulary, assess_all
from analysis.stored import Damaged
from model.assessment import SIGNALS, Assessment, Reason, Signal, Subject

_SPAM = "spam:"
_OF_SIGNALS = ("signals", "absent", "unmeasured", "kinds")


class Look:
    """What a second look is taken with: the encoder and the models that read it, loaded."""

    version = deep.VERSION

    def __init__(self, encoder: Deep) -> None:
        self._encoder = encoder

    def read(self, subjects: Sequence[Subject], by: Vocabulary) -> list[Assessment]:
        """What the models of tier 1, with those of tier 0, say of each comment; the version names both."""
        # Each text beside its sentences, which are read next: so its own vector, asked for after that, costs little.
        self._encoder.vectors([part for subject in subjects for part in (subject.text, *sentences_heard(subject.text))])
        said = assess_all(subjects, by, tier=1)
        return [replace(one, version=f"{one.version}+{self.version}") for one in said]

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As `Deep.vectors`."""
        return self._encoder.vectors(texts)


def load() -> Look:
    """Loads the encoder and the models of tier 1, once in a process. Raises Damaged with a plain sentence where one of
    them cannot be; whoever asks again tries it again."""
    look, there = Look(deep.shared()), models.at(1)
    if there.tier < 1 and any(one.tier == 1 for one in models.LOADERS):
        models.at.cache_clear()
        raise Damaged(there.problem)
    return look


def forget() -> None:
    """Gives back the memory of what `load` has loaded."""
    models.at.cache_clear()
    deep.forget()


def both(first: Assessment, second: Assessment) -> Assessment:
    """The second assessment, never lower than the first: flagged if either is, as grave as the graver, with the matters
    of both, and each signal as the one says it that says more. Where the first has found what the second has not, the
    reasons of both stand, the first's before."""
    keeps_all = (
        second.flagged >= first.flagged
        and second.spam >= first.spam
        and second.severity >= first.severity
        and set(first.matters) <= set(second.matters)
    )
    return replace(
        second,
        flagged=first.flagged or second.flagged,
        severity=max(first.severity, second.severity),
        matters=tuple(dict.fromkeys((*second.matters, *first.matters))),
        reasons=second.reasons if keeps_all else _of_both(first.reasons, second.reasons),
        focus=second.focus if keeps_all else first.focus,
        degraded=tuple(dict.fromkeys((*first.degraded, *second.degraded))),
        spam=max(first.spam, second.spam),
        negative=max(first.negative, second.negative),
        sentiment=min(first.sentiment, second.sentiment),
        worst=min(first.worst, second.worst),
        **_signals(first, second),
    )


def _signals(first: Assessment, second: Assessment) -> dict[str, Any]:
    """The fields of an assessment that its signals make. One that was assessed before there were signals has none."""
    if not (first.signals and second.signals):
        return {name: getattr(second if second.signals else first, name) for name in _OF_SIGNALS}
    shown = first if first.signal("personal_data").score > second.signal("personal_data").score else second
    return {
        "signals": tuple(_higher(first.signal(name), second.signal(name)) for name in SIGNALS),
        "absent": tuple(name for name in second.absent if name in first.absent),
        "unmeasured": tuple(name for name in SIGNALS if name in {*first.unmeasured, *second.unmeasured}),
        "kinds": shown.kinds,
    }


def _higher(first: Signal, second: Signal) -> Signal:
    one = first if first.score > second.score else second
    chances = [each.chance for each in (first, second) if each.chance is not None]
    return one._replace(chance=max(chances, default=None))


def learnt_of(first: Assessment, second: Assessment, by: Learnt, channel: str, grave: Collection[str]) -> Assessment:
    """What two looks come to with what was learnt here, which the first may have been assessed with: it is applied to
    what both say as they ship. What the first has raised stays raised."""
    now = applied(both(as_shipped(first), second), by, channel, grave)
    if now.flagged or not first.flagged:
        return now
    why, signs = (
        _concerns(now.reasons) or _concerns(first.reasons),
        [r for r in now.reasons if r.rule.startswith(_SPAM)],
    )
    return replace(now, flagged=True, before=None if now.before else False, reasons=(*why, *signs))


def _concerns(reasons: Sequence[Reason]) -> list[Reason]:
    return [one for one in reasons if not one.rule.startswith(_SPAM)]


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
