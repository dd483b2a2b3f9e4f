"""What loosens waits for a second person, and takes effect by their word alone."""

from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest

from access import people, second
from access.loosening import WAITS, Kind
from model import clock
from model.errors import BadInput, Conflict, NotAllowed, NotFound
from model.words import Role, Severity
from response import confirming, matters, policies
from response.matters import OwnMatter
from response.notices import KINDS
from store import deputies, loosenings, notices
from store.loosenings import Loosening
from tests.installation import PASSWORD, add, enter, person
from tests.response.desk import Desk
from tests.response.told import sent_to

WHY = "She covers for the summer."
BOTH = frozenset({Role.MANAGER, Role.APPROVER})
SHIPPED = policies.SHIPPED.read_text()
LOOSER = SHIPPED.replace("levels: [1, 2]", "levels: [1]", 1)
STRICTER = SHIPPED.replace("levels: [1]", "levels: [1, 2]", 1)


@pytest.fixture
def two(desk: Desk) -> Desk:
    """Erik decides at level 3; and since Charlie, of the leadership, has been here, Alice is not alone."""
    add(desk.store, desk.alice, "Erik", Role.APPROVER, levels=(3,))
    enter(desk.store, desk.charlie)
    return desk


def waiting(desk: Desk) -> list[Loosening]:
    with desk.store.read() as tx:
        return loosenings.waiting(tx, clock.now())


def one(desk: Desk, loosening_id: int) -> Loosening:
    with desk.store.read() as tx:
        found = loosenings.get(tx, loosening_id)
    assert found is not None
    return found


def number(desk: Desk) -> int:
    with desk.store.read() as tx:
        return policies.in_force(tx).number


def asks(desk: Desk) -> Loosening:
    """Alice asks that Dave decides at level 2 as well."""
    assert not people.set_roles(desk.store, desk.alice, desk.dave.id, BOTH, frozenset({2}), WHY)
    (found,) = waiting(desk)
    return found


def test_a_level_waits_and_is_there_once_it_is_confirmed(two: Desk) -> None:
    asked = asks(two)
    assert two.now_is(two.dave) == two.dave
    assert (asked.by, asked.person_id, asked.levels, asked.reason) == (two.alice.id, two.dave.id, [2], WHY)
    assert ("Charlie", "confirm", "") in sent_to(two)
    confirming.confirm(two.store, two.charlie, asked.id)
    dave = two.now_is(two.dave)
    assert (dave.roles, dave.levels) == (BOTH, frozenset({2}))
    ended = one(two, asked.id)
    assert (ended.state, ended.settled_by) == (loosenings.IN_FORCE, two.charlie.id)
    told = [(name, kind) for name, kind, _settled in sent_to(two)]
    assert ("Carla", "loosened") in told, "the approver of that level"
    assert ("Bob", "loosened") not in told
    assert ("Alice", "loosening settled") in told
    assert two.actions()[-3:] == ["loosening.asked", "loosening.confirmed", "person.roles"]
    assert two.audit_holds()


def test_what_waits_needs_a_reason_and_is_asked_for_once(two: Desk) -> None:
    with pytest.raises(BadInput, match=r"second person \(Charlie\)"):
        people.set_roles(two.store, two.alice, two.dave.id, BOTH, frozenset({2}), " ")
    assert waiting(two) == []
    asks(two)
    with pytest.raises(Conflict, match="waits for a second person already"):
        asks(two)


def test_nobody_says_yes_to_what_they_asked_for_or_what_is_about_them(two: Desk) -> None:
    dora = add(two.store, two.alice, "Dorothy", Role.MANAGER)
    asked = asks(two)
    for who in (two.alice, two.bob, two.dora, dora):
        with pytest.raises(NotAllowed):
            confirming.confirm(two.store, who, asked.id)
        with pytest.raises(NotAllowed):
            confirming.refuse(two.store, who, asked.id, "No.")
    assert waiting(two) == [asked]
    enter(two.store, dora)
    people.set_roles(two.store, two.alice, dora.id, frozenset({Role.ADMIN}), frozenset(), WHY)
    mine = waiting(two)[-1]
    confirming.confirm(two.store, two.charlie, mine.id)
    dora = two.now_is(dora)
    # Each of the two administrators gives the other a level: neither can be the second person for it.
    people.set_roles(two.store, two.alice, dora.id, dora.roles | {Role.APPROVER}, frozenset({5}), WHY)
    for who in (two.alice, dora):
        with pytest.raises(NotAllowed):
            confirming.confirm(two.store, who, waiting(two)[-1].id)


def test_what_is_refused_taken_back_or_forgotten_changes_nothing(two: Desk) -> None:
    asked = asks(two)
    with pytest.raises(BadInput):
        confirming.refuse(two.store, two.charlie, asked.id, " ")
    confirming.refuse(two.store, two.charlie, asked.id, "Carla is back on Monday.")
    assert one(two, asked.id).answer == "Carla is back on Monday."
    asked = asks(two)
    with pytest.raises(NotAllowed):
        confirming.take_back(two.store, two.bob, asked.id)
    confirming.take_back(two.store, two.alice, asked.id)
    asked = asks(two)
    two.clock.shift(WAITS - timedelta(seconds=1))
    confirming.look(two.store)
    assert waiting(two) == [asked]
    two.clock.shift(timedelta(seconds=1))
    with pytest.raises(Conflict, match="waits no more"):
        confirming.confirm(two.store, two.charlie, asked.id)
    confirming.look(two.store)
    assert one(two, asked.id).state == loosenings.OVER
    assert two.now_is(two.dave) == two.dave
    ends = ["loosening.refused", "loosening.asked", "loosening.taken_back", "loosening.asked", "loosening.over"]
    assert [name for name in two.actions() if name.startswith("loosening.")][-5:] == ends


def test_the_second_of_two_who_confirm_is_told_so(two: Desk) -> None:
    asked = asks(two)
    confirming.confirm(two.store, two.charlie, asked.id)
    with pytest.raises(Conflict, match="waits no more"):
        confirming.confirm(two.store, two.charlie, asked.id)
    with pytest.raises(NotFound):
        confirming.confirm(two.store, two.charlie, 999)


def test_it_is_confirmed_as_it_was_asked_for_or_not_at_all(two: Desk) -> None:
    asked = asks(two)
    people.set_active(two.store, two.alice, two.dave.id, False)
    with pytest.raises(Conflict, match="Dave's roles or access have changed"):
        confirming.confirm(two.store, two.charlie, asked.id)
    assert waiting(two) == [asked], "it can still be refused"


def test_who_is_let_out_has_asked_for_nothing(two: Desk) -> None:
    dora = add(two.store, two.alice, "Dorothy", Role.MANAGER)
    enter(two.store, dora)
    people.set_roles(two.store, two.alice, dora.id, frozenset({Role.ADMIN}), frozenset(), WHY)
    confirming.confirm(two.store, two.charlie, waiting(two)[0].id)
    people.set_roles(two.store, two.now_is(dora), two.dave.id, BOTH, frozenset({2}), WHY)
    people.set_roles(two.store, two.alice, dora.id, frozenset({Role.MANAGER}), frozenset())
    with pytest.raises(Conflict, match="is no administrator any more"):
        confirming.confirm(two.store, two.charlie, waiting(two)[0].id)
    people.set_active(two.store, two.alice, dora.id, False)
    assert waiting(two) == []


def test_somebody_new_has_what_gives_no_power_at_once_and_the_rest_after_the_second_word(two: Desk) -> None:
    token = people.add(two.store, two.alice, "Eve", "eve@example.org", BOTH, frozenset({1}), WHY)
    people.join(two.store, token, PASSWORD)
    assert person(two.store, "eve@example.org").roles == {Role.MANAGER}
    confirming.confirm(two.store, two.charlie, waiting(two)[0].id)
    assert person(two.store, "eve@example.org").levels == {1}


def test_less_power_and_a_manager_need_nobody_else(two: Desk) -> None:
    assert people.add(two.store, two.alice, "Eve", "eve@example.org", frozenset({Role.MANAGER}), frozenset())
    assert people.set_roles(two.store, two.alice, two.carla.id, frozenset({Role.MANAGER}), frozenset())
    assert people.set_active(two.store, two.alice, two.bob.id, False)
    assert people.new_link(two.store, two.alice, two.dave.id)
    assert waiting(two) == []


def test_a_log_in_is_reset_only_with_the_second_word_and_its_owner_is_told(two: Desk) -> None:
    assert people.new_link(two.store, two.alice, two.bob.id, WHY) == ""
    (asked,) = waiting(two)
    token = confirming.confirm(two.store, two.charlie, asked.id)
    assert people.invited(two.store, token) == two.bob
    assert ("Bob", "loosened", "") in sent_to(two)


def test_a_second_factor_is_reset_only_with_the_second_word(two: Desk) -> None:
    secret = second.new_secret()
    second.switch_on(two.store, two.bob, secret, pyotp.TOTP(secret).now())
    assert not second.reset(two.store, two.alice, two.bob.id, WHY)
    with two.store.read() as tx:
        assert second.is_on(tx, two.bob.id)
    confirming.confirm(two.store, two.charlie, waiting(two)[0].id)
    with two.store.read() as tx:
        assert not second.is_on(tx, two.bob.id)


def test_who_may_decide_is_let_in_again_only_with_the_second_word(two: Desk) -> None:
    people.set_active(two.store, two.alice, two.bob.id, False)
    assert not people.set_active(two.store, two.alice, two.bob.id, True, WHY)
    assert not two.now_is(two.bob).active
    confirming.confirm(two.store, two.charlie, waiting(two)[0].id)
    assert two.now_is(two.bob).active


def test_who_would_decide_higher_up_in_the_place_of_somebody_does_so_only_after_the_second_word(two: Desk) -> None:
    erik = person(two.store, "erik@example.org")
    with two.store.read() as tx:
        before = deputies.every(tx)
    with pytest.raises(BadInput, match=r"second person \(Charlie\)"):
        people.set_deputy(two.store, two.alice, erik.id, two.bob.id)
    assert not people.set_deputy(two.store, two.alice, erik.id, two.bob.id, WHY)
    (asked,) = waiting(two)
    assert (asked.kind, asked.person_id, asked.levels) == (Kind.DEPUTY, two.bob.id, [3])
    with two.store.read() as tx:
        assert deputies.every(tx) == before
    confirming.confirm(two.store, two.charlie, asked.id)
    with two.store.read() as tx:
        assert deputies.every(tx)[erik.id] == two.bob.id
    assert ("Erik", "loosened") in [(name, kind) for name, kind, _settled in sent_to(two)], "the approver of level 3"
    assert people.set_deputy(two.store, two.alice, erik.id, two.bob.id), "as it is"
    assert people.set_deputy(two.store, two.alice, erik.id, None), "nobody stands in: less power"


def test_a_deputy_is_confirmed_only_while_both_are_as_they_were(two: Desk) -> None:
    erik = person(two.store, "erik@example.org")
    assert not people.set_deputy(two.store, two.alice, erik.id, two.bob.id, WHY)
    (asked,) = waiting(two)
    people.set_roles(two.store, two.alice, erik.id, frozenset({Role.MANAGER}), frozenset())
    with pytest.raises(Conflict):
        confirming.confirm(two.store, two.charlie, asked.id)


def test_a_policy_that_asks_for_less_waits_and_a_stricter_one_does_not(two: Desk) -> None:
    assert policies.save(two.store, two.alice, STRICTER, 1) == 2
    assert policies.save(two.store, two.alice, LOOSER, 2, WHY) == 0
    assert number(two) == 2
    (asked,) = waiting(two)
    assert asked.levels == [2]
    confirming.confirm(two.store, two.charlie, asked.id)
    assert number(two) == 3
    told = [name for name, kind, _settled in sent_to(two) if kind == "loosened"]
    assert told == ["Carla"], "the approver of the level that is asked less"


def test_a_policy_that_waited_while_another_was_saved_is_not_confirmed(two: Desk) -> None:
    policies.save(two.store, two.alice, LOOSER, 1, WHY)
    policies.save(two.store, two.alice, STRICTER, 1)
    with pytest.raises(Conflict, match="Version 2 was saved in the meantime"):
        confirming.confirm(two.store, two.charlie, waiting(two)[0].id)
    assert number(two) == 2


ALONE: dict[Kind, tuple[str, Callable[[Desk], object]]] = {
    Kind.ROLES: (
        "Bob",
        lambda desk: people.set_roles(desk.store, desk.alice, desk.dave.id, BOTH, frozenset({1})),
    ),
    Kind.LINK: ("Bob", lambda desk: people.new_link(desk.store, desk.alice, desk.bob.id)),
    Kind.POLICY: ("Carla", lambda desk: policies.save(desk.store, desk.alice, LOOSER, 1)),
}


@pytest.mark.parametrize("kind", ALONE)
def test_where_nobody_second_is_it_goes_at_once_is_recorded_and_told(desk: Desk, kind: Kind) -> None:
    add(desk.store, desk.alice, "Erik", Role.APPROVER, levels=(3,))
    before, (told, change) = len(desk.actions()), ALONE[kind]
    assert change(desk)
    assert waiting(desk) == []
    assert "loosening.alone" in desk.actions()[before:]
    assert (told, "loosened", "") in sent_to(desk)


def test_the_last_second_person_does_not_go_unnoticed(two: Desk) -> None:
    people.set_active(two.store, two.alice, two.charlie.id, False)
    assert {name for name, kind, _settled in sent_to(two) if kind == "loosened"} == {"Bob", "Carla", "Dora", "Erik"}
    assert two.actions()[-1] == "loosening.nobody_second"


def test_the_terminal_needs_nobody_and_whom_it_is_about_is_told(two: Desk) -> None:
    assert people.reset(two.store, two.bob.email)
    assert ("Bob", "loosened", "") in sent_to(two)


def test_who_can_alone_confirm_has_it_in_the_digest_at_least_and_what_is_settled_is_not_sent(two: Desk) -> None:
    asked = asks(two)
    with two.store.read() as tx:
        (notice,) = (row for row in notices.due_of(tx, two.charlie.id, clock.now()) if row.kind == "confirm")
        assert KINDS["confirm"].still(tx, notice) and KINDS["confirm"].alone(tx, notice)
    confirming.refuse(two.store, two.charlie, asked.id, "No.")
    with two.store.read() as tx:
        assert not KINDS["confirm"].still(tx, notice)


def test_to_require_a_second_factor_of_fewer_is_confirmed_like_everything_that_loosens(two: Desk) -> None:
    second.require_of(two.store, two.alice, frozenset({Role.APPROVER}))
    second.require_of(two.store, two.alice, frozenset(), WHY)
    (asked,) = waiting(two)
    confirming.confirm(two.store, two.charlie, asked.id)
    with two.store.read() as tx:
        assert second.required(tx) == frozenset()
    assert ("Bob", "loosened", "") in sent_to(two)


def test_a_matter_that_is_lowered_waits_and_one_that_is_raised_does_not(two: Desk) -> None:
    pond = OwnMatter(key="own-1", name="Pond", definition="The pond.", phrases=("pond",), severity=Severity.MEDIUM)
    assert matters.save(two.store, two.alice, pond, 0) == 1
    assert matters.save(two.store, two.alice, pond.model_copy(update={"severity": Severity.HIGH}), 1) == 2
    with pytest.raises(BadInput, match="Say why"):
        matters.save(two.store, two.alice, pond, 2)
    assert matters.save(two.store, two.alice, pond, 2, WHY) == 0
    (asked,) = waiting(two)
    assert (asked.kind, asked.reason) == (Kind.MATTER, WHY)
    with two.store.read() as tx:
        assert matters.in_force(tx).number == 2
    confirming.confirm(two.store, two.charlie, asked.id)
    with two.store.read() as tx:
        now = matters.in_force(tx)
    assert now.number == 3 and now.matters == (pond,)


def test_a_matter_that_was_changed_meanwhile_is_not_confirmed(two: Desk) -> None:
    off = OwnMatter(key="reputation", off=True)
    assert matters.save(two.store, two.alice, off, 0, WHY) == 0
    (asked,) = waiting(two)
    matters.save(two.store, two.alice, OwnMatter(key="press", phrases=("the gazette",)), 0)
    with pytest.raises(Conflict, match="Version 1 was saved"):
        confirming.confirm(two.store, two.charlie, asked.id)
    with two.store.read() as tx:
        assert matters.in_force(tx).get("reputation") is None
