"""Differences by word: both texts can be read out of them, words stay whole, and long texts take no time."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.ui import reading
from web.ui.differences import Kind, changes

pytestmark = pytest.mark.values

WORDS = st.lists(st.sampled_from(["we", "call", "you", "today", "\n", "at", "noon."]), max_size=30).map(" ".join)


def texts(before: str, now: str) -> tuple[str, str]:
    parts = changes(before, now)
    old = "".join(text for kind, text in parts if kind is not Kind.CAME)
    new = "".join(text for kind, text in parts if kind is not Kind.GONE)
    return old, new


@given(st.text() | WORDS, st.text() | WORDS)
def test_both_texts_can_be_read_out_of_their_difference(before: str, now: str) -> None:
    assert texts(before, now) == (before, now)
    assert all(text for _, text in changes(before, now))


@given(WORDS)
def test_a_text_differs_from_itself_in_nothing(text: str) -> None:
    assert {kind for kind, _ in changes(text, text)} <= {Kind.SAME}


def test_a_word_is_never_cut_in_two_and_what_stayed_between_changes_is_part_of_them() -> None:
    assert changes("We ring you today at ten, in the office.", "We ring you tomorrow at nine, in the office.") == [
        (Kind.SAME, "We ring you "),
        (Kind.GONE, "today at ten, "),
        (Kind.CAME, "tomorrow at nine, "),
        (Kind.SAME, "in the office."),
    ]


def test_the_end_of_a_line_stays_where_its_last_word_changed() -> None:
    assert changes("We call you today.\n\nThe board", "We call you tomorrow.\n\nThe board") == [
        (Kind.SAME, "We call you "),
        (Kind.GONE, "today."),
        (Kind.CAME, "tomorrow."),
        (Kind.SAME, "\n\nThe board"),
    ]


def test_long_texts_that_have_nothing_in_common_take_no_time() -> None:
    before, now = "word " * 4_000, "other " * 3_300
    began = time.perf_counter()
    for one, other in ((before, now), ("a\n" * 10_000, "b\n" * 10_000), (before, f"x {before}"[:20_000])):
        assert texts(one, other) == (one, other)
    assert time.perf_counter() - began < 5


def test_what_went_and_came_is_marked_by_more_than_colour_and_never_html() -> None:
    shown = reading.difference("We <b>call</b> you today.", "We <i>call</i> you today.")
    assert "<del>&lt;b&gt;call&lt;/b&gt; </del><ins>&lt;i&gt;call&lt;/i&gt; </ins>" in shown
    assert "<b>" not in shown and "<i>" not in shown
