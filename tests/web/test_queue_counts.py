"""The counts beside the views of the queue, and that none moves what stands beside it."""

from hypothesis import given
from hypothesis import strategies as st

from model.queue import BY_KEY, LIKE, VIEWS, Filters
from response.board import News
from store import queue
from web.ui.queue.counts import counted, fitting

NONE = {view.key: 0 for view in VIEWS}
figures = st.integers(0, 1200).map(lambda n: f"{n}" if n else "")
pages = st.fixed_dictionaries({view.key: figures for view in VIEWS})


def test_a_count_says_nothing_for_none_and_more_than_it_counts_to() -> None:
    held = NONE | {"todo": 7, "unclaimed": queue.COUNTED, "spam": queue.COUNTED_COMMENTS}
    said = counted(BY_KEY["todo"], Filters(), News(1, 0, held), 7)
    assert said == dict.fromkeys(NONE, "") | {"todo": "7", "unclaimed": "999+", "spam": "199+"}


def test_what_is_like_one_comment_is_counted_by_what_is_shown_and_what_came_since() -> None:
    held = NONE | {"todo": 7}
    some = Filters(like=3)
    assert counted(LIKE, some, News(1, 2, held), 4)["like"] == "6"
    assert counted(LIKE, some, News(1, 1, held), queue.SHOWN)["like"] == f"{queue.SHOWN + 1}+"
    assert counted(BY_KEY["todo"], some, News(1, 0, held), 2)["todo"] == "2"


@given(pages, st.lists(pages, min_size=1))
def test_counts_that_follow_take_the_room_they_were_drawn_with(
    drawn: dict[str, str], came: list[dict[str, str]]
) -> None:
    first = fitting(drawn, drawn)
    for by_now in came:
        shown = fitting(drawn, by_now)
        assert {key: room for key, (_said, room) in shown.items()} == {
            key: room for key, (_said, room) in first.items()
        }
        assert all(len(said) <= room for said, room in shown.values())
        assert all(said in (by_now[key], drawn[key]) for key, (said, _room) in shown.items())
        assert all(shown[key][0] == said for key, said in by_now.items() if len(said) <= 2)
