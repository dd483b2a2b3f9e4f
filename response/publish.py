"""Publishing: exactly what was approved, at most once.

An attempt is three steps. In one transaction the gate is checked and the intent is written (attempt number, fence).
Without any transaction the blog is asked what stands there now, the gate and the fence are checked once more, and the
call is made. In a last transaction its outcome is stored. Whoever finds an intent without an outcome looks for the
reply first: found, it is published; else a person decides.
"""

import re
from datetime import UTC, datetime

from access.permissions import Permission, require
from channels.http import Account
from channels.shape import Outcome, Posted, Rejected, Unknown
from channels.wordpress import api as wordpress
from jobs import Context, enqueue
from model.content import content_hash
from model.errors import BadInput, Conflict, LevelheadError, NotFound
from model.person import Person
from model.words import CaseOutcome, CaseState, PublicationState, ResponseState
from response import cases
from response.gate import Picture, stops
from response.workflow import Move, after
from store import audit, comments, publications, responses, sources
from store import cases as case_rows
from store.comments import Comment
from store.db import Store, Tx
from store.keys import keys
from store.publications import Publication
from store.responses import Submission
from store.sources import Source

S = PublicationState
_COMMENT = re.compile(r"#comment-(\d{1,18})$")
FOR_A_PERSON = (S.HELD, S.FAILED, S.UNCONFIRMED)
"""The states in which a person has to look."""


# --- the gate --------------------------------------------------------------------------------------------------------


def picture(tx: Tx, publication: Publication, submission: Submission, now: datetime) -> Picture:
    """What the gate looks at, as the database has it in this transaction."""
    version = responses.version(tx, submission.response_id, submission.version_number)
    response = responses.get(tx, submission.response_id)
    target = publication.target
    comment = comments.get(tx, target.comment_id) if target.comment_id is not None else None
    source = sources.get(tx, target.source_id) if target.source_id is not None else None
    paused = publications.pause(tx)
    still = bool(paused) and datetime.fromisoformat(paused["until"]) > now
    return Picture(
        now=now,
        approved=response is not None and response.state is ResponseState.APPROVED and submission.ended_at is None,
        approved_hash=publication.content_hash,
        present_hash=content_hash(version.content) if target in version.content.targets else "",
        answered_revision=target.comment_revision,
        present_revision=comment.revision if comment else None,
        comment_deleted=target.comment_id is not None and (comment is None or comment.deleted_at is not None),
        answered_elsewhere=_answered_elsewhere(tx, publication, comment, _known_until(publication, submission)),
        send_from=version.content.send_from,
        send_until=submission.send_until,
        paused=str(paused["reason"]) if still else "",
        source_ready=publication.state is S.HAND_OFF or (source is not None and source.active and source.can_reply),
    )


def _known_until(publication: Publication, submission: Submission) -> datetime:
    """Answers of ours up to then were known to who wrote this one, or to who said that it be sent all the same."""
    return publication.released_at or submission.at


def _answered_elsewhere(tx: Tx, publication: Publication, comment: Comment | None, known_until: datetime) -> str:
    """Another answer of ours under the same comment since, published from here or seen on the blog."""
    if comment is None:
        return ""
    for other in publications.published_answers(tx, comment.id, publication.response_id):
        if other.published_at and other.published_at > known_until:
            return f"another answer was published at {other.url or 'the channel'}."
    for reply in comments.our_replies(tx, comment.source_id, comment.identity):
        if reply.identity != publication.external_id and (reply.published_at or reply.read_at) > known_until:
            return f"our account has answered it at {reply.url}"
    return ""


# --- the attempt -----------------------------------------------------------------------------------------------------


def publish(context: Context) -> None:
    """The job: one attempt for one publication, or the look-up after one that nobody saw end."""
    now = datetime.now(UTC)
    store = context.store
    with store.write() as tx:
        publication = publications.get(tx, context.job.ref)
        if publication is None or publication.state not in (S.SCHEDULED, S.PUBLISHING) or publication.not_before > now:
            return
        source = _source(tx, publication)
        submission = responses.submission(tx, publication.submission_id)
        assert submission is not None
        left_open = publications.open_attempt(tx, publication.id)
        if publication.state is S.SCHEDULED:
            reasons = stops(picture(tx, publication, submission, now))
            if reasons:
                _hold(tx, publication, reasons, now)
                return
            number = publication.attempt + 1
            attempt_id = publications.begin_attempt(tx, publication.id, number, context.job.fence, now)
            publications.move(
                tx, publication.id, S.SCHEDULED, S.PUBLISHING, now, attempt=number, fence=context.job.fence
            )
            audit.record(
                tx,
                "publication.attempt",
                "response",
                publication.response_id,
                by=None,
                at=now,
                publication=publication.id,
                number=number,
                fence=context.job.fence,
            )
        elif left_open is None:
            return
        else:
            number, attempt_id = left_open.number, left_open.id
            publications.move(tx, publication.id, S.PUBLISHING, S.PUBLISHING, now, fence=context.job.fence)
        text = responses.version(tx, submission.response_id, submission.version_number).content.text
        comment = comments.get(tx, publication.target.comment_id) if publication.target.comment_id is not None else None
    outcome: Outcome = Unknown("Nobody saw how the last attempt ended.")
    if publication.state is S.SCHEDULED:
        outcome = _send(context, publication, submission, source, comment, text)
    if isinstance(outcome, Unknown):
        outcome = _look(source, comment, text)
    _finish(store, publication.id, (number, attempt_id, context.job.fence), outcome, text)


def _send(  # noqa: PLR0911 (one return for each thing that stops it)
    context: Context,
    publication: Publication,
    submission: Submission,
    source: Source,
    comment: Comment | None,
    text: str,
) -> Outcome:
    """The last look and the call. Everything that stops it before the call is a plain no: nothing was sent."""
    if comment is None:
        return Rejected("The comment this answers is not known any more, so nothing was sent.")
    try:
        site = _site(source)
        there = wordpress.present(site, _number(comment))
        since, mine = _known_until(publication, submission), int(source.account_id)
        # An attempt before this one may have reached the blog after all, however late.
        earlier = (
            wordpress.find(site, there.post_id, _number(comment), text, mine) if there and publication.attempt else None
        )
        other = wordpress.answered_since(site, there.post_id, _number(comment), mine, since) if there else None
    except (LevelheadError, ValueError, KeyError, TypeError) as error:
        return Rejected(f"Before sending, the blog could not be asked: {error} Nothing was sent.")
    if earlier:
        return earlier
    if there is None:
        with context.store.write() as tx:
            comments.change(tx, comment.id, deleted_at=datetime.now(UTC))
        return Rejected("The comment this answers is gone from the blog. Nothing was sent.")
    if there.text != comment.text:
        return Rejected("The comment was edited on the blog after this answer was approved. Nothing was sent.")
    if not there.comments_open:
        return Rejected("Comments are closed on this post. Reopen them there, or drop the answer. Nothing was sent.")
    if other:
        same = not wordpress.difference(text, other.rendered)
        said = "The blog already has exactly this text from us" if same else "Our account has answered it since"
        return Rejected(f"{said}, at {other.url} Nothing was sent.")
    with context.store.read() as tx:
        now = datetime.now(UTC)
        reasons = stops(picture(tx, publication, submission, now))
    if reasons:
        return Rejected(" ".join(reasons))
    if not context.still_mine():
        # Another worker has taken over and will find this intent open; it must be the only one that acts.
        return Unknown("This worker lost its lease before it could send.")
    return wordpress.reply(site, there.post_id, _number(comment), text)


def _look(source: Source, comment: Comment | None, text: str) -> Outcome:
    """After an attempt that nobody saw end: is our reply there?"""
    if comment is None:
        return Unknown("The comment this answers is not known any more.")
    try:
        site = _site(source)
        there = wordpress.present(site, _number(comment))
        found = wordpress.find(site, there.post_id, _number(comment), text, int(source.account_id)) if there else None
    except (LevelheadError, ValueError, KeyError, TypeError) as error:
        return Unknown(f"It is not known whether the answer reached the blog, which cannot be asked: {error}")
    return found or Unknown("The attempt was cut off, and our answer was not found on the blog when it was looked for.")


def _finish(store: Store, publication_id: int, attempt: tuple[int, int, int], outcome: Outcome, text: str) -> None:
    """Stores how an attempt (its number, its row, its worker's fence) ended."""
    number, attempt_id, fence = attempt
    now = datetime.now(UTC)
    with store.write() as tx:
        publication = publications.get(tx, publication_id)
        if publication is None:
            return
        # Even a worker that lost its fence tells the truth when it says that the answer is there.
        if isinstance(outcome, Posted) and publication.state is not S.PUBLISHED:
            problem = _problem(outcome, text)
            publications.end_attempt(tx, attempt_id, "posted", problem, now)
            _published(tx, publication, outcome.identity, outcome.url, problem, now, by=None)
            return
        mine = publication.attempt == number and publication.fence == fence
        if isinstance(outcome, Posted) or publication.state is not S.PUBLISHING or not mine:
            return  # whoever took over says how it ended
        state = S.FAILED if isinstance(outcome, Rejected) else S.UNCONFIRMED
        publications.end_attempt(tx, attempt_id, state.value, outcome.message, now)
        publications.move(tx, publication_id, S.PUBLISHING, state, now, problem=outcome.message)
        _hold_response(tx, publication.response_id)
        audit.record(
            tx,
            f"publication.{state.value}",
            "response",
            publication.response_id,
            by=None,
            at=now,
            publication=publication_id,
        )


def _problem(posted: Posted, text: str) -> str:
    """What differs between what was approved and what the blog stored, or shows; empty when nothing does."""
    found = []
    if posted.status == "hold":
        found.append(
            "The blog holds our answer for moderation: readers do not see it until somebody approves it there."
        )
    elif posted.status not in ("approved", "approve"):
        found.append(f"The blog gave our answer the status '{posted.status}'.")
    if posted.raw and posted.raw != text:
        found.append("The blog stored another text than the one that was approved.")
    different = wordpress.difference(text, posted.rendered) if posted.rendered else ""
    return " ".join([*found, different]).strip()


def _hold(tx: Tx, publication: Publication, reasons: tuple[str, ...], now: datetime) -> None:
    publications.move(tx, publication.id, publication.state, S.HELD, now, problem=" ".join(reasons))
    _hold_response(tx, publication.response_id)
    audit.record(
        tx, "publication.held", "response", publication.response_id, by=None, at=now, publication=publication.id
    )


def _hold_response(tx: Tx, response_id: int) -> None:
    response = responses.get(tx, response_id)
    if response and response.state is ResponseState.APPROVED:
        responses.change(tx, response_id, response.version, state=after(response.state, Move.HOLD))


def _published(
    tx: Tx, publication: Publication, external_id: str, url: str, problem: str, now: datetime, *, by: int | None
) -> None:
    """Marks a publication as published; when it was the last one, the response and its case are done."""
    publications.move(
        tx,
        publication.id,
        publication.state,
        S.PUBLISHED,
        now,
        external_id=external_id,
        url=url if url.startswith(("https://", "http://")) else "",
        published_at=now,
        problem=problem,
    )
    audit.record(
        tx,
        "publication.published",
        "response",
        publication.response_id,
        by=by,
        at=now,
        publication=publication.id,
        content=publication.content_hash,
    )
    if external_id and publication.source_id is not None:
        # A read between the call and this moment has taken our own answer for a stranger's.
        comments.mark_ours(tx, publication.source_id, external_id)
    _complete(tx, publication.submission_id, publication.response_id, now, by=by)


def _complete(tx: Tx, submission_id: int, response_id: int, now: datetime, *, by: int | None) -> None:
    """Once each target is published or dropped, and one published, the response is published and its case closed."""
    states = [one.state for one in publications.of_submission(tx, submission_id)]
    if not all(state in (S.PUBLISHED, S.DROPPED) for state in states) or S.PUBLISHED not in states:
        return
    response = responses.get(tx, response_id)
    if response is None:
        return
    responses.change(tx, response_id, response.version, state=ResponseState.PUBLISHED)
    responses.end_submission(tx, submission_id, "published", now)
    case = case_rows.get(tx, response.case_id) if response.case_id is not None else None
    submission = responses.submission(tx, submission_id)
    if case is None or submission is None or case.state != CaseState.OPEN:
        return
    answered = frozenset(t.comment_id for t in responses.targets(tx, response_id) if t.comment_id is not None)
    if case_rows.joined_since(tx, case.id, submission.at, answered):
        # Nobody who wrote or approved this answer has seen what joined since; the case stays open for it.
        audit.record(tx, "case.answered_in_part", "case", case.id, by=by, at=now, response=response_id)
        return
    cases.close(tx, case.id, case.version, CaseOutcome.ANSWERED, now, by=by)
    audit.record(tx, "case.answered", "case", case.id, by=by, at=now, response=response_id)


# --- what a person decides -------------------------------------------------------------------------------------------


def posted_by_hand(store: Store, by: Person, publication_id: int, url: str) -> None:
    """'I posted it', or 'it is there': a person says that the text stands at this address.

    The gate is checked before the text is handed over (`may_hand_over`). What stops it by now is noted, as the words
    are out all the same.
    """
    require(by, Permission.TRIAGE)
    address = url.strip()
    if not address.startswith(("https://", "http://")) or len(address) > 2000 or any(c.isspace() for c in address):
        raise BadInput("Paste the address of the posted text, beginning with https://")
    now = datetime.now(UTC)
    with store.write() as tx:
        publication, submission = _live(tx, by, publication_id, now)
        if publication.state not in (S.HAND_OFF, S.UNCONFIRMED, S.FAILED):
            raise Conflict(f"This is '{publication.state.value}', so there is nothing to confirm.")
        handed = publication.state is S.HAND_OFF
        problem = " ".join(stops(picture(tx, publication, submission, now))) if handed else ""
        number = _COMMENT.search(address)
        _published(tx, publication, f"wp:{number[1]}" if number else "", address, problem, now, by=by.id)


def may_hand_over(store: Store, publication_id: int) -> tuple[str, ...]:
    """Why a text may not be handed to a person now, each in words; empty when it may."""
    with store.read() as tx:
        publication = publications.get(tx, publication_id)
        submission = responses.submission(tx, publication.submission_id) if publication else None
        if publication is None or submission is None:
            raise NotFound("There is no such publication.")
        return stops(picture(tx, publication, submission, datetime.now(UTC)))


def send_again(store: Store, by: Person, publication_id: int) -> None:
    """A person has looked: our answer is not there, or what stopped it is over. One more attempt, through the gate."""
    require(by, Permission.TRIAGE)
    now = datetime.now(UTC)
    with store.write() as tx:
        publication, _ = _live(tx, by, publication_id, now)
        if publication.state not in FOR_A_PERSON:
            raise Conflict(f"This is '{publication.state.value}', so it cannot be sent again.")
        response = responses.get(tx, publication.response_id)
        if response and response.state is ResponseState.HELD:
            responses.change(tx, response.id, response.version, state=after(response.state, Move.RELEASE))
        publications.move(tx, publication_id, publication.state, S.SCHEDULED, now, problem="", released_at=now)
        enqueue(tx, "publish", publication_id, f"publish:{publication_id}:{publication.attempt}:{now.timestamp()}", now)
        audit.record(
            tx, "publication.again", "response", publication.response_id, by=by.id, at=now, publication=publication_id
        )


def drop(store: Store, by: Person, publication_id: int) -> None:
    """This target gets no answer after all."""
    require(by, Permission.TRIAGE)
    now = datetime.now(UTC)
    with store.write() as tx:
        publication, _ = _live(tx, by, publication_id, now)
        if publication.state not in (*FOR_A_PERSON, S.HAND_OFF):
            raise Conflict(f"This is '{publication.state.value}', so it cannot be dropped.")
        publications.move(tx, publication_id, publication.state, S.DROPPED, now)
        audit.record(
            tx, "publication.dropped", "response", publication.response_id, by=by.id, at=now, publication=publication_id
        )
        _complete(tx, publication.submission_id, publication.response_id, now, by=by.id)
        response = responses.get(tx, publication.response_id)
        states = {one.state for one in publications.of_submission(tx, publication.submission_id)}
        if response and states == {S.DROPPED}:
            responses.change(tx, response.id, response.version, state=ResponseState.WITHDRAWN)
            responses.end_submission(tx, publication.submission_id, "dropped", now)


def warnings(tx: Tx, response_id: int, text: str) -> list[str]:
    """What the blog's account would rewrite in a text, said before it is sent for approval."""
    found: list[str] = []
    for target in responses.targets(tx, response_id):
        source = sources.get(tx, target.source_id) if target.source_id is not None else None
        if source and source.can_reply:
            found += wordpress.would_rewrite(text, bool(source.account.get("rewrites")))
    return list(dict.fromkeys(found))


def _live(tx: Tx, by: Person, publication_id: int, now: datetime) -> tuple[Publication, Submission]:
    """A publication whose approval still stands, and its submission; whoever changes it has the case."""
    publication = publications.get(tx, publication_id)
    if publication is None:
        raise NotFound("There is no such publication.")
    submission = responses.submission(tx, publication.submission_id)
    if submission is None or submission.ended_at is not None:
        raise Conflict("Its approval has ended since. Send the response for approval again.")
    response = responses.get(tx, publication.response_id)
    if response and response.case_id is not None:
        cases.hold(tx, by, response.case_id, now)
    return publication, submission


def _source(tx: Tx, publication: Publication) -> Source:
    source = sources.get(tx, publication.target.source_id) if publication.target.source_id is not None else None
    if source is None:
        raise NotFound("The source of this publication is gone.")
    return source


def _site(source: Source) -> wordpress.Site:
    secret = keys().decrypt(source.secret) if source.secret else ""
    return wordpress.Site(source.api_url, Account(source.user_name, secret), source.allow_private)


def _number(comment: Comment) -> int:
    """The comment's number on its blog, from its identity 'wp:<number>'."""
    return int(comment.identity.removeprefix("wp:"))
