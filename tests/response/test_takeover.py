"""Passing a case from one person to another: the table of what is allowed, and that it holds whatever people do."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.errors import BadInput, Conflict, NotAllowed
from model.words import Severity
from response import presence, writing
from response.takeover import ANSWER_WITHIN, LEGAL, Move, Seen, Standing, after, allowed, seen
from store import audit
from store import presence as rows
from tests.response.desk import Desk
from tests.response.together import together
from tests.response.told import sent_to

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LASTS = timedelta(minutes=30)
PEOPLE = (1, 2, 3)
STEP = st.tuples(
    st.sampled_from(list(Move)),
    st.sampled_from(PEOPLE),
    st.sampled_from(PEOPLE),
    st.integers(0, 900),
)


def test_each_way_to_see_a_claim_has_its_moves() -> None:
    assert set(LEGAL) == set(Seen)


@given(st.lists(STEP, max_size=40), st.sampled_from([Severity.HIGH, Severity.CRITICAL]))
def test_nobody_loses_a_case_but_by_their_own_will_or_after_two_minutes_of_silence(
    steps: list[tuple[Move, int, int, int]], severity: Severity
) -> None:
    here, now = Standing(), NOW
    asked: dict[int, datetime] = {}  # since when a question of each person has had no answer
    for move, who, to, seconds in steps:
        now += timedelta(seconds=seconds)
        before = here.at(now)
        if before.holder is None:
            asked.clear()
        try:
            here = after(here, move, who, severity, now, until=now + LASTS, to=to)
        except Conflict:
            assert move not in allowed(before, who, severity, now) or (move is Move.HAND_OVER and to == who)
            continue
        if before.holder is not None and here.holder != before.holder:
            by_will = who == before.holder and move in (Move.RELEASE, Move.HAND_OVER)
            silence = move is Move.TAKE and who in asked and now - asked[who] >= ANSWER_WITHIN
            assert by_will or silence or (move is Move.TAKE and severity is Severity.CRITICAL)
        if here.holder != before.holder or move is Move.KEEP:
            asked.clear()
        if move is Move.ASK:
            assert who != before.holder
            asked = {who: now}
        assert here.holder is None or here.until is not None
        assert here.asked_by != here.holder or here.holder is None


@given(st.sampled_from(PEOPLE), st.integers(0, 3000))
def test_a_claim_that_is_over_is_everybodys(who: int, seconds: int) -> None:
    held = Standing(1, NOW + LASTS, asked_by=2, asked_at=NOW)
    now = NOW + timedelta(seconds=seconds)
    assert (seen(held, who, now) is Seen.FREE) == (now >= NOW + LASTS)


# --- with people -----------------------------------------------------------------------------------------------------


def test_whoever_asks_is_handed_the_case_and_both_are_told(desk: Desk) -> None:
    case = desk.opened()
    desk.claims(desk.alice, case)
    presence.ask(desk.store, desk.dave, case)
    assert presence.look(desk.store, desk.alice, case).asks is not None
    assert Move.KEEP in presence.look(desk.store, desk.alice, case).may
    presence.hand_over(desk.store, desk.alice, case, desk.dave.id)
    assert desk.claimed_by(case) == "Dave"
    assert desk.actions()[-1] == "case.handed_over"
    assert sent_to(desk) == [("Alice", "takeover", "not needed"), ("Dave", "taken over", "")]
    assert desk.audit_holds()


def test_a_holder_who_keeps_the_case_says_why_and_is_not_asked_again_at_once(desk: Desk) -> None:
    case = desk.opened()
    desk.claims(desk.alice, case)
    presence.ask(desk.store, desk.dave, case)
    with pytest.raises(BadInput, match="a word why"):
        presence.keep(desk.store, desk.alice, case, "  ")
    presence.keep(desk.store, desk.alice, case, "I am on the phone with her")
    kept = presence.look(desk.store, desk.dave, case).kept
    assert kept is not None and kept.text == "I am on the phone with her"
    desk.clock.shift(timedelta(minutes=3))
    with pytest.raises(Conflict, match="is kept"):
        presence.ask(desk.store, desk.dave, case)
    with pytest.raises(Conflict, match="is kept"):
        presence.take_over(desk.store, desk.dave, case, "I want it")
    desk.clock.shift(timedelta(minutes=3))
    presence.ask(desk.store, desk.dave, case)
    assert desk.claimed_by(case) == "Alice"


def test_after_two_minutes_of_silence_it_is_taken_with_a_reason_and_no_letter_is_lost(desk: Desk) -> None:
    case = desk.opened()
    response = desk.written(case, "Dear reader,")
    presence.ask(desk.store, desk.dave, case)
    desk.clock.shift(ANSWER_WITHIN - timedelta(seconds=1))
    with pytest.raises(Conflict, match="two minutes"):
        presence.take_over(desk.store, desk.dave, case, "She waits")
    desk.clock.shift(timedelta(seconds=1))
    with pytest.raises(BadInput, match="reason"):
        presence.take_over(desk.store, desk.dave, case, "")
    presence.take_over(desk.store, desk.dave, case, "She waits")
    assert desk.claimed_by(case) == "Dave"

    lost = presence.look(desk.store, desk.alice, case).lost
    assert lost is not None and (lost.by_name, lost.text) == ("Dave", "She waits")
    saved = writing.save(desk.store, desk.alice, response, "Dear reader, we are sorry.", 1, "alices-tab")
    assert "Dave is on it" in saved.told and "kept" in saved.told
    assert desk.response(response).draft == "Dear reader,"
    assert ("Alice", "taken over", "") in sent_to(desk)


def test_a_critical_case_is_taken_at_once(desk: Desk) -> None:
    case = desk.opened(4)
    desk.claims(desk.alice, case)
    presence.take_over(desk.store, desk.dave, case, "I have the police on the line")
    assert desk.claimed_by(case) == "Dave"
    other = desk.opened(3, number=2, thread="https://blog.example.org/other")
    desk.claims(desk.alice, other)
    with pytest.raises(Conflict, match="Ask to take it over"):
        presence.take_over(desk.store, desk.dave, other, "I want it")


def test_of_two_who_move_at_one_moment_one_has_the_case_and_the_other_is_told(desk: Desk) -> None:
    case = desk.opened(4)
    desk.claims(desk.alice, case)
    done, refused = together(
        lambda: presence.take_over(desk.store, desk.dave, case, "Mine"),
        lambda: presence.hand_over(desk.store, desk.alice, case, desk.dave.id),
    )
    assert (len(done), len(refused)) == (1, 1)
    assert desk.claimed_by(case) == "Dave"


def test_only_those_who_work_on_cases_ask_and_are_handed_one(desk: Desk) -> None:
    case = desk.opened(4)
    desk.claims(desk.alice, case)
    for act in (
        lambda: presence.ask(desk.store, desk.charlie, case),
        lambda: presence.take_over(desk.store, desk.bob, case, "x"),
        lambda: presence.look(desk.store, desk.charlie, case),
    ):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(BadInput, match="does not work on cases"):
        presence.hand_over(desk.store, desk.alice, case, desk.charlie.id)


def test_who_looks_is_seen_for_thirty_seconds_and_leaves_no_rows(desk: Desk) -> None:
    case = desk.opened()
    presence.look(desk.store, desk.alice, case)
    assert [one.name for one in presence.look(desk.store, desk.dave, case).others] == ["Alice"]
    desk.clock.shift(timedelta(seconds=29))
    assert [one.name for one in presence.look(desk.store, desk.dave, case).others] == ["Alice"]
    desk.clock.shift(timedelta(seconds=1))
    assert presence.look(desk.store, desk.dave, case).others == []
    desk.clock.shift(timedelta(seconds=9))
    presence.look(desk.store, desk.dave, case)
    with desk.store.read() as tx:
        assert rows.seen(tx, case, desk.alice.id) is None
        assert [one.name for one in rows.looking(tx, case, datetime.now(UTC))] == ["Dave"]


def test_the_record_holds_no_word_of_what_was_said(desk: Desk) -> None:
    case = desk.opened()
    desk.claims(desk.alice, case)
    presence.ask(desk.store, desk.dave, case)
    presence.keep(desk.store, desk.alice, case, "a private word")
    with desk.store.read() as tx:
        assert "private" not in repr(audit.history(tx, "case", [case]))
