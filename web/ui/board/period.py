"""The periods that a report can be of: whole months and quarters, or days of one's own. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from model import moments
from model.errors import BadInput
from model.language import _

MONTH, QUARTER, OWN = "month", "quarter", "own"
LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Period:
    """Days from the first to the last, both in it."""

    since: date
    until: date

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1


def last_month(today: date) -> Period:
    """The calendar month before the one that runs."""
    until = today.replace(day=1) - timedelta(days=1)
    return Period(until.replace(day=1), until)


def last_quarter(today: date) -> Period:
    """The quarter of the year before the one that runs."""
    until = today.replace(month=3 * ((today.month - 1) // 3) + 1, day=1) - timedelta(days=1)
    return Period(until.replace(month=until.month - 2, day=1), until)


def own(since: date, until: date, today: date) -> Period:
    """Days of one's own. Raises BadInput for those that do not follow each other, are to come, or are too many."""
    found = Period(since, until)
    if not since <= until <= today:
        raise BadInput(_("Choose a first day, and a last day that is not before it and not to come."))
    if found.days > LONGEST_DAYS:
        raise BadInput(_("A report is of {most} days at most.", most=LONGEST_DAYS))
    return found


def read(since: str, until: str, today: date) -> Period | None:
    """A period as it stands in an address; None for anything that is none."""
    try:
        return own(date.fromisoformat(since), date.fromisoformat(until), today)
    except (ValueError, BadInput):
        return None


def said(period: Period) -> str:
    """'1 October 2026 to 31 October 2026'."""
    if period.days == 1:
        return moments.whole_day(period.since)
    return _("{since} to {until}", since=moments.whole_day(period.since), until=moments.whole_day(period.until))
