"""What approval costs and how long first answers take, added up by day, and by month for a longer time: a page costs
the same however many responses there were. `store.cost` has what is added up, and keeps both in one transaction."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Table, bindparam, delete, func, literal, select, union_all
from sqlalchemy.dialects import postgresql, sqlite

from model.cost import ONCE, Counted
from store.db import Tx
from store.schema import (
    first_response_days,
    first_response_months,
    goal_cost_days,
    goal_cost_months,
    level_cost_days,
    level_cost_months,
)

COSTS = level_cost_days, level_cost_months
FIRST = first_response_days, first_response_months
OF_GOALS = goal_cost_days, goal_cost_months
_MOST_LINES = 200_000
_MONTH, _MIDDLE = len("2026-11"), 16


def add(
    tx: Tx, of: tuple[Table, Table], key: Sequence[str], changes: Mapping[tuple[Any, ...], int], **more: int
) -> None:
    """Adds to the lines of days, whose key begins with the day, and to those of their months."""
    days, months = of
    by_month: Counter[tuple[Any, ...]] = Counter()
    for (day, *parts), n in changes.items():
        by_month[day[:_MONTH], *parts] += n
    for table, names, counts in ((days, key, changes), (months, ("month", *key[1:]), by_month)):
        lines = [{**more, **dict(zip(names, values, strict=True)), "n": n} for values, n in counts.items() if n]
        if not lines:
            continue
        added, emptied = _adding_up(table, tx.dialect.name == "sqlite")
        tx.execute(added, lines)
        if fewer := [{f"of_{name}": line[name] for name in (*more, *names)} for line in lines if line["n"] < 0]:
            tx.execute(emptied, fewer)


@lru_cache(maxsize=6)
def _adding_up(table: Table, on_sqlite: bool) -> tuple[Any, Any]:
    """What adds `n` to each of many lines of a table, and what deletes those of them that came to nothing."""
    key = [column.name for column in table.primary_key]
    into: Any = sqlite.insert(table) if on_sqlite else postgresql.insert(table)
    added = into.on_conflict_do_update(index_elements=key, set_={"n": table.c.n + into.excluded.n})
    line = (table.c[name] == bindparam(f"of_{name}") for name in key)
    return added, delete(table).where(*line, table.c.n == 0)


# --- what a page reads -----------------------------------------------------------------------------------------------


def counted(tx: Tx, since: str, until: str = "9999") -> list[Counted]:
    """What approval cost, added up over the days from one on, before another (both ISO 8601): as many lines as there
    are levels, channels and steps, whatever the number of responses."""
    return _lines(tx, COSTS, ("level", "channel", "action"), since, until)


def counted_of_goal(tx: Tx, goal_id: int, since: str, until: str) -> list[Counted]:
    """The same of the responses that are tagged with a goal."""

    def mine(table: Table) -> tuple[ColumnElement[bool], ...]:
        return table.c.goal_id == goal_id, table.c.what != ONCE

    return _lines(tx, OF_GOALS, ("level", "channel", "action"), since, until, mine)


def responses_of_goals(
    tx: Tx, goal_ids: Sequence[int], actions: Sequence[str], since: str, until: str
) -> dict[int, dict[str, int]]:
    """How many responses that do one of some things are tagged with each of the goals, each once on its first day, by
    day."""
    days = goal_cost_days.c
    mine = days.goal_id.in_(goal_ids), days.day >= since, days.day < until, days.what == ONCE, days.action.in_(actions)
    query = select(days.goal_id, days.day, func.sum(days.n)).where(*mine).group_by(days.goal_id, days.day)
    found: dict[int, dict[str, int]] = {}
    for goal_id, day, n in tx.execute(query.limit(_MOST_LINES)):
        found.setdefault(goal_id, {})[day] = int(n)
    return found


def counted_first(tx: Tx, since: str, until: str = "9999") -> list[Counted]:
    """How long first answers took, added up in the same way, by severity and channel."""
    return _lines(tx, FIRST, ("severity", "channel"), since, until)


def counted_first_together(tx: Tx, times: Sequence[tuple[str, str]]) -> list[list[tuple[str, int, int]]]:
    """The same of all cases together, for each of a few times of some days: what, the step, and how many."""
    found: list[list[tuple[str, int, int]]] = [[] for _time in times]
    if times:
        values = {
            f"{name}{place}": day for place, time in enumerate(times) for name, day in zip("ab", time, strict=True)
        }
        for place, what, step, n in tx.execute(_together(len(times)), values):
            found[place].append((what, step, int(n)))
    return found


@lru_cache(maxsize=9)
def _together(many: int) -> Any:
    days = first_response_days.c
    return union_all(
        *(
            select(literal(place).label("place"), days.what, days.step, func.sum(days.n).label("n"))
            .where(days.day >= bindparam(f"a{place}"), days.day < bindparam(f"b{place}"))
            .group_by(days.what, days.step)
            for place in range(many)
        )
    )


def _lines(
    tx: Tx,
    of: tuple[Table, Table],
    parts: Sequence[str],
    since: str,
    until: str,
    mine: Callable[[Table], tuple[ColumnElement[bool], ...]] = lambda _table: (),
) -> list[Counted]:
    """The lines of a time, taken by month where the whole month is in it."""
    names = (*parts, "what", "step")
    days, months = ((table, table.c[slot]) for table, slot in zip(of, ("day", "month"), strict=True))
    # Each stretch by itself, so that only it is gone through.
    both = union_all(
        *(
            select(*(table.c[name] for name in names), (sign * table.c.n).label("n")).where(
                slot >= begin, slot < end, *mine(table)
            )
            for by_month, sign, begin, end in stretches(since, until)
            for table, slot in ((months,) if by_month else (days,))
        )
    ).subquery()
    each = [both.c[name] for name in names]
    n = func.sum(both.c.n)
    query = select(*each, n).group_by(*each).having(n != 0).limit(_MOST_LINES)
    if len(parts) == 3:
        return [Counted(*row[:5], int(row[5])) for row in tx.execute(query)]
    return [Counted(row[0], row[1], "", row[2], row[3], int(row[4])) for row in tx.execute(query)]


def stretches(since: str, until: str) -> list[tuple[bool, int, str, str]]:
    """The days from one on, before another, as stretches that are added up (1) or taken away again (-1): whole months
    (True), from one on, before another, and days (False) at both ends: what is left of a month, or what of it is
    before and after, whichever is shorter. Pure."""
    (first, before), (last, after) = _month(since), _month(until)
    if first >= last or since[:_MONTH] == until[:_MONTH]:
        return [(False, 1, since, until)]
    edges = [(False, side * sign, *days) for side, found in ((1, before), (-1, after)) for sign, days in found]
    return [(True, 1, first, last), *edges]


def _month(day: str) -> tuple[str, list[tuple[int, tuple[str, str]]]]:
    """The month that begins nearest to a day (or a shorter beginning of one, as it is), and what is to be added for the
    days from this day on."""
    month = day[:_MONTH]
    if len(day) <= _MONTH or day.endswith("-01"):
        return month, []
    if int(day[-2:]) <= _MIDDLE:
        return month, [(-1, (month, day))]
    year, number = int(day[:4]), int(day[5:7])
    following = f"{year + number // 12}-{number % 12 + 1:02}"
    return following, [(1, (day, following))]
