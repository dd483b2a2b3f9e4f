"""At most once, with real workers that are killed and frozen, counted on the real blog: one round of each fault.

Every second fault on each of the databases; `make soak` plays all of them many times on both.
"""

from pathlib import Path

import pytest

from tests.soak.faults import FAULTS, Hand, Way
from tests.soak.publishing import drawn, holds, scene, table, trial, verdict
from tests.soak.rounds import Story
from tests.system.wordpress import WordPress

pytestmark = pytest.mark.system

LEASE_S, LOOK_S = 5, 3
SEED = 7
UNHURT = "nothing goes wrong"


def test_each_step_is_killed_and_frozen_and_each_way_gets_lost() -> None:
    assert {fault.hand for fault in FAULTS} == set(Hand)
    assert {fault.way for fault in FAULTS} == set(Way)
    steps = {fault.step for fault in FAULTS if fault.hand is Hand.KILL}
    assert steps == {fault.step for fault in FAULTS if fault.hand is Hand.FREEZE}
    assert sorted(fault.name for fault in drawn(2 * len(FAULTS), SEED)) == sorted(2 * [one.name for one in FAULTS])


def test_what_was_never_reached_proves_nothing() -> None:
    faults = drawn(3 * len(FAULTS), SEED)
    stories = [Story(number, fault, "", reached=True) for number, fault in enumerate(faults)]
    assert holds(stories)
    for story in stories:
        story.reached = story.fault is not FAULTS[3]
    assert not holds(stories)
    assert FAULTS[3].name in verdict(stories)


@pytest.mark.parametrize(("database", "first"), [("sqlite", 0), ("postgresql", 1)])
def test_no_answer_is_doubled_and_none_is_lost_without_being_unconfirmed(
    tmp_path: Path, wordpress: WordPress, database: str, first: int
) -> None:
    played = [fault for number, fault in enumerate(FAULTS) if number % 2 == first or fault.name == UNHURT]
    with scene(tmp_path, wordpress, database, LEASE_S, LOOK_S) as here:
        stories = trial(here, played, SEED)
        wrong = [f"{one.fault.name}: {said}" for one in stories for said in one.wrong]
        assert not wrong, "\n".join([verdict(stories), *wrong, table(stories), *here.crew.errors()])
    by_name = {one.fault.name: one for one in stories}
    assert by_name[UNHURT].replies == 1
    assert holds(stories), table(stories)
