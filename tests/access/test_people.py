"""The first visit, invitations, roles and levels, and who may no longer come in."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from access import limits, people, sessions
from model.errors import BadInput, Conflict, NotAllowed, NotFound
from model.words import Role
from store import audit
from store import people as rows
from store.db import Store
from store.schema import audit as audit_table
from store.schema import facts, links
from store.schema import people as people_table
from store.schema import sessions as sessions_table
from tests.installation import PASSWORD, Team, add, enter, person

ABOUT = ("The association", "Europe/Berlin", "Alice", "alice@example.org", PASSWORD)


def actions(store: Store) -> list[str]:
    with store.read() as tx:
        return list(tx.execute(select(audit_table.c.action).order_by(audit_table.c.seq)).scalars())


# --- the first visit -------------------------------------------------------------------------------------------------


def test_the_first_visit_makes_an_administrator_who_is_logged_in(empty: Store) -> None:
    token = people.set_up(empty, people.set_up_code(empty), *ABOUT)

    visitor = sessions.visitor(empty, token)
    assert visitor is not None
    assert (visitor.person.name, visitor.person.roles) == ("Alice", {Role.ADMIN, Role.MANAGER})
    with empty.read() as tx:
        assert people.is_set_up(tx)
        assert (rows.fact(tx, "organisation"), rows.fact(tx, "time zone")) == ABOUT[:2]
        stored = rows.password_hash(tx, visitor.person.id)
    assert stored is not None and stored.startswith("$argon2id$")
    assert actions(empty) == ["organisation.set_up", "session.began"]


def test_the_code_works_once_and_only_the_newest_one_does(empty: Store) -> None:
    old, code = people.set_up_code(empty), people.set_up_code(empty)
    for wrong in ("", "guessed", old):
        with pytest.raises(NotAllowed, match="is not the one that was printed"):
            people.set_up(empty, wrong, *ABOUT)
    people.set_up(empty, code, *ABOUT)
    with pytest.raises(NotAllowed):
        people.set_up(empty, code, *ABOUT)
    assert people.set_up_code(empty) == "", "an organisation is set up once"


def test_guessing_the_code_has_to_rest_even_when_the_next_guess_is_right(empty: Store) -> None:
    code = people.set_up_code(empty)
    for _ in range(30):
        with pytest.raises(NotAllowed):
            people.set_up(empty, "guessed", *ABOUT, address="192.0.2.1")
    with pytest.raises(limits.TooMany):
        people.set_up(empty, code, *ABOUT, address="192.0.2.1")
    assert people.set_up(empty, code, *ABOUT, address="192.0.2.2")


@pytest.mark.parametrize(
    ("at", "bad"),
    [
        (0, "  "),
        (0, "a" * 121),
        (0, "two\x00parts"),
        (1, "Europe/Nowhere"),
        (1, ""),
        (2, ""),
        (3, "alice"),
        (3, "a@b@c"),
        (3, "al\x00ice@example.org"),
        (4, "short"),
        (4, "long" * 51),
    ],
)
def test_a_mistake_in_the_first_form_leaves_the_code_good(empty: Store, at: int, bad: str) -> None:
    code = people.set_up_code(empty)
    about = list(ABOUT)
    about[at] = bad
    with pytest.raises(BadInput):
        people.set_up(empty, code, *about)
    assert people.set_up(empty, code, *ABOUT)


# --- invitations -----------------------------------------------------------------------------------------------------


def test_a_link_sets_a_password_once_and_logs_in(here: Team) -> None:
    token = people.new_link(here.store, here.alice, here.bob.id)
    assert people.invited(here.store, token) == here.bob

    with pytest.raises(BadInput):
        people.join(here.store, token, "short")
    visitor = sessions.visitor(here.store, people.join(here.store, token, "another four plain words"))
    assert visitor is not None and visitor.person == here.bob
    with pytest.raises(NotFound, match="was used or has expired"):
        people.join(here.store, token, "a password of somebody else")
    assert sessions.log_in(here.store, here.bob.email, "another four plain words", "192.0.2.1")


def test_a_link_ends_after_three_days_and_with_a_newer_one(here: Team) -> None:
    old = people.new_link(here.store, here.alice, here.bob.id)
    new = people.new_link(here.store, here.alice, here.bob.id)
    with pytest.raises(NotFound):
        people.invited(here.store, old)
    assert people.invited(here.store, new)
    with time_machine.travel(timedelta(hours=72, seconds=1)), pytest.raises(NotFound):
        people.join(here.store, new, PASSWORD)


def test_a_new_password_ends_the_sessions_of_whoever_knew_the_old_one(here: Team) -> None:
    before = enter(here.store, here.bob)
    people.join(here.store, people.new_link(here.store, here.alice, here.bob.id), PASSWORD)
    assert sessions.visitor(here.store, before) is None


def test_the_database_holds_no_token_and_no_password(here: Team) -> None:
    code = people.set_up_code(here.store)
    link = people.new_link(here.store, here.alice, here.bob.id)
    session = people.join(here.store, link, PASSWORD)
    with here.store.read() as tx:
        held = json.dumps(
            [list(map(str, row)) for t in (facts, links, people_table, sessions_table) for row in tx.execute(select(t))]
        )
    for secret in (code or "no code", link, session, PASSWORD):
        assert secret not in held


# --- who is here -----------------------------------------------------------------------------------------------------


def test_an_address_belongs_to_one_person_however_it_is_written(here: Team) -> None:
    with pytest.raises(Conflict, match=r"bob@example\.org belongs to somebody"):
        people.add(here.store, here.alice, "Robert", " BOB@Example.org", frozenset({Role.EXPERT}), frozenset())


@pytest.mark.parametrize(
    ("roles", "levels"),
    [(set(), set()), ({Role.APPROVER}, set()), ({Role.MANAGER}, {1}), ({Role.APPROVER}, {0}), ({Role.APPROVER}, {6})],
)
def test_roles_and_levels_that_make_no_sense_are_refused(here: Team, roles: set[Role], levels: set[int]) -> None:
    with pytest.raises(BadInput):
        people.set_roles(here.store, here.alice, here.bob.id, frozenset(roles), frozenset(levels))
    assert person(here.store, here.bob.email) == here.bob


def test_roles_and_levels_are_replaced(here: Team) -> None:
    people.set_roles(here.store, here.alice, here.bob.id, frozenset({Role.APPROVER, Role.EXPERT}), frozenset({2, 5}))
    bob = person(here.store, here.bob.email)
    assert (bob.roles, bob.levels) == ({Role.APPROVER, Role.EXPERT}, {2, 5})


def test_the_last_administrator_stays(here: Team) -> None:
    with pytest.raises(Conflict, match="last administrator"):
        people.set_roles(here.store, here.alice, here.alice.id, frozenset({Role.MANAGER}), frozenset())
    with pytest.raises(Conflict, match="last administrator"):
        people.set_active(here.store, here.alice, here.alice.id, False)

    dora = add(here.store, here.alice, "Dora", Role.ADMIN)
    people.set_active(here.store, dora, here.alice.id, False)
    with pytest.raises(Conflict, match="last administrator"):
        people.set_active(here.store, dora, dora.id, False)


def test_taking_access_away_ends_everything_at_once(here: Team) -> None:
    session = enter(here.store, here.bob)
    link = people.new_link(here.store, here.alice, here.bob.id)
    people.set_active(here.store, here.alice, here.bob.id, False)

    assert sessions.visitor(here.store, session) is None
    with pytest.raises(NotFound):
        people.join(here.store, link, PASSWORD)
    with pytest.raises(Conflict, match="may not log in"):
        people.new_link(here.store, here.alice, here.bob.id)
    people.set_active(here.store, here.alice, here.bob.id, True)
    assert sessions.visitor(here.store, session) is None, "an ended session stays ended"


CHANGES: list[Callable[[Team, Any], object]] = [
    lambda here, by: people.add(here.store, by, "Eve", "eve@example.org", frozenset({Role.ADMIN}), frozenset()),
    lambda here, by: people.set_roles(here.store, by, here.bob.id, frozenset({Role.ADMIN}), frozenset()),
    lambda here, by: people.set_active(here.store, by, here.alice.id, False),
    lambda here, by: people.new_link(here.store, by, here.alice.id),
]


@pytest.mark.parametrize("change", CHANGES)
def test_only_administrators_change_people(here: Team, change: Callable[[Team, Any], object]) -> None:
    before = actions(here.store)
    for who in (here.bob, here.charlie):
        with pytest.raises(NotAllowed):
            change(here, who)
    assert actions(here.store) == before


def test_somebody_who_is_not_there_cannot_be_changed(here: Team) -> None:
    for change in (
        lambda: people.set_roles(here.store, here.alice, 99, frozenset({Role.EXPERT}), frozenset()),
        lambda: people.set_active(here.store, here.alice, 99, False),
        lambda: people.new_link(here.store, here.alice, 99),
    ):
        with pytest.raises(NotFound):
            change()


def test_every_change_is_on_the_record_which_holds_nothing_that_was_typed(here: Team) -> None:
    people.join(here.store, people.reset(here.store, here.bob.email), PASSWORD)
    assert actions(here.store) == [
        *("organisation.set_up", "session.began"),
        # Bob decides, so it is on the record too that nobody second was there for it.
        *("person.added", "loosening.alone", "person.roles", "person.link"),
        *("person.added", "person.roles", "person.link"),
        "person.deactivated",
        *("loosening.alone", "person.link", "person.joined", "session.began"),
    ]
    with here.store.read() as tx:
        assert audit.verify(tx).holds
        data = json.dumps(list(tx.execute(select(audit_table.c.data)).scalars()))
    assert not any(word in data for word in ("Bob", "bob@", "Alice", PASSWORD))
