"""Cases: opened by what the assessment flagged or by a person, claimed, escalated, dismissed, opened again.

Functions whose first argument is a transaction are part of somebody else's change; those that take the store and a
person are one change each, with its permission check and its audit event.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from access.permissions import Permission, may, require
from model import clock
from model.assessment import Assessment, Reason
from model.errors import BadInput, Conflict, NotFound
from model.language import _, later, sense
from model.person import Person
from model.settings import settings
from model.words import Action, CaseOutcome, CaseState, ResponseState, Severity
from response import approvals, policies, policy, safety, undo
from response.notices import ANSWERED, QUESTION, About, notify
from response.putting_back import ANSWER
from response.states import STATE
from response.text import at_moment, typed
from store import audit, cases, comments, deciders, people, responses, several
from store.cases import Case
from store.db import Store, Tx
from store.keys import keys
from store.responses import Response

CLAIM_LASTS = timedelta(minutes=30)
_SAYS_NOTHING = ("negative", "degraded", "learnt")
_RULE_MOST = 80
_IN_FLIGHT = (ResponseState.WAITING, ResponseState.APPROVED, ResponseState.HELD)
_GROWS = ("severity", "matters", "lead_comment_id", "due_at")
"""What of a case decides how a comment that joins it changes it."""


@dataclass(frozen=True, slots=True)
class Flagged:
    """A comment that a person should look at: its thread, its revision, and what the assessment says."""

    comment_id: int
    thread_id: int
    revision: int
    assessment: Assessment


def _strongest(assessment: Assessment) -> Reason | None:
    concern = [reason for reason in assessment.reasons if not reason.rule.startswith("spam:")]
    return max(concern, key=lambda reason: reason.share, default=None)


def headline(assessment: Assessment) -> str:
    """The strongest reason in words, in English as the row keeps it."""
    strongest = _strongest(assessment)
    return strongest.label if strongest else later("Needs a look")


def about(assessment: Assessment) -> str:
    """The rule of the strongest reason; empty where that is of the tone alone, or of a signal that failed: such texts
    need not say the same."""
    strongest = _strongest(assessment)
    return strongest.rule[:_RULE_MOST] if strongest and strongest.rule not in _SAYS_NOTHING else ""


def take_flagged(tx: Tx, flagged: Flagged, now: datetime) -> int | None:
    """Opens a case for a flagged comment, or lets it join the open one of its thread. Returns the case's id.

    None when this very revision already belonged to a case: the same comment comes back only with a new reason.
    """
    return take_all(tx, [flagged], now)[0]


def take_all(tx: Tx, flagged: Sequence[Flagged], now: datetime) -> list[int | None]:
    """The same for the flagged comments of a whole read, in their order, with a few statements for all of them."""
    seen = cases.seen(tx, [one.comment_id for one in flagged])
    fresh: list[Flagged] = []
    for one in flagged:
        if (one.comment_id, one.revision) not in seen:
            seen.add((one.comment_id, one.revision))
            fresh.append(one)
    placed = dict(zip(map(id, fresh), _place(tx, fresh, now, by=None), strict=True))
    return [placed.get(id(one)) for one in flagged]


def take_second(tx: Tx, flagged: Sequence[Flagged], now: datetime) -> None:
    """The same for what a second look flags. Where a comment belongs to an open case already, that case rises with what
    the second look says; none is lowered, closed or opened again by it."""
    seen = cases.seen(tx, [one.comment_id for one in flagged])
    _place(tx, [one for one in flagged if (one.comment_id, one.revision) not in seen], now, by=None, second=True)
    known = [one for one in flagged if (one.comment_id, one.revision) in seen]
    there = cases.open_of_threads(tx, list({one.thread_id for one in known}))
    mine = cases.cases_of_comments(tx, [one.comment_id for one in known])
    due = policies.in_force(tx).policy.due
    changes: dict[int, dict[str, Any]] = {}
    events, found = [], []
    for one in known:
        case = there.get(one.thread_id)
        if case is None or mine.get(one.comment_id) != case.id:
            continue
        stands = {name: getattr(case, name) for name in _GROWS} | changes.get(case.id, {})
        graver = one.assessment.severity > stands["severity"]
        if graver or not {*one.assessment.matters} <= {*stands["matters"]}:
            changes.setdefault(case.id, {}).update(_joining(stands, one, now, due))
            events.append(audit.New("case.graver", "case", case.id, _said(one, one.assessment.severity, second=True)))
        found.append((case.id, one.comment_id, one.revision, one.assessment.matters))
    cases.change_all(tx, [(case, changes[case.id]) for case in there.values() if case.id in changes])
    audit.record_many(tx, events, by=None, at=now)
    safety.tell(tx, found, now)


def _place(
    tx: Tx,
    flagged: Sequence[Flagged],
    now: datetime,
    *,
    by: int | None,
    severity: Severity | None = None,
    second: bool = False,
) -> list[int]:
    """Puts comments into the open cases of their threads, and opens cases where there are none; returns the case of
    each. `severity` is what a person says of a case that is opened; `second`: a second look has flagged them."""
    if not flagged:
        return []
    threads = list({one.thread_id for one in flagged})
    there = cases.open_of_threads(tx, threads)
    before = cases.newest_of_threads(tx, [thread for thread in threads if thread not in there])
    due = policies.in_force(tx).policy.due
    opened: dict[int, dict[str, Any]] = {}
    joined: dict[int, dict[str, Any]] = {}
    did: list[bool] = []  # for each comment whether it opened a case
    for one in flagged:
        did.append(one.thread_id not in there and one.thread_id not in opened)
        if did[-1]:
            opened[one.thread_id] = _opening(one, now, by, severity, due, before.get(one.thread_id))
        elif one.thread_id in opened:
            opened[one.thread_id] |= _joining(opened[one.thread_id], one, now, due)
        else:
            case = there[one.thread_id]
            changes = joined.setdefault(one.thread_id, {})
            stands = {name: getattr(case, name) for name in _GROWS} | changes
            changes |= _joining(stands, one, now, due)
    ids = {thread: case.id for thread, case in there.items()} | cases.add_all(tx, list(opened.values()))
    cases.change_all(tx, [(there[thread], changes) for thread, changes in joined.items()])
    placed = [ids[one.thread_id] for one in flagged]
    joins = {
        (case, one.comment_id, one.revision): about(one.assessment) for case, one in zip(placed, flagged, strict=True)
    }
    cases.join_all(tx, joins, now)
    events = [_event(one, case, opens, severity, second) for one, case, opens in zip(flagged, placed, did, strict=True)]
    audit.record_many(tx, events, by=by, at=now)
    found = [(case, o.comment_id, o.revision, o.assessment.matters) for case, o in zip(placed, flagged, strict=True)]
    safety.tell(tx, found, now)
    return placed


def _opening(
    flagged: Flagged,
    now: datetime,
    by: int | None,
    severity: Severity | None,
    due: Mapping[Severity, int],
    before: int | None,
) -> dict[str, Any]:
    """A case that a comment opens, as a row."""
    assessment = flagged.assessment
    severity = assessment.severity if severity is None else severity
    return {
        "thread_id": flagged.thread_id,
        "lead_comment_id": flagged.comment_id,
        "lead_revision": flagged.revision,
        "state": CaseState.OPEN,
        "severity": int(severity),
        "headline": headline(assessment) if by is None or assessment.flagged else later("Raised by a person"),
        "matters": list(assessment.matters),
        "opened_at": now,
        "due_at": now + timedelta(seconds=due[severity]),
        "opened_by": by,
        "previous_id": before,
        "version": 1,
    }


def _joining(case: Mapping[str, Any], flagged: Flagged, now: datetime, due: Mapping[Severity, int]) -> dict[str, Any]:
    """What changes in a case when a comment joins it."""
    assessment = flagged.assessment
    changes: dict[str, Any] = {"matters": sorted({*case["matters"], *assessment.matters})}
    if assessment.severity > case["severity"]:
        changes |= {
            "severity": int(assessment.severity),
            "lead_comment_id": flagged.comment_id,
            "lead_revision": flagged.revision,
            "headline": headline(assessment),
            "due_at": min(case["due_at"], now + timedelta(seconds=due[assessment.severity])),
        }
    elif flagged.comment_id == case["lead_comment_id"]:
        changes |= {"lead_revision": flagged.revision, "headline": headline(assessment)}
    return changes


def _event(flagged: Flagged, case_id: int, opens: bool, severity: Severity | None, second: bool) -> audit.New:
    if not opens:
        data = {"comment": flagged.comment_id, "revision": flagged.revision} | ({"second": True} if second else {})
        return audit.New("case.joined", "case", case_id, data)
    severity = flagged.assessment.severity if severity is None else severity
    return audit.New("case.opened", "case", case_id, _said(flagged, severity, second=second))


def _said(flagged: Flagged, severity: Severity, *, second: bool) -> dict[str, object]:
    """What an event says of a comment that raised a case: which, by what rules, how grave, and whether only a second
    look has found it."""
    rules = sorted({reason.rule for reason in flagged.assessment.reasons})
    said = {"comment": flagged.comment_id, "rules": rules, "severity": int(severity)}
    return said | {"second": True} if second else said


def raise_case(store: Store, by: Person, comment_id: int) -> int:
    """Makes a case of a comment that nothing flagged, or joins it to the open one of its thread; returns its id."""
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        undo.nothing_to_undo(tx, by)
        return raised(tx, by, comment_id, now)


def raised(tx: Tx, by: Person, comment_id: int, now: datetime) -> int:
    """The same within another change."""
    require(by, Permission.TRIAGE)
    comment = comments.get(tx, comment_id)
    if comment is None:
        raise NotFound(_("This comment is no longer here."))
    assessment = comments.assessment(tx, comment_id, comment.revision)
    if assessment is None:
        raise NotFound(_("This comment has not been assessed yet. Try again in a moment."))
    flagged = Flagged(comment_id, comment.thread_id, comment.revision, assessment)
    case = cases.open_of_thread(tx, comment.thread_id)
    if case is not None and comment_id in cases.comment_ids(tx, case.id):
        return case.id
    return _place(tx, [flagged], now, by=by.id, severity=max(assessment.severity, Severity.LOW))[0]


def claim(store: Store, by: Person, case_id: int) -> datetime:
    """Takes a case for half an hour, or prolongs one's own claim; returns when it ends.

    Raises Conflict with the name of whoever has it.
    """
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        open_case(tx, case_id)
        with undo.remembering(tx, by, undo.CLAIMED, case_id, now):
            return hold(tx, by, case_id, now)


def hold(tx: Tx, by: Person, case_id: int, now: datetime) -> datetime:
    """The same within another change: whoever works on a case has it."""
    had = cases.claim_of(tx, case_id, now)
    until = now + CLAIM_LASTS
    if not cases.claim(tx, case_id, by.id, now, until):
        other = cases.claim_of(tx, case_id, now)
        name, ends = (other.name, other.expires_at) if other else (_("Somebody else"), until)
        raise Conflict(
            _(
                "{name} is on it until {until}. You can read it, but not change it.",
                name=name,
                until=at_moment(ends),
            )
        )
    if had is None:
        audit.record(tx, "case.claimed", "case", case_id, by=by.id, at=now)
    return until


def release(store: Store, by: Person, case_id: int) -> None:
    """Gives a case back to everybody."""
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        _case(tx, case_id)
        with undo.remembering(tx, by, undo.RELEASED, case_id, now):
            if cases.release(tx, case_id, by.id):
                audit.record(tx, "case.released", "case", case_id, by=by.id, at=now)


def dismiss(
    store: Store, by: Person, case_id: int, seen_version: int, reason: str, *, wrongly_raised: bool = False
) -> None:
    """Closes a case that needs no answer; the reason says why. It can be opened again.

    `wrongly_raised`: nobody should have been troubled with it. Of all dismissals this alone says that the assessment
    was wrong.
    """
    why = typed(reason, sense("what somebody has to write", "a reason"))
    _close(store, by, case_id, seen_version, CaseOutcome.DISMISSED, why, wrongly=wrongly_raised)


def mark_spam(store: Store, by: Person, case_id: int, seen_version: int) -> None:
    """Closes a case as spam, and marks its comments so."""
    _close(store, by, case_id, seen_version, CaseOutcome.SPAM, "")


def _close(
    store: Store,
    by: Person,
    case_id: int,
    seen_version: int,
    outcome: CaseOutcome,
    reason: str,
    *,
    wrongly: bool = False,
) -> None:
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        open_case(tx, case_id)
        with undo.remembering(tx, by, outcome.value, case_id, now):
            hold(tx, by, case_id, now)
            live = responses.live_of_case(tx, case_id)
            if live and live.state in _IN_FLIGHT:
                raise Conflict(_("A reply of this case is on its way. Take it back first, then close the case."))
            words_id, digest = audit.say(tx, keys(), "reason", reason, by=by.id, at=now) if reason else (None, "")
            close(tx, case_id, seen_version, outcome, now, by=by.id, words_id=words_id, wrongly=wrongly)
            if outcome is CaseOutcome.SPAM:
                several.mark(tx, cases.comment_ids(tx, case_id), spam=True)
            more = {"wrongly": True} if wrongly else {}
            audit.record(tx, f"case.{outcome.value}", "case", case_id, by=by.id, at=now, reason=digest, **more)


def close(
    tx: Tx,
    case_id: int,
    seen_version: int,
    outcome: CaseOutcome,
    now: datetime,
    *,
    by: int | None,
    words_id: int | None = None,
    wrongly: bool = False,
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
        wrongly=wrongly,
    )
    cases.release(tx, case_id)


def close_undone(tx: Tx, case_id: int, now: datetime, *, by: int) -> None:
    """Closes a case whose comments all came with an upload that is undone, within that change."""
    case = _case(tx, case_id)
    close(tx, case_id, case.version, CaseOutcome.UPLOAD_UNDONE, now, by=by)
    audit.record(tx, "case.upload_undone", "case", case_id, by=by, at=now)


def left(tx: Tx, case_id: int, leaving: Sequence[tuple[int, int]], now: datetime, *, by: int) -> None:
    """Comments (id and revision) leave a case that holds others; it is then what the others make it."""
    case = _case(tx, case_id)
    for comment_id, revision in leaving:
        cases.leave(tx, case_id, comment_id, revision)
    said = comments.assessments_of(tx, cases.comment_ids(tx, case_id))
    changes: dict[str, object] = {}
    if said:
        lead = max(said, key=lambda one: (said[one].severity, -one))
        found = comments.get(tx, lead)
        assert found is not None
        changes = {
            "lead_comment_id": lead,
            "lead_revision": found.revision,
            "severity": int(max(said[lead].severity, Severity.LOW)),
            "headline": headline(said[lead]),
            "matters": sorted({matter for one in said.values() for matter in one.matters}),
        }
    cases.change(tx, case_id, case.version, **changes)
    audit.record(tx, "case.left", "case", case_id, by=by, at=now, comments=[comment_id for comment_id, _ in leaving])


def reopen(store: Store, by: Person, case_id: int) -> None:
    """Opens a closed case again, as it was: its severity, its due time and its place in the queue."""
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        case = _case(tx, case_id)
        if case.state == CaseState.OPEN:
            return
        if cases.open_of_thread(tx, case.thread_id):
            raise Conflict(_("Another case of this thread is open by now. Work there; it shows what was decided here."))
        with undo.remembering(tx, by, undo.REOPENED, case_id, now):
            if case.close_reason_id is not None:
                cases.keep_reason(tx, case_id, case.close_reason_id)
            cases.change(
                tx,
                case_id,
                case.version,
                state=CaseState.OPEN,
                outcome="",
                closed_at=None,
                closed_by=None,
                close_reason_id=None,
                wrongly=False,
            )
            if case.outcome == CaseOutcome.SPAM:
                joined = cases.comment_ids(tx, case_id)
                judged = comments.suspected_spam(tx, joined)
                several.mark(tx, sorted(judged), spam=True)
                several.mark(tx, [one for one in joined if one not in judged], spam=False)
            audit.record(tx, "case.reopened", "case", case_id, by=by.id, at=now)


def escalate(
    store: Store, by: Person, case_id: int, text: str, *, to_person: int | None = None, to_level: int | None = None
) -> tuple[Action, ...]:
    """Puts a question to a person, or adds a level (1-5) to the route of every response of the case.

    The author of a response cannot take the level off again. Exactly one of the two is given. Returns what the
    responses do that cannot be stopped any more, and so go on without the level.
    """
    require(by, Permission.TRIAGE)
    question = typed(text, sense("what somebody has to write", "a question or a reason"))
    if (to_person is None) == (to_level is None):
        raise BadInput(_("Choose a person or a level to escalate to."))
    if to_level is not None and to_level not in range(1, 6):
        raise BadInput(_("A level is a number from 1 to 5."))
    now = clock.now()
    with store.write() as tx:
        open_case(tx, case_id)
        asked = people.get(tx, to_person) if to_person is not None else None
        if to_person is not None and (asked is None or not may(asked, Permission.DECIDE)):
            raise BadInput(_("This person cannot answer here. Choose an approver or an expert."))
        # A level that something on its way has gained stays: others may be deciding by it already.
        stays = to_level is not None and any(one.state in _IN_FLIGHT for one in responses.live_in_case(tx, case_id))
        with undo.remembering(tx, by, undo.ESCALATED, case_id, now, can=not stays):
            passed_over = _gain_level(tx, case_id, to_level, by, now) if to_level is not None else []
            words_id, digest = audit.say(tx, keys(), "question", question, by=by.id, at=now)
            escalation_id = cases.escalate(
                tx, case_id=case_id, by=by.id, to_person_id=to_person, to_level=to_level, words_id=words_id, at=now
            )
            if to_person is not None:
                soon = settings().final_at(now)
                notify(tx, QUESTION, {to_person}, About("question", escalation_id, case_id=case_id), now, after=soon)
            audit.record(
                tx,
                "case.escalated",
                "case",
                case_id,
                by=by.id,
                at=now,
                person=to_person,
                level=to_level,
                question=digest,
                passed_over=[one.id for one in passed_over],
            )
    return tuple(one.action for one in passed_over)


def _gain_level(tx: Tx, case_id: int, level: int, by: Person, now: datetime) -> list[Response]:
    """What is in flight gains a level; returns those that cannot be stopped, which stay as they are."""
    step = policy.escalated_step(policies.in_force(tx).policy, level)
    passed_over = []
    for live in responses.live_in_case(tx, case_id):
        if live.state not in _IN_FLIGHT:
            continue
        try:
            with tx.begin_nested():  # of a response with several targets some may have been stopped before
                approvals.gain_level(tx, live, step, policy.escalated_says(level), by.id, now)
        except approvals.OnItsWay:
            passed_over.append(live)
    return passed_over


def answer(store: Store, by: Person, escalation_id: int, text: str) -> None:
    """Answers a question that was put to this person; once. Whoever asked is told, and reads it, when the seconds to
    undo it are over."""
    require(by, Permission.DECIDE)
    reply = typed(text, sense("what somebody has to write", "an answer"))
    now = clock.now()
    with store.write() as tx:
        words_id, digest = audit.say(tx, keys(), "answer", reply, by=by.id, at=now)
        question = cases.answer(tx, escalation_id, by.id, words_id, now)
        if question is None:
            raise Conflict(_("This question is not open to you (any more)."))
        case_id = question.case_id
        since = {"question": escalation_id, "words": words_id}
        undo.remember(tx, by, undo.ANSWERED, ANSWER, case_id, now, former={}, after=since)
        soon = settings().final_at(now)
        notify(tx, ANSWERED, {question.by}, About("answer", escalation_id, case_id=case_id), now, after=soon)
        audit.record(tx, "case.question_answered", "case", case_id, by=by.id, at=now, answer=digest)


def _case(tx: Tx, case_id: int) -> Case:
    case = cases.get(tx, case_id)
    if case is None:
        raise NotFound(_("There is no such case."))
    return case


def open_case(tx: Tx, case_id: int) -> Case:
    """A case that is open, within another change. Raises NotFound, or Conflict with who closed it and when."""
    case = _case(tx, case_id)
    if case.state != CaseState.OPEN:
        who = deciders.names(tx).get(case.closed_by or 0, "Levelhead")
        raise Conflict(
            _(
                "{who} closed this case as '{how}' at {at}. Reopen it to go on.",
                who=who,
                how=STATE.get(case.outcome or "", str(case.outcome)),
                at=at_moment(case.closed_at),
            )
        )
    return case
