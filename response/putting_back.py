"""Putting back what a person did last, where that is of one thing alone: a response's goal, an answer in a weekly
check, an answer to a question, a note that was taken away, a task.

Each is part of `response.undo`, and says whether that could be: False when somebody has gone on from there.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from analysis import approval
from model.person import Person
from response.notices import ANSWERED, unsay
from response.notices import TASK as TOLD_OF_A_TASK
from store import audit, cases, checks, cost, erasure, notes, notices, tasks
from store.db import Tx
from store.undoable import Undoable

TAG, CHECK, ANSWER, NOTE, TASK = "tag", "check", "answer", "note", "task"
"""What it is about: the goal of a response, the comment of a weekly check, the case of a question, a note or a task."""


def plain(due: Mapping[int, datetime]) -> dict[str, str]:
    """When notices were due before they were put off, as JSON can hold it."""
    return {str(notice_id): at.isoformat() for notice_id, at in due.items()}


def _due_again(tx: Tx, due: Mapping[str, str]) -> None:
    notices.due_again(tx, {int(notice_id): datetime.fromisoformat(at) for notice_id, at in due.items()})


def _goal(tx: Tx, me: Person, kept: Undoable, now: datetime) -> bool:
    """The response has the goal again that it had, also one that was archived meanwhile."""
    if cost.goal_of(tx, kept.subject_id) != kept.after["goal"]:
        return False
    goal_id = kept.former["goal"]
    cost.tag(tx, kept.subject_id, goal_id, approval.of_response)
    audit.record(tx, "response.untagged", "response", kept.subject_id, by=me.id, at=now, goal=goal_id)
    return True


def _checked(tx: Tx, me: Person, kept: Undoable, now: datetime) -> bool:
    """The comment waits for an answer again."""
    week, place = kept.after["week"], kept.after["place"]
    if not checks.answer(tx, week, place, kept.after["answer"], "", None, None):
        return False
    audit.record(tx, "comment.unchecked", "comment", kept.subject_id, by=me.id, at=now, week=week, place=place)
    return True


def _answered(tx: Tx, me: Person, kept: Undoable, now: datetime) -> bool:
    """The question waits for an answer again: nobody was told of this one, and its words are gone."""
    question, words_id = kept.after["question"], kept.after["words"]
    if not cases.unanswer(tx, question, words_id):
        return False
    unsay(tx, ANSWERED, "answer", question, kept.at, now)
    erasure.forget_words(tx, [words_id], now)
    audit.record(tx, "case.answer_undone", "case", kept.subject_id, by=me.id, at=now, question=question)
    return True


def _noted(tx: Tx, me: Person, kept: Undoable, now: datetime) -> bool:
    """The note stands where it stood, with its words and with whom it names."""
    note = notes.get(tx, kept.after["note"])
    if note is None or note.erased_at or _moment(note.deleted_at) != kept.after["deleted_at"]:
        return False
    notes.change(tx, note.id, deleted_at=None)
    _due_again(tx, kept.former["due"])
    _undone(tx, me, kept, now, note=note.id)
    return True


def _task(tx: Tx, me: Person, kept: Undoable, now: datetime) -> bool:
    """A task is there no more, if it was given; else it is done, or not, as it was."""
    task = tasks.get(tx, kept.after["task"])
    since = kept.after["person_id"], kept.after["done_at"]
    if task is None or (task.person_id, _moment(task.done_at)) != since:
        return False
    if kept.former:
        done_at = kept.former["done_at"]
        was = {"done_at": done_at and datetime.fromisoformat(done_at), "done_by": kept.former["done_by"]}
        tasks.change(tx, task.id, **was)
        _due_again(tx, kept.former["due"])
    else:
        unsay(tx, TOLD_OF_A_TASK, "task", task.id, kept.at, now)
        tasks.remove(tx, task.id)
        erasure.forget_words(tx, [task.words_id], now)
    _undone(tx, me, kept, now, task=task.id)
    return True


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _undone(tx: Tx, me: Person, kept: Undoable, now: datetime, **data: int) -> None:
    audit.record(tx, "case.undone", "case", kept.subject_id, by=me.id, at=now, what=kept.what, **data)


AGAIN: Mapping[str, Callable[[Tx, Person, Undoable, datetime], bool]] = {
    TAG: _goal,
    CHECK: _checked,
    ANSWER: _answered,
    NOTE: _noted,
    TASK: _task,
}
