"""On the open case: that a second look raised it, the campaign it belongs to with the way to it, and cases like it."""

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from ingest import second
from response import cases
from tests.ingest import test_held as waiting
from tests.ingest.looking import Told, reads_by, take_all
from tests.installation import enter
from tests.response.desk import Desk, desk_at
from tests.response.test_alike import brings
from tests.web.test_moderating import Tab
from web.navigation import place

SAME = "The old lime tree stays where it is, say all who live beside it."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path) as made:
        yield made


def comments(desk: Desk, **asked: str) -> str:
    """The page Comments, as Alice sees it."""
    token = enter(desk.store, desk.alice)
    with patch("web.guard.session_token", lambda: token), patch("streamlit.page_link"):
        page = AppTest.from_file(place("comments.py").script, default_timeout=60)
        for name, value in asked.items():
            page.query_params[name] = value
        page.run()
    assert not page.exception
    return "\n".join(str(element.proto) for element in page.main)


def test_a_case_says_what_a_second_look_has_found(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second, "READER", reads_by(Told({SAME: (2, ("staff",))})))
    said = [("Ann", "1", SAME, 0), ("Ben", "2", SAME, 20), ("Cem", "3", SAME, 59), ("Dea", "4", "It is calm here.", 9)]
    brings(desk, *said)
    cases.dismiss(desk.store, desk.alice, 2, desk.case(2).version, "Signed by many.")
    with patch("streamlit.page_link"):
        shown = Tab(desk).shown()
    assert "Raised on a second look, Mon 2 Mar 2026, " in shown
    assert "3 comments said nearly the same within an hour (3 authors, 3 threads). It may be a campaign." in shown
    assert "Cases like this one" in shown
    assert "closed as dismissed by Alice, " in shown and "open since " in shown
    listed = comments(desk, alike="1")
    assert "saying nearly the same as comment 1 within an hour" in listed
    assert all(name in listed for name in ("Ann", "Ben", "Cem")) and "It is calm here." not in listed


def test_a_case_that_is_like_no_other_says_nothing_of_it(desk: Desk) -> None:
    desk.opened(3, "privacy")
    shown = Tab(desk).shown()
    assert "Cases like this one" not in shown and "campaign" not in shown and "second look" not in shown


def test_what_a_second_look_has_left_in_peace_says_why_the_first_would_have_raised_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting.stands(desk, "")
    comment_id = waiting.held(desk)
    why = "The first look would have raised it: Money."
    assert why not in comments(desk)
    waiting.says(monkeypatch, 0)
    take_all(desk.store)
    listed = comments(desk, comment=str(comment_id))
    assert "left in peace" in listed and why in listed
