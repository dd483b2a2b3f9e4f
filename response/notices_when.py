"""When and how a person is told: at once or in a digest, outside their quiet hours, in their working hours and in their
own time zone. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field

_MINUTE = timedelta(minutes=1)
_A_DAY = 24 * 60
_LOOKED_AHEAD = 9 * _A_DAY  # minutes: a week of which one day is worked, and a change of the clocks
_DIGEST_WITHIN = 9  # days: one week, and what a change of the clocks may push


class How(StrEnum):
    """How somebody is told of one kind of thing."""

    AT_ONCE = "at once"
    DIGEST = "digest"
    NEVER = "never"


class Way(StrEnum):
    """By what somebody is told."""

    MAIL = "e-mail"
    MESSENGER = "messenger"


class Choices(BaseModel):
    """What a person chose. Times are of the wall clock in `zone` (empty: the organisation's).

    `kinds` has what differs from what is usual for a kind. Quiet hours run from `quiet_from` to `quiet_until`, over
    midnight where that is earlier; equal or missing: none. Working hours are on `work_days` (0 is Monday; none: always)
    from `work_from` to `work_until`, into the next day where that is earlier. The digest comes at `digest_at`, each day
    or on `digest_day`. `messenger` is an encrypted address.
    """

    model_config = ConfigDict(frozen=True)

    kinds: dict[str, How] = Field(default_factory=dict)
    zone: str = ""
    quiet_from: time | None = None
    quiet_until: time | None = None
    work_days: tuple[Annotated[int, Field(ge=0, le=6)], ...] = ()
    work_from: time = time(9)
    work_until: time = time(17)
    digest_at: time = time(8)
    digest_day: Annotated[int, Field(ge=0, le=6)] | None = None
    way: Way = Way.MAIL
    messenger: str = Field("", repr=False)


def zone_of(choices: Choices, organisations: str) -> ZoneInfo:
    """A person's time zone; UTC where neither name is known on this machine."""
    for name in (choices.zone, organisations):
        try:
            if name:
                return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            continue
    return ZoneInfo("UTC")


def works(moment: datetime, choices: Choices, zone: ZoneInfo) -> bool:
    """Whether a moment lies in the working hours, as the wall clock shows it; always, where none were chosen."""
    if not choices.work_days:
        return True
    here, begin, end = moment.astimezone(zone), choices.work_from, choices.work_until
    today, yesterday = here.weekday(), (here.weekday() - 1) % 7
    if begin < end:
        return today in choices.work_days and begin <= here.time() < end
    # Into the next day: the early hours belong to the day before.
    return (today in choices.work_days and here.time() >= begin) or (
        yesterday in choices.work_days and here.time() < end
    )


def quiet(moment: datetime, choices: Choices, zone: ZoneInfo, urgent: bool = False) -> bool:
    """Whether nothing is sent at a moment: in the quiet hours, and outside of the working hours what is not urgent."""
    if not urgent and not works(moment, choices, zone):
        return True
    begin, end = choices.quiet_from, choices.quiet_until
    if begin is None or end is None or begin == end:
        return False
    shown = moment.astimezone(zone).time()
    return begin <= shown < end if begin < end else shown >= begin or shown < end


def awake(moment: datetime, choices: Choices, zone: ZoneInfo, urgent: bool = False) -> datetime:
    """The moment itself, or the first full minute after it that is not quiet."""
    if not quiet(moment, choices, zone, urgent):
        return moment
    later = moment.replace(second=0, microsecond=0)
    # By minutes, as the wall clock may jump over the end of the quiet hours, or show it twice.
    for _ in range(_LOOKED_AHEAD):
        later += _MINUTE
        if not quiet(later, choices, zone, urgent):
            return later
    # Who works in their quiet hours alone is told outside of both.
    return moment if urgent else awake(moment, choices, zone, urgent=True)


def digest(moment: datetime, choices: Choices, zone: ZoneInfo) -> datetime:
    """When the next digest after a moment comes; where its hour is quiet, when the quiet hours end."""
    today = moment.astimezone(zone).date()
    for days in range(-1, _DIGEST_WITHIN):
        day = today + timedelta(days=days)
        if choices.digest_day is not None and day.weekday() != choices.digest_day:
            continue
        comes = datetime.combine(day, choices.digest_at, zone).astimezone(UTC)
        if comes >= moment:
            return awake(comes, choices, zone)
    return awake(moment + timedelta(days=1), choices, zone)


@dataclass(frozen=True, slots=True)
class Reach:
    """How a person can be reached: what they chose, their zone, and until when they are out of office, if they are."""

    choices: Choices
    zone: ZoneInfo
    away_until: datetime | None = None

    def now(self, moment: datetime, urgent: bool) -> bool:
        """Whether something can be sent at this moment."""
        return not (self.away_until and moment < self.away_until) and not quiet(moment, self.choices, self.zone, urgent)

    def next(self, moment: datetime, urgent: bool) -> datetime:
        """When something can be sent next."""
        begin = max(moment, self.away_until) if self.away_until else moment
        return awake(begin, self.choices, self.zone, urgent)


def plan(wanted: How, alone: bool, now: datetime, reach: Reach, urgent: bool = False) -> tuple[How, datetime] | None:
    """How and when somebody is told of what begins to wait now; None: not at all, as they wish.

    `alone`: nobody else can do it. Then it is at least in the digest. Whoever is out of office is told afterwards.
    """
    if wanted is How.NEVER and not alone:
        return None
    if wanted is How.AT_ONCE:
        return How.AT_ONCE, reach.next(now, urgent)
    begin = max(now, reach.away_until) if reach.away_until else now
    return How.DIGEST, digest(begin, reach.choices, reach.zone)
