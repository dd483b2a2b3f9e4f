"""The views of the queue, their filters in an address, and the order of cases."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from model.queue import BY_KEY, VIEWS, Filters, Wait, priority
from model.words import Channel, Language, Severity

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
MATTERS = frozenset({"privacy", "harm"})
seconds = st.integers(0, 10_000_000)


@given(st.integers(0, 4), st.integers(0, 4), seconds, seconds, st.integers(1, 9), st.integers(1, 9))
def test_the_gravest_comes_first_whatever_waits_and_then_what_is_due_first(
    one: int, other: int, due: int, due_too: int, number: int, number_too: int
) -> None:
    first = priority(one, START + timedelta(seconds=due), number)
    second = priority(other, START + timedelta(seconds=due_too), number_too)
    if one != other:
        assert (first < second) == (one > other)
    elif due != due_too:
        assert (first < second) == (due < due_too)
    else:
        assert (first < second) == (number < number_too)


@given(seconds, seconds, st.integers(1, 1_000_000), seconds)
def test_of_cases_that_may_wait_equally_long_the_one_that_used_up_more_of_it_comes_first(
    opened: int, opened_too: int, target: int, later: int
) -> None:
    now = START + timedelta(seconds=max(opened, opened_too) + later)
    at, at_too = START + timedelta(seconds=opened), START + timedelta(seconds=opened_too)
    due, due_too = at + timedelta(seconds=target), at_too + timedelta(seconds=target)
    used, used_too = (Wait.of(a, d, now) for a, d in ((at, due), (at_too, due_too)))
    if used.waited / used.target > used_too.waited / used_too.target:
        assert priority(2, due, 1) < priority(2, due_too, 1)
    assert used.late == (now > due)


@given(
    st.builds(
        Filters,
        channel=st.sampled_from(["", *Channel]),
        source=st.integers(0, 999_999_999),
        matter=st.sampled_from(["", *MATTERS]),
        severity=st.sampled_from([int(one) for one in Severity]),
        age=st.integers(0, 3650),
        author=st.text(max_size=200).map(lambda text: " ".join(text.replace("\x00", "").split())),
        language=st.sampled_from(["", *Language]),
        like=st.integers(0, 999_999_999),
    )
)
def test_filters_come_back_from_an_address_as_they_went_in(filters: Filters) -> None:
    assert Filters.read(filters.said(), MATTERS) == filters


@given(st.dictionaries(st.sampled_from([*Filters().__slots__, "show", "case"]), st.text(max_size=300)))
def test_an_address_that_somebody_made_up_narrows_to_nothing_unknown(said: dict[str, str]) -> None:
    read = Filters.read(said, MATTERS)
    assert read.channel in ("", *Channel)
    assert read.matter in ("", *MATTERS)
    assert read.language in ("", *Language)
    assert len(read.author) <= 200
    assert Filters.read(read.said(), MATTERS) == read


def test_one_filter_can_be_taken_off_and_the_others_stay() -> None:
    both = Filters(channel="blog", severity=3)
    assert both.without("channel") == Filters(severity=3)
    assert both.without("severity").said() == {"channel": "blog"}


def test_each_view_has_a_key_and_a_title_of_its_own() -> None:
    assert len(BY_KEY) == len({view.title for view in VIEWS}) == len(VIEWS)
