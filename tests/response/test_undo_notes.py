"""Undo of what is noted on a case and to be done for it: for ten seconds all is as it was, and nobody was told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Table

from model.errors import Conflict, NotAllowed
from response import notes, notices_send, tasks, undo
from response.last import take_back
from store import tasks as task_rows
from store.schema import note_mentions, words
from store.schema import notes as note_table
from store.schema import notices as notice_table
from store.schema import tasks as task_table
from tests.response.desk import Desk
from tests.response.test_undo import last_of, token_kept
from tests.response.told import sent_to

TEN = timedelta(seconds=10)
TEXT = "@Dave, she rang me."


def stands(desk: Desk) -> list[list[Any]]:
    """All of notes and tasks, whom they name, and what is to be told of them."""

    def rows(table: Table) -> list[Any]:
        return [dict(row._mapping) for row in tx.execute(table.select().order_by(*table.primary_key))]

    with desk.store.read() as tx:
        return [rows(table) for table in (note_table, note_mentions, task_table, notice_table)]


def texts(desk: Desk) -> set[str]:
    with desk.store.read() as tx:
        return {row.text for row in tx.execute(words.select())}


def given(desk: Desk, case_id: int) -> int:
    return tasks.add(desk.store, desk.alice, case_id, "Ring her back", desk.dave.id)


def done(desk: Desk, case_id: int) -> int:
    task_id = given(desk, case_id)
    tasks.set_done(desk.store, desk.dave, task_id, True)
    return task_id


DEEDS: dict[str, tuple[Callable[[Desk, int], int], Callable[[Desk, int, int], object]]] = {
    undo.TAKEN_AWAY: (
        lambda desk, case_id: notes.add(desk.store, desk.alice, case_id, TEXT),
        lambda desk, _case_id, note_id: notes.take_away(desk.store, desk.alice, note_id),
    ),
    undo.GIVEN: (lambda _desk, _case_id: 0, lambda desk, case_id, _nothing: given(desk, case_id)),
    undo.DONE: (given, lambda desk, _case_id, task_id: tasks.set_done(desk.store, desk.alice, task_id, True)),
    undo.NOT_DONE: (done, lambda desk, _case_id, task_id: tasks.set_done(desk.store, desk.alice, task_id, False)),
}


@pytest.mark.parametrize("what", DEEDS)
def test_each_is_undone_to_the_exact_former_state_with_what_is_to_be_told_and_when(desk: Desk, what: str) -> None:
    case_id = desk.opened()
    begin, act = DEEDS[what]
    made = begin(desk, case_id)
    desk.clock.shift(timedelta(seconds=3))
    before, said = stands(desk), texts(desk)
    act(desk, case_id, made)
    assert stands(desk) != before
    desk.clock.shift(timedelta(seconds=9.9))
    notices_send.send_due(desk.store, desk.dave.id)  # nobody hears of it, and nothing that waits is given up
    offered = last_of(desk, desk.alice)
    assert (offered.what, offered.subject_id) == (what, case_id)
    with pytest.raises((NotAllowed, Conflict)):
        take_back(desk.store, desk.dave, offered)
    with pytest.raises(NotAllowed):
        take_back(desk.store, desk.charlie, offered)
    take_back(desk.store, desk.alice, offered)
    assert stands(desk) == before
    assert texts(desk) - {""} == said - {""}
    assert desk.actions()[-1] == "case.undone"
    act(desk, case_id, made)  # and it can be done once more
    assert desk.audit_holds()


@pytest.mark.parametrize("what", DEEDS)
def test_after_ten_seconds_it_stays(desk: Desk, what: str) -> None:
    case_id = desk.opened()
    begin, act = DEEDS[what]
    act(desk, case_id, begin(desk, case_id))
    since, offered = stands(desk), last_of(desk, desk.alice)
    desk.clock.shift(TEN)
    with pytest.raises(Conflict, match=f"The ten seconds are over. {undo.INSTEAD[what]}"):
        take_back(desk.store, desk.alice, offered)
    assert stands(desk) == since


def test_the_words_of_a_note_that_was_taken_away_are_seen_by_nobody_and_go_when_it_cannot_be_undone(
    desk: Desk,
) -> None:
    case_id = desk.opened()
    note_id = notes.add(desk.store, desk.alice, case_id, TEXT)
    notes.take_away(desk.store, desk.alice, note_id)
    with desk.store.read() as tx:
        (shown,) = notes.rows.of_case(tx, case_id)
    assert (shown.text, bool(shown.deleted_at)) == ("", True)
    notes.forget(desk.store, note_id)
    assert TEXT in texts(desk), "too early: it could be undone"
    desk.clock.shift(TEN)
    notes.forget(desk.store, note_id)
    assert texts(desk) == {""}
    assert sent_to(desk) == [("Dave", "mention", "not needed")]
    with desk.store.read() as tx:
        assert notes.rows.mentions(tx, [note_id]) == []


def test_the_words_of_a_note_to_which_no_job_came_go_by_the_sweep_and_of_no_other(desk: Desk) -> None:
    case_id = desk.opened()
    gone, stays = (notes.add(desk.store, desk.alice, case_id, text) for text in (TEXT, "She is content."))
    notes.take_away(desk.store, desk.alice, gone)
    desk.clock.shift(timedelta(minutes=11))
    notes.sweep(desk.store)
    assert texts(desk) == {"", "She is content."}
    with desk.store.read() as tx:
        assert notes.rows.get(tx, stays)


def test_a_note_that_came_back_keeps_its_words_when_the_job_comes(desk: Desk) -> None:
    case_id = desk.opened()
    note_id = notes.add(desk.store, desk.alice, case_id, TEXT)
    notes.take_away(desk.store, desk.alice, note_id)
    take_back(desk.store, desk.alice, last_of(desk, desk.alice))
    desk.clock.shift(TEN)
    notes.forget(desk.store, note_id)
    with desk.store.read() as tx:
        (shown,) = notes.rows.of_case(tx, case_id)
    assert shown.text == TEXT
    assert sent_to(desk) == [("Dave", "mention", "")]


def test_a_task_that_somebody_has_done_since_it_was_given_stays(desk: Desk) -> None:
    case_id = desk.opened()
    task_id = given(desk, case_id)
    offered = last_of(desk, desk.alice)
    tasks.set_done(desk.store, desk.dave, task_id, True)
    with pytest.raises(Conflict, match="Dave has gone on with this case since"):
        take_back(desk.store, desk.alice, offered)
    with desk.store.read() as tx:
        assert task_rows.get(tx, task_id)
    assert token_kept(desk, desk.alice) == offered.token


def test_of_a_task_that_was_given_by_mistake_nobody_is_told_and_of_the_next_one_its_person_is(desk: Desk) -> None:
    case_id = desk.opened()
    given(desk, case_id)
    take_back(desk.store, desk.alice, last_of(desk, desk.alice))
    assert sent_to(desk) == []
    given(desk, case_id)
    assert sent_to(desk) == [("Dave", "task", "")]
