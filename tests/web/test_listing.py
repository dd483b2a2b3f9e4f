"""Which row comes next, and where a row stands that came back: the order of the list as values."""

from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as some

from model.queue import BY_KEY, Filters
from web.ui.queue import listing

pytestmark = pytest.mark.values

TODO = BY_KEY["todo"]
ROWS = some.lists(some.integers(1, 99), unique=True)


@given(rows=ROWS, done=some.integers(1, 99))
def test_the_next_row_is_the_one_behind_and_at_the_end_the_one_before(rows: Sequence[int], done: int) -> None:
    onto = listing.following(rows, done)
    if done not in rows or len(rows) == 1:
        assert onto is None
    else:
        assert onto in rows and onto != done
        assert rows.index(onto) - rows.index(done) == (1 if rows[-1] != done else -1)


@given(rows=ROWS.filter(bool), data=some.data())
def test_whoever_decides_row_after_row_sees_each_once(rows: list[int], data: some.DataObject) -> None:
    """From wherever one begins, until nothing is left."""
    left, at, seen = list(rows), data.draw(some.sampled_from(rows)), []
    while at is not None:
        seen.append(at)
        onto = listing.following(left, at)
        left.remove(at)
        at = onto
    assert sorted(seen) == sorted(rows)


@pytest.fixture
def tab() -> Iterator[SimpleNamespace]:
    """The state and the address of one tab."""
    made = SimpleNamespace(session_state={}, query_params={})
    with patch("web.ui.queue.listing.st", made):
        yield made


def test_what_is_undone_stands_where_it_stood(tab: SimpleNamespace) -> None:
    none = Filters()
    assert listing.before(TODO, none) is None
    listing.keep(TODO, none, [4, 2, 9, 7])
    for left in ([4, 9, 7], [4, 7], [4]):
        listing.keep(TODO, none, left)
    listing.bring_back([9], of_cases=True)
    assert listing.before(TODO, none) == [4, 9]
    listing.bring_back([2], of_cases=False)
    assert listing.before(TODO, none) == [4, 9], "a comment is no case"
    listing.bring_back([2], of_cases=True)
    assert listing.before(TODO, none) == [4, 2, 9]
    assert listing.before(BY_KEY["mine"], none) is None


def test_the_address_of_what_comes_next(tab: SimpleNamespace) -> None:
    assert listing.onward(2) == {"show": "todo"}
    narrow = Filters(severity=2)
    listing.keep(TODO, narrow, [4, 2, 9])
    assert listing.onward(2) == {"show": "todo", "severity": "2", "case": "9"}
    assert listing.onward(8) == {"show": "todo", "severity": "2"}
    listing.go_on("case", 2)
    assert tab.query_params == {"case": "9"}
    listing.go_on("case", 8)
    assert tab.query_params == {"case": "8"}, "what is in no list stays open"
