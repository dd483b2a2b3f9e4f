"""Moderation from here: a comment is shown, put on hold, marked as spam or moved to the bin on its own blog.

It is a response whose content says what is done to which revision of which comment, so that versions, the route,
approvals, their undo and the gate are the same as for an answer. Once approved it is a row, and a job does it when the
seconds to undo are over. Setting a status twice does no harm, so an attempt that nobody saw end is simply made again,
after a look at what stands there.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from access.permissions import Permission, require
from channels.faults import without_promise
from channels.shape import WITHHELD, Rejected, Stands, Unknown
from channels.wordpress import api as wordpress
from jobs import Context, enqueue, in_steps
from model import clock
from model.content import Target, content_hash
from model.errors import BadInput, Conflict, LevelheadError, NotFound
from model.language import _, later, sense
from model.person import Person
from model.settings import settings
from model.words import HIDES, Action, CaseState, Channel, ModerationState, ResponseState
from response import blogs, cases, drafts, pausing
from response.drafts import Outlook
from response.gate import Picture, only_paused, stops
from response.routing import Aim, concerns, is_gone, own_case
from response.states import STATE
from response.text import at_moment, typed
from response.workflow import Move, after
from store import audit, comments, moderations, responses, sample, sources
from store import cases as case_rows
from store.cases import Case
from store.comments import Comment
from store.db import Store, Tx
from store.moderations import Moderation
from store.responses import Response, Submission
from store.sources import Source

M = ModerationState
BECOMES = {Action.APPROVE: "approved", Action.HOLD: "hold", Action.SPAM: "spam", Action.TRASH: "trash"}
"""The blog's own word for a comment after each action."""
_LEADS_TO = {status: action for action, status in BECOMES.items()}
FOR_A_PERSON = (M.HELD, M.FAILED, M.UNCONFIRMED)
"""The states in which a person has to look."""
MOST_ATTEMPTS = 5
_PAUSE = timedelta(seconds=15)
_NOTHING_SENT = later(
    "Nothing was sent, so the comment stands as it did. Try again once the blog can be reached, or drop it."
)
_MAY_BE_DONE = later(
    "A request for it may have reached the blog. Look there how the comment stands; then try again, which"
    " does no harm, or drop it."
)


# --- what can be done ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be done to a comment; where it is nothing, `why` says so in words."""

    actions: tuple[Action, ...]
    why: str = ""


def offered(source: Source, comment: Comment) -> Offer:
    """What our account can do to a comment as it stands."""
    if why := _impossible(source, comment):
        return Offer((), why)
    return Offer(
        tuple(
            action
            for action, status in BECOMES.items()
            if status != (comment.status or BECOMES[Action.APPROVE]) and not is_gone(comment, action)
        )
    )


def _impossible(source: Source, comment: Comment) -> str:
    if blogs.number(comment.identity) is None or not source.api_url:
        return _("Comments of this source can only be moderated there.")
    if not source.can_reply:
        return _("Levelhead has no account there, so comments are moderated on the blog itself.")
    if not blogs.moderates(source):
        return _("Our account there may not moderate: on the blog it needs the role Editor.")
    if not source.active:
        return _("The source is switched off.")
    if comment.deleted_at and comment.status != BECOMES[Action.TRASH]:
        return _("The comment was deleted on the blog.")
    return ""


def way_back(status_before: str) -> Action | None:
    """What makes a comment stand again as it did by the blog's own word (empty: shown to everybody); None for a word
    that nothing here leads to."""
    return _LEADS_TO.get(status_before or BECOMES[Action.APPROVE])


def outlook(tx: Tx, by: Person, comment: Comment, action: Action, case_id: int | None = None) -> Outlook:
    """The route that an action would need if this person asked for it from a case."""
    channels = frozenset({_channel(sources.get(tx, comment.source_id))})
    return drafts.outlook(tx, _case(tx, comment, case_id), Aim(action, channels, comment), frozenset({by.id}))


def needs_reason(tx: Tx, comment: Comment, action: Action) -> bool:
    """Whether a reason must be given: hiding a comment that raises a concern is the gravest reply there is."""
    return action in HIDES and concerns(tx, comment)


# --- what a person decides -------------------------------------------------------------------------------------------


def ask(
    store: Store,
    by: Person,
    comment_id: int,
    action: Action,
    reason: str,
    seen_revision: int,
    case_id: int | None = None,
) -> int:
    """Asks that something be done to a comment as it was seen; returns the response's id.

    It belongs to the case that it is asked from, which is of the comment's thread; without one, to the comment's own,
    if it has any. It takes the route that the policy gives it; without any level it is done once the seconds to undo
    are over.
    """
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        comment = comments.get(tx, comment_id)
        source = sources.get(tx, comment.source_id) if comment else None
        if comment is None or source is None:
            raise NotFound(_("This comment is no longer here."))
        offer = offered(source, comment)
        if not offer.actions:
            raise BadInput(offer.why)
        if action not in offer.actions:
            raise Conflict(_("The comment does not stand on the blog as you saw it. Look again before you go on."))
        if comment.revision != seen_revision:
            raise Conflict(_("The comment was edited since you saw it. Read its new text before you go on."))
        if moderations.live_on(tx, comment_id, responses.LIVE):
            raise Conflict(_("Something is under way with this comment already. Wait for it, or give it up first."))
        why = (
            typed(reason, sense("what somebody has to write", "a reason"))
            if reason.strip() or needs_reason(tx, comment, action)
            else ""
        )
        case = _case(tx, comment, case_id)
        if case and case.state == CaseState.OPEN:
            cases.hold(tx, by, case.id, now)
        target = Target(_channel(source), source.id, comment.thread_id, comment.id, comment.revision)
        response_id = responses.add(tx, case.id if case else None, by.id, (target,), now, action)
        responses.change(tx, response_id, 1, draft=why)
        audit.record(tx, "moderation.asked", "response", response_id, by=by.id, at=now, comment=comment_id, does=action)
        response = responses.get(tx, response_id)
        assert response is not None
        drafts.send(tx, by, response, now)
        return response_id


def undo(store: Store, by: Person, moderation_id: int) -> None:
    """Takes back, within the seconds, what needed nobody's approval: nothing has happened on the blog."""
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        row = moderations.get(tx, moderation_id)
        mine = row is not None and row.by == by.id and row.attempts == 0 and now < row.not_before
        if row is None or not mine or not moderations.move(tx, row.id, M.SCHEDULED, M.UNDONE, now):
            raise Conflict(_("The time to undo is over. What was done can be put back instead."))
        _end(tx, row, ResponseState.WITHDRAWN, "undone", now)
        audit.record(tx, "moderation.undone", "response", row.response_id, by=by.id, at=now, moderation=row.id)


def again(store: Store, by: Person, moderation_id: int) -> None:
    """A person has looked: it is tried once more, through the gate."""
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        row = _for_a_person(tx, by, moderation_id, now)
        response = responses.get(tx, row.response_id)
        if response and response.state is ResponseState.HELD:
            responses.change(tx, response.id, response.version, state=after(response.state, Move.RELEASE))
        moderations.move(tx, row.id, row.state, M.SCHEDULED, now, problem="", attempts=0, not_before=now)
        _enqueue_attempt(tx, row.id, 0, now)
        audit.record(tx, "moderation.again", "response", row.response_id, by=by.id, at=now, moderation=row.id)


def drop(store: Store, by: Person, moderation_id: int) -> None:
    """What could not be done is given up."""
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        row = _for_a_person(tx, by, moderation_id, now)
        moderations.move(tx, row.id, row.state, M.UNDONE, now)
        _end(tx, row, ResponseState.WITHDRAWN, "dropped", now)
        audit.record(tx, "moderation.dropped", "response", row.response_id, by=by.id, at=now, moderation=row.id)


def _for_a_person(tx: Tx, by: Person, moderation_id: int, now: datetime) -> Moderation:
    row = moderations.get(tx, moderation_id)
    if row is None:
        raise NotFound(_("There is no such step."))
    if row.state not in FOR_A_PERSON:
        raise Conflict(
            _(
                "This is '{state}' since {at}: nobody has to decide on it.",
                state=STATE[row.state],
                at=at_moment(row.changed_at),
            )
        )
    response = responses.get(tx, row.response_id)
    case = case_rows.get(tx, response.case_id) if response and response.case_id is not None else None
    if case and case.state == CaseState.OPEN:
        cases.hold(tx, by, case.id, now)
    return row


def _end(tx: Tx, row: Moderation, state: ResponseState, as_what: str, now: datetime) -> None:
    response = responses.get(tx, row.response_id)
    if response:
        responses.change(tx, response.id, response.version, state=state)
    responses.end_submission(tx, row.submission_id, as_what, now)


def _case(tx: Tx, comment: Comment, asked_from: int | None) -> Case | None:
    """The case that something done to a comment belongs to."""
    if asked_from is None:
        return own_case(tx, comment)
    case = case_rows.get(tx, asked_from)
    if case is None or case.thread_id != comment.thread_id:
        raise NotFound(_("This comment is not in the thread of the case. Open the case of its own thread."))
    return case


def _channel(source: Source | None) -> Channel:
    return Channel(source.channel) if source else Channel.OTHER


# --- doing it --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Work:
    """An approved moderation with everything about it, of one moment."""

    row: Moderation
    submission: Submission
    response: Response
    comment: Comment
    source: Source


def _work(tx: Tx, moderation_id: int) -> _Work | None:
    row = moderations.get(tx, moderation_id)
    submission = responses.submission(tx, row.submission_id) if row else None
    response = responses.get(tx, row.response_id) if row else None
    comment = comments.get(tx, row.comment_id) if row else None
    source = sources.get(tx, row.source_id) if row else None
    if row is None or submission is None or response is None or comment is None or source is None:
        return None
    return _Work(row, submission, response, comment, source)


def picture(tx: Tx, work: _Work, now: datetime) -> Picture:
    """What the gate looks at, as the database has it in this transaction."""
    row, submission, comment = work.row, work.submission, work.comment
    content = responses.version(tx, submission.response_id, submission.version_number).content
    (target,) = content.targets
    same = target.comment_id == comment.id and content.action is row.action
    return Picture(
        now=now,
        approved=work.response.state is ResponseState.APPROVED and submission.ended_at is None,
        approved_hash=row.content_hash,
        present_hash=content_hash(content) if same else "",
        answered_revision=target.comment_revision,
        present_revision=comment.revision,
        comment_deleted=is_gone(comment, row.action) and row.action is not Action.TRASH,
        answered_elsewhere=_answered(tx, work) if row.action in HIDES else "",
        send_from=content.send_from,
        send_until=submission.send_until,
        paused=pausing.why(tx, row.response_id, target.channel, now, moderates=True),
        sample=sample.is_sample(tx),
        source_ready=work.source.active and blogs.moderates(work.source),
    )


def _answered(tx: Tx, work: _Work) -> str:
    """An answer of ours under the comment since this was asked for: who approved its hiding did not know of it."""
    for reply in comments.our_answers(tx, work.comment.source_id, [work.comment.identity]):
        if (reply.published_at or reply.read_at) > work.submission.at:
            return _("one of us has answered it at {address}", address=reply.url)
    return ""


def moderate(context: Context) -> None:
    """The job: does one approved moderation, if it is due."""
    now = clock.now()
    with context.store.write() as tx:
        work = _work(tx, context.job.ref)
        if work is None or work.row.state not in moderations.WAITING or work.row.not_before > now:
            return
        seen = picture(tx, work, now)
        if only_paused(seen, moderates=True):
            pausing.hold_back_moderation(tx, work.row, now)
            return
        reasons = stops(seen, moderates=True)
        if reasons:
            _stopped(tx, work.row, M.HELD, " ".join(reasons), now)
            return
        moderations.move(tx, work.row.id, work.row.state, M.DOING, now, attempts=work.row.attempts + 1, pause_id=None)
        audit.record(
            tx,
            "moderation.attempt",
            "response",
            work.row.response_id,
            by=None,
            at=now,
            moderation=work.row.id,
            number=work.row.attempts + 1,
        )
    outcome = _do(context, work)
    _finish(context.store, work.row.id, work.row.attempts + 1, outcome)


@dataclass(frozen=True, slots=True)
class _Held:
    """It was not done, and a person has to look: `message` says why. `gone`: the blog has no such comment any more;
    `paused`: nothing was written, and it may be that nothing but a pause stops it."""

    message: str
    gone: bool = False
    paused: bool = False


def _do(context: Context, work: _Work) -> Stands | _Held | Rejected | Unknown:  # noqa: PLR0911 (one for each end)
    """Looks, sets, and looks again. What the blog says of the comment at the end, or why it is not so."""
    wanted = BECOMES[work.row.action]
    number = blogs.number(work.comment.identity)
    if number is None:
        return _Held(_("The comment has no number on the blog."))
    try:
        site = blogs.site(work.source)
        there = wordpress.stands(site, number)
    except LevelheadError as error:
        return Unknown(
            _(
                "The blog could not be asked how the comment stands: {why}",
                why=without_promise(error),
            )
        )
    if there is None:
        return _Held(_("The comment is gone from the blog."), gone=True)
    if there.status == wanted:
        return there
    if there.text != work.comment.text:
        return _Held(_("The comment was edited on the blog after this was asked for. Read its new text first."))

    def withheld() -> str:
        """Why nothing may be written now. Where it may, the row says so before the first byte leaves."""
        with context.store.write() as tx:
            now, mine = _work(tx, work.row.id), work.row.attempts + 1
            if now is None or now.row.state is not M.DOING or now.row.attempts != mine or not context.still_mine():
                return _("Somebody else has gone on with it.")
            reasons = stops(picture(tx, now, clock.now()), moderates=True)
            if not reasons and now.row.written_at is None:
                moderations.move(tx, now.row.id, M.DOING, M.DOING, clock.now(), written_at=clock.now())
            return " ".join(reasons)

    said = wordpress.moderate(site, number, work.row.action.value, before_write=withheld)
    if isinstance(said, Rejected):
        if said.code != WITHHELD:
            return said
        # Who lost the job leaves it to whoever has it now: it is looked for and done again.
        return (
            _Held(said.message, paused=True)
            if context.still_mine()
            else Unknown(_("The worker lost this before it could do it."))
        )
    try:
        there = wordpress.stands(site, number)
    except LevelheadError as error:
        return Unknown(_("It is not known whether it was done: {why}", why=without_promise(error)))
    if there is None and work.row.action is Action.TRASH:
        return Stands("", wanted)  # a blog without a bin deletes at once
    if there is not None and there.status == wanted:
        return there
    return (
        said
        if isinstance(said, Unknown)
        else Rejected(_("The blog took it, but did not do it. A plug-in may forbid it."))
    )


def _finish(store: Store, moderation_id: int, attempt: int, outcome: Stands | _Held | Rejected | Unknown) -> None:
    now = clock.now()
    with store.write() as tx:
        row = moderations.get(tx, moderation_id)
        if row is None or row.state is not M.DOING or row.attempts != attempt:
            return  # another worker, or a person, has gone on with it
        if isinstance(outcome, Stands):
            _done(tx, row, outcome.status, now)
        elif isinstance(outcome, _Held) and outcome.paused and _only_paused(tx, row, now):
            pausing.hold_back_moderation(tx, row, now)
        elif isinstance(outcome, _Held):
            if outcome.gone:
                comments.change(tx, row.comment_id, deleted_at=now)
                audit.record(tx, "comment.deleted", "comment", row.comment_id, by=None, at=now)
            _stopped(tx, row, M.HELD, outcome.message, now)
        elif isinstance(outcome, Rejected):
            _stopped(tx, row, M.FAILED, outcome.message, now)
        elif attempt < MOST_ATTEMPTS:
            due = now + _PAUSE * 2 ** (attempt - 1)
            problem = f"{outcome.message} {_('It is tried again in a moment.')}"
            moderations.move(tx, row.id, M.DOING, M.SCHEDULED, now, not_before=due, problem=problem)
            _enqueue_attempt(tx, row.id, attempt, due)
        elif row.written_at is None:
            _stopped(tx, row, M.FAILED, f"{outcome.message} {_(_NOTHING_SENT)}", now)
        else:
            _stopped(tx, row, M.UNCONFIRMED, f"{outcome.message} {_(_MAY_BE_DONE)}", now)


def _only_paused(tx: Tx, row: Moderation, now: datetime) -> bool:
    work = _work(tx, row.id)
    return work is not None and only_paused(picture(tx, work, now), moderates=True)


def _done(tx: Tx, row: Moderation, status: str, now: datetime) -> None:
    """The comment stands as it should: the row, the comment, the response and the submission say so."""
    moderations.move(tx, row.id, M.DOING, M.DONE, now, done_at=now, problem="")
    was = comments.get(tx, row.comment_id)
    binned = status == BECOMES[Action.TRASH]
    judged = comments.assessment(tx, row.comment_id, was.revision) if was else None
    spam = status == BECOMES[Action.SPAM] or bool(judged and judged.suspected_spam)
    comments.change(tx, row.comment_id, status=status, status_at=now, deleted_at=now if binned else None, spam=spam)
    response = responses.get(tx, row.response_id)
    if response:
        responses.change(tx, response.id, response.version, state=after(response.state, Move.PUBLISH))
    responses.end_submission(tx, row.submission_id, "done", now)
    audit.record(
        tx,
        "moderation.done",
        "response",
        row.response_id,
        by=None,
        at=now,
        moderation=row.id,
        comment=row.comment_id,
        does=row.action,
    )


def _stopped(tx: Tx, row: Moderation, to: ModerationState, problem: str, now: datetime) -> None:
    """It was not done: a person has to look."""
    moderations.move(tx, row.id, row.state, to, now, problem=problem, pause_id=None)
    response = responses.get(tx, row.response_id)
    if response and response.state is ResponseState.APPROVED:
        responses.change(tx, response.id, response.version, state=after(response.state, Move.HOLD))
    audit.record(tx, f"moderation.{to.value}", "response", row.response_id, by=None, at=now, moderation=row.id)


def sweep(store: Store) -> None:
    """The schedule: what should be done by now has a job, whatever became of the one it had."""
    now = clock.now()
    with store.read() as tx:
        late = moderations.overdue(tx, now, now - 2 * timedelta(seconds=settings().lease_seconds))
    in_steps(store, late, lambda tx, row: _enqueue_late(tx, row, now))


def _enqueue_late(tx: Tx, row: Moderation, now: datetime) -> None:
    _enqueue_attempt(tx, row.id, row.attempts - (row.state is M.DOING), now)


def _enqueue_attempt(tx: Tx, moderation_id: int, made: int, at: datetime) -> None:
    """A job for the attempt after so many; the first has its own by `approvals`. Two would be at it at once."""
    enqueue(tx, "moderate", moderation_id, f"moderate:{moderation_id}:{made}", at)
