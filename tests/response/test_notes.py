"""Notes and tasks on a case: who is named and told, what can be changed, and that words can go."""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.errors import BadInput, Conflict, NotAllowed
from response import cases, notes, notices_send, tasks
from store import audit, erasure
from store import cases as case_rows
from store import notes as rows
from store import tasks as task_rows
from tests.response.desk import Desk
from tests.response.told import sent_to

TEAM = {1: "Ines Duarte", 2: "Tobias Linde", 3: "Tobias Beck", 4: "Ines", 5: "李雷"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@Tobias Linde, please look", [(0, 13, 2)]),
        ("see with @tobias beck", [(9, 12, 3)]),
        ("@Ines Duarte and @Ines", [(0, 12, 1), (17, 5, 4)]),
        ("@Linde?", [(0, 6, 2)]),
        ("@李雷 看一下", [(0, 3, 5)]),
        ("write to ines@ines.example or @nobody", []),
        ("@ @@Ines", []),
    ],
)
def test_names_are_found_in_a_text(text: str, found: list[tuple[int, int, int]]) -> None:
    assert [(one.start, one.length, one.person_id) for one in notes.named(text, TEAM)] == found


def test_a_name_of_two_people_is_asked_about() -> None:
    with pytest.raises(BadInput, match="could be Tobias Beck or Tobias Linde"):
        notes.named("@Tobias, please", TEAM)


@given(st.text(alphabet="@ InesDuarteTobiasLindeBeck,.\n", max_size=60))
def test_whatever_is_typed_names_stand_in_the_text_and_apart(text: str) -> None:
    try:
        found = notes.named(text, TEAM)
    except BadInput:
        return
    ends = 0
    for one in found:
        assert one.start >= ends and text[one.start] == "@"
        ends = one.start + one.length
        assert ends <= len(text)


def test_a_note_tells_whom_it_names_once_and_keeps_ids_and_hashes_on_record(desk: Desk) -> None:
    case = desk.opened()
    note = notes.add(desk.store, desk.alice, case, "@Dave, she rang me. @Alice keeps it.", [desk.dave.id])
    assert sent_to(desk) == [("Dave", "mention", "")]
    with desk.store.read() as tx:
        (shown,) = rows.of_case(tx, case)
        assert [(one.start, one.name) for one in rows.mentions(tx, [note])] == [(0, "Dave"), (20, "Alice")]
        (event,) = [one for one in audit.history(tx, "case", [case]) if one.action == "case.noted"]
    assert shown.text == "@Dave, she rang me. @Alice keeps it."
    assert "rang" not in repr(event) and event.data["named"] == sorted([desk.dave.id, desk.alice.id])


def test_a_note_is_changed_within_ten_minutes_by_its_author_alone(desk: Desk) -> None:
    case = desk.opened()
    note = notes.add(desk.store, desk.alice, case, "She rang")
    with desk.store.read() as tx:
        before = rows.get(tx, note)
    assert before is not None
    with pytest.raises(NotAllowed):
        notes.edit(desk.store, desk.dave, note, "x", before.words_id)
    desk.clock.shift(notes.EDIT_WITHIN)
    notes.edit(desk.store, desk.alice, note, "She rang @Dave", before.words_id)
    with pytest.raises(Conflict, match="another window"):
        notes.edit(desk.store, desk.alice, note, "y", before.words_id)
    with desk.store.read() as tx:
        after = rows.get(tx, note)
        assert after is not None and after.text == "She rang @Dave" and after.edited_at
        assert audit.spoken(tx, before.words_id) == ""
    desk.clock.shift(timedelta(seconds=1))
    with pytest.raises(Conflict, match="ten minutes"):
        notes.edit(desk.store, desk.alice, note, "z", after.words_id)
    assert sent_to(desk) == [("Dave", "mention", "")]


def test_a_note_that_is_taken_away_leaves_its_place_and_nobody_is_told_any_more(desk: Desk) -> None:
    case = desk.opened()
    note = notes.add(desk.store, desk.alice, case, "@Dave look")
    with pytest.raises(NotAllowed):
        notes.take_away(desk.store, desk.dave, note)
    notes.take_away(desk.store, desk.alice, note)
    with desk.store.read() as tx:
        (left,) = rows.of_case(tx, case)
    assert left.text == "" and left.deleted_at
    desk.clock.shift(10)
    notes.forget(desk.store, note)
    assert sent_to(desk) == [("Dave", "mention", "not needed")]
    assert desk.audit_holds()


def test_what_was_noted_and_asked_goes_with_the_words_of_its_case(desk: Desk) -> None:
    case = desk.opened()
    notes.add(desk.store, desk.alice, case, "She rang")
    task = tasks.add(desk.store, desk.alice, case, "Ring back", desk.dave.id)
    with desk.store.write() as tx:
        erasure.forget_words(tx, erasure.words_of_cases(tx, [case]), datetime.now(UTC))
    with desk.store.read() as tx:
        assert [one.text for one in rows.of_case(tx, case)] == [""]
        left = task_rows.get(tx, task)
        assert left is not None and left.text == ""
    assert desk.audit_holds()


def test_why_a_case_was_closed_before_it_was_opened_again_goes_too(desk: Desk) -> None:
    case = desk.opened()
    for number in (1, 2):
        with desk.store.read() as tx:
            found = case_rows.get(tx, case)
        assert found is not None
        cases.dismiss(desk.store, desk.alice, case, found.version, f"settled by telephone {number}")
        cases.reopen(desk.store, desk.alice, case)
    reasons = "select text from words where kind = 'reason' order by id"
    with desk.store.write() as tx:
        erased = erasure.words_of_cases(tx, [case])
        # What was left behind before there was a table for it is found by the record.
        tx.exec_driver_sql("delete from former_reasons")
        tx.exec_driver_sql(import_module("store.migrations.versions.0022_former_reasons").LEFT_BEHIND)
        assert erasure.words_of_cases(tx, [case]) == erased
        erasure.forget_words(tx, erasure.words_of_cases(tx, [case]), datetime.now(UTC))
        assert [row[0] for row in tx.exec_driver_sql(reasons)] == ["", ""]
    assert desk.audit_holds()


def test_only_those_who_work_on_cases_write_notes_and_are_named(desk: Desk) -> None:
    case = desk.opened()
    with pytest.raises(NotAllowed):
        notes.add(desk.store, desk.charlie, case, "x")
    with pytest.raises(BadInput, match="work on cases"):
        notes.add(desk.store, desk.alice, case, "x", [desk.bob.id])
    with pytest.raises(NotAllowed):
        tasks.add(desk.store, desk.bob, case, "x", desk.alice.id)
    with pytest.raises(BadInput, match="does not work on cases"):
        tasks.add(desk.store, desk.alice, case, "x", desk.charlie.id)


def test_a_task_waits_for_its_person_until_it_is_done_and_can_be_open_again(desk: Desk) -> None:
    case = desk.opened()
    berlin = ZoneInfo("Europe/Berlin")
    later = tasks.add(desk.store, desk.alice, case, "Write it up", desk.dave.id)
    soon = tasks.add(desk.store, desk.alice, case, "Ring her", desk.dave.id, tasks.end_of(date(2026, 3, 3), berlin))
    with pytest.raises(BadInput, match="from today on"):
        tasks.add(desk.store, desk.alice, case, "x", desk.dave.id, datetime(2026, 3, 1, tzinfo=UTC))
    with desk.store.read() as tx:
        mine = task_rows.of_person(tx, desk.dave.id)
    assert [one.id for one in mine] == [soon, later]
    assert mine[0].due_at == datetime(2026, 3, 3, 22, 59, tzinfo=UTC)
    tasks.set_done(desk.store, desk.dave, soon, True)
    with desk.store.read() as tx:
        assert [one.id for one in task_rows.of_person(tx, desk.dave.id)] == [later]
        assert [one.id for one in task_rows.of_case(tx, case)] == [later, soon]
    tasks.set_done(desk.store, desk.alice, soon, False)
    assert desk.actions()[-2:] == ["case.task_done", "case.task_open_again"]


def test_of_a_task_that_is_done_nobody_is_told_any_more(desk: Desk) -> None:
    task = tasks.add(desk.store, desk.alice, desk.opened(), "Ring her", desk.dave.id)
    tasks.set_done(desk.store, desk.dave, task, True)
    desk.clock.shift(10)
    notices_send.send_due(desk.store, desk.dave.id)
    assert sent_to(desk) == [("Dave", "task", "not needed")]


def test_an_answer_of_an_expert_is_told_to_whoever_asked(desk: Desk) -> None:
    case = desk.opened()
    cases.escalate(desk.store, desk.alice, case, "Is that so?", to_person=desk.dora.id)
    with desk.store.read() as tx:
        (question,) = case_rows.asked_of(tx, desk.dora.id)
    cases.answer(desk.store, desk.dora, question.id, "Yes, since May.")
    assert ("Alice", "answered", "") in sent_to(desk)
