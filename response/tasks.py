"""Tasks on a case: what, who, by when; done, and not done again where that was a slip."""

from datetime import date, datetime, time, timedelta, tzinfo

from access.permissions import Permission, require
from model import clock
from model.errors import BadInput, NotFound
from model.language import _, sense
from model.person import Person
from model.settings import settings
from response import notes, undo
from response.notices import TASK, About, notify
from response.putting_back import TASK as TASK_OF
from response.putting_back import plain
from response.text import typed
from store import audit, notices
from store import cases as case_rows
from store import tasks as rows
from store.db import Store
from store.keys import keys

MOST = 200
"""Tasks on one case."""
_FURTHEST = timedelta(days=366)


def end_of(day: date, zone: tzinfo) -> datetime:
    """When a day is over for somebody: its last minute in their zone."""
    return datetime.combine(day, time(23, 59), zone)


def add(store: Store, by: Person, case_id: int, text: str, person_id: int, due_at: datetime | None = None) -> int:
    """Gives a person who works on cases (or oneself) something to do; they are told when the seconds to
    undo it are over. Returns its id."""
    require(by, Permission.TRIAGE)
    what = typed(text, sense("what somebody has to write", "what is to be done"))
    now = clock.now()
    if due_at is not None and not now < due_at < now + _FURTHEST:
        raise BadInput(_("Choose a day from today on, within a year."))
    with store.write() as tx:
        if case_rows.get(tx, case_id) is None:
            raise NotFound(_("There is no such case."))
        if rows.count(tx, case_id) >= MOST:
            raise BadInput(_("This case has {most} tasks. Do some of them first.", most=MOST))
        if person_id not in notes.colleagues(tx):
            raise BadInput(_("This person does not work on cases. Choose somebody else."))
        words_id, digest = audit.say(tx, keys(), "task", what, by=by.id, at=now)
        task_id = rows.add(tx, case_id=case_id, by=by.id, person_id=person_id, words_id=words_id, at=now, due_at=due_at)
        if person_id != by.id:
            soon = settings().final_at(now)
            notify(tx, TASK, {person_id}, About("task", task_id, case_id=case_id), now, after=soon)
        since = {"task": task_id, "person_id": person_id, "done_at": None}
        undo.remember(tx, by, undo.GIVEN, TASK_OF, case_id, now, former={}, after=since)
        data = {"task": task_id, "person": person_id, "words": digest}
        audit.record(tx, "case.task_given", "case", case_id, by=by.id, at=now, **data)
        return task_id


def set_done(store: Store, by: Person, task_id: int, done: bool) -> None:
    """Says that a task is done, or that it is not. Saying what is so already changes nothing. Until the seconds to undo
    it are over, nobody is told of it."""
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        task = rows.get(tx, task_id)
        if task is None:
            raise NotFound(_("There is no such task."))
        if (task.done_at is not None) == done:
            return
        due = notices.put_off(tx, TASK, "task", task_id, settings().final_at(now))
        rows.change(tx, task_id, done_at=now if done else None, done_by=by.id if done else None)
        was = {"done_at": task.done_at and task.done_at.isoformat(), "done_by": task.done_by, "due": plain(due)}
        since = {"task": task_id, "person_id": task.person_id, "done_at": now.isoformat() if done else None}
        what = undo.DONE if done else undo.NOT_DONE
        undo.remember(tx, by, what, TASK_OF, task.case_id, now, former=was, after=since)
        action = "case.task_done" if done else "case.task_open_again"
        audit.record(tx, action, "case", task.case_id, by=by.id, at=now, task=task_id)
