"""What the overview looks up, against counting by hand: the reader's days, the weeks before, the busiest post."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, update

from model.tally import Day, Tally
from store import done, metrics, rollups, young
from store.db import Store
from store.schema import (
    cases,
    comments,
    sources,
    threads,
)

NOW = datetime(2026, 4, 20, 15, 20, tzinfo=UTC)
Left = tuple[datetime, int]


def fill(store: Store, left: list[Left], first: int = 1) -> None:
    """Comments at these moments, each in the thread with this number; threads 1 and 2 are of source 1, 3 of 2."""
    with store.write() as tx:
        if first == 1:
            kept = {"kind": "feed", "site_url": "", "feed_url": "", "created_at": NOW}
            tx.execute(
                insert(sources), [{"id": n, "name": "", "channel": c, **kept} for n, c in ((1, "blog"), (2, "x"))]
            )
            each = [{"id": n, "source_id": s, "url": f"https://blog.example/{n}"} for n, s in ((1, 1), (2, 1), (3, 2))]
            tx.execute(
                insert(threads), [{**one, "title": "" if one["id"] == 1 else f"Post {one['id']}"} for one in each]
            )
        rows = [
            {
                "id": number,
                "source_id": 1 if thread < 3 else 2,
                "thread_id": thread,
                "identity": f"{number}",
                "external_id": "",
                "read_at": NOW,
                "text_hash": "",
                "at": at,
                "flagged": number % 3 == 0,
            }
            for number, (at, thread) in enumerate(left, start=first)
        ]
        tx.execute(insert(comments), rows)
        rollups.count(tx, [int(str(row["id"])) for row in rows])


def by_chance(count: int, days: float, until: datetime = NOW) -> list[Left]:
    chance = random.Random(5)
    return [
        (until - timedelta(minutes=chance.randrange(int(days * 1440))), chance.randrange(1, 4)) for _ in range(count)
    ]


@pytest.mark.parametrize(
    "name", ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Asia/Kolkata", "Asia/Kathmandu"]
)
def test_days_are_the_readers_also_where_the_clocks_change_and_where_zones_are_off_by_a_part_of_an_hour(
    database: Store, name: str
) -> None:
    """Clocks change in these weeks in Berlin, New York and Auckland. An hour belongs to the day of its middle."""
    left, zone = by_chance(600, 60), ZoneInfo(name)
    fill(database, left)
    middles = [at.replace(minute=30, second=0) for at, _ in left]
    expected: dict[date, int] = {}
    for middle in middles:
        expected[middle.astimezone(zone).date()] = expected.get(middle.astimezone(zone).date(), 0) + 1
    today = NOW.astimezone(zone).date()
    with database.read() as tx:
        found = metrics.days(tx, today - timedelta(days=62), today, zone)
        part = metrics.days(tx, today - timedelta(days=30), today - timedelta(days=10), zone)
    assert {one.day: one.tally.comments for one in found} == expected
    assert [one.day for one in found] == sorted(expected)
    assert sum(one.tally.comments for one in found) == len(left)
    assert part == [one for one in found if timedelta(days=10) <= today - one.day <= timedelta(days=30)]


def test_weeks_back_end_at_this_hour_and_a_year_goes_by_mondays(database: Store) -> None:
    left = [(NOW.replace(minute=59), 1), (NOW - timedelta(hours=167), 1), (NOW - timedelta(hours=168), 1)]
    left += [(NOW - timedelta(weeks=9), 1), (NOW + timedelta(hours=1), 1)]
    fill(database, left)
    with database.read() as tx:
        weeks = metrics.weeks_back(tx, NOW, 8)
        assert [one.comments for one in weeks] == [2, 1, *[0] * 7]
        assert weeks[1].flagged == 1
        by_week = metrics.weeks_of_days(tx, date(2026, 4, 14), date(2026, 4, 20))
    assert by_week == [Day(date(2026, 4, 13), Tally(2, 1)), Day(date(2026, 4, 20), Tally(2))]


def test_what_single_sources_brought_is_counted_as_by_hand_also_where_a_week_begins_within_a_day(
    database: Store,
) -> None:
    """Thread 3 is of source 2; the week begins in the hour after this one, and the day of its first hour is a part."""
    left = by_chance(900, 64)
    fill(database, left)
    mine, others = ([at for at, thread in left if (thread == 3) is which] for which in (True, False))
    begin = NOW.replace(minute=0) + timedelta(hours=1)
    weeks = [sum(begin - timedelta(weeks=n + 1) <= at < begin - timedelta(weeks=n) for at in mine) for n in range(9)]
    since, until = (NOW - timedelta(days=30)).date(), NOW.date()
    with database.read() as tx:
        found = young.weeks_back_of(tx, frozenset({2}), NOW, 8)
        of, without = young.days_of(tx, [2], since, until), young.days_without(tx, [2], since, until)
        assert young.weeks_back_of(tx, frozenset(), NOW, 8) == [Tally()] * 9
        assert young.weeks_back_of(tx, frozenset({1, 2}), NOW, 8) == metrics.weeks_back(tx, NOW, 8)
        assert young.firsts(tx) == {1: min(others).date(), 2: min(mine).date()}
        assert young.names(tx, [1, 2], since) == ["", ""]
        assert young.names(tx, [], since) == []
        busiest = metrics.busiest(tx, since, until, without=[1])
    assert [one.comments for one in found] == weeks
    assert min(weeks) > 0
    for days, at in ((of, mine), ({one.day: one.tally for one in without}, others)):
        expected = Counter(one.date() for one in at if since <= one.date() <= until)
        assert {day: tally.comments for day, tally in days.items()} == expected
    assert {thread for thread, _ in busiest.values()} == {3}


def test_channels_and_posts_are_counted_over_the_days_asked_for(database: Store) -> None:
    days = [0, 0, 0, 1, 1, 9]
    fill(database, [(NOW - timedelta(days=n), thread) for n, thread in zip(days, (1, 1, 3, 2, 2, 2), strict=True)])
    since, until = NOW.date() - timedelta(days=6), NOW.date()
    with database.read() as tx:
        assert [(name, tally.comments) for name, tally in metrics.channels(tx, since, until)] == [("blog", 4), ("x", 1)]
        busiest = metrics.busiest(tx, since - timedelta(days=9), until)
        posts = metrics.posts(tx, since, until, {1, 2})
        assert metrics.title(tx, 1) == "https://blog.example/1"
    assert [(one.id, one.tally.comments, one.began) for one in posts] == [
        (1, 2, until),
        (2, 2, until - timedelta(days=9)),
    ], "those that were asked for alone"
    assert busiest == {until: (1, 2), until - timedelta(days=1): (2, 2), until - timedelta(days=9): (2, 1)}


def test_waits_are_of_all_cases_that_were_open_in_a_week_and_ages_of_those_that_are(database: Store) -> None:
    fill(database, [(NOW, 1), (NOW, 2), (NOW, 3)])
    hour, day = timedelta(hours=1), timedelta(days=1)
    lives = ((1 * hour, None), (5 * hour, None), (30 * hour, None), (9 * day, 8 * day), (40 * day, 2 * day))
    with database.write() as tx:
        for number, (opened, closed) in enumerate(lives, start=1):
            with done.closing(tx, [number]):
                tx.execute(
                    insert(cases).values(
                        id=number,
                        thread_id=min(number, 3),
                        lead_comment_id=1,
                        lead_revision=1,
                        state="closed" if closed else "open",
                        severity=1,
                        headline="",
                        matters=[],
                        opened_at=NOW - opened,
                        due_at=NOW,
                        closed_at=NOW - closed if closed else None,
                    )
                )
    ages = (timedelta(hours=4), timedelta(days=1), timedelta(days=3))
    with database.read() as tx:
        waits = [None if one is None else round(one / 86_400, 3) for one in metrics.longest_waits(tx, NOW, 6)]
        assert metrics.open_by_age(tx, NOW, ages) == ([1, 1, 1, 0], 30 * 3600)
    assert waits == [38, 33, 26, 19, 12, 5, None], "the last one began 40 days ago and ended two days ago"
    with database.write() as tx, done.closing(tx, range(1, 6)):
        tx.execute(update(cases).values(state="closed", closed_at=NOW))
    with database.read() as tx:
        assert metrics.open_by_age(tx, NOW, ages) == ([0, 0, 0, 0], None)
        assert metrics.longest_waits(tx, NOW, 0) == [pytest.approx(40 * 86_400, abs=1)]
