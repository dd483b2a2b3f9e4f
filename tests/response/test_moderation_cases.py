"""Something done to a comment and its case: where it is shown, and what becomes of it when a level comes in between."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from model.errors import NotFound
from model.words import Action, ResponseState, Role
from response import approvals, cases, drafts, moderation, views
from response.views import Moderated
from store import audit, moderations, responses, sources
from tests.ingest.interface import Interface
from tests.installation import add
from tests.response.desk import Desk
from tests.response.moderating import A, M, approved, ask, calm, critic, five_times, row, submission, switched_off, work

# --- the case that it is asked from ----------------------------------------------------------------------------------


def asked_from(desk: Desk, case_id: int, comment_id: int, action: Action, reason: str = "") -> int:
    revision = desk.comment(comment_id).revision
    return moderation.ask(desk.store, desk.alice, comment_id, action, reason, revision, case_id)


def on_the_case(desk: Desk, case_id: int) -> dict[int, Moderated]:
    """What a case shows of things done to comments, by the response."""
    return {one.response.id: one for one in views.case_view(desk.store, case_id).moderations}


def test_what_is_asked_of_a_comment_in_no_case_is_shown_on_the_case_it_was_asked_from(
    desk: Desk, blog: Interface
) -> None:
    critic(desk, blog)
    spam = calm(desk, blog)
    response_id = asked_from(desk, 1, spam, A.TRASH)
    assert desk.response(response_id).case_id == 1
    assert desk.claimed_by(1) == "Alice"
    shown = on_the_case(desk, 1)[response_id]
    assert shown.row is not None and shown.row.state is M.SCHEDULED
    assert "moderation.asked" in [event.action for event in views.case_view(desk.store, 1).history]
    blog._respond = lambda _: b""
    failed = five_times(desk, response_id)
    assert on_the_case(desk, 1)[response_id].row == failed
    moderation.drop(desk.store, desk.alice, failed.id)
    asked_from(desk, 1, spam, A.SPAM)


def test_what_was_asked_from_nowhere_or_another_case_is_shown_on_every_case_of_the_thread(
    desk: Desk, blog: Interface
) -> None:
    first = critic(desk, blog)
    nowhere = ask(desk, calm(desk, blog), A.TRASH, "")
    assert desk.response(nowhere).case_id is None
    waiting = ask(desk, first, A.TRASH)
    cases.dismiss(desk.store, desk.alice, 1, desk.case(1).version, "All is said.")
    second = desk.opened(number=3)
    assert second != 1
    assert on_the_case(desk, second).keys() == on_the_case(desk, 1).keys() == {nowhere, waiting}
    assert on_the_case(desk, desk.opened(number=4, thread="https://blog.example.org/other")) == {}


def test_it_is_not_asked_from_a_case_of_another_thread(desk: Desk, blog: Interface) -> None:
    other = desk.opened(number=4, thread="https://blog.example.org/other")
    with pytest.raises(NotFound, match="not in the thread"):
        asked_from(desk, other, calm(desk, blog), A.TRASH)


def test_the_levels_are_those_of_the_comment_and_those_its_case_and_the_one_asked_from_were_escalated_to(
    desk: Desk, blog: Interface
) -> None:
    first = critic(desk, blog)
    spam = calm(desk, blog)
    cases.escalate(desk.store, desk.alice, 1, "The board must know.", to_level=5)
    assert desk.levels(submission(desk, asked_from(desk, 1, spam, A.TRASH))) == [5]
    cases.dismiss(desk.store, desk.alice, 1, desk.case(1).version, "All is said.")
    second = desk.opened(4, number=3)
    cases.escalate(desk.store, desk.alice, second, "Legal must know.", to_level=4)
    # Its severity is that of the comment's own case; the case that it is asked from says only who else must know.
    assert desk.levels(submission(desk, asked_from(desk, second, first, A.TRASH, "A child."))) == [1, 2, 4, 5]


def test_what_is_live_stays_on_the_case_however_much_came_later(desk: Desk, blog: Interface) -> None:
    waiting = ask(desk, critic(desk, blog), A.TRASH)
    spam = calm(desk, blog)
    for _ in range(3):
        moderation.undo(desk.store, desk.alice, row(desk, asked_from(desk, 1, spam, A.TRASH)).id)
    with desk.store.read() as tx:
        assert [one.id for one in responses.acts(tx, 1, [spam], limit=2)] == [waiting, waiting + 3]


# --- a level that comes in between -----------------------------------------------------------------------------------


def in_its_seconds(desk: Desk, blog: Interface) -> int:
    critic(desk, blog)
    return asked_from(desk, 1, calm(desk, blog), A.TRASH)


def held_back(desk: Desk, blog: Interface) -> int:
    response_id = approved(desk, blog)
    switched_off(desk, blog)
    assert work(desk, response_id).state is M.HELD
    with desk.store.write() as tx:
        sources.change(tx, desk.source_id, active=True)
    return response_id


@pytest.mark.parametrize("begun", [in_its_seconds, held_back])
def test_what_an_escalation_stops_can_be_given_up_or_asked_again(
    desk: Desk, blog: Interface, begun: Callable[[Desk, Interface], int]
) -> None:
    response_id = begun(desk, blog)
    comment_id = row(desk, response_id).comment_id
    assert cases.escalate(desk.store, desk.alice, 1, "Management must know.", to_level=3) == ()
    stopped = on_the_case(desk, 1)[response_id]
    assert (stopped.response.state, stopped.row) == (ResponseState.DRAFT, None)
    sent = desk.sent(response_id)
    assert desk.levels(sent)[-1] == 3
    waiting = on_the_case(desk, 1)[response_id]
    assert (waiting.response.state, waiting.row) == (ResponseState.WAITING, None)
    add(desk.store, desk.alice, "Eve", Role.APPROVER, levels=(3,))
    approvals.ask_again(desk.store)
    (eve,) = (one for one in desk.everybody() if one.name == "Eve")
    desk.approved(*[desk.bob, desk.carla][: len(desk.levels(sent)) - 1], eve, submission_id=sent)
    newest = on_the_case(desk, 1)[response_id].row
    assert newest is not None and (newest.state, newest.submission_id) == (M.SCHEDULED, sent)
    drafts.take_back(desk.store, desk.alice, response_id)
    drafts.withdraw(desk.store, desk.alice, response_id)
    asked_from(desk, 1, comment_id, A.HOLD, "A reason.")


def test_an_escalation_passes_over_what_is_being_done_and_says_so(desk: Desk, blog: Interface) -> None:
    reply = desk.sent(desk.written(desk.opened()))
    response_id = asked_from(desk, 1, calm(desk, blog), A.TRASH)
    with desk.store.write() as tx:
        moderations.move(tx, row(desk, response_id).id, M.SCHEDULED, M.DOING, datetime.now(UTC), attempts=1)
    assert cases.escalate(desk.store, desk.alice, 1, "Management must know.", to_level=3) == (A.TRASH,)
    assert desk.levels(reply) == [1, 2, 3]
    assert (desk.levels(submission(desk, response_id)), row(desk, response_id).state) == ([], M.DOING)
    with desk.store.read() as tx:
        (event,) = (one for one in audit.history(tx, "case", [1]) if one.action == "case.escalated")
    assert event.data["passed_over"] == [response_id]
