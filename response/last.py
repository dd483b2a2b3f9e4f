"""What a person did last and can still undo, whatever it was: a decision on a case, sending a response, a decision on
what somebody else sent for approval, or handing that to another person."""

from datetime import datetime

from access.permissions import Permission, may
from model.person import Person
from response import approvals, drafts, handing_on, undo
from response.undo import DECISION, HANDED, RESPONSE, Offer, Undone
from store import undoable
from store.db import Store, Tx


def offer(tx: Tx, me: Person, now: datetime) -> Offer | None:
    """The last of it that there is still time for; one look-up by an index for each kind."""
    of_cases = undo.offer(tx, me.id, now)
    made = undoable.last_decided(tx, me.id, now) if may(me, Permission.DECIDE) else None
    if made is None:
        return of_cases
    left = (made.due_at - now).total_seconds()
    if of_cases and of_cases.left >= left:
        return of_cases
    return Offer(str(made.id), made.kind, DECISION, made.submission_id, left, case_id=made.case_id)


def take_back(store: Store, me: Person, offered: Offer) -> Undone:
    """Undoes what was offered. Raises Conflict when it is too late, or with the name of whoever has gone on."""
    if offered.subject == RESPONSE:
        return drafts.unsend(store, me, offered.token)
    if offered.subject == HANDED:
        return handing_on.take_back(store, me, offered.token)
    if offered.subject == DECISION:
        approvals.undo(store, me, int(offered.token))
        return Undone(offered.what, DECISION, (offered.subject_id,))
    return undo.undo(store, me, offered.token)
