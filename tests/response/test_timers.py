"""Timers of waiting levels, on a real database: who is asked when, what is on the record, and what is told to whom."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from access import people
from model.errors import Conflict, NotAllowed
from model.words import DecisionKind, ResponseState, Role
from response import approvals, policies, timers, views
from store import audit, responses, steps
from store.db import Store
from store.responses import Decision
from store.schema import decisions, level_times
from store.steps import OpenStep
from tests.installation import add
from tests.response.desk import Desk
from tests.response.together import together
from web.ui import waits

S = ResponseState
HOUR = timedelta(hours=1)
FOUR_HOURS = timedelta(hours=4, seconds=1)
FIVE_HOURS = FOUR_HOURS + HOUR


@pytest.fixture(autouse=True)
def _zone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sentences name times in the zone of whoever reads them; here nobody does."""
    monkeypatch.setattr("web.ui.words.zone", lambda: UTC)


def step(desk: Desk, submission_id: int) -> OpenStep:
    with desk.store.read() as tx:
        found = steps.of_submission(tx, submission_id)
    assert found is not None
    return found


def made(desk: Desk, submission_id: int) -> list[Decision]:
    with desk.store.read() as tx:
        return responses.decisions_of(tx, submission_id)


def told(desk: Desk, submission_id: int) -> str:
    """What the author reads of the wait."""
    return waits.for_author(step(desk, submission_id), desk.submission(submission_id), datetime.now(UTC))


def late(desk: Desk, by: timedelta = FIVE_HOURS) -> None:
    """Those who are asked are reminded after four hours; after five others are asked as well."""
    desk.clock.shift(by - HOUR)
    timers.look(desk.store)
    desk.clock.shift(HOUR)
    timers.look(desk.store)


def test_the_time_of_a_step_stands_in_its_row_as_the_policy_said_when_it_was_sent(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    began = datetime.now(UTC)
    with desk.store.read() as tx:
        (row,) = tx.execute(select(level_times)).all()
    assert (row.began_at, row.due_at, row.raised_to) == (began, began + timedelta(hours=4), None)
    slower = policies.SHIPPED.read_text().replace("4h", "40h")
    add(desk.store, desk.alice, "Frank", Role.APPROVER, levels=(3,))
    policies.save(desk.store, desk.alice, slower, 1)
    late(desk)
    assert step(desk, submission_id).raised_to == 2


def test_before_its_time_nothing_happens_and_after_it_the_next_level_is_asked_as_well(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    late(desk, timedelta(hours=3, minutes=59))
    assert (desk.asked(submission_id), step(desk, submission_id).reminded_at) == ({"Bob"}, None)
    assert told(desk, submission_id) == ""
    late(desk, timedelta(hours=1))
    assert (desk.asked(submission_id), desk.actions().count("step.reminded")) == ({"Bob"}, 1)
    late(desk, timedelta(hours=1, minutes=2))
    assert desk.asked(submission_id) == {"Bob", "Carla"}
    assert [one.stood_in for one in desk.list_of(desk.carla)] == [2]
    assert [one.stood_in for one in desk.list_of(desk.bob)] == [None]
    assert told(desk, submission_id) == (
        "Level 1 has not answered since Mon 2 Mar 2026, 09:00. Level 2 is asked in its place since "
        "Mon 2 Mar 2026, 15:01."
    )
    timers.look(desk.store)
    assert desk.actions().count("step.went_up") == 1
    assert desk.response(desk.submission(submission_id).response_id).state is S.WAITING, "silence is no consent"


def test_a_timer_is_a_row_that_any_worker_finds_after_any_restart(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    url = desk.store.engine.url.render_as_string(hide_password=False)
    desk.store.engine.dispose()
    desk.clock.shift(FOUR_HOURS)
    another = Store(url)
    timers.look(another)
    desk.clock.shift(HOUR)
    timers.look(another)
    another.engine.dispose()
    assert desk.asked(submission_id) == {"Bob", "Carla"}


def test_two_workers_that_look_at_one_moment_go_up_once(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    desk.clock.shift(FOUR_HOURS)
    _, refused = together(*[partial(timers.look, desk.store)] * 4)
    desk.clock.shift(HOUR)
    _, refused_too = together(*[partial(timers.look, desk.store)] * 4)
    assert (refused, refused_too) == ([], [])
    assert step(desk, submission_id).raised_to == 2
    assert [desk.actions().count(one) for one in ("step.reminded", "step.went_up")] == [1, 1]


def test_whoever_stood_in_is_on_the_record_with_the_level_it_was_for(desk: Desk) -> None:
    submission_id = desk.waiting(2)
    late(desk)
    desk.approved(desk.carla, submission_id=submission_id)
    (decision,) = made(desk, submission_id)
    assert (decision.stood_in, decision.step) == (2, 0)
    assert waits.stood_in(decision, desk.submission(submission_id)) == " for level 1"
    response_id = desk.submission(submission_id).response_id
    assert desk.response(response_id).state is S.APPROVED
    with desk.store.read() as tx:
        events = {one.action: one.data for one in audit.history(tx, "response", [response_id])}
    assert (events["decision.approve"]["level"], events["decision.approve"]["stood_in"]) == (1, 2)
    assert {name: events["step.went_up"][name] for name in ("level", "to", "late")} == {
        "level": 1,
        "to": 2,
        "late": True,
    }
    assert desk.audit_holds()


def test_those_of_the_level_may_still_decide_and_then_nobody_stands_in(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    late(desk)
    desk.approved(desk.bob, submission_id=submission_id)
    assert [one.stood_in for one in made(desk, submission_id)] == [None]
    assert [(one.step, one.stood_in) for one in desk.list_of(desk.carla)] == [(1, None)]


def test_one_who_stood_in_is_not_asked_again_at_their_own_level(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    eve = add(desk.store, desk.alice, "Eve", Role.APPROVER, levels=(3,))
    late(desk)
    desk.approved(desk.carla, submission_id=submission_id)
    assert desk.asked(submission_id) == {"Eve"}, "nobody else is at level 2, so it went up at once"
    assert [(one.step, one.stood_in) for one in desk.list_of(eve)] == [(1, 3)]
    with pytest.raises(Exception, match="one person counts once"):
        desk.decides(desk.carla, submission_id)


def test_it_does_not_go_up_to_somebody_who_has_decided_already(desk: Desk) -> None:
    people.set_roles(desk.store, desk.alice, desk.carla.id, frozenset({Role.APPROVER}), frozenset({2, 3}))
    submission_id = desk.waiting(3)
    late(desk)
    desk.approved(desk.carla, submission_id=submission_id)
    assert (desk.asked(submission_id), step(desk, submission_id).raised_to) == (set(), None)
    assert told(desk, submission_id).startswith("Nobody can decide for level 2, nor anybody above it")


def test_it_goes_up_further_by_the_time_of_the_level_it_went_up_to(desk: Desk) -> None:
    add(desk.store, desk.alice, "Eve", Role.APPROVER, levels=(4,))
    submission_id = desk.waiting(3)
    late(desk)
    late(desk, timedelta(hours=7, minutes=59))
    assert desk.asked(submission_id) == {"Bob", "Carla"}
    late(desk, timedelta(minutes=2))
    assert desk.asked(submission_id) == {"Bob", "Carla", "Eve"}
    assert step(desk, submission_id).raised_to == 4


def test_a_decision_that_can_still_be_undone_holds_the_timer(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    desk.clock.shift(FOUR_HOURS)
    mine = desk.decides(desk.bob, submission_id)
    timers.look(desk.store)
    assert desk.asked(submission_id) == set()
    assert not [one for one in desk.actions() if one.startswith("step.")]
    approvals.undo(desk.store, desk.bob, mine)
    timers.look(desk.store)
    assert "step.reminded" in desk.actions()
    desk.clock.shift(HOUR)
    timers.look(desk.store)
    assert desk.asked(submission_id) == {"Bob", "Carla"}


def test_undoing_what_was_decided_in_the_place_of_others_restores_what_was(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    late(desk)
    before = [(who.name, desk.list_of(who)) for who in desk.everybody()], step(desk, submission_id)
    desk.clock.shift(60)
    approvals.undo(desk.store, desk.carla, desk.decides(desk.carla, submission_id))
    assert ([(who.name, desk.list_of(who)) for who in desk.everybody()], step(desk, submission_id)) == before


def test_a_level_that_nobody_can_decide_goes_up_at_once(desk: Desk) -> None:
    people.set_active(desk.store, desk.alice, desk.bob.id, False)
    submission_id = desk.waiting(3)
    assert desk.asked(submission_id) == {"Carla"}
    assert told(desk, submission_id).startswith("Nobody can decide for level 1. Level 2 is asked in its place since")
    assert "step.went_up" in desk.actions()


def test_a_level_of_which_only_the_author_is_goes_up_at_once(desk: Desk) -> None:
    people.set_active(desk.store, desk.alice, desk.bob.id, False)
    roles = frozenset({Role.ADMIN, Role.MANAGER, Role.APPROVER})
    people.set_roles(desk.store, desk.alice, desk.alice.id, roles, frozenset({1}))
    submission_id = desk.waiting(2)
    assert desk.asked(submission_id) == {"Carla"}
    with pytest.raises(NotAllowed, match="You wrote a part"):
        desk.decides(desk.now_is(desk.alice), submission_id)


def test_where_more_are_needed_than_are_there_the_rest_comes_from_above(desk: Desk) -> None:
    two = policies.SHIPPED.read_text().replace("Communications lead, quorum: any", "Communications lead, quorum: 2")
    add(desk.store, desk.alice, "Ben", Role.APPROVER, levels=(1,))
    add(desk.store, desk.alice, "Frank", Role.APPROVER, levels=(3,))
    policies.save(desk.store, desk.alice, two, 1)
    submission_id = desk.waiting(2)
    people.set_active(desk.store, desk.alice, next(p.id for p in desk.everybody() if p.name == "Ben"), False)
    approvals.ask_again(desk.store)
    desk.approved(desk.bob, submission_id=submission_id)
    assert desk.response(desk.submission(submission_id).response_id).state is S.WAITING
    assert desk.asked(submission_id) == {"Carla"}
    desk.approved(desk.carla, submission_id=submission_id)
    assert desk.response(desk.submission(submission_id).response_id).state is S.APPROVED
    assert [one.stood_in for one in made(desk, submission_id)] == [None, 2]


def test_the_experts_step_goes_up_to_level_one(desk: Desk) -> None:
    submission_id = desk.waiting(2, "despair")
    late(desk)
    assert desk.asked(submission_id) == {"Dora", "Bob"}
    assert told(desk, submission_id).startswith("The expert has not answered since")


def test_where_nobody_is_left_it_waits_and_author_and_administrators_are_told_once(desk: Desk) -> None:
    submission_id = desk.waiting(4, "children")
    desk.approved(desk.bob, desk.carla, submission_id=submission_id)
    for _ in range(3):
        late(desk, timedelta(hours=5))
        approvals.ask_again(desk.store)
    assert desk.asked(submission_id) == set()
    assert desk.actions().count("step.no_way_up") == 1
    assert told(desk, submission_id).startswith("Nobody can decide for level 3, nor anybody above it, so it waits.")
    with desk.store.read() as tx:
        stuck = steps.without_way(tx, datetime.now(UTC))
    assert waits.for_administrators(stuck).startswith("1 response waits for level 3,")
    eve = add(desk.store, desk.alice, "Eve", Role.APPROVER, levels=(5,))
    approvals.ask_again(desk.store)
    assert desk.asked(submission_id) == {"Eve"}, "somebody above came"
    people.set_roles(desk.store, desk.alice, eve.id, frozenset({Role.APPROVER}), frozenset({3}))
    approvals.ask_again(desk.store)
    assert [one.stood_in for one in desk.list_of(eve)] == [None]
    with desk.store.read() as tx:
        assert steps.without_way(tx, datetime.now(UTC)) == []


def test_where_nobody_above_can_stand_in_it_waits_for_its_own_people(desk: Desk) -> None:
    people.set_active(desk.store, desk.alice, desk.carla.id, False)
    submission_id = desk.waiting(2)
    late(desk)
    assert desk.asked(submission_id) == {"Bob"}
    assert told(desk, submission_id).startswith("Level 1 has not answered since")
    assert "Nobody above it can stand in" in told(desk, submission_id)
    with desk.store.read() as tx:
        assert waits.for_administrators(steps.without_way(tx, datetime.now(UTC))) == ""
    desk.approved(desk.bob, submission_id=submission_id)
    assert desk.response(desk.submission(submission_id).response_id).state is S.APPROVED


def test_what_waited_longer_than_an_approval_may_waits_for_its_author_who_is_told(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    desk.clock.move_to(desk.submission(submission_id).approval_until + timedelta(seconds=1))
    timers.look(desk.store)
    assert "step.went_up" not in desk.actions(), "there is nothing left to approve"
    assert "nobody can approve it any more. Take it back" in told(desk, submission_id)
    case_id = desk.response(desk.submission(submission_id).response_id).case_id
    assert case_id is not None
    ((waiting, submission),) = views.case_view(desk.store, case_id).waits
    assert (waiting.level, submission.id) == (1, submission_id)


def test_a_step_that_began_anew_is_open_again(desk: Desk) -> None:
    """Somebody comes to a level where all are needed, after the next level was asked."""
    every = policies.SHIPPED.read_text().replace("Communications lead, quorum: any", "Communications lead, quorum: all")
    add(desk.store, desk.alice, "Frank", Role.APPROVER, levels=(3,))
    policies.save(desk.store, desk.alice, every, 1)
    submission_id = desk.waiting(3)
    desk.approved(desk.bob, submission_id=submission_id)
    assert step(desk, submission_id).step == 1
    add(desk.store, desk.alice, "Ben", Role.APPROVER, levels=(1,))
    approvals.ask_again(desk.store)
    assert (step(desk, submission_id).step, desk.asked(submission_id)) == (0, {"Ben"})
    late(desk, timedelta(hours=5))
    assert desk.asked(submission_id) == {"Ben", "Carla"}


def test_nobody_decides_in_the_place_of_others_before_they_are_asked(desk: Desk) -> None:
    submission_id = desk.waiting(2)
    with pytest.raises(NotAllowed):
        desk.decides(desk.carla, submission_id)
    with desk.store.read() as tx:
        assert list(tx.execute(select(decisions.c.id))) == []


@pytest.mark.parametrize("kind", [DecisionKind.APPROVE, DecisionKind.REJECT])
def test_whoever_stands_in_too_late_is_told_who_decided(desk: Desk, kind: DecisionKind) -> None:
    submission_id = desk.waiting(2)
    late(desk)
    assert desk.asked(submission_id) == {"Bob", "Carla"}
    desk.decides(desk.bob, submission_id, kind, "It is so.")
    for _ in range(2):  # while it can be undone, and once it has passed on
        with pytest.raises(Conflict, match=r"^Bob (approved|rejected) this at 2026-03-02 14:00 UTC, before you"):
            desk.decides(desk.carla, submission_id)
        desk.passes_on()


def test_a_reject_in_the_place_of_others_ends_it(desk: Desk) -> None:
    submission_id = desk.waiting(2)
    late(desk)
    desk.decides(desk.carla, submission_id, DecisionKind.REJECT, "Not like this.")
    desk.passes_on()
    assert desk.response(desk.submission(submission_id).response_id).state is S.REJECTED


def test_what_waited_before_there_were_timers_gets_one(desk: Desk) -> None:
    submission_id = desk.waiting(2)
    begin_timers: Callable[[object], None] = _migration()._begin_timers
    with desk.store.write() as tx:
        steps.change(tx, submission_id, 0, due_at=None)
        begin_timers(tx)
    assert step(desk, submission_id).due_at == datetime.now(UTC) + timedelta(hours=4)


def _migration():  # type: ignore[no-untyped-def]
    from importlib import import_module  # noqa: PLC0415

    return import_module("store.migrations.versions.0009_timers")
