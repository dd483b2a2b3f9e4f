"""Handing a decision that waits for a person to another one of that level, and undoing that within its seconds."""

from datetime import datetime

from access.permissions import Permission, require
from model import clock
from model.errors import Conflict, NotAllowed
from model.language import _, sense
from model.person import Person
from model.settings import settings
from response import approvals, standins, undo
from response.notices import APPROVAL, HANDED_ON, about, notify, unsay
from response.standins import where
from response.text import typed
from response.undo import HANDED, Undone
from store import audit, deciding, erasure, responses, undoable
from store.db import Store, Tx
from store.keys import keys
from store.responses import Submission

AT_MOST = 20
"""So often one submission can be handed on."""


def could_take(tx: Tx, submission: Submission, step: int, by: int) -> frozenset[int]:
    """To whom somebody who is asked at a step could hand it: whoever may decide there, has not, and wrote no part."""
    counted = {one.person_id for one in responses.decisions_of(tx, submission.id)}
    return standins.could_decide(tx, submission, step) - responses.editors(tx, submission.response_id) - counted - {by}


def hand_on(store: Store, by: Person, submission_id: int, to: int, reason: str, seen_hash: str) -> None:
    """Hands a decision that waits for a person to another one of that level, with a reason; both are on the record.

    No fewer approvals are needed for it: where everybody who is asked has to approve, it cannot be handed on. The other
    one is told when the seconds to undo it are over.
    """
    require(by, Permission.DECIDE)
    why, now = typed(reason, sense("what somebody has to write", "a reason")), clock.now()
    with store.write() as tx:
        submission, made, now_at = approvals.asked_of(tx, by, submission_id, seen_hash)
        if to not in could_take(tx, submission, now_at.step, by.id):
            raise NotAllowed(
                _("This person cannot decide here: choose somebody of that level who wrote no part of it.")
            )
        if len(deciding.handed(tx, submission_id)) >= AT_MOST:
            raise Conflict(_("This was handed on too often. Decide yourself, or ask whoever wrote it to take it back."))
        words_id, digest = audit.say(tx, keys(), "reason", why, by=by.id, at=now)
        handed_id = hand_to(tx, submission, now_at.step, by.id, to, words_id, now)
        after_it = where(tx, submission, made)
        if by.id in after_it.asked or to not in after_it.asked:
            raise Conflict(
                _("Everybody who is asked here has to approve this, so nobody can hand it to another person.")
            )
        about_it = {"submission": submission_id, "level": submission.steps[now_at.step].level, "to": to}
        response_id = submission.response_id
        audit.record(
            tx,
            "decision.handed_on",
            "response",
            response_id,
            by=by.id,
            at=now,
            content=seen_hash,
            reason=digest,
            **about_it,
        )
        soon = settings().final_at(now)
        approvals.ask(tx, submission, after_it, now_at.step, now, told=soon)
        notify(tx, HANDED_ON, {to}, about(submission), now, after=soon)
        since = {"submission": submission_id, "handed": handed_id}
        undo.remember(tx, by, undo.HANDED_ON, HANDED, response_id, now, former={}, after=since)


def take_back(store: Store, by: Person, token: str) -> Undone:
    """Undoes that one handed a decision on, if `token` names that: it waits for oneself again, since when it did.

    Raises Conflict when the time is over, or with the name of whoever has gone on from there.
    """
    require(by, Permission.DECIDE)
    now = clock.now()
    with store.write() as tx:
        kept = undo.last_handed(tx, by, token, now)
        submission = approvals.open_submission(tx, kept.after["submission"])
        handed, made = deciding.handed(tx, submission.id), responses.decisions_of(tx, submission.id)
        mine = next((one for one in handed if one.id == kept.after["handed"]), None)
        went_on = mine is None or handed[-1] != mine or any(one.person_id == mine.to_person_id for one in made)
        if mine is None or went_on or where(tx, submission, made).step != mine.step:
            raise undo.others(tx, by, kept)
        words_id = deciding.take_back(tx, mine.id)
        for kind in (HANDED_ON, APPROVAL):
            unsay(tx, kind, "submission", submission.id, kept.at, now)
        approvals.ask(tx, submission, where(tx, submission, made), mine.step, now)
        undoable.forget(tx, by.id)
        erasure.forget_words(tx, [words_id] if words_id is not None else [], now)
        audit.record(
            tx,
            "decision.hand_undone",
            "response",
            submission.response_id,
            by=by.id,
            at=now,
            submission=submission.id,
            to=mine.to_person_id,
        )
    return Undone(kept.what, HANDED, (kept.subject_id,))


def hand_to(tx: Tx, submission: Submission, step: int, holder: int, to: int, words_id: int, now: datetime) -> int:
    """Writes down that somebody who is asked at a step has handed it to another person; returns the number of that."""
    return deciding.hand_on(
        tx,
        submission_id=submission.id,
        step=step,
        from_person_id=holder,
        to_person_id=to,
        words_id=words_id,
        at=now,
    )
