"""Decisions: by exactly those who are asked, on exactly what they saw, level by level, and undone without a trace."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from access import people
from model.errors import BadInput, Conflict, LevelheadError, NotAllowed
from model.words import DecisionKind, PublicationState, ResponseState, Role
from response import approvals, cases, drafts, policies
from store import audit
from store.schema import decisions, level_times, waits
from tests.installation import add
from tests.response.desk import Desk
from tests.response.together import together

S = ResponseState
K = DecisionKind
ALL = policies.SHIPPED.read_text().replace("Communications lead, quorum: any", "Communications lead, quorum: all")


def state(desk: Desk, submission_id: int) -> S:
    return desk.response(desk.submission(submission_id).response_id).state


def everything_waiting(desk: Desk) -> tuple[list[object], list[object]]:
    """Who waits since when, and the times of the levels, as they stand in the database."""
    with desk.store.read() as tx:
        return list(tx.execute(select(waits)).all()), list(tx.execute(select(level_times)).all())


def only_decision_columns(desk: Desk) -> list[tuple[bool, bool]]:
    with desk.store.read() as tx:
        rows = tx.execute(select(decisions.c.settled_at, decisions.c.undone_at).order_by(decisions.c.id))
        return [(row.settled_at is not None, row.undone_at is not None) for row in rows]


# --- level by level --------------------------------------------------------------------------------------------------


def test_two_levels_approve_in_order_and_then_it_goes_out_as_approved(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    assert (state(desk, submission_id), desk.asked(submission_id)) == (S.WAITING, {"Bob"})
    desk.approved(desk.bob, submission_id=submission_id)
    assert (state(desk, submission_id), desk.asked(submission_id)) == (S.WAITING, {"Carla"})
    desk.approved(desk.carla, submission_id=submission_id)
    submission = desk.submission(submission_id)
    assert (state(desk, submission_id), desk.asked(submission_id)) == (S.APPROVED, set())
    (publication,) = desk.publications(submission.response_id)
    assert (publication.state, publication.content_hash) == (PublicationState.SCHEDULED, submission.content_hash)


def test_the_expert_is_asked_before_the_levels(desk: Desk) -> None:
    submission_id = desk.waiting(2, "despair")
    assert desk.levels(submission_id) == [0, 1]
    assert desk.asked(submission_id) == {"Dora"}
    desk.approved(desk.dora, submission_id=submission_id)
    assert desk.asked(submission_id) == {"Bob"}


def test_until_it_can_no_longer_be_undone_no_other_level_sees_or_decides_anything(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    desk.decides(desk.bob, submission_id)
    assert desk.asked(submission_id) == set()
    with pytest.raises(NotAllowed):
        desk.decides(desk.carla, submission_id)
    desk.clock.shift(9)
    desk.passes_on()
    assert desk.asked(submission_id) == {"Carla"}


def test_a_level_with_nobody_waits_until_somebody_is_there(desk: Desk) -> None:
    submission_id = desk.waiting(4, "children")
    desk.approved(desk.bob, desk.carla, submission_id=submission_id)
    assert (state(desk, submission_id), desk.asked(submission_id)) == (S.WAITING, set())
    add(desk.store, desk.alice, "Eve", Role.APPROVER, levels=(3,))
    approvals.ask_again(desk.store)
    assert desk.asked(submission_id) == {"Eve"}


def test_only_those_who_are_asked_decide_and_the_others_are_told_for_whom_it_waits(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    with pytest.raises(NotAllowed, match=r"not asked to decide on this now\. It waits for Communications lead\."):
        desk.decides(desk.carla, submission_id)
    for who in (desk.alice, desk.charlie):
        with pytest.raises(NotAllowed, match="You may not decide on responses"):
            desk.decides(who, submission_id)
    assert "decision.approve" not in desk.actions()


def test_a_decision_is_on_exactly_what_was_seen(desk: Desk) -> None:
    submission_id = desk.waiting(2)
    with pytest.raises(Conflict, match="not the version you read"):
        approvals.decide(desk.store, desk.bob, submission_id, K.APPROVE, "", "0" * 64)


@pytest.mark.parametrize("kind", [K.REJECT, K.REQUEST_CHANGES])
def test_a_no_needs_a_reason_and_ends_it(desk: Desk, kind: K) -> None:
    submission_id = desk.waiting(3)
    with pytest.raises(BadInput, match="Please give a reason"):
        desk.decides(desk.bob, submission_id, kind, " \n")
    desk.decides(desk.bob, submission_id, kind, "Too long.")
    assert state(desk, submission_id) is S.WAITING, "it can be undone for a while"
    desk.passes_on()
    assert state(desk, submission_id) is (S.REJECTED if kind is K.REJECT else S.CHANGES_REQUESTED)
    assert desk.asked(submission_id) == set()
    with pytest.raises(
        Conflict, match=f"Bob {'rejected' if kind is K.REJECT else 'sent back'} this at 2026-03-02 09:00 UTC"
    ):
        desk.decides(desk.carla, submission_id)
    with desk.store.read() as tx:
        events = audit.history(tx, "response", [desk.submission(submission_id).response_id])
    assert "Too long." not in str(events), "the words stand where they can be erased"


def test_after_changes_were_asked_for_the_new_version_is_approved_anew(desk: Desk) -> None:
    first = desk.waiting(3)
    desk.approved(desk.bob, submission_id=first)
    desk.decides(desk.carla, first, K.REQUEST_CHANGES, "Name the page.")
    desk.passes_on()
    response_id = desk.submission(first).response_id
    drafts.save(desk.store, desk.alice, response_id, "We took page 3 down.", desk.response(response_id).version)
    second = desk.sent(response_id)
    assert desk.submission(second).version_number == 2
    assert desk.asked(second) == {"Bob"}, "what Bob approved was another text"
    desk.approved(desk.bob, desk.carla, submission_id=second)
    assert state(desk, second) is S.APPROVED


# --- who may not -----------------------------------------------------------------------------------------------------


def test_nobody_who_edited_any_version_decides(desk: Desk) -> None:
    people.set_roles(desk.store, desk.alice, desk.dave.id, frozenset({Role.MANAGER, Role.APPROVER}), frozenset({1, 2}))
    dave = desk.now_is(desk.dave)
    case_id = desk.opened(3)
    response_id = desk.written(case_id, "A first sentence.", by=dave)
    cases.release(desk.store, dave, case_id)
    drafts.save(desk.store, desk.alice, response_id, "Wholly other words.", desk.response(response_id).version)
    submission_id = desk.sent(response_id)
    assert desk.asked(submission_id) == {"Bob"}
    with pytest.raises(NotAllowed, match="You wrote a part of this response"):
        desk.decides(dave, submission_id)
    desk.approved(desk.bob, submission_id=submission_id)
    assert desk.asked(submission_id) == {"Carla"}


def test_one_person_counts_once_even_at_two_levels(desk: Desk) -> None:
    people.set_roles(desk.store, desk.alice, desk.bob.id, frozenset({Role.APPROVER}), frozenset({1, 2}))
    bob = desk.now_is(desk.bob)
    submission_id = desk.waiting(3)
    desk.approved(bob, submission_id=submission_id)
    assert desk.asked(submission_id) == {"Carla"}
    with pytest.raises(Conflict, match="one person counts once"):
        desk.decides(bob, submission_id)


def test_of_two_approvers_at_one_moment_one_wins_and_the_other_is_told_who(desk: Desk) -> None:
    eve = add(desk.store, desk.alice, "Eve", Role.APPROVER, levels=(1,))
    submission_id = desk.waiting(3)
    assert desk.asked(submission_id) == {"Bob", "Eve"}
    acts = [
        partial(desk.decides, desk.bob, submission_id, K.APPROVE),
        partial(desk.decides, eve, submission_id, K.REJECT, "Never."),
    ]
    won, lost = together(*acts)
    assert (len(won), len(lost)) == (1, 1)
    with desk.store.read() as tx:
        (made,) = tx.execute(select(decisions)).all()
    bob_won = made.person_id == desk.bob.id
    told = "Bob approved this at 2026-03-02 09:00 UTC" if bob_won else "Eve rejected this at 2026-03-02 09:00 UTC"
    assert isinstance(lost[0], Conflict)
    assert str(lost[0]) == f"{told}, before you. What you typed is kept below."


def test_whoever_comes_too_late_hears_it_while_somebody_else_writes(desk: Desk) -> None:
    eve = add(desk.store, desk.alice, "Eve", Role.APPROVER, levels=(1,))
    submission_id = desk.waiting(3)
    desk.decides(desk.bob, submission_id, K.APPROVE)
    # Had it to wait for the writer, this would end as 'the database is busy'.
    with desk.store.write(), pytest.raises(Conflict, match="Bob approved this"):
        desk.decides(eve, submission_id, K.REJECT, "Never.")


def test_one_person_in_two_tabs_decides_once(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    won, lost = together(*[partial(desk.decides, desk.bob, submission_id) for _ in range(4)])
    assert (len(won), len(lost)) == (1, 3)
    assert all("one person counts once" in str(error) for error in lost)


def test_an_approver_and_an_author_at_one_moment_never_approve_what_was_not_seen(desk: Desk) -> None:
    submission_id = desk.waiting(2)
    response_id, version = desk.submission(submission_id).response_id, desk.response(1).version
    save = partial(drafts.save, desk.store, desk.alice, response_id, "Another text.", version)
    together(partial(desk.decides, desk.bob, submission_id), save)
    desk.passes_on()
    assert (desk.response(response_id).state, desk.response(response_id).draft) == (S.DRAFT, "Another text.")


# --- undo ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "reason"), [(K.APPROVE, ""), (K.REJECT, "Never."), (K.REQUEST_CHANGES, "Shorter.")])
def test_undo_restores_exactly_what_was(desk: Desk, kind: K, reason: str) -> None:
    submission_id = desk.waiting(3)
    desk.clock.shift(3600)
    before, response = everything_waiting(desk), desk.response(1)
    decision_id = desk.decides(desk.bob, submission_id, kind, reason)
    desk.clock.shift(9)
    approvals.undo(desk.store, desk.bob, decision_id)
    assert (everything_waiting(desk), desk.response(1)) == (before, response)
    desk.passes_on()
    assert (everything_waiting(desk), desk.response(1)) == (before, response)
    assert only_decision_columns(desk) == [(False, True)]
    assert desk.actions()[-2:] == [f"decision.{kind.replace(' ', '_')}", "decision.undone"], "the record keeps both"
    desk.approved(desk.bob, submission_id=submission_id)
    assert desk.asked(submission_id) == {"Carla"}


def test_after_its_seconds_a_decision_stands_even_before_it_settled(desk: Desk) -> None:
    decision_id = desk.decides(desk.bob, desk.waiting(3))
    desk.clock.shift(10)
    with pytest.raises(Conflict, match="The time to undo is over"):
        approvals.undo(desk.store, desk.bob, decision_id)
    desk.passes_on()
    with pytest.raises(Conflict, match="The time to undo is over"):
        approvals.undo(desk.store, desk.bob, decision_id)


def test_only_ones_own_decision_is_undone_and_once(desk: Desk) -> None:
    decision_id = desk.decides(desk.bob, desk.waiting(3))
    for who in (desk.carla, desk.alice, desk.charlie):
        with pytest.raises(LevelheadError):
            approvals.undo(desk.store, who, decision_id)
    approvals.undo(desk.store, desk.bob, decision_id)
    with pytest.raises(Conflict):
        approvals.undo(desk.store, desk.bob, decision_id)


def test_settling_early_or_twice_does_nothing(desk: Desk) -> None:
    submission_id = desk.waiting(2)
    decision_id = desk.decides(desk.bob, submission_id)
    approvals.settle(desk.store, decision_id)
    assert state(desk, submission_id) is S.WAITING
    desk.passes_on()
    actions = desk.actions()
    approvals.settle(desk.store, decision_id)
    approvals.settle(desk.store, 404)
    assert desk.actions() == actions
    assert len(desk.publications(desk.submission(submission_id).response_id)) == 1


def test_undo_and_settle_at_one_moment_end_in_one_of_both(desk: Desk) -> None:
    submission_id = desk.waiting(2)
    decision_id = desk.decides(desk.bob, submission_id)
    desk.clock.shift(9.999)
    undo = partial(approvals.undo, desk.store, desk.bob, decision_id)
    together(undo, partial(approvals.settle, desk.store, decision_id))
    desk.passes_on()
    ((settled, undone),) = only_decision_columns(desk)
    assert settled is not undone
    assert state(desk, submission_id) is (S.APPROVED if settled else S.WAITING)


# --- a quorum of all -------------------------------------------------------------------------------------------------


def all_at_level_one(desk: Desk) -> int:
    """A submission at whose level 1 Bob and Eve both have to approve."""
    add(desk.store, desk.alice, "Eve", Role.APPROVER, levels=(1,))
    add(desk.store, desk.alice, "Frank", Role.APPROVER, levels=(3,))
    policies.save(desk.store, desk.alice, ALL, 1)
    return desk.waiting(3)


def test_all_means_everybody_at_that_level(desk: Desk) -> None:
    submission_id = all_at_level_one(desk)
    eve = next(person for person in desk.everybody() if person.name == "Eve")
    assert desk.asked(submission_id) == {"Bob", "Eve"}
    desk.approved(desk.bob, submission_id=submission_id)
    assert desk.asked(submission_id) == {"Eve"}
    desk.approved(eve, submission_id=submission_id)
    assert desk.asked(submission_id) == {"Carla"}


def test_who_goes_on_waiting_has_waited_since_the_beginning(desk: Desk) -> None:
    submission_id = all_at_level_one(desk)
    eve = next(person for person in desk.everybody() if person.name == "Eve")
    (since,) = [waiting.since for waiting in desk.list_of(eve)]
    desk.clock.shift(3600)
    desk.approved(desk.bob, submission_id=submission_id)
    approvals.ask_again(desk.store)
    assert [waiting.since for waiting in desk.list_of(eve)] == [since]


def test_two_of_all_at_one_moment_both_count(desk: Desk) -> None:
    submission_id = all_at_level_one(desk)
    eve = next(person for person in desk.everybody() if person.name == "Eve")
    won, lost = together(*[partial(desk.decides, who, submission_id) for who in (desk.bob, eve)])
    assert (len(won), lost) == (2, [])
    desk.passes_on()
    assert desk.asked(submission_id) == {"Carla"}


def test_when_the_last_of_all_goes_what_the_others_approved_counts(desk: Desk) -> None:
    submission_id = all_at_level_one(desk)
    eve = next(person for person in desk.everybody() if person.name == "Eve")
    desk.approved(desk.bob, submission_id=submission_id)
    people.set_active(desk.store, desk.alice, eve.id, False)
    approvals.ask_again(desk.store)
    assert desk.asked(submission_id) == {"Carla"}


# --- people come and go ----------------------------------------------------------------------------------------------


def test_an_approver_who_is_removed_is_asked_no_more_and_the_next_level_is_asked_in_their_place(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    people.set_active(desk.store, desk.alice, desk.bob.id, False)
    approvals.ask_again(desk.store)
    assert (state(desk, submission_id), desk.asked(submission_id)) == (S.WAITING, {"Carla"})
    with pytest.raises(NotAllowed):
        desk.decides(desk.now_is(desk.bob), submission_id)
    with pytest.raises(NotAllowed):
        desk.decides(desk.bob, submission_id)  # a page that was open all the while
    add(desk.store, desk.alice, "Eve", Role.APPROVER, levels=(1,))
    approvals.ask_again(desk.store)
    assert desk.asked(submission_id) == {"Eve", "Carla"}, "the level was not skipped"


def test_what_somebody_approved_before_leaving_stays_approved(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    desk.decides(desk.bob, submission_id)
    people.set_active(desk.store, desk.alice, desk.bob.id, False)
    approvals.ask_again(desk.store)
    assert desk.asked(submission_id) == set(), "the decision can still be undone"
    desk.passes_on()
    assert desk.asked(submission_id) == {"Carla"}


def test_asking_again_changes_nothing_where_nothing_changed(desk: Desk) -> None:
    desk.waiting(3)
    before, actions = everything_waiting(desk), desk.actions()
    desk.clock.shift(3600)
    approvals.ask_again(desk.store)
    assert (everything_waiting(desk), desk.actions()) == (before, actions)


# --- what takes too long ---------------------------------------------------------------------------------------------


def test_silence_is_no_consent_and_what_waited_too_long_cannot_be_approved(desk: Desk) -> None:
    submission_id = desk.waiting(2)
    desk.clock.shift(timedelta(days=7, seconds=1))
    approvals.ask_again(desk.store)
    assert state(desk, submission_id) is S.WAITING
    with pytest.raises(Conflict, match="waited too long to be approved"):
        desk.decides(desk.bob, submission_id)
    desk.decides(desk.bob, submission_id, K.REJECT, "Too late.")
    desk.passes_on()
    assert state(desk, submission_id) is S.REJECTED, "a no is never late"


def test_the_levels_times_are_what_approval_cost(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    for who in (desk.bob, desk.carla):
        desk.clock.shift(3600)
        desk.approved(who, submission_id=submission_id)
    desk.clock.shift(86400)
    with desk.store.read() as tx:
        times = tx.execute(select(level_times).order_by(level_times.c.step)).all()
    assert [(row.level, (row.ended_at - row.began_at).total_seconds()) for row in times] == [(1, 3611), (2, 3611)]


# --- a level that is asked for later ---------------------------------------------------------------------------------


def test_a_lower_level_asked_for_later_makes_it_a_draft_again(desk: Desk) -> None:
    case_id = desk.opened(1)
    cases.escalate(desk.store, desk.dave, case_id, "Carla should see this.", to_level=2)
    submission_id = desk.sent(desk.written(case_id))
    cases.escalate(desk.store, desk.dave, case_id, "And Bob before her.", to_level=1)
    assert (state(desk, submission_id), desk.asked(submission_id)) == (S.DRAFT, set())
    assert desk.levels(desk.sent(desk.submission(submission_id).response_id)) == [1, 2]


def test_what_is_approved_goes_back_when_a_level_is_asked_for(desk: Desk) -> None:
    submission_id = desk.waiting(2)
    desk.approved(desk.bob, submission_id=submission_id)
    response = desk.response(desk.submission(submission_id).response_id)
    assert response.case_id is not None
    cases.escalate(desk.store, desk.dave, response.case_id, "Carla should see this.", to_level=2)
    assert desk.response(response.id).state is S.DRAFT
    assert desk.going_out(response.id) == [PublicationState.DROPPED]
