"""When a source is read next: bounds, what is learnt from arrivals, patience with what fails."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import rhythm
from ingest.rhythm import DAY, Bounds, after_failure, interval, next_read, retry_after

pytestmark = pytest.mark.values

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
AGES = st.timedeltas(min_value=timedelta(days=-2), max_value=timedelta(days=4000))
ARRIVALS = st.lists(AGES.map(lambda age: NOW - age), max_size=rhythm.LOOKED_AT)
SINCE = st.timedeltas(min_value=timedelta(days=-1), max_value=timedelta(days=900)).map(lambda age: NOW - age)
BOUNDS = st.builds(Bounds.of, st.floats(0.1, 100_000), st.floats(0.1, 1_000_000))
CHANCE = st.floats(0, 1)
SHIPPED = Bounds.of(300, 3600)


def minutes(*ago: float) -> list[datetime]:
    return [NOW - timedelta(minutes=one) for one in ago]


@given(ARRIVALS, SINCE, BOUNDS, CHANCE)
def test_the_next_read_is_within_the_bounds(
    arrivals: list[datetime], since: datetime, bounds: Bounds, chance: float
) -> None:
    pause = (next_read(NOW, arrivals, since, bounds, chance) - NOW).total_seconds()
    assert bounds.shortest * 0.999 <= pause <= bounds.longest * 1.06
    assert bounds.longest <= max(bounds.shortest * 12, bounds.shortest)


@given(ARRIVALS, SINCE, BOUNDS, st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=30)))
def test_another_arrival_never_makes_it_later(
    arrivals: list[datetime], since: datetime, bounds: Bounds, age: timedelta
) -> None:
    more = [*arrivals, NOW - age][-rhythm.LOOKED_AT :] if len(arrivals) < rhythm.LOOKED_AT else arrivals
    assert interval(NOW, more, since, bounds) <= interval(NOW, arrivals, since, bounds)


@given(st.lists(st.integers(0, 10_000), max_size=50), st.integers(0, 10_000))
def test_while_nothing_comes_it_is_read_ever_less(ago: list[int], later: int) -> None:
    arrivals, then = minutes(*ago), NOW + timedelta(minutes=later)
    since = NOW - timedelta(days=30)
    assert interval(then, arrivals, since, SHIPPED) >= interval(NOW, arrivals, since, SHIPPED)


def test_the_shipped_rhythm_in_examples() -> None:
    long_ago = NOW - timedelta(days=100)

    def of(*ago: float) -> float:
        return interval(NOW, minutes(*ago), long_ago, SHIPPED).total_seconds()

    assert of() == 3600, "nothing ever came"
    assert of(5 * 24 * 60) == 3600, "one comment five days ago"
    assert of(5 * 60) == 1800, "quiet for five hours"
    assert of(20) == 300, "a comment twenty minutes ago"
    assert of(*range(60, 7 * 24 * 60, 120)) == 360, "one every two hours, the newest an hour ago"
    assert interval(NOW, [], NOW - timedelta(minutes=30), SHIPPED).total_seconds() == 300, "added half an hour ago"
    assert interval(NOW, [], NOW, Bounds.of(2, 3600)).total_seconds() == 2
    assert Bounds.of(2, 3600).longest == 24
    assert Bounds.of(7200, 3600) == Bounds(7200, 7200)


@given(st.integers(1, 1000), BOUNDS, CHANCE, CHANCE)
def test_pauses_after_failures_grow_up_to_six_hours(n: int, bounds: Bounds, one: float, two: float) -> None:
    first, second = after_failure(NOW, n, bounds, None, one) - NOW, after_failure(NOW, n + 1, bounds, None, two) - NOW
    longest = max(timedelta(hours=6).total_seconds(), bounds.shortest)
    assert bounds.shortest * 0.999 <= first.total_seconds() <= longest * 1.26
    assert second >= first * 1.5 or second.total_seconds() >= longest * 0.999


def test_sources_that_fail_together_do_not_come_back_together() -> None:
    assert len({after_failure(NOW, 3, SHIPPED) for _ in range(20)}) > 10
    assert len({next_read(NOW, [], NOW, SHIPPED) for _ in range(20)}) > 10


@given(st.integers(0, 10**12), st.integers(1, 50), CHANCE)
def test_what_a_source_asks_for_is_waited_for_but_never_more_than_a_day(wanted: int, n: int, chance: float) -> None:
    asked = retry_after(str(wanted), NOW)
    assert asked == min(timedelta(seconds=min(wanted, 10**6)), DAY)
    assert asked <= after_failure(NOW, n, SHIPPED, asked, chance) - NOW <= DAY


@given(st.timedeltas(min_value=timedelta(days=-400), max_value=timedelta(days=400)))
def test_it_may_ask_by_a_date(ahead: timedelta) -> None:
    wanted = (NOW + ahead).replace(microsecond=0)
    assert retry_after(format_datetime(wanted, usegmt=True), NOW) == min(max(wanted - NOW, timedelta(0)), DAY)


@pytest.mark.parametrize("header", ["", "soon", "-5", "1.5", "٣", "Wed, 99 Nov 2026 12:00:00 GMT", "Mon, 24 Nov 99999"])
def test_what_cannot_be_understood_asks_for_nothing(header: str) -> None:
    assert retry_after(header, NOW) is None


@given(st.text())
def test_no_header_is_too_strange(header: str) -> None:
    asked = retry_after(header, NOW)
    assert asked is None or timedelta(0) <= asked <= DAY
