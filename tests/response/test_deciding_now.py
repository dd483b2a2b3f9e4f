"""What begins and ends to wait for somebody whose page is open: how much is new, and what happened to the open one."""

import pytest

from model.person import Person
from model.words import DecisionKind, Role
from response import approvals, cases, deciding, deciding_now, drafts
from response.deciding_now import Asked, Turn
from store import people as people_rows
from tests.installation import add
from tests.response.desk import TEXT, Desk

NONE = Asked(0, frozenset(), frozenset())


@pytest.fixture
def ben(desk: Desk) -> Person:
    """A second person of level 1, beside Bob."""
    return add(desk.store, desk.alice, "Ben", Role.APPROVER, levels=(1,))


def drawn(desk: Desk, who: Person) -> Asked:
    with desk.store.read() as tx:
        return deciding_now.asked(tx, who)


def came(desk: Desk, who: Person, since: Asked) -> int:
    return deciding_now.new(since, deciding_now.asked_by_now(desk.store, who, since))


def turned(desk: Desk, who: Person, submission_id: int) -> Turn | None:
    """What happened to it, the comment being as it was sent."""
    one = deciding.matter(desk.store, who, submission_id)
    return deciding_now.turn(desk.store, who, submission_id, one.comment)


def test_what_is_sent_is_new_to_whoever_is_asked_and_to_nobody_else(desk: Desk) -> None:
    for_bob, for_carla = drawn(desk, desk.bob), drawn(desk, desk.carla)
    submission_id = desk.waiting(3)
    assert (came(desk, desk.bob, for_bob), came(desk, desk.carla, for_carla)) == (1, 0)
    seen = drawn(desk, desk.bob)
    desk.decides(desk.bob, submission_id)
    assert came(desk, desk.bob, seen) == 0, "what is gone is not new"


def test_what_passes_on_is_new_at_the_next_level_though_nothing_is_recorded_of_that(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    desk.decides(desk.bob, submission_id)
    before = drawn(desk, desk.carla)
    assert came(desk, desk.carla, before) == 0
    desk.passes_on()
    assert drawn(desk, desk.carla).changes == before.changes and came(desk, desk.carla, before) == 1


def test_a_question_put_to_somebody_is_new_until_the_page_is_drawn_with_it(desk: Desk) -> None:
    before = drawn(desk, desk.bob)
    cases.escalate(desk.store, desk.alice, desk.opened(3), "Did you ring?", to_person=desk.bob.id)
    assert came(desk, desk.bob, before) == 1
    assert came(desk, desk.bob, drawn(desk, desk.bob)) == 0


def test_what_waits_still_has_not_turned(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    assert turned(desk, desk.bob, submission_id) is None


def test_a_colleagues_decision_is_told_with_their_name_and_is_over_when_it_is_undone(desk: Desk, ben: Person) -> None:
    submission_id = desk.waiting(3)
    decision_id = desk.decides(ben, submission_id, DecisionKind.REJECT, "No.")
    turn = turned(desk, desk.bob, submission_id)
    assert turn and turn.ended and turn.newer is None
    assert "Ben rejected it at" in turn.told and turn.told.endswith("That can still be undone.")
    approvals.undo(desk.store, ben, decision_id)
    assert turned(desk, desk.bob, submission_id) is None
    desk.decides(ben, submission_id)
    desk.passes_on()
    turn = turned(desk, desk.bob, submission_id)
    assert turn and "Ben approved it at" in turn.told and turn.told.endswith("It waits for Carla now.")


def test_what_was_taken_back_says_by_whom_and_what_was_sent_instead_can_be_opened(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    response_id = desk.submission(submission_id).response_id
    drafts.take_back(desk.store, desk.alice, response_id)
    turn = turned(desk, desk.bob, submission_id)
    assert turn and turn.ended and "Alice took it back at" in turn.told and turn.newer is None
    drafts.save(desk.store, desk.alice, response_id, f"{TEXT} Today.", desk.response(response_id).version)
    again = desk.sent(response_id)
    turn = turned(desk, desk.bob, submission_id)
    assert turn and "Alice sent version 2 at" in turn.told and turn.newer == again
    desk.approved(desk.bob, submission_id=again)
    drafts.take_back(desk.store, desk.alice, response_id)
    turn = turned(desk, desk.carla, again)
    assert turn and "Alice took it back" in turn.told and "Bob" not in turn.told, "that he approved it is not why"


def test_who_was_let_out_of_a_level_reads_whom_it_waits_for(desk: Desk, ben: Person) -> None:
    submission_id = desk.waiting(3)
    with desk.store.write() as tx:
        people_rows.set_roles(tx, desk.bob.id, frozenset({Role.APPROVER}), frozenset({2}))
    approvals.ask_again(desk.store)
    turn = turned(desk, desk.bob, submission_id)
    assert turn and turn.ended and turn.told.endswith("It waits for Ben now.")


def test_a_comment_that_is_changed_while_its_answer_waits_is_told(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    shown = deciding.matter(desk.store, desk.bob, submission_id).comment
    desk.reads(1, "You published my address. And my name.", 3, "privacy")
    turn = deciding_now.turn(desk.store, desk.bob, submission_id, shown)
    assert turn and not turn.ended and turn.told.startswith("The comment was changed.")
    assert turned(desk, desk.bob, submission_id) is None, "once it is shown as it is"
