"""Pages, each run alone, as a browser can have it before dashboard.py ever ran: everyone guards itself."""

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.runtime.scriptrunner import RerunException, StopException
from streamlit.testing.v1 import AppTest

from access import people, sessions
from access.permissions import may
from model.person import Person
from model.settings import ROOT
from model.words import Role
from response import policies
from store.db import Store
from tests.installation import Team, add, enter, person, set_up
from web.guard import known, still_here
from web.navigation import PLACES, Place, allowed, menus, place, stands_at

LOGGED_OUT, REFUSED = "You are logged out", "This page is not for you"
TIMEOUT_S = 60


def run(script: Path, token: str) -> AppTest:
    """Runs a script as somebody with this token in the browser's cookie."""
    with patch("web.guard.session_token", lambda: token):
        return AppTest.from_file(script, default_timeout=TIMEOUT_S).run()


def text(page: AppTest) -> str:
    """Everything that the page shows, as one text."""
    return "\n".join(str(element.proto) for element in page.main)


def with_role(store: Store, alice: Person, role: Role) -> Person:
    if role is Role.ADMIN:
        return alice
    return add(store, alice, role.name.capitalize(), role, levels=(1,) if role is Role.APPROVER else ())


@pytest.fixture
def alice(empty: Store) -> Person:
    """The only person, and administrator alone: not a community manager as well."""
    policies.ensure(empty)
    alice = set_up(empty)
    people.set_roles(empty, alice, alice.id, frozenset({Role.ADMIN}), frozenset())
    return person(empty, alice.email)


def test_the_table_of_pages_is_the_folder_of_pages() -> None:
    assert sorted(here.file for here in PLACES) == sorted(path.name for path in (ROOT / "pages").glob("*.py"))
    assert len({here.path for here in PLACES}) == len({here.title for here in PLACES}) == len(PLACES)
    assert all(place(here.file) is here for here in PLACES)


@given(st.sets(st.sampled_from(PLACES)))
def test_each_page_that_may_be_opened_is_found_once_and_no_menu_has_but_one(some: set[Place]) -> None:
    mine = [here for here in PLACES if here in some]
    tabs = menus(mine)
    assert sorted(here.file for one in tabs.values() for here in one) == sorted(h.file for h in mine if not h.hidden)
    assert all(len(one) > 1 and {here.menu for here in one} == {name} for name, one in tabs.items() if name)
    stands = [stands_at(tabs, here) for one in tabs.values() for here in one]
    assert stands == sorted(filter(None, stands))
    assert set(stands) == set(range(1, len(tabs[""]) + len(tabs)))
    assert stands_at(tabs, None) is None


@pytest.mark.parametrize("here", PLACES, ids=lambda here: here.file)
@pytest.mark.parametrize("token", ["", "guessed"])
def test_a_page_alone_shows_strangers_nothing(alice: Person, here: Place, token: str) -> None:
    page = run(here.script, token)
    assert not page.exception
    assert LOGGED_OUT in text(page)
    assert len(page.main) == 2, "a heading, and the way to the log-in"


@pytest.mark.parametrize("role", Role)
def test_a_page_alone_is_for_the_roles_in_the_table(empty: Store, alice: Person, role: Role) -> None:
    who = with_role(empty, alice, role)
    token = enter(empty, who)
    for here in PLACES:
        shown = run(here.script, token)
        assert LOGGED_OUT not in text(shown)
        assert (REFUSED in text(shown)) != may(who, here.permission), here.file
        if REFUSED in text(shown):
            assert len(shown.main) == 2, "a heading, and the next step"


@pytest.mark.parametrize("role", Role)
def test_the_dashboard_opens_what_the_table_allows(empty: Store, alice: Person, role: Role) -> None:
    who = with_role(empty, alice, role)
    token = enter(empty, who)
    with patch("web.guard.session_token", lambda: token):
        app = AppTest.from_file(ROOT / "dashboard.py", default_timeout=TIMEOUT_S).run()
        for here in PLACES:
            app.switch_page(f"pages/{here.file}").run()
            assert not app.exception, here.file
            assert (REFUSED in text(app)) != (here in allowed(who)), here.file


@pytest.mark.parametrize("begins", ["dashboard.py", "pages/people.py"])
def test_a_session_that_ends_in_an_open_tab_ends_there_too(here: Team, begins: str) -> None:
    policies.ensure(here.store)
    token = enter(here.store, here.alice)
    with patch("web.guard.session_token", lambda: token):
        app = AppTest.from_file(ROOT / begins, default_timeout=TIMEOUT_S).run()
        if begins == "dashboard.py":
            app.switch_page("pages/people.py").run()
        assert here.bob.email in text(app)
        visitor = sessions.visitor(here.store, token)
        assert visitor is not None
        sessions.log_out(here.store, visitor)
        app.run()
    assert LOGGED_OUT in text(app)
    assert here.bob.email not in text(app)


def test_who_was_looked_up_counts_for_one_run_however_it_ends(here: Team) -> None:
    seen = sessions.visitor(here.store, enter(here.store, here.bob))
    assert seen is not None
    with patch("web.guard.session_token", lambda: ""):
        for ends in (StopException, RerunException, ValueError):
            with pytest.raises(ends), known(seen):
                assert still_here() == here.bob
                raise ends(None) if ends is RerunException else ends
            assert still_here() is None


def test_words_that_were_typed_and_not_saved_outlive_the_session(here: Team) -> None:
    policies.ensure(here.store)
    token = enter(here.store, here.alice)
    with patch("web.guard.session_token", lambda: token):
        app = AppTest.from_file(ROOT / "pages" / "people.py", default_timeout=TIMEOUT_S).run()
        app.session_state["draft-7"] = "Dear *plot 31* family"
        people.join(here.store, people.new_link(here.store, here.alice, here.alice.id), "another four plain words")
        app.run()
    assert LOGGED_OUT in text(app)
    assert [code.value for code in app.code] == ["Dear *plot 31* family"]


def test_a_tab_that_comes_back_as_somebody_else_has_forgotten_what_was_typed(here: Team) -> None:
    tokens = [enter(here.store, here.alice), enter(here.store, here.alice)]
    with patch("web.guard.session_token", lambda: tokens[-1]):
        app = AppTest.from_file(ROOT / "pages" / "people.py", default_timeout=TIMEOUT_S).run()
        app.session_state["typed"] = "a secret"
        app.run()
        assert "typed" in app.session_state
        tokens.pop()
        app.run()
    assert "typed" not in app.session_state


# --- the page People -------------------------------------------------------------------------------------------------


@pytest.fixture
def page(here: Team) -> Iterator[AppTest]:
    token = enter(here.store, here.alice)
    with patch("web.guard.session_token", lambda: token):
        yield AppTest.from_file(ROOT / "pages" / "people.py", default_timeout=TIMEOUT_S).run()


def add_person(page: AppTest, name: str, email: str, roles: list[Role], levels: list[int]) -> None:
    fields = {field.label: field for field in (*page.text_input, *page.multiselect)}
    fields["Name"].set_value(name)
    fields["E-mail"].set_value(email)
    fields["Roles"].set_value(roles)
    fields["Levels"].set_value(levels)
    next(button for button in page.button if button.label == "Add person").click().run()


def test_adding_a_person_shows_the_link_once(here: Team, page: AppTest) -> None:
    add_person(page, " Dora  *Duck* <b>", "dora@example.org", [Role.APPROVER], [2, 3])
    assert not page.exception
    token = page.code[0].value.partition("/join?token=")[2]
    assert people.invited(here.store, token).levels == {2, 3}
    assert "Dora *Duck* &lt;b&gt; was added." in text(page)
    assert not [field.value for field in page.text_input if field.value], "the form is ready for the next"
    page.run()
    assert not page.code


def test_what_cannot_be_used_is_said_and_stays_in_the_form(page: AppTest) -> None:
    add_person(page, "Robert", "bob@example.org", [Role.EXPERT], [])
    assert "bob@example.org belongs to somebody who is already here." in text(page)
    assert [field.value for field in page.text_input] == ["Robert", "bob@example.org"]


def change(page: AppTest, who: Person) -> None:
    page.button_group[0].set_value("change").run()
    page.selectbox[0].set_value(who).run()


def press(page: AppTest, label: str) -> None:
    next(button for button in page.button if button.label == label).click().run()
    assert not page.exception


def test_roles_and_access_can_be_changed(here: Team, page: AppTest) -> None:
    change(page, here.bob)
    page.multiselect(f"roles-{here.bob.id}").set_value([Role.EXPERT])
    page.multiselect(f"levels-{here.bob.id}").set_value([])
    press(page, "Save")
    assert "Bob's roles and levels were saved." in text(page).replace("&#x27;", "'")
    press(page, "Take access away")
    press(page, "Take it away")
    assert "may not log in" in text(page)
    bob = person(here.store, here.bob.email)
    assert (bob.active, bob.roles) == (False, {Role.EXPERT})


def test_the_last_administrator_is_told_so(here: Team, page: AppTest) -> None:
    change(page, here.alice)
    press(page, "Take access away")
    press(page, "Take it away")
    said = [str(element.proto) for element in page.get("html")]
    assert any("This is the last administrator." in one for one in said), "in the dialog"


def test_what_loosens_is_confirmed_on_a_card_by_the_second_person_alone(here: Team, page: AppTest) -> None:
    lena = add(here.store, here.alice, "Lena", Role.LEADERSHIP)
    token = enter(here.store, lena)
    page.run()
    change(page, here.bob)
    page.multiselect(f"levels-{here.bob.id}").set_value([1, 2])
    press(page, "Save")
    assert "Say why: they read it." in text(page)
    page.text_input(key=f"reason-change-{here.bob.id}").set_value("For <b>the</b> summer.")
    press(page, "Save")
    assert "It waits for a second person" in text(page)
    assert "For &lt;b&gt;the&lt;/b&gt; summer." in text(page)
    assert [one.label for one in page.button if one.label in ("Take it back", "Confirm")] == ["Take it back"]
    with patch("web.guard.session_token", lambda: token):
        second = AppTest.from_file(ROOT / "pages" / "loosened.py", default_timeout=TIMEOUT_S).run()
        press(second, "Confirm")
    assert "Confirmed." in text(second)
    assert person(here.store, here.bob.email).levels == {1, 2}
