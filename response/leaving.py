"""Somebody leaves: what they hold goes to named people, and their access ends, in one change.

Held are cases that they have, responses of theirs that are under way, decisions and answers that wait for them, tasks,
and that they stand in for others.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from access import people as joining
from access.loosening import lent
from access.permissions import Permission, may, require
from model import clock
from model.errors import BadInput, Conflict, NotFound
from model.language import _, sense
from model.person import Person
from response import approvals, cases, handing_on
from response.notices import HANDED_ON, QUESTION, TAKEN, TASK, About, about, notify
from response.standins import where
from response.text import typed
from response.workflow import Outcome
from store import absences, audit, deputies, people, presence, responses, tasks
from store import cases as case_rows
from store.db import Store, Tx
from store.keys import keys


class Kind(StrEnum):
    """What can be held."""

    CASE = "case"
    RESPONSE = "response"
    DECISION = "decision"
    QUESTION = "question"
    TASK = "task"
    DEPUTY = "deputy"


FREE = frozenset({Kind.CASE, Kind.DECISION, Kind.DEPUTY})
"""What needs nobody named: the case is free for everybody, the others of the level are asked, nobody stands in."""


@dataclass(frozen=True, slots=True)
class Held:
    """One thing that somebody holds. `id` is of the case, response, submission, question or task, or of the person who
    is stood in for; `shown` is the number by which people know it; `able` are those who can take it."""

    kind: Kind
    id: int
    shown: int
    able: tuple[int, ...]

    @property
    def key(self) -> str:
        return f"{self.kind.value} {self.id}"


def holdings(tx: Tx, person_id: int, now: datetime) -> list[Held]:
    """Everything that a person holds, by kind; who can take each."""
    team = [one for one in people.everybody(tx) if one.id != person_id]
    writes = tuple(one.id for one in team if may(one, Permission.TRIAGE))
    decides = tuple(one.id for one in team if may(one, Permission.DECIDE))
    found = [Held(Kind.CASE, one.case_id, one.case_id, writes) for one in case_rows.claims_of(tx, person_id, now)]
    found += [Held(Kind.RESPONSE, one.id, one.id, writes) for one in responses.of_author(tx, person_id)]
    for one in responses.waiting_for(tx, person_id, 200):
        submission = responses.submission(tx, one.submission_id)
        able = handing_on.could_take(tx, submission, one.step, person_id) if submission else frozenset()
        found.append(Held(Kind.DECISION, one.submission_id, one.response_id, tuple(sorted(able))))
    found += [Held(Kind.QUESTION, one.id, one.case_id, decides) for one in case_rows.asked_of(tx, person_id)]
    found += [Held(Kind.TASK, one.id, one.case_id, writes) for one in tasks.of_person(tx, person_id)]
    for principal in deputies.principals(tx, person_id):
        person = people.get(tx, principal)
        fit = [one.id for one in team if one.id in decides and person and not lent(person, one)]
        found.append(Held(Kind.DEPUTY, principal, principal, tuple(one for one in fit if one != principal)))
    return found


def leave(store: Store, by: Person, person_id: int, reason: str, goes_to: Mapping[str, int | None]) -> None:
    """Hands everything that a person holds to those named in `goes_to`, by `Held.key`, and ends the person's access.

    One change: all of it or nothing. Raises Conflict where the person came to hold something else meanwhile, BadInput
    where somebody is named who cannot take it, or nobody where somebody has to be, or where something is handed over
    without a reason.
    """
    require(by, Permission.PEOPLE)
    why = typed(reason, sense("what somebody has to write", "a reason")) if reason.strip() or goes_to else ""
    now = clock.now()
    with store.write() as tx:
        person = people.get(tx, person_id)
        if person is None:
            raise NotFound(_("There is no such person."))
        held = holdings(tx, person_id, now)
        if any(one.key not in goes_to for one in held):
            raise Conflict(
                _(
                    "{name} came to hold something else meanwhile. Look at the list again; nothing was changed.",
                    name=person.name,
                )
            )
        words_id, digest = audit.say(tx, keys(), "reason", why, by=by.id, at=now) if why else (0, "")
        for one in held:
            to = goes_to[one.key]
            if to is None and one.able and one.kind not in FREE:
                raise BadInput(_("Name somebody for everything that has to go to somebody."))
            if to is not None and to not in one.able:
                raise BadInput(_("Somebody is named who cannot take this. Load the page again."))
            if to is not None or one.kind in FREE:
                _HANDS[one.kind](tx, _Hand(by.id, person_id, to, words_id, now), one)
        for away in absences.coming(tx, now, person_id):
            absences.end(tx, away.id, now)
        joining.let_out(tx, by, person_id, now)
        audit.record(
            tx, "person.left", "person", person_id, by=by.id, at=now, reason=digest, held=[one.key for one in held]
        )
        for one in held:
            if one.kind is Kind.DECISION and responses.is_live(tx, one.id):
                approvals.advance(tx, one.id, now)


@dataclass(frozen=True, slots=True)
class _Hand:
    """Who hands what of whom to whom, why and when."""

    by: int
    holder: int
    to: int | None
    words_id: int
    now: datetime


def _case(tx: Tx, hand: _Hand, one: Held) -> None:
    claim = case_rows.claim_of(tx, one.id, hand.now)
    if claim is None or claim.person_id != hand.holder:
        return
    if hand.to is None:
        case_rows.release(tx, one.id, hand.holder)
        audit.record(tx, "case.released", "case", one.id, by=hand.by, at=hand.now, holder=hand.holder)
        return
    until = hand.now + cases.CLAIM_LASTS
    presence.give(tx, one.id, hand.holder, claim.since, hand.to, hand.now, until)
    event = audit.record(
        tx, "case.handed_over", "case", one.id, by=hand.by, at=hand.now, person=hand.to, holder=hand.holder
    )
    notify(tx, TAKEN, {hand.to}, About("handover", event, case_id=one.id), hand.now)


def _response(tx: Tx, hand: _Hand, one: Held) -> None:
    """Who has written a part of it stays one who has; the other is told of what becomes of it from here on."""
    assert hand.to is not None
    response = responses.get(tx, one.id)
    assert response is not None
    responses.change(tx, one.id, response.version, author_id=hand.to)
    event = audit.record(
        tx, "response.handed_over", "response", one.id, by=hand.by, at=hand.now, person=hand.to, holder=hand.holder
    )
    notify(tx, TAKEN, {hand.to}, About("handover", event, response_id=one.id, case_id=response.case_id), hand.now)


def _decision(tx: Tx, hand: _Hand, one: Held) -> None:
    submission = responses.submission(tx, one.id)
    if hand.to is None or submission is None:
        return
    now_at = where(tx, submission, responses.decisions_of(tx, one.id))
    if now_at.outcome is not Outcome.WAITING or hand.holder not in now_at.asked:
        return
    handing_on.hand_to(tx, submission, now_at.step, hand.holder, hand.to, hand.words_id, hand.now)
    level = submission.steps[now_at.step].level
    data = {"submission": one.id, "level": level, "to": hand.to, "holder": hand.holder}
    audit.record(tx, "decision.handed_on", "response", submission.response_id, by=hand.by, at=hand.now, **data)
    notify(tx, HANDED_ON, {hand.to}, about(submission), hand.now)


def _question(tx: Tx, hand: _Hand, one: Held) -> None:
    assert hand.to is not None
    if case_rows.put_to(tx, one.id, hand.holder, hand.to):
        data = {"person": hand.to, "holder": hand.holder}
        audit.record(tx, "case.question_handed_over", "case", one.shown, by=hand.by, at=hand.now, **data)
        notify(tx, QUESTION, {hand.to}, About("question", one.id, case_id=one.shown), hand.now)


def _task(tx: Tx, hand: _Hand, one: Held) -> None:
    assert hand.to is not None
    tasks.change(tx, one.id, person_id=hand.to)
    data = {"task": one.id, "person": hand.to, "holder": hand.holder}
    audit.record(tx, "case.task_given", "case", one.shown, by=hand.by, at=hand.now, **data)
    notify(tx, TASK, {hand.to}, About("task", one.id, case_id=one.shown), hand.now)


def _deputy(tx: Tx, hand: _Hand, one: Held) -> None:
    deputies.put(tx, one.id, hand.to)
    audit.record(tx, "person.deputy", "person", one.id, by=hand.by, at=hand.now, deputy=hand.to)


_HANDS: dict[Kind, Callable[[Tx, _Hand, Held], None]] = {
    Kind.CASE: _case,
    Kind.RESPONSE: _response,
    Kind.DECISION: _decision,
    Kind.QUESTION: _question,
    Kind.TASK: _task,
    Kind.DEPUTY: _deputy,
}
