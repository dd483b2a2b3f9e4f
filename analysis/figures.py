"""The figures of the overview that are about comments: pure functions of counts. docs/metrics.md defines each in words.

What was usual comes from the same weekdays of the eight weeks before. Nothing here knows a database or a clock.
"""

import math
import re
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from analysis.commonest import COMMONEST
from model.tally import Tally

WEEKS = 8
"""Weeks before that a value is compared with."""
LEAST_WEEKS = 4
"""Fewer weeks are too little past to say what is usual."""
FEW = 20
"""Of fewer comments than this, a share is said as a count and not in percent."""


# --- what is usual ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Usual:
    """What was usual: the quartiles of the values of `weeks` weeks. About half of them lay from `low` to `high`."""

    low: float
    middle: float
    high: float
    weeks: int


def usual(values: Sequence[float]) -> Usual | None:
    """The quartiles of the values of the weeks before, by linear interpolation between them (type 7 of Hyndman & Fan,
    1996); None for fewer than LEAST_WEEKS."""
    if len(values) < LEAST_WEEKS:
        return None
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return Usual(low, middle, high, len(values))


def same_weekdays(since: date, until: date, begun: date | None) -> list[list[date]]:
    """For each of the eight weeks before a period that has a past, the day that stands for each day of the period: the
    one of that week with the same weekday. So a month is compared with what it would have been, had each of its days
    been as in that week; and of seven days these are the seven days themselves. `begun`: from which day on the past is
    known, None: nothing is."""
    days = [since + timedelta(days=n % 7) for n in range((until - since).days + 1)]
    weeks = [timedelta(weeks=week) for week in range(1, WEEKS + 1) if begun and since - timedelta(weeks=week) >= begun]
    return [[day - week for day in days] for week in weeks]


def percent(part: int, whole: int) -> float | None:
    """The share of `part` in `whole`, 0..100; None where `whole` is below FEW, as a share of so few says nothing."""
    return 100 * part / whole if whole >= FEW else None


def mean_sentiment(tally: Tally) -> float | None:
    """The mean sentiment of the comments, -1..1; None without any."""
    return tally.sentiment / tally.comments if tally.comments else None


# --- what can be compared -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Past:
    """What a time can be compared with: from the day `begun` on (None: nothing can be) all sources are known but those
    that are `young`, which are left out of both sides."""

    begun: date | None
    young: frozenset[int]


SPOKEN_FOR = 0.5
"""Where sources with a past bring less than this share of the comments, nothing is said to be usual: of all of them, or
of those about one matter."""


def past(firsts: Mapping[int, date], since: date) -> Past:
    """The past of a time that begins on the day `since`, by the first known day of each source: young is a source that
    was not there for LEAST_WEEKS whole weeks before. The first day itself is no whole one."""
    latest = since - timedelta(weeks=LEAST_WEEKS)
    whole = {source: first + timedelta(days=1) for source, first in firsts.items()}
    old = {source: first for source, first in whole.items() if first <= latest}
    return Past(max(old.values(), default=None), frozenset(whole.keys() - old.keys()))


def comparable_from(first: date) -> date:
    """The first day of the earliest period that a source with a first comment on that day can be compared in."""
    return first + timedelta(days=1, weeks=LEAST_WEEKS)


def past_of_signs(firsts: Mapping[int, date], today: date) -> Past:
    """The past that early signs are looked for in: of sources that LEAST_REPLAYED days can be replayed of."""
    return past(firsts, today - timedelta(days=LEAST_REPLAYED + 1))


def speaks_for(compared: int, whole: int) -> bool:
    """Whether so many comments that are compared are so much of the whole that a word on the whole can rest on them."""
    return compared >= SPOKEN_FOR * whole


# --- is it calm? -----------------------------------------------------------------------------------------------------


class Calm(StrEnum):
    """The answer to 'is it calm?'."""

    NO_PAST = "no past"
    CALMER = "calmer"
    USUAL = "usual"
    BUSIER = "busier"
    NOT_CALM = "not calm"


def verdict(now: Tally, past: Sequence[Tally], *, signs: int = 0) -> Calm:
    """Whether the last seven days were calm, by this rule, the first that holds:

    1. an early sign came up today or yesterday: not calm;
    2. there are fewer than LEAST_WEEKS weeks of past: nobody can say yet;
    3. more comments, or more that needed a person, than in the usual range: busier than usual;
    4. neither is above its middle, and one of them is below its usual range: calmer than usual;
    5. else: as usual.
    """
    if signs:
        return Calm.NOT_CALM
    pairs = [(now.comments, usual([one.comments for one in past])), (now.flagged, usual([one.flagged for one in past]))]
    known = [(value, was) for value, was in pairs if was is not None]
    if not known:
        return Calm.NO_PAST
    if any(value > was.high for value, was in known):
        return Calm.BUSIER
    if all(value <= was.middle for value, was in known) and any(value < was.low for value, was in known):
        return Calm.CALMER
    return Calm.USUAL


# --- early signs -----------------------------------------------------------------------------------------------------


class What(StrEnum):
    """What can rise: all comments, the negative ones among them, one matter, the busiest thread, new authors."""

    COMMENTS = "comments"
    NEGATIVE = "negative"
    MATTER = "matter"
    THREAD = "thread"
    NEW_AUTHORS = "new authors"


@dataclass(frozen=True, slots=True)
class Series:
    """A count for each day; days that are not in it had none. `of` is there where the count is looked at as a share of
    another one. `subject` is the key of a matter."""

    what: What
    counts: Mapping[date, int]
    of: Mapping[date, int] | None = None
    subject: str = ""
    chances: dict[tuple[date, int], float] = field(default_factory=dict, compare=False, repr=False)
    """What was worked out before, by the day and how many before it: several ask for the same."""


@dataclass(frozen=True, slots=True)
class Sign:
    """An unusual rise: `count` on `day`, where `expected` was usual on this weekday by the `weeks` before. `chance` is
    how often so many or more would come by mere chance."""

    what: What
    subject: str
    day: date
    count: int
    expected: float
    weeks: int
    chance: float


LEAST_COUNT = 5
"""Fewer comments than this are no sign, however unusual."""
REPLAYED = 56
"""Days of the past over which the bound is tried out."""
LEAST_REPLAYED = 14
"""As long as fewer days can be replayed, there is no bound, and so there are no signs."""
BOUNDS = tuple(10.0**-power for power in range(2, 31))
"""From 1 in 100 on, each a tenth of the one before."""


def tail(count: int, mean: float) -> float:
    """The chance of `count` or more where `mean` is expected, by Poisson's distribution. What is at or below the mean
    is no rise: 1."""
    if count <= mean or count <= 0:
        return 1.0
    term = math.exp(count * math.log(mean) - mean - math.lgamma(count + 1)) if mean > 0 else 0.0
    total, number = 0.0, count
    while term > total * 1e-12:
        total += term
        number += 1
        term *= mean / number
    return min(1.0, total)


def rise(series: Series, day: date, begun: date) -> Sign | None:
    """How unusual the count of a day is against the same weekday of the weeks before, back to `begun`; None where there
    are fewer than LEAST_WEEKS of them.

    Expected is the mean of these days, half a comment added to their sum, so that what never was is rare and not
    impossible. Of a share it is the day's whole times the share that these days had together.
    """
    before = _before(day, begun)
    if len(before) < LEAST_WEEKS:
        return None
    count, expected = series.counts.get(day, 0), _expected(series, day, before)
    chance = tail(count, expected) if count >= LEAST_COUNT else 1.0
    return Sign(series.what, series.subject, day, count, expected, len(before), chance)


_BACK = tuple(timedelta(weeks=week) for week in range(1, WEEKS + 1))


def _before(day: date, begun: date) -> list[date]:
    """The same weekday of the weeks before that have a past."""
    return [one for one in (day - week for week in _BACK) if one >= begun]


def _expected(series: Series, day: date, before: Sequence[date]) -> float:
    total = sum([series.counts.get(one, 0) for one in before]) + 0.5
    if series.of is None:
        return total / len(before)
    return series.of.get(day, 0) * total / (sum(series.of.get(one, 0) for one in before) + 1)


def bound(all_series: Sequence[Series], today: date, begun: date) -> float | None:
    """The chance from which down a rise is a sign: the largest of BOUNDS that would have brought at most one sign in
    two weeks over the days before yesterday, REPLAYED at most. A rise that goes on the next day is one sign, and so
    are several on one day: one thing that happens shows in many counts.

    None while fewer than LEAST_REPLAYED days have a past to be compared with.
    """
    past = _replayed(today, begun)
    if len(past) < LEAST_REPLAYED:
        return None
    least = [min((_chance(series, day, before) for series in all_series), default=1.0) for day, before in past]
    most = len(past) // LEAST_REPLAYED
    return next((one for one in BOUNDS if len(_begins(least, one)) <= most), BOUNDS[-1])


def _replayed(today: date, begun: date) -> list[tuple[date, list[date]]]:
    """The days before yesterday that have a past to be compared with, and that past."""
    days = (today - timedelta(days=back) for back in range(REPLAYED + 1, 1, -1))
    return [(day, _before(day, begun)) for day in days if day - timedelta(weeks=LEAST_WEEKS) >= begun]


def _chance(series: Series, day: date, before: Sequence[date]) -> float:
    """As `rise` has it; 1 for what is surely above each of BOUNDS, which is nearly every day."""
    count = series.counts.get(day, 0)
    if count < LEAST_COUNT:
        return 1.0
    known = series.chances.get((day, len(before)))
    if known is None:
        expected = _expected(series, day, before)
        known = tail(count, expected) if count > expected + 2 * math.sqrt(expected) else 1.0
        series.chances[day, len(before)] = known
    return known


def _begins(chances: Sequence[float], most: float) -> list[int]:
    """The places at which a rise begins: its chance is small enough while the one of the day before is not."""
    pairs = zip([1.0, *chances], chances, strict=False)
    return [place for place, (before, chance) in enumerate(pairs) if chance <= most < before]


def early_signs(all_series: Sequence[Series], today: date, begun: date) -> list[Sign]:
    """The unusual rises of today and yesterday, the most unusual first; none while there is too little past.

    Today is not over: what has come so far is held against the whole of such days, so it is found late, never wrongly.
    """
    most = bound(all_series, today, begun)
    found: dict[tuple[What, str], Sign] = {}
    for series in all_series if most is not None else ():
        for day in (today - timedelta(days=1), today):
            sign = rise(series, day, begun)
            if sign and most is not None and sign.chance <= most:
                found[series.what, series.subject] = sign
    return sorted(found.values(), key=lambda sign: sign.chance)


def earlier_signs(all_series: Sequence[Series], today: date, begun: date) -> list[Sign]:
    """The rises that began on the days replayed and are signs by the bound of today, oldest first; of one day the most
    unusual first."""
    most, past = bound(all_series, today, begun), _replayed(today, begun)
    if most is None:
        return []
    found = []
    for series in all_series:
        for place in _begins([_chance(series, day, before) for day, before in past], most):
            found.append(rise(series, past[place][0], begun))
    return sorted((one for one in found if one), key=lambda sign: (sign.day, sign.chance))


# --- what is said ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rising:
    """A word: in how many of the comments looked at it stands now, and in how many it stood before. `example` is the
    number of the newest comment that has it. `new`: it stood in none before."""

    word: str
    now: int
    before: int
    example: int

    @property
    def new(self) -> bool:
        return self.before == 0


LEAST_WITH_WORD = 3
"""A word in fewer comments than this does not rise."""
RISES = 0.001
"""The chance from which down a word rises."""
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{4,30}")


def words(text: str) -> frozenset[str]:
    """The words of a text in small letters, each once: four to thirty letters, links and the commonest words of any
    language left out."""
    return frozenset(_WORD.findall(_LINK.sub(" ", text.casefold()))) - COMMONEST


def rising(now: Sequence[tuple[int, frozenset[str]]], before: Sequence[frozenset[str]], most: int = 6) -> list[Rising]:
    """The words that more comments have now than before, the most unusual first. `now` are the comments' numbers with
    their words, the newest first; a word counts once a comment.

    By Poisson's distribution, expected being the share of the comments before that had the word (half a comment added)
    times the number of comments now. Without comments before nothing rises.
    """
    if not before:
        return []
    here, there = _with_word([words for _, words in now]), _with_word(before)
    found = []
    for word, count in here.items():
        if count >= LEAST_WITH_WORD:
            expected = (there.get(word, 0) + 0.5) * len(now) / len(before)
            chance = tail(count, expected)
            if chance <= RISES:
                newest = next(number for number, words in now if word in words)
                found.append((chance, -count, word, Rising(word, count, there.get(word, 0), newest)))
    return [one for *_, one in sorted(found)[:most]]


def _with_word(comments: Sequence[frozenset[str]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for words in comments:
        for word in words:
            counts[word] = counts.get(word, 0) + 1
    return counts
