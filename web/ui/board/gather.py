"""What the report for the board shows, looked up and worked out: one value for the page and the file alike.

Every figure is made by the functions of the overview (`analysis.figures`, `analysis.approval`) over the same roll-ups.
Nobody's words and nobody's name are among what is looked up.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from analysis import approval, figures, waiting
from analysis.approval import Cost, First
from analysis.figures import Calm, Usual
from model.cost import Counted, LevelCost
from model.tally import Day, Tally
from store import cost, cost_sums, goals, metrics, people, young
from store.db import Tx
from store.goals import Goal
from web.ui.board.period import Period
from web.ui.overview import kept
from web.ui.overview.cost import KINDS
from web.ui.overview.gather import WEEKLY_FROM, Compared, compared, counts, less, summed

REPLIES = KINDS["replies"]
"""What the costs and the goals' responses are of: replies and posts of our own."""


@dataclass(frozen=True, slots=True)
class OfGoal:
    """A goal: the comments about its matters (one that is about two of them counts for each), how many of these can be
    compared, how many are usual, and the responses that are tagged with it, each once."""

    goal: Goal
    matters: Sequence[str]
    now: Tally
    compared: int
    usual: Usual | None
    responses: int


@dataclass(frozen=True, slots=True)
class Report:
    """The report. With `goal` it is of what belongs to this one alone: then `responses` are known, else `first`.

    `compared` is what of the period can be compared, and `weeks` what it would have had in each of the eight weeks
    before, both without the sources `apart`, which are too young. `known_from` is the day of the first comment that is
    known, where the period begins too soon after it for anything to be usual. `days` are all of them, a week each
    where `weekly`. `to_go`: so many lines of the record are not in the figures about approval and first answers yet.
    `called` are the names of the matters."""

    organisation: str
    period: Period
    zone: str
    made: datetime
    goal: Goal | None
    weekly: bool
    now: Tally
    compared: Tally
    weeks: Sequence[Tally]
    apart: Sequence[str]
    known_from: date | None
    calm: Calm
    days: Sequence[Day]
    matters: Sequence[Compared]
    first: First | None
    first_usual: Usual | None
    responses: int
    responses_usual: Usual | None
    costs: Sequence[Cost]
    goals: Sequence[OfGoal]
    to_go: int
    called: Mapping[str, str]

    def usual(self, values: Sequence[float | None]) -> Usual | None:
        """What is usual of values of the weeks before, those without one left out."""
        return figures.usual([value for value in values if value is not None])


def gather(
    tx: Tx, period: Period, now: datetime, zone: ZoneInfo, called: Mapping[str, str], goal_id: int | None = None
) -> Report:
    """Looks everything up, for one goal or for all; `called` are the names of the matters. The days are the reader's,
    where docs/metrics.md does not say that they are UTC's."""
    goal = goals.get(tx, goal_id) if goal_id is not None else None
    past = _past(tx, period)
    before = past.weeks
    tagged, back, of_period = goals.of_matters(tx), _back(period.since), _every(period)
    spoken = metrics.spoken(tx, period.since, period.until)
    of_young = young.matters_of(tx, past.young, back, period.until)
    apart = summed(counts(of_young), of_period)
    before_it = less(metrics.matters(tx, back, period.since - timedelta(days=1)), counts(of_young))
    if goal:
        mine_are = [one for one, of in tagged.items() if of == goal.id]
        days = metrics.days_of_matters(tx, back, period.until, mine_are)
        held: Mapping[date, Tally] = _without(days, [of_young[matter] for matter in mine_are if matter in of_young])
    else:
        days = {one.day: one.tally for one in metrics.days(tx, back, period.until, zone)}
        held = days if past.others is None else past.others
    now_is, part = _sum(days, of_period), _sum(held, of_period)
    known = before if past.speaks else []
    if goal and not figures.speaks_for(part.comments, now_is.comments):
        known = []
    weeks = [_sum(held, week) for week in known]
    answers = _first(tx, period, now, before) if goal is None else (None, None)
    each = _goals(tx, period, before if past.speaks else [], _Spoken(spoken, apart, before_it), tagged)
    mine = next((one for one in each if goal and one.goal.id == goal.id), None)
    lines, still = _counted(tx, period, goal)
    weekly = period.days > WEEKLY_FROM
    return Report(
        organisation=str(people.fact(tx, "organisation") or ""),
        period=period,
        zone=zone.key,
        made=now,
        goal=goal,
        weekly=weekly,
        now=now_is,
        compared=part,
        weeks=weeks,
        apart=past.apart if weeks else [],
        known_from=past.known_from,
        calm=figures.verdict(part, weeks),
        days=_by_week(days, period) if weekly else [Day(day, days.get(day, Tally())) for day in of_period],
        matters=compared(
            {one: tally.comments for one, tally in spoken.items() if goal is None or tagged.get(one) == goal.id},
            apart,
            before_it,
            before if past.speaks else [],
        ),
        first=answers[0],
        first_usual=answers[1],
        responses=mine.responses if mine else 0,
        responses_usual=_usual_responses(tx, goal, before) if goal else None,
        costs=approval.costs(lines, still, now, REPLIES),
        goals=each,
        to_go=cost.to_go(tx),
        called=called,
    )


@dataclass(frozen=True, slots=True)
class _Past:
    """The weeks that a period is held against; `known_from`, where there are none, the day of the first comment that is
    known. Where sources are too young for it: these, the days (UTC) of the others,
    the names of the young, and whether the others speak for the whole."""

    weeks: Sequence[Sequence[date]]
    young: frozenset[int] = frozenset()
    others: Mapping[date, Tally] | None = None
    apart: Sequence[str] = ()
    speaks: bool = True
    known_from: date | None = None


def _past(tx: Tx, period: Period) -> _Past:
    every_first = young.firsts(tx)
    there = {source: first for source, first in every_first.items() if first <= period.until}
    past = figures.past(there, period.since)
    weeks = figures.same_weekdays(period.since, period.until, past.begun)
    known_from = min(every_first.values(), default=None) if past.begun is None else None
    if not past.young:
        return _Past(weeks, known_from=known_from)
    since, every = _back(period.since), _every(period)
    others = {one.day: one.tally for one in young.days_without(tx, past.young, since, period.until)}
    part = _sum(others, every)
    whole = part + _sum(young.days_of(tx, past.young, since, period.until), every)
    speaks = figures.speaks_for(part.comments, whole.comments)
    return _Past(weeks, past.young, others, young.names(tx, past.young, since), speaks, known_from)


def _back(since: date) -> date:
    return since - timedelta(weeks=figures.WEEKS)


def _every(period: Period) -> list[date]:
    return [period.since + timedelta(days=n) for n in range(period.days)]


def _sum(days: Mapping[date, Tally], some: Iterable[date]) -> Tally:
    """The days of some are looked up one by one: a day may stand for several."""
    return sum((days[day] for day in some if day in days), Tally())


def _without(days: Mapping[date, Tally], apart: Sequence[Mapping[date, Tally]]) -> dict[date, Tally]:
    return {day: tally - sum((one.get(day, Tally()) for one in apart), Tally()) for day, tally in days.items()}


def _by_week(days: Mapping[date, Tally], period: Period) -> list[Day]:
    """The days of the period by weeks from Monday on; the first and the last may be parts of one."""
    found: dict[date, Tally] = {}
    for day in _every(period):
        monday = day - timedelta(days=day.weekday())
        found[monday] = found.get(monday, Tally()) + days.get(day, Tally())
    return [Day(monday, tally) for monday, tally in found.items()]


# --- first answers and approval --------------------------------------------------------------------------------------


def _first(
    tx: Tx, period: Period, now: datetime, before: Sequence[Sequence[date]]
) -> tuple[First | None, Usual | None]:
    """First answers to the cases that were opened in the period, and in how many seconds half of the cases of a week
    had one in the weeks before."""
    begin, end = (datetime.combine(day, time(), UTC) for day in (_back(period.since), period.until + timedelta(days=1)))
    still = cost.waiting_cases(tx, begin, end)

    waits = [(one, one.opened_at.astimezone(UTC).date(), (now - one.opened_at).total_seconds()) for one in still]
    weeks = [
        approval.together(lines, [s for _one, day, s in waits if week[0] <= day < week[0] + timedelta(days=7)])
        for week, lines in zip(before, _lines_of_weeks(tx, before), strict=True)
    ]
    medians = [waiting.waited(one).median for one in weeks]
    after = period.until + timedelta(days=1)
    lines = kept.counted_first(tx, period.since.isoformat(), after.isoformat())
    now_is = approval.first(lines, [(one.severity, one.channel, s) for one, day, s in waits if day >= period.since])
    return next(iter(now_is), None), figures.usual([one for one in medians if one is not None])


def _lines_of_weeks(tx: Tx, before: Sequence[Sequence[date]]) -> list[list[tuple[str, int, int]]]:
    weeks = [(week[0].isoformat(), (week[0] + timedelta(days=7)).isoformat()) for week in before]
    return cost_sums.counted_first_together(tx, weeks)


def _counted(tx: Tx, period: Period, goal: Goal | None) -> tuple[Sequence[Counted], list[LevelCost]]:
    since, until = period.since.isoformat(), (period.until + timedelta(days=1)).isoformat()
    if goal:
        return cost_sums.counted_of_goal(tx, goal.id, since, until), cost.waits_now(tx, since, until, goal.id)
    return kept.counted(tx, since, until), cost.waits_now(tx, since, until)


# --- goals -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Spoken:
    """Of each matter: the comments of the period, how many of them are of sources too young to be compared, and how
    many there were on each day of the weeks before without these."""

    now: Mapping[str, Tally]
    apart: Mapping[str, int]
    before: Mapping[str, Mapping[date, int]]


def _goals(
    tx: Tx,
    period: Period,
    before: Sequence[Sequence[date]],
    spoken: _Spoken,
    tagged: Mapping[str, int],
) -> list[OfGoal]:
    """The goals in use and those that something belongs to, most comments first."""
    known = goals.every(tx, archived=True)
    sent = cost_sums.responses_of_goals(
        tx,
        [one.id for one in known],
        sorted(REPLIES),
        period.since.isoformat(),
        (period.until + timedelta(days=1)).isoformat(),
    )
    found = []
    for one in known:
        mine = sorted(matter for matter, goal_id in tagged.items() if goal_id == one.id)
        now = sum((spoken.now[matter] for matter in mine if matter in spoken.now), Tally())
        responses = sum(sent.get(one.id, {}).values())
        days = [spoken.before.get(matter, {}) for matter in mine]
        part = now.comments - sum(spoken.apart.get(matter, 0) for matter in mine)
        usual = figures.usual([sum(of.get(day, 0) for of in days for day in week) for week in before]) if mine else None
        if not figures.speaks_for(part, now.comments):
            usual = None
        if one.archived_at is None or now.comments or responses:
            found.append(OfGoal(one, mine, now, part, usual, responses))
    return sorted(found, key=lambda one: (-one.now.comments, -one.responses, one.goal.name, one.goal.id))


def _usual_responses(tx: Tx, goal: Goal, before: Sequence[Sequence[date]]) -> Usual | None:
    if not before:
        return None
    first, last = min(min(week) for week in before), max(max(week) for week in before)
    until = (last + timedelta(days=1)).isoformat()
    sent = cost_sums.responses_of_goals(tx, [goal.id], sorted(REPLIES), first.isoformat(), until).get(goal.id, {})
    return figures.usual([sum(sent.get(day.isoformat(), 0) for day in week) for week in before])
