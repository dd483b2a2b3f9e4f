"""My approvals as its people see it: a decision and the bar after it, the three lists, and what is gone."""

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from model.person import Person
from model.settings import ROOT, settings
from model.words import DecisionKind, Role
from response import drafts, handing_on
from store import deciding
from tests.installation import add, enter
from tests.response.desk import Desk, desk_at
from tests.response.test_similar import answered, case_of
from tests.web.test_pages import text
from web.ui.deciding_lists import where


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path, tick=True) as made:
        yield made


def opened(desk: Desk, who: Person, press: str = "", page_of: str = "approvals", **address: str) -> AppTest:
    """A page of somebody, alone; after a button was pressed, if one is named."""
    token = enter(desk.store, who)
    with patch("web.guard.session_token", lambda: token), patch("streamlit.page_link"):
        page = AppTest.from_file(str(ROOT / "pages" / f"{page_of}.py"), default_timeout=60)
        for name, value in address.items():
            page.query_params[name] = value
        page.run()
        if press:
            next(one for one in page.button if one.label == press).click().run()
    assert not page.exception
    return page


def test_the_decision_is_of_the_exact_version_and_afterwards_it_can_be_undone(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    page = opened(desk, desk.bob, press="Approve")
    assert [one.label for one in page.button if one.label in ("Undo", "Done", "Approve")] == ["Undo", "Done"]
    assert desk.asked(submission_id) == set()


def test_a_decision_that_was_handed_on_is_taken_back_by_the_line_above_the_page(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEVELHEAD_UNDO_SECONDS", "600")  # a slow machine takes longer than ten to draw a page
    settings.cache_clear()
    submission_id = desk.waiting(3)
    ben = add(desk.store, desk.alice, "Ben", Role.APPROVER, levels=(1,))
    seen = desk.submission(submission_id).content_hash
    handing_on.hand_on(desk.store, desk.bob, submission_id, ben.id, "I am at the lake.", seen)
    token = enter(desk.store, desk.bob)
    with patch("web.guard.session_token", lambda: token):
        page = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60).run()
        assert "Handed on: a response of case" in text(page)
        next(one for one in page.button if one.label == "Undo").click().run()
    assert "It waits for your decision again, and nobody was told." in page.session_state["levelhead_undone"][1]
    assert desk.asked(submission_id) == {"Bob", "Ben"}


def test_what_was_asked_for_and_is_decided_says_by_whom(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    desk.decides(desk.bob, submission_id, DecisionKind.REQUEST_CHANGES, "Say when.")
    desk.passes_on()
    assert "does not wait for you. Bob asked for changes to it at" in text(
        opened(desk, desk.carla, decide=str(submission_id))
    )
    assert "There is no such response" in text(opened(desk, desk.carla, decide="999"))


def test_what_was_just_decided_is_listed_with_the_step_of_that_decision(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    for who, step in ((desk.bob, "step 1 of 2"), (desk.carla, "step 2 of 2")):
        desk.decides(who, submission_id)
        with desk.store.read() as tx:
            row = deciding.one(tx, submission_id)
        assert row is not None and step in where(row)
        desk.passes_on()


def test_a_manager_sees_what_waits_because_of_them_and_at_whom(desk: Desk) -> None:
    desk.waiting(3)
    shown = text(opened(desk, desk.alice))
    assert "At Bob since" in shown
    assert "Nothing that you wrote" in text(opened(desk, desk.dave))


def test_the_lists_are_told_when_they_are_empty(desk: Desk) -> None:
    assert "Nothing waits for you" in text(opened(desk, desk.bob))
    assert "You have not decided anything yet" in text(opened(desk, desk.bob, show="decided"))


def test_the_changes_since_what_this_person_saw_are_marked_first(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    opened(desk, desk.bob)
    response_id = desk.submission(submission_id).response_id
    desk.decides(desk.bob, submission_id, DecisionKind.REQUEST_CHANGES, "Say when.")
    desk.passes_on()
    drafts.save(
        desk.store, desk.alice, response_id, "We are sorry. It is off today.", desk.response(response_id).version
    )
    desk.sent(response_id)
    shown = text(opened(desk, desk.bob))
    assert "Marked is what changed since version 1, which you saw." in shown
    assert "<del>" in shown and "<ins>" in shown and "Say when." in shown


def test_author_and_approver_read_which_earlier_answer_a_text_was_begun_from(desk: Desk) -> None:
    answered(desk, 1, "Where is the key to the allotment shed?", "At the desk.")
    asked = "Who has the key to the allotment shed?"
    case_id = case_of(desk, desk.reads(9, asked, 2, "privacy", thread="https://blog.example.org/9"))
    response_id = drafts.start(desk.store, desk.alice, case_id)
    told = "Begun from the answer to A reader of"
    assert told not in text(opened(desk, desk.alice, page_of="reply", case=str(case_id)))
    press = "Start from this answer"
    assert told in text(opened(desk, desk.alice, press, page_of="reply", case=str(case_id)))
    decision = text(opened(desk, desk.bob, decide=str(desk.sent(response_id))))
    assert told in decision
    assert "approved by Bob" in decision
