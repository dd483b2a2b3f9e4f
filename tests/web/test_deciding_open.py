"""My approvals while it stays open: its fragments alone, as they ask every few seconds after the page was drawn."""

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from model.person import Person
from model.words import DecisionKind
from response import drafts
from tests.installation import enter
from tests.response.desk import Desk, desk_at
from tests.web.test_pages import text


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path, tick=True) as made:
        yield made


def arrivals() -> None:
    import streamlit as st  # noqa: PLC0415 (the script that AppTest runs is this function alone)

    from access.permissions import Permission  # noqa: PLC0415
    from web.guard import guard  # noqa: PLC0415
    from web.ui.deciding_open import arrivals  # noqa: PLC0415

    guard(Permission.WAITS)
    arrivals(st.session_state["drawn"], st.session_state["here"])


def of_the_open_one() -> None:
    import streamlit as st  # noqa: PLC0415

    from access.permissions import Permission  # noqa: PLC0415
    from web.guard import guard  # noqa: PLC0415
    from web.ui.deciding_open import beneath, line  # noqa: PLC0415

    guard(Permission.WAITS)
    line(st.session_state["matter"], "You approve exactly this text.")
    beneath(st.session_state["matter"].submission.id)


def asks(desk: Desk, who: Person, script: object, press: str = "", **state: object) -> AppTest:
    token = enter(desk.store, who)
    with patch("web.guard.session_token", lambda: token):
        page = AppTest.from_function(script, default_timeout=60)  # type: ignore[arg-type]
        for name, value in state.items():
            page.session_state[name] = value
        page.run()
        if press:
            next(one for one in page.button if one.label == press).click().run()
    assert not page.exception
    return page


def drawn(desk: Desk, who: Person) -> object:
    from response import deciding_now  # noqa: PLC0415

    with desk.store.read() as tx:
        return deciding_now.asked(tx, who)


def matter(desk: Desk, who: Person, submission_id: int) -> object:
    from response import deciding  # noqa: PLC0415

    return deciding.matter(desk.store, who, submission_id)


def test_what_came_since_is_said_aloud_and_brought_in_by_a_click(desk: Desk) -> None:
    before = drawn(desk, desk.bob)
    desk.waiting(3)
    page = asks(desk, desk.bob, arrivals, drawn=before, here=True)
    assert "1 new</p>" in text(page) and [one.label for one in page.button] == ["1 new"]
    elsewhere = asks(desk, desk.bob, arrivals, press="1 new", drawn=before, here=False)
    assert elsewhere.query_params["show"] == "waiting"
    calm = asks(desk, desk.bob, arrivals, drawn=drawn(desk, desk.bob), here=True)
    assert "Nothing new since you looked." in text(calm) and not calm.button


def test_the_bar_says_what_is_approved_until_that_is_over_and_then_by_whom_and_what_to_do(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    shown = matter(desk, desk.bob, submission_id)
    page = asks(desk, desk.bob, of_the_open_one, matter=shown)
    assert "You approve exactly this text." in text(page) and not page.button
    response_id = desk.submission(submission_id).response_id
    drafts.take_back(desk.store, desk.alice, response_id)
    page = asks(desk, desk.bob, of_the_open_one, matter=shown)
    assert "Alice took it back at" in text(page)
    assert "You approve exactly" not in text(page)
    assert "it is kept here for you to copy" in text(page), "beneath what somebody types"
    assert [one.label for one in page.button] == ["Show what waits for me"]
    again = desk.sent(response_id)
    page = asks(desk, desk.bob, of_the_open_one, press="Open the version that waits for you", matter=shown)
    assert page.query_params["decide"] == str(again)
    desk.decides(desk.bob, again, DecisionKind.REJECT, "No.")


def test_a_comment_changed_meanwhile_can_be_looked_at_anew_and_the_page_says_that_it_was(desk: Desk) -> None:
    from web.ui import deciding_blocks  # noqa: PLC0415

    shown = matter(desk, desk.bob, submission_id := desk.waiting(3))
    desk.reads(1, "You published my address. And my name.", 3, "privacy")
    page = asks(desk, desk.bob, of_the_open_one, matter=shown)
    assert [one.label for one in page.button] == ["Show the comment as it is now"]
    told = "The comment was changed since this was sent."
    assert told not in deciding_blocks.said(shown, 9)  # type: ignore[arg-type]
    assert told in deciding_blocks.said(matter(desk, desk.bob, submission_id), 9)  # type: ignore[arg-type]
