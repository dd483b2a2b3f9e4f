"""Undo: for ten seconds the exact former state comes back, unless somebody has gone on from there."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access import people
from model.errors import Conflict, NotAllowed
from model.person import Person
from model.words import DecisionKind, PublicationState, ResponseState, Role
from response import cases, drafts, last, presence, putting_back, snooze, undo
from response.views import case_view
from store import audit, undoable
from store import cases as rows
from store.schema import notices, words
from tests.installation import add
from tests.response.desk import THREAD, Desk

TEN = timedelta(seconds=10)


def stands(desk: Desk, case_id: int) -> dict[str, Any]:
    with desk.store.read() as tx:
        return undoable.case_stands(tx, case_id)


def offered_to(desk: Desk, who: Person) -> undo.Offer | None:
    with desk.store.read() as tx:
        return undo.offer(tx, who.id, datetime.now(UTC))


def token(desk: Desk, who: Person) -> str:
    found = offered_to(desk, who)
    assert found is not None
    return found.token


def undone(desk: Desk, who: Person) -> str:
    return undo.undo(desk.store, who, token(desk, who)).what


def last_of(desk: Desk, who: Person) -> undo.Offer:
    """What a person can undo of all that they do."""
    with desk.store.read() as tx:
        found = last.offer(tx, who, datetime.now(UTC))
    assert found is not None
    return found


def in_a_day() -> datetime:
    return datetime.now(UTC) + timedelta(days=1)


DECISIONS: dict[str, Callable[[Desk, int], object]] = {
    undo.DISMISSED: lambda desk, case: cases.dismiss(desk.store, desk.alice, case, desk.case(case).version, "Settled."),
    undo.SPAM: lambda desk, case: cases.mark_spam(desk.store, desk.alice, case, desk.case(case).version),
    undo.ESCALATED: lambda desk, case: cases.escalate(
        desk.store, desk.alice, case, "Is it so?", to_person=desk.dora.id
    ),
    "a level": lambda desk, case: cases.escalate(desk.store, desk.alice, case, "Too grave for us.", to_level=3),
    undo.SNOOZED: lambda desk, case: snooze.snooze(desk.store, desk.alice, case, desk.case(case).version, in_a_day()),
    undo.WOKEN: lambda desk, case: snooze.wake(desk.store, desk.alice, case),
    undo.CLAIMED: lambda desk, case: cases.claim(desk.store, desk.alice, case),
    undo.RELEASED: lambda desk, case: cases.release(desk.store, desk.alice, case),
    undo.HANDED_OVER: lambda desk, case: presence.hand_over(desk.store, desk.alice, case, desk.dave.id),
    undo.REOPENED: lambda desk, case: cases.reopen(desk.store, desk.alice, case),
}
FORMER: dict[str, Callable[[Desk, int], object]] = {
    undo.WOKEN: DECISIONS[undo.SNOOZED],
    undo.RELEASED: DECISIONS[undo.CLAIMED],
    undo.HANDED_OVER: DECISIONS[undo.CLAIMED],
    undo.REOPENED: DECISIONS[undo.SPAM],
}


@pytest.mark.parametrize("what", DECISIONS)
@pytest.mark.parametrize("claimed", [False, True])
def test_each_decision_is_undone_to_the_exact_former_state_and_the_log_keeps_both(
    desk: Desk, what: str, claimed: bool
) -> None:
    first = desk.opened(3, number=1)
    desk.opened(3, number=2, thread="https://blog.example.org/kitchen")
    if claimed:
        desk.claims(desk.alice, first)
    FORMER.get(what, lambda _desk, _case: None)(desk, first)
    desk.clock.shift(timedelta(minutes=3))
    before, case, queue = stands(desk, first), desk.case(first), desk.queue()
    DECISIONS[what](desk, first)
    assert stands(desk, first) != before
    desk.clock.shift(timedelta(seconds=9.9))
    assert undone(desk, desk.alice) == (undo.ESCALATED if what == "a level" else what)
    assert (stands(desk, first), desk.queue()) == (before, queue)
    again = desk.case(first)
    assert (again.severity, again.due_at) == (case.severity, case.due_at)
    assert again.version > case.version, "what somebody saw meanwhile is not what is there now"
    assert desk.actions()[-1] == "case.undone"
    assert desk.audit_holds()
    assert offered_to(desk, desk.alice) is None


def test_a_case_handed_over_by_mistake_comes_back_with_who_asked_for_it_and_nobody_is_told(desk: Desk) -> None:
    case_id = desk.opened(3)
    desk.claims(desk.alice, case_id)
    presence.ask(desk.store, desk.dave, case_id)
    asked = presence.look(desk.store, desk.alice, case_id)
    presence.hand_over(desk.store, desk.alice, case_id, desk.dave.id)
    undone(desk, desk.alice)
    assert presence.look(desk.store, desk.alice, case_id) == asked
    with desk.store.read() as tx:
        told = [one.settled_as for one in tx.execute(notices.select()) if one.kind == "taken over"]
    assert told == ["not needed"]


def test_who_was_handed_a_case_and_works_on_it_keeps_it(desk: Desk) -> None:
    case_id = desk.opened(3)
    desk.claims(desk.alice, case_id)
    DECISIONS[undo.HANDED_OVER](desk, case_id)
    desk.clock.shift(timedelta(seconds=1))
    desk.claims(desk.dave, case_id)
    with pytest.raises(Conflict, match="Dave has gone on with this case since"):
        undone(desk, desk.alice)
    assert desk.claimed_by(case_id) == "Dave"


def asked(desk: Desk, case_id: int) -> None:
    presence.ask(desk.store, desk.alice, case_id)


def taken(desk: Desk, case_id: int) -> None:
    presence.take_over(desk.store, desk.alice, case_id, "It is urgent.")


def asked_by_another(desk: Desk, case_id: int) -> None:
    presence.ask(desk.store, add(desk.store, desk.alice, "Wil", Role.MANAGER), case_id)


OF_A_CLAIM: dict[str, tuple[Callable[[Desk, int], object] | None, Callable[[Desk, int], object]]] = {
    "asked for": (None, asked),
    "asked for after another, who asked long ago": (asked_by_another, asked),
    "taken over after it was asked for": (asked, taken),
    "taken over at once": (None, taken),
    "taken over while another asks": (asked_by_another, taken),
}


@pytest.mark.parametrize("what", OF_A_CLAIM)
def test_what_is_done_to_the_claim_of_another_is_undone_for_both_and_nobody_is_told(desk: Desk, what: str) -> None:
    case_id = desk.opened(4)
    desk.claims(desk.dave, case_id)
    before_it, act = OF_A_CLAIM[what]
    if before_it:
        before_it(desk, case_id)
        desk.clock.shift(timedelta(minutes=11 if "long ago" in what else 3))
        desk.claims(desk.dave, case_id)

    def seen() -> list[presence.Company]:
        return [presence.look(desk.store, who, case_id) for who in (desk.alice, desk.dave)]

    seen(), seen()
    before, stood = seen(), stands(desk, case_id)
    act(desk, case_id)
    desk.clock.shift(timedelta(seconds=9))
    undone(desk, desk.alice)
    desk.clock.shift(timedelta(seconds=-9))
    assert (stands(desk, case_id), seen()) == (stood, before)
    act(desk, case_id)
    assert told_of(desk, "taken over" if act is taken else "takeover") == ["Dave"], "once, and of the second time"
    assert desk.audit_holds()


def told_of(desk: Desk, kind: str) -> list[str]:
    """Who is going to be told something that was done now."""
    names = {one.id: one.name for one in (desk.alice, desk.dave, desk.dora)}
    with desk.store.read() as tx:
        rows_now = tx.execute(notices.select().where(notices.c.kind == kind, notices.c.settled_as == ""))
        return [names[one.person_id] for one in rows_now if one.due_at > datetime.now(UTC)]


def test_who_kept_a_case_by_mistake_is_asked_again_and_the_word_is_gone(desk: Desk) -> None:
    case_id = desk.opened(3)
    desk.claims(desk.alice, case_id)
    presence.ask(desk.store, desk.dave, case_id)
    before = presence.look(desk.store, desk.dave, case_id)
    presence.keep(desk.store, desk.alice, case_id, "I am nearly done.")
    undone(desk, desk.alice)
    assert presence.look(desk.store, desk.dave, case_id) == before
    with desk.store.read() as tx:
        assert "I am nearly done." not in tx.execute(words.select()).scalars().all()


def test_who_was_asked_for_a_case_and_has_answered_is_not_unasked(desk: Desk) -> None:
    case_id = desk.opened(3)
    desk.claims(desk.dave, case_id)
    presence.ask(desk.store, desk.alice, case_id)
    desk.clock.shift(timedelta(seconds=1))
    presence.keep(desk.store, desk.dave, case_id, "I am nearly done.")
    with pytest.raises(Conflict, match="Dave has gone on with this case since"):
        undone(desk, desk.alice)


def test_a_case_opened_again_that_somebody_has_written_to_since_stays_open(desk: Desk) -> None:
    case_id = desk.opened(2, number=1)
    DECISIONS[undo.DISMISSED](desk, case_id)
    cases.reopen(desk.store, desk.alice, case_id)
    desk.clock.shift(timedelta(seconds=1))
    assert desk.opened(2, number=2) == case_id
    with pytest.raises(Conflict, match="Another comment has joined"):
        undone(desk, desk.alice)
    assert desk.case(case_id).state == "open"


def test_an_answer_is_undone_before_anybody_has_read_it(desk: Desk) -> None:
    case_id = desk.opened(3)
    cases.escalate(desk.store, desk.alice, case_id, "Is it so?", to_person=desk.dora.id)
    desk.clock.shift(timedelta(minutes=3))
    with desk.store.read() as tx:
        before = rows.asked_of(tx, desk.dora.id)
    cases.answer(desk.store, desk.dora, before[0].id, "It is not.")
    desk.clock.shift(timedelta(seconds=9))
    assert [one.answer for one in case_view(desk.store, case_id).escalations] == [None]
    offered = last_of(desk, desk.dora)
    assert (offered.what, offered.subject, offered.subject_id) == (undo.ANSWERED, putting_back.ANSWER, case_id)
    last.take_back(desk.store, desk.dora, offered)
    with desk.store.read() as tx:
        assert rows.asked_of(tx, desk.dora.id) == before
        assert "It is not." not in tx.execute(words.select()).scalars().all()
    assert desk.actions()[-1] == "case.answer_undone"
    cases.answer(desk.store, desk.dora, before[0].id, "It is so.")
    assert told_of(desk, "answered") == ["Alice"]
    desk.clock.shift(TEN)
    assert [one.answer for one in case_view(desk.store, case_id).escalations] == ["It is so."]
    with pytest.raises(Conflict, match=r"The ten seconds are over\. Your answer is with the case"):
        last.take_back(desk.store, desk.dora, undo.Offer(token_kept(desk, desk.dora), "answered", "answer", 1, 1.0))
    assert desk.audit_holds()


def token_kept(desk: Desk, who: Person) -> str:
    with desk.store.read() as tx:
        kept = undoable.of(tx, who.id)
    assert kept is not None
    return kept.token


@pytest.mark.parametrize("what", [undo.DISMISSED, undo.SNOOZED, undo.ESCALATED])
def test_after_ten_seconds_it_is_too_late_and_the_next_step_is_named(desk: Desk, what: str) -> None:
    case_id = desk.opened(3)
    DECISIONS[what](desk, case_id)
    given, after = token(desk, desk.alice), stands(desk, case_id)
    desk.clock.shift(TEN)
    assert offered_to(desk, desk.alice) is None
    with pytest.raises(Conflict, match=f"The ten seconds are over. {undo.INSTEAD[what]}"):
        undo.undo(desk.store, desk.alice, given)
    assert stands(desk, case_id) == after


def test_who_went_on_from_there_is_named_and_nothing_is_undone(desk: Desk) -> None:
    case_id = desk.opened(3)
    DECISIONS[undo.DISMISSED](desk, case_id)
    cases.reopen(desk.store, desk.dave, case_id)
    desk.claims(desk.dave, case_id)
    with pytest.raises(Conflict, match="Dave has gone on with this case since"):
        undone(desk, desk.alice)
    assert desk.claimed_by(case_id) == "Dave"


def test_a_case_that_another_has_claimed_meanwhile_is_not_claimed_back(desk: Desk) -> None:
    case_id = desk.opened(3)
    desk.claims(desk.alice, case_id)
    DECISIONS[undo.RELEASED](desk, case_id)
    desk.claims(desk.dave, case_id)
    with pytest.raises(Conflict, match="Dave has gone on"):
        undone(desk, desk.alice)
    assert desk.claimed_by(case_id) == "Dave"


def test_a_question_that_was_answered_stays(desk: Desk) -> None:
    case_id = desk.opened(3)
    DECISIONS[undo.ESCALATED](desk, case_id)
    with desk.store.read() as tx:
        (question,) = rows.asked_of(tx, desk.dora.id)
    cases.answer(desk.store, desk.dora, question.id, "It is.")
    with pytest.raises(Conflict, match="Dora has gone on"):
        undone(desk, desk.alice)


def test_of_a_question_that_was_undone_nobody_is_told_and_no_word_is_kept(desk: Desk) -> None:
    case_id = desk.opened(3)
    DECISIONS[undo.ESCALATED](desk, case_id)
    undone(desk, desk.alice)
    with desk.store.read() as tx:
        assert rows.asked_of(tx, desk.dora.id) == []
        assert not tx.execute(notices.select()).all() and "notice.not_sent" in desk.actions()
        assert [one.text for one in tx.execute(words.select())] == [""]


def test_who_is_asked_again_after_a_question_was_undone_is_told(desk: Desk) -> None:
    case_id = desk.opened(3)
    for _time in range(2):
        DECISIONS[undo.ESCALATED](desk, case_id)
        if not _time:
            undone(desk, desk.alice)
    assert told_of(desk, "question") == ["Dora"]


def test_a_level_that_something_on_its_way_has_gained_is_not_offered_for_undo(desk: Desk) -> None:
    case_id = desk.opened(3)
    desk.sent(desk.written(case_id))
    DECISIONS[undo.RELEASED](desk, case_id)
    assert offered_to(desk, desk.alice) is not None
    DECISIONS["a level"](desk, case_id)
    assert offered_to(desk, desk.alice) is None, "nor what was decided before it"


def test_what_was_sent_for_approval_since_keeps_the_level(desk: Desk) -> None:
    case_id = desk.opened(3)
    draft = desk.written(case_id, by=desk.dave)
    DECISIONS["a level"](desk, case_id)
    desk.sent(draft, by=desk.dave)
    with pytest.raises(Conflict, match="sent for approval since"):
        undone(desk, desk.alice)


def test_a_comment_that_joined_a_case_put_off_is_in_nobodys_way(desk: Desk) -> None:
    case_id = desk.opened(2, number=1)
    DECISIONS[undo.SNOOZED](desk, case_id)
    assert desk.opened(4, "harm", number=2) == case_id
    undone(desk, desk.alice)
    assert desk.case(case_id).severity == 4
    assert stands(desk, case_id)["snooze"] is None


def test_where_the_thread_has_another_case_by_now_it_stays_closed(desk: Desk) -> None:
    case_id = desk.opened(2, number=1)
    DECISIONS[undo.DISMISSED](desk, case_id)
    assert desk.opened(4, "harm", number=2) != case_id
    with pytest.raises(Conflict, match="Another case of this thread"):
        undone(desk, desk.alice)


SENDINGS = {"on one's own authority": (1, False), "for approval": (3, False), "once more for approval": (3, True)}


@pytest.mark.parametrize("how", SENDINGS)
def test_what_was_sent_is_undone_to_what_it_was_and_goes_nowhere(desk: Desk, how: str) -> None:
    severity, came_back = SENDINGS[how]
    case_id = desk.opened(severity)
    response_id = desk.written(case_id)
    if came_back:
        desk.decides(desk.bob, desk.sent(response_id), DecisionKind.REQUEST_CHANGES, "Say when.")
        desk.passes_on()
    before, queue = desk.response(response_id), desk.queue()
    submission_id = desk.sent(response_id)
    desk.clock.shift(timedelta(seconds=9.9))
    offered = last_of(desk, desk.alice)
    assert (offered.what, offered.case_id) == (undo.SENT, case_id)
    last.take_back(desk.store, desk.alice, offered)
    after = desk.response(response_id)
    assert (after.state, after.draft, desk.queue()) == (before.state, before.draft, queue)
    assert (desk.asked(submission_id), set(desk.going_out(response_id)) - {PublicationState.DROPPED}) == (set(), set())
    assert desk.actions()[-1] == "response.undone"
    assert desk.audit_holds()
    assert offered_to(desk, desk.alice) is None
    desk.sent(response_id)


def test_after_ten_seconds_what_was_sent_is_taken_back_on_its_page_alone(desk: Desk) -> None:
    response_id = desk.written(desk.opened(1))
    desk.sent(response_id)
    offered = last_of(desk, desk.alice)
    desk.clock.shift(TEN)
    with pytest.raises(Conflict, match=r"The ten seconds are over\. What has not gone out yet can be taken back"):
        last.take_back(desk.store, desk.alice, offered)
    assert desk.response(response_id).state is ResponseState.APPROVED


def test_what_somebody_has_gone_on_with_since_it_was_sent_is_left_to_them(desk: Desk) -> None:
    case_id = desk.opened(1)
    response_id = desk.written(case_id)
    desk.sent(response_id)
    offered = last_of(desk, desk.alice)
    cases.escalate(desk.store, desk.dave, case_id, "Too grave for us.", to_level=3)
    with pytest.raises(Conflict, match="Dave has gone on with this response since"):
        last.take_back(desk.store, desk.alice, offered)
    with pytest.raises(NotAllowed):
        last.take_back(desk.store, desk.charlie, offered)
    with pytest.raises(Conflict, match="something else since"):
        undo.undo(desk.store, desk.alice, offered.token)


def test_what_was_taken_back_by_hand_is_offered_for_undo_no_more(desk: Desk) -> None:
    response_id = desk.written(desk.opened(1))
    desk.sent(response_id)
    drafts.take_back(desk.store, desk.alice, response_id)
    assert offered_to(desk, desk.alice) is None


def test_of_what_a_person_decided_here_and_there_the_last_is_offered(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    other = desk.opened(3, number=2, thread=f"{THREAD}/2")
    both = frozenset({Role.APPROVER, Role.MANAGER})
    people.set_roles(desk.store, desk.alice, desk.bob.id, both, frozenset({1}))
    bob = desk.now_is(desk.bob)
    cases.claim(desk.store, bob, other)
    desk.clock.shift(timedelta(seconds=1))
    desk.decides(bob, submission_id)
    offered = last_of(desk, bob)
    assert (offered.subject, offered.subject_id, offered.left) == (undo.DECISION, submission_id, 10.0)
    assert offered.case_id == desk.response(desk.submission(submission_id).response_id).case_id
    desk.clock.shift(timedelta(seconds=1))
    cases.release(desk.store, bob, other)
    assert last_of(desk, bob).what == undo.RELEASED
    undone(desk, bob)
    last.take_back(desk.store, bob, last_of(desk, bob))
    assert desk.asked(submission_id) == {"Bob"}
    with pytest.raises(Conflict, match="The time to undo is over"):
        last.take_back(desk.store, bob, offered)


@pytest.mark.parametrize("found", snooze.FOUND)
def test_what_was_said_of_a_comment_without_a_case_is_undone(desk: Desk, found: str) -> None:
    comment_id = desk.reads(1, "When is it open?")
    with desk.store.read() as tx:
        before = undoable.comment_stands(tx, comment_id)
    snooze.look_over(desk.store, desk.alice, comment_id, 1, found)
    undone(desk, desk.alice)
    with desk.store.read() as tx:
        assert undoable.comment_stands(tx, comment_id) == before
        (event, *_others) = audit.history(tx, "comment", [comment_id])
    assert (event.action, event.data) == ("comment.undone", {"what": "looked over"})
    snooze.look_over(desk.store, desk.alice, comment_id, 1, found)
    cases.raise_case(desk.store, desk.dave, comment_id)
    with pytest.raises(Conflict, match="A case was made"):
        undone(desk, desk.alice)


def test_only_the_last_decision_of_a_person_is_kept_and_each_has_their_own(desk: Desk) -> None:
    one, two = desk.opened(3, number=1), desk.opened(3, number=2, thread=f"{THREAD}/2")
    desk.claims(desk.dave, two)
    DECISIONS[undo.CLAIMED](desk, one)
    first = token(desk, desk.alice)
    DECISIONS[undo.DISMISSED](desk, one)
    with pytest.raises(Conflict, match="something else since"):
        undo.undo(desk.store, desk.alice, first)
    with pytest.raises(Conflict, match="something else since"):
        undo.undo(desk.store, desk.alice, token(desk, desk.dave))
    undone(desk, desk.dave)
    assert desk.claimed_by(two) == ""
    with pytest.raises(NotAllowed):
        undo.undo(desk.store, desk.charlie, token(desk, desk.alice))


def test_what_cannot_be_undone_leaves_nothing_before_it_to_undo(desk: Desk) -> None:
    first = desk.opened(3)
    calm = desk.reads(3, "When do you open?", thread="https://blog.example.org/3")
    DECISIONS[undo.SNOOZED](desk, first)
    assert offered_to(desk, desk.alice)
    cases.raise_case(desk.store, desk.alice, calm)
    assert offered_to(desk, desk.alice) is None


def test_what_is_long_over_is_dropped_with_the_next_decision(desk: Desk) -> None:
    case_id = desk.opened(3)
    DECISIONS[undo.CLAIMED](desk, case_id)
    desk.clock.shift(timedelta(hours=2))
    desk.claims(desk.dave, case_id)
    with desk.store.read() as tx:
        assert undoable.of(tx, desk.alice.id) is None


PLAIN = st.dictionaries(st.sampled_from(["state", "claim", "snooze"]), st.sampled_from([None, {"person_id": 1}]))


@given(PLAIN, PLAIN, PLAIN)
def test_whatever_a_decision_touched_must_be_as_it_left_it(former: Any, after: Any, present: Any) -> None:
    in_the_way = undo.moved_on(former, after, present)
    assert not undo.moved_on(former, after, after)
    for key in undo.touched(former, after):
        assert (key in in_the_way) or present.get(key) == after.get(key)


@given(st.floats(-100, 100), st.floats(0, 60))
def test_no_more_is_left_than_there_ever_was_and_never_less_than_nothing(passed: float, seconds: float) -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    assert 0 <= undo.seconds_left(at, at + timedelta(seconds=passed), seconds) <= seconds
