"""Cases: opened once for a reason, held by one person at a time, closed with a reason, opened again as they were."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from model.errors import BadInput, Conflict, LevelheadError, NotFound
from model.person import Person
from model.words import CaseOutcome, CaseState, Severity
from response import cases
from store import audit
from store import cases as rows
from store.schema import case_comments, words
from tests.response.desk import THREAD, Desk, judged
from tests.response.together import together

HOUR = timedelta(hours=1)
ELSEWHERE = "https://blog.example.org/kitchen"


# --- opening and joining ---------------------------------------------------------------------------------------------


def test_a_flagged_comment_opens_a_case_with_its_reason_and_its_due_time(desk: Desk) -> None:
    case = desk.case(desk.opened(3))
    assert (case.state, case.severity, case.headline, case.matters) == ("open", 3, "Privacy", ["privacy"])
    assert case.due_at - case.opened_at == 4 * HOUR, "the shipped policy's time for severity 3"
    assert (case.opened_by, case.previous_id) == (None, None)
    assert "case.opened" in desk.actions()


def test_one_that_is_not_flagged_opens_none(desk: Desk) -> None:
    desk.reads(1, "Lovely garden.")
    assert desk.queue() == []


def test_further_flagged_comments_of_the_thread_join_and_the_gravest_leads(desk: Desk) -> None:
    case_id = desk.opened(2, number=1)
    first = desk.case(case_id)
    desk.clock.shift(HOUR)
    assert desk.opened(1, "press", number=2) == case_id
    joined = desk.case(case_id)
    assert (joined.severity, joined.lead_comment_id, joined.due_at) == (2, first.lead_comment_id, first.due_at)
    assert joined.matters == ["press", "privacy"]
    assert desk.opened(4, "children", number=3) == case_id
    graver = desk.case(case_id)
    assert (graver.severity, graver.headline, graver.matters) == (4, "Children", ["children", "press", "privacy"])
    assert graver.due_at == datetime.now(UTC) + HOUR, "the graver one is due sooner"
    assert desk.queue() == [case_id]


def test_of_many_cases_that_change_at_once_none_does_where_one_has_changed_meanwhile(desk: Desk) -> None:
    one, other = desk.case(desk.opened(1, number=1)), desk.case(desk.opened(1, number=2, thread=ELSEWHERE))
    with desk.store.write() as tx:
        rows.change_all(tx, [(one, {"severity": 2}), (other, {"matters": ["press"]})])
    changed = desk.case(one.id), desk.case(other.id)
    assert [(case.severity, case.matters) for case in changed] == [(2, one.matters), (1, ["press"])]
    with pytest.raises(Conflict), desk.store.write() as tx:
        rows.change_all(tx, [(changed[0], {"severity": 3}), (other, {"severity": 3})])
    assert (desk.case(one.id), desk.case(other.id)) == changed


def test_joining_never_makes_a_case_due_later(desk: Desk) -> None:
    case_id = desk.opened(3, number=1)
    due = desk.case(case_id).due_at
    desk.clock.shift(3.9 * HOUR)
    desk.opened(4, number=2)
    assert desk.case(case_id).due_at == due


def test_each_thread_has_its_own_case_and_the_queue_goes_by_severity_then_due_time(desk: Desk) -> None:
    low = desk.opened(2, number=1)
    desk.clock.shift(1)
    high = desk.opened(3, number=2, thread=ELSEWHERE)
    desk.clock.shift(1)
    late = desk.opened(2, number=3, thread=f"{ELSEWHERE}/2")
    assert desk.queue() == [high, low, late]


def test_the_same_comment_comes_back_only_with_a_new_reason(desk: Desk) -> None:
    case_id = desk.opened(3)
    cases.dismiss(desk.store, desk.alice, case_id, 1, "Settled by telephone.")
    desk.opened(3)
    assert desk.queue() == [], "read once more, nothing new"
    edited = desk.reads(1, "And now my telephone number, too.", 3, "privacy")
    (again,) = desk.queue()
    assert again != case_id
    assert desk.case(again).previous_id == case_id, "the new case leads to what was decided before"
    assert (desk.case(again).lead_comment_id, desk.case(again).lead_revision) == (edited, 2)


def test_another_comment_always_opens_a_new_case(desk: Desk) -> None:
    case_id = desk.opened(3, number=1)
    cases.mark_spam(desk.store, desk.alice, case_id, 1)
    again = desk.opened(2, number=2)
    assert desk.queue() == [again]
    assert desk.case(again).previous_id == case_id


def test_an_edit_of_the_comment_that_leads_is_what_the_case_shows(desk: Desk) -> None:
    case_id = desk.opened(3)
    desk.reads(1, "Now about the money.", 2, "money")
    case = desk.case(case_id)
    assert (case.lead_revision, case.headline, case.severity) == (2, "Money", 3), "an edit never lowers the severity"
    assert case.matters == ["money", "privacy"]


def test_a_person_raises_a_case_that_nothing_flagged(desk: Desk) -> None:
    comment_id = desk.reads(1, "Friendly words, and yet.")
    case_id = cases.raise_case(desk.store, desk.alice, comment_id)
    case = desk.case(case_id)
    assert (case.severity, case.headline, case.opened_by) == (1, "Raised by a person", desk.alice.id)
    assert cases.raise_case(desk.store, desk.dave, comment_id) == case_id
    with pytest.raises(NotFound):
        cases.raise_case(desk.store, desk.alice, 404)


def test_a_flagged_comment_that_a_person_raises_counts_with_its_severity(desk: Desk) -> None:
    grave = desk.opened(4, "children", number=1)
    lead = desk.case(grave).lead_comment_id
    cases.dismiss(desk.store, desk.alice, grave, 1, "A joke, they said.")
    case_id = desk.opened(1, "press", number=2)
    assert cases.raise_case(desk.store, desk.alice, lead) == case_id
    case = desk.case(case_id)
    assert (case.severity, case.lead_comment_id) == (4, lead)
    assert case.matters == ["children", "press"]


# --- claims ----------------------------------------------------------------------------------------------------------


def test_a_claim_is_one_persons_for_half_an_hour(desk: Desk) -> None:
    case_id = desk.opened()
    until = cases.claim(desk.store, desk.alice, case_id)
    assert until == datetime.now(UTC) + HOUR / 2
    with pytest.raises(
        Conflict, match=r"Alice is on it until 2026-03-02 09:30 UTC\. You can read it, but not change it\."
    ):
        cases.claim(desk.store, desk.dave, case_id)
    desk.clock.shift(HOUR / 3)
    assert cases.claim(desk.store, desk.alice, case_id) == until + HOUR / 3, "one's own is prolonged"
    desk.clock.shift(HOUR / 2)
    desk.claims(desk.dave, case_id)
    assert desk.claimed_by(case_id) == "Dave"
    with pytest.raises(Conflict, match="Dave is on it"):
        cases.claim(desk.store, desk.alice, case_id)


def both_claim(desk: Desk, case_id: int) -> list[Callable[[], None]]:
    return [partial(desk.claims, who, case_id) for who in (desk.alice, desk.dave)]


def test_of_two_who_claim_at_one_moment_one_wins_and_the_other_is_told_who(desk: Desk) -> None:
    for number in range(1, 6):
        case_id = desk.opened(number=number, thread=f"{THREAD}/{number}")
        won, lost = together(*both_claim(desk, case_id))
        assert (len(won), len(lost)) == (1, 1)
        assert isinstance(lost[0], Conflict)
        assert str(lost[0]).startswith(f"{desk.claimed_by(case_id)} is on it until")


def test_an_expired_claim_goes_to_one_of_those_who_want_it(desk: Desk) -> None:
    case_id = desk.opened()
    desk.claims(desk.alice, case_id)
    desk.clock.shift(HOUR)
    won, lost = together(*both_claim(desk, case_id))
    assert (len(won), len(lost)) == (1, 1)


def test_a_released_case_is_everybodys(desk: Desk) -> None:
    case_id = desk.opened()
    desk.claims(desk.alice, case_id)
    cases.release(desk.store, desk.dave, case_id)
    assert desk.claimed_by(case_id) == "Alice", "only one's own can be released"
    cases.release(desk.store, desk.alice, case_id)
    desk.claims(desk.dave, case_id)


@pytest.mark.parametrize(
    "act",
    [
        lambda desk, who, case: cases.dismiss(desk.store, who, case, 1, "Nothing to answer."),
        lambda desk, who, case: cases.mark_spam(desk.store, who, case, 1),
        lambda desk, who, case: desk.written(case, by=who),
    ],
)
def test_whoever_works_on_a_case_has_it_and_nobody_else_does(
    desk: Desk, act: Callable[[Desk, Person, int], object]
) -> None:
    case_id = desk.opened()
    desk.claims(desk.dave, case_id)
    with pytest.raises(Conflict, match="Dave is on it"):
        act(desk, desk.alice, case_id)
    act(desk, desk.dave, case_id)


# --- closing and opening again ---------------------------------------------------------------------------------------


def test_a_case_is_dismissed_with_a_reason_and_given_back(desk: Desk) -> None:
    case_id = desk.opened()
    desk.claims(desk.alice, case_id)
    cases.dismiss(desk.store, desk.alice, case_id, 1, "  Settled by telephone.\r\n")
    case = desk.case(case_id)
    assert (case.state, case.outcome, case.closed_by) == (CaseState.CLOSED, CaseOutcome.DISMISSED, desk.alice.id)
    assert desk.claimed_by(case_id) == ""
    with desk.store.read() as tx:
        assert audit.spoken(tx, case.close_reason_id) == "Settled by telephone."
        (event,) = [e for e in audit.history(tx, "case", [case_id]) if e.action == "case.dismissed"]
        digest = tx.execute(select(words.c.keyed_hash).where(words.c.id == case.close_reason_id)).scalar_one()
    assert event.data == {"reason": digest}, "the record holds the keyed hash, the words stand elsewhere"


@pytest.mark.parametrize(
    ("reason", "said"),
    [("", "Please give a reason"), (" \n\x00", "Please give a reason"), ("x" * 5001, "longer than 5,000")],
)
def test_a_dismissal_without_a_reason_is_refused(desk: Desk, reason: str, said: str) -> None:
    case_id = desk.opened()
    with pytest.raises(BadInput, match=said):
        cases.dismiss(desk.store, desk.alice, case_id, 1, reason)
    assert desk.queue() == [case_id]


def test_what_was_added_since_it_was_seen_stops_a_dismissal(desk: Desk) -> None:
    case_id = desk.opened(2, number=1)
    desk.opened(4, "children", number=2)
    with pytest.raises(Conflict, match="Something was added to this case since you opened it"):
        cases.dismiss(desk.store, desk.alice, case_id, 1, "Harmless.")
    assert desk.queue() == [case_id]


def test_whoever_closes_second_is_told_who_was_first(desk: Desk) -> None:
    case_id = desk.opened()
    cases.dismiss(desk.store, desk.dave, case_id, 1, "Settled.")
    with pytest.raises(
        Conflict, match=r"Dave closed this case as 'dismissed' at 2026-03-02 09:00 UTC\. Reopen it to go on\."
    ):
        cases.mark_spam(desk.store, desk.alice, case_id, 1)


def test_reopened_it_is_as_it_was(desk: Desk) -> None:
    case_id = desk.opened(3, number=1)
    before = desk.case(case_id)
    desk.clock.shift(HOUR)
    cases.dismiss(desk.store, desk.alice, case_id, 1, "Settled.")
    desk.clock.shift(HOUR)
    cases.reopen(desk.store, desk.dave, case_id)
    after = desk.case(case_id)
    unchanged = [name for name in before.__dataclass_fields__ if name != "version"]
    assert {name: getattr(after, name) for name in unchanged} == {name: getattr(before, name) for name in unchanged}
    cases.reopen(desk.store, desk.dave, case_id)
    assert desk.case(case_id).version == after.version, "one that is open is left alone"
    assert desk.actions().count("case.reopened") == 1


def test_spam_marks_the_comments_and_reopening_takes_the_mark_off(desk: Desk) -> None:
    case_id = desk.opened(2, number=1)
    other = desk.reads(2, "And so do I.", 2, "privacy")
    lead = desk.case(case_id).lead_comment_id
    cases.mark_spam(desk.store, desk.alice, case_id, desk.case(case_id).version)
    assert desk.case(case_id).outcome == CaseOutcome.SPAM
    assert [desk.comment(one).spam for one in (lead, other)] == [True, True]
    cases.reopen(desk.store, desk.alice, case_id)
    assert [desk.comment(one).spam for one in (lead, other)] == [False, False]


def test_what_looked_like_spam_before_does_so_again_once_it_is_reopened(desk: Desk) -> None:
    case_id = desk.opened(2, number=1)
    text = "And so do I."
    other = desk.takes(2, text, replace(judged(text, Severity(2), ("privacy",)), spam=1.0))
    cases.mark_spam(desk.store, desk.alice, case_id, desk.case(case_id).version)
    cases.reopen(desk.store, desk.alice, case_id)
    assert [desk.comment(one).spam for one in (desk.case(case_id).lead_comment_id, other)] == [False, True]


def test_a_case_is_not_opened_again_beside_another_of_its_thread(desk: Desk) -> None:
    old = desk.opened(2, number=1)
    cases.dismiss(desk.store, desk.alice, old, 1, "Settled.")
    desk.opened(2, number=2)
    with pytest.raises(Conflict, match="Another case of this thread is open"):
        cases.reopen(desk.store, desk.alice, old)


def test_a_case_whose_response_is_on_its_way_is_not_dismissed(desk: Desk) -> None:
    case_id = desk.opened()
    submission_id = desk.sent(desk.written(case_id))
    for close in (
        lambda: cases.dismiss(desk.store, desk.alice, case_id, 1, "Never mind."),
        lambda: cases.mark_spam(desk.store, desk.alice, case_id, 1),
    ):
        with pytest.raises(Conflict, match="Take it back first, then close the case"):
            close()
    assert desk.asked(submission_id) == {"Bob"}
    assert desk.queue() == [case_id]


# --- escalating ------------------------------------------------------------------------------------------------------


def test_a_level_that_was_asked_for_stays_in_the_route(desk: Desk) -> None:
    case_id = desk.opened(2)
    cases.escalate(desk.store, desk.alice, case_id, "Legal should see this.", to_level=4)
    submission_id = desk.sent(desk.written(case_id))
    assert desk.levels(submission_id) == [1, 4]
    (asked,) = [step for step in desk.submission(submission_id).steps if step.level == 4]
    assert asked.because == ("escalated",)


def test_the_author_cannot_take_the_level_off(desk: Desk) -> None:
    case_id = desk.opened(2)
    cases.escalate(desk.store, desk.dave, case_id, "Legal should see this.", to_level=4)
    assert not [name for name in vars(cases) if "unescalate" in name or "deescalate" in name]
    cases.dismiss(desk.store, desk.alice, case_id, 1, "Off with it.")
    cases.reopen(desk.store, desk.alice, case_id)
    assert desk.levels(desk.sent(desk.written(case_id))) == [1, 4]


def test_what_waits_gains_the_level(desk: Desk) -> None:
    case_id = desk.opened(2)
    submission_id = desk.sent(desk.written(case_id))
    cases.escalate(desk.store, desk.dave, case_id, "Carla should see this.", to_level=2)
    assert desk.levels(submission_id) == [1, 2]
    desk.approved(desk.bob, submission_id=submission_id)
    assert desk.asked(submission_id) == {"Carla"}


@pytest.mark.parametrize(
    "to", [{}, {"to_person": 1, "to_level": 1}, {"to_level": 0}, {"to_level": 6}, {"to_person": 404}]
)
def test_an_escalation_goes_to_one_person_or_one_level(desk: Desk, to: dict[str, int]) -> None:
    with pytest.raises(LevelheadError):
        cases.escalate(desk.store, desk.alice, desk.opened(), "Please look.", **to)
    assert "case.escalated" not in desk.actions()


def test_a_question_is_answered_once_by_the_one_who_was_asked(desk: Desk) -> None:
    case_id = desk.opened()
    cases.escalate(desk.store, desk.alice, case_id, "Is this true?", to_person=desk.dora.id)
    with desk.store.read() as tx:
        (question,) = rows.asked_of(tx, desk.dora.id)
    assert (question.text, question.by_name) == ("Is this true?", "Alice")
    with pytest.raises(Conflict, match="not open to you"):
        cases.answer(desk.store, desk.bob, question.id, "Yes.")
    cases.answer(desk.store, desk.dora, question.id, "No.")
    with pytest.raises(Conflict):
        cases.answer(desk.store, desk.dora, question.id, "Or yes?")
    with desk.store.read() as tx:
        (told,) = rows.escalations_of(tx, case_id)
        assert rows.asked_of(tx, desk.dora.id) == []
    assert told.answer == "No."


def test_what_was_closed_is_not_escalated(desk: Desk) -> None:
    case_id = desk.opened()
    cases.dismiss(desk.store, desk.alice, case_id, 1, "Settled.")
    with pytest.raises(Conflict, match="Reopen it to go on"):
        cases.escalate(desk.store, desk.alice, case_id, "Please look.", to_level=3)


def test_every_change_of_a_case_is_on_the_record(desk: Desk) -> None:
    case_id = desk.opened(number=1)
    desk.opened(number=2)
    desk.claims(desk.alice, case_id)
    cases.escalate(desk.store, desk.alice, case_id, "Please look.", to_level=3)
    cases.release(desk.store, desk.alice, case_id)
    cases.dismiss(desk.store, desk.alice, case_id, desk.case(case_id).version, "Settled.")
    cases.reopen(desk.store, desk.alice, case_id)
    with desk.store.read() as tx:
        told = [event.action.removeprefix("case.") for event in reversed(audit.history(tx, "case", [case_id]))]
        assert len(tx.execute(select(case_comments)).all()) == 2
    assert told == ["opened", "joined", "claimed", "escalated", "released", "claimed", "dismissed", "reopened"]
    assert desk.audit_holds()


def test_a_degraded_signal_is_never_harmless(desk: Desk) -> None:
    comment_id = desk.reads(1, "Could not be read.", 1, "privacy", degraded=("matters",))
    with desk.store.read() as tx:
        case_id = rows.cases_of_comments(tx, [comment_id]).get(comment_id)
    assert case_id is not None
    assert desk.case(case_id).severity == Severity.LOW
    assert desk.levels(desk.sent(desk.written(case_id))) == [0, 1, 2, 3], "what is unknown takes the stricter branch"
