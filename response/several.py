"""One decision on several cases, or on several comments without one: what it does to each it does as on that one alone.

Whatever stands in the way of one of them leaves that one as it is, with the reason, and is in no other's way. Each case
has its own event in the log; all that was changed is undone as one. They go by parts, a transaction each, so that
nobody waits long for whoever decides on many.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from access.permissions import Permission, require
from model import clock
from model.errors import BadInput
from model.language import _, sense
from model.person import Person
from model.portions import portions
from model.words import CaseOutcome, CaseState, ResponseState
from response import snooze as snoozing
from response import undo
from response.cases import CLAIM_LASTS
from response.states import STATE
from response.text import at_moment, typed
from response.undo import Left
from store import audit, cases, deciders, undoable
from store import several as rows
from store.cases import Case, Claim
from store.db import Store, Tx
from store.keys import keys

MOST = 100
"""So many can be decided on as one: what a list shows."""
_COMMENTS = 1_000
_IN_FLIGHT = (ResponseState.WAITING, ResponseState.APPROVED, ResponseState.HELD)


@dataclass(frozen=True, slots=True)
class Seen:
    """A row as it was on the screen: a case with its version, or a comment with its revision."""

    id: int
    version: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was decided on, and what was left as it is."""

    done: tuple[int, ...]
    left: tuple[Left, ...]


# --- the rules -------------------------------------------------------------------------------------------------------


def in_the_way(case: Case | None, seen: int, claim: Claim | None, me: int, *, answering: bool, closed_by: str) -> str:
    """Why a case that was seen at a version is left as it is; empty when nothing is in the way.

    `answering` says that a reply of it is on its way, where that matters.
    """
    if case is None:
        return _("It is no longer here.")
    if case.state != CaseState.OPEN:
        return _(
            "{name} closed it as '{how}' at {at}.",
            name=closed_by,
            how=STATE.get(case.outcome or "", str(case.outcome)),
            at=at_moment(case.closed_at),
        )
    if claim and claim.person_id != me:
        return _("{name} is on it until {until}.", name=claim.name, until=at_moment(claim.expires_at))
    if case.version != seen:
        return _("Something was added to it since you chose it. Look at it again.")
    return _("A reply of it is on its way. Take that back first.") if answering else ""


def parts(seen: Sequence[Seen], sizes: Mapping[int, int], most: int = _COMMENTS) -> Iterator[list[Seen]]:
    """What goes in one transaction each: in their order, at most `undo.AT_ONCE`, of at most so many comments together
    unless one alone has more."""
    return portions(seen, lambda one: sizes.get(one.id, 1), most, undo.AT_ONCE)


# --- cases -----------------------------------------------------------------------------------------------------------

_Found = dict[int, Case]
_Act = Callable[[Tx, _Found, datetime], None]


def dismiss(store: Store, by: Person, seen: Sequence[Seen], reason: str, *, wrongly_raised: bool = False) -> Outcome:
    """Closes cases that need no answer, all for one reason; `wrongly_raised` as in `cases.dismiss`."""
    why = typed(reason, sense("what somebody has to write", "a reason"))
    act = partial(_close, by=by, outcome=CaseOutcome.DISMISSED, reason=why, wrongly=wrongly_raised)
    return _on_cases(store, by, seen, undo.DISMISSED, act)


def mark_spam(store: Store, by: Person, seen: Sequence[Seen]) -> Outcome:
    """Closes cases as spam, and marks their comments so."""
    return _on_cases(store, by, seen, undo.SPAM, partial(_close, by=by, outcome=CaseOutcome.SPAM, reason=""))


def claim(store: Store, by: Person, seen: Sequence[Seen]) -> Outcome:
    """Takes cases for half an hour, or prolongs one's own claims."""
    return _on_cases(store, by, seen, undo.CLAIMED, partial(_claim, by=by))


def snooze(store: Store, by: Person, seen: Sequence[Seen], until: datetime) -> Outcome:
    """Puts cases off until a moment (aware, within 90 days) and gives them back to everybody."""
    if not clock.now() < until <= clock.now() + snoozing.LONGEST:
        raise BadInput(_("Choose a moment within the next 90 days."))
    return _on_cases(store, by, seen, undo.SNOOZED, partial(_snooze, by=by, until=until))


def _on_cases(store: Store, by: Person, seen: Sequence[Seen], what: str, act: _Act) -> Outcome:
    chosen = _chosen(by, seen)
    with store.read() as tx:
        sizes = rows.sizes(tx, [one.id for one in chosen])
    token, now = secrets.token_hex(8), clock.now()
    done: list[int] = []
    left: list[Left] = []
    for part in parts(chosen, sizes):
        with store.write() as tx:
            require(by, Permission.TRIAGE)
            free, others = _free(tx, by, part, now, closes=what in (undo.DISMISSED, undo.SPAM))
            former = undoable.cases_stand(tx, list(free))
            act(tx, free, now)
            undo.remember_several(tx, by, token, what, former, undoable.cases_stand(tx, list(free)), now)
        done += free
        left += others
    return Outcome(tuple(done), tuple(left))


def _chosen(by: Person, seen: Sequence[Seen]) -> list[Seen]:
    require(by, Permission.TRIAGE)
    chosen = list({one.id: one for one in seen}.values())
    if not chosen:
        raise BadInput(_("Nothing is chosen. Choose rows of the list first."))
    if len(chosen) > MOST:
        raise BadInput(_("At most {most} can be decided on as one. Choose fewer.", most=MOST))
    return chosen


def _free(tx: Tx, by: Person, part: Sequence[Seen], now: datetime, *, closes: bool) -> tuple[_Found, list[Left]]:
    """Those of a part with nothing in the way, and why the others are left."""
    ids = [one.id for one in part]
    there, held = rows.cases_by_id(tx, ids), rows.claims_of(tx, ids, now)
    answering = rows.with_reply_in(tx, ids, _IN_FLIGHT) if closes else set()
    names = deciders.names(tx) if any(case.state != CaseState.OPEN for case in there.values()) else {}
    free: _Found = {}
    left: list[Left] = []
    for one in part:
        case = there.get(one.id)
        closed_by = names.get((case and case.closed_by) or 0, "Levelhead")
        claimed, on_its_way = held.get(one.id), one.id in answering
        why = in_the_way(case, one.version, claimed, by.id, answering=on_its_way, closed_by=closed_by)
        if case is None or why:
            left.append(Left(one.id, why))
        else:
            free[one.id] = case
    return free, left


def _close(
    tx: Tx, free: _Found, now: datetime, *, by: Person, outcome: CaseOutcome, reason: str, wrongly: bool = False
) -> None:
    words: list[int | None] = [None] * len(free)
    digest = ""
    if reason and free:
        said, digest = rows.say_each(tx, keys(), reason, len(free), by=by.id, at=now)
        words = [*said]
    values = {"state": CaseState.CLOSED, "outcome": outcome, "closed_at": now, "closed_by": by.id, "wrongly": wrongly}
    changed = [(case, {**values, "close_reason_id": one}) for case, one in zip(free.values(), words, strict=True)]
    cases.change_all(tx, changed)
    rows.release(tx, list(free))
    if outcome is CaseOutcome.SPAM:
        joined = [int(one) for stands in undoable.cases_stand(tx, list(free)).values() for one in stands["spam"]]
        rows.mark(tx, joined, spam=True)
    more = {"wrongly": True} if wrongly else {}
    _log(tx, f"case.{outcome.value}", "case", list(free), by, now, reason=digest, **more)


def _claim(tx: Tx, free: _Found, now: datetime, *, by: Person) -> None:
    had = rows.claims_of(tx, list(free), now)
    rows.claim(tx, list(free), by.id, now, now + CLAIM_LASTS)
    _log(tx, "case.claimed", "case", [one for one in free if one not in had], by, now)


def _snooze(tx: Tx, free: _Found, now: datetime, *, by: Person, until: datetime) -> None:
    cases.change_all(tx, [(case, {}) for case in free.values()])
    rows.release(tx, list(free))
    rows.snooze(tx, list(free), until, by=by.id, at=now)
    _log(tx, "case.snoozed", "case", list(free), by, now, until=until.isoformat())


def _log(tx: Tx, action: str, subject: str, ids: Sequence[int], by: Person, now: datetime, **data: object) -> None:
    audit.record_many(tx, [audit.New(action, subject, one, data) for one in ids], by=by.id, at=now)


# --- comments without a case ------------------------------------------------------------------------------------------


def look_over(store: Store, by: Person, seen: Sequence[Seen], found: str) -> Outcome:
    """Says of comments without a case that they need nobody: all are calm, spam, or no spam."""
    if found not in snoozing.FOUND:
        raise BadInput(_("This cannot be said of comments here. Load the page again."))
    chosen = _chosen(by, seen)
    token, now = secrets.token_hex(8), clock.now()
    done: list[int] = []
    left: list[Left] = []
    for part in parts(chosen, {}):
        with store.write() as tx:
            require(by, Permission.TRIAGE)
            others = _not_to_look_over(tx, part)
            free = {one.id: one.version for one in part if one.id not in others}
            former = undoable.comments_stand(tx, list(free))
            rows.look_over(tx, free, found, by=by.id, at=now)
            if found != "calm":
                rows.mark(tx, list(free), spam=found == "spam")
            _log(tx, "comment.looked_over", "comment", list(free), by, now, found=found)
            after = undoable.comments_stand(tx, list(free))
            undo.remember_several(tx, by, token, undo.LOOKED_OVER, former, after, now)
        done += free
        left += [Left(one, why) for one, why in others.items()]
    return Outcome(tuple(done), tuple(left))


def _not_to_look_over(tx: Tx, part: Sequence[Seen]) -> dict[int, str]:
    """Why some comments of a part are left."""
    ids = [one.id for one in part]
    there, taken = rows.comments_by_id(tx, ids), cases.cases_of_comments(tx, ids)
    looked = rows.looked_over_by_anybody(tx, {one.id: one.version for one in part})
    found = {}
    for one in part:
        comment = there.get(one.id)
        if comment is None or comment.erased_at:
            found[one.id] = _("It is no longer here.")
        elif comment.revision != one.version:
            found[one.id] = _("It was edited since you chose it. Read it again.")
        elif one.id in taken:
            found[one.id] = _("A case was made of it since.")
        elif one.id in looked:
            found[one.id] = _("Somebody has looked at it before you.")
    return found
