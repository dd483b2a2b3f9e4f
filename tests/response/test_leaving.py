"""Somebody leaves: everything that they hold goes on with somebody, in one change."""

from datetime import timedelta

import pytest

from access import people, sessions
from model import clock
from model.errors import BadInput, Conflict, LevelheadError, NotAllowed
from model.person import Person
from model.words import Role
from response import approvals, cases, leaving, tasks
from response.leaving import Held, Kind
from store import cases as case_rows
from store import deputies
from store import tasks as task_rows
from tests.installation import add, enter
from tests.response.desk import Desk
from tests.response.told import sent_to

WHY = "A new post elsewhere."


def held(desk: Desk, who: Person) -> list[Held]:
    with desk.store.read() as tx:
        return leaving.holdings(tx, who.id, clock.now())


def kinds(desk: Desk, who: Person) -> list[Kind]:
    return [one.kind for one in held(desk, who)]


def busy(desk: Desk) -> tuple[int, int, int]:
    """Dave has a case with a draft, a task and, as an approver too, a decision, a question and somebody to stand in
    for; returns the case, the response and the submission."""
    people.set_roles(desk.store, desk.alice, desk.dave.id, frozenset({Role.MANAGER, Role.APPROVER}), frozenset({1}))
    dave = desk.now_is(desk.dave)
    case_id = desk.opened(3)
    response_id = desk.written(case_id, by=dave)
    tasks.add(desk.store, desk.alice, case_id, "Ring the office.", dave.id)
    other = desk.opened(3, number=2, thread="https://blog.example.org/other")
    submission_id = desk.sent(desk.written(other))
    cases.escalate(desk.store, desk.alice, other, "Is this so?", to_person=dave.id)
    people.set_deputy(desk.store, desk.alice, desk.carla.id, dave.id)
    people.set_roles(desk.store, desk.alice, desk.bob.id, frozenset({Role.APPROVER}), frozenset({1, 2}))
    return case_id, response_id, submission_id


def all_to(desk: Desk, who: Person, *takers: Person) -> dict[str, int | None]:
    """Each thing goes to the first of these people who can take it."""
    return {one.key: next((t.id for t in takers if t.id in one.able), None) for one in held(desk, who)}


def test_everything_goes_to_named_people_in_one_step(desk: Desk) -> None:
    case_id, response_id, submission_id = busy(desk)
    session = enter(desk.store, desk.dave)
    assert kinds(desk, desk.dave) == list(Kind)
    desk.clock.shift(timedelta(seconds=11))
    leaving.leave(desk.store, desk.alice, desk.dave.id, WHY, all_to(desk, desk.dave, desk.alice, desk.bob))
    assert kinds(desk, desk.dave) == []
    assert not desk.now_is(desk.dave).active
    assert sessions.visitor(desk.store, session) is None
    assert desk.claimed_by(case_id) == "Alice"
    assert desk.response(response_id).author_id == desk.alice.id
    assert desk.asked(submission_id) == {"Bob"}
    with desk.store.read() as tx:
        assert deputies.every(tx) == {desk.carla.id: desk.bob.id}
        assert len(case_rows.asked_of(tx, desk.bob.id)) == 1
        assert len(task_rows.of_person(tx, desk.alice.id)) == 1
    told = {(name, kind) for name, kind, _settled in sent_to(desk)}
    assert {("Bob", "handed on"), ("Bob", "question"), ("Alice", "task"), ("Alice", "taken over")} <= told
    assert "person.left" in desk.actions() and desk.audit_holds()
    # Whoever wrote it still has: who takes it over may not approve what they go on writing, and Dave never could.
    desk.approved(desk.bob, submission_id=submission_id)
    assert desk.asked(submission_id) == {"Carla"}


def test_what_needs_nobody_named_is_free_and_the_others_of_the_level_decide(desk: Desk) -> None:
    case_id, response_id, submission_id = busy(desk)
    goes = {key: None if key.split()[0] in ("case", "decision", "deputy") else to
            for key, to in all_to(desk, desk.dave, desk.alice, desk.bob).items()}  # fmt: skip
    leaving.leave(desk.store, desk.alice, desk.dave.id, WHY, goes)
    assert desk.claimed_by(case_id) == ""
    assert desk.asked(submission_id) == {"Bob"}
    assert desk.response(response_id).author_id == desk.alice.id


def test_where_nobody_is_left_at_a_level_it_goes_up(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    (one,) = held(desk, desk.bob)
    assert (one.kind, one.able) == (Kind.DECISION, ())
    leaving.leave(desk.store, desk.alice, desk.bob.id, WHY, {one.key: None})
    approvals.ask_again(desk.store)
    assert desk.asked(submission_id) == {"Carla"}


WRONG = {
    "something came meanwhile": (Conflict, lambda goes: dict(list(goes.items())[1:])),
    "nobody for a draft": (BadInput, lambda goes: goes | {key: None for key in goes if key.startswith("response")}),
    "somebody who cannot": (BadInput, lambda goes: goes | {key: 999 for key in goes if key.startswith("task")}),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_handed_over_so_changes_nothing_at_all(desk: Desk, what: str) -> None:
    busy(desk)
    before, actions = held(desk, desk.dave), desk.actions()
    error, spoil = WRONG[what]
    with pytest.raises(error):
        leaving.leave(desk.store, desk.alice, desk.dave.id, WHY, spoil(all_to(desk, desk.dave, desk.alice, desk.bob)))
    assert held(desk, desk.dave) == before
    assert desk.actions() == actions
    assert desk.now_is(desk.dave).active


def test_of_two_administrators_the_second_finds_nothing_left_and_the_last_one_stays(desk: Desk) -> None:
    busy(desk)
    goes = all_to(desk, desk.dave, desk.alice, desk.bob)
    leaving.leave(desk.store, desk.alice, desk.dave.id, WHY, goes)
    count = len(sent_to(desk))
    leaving.leave(desk.store, desk.alice, desk.dave.id, WHY, goes)
    assert len(sent_to(desk)) == count, "nothing is handed over twice"
    with pytest.raises(Conflict, match="last administrator"):
        leaving.leave(desk.store, desk.alice, desk.alice.id, WHY, all_to(desk, desk.alice, desk.dave))
    for who in (desk.bob, desk.charlie):
        with pytest.raises(NotAllowed):
            leaving.leave(desk.store, who, desk.carla.id, WHY, {})


def test_who_holds_nothing_leaves_without_a_reason(desk: Desk) -> None:
    eve = add(desk.store, desk.alice, "Eve", Role.MANAGER)
    leaving.leave(desk.store, desk.alice, eve.id, "", {})
    assert not desk.now_is(eve).active
    with pytest.raises(LevelheadError):
        leaving.leave(desk.store, desk.alice, 999, "", {})
