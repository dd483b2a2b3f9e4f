"""What somebody typed is never lost: not with the session, not to a second tab, not to a refusal."""

import json
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from streamlit.runtime.scriptrunner_utils.exceptions import RerunException
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData
from streamlit.testing.v1 import AppTest

from channels.feed.parse import parse
from ingest.take import take
from model.settings import ROOT
from model.words import Role, SourceKind
from response import drafts, policies
from store import cases, responses
from store.db import Store
from tests.channels.blogs import Said, rss
from tests.ingest import reads
from tests.installation import enter, person, set_up
from web.ui import editor

TIMEOUT_S = 60
GRAVE = "<p>A lovely camp. My daughter was left alone at the lake, and she is six.</p>\n"
FIRST, SECOND = "We ring the family today.", "We look into it and write by Friday."


class Tab:
    """A browser's tab on the reply page, with a session of its own connection. What its editor sends is put in the
    place of the browser's message: a real one types in tests/browser/test_writing.py."""

    def __init__(self, token: str, case_id: int) -> None:
        self.token = token
        self.sent: dict[str, Any] | None = None
        self.page = AppTest.from_file(ROOT / "dashboard.py", default_timeout=TIMEOUT_S)
        with patch("web.guard.session_token", lambda: self.token):
            self.page.run().switch_page("pages/reply.py")
            self.page.query_params["case"] = str(case_id)
            self.page.run()
        assert not self.page.exception

    def data(self) -> dict[str, Any]:
        """What the editor was told last."""
        (one,) = [one.proto for one in self.page.main if one.type == "bidi_component"]
        told: dict[str, Any] = json.loads(one.json)
        return told

    def types(self, text: str) -> None:
        told = self.data()
        number = (self.sent or {"n": 0})["n"] + 1
        self.sent = {"text": text, "base": max(told["seq"] if number == 1 else 0, told["grant"]), "tab": told["tab"]}
        self.sent["n"] = number
        self._run(self.page)

    def press(self, label: str) -> None:
        (button,) = [one for one in self.page.button if one.label == label]
        self._run(button.click())

    def _run(self, what: Any) -> None:
        with (
            patch("web.guard.session_token", lambda: self.token),
            patch("web.ui.editor._typed", lambda _response_id: self.sent),
        ):
            what.run()
        assert not self.page.exception

    def shown(self) -> str:
        return "\n".join(str(element.proto) for element in self.page.main)


@pytest.fixture
def writing(empty: Store) -> Iterator[tuple[Store, str, int]]:
    """Alice writes an answer to the only case: the store, her session's token, the case."""
    policies.ensure(empty)
    alice = set_up(empty)
    assert Role.MANAGER in alice.roles
    source = reads.source(empty, kind=SourceKind.FEED)
    take(empty, source, parse(rss([Said(1, GRAVE)])))
    (case,) = reads.all_cases(empty)
    drafts.start(empty, alice, case.id)
    yield empty, enter(empty, alice), case.id


def draft(store: Store, case_id: int) -> str:
    with store.read() as tx:
        live = responses.live_of_case(tx, case_id)
    assert live is not None
    return live.draft


def test_what_is_typed_once_the_session_has_ended_is_not_saved_and_the_answer_says_so(
    writing: tuple[Store, str, int],
) -> None:
    store, token, case_id = writing
    tab = Tab(token, case_id)
    with patch("web.ui.editor.still_here", lambda: None):
        tab.types(FIRST)
    assert tab.data()["saved"]["told"].startswith("Not saved: you are logged out")
    assert tab.page.session_state["draft-1"] == FIRST
    assert draft(store, case_id) == ""


def test_a_second_tab_is_told_and_both_texts_are_there(writing: tuple[Store, str, int]) -> None:
    store, token, case_id = writing
    one, other = Tab(token, case_id), Tab(token, case_id)
    one.types(FIRST)
    assert one.data()["saved"] | {"ok": True, "kept": True, "told": "", "seq": 1} == one.data()["saved"]

    other.types(SECOND)

    assert draft(store, case_id) == FIRST
    assert "Another text was saved in another window" in other.data()["saved"]["told"]
    assert FIRST in other.shown()

    other.press("Keep mine")
    assert other.data()["grant"] == 1
    other.types(SECOND)
    assert draft(store, case_id) == SECOND, "whoever has seen both may save over"


def test_sending_asks_the_levels_that_were_named_before(writing: tuple[Store, str, int]) -> None:
    store, token, case_id = writing
    tab = Tab(token, case_id)
    assert "This reply needs" in tab.shown()

    tab.types(FIRST)
    tab.press("Send for approval")

    assert "Waiting for approval" in tab.shown()
    with store.read() as tx:
        live = responses.live_of_case(tx, case_id)
        assert live is not None
        submission = responses.live_submission(tx, live.id)
        case = cases.get(tx, case_id)
    assert submission is not None and case is not None
    assert live.draft == FIRST
    assert [step.level for step in submission.steps] == [1, 2, 3][: case.severity - 1]


def test_what_is_known_before_writing_is_said_and_what_was_written_can_be_looked_up(
    writing: tuple[Store, str, int],
) -> None:
    _, token, case_id = writing
    tab = Tab(token, case_id)
    assert "is not known yet: fewer than 5 answers so far." in tab.shown()
    assert "Nothing that you can change: what the comment says asks for these levels." in tab.shown()
    tab.types(FIRST)
    tab.types("")
    tab.types(SECOND)
    assert "lh-versions" not in tab.shown()
    (asked,) = tab.page.toggle
    with patch("web.guard.session_token", lambda: token):
        asked.set_value(True).run()
    shown = tab.shown()
    assert "Alice wrote" in shown and f"<ins>{SECOND}</ins>" in shown
    assert FIRST not in shown.partition("lh-versions")[2], "what was typed over within minutes is one save"


def test_an_answer_is_not_lost_when_a_newer_run_ends_the_one_that_saved(writing: tuple[Store, str, int]) -> None:
    store, _, case_id = writing
    sent = {"text": FIRST, "base": 0, "tab": "tab-1", "n": 1}
    window, alice = editor.Window("tab-1"), person(store, "alice@example.org")
    with patch("web.ui.editor._typed", lambda _response_id: sent):
        ends = patch("web.ui.editor.words.time_of_day", side_effect=RerunException(RerunData()))
        with ends, pytest.raises(RerunException):
            editor._take_in(alice, 1, window)
        with patch("web.ui.editor.words.time_of_day", lambda _moment: "10:00"):
            editor._take_in(alice, 1, window)
    assert window.saved is not None and window.saved["ok"]
    assert draft(store, case_id) == FIRST
