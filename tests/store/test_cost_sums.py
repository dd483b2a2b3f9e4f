"""What approval costs over any time is the same from months and days together as from the days alone."""

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from store import cost_sums
from store.cost_sums import stretches
from store.db import Store
from store.schema import level_cost_days

FIRST, LAST = date(2025, 1, 1), date(2026, 12, 31)
days = st.dates(FIRST, LAST)


@given(days, days, st.booleans())
def test_each_day_of_a_time_is_in_its_stretches_once_and_no_other(since: date, until: date, endless: bool) -> None:
    if since > until:
        since, until = until, since
    found: Counter[str] = Counter()
    for by_month, sign, begin, end in stretches(since.isoformat(), "9999" if endless else until.isoformat()):
        for n in range((LAST - FIRST).days + 1):
            day = (FIRST + timedelta(days=n)).isoformat()
            found[day] += sign if begin <= (day[:7] if by_month else day) < end else 0
    last = LAST if endless else until - timedelta(days=1)
    assert {day for day, n in found.items() if n} == {
        (since + timedelta(days=n)).isoformat() for n in range((last - since).days + 1)
    }
    assert set(found.values()) <= {0, 1}


def test_a_long_time_goes_through_no_more_than_half_a_month_of_days_at_each_end() -> None:
    for n in range(300):
        until = LAST - timedelta(days=n)
        edges = [one for one in stretches((until - timedelta(days=200)).isoformat(), until.isoformat()) if not one[0]]
        for _by_month, _sign, begin, end in edges:
            begins, ends = (date.fromisoformat(f"{day}-01"[:10]) for day in (begin, end))
            assert (ends - begins).days <= 15
        assert len(edges) <= 2


@pytest.mark.parametrize(("since", "until"), [("2026-01-20", "2026-04-11"), ("2026-02-01", "9999"), ("", "2026-03-01")])
def test_the_lines_of_a_time_are_the_sums_of_its_days(database: Store, since: str, until: str) -> None:
    chance, changes = random.Random(4), Counter[tuple[Any, ...]]()
    for _ in range(3_000):
        day = (date(2026, 1, 1) + timedelta(days=chance.randrange(150))).isoformat()
        what, step = chance.choice((("came", 0), ("over", chance.randrange(4))))
        changes[day, chance.randrange(3), chance.choice(("blog", "x")), "reply", what, step] += 1
    key = ("day", "level", "channel", "action", "what", "step")
    with database.write() as tx:
        cost_sums.add(tx, cost_sums.COSTS, key, changes)
        gone = {one: -n for one, n in changes.items() if one[1] == 2}
        cost_sums.add(tx, cost_sums.COSTS, key, gone)
        assert tx.execute(select(func.count()).where(level_cost_days.c.level == 2)).scalar() == 0
        found = {
            (one.part, one.channel, one.action, one.what, one.step): one.n
            for one in cost_sums.counted(tx, since, until)
        }
    expected: Counter[Any] = Counter()
    for (day, *parts), n in changes.items():
        if since <= day < until and parts[0] != 2:
            expected[tuple(parts)] += n
    assert found == expected


def test_several_times_are_counted_apart(database: Store) -> None:
    with database.write() as tx:
        key = ("day", "severity", "channel", "what", "step")
        lines = {("2026-03-02", 1, "blog", "answered", 7): 2, ("2026-03-03", 2, "x", "answered", 7): 1}
        cost_sums.add(tx, cost_sums.FIRST, key, {**lines, ("2026-03-09", 2, "x", "closed", 3): 4})
        weeks = [("2026-03-02", "2026-03-09"), ("2026-02-23", "2026-03-02"), ("2026-03-09", "2026-03-16")]
        assert cost_sums.counted_first_together(tx, weeks) == [[("answered", 7, 3)], [], [("closed", 3, 4)]]
        assert cost_sums.counted_first_together(tx, []) == []
