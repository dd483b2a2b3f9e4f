"""Decisions on a submission, level by level: made, undone, settled, and what follows from them."""

from datetime import UTC, datetime, timedelta

from access.permissions import Permission, require
from jobs import enqueue
from model.errors import Conflict, NotAllowed, NotFound
from model.person import Person
from model.route import Step
from model.settings import settings
from model.words import DecisionKind, PublicationState, ResponseState
from response.text import clock, typed
from response.workflow import Decided, Move, Outcome, Standing, after, standing
from store import audit, deciders, publications, responses, sources
from store.db import Store, Tx
from store.keys import keys
from store.responses import Decision, Response, Submission

_MOVES = {
    Outcome.APPROVED: Move.APPROVE,
    Outcome.CHANGES_REQUESTED: Move.RETURN,
    Outcome.REJECTED: Move.REJECT,
}
_NOT_GONE = (
    PublicationState.SCHEDULED,
    PublicationState.HELD,
    PublicationState.HAND_OFF,
    PublicationState.FAILED,
)
_DID = {
    DecisionKind.APPROVE: "approved",
    DecisionKind.REQUEST_CHANGES: "sent back",
    DecisionKind.REJECT: "rejected",
}


def decide(store: Store, by: Person, submission_id: int, kind: DecisionKind, reason: str, seen_hash: str) -> int:
    """Makes a decision on exactly the content whose hash was seen; returns its id.

    It passes on when the seconds to undo are over. A reject and a request for changes need a reason. Raises Conflict,
    which names the winner, when somebody else decided first; NotAllowed when this person is not asked at this step.
    """
    require(by, Permission.DECIDE)
    why = typed(reason, "a reason") if kind is not DecisionKind.APPROVE or reason.strip() else ""
    now = datetime.now(UTC)
    with store.write() as tx:
        submission = _live(tx, submission_id)
        if submission.content_hash != seen_hash:
            raise Conflict("This is not the version you read. Read the present one, then decide.")
        made = responses.decisions_of(tx, submission_id)
        now_at = _standing(tx, submission, made)
        # While a decision can be undone, no other level sees or decides anything.
        passed = _standing(tx, submission, [one for one in made if one.settled_at])
        if by.id not in now_at.asked or now_at.step != passed.step:
            raise _refusal(tx, by, submission, made, now_at)
        if kind is DecisionKind.APPROVE and now > submission.approval_until:
            raise Conflict("This has waited too long to be approved. Its author must send it again.")
        words_id, digest = audit.say(tx, keys(), "reason", why, by=by.id, at=now) if why else (None, "")
        due = now + timedelta(seconds=settings().undo_seconds)
        decision_id = responses.decide(
            tx,
            submission_id=submission_id,
            step=now_at.step,
            person_id=by.id,
            kind=kind,
            content_hash=seen_hash,
            words_id=words_id,
            at=now,
            due_at=due,
        )
        if decision_id is None:
            raise Conflict("You have already decided on this response.")
        audit.record(
            tx,
            f"decision.{kind.value.replace(' ', '_')}",
            "response",
            submission.response_id,
            by=by.id,
            at=now,
            submission=submission_id,
            decision=decision_id,
            level=submission.steps[now_at.step].level,
            content=seen_hash,
            reason=digest,
        )
        _ask(tx, submission, _standing(tx, submission, responses.decisions_of(tx, submission_id)), now_at.step, now)
        enqueue(tx, "settle", decision_id, f"settle:{decision_id}", due)
    return decision_id


def undo(store: Store, by: Person, decision_id: int) -> None:
    """Takes one's own decision back within its seconds; everything is as it was before."""
    require(by, Permission.DECIDE)
    now = datetime.now(UTC)
    with store.write() as tx:
        decision = responses.decision(tx, decision_id)
        if decision is None or not responses.undo(tx, decision_id, by.id, now):
            raise Conflict("The time to undo is over: the decision has passed on.")
        submission = _live(tx, decision.submission_id)
        left = responses.decisions_of(tx, submission.id)
        _ask(tx, submission, _standing(tx, submission, left), decision.step, now)
        audit.record(tx, "decision.undone", "response", submission.response_id, by=by.id, at=now, decision=decision_id)


def settle(store: Store, decision_id: int) -> None:
    """Lets a decision take effect once its seconds to undo are over. Doing it twice does nothing."""
    now = datetime.now(UTC)
    with store.write() as tx:
        decision = responses.decision(tx, decision_id)
        if decision is None or decision.due_at > now or not responses.settle(tx, decision_id, now):
            return
        submission = responses.submission(tx, decision.submission_id)
        if submission and submission.ended_at is None:
            advance(tx, submission.id, now)


def advance(tx: Tx, submission_id: int, now: datetime) -> None:
    """Moves a submission on as far as its settled decisions carry it: asks the next level, or ends it."""
    submission = _live(tx, submission_id)
    made = responses.decisions_of(tx, submission_id)
    now_at = _standing(tx, submission, [one for one in made if one.settled_at])
    if now_at.outcome is Outcome.WAITING:
        _ask(tx, submission, _standing(tx, submission, made), now_at.step, now)
        return
    response = responses.get(tx, submission.response_id)
    if response is None:
        return
    state = after(response.state, _MOVES[now_at.outcome])
    responses.change(tx, response.id, response.version, state=state)
    audit.record(
        tx,
        f"submission.{state.value.replace(' ', '_')}",
        "response",
        response.id,
        by=None,
        at=now,
        submission=submission_id,
    )
    if now_at.outcome is Outcome.APPROVED:
        responses.end_waits(tx, submission_id, now)
        # Permission to send runs from the approval on, for as long as the policy said at submission.
        valid = submission.send_until - submission.approval_until
        responses.set_send_until(tx, submission_id, now + valid)
        _schedule(tx, submission, now)
    else:
        responses.end_submission(tx, submission_id, state.value, now)


def ask_again(store: Store) -> None:
    """Asks the right people after people or their levels changed. Nothing that waits is skipped by this.

    Only what has to change is written: this is looked at every minute.
    """
    now = datetime.now(UTC)
    with store.read() as tx:
        changed = [one for one in responses.waiting_submissions(tx) if not _asks_right(tx, one)]
    for submission_id in changed:
        with store.write() as tx:
            submission = responses.submission(tx, submission_id)
            if submission is not None and submission.ended_at is None:
                advance(tx, submission_id, now)


def _asks_right(tx: Tx, submission_id: int) -> bool:
    submission = responses.submission(tx, submission_id)
    if submission is None or submission.ended_at is not None:
        return True
    made = responses.decisions_of(tx, submission_id)
    if any(decision.settled_at is None for decision in made):
        return True  # a decision that can still be undone will ask the next ones itself
    now_at = _standing(tx, submission, made)
    wanted = {(person_id, now_at.step) for person_id in now_at.asked}
    return now_at.outcome is Outcome.WAITING and responses.asked(tx, submission_id) == wanted


def make_stale(tx: Tx, response: Response, by: int, now: datetime) -> None:
    """Ends the live submission and drops what was scheduled. Raises Conflict when a part is already on its way out."""
    live = responses.live_submission(tx, response.id)
    if live is None:
        return
    for publication in publications.of_submission(tx, live.id):
        if publication.state is PublicationState.DROPPED:
            continue
        moved = publication.state in _NOT_GONE and publications.move(
            tx, publication.id, publication.state, PublicationState.DROPPED, now
        )
        if not moved:
            raise Conflict("This response is already on its way out, so it cannot be changed any more.")
    responses.end_submission(tx, live.id, "stale", now)
    audit.record(tx, "submission.stale", "response", response.id, by=by, at=now, submission=live.id)


def gain_level(tx: Tx, response: Response, step: Step, says: str, by: int, now: datetime) -> None:
    """A response in flight gains a level.

    Where it is above all levels of the route it comes last, and what was approved stays approved. Else, or when all had
    approved already, the response is a draft again: levels are asked in their order.
    """
    live = responses.live_submission(tx, response.id)
    if live is None or any(one.level == step.level for one in live.steps):
        return
    waiting = response.state is ResponseState.WAITING
    if waiting and all(one.level < step.level for one in live.steps):
        responses.add_step(tx, live, step, ("escalated", says))
        audit.record(tx, "submission.gained", "response", response.id, by=by, at=now, level=step.level)
        return
    make_stale(tx, response, by, now)
    responses.change(tx, response.id, response.version, state=after(response.state, Move.TAKE_BACK))


def _ask(tx: Tx, submission: Submission, now_at: Standing, visible_step: int, now: datetime) -> None:
    """Records who is asked. While a decision can be undone, nobody beyond its step is."""
    asked = now_at.asked if now_at.outcome is Outcome.WAITING and now_at.step == visible_step else frozenset()
    responses.set_waits(tx, submission.id, visible_step, submission.steps[visible_step].level, asked, now)


def _schedule(tx: Tx, submission: Submission, now: datetime) -> None:
    """One publication for each target: by us where the source has an account, else handed to a person."""
    own_authority = not submission.steps
    begin = now + timedelta(seconds=settings().undo_seconds) if own_authority else now
    for target in responses.version(tx, submission.response_id, submission.version_number).content.targets:
        source = sources.get(tx, target.source_id) if target.source_id is not None else None
        ours = source is not None and source.can_reply
        publication_id = publications.add(
            tx,
            target=target,
            submission_id=submission.id,
            response_id=submission.response_id,
            content_hash=submission.content_hash,
            state=PublicationState.SCHEDULED if ours else PublicationState.HAND_OFF,
            not_before=begin,
            changed_at=now,
        )
        audit.record(
            tx, "publication.scheduled", "response", submission.response_id, by=None, at=now, publication=publication_id
        )
        if ours:
            enqueue(tx, "publish", publication_id, f"publish:{publication_id}:0", begin)


def _standing(tx: Tx, submission: Submission, made: list[Decision]) -> Standing:
    decided = tuple(Decided(d.step, d.person_id, DecisionKind(d.kind)) for d in made)
    return standing(submission.steps, decided, deciders.deciders(tx), responses.editors(tx, submission.response_id))


def _live(tx: Tx, submission_id: int) -> Submission:
    submission = responses.submission(tx, submission_id)
    if submission is None:
        raise NotFound("There is no such submission.")
    if submission.ended_at is not None:
        raise Conflict(f"This is no longer open: it ended as '{submission.ended_as}' at {clock(submission.ended_at)}.")
    return submission


def _refusal(
    tx: Tx, by: Person, submission: Submission, made: list[Decision], now_at: Standing
) -> Conflict | NotAllowed:
    """Why this person cannot decide now, naming whoever was first."""
    if by.id in responses.editors(tx, submission.response_id):
        return NotAllowed("You wrote a part of this response, so somebody else has to decide on it.")
    if any(d.person_id == by.id for d in made):
        return Conflict("You have already decided on this response; one person counts once.")
    if made and _listed(tx, by, submission.steps[made[-1].step]):
        last = made[-1]
        did = _DID[DecisionKind(last.kind)]
        return Conflict(f"{last.name} {did} this at {clock(last.at)}, before you. What you typed is kept below.")
    waiting = submission.steps[min(now_at.step, len(submission.steps) - 1)] if submission.steps else None
    where = f"It waits for {waiting.name}." if waiting else "It waits for nobody."
    return NotAllowed(f"You are not asked to decide on this now. {where}")


def _listed(tx: Tx, by: Person, step: Step) -> bool:
    return by.id in deciders.deciders(tx).get(step.level, frozenset())
