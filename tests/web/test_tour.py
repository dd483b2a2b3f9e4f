"""The tours: seven steps for each kind of person, about pages that they may open; left, and found again."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from access import preferences
from access.permissions import may
from model.errors import BadInput
from model.person import Person
from model.words import Role
from response import policies
from store.db import Store
from tests.installation import add
from tests.installation import set_up as first_visit
from tests.web.test_begin import Above, Tab
from web.navigation import place
from web.ui.tour.steps import ROLES, TOURS, Kind, kinds
from web.ui.tour.taken import TAKEN, State, Taken

pytestmark = pytest.mark.sqlite  # long, and on what differs by database there are shorter ones


def somebody(*roles: Role) -> Person:
    return Person(1, "Bob", "bob@example.org", True, frozenset(roles), frozenset())


@pytest.mark.parametrize("kind", Kind)
def test_each_tour_has_seven_steps_about_pages_that_each_of_its_people_may_open(kind: Kind) -> None:
    assert len(TOURS[kind]) == 7
    for role in ROLES[kind]:
        assert all(may(somebody(role), place(step.file).permission) for step in TOURS[kind]), role


@given(some.sampled_from(Kind), some.lists(some.sampled_from(["next", "back", "leave", "begin"]), max_size=30))
def test_whatever_is_pressed_one_is_at_a_step_or_has_ended(kind: Kind, presses: list[str]) -> None:
    who = somebody(*Role)
    now = Taken().begin(who, kind)
    for press in presses:
        before = now
        now = now.begin(who, kind) if press == "begin" else getattr(now, press)()
        assert 0 <= now.step < 7 and now.here in TOURS[kind]
        if press == "begin" and before.state is State.LEFT:
            assert now.step == before.step, "what was left goes on where it was left"


def test_seven_times_next_is_the_end(empty: Store) -> None:
    now = Taken().begin(somebody(Role.ADMIN), Kind.ADMINISTERS)
    seen = []
    while now.state is State.ON:
        seen.append(now.here)
        now = now.next()
    assert tuple(seen) == TOURS[Kind.ADMINISTERS] and now.state is State.DONE
    with pytest.raises(BadInput):
        Taken().begin(somebody(Role.EXPERT), Kind.LEADS)
    assert kinds(somebody(Role.LEADERSHIP, Role.APPROVER)) == (Kind.DECIDES, Kind.LEADS)


@pytest.fixture
def bob(empty: Store) -> Person:
    policies.ensure(empty)
    return add(empty, first_visit(empty), "Bob", Role.MANAGER)


def taken(store: Store, who: Person) -> Taken:
    with store.read() as tx:
        return preferences.get(tx, who.id, TAKEN)


def test_it_is_offered_until_it_is_answered_and_each_step_opens_its_page(empty: Store, bob: Person) -> None:
    above = Above(empty, bob)
    assert "Seven steps show" in above.at("queue.py")
    assert "What needs a person" in above.press("Tour for community managers")
    for _step in range(3):
        above.press("Next step")
    assert above.opened == [], "four steps are about the page that is open"
    assert "Answers that were approved beforehand" in above.press("Next step")
    assert above.opened == ["templates.py"]
    assert "This is about the page Templates" in above.at("queue.py"), "who walks off is told, and nothing is lost"
    above.press("Open that page")
    assert above.opened == ["templates.py", "templates.py"]
    assert "This is about" not in above.at("templates.py")
    above.press("Leave the tour")
    assert "lh-tour" not in above.shown() and "Seven steps show" not in above.at("queue.py")
    mine = Tab(empty, bob)
    assert "go on at step 5" in mine.open("me.py")
    preferences.put(empty, bob, TAKEN, taken(empty, bob).begin(bob, Kind.WORKS))
    assert "step 5 of 7" in above.at("templates.py")
    for label in ("Next step", "Next step", "End the tour"):
        above.press(label)
    assert taken(empty, bob).state is State.DONE and "lh-tour" not in above.shown()


def test_not_now_is_heard_and_my_settings_has_it(empty: Store, bob: Person) -> None:
    above = Above(empty, bob)
    above.at("queue.py")
    assert "Seven steps show" not in above.press("Not now")
    assert "Tour for community managers" in Tab(empty, bob).open("me.py")


def test_who_sets_up_is_asked_one_thing_at_a_time(empty: Store) -> None:
    policies.ensure(empty)
    shown = Above(empty, first_visit(empty)).at("sources.py")
    assert "Set-up: 1 of 5" in shown and "Seven steps show" not in shown


def test_who_lost_the_role_is_on_no_tour_about_it(empty: Store, bob: Person) -> None:
    preferences.put(empty, bob, TAKEN, Taken(State.ON, Kind.ADMINISTERS, 3))
    assert "lh-tour" not in Above(empty, bob).at("queue.py")
