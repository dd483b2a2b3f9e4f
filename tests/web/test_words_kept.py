"""What somebody typed is never lost: not with the session, not to a second tab, not to a refusal."""

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import TextArea

from access import sessions
from channels.feed.parse import parse
from ingest.read import take
from model.settings import ROOT
from model.words import Role, SourceKind
from response import drafts, policies
from store import cases, responses
from store.db import Store
from tests.channels.blogs import Said, rss
from tests.ingest import reads
from tests.installation import enter, set_up

TIMEOUT_S = 60
GRAVE = "<p>A lovely camp. My daughter was left alone at the lake, and she is six.</p>\n"
FIRST, SECOND = "We ring the family today.", "We look into it and write by Friday."


class Tab:
    """A browser's tab on the reply page, with a session of its own connection."""

    def __init__(self, token: str, case_id: int) -> None:
        self.token = token
        self.page = AppTest.from_file(ROOT / "dashboard.py", default_timeout=TIMEOUT_S)
        with patch("web.guard.session_token", lambda: self.token):
            self.page.run().switch_page("pages/reply.py")
            self.page.query_params["case"] = str(case_id)
            self.page.run()
        assert not self.page.exception

    def field(self) -> TextArea:
        (field,) = [one for one in self.page.text_area if one.label == "Your reply"]
        return field

    def press(self, label: str, text: str) -> None:
        self.field().set_value(text)
        (button,) = [one for one in self.page.button if one.label == label]
        with patch("web.guard.session_token", lambda: self.token):
            button.click().run()
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


def test_what_was_typed_is_shown_when_the_session_ended_meanwhile(writing: tuple[Store, str, int]) -> None:
    store, token, case_id = writing
    tab = Tab(token, case_id)
    visitor = sessions.visitor(store, token)
    assert visitor is not None
    sessions.log_out(store, visitor)

    tab.press("Save draft", FIRST)

    assert "You are logged out" in tab.shown()
    assert FIRST in tab.shown()
    assert draft(store, case_id) == ""


def test_a_second_tab_is_told_and_both_texts_are_there(writing: tuple[Store, str, int]) -> None:
    store, token, case_id = writing
    one, other = Tab(token, case_id), Tab(token, case_id)
    one.press("Save draft", FIRST)

    other.press("Save draft", SECOND)

    assert draft(store, case_id) == FIRST
    assert "Alice saved this draft" in other.shown()
    assert FIRST in other.shown()
    assert other.field().value == SECOND

    other.press("Save draft", SECOND)
    assert draft(store, case_id) == SECOND, "whoever has seen both may save over"


def test_sending_asks_the_levels_that_were_named_before(writing: tuple[Store, str, int]) -> None:
    store, token, case_id = writing
    tab = Tab(token, case_id)
    assert "This reply needs" in tab.shown()

    tab.press("Send for approval", FIRST)

    assert "Waiting for approval" in tab.shown()
    with store.read() as tx:
        live = responses.live_of_case(tx, case_id)
        assert live is not None
        submission = responses.live_submission(tx, live.id)
        case = cases.get(tx, case_id)
    assert submission is not None and case is not None
    assert [step.level for step in submission.steps] == [1, 2, 3][: case.severity - 1]
