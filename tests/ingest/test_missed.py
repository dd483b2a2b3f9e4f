"""Whether something was missed between two reads, against a blog that really forgets."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ingest.missed import Missed, front_of, missed
from model.comment import Entry

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
NOW = START + timedelta(days=300)


def entry(number: int, minute: int | None = None) -> Entry:
    return Entry(
        f"c{number}", f"c{number}", published_at=START + timedelta(minutes=number if minute is None else minute)
    )


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def newest_first(*numbers: int) -> list[Entry]:
    return [entry(number) for number in sorted(numbers, reverse=True)]


@dataclass
class Blog:
    """A blog whose feed shows its `window` newest comments by date, and what somebody has read of it."""

    window: int
    there: dict[int, Entry] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    front: datetime | None = None
    gaps: list[Missed] = field(default_factory=list)
    clock: int = 0
    number: int = 0

    def comment(self, *, back: int = 0) -> None:
        """A comment that shows now; `back` minutes ago it was written, and waited for its approval since."""
        self.clock += 1
        self.number += 1
        self.there[self.number] = entry(self.number, max(0, self.clock - back))

    def delete(self, which: int) -> None:
        if self.there:
            del self.there[sorted(self.there)[which % len(self.there)]]

    def poll(self) -> Missed | None:
        shown = sorted(self.there.values(), key=lambda e: e.published_at or NOW, reverse=True)[: self.window]
        known = {one.identity for one in shown} & self.read
        gap = missed(shown, known, self.front, at(self.clock))
        self.front = front_of(shown, self.front, at(self.clock))
        self.read |= {one.identity for one in shown}
        return gap


STEPS = st.lists(
    st.one_of(
        st.just("poll"),
        st.tuples(st.just("comments"), st.integers(1, 15)),
        st.tuples(st.just("late"), st.integers(1, 400)),
        st.tuples(st.just("delete"), st.integers(0, 50)),
    ),
    max_size=30,
)


@given(st.integers(1, 10), STEPS)
def test_whatever_came_since_the_last_read_was_read_or_lies_in_the_gap(window: int, steps: list[object]) -> None:
    blog = Blog(window)
    blog.comment()
    blog.poll()
    since: list[Entry] = []
    for step in [*steps, "poll"]:
        if step == "poll":
            front = blog.front
            assert front is not None
            gap = blog.poll()
            left = [one for one in since if one in blog.there.values() and one.identity not in blog.read]
            newer = [one for one in left if one.published_at and one.published_at > front]
            assert all(gap and one.published_at and gap.since < one.published_at <= gap.until for one in newer)
            since = []
            continue
        assert isinstance(step, tuple)
        what, number = step
        before = set(blog.there)
        if what == "delete":
            blog.delete(number)
        for _ in range(number if what == "comments" else 1 if what == "late" else 0):
            blog.comment(back=number if what == "late" else 0)
        since += [one for key, one in blog.there.items() if key not in before]


@given(st.integers(2, 10), st.lists(st.integers(0, 20), min_size=1, max_size=30))
def test_there_is_a_gap_exactly_when_the_window_was_pushed_past_what_was_known(window: int, came: list[int]) -> None:
    blog = Blog(window)
    for _ in range(window):
        blog.comment()
    assert blog.poll() is None, "the first read misses nothing"
    for many in came:
        for _ in range(many):
            blog.comment()
        assert (blog.poll() is not None) == (many >= window)


@given(st.integers(2, 10))
def test_a_document_in_the_other_direction_says_the_same(window: int) -> None:
    entries = newest_first(*range(5, 5 + window))
    for known in ({"c5"}, set(), {f"c{4 + window}"}):
        for front in (at(4), at(5), at(50)):
            assert missed(entries, known, front, NOW) == missed(entries[::-1], known, front, NOW)


def test_comments_of_one_second_are_no_proof() -> None:
    same = [entry(number, 7) for number in range(10)]
    assert missed(same, set(), at(7), NOW) == Missed(at(7), NOW)


def test_an_old_comment_that_was_approved_late_proves_nothing_and_is_no_gap() -> None:
    window = newest_first(20, 19, 18)
    assert missed([*window, entry(99, 3)], set(), at(17), NOW) is None, "the window reaches back to it"
    assert missed(window, set(), at(10), NOW) == Missed(at(10), at(18))


def test_an_edited_comment_on_top_of_the_document_does_not_hide_a_gap() -> None:
    on_top = [entry(3), *newest_first(20, 19, 18)]
    assert missed(on_top, {"c3"}, at(10), NOW) == Missed(at(10), at(18))
    assert missed([*on_top, entry(10)], {"c3", "c10"}, at(10), NOW) is None


def test_a_comment_dated_ahead_of_time_does_not_hide_a_gap() -> None:
    ahead = replace(entry(1), published_at=NOW + timedelta(days=999))
    assert front_of([ahead, entry(5)], None, at(6)) == at(6)
    assert missed([ahead, *newest_first(20, 19, 18)], {"c1"}, at(6), at(30)) == Missed(at(6), at(18))


def test_without_dates_what_is_known_decides() -> None:
    bare = [replace(one, published_at=None) for one in newest_first(3, 2, 1)]
    assert missed(bare, {"c1"}, at(0), NOW) is None
    assert missed(bare, {"c3"}, at(0), NOW) == Missed(at(0), NOW)
    assert missed([], set(), at(0), NOW) is None
    assert missed(bare, set(), None, NOW) is None
