"""Waiting: the estimate of Kaplan and Meier against their method worked out by hand, and what holds for any waits."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import waiting
from analysis.waiting import Lengths

STEPS = st.dictionaries(st.integers(0, waiting.LAST), st.integers(1, 5), max_size=12)
WAITS = st.builds(Lengths, STEPS, STEPS)

# Remission under 6-mercaptopurine, in weeks (Freireich and others 1963): the example of most textbooks.
OVER = Counter({6: 3, 7: 1, 10: 1, 13: 1, 16: 1, 22: 1, 23: 1})
STILL = Counter({6: 1, 9: 1, 10: 1, 11: 1, 17: 1, 19: 1, 20: 1, 25: 1, 32: 2, 34: 1, 35: 1})


def test_the_curve_of_the_textbook() -> None:
    curve = waiting.still_waiting(Lengths(OVER, STILL))
    assert [(at, round(left, 4)) for at, left in curve] == [
        (6, 0.8571), (7, 0.8067), (10, 0.7529), (13, 0.6902), (16, 0.6275), (22, 0.5378), (23, 0.4482),
    ]  # fmt: skip
    found = waiting.waited(Lengths(OVER, STILL))
    assert (found.median, found.p90) == (waiting.seconds(23), None), "nine of ten are not over yet"
    assert (found.n, found.over, found.longest) == (21, 9, waiting.seconds(35))


def test_those_who_still_wait_are_not_left_out() -> None:
    quick, hour = [60.0] * 4, 3600.0
    alone = waiting.waited(waiting.lengths(quick))
    with_open = waiting.waited(waiting.lengths(quick, [hour] * 16))
    assert alone.median is not None and alone.median < 70
    assert with_open.median is None, "sixteen of twenty wait for an hour by now"
    assert waiting.waited(waiting.lengths([], [])) == waiting.Waited(None, None, 0.0, 0, 0)


@given(st.dictionaries(st.integers(0, waiting.LAST), st.integers(1, 5), min_size=1, max_size=12))
def test_without_open_waits_it_is_the_plain_median(over: dict[int, int]) -> None:
    every = sorted(at for at, count in over.items() for _ in range(count))
    found = waiting.waited(Lengths(over, {}))
    assert found.median == waiting.seconds(every[(len(every) - 1) // 2])
    assert found.p90 == waiting.seconds(every[-(-9 * len(every) // 10) - 1])


@given(WAITS)
def test_the_share_that_waits_only_falls(waits: Lengths) -> None:
    shares = [1.0, *(left for _at, left in waiting.still_waiting(waits))]
    assert shares == sorted(shares, reverse=True)
    assert all(-1e-9 <= left <= 1 for left in shares)


@given(WAITS, st.integers(0, waiting.LAST))
def test_what_was_broken_off_before_anything_was_over_says_nothing(waits: Lengths, at: int) -> None:
    first = min(waits.over, default=waiting.LAST + 1)
    early = Lengths(waits.over, Counter(waits.open) + Counter({at: 7} if at < first else {}))
    assert dict(waiting.still_waiting(early)) == pytest.approx(dict(waiting.still_waiting(waits)))


@given(WAITS, st.integers(1, waiting.LAST))
def test_one_more_that_goes_on_never_makes_it_look_quicker(waits: Lengths, at: int) -> None:
    before = waiting.waited(waits).median
    after = waiting.waited(Lengths(waits.over, Counter(waits.open) + Counter({at: 1}))).median
    assert after is None or (before is not None and after >= before)


@given(st.floats(0, 10 * 365 * 86400, allow_nan=False))
def test_a_length_is_at_most_five_percent_beside_its_step(length: float) -> None:
    at = waiting.step(length)
    assert 0 <= at <= waiting.LAST
    if length >= 60 and at < waiting.LAST:
        assert waiting.seconds(at) == pytest.approx(length, rel=0.0501)


def test_no_percentage_is_said_of_few() -> None:
    assert (waiting.percent(3, 19), waiting.percent(5, 20)) == (None, 25.0)
