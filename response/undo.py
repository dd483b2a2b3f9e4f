"""Undo, for ten seconds, of what a person decided on a case or on a comment without one, and of a response they sent.

A decision is made at once. `remembering` keeps beside it how the thing stood before and right after; `undo` puts back
exactly what the decision had changed, and only while nobody has gone on from there. What a notice would tell waits
for the same ten seconds (`notify(after=...)`). What a person did last, whatever it was, is in `response.last`.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from access.permissions import Permission, may, require
from model import clock
from model.errors import Conflict
from model.language import _, later
from model.person import Person
from model.settings import settings
from model.words import CaseState, ResponseState
from response import putting_back
from response.notices import QUESTION, TAKEN, TAKEOVER, over, unsay
from response.putting_back import ANSWER, CHECK, NOTE, TAG, TASK
from store import audit, cases, deciders, erasure, presence, responses, several, undoable
from store.db import Store, Tx
from store.responses import Response
from store.undoable import Undoable

Stands = Mapping[str, Any]

AT_ONCE = 50
"""Of several that were decided as one, so many are put back in one transaction."""

DISMISSED, SPAM, ESCALATED, SNOOZED = "dismissed", "spam", "escalated", "snoozed"
WOKEN, CLAIMED, RELEASED, LOOKED_OVER = "woken", "claimed", "released", "looked over"
HANDED_OVER, SENT, TAGGED, CHECKED = "handed over", "sent", "tagged", "checked"
ASKED_FOR, KEPT, TAKEN_OVER, REOPENED = "asked for", "kept", "taken over", "reopened"
HANDED_ON, ANSWERED, TAKEN_AWAY = "handed on", "answered", "note away"
GIVEN, DONE, NOT_DONE = "task given", "task done", "task not done"
INSTEAD = {
    DISMISSED: later("Reopen it instead."),
    SPAM: later("Reopen it instead."),
    ESCALATED: later("It stays asked."),
    SNOOZED: later("Bring it back instead."),
    WOKEN: later("Put it off again instead."),
    CLAIMED: later("Release it instead."),
    RELEASED: later("Claim it instead."),
    HANDED_OVER: later("Ask to take it over instead."),
    LOOKED_OVER: later("It stays as you said."),
    SENT: later("What has not gone out yet can be taken back on its own page."),
    TAGGED: later("Choose the goal again instead."),
    CHECKED: later("It stays as you said."),
    ASKED_FOR: later("It stays asked."),
    KEPT: later("Hand it over instead."),
    TAKEN_OVER: later("Hand it over instead."),
    REOPENED: later("Close it again instead."),
    HANDED_ON: later("It stays with whoever you handed it to."),
    ANSWERED: later("Your answer is with the case. Tell whoever asked what is wrong with it."),
    TAKEN_AWAY: later("Its words are gone. Note anew what is missing."),
    GIVEN: later("Say that it is done instead."),
    DONE: later("Say that it is not done instead."),
    NOT_DONE: later("Say that it is done instead."),
}
"""All that can be undone, with what is left to do when it is too late."""
CASES, COMMENTS = "cases", "comments"
"""What a decision is about that was made on several as one."""
RESPONSE, DECISION, HANDED = "response", "decision", "handed"
"""The same of what was sent, of what was decided on something that was sent for approval, and of such a decision that
was handed to somebody else. Those of `response.putting_back` are beside."""
_ELSEWHERE = (RESPONSE, HANDED)
"""What is undone by whoever knows how a response goes on."""
_LOGGED_AS = {TAG: RESPONSE, CHECK: "comment", HANDED: RESPONSE, ANSWER: "case", NOTE: "case", TASK: "case"}
_GONE = later("It is no longer here.")
_GONE_ON = {
    "case": later("{name} has gone on with this case since."),
    "comment": later("{name} has gone on with this comment since."),
    RESPONSE: later("{name} has gone on with this response since."),
    TAG: later("{name} has chosen another goal since."),
}
_WENT_ON = {
    "case": later("You have gone on with this case since."),
    "comment": later("You have gone on with this comment since."),
    RESPONSE: later("You have gone on with this response since."),
    TAG: later("You have chosen another goal since."),
}
_IN_FLIGHT = (ResponseState.WAITING, ResponseState.APPROVED, ResponseState.HELD)


@dataclass(frozen=True, slots=True)
class Offer:
    """What a person can undo now: `left` are the seconds that are left for it, more than 0.

    `subject` is case or comment; cases or comments where `count` of them were decided as one; response for what they
    sent; tag for the goal that they chose for a response; decision for one on what somebody sent for approval: `token`
    is its id then, `subject_id` the submission's; handed for such a decision that they handed on, by its response;
    answer for one to a question, note and task for these, by their case. Of what was sent, decided on or handed on
    `case_id` is the case of the response, where it has one.
    """

    token: str
    what: str
    subject: str
    subject_id: int
    left: float
    count: int = 1
    case_id: int | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """One of several that stays as it is, and why, in a sentence."""

    id: int
    why: str


@dataclass(frozen=True, slots=True)
class Undone:
    """What was undone, of which cases or comments, and what had to stay; of a response its case, where it has one."""

    what: str
    subject: str
    ids: tuple[int, ...]
    left: tuple[Left, ...] = ()
    case_id: int | None = None


# --- the rules -------------------------------------------------------------------------------------------------------


def seconds_left(at: datetime, now: datetime, seconds: float) -> float:
    """How many seconds a decision of `at` can still be undone; 0 when that is over."""
    return max(0.0, min(seconds, (at - now).total_seconds() + seconds))


def touched(former: Stands, after: Stands) -> frozenset[str]:
    """What a decision changed."""
    return frozenset(key for key in {*former, *after} if former.get(key) != after.get(key))


def moved_on(former: Stands, after: Stands, present: Stands) -> frozenset[str]:
    """What has changed since a decision and is in the way of undoing it.

    That is all it touched, whether the case is open, and who has it. What else happened, such as a comment that joined
    a case that was put off, stays as it is and is in nobody's way.
    """

    def holder(stands: Stands) -> object:
        return (stands.get("claim") or {}).get("person_id")

    gone_on = {key for key in touched(former, after) if present.get(key) != after.get(key)}
    if present.get("state") != after.get("state"):
        gone_on.add("state")
    if holder(present) != holder(after):
        gone_on.add("claim")
    return frozenset(gone_on)


# --- keeping ---------------------------------------------------------------------------------------------------------


@contextmanager
def remembering(tx: Tx, by: Person, what: str, subject_id: int, now: datetime, *, can: bool = True) -> Iterator[None]:
    """Part of a decision: keeps for its person how the case (or the comment) stood before what is done inside.

    What `can` not be undone is not kept, and takes the place of what was decided before it all the same: Undo never
    means anything but the last decision.
    """
    read = undoable.comment_stands if what == LOOKED_OVER else undoable.case_stands
    former = read(tx, subject_id)
    yield
    after = read(tx, subject_id)
    if not can:
        undoable.forget(tx, by.id)
    if not can or not touched(former, after):
        return
    subject = "comment" if what == LOOKED_OVER else "case"
    _keep(tx, by, now, what=what, subject=subject, subject_id=subject_id, former=former, after=after)


def nothing_to_undo(tx: Tx, by: Person) -> None:
    """Part of what cannot be undone: it takes the place of what was decided before it, as Undo never means anything but
    the last thing that somebody did."""
    undoable.forget(tx, by.id)


def remember_several(
    tx: Tx, by: Person, token: str, what: str, former: Mapping[int, Stands], after: Mapping[int, Stands], now: datetime
) -> None:
    """Part of one decision on several, which `token` names: keeps how these stood, beside those kept for it before."""
    if not former:
        return
    was, since = ({str(one): dict(stands) for one, stands in some.items()} for some in (former, after))
    kept = undoable.of(tx, by.id)
    if kept and kept.token == token:
        was, since = kept.former | was, kept.after | since
    subject = COMMENTS if what == LOOKED_OVER else CASES
    _keep_several(tx, by.id, now, token=token, what=what, subject=subject, former=was, after=since)


def remember_sent(tx: Tx, by: Person, former: Response, now: datetime) -> None:
    """Part of sending a response: keeps for whoever sends it what it was before."""
    sent = responses.get(tx, former.id)
    was, since = {"state": former.state}, {"version": sent.version if sent else 0}
    _keep(tx, by, now, what=SENT, subject=RESPONSE, subject_id=former.id, former=was, after=since)


def remember(
    tx: Tx, by: Person, what: str, subject: str, subject_id: int, now: datetime, *, former: Stands, after: Stands
) -> None:
    """Part of what is of one thing alone: keeps what it was before, and right after, as whoever puts it back reads."""
    _keep(tx, by, now, what=what, subject=subject, subject_id=subject_id, former=dict(former), after=dict(after))


def _keep(tx: Tx, by: Person, at: datetime, **values: Any) -> None:
    undoable.keep(tx, by.id, at, token=secrets.token_hex(8), **values)


def _keep_several(tx: Tx, person_id: int, at: datetime, *, former: dict[str, Any], **values: Any) -> None:
    first = min(map(int, former))
    undoable.keep(tx, person_id, at, former=former, subject_id=first, count=len(former), **values)


def offer(tx: Tx, person_id: int, now: datetime) -> Offer | None:
    """What a person can undo now."""
    kept = undoable.offered(tx, person_id)
    left = seconds_left(kept.at, now, settings().undo_seconds) if kept else 0.0
    if kept is None or not left:
        return None
    return Offer(kept.token, kept.what, kept.subject, kept.subject_id, left, kept.count, kept.case_id)


# --- undoing ---------------------------------------------------------------------------------------------------------


def undo(store: Store, me: Person, token: str) -> Undone:
    """Undoes what this person decided last, if `token` names it; returns what that was.

    Raises Conflict when the time is over, or with the name of whoever has gone on from there; nothing is changed then.
    Of several that were decided as one, those that somebody has gone on with stay, and are named.
    """
    require(me, Permission.DECIDE if may(me, Permission.DECIDE) else Permission.TRIAGE)
    now = clock.now()
    done: list[int] = []
    left: list[Left] = []
    while True:
        with store.write() as tx:
            kept = _kept(tx, me, token)
            require(me, Permission.DECIDE if kept.subject == ANSWER else Permission.TRIAGE)
            if not (done or left or seconds_left(kept.at, now, settings().undo_seconds)):
                raise Conflict(_too_late(_(INSTEAD[kept.what])))
            if kept.subject not in (CASES, COMMENTS):
                return _one_again(tx, me, kept, now)
            part = sorted(map(int, kept.former))[:AT_ONCE]
            stay = (_cases_again if kept.subject == CASES else _comments_again)(tx, me, kept, part, now)
            left += [Left(one, why) for one, why in stay.items()]
            done += [one for one in part if one not in stay]
            former = {one: stands for one, stands in kept.former.items() if int(one) not in part}
            if not former:
                undoable.forget(tx, me.id)
                return Undone(kept.what, kept.subject, tuple(done), tuple(left))
            # Whoever is cut off here can undo the rest in what is left of the time.
            values = {"token": token, "what": kept.what, "subject": kept.subject, "after": kept.after}
            _keep_several(tx, me.id, kept.at, former=former, **values)


def _kept(tx: Tx, me: Person, token: str, elsewhere: str = "") -> Undoable:
    kept = undoable.of(tx, me.id)
    if kept is None:
        raise Conflict(_too_late(""))
    if kept.token != token or (kept.subject if kept.subject in _ELSEWHERE else "") != elsewhere:
        raise Conflict(_("You have decided something else since. Only the last decision can be undone."))
    return kept


def last_sent(tx: Tx, me: Person, token: str, now: datetime) -> tuple[Response, ResponseState]:
    """The response that a person sent last, if `token` names that, and what it was before.

    Raises Conflict when the time is over, or with the name of whoever has gone on from there.
    """
    kept = _in_time(tx, me, token, RESPONSE, now)
    response = responses.get(tx, kept.subject_id)
    if response is None or response.version != kept.after["version"]:
        raise others(tx, me, kept)
    return response, ResponseState(kept.former["state"])


def last_handed(tx: Tx, me: Person, token: str, now: datetime) -> Undoable:
    """The decision that a person handed on last, if `token` names that. Raises Conflict when the time is over."""
    return _in_time(tx, me, token, HANDED, now)


def _in_time(tx: Tx, me: Person, token: str, subject: str, now: datetime) -> Undoable:
    kept = _kept(tx, me, token, subject)
    if not seconds_left(kept.at, now, settings().undo_seconds):
        raise Conflict(_too_late(_(INSTEAD[kept.what])))
    return kept


def _one_again(tx: Tx, me: Person, kept: Undoable, now: datetime) -> Undone:
    if again := putting_back.AGAIN.get(kept.subject):
        if not again(tx, me, kept, now):
            raise others(tx, me, kept)
    else:
        if kept.subject == "case":
            _case_again(tx, me, kept, now)
        else:
            _comment_again(tx, me, kept)
        audit.record(tx, f"{kept.subject}.undone", kept.subject, kept.subject_id, by=me.id, at=now, what=kept.what)
    undoable.forget(tx, me.id)
    return Undone(kept.what, kept.subject, (kept.subject_id,))


def _too_late(instead: str) -> str:
    seconds = settings().undo_seconds
    over = _("The ten seconds are over.") if seconds == 10 else _("The {n} seconds are over.", n=f"{seconds:g}")
    return f"{over} {instead}".strip()


def _case_again(tx: Tx, me: Person, kept: Undoable, now: datetime) -> None:
    case = cases.get(tx, kept.subject_id)
    if case is None:
        raise Conflict(_("This case is no longer here."))
    changed = touched(kept.former, kept.after)
    if "state" in changed and case.state != CaseState.OPEN and cases.open_of_thread(tx, case.thread_id):
        raise Conflict(_("Another case of this thread is open by now. Work there; it shows what was decided here."))
    present = undoable.case_stands(tx, case.id)
    if moved_on(kept.former, kept.after, present):
        raise others(tx, me, kept)
    if kept.what == REOPENED:
        _still_closed(tx, case.id, kept)
    if kept.what == ESCALATED and any(one.state in _IN_FLIGHT for one in responses.live_in_case(tx, case.id)):
        raise Conflict(_("A response of this case was sent for approval since. It stays escalated."))
    # Whoever goes on with the case between what was read and here makes one of these fail: each compares and changes.
    undoable.case_again(tx, case.id, case.version, {key: kept.former[key] for key in changed})
    if "claim" in changed and not undoable.claim_again(tx, case.id, kept.after["claim"], kept.former["claim"]):
        raise others(tx, me, kept)
    if kept.what == HANDED_OVER:
        _not_handed_over(tx, me, kept, now)
    if "snooze" in changed:
        undoable.snooze_again(tx, case.id, kept.former["snooze"])
    if "spam" in changed:
        undoable.spam_again(tx, kept.former["spam"])
    # What was typed for it is taken back with it; the log keeps its keyed hash.
    typed = [kept.after["close_reason_id"]] if "close_reason_id" in changed and kept.what != REOPENED else []
    typed += _asks_again(tx, me, kept, now)
    before = {one for one, _answered in kept.former["asked"]}
    for one, _answered in kept.after["asked"] if "asked" in changed else ():
        if one not in before:
            typed.append(undoable.take_back(tx, one))
            # Its number may be given again: what is asked then has to be told.
            unsay(tx, QUESTION, "question", one, kept.at, now)
    if None in typed and kept.what == ESCALATED:
        raise others(tx, me, kept)
    erasure.forget_words(tx, [one for one in typed if one is not None], now)


def _still_closed(tx: Tx, case_id: int, kept: Undoable) -> None:
    """Whether a case that was opened again can be closed as it was: nothing has come to it since. Raises Conflict."""
    if cases.joined_since(tx, case_id, kept.at, frozenset()):
        raise Conflict(_("Another comment has joined this case since, so it stays open."))
    if any(one.state in _IN_FLIGHT for one in responses.live_in_case(tx, case_id)):
        raise Conflict(_("A response of this case was sent for approval since, so it stays open."))
    if (why := kept.former["close_reason_id"]) is not None:
        cases.drop_reason(tx, case_id, why)


def _asks_again(tx: Tx, me: Person, kept: Undoable, now: datetime) -> list[int | None]:
    """Who had asked for a case asks again, and what was asked, kept or taken since was not; returns the ids of the
    words for it."""
    was, since = kept.former.get("asks"), kept.after.get("asks")
    typed: list[int | None] = []
    if kept.what == ASKED_FOR and since:
        unsay(tx, TAKEOVER, "takeover", since, kept.at, now)
        typed.append(presence.take_back(tx, since))
    if kept.what == TAKEN_OVER:
        told = presence.newest(tx, kept.subject_id)
        mine = next(one for one in told if one.by == me.id and one.outcome == "taken" and one.answered_at == kept.at)
        unsay(tx, TAKEN, "takeover", mine.id, kept.at, now)
        if mine.id != was:
            typed.append(presence.take_back(tx, mine.id))
    if was and was != since:
        typed.append(presence.open_again(tx, was))
    return typed


def _not_handed_over(tx: Tx, me: Person, kept: Undoable, now: datetime) -> None:
    """Who was handed the case hears nothing of it."""
    events = audit.history(tx, "case", [kept.subject_id], limit=20)
    mine = (one for one in events if one.action == "case.handed_over" and one.person_id == me.id)
    if event := next(mine, None):
        over(tx, TAKEN, "handover", event.seq, now)


def _comment_again(tx: Tx, me: Person, kept: Undoable) -> None:
    if moved_on(kept.former, kept.after, undoable.comment_stands(tx, kept.subject_id)):
        raise others(tx, me, kept)
    if cases.cases_of_comments(tx, [kept.subject_id]):
        raise Conflict(_("A case was made of this comment since. Work there."))
    undoable.spam_again(tx, kept.former["spam"])
    undoable.unlook(tx, kept.subject_id, kept.after["revision"])


def _cases_again(tx: Tx, me: Person, kept: Undoable, ids: Sequence[int], now: datetime) -> dict[int, str]:
    """Puts some of several cases back; returns why others stay. What is looked up here still holds when it is changed:
    one writes at a time."""
    require(me, Permission.TRIAGE)
    there = several.cases_by_id(tx, ids)
    present = undoable.cases_stand(tx, ids)
    taken = cases.open_of_threads(tx, [case.thread_id for case in there.values()])
    stay: dict[int, str] = {}
    back: dict[int, frozenset[str]] = {}
    for one in ids:
        former, after = kept.former[str(one)], kept.after[str(one)]
        changed = touched(former, after)
        case = there.get(one)
        if case is None:
            stay[one] = _(_GONE)
        elif moved_on(former, after, present[one]):
            stay[one] = _who(tx, me, "case", one, kept.at)
        elif "state" in changed and case.thread_id in taken:
            stay[one] = _("Another case of its thread is open by now.")
        else:
            back[one] = changed
    put = {one: undoable.row_of(kept.former[str(one)]) for one in back}
    own = {one: {name: put[one][name] for name in undoable.OF_CASE if name in back[one]} for one in back}
    cases.change_all(tx, [(there[one], values) for one, values in own.items()])
    for what in ("claim", "snooze"):
        several.put_back(tx, what, {one: put[one][what] for one in back if what in back[one]})
    for one, changed in back.items():
        if "spam" in changed:
            undoable.spam_again(tx, kept.former[str(one)]["spam"])
    typed = [kept.after[str(one)]["close_reason_id"] for one in back if "close_reason_id" in back[one]]
    erasure.forget_words(tx, [one for one in typed if one is not None], now)
    events = [audit.New("case.undone", "case", one, {"what": kept.what}) for one in back]
    audit.record_many(tx, events, by=me.id, at=now)
    return stay


def _comments_again(tx: Tx, me: Person, kept: Undoable, ids: Sequence[int], now: datetime) -> dict[int, str]:
    """The same of comments without a case."""
    require(me, Permission.TRIAGE)
    present = undoable.comments_stand(tx, ids)
    taken = cases.cases_of_comments(tx, list(ids))
    stay: dict[int, str] = {}
    for one in ids:
        if one not in present:
            stay[one] = _(_GONE)
        elif one in taken:
            stay[one] = _("A case was made of it since.")
        elif moved_on(kept.former[str(one)], kept.after[str(one)], present[one]):
            stay[one] = _who(tx, me, "comment", one, kept.at)
    back = [one for one in ids if one not in stay]
    for one in back:
        undoable.spam_again(tx, kept.former[str(one)]["spam"])
        undoable.unlook(tx, one, kept.after[str(one)]["revision"])
    events = [audit.New("comment.undone", "comment", one, {"what": kept.what}) for one in back]
    audit.record_many(tx, events, by=me.id, at=now)
    return stay


def others(tx: Tx, me: Person, kept: Undoable) -> Conflict:
    """Who has gone on from there, and that nothing was undone."""
    return Conflict(
        f"{_who(tx, me, kept.subject, kept.subject_id, kept.at)}"
        f" {_('Nothing was undone; look at it as it stands now.')}"
    )


def _who(tx: Tx, me: Person, subject: str, subject_id: int, decided_at: datetime) -> str:
    """Who has gone on from there, as the log knows it."""
    logged_as = _LOGGED_AS.get(subject, subject)
    said_as = subject if subject in _GONE_ON else logged_as
    events = audit.history(tx, logged_as, [subject_id], limit=20)
    since = [one for one in events if one.at >= decided_at]
    other = next((one.person_id for one in since if one.person_id not in (None, me.id)), None)
    if other is None and subject == "case" and (claim := cases.claim_of(tx, subject_id, clock.now())):
        other = claim.person_id if claim.person_id != me.id else None
    if other is None and any(one.person_id == me.id for one in since[:1]):
        return _(_WENT_ON[said_as])
    who = deciders.names(tx).get(other or 0, _("Somebody else"))
    return _(_GONE_ON[said_as], name=who)
