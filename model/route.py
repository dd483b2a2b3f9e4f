"""The levels a response needs, and why."""

from dataclasses import dataclass

from model.words import Action, Channel, Quorum, Severity

EXPERT = 0
"""The `level` of the expert's step: it comes before level 1. (Own authority, level 0, needs no step at all.)"""


@dataclass(frozen=True, slots=True)
class Facts:
    """What routing is told of a response. None is unknown, and what is unknown takes the stricter branch.

    `asked_levels` are those somebody escalated the case to; the author cannot take them off. `concern` is whether the
    comment that it answers, hides or shows is flagged for anything but spam, or somebody made a case of it.
    """

    channels: frozenset[Channel]
    severity: Severity | None
    matters: frozenset[str] | None
    sentiment: float | None
    asked_levels: frozenset[int] = frozenset()
    action: Action = Action.REPLY
    concern: bool | None = True


@dataclass(frozen=True, slots=True)
class Step:
    """One level of a route. `because` names the rules (or 'escalated') that asked for it."""

    level: int
    name: str
    quorum: Quorum | int
    answers_within_s: int
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Because:
    """A rule that matched: its id, what it says to people, the levels it asked for (0: the expert's step)."""

    rule: str
    says: str
    levels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """The steps in order; no steps means own authority."""

    steps: tuple[Step, ...]
    because: tuple[Because, ...]
