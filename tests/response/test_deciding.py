"""Beside the decisions: what was seen, notes to the policy's owner, a part of the text, handing on to others."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from model.errors import BadInput, Conflict, NotAllowed
from model.person import Person
from model.route import Step
from model.words import DecisionKind, Quorum, Role
from response import approvals, deciding, handing_on, last, undo
from response.workflow import Outcome, handed_out, standing
from store import deciding as rows
from store import notices
from store import schema as tables
from store.schema import waits as waits_of
from tests.installation import add
from tests.response.desk import Desk

K = DecisionKind


@pytest.fixture
def ben(desk: Desk) -> Person:
    """A second person of level 1, beside Bob."""
    return add(desk.store, desk.alice, "Ben", Role.APPROVER, levels=(1,))


def hands_on(desk: Desk, who: Person, to: Person, submission_id: int) -> None:
    seen = desk.submission(submission_id).content_hash
    handing_on.hand_on(desk.store, who, submission_id, to.id, "I am at the lake.", seen)


def test_who_hands_it_on_is_not_asked_and_both_names_are_on_the_record(desk: Desk, ben: Person) -> None:
    submission_id = desk.waiting(3)
    hands_on(desk, desk.bob, ben, submission_id)
    assert desk.asked(submission_id) == {"Ben"}
    with desk.store.read() as tx:
        (handed,) = rows.handed(tx, submission_id)
        assert notices.known(tx, "handed on", "submission", submission_id, 1) == {ben.id}
    assert (handed.from_name, handed.to_name, handed.reason) == ("Bob", "Ben", "I am at the lake.")
    with pytest.raises(NotAllowed, match="You handed this to Ben at"):
        desk.decides(desk.bob, submission_id)
    desk.approved(ben, desk.carla, submission_id=submission_id)
    assert "decision.handed_on" in desk.actions() and desk.audit_holds()


def offered_to(desk: Desk, who: Person) -> undo.Offer:
    with desk.store.read() as tx:
        found = last.offer(tx, who, datetime.now(UTC))
    assert found is not None
    return found


def told(desk: Desk, submission_id: int) -> list[tuple[int, str]]:
    """Who is going to be told of it, and what."""
    with desk.store.read() as tx:
        query = tables.notices.select().where(tables.notices.c.thing_id == submission_id)
        found = tx.execute(query.where(tables.notices.c.settled_as == "").order_by(tables.notices.c.id)).all()
    assert all(one.due_at >= one.since for one in found)
    return [(one.person_id, one.kind) for one in found]


@pytest.mark.parametrize("level", [1, 2])
def test_handing_on_is_undone_to_the_exact_former_state_and_nobody_is_told(desk: Desk, ben: Person, level: int) -> None:
    submission_id = desk.waiting(3)
    giver, taker = desk.bob, ben
    if level == 2:
        desk.approved(desk.bob, submission_id=submission_id)
        giver, taker = desk.carla, add(desk.store, desk.alice, "Cleo", Role.APPROVER, levels=(2,))
        approvals.ask_again(desk.store)
    desk.clock.shift(timedelta(minutes=3))

    def waits() -> list[tuple[int, datetime, int]]:
        with desk.store.read() as tx:
            return [tuple(row) for row in tx.execute(select(waits_of.c.person_id, waits_of.c.since, waits_of.c.step))]

    before, known = waits(), told(desk, submission_id)
    hands_on(desk, giver, taker, submission_id)
    with desk.store.read() as tx:
        query = tables.notices.select().where(tables.notices.c.since == datetime.now(UTC))
        assert {one.due_at - one.since for one in tx.execute(query)} == {timedelta(seconds=10)}
    desk.clock.shift(timedelta(seconds=9))
    offered = offered_to(desk, giver)
    assert (offered.what, offered.subject, offered.case_id) == (undo.HANDED_ON, undo.HANDED, 1)
    with pytest.raises(Conflict, match="something else since"):
        undo.undo(desk.store, giver, offered.token)
    last.take_back(desk.store, giver, offered)
    assert (waits(), told(desk, submission_id)) == (before, known)
    assert desk.actions()[-1] == "decision.hand_undone" and desk.audit_holds()
    with desk.store.read() as tx:
        assert rows.handed(tx, submission_id) == []
        assert last.offer(tx, giver, datetime.now(UTC)) is None
        assert "I am at the lake." not in tx.execute(tables.words.select()).scalars().all()
    hands_on(desk, giver, taker, submission_id)
    assert (taker.id, "handed on") in told(desk, submission_id), "of the second time they are told"


def test_what_was_handed_on_and_decided_since_stays_decided(desk: Desk, ben: Person) -> None:
    submission_id = desk.waiting(3)
    hands_on(desk, desk.bob, ben, submission_id)
    offered = offered_to(desk, desk.bob)
    desk.clock.shift(timedelta(seconds=1))
    desk.decides(ben, submission_id)
    with pytest.raises(Conflict, match="Ben has gone on with this response since"):
        last.take_back(desk.store, desk.bob, offered)
    with pytest.raises(NotAllowed):
        handing_on.take_back(desk.store, desk.charlie, offered.token)
    desk.clock.shift(timedelta(seconds=10))
    with pytest.raises(Conflict, match=r"The ten seconds are over\. It stays with whoever"):
        last.take_back(desk.store, desk.bob, offered)


def test_it_can_be_handed_back(desk: Desk, ben: Person) -> None:
    submission_id = desk.waiting(3)
    hands_on(desk, desk.bob, ben, submission_id)
    hands_on(desk, ben, desk.bob, submission_id)
    assert desk.asked(submission_id) == {"Bob"}


def test_only_somebody_of_the_level_who_wrote_no_part_of_it_can_take_it(desk: Desk, ben: Person) -> None:
    writer = add(desk.store, desk.alice, "Wil", Role.APPROVER, Role.MANAGER, levels=(1,))
    submission_id = desk.sent(desk.written(desk.opened(3), by=writer), by=writer)
    for other in (desk.carla, writer, desk.charlie, desk.bob):
        with pytest.raises(NotAllowed, match="cannot decide here"):
            hands_on(desk, desk.bob, other, submission_id)
    with pytest.raises(NotAllowed):
        hands_on(desk, desk.carla, ben, submission_id)
    assert desk.asked(submission_id) == {"Bob", "Ben"}


@given(
    able=st.frozensets(st.integers(1, 6)),
    out=st.lists(st.tuples(st.just(0), st.integers(1, 6), st.integers(1, 6)), max_size=8),
    quorum=st.one_of(st.sampled_from([Quorum.ANY, Quorum.ALL]), st.integers(1, 3)),
)
def test_handing_on_never_leaves_fewer_than_are_needed(
    able: frozenset[int], out: list[tuple[int, int, int]], quorum: Quorum | int
) -> None:
    steps = (Step(1, "One", quorum, 60, ("rule",)),)
    without = standing(steps, (), {1: able}, frozenset())
    now = standing(steps, (), {1: able}, frozenset(), out=handed_out(out))
    assert now.outcome is without.outcome is Outcome.WAITING
    assert now.asked <= without.asked
    needed = len(able) if quorum is Quorum.ALL else 1 if quorum is Quorum.ANY else quorum
    assert len(now.asked) >= min(needed, len(able))


def test_where_all_have_to_approve_nobody_hands_it_on(desk: Desk, ben: Person) -> None:
    steps = (Step(1, "One", Quorum.ALL, 60, ()),)
    everybody = frozenset({desk.bob.id, ben.id})
    assert standing(steps, (), {1: everybody}, frozenset(), out={0: frozenset({ben.id})}).asked == everybody


def test_an_approval_can_carry_a_note_to_the_policys_owner_counted_by_rule(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    seen = desk.submission(submission_id)
    decision_id = approvals.decide(
        desk.store, desk.bob, submission_id, K.APPROVE, "", seen.content_hash, note="Next time I need not see this."
    )
    with desk.store.read() as tx:
        assert rows.notes(tx) == [], "it can still be undone"
    desk.passes_on()
    with desk.store.read() as tx:
        (note,) = rows.notes(tx)
        assert rows.notes_by_rule(tx) == dict.fromkeys(sorted(set(seen.steps[0].because)), 1)
    assert (note.decision_id, note.name, note.text) == (decision_id, "Bob", "Next time I need not see this.")
    assert note.rules == tuple(sorted(set(seen.steps[0].because)))
    assert "decision.noted" in desk.actions() and desk.audit_holds()


def test_a_note_goes_with_an_approval_that_is_undone(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    seen = desk.submission(submission_id).content_hash
    made = approvals.decide(desk.store, desk.bob, submission_id, K.APPROVE, "", seen, note="Not needed.")
    approvals.undo(desk.store, desk.bob, made)
    desk.passes_on()
    with desk.store.read() as tx:
        assert (rows.notes(tx), rows.notes_by_rule(tx)) == ([], {})


def test_changes_can_be_asked_for_at_a_part_of_the_text(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    seen = desk.submission(submission_id).content_hash
    for wrong in ((5, 5), (-1, 4), (0, 5000)):
        with pytest.raises(BadInput, match="not in this text"):
            approvals.decide(desk.store, desk.bob, submission_id, K.REQUEST_CHANGES, "No.", seen, span=wrong)
    approvals.decide(desk.store, desk.bob, submission_id, K.REQUEST_CHANGES, "Say when.", seen, span=(0, 13))
    desk.passes_on()
    back = deciding.sent_back(desk.store, desk.submission(submission_id).response_id)
    assert back is not None
    assert (back.text[back.start : back.end], back.reason, back.name, back.version) == (
        "We are sorry.",
        "Say when.",
        "Bob",
        1,
    )


def test_a_quoted_part_is_found_whatever_its_blanks() -> None:
    text = "Dear family,\nwe ring\u00a0you  today. We ring you today, too."
    start, end = deciding.part(text, "ring you today.")
    assert text[start:end] == "ring\u00a0you  today."
    with pytest.raises(BadInput, match="more than once"):
        deciding.part(text, "you today")
    with pytest.raises(BadInput, match="do not stand in this text"):
        deciding.part(text, "next week")


def test_what_was_seen_last_is_one_row_and_is_what_the_next_version_is_compared_with(desk: Desk) -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    response_id = desk.submission(desk.waiting(3)).response_id
    with desk.store.write() as tx:
        assert rows.last_seen(tx, desk.bob.id, response_id, 1) == 0
        for version in (1, 1, 3, 3, 2):
            rows.saw(tx, desk.bob.id, response_id, version, now)
        assert rows.last_seen(tx, desk.bob.id, response_id, 3) == 1
        assert rows.last_seen(tx, desk.bob.id, response_id, 4) == 3
        assert rows.last_seen(tx, desk.carla.id, response_id, 3) == 0


def test_the_three_lists_hold_what_waits_for_me_because_of_me_and_what_i_decided(desk: Desk) -> None:
    submission_id = desk.waiting(3)
    with desk.store.read() as tx:
        assert [one.submission_id for one in rows.waiting(tx, desk.bob.id)] == [submission_id]
        assert [one.submission_id for one in rows.because(tx, desk.alice.id)] == [submission_id]
        assert rows.because(tx, desk.dave.id) == [] == rows.decided(tx, desk.bob.id)
        assert rows.asked_names(tx, [submission_id]) == {submission_id: ["Bob"]}
    desk.approved(desk.bob, submission_id=submission_id)
    with desk.store.read() as tx:
        assert rows.waiting(tx, desk.bob.id) == []
        assert [(one.submission_id, one.kind) for one in rows.decided(tx, desk.bob.id)] == [(submission_id, "approve")]
        assert rows.count_decided(tx, desk.bob.id) == rows.count_because(tx, desk.alice.id) == 1
        assert rows.asked_names(tx, [submission_id]) == {submission_id: ["Carla"]}


def test_what_is_gone_says_what_became_of_it(desk: Desk, ben: Person) -> None:
    submission_id = desk.waiting(3)
    desk.decides(ben, submission_id, K.REJECT, "No.")
    desk.passes_on()
    with desk.store.read() as tx:
        assert "Ben rejected it at" in deciding.what_became(tx, desk.bob, submission_id)
        assert "no such" in deciding.what_became(tx, desk.bob, 999)
    with pytest.raises(Conflict, match="Ben rejected this"):
        desk.decides(desk.bob, submission_id)
