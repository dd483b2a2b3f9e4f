"""Out of office: who stands in, and for how long."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access import people
from model import clock
from model.errors import BadInput, Conflict, NotAllowed
from model.person import Person
from model.words import Role
from response import absences, approvals, leaving
from response.absences import goes_round, stands_in
from store import absences as rows
from store import responses
from store.absences import Absence
from tests.installation import add
from tests.response.desk import Desk
from tests.response.told import sent_to

DAY = timedelta(days=1)
ZERO = datetime(2026, 3, 1, tzinfo=UTC)
WHY = "By the sea."
spans = st.builds(
    lambda number, person, deputy, begin, days: Absence(
        number, person, deputy, ZERO + begin * DAY, ZERO + (begin + days) * DAY, 1, ""
    ),
    st.integers(1, 99),
    st.integers(1, 5),
    st.none() | st.integers(1, 5),
    st.integers(0, 20),
    st.integers(1, 10),
)


@given(st.dictionaries(st.integers(1, 6), st.none() | st.integers(1, 8)), st.integers(1, 6))
def test_who_stands_in_is_here_is_another_and_no_circle_has_an_end(away: dict[int, int | None], person: int) -> None:
    found = stands_in(person, away)
    assert found is None or (found not in away and found != person)
    named = away.get(person)
    if named is not None and named not in away:
        assert found == named


@given(st.lists(spans, max_size=12))
def test_where_each_was_looked_at_before_it_was_taken_no_moment_goes_round(wanted: list[Absence]) -> None:
    taken: list[Absence] = []
    for one in wanted:
        overlaps = any(
            other.person_id == one.person_id and one.begins_at < other.ends_at and other.begins_at < one.ends_at
            for other in taken
        )
        if not overlaps and not goes_round(one.person_id, one.deputy_id, one.begins_at, one.ends_at, taken):
            taken.append(one)
    for hours in range(0, 31 * 24, 12):
        away = {one.person_id: one.deputy_id for one in taken if one.lasts(ZERO + timedelta(hours=hours))}
        for person, named in away.items():
            assert (stands_in(person, away) is None) == (named is None or _ends_nowhere(person, away))


def _ends_nowhere(person: int, away: dict[int, int | None]) -> bool:
    """Whether the last one who is named has named nobody."""
    at: int | None = person
    for _step in range(10):
        if at not in away:
            return False
        at = away[at]
        if at is None:
            return True
    return False


# --- on the rows -----------------------------------------------------------------------------------------------------


def away(
    desk: Desk, who: Person, deputy: Person | None, days: int = 5, begin: int = 0, by: Person | None = None
) -> int:
    now = clock.now()
    return absences.leave_office(
        desk.store,
        by or who,
        who.id,
        now + begin * DAY,
        now + (begin + days) * DAY,
        deputy.id if deputy else None,
        WHY,
    )


def test_whoever_stands_in_is_asked_from_the_beginning_and_only_meanwhile(desk: Desk) -> None:
    eve = add(desk.store, desk.alice, "Eve", Role.EXPERT)
    before = desk.waiting(3)
    away(desk, desk.bob, eve)
    approvals.ask_again(desk.store)
    assert desk.asked(before) == {"Bob", "Eve"}
    assert ("Eve", "stands in", "") in sent_to(desk)
    desk.decides(eve, before)
    desk.passes_on()
    assert desk.asked(before) == {"Carla"}
    with desk.store.read() as tx:
        (made,) = responses.decisions_of(tx, before)
    assert (made.person_id, made.stood_in) == (eve.id, 1)
    later = desk.sent(desk.written(desk.opened(3, number=2, thread="https://blog.example.org/other")))
    assert desk.asked(later) == {"Bob", "Eve"}
    desk.clock.shift(5 * DAY)
    approvals.ask_again(desk.store)
    assert desk.asked(later) == {"Bob"}


def test_it_goes_on_to_whoever_the_deputy_named(desk: Desk) -> None:
    eve = add(desk.store, desk.alice, "Eve", Role.EXPERT)
    away(desk, desk.bob, eve)
    away(desk, eve, desk.dora)
    assert desk.asked(desk.waiting(3)) == {"Bob", "Dora"}


def test_who_wrote_a_part_is_not_asked_in_anybodys_place(desk: Desk) -> None:
    people.set_roles(desk.store, desk.alice, desk.dave.id, frozenset({Role.MANAGER, Role.EXPERT}), frozenset())
    dave = desk.now_is(desk.dave)
    away(desk, desk.bob, dave)
    assert desk.asked(desk.sent(desk.written(desk.opened(3), by=dave), by=dave)) == {"Bob"}


def test_a_circle_an_overlap_and_an_endless_leave_are_refused(desk: Desk) -> None:
    away(desk, desk.carla, desk.bob)
    with pytest.raises(Conflict, match="would lead back to Bob"):
        away(desk, desk.bob, desk.carla, begin=4)
    away(desk, desk.bob, desk.carla, begin=6)
    with pytest.raises(Conflict, match="overlaps"):
        away(desk, desk.bob, desk.dora, begin=8)
    for days, begin in ((91, 0), (5, 366), (0, 3), (2, -4)):
        with pytest.raises(BadInput):
            away(desk, desk.dora, desk.carla, days, begin)
    for wrong in (None, desk.dora, desk.alice):
        with pytest.raises(BadInput):
            away(desk, desk.dora, wrong)


def test_ones_own_and_an_administrators_word_count_and_no_other(desk: Desk) -> None:
    absence = away(desk, desk.bob, desk.carla)
    with pytest.raises(NotAllowed):
        away(desk, desk.dora, desk.carla, by=desk.bob)
    with pytest.raises(NotAllowed):
        absences.back(desk.store, desk.carla, absence)
    absences.back(desk.store, desk.bob, absence)
    with pytest.raises(Conflict):
        absences.back(desk.store, desk.bob, absence)
    with pytest.raises(BadInput, match="Carla may not decide all that Dora may"):
        away(desk, desk.dora, desk.carla, by=desk.alice)
    people.set_deputy(desk.store, desk.alice, desk.dora.id, desk.carla.id)
    away(desk, desk.dora, desk.carla, by=desk.alice)
    assert desk.actions()[-1] == "person.away"
    assert desk.asked(desk.waiting(3)) == {"Bob"}


def test_who_leaves_for_good_stands_in_for_nobody_and_is_not_away(desk: Desk) -> None:
    away(desk, desk.bob, desk.dora)
    leaving.leave(desk.store, desk.alice, desk.dora.id, "", {})
    assert desk.asked(desk.waiting(3)) == {"Bob"}
    leaving.leave(desk.store, desk.alice, desk.bob.id, WHY, {"decision 1": None})
    with desk.store.read() as tx:
        assert rows.coming(tx, clock.now()) == []
