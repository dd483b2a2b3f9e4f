"""What pages show when there is nothing: before the first source, when all is done, and when what was asked for is
gone. Each says what that means and what comes next."""

from pathlib import Path
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from access import people
from model.person import Person
from model.settings import ROOT
from model.words import Role
from response import policies
from store.db import Store
from store.deciding import PAGE
from store.queue import SHOWN
from tests.channels.blogs import HOME
from tests.ingest import reads
from tests.installation import add, enter, person, set_up
from tests.response.desk import desk_at
from web.navigation import PLACES

TIMEOUT_S = 120
EVERYTHING = frozenset({Role.MANAGER, Role.ADMIN, Role.APPROVER})


class Tab:
    """The dashboard of one person."""

    def __init__(self, store: Store, who: Person) -> None:
        self._token = enter(store, who)
        self._app = AppTest.from_file(ROOT / "dashboard.py", default_timeout=TIMEOUT_S)
        self._run()

    def _run(self) -> None:
        with patch("web.guard.session_token", lambda: self._token):
            self._app.run()

    def shows(self, file: str, **query: str) -> str:
        """Opens a page with this in its address; returns all that stands there."""
        self._app.switch_page(f"pages/{file}")
        self._app.query_params.clear()
        for name, value in query.items():
            self._app.query_params[name] = value
        self._run()
        assert not self._app.exception, (file, query, self._app.exception)
        return "\n".join(str(element.proto) for element in self._app.main)


@pytest.fixture
def alice(empty: Store) -> Person:
    """Somebody who may open every page, where nothing happened yet."""
    policies.ensure(empty)
    alice = set_up(empty)
    people.set_roles(empty, alice, alice.id, EVERYTHING, frozenset({1}))
    return person(empty, alice.email)


FIRST_USE = {
    "queue.py": "No source is read yet",
    "new.py": "Nothing of our own so far",
    "templates.py": "There is no template yet",
    "unconfirmed.py": "No answer is in doubt",
    "approvals.py": "Nothing waits for you",
    "question.py": "Nobody waits for an answer of yours",
    "comments.py": "No source is read yet",
    "upload.py": "No file was uploaded yet",
    "search.py": "for example: lake camp*",
    "overview.py": "No source is read yet",
    "costs.py": "There is no such response in this time",
    "good.py": "Nothing was judged yet",
    "board.py": "No source is read yet",
    "goals.py": "No goal is in use",
    "opinion.py": "Enter on the left where a model is",
    "sources.py": "Your first source appears here",
    "reply.py": "A reply belongs to a case",
}


def test_on_the_first_day_each_page_says_what_will_be_there_and_how_it_begins(empty: Store, alice: Person) -> None:
    tab = Tab(empty, alice)
    for file, words in FIRST_USE.items():
        assert words in tab.shows(file), file
    filled = {"people.py", "policy.py", "matters.py", "data.py", "audit.py", "pause.py", "health.py", "me.py"}
    filled.add("begin.py")
    filled.add("loosened.py")  # that Alice has every role went at once, as nobody second was there
    assert {here.file for here in PLACES} == FIRST_USE.keys() | filled, "these have something to show from the start"


def test_the_way_to_the_first_source_is_for_those_who_may_add_one(empty: Store, alice: Person) -> None:
    assert "Add the first source" in Tab(empty, alice).shows("queue.py")
    told = Tab(empty, add(empty, alice, "Bob", Role.MANAGER)).shows("queue.py")
    assert "Add the first source" not in told
    assert "An administrator adds the first one" in told


def test_a_queue_with_nothing_in_it_says_why_that_is_known(empty: Store, alice: Person) -> None:
    reads.source(empty)
    tab = Tab(empty, alice)
    assert "No comment was read since" in tab.shows("queue.py")
    assert "Take a filter off" in tab.shows("queue.py", author="Nobody")


GONE = [
    ("queue.py", "case", "There is no such case"),
    ("queue.py", "comment", "This comment is no longer here"),
    ("reply.py", "case", "No reply is being written for this case"),
    ("approvals.py", "decide", "There is no such response"),
    ("question.py", "question", "This question was not put to you"),
    ("templates.py", "template", "There is no template 4711 any more"),
    ("new.py", "response", "There is no response 4711 of our own"),
    ("comments.py", "comment", "Comment 4711 is no longer here"),
    ("unconfirmed.py", "publication", "There is no answer 4711 any more"),
]


def test_what_was_asked_for_and_is_gone_is_said_and_what_is_no_number_is_nothing(empty: Store, alice: Person) -> None:
    tab = Tab(empty, alice)
    for file, name, words in GONE:
        assert words in tab.shows(file, **{name: "4711"}), (file, name)
        tab.shows(file, **{name: "9" * 30})


@pytest.mark.sqlite
def test_of_too_many_the_first_are_shown_and_it_says_how_to_see_the_others(tmp_path: Path) -> None:
    with desk_at(tmp_path, tick=True) as desk:
        cases = [desk.opened(number=number, thread=f"{HOME}/{number}/") for number in range(1, SHOWN + 1)]
        tab = Tab(desk.store, desk.alice)
        assert "A filter shows fewer" not in tab.shows("queue.py")
        desk.opened(number=SHOWN + 1, thread=f"{HOME}/{SHOWN + 1}/")
        assert f"The first {SHOWN} are shown. A filter shows fewer." in tab.shows("queue.py")
        for case_id in cases[:PAGE]:
            desk.sent(desk.written(case_id))
        deciding = Tab(desk.store, desk.bob)
        assert "Page 1 of 2" not in deciding.shows("approvals.py")
        desk.sent(desk.written(cases[PAGE]))
        assert f"Page 1 of 2, {PAGE + 1} in all." in deciding.shows("approvals.py")
        assert "Page 2 of 2" in deciding.shows("approvals.py", page="2")
