"""Dates as people and programs write them, as moments in UTC. What could be two days is refused. Pure."""

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from model.language import _
from model.moments import day_in_full

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar",
            "feb february februar",
            "mar march mär märz mrz",
            "apr april",
            "may mai",
            "jun june juni",
            "jul july juli",
            "aug august",
            "sep sept september",
            "oct october okt oktober",
            "nov november",
            "dec december dez dezember",
        ),
        start=1,
    )
    for name in names.split()
}
_TIME = r"(?:[\s,T]+(?:at|um)?\s*(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,9})?)?\s*(am|pm|a\.m\.|p\.m\.|uhr)?)?"
_ZONE = r"(?:\s*(z|utc|gmt|[+-]\d{2}:?\d{2}))?"
_NUMBERS = re.compile(rf"(\d{{1,2}})([./-])(\d{{1,2}})\2(\d{{4}}){_TIME}{_ZONE}", re.IGNORECASE)
_DAY_FIRST = re.compile(rf"(?:\w{{2,12}},?\s+)?(\d{{1,2}})\.?\s+([^\W\d]{{3,10}})\.?,?\s+(\d{{4}}){_TIME}{_ZONE}", re.I)
_MONTH_FIRST = re.compile(
    rf"(?:\w{{2,12}},?\s+)?([^\W\d]{{3,10}})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}}){_TIME}{_ZONE}", re.I
)
_EPOCH = re.compile(r"\d{9,10}(?:\.\d{1,9})?|\d{12,13}")
_YEAR_FIRST = re.compile(r"\d{4}[-/]?\d{2}[-/]?\d{2}")


class Unclear(ValueError):
    """A date that cannot be read, or that could be two days; the message is for people."""


def parse(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """The moment that `text` names, in UTC. Without a zone of its own it is a time of `zone`; without a time, midnight.

    `now` bounds it: a comment is not of tomorrow. Raises Unclear with what to write instead.
    """
    told = " ".join(text.split())[:60]
    found = _epoch(told) or _iso(told) or _by_numbers(told) or _in_words(told) or _of_mail(told)
    if found is None:
        raise Unclear(_("The date “{told}” cannot be read. Write it as 2026-04-30 or 2026-04-30 14:05.", told=told))
    try:
        moment = (found.replace(tzinfo=zone) if found.tzinfo is None else found).astimezone(UTC)
    except (OverflowError, ValueError):
        raise Unclear(_("The date “{told}” is not one of a calendar.", told=told)) from None
    if moment > now + _AHEAD:
        raise Unclear(_("The date “{told}” lies in the future.", told=told))
    if moment < EARLIEST:
        raise Unclear(_("The date “{told}” lies before {year}.", told=told, year=EARLIEST.year))
    return moment


def _epoch(told: str) -> datetime | None:
    """Seconds or milliseconds since 1970."""
    if not _EPOCH.fullmatch(told):
        return None
    number = float(told)
    return datetime.fromtimestamp(number / 1000 if number >= 1e11 else number, UTC)


def _iso(told: str) -> datetime | None:
    if not _YEAR_FIRST.match(told):
        return None
    plain = re.sub(r"^(\d{4})/(\d{2})/(\d{2})", r"\1-\2-\3", told)
    plain = re.sub(r"\s+(?=(?:[+-]\d{2}:?\d{2}|Z)$)|\s*(?:UTC|GMT)$", "", plain)
    if re.search(r"(?:UTC|GMT)$", told):
        plain += "Z"
    try:
        return datetime.fromisoformat(plain)
    except ValueError:
        return None


def _by_numbers(told: str) -> datetime | None:
    """24.11.2026, 24/11/2026, 11/24/2026: with dots the day comes first, with others only where it must."""
    found = _NUMBERS.fullmatch(told)
    if not found:
        return None
    first, mark, second, year = int(found[1]), found[2], int(found[3]), int(found[4])
    if mark != "." and first <= 12 and second <= 12 and first != second:
        try:
            one, other = date(year, second, first), date(year, first, second)
        except ValueError:
            return None
        raise Unclear(
            _(
                "The date “{told}” could be {one} or {other}. Write it as {first} or {second}.",
                told=told,
                one=day_in_full(one),
                other=day_in_full(other),
                first=one.isoformat(),
                second=other.isoformat(),
            )
        )
    day, month = (second, first) if mark != "." and second > 12 else (first, second)
    return _made(year, month, day, found[5], found[6], found[7], found[8], found[9])


def _in_words(told: str) -> datetime | None:
    """24 November 2026, Nov 24, 2026, 14:05."""
    if found := _DAY_FIRST.fullmatch(told):
        day, month = found[1], found[2]
    elif found := _MONTH_FIRST.fullmatch(told):
        month, day = found[1], found[2]
    else:
        return None
    number = _MONTHS.get(month.casefold())
    return _made(int(found[3]), number, int(day), *found.groups()[3:]) if number else None


def _of_mail(told: str) -> datetime | None:
    """As in the head of a mail, with a zone that is known."""
    if not re.search(r"(?:[+-]\d{4}|\b(?:GMT|UTC|[ECMP][SD]T))(?:\s*\(\w{1,10}\))?$", told):
        return None
    try:
        found = parsedate_to_datetime(told)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _made(
    year: int,
    month: int,
    day: int,
    hour: str | None = None,
    minute: str | None = None,
    second: str | None = None,
    half: str | None = None,
    zone: str | None = None,
) -> datetime | None:
    hours = int(hour or 0)
    if half and half[0].lower() in "ap":
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if half[0].lower() == "p" else 0)
    offset = "" if not zone else "+00:00" if zone.lower() in ("z", "utc", "gmt") else zone
    try:
        return datetime.fromisoformat(
            f"{year:04}-{month:02}-{day:02}T{hours:02}:{int(minute or 0):02}:{int(second or 0):02}{offset}"
        )
    except ValueError:
        return None
