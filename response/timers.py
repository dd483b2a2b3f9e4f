"""The timers of waiting levels. A timer is a date in a row: it survives every restart, and any worker may look."""

from datetime import datetime, timedelta

from model import clock
from response import approvals, standins
from response.notices import REMINDER, about, notify
from response.workflow import Outcome, Standing
from store import audit, responses, steps
from store.db import Store, Tx
from store.responses import Submission
from store.steps import OpenStep

AFTER_REMINDER = 0.25
"""The part of a level's time that is left to it after the reminder, before others are asked as well."""


def look(store: Store) -> None:
    """Reminds those who are asked of a step whose time is over, once; then asks their deputies, then goes up a level.

    Silence is no consent: the step needs what it needed.
    """
    now = clock.now()
    with store.read() as tx:
        late = steps.overdue(tx, now)
    for submission_id in late:
        with store.write() as tx:
            _over(tx, submission_id, now)


def _over(tx: Tx, submission_id: int, now: datetime) -> None:
    submission = responses.submission(tx, submission_id)
    here = steps.of_submission(tx, submission_id)
    if submission is None or here is None or here.due_at is None or here.due_at > now:
        return
    made = responses.decisions_of(tx, submission_id)
    if any(one.settled_at is None for one in made):
        return  # somebody has just answered; it is looked at again when that can no longer be undone
    now_at = standins.where(tx, submission, made)
    if now_at.outcome is Outcome.WAITING and now_at.asked and here.reminded_at is None:
        _remind(tx, submission, now_at, here, now)
        return
    if now_at.outcome is Outcome.WAITING and standins.go_up(tx, submission, now_at, now, late=True):
        approvals.advance(tx, submission_id, now)


def _remind(tx: Tx, submission: Submission, now_at: Standing, here: OpenStep, now: datetime) -> None:
    """Those who are asked get one more notice, and a part of the level's time to answer it."""
    grace = timedelta(seconds=submission.steps[now_at.step].answers_within_s * AFTER_REMINDER)
    steps.change(tx, submission.id, now_at.step, reminded_at=now, due_at=now + grace)
    notify(tx, REMINDER, now_at.asked, about(submission, here.case_id), here.began_at, after=now)
    audit.record(
        tx,
        "step.reminded",
        "response",
        submission.response_id,
        by=None,
        at=now,
        submission=submission.id,
        level=here.level,
        people=len(now_at.asked),
    )
