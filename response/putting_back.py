"""Putting back what a person did last, where that is of one thing alone: a response's goal, an answer in a weekly
check, an answer to a question.

Each is part of `response.undo`, and says whether that could be: False when somebody has gone on from there.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from analysis import approval
from model.person import Person
from response.notices import ANSWERED, unsay
from store import audit, cases, checks, cost, erasure
from store.db import Tx
from store.undoable import Undoable

TAG, CHECK, ANSWER = "tag", "check", "answer"
"""What it is about: the goal of a response, the comment of a weekly check, the case of a question."""


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


AGAIN: Mapping[str, Callable[[Tx, Person, Undoable, datetime], bool]] = {
    TAG: _goal,
    CHECK: _checked,
    ANSWER: _answered,
}
