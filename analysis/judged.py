"""How good the assessment is here, from what people decided: how often raising was right, and what was missed. Pure."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from analysis.figures import FEW
from analysis.intervals import wilson
from analysis.learnt import DEGRADED, SPAM
from model.assessment import THRESHOLD
from model.label import Label

PROPOSED_FROM, PROPOSED_BELOW = 50, 0.5
"""Of so many judgements, and when fewer than this part was right, switching off is proposed."""


@dataclass(frozen=True, slots=True)
class Line:
    """How often it was right to raise a comment by one of a kind: `right` of `n` judged; the 95 % interval of that
    share. With fewer than FEW it is too few to tell."""

    key: str
    n: int
    right: int

    @property
    def share(self) -> float | None:
        return self.right / self.n if self.n >= FEW else None

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.right, self.n)


@dataclass(frozen=True, slots=True)
class Precision:
    """The lines of each kind, those with most judgements first."""

    everything: Line
    signals: tuple[Line, ...]
    matters: tuple[Line, ...]
    channels: tuple[Line, ...]
    languages: tuple[Line, ...]


def precision(labels: Iterable[Label]) -> Precision:
    """How often it was right to raise, of those comments that were raised and then judged."""
    some = list(labels)
    raised = [one for one in some if one.flagged and one.wanted is not None]
    spam = [(SPAM, bool(one.spam)) for one in some if one.spam is not None and one.scores.get(SPAM, 0) >= THRESHOLD]
    return Precision(
        Line("", len(raised), sum(bool(one.wanted) for one in raised)),
        _lines([*_pairs(raised, lambda one: [name for name in one.raised if name != DEGRADED]), *spam]),
        _lines(_pairs(raised, lambda one: one.matters)),
        _lines(_pairs(raised, lambda one: (one.channel,))),
        _lines(_pairs(raised, lambda one: (one.language,))),
    )


def _pairs(labels: Iterable[Label], keys: Callable[[Label], Iterable[str]]) -> list[tuple[str, bool]]:
    return [(key, bool(one.wanted)) for one in labels for key in keys(one)]


def _lines(pairs: Iterable[tuple[str, bool]]) -> tuple[Line, ...]:
    found: dict[str, list[bool]] = defaultdict(list)
    for key, right in pairs:
        found[key].append(right)
    lines = (Line(key, len(each), sum(each)) for key, each in found.items())
    return tuple(sorted(lines, key=lambda one: (-one.n, one.key)))


def to_switch_off(lines: Iterable[Line], can: Collection[str]) -> list[Line]:
    """Those that are more often wrong than right, with judgements enough to say so, of those that `can` be switched
    off."""
    return [one for one in lines if one.key in can and one.n >= PROPOSED_FROM and one.right < PROPOSED_BELOW * one.n]


# --- what was missed -------------------------------------------------------------------------------------------------


class Answer(StrEnum):
    """Whether somebody would have had to see a comment. The value is stored."""

    YES = "yes"
    NO = "no"
    CANNOT_SAY = "cannot say"


@dataclass(frozen=True, slots=True)
class Asked:
    """A comment that was drawn, and what was said of it; of its stratum in its week there were `population`, of which
    `drawn` were drawn."""

    week: str
    channel: str
    language: str
    population: int
    drawn: int
    answer: str


@dataclass(frozen=True, slots=True)
class Missed:
    """What was missed by an estimate: among `population` comments that nothing raised, of which `answered` were judged
    (cannot say left out) and `yes` had to be seen; each answer stands for its stratum. `share` and its interval are
    None and 0..1 where too few were judged."""

    key: str
    population: int
    answered: int
    yes: int
    share: float | None
    interval: tuple[float, float]

    @property
    def about(self) -> tuple[int, int, int] | None:
        """How many that would be: as estimated, at least, and at most."""
        if self.share is None:
            return None
        low, high = self.interval
        n = self.population
        return round(n * self.share), max(self.yes, round(n * low)), round(n * high)


def missed(asked: Sequence[Asked], key: str = "") -> Missed:
    """The estimate from what was asked. The interval is Wilson's on the effective number of answers (Kish): an answer
    that stands for many counts for more, and makes the whole less sure."""
    strata = {(one.week, one.channel, one.language): one.population for one in asked}
    told = [one for one in asked if one.answer in (Answer.YES, Answer.NO)]
    answered: dict[tuple[str, str, str], int] = defaultdict(int)
    for one in told:
        answered[one.week, one.channel, one.language] += 1
    weights = [one.population / answered[one.week, one.channel, one.language] for one in told]
    yes = sum(one.answer == Answer.YES for one in told)
    if len(told) < FEW:
        return Missed(key, sum(strata.values()), len(told), yes, None, (0.0, 1.0))
    whole = sum(weights)
    share = sum(weight for weight, one in zip(weights, told, strict=True) if one.answer == Answer.YES) / whole
    effective = whole**2 / sum(weight**2 for weight in weights)
    return Missed(key, sum(strata.values()), len(told), yes, share, wilson(share * effective, effective))


def missed_by(asked: Sequence[Asked], key: Callable[[Asked], str]) -> list[Missed]:
    """The same for each channel, or each language; the largest first."""
    keys = sorted({key(one) for one in asked})
    found = [missed([one for one in asked if key(one) == each], each) for each in keys]
    return sorted(found, key=lambda one: (-one.population, one.key))
