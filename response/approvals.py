"""Decisions on a submission, level by level: made, undone, settled, and what follows from them."""

from datetime import datetime

from access.permissions import Permission, require
from jobs import enqueue
from model import clock
from model.content import Content
from model.errors import BadInput, Conflict, NotAllowed, NotFound
from model.language import _, later, sense
from model.person import Person
from model.route import Step
from model.settings import settings
from model.words import Action, DecisionKind, ModerationState, PublicationState, ResponseState
from response import blogs, standins, template_use
from response.notices import APPROVAL, CHANGES, REJECTED, TO_POST, about, notify
from response.standins import where
from response.states import STATE
from response.text import at_moment, typed
from response.workflow import Move, Outcome, Standing, after
from store import audit, comments, deciding, moderations, publications, responses, sources, undoable
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
_NOT_BEGUN = (
    ModerationState.SCHEDULED,
    ModerationState.HELD,
    ModerationState.FAILED,
    ModerationState.UNCONFIRMED,
)
_WAS_FIRST = {
    DecisionKind.APPROVE: later("{name} approved this at {at}, before you. What you typed is kept below."),
    DecisionKind.REQUEST_CHANGES: later("{name} sent back this at {at}, before you. What you typed is kept below."),
    DecisionKind.REJECT: later("{name} rejected this at {at}, before you. What you typed is kept below."),
}


class OnItsWay(Conflict):
    """It cannot be stopped any more, or nobody knows whether it is there already."""


def decide(
    store: Store,
    by: Person,
    submission_id: int,
    kind: DecisionKind,
    reason: str,
    seen_hash: str,
    *,
    note: str = "",
    span: tuple[int, int] | None = None,
) -> int:
    """Makes a decision on exactly the content whose hash was seen; returns its id.

    It passes on when the seconds to undo are over. A reject and a request for changes need a reason, and can be about a
    `span` of the text, in characters. With an approval goes a `note` to the policy's owner, if there is one. Raises
    Conflict, which names the winner, when somebody else decided first; NotAllowed when this person is not asked at this
    step.
    """
    require(by, Permission.DECIDE)
    said = (
        typed(note, sense("what somebody has to write", "a note"))
        if note.strip() and kind is DecisionKind.APPROVE
        else ""
    )
    why = (
        typed(reason, sense("what somebody has to write", "a reason"))
        if kind is not DecisionKind.APPROVE or reason.strip()
        else ""
    )
    now = clock.now()
    with store.read() as tx:
        asked_of(tx, by, submission_id, seen_hash)  # most who come too late hear it without holding up other writers
    with store.write() as tx:
        submission, _made, now_at = asked_of(tx, by, submission_id, seen_hash)
        if kind is DecisionKind.APPROVE and now > submission.approval_until:
            raise Conflict(_("This has waited too long to be approved. Whoever sent it must send it again."))
        if span is not None:
            text = responses.version(tx, submission.response_id, submission.version_number).content.text
            if not 0 <= span[0] < span[1] <= len(text):
                raise BadInput(_("The part that you chose is not in this text. Choose it again."))
        words_id, digest = audit.say(tx, keys(), "reason", why, by=by.id, at=now) if why else (None, "")
        due = settings().final_at(now)
        decision_id = responses.decide(
            tx,
            submission_id=submission_id,
            step=now_at.step,
            stood_in=dict(now_at.instead).get(by.id),
            person_id=by.id,
            kind=kind,
            content_hash=seen_hash,
            words_id=words_id,
            at=now,
            due_at=due,
            looked_at=deciding.looked_at(tx, by.id, submission.response_id, submission.version_number),
            span_start=span[0] if span else None,
            span_end=span[1] if span else None,
        )
        if decision_id is None:
            raise Conflict(_("You have already decided on this response."))
        deciding.saw(tx, by.id, submission.response_id, submission.version_number, now)
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
            stood_in=dict(now_at.instead).get(by.id),
            content=seen_hash,
            reason=digest,
        )
        if said:
            _note(tx, by, submission, now_at.step, decision_id, said, now)
        ask(tx, submission, where(tx, submission, responses.decisions_of(tx, submission_id)), now_at.step, now)
        enqueue(tx, "settle", decision_id, f"settle:{decision_id}", due)
    return decision_id


def _note(tx: Tx, by: Person, submission: Submission, step: int, decision_id: int, said: str, now: datetime) -> None:
    """Keeps what an approver says to the policy's owner, under each rule that asked for the step."""
    words_id, digest = audit.say(tx, keys(), "note", said, by=by.id, at=now)
    rules = sorted(set(submission.steps[step].because))
    deciding.add_notes(tx, decision_id, rules, words_id)
    audit.record(
        tx,
        "decision.noted",
        "response",
        submission.response_id,
        by=by.id,
        at=now,
        decision=decision_id,
        rules=rules,
        note=digest,
    )


def asked_of(tx: Tx, by: Person, submission_id: int, seen_hash: str) -> tuple[Submission, list[Decision], Standing]:
    """The submission, what was decided and how it stands, if exactly what this person read waits for them.

    Raises why it does not: `Conflict` or `NotAllowed`.
    """
    submission = open_submission(tx, submission_id)
    if submission.content_hash != seen_hash:
        raise Conflict(_("This is not the version you read. Read the present one, then decide."))
    made = responses.decisions_of(tx, submission_id)
    now_at = where(tx, submission, made)
    # While a decision can be undone, no other level sees or decides anything.
    settled = [one for one in made if one.settled_at]
    passed = now_at if settled == made else where(tx, submission, settled)
    if by.id not in now_at.asked or now_at.step != passed.step:
        raise _refusal(tx, by, submission, made, now_at)
    return submission, made, now_at


def undo(store: Store, by: Person, decision_id: int) -> None:
    """Takes one's own decision back within its seconds; everything is as it was before."""
    require(by, Permission.DECIDE)
    now = clock.now()
    with store.write() as tx:
        decision = responses.decision(tx, decision_id)
        if decision is None or not responses.undo(tx, decision_id, by.id, now):
            raise Conflict(_("The time to undo is over: the decision has passed on."))
        submission = open_submission(tx, decision.submission_id)
        left = responses.decisions_of(tx, submission.id)
        ask(tx, submission, where(tx, submission, left), decision.step, now)
        audit.record(tx, "decision.undone", "response", submission.response_id, by=by.id, at=now, decision=decision_id)


def settle(store: Store, decision_id: int) -> None:
    """Lets a decision take effect once its seconds to undo are over. Doing it twice does nothing."""
    now = clock.now()
    with store.write() as tx:
        decision = responses.decision(tx, decision_id)
        if decision is None or decision.due_at > now or not responses.settle(tx, decision_id, now):
            return
        submission = responses.submission(tx, decision.submission_id)
        if submission and submission.ended_at is None:
            advance(tx, submission.id, now)


def advance(tx: Tx, submission_id: int, now: datetime) -> None:
    """Moves a submission on as far as its settled decisions carry it: asks the next level, or ends it."""
    submission = open_submission(tx, submission_id)
    made = responses.decisions_of(tx, submission_id)
    now_at = where(tx, submission, [one for one in made if one.settled_at])
    if now_at.outcome is Outcome.WAITING:
        ask(tx, submission, where(tx, submission, made), now_at.step, now)
        if standins.keep(tx, submission, now_at, now):
            ask(tx, submission, where(tx, submission, made), now_at.step, now)
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
        handed = any(one.state is PublicationState.HAND_OFF for one in publications.of_submission(tx, submission.id))
        if handed and submission.steps:  # whoever decides alone has it before them
            notify(tx, TO_POST, {submission.by, response.author_id}, about(submission, response.case_id), now)
    else:
        responses.end_submission(tx, submission_id, state.value, now)
        kind = REJECTED if now_at.outcome is Outcome.REJECTED else CHANGES
        notify(tx, kind, {submission.by, response.author_id}, about(submission, response.case_id), now)


def ask_again(store: Store) -> None:
    """Asks the right people after people or their levels changed. Nothing that waits is skipped by this.

    Only what has to change is written: this is looked at every minute.
    """
    now = clock.now()
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
    now_at = where(tx, submission, made)
    if now_at.outcome is Outcome.WAITING and not now_at.asked and standins.can_go_on(tx, submission, now_at):
        return False
    instead = dict(now_at.instead)
    wanted = {(person_id, now_at.step, instead.get(person_id)) for person_id in now_at.asked}
    return now_at.outcome is Outcome.WAITING and responses.asked(tx, submission_id) == wanted


def make_stale(tx: Tx, response: Response, by: int, now: datetime) -> None:
    """Ends the live submission and drops what was scheduled. Raises OnItsWay when a part cannot be stopped."""
    live = responses.live_submission(tx, response.id)
    if live is None:
        return
    for publication in publications.of_submission(tx, live.id):
        if publication.state is PublicationState.DROPPED:
            continue
        if publication.state in _NOT_GONE and publications.in_doubt(tx, publication):
            raise OnItsWay(
                _(
                    "Nobody knows whether this answer is on the blog already. Look there first, then say that"
                    " it is there, send it again, or drop it."
                )
            )
        moved = publication.state in _NOT_GONE and publications.move(
            tx, publication.id, publication.state, PublicationState.DROPPED, now
        )
        if not moved:
            raise OnItsWay(_("This response is already on its way out, so it cannot be changed any more."))
    for moderation in moderations.of_submission(tx, live.id):
        if moderation.state not in (*_NOT_BEGUN, ModerationState.UNDONE):
            raise OnItsWay(_("This is being done on the blog in this moment, so it cannot be stopped any more."))
        moderations.move(tx, moderation.id, moderation.state, ModerationState.UNDONE, now)
    responses.end_submission(tx, live.id, "stale", now)
    undoable.forget_sent(tx, by, response.id)
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


def ask(
    tx: Tx, submission: Submission, now_at: Standing, visible_step: int, now: datetime, told: datetime | None = None
) -> None:
    """Records who is asked. While a decision can be undone, nobody beyond its step is. `told` is when they are told at
    the earliest, if not at once."""
    asked = now_at.asked if now_at.outcome is Outcome.WAITING and now_at.step == visible_step else frozenset()
    at = visible_step, submission.steps[visible_step]
    responses.set_waits(tx, submission.id, at, asked, now, now_at.instead if asked else frozenset())
    # At the first step what was sent may still be taken back by its author; later ones are reached when that is over.
    after = told or (settings().final_at(now) if visible_step == 0 else now)
    notify(tx, APPROVAL, asked, about(submission), now, after=after)


def _schedule(tx: Tx, submission: Submission, now: datetime) -> None:
    """One publication for each target: by us where the source has an account, else handed to a person."""
    own_authority = not submission.steps
    begin = settings().final_at(now) if own_authority else now
    content = responses.version(tx, submission.response_id, submission.version_number).content
    if content.action is Action.TEMPLATE:
        template_use.take_effect(tx, submission, content.attachments, now)
        return
    if content.action is not Action.REPLY:
        _schedule_moderation(tx, submission, content, begin, now)
        return
    for target in content.targets:
        source = sources.get(tx, target.source_id) if target.source_id is not None else None
        ours = blogs.publishes(source, target)
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


def _schedule_moderation(tx: Tx, submission: Submission, content: Content, begin: datetime, now: datetime) -> None:
    """What is approved to be done to a comment is a row, and a job that does it."""
    (target,) = content.targets
    comment = comments.get(tx, target.comment_id) if target.comment_id is not None else None
    if comment is None:
        raise NotFound(_("The comment is no longer here."))
    moderation_id = moderations.add(
        tx,
        submission_id=submission.id,
        response_id=submission.response_id,
        source_id=comment.source_id,
        comment_id=comment.id,
        action=content.action,
        status_before=comment.status,
        content_hash=submission.content_hash,
        state=ModerationState.SCHEDULED,
        not_before=begin,
        by=submission.by,
        changed_at=now,
    )
    audit.record(
        tx,
        "moderation.scheduled",
        "response",
        submission.response_id,
        by=None,
        at=now,
        moderation=moderation_id,
        comment=comment.id,
        does=content.action,
    )
    enqueue(tx, "moderate", moderation_id, f"moderate:{moderation_id}:0", begin)


def open_submission(tx: Tx, submission_id: int) -> Submission:
    """A submission that has not ended. Raises Conflict, which says how and when it did; NotFound."""
    submission = responses.submission(tx, submission_id)
    if submission is None:
        raise NotFound(_("There is no such submission."))
    if submission.ended_at is not None:
        made = responses.decisions_of(tx, submission_id)
        if made and submission.ended_as in (ResponseState.REJECTED.value, ResponseState.CHANGES_REQUESTED.value):
            raise Conflict(_was_first(made[-1]))
        raise Conflict(
            _(
                "This is no longer open: it ended as '{how}' at {at}.",
                how=STATE.get(submission.ended_as, submission.ended_as),
                at=at_moment(submission.ended_at),
            )
        )
    return submission


def _refusal(
    tx: Tx, by: Person, submission: Submission, made: list[Decision], now_at: Standing
) -> Conflict | NotAllowed:
    """Why this person cannot decide now, naming whoever was first."""
    if by.id in responses.editors(tx, submission.response_id):
        return NotAllowed(_("You wrote a part of this response, so somebody else has to decide on it."))
    if any(d.person_id == by.id for d in made):
        return Conflict(_("You have already decided on this response; one person counts once."))
    mine = next((one for one in reversed(deciding.handed(tx, submission.id)) if one.from_person_id == by.id), None)
    if mine and mine.step == now_at.step:
        return NotAllowed(_("You handed this to {name} at {at}.", name=mine.to_name, at=at_moment(mine.at)))
    first = next((d for d in reversed(made) if by.id in standins.could_decide(tx, submission, d.step)), None)
    if first:
        return Conflict(_was_first(first))
    if now_at.outcome is Outcome.APPROVED:
        return NotAllowed(_("You are not asked to decide on this: it has all its approvals."))
    waiting = submission.steps[min(now_at.step, len(submission.steps) - 1)] if submission.steps else None
    return NotAllowed(
        _("You are not asked to decide on this now. It waits for {name}.", name=waiting.name)
        if waiting
        else _("You are not asked to decide on this now. It waits for nobody.")
    )


def _was_first(one: Decision) -> str:
    return _(_WAS_FIRST[DecisionKind(one.kind)], name=one.name, at=at_moment(one.at))
