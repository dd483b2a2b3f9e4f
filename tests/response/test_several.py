"""One decision on several rows of the queue: done to each as on it alone, undone as one, and nobody's work lost."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.errors import BadInput, Conflict
from response import cases, several, snooze, undo
from response.several import Outcome, Seen, in_the_way, parts
from store import undoable
from store.cases import Case, Claim
from store.schema import words
from tests.response.desk import THREAD, Desk

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def opened(desk: Desk, count: int) -> list[int]:
    return [desk.opened(3, number=one, thread=f"{THREAD}/{one}") for one in range(1, count + 1)]


def seen(desk: Desk, ids: list[int]) -> list[Seen]:
    return [Seen(one, desk.case(one).version) for one in ids]


def stands(desk: Desk, ids: list[int]) -> dict[int, dict[str, Any]]:
    with desk.store.read() as tx:
        return undoable.cases_stand(tx, ids)


def offered(desk: Desk) -> undo.Offer:
    with desk.store.read() as tx:
        found = undo.offer(tx, desk.alice.id, datetime.now(UTC))
    assert found is not None
    return found


def undone(desk: Desk) -> undo.Undone:
    return undo.undo(desk.store, desk.alice, offered(desk).token)


DECISIONS: dict[str, tuple[str, Callable[[Desk, list[Seen]], Outcome]]] = {
    undo.DISMISSED: ("case.dismissed", lambda desk, some: several.dismiss(desk.store, desk.alice, some, "Settled.")),
    undo.SPAM: ("case.spam", lambda desk, some: several.mark_spam(desk.store, desk.alice, some)),
    undo.CLAIMED: ("case.claimed", lambda desk, some: several.claim(desk.store, desk.alice, some)),
    undo.SNOOZED: (
        "case.snoozed",
        lambda desk, some: several.snooze(desk.store, desk.alice, some, datetime.now(UTC) + timedelta(days=1)),
    ),
}


@pytest.mark.parametrize("what", DECISIONS)
def test_all_of_them_are_undone_as_one_to_the_exact_former_state(
    desk: Desk, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("response.undo.AT_ONCE", 2)  # three go in two parts
    ids = opened(desk, 3)
    desk.opened(2, number=9, thread=f"{THREAD}/1")
    desk.opened(4, number=10, thread=f"{THREAD}/10")
    desk.claims(desk.alice, ids[1])
    desk.claims(desk.dave, ids[2])
    desk.clock.shift(timedelta(minutes=40))  # both claims are over, and their rows are there
    desk.claims(desk.alice, ids[1])
    snooze.snooze(desk.store, desk.dave, ids[2], desk.case(ids[2]).version, datetime.now(UTC) + timedelta(days=3))
    before, queue, due = stands(desk, ids), desk.queue(), [desk.case(one).due_at for one in ids]
    events = len(desk.actions())
    desk.clock.shift(timedelta(minutes=5))
    action, decide = DECISIONS[what]
    outcome = decide(desk, seen(desk, ids))
    assert outcome == Outcome(tuple(ids), ())
    assert all(stands(desk, ids)[one] != before[one] for one in ids)
    told = [ids[0], ids[2]] if what == undo.CLAIMED else ids  # one's own claim is prolonged, as on the case itself
    assert desk.actions()[events:] == [action] * len(told)
    assert (offered(desk).what, offered(desk).subject, offered(desk).count) == (what, "cases", 3)
    desk.clock.shift(timedelta(seconds=9))
    assert undone(desk) == undo.Undone(what, "cases", tuple(ids))
    assert (stands(desk, ids), desk.queue()) == (before, queue)
    assert [desk.case(one).due_at for one in ids] == due
    assert desk.actions()[-3:] == ["case.undone"] * 3
    assert desk.audit_holds()
    with desk.store.read() as tx:
        assert [row.text for row in tx.execute(words.select()) if row.kind == "reason"] == [""] * (
            3 if what == undo.DISMISSED else 0
        )
        assert undo.offer(tx, desk.alice.id, datetime.now(UTC)) is None


def test_what_something_is_in_the_way_of_is_left_and_named_and_the_others_are_done(desk: Desk) -> None:
    free, held, changed, closed, answered = ids = opened(desk, 5)
    some = [*seen(desk, ids), Seen(999, 1)]
    desk.claims(desk.dave, held)
    desk.opened(4, number=12, thread=f"{THREAD}/3")
    cases.dismiss(desk.store, desk.dave, closed, desk.case(closed).version, "Fine.")
    desk.sent(desk.written(answered))
    before = stands(desk, ids)
    some = [Seen(one.id, desk.case(answered).version) if one.id == answered else one for one in some]
    outcome = several.dismiss(desk.store, desk.alice, some, "Settled.")
    assert outcome.done == (free,)
    why = {one.id: one.why for one in outcome.left}
    assert list(why) == [held, changed, closed, answered, 999]
    for one, said in (
        (held, "Dave is on it until 2026-03-02 09:30 UTC."),
        (changed, "Something was added"),
        (closed, "Dave closed it as 'dismissed' at 2026-03-02 09:00 UTC."),
        (answered, "A reply of it is on its way"),
        (999, "no longer here"),
    ):
        assert said in why[one]
    after = stands(desk, ids)
    assert [one for one in ids if after[one] != before[one]] == [free]
    assert several.claim(desk.store, desk.alice, some[4:5]).done == (answered,), "nothing is in the way of a claim"


def test_who_went_on_with_one_of_them_keeps_it_and_the_others_come_back(desk: Desk) -> None:
    ids = opened(desk, 3)
    before = stands(desk, ids)
    several.dismiss(desk.store, desk.alice, seen(desk, ids), "Settled.")
    cases.reopen(desk.store, desk.dave, ids[1])
    desk.claims(desk.dave, ids[1])
    again = desk.opened(4, number=13, thread=f"{THREAD}/3")
    found = undone(desk)
    assert found.ids == (ids[0],)
    assert [(one.id, one.why) for one in found.left] == [
        (ids[1], "Dave has gone on with this case since."),
        (ids[2], "Another case of its thread is open by now."),
    ]
    assert stands(desk, ids)[ids[0]] == before[ids[0]]
    assert desk.claimed_by(ids[1]) == "Dave"
    assert again != ids[2]


def test_after_ten_seconds_it_is_too_late_for_all_of_them(desk: Desk) -> None:
    ids = opened(desk, 2)
    several.mark_spam(desk.store, desk.alice, seen(desk, ids))
    token = offered(desk).token
    desk.clock.shift(timedelta(seconds=10))
    with pytest.raises(Conflict, match="seconds are over"):
        undo.undo(desk.store, desk.alice, token)


@pytest.mark.parametrize("found", snooze.FOUND)
def test_comments_without_a_case_are_looked_over_as_one(desk: Desk, found: str) -> None:
    ids = [desk.reads(one, f"When is number {one}?") for one in (1, 2, 3, 4, 5)]
    snooze.look_over(desk.store, desk.dave, ids[1], 1, "calm")
    desk.reads(3, "When is it, and where?")
    cases.raise_case(desk.store, desk.dave, ids[3])
    with desk.store.read() as tx:
        before = undoable.comments_stand(tx, ids)
    outcome = several.look_over(desk.store, desk.alice, [Seen(one, 1) for one in [*ids, 999]], found)
    assert outcome.done == (ids[0], ids[4])
    assert [one.id for one in outcome.left] == [ids[1], ids[2], ids[3], 999]
    assert desk.comment(ids[0]).spam is (found == "spam")
    cases.raise_case(desk.store, desk.dave, ids[4])
    assert undone(desk).ids == (ids[0],)
    with desk.store.read() as tx:
        assert undoable.comments_stand(tx, ids)[ids[0]] == before[ids[0]]


def test_nothing_and_too_many_are_refused(desk: Desk) -> None:
    for some in ([], [Seen(one, 1) for one in range(several.MOST + 1)]):
        with pytest.raises(BadInput):
            several.claim(desk.store, desk.alice, some)
        with pytest.raises(BadInput):
            several.look_over(desk.store, desk.alice, some, "calm")
    with pytest.raises(BadInput, match="reason"):
        several.dismiss(desk.store, desk.alice, [Seen(1, 1)], "  ")


# --- the rules -------------------------------------------------------------------------------------------------------

CASE = Case(1, 1, 1, 1, "open", "", 3, "", [], NOW, NOW, None, None, None, None, None, 5)


@given(
    st.sampled_from([None, CASE, replace(CASE, state="closed", outcome="spam", closed_at=NOW)]),
    st.integers(4, 6),
    st.sampled_from([None, Claim(1, 7, "Alice", NOW, NOW), Claim(1, 8, "Dave", NOW, NOW)]),
    st.booleans(),
)
def test_a_case_is_free_when_it_is_open_unclaimed_unchanged_and_no_reply_is_on_its_way(
    case: Case | None, version: int, claim: Claim | None, answering: bool
) -> None:
    why = in_the_way(case, version, claim, 7, answering=answering, closed_by="Dave")
    free = case is CASE and version == 5 and (claim is None or claim.person_id == 7) and not answering
    assert bool(why) is not free


@given(st.lists(st.integers(1, 400), max_size=150))
def test_the_parts_hold_everything_once_and_none_is_too_large(sizes: list[int]) -> None:
    some = [Seen(number, 1) for number in range(len(sizes))]
    made = list(parts(some, dict(enumerate(sizes)), most=500))
    assert [one for part in made for one in part] == some
    for part in made:
        assert len(part) <= undo.AT_ONCE
        assert len(part) == 1 or sum(sizes[one.id] for one in part) <= 500
