"""When and how a person is told: at once or in a digest, outside their quiet hours, in their own time zone. Pure."""

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field

_MINUTE = timedelta(minutes=1)
_A_DAY = 24 * 60
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
    midnight where that is earlier; equal or missing: none. The digest comes at `digest_at`, each day or on `digest_day`
    (0 is Monday). `messenger` is an encrypted address.
    """

    model_config = ConfigDict(frozen=True)

    kinds: dict[str, How] = Field(default_factory=dict)
    zone: str = ""
    quiet_from: time | None = None
    quiet_until: time | None = None
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


def quiet(moment: datetime, choices: Choices, zone: ZoneInfo) -> bool:
    """Whether a moment lies in the quiet hours, as the wall clock shows it."""
    begin, end = choices.quiet_from, choices.quiet_until
    if begin is None or end is None or begin == end:
        return False
    shown = moment.astimezone(zone).time()
    return begin <= shown < end if begin < end else shown >= begin or shown < end


def awake(moment: datetime, choices: Choices, zone: ZoneInfo) -> datetime:
    """The moment itself, or the first full minute after it that is not quiet."""
    if not quiet(moment, choices, zone):
        return moment
    later = moment.replace(second=0, microsecond=0)
    # By minutes, as the wall clock may jump over the end of the quiet hours, or show it twice.
    for _ in range(2 * _A_DAY):
        later += _MINUTE
        if not quiet(later, choices, zone):
            return later
    return moment


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


def plan(wanted: How, alone: bool, now: datetime, choices: Choices, zone: ZoneInfo) -> tuple[How, datetime] | None:
    """How and when somebody is told of what begins to wait now; None: not at all, as they wish.

    `alone`: nobody else can do it. Then it is at least in the digest.
    """
    if wanted is How.NEVER and not alone:
        return None
    if wanted is How.AT_ONCE:
        return How.AT_ONCE, awake(now, choices, zone)
    return How.DIGEST, digest(now, choices, zone)
