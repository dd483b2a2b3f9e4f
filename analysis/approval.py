"""What approval costs and how long first answers take, as figures: what one response or case adds to its day, and what
all of them come to. Pure; `docs/metrics.md` has the definitions."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from types import MappingProxyType

from analysis import waiting
from analysis.changes import Change
from analysis.waiting import Lengths, Waited
from model.cost import ASKED_FOR, Cold, Counted, FirstResponse, LevelCost

CAME, OVER, BROKEN_OFF, LOOKS, LOOKED, REFUSED, BACK = (
    "came",
    "over",
    "broken off",
    "looks",
    "looked",
    "refused",
    "back",
)
ANSWERED, CLOSED = "answered", "closed"
_CHANGED, _COLD = "to ", "cold "


def of_response(one: LevelCost) -> Counter[tuple[str, int]]:
    """What a response at a level adds to its day. While it waits there its wait is not counted yet."""
    found: Counter[tuple[str, int]] = Counter({(CAME, 0): 1})
    if one.since is None and one.times:
        found[OVER if one.decided else BROKEN_OFF, waiting.step(one.waited_s)] += 1
    if one.looks:
        found[LOOKS, 0] += one.looks
        found[LOOKED, 0] += one.looked_s
    if one.changed:
        found[BACK, 0] += 1
    if one.changed not in ("", ASKED_FOR):
        found[_CHANGED + one.changed, 0] += 1
    if one.refused:
        found[REFUSED, 0] += 1
    if one.cold:
        found[_COLD + one.cold, 0] += 1
    return found


def of_case(one: FirstResponse) -> Counter[tuple[str, int]]:
    """What a case adds to its day."""
    return Counter({(ANSWERED if one.answered else CLOSED, waiting.step(one.seconds)): 1})


@dataclass(frozen=True)
class Cost:
    """What responses cost at one level (or at one of its channels).

    `n` are all that came there, `waits` how long each waited there. `looks` decisions took `looked_s` seconds. `back`
    were asked to be changed, `changed` says how many were, by kind; `refused` got a no; `cold` went cold, by why.
    """

    part: int
    channel: str
    n: int
    waits: Lengths
    looks: int = 0
    looked_s: int = 0
    back: int = 0
    changed: Mapping[Change, int] = field(default_factory=lambda: MappingProxyType({}))
    refused: int = 0
    cold: Mapping[Cold, int] = field(default_factory=lambda: MappingProxyType({}))

    @cached_property
    def waited(self) -> Waited:
        return waiting.waited(self.waits)

    @property
    def changed_in_all(self) -> int:
        return sum(self.changed.values())

    @property
    def cold_in_all(self) -> int:
        return sum(self.cold.values())

    @property
    def minutes(self) -> float | None:
        """Minutes of a person for a decision, on average; None where none is on record."""
        return self.looked_s / 60 / self.looks if self.looks else None


def costs(
    lines: Iterable[Counted],
    still: Iterable[LevelCost],
    now: datetime,
    actions: frozenset[str],
    *,
    by_channel: bool = False,
) -> list[Cost]:
    """What responses that do one of some things cost at each level, in order of the levels; `by_channel`: at each
    channel of each level."""
    sums: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    over: dict[tuple[int, str], Counter[int]] = defaultdict(Counter)
    left: dict[tuple[int, str], Counter[int]] = defaultdict(Counter)
    for line in lines:
        if line.action not in actions:
            continue
        key = line.part, line.channel if by_channel else ""
        if line.what in (OVER, BROKEN_OFF):
            (over if line.what == OVER else left)[key][line.step] += line.n
        else:
            sums[key][line.what] += line.n
    for one in still:
        if one.action in actions and one.since is not None:
            so_far = one.waited_s + max(0.0, (now - one.since).total_seconds())
            left[one.level, one.channel if by_channel else ""][waiting.step(so_far)] += 1
    return [
        Cost(
            part=key[0],
            channel=key[1],
            n=said[CAME],
            waits=Lengths(over[key], left[key]),
            looks=said[LOOKS],
            looked_s=said[LOOKED],
            back=said[BACK],
            changed={kind: said[_CHANGED + kind] for kind in Change if said[_CHANGED + kind]},
            refused=said[REFUSED],
            cold={why: said[_COLD + why] for why in Cold if said[_COLD + why]},
        )
        for key, said in sorted(sums.items())
    ]


def dearest(found: Iterable[Cost]) -> Cost | None:
    """The level to look at first: where most time went by, half of its responses having waited so long each. None where
    nothing waited."""
    return max((one for one in found if one.waits.n), key=_went_by, default=None)


def _went_by(one: Cost) -> float:
    """What is not over yet counts as the longest it has lasted."""
    median = one.waited.median
    return one.waits.n * (one.waited.longest if median is None else median)


@dataclass(frozen=True)
class First:
    """How long cases of one severity or channel ('' and -1: all of them) waited for a first answer; `closed` of them
    were closed without one, `open` have none yet."""

    severity: int
    channel: str
    waits: Lengths
    answered: int
    closed: int
    open: int

    @cached_property
    def waited(self) -> Waited:
        return waiting.waited(self.waits)


ALL = -1


def together(lines: Iterable[tuple[str, int, int]], still: Iterable[float]) -> Lengths:
    """How long cases waited for a first answer. `lines` are what became of them, the step, and how many; `still` for
    how many seconds the others wait by now."""
    over: Counter[int] = Counter()
    left: Counter[int] = Counter(waiting.step(seconds) for seconds in still)
    for what, step, n in lines:
        (over if what == ANSWERED else left)[step] += n
    return Lengths(over, left)


def first(lines: Iterable[Counted], still: Iterable[tuple[int, str, float]]) -> list[First]:
    """First answers: all, then by channel, then by severity, the gravest first. `still` are the open cases without one:
    severity, channel, and for how many seconds they wait by now."""
    over: dict[tuple[int, str], Counter[int]] = defaultdict(Counter)
    left: dict[tuple[int, str], Counter[int]] = defaultdict(Counter)
    opened: Counter[tuple[int, str]] = Counter()
    for line in lines:
        for key in _places(line.part, line.channel):
            (over if line.what == ANSWERED else left)[key][line.step] += line.n
    closed = {key: sum(steps.values()) for key, steps in left.items()}
    for severity, channel, seconds in still:
        for key in _places(severity, channel):
            left[key][waiting.step(seconds)] += 1
            opened[key] += 1
    keys = sorted({*over, *left}, key=lambda key: (key != (ALL, ""), key[0] != ALL, -key[0], key[1]))
    return [
        First(*key, Lengths(over[key], left[key]), sum(over[key].values()), closed.get(key, 0), opened[key])
        for key in keys
    ]


def _places(severity: int, channel: str) -> tuple[tuple[int, str], ...]:
    return (ALL, ""), (ALL, channel), (severity, "")
