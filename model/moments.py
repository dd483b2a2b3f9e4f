"""Moments and days as the reader's language writes them. The zone is the caller's: give what is in it already."""

from datetime import date, datetime
from functools import lru_cache

from model.language import _, current


def full(at: datetime) -> str:
    """'Mon 23 Nov 2026, 14:05'; 'Mo., 23. Nov. 2026, 14:05'."""
    return _("{weekday} {day} {month} {year}, {time}", time=f"{at:%H:%M}", **_parts(at))


def short(at: datetime, *, seconds: bool = False) -> str:
    """'23 Nov, 14:05', or '23 Nov, 14:05:09'."""
    return _("{day} {month}, {time}", time=f"{at:%H:%M:%S}" if seconds else f"{at:%H:%M}", **_parts(at))


def day(at: date) -> str:
    """'23 Nov'."""
    return _("{day} {month}", **_parts(at))


def day_in_full(at: date) -> str:
    """'23 November'."""
    return _("{day} {month}", day=at.day, month=_names(current())[3][at.month - 1])


def whole_day(at: date) -> str:
    """'23 November 2026'."""
    return _("{day} {month} {year}", day=at.day, month=_names(current())[3][at.month - 1], year=at.year)


def day_and_year(at: date) -> str:
    """'23 Nov 2026'."""
    return _("{day} {month} {year}", **_parts(at))


def weekdays() -> tuple[str, ...]:
    """The names of the days, from Monday on."""
    return _names(current())[2]


def _parts(at: date) -> dict[str, object]:
    months, days, *_whole = _names(current())
    return {"weekday": days[at.weekday()], "day": at.day, "month": months[at.month - 1], "year": at.year}


@lru_cache(maxsize=8)
def _names(language: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Months and days abbreviated, days and months in full.

    Babel takes 50 microseconds a moment, a page writes a hundred.
    """
    from babel.dates import get_day_names, get_month_names  # noqa: PLC0415 (6 MB: only for who writes dates)

    months = get_month_names("abbreviated", "format", language)
    days = get_day_names("abbreviated", "format", language)
    whole = get_day_names("wide", "stand-alone", language)
    long = get_month_names("wide", "format", language)
    return (
        tuple(str(months[number]) for number in range(1, 13)),
        tuple(str(days[number]) for number in range(7)),
        tuple(str(whole[number]) for number in range(7)),
        tuple(str(long[number]) for number in range(1, 13)),
    )
