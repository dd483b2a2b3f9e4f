"""What begins and what ends to wait for somebody while they look: each open page asks for it every few seconds."""

from dataclasses import dataclass

from model.language import _
from model.person import Person
from response import deciding
from store import cases, comments, queue
from store import deciding as rows
from store.comments import Comment
from store.db import Store, Tx


@dataclass(frozen=True, slots=True)
class Asked:
    """What waits for a person: the submissions that they decide on and the questions put to them, by their ids.
    `changes` is the number that says whether anything happened."""

    changes: int
    decisions: frozenset[int]
    questions: frozenset[int]


@dataclass(frozen=True, slots=True)
class Turn:
    """What happened to a decision that somebody has open: in words, and what can be opened in its place. `ended`: it
    waits for them no longer."""

    told: str
    ended: bool
    newer: int | None = None


def asked(tx: Tx, by: Person) -> Asked:
    """What waits for a person now."""
    questions = frozenset(one.id for one in cases.asked_of(tx, by.id))
    return Asked(queue.changes(tx), rows.asked(tx, by.id), questions)


def asked_by_now(store: Store, by: Person, known: Asked) -> Asked:
    """The same by now. What has passed on from one level to the next is no event of its own, so it is looked at too."""
    with store.read() as tx:
        number = queue.changes(tx)
        if number == known.changes and rows.asked(tx, by.id) == known.decisions:
            return known
        return asked(tx, by)


def new(drawn: Asked, by_now: Asked) -> int:
    """How much of it came since the page was drawn."""
    return len(by_now.decisions - drawn.decisions) + len(by_now.questions - drawn.questions)


def turn(store: Store, by: Person, submission_id: int, comment: Comment | None) -> Turn | None:
    """What happened to a decision since it was opened, with its `comment` as it was shown; None for nothing."""
    with store.read() as tx:
        if not rows.is_asked(tx, by.id, submission_id):
            told = deciding.what_became(tx, by, submission_id)
            return Turn(told, ended=True, newer=deciding.newer(tx, by, submission_id))
        by_now = comments.get(tx, comment.id) if comment else None
    if comment is None or (by_now and _as_read(by_now) == _as_read(comment)):
        return None
    if by_now is None or by_now.deleted_at:
        return Turn(_("The comment was deleted. Nothing goes out until somebody looks."), ended=False)
    return Turn(_("The comment was changed. Read it as it is now before you decide."), ended=False)


def _as_read(comment: Comment) -> tuple[object, ...]:
    return comment.revision, comment.deleted_at, comment.erased_at
