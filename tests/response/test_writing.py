"""Writing as it is typed: what becomes the reply's text, what is kept beside it, and that no letter is lost."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.errors import BadInput, Conflict, NotAllowed, NotFound
from model.words import ResponseState
from response import drafts, writing
from store import drafts as rows
from store import responses
from store.drafts import KEPT, Saved
from tests.response.desk import Desk

ONE, TWO = "tab-1", "tab-2"


@pytest.fixture
def reply(desk: Desk) -> int:
    return drafts.start(desk.store, desk.alice, desk.opened())


def kept(desk: Desk, response_id: int) -> list[Saved]:
    with desk.store.read() as tx:
        return rows.history(tx, response_id)


def aside(desk: Desk, response_id: int) -> list[str]:
    with desk.store.read() as tx:
        return [one.text for one in rows.aside(tx, response_id)]


def opened(desk: Desk, response_id: int) -> writing.Hand:
    with desk.store.read() as tx:
        response = responses.get(tx, response_id)
        assert response is not None
        return writing.in_hand(tx, response)


def editors(desk: Desk, response_id: int) -> frozenset[int]:
    with desk.store.read() as tx:
        return responses.editors(tx, response_id)


def test_a_tab_that_goes_on_writing_needs_no_answer_in_between(desk: Desk, reply: int) -> None:
    for text in ("We", "We are", "We are sorry. "):
        assert writing.save(desk.store, desk.alice, reply, text, 0, ONE).told == ""
    assert desk.response(reply).draft == "We are sorry."
    assert opened(desk, reply).text == "We are sorry. ", "outer blanks are kept while somebody writes"
    assert [one.text for one in kept(desk, reply)] == ["We are sorry. "]


def test_who_writes_is_recorded_once_and_saving_each_second_is_no_event(desk: Desk, reply: int) -> None:
    before = len(desk.actions())
    for number in range(20):
        writing.save(desk.store, desk.alice, reply, f"We are sorry {number}", 0, ONE)
    assert desk.actions()[before:] == ["response.written"]
    assert editors(desk, reply) == {desk.alice.id}


def test_a_second_tab_loses_no_letter_and_overwrites_none(desk: Desk, reply: int) -> None:
    first = writing.save(desk.store, desk.alice, reply, "We call you today.", 0, ONE)
    for text in ("We look", "We look into it."):
        second = writing.save(desk.store, desk.alice, reply, text, 0, TWO)
        assert "You saved another text in another window at 2026-03-02 09:00 UTC" in second.told
        assert second.over is not None and second.over.text == "We call you today."
    assert desk.response(reply).draft == "We call you today."
    assert aside(desk, reply) == ["We look into it."]

    merged = "We look into it. We call you today."
    assert writing.save(desk.store, desk.alice, reply, merged, first.seq, TWO).told == ""
    assert (desk.response(reply).draft, aside(desk, reply)) == (merged, [])
    assert "We look into it." in [one.text for one in kept(desk, reply)], "it stays in the history"
    assert "another window" in writing.save(desk.store, desk.alice, reply, "We call.", first.seq, ONE).told


def test_a_tab_that_only_looks_has_nothing_to_say(desk: Desk, reply: int) -> None:
    writing.save(desk.store, desk.alice, reply, "We call you today.", 0, ONE)
    same = writing.save(desk.store, desk.alice, reply, "We call you today.", 0, TWO)
    assert (same.told, aside(desk, reply)) == ("", [])


def test_whoever_lost_the_claim_keeps_every_letter_and_can_no_longer_approve(desk: Desk, reply: int) -> None:
    writing.save(desk.store, desk.alice, reply, "We call you today.", 0, ONE)
    desk.clock.shift(timedelta(minutes=31))
    case_id = desk.response(reply).case_id
    assert case_id is not None
    desk.claims(desk.dave, case_id)
    lost = writing.save(desk.store, desk.alice, reply, "We call you today at noon.", 1, ONE)
    assert "Dave is on it until 2026-03-02 10:01 UTC" in lost.told and "kept" in lost.told
    assert desk.response(reply).draft == "We call you today."
    assert aside(desk, reply) == ["We call you today at noon."]

    base = opened(desk, reply).seq
    assert writing.save(desk.store, desk.dave, reply, "We call you tomorrow.", base, TWO).told == ""
    assert editors(desk, reply) == {desk.alice.id, desk.dave.id}
    (left,) = [one for one in kept(desk, reply) if one.aside]
    writing.set_aside(desk.store, desk.dave, reply, left.id)
    assert aside(desk, reply) == []
    assert "response.aside_settled" in desk.actions()


def test_what_is_typed_after_sending_takes_nothing_back(desk: Desk, reply: int) -> None:
    submission_id = writing.send(desk.store, desk.alice, reply, "We are sorry.", 0, ONE)
    assert writing.save(desk.store, desk.alice, reply, "We are sorry.", 0, ONE).told == ""
    late = writing.save(desk.store, desk.alice, reply, "We are very sorry.", 0, TWO)
    assert "no longer being written" in late.told
    assert desk.response(reply).state is ResponseState.WAITING
    assert desk.asked(submission_id) == {"Bob"}
    assert aside(desk, reply) == ["We are very sorry."]
    drafts.take_back(desk.store, desk.alice, reply)
    assert opened(desk, reply).text == "We are sorry."


def test_whose_words_were_kept_beside_a_reply_cannot_approve_it(desk: Desk, reply: int) -> None:
    """Dave becomes an approver after he wrote: it is what he wrote that counts."""
    writing.send(desk.store, desk.alice, reply, "We are sorry.", 0, ONE)
    writing.save(desk.store, desk.dave, reply, "We are very sorry.", 0, TWO)
    assert desk.dave.id in editors(desk, reply)


def test_sending_a_text_that_is_not_the_reply_s_sends_nothing(desk: Desk, reply: int) -> None:
    writing.save(desk.store, desk.alice, reply, "We call you today.", 0, ONE)
    with pytest.raises(Conflict, match="Both are kept"):
        writing.send(desk.store, desk.alice, reply, "We look into it.", 0, TWO)
    assert desk.response(reply).state is ResponseState.DRAFT
    assert aside(desk, reply) == ["We look into it."]


def test_a_text_that_another_way_saved_is_another_tab_s(desk: Desk, reply: int) -> None:
    drafts.save(desk.store, desk.alice, reply, "From elsewhere.", desk.response(reply).version)
    assert "Both are kept" in writing.save(desk.store, desk.alice, reply, "Mine.", 0, ONE).told
    hand = opened(desk, reply)
    assert (hand.text, hand.by) == ("From elsewhere.", desk.alice.id)
    assert writing.save(desk.store, desk.alice, reply, "Mine.", hand.seq, ONE).told == ""


def test_a_text_that_is_too_long_is_refused_whole(desk: Desk, reply: int) -> None:
    writing.save(desk.store, desk.alice, reply, "Short.", 0, ONE)
    with pytest.raises(BadInput, match=r"at most 20,000 characters; this has 20,001"):
        writing.save(desk.store, desk.alice, reply, "x" * 20_001, 0, ONE)
    assert desk.response(reply).draft == "Short."


def test_only_who_may_write_saves_and_only_into_a_reply(desk: Desk, reply: int) -> None:
    for act in (writing.save, writing.send):
        with pytest.raises(NotAllowed):
            act(desk.store, desk.charlie, reply, "x", 0, ONE)
    with pytest.raises(NotAllowed):
        writing.set_aside(desk.store, desk.charlie, reply, 1)
    with pytest.raises(NotFound):
        writing.save(desk.store, desk.alice, 404, "x", 0, ONE)
    with pytest.raises(BadInput):
        writing.save(desk.store, desk.alice, reply, "x", 0, "../tab")


def test_what_went_at_once_is_in_the_history_and_the_history_is_bounded(desk: Desk, reply: int) -> None:
    long = "We are sorry. " * 40
    writing.save(desk.store, desk.alice, reply, long, 0, ONE)
    writing.save(desk.store, desk.alice, reply, "", 0, ONE)
    assert [one.text for one in kept(desk, reply)] == ["", long]
    for number in range(KEPT + 10):
        desk.clock.shift(timedelta(minutes=6))
        writing.save(desk.store, desk.alice, reply, f"Version {number}", 0, ONE)
    texts = [one.text for one in kept(desk, reply)]
    assert (len(texts), texts[0]) == (KEPT, f"Version {KEPT + 9}")


def test_saves_are_numbered_on(desk: Desk, reply: int) -> None:
    numbers = [writing.save(desk.store, desk.alice, reply, f"{n}", 0, ONE).seq for n in range(5)]
    assert numbers == [1, 2, 3, 4, 5]


@given(st.text())
def test_kept_text_keeps_all_but_what_no_database_takes(text: str) -> None:
    found = writing.kept_text(text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    assert found == "".join(c for c in lines if c != "\x00" and not 0xD800 <= ord(c) <= 0xDFFF)
    assert writing.kept_text(found) == found
