"""What loosens, and who can say yes to it."""

from hypothesis import given
from hypothesis import strategies as st

from access.loosening import POWERFUL, Power, gained, no_more_required, power, seconds
from model.route import EXPERT
from model.words import Role
from tests.installation import Team, add, enter

ROLES = st.frozensets(st.sampled_from(Role))
LEVELS = st.frozensets(st.integers(1, 5))
POWERS = st.builds(power, ROLES, LEVELS, active=st.booleans())


def within(one: Power, other: Power) -> bool:
    return one.roles <= other.roles and one.levels <= other.levels


@given(POWERS, POWERS)
def test_a_change_loosens_exactly_when_somebody_can_do_what_they_could_not(had: Power, has: Power) -> None:
    assert bool(gained(had, has)) == (not within(has, had))
    assert within(gained(had, has), has)
    assert not gained(had, had)


@given(POWERS, POWERS, POWERS)
def test_no_way_round_by_several_changes_gains_without_one_that_loosens(a: Power, b: Power, c: Power) -> None:
    if gained(a, c):
        assert gained(a, b) or gained(b, c)


@given(ROLES, LEVELS)
def test_who_cannot_log_in_and_who_only_writes_has_no_power(roles: frozenset[Role], levels: frozenset[int]) -> None:
    assert not power(roles, levels, active=False)
    assert not power(frozenset({Role.MANAGER}), levels)
    assert bool(power(roles, levels)) == bool(roles & POWERFUL)
    assert (EXPERT in power(roles, levels).decides) == (Role.EXPERT in roles)


@given(ROLES, ROLES)
def test_to_require_a_second_factor_of_fewer_roles_loosens(before: frozenset[Role], after: frozenset[Role]) -> None:
    assert bool(no_more_required(before, after)) == (not before <= after)


def test_second_is_who_can_confirm_has_been_here_and_is_neither_asker_nor_the_one_it_is_about(here: Team) -> None:
    dora = add(here.store, here.alice, "Dora", Role.ADMIN)
    lena = add(here.store, here.alice, "Lena", Role.LEADERSHIP)

    def names(by: int | None, about: int | None = None) -> list[str]:
        with here.store.read() as tx:
            return [one.name for one in seconds(tx, by, about)]

    assert names(here.alice.id) == [], "neither has been here: nobody would ever answer"
    enter(here.store, dora)
    enter(here.store, lena)
    enter(here.store, here.bob)
    assert names(here.alice.id) == ["Dora", "Lena"]
    assert names(here.alice.id, lena.id) == ["Dora"]
    assert names(dora.id) == ["Alice", "Lena"]
