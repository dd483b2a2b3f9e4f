"""Sparing those who read: whose setting holds, and that the count of a day is that day's alone."""

import pytest

from model.errors import BadInput, NotAllowed
from response import wellness
from tests.response.desk import Desk


def test_ones_own_setting_goes_before_the_teams(desk: Desk) -> None:
    def of(person_id: int) -> int:
        with desk.store.read() as tx:
            return wellness.softens_from(tx, person_id)

    assert of(desk.dave.id) == 4
    wellness.set_team(desk.store, desk.alice, 3)
    wellness.choose(desk.store, desk.dave, wellness.NEVER, 5)
    assert (of(desk.dave.id), of(desk.carla.id)) == (wellness.NEVER, 3)
    wellness.choose(desk.store, desk.dave, wellness.TEAMS, 5)
    assert of(desk.dave.id) == 3
    with pytest.raises(NotAllowed):
        wellness.set_team(desk.store, desk.dave, 1)
    with pytest.raises(BadInput):
        wellness.choose(desk.store, desk.dave, 6, 5)


def test_a_case_counts_once_a_day_and_the_next_day_begins_anew(desk: Desk) -> None:
    calm, grave = desk.opened(1), desk.opened(4, number=2, thread="https://blog.example.org/other")
    wellness.choose(desk.store, desk.dave, wellness.TEAMS, 1)
    for case, severity in ((calm, 1), (grave, 4), (calm, 1)):
        wellness.opened(desk.store, desk.dave, case, severity, "2026-03-02")
    with desk.store.read() as tx:
        assert wellness.today(tx, desk.dave.id, "2026-03-02") == wellness.Today(2, 1, True)
        assert wellness.today(tx, desk.alice.id, "2026-03-02") == wellness.Today(0, 0, False)
    wellness.opened(desk.store, desk.dave, calm, 1, "2026-03-03")
    with desk.store.read() as tx:
        assert wellness.today(tx, desk.dave.id, "2026-03-02").cases == 0
        assert wellness.today(tx, desk.dave.id, "2026-03-03") == wellness.Today(1, 0, False)
