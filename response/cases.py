"""Cases: opened by what the assessment flagged or by a person, claimed, escalated, dismissed, opened again.

Functions whose first argument is a transaction are part of somebody else's change; those that take the store and a
person are one change each, with its permission check and its audit event.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from access.permissions import Permission, may, require
from model.assessment import Assessment
from model.errors import BadInput, Conflict, NotFound
from model.person import Person
from model.words import CaseOutcome, CaseState, ResponseState, Severity
from response import approvals, policies, policy
from response.text import clock, typed
from store import audit, cases, comments, deciders, people, responses
from store.cases import Case
from store.db import Store, Tx
from store.keys import keys

CLAIM_LASTS = timedelta(minutes=30)
_IN_FLIGHT = (ResponseState.WAITING, ResponseState.APPROVED, ResponseState.HELD)


@dataclass(frozen=True, slots=True)
class Flagged:
    """A comment that a person should look at: its thread, its revision, and what the assessment says."""

    comment_id: int
    thread_id: int
    revision: int
    assessment: Assessment


def headline(assessment: Assessment) -> str:
    """The strongest reason in words."""
    concern = [reason for reason in assessment.reasons if not reason.rule.startswith("spam:")]
    strongest = max(concern, key=lambda reason: reason.share, default=None)
    return strongest.label if strongest else "Needs a look"


def take_flagged(tx: Tx, flagged: Flagged, now: datetime) -> int | None:
    """Opens a case for a flagged comment, or lets it join the open one of its thread. Returns the case's id.

    None when this very revision already belonged to a case: the same comment comes back only with a new reason.
    """
    if cases.seen_before(tx, flagged.comment_id, flagged.revision):
        return None
    case = cases.open_of_thread(tx, flagged.thread_id)
    if case is None:
        return _open(tx, flagged, now, by=None)
    _join(tx, case, flagged, now, by=None)
    return case.id


def _open(tx: Tx, flagged: Flagged, now: datetime, *, by: int | None, severity: Severity | None = None) -> int:
    assessment = flagged.assessment
    severity = assessment.severity if severity is None else severity
    before = cases.latest_of_thread(tx, flagged.thread_id)
    case_id = cases.add(
        tx,
        thread_id=flagged.thread_id,
        lead_comment_id=flagged.comment_id,
        lead_revision=flagged.revision,
        state=CaseState.OPEN,
        severity=int(severity),
        headline=headline(assessment) if by is None or assessment.flagged else "Raised by a person",
        matters=list(assessment.matters),
        opened_at=now,
        due_at=now + _due(tx, severity),
        opened_by=by,
        previous_id=before.id if before else None,
        version=1,
    )
    cases.join(tx, case_id, flagged.comment_id, flagged.revision, now)
    rules = sorted({reason.rule for reason in assessment.reasons})
    audit.record(
        tx,
        "case.opened",
        "case",
        case_id,
        by=by,
        at=now,
        comment=flagged.comment_id,
        rules=rules,
        severity=int(severity),
    )
    return case_id


def _join(tx: Tx, case: Case, flagged: Flagged, now: datetime, *, by: int | None) -> None:
    cases.join(tx, case.id, flagged.comment_id, flagged.revision, now)
    assessment = flagged.assessment
    changes: dict[str, object] = {"matters": sorted({*case.matters, *assessment.matters})}
    if assessment.severity > case.severity:
        changes |= {
            "severity": int(assessment.severity),
            "lead_comment_id": flagged.comment_id,
            "lead_revision": flagged.revision,
            "headline": headline(assessment),
            "due_at": min(case.due_at, now + _due(tx, assessment.severity)),
        }
    elif flagged.comment_id == case.lead_comment_id:
        changes |= {"lead_revision": flagged.revision, "headline": headline(assessment)}
    cases.change(tx, case.id, case.version, **changes)
    audit.record(
        tx, "case.joined", "case", case.id, by=by, at=now, comment=flagged.comment_id, revision=flagged.revision
    )


def _due(tx: Tx, severity: Severity | int) -> timedelta:
    return timedelta(seconds=policies.in_force(tx).policy.due[Severity(severity)])


def raise_case(store: Store, by: Person, comment_id: int) -> int:
    """Makes a case of a comment that nothing flagged, or joins it to the open one of its thread; returns its id."""
    require(by, Permission.TRIAGE)
    now = datetime.now(UTC)
    with store.write() as tx:
        comment = comments.get(tx, comment_id)
        if comment is None:
            raise NotFound("This comment is no longer here.")
        assessment = comments.assessment(tx, comment_id, comment.revision)
        if assessment is None:
            raise NotFound("This comment has not been assessed yet. Try again in a moment.")
        flagged = Flagged(comment_id, comment.thread_id, comment.revision, assessment)
        case = cases.open_of_thread(tx, comment.thread_id)
        if case is None:
            return _open(tx, flagged, now, by=by.id, severity=max(assessment.severity, Severity.LOW))
        if comment_id not in cases.comment_ids(tx, case.id):
            _join(tx, case, flagged, now, by=by.id)
        return case.id


def claim(store: Store, by: Person, case_id: int) -> datetime:
    """Takes a case for half an hour, or prolongs one's own claim; returns when it ends.

    Raises Conflict with the name of whoever has it.
    """
    require(by, Permission.TRIAGE)
    now = datetime.now(UTC)
    with store.write() as tx:
        open_case(tx, case_id)
        return hold(tx, by, case_id, now)


def hold(tx: Tx, by: Person, case_id: int, now: datetime) -> datetime:
    """The same within another change: whoever works on a case has it."""
    had = cases.claim_of(tx, case_id, now)
    until = now + CLAIM_LASTS
    if not cases.claim(tx, case_id, by.id, now, until):
        other = cases.claim_of(tx, case_id, now)
        name, ends = (other.name, other.expires_at) if other else ("Somebody else", until)
        raise Conflict(f"{name} is on it until {clock(ends)}. You can read it, but not change it.")
    if had is None:
        audit.record(tx, "case.claimed", "case", case_id, by=by.id, at=now)
    return until


def release(store: Store, by: Person, case_id: int) -> None:
    """Gives a case back to everybody."""
    require(by, Permission.TRIAGE)
    with store.write() as tx:
        if cases.release(tx, case_id, by.id):
            audit.record(tx, "case.released", "case", case_id, by=by.id)


def dismiss(store: Store, by: Person, case_id: int, seen_version: int, reason: str) -> None:
    """Closes a case that needs no answer; the reason says why. It can be opened again."""
    _close(store, by, case_id, seen_version, CaseOutcome.DISMISSED, typed(reason, "a reason"))


def mark_spam(store: Store, by: Person, case_id: int, seen_version: int) -> None:
    """Closes a case as spam, and marks its comments so."""
    _close(store, by, case_id, seen_version, CaseOutcome.SPAM, "")


def _close(store: Store, by: Person, case_id: int, seen_version: int, outcome: CaseOutcome, reason: str) -> None:
    require(by, Permission.TRIAGE)
    now = datetime.now(UTC)
    with store.write() as tx:
        open_case(tx, case_id)
        hold(tx, by, case_id, now)
        live = responses.live_of_case(tx, case_id)
        if live and live.state in _IN_FLIGHT:
            raise Conflict("A reply of this case is on its way. Take it back first, then close the case.")
        words_id, digest = audit.say(tx, keys(), "reason", reason, by=by.id, at=now) if reason else (None, "")
        close(tx, case_id, seen_version, outcome, now, by=by.id, words_id=words_id)
        if outcome is CaseOutcome.SPAM:
            for comment_id in cases.comment_ids(tx, case_id):
                comments.change(tx, comment_id, spam=True)
        audit.record(tx, f"case.{outcome.value}", "case", case_id, by=by.id, at=now, reason=digest)


def close(
    tx: Tx,
    case_id: int,
    seen_version: int,
    outcome: CaseOutcome,
    now: datetime,
    *,
    by: int | None,
    words_id: int | None = None,
) -> None:
    """Closes a case within another change. Raises Conflict when it changed since it was seen."""
    cases.change(
        tx,
        case_id,
        seen_version,
        state=CaseState.CLOSED,
        outcome=outcome,
        closed_at=now,
        closed_by=by,
        close_reason_id=words_id,
    )
    cases.release(tx, case_id)


def reopen(store: Store, by: Person, case_id: int) -> None:
    """Opens a closed case again, as it was: its severity, its due time and its place in the queue."""
    require(by, Permission.TRIAGE)
    now = datetime.now(UTC)
    with store.write() as tx:
        case = _case(tx, case_id)
        if case.state == CaseState.OPEN:
            return
        if cases.open_of_thread(tx, case.thread_id):
            raise Conflict("Another case of this thread is open by now. Work there; it shows what was decided here.")
        cases.change(
            tx,
            case_id,
            case.version,
            state=CaseState.OPEN,
            outcome="",
            closed_at=None,
            closed_by=None,
            close_reason_id=None,
        )
        if case.outcome == CaseOutcome.SPAM:
            for comment_id in cases.comment_ids(tx, case_id):
                found = comments.get(tx, comment_id)
                judged = comments.assessment(tx, comment_id, found.revision) if found else None
                comments.change(tx, comment_id, spam=bool(judged and judged.suspected_spam))
        audit.record(tx, "case.reopened", "case", case_id, by=by.id, at=now)


def escalate(
    store: Store, by: Person, case_id: int, text: str, *, to_person: int | None = None, to_level: int | None = None
) -> None:
    """Puts a question to a person, or adds a level (1-5) to the route of every response of the case.

    The author of a response cannot take the level off again. Exactly one of the two is given.
    """
    require(by, Permission.TRIAGE)
    question = typed(text, "a question or a reason")
    if (to_person is None) == (to_level is None):
        raise BadInput("Choose a person or a level to escalate to.")
    if to_level is not None and to_level not in range(1, 6):
        raise BadInput("A level is a number from 1 to 5.")
    now = datetime.now(UTC)
    with store.write() as tx:
        open_case(tx, case_id)
        asked = people.get(tx, to_person) if to_person is not None else None
        if to_person is not None and (asked is None or not may(asked, Permission.DECIDE)):
            raise BadInput("This person cannot answer here. Choose an approver or an expert.")
        live = responses.live_of_case(tx, case_id)
        if to_level is not None and live and live.state in _IN_FLIGHT:
            step = policy.escalated_step(policies.in_force(tx).policy, to_level)
            approvals.gain_level(tx, live, step, policy.escalated_says(to_level), by.id, now)
        words_id, digest = audit.say(tx, keys(), "question", question, by=by.id, at=now)
        cases.escalate(
            tx, case_id=case_id, by=by.id, to_person_id=to_person, to_level=to_level, words_id=words_id, at=now
        )
        audit.record(
            tx, "case.escalated", "case", case_id, by=by.id, at=now, person=to_person, level=to_level, question=digest
        )


def answer(store: Store, by: Person, escalation_id: int, text: str) -> None:
    """Answers a question that was put to this person; once."""
    require(by, Permission.DECIDE)
    reply = typed(text, "an answer")
    now = datetime.now(UTC)
    with store.write() as tx:
        words_id, digest = audit.say(tx, keys(), "answer", reply, by=by.id, at=now)
        case_id = cases.answer(tx, escalation_id, by.id, words_id)
        if case_id is None:
            raise Conflict("This question is not open to you (any more).")
        audit.record(tx, "case.question_answered", "case", case_id, by=by.id, at=now, answer=digest)


def _case(tx: Tx, case_id: int) -> Case:
    case = cases.get(tx, case_id)
    if case is None:
        raise NotFound("There is no such case.")
    return case


def open_case(tx: Tx, case_id: int) -> Case:
    """A case that is open, within another change. Raises NotFound, or Conflict with who closed it and when."""
    case = _case(tx, case_id)
    if case.state != CaseState.OPEN:
        who = deciders.names(tx).get(case.closed_by or 0, "Levelhead")
        raise Conflict(f"{who} closed this case as '{case.outcome}' at {clock(case.closed_at)}. Reopen it to go on.")
    return case
