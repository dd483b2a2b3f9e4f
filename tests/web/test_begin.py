"""The page of first set-up: each step does what it says or is skipped, and where one stopped is where it goes on."""

import re
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from access import set_up
from access.set_up import Passed, Step
from model.person import Person
from model.settings import ROOT, settings
from model.words import Role
from response import policies
from store import people
from store.db import Store
from tests.access.test_set_up import progress
from tests.channels.hostile import item, rss
from tests.channels.mailbox import mailbox
from tests.channels.peers import Peer, answer
from tests.ingest import reads
from tests.installation import add, enter
from tests.installation import set_up as first_visit

TIMEOUT_S = 120
LINE = re.compile(r"Set-up: (\d) of 5 steps done\.")


class Tab:
    """The dashboard of one person, at first on the page of set-up."""

    def __init__(self, store: Store, who: Person) -> None:
        self._token = enter(store, who)
        self._app = AppTest.from_file(ROOT / "dashboard.py", default_timeout=TIMEOUT_S)
        self._run()
        self.open("begin.py")

    def _run(self) -> None:
        with patch("web.guard.session_token", lambda: self._token):
            self._app.run()
        assert not self._app.exception, self._app.exception

    def open(self, file: str, **query: str) -> str:
        self._app.switch_page(f"pages/{file}")
        self._app.query_params.clear()
        for name, value in query.items():
            self._app.query_params[name] = value
        self._run()
        return self.shown()

    def shown(self) -> str:
        return "\n".join(str(element.proto) for element in self._app.main)

    def press(self, label: str) -> str:
        next(one for one in self._app.button if one.label == label).click()
        self._run()
        return self.shown()

    def type(self, label: str, text: str) -> None:
        next(one for one in self._app.text_input if one.label == label).set_value(text)

    def typed(self, label: str) -> str:
        return next(one.value or "" for one in self._app.text_input if one.label == label)

    def tick(self, label: str) -> None:
        next(one for one in self._app.checkbox if one.label == label).check()

    def choose(self, label: str, value: str) -> None:
        next(one for one in [*self._app.selectbox, *self._app.radio] if one.label == label).set_value(value)


# What stands above every page. Streamlit's own test runs a page of the navigation without it.
ABOVE = """
import streamlit as st
from store.db import store
from web.guard import visitor
from web.ui.beginning import standing
from web.ui.tour import panel
me = visitor().person
with store().read() as tx:
    beginning, taken = standing.under_way(tx, me), panel.of(tx, me)
standing.line(beginning)
panel.show(me, taken, st.query_params.get("file", "queue.py"), offer=beginning is None)
"""


class Above(Tab):
    """What stands above the pages of one person; `opened` are those to which it led."""

    def __init__(self, store: Store, who: Person) -> None:
        self._token = enter(store, who)
        self.opened: list[str] = []
        self._app = AppTest.from_string(ABOVE, default_timeout=TIMEOUT_S)

    def _run(self) -> None:
        with patch("streamlit.switch_page", lambda script: self.opened.append(script.name)):
            super()._run()

    def at(self, file: str) -> str:
        """What stands above this page."""
        self._app.query_params["file"] = file
        self._run()
        return self.shown()


@pytest.fixture
def alice(empty: Store) -> Person:
    policies.ensure(empty)
    return first_visit(empty)


def test_every_step_can_be_skipped_and_a_new_tab_goes_on_where_one_stopped(empty: Store, alice: Person) -> None:
    tab = Tab(empty, alice)
    assert "Paste the address of your blog" in tab.shown()
    assert "Who works on comments" in tab.press("Skip this step")
    later = Tab(empty, alice)
    assert "Who works on comments" in later.shown(), "not the source again"
    assert "Who has to approve what" in later.press("Skip this step")
    assert "No mail server is set" in later.press("Skip this step")
    end = later.press("Skip this step")
    assert "Skipped: First source, People, Policy and Mail" in end
    assert "Paste the address of your blog" in later.open("begin.py", step="source"), "what was skipped can be done"


def test_people_and_policy_are_done_here_in_plain_words(empty: Store, alice: Person) -> None:
    tab = Tab(empty, alice)
    tab.open("begin.py", step="people")
    tab.type("Name", "Bob Bright")
    tab.type("E-mail", "bob@example.org")
    tab.choose("What this person does", "level-1")
    shown = tab.press("Add person")
    assert re.search(r"Bob Bright was added", shown) and "/join?token=" in shown
    with empty.read() as tx:
        bob = people.by_email(tx, "bob@example.org")
    assert bob is not None and (bob.roles, bob.levels) == ({Role.APPROVER}, {1})
    tab.open("begin.py", step="policy")
    tab.choose("Policy", "Five levels for everything")
    assert "The policy in force stays as it is" in tab.press("Use this policy"), "four levels have nobody"
    assert progress(empty).passed.get(Step.POLICY) is None
    tab.choose("Policy", "By severity")
    tab.press("Use this policy")
    assert progress(empty).passed[Step.POLICY] is Passed.DONE
    with empty.read() as tx:
        assert policies.in_force(tx).number == 1, "what is in force already is kept"


def test_the_fields_are_empty_for_the_next_person_and_kept_where_they_cannot_be_used(
    empty: Store, alice: Person
) -> None:
    tab = Tab(empty, alice)
    tab.open("begin.py", step="people")
    tab.type("Name", "Bob Bright")
    tab.type("E-mail", "bob@example.org")
    tab.press("Add person")
    assert (tab.typed("Name"), tab.typed("E-mail")) == ("", "")
    tab.type("Name", "Bob Bright")
    tab.type("E-mail", "bob@example.org")
    assert "belongs to somebody who is already here" in tab.press("Add person")
    assert (tab.typed("Name"), tab.typed("E-mail")) == ("Bob Bright", "bob@example.org")


def test_what_was_found_behind_one_address_is_not_offered_for_another(empty: Store, alice: Person) -> None:
    tab = Tab(empty, alice)
    tab.open("begin.py", step="source")
    with Peer(lambda _: answer(rss(item(1)))) as peer:
        tab.type("Blog address", peer.url)
        tab.tick("This address is on our own network")
        assert "Add source" in tab.press("Find comments")
        tab.type("Blog address", "http://127.0.0.1:9/feed")
        shown = tab.press("Find comments")
    assert "127.0.0.1 cannot be reached. Try again in a few minutes." in shown
    assert "Add source" not in shown


def test_where_mail_is_set_up_the_link_goes_by_mail(
    empty: Store, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mailbox() as box:
        for name, value in {"HOST": "127.0.0.1", "PORT": str(box.port), "SECURITY": "none"}.items():
            monkeypatch.setenv(f"LEVELHEAD_SMTP_{name}", value)
        monkeypatch.setenv("LEVELHEAD_MAIL_FROM", "levelhead@example.org")
        settings.cache_clear()
        tab = Tab(empty, alice)
        tab.open("begin.py", step="people")
        tab.type("Name", "Bob Bright")
        tab.type("E-mail", "bob@example.org")
        shown = tab.press("Add person")
        (letter,) = box.letters
    settings.cache_clear()
    assert "A link was sent to bob@example.org." in shown and "/join?token=" not in shown
    plain = letter.get_body(("plain",))
    assert letter["To"] == "Bob Bright <bob@example.org>" and plain and "/join?token=" in plain.get_content()


def test_the_line_is_on_other_pages_until_set_up_is_put_away_and_health_finds_it_again(
    empty: Store, alice: Person
) -> None:
    above, tab = Above(empty, alice), Tab(empty, alice)
    said = LINE.search(above.at("sources.py"))
    assert said and said[1] == "1"
    bob = Above(empty, add(empty, alice, "Bob", Role.MANAGER))
    assert not LINE.search(bob.at("queue.py")), "for those who may go on with it"
    tab.press("Leave set-up for later")
    assert not LINE.search(above.at("sources.py"))
    health = tab.open("health.py")
    said = LINE.search(health)
    assert said and said[1] == "2" and "Still to do: First source, Policy, Mail." in health


def test_it_ends_where_one_works_and_is_shown_no_more(empty: Store, alice: Person) -> None:
    reads.source(empty)
    for step in (Step.PEOPLE, Step.POLICY, Step.MAIL):
        set_up.go_past(empty, alice, step, Passed.SKIPPED)
    tab = Tab(empty, alice)
    assert "No comment was read yet" in tab.shown()
    assert "No comment was read since" in tab.press("Go to the queue"), "the queue"
    assert not LINE.search(Above(empty, alice).at("sources.py"))


def test_what_was_there_before_set_up_has_none(empty: Store, alice: Person) -> None:
    with empty.write() as tx:
        people.drop_fact(tx, "first set-up")
    tab = Tab(empty, alice)
    assert "Nothing is being set up here" in tab.shown()
    assert not LINE.search(tab.open("health.py"))
