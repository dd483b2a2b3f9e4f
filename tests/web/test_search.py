"""The Search page: what stands in its address is looked for, and what is found is text with its words marked."""

from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from model.person import Person
from model.settings import ROOT
from model.words import Role
from response import policies
from store.db import Store
from store.search import terms
from tests.installation import Team, add, enter
from tests.installation import team as made
from tests.store import test_search
from web.ui import finding

HOSTILE = "By the <img src=x onerror=alert(1)> lake & 'more' <mark>"


@pytest.fixture
def team(empty: Store) -> Team:
    policies.ensure(empty)
    return made(empty)


def page(store: Store, who: Person, **address: str) -> AppTest:
    token = enter(store, who)
    # Links to other pages need the whole dashboard.
    with patch("web.guard.session_token", lambda: token), patch("streamlit.page_link"):
        shown = AppTest.from_file(str(ROOT / "pages" / "search.py"), default_timeout=60)
        for name, value in address.items():
            shown.query_params[name] = value
        shown.run()
    assert not shown.exception
    return shown


def found(shown: AppTest) -> list[str]:
    return [html.proto.body for html in shown.get("html") if "lh-rows" in html.proto.body]


def test_what_stands_in_the_address_is_looked_for(team: Team) -> None:
    test_search.add(team.store, HOSTILE, "Something else", author="Ann <b>")
    (row,) = found(page(team.store, team.alice, q="lake"))
    assert "<mark>lake</mark> &amp; &#x27;more&#x27; &lt;mark&gt;" in row
    assert "<img" not in row
    assert "Ann &lt;b&gt;" in row
    assert len(found(page(team.store, team.alice, author="ann"))) == 2
    assert found(page(team.store, team.alice, q="lake", since="2026-03-02")) == []
    assert len(found(page(team.store, team.alice, q="lake", since="2026-02-28", until="2026-03-01"))) == 1


def test_it_says_how_far_back_was_looked(team: Team) -> None:
    test_search.add(team.store, "lake camp", id=1)
    for number in (490_000, 500_000):
        test_search.add(team.store, "No word.", id=number)
    first = page(team.store, team.alice, q="lake camp")
    assert found(first) == []
    (said,) = [html.proto.body for html in first.get("html") if "further back" in html.proto.body]
    assert "Looked back to Sun 1 Mar 2026" in said
    assert "Further back" in [button.label for button in first.button]
    before = str(58 * 8_192)
    assert len(found(page(team.store, team.alice, q="lake camp", before=before))) == 1


@pytest.mark.parametrize(
    "address",
    [
        {"q": '"'},
        {"q": "lake", "before": "x", "source": "999", "channel": "fax", "flag": "odd", "kind": "people"},
        {"q": "lake", "since": "0001-01-01", "until": "9999-12-31"},
        {"q": "lake", "kind": "cases", "state": "odd"},
        {"kind": "responses", "state": "draft", "since": "yesterday"},
    ],
)
def test_whatever_stands_in_the_address_gives_results_or_none(team: Team, address: dict[str, str]) -> None:
    test_search.add(team.store, HOSTILE)
    page(team.store, team.alice, **address)


def test_cases_and_responses_are_for_those_who_work_on_them(team: Team) -> None:
    leader = add(team.store, team.alice, "Lea", Role.APPROVER, levels=(1,))
    (choice,) = page(team.store, leader, q="lake", kind="cases").get("button_group")
    assert list(choice.options) == ["Comments"]


def test_the_part_that_holds_the_words_is_shown() -> None:
    long = "word " * 200 + "Lake & camps " + "word " * 200
    shown = finding.marked(long, terms("lake camp* -word"))
    assert shown.startswith("…word") and shown.endswith("…")
    assert "<mark>Lake</mark> &amp; <mark>camps</mark>" in shown
    assert len(shown) < 600
