"""What an approval costs and how long a first answer takes, as it is kept: one record a response and level, one a case.

`docs/metrics.md` defines the figures that are made of them.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

OWN_AUTHORITY = -1
"""The `level` of what needed nobody. (0 is the expert's step, as in a route.)"""
SEVERAL = "several"
"""The `channel` of a response that went to more than one."""

ONCE = "once"
"""What a response counts as once, on its first day, at whatever level that is."""


class Cold(StrEnum):
    """Why there was nothing left to answer while a response waited for approval."""

    DELETED = "deleted"
    EDITED = "edited"
    ANSWERED = "answered"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


ASKED_FOR = "asked for"
"""In the place of a kind of change: changes were asked for, and nothing else was approved there (yet)."""


@dataclass(frozen=True, slots=True)
class LevelCost:
    """One response at one level, all its versions together.

    `day` (in UTC, ISO 8601) is when it first came there, `times` how often it did, `waited_s` how long it waited there
    in all that is over. `since` is set while it waits there now. `decided`: the last time there ended with a decision
    of the level. `looks` decisions are on record with the moment at which their person first had the version on the
    screen; `looked_s` are the seconds from there to the decision, each within a bound. `changed` is the kind of the
    weightiest change after the level asked for one (ASKED_FOR: none yet), from version `from_version` to `to_version`.
    """

    response_id: int
    level: int
    day: str
    channel: str
    action: str
    times: int
    waited_s: int
    since: datetime | None
    decided: bool
    looks: int
    looked_s: int
    changed: str
    from_version: int | None
    to_version: int | None
    refused: bool
    cold: str


@dataclass(frozen=True, slots=True)
class FirstResponse:
    """How long one case waited for words of ours that reached its channel, or (`answered` is False) was closed
    without any; `day` (in UTC, ISO 8601) is when it was opened."""

    case_id: int
    day: str
    channel: str
    severity: int
    answered: bool
    seconds: int


@dataclass(frozen=True, slots=True)
class Counted:
    """A line of a roll-up: so many (`n`) of `what`, by level or severity (`part`), channel and action; `step` is that
    of a length, else 0."""

    part: int
    channel: str
    action: str
    what: str
    step: int
    n: int
