"""Putting a case off until a moment, and looking over comments that are no alarm.

A case that is put off comes back by itself: when the moment has come, or earlier when a further comment joins it.
"""

from datetime import datetime, timedelta

from access.permissions import Permission, require
from model import clock
from model.errors import BadInput, Conflict, NotFound
from model.language import _
from model.person import Person
from response import undo
from response.cases import hold, open_case
from store import audit, cases, comments, snoozes
from store.db import Store

LONGEST = timedelta(days=90)
FOUND = ("calm", "spam", "not spam")
"""What somebody can find of a comment without a case."""


def snooze(store: Store, by: Person, case_id: int, seen_version: int, until: datetime) -> None:
    """Puts a case off until a moment (aware, within 90 days) and gives it back to everybody.

    Raises Conflict when another has it, or when it changed since it was seen.
    """
    require(by, Permission.TRIAGE)
    now = clock.now()
    if not now < until <= now + LONGEST:
        raise BadInput(_("Choose a moment within the next 90 days."))
    with store.write() as tx:
        open_case(tx, case_id)
        with undo.remembering(tx, by, undo.SNOOZED, case_id, now):
            hold(tx, by, case_id, now)
            cases.change(tx, case_id, seen_version)
            cases.release(tx, case_id, by.id)
            snoozes.put(tx, case_id, until, by=by.id, at=now)
        audit.record(tx, "case.snoozed", "case", case_id, by=by.id, at=now, until=until.isoformat())


def wake(store: Store, by: Person, case_id: int) -> None:
    """Takes a case back into the queue before its moment has come."""
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        open_case(tx, case_id)
        with undo.remembering(tx, by, undo.WOKEN, case_id, now):
            woken = snoozes.drop(tx, case_id)
        if woken:
            audit.record(tx, "case.woken", "case", case_id, by=by.id, at=now)


def look_over(store: Store, by: Person, comment_id: int, seen_revision: int, found: str) -> None:
    """Says of a comment without a case that it needs nobody: it is calm, it is spam, or it is no spam.

    It leaves the views of questions and of suspected spam; an edit brings it back.
    """
    require(by, Permission.TRIAGE)
    if found not in FOUND:
        raise BadInput(_("This cannot be said of a comment here. Load the page again."))
    now = clock.now()
    with store.write() as tx:
        comment = comments.get(tx, comment_id)
        if comment is None:
            raise NotFound(_("This comment is no longer here."))
        if comment.revision != seen_revision:
            raise Conflict(_("This comment was edited since you opened it. Read it again before you go on."))
        with undo.remembering(tx, by, undo.LOOKED_OVER, comment_id, now):
            if not snoozes.look_over(tx, comment_id, comment.revision, found, by=by.id, at=now):
                raise Conflict(_("Somebody has looked at this comment before you."))
            if found != "calm":
                comments.change(tx, comment_id, spam=found == "spam")
        audit.record(tx, "comment.looked_over", "comment", comment_id, by=by.id, at=now, found=found)
